"""Pictures of every lesson, for looking at and for the documentation: ``python -m tests.e2e.screenshots``.

Writes screenshots/<lesson>-<language>-<theme>-<size>.png; with ``--docs`` also the thumbnails of the home page and the
picture in the README.
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from app.lessons import LESSONS
from tests.e2e.acting import see_answers
from tests.e2e.browser import DESKTOP, PHONE, ROOT, launch, serve, visit

SIZES = {"desktop": DESKTOP, "phone": PHONE}
THUMBNAIL = (480, 300)


def open_page(browser: Browser, url: str, path: str, theme: str, size: dict[str, int]) -> Page:
    context = browser.new_context(viewport=size, color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    visit(page, f"{url}/{path}")
    return page


def every_page(browser: Browser, url: str, folder: Path, only: list[str]) -> None:
    paths = ["home", *(lesson.id for lesson in LESSONS)]
    for path, language, theme, (name, size) in itertools.product(paths, ("en", "zh"), ("light", "dark"), SIZES.items()):
        if only and path not in only:
            continue
        page = open_page(browser, url, f"{'' if path == 'home' else path}?lang={language}", theme, size)
        page.screenshot(path=folder / f"{path}-{language}-{theme}-{name}.png", full_page=False)
        print(path, language, theme, name)
        page.context.close()


def documentation(browser: Browser, url: str) -> None:
    for lesson in LESSONS:
        page = open_page(browser, url, f"{lesson.id}?lang=en&{lesson.showcase}", "light", DESKTOP)
        see_answers(page)  # a figure is whole once nothing is asked about it any more
        figure = page.locator(".js-plotly-plot").first
        raw = lesson.thumbnail.with_suffix(".part.png")
        figure.screenshot(path=raw)
        with Image.open(raw) as picture:
            crop = picture.convert("RGB")
            height = min(crop.height, round(crop.width * THUMBNAIL[1] / THUMBNAIL[0]))
            crop = crop.crop((0, 0, crop.width, height)).resize(THUMBNAIL, Image.Resampling.LANCZOS)
            crop.quantize(64).save(lesson.thumbnail, optimize=True)
        raw.unlink()
        page.context.close()
    (ROOT / "docs").mkdir(exist_ok=True)
    page = open_page(browser, url, "attention?lang=en", "light", DESKTOP)
    page.screenshot(path=ROOT / "docs" / "attention.png")
    with Image.open(ROOT / "docs" / "attention.png") as picture:
        picture.convert("RGB").resize((1280, 720), Image.Resampling.LANCZOS).quantize(128).save(
            ROOT / "docs" / "attention.png", optimize=True
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", action="store_true", help="also renew the thumbnails and the README's picture")
    parser.add_argument("--out", type=Path, default=ROOT / "screenshots")
    parser.add_argument("lessons", nargs="*", help="only these (ids of lessons, or home)")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    with serve() as url, launch() as browser:
        if args.docs:
            documentation(browser, url)
        every_page(browser, url, args.out, args.lessons)


if __name__ == "__main__":
    main()
