"""Windows, drawing, tree and one step of Word2Vec, against gensim and torch."""

from __future__ import annotations

import string
from collections import Counter

import numpy as np
import pytest
import torch
from gensim.models import Word2Vec
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcore.models.trainings import Training
from nlpcore.words.huffman import huffman_tree
from nlpcore.words.windows import count_words, kept_share, noise, windows
from nlpcore.words.word2vec_step import SmallWord2Vec, examples, step

TEXTS = st.lists(st.sampled_from(list("abcdefgh")), min_size=2, max_size=60)


def of_gensim(tokens: list[str], **options: object) -> Word2Vec:
    model = Word2Vec(vector_size=4, min_count=1, workers=1, seed=1, **options)
    model.build_vocab([tokens])
    return model


@settings(max_examples=25, deadline=None)
@given(tokens=TEXTS, sample=st.sampled_from([0.5, 0.1, 1e-2, 1e-3]))
def test_counts_and_what_is_drawn_and_kept_are_gensim_s(tokens: list[str], sample: float) -> None:
    counts = count_words(tokens)
    model = of_gensim(tokens, sample=sample, negative=5)
    assert dict(zip(counts.words, counts.counts.tolist(), strict=True)) == Counter(tokens)
    assert counts.counts.tolist() == sorted(counts.counts.tolist(), reverse=True) and counts.total == len(tokens)
    shares = kept_share(counts, sample)
    drawn = noise(counts)
    edges = np.diff(np.concatenate([[0], model.cum_table.astype(float)])) / model.cum_table[-1]
    for row, word in enumerate(counts.words):
        theirs = model.wv.get_vecattr(word, "sample_int") / (2**32 - 1)
        assert shares[row] == pytest.approx(theirs, abs=1e-6)
        assert drawn[row] == pytest.approx(edges[model.wv.key_to_index[word]], abs=1e-6)
    assert kept_share(counts, 0).tolist() == [1] * len(counts.words)


@settings(max_examples=25, deadline=None)
@given(tokens=TEXTS)
def test_the_tree_is_as_short_as_gensim_s_and_its_codes_are_told_apart(tokens: list[str]) -> None:
    counts = count_words(tokens)
    tree = huffman_tree(counts.counts.tolist())
    model = of_gensim(tokens, hs=1, negative=0)
    if len(counts.words) > 1:
        theirs = sum(len(model.wv.get_vecattr(word, "code")) * count for word, count in Counter(tokens).items())
        assert tree.mean_length(counts.counts) * counts.total == pytest.approx(theirs)
    codes = tree.codes
    for i, code in enumerate(codes):
        assert len(code) == len(tree.points[i]) == tree.lengths[i]
        assert not any(other[: len(code)] == code for j, other in enumerate(codes) if j != i)
        assert not code or tree.points[i][0] == len(codes) - 2, "the root is the node that was made last"


def test_the_tree_is_gensim_s_where_no_two_counts_are_equal() -> None:
    tokens = [letter for number, letter in enumerate(string.ascii_lowercase[:9]) for _ in range(2**number + number)]
    counts, model = count_words(tokens), of_gensim(tokens, hs=1, negative=0)
    tree = huffman_tree(counts.counts.tolist())
    for row, word in enumerate(counts.words):
        assert tree.codes[row] == tuple(model.wv.get_vecattr(word, "code"))
        assert tree.points[row] == tuple(model.wv.get_vecattr(word, "point"))


@given(tokens=TEXTS, size=st.integers(1, 5))
def test_a_window_has_what_is_near(tokens: list[str], size: int) -> None:
    found = windows(tokens, size)
    assert [window.centre for window in found] == list(range(len(tokens)))
    wanted = {(i, j) for i in range(len(tokens)) for j in range(len(tokens)) if 0 < abs(i - j) <= size}
    pairs = [pair for window in found for pair in window.skip_gram]
    assert len(pairs) == len(set(pairs)) and set(pairs) == wanted
    assert {(centre, j) for window in found for around, centre in window.cbow for j in around} == wanted
    assert len(examples(tokens, size, skip_gram=True)) == len(wanted)
    assert len(examples(tokens, size, skip_gram=False)) == len(tokens)


