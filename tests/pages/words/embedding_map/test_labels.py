"""Names on the embedding map: each is read as its own mark's, on every screen, and a click leaves the others alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.charts import style
from app.charts.label_placement import SIDES, text_width
from nlpcore.words import WordVectors
from nlpcore.words.projection import MapSettings
from nlpcore.words.projection_words import WordMap, word_map
from pages.words.embedding_map import charts, labels
from pages.words.embedding_map.charts import word_figure
from tests.drawn import numbers
from tests.pages.words.embedding_map.made_up import NAMES, TABLES, say


@pytest.fixture(scope="module")
def words() -> WordMap:
    return word_map(
        TABLES["glove-6b-50d"], "en", "categories", ("royalty", "fruit", "animals"), settings=MapSettings(perplexity=10)
    )


def places(trace: Any) -> np.ndarray:
    return np.column_stack([numbers(trace.x), numbers(trace.y)])


def threads_of(figure: Any) -> list[np.ndarray]:
    """The threads between marks and those labels that do not stand beside them: (its mark, its end)."""
    lines = [trace for trace in figure.data if trace.mode == "lines" and trace.line.dash is None]
    return [line[row : row + 2] for line in map(places, lines) for row in range(0, len(line), 3)]


def labels_in(figure: Any) -> list[tuple[str, np.ndarray, str, float, bool]]:
    """Each label: its text, the point from which Plotly sets it off, its side, the size of its marker, whether a phone has it."""
    traces = [trace for trace in figure.data if trace.mode == "markers+text"]
    return [
        (text, at, side, size, trace is traces[-1])
        for trace in traces
        for text, at, side, size in zip(trace.text, places(trace), trace.textposition, trace.marker.size, strict=True)
        if text  # one stands in where there is no label
    ]


def test_a_label_stands_at_its_word_or_at_the_end_of_its_thread(words: WordMap) -> None:
    figure = word_figure(words, say, NAMES, selected="king").checked()
    tied = {tuple(end.tolist()): mark for mark, end in threads_of(figure)}
    for text, at, *_ in (labels := labels_in(figure)):
        here = tied.pop(tuple(at.tolist()), at)
        assert here == pytest.approx(words.projection.coordinates[words.words.index(text)], abs=1e-4)
    seen = [text for text, *_ in labels]
    assert not tied and {"king", "queen", "apple"} <= set(seen) and len(seen) == len(set(seen))


def test_threads_follow_the_points_in_every_frame(words: WordMap) -> None:
    figure = word_figure(words, say, NAMES, selected="king").checked()
    marks = np.array([mark for mark, _ in threads_of(figure)])
    assert len(marks)
    rows = [int(np.argmin(((words.projection.coordinates - mark) ** 2).sum(axis=1))) for mark in marks]
    (place,) = (n for n, t in enumerate(figure.data) if t.mode == "lines" and t.line.dash is None)
    for frame, run in zip(figure.frames, words.projection.frames, strict=True):
        moved = places(dict(zip(frame.traces, frame.data, strict=True))[place])
        there = np.isfinite(moved[0::3]).all(axis=1)  # a name that has no room has no thread
        assert moved[0::3][there] == pytest.approx(run.coordinates[rows][there], abs=1e-3)
        thread = np.array([end - mark for mark, end in threads_of(figure)])
        assert (moved[1::3] - moved[0::3])[there] == pytest.approx(thread[there], abs=1e-3)
    assert there.all(), "the run ends with the figure as it opens"


# px of plot, and the size of the type: phones, laptops, a large screen; projectors
SCREENS = [(320, 370, 13), (348, 440, 13), (607, 400, 13), (800, 430, 13), (1010, 460, 13)]
HALLS = [(1066, 495, 13 * 1.7), (1190, 540, 13 * 1.7), (1276, 570, 13 * 1.7)]


@pytest.mark.parametrize("in_a_hall", [False, True])
def test_no_name_lies_on_another_while_the_map_is_made(words: WordMap, in_a_hall: bool) -> None:
    """On a phone one trace of names is drawn, elsewhere both; the word that is looked at comes first, and is named always."""
    figure = word_figure(words, say, NAMES, selected="king", in_a_hall=in_a_hall).checked()
    traces = [place for place, trace in enumerate(figure.data) if trace.mode == "markers+text"]
    reach = np.ptp(np.array([figure.layout.xaxis.range, figure.layout.yaxis.range]), axis=1)
    seen = dict[str, list[int]]()
    for frame in figure.frames:
        moved = dict(zip(frame.traces, frame.data, strict=True))
        for wide, high, size in HALLS if in_a_hall else SCREENS:
            scale, boxes = float(np.min(np.array([wide, high]) / reach)), []
            for place in traces[-1:] if wide < 400 else traces:
                drawn = figure.data[place]
                named = (drawn.text, places(moved[place]), drawn.textposition, drawn.marker.size)
                for text, at, side, marker in zip(*named, strict=True):
                    half = np.array([text_width(text, size), size]) / 2
                    centre = at * scale + np.array(SIDES[side]) * (half + marker / 2 / 0.8 + 1)
                    boxes += [(text, centre - half, centre + half)] if text and np.isfinite(at).all() else []
            met = [
                (one, other)
                for n, (one, low, high_) in enumerate(boxes)
                for other, low_, high__ in boxes[:n]
                if (low < high__ - 1).all() and (low_ < high_ - 1).all()
            ]
            assert met == [], (frame.name, wide)
            seen.setdefault(frame.name, []).append(len(boxes))
            assert "king" in [text for text, *_ in boxes], frame.name
    *before, last = seen.values()
    assert np.min(before, axis=0).min() >= 1 and (np.min(before, axis=0) < last).all(), "at last all have room"


@pytest.mark.parametrize("in_a_hall", [False, True])
@pytest.mark.parametrize("near", [False, True])
def test_every_label_is_read_as_the_name_of_its_own_mark(words: WordMap, in_a_hall: bool, near: bool) -> None:
    """On every screen: it covers no other mark and no other label, and none is nearer to it than its own, from which
    Plotly sets it r / 0.8 + 1 px away for a marker of radius r; what stands elsewhere has a thread."""
    crowded = word_map(TABLES["glove-6b-50d"], "en", "categories", tuple(NAMES), settings=MapSettings(perplexity=30))
    for trace, word in ((words, "king"), (words, "tiger"), (crowded, "king"), (crowded, "orange")):
        asked = () if near else (trace.words[3], trace.words[-4], trace.words[-1])
        figure = word_figure(trace, say, NAMES, selected=word, asked=asked, near=near, in_a_hall=in_a_hall).checked()
        ends = {tuple(end.tolist()) for _, end in threads_of(figure)}
        labels = labels_in(figure)
        assert len(labels) > 8 and {word, *asked} <= {text for text, *_ in labels}
        for width, height, size in HALLS if in_a_hall else SCREENS:
            scale = min(width / np.ptp(figure.layout.xaxis.range), height / np.ptp(figure.layout.yaxis.range))
            marks = trace.projection.coordinates * scale
            boxes = []
            for text, at, side, marker, on_a_phone in labels:
                if width < 400 and not on_a_phone:
                    continue
                half = np.array([text_width(text, size) / 2, size / 2])
                centre = at * scale + np.array(SIDES[side]) * (half + marker / 2 / 0.8 + 1)
                away = np.linalg.norm(np.clip(marks, centre - half, centre + half) - marks, axis=1)
                own = away[trace.index(text)]
                others = np.delete(away, trace.index(text))
                assert others.min() > (4.5 if tuple(at.tolist()) in ends else own), (text, width, own, others.min())
                boxes.append((text, centre - half, centre + half))
            for n, (one, low, high) in enumerate(boxes):
                for other, low_2, high_2 in boxes[:n]:
                    assert not ((low < high_2).all() and (low_2 < high).all()), (one, other, width)


@pytest.mark.parametrize("in_a_hall", [False, True])
def test_a_click_leaves_the_other_names_where_they_are(words: WordMap, in_a_hall: bool) -> None:
    """Those of the word and its neighbours come first and may take a place away; no other word gets a name or another side."""
    untouched = word_figure(words, say, NAMES, in_a_hall=in_a_hall).checked()
    before = {text: (at.tolist(), side) for text, at, side, *_ in labels_in(untouched)}
    for word in ("king", "tiger", "plum"):
        figure = word_figure(words, say, NAMES, selected=word, in_a_hall=in_a_hall).checked()
        first = {word, *(near.word for near in words.neighbourhood(word)), *labels.TALKED_OF}
        after = {text: (at.tolist(), side) for text, at, side, *_ in labels_in(figure) if text not in first}
        stayed = [text for text in after if after[text] == before.get(text)]
        assert set(after) <= set(before) and len(stayed) > 0.8 * len(after) > 3


@pytest.mark.parametrize(("width", "height", "zoom"), [(320.0, 370.0, 1.0), (600.0, 390.0, 1.0), (1088.0, 493.0, 1.7)])
def test_the_label_of_a_word_with_a_ring_stands_clear_of_every_ring(
    words: WordMap, width: float, height: float, zoom: float
) -> None:
    """Plotly sets a label r / 0.8 + 1 px away from a marker of radius r; its letters are at most 0.72 em high."""
    for chosen, asked in (("king", "queen"), ("prince", "emperor"), ("queen", "king")):
        figure = word_figure(words, say, NAMES, selected=chosen, asked=(asked, "throne"), in_a_hall=zoom > 1).checked()
        scale = min(width / np.ptp(figure.layout.xaxis.range), height / np.ptp(figure.layout.yaxis.range))
        ends = {tuple(end.tolist()) for _, end in threads_of(figure)}
        at = {word: words.projection.coordinates[words.words.index(word)] * scale for word in (chosen, asked)}
        (ring,) = {trace.marker.size for trace in figure.data if trace.marker.symbol == "circle-open"}
        reach = ring / 2 + 1.5
        labelled = {text: more for text, *more, on_a_phone in labels_in(figure) if on_a_phone}
        assert {chosen, asked} <= set(labelled)
        for word in (chosen, asked):
            place, side, size = labelled[word]
            away, towards = size / 2 / 0.8 + 1, np.array(SIDES[side])
            assert away > reach or tuple(place.tolist()) in ends, "it stands outside of its own ring"
            half = np.array([text_width(word, style.SMALL), 0.72 * style.SMALL]) * zoom / 2
            centre = place * scale + towards * (half + away)
            for other in at.values():
                nearest_point = np.clip(other, centre - half, centre + half)
                assert np.linalg.norm(nearest_point - other) > reach - 0.5, (word, side)


def test_labels_that_matter_are_drawn_on_the_dots_with_a_halo(words: WordMap) -> None:
    figure = word_figure(words, say, NAMES, selected="king").checked()
    kinds = [trace.mode for trace in figure.data if trace.showlegend is not True and trace.x is not None]
    dots = max(n for n, trace in enumerate(figure.data) if trace.customdata is not None)
    over = [trace for trace in figure.data[dots:] if trace.mode == "markers+text"]
    assert kinds and len(over) == 1 and "king" in over[0].text and over[0].textfont.shadow == "auto"


def test_a_hall_whose_type_is_larger_has_fewer_names_and_those_that_matter(
    words: WordMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    anew = labels.labels_of.__wrapped__  # answers are kept
    for module in (labels, charts):
        monkeypatch.setattr(module, "labels_of", anew)
    monkeypatch.setattr(charts, "_names", charts._names.__wrapped__)
    monkeypatch.setattr(labels, "_PHONE", (10.0, 10.0))
    monkeypatch.setattr(labels, "_HALL", (400.0, 200.0))

    def named(in_a_hall: bool) -> set[str]:
        figure = word_figure(words, say, NAMES, selected="king", in_a_hall=in_a_hall).checked()
        return {name for trace in figure.data for name in trace.text or () if "text" in (trace.mode or "")}

    assert "king" in named(True) and len(named(True)) < len(named(False))


@pytest.mark.models
@pytest.mark.parametrize("in_a_hall", [False, True])
def test_no_line_runs_through_a_name_among_few_words(glove: WordVectors, in_a_hall: bool) -> None:
    """Of the six words of many a first slide: neither one to a neighbour of the word that is looked at, nor one of the answer."""
    trace = word_map(glove, "en", "list", text="king queen man woman apple orange", settings=MapSettings("pca"))
    told = ("orange", "apple", "man")
    figure = word_figure(trace, say, NAMES, selected="king", told=told, in_a_hall=in_a_hall).checked()
    at = dict(zip(trace.words, trace.projection.coordinates, strict=True))
    lines = [("king", trace.words[near.row]) for near in trace.neighbourhood("king")]
    lines += [(told[0], other) for other in told[1:]]
    found = labels_in(figure)
    assert len(found) == 6
    for width, height, size in HALLS if in_a_hall else SCREENS:
        scale = min(width / np.ptp(figure.layout.xaxis.range), height / np.ptp(figure.layout.yaxis.range))
        for text, point, side, marker, _ in found:
            half = np.array([text_width(text, size) / 2, size / 2])
            centre = point * scale + np.array(SIDES[side]) * (half + marker / 2 / 0.8 + 1)
            for one, other in lines:
                way = np.linspace(at[one], at[other], 400) * scale
                assert not (np.abs(way - centre) < half).all(axis=1).any(), (text, one, other, width)
