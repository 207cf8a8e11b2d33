"""Measure, beside what people use today: ``python -m tests.bench [name …]``.

Writes tests/bench/results.json and docs/benchmarks.md; ``--tables`` only makes the document anew. Nothing here is
part of the test suite: times belong to a machine that does nothing else.
"""

from __future__ import annotations

import argparse

import app  # noqa: F401 - before NumPy: how idle threads of the numerical libraries wait, as on the server
from tests.bench import (
    analogies,
    attention_views,
    batches,
    classroom,
    crowding,
    idle_threads,
    maps,
    neighbours,
    report,
    rules,
    server,
    strangers,
)

BENCHMARKS = tuple(
    module.BENCHMARK
    for module in (
        analogies,
        neighbours,
        maps,
        attention_views,
        rules,
        idle_threads,
        server,
        batches,
        strangers,
        crowding,
        classroom,
    )
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(b.name for b in BENCHMARKS))
    parser.add_argument("--tables", action="store_true", help="measure nothing, only write docs/benchmarks.md")
    args = parser.parse_args()
    unknown = set(args.names) - {benchmark.name for benchmark in BENCHMARKS}
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    for benchmark in () if args.tables else BENCHMARKS:
        if not args.names or benchmark.name in args.names:
            print(f"{benchmark.title} …", flush=True)
            rows = benchmark.measure()
            print(report.table(rows), flush=True)
            report.store(benchmark, rows)
    report.TABLES.write_text(report.document(BENCHMARKS, report.load()), encoding="utf-8")


if __name__ == "__main__":
    main()
