"""Transformations of maps against slow, plainly written references."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcore.attention import (
    AttentionMaps,
    average_heads,
    hide,
    hide_special,
    merge_words,
    renormalise,
    rollout,
    shown_positions,
    summarise,
)
from nlpcore.attention.transforms import word_groups
from nlpcore.errors import LearnerError

ATOL = 1e-6  # float32


def make(
    words: list[int | None], layers: int = 2, heads: int = 3, seed: int = 0, segments: Any = None
) -> AttentionMaps:
    n = len(words)
    raw = np.random.default_rng(seed).random((layers, heads, n, n)).astype(np.float32)
    return AttentionMaps(
        weights=raw / raw.sum(-1, keepdims=True),
        tokens=tuple(f"t{i}" for i in range(n)),
        pieces=tuple(f"t{i}" for i in range(n)),
        word_ids=tuple(words),
        special=tuple(w is None for w in words),
        offsets=tuple((i, i + 1) for i in range(n)),
        segments=tuple(segments or [0] * n),
        causal=False,
        texts=("".join(chr(97 + i % 26) for i in range(n)),) * 2,
    )


@st.composite
def word_lists(draw: st.DrawFn) -> list[int | None]:
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=5))
    return [None, *(w for w, size in enumerate(sizes) for _ in range(size)), None]


@settings(max_examples=40, deadline=None)
@given(word_lists(), st.integers(0, 99))
def test_merging_sums_over_keys_and_averages_over_queries(words: list[int | None], seed: int) -> None:
    maps = make(words, seed=seed)
    merged = merge_words(maps)
    groups = [[0], *([i for i, w in enumerate(words) if w == word] for word in range(max(w or 0 for w in words) + 1))]
    groups += [[len(words) - 1]]
    expected = [
        [[[m[np.ix_(a, b)].sum(1).mean() for b in groups] for a in groups] for m in layer] for layer in maps.weights
    ]
    np.testing.assert_allclose(merged.weights, expected, atol=ATOL)
    np.testing.assert_allclose(merged.weights.sum(-1), 1, atol=ATOL)
    assert word_groups(maps) == tuple(
        next(g for g, group in enumerate(groups) if i in group) for i in range(len(words))
    )


def test_equal_word_numbers_in_two_segments_are_two_words() -> None:
    maps = make([None, 0, 0, None, 0, 1, None], segments=[0, 0, 0, 0, 1, 1, 1])
    assert merge_words(maps).segments == (0, 0, 0, 1, 1, 1)


def test_merged_words_are_written_as_in_the_text() -> None:
    maps = replace(
        make([None, 0, 0, 0, None]), tokens=("[CLS]", "un", "##happi", "##ness", "[SEP]"), texts=("Unhappiness",),
        offsets=((0, 0), (0, 2), (2, 7), (7, 11), (0, 0)),
    )  # fmt: skip
    assert merge_words(maps).tokens == ("[CLS]", "Unhappiness", "[SEP]")
    maps = replace(
        make([0, 0, 0, 0]), tokens=("␣猫[1/3]", "猫[2/3]", "猫[3/3]", "s"), texts=(" 猫s",),
        offsets=((0, 2), (1, 2), (1, 2), (2, 3)),
    )  # fmt: skip
    assert merge_words(maps).tokens == ("␣猫s",)


def test_marks_that_a_tokenizer_strips_stay_in_the_word() -> None:
    """An uncased WordPiece tokenizer reads न म स त of नमस्ते."""
    offsets = ((0, 1), (1, 2), (2, 3), (4, 5))
    maps = replace(make([0, 0, 0, 0]), tokens=("न", "##म", "##स", "##त"), texts=("नमस्ते a",), offsets=offsets)
    assert merge_words(maps).tokens == ("नमस्ते",)


def test_hiding_special_tokens_with_and_without_renormalising() -> None:
    maps = make([None, 0, 1, 2, None])
    left = hide_special(maps, again=False)
    np.testing.assert_array_equal(left.weights, maps.weights[:, :, 1:4, 1:4])
    assert left.tokens == ("t1", "t2", "t3") and not any(left.special)
    again = hide_special(maps)
    np.testing.assert_allclose(again.weights.sum(-1), 1, atol=ATOL)
    np.testing.assert_allclose(again.weights * left.weights.sum(-1, keepdims=True), left.weights, atol=ATOL)


def test_hiding_everything_is_an_error() -> None:
    with pytest.raises(LearnerError) as caught:
        hide(make([0, 1]), [True, True])
    assert caught.value.code == "no_tokens"


def test_rows_of_zeros_stay_zero() -> None:
    assert renormalise(np.zeros((2, 2))).tolist() == [[0, 0], [0, 0]]


@settings(max_examples=30, deadline=None)
@given(word_lists(), st.booleans(), st.booleans())
def test_shown_positions_follow_hiding_and_merging(words: list[int | None], hiding: bool, merging: bool) -> None:
    maps = make(words)
    hidden = maps.special if hiding else [False] * len(words)
    shown = hide(maps, hidden)
    shown = merge_words(shown) if merging else shown
    positions = shown_positions(maps, hidden, merging)
    assert len(positions) == len(shown.tokens)
    letters = maps.texts[0]  # each token of these maps covers one
    assert shown.tokens == tuple(
        f"t{group[0]}" if len(group) == 1 else letters[group[0] : group[-1] + 1] for group in positions
    )
    assert sorted(i for group in positions for i in group) == [i for i, gone in enumerate(hidden) if not gone]


def test_the_average_is_the_mean_over_heads() -> None:
    maps = make([0, 1, 2])
    np.testing.assert_allclose(average_heads(maps).weights[:, 0], maps.weights.mean(1), atol=ATOL)


def test_rollout_multiplies_half_identity_layers() -> None:
    maps = make([0, 1, 2], layers=3)
    a1, a2, a3 = (0.5 * layer.mean(0).astype(np.float64) + 0.5 * np.eye(3) for layer in maps.weights)
    np.testing.assert_allclose(rollout(maps).weights[2, 0], a3 @ a2 @ a1, atol=ATOL)
    np.testing.assert_allclose(rollout(maps).weights.sum(-1), 1, atol=ATOL)


def test_rollout_of_heads_that_look_only_at_themselves_stays_in_place() -> None:
    maps = replace(make([0, 1, 2]), weights=np.broadcast_to(np.eye(3, dtype=np.float32), (4, 2, 3, 3)))
    np.testing.assert_array_equal(rollout(maps).weights[3, 0], np.eye(3))


def test_nothing_is_changed_in_place() -> None:
    maps = make([None, 0, 0, None])
    before = maps.weights.copy()
    for change in (hide_special, merge_words, average_heads, rollout, summarise):
        change(maps)
    np.testing.assert_array_equal(maps.weights, before)


def _one_head(matrix: np.ndarray, words: list[int | None]) -> AttentionMaps:
    return replace(make(words), weights=matrix[None, None].astype(np.float32))


def test_summaries_of_heads_whose_answers_are_known() -> None:
    words: list[int | None] = [None, 0, 1, 2, None]
    previous = summarise(_one_head(np.eye(5, k=-1) + np.eye(5) * [1, 0, 0, 0, 0], words))
    assert previous.previous[0, 0] == 1 and previous.entropy[0, 0] == 0 and previous.distance[0, 0] == 1
    assert previous.special[0, 0] == pytest.approx(1 / 3) and previous.pattern(0, 0) == "previous"
    even = summarise(_one_head(np.full((5, 5), 0.2), words))
    assert even.entropy[0, 0] == pytest.approx(np.log2(5)) and even.special[0, 0] == pytest.approx(0.4)
    assert even.pattern(0, 0) == "mixed"
    sink = np.zeros((5, 5))
    sink[:, 4] = 1
    assert summarise(_one_head(sink, words)).pattern(0, 0) == "special"
    assert summarise(_one_head(np.eye(5, k=1), words)).pattern(0, 0) == "next"
    assert summarise(_one_head(np.eye(5), words)).pattern(0, 0) == "itself"


def test_the_first_token_of_a_decoder_has_no_choice_and_does_not_count() -> None:
    matrix = np.array([[1, 0, 0], [0.5, 0.5, 0], [0.25, 0.25, 0.5]])
    maps = replace(_one_head(matrix, [0, 1, 2]), causal=True)
    assert summarise(maps).first[0, 0] == pytest.approx(0.375)
    assert summarise(replace(maps, causal=False)).first[0, 0] == pytest.approx(1.75 / 3)
