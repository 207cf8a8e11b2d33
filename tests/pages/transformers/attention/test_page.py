"""The attention page: every kind of text, both languages, every panel; what is drawn is the computation."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.formulas import faults
from app.lessons import lesson
from app.questions import Said
from app.shell.asked import Asked
from app.text import markdown_escape
from app.words import Words
from nlpcore import attention
from nlpcore.models import catalogue, load, store
from pages.transformers.attention import panels
from pages.transformers.attention.screen import Row, Screen, Source
from tests.drawn import numbers
from tests.pages.asking import asks, counted, give_up
from tests.pages.screen import figures, open_page, sound, teaching, text_of
from tests.pages.transformers.attention.made_up import maps_of
from tests.pages.typeset import numbers_shown
from tests.shell.driving import written

pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(store().state("minilm-l6") not in ("here", "bundled"), reason="minilm-l6 is not in the store"),
]
TROPHY = "The trophy doesn't fit in the suitcase because it is too big."


def open_here(**state: Any) -> AppTest:
    return sound(open_page("attention", **state))


def array(value: Any) -> np.ndarray:
    if not isinstance(value, dict):
        return np.asarray(value, dtype=float)
    flat = np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"])
    return flat.reshape([int(n) for n in str(value.get("shape", flat.size)).split(",")])


def drawn(app: AppTest) -> np.ndarray:
    """The weights in the large figure."""
    return array(figures(app)[0]["data"][0]["z"])


def labels(app: AppTest) -> list[str]:
    """Return the names under the columns, those that matter most without their bold type."""
    return [re.sub("</?b>", "", name) for name in figures(app)[0]["layout"]["xaxis"]["ticktext"]]


def test_the_row_is_blank_until_the_learner_has_committed() -> None:
    app = open_here(lang="en")
    assert np.isnan(drawn(app)[11]).all() and not np.isnan(drawn(app)[[0, 10, 12]]).any()
    weights = attention.attention_maps(load("minilm-l6"), TROPHY).weights[3, 1]
    np.testing.assert_allclose(drawn(give_up(app)), weights, atol=1e-5)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("lecture", [False, True])
def test_one_map_and_its_question_come_first_and_the_rest_with_the_first_answer(lang: str, lecture: bool) -> None:
    words = Words(lesson("attention").words, lang)
    app = open_here(lang=lang, lecture=lecture)
    then, other = (words(f"then.{place}") for place in (("hall", "here") if lecture else ("here", "hall")))
    assert len(figures(app)) == 1 and not app.latex
    assert words("look_for") not in text_of(app) and words("honest") not in text_of(app)
    assert then in text_of(app) and other not in text_of(app)
    give_up(app)
    assert len(figures(app)) == 2 and app.latex and then not in text_of(app)
    assert words("look_for") in text_of(app) and words("honest") in text_of(app)


def test_a_longer_text_of_ones_own_is_not_asked_about_whatever_now_stands_at_the_old_place() -> None:
    app = open_here(lang="en")
    assert app.selectbox(key="token").value == 11
    sound(app.text_input(key="text").set_value("We fed the cat because it was so hungry . . . !").run())
    query = app.selectbox(key="token").value
    assert attention.attention_maps(load("minilm-l6"), app.text_input(key="text").value).tokens[query] == "it"


def test_a_word_put_in_the_place_of_another_leaves_the_chosen_token() -> None:
    app = open_here(lang="en")
    sound(app.selectbox(key="token").set_value(2).run())
    sound(app.text_input(key="text").set_value(TROPHY.replace("trophy", "coat")).run())
    assert app.selectbox(key="token").value == 2


def test_what_came_with_the_first_answer_stays_for_this_text_only() -> None:
    app = give_up(open_here())
    app.session_state["model"] = "minilm-l6-nli"
    assert asks(sound(app.run())) and len(figures(app)) == 2
    app.session_state["pair"] = "It is heavy."
    assert asks(sound(app.run())) and len(figures(app)) == 1
    app.session_state["pair"], app.session_state["text"] = "", "The cat sat on the mat."
    assert asks(sound(app.run())) and len(figures(app)) == 1


def test_where_nothing_is_asked_everything_is_there() -> None:
    app = open_here(model="smollm2-135m", text="Hello world", token=0)
    assert not asks(app) and len(figures(app)) == 2 and app.latex


def test_a_link_to_another_head_opens_that_head_with_a_question_about_it() -> None:
    with teaching() as seen:
        app = sound(open_page("attention", {"layer": "2", "head": "7", "token": "3"}))
    assert (app.session_state["layer"], app.session_state["head"]) == (2, 7) and np.isnan(drawn(app)[3]).all()
    assert [seen.questions[0].values[name] for name in ("layer", "head", "query")] == [2, 7, "doesn"]


def test_the_key_that_reveals_brings_everything_in_a_hall() -> None:
    app = open_here(lecture=True)
    app.session_state["_visit"]["reveal"] = True
    sound(app.run())
    assert not asks(app) and len(figures(app)) == 2 and app.latex


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_only_the_strongest_key_counts_as_right(lang: str) -> None:
    maps = attention.attention_maps(load("minilm-l6"), TROPHY)
    strongest = maps.tokens[int(maps.weights[3, 1, 11].argmax())]
    for option in range(4):
        with teaching() as seen:
            app = open_here(lang=lang)
        (question,) = seen.questions
        assert counted(app, option, lang) == (question.options[option] == Said("predict.peak.at", {"key": strongest}))


def test_the_question_stays_the_one_on_the_screen_when_the_text_was_opened() -> None:
    with teaching() as seen:
        app = open_here(layer=4, head=2, token=11)
        app.session_state["head"] = 5
        sound(app.run())
        elsewhere, asked_from_afar = drawn(app), text_of(app).count("The figure shows head 5 of layer 4 now")
        app.button(key="_back_to_the_question").click().run()
        assert app.slider(key="head").value == 2 and "The figure shows head" not in text_of(app)
        app.session_state["token"] = 3
        sound(app.run())
    assert len({question.subject for question in seen.questions}) == 1
    assert not np.isnan(elsewhere).any()  # another head's row tells nothing
    assert asked_from_afar == 1
    assert np.isnan(drawn(app)[11]).all() and not np.isnan(drawn(app)[3]).any()
    with teaching() as seen:
        app.text_input(key="text").set_value("The cat sat on the mat.").run()
    assert (seen.questions[-1].values["layer"], seen.questions[-1].values["head"]) == (4, 2)
    assert seen.questions[-1].values["query"] == "mat"


def test_a_token_that_sees_only_itself_is_not_asked_about() -> None:
    with teaching() as seen:
        app = open_here(model="smollm2-135m", text="Hello world", token=0)
    assert not seen.questions and not np.isnan(drawn(app)[0]).any()


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("view", ["head", "average", "rollout"])
def test_each_view_has_its_formula_with_numbers_that_are_right(view: str, lang: str) -> None:
    with teaching() as seen:
        app = open_here(lang=lang, view=view, layer=3, head=4, token=2)
        give_up(app)
    assert len(seen.formulas) == 1 and all(faults(formula) == [] for formula in seen.formulas)
    maps = attention.attention_maps(load("minilm-l6"), TROPHY)
    shown = {"head": maps.weights[:, [3]], "average": maps.weights.mean(1, keepdims=True)}
    row = (attention.rollout(maps).weights if view == "rollout" else shown[view])[2, 0, 2]
    assert numbers_shown(seen.formulas[-1])[-1] == pytest.approx(float(row.max()), abs=0.0051)


def test_a_click_on_a_thumbnail_opens_the_head_and_one_on_a_row_takes_its_token() -> None:
    app = open_here(options=["hide"])
    app.session_state["figure_overview"] = {"selection": {"points": [{"x": 7, "y": 5, "curve_number": 0}]}}
    app.session_state["figure_map"] = {"selection": {"points": [{"x": 0, "y": 2, "curve_number": 2}]}}
    sound(app.run())
    assert (app.session_state["layer"], app.session_state["head"]) == (5, 7)
    assert app.session_state["token"] == 3  # [CLS] is hidden, so the third row is the token at position 3


def test_the_numbers_in_the_formula_are_the_heads_own() -> None:
    app = give_up(open_here(lang="en"))
    vectors = attention.read_attention(load("minilm-l6"), TROPHY).vectors
    trace = vectors.trace(3, 1)
    latex = " ".join(item.value for item in app.latex)
    assert f"{trace.scores[11, 2]:.2f}" in latex and f"{trace.weights[11, 2]:.2f}" in latex


@pytest.mark.parametrize("model_id", ["minilm-l6", "smollm2-135m", "bert-mini-zh"])
def test_what_every_head_does_opens_on_numbers_and_speaks_of_this_model(model_id: str) -> None:
    app = open_here(model=model_id, text="中国经济快速发展。" if model_id.endswith("zh") else TROPHY, panel="heads")
    give_up(app)
    group = next(group for group in app.button_group if group.key == "measure")
    maps = attention.attention_maps(load(model_id), app.session_state["text"])
    assert ("special tokens" in group.options) == any(maps.special)
    assert ("next token" in group.options) is not maps.causal
    for option in group.options:
        next(group for group in app.button_group if group.key == "measure").set_value(option)
        sound(app.run())
        grid = numbers(next(t for t in figures(app)[-1]["data"] if t["type"] == "heatmap")["z"])
        assert np.ptp(grid) > 0, option
        said = next(element.value for element in app.markdown if element.value.startswith(("The share", "How")))
        assert not [other for other in catalogue() if other in said], said
    if any(maps.special):
        rest = max(np.flatnonzero(maps.special), key=lambda place: maps.weights[..., place].sum())
        next(group for group in app.button_group if group.key == "measure").set_value("special tokens")
        sound(app.run())
        assert any(markdown_escape(maps.tokens[rest]) in element.value for element in app.markdown)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "panel", ["heads", "product", "values", "head_view", "model_view", "mistakes", "code", "sources"]
)
def test_every_panel_is_drawn(panel: str, lang: str) -> None:
    app = give_up(open_here(panel=panel, lang=lang, text="A man plays a guitar.", pair="She listens."))
    frames = app.get("iframe")
    assert len(frames) == (panel in ("head_view", "model_view"))
    assert len(app.get("plotly_chart")) == 2 + (panel in ("heads", "product", "values"))


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "?!…",
        "🙂👨‍👩‍👧",
        "שלום עולם",
        "e\u0301\u0302",
        "<script>alert(1)</script> **bold** $x$ [link](x)",
        "film\x00",
        "zyxwv qqqq",
        "word " * 10_000,
    ],
)
@pytest.mark.parametrize("options", [[], ["hide", "renormalise", "words"]])
def test_any_text_is_drawn(text: str, options: list[str]) -> None:
    app = open_here(text=text, options=options, lang="zh")
    assert len(app.get("plotly_chart")) == (1 if asks(app) else 2)
    while asks(app):  # what the field has cut is another text
        give_up(app)
    assert len(app.get("plotly_chart")) == 2


@pytest.mark.parametrize("text", ["", "   ", "\u200b"])
def test_nothing_to_read_is_said_and_the_rest_of_the_page_stays(text: str) -> None:
    app = open_here(text=text, lang="zh")
    assert len(app.warning) == 1 and not app.get("plotly_chart") and app.text_input


def test_code_keeps_its_lines_and_indentation_in_a_decoder() -> None:
    code = "def f(x):\n    return x\n"
    app = give_up(sound(open_page("attention", {"model": "smollm2-135m", "text": code})))
    assert app.text_area(key="text").value == code
    tokens = labels(app)
    assert "↵␣␣␣" in tokens and "␣return" in tokens and "" not in tokens
    assert attention.attention_maps(load("smollm2-135m"), code).texts[0] == code.rstrip()
    assert open_here().text_input(key="text")  # an encoder takes a line's end for a blank


def test_hiding_merging_and_renormalising_give_rows_that_sum_to_one() -> None:
    app = give_up(open_here(text="Unhappiness isn't untranslatable.", options=["hide", "renormalise", "words"]))
    np.testing.assert_allclose(drawn(app).sum(-1), 1, atol=1e-5)
    assert "[CLS]" not in labels(app) and "##" not in "".join(labels(app))


@pytest.mark.parametrize("view", ["average", "rollout"])
def test_other_views_show_their_maps(view: str) -> None:
    app = open_here(view=view, layer=5)
    maps = attention.attention_maps(load("minilm-l6"), TROPHY)
    expected = {"average": attention.average_heads, "rollout": attention.rollout}[view](maps).weights[4, 0]
    np.testing.assert_allclose(drawn(app), expected, atol=1e-5)


def test_a_layer_that_another_model_has_not_is_brought_back_in_range() -> None:
    app = open_here(layer=25, head=12)
    assert app.session_state["layer"] == 6


def test_what_an_example_shows_is_told_after_the_prediction() -> None:
    example = Words(lesson("attention").words, "en").node("presets.previous")
    app = open_here(**example["state"], preset="previous")
    assert all("gives weight 1.00" not in caption.value for caption in app.caption)
    assert any(caption.value == example["note"]["en"] for caption in give_up(app).caption)


@pytest.mark.parametrize("preset", list(Words(lesson("attention").words, "en").node("presets")))
def test_every_preset_opens(preset: str) -> None:
    open_here(**Words(lesson("attention").words, "en").node(f"presets.{preset}.state"))


@pytest.mark.parametrize("panel", ["head_view", "model_view"])
@pytest.mark.parametrize("options", [[], ["hide", "renormalise", "words"]])
def test_the_lines_of_the_row_that_is_asked_about_are_drawn_once_it_is_answered(
    panel: str, options: list[str], drawn_weights: list[np.ndarray]
) -> None:
    app = open_here(panel=panel, options=options)
    row = labels(app).index("it")
    before = drawn_weights[-1]
    assert (before[3, 1, row] == 0).all() and before[3, 1, row - 1].any() and before[3, 2, row].any()
    give_up(app)
    assert drawn_weights[-1][3, 1, row].max() > 0.5


def test_what_gives_the_answer_away_opens_with_it() -> None:
    for panel in ("mistakes", "values", "heads"):
        app = open_here(panel=panel)
        assert any("gives the answer" in caption.value for caption in app.caption)
        assert not any("gives the answer" in caption.value for caption in give_up(app).caption)


def test_the_habit_of_the_head_that_is_asked_about_is_told_with_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    data: dict[str, Any] = {}
    monkeypatch.setattr("app.shell.exports.export_menu", lambda key, name, rows, *more: data.update({key: rows}))
    presets = Words(lesson("attention").words, "en").node("presets")
    app = give_up(open_here(**presets["rest"]["state"], preset="rest"))
    for name, value in {
        **presets["previous"]["state"],
        "preset": "previous",
    }.items():  # another head reads the same text
        app.session_state[name] = value
    assert asks(sound(app.run()))
    names = figures(app)[1]["data"][0]["text"]
    assert names[2] == "layer 1, head 3" and "<br>" in names[3] and data["figure_overview"] is None
    give_up(app)
    assert "mostly to the previous token" in figures(app)[1]["data"][0]["text"][2]
    assert len(data["figure_overview"]()) == 72


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("lecture", [False, True])
def test_where_the_head_is_wrong_the_reason_says_so(lang: str, lecture: bool) -> None:
    words = Words(lesson("attention").words, lang)
    for preset, said in (("small", True), ("trophy", False)):
        state = words.node(f"presets.{preset}.state")
        app = give_up(open_here(**state, preset=preset, lang=lang, lecture=lecture))
        shown = any(words("presets.small.moral") in element.value for element in app.markdown)
        assert shown is said


def test_the_link_names_the_head_on_the_screen_after_a_change_of_model() -> None:
    app = open_here(layer=6, head=12)
    assert written(app)["head"] == "12"
    app.session_state["head"], app.session_state["layer"] = 7, 4
    sound(app.run())
    assert written(app)["head"] == "7" and written(app)["layer"] is None


@pytest.mark.parametrize("options", ["", "words", "hide", "hide~words"])
def test_what_is_asked_is_on_the_screen(options: str) -> None:
    """Of pieces where the map shows pieces, of whole words where it has merged them: a link of before opens on these."""
    with teaching() as seen:
        app = sound(open_page("attention", {"preset": "bytes", "lang": "en", "options": options}))
    [question] = seen.questions
    shown = [label.removeprefix("<b>").removesuffix("</b>") for label in labels(app)]
    assert question.values["query"] in shown and question.values["query"] == ("它" if "words" in options else "它[1/2]")
    names = [option.values["key"] for option in question.options if isinstance(option, Said)]
    assert set(names) <= set(shown) and len(names) == len(question.options)
    place = shown.index(str(question.values["query"]))
    assert [i for i, row in enumerate(drawn(app)) if np.isnan(row).all()] == [place]
    weights = drawn(give_up(app))[place]
    assert question.answer == Said("predict.peak.at", {"key": shown[int(weights.argmax())]})


def test_an_answered_question_stays_when_the_map_is_changed_an_open_one_goes_with_it() -> None:
    for answered in (False, True):
        app = open_here(preset="bytes", lang="en")
        app = give_up(app) if answered else app
        with teaching() as seen:
            app.button_group(key="options").set_value(["merge pieces"])
            sound(app.run())
        assert [question.values["query"] for question in seen.questions] == ["它[1/2]" if answered else "它"]
        assert bool(np.isnan(drawn(app)).any()) is not answered


@pytest.mark.parametrize("preset", Words(lesson("attention").words, "en").node("presets"))
def test_a_hall_can_name_every_row_and_column_of_an_example(preset: str) -> None:
    """Who points at a row says what it is; longer texts than those of the examples have room for some names only."""
    app = sound(open_page("attention", {"preset": preset, "lang": "en", "lecture": "true"}))
    figure = figures(app)[0]
    count = len(drawn(app))
    for axis in ("xaxis", "yaxis"):
        assert figure["layout"][axis]["tickvals"] == list(range(count))
        assert figure["layout"][axis]["tickfont"]["size"] >= 22


def test_no_piece_of_the_word_that_is_asked_about_is_told() -> None:
    """In the maps of all heads, from which BertViz draws: where pieces are merged, all rows of the word are blank."""
    reading = attention.read_attention(load("smollm2-135m"), "猫坐在垫子上，因为它累了。", None)
    maps = reading.maps
    groups = attention.shown_positions(maps, (False,) * len(maps.tokens), words=True)
    query = maps.tokens.index("它[1/2]")
    screen = Screen(
        Source("smollm2-135m", maps.texts[0], None, None), Asked(reading, {}, attention.read_attention, None, {}),
        16, 0, "head", ("words",), query, groups, secret=Row(16, 0, query),
    )  # fmt: skip
    told, place = screen.told(), attention.merge_words(maps).tokens.index("它")
    assert not told.weights[16, 0, place].any()
    assert told.weights[16, 0, place - 1].sum() == pytest.approx(1, abs=1e-5)


def test_the_formula_says_why_the_figure_shows_another_number() -> None:
    query = {"preset": "bytes", "lang": "en", "options": "words"}
    merged = text_of(give_up(sound(open_page("attention", query))))
    assert "In the figure it is" in merged and "“merge pieces” is on" in merged
    assert "In the figure it is" not in text_of(give_up(open_here(preset="bytes", lang="en")))


def test_a_text_without_special_tokens_has_no_place_to_rest() -> None:
    maps = maps_of("abc")
    assert panels.resting_place(maps) == ""
    weights = maps.weights.sum(axis=(0, 1, 2))
    ends = replace(maps, special=(True, False, True))
    assert panels.resting_place(ends) == ("a" if weights[0] > weights[2] else "c")
