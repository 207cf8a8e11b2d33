"""The lesson's figures: what they draw is what the traces hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
import yaml

from app.charts import colours, style
from app.charts.label_placement import room_for
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


@pytest.mark.parametrize("order", ["together", "certain_first"])
def test_masks_beside_each_other_have_one_scale(tiny: Any, w: Words, order: str) -> None:
    trace = fill_mask(tiny, "the cat sat", 4, words=(0, 1, 2), order=order)
    figure = charts.fill_bars(trace, w).checked()
    ranges = [tuple(figure.layout[axis].range) for axis in ("xaxis", "xaxis2", "xaxis3")]
    tallest = max(x for bar in figure.data for x in bar.x)
    assert len(set(ranges)) == 1 and ranges[0][0] == 0 and tallest < ranges[0][1] < 2 * tallest
    tops = [fill.candidates[0].probability for fill in trace.fills]
    assert len(set(tops)) > 1, "else they would have one scale anyway"


@pytest.mark.parametrize("order", ["together", "certain_first"])
def test_a_title_above_one_of_two_columns_fits_a_phone(tiny: Any, w: Words, order: str) -> None:
    """The right column's middle is some 67 px from the rim: type takes about 0.7 of the room that is kept for it."""
    trace = fill_mask(tiny, "the cat sat", 4, words=(0, 1, 2), order=order)
    long = replace(trace.fills[1], original=replace(trace.fills[1].original, token="internationalisation"))
    figure = charts.fill_bars(replace(trace, fills=(trace.fills[0], long, *trace.fills[2:])), w).checked()
    titles = [note.text for note in figure.layout.annotations]
    assert len(titles) == 3 and all(room_for(title, style.TEXT) <= 2 * 67 / 0.7 for title in titles), titles


@pytest.mark.parametrize("hall", [False, True])
@pytest.mark.parametrize("masks", range(1, 7))
def test_above_a_title_there_is_room_for_the_numbers_of_the_axis_and_no_name_of_it(
    tiny: Any, w: Words, masks: int, hall: bool
) -> None:
    figure = charts.fill_bars(fill_mask(tiny, "[MASK] " * masks, 8), w, hall=hall).checked()
    axes = [figure.layout["xaxis" if n == 0 else f"xaxis{n + 1}"] for n in range(masks)]
    lowest = [n for n in range(masks) if n + 2 >= masks] if masks > 1 else [0]
    assert [n for n, axis in enumerate(axes) if axis.title.text] == lowest
    if masks > 2:
        upper, lower = (figure.layout[name].domain for name in ("yaxis", "yaxis3"))
        large, higher = (style.LECTURE_FACTOR, style.LECTURE_HEIGHT) if hall else (1, 1)
        height = higher * figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
        assert (upper[0] - lower[1]) * height >= large * (style.SMALL + style.TEXT + 8)


def test_a_word_that_stands_twice_is_numbered_as_its_button_is() -> None:
    assert charts.token_labels(("[CLS]", "the", "cat", "the", "[SEP]"), (3,)) == [
        "[CLS]", "the₁", "cat", "▮ the₂", "[SEP]"
    ]  # fmt: skip


def test_comparison_draws_both_probabilities_and_the_difference(tiny: Any, w: Words) -> None:
    trace = compare_fills(tiny, "he is a [MASK]", "she is a [MASK]", 4)
    first, second = [d for d in charts.comparison_dots(trace, w).checked().data if d.mode == "markers"]
    order = np.argsort(-trace.difference, kind="stable")
    np.testing.assert_allclose(first.x, np.exp(trace.first_log_probability[order]))
    np.testing.assert_allclose(second.x, np.exp(trace.second_log_probability[order]))
    assert len(charts.comparison_rows(trace)) == len(trace.words)


