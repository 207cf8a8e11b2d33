"""A finger on a figure: one tap chooses the mark that was tapped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, quote_plus, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.drawn import numbers
from tests.e2e.acting import PATIENCE, see_answers
from tests.e2e.browser import acting, figures, new_phone, on_screen, problems, visit


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    page = new_phone(browser)
    yield page
    page.context.close()


def tap(page: Page, figure: str, x: float, y: float) -> None:
    with acting(page):
        page.touchscreen.tap(*on_screen(page, figure, x, y))


def query(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def test_a_tap_chooses_the_word_that_it_hits(phone: Page, app_url: str) -> None:
    """Three taps, each on another word, of which the first hits where no finger was before."""
    seen = problems(phone)
    visit(phone, f"{app_url}/embedding-map?lang=en&method=pca&categories=animals~fruit~numbers")
    trace = next(one for one in figures(phone)["map"] if one.get("hovertext"))
    places = np.column_stack([numbers(trace["x"]), numbers(trace["y"])])
    gaps = np.linalg.norm(places[:, None] - places[None], axis=-1) + np.diag(np.full(len(places), np.inf))
    for row in np.argsort(-gaps.min(axis=1))[:3].tolist():
        tap(phone, "map", *places[row])
        word = quote_plus(trace["customdata"][row][0])
        expect(phone).to_have_url(re.compile(rf"[?&]word={re.escape(word)}(&|$)"), timeout=PATIENCE)
    assert seen == []


def test_a_tap_chooses_the_head_and_the_row_that_it_hits(phone: Page, app_url: str) -> None:
    visit(phone, f"{app_url}/attention?lang=en&layer=4&head=2")
    see_answers(phone)  # then all heads are there
    tap(phone, "overview", 6, 1)
    assert {name: query(phone).get(name) for name in ("layer", "head")} == {"layer": "1", "head": "6"}
    tap(phone, "map", 3, 5)
    assert query(phone).get("token") == "5"
