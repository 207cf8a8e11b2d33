"""Rules for the whole suite."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

import app  # noqa: F401 - before NumPy: how idle threads of the numerical libraries wait, as on the server

pytest_plugins = [
    f"tests.makers.{family}" for family in ("attention", "language_models", "recurrent", "tagging", "words")
]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[None]:
    """On a laptop a test may be skipped for want of a model or a browser; where the product is checked it fails."""
    outcome: Any = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, which CI does not allow: {report.longrepr}"


@pytest.fixture(autouse=True)
def every_figure_is_one_that_plotly_would_make(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages send their figures unchecked. Here Plotly looks at each that a page of a test draws in this process."""
    from app.charts.drawing import Drawing

    unchecked = Drawing.for_plotly

    def for_plotly(figure: Drawing) -> Any:
        figure.checked()
        return unchecked(figure)

    monkeypatch.setattr(Drawing, "for_plotly", for_plotly)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium. One for each module: while Playwright's loop runs, no other test of the process could run asyncio."""
    from tests.e2e.browser import CHROMIUM, launch

    if CHROMIUM is None:
        # A machine that builds must not pass without the browser; a laptop may, but hears of it.
        message = "Chromium was not found, so NOTHING was tried in a browser. Install the package chromium."
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    with launch() as running:
        yield running


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say at the very end, where nobody overlooks it, that what a learner sees has not been tried."""
    untried = [report for report in terminalreporter.stats.get("skipped", []) if "browser" in report.keywords]
    if untried:
        terminalreporter.write_sep("!", "NOTHING WAS TRIED IN A BROWSER", red=True, bold=True)
        terminalreporter.write_line(
            f"{len(untried)} tests were skipped: Chromium was not found. Install the package chromium and run make e2e.",
            red=True,
        )
