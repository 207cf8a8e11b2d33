"""The controls of the frame, and what a lesson keeps: with a made-up lesson that draws one thing at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.charts.sketch import Sketch
from app.shell.frame import Below, LessonPage, open_lesson
from app.shell.models import _states
from tests.shell.driving import SHELL, MadeUp, components, drawn, labels, made_up, sound, written

Show = Callable[[LessonPage], object]


def lesson_page(
    show: Show, query: dict[str, str] | None = None, kinds: Any = (), **values: Any
) -> tuple[AppTest, list[Any]]:
    """Return the page and what ``show`` returned in each run."""
    seen: list[Any] = []

    def body() -> None:
        page = LessonPage(made_up(st.session_state.get("open", "made-up"), kinds))
        seen.append(show(page))
        page.finish(Below())

    return drawn(body, query, **values), seen


def reopen(app: AppTest, lesson_id: str, **query: str) -> AppTest:
    app.query_params.clear()
    app.query_params |= {"lang": "en", **query}
    app.session_state["open"] = lesson_id
    return sound(app.run())


def captions(app: AppTest) -> list[str]:
    return [caption.value for caption in app.caption]


def test_a_lesson_is_opened_shown_and_finished() -> None:
    done: list[str] = []

    class Lesson(MadeUp):
        @property
        def show(self) -> Callable[[LessonPage], Below]:
            def show(page: LessonPage) -> Below:
                done.append(page.lesson.id)
                return Below("print(1)", {"one": lambda: st.text("drew one")})

            return show

    app = drawn(lambda: open_lesson(Lesson("made-up", "words", ""), {}))
    assert done == ["made-up"] and app.title[0].value == "A made-up lesson"
    assert not app.text and app.session_state["_visit"]["page"] == "made-up"
    assert len(app.button_group[-1].options) == 5
    hall = drawn(lambda: open_lesson(Lesson("made-up", "words", ""), {}), {"lecture": "true"})
    assert hall.button_group[-1].options == ["Panel one"]
    assert drawn(lambda: open_lesson(Lesson("made-up", "words", ""), {}), {"lang": "zh"}).title[0].value == "虚构的一课"


def test_a_hall_has_no_panels_where_the_lesson_has_none() -> None:
    assert len(lesson_page(lambda page: None, {"lecture": "true"})[0].button_group) == 1
    assert len(lesson_page(lambda page: None)[0].button_group) == 2


def test_settings_are_behind_one_button() -> None:
    def show(page: LessonPage) -> int:
        first, second = page.settings(2)
        [third] = page.settings(1)
        for place, said in ((third, "3"), (first, "1"), (second, "2")):
            with place:
                st.text(said)
        return len(page.settings(3))

    app, seen = lesson_page(show)
    assert seen == [3] and [text.value for text in app.text] == ["1", "2", "3"]
    assert [box.proto.popover.label for box in app.get("popover")] == ["Settings"]
    hall, seen = lesson_page(show, {"lecture": "true"})
    assert seen == [3] and [text.value for text in hall.text] == ["1", "2", "3"]
    assert not hall.get("popover"), "a row that the key S shows"
    assert not lesson_page(lambda page: None)[0].get("popover")


def test_the_idea_stands_above_the_controls_with_its_numbers_and_its_terms() -> None:
    def show(page: LessonPage) -> None:
        with page.controls():
            st.text("control")
        page.idea(Sketch().text(1, 2, "<b>"), "A picture of 3.", value=3)

    app, _ = lesson_page(show)
    [box] = app.expander
    assert box.label == f"**{SHELL['en']('idea')}** · It promises much." and box.proto.expanded
    assert box.markdown[0].value.startswith('There are 3 [tokens](glossary?lang=en#token "One unit that a model reads')
    [picture] = components(app, "sketch")
    assert "&lt;b&gt;" in picture["svg"] and 'aria-label="A picture of 3."' in picture["svg"]
    [box] = lesson_page(show, {"lecture": "true"})[0].expander
    assert box.proto.expanded, "a hall sees it whole at its key"


def test_the_idea_stays_where_what_is_typed_next_is_declined() -> None:
    def show(page: LessonPage) -> None:
        if page.text(default="a cat") != "nothing":
            page.idea(Sketch(), "A picture.", value=3)

    app, _ = lesson_page(show)
    app.text_input(key="text").set_value("nothing").run()
    [box] = app.expander
    assert box.markdown[0].value.startswith("There are 3 ")
    app.text_input(key="text").set_value("a dog").run()
    assert len(app.expander) == 1


# -- texts and presets -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("area", [False, True])
def test_a_text_is_kept_in_the_link_unless_it_is_the_default(area: bool) -> None:
    default = ["a cat"]
    app, seen = lesson_page(lambda page: page.text(default=default[0], area=area, limit=50))
    field = (app.text_area if area else app.text_input)[0]
    assert seen == ["a cat"] and written(app)["text"] is None
    assert field.label == "Your text"
    field.set_value("a dog")
    sound(app.run())
    assert seen[-1] == "a dog" and written(app)["text"] == "a dog"
    default[0] = "一只猫"
    sound(app.run())
    assert seen[-1] == "a dog"
    (app.text_area if area else app.text_input)[0].set_value("")
    sound(app.run())
    assert seen[-1] == ""


def test_a_text_field_may_have_a_name_and_a_label() -> None:
    app, seen = lesson_page(lambda page: page.text("other", "x", label="Another"), {"other": "y"})
    assert seen == ["y"] and app.text_input[0].label == "Another" and written(app)["other"] == "y"


def test_a_text_that_no_link_bears_says_so_and_stays() -> None:
    long, said = "猫" * 900, SHELL["en"]("link.too_long")
    app, seen = lesson_page(lambda page: page.text(default="a cat"))
    sound(app.text_input(key="text").set_value("a" * 4000).run())
    assert written(app)["text"] == "a" * 4000 and not captions(app)
    sound(app.text_input(key="text").set_value(long).run())
    assert seen[-1] == long and written(app)["text"] is None
    assert captions(app) == [f":material/link_off: {said}"]
    reopen(app, "other")
    assert seen[-1] == "a cat" and not captions(app)
    reopen(app, "made-up")
    assert seen[-1] == long and captions(app)


# -- other controls ----------------------------------------------------------------------------------------------------


def whole(page: LessonPage) -> int:
    return page.whole_number("layer", "Layer", 3, st.session_state.get("most", 6))


@pytest.mark.parametrize(
    ("link", "value"),
    [("5", 5), ("1", 1), ("6", 6), ("0", 1), ("99", 6), ("1000", 6), ("-2", 1), ("9" * 12, 3), ("²", 3), ("", 3)],
)
def test_a_whole_number_is_within_its_range(link: str, value: int) -> None:
    app, seen = lesson_page(whole, {"layer": link})
    assert seen == [value] and app.slider[0].value == value
    assert (app.slider[0].min, app.slider[0].max, app.slider[0].label) == (1, 6, "Layer")
    assert written(app)["layer"] == (None if value == 3 else str(value))


def test_a_range_may_become_smaller() -> None:
    app, seen = lesson_page(whole, {"layer": "5"})
    for most, value in ((4, 4), (1, 1), (6, 1)):
        app.session_state["most"] = most
        sound(app.run())
        assert seen[-1] == value and len(app.slider) == (most > 1)
        assert written(app)["layer"] == (str(value) if most > 1 else None)


def test_a_suggestion_sets_the_control() -> None:
    def show(page: LessonPage) -> str:
        value = page.text("word", "cat")
        page.suggestions("Did you mean", ["dog", "fox"], "word", str.upper)
        return value

    app, seen = lesson_page(show)
    group = next(group for group in app.button_group if group.key == "_suggested_word")
    assert group.options == ["DOG", "FOX"] and group.proto.label == "Did you mean"
    group.set_value("FOX")
    sound(app.run())
    assert seen[-1] == "fox"


def test_labels_are_a_key_of_the_words_or_a_function() -> None:
    def show(page: LessonPage) -> object:
        view = page.views(["a", "b"], "a", "views")
        return (
            view,
            page.choice("pills", "x", ["a"], "x", str.upper),
            page.choices("y", ["b"], "y", "views"),
            page.choices("z", ["b"], "z"),
        )

    app, seen = lesson_page(show, {"view": "b", "y": "b"})
    assert seen == [("b", None, ["b"], [])]
    groups = {group.key: group for group in app.button_group}
    assert groups["view"].options == ["First view", "Second view"] and groups["view"].proto.label == "View"
    assert groups["x"].options == ["A"] and groups["y"].options == ["Second view"] and groups["z"].options == ["b"]


def test_the_picker_offers_the_kinds_of_the_lesson_or_one_of_them() -> None:
    _states.cache_clear()

    def show(page: LessonPage) -> tuple[str, str]:
        return page.model_picker("minilm-l6-mlm"), page.model_picker("lac-zh", "second", "lac")

    app, seen = lesson_page(show, kinds=("masked-lm", "lac"))
    assert seen == [("minilm-l6-mlm", "lac-zh")]
    first, second = ([option.split()[-1] for option in box.options] for box in app.selectbox)
    assert {"minilm-l6-mlm", "bert-mini-zh", "lac-zh"} <= set(first) and second == ["lac-zh"]


def test_the_picker_goes_with_the_language_of_the_text() -> None:
    texts = ["The cat"]
    app, seen = lesson_page(
        lambda page: page.picker_for([*texts, "[MASK]"], "minilm-l6-mlm", "bert-mini-zh"), kinds=("masked-lm",)
    )
    texts[0] = "北京"
    sound(app.run())
    assert seen == ["minilm-l6-mlm", "bert-mini-zh"]
    texts[:] = ["京"] * 3  # nothing but the texts counts
    sound(app.run())
    assert seen[-1] == "bert-mini-zh"


# -- what is kept ------------------------------------------------------------------------------------------------------


def test_a_slot_is_one_lessons_own_and_lasts_for_the_visit() -> None:
    def show(page: LessonPage) -> object:
        slot, other = page.slot("n", 0), page.slot("m", "none")
        slot.value += 1
        return slot.value, other.value

    app, seen = lesson_page(show)
    sound(app.run())
    reopen(app, "another")
    reopen(app, "made-up")
    assert seen == [(1, "none"), (2, "none"), (1, "none"), (3, "none")]
    assert "n" not in written(app)


def test_controls_are_set_before_they_are_drawn() -> None:
    def show(page: LessonPage) -> object:
        before = page.value("word")
        if before is None:
            page.put(word="set", other=2)
        return before, page.text("word", "default"), page.value("other")

    assert lesson_page(show)[1] == [(None, "set", 2)]


def click(point: dict[str, Any] | None) -> dict[str, Any]:
    return {"selection": {"points": [point] if point else []}}


def test_a_click_in_a_figure_is_told_once() -> None:
    app, seen = lesson_page(lambda page: page.clicked("map"))
    one = {"x": 1, "y": 2, "curve_number": 0, "customdata": ["a"]}
    clicks = [
        one,
        one,
        {**one, "customdata": ["b"]},
        {**one, "x": 2},
        {**one, "y": 3},
        {**one, "curve_number": 1},
        None,
        one,
    ]
    for point in clicks:
        app.session_state["figure_map"] = click(point)
        sound(app.run())
    assert seen == [None, one, None, *clicks[2:6], None, one]
    app.session_state["figure_other"] = click({"x": 7})
    sound(app.run())
    assert seen[-1] is None


def test_a_click_in_a_table_chooses_its_row() -> None:
    chosen: list[int] = []
    rows = [{"word": "a"}, {"word": "b"}, {"word": "c"}]
    app, _ = lesson_page(lambda page: page.table(rows, "words", chosen.append))
    [table] = app.dataframe
    assert list(table.value["word"]) == ["a", "b", "c"]
    assert labels(app) == []


@pytest.mark.parametrize("lecture", ["true", ""])
def test_a_long_formula_waits_for_a_click_but_in_a_hall(lecture: str) -> None:
    from app.formulas import Formula, Line, Number

    def show(page: LessonPage) -> None:
        page.stage()
        page.formula(Formula("x", (Line("x", (Number(1.5), Number(1.5))),)), "Of what.", "The formula", "As it is.")

    app, _ = lesson_page(show, {"lecture": lecture} if lecture else {})
    texts = [item.value for item in app.latex]
    assert len(texts) == 2 and [box.label for box in app.expander] == ([] if lecture else ["The formula"])
    assert "As it is." in captions(app)
    if not lecture:
        [box] = app.expander
        assert not box.proto.expanded and [item.value for item in box.latex] == texts
        assert box.markdown[0].value == "Of what." and box.caption[0].value == "As it is."
