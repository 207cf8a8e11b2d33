"""The tables of the benchmarks, and that every committed result is in the document."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.bench import gpu, report
from tests.bench.__main__ import BENCHMARKS, ELSEWHERE
from tests.gpu import checks, running


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
    assert report.TABLES.read_text(encoding="utf-8") == report.document(BENCHMARKS, results, ELSEWHERE)
    assert set(results) <= {benchmark.name for benchmark in BENCHMARKS} | ELSEWHERE.keys()
    assert json.dumps(results)


def test_what_a_gpu_box_wrote_is_taken_in_as_a_row_a_model(tmp_path: Path) -> None:
    """The file is written by the check itself, so that both know the same words."""
    found = running.Run("cpu")
    difference = checks.Difference(0.00123, 0.969)
    for precision in gpu.PRECISIONS:
        found.add(f"outputs, {precision}", "tiny", running.OK, running.said(difference, torch.float32))
        found.add(
            f"texts a second, {precision}", "tiny", running.OK, "1 at once: 94, 8 at once: 702, 32 at once: 2,745"
        )
    found.add("outputs, float32", "broken", running.FAILED, "RuntimeError: no")
    found.add("out of memory, loading", "tiny", running.OK, "9.0 GB taken")
    found.add("outputs", "far", running.LEFT_OUT, "not in the store")
    running.write(found, tmp_path / "box.json")
    report.store(report.Benchmark("one", "One", "How.", lambda: []), [{"words": "300"}], tmp_path / "results.json")
    report.take_in(tmp_path / "box.json", tmp_path / "results.json")
    results = report.load(tmp_path / "results.json")
    assert set(results) == {"one", "gpu"}
    text = report.document([], results, ELSEWHERE)
    row = "| tiny | 1.2e-03 | 96.9 % | 1.2e-03 | 96.9 % | 94 / 702 / 2,745 | 94 / 702 / 2,745 |"
    for part in (row, "| broken | RuntimeError: no |", "* loading tiny: ok, 9.0 GB taken", "not run by torch: far."):
        assert part in text
