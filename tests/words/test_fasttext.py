"""FastText: n-grams, buckets and vectors are gensim's, however the run is cut; what is said of words is worked out again."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from gensim.models import FastText, Word2Vec
from gensim.models.fasttext import compute_ngrams_bytes, ft_hash_bytes, ft_ngram_hashes
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcore.errors import LearnerError
from nlpcore.models import trainings
from nlpcore.models.trainings import Kept, Run
from nlpcore.words.fasttext import (
    compare_pair,
    fnv1a,
    overlaps,
    read_word,
    shared_ngrams,
    word_ngrams,
)
from nlpcore.words.fasttext_text import NgramSettings, TextFastText, learn_ngrams
from nlpcore.words.word2vec_text import TextSettings, count_text

STEMS, ENDS = ("walk", "jump", "paint", "look", "call"), ("", "s", "ed", "ing", "er")
WORDS = [stem + end for stem in STEMS for end in ENDS]
typed = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)


def text(words: int = 15_000) -> str:
    """Return a text of inflected words, in lines of 15."""
    rng = np.random.default_rng(0)
    places = rng.integers(len(WORDS), size=words)
    return "\n".join(" ".join(WORDS[p] for p in places[i : i + 15]) for i in range(0, words, 15))


TEXT = text()
LENGTHS = (3, 6)


def compute_ngrams(word: str, least: int, most: int) -> list[str]:
    return [ngram.decode() for ngram in compute_ngrams_bytes(word, least, most)]


COMMON = {"vector_size": 12, "window": 4, "min_count": 2, "seed": 7, "workers": 1, "epochs": 2, "alpha": 0.05}


@pytest.fixture(autouse=True)
def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainings, "kept", Kept())


@pytest.fixture(scope="module")
def reference() -> FastText:
    return FastText([line.split() for line in TEXT.split("\n")], sg=1, bucket=500, min_n=3, max_n=6, **COMMON)


@pytest.fixture(scope="module")
def run() -> Run:
    trainings.kept = Kept()
    return learn_ngrams(TEXT, 4, "skip_gram", 12, 4, 5, 1e-3, 2, 2, 0.05, 7, 3, 6, 500)


@given(typed, st.integers(1, 4), st.integers(0, 4), st.integers(1, 3000))
def test_n_grams_and_buckets_are_gensim_s(word: str, least: int, more: int, buckets: int) -> None:
    cut = word_ngrams(word, least, least + more, buckets)
    assert list(cut.ngrams) == compute_ngrams(word, least, least + more)
    assert cut.buckets.tolist() == list(ft_ngram_hashes(word, least, least + more, buckets))
    assert all(fnv1a(ngram) == ft_hash_bytes(ngram.encode()) for ngram in cut.ngrams)


def test_apple_has_three_to_six() -> None:
    cut = word_ngrams("apple")
    assert cut.marked == "<apple>"
    assert {n for n in cut.ngrams if len(n) == 3} == {"<ap", "app", "ppl", "ple", "le>"}
    assert len(cut.ngrams) == 5 + 4 + 3 + 2


@pytest.mark.parametrize("options", [(0, 3), (4, 3)])
def test_there_are_no_such_n_grams(options: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="n-grams"):
        word_ngrams("word", *options)
    with pytest.raises(ValueError, match="buckets"):
        word_ngrams("word", 3, 6, 0)


@pytest.mark.parametrize("architecture", ["cbow", "skip_gram"])
def test_what_is_learnt_is_gensim_s_bit_for_bit(architecture: str) -> None:
    common = TextSettings(architecture, 12, 4, 5, 1e-3, 2, 2, 0.05, 7)  # type: ignore[arg-type]
    training = TextFastText(TEXT, NgramSettings(common, 3, 6, 500))
    assert training.steps == 2 * count_text(TEXT).batches == 4
    losses = [training.step() for _ in range(training.steps)]
    sentences = [line.split() for line in TEXT.split("\n")]
    model = FastText(sentences, sg=int(architecture == "skip_gram"), bucket=500, min_n=3, max_n=6, **COMMON)
    state, shown = training.state(), training.shown()
    assert state["words"].tobytes() == model.wv.vectors_vocab.tobytes() == shown.own.tobytes()
    assert state["ngrams"].tobytes() == model.wv.vectors_ngrams.tobytes() == shown.ngrams.tobytes()
    assert state["second"].tobytes() == model.syn1neg.tobytes()
    assert shown.words == tuple(model.wv.index_to_key) and shown.done == 1
    np.testing.assert_allclose(shown.vectors, model.wv.vectors, atol=1e-6)
    assert all(loss is not None and 0 < loss < 10 for loss in losses)
    assert training.step() is None


@settings(max_examples=5, deadline=None)
@given(stops=st.lists(st.integers(0, 6), min_size=1, max_size=3))
def test_however_it_is_cut_it_is_the_same(stops: list[int]) -> None:
    trainings.kept = Kept()
    whole = TextFastText(TEXT, NgramSettings(TextSettings("skip_gram", 8, epochs=2, rate=0.1, seed=1), buckets=100))
    losses = [whole.step() for _ in range(4)]
    for steps in stops:
        run = learn_ngrams(TEXT, steps, dimensions=8, epochs=2, buckets=100)
        assert run.losses.tolist() == losses[:steps] and (run.ended or steps <= 4)
        assert run.shown.done == min(steps, 4) / 4
    if max(stops) >= 4:
        assert learn_ngrams(TEXT, 4, dimensions=8, epochs=2, buckets=100).state["ngrams"].tobytes() == (
            whole.state()["ngrams"].tobytes()
        )


def test_its_loss_is_of_pairs_that_are_always_the_same_and_falls() -> None:
    run = learn_ngrams("\n".join(["a b a b a b", "c d c d c d"] * 900), 99, dimensions=8, epochs=6, rate=0.3)
    first, last = run.losses[0], run.losses[-1]
    assert last < first < 6 * np.log(2) + 0.5


def test_its_loss_is_that_of_torch_on_neighbours_and_on_words_drawn_as_the_program_draws() -> None:
    """Every "a" stands beside "b" alone, every "c" beside "d"; these two occur three times as often."""
    common = TextSettings("skip_gram", 8, 1, 4, 1e-3, 1, 2, 0.3, 7)
    training = TextFastText(
        "\n".join(["a b a b", "c d c d", "c d c d", "c d c d"] * 300), NgramSettings(common, 1, 6, 50)
    )
    inputs, targets = training._tried
    words = np.array(training.shown().words)
    beside = {(words[one], words[other]) for one, other in zip(inputs, targets[:, 0], strict=True)}
    assert beside == {("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")} and targets.shape == (400, 1 + 4)
    drawn = np.isin(words[targets[:, 1:]], ["a", "b"]).mean()
    assert drawn == pytest.approx(1 / (1 + 3**0.75), abs=0.04) and len(np.unique(targets[:, 1:])) == 4
    losses = [training.step() for _ in range(training.steps)]
    vectors, second = (torch.tensor(each) for each in (training.shown().vectors, training.state()["second"]))
    products = (vectors[inputs][:, None] * second[targets]).sum(dim=2).double()
    signs = torch.tensor([1.0] + [-1.0] * 4)
    assert losses[-1] == pytest.approx(
        -torch.nn.functional.logsigmoid(products * signs).sum(dim=1).mean().item(), rel=1e-5
    )


@pytest.mark.parametrize("word", ["walk", "walking", "walkers", "wlaking", "xqzt", "", "走", "painter"])
def test_the_vector_of_any_word_and_its_neighbours_are_gensim_s(word: str, run: Run, reference: FastText) -> None:
    found = read_word(run.shown, word)
    np.testing.assert_allclose(found.vector, reference.wv[word], atol=1e-6)
    assert found.known == (word in reference.wv.key_to_index)
    rows = [*found.parts, *([found.own] if found.own is not None else [])]
    np.testing.assert_allclose(np.mean(rows, axis=0) if rows else np.zeros(12), found.vector, atol=1e-6)
    if not found.ngrams.ngrams:
        return
    wanted = [(name, cosine) for name, cosine in reference.wv.most_similar(word, topn=11) if name != word][:10]
    np.testing.assert_allclose([each.cosine for each in found.neighbours], [c for _, c in wanted], atol=1e-5)
    assert found.neighbours[0].word == wanted[0][0]
    for near in found.neighbours:
        one, other = (set(compute_ngrams(each, *LENGTHS)) for each in (word, near.word))
        assert near.shared == pytest.approx(len(one & other) / len(one | other))
    everything = {ngram for each in WORDS for ngram in compute_ngrams(each, *LENGTHS)}
    assert list(found.seen) == [ngram in everything for ngram in found.ngrams.ngrams]
    assert found.share_seen == pytest.approx(np.mean([ngram in everything for ngram in found.ngrams.ngrams]))


def test_a_pair_is_as_near_as_both_models_say(run: Run, reference: FastText) -> None:
    other = Word2Vec([line.split() for line in TEXT.split("\n")], sg=1, **COMMON)
    words = tuple(other.wv.index_to_key)
    pair = compare_pair(run.shown, "walkings", "walking", words, other.wv.vectors)
    assert pair.known == (False, True) and pair.word2vec is None
    assert pair.cosine == pytest.approx(float(reference.wv.similarity("walkings", "walking")), abs=1e-5)
    ranked = [name for name, _ in reference.wv.most_similar("walkings", topn=len(words))]
    assert pair.rank == ranked.index("walking") + 1
    assert set(pair.shared) == set(compute_ngrams("walkings", *LENGTHS)) & set(compute_ngrams("walking", *LENGTHS))
    both = compare_pair(run.shown, "walk", "jump", words, other.wv.vectors)
    assert both.word2vec == pytest.approx(float(other.wv.similarity("walk", "jump")), abs=1e-5)
    ranked = [name for name, _ in reference.wv.most_similar("walk", topn=len(words))]
    assert both.rank == ranked.index("jump") + 1 and both.shared == () and both.share == 0
    assert compare_pair(run.shown, "walk", "walk", words, other.wv.vectors).rank is None
    assert compare_pair(run.shown, "walk", "zz", words, other.wv.vectors).rank is None


@given(st.lists(typed, max_size=5), st.integers(1, 3))
def test_overlaps_are_counted_one_by_one(words: list[str], least: int) -> None:
    found = overlaps(words, least, 5)
    assert found.words == tuple(dict.fromkeys(words)) and found.shares.shape == (len(found.words),) * 2
    for i, one in enumerate(found.words):
        for j, other in enumerate(found.words):
            a, b = (set(compute_ngrams(each, least, 5)) for each in (one, other))
            assert found.shared[i, j] == len(a & b) == len(shared_ngrams(one, other, least, 5))
            assert found.shares[i, j] == pytest.approx(len(a & b) / len(a | b) if a | b else 0)
        assert found.counts[i] == len(set(compute_ngrams(one, least, 5)))


@pytest.mark.parametrize("options", [{"negatives": 0}, {"shortest": 0}, {"longest": 2}, {"buckets": 0}, {"epochs": 0}])
def test_such_a_training_there_is_not(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="no such training"):
        learn_ngrams("a b a b", 1, **options)  # type: ignore[arg-type]


def test_a_text_of_too_few_words_is_refused() -> None:
    with pytest.raises(LearnerError) as raised:
        learn_ngrams("one two three", 1)
    assert raised.value.note.code == "text_without_words"
    one_a_line = "\n".join(["one", "two"] * 5)
    assert learn_ngrams(one_a_line, 1, dimensions=4).steps == 1
