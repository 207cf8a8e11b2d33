"""Tokens as people can read them: byte-level pieces decoded, pieces of one character told apart, words found again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from nlpcore.graphemes import cluster_spans, word_spans

Span = tuple[int, int]

SPACE = "␣"
_LEADING_SPACE = ("Ġ", "▁")  # byte-level BPE (Radford et al. 2019) and SentencePiece write a space before a word so
_NEWLINE = "Ċ"
_PART = re.compile(r"(.+)\[(\d+)/(\d+)\]")
_SIGNS = str.maketrans({" ": SPACE, "\n": "↵", "\t": "⇥"})
# Kana, and the Chinese characters of the basic and the supplementary planes
_IDEOGRAPHIC = (("\u3040", "\u30ff"), ("\u3400", "\u9fff"), ("\U00020000", "\U0003ffff"))


def readable_tokens(pieces: Sequence[str], surfaces: Sequence[str], spans: Sequence[Span]) -> tuple[str, ...]:
    """Return one label a token, in the learner's own characters.

    ``Ġthe`` becomes ``␣the``, a line's end with the indentation after it ``↵␣␣␣``. A byte-level piece outside ASCII is
    shown by the characters it covers (``çĮ«`` becomes ``猫``); where several tokens share one character each says which
    part it is (``鑫[1/3]``). WordPiece's ``##`` stays, since it is how the field writes it. An unknown token shows what
    it stands for: ``[UNK] ☃``.

    Args:
        pieces: the vocabulary's own strings.
        surfaces: for each piece the characters of the text it covers, "" where it covers none (special tokens).
        spans: for each piece where those characters stand; pieces of one text only, so that equal spans mean shared
            characters.
    """
    parts = _parts(spans, surfaces)
    return tuple(_label(*item) for item in zip(pieces, surfaces, parts, strict=True))


def is_unknown(piece: str) -> bool:
    """Whether ``piece`` stands for what the vocabulary does not hold."""
    return piece in ("[UNK]", "<unk>")


def _label(piece: str, surface: str, part: tuple[int, int]) -> str:
    if is_unknown(piece) and surface:
        return f"{piece} {surface}"
    space = SPACE if piece.startswith(_LEADING_SPACE) else ""
    body = piece[1:] if space else piece
    if body.isascii() and not (set(body) & {_NEWLINE}) and part[1] == 1:
        return (space + body) or piece
    if not surface:
        return piece
    if not surface.strip():
        return surface.translate(_SIGNS)
    suffix = f"[{part[0]}/{part[1]}]" if part[1] > 1 else ""
    continued = "##" if piece.startswith("##") else ""
    return space + continued + surface.strip() + suffix


def part_of(label: str) -> tuple[str, int, int] | None:
    """Return of a label such as ``鑫[1/3]`` the characters, which part of them it is and of how many; None of any other."""
    found = _PART.fullmatch(label)
    return (found[1].lstrip(SPACE), int(found[2]), int(found[3])) if found else None


def _parts(spans: Sequence[Span], surfaces: Sequence[str]) -> list[tuple[int, int]]:
    """For each token, (its number, how many) among neighbours that cover the very same characters.

    The first of them may hold the blank before: of " 👍" and "👍" both cover the thumb.
    """
    out: list[tuple[int, int]] = []
    for _, group in groupby(map(_without_blank, spans, surfaces)):
        count = len(list(group))
        out += [(i + 1, count) for i in range(count)]
    return out


def _without_blank(span: Span, surface: str) -> Span:
    """Return where the characters stand without blanks before them; blanks alone stay."""
    return span[1] - len(surface.lstrip() or surface), span[1]


def word_numbers(word_ids: Sequence[int | None], text: str, spans: Sequence[Span]) -> tuple[int | None, ...]:
    """Return the word of ``text`` that each token belongs to, counted from 0; None for a special token.

    A tokenizer's own words are mended where they differ from a reader's. Byte-level tokenizers split at spaces and
    punctuation only, so a whole Chinese clause counts as one word: here each token of such a run starts a word of its
    own. They also split at vowel signs, so that नमस्ते counts as four, and some at every digit: here runs of letters,
    marks and digits are one word, and so is each other grapheme cluster.
    """
    places = [_without_blank((a, b), text[a:b]) for a, b in spans]
    inside = {i for start, end in word_spans(text) for i in range(start + 1, end)}
    within = {i for start, end in cluster_spans(text) for i in range(start + 1, end)}
    out: list[int | None] = []
    number = -1
    for i, word in enumerate(word_ids):
        if word is None:
            out.append(None)
            continue
        if i == 0 or word_ids[i - 1] is None:
            same = False
        elif places[i][0] in within or places[i][0] < places[i - 1][1]:
            same = True
        elif _ideographic(text[slice(*places[i])]) or _ideographic(text[slice(*places[i - 1])]):
            same = False
        else:
            same = word_ids[i - 1] == word or places[i][0] in inside
        number += not same
        out.append(number)
    return tuple(out)


def _ideographic(text: str) -> bool:
    return any(low <= c <= high for c in text for low, high in _IDEOGRAPHIC)
