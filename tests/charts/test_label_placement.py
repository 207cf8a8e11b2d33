"""Labels of a crowded scatter plot: each is read as the name of its own mark, on every screen; none is left out for nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.charts import label_placement
from app.charts.label_placement import SIDES, Place, place_labels, room_beside, room_for, text_width

SIZE, MARK, PADDING = 10.0, 4.0, 3.0
AWAY = MARK / 0.8 + 1  # as Plotly has it
Box = tuple[float, float, float, float]
Point = tuple[float, float]


def box(point: Point, label: str, place: Place, away: float = AWAY) -> Box:
    """Where a label lies, worked out anew from Plotly's names of the sides: (left, low, right, high)."""
    width = sum(10.0 if "\u4e00" <= c <= "\u9fff" else 5.6 for c in label) / 2
    height = 0.62 * SIZE
    across = 1 if place.side.endswith("right") else -1 if place.side.endswith("left") else 0
    up = 1 if place.side.startswith("top") else -1 if place.side.startswith("bottom") else 0
    if place.thread:
        point, away = (point[0] + place.thread[0], point[1] + place.thread[1]), 1.0
    x, y = point[0] + across * (width + away), point[1] + up * (height + away)
    return x - width, y - height, x + width, y + height


def overlap(one: Box, other: Box, padding: float = PADDING) -> bool:
    return (
        one[0] - padding < other[2] + padding
        and other[0] - padding < one[2] + padding
        and one[1] < other[3]
        and other[1] < one[3]
    )


def within(of: Box, point: Point, room: float) -> bool:
    return of[0] - room < point[0] < of[2] + room and of[1] - room < point[1] < of[3] + room


def distance(of: Box, point: Point) -> float:
    return float(np.hypot(*(np.clip(point, of[:2], of[2:]) - np.array(point))))


def names_it(points: list[Point], label: str, i: int, place: Place) -> bool:
    """Whether all other marks are clearly farther from a label than its own."""
    own = box(points[i], label, place)
    room = distance(own, points[i]) + 2
    return not any(distance(own, point) < room for j, point in enumerate(points) if j != i)


def greedy(points: list[Point], labels: list[str], order: list[int], there: dict[int, Place]) -> dict[int, Place]:
    """The rule in words: in order of importance, the first free side on which a label is read as the name of its mark."""
    taken = [box(points[i], labels[i], place) for i, place in there.items()]
    found: dict[int, Place] = {}
    for i in order:
        for place in map(Place, SIDES):
            own = box(points[i], labels[i], place)
            if names_it(points, labels[i], i, place) and not any(overlap(own, other) for other in taken):
                found[i] = place
                taken.append(own)
                break
    return found


LABELS = ["a", "cat", "elephant", "北京", "词"]
SOMEWHERE = st.integers(0, 120).map(lambda n: n * 1.00371 + 0.37)  # nowhere on an edge


@given(st.data())
def test_each_label_takes_the_first_side_where_it_is_read_as_the_name_of_its_mark(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 14))
    points = [(data.draw(SOMEWHERE), data.draw(SOMEWHERE)) for _ in range(count)]
    labels = [data.draw(st.sampled_from(LABELS)) for _ in range(count)]
    order = data.draw(st.permutations(range(count)))
    order, rest = order[: max(1, count - 2)], order[max(1, count - 2) :]
    there = {i: Place(data.draw(st.sampled_from(list(SIDES)))) for i in rest}
    found = place_labels(np.array(points), labels, order, SIZE, MARK, placed=there)
    assert found == greedy(points, labels, order, there)


@given(st.data())
def test_what_holds_on_the_smallest_screen_holds_on_all_up_to_the_largest(data: st.DataObject) -> None:
    """Labels that must be there may have a thread; then they cover no mark, and lie on no other label, and under no thread."""
    count = data.draw(st.integers(2, 12))
    points = [(data.draw(SOMEWHERE), data.draw(SOMEWHERE)) for _ in range(count)]
    labels = [data.draw(st.sampled_from(LABELS)) for _ in range(count)]
    must = data.draw(st.sets(st.integers(0, count - 1), max_size=3))
    order = [*must, *(i for i in range(count) if i not in must)]
    found = place_labels(np.array(points), labels, order, SIZE, MARK, must=must, larger=2.0)
    assert set(found) >= must or len(set(points)) < count
    for times in (1.0, 1.1, 1.3, 1.6, 1.9):
        here = [(x * times, y * times) for x, y in points]
        places = {i: Place(p.side, p.thread and (p.thread[0] * times, p.thread[1] * times)) for i, p in found.items()}
        boxes = {i: box(here[i], labels[i], place) for i, place in places.items()}
        for i, place in places.items():
            if i not in must:
                assert names_it(here, labels[i], i, place)
            elif place.thread:
                assert not any(distance(boxes[i], point) < MARK for point in here)
            assert not any(overlap(boxes[i], boxes[j]) for j in boxes if j != i)


