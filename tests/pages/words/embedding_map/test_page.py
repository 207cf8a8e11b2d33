"""The embedding map's page: every source, clicks, questions, hostile input, both languages."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.lessons import lesson
from app.shell import exports
from app.words import LANGUAGES, Words, leaves
from nlpcore.models import serving, workers
from nlpcore.words.projection import MapSettings
from nlpcore.words.projection_toys import TOY_SETS, map_toy
from nlpcore.words.projection_words import word_map
from pages.words.embedding_map import questions
from pages.words.embedding_map.formulas import aim
from tests.drawn import numbers
from tests.pages.asking import asks, counted, give_up, guess
from tests.pages.screen import figures, open_page, sound, teaching, text_of
from tests.pages.words.embedding_map.made_up import LANGUAGE, TABLES

HOSTILE = ["", "a", "?!", "🙂🙂", "שלום", "e\u0301" * 9, "<script>alert(1)</script> **x**", "a\x00b", "word " * 10_000]


_SETTINGS = {field.name for field in dataclasses.fields(MapSettings)}


def serve(function: Any, model_id: str | None, data: dict[str, Any]) -> Any:
    if model_id is None:
        return function(**data)
    settings = {name: value for name, value in data.items() if name in _SETTINGS}
    chosen = {name: value for name, value in data.items() if name not in settings}
    return word_map(TABLES[model_id], LANGUAGE[model_id], **chosen, settings=MapSettings(**settings))


@pytest.fixture(autouse=True)
def stand_ins() -> Iterator[None]:
    """Answer with the made-up tables."""

    class MadeUp(serving.InProcess):
        def run(
            self, function: Any, model_id: str | None, *, on_progress: Any = None, on_place: Any = None, **data: Any
        ) -> Any:
            with workers.heard_by(on_progress, on_place):
                return serve(function, model_id, data)

    before = serving.serving()
    serving.use(MadeUp())
    yield
    serving.use(before)


def page(**query: str) -> AppTest:
    return sound(open_page("embedding-map", query))


def test_the_default_map_has_words_frames_and_quality() -> None:
    app = page(lang="en")
    (spec,) = figures(app)
    assert len(spec["frames"]) >= 30
    assert "transition" not in spec["layout"], "nothing moves unless it is asked to"
    text = text_of(app)
    assert "Trustworthiness" in text
    assert "king – queen" not in text and "apple – orange" in text, "of these it is asked"
    assert "king – queen" in text_of(give_up(app))


def test_a_chosen_word_has_its_neighbours_listed_and_linked() -> None:
    app = page(lang="en", word="lion", method="pca")
    assert "**lion**: the map keeps" in text_of(app)
    (spec,) = figures(app)
    assert sum(trace.get("mode") == "lines" and "name" in trace for trace in spec["data"]) == 2
    assert "frames" not in spec or not spec["frames"]


def test_a_click_chooses_a_word() -> None:
    app = page(lang="en", method="pca")
    app.session_state["figure_map"] = {"selection": {"points": [{"customdata": ["apple"]}]}}
    app.run()
    assert "**apple**: the map keeps" in text_of(app)


@pytest.mark.parametrize("lecture", [{}, {"lecture": "true"}])
def test_the_map_goes_to_a_word_and_back(lecture: dict[str, str]) -> None:
    """By its switch or by a link; where no word is chosen there is none."""

    def width(app: AppTest) -> float:
        low, high = figures(app)[0]["layout"]["xaxis"]["range"]
        return float(high - low)

    app = page(lang="en", method="pca", word="lion", **lecture)
    (switch,) = (toggle for toggle in app.toggle if toggle.key == "near")
    whole = width(app)
    switch.set_value(True)
    assert width(sound(app.run())) < 0.8 * whole
    assert "Zoomed to lion" in app.get("plotly_chart")[0].proto.alt
    next(toggle for toggle in app.toggle if toggle.key == "near").set_value(False)
    assert width(sound(app.run())) == whole
    assert width(page(lang="en", method="pca", word="lion", near="true", **lecture)) < 0.8 * whole
    nobody = page(lang="en", method="pca", near="true", word="", **lecture)
    assert width(nobody) == whole and "near" not in {toggle.key for toggle in nobody.toggle}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("preset", Words(lesson("embedding-map").words, "en").node("presets"))
def test_presets_name_controls_and_values_that_exist(preset: str, language: str) -> None:
    words = Words(lesson("embedding-map").words, language)
    state = words.resolve(words.node("presets"))[preset]["state"]
    query = {name: "~".join(value) if isinstance(value, list) else str(value) for name, value in state.items()}
    app = page(lang=language, **query | {"method": "pca"})
    for name, value in state.items():
        if name != "method":
            assert app.session_state[name] == value
    assert len(figures(app)) >= 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_example_of_a_toy_set_is_called_what_the_set_is_and_not_what_the_map_makes_of_it(language: str) -> None:
    words = Words(lesson("embedding-map").words, language)
    presets = words.resolve(words.node("presets")).values()
    toys = [preset for preset in presets if preset["state"]["source"] == "toy"]
    assert toys and all(preset["label"] in words(f"toys.{preset['state']['toy']}") for preset in toys)


@pytest.mark.parametrize(
    ("language", "asked_to", "where"),
    [
        ("en", r"Move \*\*\[perplexity|Raise (it|the perplexity)|Take a smaller|Switch to t-SNE", "in Settings"),
        ("zh", r"拖动\[\*\*困惑度|调到|调小|换成 t-SNE", "在“设置”里"),
    ],
)
def test_who_is_asked_to_move_what_lies_behind_the_settings_is_told_so(
    language: str, asked_to: str, where: str
) -> None:
    words = Words(lesson("embedding-map").words, language)
    nodes = (words.node(name) for name in ("look_for_toy", "presets", "predict"))
    texts = [leaf[language] for node in nodes for _, leaf in leaves(node)]
    asking = [text for text in texts if isinstance(text, str) and re.search(asked_to, text)]
    assert len(asking) == 10
    assert not [text for text in asking if where not in text]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("source", ["list", "around"])
def test_hostile_input_gives_a_sentence(text: str, source: str) -> None:
    app = page(lang="en", source=source, method="pca", **{"text" if source == "list" else "query": text})
    assert figures(app) == []
    assert len(app.warning) == 1
    assert "<script>" not in text_of(app)


def test_five_perplexities_stand_side_by_side() -> None:
    app = page(lang="en", source="toy", toy="two", size="50", method="pca", panel="perplexities")
    assert len(figures(app)) == 6


def test_unknown_words_are_named_and_the_rest_is_shown() -> None:
    app = page(lang="en", source="list", text="cat dog lion tiger wolf cat qqqq", method="pca")
    assert "qqqq" in text_of(app)
    assert len(figures(app)) == 1


@pytest.mark.parametrize("name", TOY_SETS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_toy_sets_show_truth_and_map(name: str, language: str) -> None:
    app = page(lang=language, source="toy", toy=name, size="60", method="pca", panel="trust")
    if asks(app):
        (spec,) = figures(app)
        assert len(spec["data"]) == 1, "only the truth is drawn"
        app = give_up(app)
    spec = figures(app)[0]
    assert "xaxis2" in spec["layout"] and len(spec["data"]) == 2
    assert len(figures(app)) == 2


@pytest.mark.parametrize("panel", ["pair", "trust", "run", "mistakes", "code", "sources"])
def test_panels(panel: str) -> None:
    page(lang="zh", panel=panel, source="list", text="猫 狗 狮子 老虎 狼 熊 苹果 梨", perplexity="2")


# -- questions and formulas --------------------------------------------------------------------------------------------

TOY = {"lang": "en", "source": "toy", "size": "60", "method": "pca"}


@pytest.mark.parametrize("option", range(3))
def test_only_what_the_map_shows_counts_as_right(option: int) -> None:
    """PCA draws the loose cluster ten times as wide as it is: more than five times."""
    assert counted(page(**TOY, toy="unequal"), option) == (option == 2)


WORDS = {"lang": "en", "method": "pca", "categories": "fruit~animals~royalty"}


@pytest.mark.parametrize("option", range(3))
def test_only_the_true_neighbour_counts_as_right(option: int) -> None:
    trace = word_map(
        TABLES["glove-6b-50d"], "en", "categories", ("fruit", "animals", "royalty"), settings=MapSettings("pca")
    )
    with teaching() as seen:
        app = page(**WORDS)
    (question,) = seen.questions
    near = {each.word for each in trace.neighbourhood(str(question.values["word"]))}
    assert counted(app, option) == (question.options[option] in near)


def test_a_question_is_asked_anew_about_another_map_only() -> None:
    app = guess(page(**TOY, toy="chain"), 0)
    assert not asks(app)
    app.session_state["colour"] = "trust"
    assert not asks(sound(app.run())), "the map is the same"
    app.session_state["size"] = 100
    assert asks(sound(app.run())), "the map is another"
    app.session_state["size"] = 60
    assert not asks(sound(app.run())), "this one is answered"


def test_a_question_is_asked_anew_about_another_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it draws the same words."""
    for table in (TABLES, LANGUAGE):
        monkeypatch.setitem(table, "words-zh-64d", table["glove-6b-50d"])
    app = guess(page(lang="en", method="pca", categories="fruit~animals~royalty"), 0)
    assert not asks(app)
    app.session_state["model"] = "words-zh-64d"
    assert asks(sound(app.run()))
    app.session_state["model"] = "glove-6b-50d"
    assert not asks(sound(app.run())), "this one is answered"


