"""One learner on an idle machine: start, home page, memory, and how long a warm interaction takes in each lesson."""

from __future__ import annotations

import asyncio
import time

import psutil
from playwright.sync_api import Page, expect

from app.lessons import LESSONS
from tests.bench.load import Class, Watch
from tests.bench.protocol import Tab
from tests.bench.report import Benchmark, Row, percentile, spread
from tests.e2e.browser import launch, serve

STARTS, WARM_SECONDS, SECONDS = 3, 8.0, 20.0
EMBEDDED = {  # a lesson and a link in which each model answers
    "glove-6b-50d": "analogies?lang=en",
    "words-zh-64d": "analogies?lang=zh&model=words-zh-64d&a=国王&b=男人&c=女人",
    "lstm-imdb": "lstm-gates?lang=en",
    "lstm-chars": "lstm-gates?lang=en&model=lstm-chars",
    "minilm-l6": "attention?lang=en",
    "smollm2-135m": "attention?lang=en&model=smollm2-135m",
    "minilm-l6-imdb": "attention?lang=en&model=minilm-l6-imdb",
    "minilm-l6-nli": "attention?lang=en&model=minilm-l6-nli",
    "minilm-l6-qa": "attention?lang=en&model=minilm-l6-qa",
    "minilm-l6-mlm": "masked-language-model?lang=en",
    "bert-mini-zh": "masked-language-model?lang=zh",
    "minilm-l6-ner": "bio-tagging?lang=en&view=own",
    "lac-zh": "bio-tagging?lang=zh&view=own&model=lac-zh",
}
# v2 components draw in a shadow root, into which Playwright's own selectors look.
PICTURES = "[class*=st-key-card_] svg[role=img]"


def memory_mb(pid: int) -> float:
    """Return what the server and its worker processes hold, in MB."""
    watch = Watch(pid)
    watch.sample()
    return watch.samples[-1][2] / 1e6


def started(page: Page) -> tuple[float, float, float]:
    """Start a server; return seconds until it is healthy, until the home page is drawn after that, and idle MB."""
    begun = time.perf_counter()
    with serve() as url:
        healthy = time.perf_counter() - begun
        pid = server_pid()
        begun = time.perf_counter()
        page.goto(f"{url}/?lang=en", wait_until="commit")
        expect(page.locator(PICTURES)).to_have_count(len(LESSONS), timeout=60_000)
        drawn = time.perf_counter() - begun
        time.sleep(5)
        return healthy, drawn, memory_mb(pid)


def server_pid() -> int:
    """Return the process that :func:`serve` has started."""
    return next(child.pid for child in psutil.Process().children() if "app.server" in child.cmdline())


async def visit_all(url: str) -> list[str]:
    """Let every embedded model answer once; return what went wrong."""
    problems: list[str] = []
    async with Tab(url) as tab:
        for link in EMBEDDED.values():
            path, _, query = link.partition("?")
            await tab.open(path, query)
            problems += tab.errors()
    return problems


def warm_waits(url: str, lesson: str) -> list[float]:
    """Return the seconds of each interaction of one learner who hardly thinks, in a lesson that is warm."""
    for seconds in (WARM_SECONDS, SECONDS):
        alone = Class(url, 1, seconds, seed=int(seconds), think=0.05, lessons=(lesson,))
        asyncio.run(alone.run())
        assert not alone.errors, alone.errors
    return alone.waited[lesson]


def measure() -> list[Row]:
    missing = {entry.id for lesson in LESSONS for entry in lesson.models if not entry.needs_hub} - set(EMBEDDED)
    assert not missing, f"no link shows {missing}"
    with launch() as browser:
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        runs = [started(page) for _ in range(STARTS)]
    healthy, drawn, idle = zip(*runs, strict=True)
    rows = [
        {"what": "start until healthy, s", "measured": spread(healthy), "goal": "3"},
        {"what": "home page drawn after that, its first visit, s", "measured": spread(drawn), "goal": "1"},
        {"what": "memory, idle after one visit, MB", "measured": spread(idle, digits=0), "goal": "400"},
    ]
    with serve() as url:
        problems = asyncio.run(visit_all(url))
        assert not problems, problems
        held = f"{memory_mb(server_pid()):.0f}"
        rows.append({"what": "memory, every embedded model loaded, MB", "measured": held, "goal": "1,500"})
        for lesson in (lesson.id for lesson in LESSONS):
            waits = warm_waits(url, lesson)
            told = (
                f"{1000 * percentile(waits, 0.5):.0f}, {1000 * percentile(waits, 0.95):.0f} ({len(waits)} interactions)"
            )
            rows.append({"what": f"{lesson}: warm interaction, p50, p95, ms", "measured": told, "goal": "150"})
    return rows


BENCHMARK = Benchmark(
    "server",
    "Start, memory and warm interactions",
    f"The server as the README starts it. {STARTS} starts, median (smallest–largest); memory is resident memory with worker "
    "processes. Interactions: one learner who hardly thinks goes through the script of a lesson (`learner.py`) "
    "over Streamlit's protocol, most of what is asked being new; from sending until the script has ended. The embedding map's "
    "include its t-SNE runs.",
    measure,
    "Memory with every model is above its goal. The largest parts follow from their sizes in single precision: smollm2-135m "
    "540 MB, each of the three MiniLM encoders 90 MB, the unit vectors of the two word tables 190 MB besides their words; torch "
    "and transformers come on top. Half precision for smollm2-135m would meet the goal, but the rows of its attention would no "
    "longer sum to 1 as exactly as the lesson says.",
)
