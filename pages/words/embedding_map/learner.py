"""What a learner does in the lesson, in a browser and in a full class, and whether what comes of it is right."""

from __future__ import annotations

import re
from random import Random

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.bench.acting import Think, check
from tests.bench.protocol import Tab
from tests.drawn import numbers
from tests.e2e import references
from tests.e2e.acting import PATIENCE, acting, see_answers, words
from tests.e2e.browser import Drawn, figures, on_screen, problems, visit

# The columns of the CSV of the first figure that hold what is drawn, and the numbers that are drawn.
DRAWN: Drawn = (("x", "y"), lambda data: (t[axis] for t in data if t.get("hovertext") for axis in "xy"))


PERPLEXITIES = (5, 10, 15, 20, 30, 40, 50)


def in_a_browser(page: Page, url: str) -> None:
    """A word under the pointer lights its ten nearest of the map up, and a click lists them: gensim's. So it is after the run.

    The map goes to the word and back by the keyboard, also when it was dragged aside meanwhile.
    """
    visit(page, f"{url}/embedding-map?lang=en&method=pca&categories=animals~fruit~numbers")
    see_answers(page)  # until then the words that are asked about do not light up
    click_the_loneliest(page)
    zoom_and_back(page)
    for watch in (play_and_pause, slide_back):
        faults = problems(page)
        visit(page, f"{url}/embedding-map?lang=en&categories=animals~fruit~numbers")
        see_answers(page)
        look = label_looks(page)
        watch(page)
        click_the_loneliest(page, final=watch is slide_back)
        assert label_looks(page) == look, "the labels have paled"
        assert faults == []


def zoom_and_back(page: Page) -> None:
    """Have the map show the chosen word's part, drag it aside, and have it show all again."""
    switch = page.get_by_role("switch", name=words("embedding-map")("controls.near"))
    whole = _drawn_width(page)
    switch.focus()
    with acting(page):
        page.keyboard.press("Space")
    assert _drawn_width(page) < 0.8 * whole
    x, y = on_screen(page, "map", *_middle(page))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 120, y + 40, steps=4)
    page.mouse.up()
    switch.focus()
    with acting(page):
        page.keyboard.press("Space")
    assert _drawn_width(page) == pytest.approx(whole)
    assert _middle(page) == pytest.approx((0, 0), abs=1e-6 * whole)


def _axes(page: Page) -> list[list[float]]:
    """Return the ranges that the axes of the map have now."""
    ranges: list[list[float]] = page.evaluate(
        """() => ["xaxis", "yaxis"].map((name) =>
          document.querySelector(".st-key-figure_map .js-plotly-plot")._fullLayout[name].range)"""
    )
    return ranges


def _drawn_width(page: Page) -> float:
    (low, high), _ = _axes(page)
    return high - low


def _middle(page: Page) -> tuple[float, float]:
    (left, right), (low, high) = _axes(page)
    return (left + right) / 2, (low + high) / 2


def play_and_pause(page: Page) -> None:
    """Start the run and stop it on its way."""
    buttons, final = page.locator(".st-key-figure_map .updatemenu-button"), _first_point(page)
    buttons.first.click()
    page.wait_for_function(f"() => ({_FIRST_POINT})() !== {final}", timeout=PATIENCE)
    buttons.last.click()


def slide_back(page: Page) -> None:
    """Look at an early frame, and then at the last one again."""
    rail, final = page.locator(".st-key-figure_map .slider-rail-touch-rect"), _first_point(page)
    box = rail.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.1, box["y"] + box["height"] / 2)
    page.wait_for_function(f"() => ({_FIRST_POINT})() !== {final}", timeout=PATIENCE)
    page.mouse.click(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2)
    page.wait_for_function(f"() => ({_FIRST_POINT})() === {final}", timeout=PATIENCE)


# Where the first word lies, as it is drawn now.
_FIRST_POINT = (
    """() => document.querySelector(".st-key-figure_map .js-plotly-plot")._fullData.find((t) => t.hovertext).x[0]"""
)


def _first_point(page: Page) -> float:
    return float(page.evaluate(_FIRST_POINT))


def label_looks(page: Page) -> list[str]:
    """Return the colours and opacities that the labels of the map are drawn with."""
    looks: list[str] = page.evaluate(
        """() => [...new Set([...document.querySelectorAll(".st-key-figure_map .scatterlayer .trace text")]
          .map((text) => `${getComputedStyle(text).fill} ${getComputedStyle(text).fillOpacity}`))]"""
    )
    return looks


