"""Word vectors: reading, neighbours against gensim, unknown words."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcore.errors import LearnerError
from nlpcore.words import WordVectors
from nlpcore.words.analogy_plane import parallelogram
from nlpcore.words.table import top_rows
from nlpcore.words.vectors import read_folder

WORDS = ("the", "king", "queen", "man", "woman", "paris", "france", "rome", "italy", "zero")


@pytest.fixture(scope="module")
def small() -> WordVectors:
    vectors = np.random.default_rng(0).normal(size=(len(WORDS), 6)).astype(np.float32)
    vectors[-1] = 0
    return WordVectors("small", WORDS, vectors)


def test_unit_rows_have_length_one_and_zero_stays_zero(small: WordVectors) -> None:
    lengths = np.linalg.norm(small.unit, axis=1)
    assert lengths[:-1] == pytest.approx(np.ones(len(WORDS) - 1), abs=1e-6)
    assert lengths[-1] == 0
    assert not small.unit.flags.writeable


def test_nearest_equals_gensim(small: WordVectors) -> None:
    from gensim.models import KeyedVectors

    reference = KeyedVectors(small.dimensions)
    reference.add_vectors(list(WORDS[:-1]), small.vectors[:-1])
    ours = WordVectors("small", WORDS[:-1], small.vectors[:-1]).nearest("king", 5)
    theirs = reference.most_similar("king", topn=5)
    assert [n.word for n in ours] == [word for word, _ in theirs]
    assert [n.cosine for n in ours] == pytest.approx([cosine for _, cosine in theirs], abs=1e-6)


def test_asking_for_more_neighbours_than_there_are_gives_all(small: WordVectors) -> None:
    assert len(small.nearest("king", 1000)) == len(WORDS) - 1


def test_words_are_found_in_lower_case(small: WordVectors) -> None:
    assert small.row("Paris") == small.row("paris")


@pytest.mark.parametrize(
    ("typed", "code"),
    [("quen", "word_unknown_close"), ("😀", "word_unknown"), ("", "word_unknown"), ("a" * 9999, "word_unknown")],
)
def test_unknown_words_say_what_is_close(small: WordVectors, typed: str, code: str) -> None:
    with pytest.raises(LearnerError) as error:
        small.row(typed)
    assert error.value.code == code
    assert len(str(error.value.params["word"])) <= 40
    if code == "word_unknown_close":
        assert "queen" in str(error.value.params["close"])


@pytest.mark.parametrize("form", [".txt", ".json", ".parquet"])
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_folders_are_read_in_every_form(tmp_path: Path, form: str, dtype: type[np.floating]) -> None:
    words = ["的", "国王", "王后"]
    vectors = np.arange(6, dtype=dtype).reshape(3, 2)
    np.save(tmp_path / "vectors.npy", vectors)
    if form == ".txt":
        (tmp_path / "words.txt").write_text("\n".join(words) + "\n", "utf-8")
    elif form == ".json":
        (tmp_path / "words.json").write_text(json.dumps(words), "utf-8")
    else:
        import pyarrow as pa
        import pyarrow.parquet as parquet

        parquet.write_table(pa.table({"index": words}), tmp_path / "words.parquet")
    read = read_folder(tmp_path, "tiny")
    assert read.words == tuple(words)
    assert read.vectors.dtype == dtype and read.unit.dtype == np.float32
    assert np.array_equal(read.vectors, vectors.astype(np.float32))


def test_words_and_vectors_must_fit() -> None:
    with pytest.raises(ValueError, match="2 words"):
        WordVectors("x", ("a", "b"), np.zeros((3, 2), np.float32))


def test_top_rows_break_ties_by_index() -> None:
    assert top_rows(np.array([1, 3, 3, 2], np.float32), 3) == [1, 2, 3]
    assert top_rows(np.tile([1, 0], 500).astype(np.float32), 500) == list(range(0, 1000, 2))


@given(st.lists(st.sampled_from([-1.0, 0.0, 0.5, 2.0]), max_size=300), st.integers(0, 300))
def test_top_rows_are_those_of_a_sorted_list(scores: list[float], k: int) -> None:
    in_order = sorted(range(len(scores)), key=lambda row: (-scores[row], row))
    assert top_rows(np.array(scores, np.float32), k) == in_order[:k]


def test_a_word_alone_is_not_its_letters(small: WordVectors) -> None:
    """As in gensim, one word may stand where several are asked for, and a word where a direction is."""
    word, other = WORDS[0], WORDS[1]
    assert small.analogy(word, other).candidates == small.analogy([word], [other]).candidates
    assert small.nearest_to(word, 3)[0].word == word
    assert small.nearest_to(list(small.unit[0]), 3) == small.nearest_to(word, 3)
    np.testing.assert_array_equal(small.cosines(word), small.cosines(small.unit[0]))
    np.testing.assert_array_equal(small[word], small.vectors[0])
    drawn = parallelogram(small, word, other, WORDS[2], WORDS[3])
    assert drawn.labels == (word, other, WORDS[2], "", WORDS[3])


@pytest.mark.parametrize("kind", [str, Path])
def test_paths_may_be_text(kind: type, tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", np.eye(4, dtype=np.float32))
    (tmp_path / "w.txt").write_text("a\nb\nc\nd\n", encoding="utf-8")
    vectors = read_folder(kind(tmp_path), "eye")
    assert vectors.words == ("a", "b", "c", "d")
    (tmp_path / "questions.txt").write_text(": section\na b c d\n", encoding="utf-8")
    assert len(vectors.evaluate_analogies(kind(tmp_path / "questions.txt")).sections) == 1
