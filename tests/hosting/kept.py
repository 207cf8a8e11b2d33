"""What sessions keep alive beside the bounded memory of answers: ``python -m tests.hosting.kept``, in a process of its own.

Serves the app from this process, opens each link in two tabs with texts of their own, forgets all answers, and prints for
each lesson how many bytes of traces the tabs still hold on to (JSON).
"""

from __future__ import annotations

import asyncio
import dataclasses
import gc
import json
import threading
import time

import uvicorn
from streamlit import config

import app  # noqa: F401 - before NumPy
from app import server
from app.lessons import LESSONS
from nlpcore.models import serving
from tests.bench.protocol import Tab
from tests.e2e.browser import free_port

TABS = 2
# The largest screens that there are; a lesson without one here is opened as a visitor finds it.
LARGEST = {
    "attention": "model=smollm2-135m&text=" + "+".join(["{n}", *["river", "ran", "past", "the", "mill"] * 25]),
    "lstm-gates": "text=" + "+".join(["{n}", *["good", "film"] * 99]),
    "embedding-map": "source=frequency&count=1000&seed={n}",
    "masked-language-model": "text=" + "+".join(["{n}", *["river", "ran", "past"] * 30, "[MASK]"]),
    "bio-tagging": "view=own&text=" + "+".join(["{n}", *["Ana", "went", "to", "Paris"] * 25]),
}
_SHARED = ("LoadedModel", "Parts", "LSTMNetwork", "WordVectors", "LSTMCell")  # of models


def alive() -> dict[int, int]:
    """Return the size of every trace that is alive, by its identity."""
    gc.collect()
    found = {}
    for each in gc.get_objects():
        kind = type(each)
        if dataclasses.is_dataclass(kind) and kind.__module__.startswith("nlpcore") and kind.__name__ not in _SHARED:
            found[id(each)] = sum(
                value.nbytes for value in (getattr(each, f.name, None) for f in dataclasses.fields(each))
                if hasattr(value, "nbytes") and value.base is None
            )  # fmt: skip
    return found


async def kept(url: str, path: str, query: str) -> dict[str, object]:
    """Open a link in several tabs and return what each of them keeps, and what went wrong."""
    tabs = [Tab(url) for _ in range(TABS)]
    problems: list[str] = []
    for tab in tabs:
        await tab.__aenter__()
        await tab.open(path, "lang=en&seen=0")  # what everybody shares is made now
    before = alive()
    for number, tab in enumerate(tabs):
        await tab.open(path, f"lang=en&{query.format(n=number)}")
        problems += tab.errors()
    serving.serving().clear()  # type: ignore[attr-defined]
    after = alive()
    for tab in tabs:
        await tab.close()
    return {"bytes": sum(size for each, size in after.items() if each not in before) // TABS, "problems": problems}


async def every_lesson(url: str) -> dict[str, object]:
    return {lesson.id: await kept(url, lesson.id, LARGEST.get(lesson.id, "")) for lesson in LESSONS}


def main() -> None:
    port = free_port()
    config.set_option("server.port", port)
    running = uvicorn.Server(uvicorn.Config(server.course(), port=port, access_log=False, log_level="warning"))
    threading.Thread(target=running.run, daemon=True).start()
    while not running.started:
        time.sleep(0.05)
    print(json.dumps(asyncio.run(every_lesson(f"http://localhost:{port}"))))


if __name__ == "__main__":
    main()
