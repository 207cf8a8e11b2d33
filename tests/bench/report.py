"""Results of the benchmarks: kept as JSON, shown as tables in docs/benchmarks.md."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).with_name("results.json")
TABLES = ROOT / "docs" / "benchmarks.md"
Row = Mapping[str, str]


@dataclass(frozen=True)
class Benchmark:
    """One measurement: ``measure()`` returns the rows of its table, every value as it is to be printed.

    ``about`` says what is measured and how; ``remarks`` what a goal that is missed would need.
    """

    name: str
    title: str
    about: str
    measure: Callable[[], Sequence[Row]]
    remarks: str = ""


def machine() -> str:
    """Describe the machine in one line."""
    info, memory = Path("/proc/cpuinfo"), Path("/proc/meminfo")
    names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
    size = round(int(memory.read_text().split()[1]) / 2**20)
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "torch", "streamlit", "gensim", "openTSNE"))
    return (
        f"{os.cpu_count()} cores of {names[0] if names else platform.machine()}, {size} GiB, "
        f"Python {platform.python_version()}, {packages}"
    )


def store(benchmark: Benchmark, rows: Sequence[Row], path: Path = RESULTS) -> None:
    """Replace the rows of one benchmark in the results."""
    result = {"date": date.today().isoformat(), "machine": machine(), "rows": [dict(r) for r in rows]}
    _write(load(path) | {benchmark.name: result}, path)


def take_in(file: Path, path: Path = RESULTS) -> None:
    """Put the results in ``file``, which were measured on another machine, in the place of those of the same name."""
    _write(load(path) | load(file), path)


def _write(results: Mapping[str, Any], path: Path) -> None:
    text = json.dumps(dict(sorted(results.items())), indent=1, ensure_ascii=False)  # columns keep their order
    path.write_text(text + "\n", encoding="utf-8")


def load(path: Path = RESULTS) -> dict[str, Any]:
    """Return the results that were stored."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def table(rows: Sequence[Row]) -> str:
    """Return rows, which all have the same keys, as a Markdown table."""
    head = list(rows[0])
    lines = [head, ["---"] * len(head), *([row.get(name, "") for name in head] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def document(
    benchmarks: Sequence[Benchmark],
    results: Mapping[str, Any],
    elsewhere: Mapping[str, Callable[[Mapping[str, Any]], str]] | None = None,
) -> str:
    """Return docs/benchmarks.md: one section for each benchmark that has results.

    ``elsewhere``: for results of other machines, by name, what makes a section of them.
    """
    parts = [
        "# Benchmarks",
        "Made by `make bench` (`python -m tests.bench [name …]` for single ones); the raw rows are in "
        "`tests/bench/results.json`. Both sides of a ratio were measured in one run, taking turns, on the machine named.",
    ]
    for benchmark in benchmarks:
        if found := results.get(benchmark.name):
            parts += [f"## {benchmark.title}", benchmark.about, table(found["rows"])]
            parts += [f"`python -m tests.bench {benchmark.name}`, {found['date']}, {found['machine']}."]
            parts += [benchmark.remarks] if benchmark.remarks else []
    parts += [make(results[name]) for name, make in (elsewhere or {}).items() if name in results]
    return "\n\n".join(parts) + "\n"


def spread(seconds: Sequence[float], scale: float = 1.0, digits: int = 2) -> str:
    """Return the median, and in brackets the smallest and the largest: "1.20 (1.10–1.55)"."""
    values = [value * scale for value in seconds]
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def ratio(slow: Sequence[float], fast: Sequence[float], digits: int = 1) -> str:
    """Return the median of ``slow[i] / fast[i]``, runs that stood beside each other."""
    return f"{statistics.median(a / b for a, b in zip(slow, fast, strict=True)):.{digits}f}"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that ``share`` (0 to 1) of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]
