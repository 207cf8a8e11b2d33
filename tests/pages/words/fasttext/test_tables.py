"""What the figures of FastText give away as tables, worked out from gensim's n-grams."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from gensim.models.fasttext import compute_ngrams

from app.lessons import lesson
from app.words import Words
from nlpcore.words.fasttext import NgramVectors, overlaps, read_word, word_ngrams
from pages.words.fasttext import charts, charts_near
from tests.drawn import numbers

EN = Words(lesson("fasttext").words, "en")
LEARNT = ("playing", "played", "player", "sun", "day")


@pytest.fixture(scope="module")
def vectors() -> NgramVectors:
    """Random rows: 40 buckets, which several n-grams share."""
    rng = np.random.default_rng(3)
    own, ngrams = (rng.normal(size=(n, 5)).astype(np.float32) for n in (len(LEARNT), 40))
    empty = NgramVectors(LEARNT, 1.0, 3, 6, own, own, ngrams)
    means = [np.vstack([own[i], ngrams[empty.cut(word).buckets]]).mean(axis=0) for i, word in enumerate(LEARNT)]
    return NgramVectors(LEARNT, 1.0, 3, 6, np.array(means), own, ngrams)


@pytest.mark.parametrize("word", ["played", "displays"])
def test_a_part_s_share_is_what_it_adds_to_the_vector_s_own_direction(vectors: NgramVectors, word: str) -> None:
    rows = charts.part_rows(read_word(vectors, word))
    cut = vectors.cut(word)
    own = [vectors.own[LEARNT.index(word)]] if word in LEARNT else []
    pieces = np.array([*own, *vectors.ngrams[cut.buckets]], dtype=float)
    vector = pieces.mean(axis=0)
    along = pieces @ vector / np.linalg.norm(vector) ** 2 / len(pieces)
    shares = dict.fromkeys(cut.ngrams, 0.0)
    for ngram, share in zip(cut.ngrams, along[len(own) :], strict=True):
        shares[ngram] += share
    assert {row["ngram"]: row["share"] for row in rows if not row["own"]} == pytest.approx(shares, abs=1e-5)
    assert [row["share"] for row in rows if row["own"]] == pytest.approx(along[: len(own)].tolist(), abs=1e-5)
    assert sum(row["share"] for row in rows) == pytest.approx(1, abs=1e-5)
    assert [row["share"] for row in rows] == sorted((row["share"] for row in rows), reverse=True)
    known = {ngram for each in LEARNT for ngram in compute_ngrams(each, 3, 6)}
    assert all(row["seen"] is (row["own"] or row["ngram"] in known) for row in rows)
    drawn = charts.parts_figure(read_word(vectors, word), EN).traces
    for trace, seen in zip(drawn, (True, False), strict=True):
        assert trace["x"] == [row["share"] if row["seen"] is seen else None for row in rows[: charts.MOST_PARTS]]


def test_neighbours_have_their_cosines_and_what_they_share(vectors: NgramVectors) -> None:
    rows = charts_near.neighbour_rows(read_word(vectors, "displays"))
    made = vectors.ngrams[vectors.cut("displays").buckets].mean(axis=0)
    cosines = {
        word: float(made @ row / np.linalg.norm(made) / np.linalg.norm(row))
        for word, row in zip(LEARNT, vectors.vectors, strict=True)
    }
    assert [row["word"] for row in rows] == sorted(LEARNT, key=lambda word: -cosines[word])
    mine = set(compute_ngrams("displays", 3, 6))
    for row in rows:
        theirs = set(compute_ngrams(row["word"], 3, 6))
        assert row["cosine"] == pytest.approx(cosines[row["word"]], abs=1e-5)
        assert row["shared_ngrams"] == pytest.approx(len(mine & theirs) / len(mine | theirs))


def test_every_two_words_have_what_they_share() -> None:
    found = overlaps(LEARNT)
    sets = {word: set(compute_ngrams(word, 3, 6)) for word in LEARNT}
    rows = charts.overlap_rows(found)
    assert [(row["first"], row["second"]) for row in rows] == list(combinations(LEARNT, 2))
    for row in rows:
        one, other = sets[row["first"]], sets[row["second"]]
        assert row["shared"] == len(one & other) and row["share"] == pytest.approx(len(one & other) / len(one | other))
    cells = charts.overlaps_figure(found, EN).traces[0]
    z = numbers(cells["z"]).reshape(5, 5)
    for (i, one), (j, other) in combinations(enumerate(LEARNT), 2):
        both, either = sets[one] & sets[other], sets[one] | sets[other]
        assert z[i, j] == z[j, i] == pytest.approx(100 * len(both) / len(either))
        assert cells["customdata"][i][j] == f"{one} – {other}: {len(both)} / {len(either)}"
    (bars,) = charts.counts_figure(found, EN).traces
    assert numbers(bars["x"]).tolist() == [len(sets[word]) for word in LEARNT]
    assert charts.overlap_rows(overlaps(("sun",))) == [{"first": "sun", "second": "", "shared": 0, "share": 0.0}]


def test_an_n_gram_has_its_place_in_the_word() -> None:
    rows = charts.ngram_rows(word_ngrams("cats", 3, 6, 40))
    assert all("<cats>"[row["begins"] : row["begins"] + row["length"]] == row["ngram"] for row in rows)
    assert sorted(row["ngram"] for row in rows) == sorted(compute_ngrams("cats", 3, 6))
    assert all(row["bucket"] == row["hash"] % 40 for row in rows)
