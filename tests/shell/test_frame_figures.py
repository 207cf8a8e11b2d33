"""What the frame computes, draws and typesets for a lesson."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.charts import style
from app.charts.drawing import Drawing
from app.formulas import Formula, Line, Number, Sum
from app.shell import frame
from app.shell.frame import Below, LessonPage
from app.shell.quality import sentence
from nlpcore.errors import LearnerError, Note
from nlpcore.models.serving import serving, use
from tests.shell.driving import buttons, drawn, made_up


def lesson_page(
    show: Callable[[LessonPage], object], query: dict[str, str] | None = None, below: Below | None = None
) -> tuple[AppTest, list[Any]]:
    seen: list[Any] = []

    def body() -> None:
        page = LessonPage(made_up())
        seen.append(show(page))
        page.finish(below or Below())

    return drawn(body, query), seen


# -- computing ---------------------------------------------------------------------------------------------------------


def twice(text: str) -> str:
    return text * 2


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[..., Any]], None]]:
    """Return what has a function called instead of everything that is to be computed."""
    before = serving()

    def use_it(run: Callable[..., Any]) -> None:
        use(SimpleNamespace(run=run))  # type: ignore[arg-type]

    yield use_it
    use(before)


def test_what_is_computed_goes_through_the_serving_object(serve: Any) -> None:
    asked: list[Any] = []

    def run(function: Any, model_id: Any, **data: Any) -> str:
        asked.append((function, model_id, data))
        return "served"

    serve(run)
    assert lesson_page(lambda page: page.attempt(twice, "m", text="a"))[1] == ["served"]
    heard: Any = print
    lesson_page(lambda page: page.attempt(twice, text="a", on_progress=heard))
    lesson_page(lambda page: page.attempt(twice, text="a", on_place=heard))
    assert asked == [
        (twice, "m", {"text": "a"}),
        (twice, None, {"text": "a", "on_progress": print}),
        (twice, None, {"text": "a", "on_place": print}),
    ]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            LearnerError("cut_characters", given=50_000, kept=2),
            "The text has 50,000 characters; the first 2 are used here.",
        ),
        (LearnerError("word_unknown", word="a*b"), r"“a\*b” is not in this model’s vocabulary."),
        (MemoryError(), "This needs more memory than the computer has left."),
        (RuntimeError("secret"), "Something went wrong here, and the details are in the server’s log."),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_be_computed_is_said_in_a_sentence(
    error: Exception, said: str, caplog: pytest.LogCaptureFixture, serve: Any
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise error

    serve(fails)
    app, seen = lesson_page(lambda page: page.attempt(twice, text="a"))
    assert seen == [None] and len(app.warning) == 1
    assert app.warning[0].value.startswith(said) and app.warning[0].icon == ":material/info:"
    assert ("made-up: twice failed" in caplog.text) is isinstance(error, RuntimeError)


def test_what_was_changed_is_said_under_the_text() -> None:
    notes = [Note("removed_characters", {"count": 1200}), Note("cut_characters", {"given": 3, "kept": 2})]
    app, _ = lesson_page(lambda page: page.notes(notes))
    [caption] = app.caption
    assert caption.value.startswith(":material/info: 1,200 control characters")
    assert caption.value.endswith("out. The text has 3 characters; the first 2 are used here.")
    assert not lesson_page(lambda page: page.notes([]))[0].caption


# -- figures -----------------------------------------------------------------------------------------------------------


def figure(**layout: Any) -> Drawing:
    return Drawing(layout={"height": 300, **layout}).add_scatter(x=[1.0], y=[2.0])


def draw(query: dict[str, str] | None = None, height: int | None = 300, **more: Any) -> tuple[AppTest, Any, list[Any]]:
    app, seen = lesson_page(lambda page: page.figure("map", figure(height=height), "A map.", **more), query)
    return app, app.get("plotly_chart")[0].proto, seen


def test_a_figure_has_its_alt_text_and_the_menu_to_take_it_away() -> None:
    app, chart, seen = draw(data=[{"a": 1}])
    spec = json.loads(chart.spec)
    assert spec["layout"]["uirevision"] == "map" and spec["layout"]["height"] == 300
    assert spec["layout"]["xaxis"]["tickfont"]["size"] == style.SMALL
    assert chart.alt == "A map." and chart.id.endswith("figure_map")
    config = json.loads(chart.config)
    assert config["displaylogo"] is False and config["scrollZoom"] is False
    assert "toImage" not in config["modeBarButtonsToRemove"], "the menu presses it"
    assert "displayModeBar" not in config
    [menu] = buttons(app, "take-away")
    assert (menu["figure"], menu["filename"]) == ("figure_map", "made-up-map")
    assert menu["caption"] == "A made-up lesson"
    assert len(app.get("download_button")) == 1
    assert seen == [[]]


@pytest.mark.parametrize(("more", "query"), [({"export": False}, {}), ({}, {"lecture": "true"})])
def test_where_no_menu_is_below_the_figure_no_bar_is(more: dict[str, Any], query: dict[str, str]) -> None:
    app, chart, _ = draw(query, **more)
    assert json.loads(chart.config)["displayModeBar"] is False and buttons(app, "take-away") == []


def test_the_caption_says_of_what_the_picture_is() -> None:
    def show(page: LessonPage) -> None:
        page.text(default="so\n" + "many words " * 30)
        page.figure("map", figure(), "A map.", caption=["layer 2"])

    [menu] = buttons(lesson_page(show)[0], "take-away")
    title, text, layer = menu["caption"].split(" · ")
    assert (title, layer) == ("A made-up lesson", "layer 2")
    assert text.startswith("“so many words many") and text.endswith("…”") and len(text) == 122


@pytest.mark.parametrize(("query", "menus"), [({}, 1), ({"lecture": "true"}, 0)])
def test_a_page_in_a_frame_can_be_taken_away_like_a_figure(query: dict[str, str], menus: int) -> None:
    app, _ = lesson_page(lambda page: page.framed("lines", "<p>seen</p>", 120, "Lines.", caption=["layer 2"]), query)
    [inside] = app.get("iframe")
    assert inside.proto.srcdoc == "<p>seen</p>"
    found = buttons(app, "take-away")
    assert len(found) == menus and not app.get("download_button")
    for menu in found:
        assert (menu["figure"], menu["filename"]) == ("figure_lines", "made-up-lines")
        assert menu["caption"] == "A made-up lesson · layer 2"


def test_a_figure_that_names_its_own_part_keeps_a_zoom_for_that_alone() -> None:
    app, _ = lesson_page(lambda page: page.figure("map", figure(uirevision="around king"), "A map."))
    assert json.loads(app.get("plotly_chart")[0].proto.spec)["layout"]["uirevision"] == "around king"


def test_a_figure_may_stay_where_it_is_and_does_in_a_hall() -> None:
    assert not buttons(draw(export=False)[0], "take-away")
    app, chart, _ = draw({"lecture": "true"}, data=[{"a": 1}])
    assert not buttons(app, "take-away")
    layout = json.loads(chart.spec)["layout"]
    assert layout["height"] == 300 * style.LECTURE_HEIGHT
    assert layout["xaxis"]["tickfont"]["size"] == style.SMALL * style.LECTURE_FACTOR


def test_points_can_be_chosen_where_a_lesson_says_so() -> None:
    assert list(draw()[1].selection_mode) == []
    assert list(draw(select=True)[1].selection_mode) == [0]
    assert list(draw(select=True, select_mode="box")[1].selection_mode) == [1]


def test_the_points_that_are_chosen_are_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    event = {"selection": {"points": [{"x": 1}, {"x": 2}]}}
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(frame.st, "plotly_chart", lambda _, **more: given.append(more) or event)
    assert draw_without_chart(select=True) == [[{"x": 1}, {"x": 2}]]
    assert draw_without_chart() == [[]]
    assert draw_without_chart(height=None) == [[]]
    assert [more["height"] for more in given] == ["content", "content", "stretch"]
    assert [more.get("on_select") for more in given] == ["rerun", None, None]


def draw_without_chart(height: int | None = 300, **more: Any) -> list[Any]:
    drawing = Drawing(layout={"height": height} if height else {})
    return lesson_page(lambda page: page.figure("map", drawing, "A map.", **more))[1]


# -- formulas and texts ------------------------------------------------------------------------------------------------

FORMULA = Formula(("p", "q"), (Line("p", (Sum((Number(1, 0), Number(2, 0))), Number(3, 0)), broken=1),))


def formulas(app: AppTest) -> list[str]:
    return [element.value.strip("$\n ") for element in app.latex]


def test_a_formula_is_typeset_with_its_numbers_under_it() -> None:
    app, _ = lesson_page(lambda page: page.formula(FORMULA, "Of what"))
    assert formulas(app) == [FORMULA.symbols_latex(), FORMULA.numbers_latex()]
    assert app.markdown[0].value == "Of what"
    hall, _ = lesson_page(lambda page: page.formula(FORMULA), {"lecture": "true"})
    assert formulas(hall) == [FORMULA.symbols_latex(True), FORMULA.numbers_latex(True)]
    assert formulas(lesson_page(lambda page: page.equation(Formula("p")))[0]) == ["p"]


def test_formulas_and_tables_have_a_place_of_their_own_after_the_aside() -> None:
    def show(page: LessonPage) -> None:
        figure, aside = page.stage()
        page.more().markdown("table")
        page.formula(FORMULA)
        with aside:
            page.equation(Formula("z"))
        figure.markdown("figure")

    app, _ = lesson_page(show)
    said = [element.value.strip("$\n ") for element in app.main if element.type in ("markdown", "latex")]
    assert said == ["figure", "z", FORMULA.symbols_latex(), FORMULA.numbers_latex(), "table"]


def test_a_formula_below_the_figure_stands_where_it_is_drawn() -> None:
    pages: list[LessonPage] = []

    def show(page: LessonPage) -> None:
        page.stage()
        pages.append(page)

    below = Below(panels={"one": lambda: pages[-1].formula(FORMULA)})
    app, _ = lesson_page(show, {"lecture": "true", "panel": "one"}, below)
    assert len(formulas(app)) == 2
    kinds = [element.type for element in app.main if element.type in ("latex", "divider")]
    assert kinds == ["divider", "latex", "latex"]


def test_what_to_look_for() -> None:
    app, _ = lesson_page(lambda page: (page.look_for(), page.look_for("look_there")))
    said = [element.value for element in app.markdown]
    assert said[:2] == ["**What to look for.** Look here.", "**What to look for.** Look there."]


def test_places_hold_what_is_drawn_into_them() -> None:
    def show(page: LessonPage) -> None:
        st.text("later")
        with page.controls():
            st.text("control")

    assert [text.value for text in lesson_page(show)[0].text] == ["control", "later"]


def test_how_good_the_model_is_stands_under_the_figure_but_not_on_a_projector() -> None:
    below = Below(model="lstm-imdb")
    told = sentence("lstm-imdb", "en")
    app, _ = lesson_page(lambda page: None, below=below)
    assert [caption.value for caption in app.caption] == [f":material/straighten: {told}"]
    assert not lesson_page(lambda page: None, {"lecture": "true"}, below)[0].caption
    assert not lesson_page(lambda page: None)[0].caption
    chinese, _ = lesson_page(lambda page: None, {"lang": "zh"}, below)
    assert chinese.caption[0].value == f":material/straighten: {sentence('lstm-imdb', 'zh')}"