@pytest.mark.parametrize(("toy", "hidden"), [("unequal", "Truth and map in numbers"), ("noise", "Trustworthiness")])
def test_what_is_asked_is_not_on_the_screen_before(toy: str, hidden: str) -> None:
    app = page(**TOY, toy=toy)
    assert hidden not in text_of(app)
    assert hidden in text_of(guess(app, 1))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_after_the_answer_the_map_marks_what_the_reason_speaks_of(language: str) -> None:
    """Before it the ring alone; after it also the true neighbour and the one that the map made up, in the figure's text too."""
    with teaching() as seen:
        app = page(**WORDS | {"lang": language})
    values = seen.questions[0].values

    def marks() -> tuple[int, list[str], str]:
        data = figures(app)[0]["data"]
        rings = sum(trace["marker"].get("symbol") == "circle-open" for trace in data if "marker" in trace)
        lines = [trace["name"] for trace in data if trace.get("mode") == "lines+markers"]
        return rings, lines, app.get("plotly_chart")[0].proto.alt

    assert marks()[:2] == (1, [])
    give_up(app)
    rings, lines, alt = marks()
    assert rings == 1 and [line.split(":" if language == "en" else "：")[0] for line in lines] == [
        values["true"],
        values["false"],
    ]
    assert all(str(values[name]) in alt for name in ("word", "true", "false"))


