"""Measure, beside what people use today: ``python -m tests.bench [name …]``.

Writes tests/bench/results.json and docs/benchmarks.md; ``--tables`` only makes the document anew. Nothing here is
part of the test suite: times belong to a machine that does nothing else.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import app  # noqa: F401 - before NumPy: how idle threads of the numerical libraries wait, as on the server
from tests.bench import (
    analogies,
    attention_views,
    batches,
    classroom,
    crowding,
    glove,
    gpu,
    idle_threads,
    maps,
    memory,
    neighbours,
    report,
    rules,
    senses,
    server,
    small_networks,
    strangers,
    word2vec,
)

BENCHMARKS = tuple(
    module.BENCHMARK
    for module in (
        analogies,
        neighbours,
        glove,
        maps,
        attention_views,
        word2vec,
        rules,
        senses,
        small_networks,
        idle_threads,
        server,
        memory,
        batches,
        strangers,
        crowding,
        classroom,
    )
)
ELSEWHERE = {"gpu": gpu.section}  # measured on other machines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(b.name for b in BENCHMARKS))
    parser.add_argument("--tables", action="store_true", help="measure nothing, only write docs/benchmarks.md")
    parser.add_argument("--gpu", type=Path, help="take in what make gpu-check wrote on a box; measures nothing")
    args = parser.parse_args()
    if args.gpu:
        report.take_in(args.gpu)
    unknown = set(args.names) - {benchmark.name for benchmark in BENCHMARKS}
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    for benchmark in () if args.tables or args.gpu else BENCHMARKS:
        if not args.names or benchmark.name in args.names:
            print(f"{benchmark.title} …", flush=True)
            rows = benchmark.measure()
            print(report.table(rows), flush=True)
            report.store(benchmark, rows)
    report.TABLES.write_text(report.document(BENCHMARKS, report.load(), ELSEWHERE), encoding="utf-8")


if __name__ == "__main__":
    main()
