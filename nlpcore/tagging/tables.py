"""Tagged words in a table: Markdown's, a spreadsheet's (CSV), or pairs as a program prints them; read as columns.

What is no table stays as it is, so that :mod:`nlpcore.tagging.formats` reads it as before.
"""

from __future__ import annotations

import ast
import csv
import json
import re
from collections.abc import Sequence
from typing import Any

from nlpcore.text import half_width

_FENCE = re.compile(r"\s*(?:```|~~~)\s*\w*\s*")
_RULE = re.compile(r"[\s|:+\-=─━│┼|]*")  # |---|:--:|  +----+
_DASHES = "-‐‑‒–—−－"
_KIND = r"[A-ZＡ-Ｚ]{2,}(?:[_-][A-ZＡ-Ｚ]+)*"
_EDGE = r"(?=$|[\s|,;\"'\])])"
# B–ORG, Ｂ－ＯＲＧ, Ｏ: typed on a Chinese keyboard, or changed by a word processor
_STRANGE_TAG = re.compile(
    rf"(?<=[\s/／|,;\"'])(?:[BIESLUMＢＩＥＳＬＵＭ][{_DASHES}]{_KIND}|[OＯ]){_EDGE}", re.MULTILINE
)
# ORG-B as LAC writes it, B_ORG
_TURNED_TAG = re.compile(rf"(?<=[\s/|,;\"'])(?:({_KIND})-([BIESLUM])|([BIESLUM])_({_KIND})){_EDGE}", re.MULTILINE)
# EU (B-ORG), [EU](B-ORG), 北【B-LOC】: in brackets behind its word
_BRACKETED_TAG = re.compile(
    r"[\[【［]?([^\s()（）\[\]【】［］<>{}]++|[()（）])[\]】］]?[ ]?"
    rf"[(（\[【［<{{]\s?([BIESLUMbieslum]-\w[\w.\-]*|{_KIND}|[Oo])\s?[)）\]】］>}}]"
)
_TAG = re.compile(r"O|[BIESLUMbieslum]-\w[\w.\-]*|o")
_WORD_NAMES = frozenset(
    "word words token tokens text form surface character char 词 词语 单词 字 字符 文本 词元".split()  # noqa: SIM905
)
_TAG_NAMES = frozenset(
    "tag tags label labels ner ner_tag ner_tags nertag entity entities bio iob iob2 gold 标签 标注 实体".split()  # noqa: SIM905
)
_SENTENCE_NAMES = frozenset({"sentence", "sentence #", "sentence_id", "sent", "句子"})


def as_columns(text: str) -> str:
    """Return a table of words and tags as lines of words and tags with a blank between; any other text as it is.

    Read are tables of Markdown and CSV (commas, semicolons or tabs, in quotes or not), with or without a line of names, and
    lists of pairs or of words and tags in Python or JSON. Tags in full width, with another dash or turned (ORG-B, B_ORG) are
    written as B-ORG, those in brackets behind a word with a slash.
    """
    lines = [line for line in text.replace("\ufeff", "").splitlines() if not _FENCE.fullmatch(line)]
    plain = "\n".join(lines)
    rows = _of_program(plain) or _of_table(lines)
    if rows is None:
        plain = _out_of_brackets(plain)
        return _TURNED_TAG.sub(_turned, _STRANGE_TAG.sub(lambda found: _plain(found[0]), plain))
    written = "\n".join(" ".join(row) for row in rows)
    return _TURNED_TAG.sub(_turned, _STRANGE_TAG.sub(lambda found: _plain(found[0]), written))


def _out_of_brackets(text: str) -> str:
    """Return ``EU (B-ORG) rejects (O)`` as EU/B-ORG rejects/O: a tag has a type, or there is one behind every word."""
    tags = [found[2] for found in _BRACKETED_TAG.finditer(text)]
    typed = any(re.fullmatch(rf"[BIESLUM]-{_KIND}|[bieslum]-[a-z_]+", tag) for tag in tags)
    every = len(tags) > 1 and not _BRACKETED_TAG.sub("", text).strip() and {"O"} < {*tags}
    return _BRACKETED_TAG.sub(r" \1/\2 ", text) if typed or every else text


def _plain(tag: str) -> str:
    return half_width(re.sub(rf"[{_DASHES}]", "-", tag))


def _turned(found: re.Match[str]) -> str:
    return f"{found[2] or found[3]}-{found[1] or found[4]}"


