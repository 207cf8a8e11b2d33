"""Text that a person could not read: cut off by what it stands in, or lying on other text."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

_COLLECT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


def cut_text(page: Page) -> list[str]:
    """Return the texts that stand partly outside of a box that hides what leaves it."""
    return [f"{item['text']!r} is cut by {item['cut']}" for item in page.evaluate(_COLLECT) if item["cut"]]


def overlapping_text(page: Page, least: float = 3) -> list[str]:
    """Return pairs of texts that share at least ``least`` px in both directions."""
    boxes = [(item["text"], box) for item in page.evaluate(_COLLECT) for box in item["boxes"]]
    return [
        f"{one!r} lies on {other!r}"
        for n, (one, a) in enumerate(boxes)
        for other, b in boxes[n + 1 :]
        if min(a[2], b[2]) - max(a[0], b[0]) >= least and min(a[3], b[3]) - max(a[1], b[1]) >= least
    ]
