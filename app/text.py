"""Text made ready for the screen: what a learner typed made harmless, long words cut, numbers to the digits they have."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from nlpcore.errors import Note
from nlpcore.text import shortened

# Everything that Streamlit's Markdown gives a meaning to: emphasis, links, code, headings, tables, math, directives.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&^=])")
# Bare addresses become links even where they are escaped; a word joiner, which nobody sees, keeps them text. At the end too:
# a sentence is put together of its tokens, each made ready by itself.
_ADDRESS = re.compile(r"(?<=http)(?=:|$)|(?<=https)(?=:|$)|(?<=www)(?=\.|$)|(?=@)", re.IGNORECASE)
_LATEX = {character: "\\" + character for character in "#$%&_"}
_PLAIN_IN_LATEX = ".,!?-'[] "


class Say(Protocol):
    """What turns a key of the words, and the values of its blanks, into a sentence: :class:`app.words.Words`.

    Figures, tables and formulas take this much of it, so that they can be made without a page or a file of words.
    """

    def __call__(self, key: str, /, **values: object) -> str: ...

    def __hash__(self) -> int: ...


class Markdown(str):
    """Text that is ready to be shown as Markdown: made by a lesson out of escaped parts, never typed by a learner."""

    __slots__ = ()


def markdown_escape(text: str) -> Markdown:
    """Return ``text`` so that Markdown shows it letter for letter, on one line."""
    return Markdown(_MARKDOWN.sub(r"\\\1", _ADDRESS.sub("\u2060", " ".join(text.split()))))


# What is escaped, code, a link and the signs of emphasis, in this order.
_MARKED = re.compile(r"\\([!-/:-@\[-`{-~])|`([^`]*)`|\[((?:\\.|[^\]\\])*)\]\((?:\\.|[^)\\])*\)|\*+")


def markdown_plain(text: str) -> str:
    """Return what a line of Markdown says, without its emphasis, links and code: for where nothing is typeset."""
    return _MARKED.sub(lambda found: found[1] or found[2] or markdown_plain(found[3] or ""), text)


def inline_code(text: str) -> Markdown:
    """Return ``text`` as inline code, in which nothing can end the code."""
    return Markdown(f"`{text.replace('`', '')}`")


def html_escape(text: str) -> str:
    """Return ``text`` so that HTML shows it letter for letter, also inside a quoted attribute."""
    return html.escape(text, quote=True)


def plotly_text(text: str) -> str:
    """Return ``text`` so that Plotly, which reads some HTML in labels and in what is hovered, shows it letter for letter."""
    return html.escape(text, quote=False)


def latex_text(text: str) -> str:
    r"""Return ``text`` as ``\text{…}``; what TeX would read as a command is shown as itself or as a dot."""
    safe = (_LATEX.get(c, c if c.isalnum() or c in _PLAIN_IN_LATEX else "·") for c in text)
    return rf"\text{{{''.join(safe)}}}"


def told_apart(tokens: Sequence[str], longest: int | None = None) -> tuple[str, ...]:
    """Return tokens, each that occurs more than once with its number among its likes: the, cat, the → the₁, cat, the₂.

    ``longest``: characters to which a token is cut; its number is always there.
    """
    counted, met, names = Counter(tokens), Counter[str](), []
    for token in tokens:
        met[token] += 1
        cut = token if longest is None else shortened(token, longest)
        names.append(numbered(cut, met[token]) if counted[token] > 1 else cut)
    return tuple(names)


def numbered(token: str, number: int) -> str:
    """Return a token with a small number behind it, which tells it from its likes in the text."""
    return token + "".join(chr(0x2080 + int(digit)) for digit in str(number))


def probability(p: float) -> str:
    """Return a probability with two digits that count, in two to four decimals: 0.31, 0.042, 0.0042, 0.0004, <0.0001.

    What is nearly 1 has a third decimal, so that it does not look certain: 0.997.
    """
    if p < 0.0001:
        return "<0.0001"
    if p >= 0.995:
        return f"{p:.3f}" if p < 0.9995 else "1.00"
    return f"{p:.{2 if p >= 0.0995 else 3 if p >= 0.00995 else 4}f}"


def number(value: float, spec: str = ".2f") -> str:
    """Return a number in Python's format ``spec`` with a true minus; what rounds to zero has none."""
    said = f"{value:{spec}}"
    return (said if float(said) else f"{0.0:{spec}}").replace("-", "−")


def signed(value: float) -> str:
    """Return a number with its sign and two decimals, with a true minus."""
    return number(value, "+.2f")


def note_params(note: Note) -> dict[str, object]:
    """Return a note's parameters ready for Markdown: texts escaped, numbers with thousands separators."""
    return {
        name: markdown_escape(value) if isinstance(value, str) else f"{value:,}" if isinstance(value, int) else value
        for name, value in note.params.items()
    }
