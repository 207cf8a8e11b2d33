"""Word2Vec on a text: gensim's own vectors bit for bit, however the run is cut."""

from __future__ import annotations

import queue
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from gensim.models import KeyedVectors, Word2Vec
from gensim.models.word2vec_inner import MAX_WORDS_IN_BATCH
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nlpcore.errors import LearnerError
from nlpcore.models import trainings
from nlpcore.models.trainings import Kept
from nlpcore.words import word2vec_text
from nlpcore.words.word2vec_text import Learnt, TextSettings, TextWord2Vec, count_text, learn_text

WORDS = np.array([f"w{number}" for number in range(300)])


def text(words: int, seed: int = 0) -> str:
    """Return a text whose words have neighbours that they like, in lines of some 20 words."""
    rng = np.random.default_rng(seed)
    places = np.minimum(rng.zipf(1.3, words) - 1, 299)
    return "\n".join(" ".join(WORDS[places[i : i + 20]]) for i in range(0, words, 20))


TEXT = text(42_000)


@pytest.fixture(autouse=True)
def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainings, "kept", Kept())


@pytest.mark.parametrize("architecture", ["cbow", "skip_gram"])
@pytest.mark.parametrize("negatives", [5, 0])
def test_the_vectors_are_gensim_s(architecture: str, negatives: int) -> None:
    options = TextSettings(architecture, 16, 4, negatives, 1e-3, 3, 2, seed=7)  # type: ignore[arg-type]
    training = TextWord2Vec(TEXT, options)
    assert training.steps == 2 * 5
    losses = [training.step() for _ in range(training.steps)]
    model = Word2Vec(
        [line.split() for line in TEXT.split("\n")], vector_size=16, window=4, min_count=3, seed=7, workers=1, epochs=2,
        sg=int(architecture == "skip_gram"), hs=int(negatives == 0), negative=negatives, sample=1e-3,
    )  # fmt: skip
    found = training.shown()
    assert found.words == tuple(model.wv.index_to_key) and found.done == 1
    assert training.state()["first"].tobytes() == model.wv.vectors.tobytes()
    assert all(loss is not None and 0 < loss < 100 for loss in losses)
    assert training.step() is None


@settings(max_examples=6, deadline=None)
@given(stops=st.lists(st.integers(0, 12), min_size=1, max_size=3))
@example(stops=[11, 10])
def test_however_it_is_cut_it_is_the_same(stops: list[int]) -> None:
    trainings.kept = Kept()
    for place, steps in enumerate(stops):
        run = learn_text(TEXT, steps, dimensions=8, epochs=2)
        whole = TextWord2Vec(TEXT, TextSettings(dimensions=8, epochs=2))
        losses = [whole.step() for _ in range(min(steps, 10))]
        assert run.losses.tolist() == losses
        assert run.ended == (steps > 10 or (steps == 10 and max(stops[: place + 1]) > 10)), "what is known is kept"
        assert run.state["first"].tobytes() == whole.state()["first"].tobytes()
        assert run.shown.done == pytest.approx(min(steps, 10) / 10)


def test_the_nearest_words_are_gensim_s_and_gensim_reads_them_back(tmp_path: Path) -> None:
    run = learn_text(TEXT, 10, dimensions=16, epochs=2, at_least=3)
    found: Learnt = run.shown
    model = Word2Vec(
        [line.split() for line in TEXT.split("\n")], vector_size=16, min_count=3, seed=0, workers=1, epochs=2
    )
    for word in ("w3", "w7"):
        wanted = model.wv.most_similar(word, topn=10)
        near = found.nearest(word)
        assert [each.word for each in near] == [name for name, _ in wanted]
        np.testing.assert_allclose([each.cosine for each in near], [cosine for _, cosine in wanted], atol=1e-5)
    with pytest.raises(ValueError, match="not in"):
        found.nearest("unheard")
    (tmp_path / "vectors.txt").write_text(found.as_text())
    read = KeyedVectors.load_word2vec_format(str(tmp_path / "vectors.txt"))
    assert tuple(read.index_to_key) == found.words
    np.testing.assert_allclose(read.vectors, found.vectors, rtol=1e-5)


def test_a_text_is_counted_as_gensim_counts_it() -> None:
    counts = count_text(TEXT, at_least=5)
    model = Word2Vec(min_count=5)
    sentences = [line.split() for line in TEXT.split("\n")]
    model.build_vocab(sentences)
    assert counts.kept == len(model.wv) and counts.words == model.corpus_total_words
    assert set(counts.frequent) == set(model.wv.index_to_key)
    assert counts.distinct == len(set(TEXT.split()))
    kept = sum(model.wv.get_vecattr(word, "count") for word in model.wv.index_to_key)
    assert counts.kept_share == pytest.approx(kept / counts.words)
    assert counts.batches == TextWord2Vec(TEXT, TextSettings(epochs=1)).steps


def test_a_server_has_no_use_for_gensim() -> None:
    code = (
        "import sys, nlpcore.words.fasttext_text as f, nlpcore.words.word2vec_text as w; w.count_text('a a a b b b', 2)"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; print('gensim' in sys.modules)"], capture_output=True, check=True
    )
    assert done.stdout.strip() == b"False"
    assert word2vec_text.MOST_IN_BATCH == MAX_WORDS_IN_BATCH


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, MAX_WORDS_IN_BATCH), max_size=12))
def test_sentences_go_into_batches_as_gensim_puts_them(lengths: list[int]) -> None:
    model, jobs = Word2Vec(min_count=1), queue.Queue()  # type: ignore[var-annotated]
    model._job_producer([["a"] * length for length in lengths], jobs, total_words=max(1, sum(lengths)))
    whole = [[len(sentence) for sentence in job[0]] for job in jobs.queue if job is not None and job[0]]
    assert [lengths[first:end] for first, end in word2vec_text.batches(lengths) if end > first] == whole


def test_of_many_words_the_thousand_most_frequent_are_named() -> None:
    words = [f"w{number}" for number in range(1005)]
    found = count_text(" ".join(words[::-1]) + "\n" + " ".join(words + words[:600]), at_least=2)
    assert found.kept == 1005 and len(found.frequent) == 1000 and set(found.frequent[:600]) == set(words[:600])


def test_a_text_in_one_line_is_read_to_its_end() -> None:
    line = TEXT.replace("\n", " ")
    training = TextWord2Vec(line, TextSettings(epochs=1))
    assert training.steps == 5
    assert "last" in TextWord2Vec(line + " last" * 10, TextSettings()).shown().words


@pytest.mark.parametrize("poor", ["", " \n ", "one", "one " * 50, "a b c d"])
def test_a_text_without_words_is_told(poor: str) -> None:
    with pytest.raises(LearnerError, match="text_without_words"):
        learn_text(poor, 1)
    with pytest.raises(LearnerError, match="text_without_words"):
        count_text(poor)


def test_settings_with_which_there_is_no_training_are_errors() -> None:
    for wrong in (
        {"dimensions": 0}, {"window": 0}, {"negatives": -1}, {"sample": 1.0}, {"rate": 0.0}, {"epochs": 0},
        {"architecture": "glove"},
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"[a-z]"):
            TextSettings(**wrong)  # type: ignore[arg-type]
