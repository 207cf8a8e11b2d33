"""The rules for dates, times, money and percentages on long texts of what begins like an entity and is none."""

from __future__ import annotations

import time

from nlpcore.tagging import find_time_and_money
from tests.bench.report import Benchmark, Row, spread

PIECES = ("1,000", "1", "one ", "a ", "the last ", "$1.", "1:1", "in 19")
SHORT, LONG = 4_000, 16_000  # characters
TIMES = 5


def seconds(text: str) -> list[float]:
    found = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        find_time_and_money(text)
        found.append(time.perf_counter() - begun)
    return found


def measure() -> list[Row]:
    rows = []
    for piece in PIECES:
        short, long = (seconds(piece * (length // len(piece))) for length in (SHORT, LONG))
        rows.append(
            {
                "repeated": f"`{piece}`",
                f"{SHORT:,} characters, ms": spread(short, 1000, 1),
                f"{LONG:,} characters, ms": spread(long, 1000, 1),
                "times longer (text: 4)": f"{min(long) / min(short):.1f}",
            }
        )
    return rows


BENCHMARK = Benchmark(
    "rules",
    "Rules on long texts",
    "`find_time_and_money` on one piece repeated: an expression that goes back over what it has read takes many times "
    "longer for a text four times as long.",
    measure,
)
