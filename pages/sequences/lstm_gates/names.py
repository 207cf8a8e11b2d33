"""How a token is called where it stands in a sentence."""

from __future__ import annotations

from app.text import Markdown, markdown_escape
from nlpcore.text import shortened

LONGEST = 24
SIGNS = {" ": "␣", "\n": "↵", "\t": "⇥"}  # for characters that draw nothing


def visible(token: str) -> str:
    """Return a token as it can be seen and has room: a blank as ␣, a line's end as ↵, a very long word cut."""
    return SIGNS.get(token) or shortened(token, LONGEST)


def named(token: str) -> Markdown:
    """Return :func:`shown` where it stands between other signs: a mark in quotes, as it would be read as one of these."""
    quoted = token not in SIGNS and not any(map(str.isalnum, token))
    return markdown_escape(f"“{visible(token)}”" if quoted else visible(token))


def shown(token: str) -> Markdown:
    """Return :func:`visible` for Markdown."""
    return markdown_escape(visible(token))
