"""Pictures of every lesson, for looking at and for the documentation: ``python -m tests.e2e.screenshots``.

Writes screenshots/<lesson>-<language>-<theme>-<size>.png; with ``--docs`` also the picture in the README.
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from app.lessons import LESSONS
from tests.e2e.acting import see_answers
from tests.e2e.browser import DESKTOP, PHONE, ROOT, launch, new_tab, serve, visit

SIZES = {"desktop": DESKTOP, "phone": PHONE}


def open_page(browser: Browser, url: str, path: str, theme: str, size: dict[str, int]) -> Page:
    page = new_tab(browser)
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
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
    page = open_page(browser, url, "attention?lang=en", "light", DESKTOP)
    visit(page, page.url)  # whoever comes again finds the idea folded
    see_answers(page)  # a lesson shows all of itself once nothing is asked any more
    picture = ROOT / "docs" / "attention.png"
    page.screenshot(path=picture)
    with Image.open(picture) as whole:
        small = whole.convert("RGB").resize((1280, 720), Image.Resampling.LANCZOS)
    small.quantize(128).save(picture, optimize=True)
    page.context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", action="store_true", help="also renew the README's picture")
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
