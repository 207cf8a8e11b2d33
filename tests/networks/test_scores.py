"""Softmax of typed scores against torch and scipy, and what double precision makes of the formula as it is written."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from nlpcore.errors import LearnerError
from nlpcore.networks.scores import weigh, weighed


@given(scores=st.lists(st.floats(-1e5, 1e5), min_size=2, max_size=8), temperature=st.floats(0.1, 5))
def test_the_probabilities_are_torch_s_and_scipy_s(scores: list[float], temperature: float) -> None:
    z = np.array(scores)
    trace = weighed(tuple("abcdefgh"[: len(scores)]), z, temperature)
    np.testing.assert_allclose(trace.probabilities, softmax(z / temperature), rtol=1e-9, atol=1e-300)
    wanted = (torch.tensor(scores, dtype=torch.float64) / temperature).softmax(0)
    np.testing.assert_allclose(trace.probabilities, wanted.numpy(), rtol=1e-9, atol=1e-300)
    np.testing.assert_allclose(trace.exponentials / trace.exponentials.sum(), trace.probabilities, rtol=1e-9)
    assert trace.shifted.max() == 0 and trace.exponentials.max() == 1


@given(scores=st.lists(st.floats(-300, 300), min_size=2, max_size=8))
def test_as_it_is_written_it_is_the_same_where_it_does_not_overflow(scores: list[float]) -> None:
    trace = weighed(tuple("abcdefgh"[: len(scores)]), np.array(scores))
    assert not trace.fails
    np.testing.assert_allclose(trace.plain, trace.probabilities, rtol=1e-9)


@pytest.mark.parametrize("text", ["1000 1001", "-1000 -1001", "800 1 1", "0 709.9"])
def test_as_it_is_written_it_fails_where_python_s_own_numbers_do(text: str) -> None:
    trace = weigh(text)
    powers = [torch.tensor(float(part), dtype=torch.float64).exp() for part in text.split()]
    wanted = [bool((power / sum(powers)).isfinite()) for power in powers]
    assert trace.fails == (not all(wanted))
    assert np.isfinite(trace.plain).tolist() == wanted
    assert trace.probabilities.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "names", "scores"),
    [
        ("cat 2, dog 1.5", ("cat", "dog"), [2, 1.5]),
        ("cat: 2; dog=-1", ("cat", "dog"), [2, -1]),
        ("3 −1 .5", ("A", "B", "C"), [3, -1, 0.5]),
        ("猫3，狗 1", ("猫", "狗"), [3, 1]),
        ("猫：１．５，狗＝−２", ("猫", "狗"), [1.5, -2]),
        ("the mat 3, a roof 1e2", ("the mat", "a roof"), [3, 100]),
        ("w0 0, w1: 1, 猫3 狗1", ("w0", "w1", "猫", "狗"), [0, 1, 3, 1]),
        ("+1 <b> 2", ("A", "B"), [1, 2]),
    ],
)
def test_scores_are_read_in_whatever_way_they_are_typed(text: str, names: tuple[str, ...], scores: list[float]) -> None:
    trace = weigh(text)
    assert (trace.names, trace.scores.tolist()) == (names, pytest.approx(scores))


def test_temperature_divides_and_is_above_zero() -> None:
    assert weigh("4 2", temperature=2.0).probabilities == pytest.approx(weigh("2 1").probabilities)
    for bad in (0.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="above 0"):
            weigh("1 2", temperature=bad)


@pytest.mark.parametrize(("text", "code"), [("", "scores_too_few"), ("cat", "scores_too_few"), ("cat 1", "scores_too_few"),
                                            ("1 1e400", "score_too_large"), ("-1e7 2", "score_too_large")])  # fmt: skip
def test_what_cannot_be_weighed_is_said(text: str, code: str) -> None:
    with pytest.raises(LearnerError) as caught:
        weigh(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("cat 1.5, dog 2.5", {}),
        ("3 1", {}),
        ("cat 1,5, dog 2,5", {"scores_unnamed": {"names": "B, D", "scores": "5, 5"}}),
        ("<b>x</b> 1, 😀 2", {"scores_unread": {"parts": "<b>x</b>, 😀"}}),
        ("cat 1; dog; fish 2", {"scores_unread": {"parts": "dog"}}),
        ("n" * 68 + " 1, dog 2", {"scores_name_cut": {"most": 24, "names": "n" * 23 + "…"}}),
    ],
)
def test_what_is_not_read_and_what_is_named_here_is_said(text: str, notes: dict[str, dict[str, object]]) -> None:
    assert {note.code: dict(note.params) for note in weigh(text).notes} == notes


def test_more_than_eight_are_cut_with_a_note() -> None:
    trace = weigh(" ".join(map(str, range(12))))
    assert len(trace.names) == 8 and [note.code for note in trace.notes] == ["scores_cut"]
    assert trace.notes[0].params == {"kept": 8, "given": 12}