@pytest.mark.parametrize("hall", [False, True])
@pytest.mark.parametrize("both", [False, True])
def test_each_word_has_a_line_to_its_dots_and_none_through_its_number(
    tiny: Any, w: Words, both: bool, hall: bool
) -> None:
    trace = compare_fills(tiny, "he is a [MASK]", "she is a [MASK]", 4)
    figure = charts.comparison_dots(trace, w, both, hall).checked()
    low, high = figure.layout.xaxis.range
    assert [line.y0 for line in figure.layout.shapes] == [line.y1 for line in figure.layout.shapes]
    assert [line.y0 for line in figure.layout.shapes] == list(range(len(trace.words)))
    ends = [low + line.x1 * (high - low) for line in figure.layout.shapes]
    dots = max(max(data.x) for data in figure.data if data.mode == "markers")
    beyond = [np.log10(data.x[0]) for data in figure.data if data.mode == "text"] or [high + 0.01]
    assert all(np.log10(dots) < end < beyond[0] for end in ends)
    assert figure.layout.yaxis.showgrid is figure.layout.yaxis.zeroline is False


def test_until_the_question_is_answered_the_second_sentence_is_in_neither_figure_nor_table(tiny: Any, w: Words) -> None:
    trace = compare_fills(tiny, "he is a [MASK]", "she is a [MASK]", 4)
    (dots,) = charts.comparison_dots(trace, w, both=False).checked().data
    order = np.argsort(trace.first_rank, kind="stable")
    np.testing.assert_allclose(dots.x, np.exp(trace.first_log_probability[order]))
    rows = charts.comparison_rows(trace, both=False)
    assert {name for row in rows for name in row} == {"word", "first_probability", "first_rank"}


def test_covered_words_are_not_in_the_table_either(tiny: Any) -> None:
    trace = fill_mask(tiny, "the cat sat", 4, words=(1,), guesses=("paris",))
    rows = charts.fill_rows(trace, cover=True)
    assert [(row["token"], row["kind"], row["rank"]) for row in rows] == [("?", "model", n) for n in range(1, 5)]


def test_losses_are_in_the_table_once_they_may_be_told(tiny: Any) -> None:
    trace = training_example(tiny, TEXT, seed=1, rate=0.4)
    assert all("loss" not in row for row in masking.example_rows(trace, losses=False))


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
    assert figure.layout.yaxis.dtick == 1  # a row, a name
    assert -1 < figure.layout.xaxis2.range[0] < 0 and figure.layout.xaxis2.range[1] < len(figure.data[2].y)
    assert [row["what"] for row in masking.count_rows(counts)][-1] == "empty_draws"


def test_a_token_never_becomes_html(tiny: Any, w: Words) -> None:
    trace = fill_mask(tiny, "[MASK]", 100)
    labels = charts.fill_bars(trace, w).checked().layout.yaxis.ticktext
    assert not any("<" in label for label in labels) and any("&lt;" in label for label in labels)


def test_the_logarithmic_axis_is_labelled_in_plain_numbers() -> None:
    ticks = charts._log_ticks(-2.3, -1.0)
    assert ticks["ticktext"] == ["0.005", "0.01", "0.02", "0.05", "0.1"]
    assert charts._log_ticks(-6.2, 0.1)["ticktext"][-2:] == ["0.1", "1"]


def test_no_tick_stands_under_numbers_that_the_axis_does_not_measure(tiny: Any, w: Words) -> None:
    trace = compare_fills(tiny, "[MASK] sat", "the [MASK]", watched=("cat", "dog"))
    figure = charts.comparison_dots(trace, w).checked()
    (numbers,) = [d for d in figure.data if d.mode == "text"]
    assert max(figure.layout.xaxis.tickvals) <= min(1, numbers.x[0])


