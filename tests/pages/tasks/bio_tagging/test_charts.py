"""The tagging lesson's figures hold the trace's numbers at the trace's places."""

from __future__ import annotations

import dataclasses
import html
import re
from itertools import groupby, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.charts import colours, style
from app.lessons import lesson
from app.words import Words
from nlpcore.tagging import ChineseTagging, Tagging, is_legal, tag, tag_chinese
from nlpcore.tagging.schemes import IllegalTransition
from nlpcore.tagging.viterbi import viterbi
from pages.tasks.bio_tagging import charts, spans
from pages.tasks.bio_tagging.spans import Mark
from tests.pages.tasks.bio_tagging.taggings import CHINESE_TAGS, TAGS, chinese, tagging

TEXT = "Maria Silva flew to Paris & <b>"


@pytest.fixture(params=["en", "zh"])
def w(request: pytest.FixtureRequest) -> Words:
    return Words(lesson("bio-tagging").words, request.param)


@pytest.fixture
def trace(tiny_tagger: Any) -> Tagging:
    found: Tagging = tag(tiny_tagger, TEXT)
    return found


def table(cells: Any) -> Any:
    return np.array(cells, float)


# -- the grid --------------------------------------------------------------------------------------------------------


def test_grid_shows_every_probability_once(trace: Tagging, w: Words) -> None:
    figure = charts.grid(trace, w).checked()
    strong, pale = (table(drawn.z) for drawn in figure.data if drawn.type == "heatmap")
    deciding = np.array([piece.first for piece in trace.pieces])
    np.testing.assert_allclose(strong[deciding], 100 * trace.probabilities[deciding])
    np.testing.assert_allclose(pale[~deciding], 100 * trace.probabilities[~deciding])
    assert np.isnan(strong[~deciding]).all() and np.isnan(pale[deciding]).all()
    assert list(figure.layout.xaxis.ticktext) == list(trace.tag_names)
    assert (figure.data[0].opacity, figure.data[1].opacity) == (1.0, 0.3)
    assert (figure.data[0].zmin, figure.data[0].zmax) == (0, 100)


def test_numbers_in_the_cells_are_per_cents(trace: Tagging, w: Words) -> None:
    figure = charts.grid(trace, w).checked()
    strong, pale = (drawn for drawn in figure.data if drawn.type == "scatter")
    for numbers, deciding in ((strong, True), (pale, False)):
        written = {(y, x): int(text) for x, y, text in zip(numbers.x, numbers.y, numbers.text, strict=True)}
        assert written == {
            (row, column): round(100 * p)
            for (row, column), p in np.ndenumerate(trace.probabilities)
            if trace.pieces[row].first is deciding and 100 * p >= 0.5
        }


@pytest.mark.parametrize("zoom", [1.0, style.LECTURE_FACTOR])
@pytest.mark.parametrize("count", [1, 10, 16, 22, 40, 100])
def test_rows_stand_clear_of_each_other(count: int, zoom: float, w: Words, tiny_tagger: Any) -> None:
    """The pieces' names as high as their line, in a hall too, where type grows more than the figure."""
    found: Tagging = tag(tiny_tagger, " ".join(["Maria"] * count))
    figure = charts.grid(found, w, zoom=zoom)
    drawn = (style.enlarge(figure) if zoom > 1 else figure).checked()
    margin = drawn.layout.margin
    row = (drawn.layout.height - margin.t - margin.b) / len(found.pieces)
    largest = max(note.font.size for note in drawn.layout.annotations if not note.text.startswith("<b>"))
    assert row >= 1.2 * largest


def test_words_pieces_and_tags_stand_at_their_rows(trace: Tagging, w: Words) -> None:
    notes = charts.grid(trace, w).checked().layout.annotations
    at = {(note.x, note.y, re.sub("</?b>", "", note.text)) for note in notes}
    for row, piece in enumerate(trace.pieces):
        assert (0, row, charts.plain(piece.text, 9)) in at
    for word, row, alone, bio in zip(trace.words, trace.first_piece, trace.greedy, trace.tags, strict=True):
        assert (0, row, charts.plain(word.text, 12)) in at
        assert (1, row, bio if bio == alone else f"→ {bio}") in at
    assert not any("<b>" in note.text.removeprefix("<b>") for note in notes)


