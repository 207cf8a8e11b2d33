"""A real server and a real browser, for the tests and for the pictures of the documentation."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

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
DESKTOP, PHONE = {"width": 1920, "height": 1080}, {"width": 390, "height": 844}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serve() -> Iterator[str]:
    """Start the app as the README does, on a free port; yield its address."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app/main.py", "--server.port", str(port)]
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, env=dict(os.environ))
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


def settle(page: Page, timeout: float = 60_000) -> None:
    """Wait until the script has run to its end and no figure is still on its way."""
    page.wait_for_selector("[data-testid=stMain] h1", timeout=timeout)
    page.wait_for_function(
        """() => { const app = document.querySelector('[data-testid=stApp]');
           return app && app.dataset.testScriptState !== 'running'
             && !document.querySelector('[data-testid=stSpinner], [data-testid=stSkeleton]'); }""",
        timeout=timeout,
    )
    page.wait_for_timeout(700)


def foreign_requests(page: Page, base: str) -> list[str]:
    """Return a list that grows with every request of ``page`` to another host than ``base``."""
    seen: list[str] = []
    page.on(
        "request",
        lambda request: (
            seen.append(request.url)
            if not request.url.startswith((base, base.replace("http", "ws"), "data:", "blob:", "about:"))
            else None
        ),
    )
    return seen