@given(st.data())
def test_it_does_not_matter_how_many_labels_are_compared_at_once(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 30))
    points = np.array([(data.draw(SOMEWHERE), data.draw(SOMEWHERE)) for _ in range(count)])
    labels = [data.draw(st.sampled_from(LABELS)) for _ in range(count)]
    larger = data.draw(st.sampled_from([1.0, 1.7]))
    together = place_labels(points, labels, range(count), SIZE, MARK, larger=larger)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(label_placement, "_AT_ONCE", data.draw(st.sampled_from([1, 500])))
        label_placement._placed.cache_clear()  # answers are kept
        assert place_labels(points, labels, range(count), SIZE, MARK, larger=larger) == together


def test_a_label_without_room_has_a_thread_only_if_it_must_be_there() -> None:
    ring = [(9.0 * x, 9.0 * y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
    middle = ring.index((0.0, 0.0))
    labels = ["cat"] * len(ring)
    assert place_labels(np.array(ring), labels, [middle], SIZE, MARK) == {}
    (place,) = place_labels(np.array(ring), labels, [middle], SIZE, MARK, must={middle}).values()
    assert place.thread is not None and not any(within(box((0, 0), "cat", place), point, MARK) for point in ring)
    crowd = np.array([(6.0 * x, 6.0 * y) for x in range(-40, 41) for y in range(-40, 41)])
    middle = len(crowd) // 2
    (place,) = place_labels(crowd, ["cat"] * len(crowd), [middle], SIZE, MARK, must={middle}).values()
    assert place == Place("middle right"), "no thread is long enough: on marks rather than nowhere"


def test_no_label_lies_on_a_thread() -> None:
    """The thread of the first goes up between two rows of marks; the label of another mark would lie on it."""
    pixels = np.array([[0.0, 0.0], [0.0, 7.0], [-7.0, 0.0], [7.0, 0.0], [0.0, -7.0], [-30.0, 26.0]])
    labels = ["cat"] * 5 + ["elephant"]
    (first,) = place_labels(pixels, labels, [0], SIZE, MARK, must={0}).values()
    assert first.thread is not None
    found = place_labels(pixels, labels, [0, 5], SIZE, MARK, must={0})
    ends = [(first.thread[0] * share, first.thread[1] * share) for share in (0.4, 0.7, 1.0)]
    assert not any(within(box((-30.0, 26.0), "elephant", found[5]), end, 0.0) for end in ends)


def test_no_label_lies_on_what_is_to_be_avoided_and_each_takes_the_side_that_it_would_rather() -> None:
    line = np.array([[0.0, y] for y in np.linspace(0, 40, 30)])
    assert place_labels(np.array([[0.0, 0.0]]), ["cat"], [0], SIZE, avoid=line) == {0: Place("bottom center")}
    for side in ("middle left", "bottom right"):
        assert place_labels(np.array([[0.0, 0.0]]), ["cat"], [0], SIZE, avoid=line, rather={0: side}) == {
            0: Place(side)
        }
    assert place_labels(np.array([[0.0, 0.0]]), ["cat"], [0], SIZE, avoid=line, rather={0: "top center"})


def test_a_label_of_two_lines_is_twice_as_high() -> None:
    """The second line would lie on the other mark."""
    pixels = np.array([[0.0, 0.0], [0.0, 30.0]])
    assert place_labels(pixels, ["cat", "cat"], [0], SIZE, MARK) == {0: Place("top center")}
    assert place_labels(pixels, ["cat\ncat", "cat"], [0], SIZE, MARK) == {0: Place("bottom center")}


def test_a_lonely_label_stands_above() -> None:
    assert place_labels(np.array([[5.0, 5.0]]), ["a"], [0], SIZE) == {0: Place("top center")}
    assert place_labels(np.array([[5.0, 5.0]]), ["a"], [], SIZE) == {}


def test_many_labels_each_in_its_place() -> None:
    grid = np.array([[100.0 * (i % 15), 100.0 * (i // 15)] for i in range(150)])
    assert place_labels(grid, ["word"] * 150, range(150), SIZE) == dict.fromkeys(range(150), Place("top center"))
    crowd = np.vstack([grid, grid + np.array([0.0, 12.0])])
    assert set(place_labels(crowd, ["word"] * 300, range(150), SIZE).values()) == {Place("bottom center")}


@pytest.mark.parametrize(("text", "ems"), [("", 0), ("ab", 1.12), ("北京", 2.0), ("Ａ", 1.0), ("a北", 1.56)])
def test_wide_characters_are_wide(text: str, ems: float) -> None:
    assert text_width(text, 20) == pytest.approx(20 * ems)


@given(st.integers(-60, 60), st.integers(-60, 60), st.sampled_from(["a", "cat", "elephant", "北京"]))
def test_a_label_at_the_rim_is_anchored_inward_or_left_out(x: int, y: int, label: str) -> None:
    found = place_labels(np.array([[x, y]], dtype=float), [label], [0], SIZE, MARK, within=(60.0, 50.0))
    fits = []
    for place in map(Place, SIDES):
        left, low, right, high = box((x, y), label, place)
        if max(-left, right) + PADDING <= 60 and max(-low, high) <= 50:
            fits.append(place)
    assert found == ({0: fits[0]} if fits else {})


@given(st.data())
def test_labels_beside_points_have_room_on_the_narrowest_screen(data: st.DataObject) -> None:
    """The axis from before to after is ``width`` px; no label goes below 0 or over it, while the points keep their share."""
    count, width = data.draw(st.integers(2, 6)), 320.0
    places = [0.0, 1.0, *(data.draw(st.floats(0, 1)) for _ in range(count - 2))]
    sides = [(data.draw(st.floats(0, 110)), data.draw(st.floats(0, 110))) for _ in places]
    left, right = ([side[which] for side in sides] for which in (0, 1))
    before, after = room_beside(places, left, right, width)
    drawn = width / (before + 1 + after)
    assert drawn >= 0.2 * width - 1e-6
    for place, one, other in zip(places, left, right, strict=True):
        middle = (before + place) * drawn
        assert middle - one >= -0.5 and middle + other <= width + 0.5
    if not any(left) and not any(right):
        assert (before, after) == (0, 0)


def test_a_label_stands_outside_of_its_ring_and_on_no_other() -> None:
    pixels = np.array([[0.0, 0.0], [0.0, 24.0]])
    found = place_labels(pixels, ["a", "b"], [0], SIZE, rings={0: 10.0, 1: 10.0})
    assert not found[0].side.startswith("top")
    assert distance(box((0.0, 0.0), "a", found[0], 12.0), (0.0, 0.0)) >= 10
    assert place_labels(pixels, ["a", "b"], [0], SIZE)[0] == Place("bottom center"), "above, it might be the other's"


def test_a_label_stays_within_where_the_points_may_lie_farther_out() -> None:
    pixels = np.array([[70.0, 0.0]])
    assert place_labels(pixels, ["elephant"], [0], SIZE, within=(100.0, 50.0)) == {0: Place("top center")}
    assert place_labels(pixels, ["elephant"], [0], SIZE, within=(100.0, 50.0), spread=(1.2, 1.0))[0].side.endswith(
        "left"
    )
    below = np.array([[0.0, -40.0]])
    assert (
        place_labels(below, ["cat"], [0], SIZE, within=(100.0, 50.0), rather={0: "middle left"})[0].side
        == "middle left"
    )
    lower = place_labels(below, ["cat"], [0], SIZE, within=(100.0, 50.0), rather={0: "middle left"}, spread=(1.0, 1.2))
    assert lower[0].side.startswith("top")


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("Жюль", 3.2), ("ЩЩЫЮ", 3.66), ("машина", 4.0), ("φωψ", 2.24), ("ՄԽԾ", 2.6), ("Ǆ", 1.42), ("Æœ½", 2.5), ("Ⅷⅷ", 2.49),
        ("₯℡℃", 3.46), ("ﬗ", 1.53), ("ำ", 1.38), ("‰", 1.25),
    ],
)  # fmt: skip
def test_a_label_finds_room_whatever_it_is_written_in(text: str, width: float) -> None:
    """``width``: in em, as Chromium draws it bold, in Source Sans or what stands in for it."""
    assert room_for(text, 10) >= 10 * width


def test_an_accent_needs_no_more_room_than_its_letter() -> None:
    assert room_for("Zürich É", 14) == room_for("Zurich E", 14) and room_for("北京", 14) == 28