def click_the_loneliest(page: Page, final: bool = True) -> None:
    """Point at the word that is farthest from all others, click it, and compare what is lit and listed.

    ``final``: the map has come to its end, so that what it keeps now is what it is said to have kept.
    """
    trace = next(t for t in figures(page)["map"] if t.get("customdata") and t.get("hovertext"))
    shown = [row[0] for row in trace["customdata"]]
    places = np.column_stack([numbers(trace["x"]), numbers(trace["y"])])
    gaps = np.linalg.norm(places[:, None] - places[None], axis=-1) + np.diag(np.full(len(places), np.inf))
    lonely = int(gaps.min(axis=1).argmax())  # no other word is so near that it could be hit instead
    word = shown[lonely]
    x, y = on_screen(page, "map", *places[lonely])
    page.mouse.move(x, y)
    expect(page.locator(".st-key-figure_map .hoverlayer")).to_contain_text(word, timeout=PATIENCE)
    expected = references.nearest_among(shown, word, 10)
    solid, dotted = lit(page, places)
    assert solid | dotted == {shown.index(name) for name, _ in expected}
    if final:
        assert solid == (solid | dotted) & set(np.linalg.norm(places - places[lonely], axis=1).argsort()[1:11].tolist())
    with acting(page):
        page.mouse.click(x, y)

    table = page.locator("[data-testid=stMain] table", has_text=words("embedding-map")("neighbours.word"))
    expect(table.locator("tbody tr")).to_have_count(10, timeout=PATIENCE)
    rows = [row.locator("td").all_inner_texts() for row in table.locator("tbody tr").all()]
    listed = [(re.sub(r"^\W+", "", name), float(cosine)) for name, cosine, *_ in rows]
    assert [name for name, _ in listed] == [name for name, _ in expected]
    assert [cosine for _, cosine in listed] == pytest.approx([cosine for _, cosine in expected], abs=0.0051)
    expect(page).to_have_url(re.compile(rf"[?&]word={re.escape(word)}(&|$)"), timeout=PATIENCE)


def lit(page: Page, places: np.ndarray) -> tuple[set[int], set[int]]:
    """Return the rows of the points, of those at ``places``, to which solid and dotted lines lead from the pointer's word."""
    ends = page.evaluate(
        """() => {
          const plot = document.querySelector(".st-key-figure_map .js-plotly-plot"), { xaxis, yaxis } = plot._fullLayout;
          return [...plot.querySelectorAll(".lit line")].map((line) => [xaxis.p2d(+line.getAttribute("x2")),
            yaxis.p2d(+line.getAttribute("y2")), +(line.getAttribute("stroke-dasharray") !== "none")]);
        }"""
    )
    *at, dots = np.array(ends).T
    distances = np.linalg.norm(np.column_stack(at)[:, None] - places[None], axis=-1)
    assert distances.min(axis=1).max() < 1e-3 * np.abs(places).max(), "a line ends where no word is"
    rows = distances.argmin(axis=1)
    return set(rows[dots == 0].tolist()), set(rows[dots == 1].tolist())


async def in_a_class(tab: Tab, rng: Random, think: Think) -> None:
    """Move the perplexity, change the method and the colour, look a word up."""
    await tab.set("perplexity", rng.choice(PERPLEXITIES))
    _check_map(tab)
    await think()
    await tab.choose("colour", rng.choice((1, 2)))
    _check_map(tab)
    await think()
    word = rng.choice(tab.options("word"))
    await tab.set("word", word)
    check(f"**{word}**" in tab.text() or f"*{word}*" in tab.text(), f"the neighbours of {word} are not listed")
    await think()
    await tab.choose("method", 1)
    _check_map(tab)
    check(r"\lambda" in tab.text(), "PCA shows no eigenvalues")
    await think()
    await tab.choose("method", 0)
    _check_map(tab)
    check(r"\mathrm{KL}" in tab.text(), "t-SNE shows no divergence")
    await think()


def _check_map(tab: Tab) -> None:
    """A map has a point for each word, finite coordinates, and measures between 0 and 1."""
    points = [trace for trace in tab.figure("map")["data"] if len(trace.get("customdata", ())) > 100]
    check(len(points) == 1, "the map has no points")
    x, y = numbers(points[0]["x"]), numbers(points[0]["y"])
    check(len(x) == len(y) == len(points[0]["customdata"]), "points and words differ in number")
    check(bool(np.isfinite(x).all() and np.isfinite(y).all() and x.std() > 0), "the points lie in one place")
    trust = [float(number) for number in re.findall(r"\*\*([01]\.\d\d)\*\*", tab.text())]
    check(bool(trust) and max(trust) <= 1, "no trustworthiness between 0 and 1")
