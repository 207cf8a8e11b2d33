"""The lesson's figures: what they draw is what the traces hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import yaml

from app.charts import colours
from app.lessons import lesson
from app.words import LANGUAGES, Words
from nlpcore.language_models import fill_mask
from nlpcore.language_models.comparison import compare_fills
from nlpcore.language_models.mask_attention import attention_change
from nlpcore.language_models.text_masking import count_corruptions, training_example
from pages.transformers.masked_language_model import charts
from pages.transformers.masked_language_model import charts_masking as masking

TEXT = "the cat sat on the mat . the dog is not a bird ."


@pytest.fixture(params=["en", "zh"])
def w(request: pytest.FixtureRequest) -> Words:
    return Words(lesson("masked-language-model").words, request.param)


def bars(figure: Any) -> dict[str, dict[int, float]]:
    return {bar.marker.color: dict(zip(bar.y, bar.x, strict=True)) for bar in figure.data}


def test_bars_are_the_candidates_in_order(tiny: Any, w: Words) -> None:
    trace = fill_mask(tiny, "the cat sat", 4, words=(1,), guesses=("paris",))
    drawn = bars(charts.fill_bars(trace, w).checked())
    fill = trace.fills[0]
    expected = {c.token_id: c.probability for c in (*fill.candidates, fill.original, *fill.guesses) if c}
    assert sorted(p for part in drawn.values() for p in part.values()) == pytest.approx(sorted(expected.values()))
    assert list(drawn[colours.TRUTH].values()) == [fill.original.probability] if fill.original else False
    assert list(drawn[colours.LEARNER].values()) == [fill.guesses[0].probability]


def test_covered_bars_tell_no_word(tiny: Any, w: Words) -> None:
    trace = fill_mask(tiny, "the cat sat", 4, words=(1,))
    figure = charts.fill_bars(trace, w, cover=True).checked()
    assert set(figure.layout.yaxis.ticktext) == {"?"} and set(bars(figure)) == {colours.MODEL}
    assert not any(token in str(figure) for token in ("'cat'", "paris", "robin"))


def test_several_masks_share_one_figure(tiny: Any, w: Words) -> None:
    trace = fill_mask(tiny, "[MASK] " * 8, 3, order="certain_first")
    figure = charts.fill_bars(trace, w).checked()
    assert len({bar.yaxis for bar in figure.data}) == charts.MOST_PANELS
    assert len(charts.fill_rows(trace)) == 8 * 3


def test_comparison_draws_both_probabilities_and_the_difference(tiny: Any, w: Words) -> None:
    trace = compare_fills(tiny, "he is a [MASK]", "she is a [MASK]", 4)
    first, second = [d for d in charts.comparison_dots(trace, w).checked().data if d.mode == "markers"]
    order = np.argsort(-trace.difference, kind="stable")
    np.testing.assert_allclose(first.x, np.exp(trace.first_log_probability[order]))
    np.testing.assert_allclose(second.x, np.exp(trace.second_log_probability[order]))
    assert len(charts.comparison_rows(trace)) == len(trace.words)


def test_attention_change_is_signed_and_centred(tiny: Any, w: Words) -> None:
    trace = attention_change(tiny, "the cat sat on the mat", words=(1, 2))
    for layer in (None, 0):
        heat = charts.attention_change_map(trace, layer, w).checked().data[0]
        assert heat.zmin == -heat.zmax
        np.testing.assert_allclose(np.asarray(heat.z), trace.change(layer))
        assert len(charts.attention_rows(trace, layer)) == 64
    np.testing.assert_allclose(np.asarray(charts.heads_moved_map(trace, w).checked().data[0].z), trace.moved())


@pytest.mark.parametrize("step", range(4))
def test_each_step_colours_the_selected_tokens_only(tiny: Any, w: Words, step: int) -> None:
    trace = training_example(tiny, TEXT, seed=1, rate=0.4)
    figure = masking.masking_steps(trace, step, w).checked()
    filled = [shape.fillcolor != "rgba(0,0,0,0)" for shape in figure.layout.shapes]
    assert filled == trace.corruption.selected.tolist()
    texts = {text for d in figure.data if d.mode == "text" for text in d.text}
    assert ("[MASK]" in texts) == (step >= 2)
    assert len(masking.example_rows(trace)) == len(trace.tokens)


def test_counts_stand_beside_their_expectations(tiny: Any, w: Words) -> None:
    counts = count_corruptions(tiny, TEXT, seed=2).counts
    figure = masking.counts_figure(counts, w).checked()
    assert figure.data[0].x[1] == pytest.approx(100 * counts.masked.observed / counts.masked.trials)
    assert figure.data[1].x[1] == pytest.approx(12)
    assert sum(figure.data[2].y) == 1000
    assert [row["what"] for row in masking.count_rows(counts)][-1] == "empty_draws"


def test_a_token_never_becomes_html(tiny: Any, w: Words) -> None:
    trace = fill_mask(tiny, "[MASK]", 100)
    labels = charts.fill_bars(trace, w).checked().layout.yaxis.ticktext
    assert not any("<" in label for label in labels) and any("&lt;" in label for label in labels)


def test_the_logarithmic_axis_is_labelled_in_plain_numbers() -> None:
    ticks = charts._log_ticks(-2.3, -1.0)
    assert ticks["ticktext"] == ["0.005", "0.01", "0.02", "0.05", "0.1"]
    assert charts._log_ticks(-6.2, -0.1)["ticktext"][-2:] == ["0.1", "1"]


@pytest.mark.parametrize(
    "p, text",
    [(0.3149, "0.31"), (0.0042, "0.0042"), (0.00031, "0.0003"), (1e-6, "<0.0001"), (0.9999, "1.00"), (0.01, "0.01")],
)
def test_probabilities_are_shown_with_two_digits(p: float, text: str) -> None:
    assert charts.probability(p) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_presets_name_views_and_masks_that_exist(language: str) -> None:
    from nlpcore.language_models import split_words

    tree = yaml.safe_load(lesson("masked-language-model").words.read_text(encoding="utf-8"))
    for preset in tree["presets"].values():
        state = Words(lesson("masked-language-model").words, language).resolve(preset["state"])
        assert state["view"] in tree["view"]
        assert all(i < len(split_words(state["text"])) for i in state.get("masked", []))
        if state["view"] == "compare":
            assert "[MASK]" in state["first"] and "[MASK]" in state["second"]
