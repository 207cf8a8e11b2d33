"""The LSTM page: every kind of text, both languages, every panel; numbers on screen are the trace's."""

import io
from contextlib import redirect_stdout
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.lessons import lesson
from app.words import Words
from nlpcore.models import load, store
from nlpcore.recurrent import read, read_sentence
from pages.sequences.lstm_gates.snippet import code
from tests.pages.screen import figures, open_page, sound

LETTERS = pytest.param(
    "lstm-chars",
    marks=pytest.mark.skipif(store().state("lstm-chars") not in ("here", "bundled"), reason="not trained yet"),
)


def open_here(**state: Any) -> AppTest:
    return sound(open_page("lstm-gates", **state))


@pytest.mark.parametrize(
    "panel", ["unit", "extremes", "edited", "alternatives", "gradients", "mistakes", "code", "sources"]
)
@pytest.mark.parametrize("model", ["lstm-imdb", LETTERS])
def test_every_panel_is_drawn(panel, model):
    app = sound(open_here(panel=panel, model=model, lang="zh"))
    assert figures(app)


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "?!…",
        "🙂",
        "שלום עולם",
        "<script>alert(1)</script> **bold** $x$",
        "film\x00",
        "qwxz",
        "word " * 4000,
        "e\u0301" * 40,
    ],
)
def test_unpleasant_texts_keep_the_page_whole(text):
    app = sound(open_here(text=text))
    assert figures(app)


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_text_is_answered_with_a_sentence(text):
    app = sound(open_here(text=text))
    assert app.warning
    assert not figures(app)


def controls(app):
    return {item.key: item for kind in ("text_input", "number_input", "slider") for item in app.get(kind)}


@pytest.mark.parametrize("preset", ["but", "single", "halves", "dots", "letters"])
def test_presets_set_controls_that_exist(preset):
    state = Words(lesson("lstm-gates").words, "en").node("presets")[preset]["state"]
    app = sound(open_here(**state | {"panel": "alternatives"}))
    shown = controls(app)
    assert shown["text"].value == state["text"]
    assert shown["step"].value == state["step"]
    assert shown["place"].value == state["place"]


def test_prediction_and_formula_are_the_traces():
    text = "It was not good , it was great ."
    app = sound(open_here(text=text, step=3, unit=5))
    reading = read_sentence(SimpleNamespace(folder=store().folder("lstm-imdb")), text)
    shown = " ".join(item.value for item in app.markdown) + " ".join(item.value for item in app.latex)
    assert f"{reading.positive[2]:.2f}" in shown
    for name in "ifgoch":
        assert f"{getattr(reading.trace, name)[2, 5]:.3f}" in shown


def test_a_unit_that_another_model_lacks_is_left():
    sound(open_here(unit=5000))


@pytest.mark.parametrize("model", ["lstm-imdb", LETTERS])
def test_snippet_prints_the_numbers_on_screen(model):
    text = 'It\'s "not" bad \\ {at} all.'
    reading = read(load(model), text)
    unit = 7
    output = io.StringIO()
    with redirect_stdout(output):
        exec(code(model, text, unit, words=model == "lstm-imdb"), {})
    printed = output.getvalue()
    for step, token in enumerate(reading.tokens):
        values = " ".join(f"{name} {getattr(reading.trace, name)[step, unit]:.3f}" for name in "ifgoch")
        assert f"{step + 1} {token!r} {values}" in printed
        output_here = f"P(positive) {reading.positive[step]:.2f}" if model == "lstm-imdb" else reading.next(step)[0][0]
        assert output_here in printed
    assert f"f c + i g = {reading.trace.c[-1, unit]:.3f}" in printed
