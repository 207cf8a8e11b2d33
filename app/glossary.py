"""The terms of the course in both languages, and links to them from the lessons' texts.

``assets/locales/glossary.yaml``: id -> name, how the Chinese one is read, meaning, and under ``not`` the words that a lesson
must not use for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.text import markdown_escape
from app.words import LOCALES, Words, read_tree

PATH = LOCALES / "glossary.yaml"
PAGE = "glossary"  # its path in the URL
_LINK = re.compile(r"\]\(#([a-z0-9-]+)\)")


def terms() -> Mapping[str, Any]:
    """Return the entries by id."""
    entries: Mapping[str, Any] = read_tree(PATH)
    return entries


def in_order(language: str) -> list[str]:
    """Return the ids as a reader of this language looks for the names: by the alphabet, Chinese ones by their pinyin.

    Syllables with the tone after them, and blanks between, are in the order of the Xinhua dictionary as they are.
    """
    words = Words(PATH, language)

    def place(term: str) -> str:
        read = f"{term}.pinyin"
        return words(read if language == "zh" and words.has(read) else f"{term}.name").casefold()

    return sorted(terms(), key=place)


def linked(text: str) -> Iterator[str]:
    """Yield the ids of the terms that a text links to as ``[word vector](#word-vector)``."""
    yield from _LINK.findall(text)


def with_links(text: str, language: str) -> str:
    """Return Markdown in which ``[…](#id)`` opens the glossary at that term, and tells its meaning where one points at it.

    Raises KeyError for a term that the glossary does not have.
    """
    words = Words(PATH, language)

    def link(found: re.Match[str]) -> str:
        meaning = words(f"{found[1]}.meaning").replace('"', "'")
        return f']({PAGE}?lang={language}#{found[1]} "{markdown_escape(meaning)}")'

    return _LINK.sub(link, text)
