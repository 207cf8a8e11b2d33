"""Labels of a crowded scatter plot: none overlaps another, none hides what it must not, and none is left out for nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.charts.label_placement import SIDES, place_labels, room_beside, text_width

SIZE, GAP, PADDING = 10.0, 6.0, 3.0
Box = tuple[float, float, float, float]


def box(point: tuple[float, float], label: str, side: str) -> Box:
    """Where a label lies, worked out anew from Plotly's names of the sides: (left, low, right, high)."""
    width = sum(10.0 if "\u4e00" <= c <= "\u9fff" else 5.6 for c in label) / 2 + PADDING
    height = 0.62 * SIZE
    across = 1 if side.endswith("right") else -1 if side.endswith("left") else 0
    up = 1 if side.startswith("top") else -1 if side.startswith("bottom") else 0
    gap = GAP * (0.3 if across and up else 1.0)
    x, y = point[0] + across * (width + gap), point[1] + up * (height + gap)
    return x - width, y - height, x + width, y + height


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def covered(of: Box, points: list[tuple[float, float]]) -> int:
    return sum(of[0] < x < of[2] and of[1] < y < of[3] for x, y in points)


def greedy(
    points: list[tuple[float, float]], labels: list[str], order: list[int], hide: dict[int, int], there: dict[int, str]
) -> dict[int, str]:
    """The rule in words: in order of importance, the free side that hides fewest points; the first of equals."""
    taken = [box(points[i], labels[i], side) for i, side in there.items()]
    found: dict[int, str] = {}
    for i in order:
        best: tuple[int, str] | None = None
        for side in SIDES:
            own = box(points[i], labels[i], side)
            hidden = covered(own, points)
            free = hidden <= hide.get(i, 0) and not any(overlap(own, other) for other in taken)
            if free and (best is None or hidden < best[0]):
                best = hidden, side
        if best:
            found[i] = best[1]
            taken.append(box(points[i], labels[i], best[1]))
    return found


@given(st.data())
def test_each_label_takes_the_free_side_that_hides_fewest_points(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 14))
    place = st.integers(0, 120).map(lambda n: n + 0.37)
    points = [(data.draw(place), data.draw(place)) for _ in range(count)]
    labels = [data.draw(st.sampled_from(["a", "cat", "elephant", "北京", "词"])) for _ in range(count)]
    order = data.draw(st.permutations(range(count)))
    order, rest = order[: max(1, count - 2)], order[max(1, count - 2) :]
    hide = {i: data.draw(st.integers(0, 3)) for i in order if data.draw(st.booleans())}
    there = {i: data.draw(st.sampled_from(list(SIDES))) for i in rest}
    found = place_labels(np.array(points), labels, order, SIZE, GAP, hide, there)
    assert found == greedy(points, labels, order, hide, there)


def test_a_lonely_label_stands_above() -> None:
    assert place_labels(np.array([[5.0, 5.0]]), ["a"], [0], SIZE) == {0: "top center"}
    assert place_labels(np.array([[5.0, 5.0]]), ["a"], [], SIZE) == {}


def test_the_gap_is_six_pixels_where_none_is_named() -> None:
    """A point just above is covered by a label that starts nearer, and not by one that starts at the gap."""
    pixels = np.array([[0.0, 0.0], [0.0, 5.9]])
    assert place_labels(pixels, ["a", "b"], [0], SIZE) == {0: "top center"}
    assert place_labels(np.array([[0.0, 0.0], [0.0, 6.1]]), ["a", "b"], [0], SIZE)[0] != "top center"


def test_many_labels_are_counted_in_parts() -> None:
    """More than are looked at in one go: each in its place on a wide grid, all above."""
    grid = np.array([[100.0 * (i % 15), 100.0 * (i // 15)] for i in range(150)])
    assert place_labels(grid, ["word"] * 150, range(150), SIZE) == dict.fromkeys(range(150), "top center")
    crowd = np.vstack([grid, grid + np.array([0.0, 12.0])])
    assert set(place_labels(crowd, ["word"] * 300, range(150), SIZE).values()) == {"bottom center"}


@pytest.mark.parametrize(("text", "ems"), [("", 0), ("ab", 1.12), ("北京", 2.0), ("Ａ", 1.0), ("a北", 1.56)])
def test_wide_characters_are_wide(text: str, ems: float) -> None:
    assert text_width(text, 20) == pytest.approx(20 * ems)


@given(st.integers(-60, 60), st.integers(-60, 60), st.sampled_from(["a", "cat", "elephant", "北京"]))
def test_a_label_at_the_rim_is_anchored_inward_or_left_out(x: int, y: int, label: str) -> None:
    found = place_labels(np.array([[x, y]], dtype=float), [label], [0], SIZE, GAP, within=(60.0, 50.0))
    fits = [
        side
        for side in SIDES
        if max(map(abs, box((x, y), label, side)[::2])) <= 60 and max(map(abs, box((x, y), label, side)[1::2])) <= 50
    ]
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
    assert found[0] not in ("top center", "top left", "top right")
    across, up = SIDES[found[0]]
    (left, low, right, high), = [
        (cx - w, cy - h, cx + w, cy + h)
        for w, h in [(text_width("a", SIZE) / 2 + PADDING, 0.62 * SIZE)]
        for cx, cy in [(across * (w + 12), up * (h + 12))]
    ]  # fmt: skip
    nearest = np.clip([0.0, 0.0], [left, low], [right, high])
    assert np.linalg.norm(nearest) >= 10
    assert place_labels(pixels, ["a", "b"], [0], SIZE)[0] == "top center"


def test_a_label_stays_within_where_the_points_may_lie_farther_out() -> None:
    pixels = np.array([[70.0, 0.0]])
    assert place_labels(pixels, ["elephant"], [0], SIZE, within=(100.0, 50.0)) == {0: "top center"}
    assert place_labels(pixels, ["elephant"], [0], SIZE, within=(100.0, 50.0), wider=1.2)[0].endswith("left")