def test_the_pairs_of_a_sentence() -> None:
    words = count_words(["the", "cat", "sat"]).words
    pairs = [(words[i], words[target]) for (i,), target in examples(["the", "cat", "sat"], 1, skip_gram=True)]
    assert pairs == [("the", "cat"), ("cat", "the"), ("cat", "sat"), ("sat", "cat")]
    assert windows(["alone"], 2)[0].cbow == ()


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 999),
    way=st.sampled_from(["softmax", "negative", "tree"]),
    inputs=st.lists(st.integers(0, 5), min_size=1, max_size=4),
    target=st.integers(0, 5),
    drawn=st.lists(st.integers(0, 5), min_size=1, max_size=5),
)
def test_a_step_is_torch_s(seed: int, way: str, inputs: list[int], target: int, drawn: list[int]) -> None:
    rng = np.random.default_rng(seed)
    tree = huffman_tree([9, 7, 5, 3, 2, 1]) if way == "tree" else None
    first, second = rng.normal(size=(6, 3)), rng.normal(size=(6 if tree is None else 5, 3))
    found = step(first, second, inputs, target, 0.1, drawn if way == "negative" else None, tree)

    a, b = (torch.tensor(matrix, requires_grad=True) for matrix in (first, second))
    hidden = a[inputs].mean(0)
    if way == "softmax":
        loss = torch.nn.functional.cross_entropy((b @ hidden)[None], torch.tensor([target]))
    elif tree is None:
        loss = -torch.nn.functional.logsigmoid(b[target] @ hidden)
        loss = loss - sum(torch.nn.functional.logsigmoid(-(b[word] @ hidden)) for word in drawn)
    else:
        turns = zip(tree.codes[target], tree.points[target], strict=True)
        loss = -sum(torch.nn.functional.logsigmoid((1 - 2 * code) * (b[node] @ hidden)) for code, node in turns)
    loss.backward()
    assert found.loss == pytest.approx(loss.item())
    assert a.grad is not None and b.grad is not None
    np.testing.assert_allclose(found.first, first - 0.1 * a.grad.numpy(), atol=1e-12)
    np.testing.assert_allclose(found.second, second - 0.1 * b.grad.numpy(), atol=1e-12)
    np.testing.assert_allclose(found.hidden, hidden.detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(found.by_scores, found.probabilities - found.wanted)
    np.testing.assert_allclose(found.by_hidden, np.sum(found.by_inputs, axis=0), atol=1e-12)
    np.testing.assert_allclose(found.by_rows, np.outer(found.by_scores, found.hidden))


def test_one_against_all_words_costs_the_probability_of_the_word() -> None:
    rng = np.random.default_rng(0)
    found = step(rng.normal(size=(6, 3)), rng.normal(size=(6, 3)), [2], 4, 0.0)
    assert found.probabilities.sum() == pytest.approx(1) and found.loss == pytest.approx(
        -np.log(found.probabilities[4])
    )


@pytest.mark.parametrize("negatives", [0, 3, -1])
def test_a_small_training_learns_who_stands_beside_whom(negatives: int) -> None:
    tokens = ("a", "b", "a", "b", "a", "b", "c", "d", "c", "d", "c", "d")
    training: Training = SmallWord2Vec(tokens, 1, True, 5, negatives, 0.3, 0)
    losses = [training.step() for _ in range(1500)]
    assert np.mean(losses[-100:]) < 0.75 * np.mean(losses[:100])
    again = SmallWord2Vec(tokens, 1, True, 5, negatives, 0.3, 0)
    for _ in range(700):
        again.step()
    other = SmallWord2Vec(tokens, 1, True, 5, negatives, 0.3, 1)
    other.restore(again.state())
    assert [other.step() for _ in range(800)] == losses[700:], "it goes on from its state"
    shown = training.shown()
    assert shown.words[0] in "abcd" and shown.first.shape == (4, 5) and shown.last.loss == losses[-1]


@pytest.mark.parametrize("dimensions", [2, 40])
def test_it_begins_with_small_numbers_and_zeros_as_the_program_does(dimensions: int) -> None:
    shown = SmallWord2Vec(tuple("abcdefgh" * 3), 1, True, dimensions, 2, 0.3, 0).shown()
    assert 0.4 / dimensions < np.abs(shown.first).max() <= 0.5 / dimensions and shown.first.min() < 0
    assert not shown.second.any()


def test_frequent_words_are_drawn_against_more_often_as_gensim_draws_them() -> None:
    tokens = tuple(["a"] * 81 + ["b"] * 16 + ["c"])
    training = SmallWord2Vec(tokens, 1, True, 2, 5, 0.0, seed=3)
    drawn = Counter(word for _ in range(4_000) for word in training._drawn(-1))
    model = Word2Vec([list(tokens)], min_count=1, vector_size=2, seed=1)
    shares = np.diff(model.cum_table, prepend=0) / model.cum_table[-1]  # of words in the order a, b, c
    np.testing.assert_allclose([drawn[word] / 20_000 for word in range(3)], shares, atol=0.02)


def test_numbers_that_run_away_are_an_endless_loss() -> None:
    training = SmallWord2Vec(tuple("abcdefgh" * 3), 1, True, 4, 2, 1e6, 0)
    assert np.inf in [training.step() for _ in range(30)] and np.abs(training.shown().first).max() > 100


def test_what_does_not_fit_is_an_error() -> None:
    matrix = np.zeros((3, 2))
    for call in (
        lambda: step(matrix, matrix, [], 0, 0.1),
        lambda: step(matrix, matrix, [0], 0, 0.1, [1], huffman_tree([1, 1, 1])),
        lambda: windows(["a"], 0),
        lambda: kept_share(count_words(["a"]), 1.5),
        lambda: huffman_tree([]),
        lambda: SmallWord2Vec(("alone",), 2, True, 3, 0, 0.1, 0),
    ):
        with pytest.raises(ValueError, match=r"[a-z]"):
            call()
