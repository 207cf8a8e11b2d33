"""Memory of a server in which every example of the lessons on words and networks was opened, above what it held before."""

from __future__ import annotations

import asyncio

from app.lessons import LESSONS, Lesson
from app.words import read_tree
from tests.bench.protocol import Tab
from tests.bench.report import Benchmark, Row
from tests.bench.server import memory_mb, server_pid, visit_all
from tests.e2e.browser import serve

GROUPS = ("words", "networks")
BEFORE = ("embedding-map", "analogies")  # whose models are loaded before


async def _open_examples(url: str, lesson: Lesson) -> list[str]:
    problems: list[str] = []
    async with Tab(url) as tab:
        for preset in read_tree(lesson.words)["presets"]:
            await tab.open(lesson.id, f"lang=en&preset={preset}")
            problems += tab.errors()
    return problems


def measure() -> list[Row]:
    lessons = [lesson for lesson in LESSONS if lesson.group in GROUPS and lesson.id not in BEFORE]
    with serve() as url:
        problems = asyncio.run(visit_all(url))
        pid = server_pid()
        last = first = memory_mb(pid)
        rows = [{"after": "every embedded model has answered", "MB": f"{first:.0f}", "more, MB": ""}]
        for lesson in lessons:
            problems += asyncio.run(_open_examples(url, lesson))
            now = memory_mb(pid)
            rows.append(
                {"after": f"every example of {lesson.id}", "MB": f"{now:.0f}", "more, MB": f"{now - last:+.0f}"}
            )
            last = now
        assert not problems, problems
    rows.append({"after": "all together", "MB": f"{last:.0f}", "more, MB": f"{last - first:+.0f}"})
    return rows


BENCHMARK = Benchmark(
    "memory",
    "Memory of the lessons on words and networks",
    "One server; resident memory with worker processes, after every embedded model has answered once, and then after each "
    "lesson's examples were opened one after the other. Goal: together not more than 250 MB.",
    measure,
    "Above its goal. The largest part is the worker that trains on a text, 140 MB, of which importing gensim takes 100; it ends "
    "when nobody has trained for five minutes.",
)