def drawn_about(app: AppTest, csv: dict[str, list[dict[str, Any]]], word: str) -> dict[str, Any]:
    """What the page tells of the nearest of a word: by lines, under the pointer, in the list, in the CSV."""
    figure = figures(app)[0]
    points = next(t for t in figure["data"] if t.get("hovertext"))
    row = [one[0] for one in points["customdata"]].index(word)
    data = next(one for one in csv["figure_map"] if one["word"] == word)
    return {
        "lines": sum(trace.get("mode") == "lines" and "name" in trace for trace in figure["data"]),
        "under the pointer": [*points["customdata"][row][1], *points["customdata"][row][2]],
        "said under the pointer": "predict first" not in points["hovertext"][row],
        "listed": f"**{word}**: the map keeps" in text_of(app),
        "in the CSV": data["nearest_in_original_space"],
        "in the figure's text": f"rom {word} lines" in app.get("plotly_chart")[0].proto.alt,
    }


def paired_in_the_idea(app: AppTest) -> set[str]:
    """Return the words of which the idea says how near they are."""
    found = [set(pair) for pair in re.findall(r" of \*(\w+)\* and \*(\w+)\* is \*\*", text_of(app))]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("which", ["word", "true", "false"])
def test_a_click_on_a_word_that_is_asked_about_keeps_the_question_and_tells_nothing(
    which: str, csv: dict[str, list[dict[str, Any]]]
) -> None:
    """Until the commit: then the question is still the same, and the word's nearest are listed."""
    with teaching() as seen:
        app = page(**WORDS)
        first = seen.questions[0]
        clicked = str(first.values[which])
        app.session_state["figure_map"] = {"selection": {"points": [{"customdata": [clicked]}]}}
        sound(app.run())
        assert app.session_state["word"] == clicked
        assert seen.questions[-1] == first and asks(app)
        assert not any(drawn_about(app, csv, clicked).values())
        assert len(paired_in_the_idea(app) & {str(first.values[name]) for name in ("word", "true", "false")}) < 2
        assert f"**{clicked}**: predict first" in text_of(app)
        option = next(option for option, text in enumerate(first.options) if text == first.values["false"])
        guess(app, option)
    assert seen.questions[-1] == first and not asks(app)
    assert all(drawn_about(app, csv, clicked).values())
    assert f"**{clicked}**: predict first" not in text_of(app)


def test_of_other_words_the_nearest_are_told_while_the_question_waits(csv: dict[str, list[dict[str, Any]]]) -> None:
    """Save where the word and one of the two that may be near it are both among them."""
    trace = word_map(
        TABLES["glove-6b-50d"], "en", "categories", ("fruit", "animals", "royalty"), settings=MapSettings("pca")
    )
    with teaching() as seen:
        page(**WORDS)
    word, *two = (str(seen.questions[0].values[name]) for name in ("word", "true", "false"))
    near = {one: {each.word for each in trace.neighbourhood(one)} for one in trace.words if one not in (word, *two)}
    tells = [one for one, words in near.items() if word in words and words & set(two)]
    free = [one for one in near if one not in tells]
    assert tells and free
    assert not any(drawn_about(page(**WORDS, word=tells[0]), csv, tells[0]).values())
    assert all(drawn_about(page(**WORDS, word=free[0]), csv, free[0]).values())