def _of_program(text: str) -> list[list[str]] | None:
    """Return pairs, or two lists of as many, as Python or JSON writes them; else None."""
    bare = text.strip().rstrip(",")
    if not bare or bare[0] not in "[({" or bare[-1] not in "])}":
        return None
    found = _value(bare)
    if not isinstance(found, dict | list | tuple):
        return None
    if isinstance(found, dict):
        lists = {str(name).lower(): value for name, value in found.items() if isinstance(value, list | tuple)}
        words = next((value for name, value in lists.items() if name in _WORD_NAMES), None)
        tags = next((value for name, value in lists.items() if name in _TAG_NAMES), None)
        if words is None or tags is None or len(words) != len(tags):
            return None
        found = list(zip(words, tags, strict=True))
    elif (
        len(found) == 2
        and all(isinstance(part, list | tuple) for part in found)
        and len(found[0]) == len(found[1])
        and not _ends_in_tag(found[0])
    ):
        found = list(zip(*found, strict=True))
    rows = [list(row) for row in found if isinstance(row, list | tuple)]
    if len(rows) != len(found) or not all(row and all(isinstance(cell, str) for cell in row) for row in rows):
        return None
    return _checked(rows)


def _value(text: str) -> Any:
    """Return what ``text`` is in JSON, where it is, or in Python; None where it is neither."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def _ends_in_tag(row: Sequence[Any]) -> bool:
    return bool(row) and isinstance(row[-1], str) and bool(_TAG.fullmatch(_plain(row[-1])))


def _of_table(lines: Sequence[str]) -> list[list[str]] | None:
    """Return the cells of Markdown's table or of CSV; None where ``lines`` are none."""
    full = [line for line in lines if line.strip()]
    if len(full) > 1 and sum(line.count("|") > 1 or bool(_RULE.fullmatch(line)) for line in full) == len(full):
        kept = [line for line in lines if not line.strip() or not _RULE.fullmatch(line)]
        cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))] for line in kept]
        rows = [[cell.replace("\\|", "|") for cell in row if cell] for row in cells]
        if len(rows) > 1 and (turned := _beside(rows)):
            return turned
        return _checked(rows)
    named = bool(full) and bool({*map(str.lower, full[0].split())} & _TAG_NAMES)
    if named and (columns := _checked([line.split() for line in lines])):
        return columns
    for mark in ",;\t":
        if full and all(mark in line for line in full):
            return _checked(list(csv.reader(lines, delimiter=mark, skipinitialspace=True)))
    return None


def _beside(rows: Sequence[Sequence[str]]) -> list[list[str]] | None:
    """Return a row of words over a row of their tags as pairs."""
    if len(rows) == 2 and len(rows[0]) == len(rows[1]) > 1 and all(_TAG.fullmatch(_plain(cell)) for cell in rows[1]):
        return [list(pair) for pair in zip(*rows, strict=True)] if not _ends_in_tag(rows[0]) else None
    return None


def _checked(rows: list[list[str]]) -> list[list[str]] | None:
    """Return word and tag of each row that has cells, [] for an empty one; None where not every row has both.

    The first row may name the columns: which is the word, and which begins a sentence.
    """
    names = [cell.strip().lower() for cell in rows[0]] if rows else []
    word, tag, begins = 0, -1, None
    headed = bool(names) and not _ends_in_tag(rows[0]) and (set(names) & (_TAG_NAMES | _WORD_NAMES))
    if headed:
        rows = rows[1:]
        word = next((n for n, name in enumerate(names) if name in _WORD_NAMES), 0)
        tag = next((n for n, name in enumerate(names) if name in _TAG_NAMES), -1)
        begins = next((n for n, name in enumerate(names) if name in _SENTENCE_NAMES), None)
    out: list[list[str]] = []
    for row in rows:
        if not any(cell.strip() for cell in row):
            out.append([])
            continue
        if len(row) < 2 or not -len(row) <= tag < len(row) or word >= len(row):
            return None
        pair = [row[word].strip(), _plain(row[tag].strip())]
        if not pair[0] or " " in pair[0] or not _TAG.fullmatch(pair[1]):
            return None
        if begins is not None and row[begins].strip() and out:
            out.append([])
        out.append(pair if headed else [*(cell.strip() for cell in row[:-1]), pair[1]])
    typed = any(row and row[-1] not in "Oo" for row in out)
    return out if typed and all(" " not in cell and cell for row in out for cell in row) else None
