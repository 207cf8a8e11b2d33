"""The tables of the benchmarks, and that every committed result is in the document."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.bench import report
from tests.bench.__main__ import BENCHMARKS


def test_ratio_and_spread_are_medians_of_pairs() -> None:
    assert report.ratio([10, 30, 8], [5, 10, 8]) == "2.0"
    assert report.spread([0.003, 0.001, 0.002], 1000, 1) == "2.0 (1.0–3.0)"


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99, 1.0])
def test_percentile_is_numpys_inverted_cdf(share: float) -> None:
    values = np.random.default_rng(0).random(257).tolist()
    assert report.percentile(values, share) == np.quantile(values, share, method="inverted_cdf")
    assert report.percentile([3.0], share) == 3.0


def test_results_are_kept_apart_and_told_in_the_document(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    first, second = (
        report.Benchmark(name, name.title(), "How.", lambda: [], "What is left.") for name in ("one", "two")
    )
    report.store(first, [{"words": "300", "s": "1.0"}], path)
    report.store(second, [{"learners": "100"}], path)
    report.store(first, [{"words": "300", "s": "2.0"}], path)
    found = report.load(path)
    assert found["one"]["rows"] == [{"words": "300", "s": "2.0"}]
    text = report.document([first, second], found)
    assert "## One\n\nHow.\n\n| words | s |\n| --- | --- |\n| 300 | 2.0 |\n" in text
    assert "`python -m tests.bench two`" in text


def test_the_document_is_what_the_results_say() -> None:
    results = report.load()
    assert report.TABLES.read_text(encoding="utf-8") == report.document(BENCHMARKS, results)
    assert set(results) <= {benchmark.name for benchmark in BENCHMARKS}
    assert json.dumps(results)
