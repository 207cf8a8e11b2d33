"""The numbers above a row's bars: on a phone none lies on another bar or number, and those with room are all there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.charts import style
from app.lessons import lesson
from app.words import Words
from pages.transformers.attention import bars, charts
from tests.pages.transformers.attention import made_up

W = Words(lesson("attention").words, "en")

# What a phone of 390 px leaves a map beside names such as "instrument" and the scale, and its highest bar; px of a number.
WIDE, HIGH, NUMBER, LINE = 165, 45, 4 * 0.56 * style.SMALL, 1.25 * style.SMALL


def numbers(row: np.ndarray) -> dict[int, tuple[float, float, float, float]]:
    """Return place -> left, low, right, high in px of its number on a phone, worked out from the figure's own parts."""
    column, highest, found = WIDE / len(row), row.max(), {}
    spec = bars.drawn(row, [str(i) for i in range(len(row))])
    for place, text in enumerate(spec["text"]):
        if text:
            assert text == f"{row[place]:.2f}"
            found[place] = (place * column - NUMBER / 2, place * column + NUMBER / 2)
    for number in bars.numbers_aside(row):
        place, middle = number["x"], number["x"] * column + number["xshift"]
        assert place not in found and number["text"] == f"{row[place]:.2f}" and number["y"] == row[place]
        found[place] = (middle - NUMBER / 2, middle + NUMBER / 2)
    low = {place: row[place] / highest * HIGH + 1 for place in found}
    return {place: (left, low[place], right, low[place] + LINE) for place, (left, right) in found.items()}


rows = st.lists(st.floats(0.001, 1), min_size=2, max_size=32).map(lambda found: np.array(found) / sum(found))


@given(rows)
def test_no_number_lies_on_another_bar_or_number(row: np.ndarray) -> None:
    found, column = numbers(row), WIDE / len(row)
    half = column * (1 - bars.GAP) / 2
    for place, (left, low, right, high) in found.items():
        for other, weight in enumerate(row):
            if other != place and left < other * column + half - 1e-6 and other * column - half + 1e-6 < right:
                assert weight / row.max() * HIGH <= low + 1e-6, (place, other)
        for other, box in found.items():
            if other != place and left < box[2] - 1e-6 and box[0] + 1e-6 < right:
                assert high <= box[1] + 1e-6 or box[3] <= low + 1e-6, (place, other)
    assert int(row.argmax()) in found or row.max() < 0.05


def test_numbers_beside_a_high_bar_stand_away_from_it() -> None:
    row = np.array([0.09, 0.01, 0.14, 0.60, 0.10, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01])
    aside = {number["x"]: np.sign(number["xshift"]) for number in bars.numbers_aside(row)}
    assert aside == {0: -1, 2: -1, 4: 1} and set(numbers(row)) == {0, 2, 3, 4}


@pytest.mark.parametrize("secret", [None, 2])
def test_the_map_has_them_unless_its_row_is_secret(secret: int | None) -> None:
    maps = made_up.maps_of(list("abcdefghijk"), 1, 1, None, seed=0)
    maps.weights.setflags(write=True)
    maps.weights[0, 0, 2] = [0.09, 0.01, 0.14, 0.60, 0.10, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01]
    notes = charts.head_map(maps, W, 0, 0, query=2, secret=secret).checked().layout.annotations
    assert {note.text for note in notes} >= ({"0.14", "0.10"} if secret is None else set())
    assert secret is None or not any(note.text.startswith("0.") for note in notes)
