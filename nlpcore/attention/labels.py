"""Tokens as people can read them: byte-level pieces decoded, pieces of one character told apart, words found again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

Span = tuple[int, int]

SPACE = "␣"
_LEADING_SPACE = ("Ġ", "▁")  # byte-level BPE (Radford et al. 2019) and SentencePiece write a space before a word so
_NEWLINE = "Ċ"
# Kana, and the Chinese characters of the basic and the supplementary planes
_IDEOGRAPHIC = (("\u3040", "\u30ff"), ("\u3400", "\u9fff"), ("\U00020000", "\U0003ffff"))


def readable_tokens(pieces: Sequence[str], surfaces: Sequence[str], spans: Sequence[Span]) -> tuple[str, ...]:
    """Return one label a token, in the learner's own characters.

    ``Ġthe`` becomes ``␣the``. A byte-level piece outside ASCII is shown by the characters it covers (``çĮ«`` becomes
    ``猫``); where several tokens share one character each says which part it is (``鑫[1/3]``). WordPiece's ``##``
    stays, since it is how the field writes it. An unknown token shows what it stands for: ``[UNK] ☃``.

    Args:
        pieces: the vocabulary's own strings.
        surfaces: for each piece the characters of the text it covers, "" where it covers none (special tokens).
        spans: for each piece where those characters stand; pieces of one text only, so that equal spans mean shared
            characters.
    """
    parts = _parts(spans, surfaces)
    return tuple(_label(*item) for item in zip(pieces, surfaces, parts, strict=True))


def _label(piece: str, surface: str, part: tuple[int, int]) -> str:
    if piece in ("[UNK]", "<unk>") and surface:
        return f"{piece} {surface}"
    space = SPACE if piece.startswith(_LEADING_SPACE) else ""
    body = piece[1:] if space else piece
    if body.isascii() and not (set(body) & {_NEWLINE}) and part[1] == 1:
        return (space + body) or piece
    if not surface:
        return piece
    suffix = f"[{part[0]}/{part[1]}]" if part[1] > 1 else ""
    continued = "##" if piece.startswith("##") else ""
    return space + continued + surface.strip() + suffix


def _parts(spans: Sequence[Span], surfaces: Sequence[str]) -> list[tuple[int, int]]:
    """For each token, (its number, how many) among neighbours that cover the very same characters."""
    out: list[tuple[int, int]] = []
    for (span, surface), group in groupby(zip(spans, surfaces, strict=True)):
        count = len(list(group))
        shared = count > 1 and bool(surface) and span[1] > span[0]
        out += [(i + 1, count) if shared else (1, 1) for i in range(count)]
    return out


def split_ideographs(
    word_ids: Sequence[int | None], surfaces: Sequence[str], spans: Sequence[Span]
) -> tuple[int | None, ...]:
    """Return word numbers in which a run of Chinese or Japanese characters is no longer one "word".

    Byte-level tokenizers split at spaces and punctuation only, so a whole Chinese clause counts as one word. Here each
    token of such a run starts a word of its own unless it shares a character with the token before.
    """
    out: list[int | None] = []
    number = -1
    for i, word in enumerate(word_ids):
        if word is None:
            out.append(None)
            continue
        same = i > 0 and word_ids[i - 1] == word
        if same and (_ideographic(surfaces[i]) or _ideographic(surfaces[i - 1])):
            same = spans[i][0] < spans[i - 1][1]
        number += not same
        out.append(number)
    return tuple(out)


def _ideographic(text: str) -> bool:
    return any(low <= c <= high for c in text for low, high in _IDEOGRAPHIC)