def test_the_illegal_tag_and_the_chosen_cell_have_frames_that_differ(w: Words) -> None:
    """The frame stands on what the model wrote; what became of it is said at the right."""
    made_up = tagging(np.random.default_rng(0))
    tags = list(made_up.greedy)
    tags[2] = TAGS[0] if tags[2] != TAGS[0] else TAGS[1]
    illegal = (IllegalTransition(2, "O", made_up.greedy[2], "outside"),)
    repaired = dataclasses.replace(made_up, tags=tuple(tags), illegal=illegal)
    figure = charts.grid(repaired, w, focus=(4, 3)).checked()
    shapes = figure.layout.shapes
    framed = [(shape.y0 + 0.5, shape.x0 + 0.5, shape.y1 - 0.5, shape.x1 - 0.5) for shape in shapes]
    row, column = made_up.first_piece[2], TAGS.index(made_up.greedy[2])
    assert framed[0] == (row, column, row, column)
    for frame in framed[1:]:  # hugs its cell: no more than a tenth of it beyond
        assert frame == pytest.approx((4, 3, 4, 3), abs=0.1) and frame[1] < 3 < frame[3]
    assert [shape.line.color for shape in shapes] == [colours.WRONG, "#FFFFFF", "#000000"]
    at_the_right = [note.text for note in figure.layout.annotations if note.xref == "paper" and note.x == 1]
    rows = [n for n, place in enumerate(made_up.first_piece) if place >= 0]
    assert at_the_right == [f"→ {tags[n]}" if n == 2 else tags[n] for n in rows]
    # a legal sequence may keep this tag and change the one before it: then a frame would stand on what is right
    kept = dataclasses.replace(repaired, decoding="legal")
    assert not [
        shape for shape in charts.grid(kept, w).layout.get("shapes", ()) if shape["line"]["color"] == colours.WRONG
    ]


def test_rows_of_the_grid(trace: Tagging) -> None:
    rows = charts.grid_rows(trace)
    for n, (row, piece) in enumerate(zip(rows, trace.pieces, strict=True)):
        word = trace.words[piece.word].text if piece.word >= 0 else ""
        assert (row["piece"], row["word"], row["decides"]) == (piece.text, word, piece.first)
        assert [row[name] for name in trace.tag_names] == trace.probabilities[n].tolist()


# -- the lattice -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", range(6))
def test_lattice_shows_emissions_and_the_best_path_so_far(step: int, w: Words) -> None:
    found = chinese(np.random.default_rng(8), 5)
    shown, lattice = list(found.prominent()), found.lattice
    figure = charts.lattice(found, w, step).checked()
    cells = [drawn for drawn in figure.data if drawn.type == "heatmap"]
    assert all(np.isnan(table(drawn.z)[:, 1::2]).all() for drawn in cells), "between two characters is a gap"
    seen, later = (table(drawn.z)[:, ::2] for drawn in cells)
    for drawn in cells:
        edges = np.array(drawn.x, float).reshape(-1, 2)
        np.testing.assert_allclose(edges.mean(axis=1), np.arange(5), atol=1e-9)
        np.testing.assert_allclose(np.diff(edges), charts.CELL)
    now = min(step, 4)
    np.testing.assert_allclose(seen[:, : now + 1], lattice.emissions[: now + 1, shown].T)
    np.testing.assert_allclose(later[:, now + 1 :], lattice.emissions[now + 1 :, shown].T)
    assert np.isnan(seen[:, now + 1 :]).all() and np.isnan(later[:, : now + 1]).all()
    assert list(figure.layout.yaxis.ticktext) == [CHINESE_TAGS[n] for n in shown]
    assert seen[0, 0] == table(figure.data[0].z)[0, 0]
    assert [html.unescape(name) for name in figure.layout.xaxis.ticktext] == list(found.characters)
    strong = next(t for t in figure.data if t.type == "scatter" and t.mode == "text")
    written = {(y, x): text for x, y, text in zip(strong.x, strong.y, strong.text, strict=True)}
    assert written == {place: f"{round(v)}" for place, v in np.ndenumerate(seen) if not np.isnan(v)}
    path = lattice.path if step == 5 else lattice.best_until(step)
    lines = best_path(figure)
    assert len(lines) == 2 and lines[0] == lines[1]
    frames, joints = walked(lines[0])
    assert [(t, shown[row]) for t, row in frames] == list(enumerate(path))
    assert [(shown[a], shown[b]) for a, b in joints] == list(pairwise(path))