def test_two_words_are_measured_after_the_prediction() -> None:
    app = page(**WORDS, panel="pair")
    assert "number **" not in text_of(app)
    assert "number **" in text_of(give_up(app))


def test_the_table_of_pairs_does_not_measure_the_word_that_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    real = questions.pretence_to_ask_about

    def about_apple(*map_and_own: Any) -> Any:
        return dataclasses.replace(real(*map_and_own), word="apple")

    monkeypatch.setattr(questions, "pretence_to_ask_about", about_apple)
    with teaching() as seen:
        app = page(**WORDS)
    assert seen.questions[0].values["word"] == "apple"
    assert "apple – orange" not in text_of(app) and "king – queen" in text_of(app)
    assert "apple – orange" in text_of(give_up(app))


@pytest.mark.parametrize("method", ["tsne", "pca"])
def test_the_formula_is_that_of_the_method(method: str) -> None:
    app = page(**TOY | {"method": method}, toy="two", panel="mistakes")
    formula = aim(map_toy("two", 60, method).projection)
    assert [item.value.strip("$\n") for item in app.latex] == [formula.symbols_latex(), formula.numbers_latex()]
    assert ("KL" in app.latex[0].value) is (method == "tsne")


# -- nothing tells an answer before the commit -------------------------------------------------------------------------


@pytest.fixture
def csv(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[dict[str, Any]]]:
    """The rows that pages offer for the CSV, by figure."""
    rows: dict[str, list[dict[str, Any]]] = {}
    monkeypatch.setattr(
        exports,
        "export_menu",
        lambda key, name, data, *more: rows.update({key: list(data() if callable(data) else data or ())}),
    )
    return rows


@pytest.mark.parametrize("name", [name for name in TOY_SETS if name != "two"])
def test_the_map_of_a_toy_set_waits_for_the_prediction(name: str, csv: dict[str, list[dict[str, Any]]]) -> None:
    app = page(**TOY, toy=name, colour="trust")
    (figure,) = figures(app)
    assert [trace["xaxis"] for trace in figure["data"]] == ["x2"] and not figure.get("frames")
    assert {key for row in csv["figure_toy"] for key in row} == {"group", "true_x", "true_y"}
    assert "colorscale" not in figure["data"][0]["marker"] or name == "chain", "its order, not its trust"
    (alt,) = [element.proto.alt for element in app.get("plotly_chart")]
    assert "appears once you have predicted" in alt
    app = give_up(app)
    assert len(figures(app)[0]["data"]) == 2
    assert {key for row in csv["figure_toy"] for key in row} == {"group", "true_x", "true_y", "x", "y"}


@pytest.mark.parametrize("panel", ["perplexities", "trust", "run", "mistakes"])
def test_panels_of_a_toy_set_wait_for_the_prediction(panel: str) -> None:
    app = page(**TOY, toy="unequal", panel=panel)
    before = len(figures(app)), len(text_of(app))
    assert before[0] == 1
    app = give_up(app)
    assert len(figures(app)) > 1 or len(text_of(app)) > before[1] + 500


@pytest.mark.parametrize("colour", ["category", "trust"])
def test_what_is_near_the_asked_word_is_told_after_the_prediction(
    colour: str, csv: dict[str, list[dict[str, Any]]]
) -> None:
    with teaching() as seen:
        app = page(**WORDS, colour=colour)
    word = str(seen.questions[0].values["word"])

    def told() -> tuple[str, Any, str, Any]:
        points = next(t for t in figures(app)[0]["data"] if t.get("hovertext"))
        place = [row[0] for row in points["customdata"]].index(word)
        hue = numbers(points["marker"]["color"])[place]
        row = next(row for row in csv["figure_map"] if row["word"] == word)
        return points["hovertext"][place], row["kept_of_10"], row["nearest_in_original_space"], hue

    hover, kept, near, hue = told()
    assert "predict first" in hover and (kept, near) == ("", "")
    assert colour == "category" or np.isnan(hue)
    trace = word_map(
        TABLES["glove-6b-50d"], "en", "categories", ("fruit", "animals", "royalty"), settings=MapSettings("pca")
    )
    hood = trace.neighbourhood(word)
    true = sum(each.kept for each in hood)
    give_up(app)
    hover, kept, near, hue = told()
    assert f"kept {true} of 10" in hover and kept == true and near.split() == [each.word for each in hood]
    assert colour == "category" or hue == pytest.approx(true)
