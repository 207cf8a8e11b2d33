"""What the menu under a figure gives away: whole, of the size on the screen, and with the numbers that are drawn."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

from app.shell.language import LOCALES
from app.words import Words
from tests.drawn import numbers
from tests.e2e.browser import Drawn, figures
from tests.e2e.looking import FIGURE

SVG = "{http://www.w3.org/2000/svg}"
PAPER, INK = (255, 255, 255), (0x16, 0x20, 0x2B)


def check_what_is_taken_away(page: Page, drawn: Drawn, folder: Path) -> None:
    """The first figure's PNG, SVG and CSV: the picture has the figure's size and text, the table what is drawn."""
    plot = page.locator(FIGURE).first
    size = plot.evaluate("(plot) => [plot.clientWidth, plot.clientHeight]")
    labels = {label for label in plot.locator(":is(.xtick, .ytick) text").all_text_contents() if label.strip()}
    data = next(iter(figures(page).values()))
    page.emulate_media(color_scheme="dark")  # what is taken away is for paper all the same
    page.wait_for_function("() => getComputedStyle(document.querySelector('.stApp')).colorScheme === 'dark'")
    png, svg, table = (download(page, kind, folder) for kind in ("png", "svg", "csv"))
    page.emulate_media(color_scheme="light")
    drawing, texts = check_paper(png, svg, page)
    width, height = float(drawing.attrib["width"]), float(drawing.attrib["height"])
    assert width > size[0] and height > size[1] + 2 * 18, "a margin, and below the figure caption and link"
    assert labels <= set(texts)

    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    assert len(rows) > 2
    assert all(None not in row and None not in row.values() for row in rows), "a row is longer or shorter than the head"
    columns, of_figure = drawn
    given = np.unique([float(row[column]) for row in rows for column in columns if row[column]])
    shown = np.concatenate([np.asarray(numbers(values), dtype=float).ravel() for values in of_figure(data)])
    shown = shown[np.isfinite(shown)]
    assert len(shown) > 2
    nearest = given[np.abs(given[None] - shown[:, None]).argmin(axis=1)]
    np.testing.assert_allclose(nearest, shown, atol=1e-5)


def check_paper(png: bytes, svg: bytes, page: Page) -> tuple[ElementTree.Element, list[str]]:
    """Return a picture that was taken away, as it is drawn, and its texts: it is ink on white, with caption, link and font."""
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.format == "PNG"
        colours = {colour: count for count, colour in picture.convert("RGB").getcolors(1 << 24) or ()}
        assert len(colours) > 50, "the picture is empty"
        assert max(colours, key=colours.__getitem__) == PAPER and picture.convert("RGB").getpixel((2, 2)) == PAPER
        assert INK in colours
        size = picture.size
    drawing = ElementTree.fromstring(svg)
    assert drawing.tag == f"{SVG}svg"
    assert size == tuple(3 * float(drawing.attrib[side]) for side in ("width", "height"))
    texts = ["".join(text.itertext()) for text in drawing.iter(f"{SVG}text")]
    assert page.locator("h1").inner_text() in "".join(texts) and page.url in "".join(texts)
    assert any("@font-face" in (style.text or "") for style in drawing.iter(f"{SVG}style")), "the font goes with it"
    return drawing, texts


def download(page: Page, kind: str, folder: Path, part: str = "[data-testid=stMain]") -> bytes:
    """Take the first figure in a ``part`` of the page away: "png", "svg" or "csv"."""
    shell = Words(LOCALES / "shell.yaml", "en")
    button = page.get_by_role("button", name=shell(f"export.{kind}")).first
    page.locator(part).get_by_role("button", name=shell("export.label")).first.click()
    with page.expect_download(timeout=30_000) as download:
        button.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    page.keyboard.press("Escape")
    expect(button).to_be_hidden()
    return path.read_bytes()
