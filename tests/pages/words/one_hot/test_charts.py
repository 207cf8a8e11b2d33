"""The figures of the lesson on one-hot vectors: valid for Plotly, and what they draw is in the trace and in the CSV."""

from __future__ import annotations

import numpy as np
import pytest

from app.lessons import lesson
from app.words import LANGUAGES, Words
from nlpcore.words.arrows import stretched
from nlpcore.words.one_hot import of_words, storage
from nlpcore.words.sentence_vectors import WAYS, of_sentences
from pages.words.one_hot import charts, charts_sentences, idea
from pages.words.one_hot.view_size import SIZES
from tests.makers.words import random_vectors

TABLE = random_vectors(40)
W = Words(lesson("one-hot").words, "en")


@pytest.mark.parametrize("hall", [False, True])
@pytest.mark.parametrize("text", ["w1", "w1 w2 nobody", "nobody noone", "w1 w2 w3 w4 w5 w6 w7 w8 w9 w10"])
def test_tables_of_words(text: str, hall: bool) -> None:
    trace = of_words(TABLE, text)
    vectors, cosines, dense = (
        charts.one_hot(trace, W, hall),
        charts.cosines(trace, W, hall),
        charts.dense(trace, W, hall),
    )
    for figure in (vectors, cosines, dense):
        figure.checked()
    np.testing.assert_array_equal(vectors.traces[0]["z"], trace.one_hot)
    assert "".join(vectors.traces[1]["text"]).count("1") == len(trace.words)
    np.testing.assert_array_equal(cosines.traces[0]["z"], trace.dense_cosines)
    known = sum(trace.known)
    written = [float(text.replace("−", "-")) for text in cosines.traces[1]["text"]]
    assert len(written) == known**2, "nothing is written where there is no cosine"
    expected = trace.dense_cosines[~np.isnan(trace.dense_cosines)]
    assert written == pytest.approx(expected.tolist(), abs=0.0051)
    names = vectors.layout["yaxis"]["ticktext"]
    assert [name.split()[-1] for name in names] == [str(n + 1) for n in range(len(trace.words))]
    assert len(charts.one_hot_rows(trace)) == len(trace.words) ** 2
    assert len(charts.cosine_rows(trace)) == len(trace.words) * (len(trace.words) - 1) // 2
    assert [row["word"] for row in charts.dense_rows(trace)] == [
        w for w, there in zip(trace.words, trace.known, strict=True) if there
    ]


def test_what_is_left_out_of_the_csv_is_what_is_not_known() -> None:
    rows = charts.cosine_rows(of_words(TABLE, "w1 nobody w2"))
    assert [row["dense_cosine"] is None for row in rows] == [True, False, True]
    assert {row["one_hot_cosine"] for row in rows} == {0.0}


@pytest.mark.parametrize("told", [False, True])
@pytest.mark.parametrize("size", [10, 10_000, 1_000_000])
def test_sizes(size: int, told: bool) -> None:
    traces, here = [storage(each) for each in SIZES], storage(size)
    figure = charts.sizes(traces, here, W, told)
    figure.checked()
    lines = {trace["name"]: trace for trace in figure.traces if trace["mode"] == "lines"}
    assert (W("size.one_hot") in lines) is told, "before the question it is answered it is not drawn"
    dense = lines[W("size.dense", dimensions=300)]
    assert list(dense["y"]) == [4 * 300 * each for each in SIZES] and list(dense["x"]) == list(SIZES)
    low, high = figure.layout["yaxis"]["range"]
    drawn = [y for trace in figure.traces for y in trace["y"]]
    assert low < np.log10(min(drawn)) and np.log10(max(drawn)) < high
    rows = charts.size_rows(traces, told)
    assert ("one_hot_bytes" in rows[0]) is told
    assert [row["dense_numbers"] for row in rows] == [300 * each for each in SIZES]


def test_what_length_changes() -> None:
    trace = stretched((3, 1), (1, 2), np.linspace(0, 3, 7))
    figure = charts.stretching(trace, W)
    figure.checked()
    by_name = {line["name"]: line["y"] for line in figure.traces}
    np.testing.assert_array_equal(by_name[W("stays.dot")], trace.dots)
    np.testing.assert_array_equal(by_name[W("stays.distance")], trace.distances)
    rows = charts.stretch_rows(trace)
    assert rows[0]["cosine"] is None and rows[1]["cosine"] == pytest.approx(5 / np.sqrt(50))


@pytest.mark.parametrize("hall", [False, True])
@pytest.mark.parametrize(
    "told",
    [
        [("w1", "w2"), ("w3", "w1"), ("w5",)],
        [("nobody",), ("w1",)],
        [tuple(f"w{n}" for n in range(30)), ("w1",), ("w2",)],
    ],
)
def test_sentences(told: list[tuple[str, ...]], hall: bool) -> None:
    trace = of_sentences(TABLE, told)
    counts, near = charts_sentences.counts(trace, W, hall), charts_sentences.nearness(trace, W, hall)
    for figure in (counts, near, charts_sentences.weights(trace, W)):
        figure.checked()
    np.testing.assert_array_equal(counts.traces[0]["z"], trace.counts[:, : charts_sentences.MOST])
    for other, bars in enumerate(near.traces, 1):
        assert list(bars["x"]) == pytest.approx(np.nan_to_num([trace.cosine(way, 0, other) for way in WAYS]))
    assert len(near.traces) == len(told) - 1
    rows = charts_sentences.matrix_rows(trace)
    assert len(rows) == len(told) * len(trace.words)
    assert sum(row["count"] for row in rows) == sum(map(len, told))
    assert len(charts_sentences.nearness_rows(trace)) == 3 * (len(told) - 1)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["w1", "nobody", "w1 w2 w3 w4 w5 w6 w7 w8 w9", "nobody w3 w2"])
def test_the_picture_of_the_idea_shows_its_words(text: str, language: str) -> None:
    trace, words = of_words(TABLE, text), Words(lesson("one-hot").words, language)
    said = idea.values(trace, words)
    first = next((i for i, there in enumerate(trace.known) if there), 0)
    assert said["word"] == trace.words[first] and said["place"] == first + 1
    assert str(said["row"]).split() == [str(int(n == first)) for n in range(len(trace.words))]
    svg = idea.sketch(trace).svg("x")
    assert "nan" not in svg and f">{trace.words[first]}<" in svg
    assert (svg.count("marker-end") > 0) is any(trace.known)
