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

_SVG = "{http://www.w3.org/2000/svg}"


def check_what_is_taken_away(page: Page, drawn: Drawn, folder: Path) -> None:
    """The first figure's PNG, SVG and CSV: the picture has the figure's size and text, the table what is drawn."""
    plot = page.locator(FIGURE).first
    size = plot.evaluate("(plot) => [plot.clientWidth, plot.clientHeight]")
    labels = {label for label in plot.locator(":is(.xtick, .ytick) text").all_text_contents() if label.strip()}
    data = next(iter(figures(page).values()))
    png, svg, table = (_download(page, f"export.{kind}", folder) for kind in ("png", "svg", "csv"))

    with Image.open(io.BytesIO(png)) as picture:
        assert picture.format == "PNG"
        assert picture.size == (3 * size[0], 3 * size[1])
        assert len(picture.convert("RGB").getcolors(1 << 24) or ()) > 50, "the picture is empty"
    drawing = ElementTree.fromstring(svg)
    assert drawing.tag == f"{_SVG}svg"
    assert (float(drawing.attrib["width"]), float(drawing.attrib["height"])) == (size[0], size[1])
    assert labels <= {"".join(text.itertext()) for text in drawing.iter(f"{_SVG}text")}

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


def _download(page: Page, label: str, folder: Path) -> bytes:
    shell = Words(LOCALES / "shell.yaml", "en")
    button = page.get_by_role("button", name=shell(label)).first
    page.get_by_role("button", name=shell("export.label")).first.click()
    with page.expect_download(timeout=30_000) as download:
        button.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    page.keyboard.press("Escape")
    expect(button).to_be_hidden()
    return path.read_bytes()
