"""The table of BertViz's lines: every weight between the tokens that are drawn, once, and none of a row that is asked about."""

from __future__ import annotations

import numpy as np
import pytest

from pages.transformers.attention.charts_lines import line_rows
from tests.pages.transformers.attention.made_up import maps_of


@pytest.mark.parametrize("layer", [None, 1])
def test_every_line_is_a_row_with_its_weight(layer: int | None) -> None:
    maps = maps_of("abcde", layers=2, heads=3)
    rows = line_rows(maps, 4, layer)
    layers = [0, 1] if layer is None else [layer]
    assert len(rows) == len(layers) * 3 * 4 * 4
    places = [(r["layer"] - 1, r["head"] - 1, r["query_position"], r["key_position"]) for r in rows]
    assert len(set(places)) == len(rows) and {place[0] for place in places} == set(layers)
    assert np.array_equal([row["weight"] for row in rows], [maps.weights[place] for place in places])
    assert all(
        (row["query"], row["key"]) == (maps.tokens[p[2]], maps.tokens[p[3]])
        for row, p in zip(rows, places, strict=True)
    )


def test_the_row_that_is_asked_about_is_in_none_of_them() -> None:
    maps = maps_of("abcd", layers=2, heads=2)
    rows = line_rows(maps, 4, None, (1, 0, 2))
    left_out = {(2, 1, 2)}
    assert {(r["layer"], r["head"], r["query_position"]) for r in rows}.isdisjoint(left_out)
    assert len(rows) == (2 * 2 * 4 - 1) * 4
