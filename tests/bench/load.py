"""A class of learners on one server: how long they wait, what goes wrong, what it costs.

``python -m tests.bench.load --learners 100 --minutes 10`` starts the app as the README does for a class, its models
loaded before it comes, on a free port, and prints a table; ``--servers 2`` starts it with two servers behind its address;
``--url`` takes a server that runs already (its processor time and memory are only measured with ``--pid``). An interaction
lasts from sending it until the script behind it has ended, as a learner would see it. Learners arrive over the first quarter
of a minute, visit the lessons each in an order of their own, and think about 5 seconds between actions.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import psutil

from app.lessons import LESSONS
from tests.bench.acting import scripts
from tests.bench.beside import NEIGHBOURS, Neighbour
from tests.bench.protocol import ProtocolError, Tab

ARRIVAL = 15.0  # seconds over which the class comes in
HOME = ""  # the path of the home page
IDS = [lesson.id for lesson in LESSONS]


@dataclass(slots=True)
class Class:
    """What a class does and what comes of it."""

    url: str
    learners: int
    seconds: float
    seed: int = 1
    think: float = 5.0  # mean, in seconds
    lessons: tuple[str, ...] = tuple(lesson.id for lesson in LESSONS)
    waited: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  # seconds, by lesson
    received: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # bytes, by lesson
    errors: Counter[str] = field(default_factory=Counter)
    end: float = 0.0

    async def run(self, *beside: Neighbour) -> None:
        """Let everybody learn until the time is over, ``beside`` others who ask for more."""
        self.end = time.monotonic() + self.seconds
        work: list[Awaitable[None]] = [self._learner(number) for number in range(self.learners)]
        work += [self._sit(neighbour) for neighbour in beside]
        await asyncio.gather(*work)

    async def _learner(self, number: int) -> None:
        rng = Random(self.seed * 100_000 + number)
        await asyncio.sleep(rng.random() * min(ARRIVAL, self.seconds / 4))
        while time.monotonic() < self.end:
            try:
                async with Tab(self.url) as tab:
                    await self._visit(tab, rng)
            except _TimeIsUp:
                return
            except Exception as error:  # whatever it is, it is a finding, and the learner comes back
                self.errors[f"{type(error).__name__}: {error}"[:300]] += 1
                await asyncio.sleep(self.think)

    async def _visit(self, tab: Tab, rng: Random) -> None:
        """Open the app and go through the lessons until the time is over."""

        async def think() -> None:
            self._note(tab, lesson)
            await asyncio.sleep(min(rng.gammavariate(4, self.think / 4), 4 * self.think))
            if time.monotonic() > self.end:
                raise _TimeIsUp

        lesson = "home"
        await tab.open(HOME, "lang=en")
        await think()
        while True:
            for lesson in rng.sample(self.lessons, len(self.lessons)):
                try:
                    await tab.go(lesson)
                    await think()
                    await scripts()[lesson](tab, rng, think)
                except AssertionError as error:
                    self.errors[f"{lesson}: {error}"[:300]] += 1
                finally:
                    self._note(tab, lesson)

    async def _sit(self, neighbour: Neighbour) -> None:
        try:
            await neighbour(self)
        except (ProtocolError, OSError) as error:
            self.errors[f"{getattr(neighbour, '__name__', neighbour)}: {error}"] += 1

    def _note(self, tab: Tab, lesson: str) -> None:
        for run in tab.runs:
            self.waited[lesson].append(run.seconds)
            self.received[lesson].append(run.received)
        tab.runs.clear()
        for error in tab.errors():
            self.errors[f"{lesson}: {error}"[:300]] += 1


class _TimeIsUp(Exception):  # noqa: N818 - a signal
    pass


# -- the server --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Watch:
    """Samples the processor time and memory of a server, its worker processes (and servers, of several) included."""

    pid: int | None = None
    samples: list[tuple[float, float, float]] = field(default_factory=list)  # seconds, processor seconds, bytes

    async def run(self, every: float = 2.0) -> None:
        while True:
            self.sample()
            await asyncio.sleep(every)

    def sample(self) -> None:
        if self.pid is None:
            return
        server = psutil.Process(self.pid)
        processor, memory = 0.0, 0.0
        for process in (server, *server.children(recursive=True)):
            try:
                times = process.cpu_times()
                processor += times.user + times.system
                memory += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        self.samples.append((time.monotonic(), processor, memory))

    def summary(self, interactions: int, sessions: int) -> dict[str, float]:
        """Return processor seconds, their share of one processor, milliseconds an interaction, and memory in MB."""
        if len(self.samples) < 2:
            return {}
        (begun, used, first), (ended, used_at_end, last) = self.samples[0], self.samples[-1]
        middle = self.samples[len(self.samples) // 2][2]
        megabytes = [memory / 1e6 for _, _, memory in self.samples]
        return {
            "processor_seconds": used_at_end - used,
            "processors": (used_at_end - used) / (ended - begun),
            "processor_ms_per_interaction": 1000 * (used_at_end - used) / max(interactions, 1),
            "memory_mb_start": first / 1e6,
            "memory_mb_middle": middle / 1e6,
            "memory_mb_end": last / 1e6,
            "memory_mb_most": max(megabytes),
            "memory_mb_per_session": (last - first) / 1e6 / max(sessions, 1),
            "growth_in_last_half": last / middle - 1,
        }


# -- the report --------------------------------------------------------------------------------------------------------


def percentiles(seconds: list[float]) -> dict[str, float]:
    """Return p50, p95, p99, the longest and how many there were; seconds."""
    if not seconds:
        return {"count": 0}
    p50, p95, p99 = np.percentile(seconds, [50, 95, 99])
    return {"count": len(seconds), "p50": float(p50), "p95": float(p95), "p99": float(p99), "most": max(seconds)}


def report(learners: Class, watch: Watch) -> dict[str, Any]:
    """Return everything measured, ready for JSON. What others beside it wait is not in it."""
    everyone = [wait for waits in learners.waited.values() for wait in waits]
    return {
        "learners": learners.learners,
        "minutes": learners.seconds / 60,
        "think_seconds": learners.think,
        "lessons": {
            lesson: percentiles(seconds) | {"kilobytes": float(np.mean(learners.received[lesson]) / 1000)}
            for lesson, seconds in sorted(learners.waited.items())
        },
        "all": percentiles(everyone),
        "errors": dict(learners.errors.most_common()),
        "server": watch.summary(len(everyone), learners.learners),
    }


def table(found: dict[str, Any]) -> str:
    """Return a report as text."""
    lines = [f"{'':24}{'count':>7}{'p50':>8}{'p95':>8}{'p99':>8}{'most':>8}   seconds"]
    for name, row in [*found["lessons"].items(), ("all", found["all"])]:
        if row["count"]:
            lines.append(
                f"{name:24}{row['count']:7}{row['p50']:8.3f}{row['p95']:8.3f}{row['p99']:8.3f}{row['most']:8.3f}"
            )
    server = found["server"]
    if server:
        lines.append(
            f"server: {server['processors']:.2f} processors, {server['processor_ms_per_interaction']:.0f} ms each "
            f"interaction; memory {server['memory_mb_start']:.0f} MB at the start, {server['memory_mb_middle']:.0f} in "
            f"the middle, {server['memory_mb_end']:.0f} at the end ({server['growth_in_last_half']:+.1%} in the last "
            f"half), {server['memory_mb_per_session']:.1f} MB a session, models included"
        )
    lines.append(f"errors: {sum(found['errors'].values())}")
    lines += [f"  {count} × {text}" for text, count in found["errors"].items()]
    return "\n".join(lines)


async def preloaded(url: str, seconds: float = 120) -> None:
    """Wait until the server has in memory what it was started with."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):  # 503 is one
            await asyncio.to_thread(urllib.request.urlopen, f"{url}/ready", timeout=5)
            return
        await asyncio.sleep(0.5)
    raise TimeoutError("the models are not in memory")


