"""A real server and a real browser, for the tests and for the pictures of the documentation."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from app.lessons import LESSONS
from app.shell import idea

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The columns of a CSV that hold what a figure draws, and the numbers that it draws.
Drawn = tuple[tuple[str, ...], Callable[[list[dict[str, Any]]], Iterable[Any]]]
DESKTOP, PHONE = {"width": 1920, "height": 1080}, {"width": 390, "height": 844}
LAPTOPS = {"width": 1366, "height": 768}, {"width": 1536, "height": 864}
# A browser that has been to every lesson: the ideas are folded.
_BEEN_EVERYWHERE = {
    "name": idea.COOKIE,
    "value": ".".join(lesson.id for lesson in LESSONS),
    "domain": "localhost",
    "path": "/",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serve(port: int | None = None, *more: str, **settings: str) -> Iterator[str]:
    """Start the app as the README does, on a free port or this one; yield its address.

    ``more``: arguments on the command line; ``settings``: of the environment.
    """
    port = port or free_port()
    command = [sys.executable, "-m", "app.server", "--port", str(port), *more]
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **settings}
        )
        try:
            url = f"http://localhost:{port}"
            _wait_until_healthy(url, process, log)
            yield url
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            process.kill()


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: object, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.3)
    log.seek(0)  # type: ignore[attr-defined]
    raise RuntimeError(f"The app did not start:\n{log.read()}")  # type: ignore[attr-defined]


@contextlib.contextmanager
def launch() -> Iterator[Browser]:
    """Start Chromium with a fresh profile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def new_tab(browser: Browser) -> Page:
    """Open a tab as a visitor from Britain with a large screen has it, who has seen every lesson before."""
    return _visitor(browser, viewport=DESKTOP, accept_downloads=True)


def new_phone(browser: Browser) -> Page:
    """Open a tab as the same visitor has it on a phone: with fingers and no pointer."""
    return _visitor(browser, viewport=PHONE, has_touch=True, is_mobile=True)


def _visitor(browser: Browser, **device: Any) -> Page:
    context = browser.new_context(locale="en-GB", **device)
    context.add_cookies([_BEEN_EVERYWHERE])
    return context.new_page()


def emptied(page: Page) -> Page:
    """Return the tab as it was when it was new: nothing stored, nobody listening, nothing open beside it.

    A visit in a tab that has shown the app before finds its scripts compiled and takes half the time.
    """
    for event, note in _heard.pop(page, []):
        page.remove_listener(event, note)
    for other in page.context.pages:
        if other is not page:
            other.close()
    page.evaluate("() => location.protocol === 'http:' && (localStorage.clear(), sessionStorage.clear())")
    page.goto("about:blank")
    page.context.clear_cookies()
    page.context.add_cookies([_BEEN_EVERYWHERE])
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    return page


_heard: dict[Page, list[tuple[Any, Callable[[Any], None]]]] = {}


def hear(page: Page, event: Any, note: Callable[[Any], None]) -> None:
    """Have ``note`` called at each of these events until the tab is emptied."""
    page.on(event, note)
    _heard.setdefault(page, []).append((event, note))


def run_of(page: Page) -> int:
    """Return the number that the page has written for the last run that came to its end; 0 before the first one."""
    return int(page.evaluate("() => document.documentElement.dataset.run ?? 0"))


# Nothing is old or on its way: the script rests, no part is stale, every figure has been drawn and every picture loaded.
_AT_REST = """(after) => {
  const app = document.querySelector("[data-testid=stApp]");
  const figures = [...document.querySelectorAll("[data-testid=stMain] .js-plotly-plot")];
  return +(document.documentElement.dataset.run ?? 0) > after && app && app.dataset.testScriptState !== "running"
    && !document.querySelector("[data-testid=stSpinner], [data-testid=stSkeleton], [data-stale=true]")
    && document.querySelectorAll("[data-testid=stPlotlyChart]").length === figures.length
    && figures.every((plot) => plot.querySelector(".main-svg") && plot._fullLayout && !plot._transitioning);
}"""


def settle(page: Page, after: int = 0, timeout: float = 120_000) -> None:
    """Wait until a run with a higher number than ``after`` has come to its end and all of it is drawn."""
    page.wait_for_function(_AT_REST, arg=after, timeout=timeout)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@contextlib.contextmanager
def acting(page: Page) -> Iterator[None]:
    """Do inside the block what has the page run; at its end that run has come to its end."""
    before = run_of(page)
    yield
    settle(page, before)


def visit(page: Page, url: str) -> None:
    """Open an address and wait until all of it is drawn."""
    page.goto(url)
    settle(page)


def foreign_requests(page: Page, base: str) -> list[str]:
    """Return a list that grows with every request of ``page`` to another host than ``base``."""
    seen: list[str] = []
    hear(
        page,
        "request",
        lambda request: (
            seen.append(request.url)
            if not request.url.startswith((base, base.replace("http", "ws"), "data:", "blob:", "about:"))
            else None
        ),
    )
    return seen


# What Streamlit's own page writes to the console, and why: (how the message's source or text begins, reason).
STREAMLITS_MESSAGES = {
    "/_stcore/health": "under a lesson's address Streamlit looks for its server beside the lesson first, then at the root",
    "/_stcore/host-config": "the same, for the settings of a page around the app",
}


def problems(page: Page) -> list[str]:
    """Return a list that grows with every error that ``page`` raises or writes to the console."""
    seen: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not urlsplit(message.location["url"]).path.endswith(tuple(STREAMLITS_MESSAGES)):
            seen.append(message.text)

    hear(page, "pageerror", lambda error: seen.append(str(error)))
    hear(page, "console", note)
    return seen


def figures(page: Page) -> dict[str, list[dict[str, Any]]]:
    """Return the data of every figure on the page, as Plotly holds them, by the figure's name."""
    return json.loads(
        page.evaluate(
            """() => JSON.stringify(Object.fromEntries(
              [...document.querySelectorAll("[data-testid=stMain] .js-plotly-plot")].map((plot) => [
                plot.closest("[class*=st-key-figure_]").className.match(/st-key-figure_([\\w-]+)/)[1], plot.data])),
              (name, value) => ArrayBuffer.isView(value) ? Array.from(value) : value)"""
        )
    )


def controls(page: Page) -> list[list[Any]]:
    """Return [name, value] of every control on the page: fields, sliders, choices, toggles, radio buttons."""
    return page.evaluate(
        """() => [...document.querySelectorAll("[data-testid=stMain] :is(input, textarea, [role=radio], [aria-pressed])")]
          .filter((e) => !e.closest(".js-plotly-plot") && e.checkVisibility())
          .map((e) => {
            if (e.tagName === "BUTTON") { return [e.innerText, e.ariaChecked ?? e.ariaPressed]; }
            const name = e.ariaLabel ?? e.closest("label")?.innerText ?? "";
            return [name, ["checkbox", "radio"].includes(e.type) ? e.checked : e.value];
          })"""
    )


def on_screen(page: Page, figure: str, x: float, y: float) -> tuple[float, float]:
    """Return where in the window a figure draws the point (x, y) of its first pair of axes."""
    left, top = page.evaluate(
        """([figure, x, y]) => {
          const plot = document.querySelector(`.st-key-figure_${figure} .js-plotly-plot`);
          plot.scrollIntoView({ block: "center" });
          const { xaxis, yaxis } = plot._fullLayout, box = plot.getBoundingClientRect();
          return [box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)];
        }""",
        [figure, float(x), float(y)],
    )
    return left, top
