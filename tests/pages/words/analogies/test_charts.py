"""The figures of the lesson show the trace's numbers, recomputed with gensim and NumPy."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings

from app.charts import colours
from app.lessons import lesson
from nlpcore.words import WordVectors
from nlpcore.words.analogy import solve
from nlpcore.words.analogy_evaluation import SectionScore
from nlpcore.words.analogy_input import answer
from pages.words.analogies import charts, charts_plane, plane_names
from pages.words.analogies.sums import in_words
from tests.charts.test_colours import contrast
from tests.makers.words import random_vectors
from tests.pages.words.analogies.reference import GENSIM, Sum, cosine, sums, w


def drawn_bars(figure: Any) -> list[tuple[str, str, float]]:
    """Every bar: what kind it is, its label and its length."""
    return [
        (trace.name, label, float(x))
        for trace in figure.data
        if trace.type == "bar"
        for label, x in zip(trace.y, trace.x, strict=True)
    ]


# -- the answers -------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=30)
@given(sums())
def test_the_bars_are_the_ten_best_and_the_expected_word(given_sum: Sum) -> None:
    trace = given_sum.answer.trace
    theirs = dict(GENSIM.similar_by_vector(given_sum.vector, topn=1500))
    counted = [word for word in given_sum.order if not (trace.exclude_inputs and word in given_sum.inputs)]
    wanted = {word: place for place, word in enumerate(counted, 1) if place <= 10 or word == given_sum.expected}
    seen = {}
    for kind, label, length in drawn_bars(charts.answers(trace, w, show_inputs=True).checked()):
        word, place = label.split("  ")
        own = word in given_sum.inputs
        assert length == pytest.approx(theirs[word], abs=1e-4)
        if place == "–":
            assert kind == "chart.struck" and own and trace.exclude_inputs
            continue
        seen[word] = int(place.replace(",", ""))
        far = seen[word] > 10  # only the expected word is shown from there
        right = "input" if own and not far else "expected" if word == given_sum.expected else "answer"
        assert kind == f"chart.{right}"
    assert seen == wanted
    hidden = drawn_bars(charts.answers(trace, w, show_inputs=False).checked())
    assert not any(kind == "chart.struck" for kind, *_ in hidden) and len(hidden) == len(wanted)


@settings(deadline=None, max_examples=10)
@given(sums())
def test_bars_and_points_stand_out_on_both_pages(given_sum: Sum) -> None:
    """By their edges, at least 4 : 1; nothing of them is faint but what is hatched."""
    bars = [t for t in charts.answers(given_sum.answer.trace, w, show_inputs=True).checked().data if t.type == "bar"]
    plane = charts_plane.parallelogram(given_sum.answer, w).checked()
    points = [t for t in plane.data if t.mode == "markers" and len(t.x)]
    for mark in (t.marker for t in [*bars, *points]):
        assert mark.line.width >= 1
        assert min(contrast(mark.line.color, page) for page in colours.PAGE.values()) >= 4
    assert all(t.marker.color.endswith(",1)") for t in bars if t.name != "chart.struck")


def test_answers_number_only_what_counts() -> None:
    trace = solve(random_vectors(), ["w1", "w2"], ["w3"], k=4, expected="w200")
    hidden, shown = (charts.answer_rows(trace, show_inputs=inputs) for inputs in (False, True))
    assert [row["place"] for row in hidden][:4] == [1, 2, 3, 4]
    last = {"place": trace.expected_rank, "word": "w200", "cosine": trace.expected_cosine, "kind": "expected"}
    assert hidden[-1] == last
    assert {row["word"] for row in shown if row["kind"] == "struck"} <= set(trace.inputs)
    assert [row for row in shown if row["place"] is not None] == hidden


# -- the parallelogram -------------------------------------------------------------------------------------------------


def test_the_parallelogram_draws_its_two_steps_and_the_gap() -> None:
    worked = answer(random_vectors(), "w1", "w2", "w3", "w7")
    plane = worked.plane
    a, b, c, total = plane.points[:4].tolist()
    figure = charts_plane.parallelogram(worked, w).checked()
    lines = {trace.name: list(zip(trace.x, trace.y, strict=True)) for trace in figure.data if trace.name}
    assert np.array(lines["chart.step"]) == pytest.approx(np.array([b, a]))
    assert np.array(lines["chart.step_again"]) == pytest.approx(np.array([c, total]))
    i = plane.labels.index("w7")
    (gap,) = (name for name in lines if name.startswith("chart.gap"))
    assert gap == w("chart.gap", true=f"{plane.distances[i]:.2f}", drawn=f"{plane.drawn_distances[i]:.2f}")
    assert np.array(lines[gap]) == pytest.approx(np.array([total, plane.points[i].tolist()]))


@settings(deadline=None, max_examples=20)
@given(sums())
def test_every_point_stands_where_the_plane_has_it(given_sum: Sum) -> None:
    plane, total = given_sum.answer.plane, in_words(given_sum.answer)
    figure = charts_plane.parallelogram(given_sum.answer, w).checked()
    points = [
        (row[0], x, y, row[1], row[2])
        for trace in figure.data
        if trace.customdata is not None
        for x, y, row in zip(trace.x, trace.y, trace.customdata, strict=True)
    ]
    columns = (plane.points[:, 0], plane.points[:, 1], plane.residuals, plane.distances)
    names = [total if role == "sum" else label for label, role in zip(plane.labels, plane.roles, strict=True)]
    wanted = sorted((name, *map(float, row)) for name, *row in zip(names, *columns, strict=True))
    assert sorted(name for name, *_ in points) == [name for name, *_ in wanted]
    assert np.array([row for _, *row in sorted(points)]) == pytest.approx(np.array([row for _, *row in wanted]))
    rows = charts_plane.plane_rows(plane, total)
    assert [row["parallel_to_first_step"] for row in rows] == pytest.approx(plane.parallel.tolist())
    assert [row["distance_to_sum_as_drawn"] for row in rows] == pytest.approx(plane.drawn_distances.tolist())


def test_the_expected_word_has_its_own_colour() -> None:
    figure = charts_plane.parallelogram(answer(random_vectors(), "w1", "w2", "w3", "w7"), w).checked()
    colour_of = {
        row[0]: trace.marker.color for trace in figure.data if trace.customdata is not None for row in trace.customdata
    }
    assert colour_of["w7"] == colours.TRUTH
    assert colour_of["w1"] == colour_of["w2"] == colour_of["w3"] == colours.ORANGE
    assert colour_of["w1 − w2 + w3"] == colours.FOCUS
    arrows = [trace.line.color for trace in figure.data if trace.mode == "lines+markers"]
    assert len(arrows) == 2
    assert all(colours.contrast(line, page) >= 3 for line in arrows for page in colours.PAGE.values())


# px of both axes, and the size of the type: laptops and phones, a large screen; projectors
SCREENS = [(287, 286, 15), (348, 286, 15), (500, 340, 15)]
HALLS = [(619, 337, 15 * 1.7), (619, 368, 15 * 1.7)]
Box = tuple[float, float, float, float]


class Screen:
    """Where a figure's names, marks and lines lie, in px from the low left corner of its axes."""

    def __init__(self, figure: Any, width: float, height: float, size: float) -> None:
        self.figure, self.size = figure, size
        self.low = np.array([axis.range[0] for axis in (figure.layout.xaxis, figure.layout.yaxis)])
        span = np.array([np.ptp(axis.range) for axis in (figure.layout.xaxis, figure.layout.yaxis)])
        self.scale = min(width / span[0], height / span[1])
        self.rim = (np.array([width, height]) - span * self.scale) / 2  # px around the axes, which are true to scale
        self.reach = span * self.scale + self.rim

    def at(self, x: float, y: float) -> np.ndarray:
        return (np.array([x, y], dtype=float) - self.low) * self.scale

    def names(self) -> list[tuple[str, Box]]:
        """Each name and its box: letters of 0.56 em, 1 em in Chinese, lines of 1.3 em, anchored as Plotly has it."""
        found = []
        for note in self.figure.layout.annotations:
            text = re.sub("<(?!br)[^>]*>", "", note.text).split("<br>")
            wide = max(sum(1.0 if "\u4e00" <= c <= "\u9fff" else 0.56 for c in line) for line in text) * self.size
            high = (1 + 1.3 * (len(text) - 1)) * self.size
            x, y = self.at(note.x, note.y) if note.ax is None else self.at(note.ax, note.ay)
            x, y = x + (note.xshift or 0), y + (note.yshift or 0)
            left = x - {"left": 0.0, "center": 0.5, "right": 1.0}[note.xanchor] * wide
            low = y - {"bottom": 0.0, None: 0.5, "middle": 0.5, "top": 1.0}[note.yanchor] * high
            found.append((note.text, (left, low, left + wide, low + high)))
        return found

    def marks(self) -> list[np.ndarray]:
        drawn = [trace for trace in self.figure.data if trace.customdata is not None]
        return [self.at(x, y) for trace in drawn for x, y in zip(trace.x, trace.y, strict=True)]

    def lines(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """The sides of the parallelogram, and the threads."""
        drawn = [
            trace for trace in self.figure.data if trace.customdata is None and "dash" not in (trace.line.dash or "")
        ]
        found = [(self.at(t.x[0], t.y[0]), self.at(t.x[1], t.y[1])) for t in drawn]
        tied = [note for note in self.figure.layout.annotations if note.ax is not None]
        return found + [(self.at(note.x, note.y), self.at(note.ax, note.ay)) for note in tied]


@settings(deadline=None, max_examples=20)
@given(sums())
def test_no_name_beside_the_parallelogram_is_cut(given_sum: Sum) -> None:
    """On any screen, and those in the column lie on no other. A hall shows the lesson's examples (below), seldom others."""
    for in_a_hall, sizes in ((False, SCREENS), (True, HALLS)):
        figure = charts_plane.parallelogram(given_sum.answer, w, in_a_hall=in_a_hall).checked()
        for size in sizes:
            screen = Screen(figure, *size)
            boxes = screen.names()
            for text, (left, low, right, high) in boxes:
                assert left >= -screen.rim[0] - 1 and right <= screen.reach[0] + 1, text
                assert in_a_hall or (low >= -screen.rim[1] - 2 and high <= screen.reach[1] + 2), text
            if not in_a_hall:  # where long names in a column of many have no room above each other
                heights = sorted((box[1], box[3]) for text, box in boxes if "⊥" in text)
                assert all(one[1] <= other[0] + 1 for one, other in pairwise(heights))


@pytest.mark.models
@pytest.mark.parametrize("in_a_hall", [False, True])
@pytest.mark.parametrize("revealed", [False, True])
def test_names_of_the_examples_lie_on_nothing(
    glove: WordVectors, chinese: WordVectors, in_a_hall: bool, revealed: bool
) -> None:
    """On no other name, mark, side of the parallelogram or thread, on any screen; each beside its own mark, or tied to it.

    No name of a word stands beside the mark of the sum, whose own name is above it.
    """
    presets = yaml.safe_load(lesson("analogies").words.read_text("utf-8"))["presets"]
    for name, preset in presets.items():
        state = preset["state"]
        vectors = chinese if state["model"] == "words-zh-64d" else glove
        worked = answer(
            vectors, state["a"], state["b"], state["c"], state["expected"], k=10, exclude_inputs=state["strike"]
        )
        figure = charts_plane.parallelogram(worked, w, revealed, in_a_hall).checked()
        for size in HALLS if in_a_hall else SCREENS:
            screen = Screen(figure, *size)
            names = screen.names()
            for n, (text, (left, low, right, high)) in enumerate(names):
                assert left >= -screen.rim[0] - 1 and right <= screen.reach[0] + 1, (name, size, text)
                assert low >= -screen.rim[1] - 2 and high <= screen.reach[1] + 2, (name, size, text)
                for other, box in names[:n]:
                    apart = left >= box[2] or box[0] >= right or low >= box[3] - 1 or box[1] >= high - 1
                    assert apart, (name, size, text, other)
                if "⊥" in text:
                    assert not low < screen.at(*worked.plane.points[3])[1] < high, (name, size, text)
                for x, y in screen.marks():
                    assert not (left - 3 < x < right + 3 and low - 3 < y < high + 3), (name, size, text)
                for start, end in screen.lines():
                    for x, y in np.linspace(start, end, 200):
                        assert not (left + 1 < x < right - 1 and low + 2 < y < high - 2), (name, size, text)
            tied = [n for n in figure.layout.annotations if n.ax is not None and "⊥" not in n.text]
            for note in tied:  # the name of a corner, which would seem to be that of a mark under its thread
                thread = np.linspace(screen.at(note.x, note.y), screen.at(note.ax, note.ay), 200)
                for mark in screen.marks():
                    near = np.hypot(*(mark - thread[0])) < 2 * plane_names.MARK
                    assert near or np.hypot(*(thread - mark).T).min() > plane_names.MARK / 2, (name, size, note.text)


# -- terms, neighbours -------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=20)
@given(sums())
def test_terms_stand_in_the_order_of_the_sum_and_add_up(given_sum: Sum) -> None:
    worked = given_sum.answer
    figure = charts.terms(worked, w, show_inputs=True).checked()
    best = given_sum.order[:8]
    *bars, total = figure.data
    times = Counter(given_sum.signed)
    assert [trace.name for trace in bars] == [
        f"{'+' if sign > 0 else '−'} {f'{n} ' if n > 1 else ''}cos(x, {word})" for (sign, word), n in times.items()
    ]
    for ((sign, word), n), trace in zip(times.items(), bars, strict=True):
        assert list(trace.y) == best
        assert list(trace.x) == pytest.approx([n * sign * cosine(other, word) for other in best], abs=1e-5)
    added = [sum(sign * cosine(other, word) for sign, word in given_sum.signed) for other in best]
    assert list(total.x) == pytest.approx(added, abs=1e-4)
    without = charts.terms(worked, w, show_inputs=False).checked()
    assert list(without.data[0].y) == [word for word in given_sum.order if word not in given_sum.inputs][:8]


@pytest.mark.models
def test_the_numbers_in_the_terms_are_clear_of_the_marks_of_their_sums(glove: WordVectors) -> None:
    """On a phone, where a mark has half of 0.08, and a number of 0.13: in the middle of the last bar it would be hidden."""
    *bars, total = charts.terms(answer(glove, "king", "man", "woman", "queen", k=10), w, True).checked().data
    assert [bar.insidetextanchor for bar in bars] == ["middle", "middle", "end"]
    upward = np.zeros(len(total.x))
    for bar in bars:
        begin, upward = (0 * upward, upward) if min(bar.x) < 0 else (upward, upward + bar.x)
        end = begin + np.array(bar.x)
        centre = end - 0.13 if bar.insidetextanchor == "end" else (begin + end) / 2
        assert np.abs(centre - total.x).min() > 0.13 + 0.04, bar.name


def test_term_rows_name_every_input() -> None:
    worked = answer(random_vectors(), "w1", "w2", "w3")
    assert in_words(worked) == "w1 − w2 + w3"
    rows = charts.term_rows(worked, 5)
    assert list(rows[0]) == ["word", "+ w1", "− w2", "+ w3", "sum", "cosine"] and len(rows) == 5
    for row in rows:
        assert row["sum"] / worked.trace.length == pytest.approx(row["cosine"], abs=1e-5)


def test_neighbours_are_listed_with_their_cosines() -> None:
    nearest = random_vectors().nearest("w1")
    figure = charts.neighbours("w1", nearest, nearest[2].word, w).checked()
    (bars,) = figure.data
    assert list(bars.y) == [f"{word}  {place}" for place, (word, _) in enumerate(nearest, 1)]
    assert list(bars.x) == [pytest.approx(value) for _, value in nearest]
    assert [colour == colours.TRUTH for colour in bars.marker.color] == [place == 2 for place in range(len(nearest))]


@pytest.mark.parametrize("typed", [("w1", "w2", "w3"), ("w1", "", ""), ("w1 w4", "w2", ""), ("w1", "w1", "w3")])
def test_figures_are_drawn_for_every_form_of_sum(typed: tuple[str, str, str]) -> None:
    worked = answer(random_vectors(), *typed, expected="w7")
    for figure in (
        charts.answers(worked.trace, w, True).checked(),
        charts_plane.parallelogram(worked, w).checked(),
        charts.terms(worked, w, True).checked(),
    ):
        assert figure.layout.height
        assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"


# -- whole tests -------------------------------------------------------------------------------------------------------

# a, b, c, d; the answer with the inputs struck; with nothing struck
ANSWERED = [
    (("a", "b", "c", "d"), "d", "d"),
    (("a", "b", "c", "e"), "e", "c"),  # right only with the trick
    (("a", "b", "f", "g"), "x", "b"),
    (("a", "b", "h", "i"), "y", "z"),
]


def section(name: str, rows: list[tuple[tuple[str, str, str, str], str, str]], skipped: int = 0) -> SectionScore:
    questions, struck, free = zip(*rows, strict=True) if rows else ((), (), ())
    return SectionScore(name, questions, struck, free, skipped)


def test_sections_show_the_share_of_right_answers_with_and_without_the_trick() -> None:
    scores = [section("one", ANSWERED, 3), section("none", []), section("two", ANSWERED[2:])]
    struck, free = charts.sections(scores, w, str.upper).checked().data
    assert list(struck.y) == list(free.y) == ["ONE (4)", "TWO (2)"]
    assert (struck.name, list(struck.x)) == ("chart.with_trick", [2 / 4, 0])
    assert (free.name, list(free.x)) == ("chart.without_trick", [1 / 4, 0])
    assert charts.section_rows(scores, str)[0]["skipped"] == 3


@pytest.mark.parametrize(
    ("verdict", "find", "wanted"),
    [
        ("all", "", [0, 1, 2, 3]),
        ("right", "", [0, 1]),
        ("wrong", "", [2, 3]),
        ("rescued", "", [1]),
        ("all", "F", [2]),
        ("all", "z", [3]),
        ("all", "x", [2]),
        ("right", "e", [1]),
        ("wrong", "nowhere", []),
    ],
)
def test_questions_are_filtered(verdict: str, find: str, wanted: list[int]) -> None:
    rows = charts.question_rows([section("s", ANSWERED)], verdict, find, str)
    assert [(row["a"], row["b"], row["c"], row["d"]) for row in rows] == [ANSWERED[i][0] for i in wanted]
    assert [(row["answer"], row["answer_free"]) for row in rows] == [ANSWERED[i][1:] for i in wanted]
    assert [row[""] for row in rows] == ["✓" if ANSWERED[i][1] == ANSWERED[i][0][3] else "✗" for i in wanted]
