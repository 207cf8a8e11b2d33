"""A figure that moves under the hand: with mouse, finger and keys the browser's numbers, Python's and the address agree."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.acting import PATIENCE, acting, see_answers, words
from tests.e2e.browser import DESKTOP, foreign_requests, new_phone, problems, run_of, settle, visit
from tests.e2e.looking import SMALLEST_IN_A_HALL
from tests.e2e.taking_away import check_paper, download

FIGURE = ".st-key-figure_arrows"
HANDLE = FIGURE + " [role=slider][data-name={}]"
OPENED = "one-hot?lang=en&view=arrows"
BEGIN = {"ax": 3.0, "ay": 1.0, "bx": 1.0, "by": 2.0}  # which an address need not say


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    page = new_phone(browser)
    yield page
    page.context.close()


def open_arrows(page: Page, app_url: str) -> None:
    visit(page, f"{app_url}/{OPENED}")
    see_answers(page)
    page.locator(FIGURE).scroll_into_view_if_needed()


def place_of(page: Page, name: str) -> tuple[float, float]:
    """Return where in the window the middle of a handle is."""
    box = page.locator(HANDLE.format(name)).locator(".knob").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def read_out(page: Page) -> dict[str, float]:
    """Return the numbers that JavaScript has worked out, in full."""
    found: dict[str, str] = page.locator(f"{FIGURE} .readouts dd").evaluate_all(
        "all => Object.fromEntries(all.map(one => [one.dataset.name, one.dataset.value]))"
    )
    return {name: float(value) for name, value in found.items() if name not in ("a", "b")}


def in_address(page: Page) -> dict[str, float]:
    query = parse_qs(urlsplit(page.url).query)
    return {name: float(query[name][0]) if name in query else at for name, at in BEGIN.items()}


def check_all_agree(page: Page, folder: Path | None = None) -> None:
    """The address says where the arrows are; JavaScript's numbers, the formulas and the CSV of Python say the same of them."""
    at = in_address(page)
    a, b = np.array([at["ax"], at["ay"]]), np.array([at["bx"], at["by"]])
    expected = {
        "dot": a @ b, "length_a": np.linalg.norm(a), "length_b": np.linalg.norm(b), "distance": np.linalg.norm(a - b),
    }  # fmt: skip
    expected["cosine"] = expected["dot"] / expected["length_a"] / expected["length_b"]
    expected["angle"] = math.degrees(math.acos(expected["cosine"]))
    assert read_out(page) == pytest.approx(expected, abs=1e-9)
    alt = page.locator(f"{FIGURE} svg").get_attribute("aria-label") or ""
    assert f"cosine {expected['cosine']:.2f}".replace("-", "−") in alt
    if folder is not None:
        (row,) = csv.DictReader(io.StringIO(download(page, "csv", folder).decode("utf-8-sig")))
        assert {name: float(row[name]) for name in ("dot", "cosine", "distance")} == pytest.approx(
            {name: expected[name] for name in ("dot", "cosine", "distance")}
        )


def test_dragged_with_the_mouse(page: Page, app_url: str, tmp_path: Path) -> None:
    """While it is dragged the browser draws without Python; once the hand lets go Python knows."""
    foreign, wrong = foreign_requests(page, app_url), problems(page)
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    open_arrows(page, app_url)
    before, (x, y) = run_of(page), place_of(page, "a")
    cosines = set()
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 13):
        page.mouse.move(x - 12 * step, y - 8 * step)
        page.evaluate("() => new Promise(requestAnimationFrame)")
        page.evaluate("() => new Promise(requestAnimationFrame)")
        cosines.add(read_out(page)["cosine"])
    assert len(cosines) > 8, "a frame for each move"
    assert run_of(page) == before and in_address(page)["ax"] == 3, "Python has heard of nothing"
    with acting(page):
        page.mouse.up()
    assert in_address(page)["ax"] < 2.5 and in_address(page)["ay"] > 1.5
    check_all_agree(page, tmp_path)
    held = in_address(page)
    page.go_back()
    page.go_forward()
    visit(page, page.url)  # the link brings it back
    assert in_address(page) == held and place_of(page, "a") != (x, y)
    assert foreign == [] and wrong == []