@pytest.mark.parametrize(
    "p, text",
    [(0.3149, "0.31"), (0.0042, "0.0042"), (0.00031, "0.0003"), (1e-6, "<0.0001"), (0.9999, "1.00"), (0.01, "0.010")],
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


def test_what_is_taken_away_of_a_mask_is_what_torch_makes_of_the_logits(tiny: Any) -> None:
    rows = charts.fill_rows(fill_mask(tiny, "the cat [MASK]", 4, words=(1,), guesses=("paris",)))
    given = tiny.tokenizer("the [MASK] [MASK]", return_tensors="pt")
    with torch.no_grad():
        log_p = tiny.network(**given).logits[0].double().log_softmax(-1)
    for row in rows:
        at = log_p[1 + row["mask"]]
        expected = at[tiny.tokenizer.convert_tokens_to_ids(row["token"])].item()
        assert row["log_probability"] == pytest.approx(expected, abs=1e-5)
        assert row["probability"] == pytest.approx(np.exp(expected), abs=1e-6)
        assert row["rank"] == 1 + int((at > expected + 1e-9).sum())
        assert row["entropy_bits"] == pytest.approx(-float((at.exp() * at).sum()) / np.log(2), abs=1e-4)
    kinds = {(row["mask"], row["token"]): row["kind"] for row in rows}
    assert kinds[1, "cat"] == "original" and kinds[1, "paris"] == kinds[2, "paris"] == "guess"


def test_bars_name_their_rank_and_their_word(tiny: Any, w: Words) -> None:
    fill = fill_mask(tiny, "the cat sat", 4, words=(1,), guesses=("paris",)).fills[0]
    figure = charts.fill_bars(fill_mask(tiny, "the cat sat", 4, words=(1,), guesses=("paris",)), w).checked()
    by_token = {c.token: c for c in (*fill.candidates, *fill.guesses, *([fill.original] if fill.original else []))}
    for bar in figure.data:
        for place, p, (token, rank, logit) in zip(bar.y, bar.x, bar.customdata, strict=True):
            assert (p, rank, logit) == (
                by_token[token].probability,
                by_token[token].rank,
                f"{by_token[token].logit:.2f}",
            )
            assert figure.layout.yaxis.ticktext[place] == f"{token}  {rank}."


def test_the_written_differences_and_the_csv_are_those_of_the_words(tiny: Any, w: Words) -> None:
    trace = compare_fills(tiny, "he is a [MASK]", "she is a [MASK]", 4)
    figure = charts.comparison_dots(trace, w).checked()
    written = next(d for d in figure.data if d.mode == "text").text
    rows = {row["word"]: row for row in charts.comparison_rows(trace)}
    for word, text in zip(figure.layout.yaxis.ticktext, written, strict=True):
        word = word.removeprefix("<b>").removesuffix("</b>")
        row = rows[word.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")]
        ratio = row["first_probability"] / row["second_probability"]
        assert float(text.replace("−", "-")) == pytest.approx(np.log(ratio), abs=0.0051)
        assert row["difference_ln"] == pytest.approx(np.log(ratio), abs=1e-6)
    for place, word in enumerate(trace.words):
        assert rows[word]["first_rank"] == trace.first_rank[place]
        assert rows[word]["second_rank"] == trace.second_rank[place]
        assert rows[word]["first_probability"] == pytest.approx(np.exp(trace.first_log_probability[place]))


def test_the_change_of_attention_is_told_from_query_to_key(tiny: Any, w: Words) -> None:
    trace = attention_change(tiny, "the cat sat", words=(1,))
    heat = charts.attention_change_map(trace, 1, w).checked().data[0]
    for row in charts.attention_rows(trace, 1):
        q, k = row["query_position"], row["key_position"]
        pair = (trace.hidden - trace.shown)[1, :, q, k]
        assert row["change"] == pytest.approx(float(np.mean(pair)), abs=1e-6)
        assert (row["query"], row["key"], row["masked_key"]) == (trace.tokens[q], trace.tokens[k], k == 2)
        labels = charts.token_labels(trace.tokens, trace.masked)
        assert list(heat.customdata[q][k]) == [labels[q], labels[k]]
    assert charts.token_labels(("a", "<b>"), (1,)) == ["a", "▮ &lt;b&gt;"]


@pytest.mark.parametrize(("hall", "between"), [(False, "<br>"), (True, " ")])
def test_each_step_tells_the_draw_the_fate_the_token_and_the_loss(
    tiny: Any, w: Words, hall: bool, between: str
) -> None:
    """A phone's cells have room for seven characters or so in a line."""
    trace = training_example(tiny, TEXT, seed=1, rate=0.4)
    drawn, names = trace.corruption, {1: "masked", 2: "random", 3: "kept"}
    place = int(np.flatnonzero(drawn.selected)[0])
    fate = names[int(drawn.fates[place])]
    lines = {
        0: (trace.tokens[place], f"{drawn.selection_draws[place]:.2f}"),
        1: (trace.tokens[place], f"{drawn.fate_draws[place]:.2f} →{between}{w('training.short.' + fate)}"),
        2: (trace.shown_tokens[place], f"({trace.tokens[place]})"),
        3: (trace.shown_tokens[place], f"{trace.tokens[place]}:{between}{trace.losses[place]:.1f}"),
    }
    for step, expected in lines.items():
        texts = [d for d in masking.masking_steps(trace, step, w, hall=hall).checked().data if d.mode == "text"]
        at = [
            text
            for d in texts
            for x, y, text in zip(d.x, d.y, d.text, strict=True)
            if x == place % masking.A_ROW and abs(y + place // masking.A_ROW) < 0.4
        ]
        assert at == list(expected)
    row = masking.example_rows(trace)[place]
    assert (row["token"], row["shown"], row["fate"]) == (trace.tokens[place], trace.shown_tokens[place], fate)
    assert (row["selection_draw"], row["fate_draw"]) == (drawn.selection_draws[place], drawn.fate_draws[place])
    assert row["loss"] == trace.losses[place] and row["selected"]


def test_every_count_is_drawn_and_taken_away_by_its_name(tiny: Any, w: Words) -> None:
    counts = count_corruptions(tiny, TEXT, seed=2).counts
    figure = masking.counts_figure(counts, w).checked()
    fields = ("selected", "masked", "random", "kept", "visibly_changed")
    for place, field in enumerate(fields):
        count, row = getattr(counts, field), masking.count_rows(counts)[place]
        assert figure.data[0].x[place] == pytest.approx(100 * count.observed / count.trials)
        assert figure.data[1].x[place] == pytest.approx(100 * count.expected / count.trials)
        high, low = (figure.data[1].error_x[side][place] for side in ("array", "arrayminus"))
        assert figure.data[1].x[place] + high == pytest.approx(100 * count.high / count.trials)
        assert figure.data[1].x[place] - low == pytest.approx(100 * count.low / count.trials)
        assert (row["observed"], row["low_95"], row["high_95"]) == (count.observed, count.low, count.high)
    per_draw = figure.data[2].y
    assert list(per_draw) == counts.selected_per_draw[: len(per_draw)].tolist()
    assert figure.data[3].y == pytest.approx(counts.expected_per_draw[: len(per_draw)])


@pytest.mark.parametrize("hall", [False, True])
@pytest.mark.parametrize("masks", [1, 2])
def test_the_legend_has_room_above_what_names_the_masks(tiny: Any, w: Words, masks: int, hall: bool) -> None:
    """Plotly sets lines of a legend at 1.3 times their size, and what names a mask grows up from the plot."""
    trace = fill_mask(tiny, "the cat sat", 4, words=tuple(range(masks)), guesses=("paris",))
    cut = charts.Cut(trace.fills[0].answer.token, "after", 0.1)
    figure = charts.fill_bars(trace, w, cut=cut, hall=hall).checked()
    names = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert figure.layout.legend.orientation == "v" and len(names) >= 3
    large = style.LECTURE_FACTOR if hall else 1
    title = 1.3 * style.TEXT * large if masks > 1 else 0
    assert len({axis.range for axis in figure.select_yaxes()}) == 1, "rows are level"
    assert figure.layout.margin.t >= 1.3 * style.SMALL * large * len(names) + title
    plain = charts.fill_bars(trace, w, hall=hall).checked()
    assert plain.layout.legend.orientation == "h" and plain.layout.margin.t < figure.layout.margin.t
