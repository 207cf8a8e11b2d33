"""Questions to a trace: extremes, informative units, drawing order, and the alignment of two texts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcore.recurrent import (
    LSTMCell,
    compare,
    correlations,
    gate_extremes,
    informative_units,
    read_sentence,
    trace_lstm,
    unit_order,
)
from nlpcore.recurrent.comparison import align

TEXT = "the film was not very good , but i do n't do it ."


@given(st.integers(1, 15), st.integers(0, 6), st.sampled_from("ifgoch"), st.integers(0, 1000))
def test_extremes_are_the_largest_and_smallest_values_and_share_no_token(steps, k, gate, seed):
    trace = trace_lstm(LSTMCell.random(3, 4, seed), np.random.default_rng(seed).normal(size=(steps, 3)))
    tokens = [f"t{n}" for n in range(steps)]
    for unit in (None, 2):
        found = gate_extremes(trace, tokens, unit, gate, k)
        row = getattr(trace, gate).mean(axis=1) if unit is None else getattr(trace, gate)[:, unit]
        assert [v.value for v in found.high] == sorted(row, reverse=True)[: len(found.high)]
        assert [v.value for v in found.low] == sorted(row)[: len(found.low)]
        assert not {v.step for v in found.high} & {v.step for v in found.low}
        assert len(found.high) + len(found.low) == min(2 * k, steps)
        assert all(v.token == tokens[v.step] for v in found.high + found.low)
        assert found.mean == pytest.approx(row.mean())


def test_extremes_of_what_is_not_there_are_refused(sentiment):
    reading = read_sentence(sentiment, TEXT)
    for unit, gate in ((7, "i"), (-1, "i"), (0, "x")):
        with pytest.raises(ValueError, match=r"no unit|none of"):
            gate_extremes(reading.trace, reading.tokens, unit, gate)


def test_informative_units_have_numpys_correlations(sentiment):
    reading = read_sentence(sentiment, TEXT)
    expected = np.array([np.corrcoef(c, reading.signal)[0, 1] for c in reading.trace.c.T])
    np.testing.assert_allclose(correlations(reading), expected)
    found = informative_units(reading, 7)
    assert [score.unit for score in found] == list(np.argsort(-np.abs(expected)))
    np.testing.assert_allclose([score.correlation for score in found], expected[[score.unit for score in found]])
    assert {score.correlation for score in informative_units(read_sentence(sentiment, "film"), 2)} == {0.0}


@pytest.mark.parametrize("by", ["index", "variance", "clustered"])
@pytest.mark.parametrize("text", [TEXT, "film"])
def test_every_order_has_every_unit_once(sentiment, by, text):
    trace = read_sentence(sentiment, text).trace
    order = unit_order(trace, by)
    assert sorted(order) == list(range(7))
    if by == "variance":
        assert (np.diff(trace.c.var(axis=0)[order]) <= 0).all()
    with pytest.raises(ValueError, match="none of"):
        unit_order(trace, "colour")


tokens = st.lists(st.sampled_from("abc"), max_size=8).map(tuple)


@given(tokens, tokens)
def test_alignment_has_every_token_once_and_in_order(before, after):
    pairs = align(before, after)
    assert [pair.before for pair in pairs if pair.before is not None] == list(range(len(before)))
    assert [pair.after for pair in pairs if pair.after is not None] == list(range(len(after)))
    for pair in pairs:
        assert (pair.before is None) == (pair.kind == "inserted")
        assert (pair.after is None) == (pair.kind == "removed")
        if pair.kind in ("same", "replaced"):
            assert (before[pair.before] == after[pair.after]) == (pair.kind == "same")


def test_nothing_differs_before_the_first_edited_token(sentiment):
    both = compare(sentiment, "the film was good .", "the film was not good .")
    difference = both.difference("c")
    assert [pair.kind for pair in both.pairs] == ["same", "same", "same", "inserted", "same", "same"]
    assert (difference[:3] == 0).all()
    assert np.isnan(difference[3]).all()
    np.testing.assert_allclose(difference[4], both.after.trace.c[4] - both.before.trace.c[3])
    assert np.abs(difference[4]).max() > 0


@pytest.mark.parametrize("quantity", ["i", "c", "h"])
def test_a_difference_is_after_minus_before(sentiment, quantity):
    both = compare(sentiment, "the film was good .", "the film was not very good .")
    old, new = getattr(both.before.trace, quantity), getattr(both.after.trace, quantity)
    table, seen = both.difference(quantity), 0
    for row, pair in zip(table, both.pairs, strict=True):
        if pair.before is None or pair.after is None:
            assert np.isnan(row).all()
        else:
            np.testing.assert_array_equal(row, new[pair.after] - old[pair.before])
            seen += bool(np.abs(row).max() > 1e-3)
    assert seen >= 2, "the same in both would hide the sign"
