"""Rules for the whole suite."""

from __future__ import annotations

import gc
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import settings

import app  # noqa: F401 - before NumPy: how idle threads of the numerical libraries wait, as on the server
from app.lessons import LESSONS

# How long an example takes says nothing here: the suite runs on machines that do other things too.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

pytest_plugins = [
    "tests.skips",
    *(f"tests.makers.{family}" for family in ("attention", "language_models", "recurrent", "tagging", "words")),
]
# So that a failure in what a lesson's learner does says what was seen.
pytest.register_assert_rewrite(*(f"pages.{lesson.group}.{lesson.module}.learner" for lesson in LESSONS))

_SHARED = "shared by all lessons"


def lesson_of(item_id: str) -> str:
    """Return the lesson that a test is about, by its folder or its parameter; "" for none."""
    for lesson in LESSONS:
        if f"pages/{lesson.group}/{lesson.module}/" in item_id or re.search(rf"\[(.*-)?{lesson.id}\b", item_id):
            return lesson.id
    return ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what is about one lesson in one process, whose server then has that lesson's models; files stay whole."""
    for item in items:
        if {"browser", "app_url"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.xdist_group(lesson_of(item.nodeid) or item.nodeid.split("::")[0]))


@pytest.fixture(scope="session", autouse=True)
def packages_are_searched_for_components_once() -> Iterator[None]:
    """Streamlit does so for every AppTest, which is nine tenths of the time that a test of a page takes."""
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="module", autouse=True)
def what_other_modules_have_left_is_not_searched_for_garbage() -> None:
    """A full collection walks every test of the suite and every library: a quarter of a second each time a model is let go."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def every_figure_is_one_that_plotly_would_make(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages send their figures unchecked. Here Plotly looks at each that a page of a test draws in this process."""
    from app.charts.drawing import Drawing

    unchecked = Drawing.for_plotly

    def for_plotly(figure: Drawing) -> Any:
        figure.checked()
        return unchecked(figure)

    monkeypatch.setattr(Drawing, "for_plotly", for_plotly)


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    """The address of the running app: one server for each process of the tests."""
    from tests.e2e.browser import serve

    with serve() as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium: one for each process of the tests. What runs asyncio does so in a thread: here Playwright's loop runs."""
    from tests.e2e.browser import CHROMIUM, launch

    if CHROMIUM is None:
        pytest.skip("Chromium was not found, so NOTHING was tried in a browser. Install the package chromium.")
    with launch() as running:
        yield running


@pytest.fixture(scope="session")
def tab(browser: Any) -> Any:
    """The tab that the tests of a process use one after the other."""
    from playwright.sync_api import expect

    from tests.e2e.browser import new_tab

    # Two cores that also run the server are slow at times; a right answer still counts.
    expect.set_options(timeout=30_000)
    return new_tab(browser)


@pytest.fixture
def page(tab: Any) -> Any:
    """The tab as a new visitor has it."""
    from tests.e2e.browser import emptied

    return emptied(tab)


def pytest_report_header() -> str:
    from tests.sample import SEED, WHOLE

    return "the whole of every product is tried" if WHOLE else f"products are sampled with SEED={SEED}"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say where the time went, and, where nobody overlooks it, that what a learner sees has not been tried."""
    _tell_seconds(terminalreporter)
    untried = [report for report in terminalreporter.stats.get("skipped", []) if "browser" in report.keywords]
    if untried:
        terminalreporter.write_sep("!", "NOTHING WAS TRIED IN A BROWSER", red=True, bold=True)
        terminalreporter.write_line(
            f"{len(untried)} tests were skipped: Chromium was not found. Install the package chromium and run make e2e.",
            red=True,
        )


def _tell_seconds(terminalreporter: Any) -> None:
    seconds: dict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            # A part of a test is counted with the test.
            duration = 0.0 if "Subtest" in type(report).__name__ else getattr(report, "duration", 0.0)
            if duration:
                place = report.nodeid.split("::")[0].split("/")
                seconds[lesson_of(report.nodeid) or f"{_SHARED}: {'/'.join(place[:2])}"] += duration
    terminalreporter.write_sep("=", "seconds by lesson and part, in all processes together")
    for name, total in sorted(seconds.items(), key=lambda pair: (_SHARED in pair[0], -pair[1])):
        terminalreporter.write_line(f"{total:7.1f}  {name}")
