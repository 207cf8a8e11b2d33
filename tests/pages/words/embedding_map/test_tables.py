"""The tables beside the map hold the trace's numbers, each in its column."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text import markdown_escape
from nlpcore.words.projection import project
from nlpcore.words.projection_toys import map_toy
from pages.words.embedding_map.tables import (
    markdown,
    neighbour_table,
    pair_table,
    pairs_there,
    quality_table,
    share,
    toy_table,
)
from tests.pages.words.embedding_map.made_up import nearest, random_map, say
from tests.words.test_projection import clustered

seeds = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize("method", ["tsne", "pca"])
def test_trust_and_recall_of_each_map_stand_in_its_row(method: str) -> None:
    from sklearn.decomposition import PCA
    from sklearn.manifold import trustworthiness

    points = clustered(60)
    mapped = project(points, method, perplexity=10)
    of_pca = PCA(2).fit_transform(points)
    maps = [mapped.coordinates, of_pca] if method == "tsne" else [of_pca]
    true = [nearest(points, i, 10) for i in range(60)]
    rows = quality_table(mapped, say)
    assert [row[0].strip("*") for row in rows[1:]] == ["t-SNE", "PCA", "random map"][-len(rows) + 1 :]
    assert len(rows) == (4 if method == "tsne" else 3)
    for row, drawn in zip(rows[1:], maps, strict=False):
        kept = np.mean([len(set(true[i]) & set(nearest(drawn, i, 10))) for i in range(60)]) / 10
        assert [float(cell.strip("*")) for cell in row[1:]] == pytest.approx(
            [trustworthiness(points, drawn, n_neighbors=10), kept], abs=0.0051
        )
    assert 0.4 < float(rows[-1][1]) < 0.6 and float(rows[-1][2]) < 0.3, "the random map"


@settings(deadline=None, max_examples=25)
@given(st.integers(21, 50), seeds)
def test_a_words_neighbours_with_cosine_and_place_in_the_map(n: int, seed: int) -> None:
    trace = random_map(n, seed)
    i = trace.words.index("w3")
    unit = trace.unit / np.linalg.norm(trace.unit, axis=1, keepdims=True)
    order = nearest(trace.projection.coordinates, i, n)
    _, *rows = neighbour_table(trace, "w3", say, markdown_escape)
    for j, (word, cosine, place) in zip(nearest(unit, i, 10), rows, strict=True):
        rank = order.index(j) + 1
        assert word == f"{'●' if rank <= 10 else '○'} {trace.words[j]}"
        assert (cosine, place) == (f"{unit[i] @ unit[j]:.2f}", str(rank))


@settings(deadline=None, max_examples=25)
@given(st.integers(8, 50), seeds)
def test_pairs_have_their_place_in_the_original_and_in_the_map(n: int, seed: int) -> None:
    trace = random_map(n, seed)
    unit = trace.unit / np.linalg.norm(trace.unit, axis=1, keepdims=True)
    head, *rows = pair_table(pairs_there(trace, ("w1 w2", "w4 w0", "w1 nowhere")), say)
    assert head == ["Pair", "Cosine", "Rank, original", "Rank, map"]
    assert len(rows) == 2
    for (i, j), row in zip(((1, 2), (4, 0)), rows, strict=True):
        true, drawn = (nearest(p, i, n).index(j) + 1 for p in (unit, trace.projection.coordinates))
        assert row == [f"w{i} – w{j}", f"{unit[i] @ unit[j]:.2f}", str(true), str(drawn)]


@pytest.mark.parametrize(
    ("name", "clusters"), [("two", 2), ("unequal", 2), ("distances", 3), ("noise", 0), ("chain", 0)]
)
def test_widths_and_distances_in_truth_and_in_the_map(name: str, clusters: int) -> None:
    made = map_toy(name, 60, perplexity=10)
    head, *rows = toy_table(made, say)
    assert head[1:] == ["Truth", "Map"]
    groups = made.toy.groups
    wanted = []
    for group in range(1, clusters):
        for what in ("width", "distance"):
            cells = []
            for points in (made.toy.points, made.projection.coordinates):
                first, other = points[groups == 0], points[groups == group]
                width = np.sqrt(first.var(axis=0).sum())
                gap = np.hypot(*(other.mean(axis=0) - first.mean(axis=0)))
                cells.append(f"{(np.sqrt(other.var(axis=0).sum()) if what == 'width' else gap) / width:.1f}")
            wanted.append((what, str(group + 1), *cells))
    assert [(row[0].split(",")[0].split()[0], row[0][-1], *row[1:]) for row in rows] == wanted


def test_a_share_is_not_rounded_up_to_perfect() -> None:
    assert [share(value) for value in (0, 0.123, 0.9951, 1)] == ["0.00", "0.12", "0.99", "1.00"]


def test_a_table_is_markdown() -> None:
    assert markdown([["a", "b"], ["1", "2"]]).splitlines() == ["| a | b |", "| --- | --- |", "| 1 | 2 |"]
