"""Viterbi against trying every path."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcore.errors import LearnerError
from nlpcore.tagging import decode_legally, forbidden, illegal_transitions, viterbi

NAMES = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]


def total(path, emissions, transitions, start, stop) -> float:
    inner = sum(transitions[a, b] for a, b in pairwise(path))
    return start[path[0]] + sum(emissions[n, y] for n, y in enumerate(path)) + inner + stop[path[-1]]


@given(st.integers(1, 5), st.integers(1, 4), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_the_path_is_the_best_of_all(n: int, k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    emissions, transitions = rng.normal(size=(n, k)), rng.normal(size=(k, k))
    start, stop = rng.normal(size=k), rng.normal(size=k)
    lattice = viterbi(emissions, transitions, start, stop)
    best = max(product(range(k), repeat=n), key=lambda p: total(p, emissions, transitions, start, stop))
    assert lattice.path == best
    assert lattice.score == pytest.approx(total(best, emissions, transitions, start, stop), abs=1e-9)
    for t in range(n):  # every cell is the best of all paths that end there
        for tag in range(k):
            paths = (p for p in product(range(k), repeat=t + 1) if p[-1] == tag)
            cell = max(total(p, emissions, transitions, start, np.zeros(k)) for p in paths)
            assert lattice.scores[t, tag] == pytest.approx(cell, abs=1e-9)
    assert lattice.best_until(n - 1) == lattice.path


@given(st.lists(st.integers(1, 3), min_size=2, max_size=3), st.integers(1, 3), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_each_of_several_sentences_has_the_path_that_it_has_by_itself(lengths: list[int], k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    parts = [rng.normal(size=(n, k)) for n in lengths]
    transitions, start, stop = rng.normal(size=(k, k)), rng.normal(size=k), rng.normal(size=k)
    alone = [viterbi(part, transitions, start, stop) for part in parts]
    begins = np.cumsum(lengths)[:-1].tolist()
    together = viterbi(np.vstack(parts), transitions, start, stop, begins)
    assert together.path == tuple(tag for lattice in alone for tag in lattice.path)
    assert together.score == pytest.approx(sum(lattice.score for lattice in alone))
    assert together.begins == tuple(begins)
    for n, begin in enumerate([*begins, sum(lengths)]):  # at the end of each line its own best path is known
        assert together.best_until(begin - 1) == tuple(tag for lattice in alone[: n + 1] for tag in lattice.path)


@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_constrained_decoding_gives_the_most_probable_legal_sequence(n: int, seed: int) -> None:
    logits = np.random.default_rng(seed).normal(scale=3, size=(n, 5))
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    path = decode_legally(log_p, NAMES).path
    assert not illegal_transitions([NAMES[y] for y in path])
    paths = (p for p in product(range(5), repeat=n) if not illegal_transitions([NAMES[y] for y in p]))
    best = max(sum(log_p[t, y] for t, y in enumerate(p)) for p in paths)
    assert sum(log_p[t, y] for t, y in enumerate(path)) == pytest.approx(best, abs=1e-9)


def test_forbidden_transitions_are_exactly_the_illegal_ones() -> None:
    transitions, start = forbidden(NAMES)
    assert start.tolist() == [0, 0, -np.inf, 0, -np.inf]
    for i, before in enumerate(NAMES):
        for j, tag in enumerate(NAMES):
            illegal = any(x.position == 1 for x in illegal_transitions([before, tag]))
            assert (transitions[i, j] == -np.inf) == illegal


def test_no_path_left_and_wrong_shapes_are_said() -> None:
    with pytest.raises(LearnerError) as caught:
        decode_legally(np.zeros((2, 1)), ["I-PER"])
    assert caught.value.code == "no_legal_path"
    with pytest.raises(ValueError, match="do not fit"):
        viterbi(np.zeros((2, 3)), np.zeros((2, 2)))
