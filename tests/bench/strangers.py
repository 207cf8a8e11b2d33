"""What strangers and a crowd cost a server: no way out, foreign pages, many sessions, messages without end, open tabs."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.bench import isolated
from tests.bench.load import Class, preloaded
from tests.bench.protocol import Tab
from tests.bench.report import Benchmark, Row, percentile, spread
from tests.bench.server import memory_mb, server_pid
from tests.e2e.browser import serve

SESSIONS, USUAL_FILES = 500, 1024  # a shell's limit of open files
MESSAGES, MESSAGE_MB = 8, 150
_FORGET = 2  # seconds after which the server forgets a session that has gone


def _row(what: str, measured: str, goal: str) -> Row:
    return {"what": what, "measured": measured, "goal": goal}


def _isolated() -> list[Row]:
    found = isolated.measure()
    if found is None:
        return [_row("without a route to any other host", "not measured: no namespaces here", "")]
    refusals = found["refusals"]
    refused = f"{percentile(refusals, 0.5):.1f} ({min(refusals):.1f}–{max(refusals):.1f})"
    return [
        _row("start until healthy, without a route to any other host, s", spread(found["starts"]), "1"),
        _row(f"a handshake of a foreign page refused there, ms ({len(refusals)} of them)", refused, "10"),
    ]


@contextlib.contextmanager
def _few_files() -> Iterator[None]:
    """Let what is started inside begin with a shell's limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (USUAL_FILES, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def _many(url: str) -> list[Row]:
    await preloaded(url)
    server = psutil.Process(server_pid())
    files, memory = server.num_fds(), memory_mb(server.pid)
    tabs = [Tab(url) for _ in range(SESSIONS)]
    waits = []
    for tab in tabs:
        await tab.__aenter__()
        waits.append((await tab.open("lstm-gates", "lang=en")).seconds)
        assert not tab.errors()
    open_files, open_memory = server.num_fds(), memory_mb(server.pid)
    for tab in tabs:
        await tab.close()
    await asyncio.sleep(4 * _FORGET)
    late = Class(url, 1, 10.0, think=0.2, lessons=("lstm-gates",))
    await late.run()
    assert not late.errors
    each, first, left = (open_memory - memory) / SESSIONS, percentile(waits[-50:], 0.95), server.num_fds() - files
    return [
        _row(f"{SESSIONS} sessions open at once: the first page of the last fifty, p95, s", f"{first:.2f}", "1"),
        _row("their open files, and what is left of them after closing", f"{open_files - files}, {left}", ""),
        _row("their memory, MB each", f"{each:.2f}", "1"),
    ]  # fmt: skip


async def _unfinished(url: str) -> list[Row]:
    await preloaded(url)
    pid, most = server_pid(), 0.0
    before = memory_mb(pid)

    async def send() -> int:
        sent = itertools.count()

        async def parts():  # type: ignore[no-untyped-def]
            while next(sent) < MESSAGE_MB:
                yield b"x" * 1_000_000
                await asyncio.sleep(0)
            await asyncio.sleep(10)  # never ended

        with contextlib.suppress(ConnectionClosed):
            async with connect(f"ws{url[4:]}/_stcore/stream", subprotocols=["streamlit"]) as socket:  # type: ignore[list-item]
                await socket.send(parts())
        return next(sent)

    sending = [asyncio.create_task(send()) for _ in range(MESSAGES)]
    end = time.monotonic() + 20
    while time.monotonic() < end and not all(task.done() for task in sending):
        most = max(most, memory_mb(pid))
        await asyncio.sleep(0.05)
    assert all(task.done() for task in sending), "the server still takes them"
    held = f"{max(0.0, most - before):.0f}"
    return [_row(f"memory taken by {MESSAGES} messages of {MESSAGE_MB} MB that are never ended, MB", held, "200")]


def _kept() -> list[Row]:
    """What an open tab holds of answers, after they were forgotten."""
    command = [sys.executable, "-m", "tests.hosting.kept"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return [
        _row(f"{lesson}: what a tab with the largest screen keeps of answers, MB", f"{each['bytes'] / 1e6:.2f}", "1")
        for lesson, each in found.items()
    ]


def measure() -> list[Row]:
    rows = _isolated()
    with (
        _few_files(),
        serve(NLPCORE_PRELOAD="lstm-imdb", STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL=str(_FORGET)) as url,
    ):
        rows += asyncio.run(_many(url))
    with serve(NLPCORE_PRELOAD="lstm-imdb") as url:
        rows += asyncio.run(_unfinished(url))
    return rows + _kept()


BENCHMARK = Benchmark(
    "strangers",
    "What strangers and a crowd cost",
    f"Attacks that an open port sees, against the server as the README starts it. Without a route: in a network namespace "
    f"that has a loopback interface and nothing else. The {SESSIONS} sessions are opened one after the other from a server whose "
    f"shell allows {USUAL_FILES:,} open files, and stay open. The unfinished messages come at once, each over one of its own.",
    measure,
    "What is left of the open files belongs to the last 128 sessions that have gone: Streamlit keeps as many for those who come "
    "back, and forgets them when the next one goes.",
)
