"""What one visitor can do to everybody else: the waits of a class, quiet and beside each kind of neighbour."""

from __future__ import annotations

import asyncio
import time

from tests.bench.beside import NEIGHBOURS, many_maps
from tests.bench.load import Class
from tests.bench.load import measure as measure_class
from tests.bench.protocol import Tab
from tests.bench.report import Benchmark, Row
from tests.bench.server import server_pid
from tests.e2e.browser import serve

LEARNERS, MINUTES = 30, 1.0


def _row(name: str, *beside: str) -> Row:
    with serve(NLPCORE_PRELOAD="all") as url:
        learners = Class(url, LEARNERS, 60 * MINUTES)
        found = asyncio.run(measure_class(learners, (server_pid(),), *(NEIGHBOURS[each] for each in beside)))
    all_of_it, errors = found["all"], sum(found["errors"].values())
    for text, count in found["errors"].items():
        print(f"  {count} × {text}")
    print(f"  beside {name}: p95 {all_of_it['p95']:.2f} s, {errors} errors", flush=True)
    return {
        "beside": name, "interactions": f"{all_of_it['count']:,}", "p50, s": f"{all_of_it['p50']:.2f}",
        "p95, s": f"{all_of_it['p95']:.2f}", "p99, s": f"{all_of_it['p99']:.2f}", "errors": str(errors),
    }  # fmt: skip


async def _one_map(url: str) -> float:
    """Return the seconds of a map that nobody has asked for, once a first one has started what is needed."""
    async with Tab(url, visitor="somebody") as tab:
        for seed in (9001, 9002):
            run = await tab.open("embedding-map", f"lang=en&source=frequency&count=1000&seed={seed}")
            assert not tab.errors()
        return run.seconds


async def _one_map_beside(url: str) -> float:
    crowd = Class(url, 0, 600.0)
    crowd.end = time.monotonic() + 600
    tabs = asyncio.create_task(many_maps(crowd))
    await asyncio.sleep(10)
    try:
        return await _one_map(url)
    finally:
        tabs.cancel()


def measure() -> list[Row]:
    rows = [_row("nobody"), *(_row(name, name) for name in NEIGHBOURS)]
    waits = []
    for wait in (_one_map, _one_map_beside):
        with serve(NLPCORE_PRELOAD="all") as url:
            waits.append(asyncio.run(wait(url)))
    alone, beside = waits
    rows.append({"beside": "a map of 1,000 words of one's own, alone", "p50, s": f"{alone:.1f}"})
    rows.append({"beside": "the same beside 20 tabs of maps of one other visitor", "p50, s": f"{beside:.1f}"})
    return rows


BENCHMARK = Benchmark(
    "crowding",
    "What one visitor can do to the others",
    f"{LEARNERS} learners who think about 5 seconds, for {MINUTES:g} minute, quiet and beside one more visitor. Goal: with any "
    "such neighbour everybody else's p95 stays within twice the quiet one, and a map of one's own takes at most twice as long as "
    "alone. What the neighbour waits is not counted.",
    measure,
    "Workers that lay maps out stand far behind pages that are drawn (nice 15): at nice 5 the 20 tabs made p95 0.61 s.",
)
