"""The lesson's page, run as Streamlit runs it; the code that it shows; what is typed wrongly."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest
import torch

from app.formulas import faults
from app.lessons import lesson
from app.words import LANGUAGES, Words
from nlpcore.networks import fire
from nlpcore.networks.relu_sum import bent, on_curve
from nlpcore.words.word_neuron import judge
from pages.networks.neuron import snippet
from tests.drawn import numbers
from tests.pages.asking import counted, give_up
from tests.pages.screen import figures, open_page, sound, teaching, text_of

pytestmark = pytest.mark.models
ID = "neuron"
VIEWS = ("one", "softmax", "words", "curve")


def page(language: str = "en", **query: str) -> Any:
    return sound(open_page(ID, {"lang": language, **query}))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_and_its_answer_too(language: str, view: str) -> None:
    with teaching() as seen:
        app = give_up(page(language, view=view))
    assert not app.warning and seen.questions and seen.formulas
    assert [faults(formula) for formula in seen.formulas if faults(formula)] == []
    assert len(figures(app)) == (view != "curve")  # which moves under the hand


@pytest.mark.parametrize("view", VIEWS)
def test_the_right_option_of_each_question_counts_and_another_does_not(view: str) -> None:
    with teaching() as seen:
        page(view=view)
    question = seen.questions[0]
    for option in (question.right, (question.right + 1) % len(question.options)):
        assert counted(page(view=view), option) == (option == question.right)


def test_the_point_is_where_the_dials_put_it_and_the_idea_says_the_same() -> None:
    app = page(activation="elu", x1="1", x2="5", w1="0.5", w2="-1.5", b="0.5")
    (point,) = (t for t in figures(app)[0]["data"] if t.get("mode") == "markers")
    z = torch.tensor(-6.5, dtype=torch.float64)
    assert (numbers(point["x"])[0], numbers(point["y"])[0]) == pytest.approx(
        (z.item(), torch.nn.functional.elu(z).item())
    )
    assert "**−6.5**" in text_of(app)


def test_dials_outside_their_ends_go_to_the_nearer_one() -> None:
    app = page(x1="99", w1="-50", b="1000")
    held = {slider.key: slider.value for slider in app.slider}
    assert (held["x1"], held["w1"], held["b"]) == (9, -3.0, 10.0)
    (point,) = (t for t in figures(app)[0]["data"] if t.get("mode") == "markers")
    assert numbers(point["x"])[0] == pytest.approx(9 * -3.0 - 1.5 + 10)


def test_the_idea_is_told_by_sigmoid_where_a_link_names_no_activation_that_there_is() -> None:
    assert "sigmoid makes **0.88**" in text_of(page(view="softmax", activation="nonsense"))
    assert "tanh makes **0.96**" in text_of(page(view="softmax", activation="tanh"))


@pytest.mark.parametrize(("lang", "typed"), [("en", ""), ("en", "cat"), ("zh", "猫 1"), ("en", "1e9 2"), ("zh", "👋")])
def test_scores_that_cannot_be_weighed_get_a_sentence_and_stay(lang: str, typed: str) -> None:
    app = page(lang, view="softmax", scores=typed)
    assert len(app.warning) == 1 and next(f for f in app.text_input if f.key == "scores").value == typed


def test_a_hall_reads_the_steps_of_softmax_at_a_key_and_a_desk_at_once() -> None:
    for lecture in ("", "true"):
        app = page(view="softmax", scores="a 1000, b 1001", **({"lecture": lecture} if lecture else {}))
        said = text_of(app)
        assert "NaN" in said and "∞" in said
        assert "NaN" not in text_of(page(view="softmax"))


def test_words_of_another_language_get_a_sentence() -> None:
    app = page(view="words", words="qqzzxxyyq")
    assert len(app.warning) == 1 and "qqzzxxyyq" in app.warning[0].value.replace("\\", "")
    assert not figures(app)


@pytest.mark.parametrize("panel", ["weights", "errors"])
def test_the_panels_of_the_words_say_what_the_neuron_is(panel: str) -> None:
    app = give_up(page(view="words"))
    app = sound(open_page(ID, {"lang": "en", "view": "words", "panel": panel}))
    if panel == "errors":
        neuron = judge("glove-6b-50d", "joy").neuron
        wrong = neuron.mistakes()
        table = next(m.value for m in app.markdown if "| --- |" in m.value)
        assert all(neuron.words[row] in table for row in wrong[:12])
        assert f"{len(wrong)} wrong" in text_of(app)


def test_the_accuracy_on_the_page_is_that_of_the_words_left_out() -> None:
    for language, model in (("en", "glove-6b-50d"), ("zh", "words-zh-64d")):
        neuron = judge(model, "爱" if language == "zh" else "joy").neuron
        labels = np.array(neuron.held_out) >= 0.5
        right = int((labels == neuron.pleasant).sum())
        words = Words(lesson(ID).words, language)
        said = words("words.accuracy").split("**")[1].format(right=right, count=len(labels))
        assert said in text_of(page(language, view="words"))


def test_the_curve_s_heights_are_those_of_the_link() -> None:
    heights = [0.0, 0.5, 1.0, 0.5, 0.0, -0.5, -1.0]
    app = page(view="curve", **{f"h{n}y": str(y) for n, y in enumerate(heights)})
    trace = bent(heights, "wave")
    assert f"**{trace.largest:.2f}**" in text_of(app) and f"**{trace.outside:.2f}**" in text_of(app)


def test_a_button_lays_the_line_on_the_curve_and_another_number_of_relus_keeps_it() -> None:
    app = page(view="curve", curve="hump")
    next(button for button in app.button if button.key == "_lay").click()
    sound(app.run())
    held = [app.session_state[f"h{n}y"] for n in range(7)]
    assert held == pytest.approx(on_curve("hump", 6), abs=0.026)
    next(group for group in app.button_group if group.key == "units").set_value("12")
    sound(app.run())
    finer = [app.session_state[f"h{n}y"] for n in range(13)]
    assert finer == pytest.approx(np.interp(np.linspace(0, 6, 13), np.linspace(0, 6, 7), held), abs=0.026)
    next(button for button in app.button if button.key == "_level").click()
    sound(app.run())
    assert [app.session_state[f"h{n}y"] for n in range(13)] == [0.0] * 13


def run(program: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(program, "snippet", "exec"), {})
    return out.getvalue()


def test_the_code_prints_the_numbers_of_the_screen() -> None:
    trace = fire((3, 1), (1.0, -1.5), 0.5, "sigmoid")
    printed = run(snippet.one(trace))
    assert "z = 2.0" in printed and "a = 0.8808" in printed and f"{trace.slope}" in printed
    assert "cat 2.0 0.7311 as written: 0.731" in run(snippet.scores("cat 2, dog 1", 1.0))
    judged = judge("glove-6b-50d", "rose, war")
    printed = run(snippet.words("glove-6b-50d", "rose, war"))
    assert f"rose {round(float(judged.sums[0]), 2)} {round(float(judged.probabilities[0]), 4)}" in printed
    assert f"{judged.neuron.right} of {len(judged.neuron.words)} right" in printed
    curve = bent(on_curve("wave", 6), "wave")
    assert f"largest error from 0 to 6: {round(curve.largest, 2)}" in run(snippet.curve(curve))