async def measure(learners: Class, pid: int | None, *beside: Neighbour) -> dict[str, Any]:
    """Let the class learn, as soon as the models are loaded, and return the report; ``pid``: of its server."""
    await preloaded(learners.url)
    watch = Watch(pid)
    watching = asyncio.create_task(watch.run())
    try:
        await learners.run(*beside)
    finally:
        watching.cancel()
    watch.sample()
    return report(learners, watch)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--learners", type=int, default=100)
    options.add_argument("--minutes", type=float, default=10)
    options.add_argument("--think", type=float, default=5.0, help="mean seconds between two actions")
    options.add_argument("--lessons", nargs="+", choices=IDS, default=IDS)
    options.add_argument("--beside", nargs="+", choices=list(NEIGHBOURS), default=[], help="who asks for more")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--servers", type=int, default=1, help="to start behind the one address")
    options.add_argument("--url", help="of a server that runs already")
    options.add_argument("--pid", type=int, help="of that server")
    options.add_argument("--out", type=Path, help="write the report here as JSON")
    chosen = options.parse_args()
    beside = [NEIGHBOURS[name] for name in chosen.beside]
    if chosen.url:
        found = asyncio.run(measure(_class(chosen, chosen.url), chosen.pid, *beside))
    else:
        with started(chosen.servers) as (url, pid):
            found = asyncio.run(measure(_class(chosen, url), pid, *beside))
    print(table(found))
    if chosen.out:
        chosen.out.write_text(json.dumps(found, indent=1), encoding="utf-8")


def _class(chosen: argparse.Namespace, url: str) -> Class:
    seconds, lessons = 60 * chosen.minutes, tuple(chosen.lessons)
    return Class(url, chosen.learners, seconds, chosen.seed, chosen.think, lessons)


@contextlib.contextmanager
def started(servers: int = 1) -> Iterator[tuple[str, int]]:
    """Start the app as for a class, its models loaded first; yield its address and process."""
    from tests.e2e.browser import serve

    with serve(None, "--servers", str(servers), NLPCORE_PRELOAD="all") as url:
        (pid,) = (child.pid for child in psutil.Process().children() if "app.server" in child.cmdline())
        yield url, pid


if __name__ == "__main__":
    main()
