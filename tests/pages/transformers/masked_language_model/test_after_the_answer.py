"""After the answer the figure shows what was asked, and the question that the idea left open is answered."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.charts import colours
from app.lessons import lesson
from app.questions import all_filled
from app.text import probability
from app.words import LANGUAGES, Words
from nlpcore.language_models import fill_mask
from nlpcore.language_models.comparison import compare_fills
from nlpcore.language_models.mask_attention import attention_change
from nlpcore.language_models.text_masking import count_corruptions, training_example
from pages.transformers.masked_language_model import charts
from pages.transformers.masked_language_model import charts_masking as masking
from tests.pages.asking import give_up
from tests.pages.screen import teaching
from tests.pages.transformers.masked_language_model.test_page import VIEWS, figures, page, tiny_catalogue, words_on
from tests.pages.transformers.masked_language_model.test_questions import probabilities_at_mask

__all__ = ["tiny_catalogue"]  # every page of this module is on the tiny model

TEXT = "the cat sat on the mat . the dog is not a bird ."


@pytest.fixture(params=LANGUAGES)
def w(request: pytest.FixtureRequest) -> Words:
    return Words(lesson("masked-language-model").words, request.param)


def drawn(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(spec) for spec in figures(app)]


def test_the_word_asked_about_has_a_mark_where_it_falls_without_one_side(tiny: Any, w: Words) -> None:
    trace = fill_mask(tiny, "the cat sat", 4, words=(1,))
    token = trace.fills[0].answer.token
    for p in (0.001, 0.9):
        figure = charts.fill_bars(trace, w, cut=charts.Cut(token, "after", p)).checked()
        (mark,) = (d for d in figure.data if d.type == "scatter")
        (row,) = mark.y
        assert list(mark.x) == [p] and mark.marker.color == colours.FOCUS
        assert figure.layout.yaxis.ticktext[row].startswith(f"{token} ")
        assert figure.layout.xaxis.range[1] > p and probability(p) in mark.name and token in mark.name


def test_the_fill_view_marks_it_after_the_answer_and_not_before(tiny: Any) -> None:
    app = page(view="fill", **VIEWS["fill"])
    assert not [d for d in drawn(app)[0]["data"] if d.get("mode") == "markers"]
    give_up(app)
    (mark,) = (d for d in drawn(app)[0]["data"] if d.get("mode") == "markers")
    cut = probabilities_at_mask(tiny, "the [MASK]")
    best = int(probabilities_at_mask(tiny, "the [MASK] sat on the mat").argmax())
    assert mark["x"] == pytest.approx([float(cut[best])], rel=1e-4)
    assert mark["name"] in app.get("plotly_chart")[0].proto.alt


def test_each_layers_share_is_drawn_after_the_answer(tiny: Any) -> None:
    app = page(view="attention", **VIEWS["attention"])
    assert len(drawn(app)) == 1
    give_up(app)
    every, others = drawn(app)[0]["data"]
    trace = attention_change(tiny, VIEWS["attention"]["text"], words=(1,))
    for layer in range(len(trace.shown)):
        rows = [
            np.abs(trace.hidden[layer, :, q] - trace.shown[layer, :, q]).sum(-1).mean() / 2
            for q in range(len(trace.tokens))
        ]
        rest = [row for q, row in enumerate(rows) if q not in trace.masked]
        assert float(every["text"][layer]) == pytest.approx(100 * np.mean(rows), abs=0.051)
        assert float(others["text"][layer]) == pytest.approx(100 * np.mean(rest), abs=0.051)


def test_the_tokens_where_the_loss_counts_are_framed_after_the_answer(tiny: Any, w: Words) -> None:
    trace = training_example(tiny, TEXT, seed=1, rate=0.4)
    for step in range(4):
        for told in (False, True):
            figure = masking.masking_steps(trace, step, w, told).checked()
            framed = [shape["line"]["width"] > 1 for shape in figure.layout["shapes"]]
            assert framed == [told and bool(each) for each in trace.corruption.selected]
            assert (w("training.counts_here") in [d.name for d in figure.data]) is told


def test_the_training_view_frames_them(tiny: Any) -> None:
    app = page(view="training", **VIEWS["training"])
    widths = [shape["line"]["width"] for shape in drawn(app)[0]["layout"]["shapes"]]
    give_up(app)
    after = [shape["line"]["width"] for shape in drawn(app)[0]["layout"]["shapes"]]
    assert set(widths) == {1} and after.count(4) == int(
        training_example(tiny, VIEWS["training"]["text"], seed=1, rate=0.5).corruption.selected.sum()
    )


def test_the_bar_of_the_masks_has_a_frame_and_its_share(tiny: Any, w: Words) -> None:
    counts = count_corruptions(tiny, TEXT, seed=2).counts
    bars = masking.counts_figure(counts, w).checked().data[0]
    framed = [place for place, width in enumerate(bars.marker.line.width) if width]
    assert [bars.y[place].startswith(w("counts.name.masked")) for place in framed] == [True]
    share = f"{100 * counts.masked.observed / counts.masked.trials:.1f} %"
    assert [name.endswith(f" = {share}") for name in bars.y] == [False, True, False, False, False]
    assert "%" not in "".join(masking.counts_figure(counts, w, fates=False).checked().data[0].y)


def test_the_word_asked_about_is_bold_among_those_compared(tiny: Any, w: Words) -> None:
    trace = compare_fills(tiny, "he is a [MASK]", "she is a [MASK]", 4)
    word = trace.words[int(np.abs(trace.difference).argmax())]
    for both in (True, False):
        names = charts.comparison_dots(trace, w, both).checked().layout.yaxis.ticktext
        assert [name for name in names if "<b>" in name] == [f"<b>{word}</b>"]


# -- the idea ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_the_idea_is_of_the_text_on_the_screen(view: str) -> None:
    app = page(view=view, **VIEWS[view])
    text = next(item.value for item in app.markdown if "glossary?lang=" in item.value).replace("\\", "")
    expected = {
        "fill": "“the [MASK] sat on the mat”",
        "compare": "“he is a [MASK]”",
        "attention": "“the [MASK] sat on th",
    }
    assert expected.get(view, "“[MASK] cat sat on") in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_the_question_from_the_beginning_is_answered_with_numbers_of_the_example(view: str, language: str) -> None:
    """Every lesson's idea leaves a question open; what the reason says of it has blanks that this example fills."""
    words = Words(lesson("masked-language-model").words, language)
    opening = "**The question from the beginning:**" if language == "en" else "**回到开头的问题**："
    with teaching() as seen:
        app = give_up(page(language, view=view, **VIEWS[view]))
    for question in seen.questions:
        raw = words(question.because)
        assert "{" in raw.split(opening)[1], "no number of the example"
        assert words(question.because, **all_filled(question.values, words)).split(opening)[1] in words_on(app)


def test_a_difference_is_explained_once_it_is_drawn(tiny: Any) -> None:
    app = page(view="compare", **VIEWS["compare"])
    assert "+0.69" not in words_on(app) and "logarithmic" in words_on(app)
    give_up(app)
    assert "ln 2" in words_on(app) and "+0.69" in words_on(app)


def test_the_example_says_where_the_order_of_several_masks_is_chosen(w: Words) -> None:
    at = {"en": f"“{w('order.certain_first')}” (in Settings)", "zh": f"“{w('order.certain_first')}”（在“设置”里）"}
    assert at[w.language] in w("presets.twins.note")
