"""The numbers under the formulas are those of scikit-learn and of the definitions, each in its place."""

from __future__ import annotations

import re
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.formulas import faults
from nlpcore.words.projection import project
from nlpcore.words.projection_toys import TOY_SETS, map_toy
from pages.words.embedding_map.formulas import aim, explained_variance, trustworthiness
from tests.pages.formula_numbers import numbers_of
from tests.words.test_projection import clustered, kl_divergence

seeds = st.integers(0, 2**32 - 1)


def missed_places(original: np.ndarray, flat: np.ndarray, k: int) -> int:
    """Venna & Kaski 2001, eq. 1: over false neighbours in the map, by how much their true rank exceeds k; by counting."""
    n, total = len(original), 0
    for i in range(n):
        true, drawn = (
            sorted((j for j in range(n) if j != i), key=lambda j: float(((p[j] - p[i]) ** 2).sum()))
            for p in (original, flat)
        )
        total += sum(true.index(j) + 1 - k for j in drawn[:k] if j not in true[:k])
    return total


@settings(deadline=None, max_examples=25)
@given(st.integers(8, 60), seeds)
def test_trustworthiness_with_its_sum(n: int, seed: int) -> None:
    from sklearn.manifold import trustworthiness as of_sklearn

    points = np.random.default_rng(seed).normal(size=(n, 6))
    mapped = project(points, "pca")
    formula = trustworthiness(mapped)
    assert faults(formula) == []
    k = min(10, (n - 1) // 2)
    (line,) = formula.lines
    one, two, *of_scale, missed, claimed = numbers_of(line)
    assert (line.left, one, two, of_scale) == (f"T({k})", 1, 2, [n, k, 2 * n - 3 * k - 1])
    assert missed == missed_places(points, mapped.coordinates, k)
    assert claimed == pytest.approx(of_sklearn(points, mapped.coordinates, n_neighbors=k), abs=1e-12)


def test_the_sum_is_that_of_the_map_on_the_screen() -> None:
    """Of t-SNE's map, not of PCA's or the random one's."""
    points = clustered(60)
    mapped = project(points, perplexity=10)
    *_, missed, claimed = numbers_of(trustworthiness(mapped).lines[0])
    assert (
        missed == missed_places(points, mapped.coordinates, 10) not in (mapped.pca.intrusion, mapped.random.intrusion)
    )
    assert claimed == mapped.quality.trustworthiness
    assert trustworthiness(mapped).numbers_latex() == (
        rf"T(10) = 1 - \frac{{2}}{{60 \cdot 10 \cdot 89}} \cdot {missed:,.0f} = {claimed:.3f}".replace(",", "{,}")
    )


@settings(deadline=None, max_examples=25)
@given(st.integers(6, 60), st.integers(3, 12), seeds)
def test_the_explained_variance_is_a_sum_of_two_shares(n: int, d: int, seed: int) -> None:
    from sklearn.decomposition import PCA

    points = np.random.default_rng(seed).normal(size=(n, d)) * np.linspace(3, 1, d)
    formula = aim(project(points, "pca"))
    assert faults(formula) == []
    first, second = PCA(2, svd_solver="full").fit(points).explained_variance_ratio_
    assert numbers_of(formula.lines[0]) == pytest.approx([first, second, first + second], abs=1e-9)
    assert formula == explained_variance(project(points, "pca"))
    *shown, total = re.findall(r"\d\.\d+", formula.numbers_latex())
    assert [float(each) for each in shown] == pytest.approx([first, second], abs=0.00501)
    digits = len(total.split(".")[1])  # three where two would leave open which way the sum is rounded
    assert f"{sum(map(Decimal, shown)):.{digits}f}" == total and digits <= 3


@pytest.mark.parametrize("perplexity", [5, 15])
def test_the_divergence_is_that_of_the_final_map(perplexity: float) -> None:
    points = clustered(60)
    mapped = project(points, perplexity=perplexity)
    formula = aim(mapped)
    scale = mapped.frames[-1].spread / np.sqrt((mapped.coordinates**2).sum(axis=1).mean())
    true = kl_divergence(points, mapped.coordinates * scale, perplexity)
    assert numbers_of(formula.lines[0]) == pytest.approx([true], rel=1e-4)
    assert formula.numbers_latex() == f"= {true:.2f}"


@pytest.mark.parametrize("name", TOY_SETS)
def test_what_is_shown_of_the_toy_sets_adds_up(name: str) -> None:
    mapped = map_toy(name, 60, "pca").projection
    assert faults(aim(mapped)) == faults(trustworthiness(mapped)) == []
