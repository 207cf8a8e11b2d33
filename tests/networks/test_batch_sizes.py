"""What is kept of the measurement is what it gives; the intervals are scipy's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from nlpcore.intervals import mean_interval
from nlpcore.networks import batch_sizes
from nlpcore.networks.batch_sizes import SEEDS, SIZES, BatchSize, compare, kept
from nlpcore.networks.overfitting import fit_points


def test_the_interval_of_a_mean_is_scipy_s() -> None:
    values = [0.2, 0.5, 0.4, 0.9]
    found = stats.t.interval(0.95, 3, np.mean(values), stats.sem(values))
    assert mean_interval(values) == pytest.approx(found)


def test_one_training_is_the_library_s_own() -> None:
    fit = fit_points(100, hidden=40, method="sgd", rate=0.3, batch=40, seed=3).shown
    assert batch_sizes.ends("epochs", 40, 3) == pytest.approx(
        (fit.training[-1], fit.validation[-1], fit.validation.min())
    )
    quarter = fit_points(100, hidden=40, method="sgd", rate=0.3, batch=4, seed=3).shown
    assert batch_sizes.ends("updates", 4, 3)[1] == pytest.approx(quarter.validation[-1])


def test_compare_and_what_is_kept_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes of 4 make as many updates either way; their row is the same in both halves, as is that of a short run."""
    rows = {(each.fair, each.size): each for each in kept()}
    assert set(rows) == {(fair, size) for fair in ("epochs", "updates") for size in SIZES} and SEEDS == 20
    assert rows["epochs", 4].validation == rows["updates", 4].validation
    monkeypatch.setattr(batch_sizes, "SIZES", (4, 40))
    monkeypatch.setattr(batch_sizes, "EPOCHS", 5)
    monkeypatch.setattr(batch_sizes, "UPDATES", 50)
    found = {(each.fair, each.size): each for each in compare((1, 2, 3))}
    values = [batch_sizes.ends("epochs", 4, seed)[1] for seed in (1, 2, 3)]
    row = found["epochs", 4]
    assert isinstance(row, BatchSize) and row.validation == pytest.approx(np.mean(values), abs=1e-4)
    assert row.interval == pytest.approx(mean_interval(values), abs=1e-4)
    apart = np.array(values) - [batch_sizes.ends("epochs", 40, seed)[1] for seed in (1, 2, 3)]
    assert row.of_difference == pytest.approx(mean_interval(apart), abs=1e-4)


def test_what_is_written_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = kept()[:3]
    monkeypatch.setattr(batch_sizes, "compare", lambda: rows)
    monkeypatch.setattr(batch_sizes, "_KEPT", tmp_path / "kept.json")
    batch_sizes.write()
    assert kept.__wrapped__() == rows


def test_what_the_lesson_says_of_it_is_what_was_measured() -> None:
    rows = {(each.fair, each.size): each for each in kept()}
    for size in (4, 10):
        assert rows["epochs", size].of_difference[1] < 0  # ahead for as many epochs
        assert rows["epochs", size].training < rows["epochs", 40].training
        low, high = rows["updates", size].of_difference
        assert low < 0 < high  # not for as many updates
    assert all(rows[fair, 1].of_difference[0] > 0 for fair in ("epochs", "updates"))
