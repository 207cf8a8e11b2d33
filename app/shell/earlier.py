"""What a tab showed before the server forgot it: after a restart, or a minute without network, the browser tells it.

A session lives in the memory of the server. The tab keeps the addresses of its pages in its own session storage; the first
run of a new session learns them, and each page has what it had when it is next opened.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection

from app.shell.visit import visit

MOST = 200_000  # characters that a browser may tell; what is longer was not written by a page of ours
_EARLIER, _SESSION = "earlier", "session"


def session() -> str:
    """Return this session's name, by which a tab notices that it has a new one."""
    kept = visit()
    if _SESSION not in kept:  # asked at each run, and the system is slow to give random numbers
        kept[_SESSION] = secrets.token_hex(8)
    return str(kept[_SESSION])


def hear(told: object, known: Collection[str]) -> None:
    """Remember the texts of controls by page, as the browser tells them; ``known``: pages that this session knows better."""
    visit()[_EARLIER] = {page: texts for page, texts in _understood(told).items() if page not in known}


def text_of(page: str | None, name: str) -> str | None:
    """Return a control's text in the address that a page had before, None where nobody knows it."""
    pages: dict[str, dict[str, str]] = visit().get(_EARLIER, {})
    return pages.get(page or "", {}).get(name)


def forget(page: str | None) -> None:
    """From now on the session itself knows this page's controls."""
    visit().get(_EARLIER, {}).pop(page, None)


def _understood(told: object) -> dict[str, dict[str, str]]:
    """Return what of a browser's message is what it should be: texts by name, by page."""
    if not isinstance(told, str) or len(told) > MOST:
        return {}
    try:
        pages = json.loads(told)
    except ValueError:
        return {}
    if not isinstance(pages, dict):
        return {}
    return {
        page: {name: text for name, text in texts.items() if isinstance(text, str)}
        for page, texts in pages.items()
        if isinstance(texts, dict)
    }
