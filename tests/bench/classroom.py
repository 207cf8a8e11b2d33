"""A whole class on one server, as a table of the benchmarks; ``python -m tests.bench.load`` is the same for one class."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tests.bench.beside import NEIGHBOURS
from tests.bench.load import Class, started
from tests.bench.load import measure as measure_class
from tests.bench.report import Benchmark, Row

CLASSES: tuple[tuple[int, float, list[str], int], ...] = (
    (100, 10.0, [], 1),
    *((100, 2.0, [name], 1) for name in NEIGHBOURS),
    (200, 2.0, [], 1),
    (200, 2.0, [], 2),
    (300, 2.0, [], 1),
    (300, 2.0, [], 2),
)  # learners, minutes, who sits beside them, servers that share them


def rows(learners: int, minutes: float, beside: Sequence[str], servers: int = 1) -> list[Row]:
    with started(servers) as (url, pid):
        others = [NEIGHBOURS[name] for name in beside]
        found = asyncio.run(measure_class(Class(url, learners, 60 * minutes), pid, *others))
    server, errors = found["server"], sum(found["errors"].values())
    for text, count in found["errors"].items():
        print(f"  {count} × {text}")
    together = f" on {servers} servers" if servers > 1 else ""
    name = f"{learners}{together}{''.join(f' + {name}' for name in beside)}, {minutes:g} min"
    print(f"  {name}: p95 {found['all']['p95']:.2f} s", flush=True)
    by_lesson = found["lessons"] if minutes > 2 else {}
    shown = {**by_lesson, "all": found["all"]}
    return [
        {
            "learners": name,
            "lesson": lesson,
            "interactions": f"{row['count']:,}",
            "p50, s": f"{row['p50']:.2f}",
            "p95, s": f"{row['p95']:.2f}",
            "p99, s": f"{row['p99']:.2f}",
            "errors": str(errors) if lesson == "all" else "",
            "processors": f"{server['processors']:.2f}" if lesson == "all" else "",
            "ms of processor each": f"{server['processor_ms_per_interaction']:.0f}" if lesson == "all" else "",
            "MB, start → end": f"{server['memory_mb_start']:.0f} → {server['memory_mb_end']:.0f}"
            if lesson == "all"
            else "",
            "growth in the last half": f"{server['growth_in_last_half']:+.1%}" if lesson == "all" else "",
        }
        for lesson, row in shown.items()
        if row["count"]
    ]


def measure() -> list[Row]:
    return [row for size in CLASSES for row in rows(*size)]


BENCHMARK = Benchmark(
    "classroom",
    "A full class",
    "The server has been started with its models preloaded, as the README says for a class. "
    "Learners who speak Streamlit's protocol go through the lessons in orders of their own, think about 5 seconds between "
    "actions and check the answers; server and learners share the machine. Goal for 100 learners over 10 minutes: p95 at most "
    "1 s, no error, memory growth under 10 %; beside each neighbour (what they do is said in tests/bench/beside.py) p95 of the "
    "class at most twice the quiet one. An interaction lasts from sending it until its script has ended.",
    measure,
    "One server serves about 25 interactions a second, which is a class of some 130. At 200 and 300 everybody waits, but "
    "nothing fails. An interaction costs about 40 to 50 ms of processor, most of it Python, which runs one thread at a time: "
    "more cores help little, a second server behind the same address helps (`--servers 2`), even where servers and learners "
    "share two cores. Memory is highest while workers lay out maps, and then falls as they end.",
)
