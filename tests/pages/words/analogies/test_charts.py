"""The figures of the lesson show the trace's numbers, recomputed with gensim and NumPy."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from app.charts import colours
from nlpcore.words.analogy import solve
from nlpcore.words.analogy_evaluation import SectionScore
from nlpcore.words.analogy_input import answer
from pages.words.analogies import charts, charts_plane
from pages.words.analogies.sums import in_words
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


@settings(deadline=None, max_examples=20)
@given(sums())
def test_no_name_beside_the_parallelogram_is_cut_on_a_phone(given_sum: Sum) -> None:
    """The axis is 320 px; what a name takes is measured by its letters, as it is anchored. None lies on another."""
    figure = charts_plane.parallelogram(given_sum.answer, w).checked()
    low, high = figure.layout.xaxis.range
    for note in figure.layout.annotations:
        place = (note.x if note.ax is None else note.ax) - low
        widest = max(len(re.sub("<.*?>", "", line)) for line in note.text.split("<br>")) * 0.56 * 15
        share = {"left": 0.0, "center": 0.5, "right": 1.0}[note.xanchor]
        at = place / (high - low) * 320 + (note.xshift or 0)
        assert at - share * widest >= -1 and at + (1 - share) * widest <= 321, note.text
    bottom, top = figure.layout.yaxis.range
    column = sorted(note.ay for note in figure.layout.annotations if note.ay is not None)
    line = 20 * (high - low) / 320  # px of a line, in the units of both axes
    lines = 1 + any("<br>" in note.text for note in figure.layout.annotations if note.ay is not None)
    assert all(bottom <= height - lines * line / 2 and height + lines * line / 2 <= top for height in column)
    assert all(other - one >= lines * line for one, other in pairwise(column))


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