def best_path(figure: Any) -> list[list[list[tuple[float, float]]]]:
    """Return the strokes of the two lines of the best path."""
    drawn = [t for t in figure.data if t.type == "scatter" and t.mode == "lines" and t.line.color != colours.VERMILLION]
    return [
        [
            [(x, y) for x, y in stroke if x is not None]
            for missing, stroke in groupby(zip(line.x, line.y, strict=True), key=lambda point: point[0] is None)
            if not missing
        ]
        for line in drawn
    ]


def walked(strokes: list[list[tuple[float, float]]]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return (character, row) of the frames, and the rows that are joined from one to the next."""
    frames, joints = [], []
    for stroke in strokes:
        *joint, a, _, _, _, _, end = stroke
        assert a == end, "the frame is closed"
        frames.append((round(a[0] + charts.CELL / 2), int(a[1])))
        if joint:
            joints.append((int(joint[0][1]), int(a[1])))
    return frames, joints


@pytest.mark.parametrize("step", range(6))
def test_no_line_crosses_a_number(step: int, w: Words) -> None:
    """Numbers stand in the middle of their cells, lines run in the gaps and around cells."""
    figure = charts.lattice(chinese(np.random.default_rng(8), 5), w, step).checked()
    for line in (t for t in figure.data if t.type == "scatter" and t.mode == "lines"):
        points = [(x, y) for x, y in zip(line.x, line.y, strict=True)]
        for (x0, y0), (x1, y1) in pairwise(points):
            if None in (x0, x1):
                continue
            for share in np.linspace(0, 1, 21):
                x, y = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
                across, up = abs(x - round(x)), abs(y - round(y))
                assert across > 0.99 * charts.CELL / 2 or up > 0.4, (line.line.color, x, y)


def test_back_pointers_join_each_tag_with_the_one_before(w: Words) -> None:
    found = chinese(np.random.default_rng(8), 5)
    shown = found.prominent()
    drawn = [trace for trace in charts.lattice(found, w, 3).checked().data if trace.type == "scatter"]
    lines = next(trace for trace in drawn if trace.mode == "lines")
    joined = {
        (lines.x[n] - charts.CELL / 2, shown[lines.y[n]], shown[lines.y[n + 1]])
        for n in range(0, len(lines.x), 3)
        if lines.x[n + 1] == pytest.approx(lines.x[n] + 1 - charts.CELL)
    }
    assert joined == {(t - 1, found.lattice.back[t, tag], tag) for t in (1, 2, 3) for tag in shown}


@pytest.mark.parametrize("count", [1, charts.MOST_CHARACTERS, charts.MOST_CHARACTERS + 1, 100])
def test_a_long_lattice_is_drawn_around_its_step(count: int, w: Words) -> None:
    found = chinese(np.random.default_rng(1), count)
    for step in range(count + 1):
        drawn = charts.excerpt(count, step)
        assert len(drawn) == min(count, charts.MOST_CHARACTERS) and min(step, count - 1) in drawn
        assert drawn.start >= 0 and drawn.stop <= count
        margin = min(min(step, count - 1) - drawn.start, drawn.stop - 1 - step)
        assert margin >= 5 or drawn.start == 0 or drawn.stop == count
    for step in (0, count // 2, count):
        drawn = charts.excerpt(count, step)
        figure = charts.lattice(found, w, step).checked()
        assert tuple(figure.layout.xaxis.range) == (drawn.start - 0.5, drawn.stop - 0.5)
        written = [x for trace in figure.data if trace.type == "scatter" and trace.mode == "text" for x in trace.x]
        assert all(x in drawn for x in written)


@given(st.integers(0, 10**6), st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_rows_of_a_search_that_stops_tell_nothing_of_what_comes_later(seed: int, seen: int) -> None:
    found = chinese(np.random.default_rng(seed), 6)
    rows = charts.lattice_rows(found, seen)
    so_far = charts.lattice_rows(chinese_until(found, seen))
    for row, whole in zip(rows, so_far, strict=False):
        assert row == whole
    for row in rows[len(so_far) :]:
        assert (row["score"], row["before"], row["on_path"]) == ("", "", "") and isinstance(row["emission"], float)


def chinese_until(found: ChineseTagging, seen: int) -> ChineseTagging:
    """The search over the first characters alone; the score of ending with a tag counts at the end of the text only."""
    lat = found.lattice
    stop = lat.stop if seen == len(lat.emissions) else 0.0
    shorter = viterbi(lat.emissions[:seen], lat.transitions, lat.start, stop)
    return dataclasses.replace(found, lattice=shorter, characters=found.characters[:seen])


def test_rows_of_the_lattice() -> None:
    found = chinese(np.random.default_rng(8), 4)
    rows = {(row["position"], row["tag"]): row for row in charts.lattice_rows(found)}
    assert len(rows) == 4 * len(CHINESE_TAGS)
    for (position, name), row in rows.items():
        t, n = position - 1, CHINESE_TAGS.index(name)
        assert (row["character"], row["emission"], row["score"]) == (
            found.characters[t],
            found.lattice.emissions[t, n],
            found.lattice.scores[t, n],
        )
        assert row["before"] == (CHINESE_TAGS[found.lattice.back[t, n]] if t else "")
        assert row["on_path"] == (found.tags[t] == name)


# -- transitions -----------------------------------------------------------------------------------------------------


def test_transitions_run_from_row_to_column(tiny_lac: Any, w: Words) -> None:
    found = tag_chinese(tiny_lac, "你好我")
    shown, lattice = list(found.prominent()), found.lattice
    figure = charts.transitions(found, w).checked()
    cells = table(figure.data[0].z)
    np.testing.assert_allclose(cells[0], lattice.start[shown])
    np.testing.assert_allclose(cells[-1], lattice.stop[shown])
    written = {(y, x): t for x, y, t in zip(figure.data[1].x, figure.data[1].y, figure.data[1].text, strict=True)}
    for i, before in enumerate(shown):
        for j, after in enumerate(shown):
            assert cells[i + 1, j] == lattice.transitions[before, after]
            assert written[i + 1, j] == f"{round(100 * lattice.transitions[before, after])}"
            assert list(figure.data[0].customdata[i + 1][j]) == [found.tag_names[before], found.tag_names[after]]
    assert figure.layout.yaxis.title.text == w("chart.from") and figure.layout.xaxis.title.text == w("chart.to")
    assert figure.layout.yaxis.fixedrange and figure.layout.xaxis.fixedrange, "a finger that scrolls moves no table"


def test_legality_marks_what_iob2_forbids(w: Words) -> None:
    figure = charts.legality(TAGS, w).checked()
    cells = table(figure.data[0].z)
    assert set(figure.data[1].text) == {"−∞"}
    written = set(zip(figure.data[1].y, figure.data[1].x, strict=True))
    for i, before in enumerate([None, *TAGS]):
        for j, after in enumerate(TAGS):
            assert cells[i, j] == (0 if is_legal(before, after) else -1)
            assert ((i, j) in written) is not is_legal(before, after)
    assert cells.sum() == -(2 + 2 * 3)  # I at the start; I after O and after both tags of the other type


# -- sentences in HTML -----------------------------------------------------------------------------------------------


def test_marks_cut_the_text_where_they_say() -> None:
    html = spans.sentence('a <i>"b"</i> & c', [Mark(13, 14, "LOC", "0.50"), Mark(2, 8, "PER")])
    assert re.sub("<[^>]*>", "", html) == "a &lt;i&gt;&quot;b&quot;&nbsp;PER&lt;/i&gt; &amp;&nbsp;LOC 0.50 c"
    assert html.count("<mark") == 2 and html.index("PER") < html.index("LOC 0.50")
    assert colours.ENTITIES["PER"] in html and "<i>" not in html
    assert html.count("display:inline-block") == 2, "a name that has no room goes to the next line whole"
    hostile = spans.sentence("a", [Mark(0, 1, "<b>", "</b>")])
    assert re.sub("<[^>]*>", "", hostile) == "a&nbsp;&lt;b&gt; &lt;/b&gt;"


def test_tables_hold_their_numbers_and_escape_their_words() -> None:
    numbers = spans.number_table(["who", "P", "R"], [("<b>", (0.125, 1.0)), ("x", (0.5, 0.25))])
    rows = [re.findall(r"(?<=>)[^<>]+(?=</t[hd]>)", row) for row in numbers.split("<tr>")]
    assert rows[1:] == [["who", "&lt;b&gt;", "x"], ["P", "0.12", "0.50"], ["R", "1.00", "0.25"]]
    tags = spans.tag_table(["<i>", "b"], [("yours", ("B-PER", "I-LOC"), {1: "✗"})])
    assert "&lt;i&gt;" in tags and "<i>" not in tags
    assert re.findall(r">([✗ ]*[BI]-\w+)<", tags) == ["B-PER", "✗ I-LOC"]
    assert tags.count(f"outline:3px solid {colours.WRONG}") == 1


def test_a_table_of_tags_has_its_words_side_by_side_only_where_there_is_room() -> None:
    """A row for each word, and from a width on that all of them need a column for each word."""

    def least(count: int) -> int:
        table = spans.tag_table(["Maria"] * count, [("yours", ["I-LOC"] * count, {0: "✗"})])
        assert "overflow-x:auto" in table and table.count('role="row"') == count + 1
        return int(re.findall(r"@container \(min-width:(\d+)rem\)", table)[0])

    # a tag is seven characters of a typewriter, 0.6 em each at 0.96 rem, and the names of the lines are there too
    assert all(least(count) > 4 + count * 7 * 0.6 * 0.96 for count in (1, 7, 40))


@pytest.mark.parametrize(("length", "shown"), [(17, "a" * 17), (18, "a" * 18), (19, "a" * 17 + "…")])
def test_a_label_holds_eighteen_characters(length: int, shown: str) -> None:
    assert charts.plain("a" * length) == shown


# Widths in em: Helvetica-Bold by Adobe's metrics (W 944, A 722, S 667, …); a Japanese character is one em wide.
@pytest.mark.parametrize(
    ("word", "ems"), [("WASHINGTON", 6.944), ("タワーへ", 4.0), ("MMMMWWWW", 4 * 0.833 + 4 * 0.944)]
)
@pytest.mark.parametrize("zoom", [1.0, 1.6])
def test_names_at_the_left_have_the_room_that_they_are_drawn_in(
    tiny_tagger: Any, word: str, ems: float, zoom: float
) -> None:
    figure = charts.grid(
        tag(tiny_tagger, f"maria {word}"), Words(lesson("bio-tagging").words, "en"), zoom=zoom
    ).checked()
    shift = next(-note.xshift for note in figure.layout.annotations if word in note.text)
    assert zoom * ems * style.TEXT + shift <= figure.layout.margin.l
