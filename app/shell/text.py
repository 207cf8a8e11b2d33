"""What a learner typed, made harmless before it is shown as Markdown or HTML."""

from __future__ import annotations

import html
import re

from nlpcore.errors import Note

# Everything that Streamlit's Markdown gives a meaning to: emphasis, links, code, headings, tables, math, directives.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&^=])")
# Bare addresses become links even where they are escaped; a word joiner, which nobody sees, keeps them text.
_ADDRESS = re.compile(r"(?<=http:)(?=//)|(?<=https:)(?=//)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)


def markdown_escape(text: str) -> str:
    """Return ``text`` so that Markdown shows it letter for letter, on one line."""
    return _MARKDOWN.sub(r"\\\1", _ADDRESS.sub("\u2060", " ".join(text.split())))


def html_escape(text: str) -> str:
    """Return ``text`` so that HTML shows it letter for letter, also inside a quoted attribute."""
    return html.escape(text, quote=True)


def note_params(note: Note) -> dict[str, object]:
    """Return a note's parameters ready for Markdown: texts escaped, numbers with thousands separators."""
    return {
        name: markdown_escape(value) if isinstance(value, str) else f"{value:,}" if isinstance(value, int) else value
        for name, value in note.params.items()
    }