def test_it_stays_inside_and_a_click_tells_nothing(page: Page, app_url: str) -> None:
    open_arrows(page, app_url)
    x, y = place_of(page, "b")
    before = run_of(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.up()
    page.wait_for_timeout(400)  # nothing is to come
    assert run_of(page) == before
    page.mouse.down()
    page.mouse.move(x + 3000, y - 3000)
    with acting(page):
        page.mouse.up()
    assert {name: in_address(page)[name] for name in ("bx", "by")} == {"bx": 4, "by": 3}
    check_all_agree(page)


def test_dragged_with_a_finger(phone: Page, app_url: str) -> None:
    wrong = problems(phone)
    open_arrows(phone, app_url)
    phone.locator(HANDLE.format("b")).scroll_into_view_if_needed()
    phone.evaluate("() => new Promise(requestAnimationFrame)")
    (x, y), main = place_of(phone, "b"), phone.locator("[data-testid=stMain]")
    scrolled = main.evaluate("it => it.scrollTop")
    fingers = phone.context.new_cdp_session(phone)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in places]})

    touch("touchStart", (x, y))
    for step in range(1, 9):
        touch("touchMove", (x + 6 * step, y + 10 * step))
    with acting(phone):
        touch("touchEnd")
    assert main.evaluate("it => it.scrollTop") == scrolled, "the page stays under the finger"
    assert in_address(phone)["bx"] > 1.5 and in_address(phone)["by"] < 1
    check_all_agree(phone)
    assert wrong == []


def test_moved_with_the_keys(page: Page, app_url: str) -> None:
    open_arrows(page, app_url)
    handle = page.locator(HANDLE.format("a"))
    handle.focus()
    expect(handle).to_have_accessible_name(words("one-hot")("arrows.tip", name="a"))
    expect(handle).to_have_attribute("aria-valuetext", "3.0 across, 1.0 up")
    with acting(page):
        for key in ("ArrowLeft", "ArrowLeft", "ArrowUp", "Shift+ArrowDown"):
            page.keyboard.press(key)
    assert (in_address(page)["ax"], in_address(page)["ay"]) == (2.8, 0.1)
    expect(handle).to_have_attribute("aria-valuetext", "2.8 across, 0.1 up")
    expect(handle).to_be_focused()  # also once the page has come back
    ring = handle.locator(".ring")
    assert ring.evaluate("it => getComputedStyle(it).stroke") != "none", "the focus is seen"
    page.keyboard.press("Tab")
    expect(page.locator(HANDLE.format("b"))).to_be_focused()
    check_all_agree(page)


def test_an_example_puts_the_handles_where_it_says(page: Page, app_url: str) -> None:
    """Also after the hand has moved them: what it told last does not come back."""
    open_arrows(page, app_url)
    page.locator(HANDLE.format("a")).focus()
    with acting(page):
        page.keyboard.press("ArrowUp")
    with acting(page):
        page.get_by_role("radio", name=words("one-hot")("presets.longer.label"), exact=True).click()
    expect(page.locator(HANDLE.format("a"))).to_have_attribute("aria-valuetext", "3.0 across, 1.5 up", timeout=PATIENCE)
    assert read_out(page)["cosine"] == pytest.approx(1)


def test_it_can_be_taken_away_with_its_numbers(page: Page, app_url: str, tmp_path: Path) -> None:
    page.emulate_media(color_scheme="dark")
    open_arrows(page, app_url)
    settle(page)
    png, svg = (download(page, kind, tmp_path) for kind in ("png", "svg"))
    drawing, texts = check_paper(png, svg, page)
    said = " ".join(texts)
    assert "0.71" in said and "dot product" in said and "45°" in texts
    assert len(list(drawing.iter("{http://www.w3.org/2000/svg}polygon"))) == 2, "both heads"


def test_a_hall_reads_it(page: Page, app_url: str) -> None:
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    visit(page, f"{app_url}/{OPENED}&lecture=true")
    with acting(page):
        page.keyboard.press("r")
    sizes = page.locator(f"{FIGURE} :is(text, dt, dd, .how)").evaluate_all(
        "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert len(sizes) > 30 and min(sizes) >= SMALLEST_IN_A_HALL
    for part in ("svg", ".readouts", ".how"):
        expect(page.locator(f"{FIGURE} {part}")).to_be_in_viewport(ratio=1)
