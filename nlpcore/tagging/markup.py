"""Entities marked inside running text, as annotation programs and chat programs write them.

``<PER>Ana</PER> left`` (also ``<ENAMEX TYPE="PERSON">``, ``<START:person> Ana <END>``), ``[Ana](PER) left`` as in Rasa's files,
``[PER Ana] left`` as in Illinois' ones, ``[Ana|PER]``, with brackets of any width. Bound to types that are known, since running
text has brackets and tags of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlpcore.tagging.schemes import KNOWN_TYPES, Span
from nlpcore.tagging.words import split_words
from nlpcore.text import Word

# Of a text that only has brackets at least one names what nothing but an entity is: [TIME 12:30] stands in a log.
_OF_ENTITIES = frozenset("PER PERS PERSON LOC LOCATION ORG ORGANIZATION ORGANISATION MISC GPE NORP FAC".split())  # noqa: SIM905
_TYPE = "|".join(sorted(sorted(KNOWN_TYPES), key=len, reverse=True))  # the longest first
_ANY_CASE = rf"(?i:{_TYPE})"
_OF_PAGES = "(?:time|set)>"  # elements of web pages
_OPEN, _CLOSE, _IN = r"[\[【［{｛]", r"[\]】］}｝]", r"[^\[\]【】［］{}｛｝\n]"
_TAG = re.compile(
    rf"<(?!{_OF_PAGES})(?P<name>{_ANY_CASE})>|</(?!{_OF_PAGES})(?P<ended>{_ANY_CASE})>"
    rf"|<(?P<element>[A-Za-z]+)\s(?:[^<>]*\s)?(?i:type|label|class)\s*=\s*[\"“']?(?P<said>{_ANY_CASE})[\"”']?[^<>]*>"
    rf"|<START:(?P<started>{_ANY_CASE})>[ ]?|(?P<end>[ ]?<END>)|</(?P<closed>[A-Za-z]+)>"
)
_BRACKETS = re.compile(
    rf"{_OPEN}(?P<a>{_IN}+){_CLOSE}(?:\s?[(（\[{{]\s*(?P<x>{_ANY_CASE})\s*[)）\]}}]|[_/:]?(?P<y>{_TYPE})(?![A-Za-z0-9_-]))"
    rf"|{_OPEN}\s*(?P<z>{_TYPE})\s*[ :：|/]\s*(?P<b>{_IN}*[^\W\d_]{_IN}*){_CLOSE}"
    rf"|{_OPEN}(?P<c>[^|\[\]【】［］{{}}｛｝\n]+)[|:：/]\s*(?P<w>{_TYPE})\s*{_CLOSE}"
)


@dataclass(frozen=True, slots=True)
class Marked:
    """Running text without its marks.

    Attributes:
        text: what was marked, without the marks.
        words: with their places in it; none goes on over the end of a mark.
        spans: the entities, over the words.
        sentences: numbers of the words with which a line begins.
    """

    text: str
    words: tuple[Word, ...]
    spans: tuple[Span, ...]
    sentences: tuple[int, ...]


def read_marked(text: str) -> Marked | None:
    """Return what text says in which entities are marked; None where there are none, or where a mark is not closed.

    Of marks inside a mark the outer ones are read.
    """
    found = _in_elements(text) or _in_brackets(text)
    if found is None:
        return None
    plain, marks = found
    edges = sorted({edge for start, end, _ in marks for edge in (start, end)})
    words = tuple(part for word in split_words(plain) for part in _cut(word, edges))
    spans = []
    for start, end, kind in marks:
        inside = [n for n, word in enumerate(words) if start <= word.start and word.end <= end]
        if inside:
            spans.append(Span(inside[0], inside[-1] + 1, kind))
    lines = [plain.count("\n", 0, word.start) for word in words]
    sentences = tuple(n for n, line in enumerate(lines) if n == 0 or line != lines[n - 1])
    return Marked(plain, words, tuple(spans), sentences) if spans else None


def _in_elements(text: str) -> tuple[str, list[tuple[int, int, str]]] | None:
    """Return the text without the elements, and start, end and type of each of the outer ones."""
    marks: list[tuple[int, int, str]] = []
    opened: list[tuple[str, int, str]] = []  # what closes it, where it begins, its type
    plain, after = "", 0
    for tag in _TAG.finditer(text):
        closes = tag["ended"] or tag["closed"] or tag["end"]
        if closes and not opened:
            if tag["closed"]:
                continue  # of a web page
            return None
        if tag["closed"] and tag["closed"].lower() != opened[-1][0]:
            continue
        plain += text[after : tag.start()]
        after = tag.end()
        if not closes:
            kind = (tag["name"] or tag["said"] or tag["started"]).upper()
            end = "<end>" if tag["started"] else (tag["element"] or kind).lower()
            opened.append((end, len(plain), kind))
            continue
        end, start, kind = opened.pop()
        if closes.strip().lower() != end:
            return None
        if not opened:
            marks.append((start, len(plain), kind))
    return (plain + text[after:], marks) if marks and not opened else None


def _in_brackets(text: str) -> tuple[str, list[tuple[int, int, str]]] | None:
    """Return the text without brackets that name a type, and start, end and type of each."""
    marks: list[tuple[int, int, str]] = []
    plain, after = "", 0
    for found in _BRACKETS.finditer(text):
        name, kind = _said(found)
        plain += text[after : found.start()]
        after = found.end()
        marks.append((len(plain), len(plain) + len(name), kind))
        plain += name
    return (plain + text[after:], marks) if {kind for _, _, kind in marks} & _OF_ENTITIES else None


def _said(found: re.Match[str]) -> tuple[str, str]:
    """Return the words in brackets, and their type."""
    name = found["a"] or found["b"] or found["c"]
    return name.strip(), (found["x"] or found["y"] or found["z"] or found["w"]).upper()


def _cut(word: Word, edges: list[int]) -> Iterator[Word]:
    start = word.start
    for edge in (*(edge for edge in edges if word.start < edge < word.end), word.end):
        yield Word(word.text[start - word.start : edge - word.start], start, edge)
        start = edge
