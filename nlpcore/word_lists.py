"""Words of a list, in whatever way it is written: a sentence of its own, a page's source, a numbered list."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Container, Iterator
from itertools import count, pairwise

import regex

from nlpcore.text import half_width

_BETWEEN_LISTED = regex.compile(
    r"(?:[0-9]\ufe0f?\u20e3|\.{2,}(?=\w)|<(?!\S{0,20}>)|(?<!<\S{0,20})>"
    r"|[／＼,;:，；、。：|/\\()\[\]{}（）【】［］「」『』《》〈〉\"“”„«»＂!?！？+=…·&＆・･‧∙⋅~～〜∼∽−¦｜＋＝＜＞✅✓-✘🔸🔹👉"
    r"\u2776-\u27bf\p{Block=Arrows}\p{Block=Geometric_Shapes}\p{Block=Box_Drawing}\p{Block=Enclosed_Alphanumerics}]\ufe0f?)+"
)
_AROUND_LISTED = "'‘’‚‹›`.*•–—-_#－"
# These stand between words too where both are known: ``king–queen``, ``king•queen``, ``国王-女王``
_DASH_LISTED = regex.compile(r"[–—•‹›－]+|(?<=\p{Han})-+(?=\p{Han})")
_SIGNED_NAME = re.compile(
    r"(?<![\w#+＃＋])[A-Za-zＡ-Ｚａ-ｚ]{1,2}(?:[#＃]|[+＋]{2})(?![\w#+＃＋])"
)  # C#, C++: the sign is a part of the word
# Of a web page, where a list was copied with its source.
_TAG_LISTED = re.compile(
    r"</?\s*(?:li|[ou]l|d[ltd]|t[dhr]|table|thead|tbody|p|br|hr|div|span|h[1-6]|strong|em|code|pre|[abiu])\b[^<>]*>",
    re.IGNORECASE,
)
# The number of an item, by itself or before its word: ``1.`` ``(2)`` ``三、`` ``c)`` ``iv)``. One of the last kinds alone
# may be a word.
_NUMBER_LISTED = re.compile(
    r"(?:[(（\[【]?[0-9０-９]{1,3}[)）\]】]|[0-9０-９]{1,3}[.．、:：]"
    r"|(?P<word>[一二三四五六七八九十]{1,3}[、．.]|[(（\[【]?(?:[a-z]|[ivx]{2,4}|[一二三四五六七八九十]{1,3})[)）\]】]))"
    r"(?=$|[^\W\d_]|['\"‘“«「『《])",
    re.IGNORECASE,
)
_BRACKETED_NUMBER = re.compile(r"(?=[(（][0-9０-９一二三四五六七八九十]{1,3}[)）])")
# 1.国王2.女王, 1国王2女王: numbers glued to Chinese words on both sides
_GLUED_NUMBER = regex.compile(
    r"(?<=\p{Han})(?=[0-9０-９]{1,3}[.．、)）]?\p{Han})|(?<=(?:^|\p{Han})[0-9０-９]{1,3})(?=\p{Han})"
)
_BARE_NUMBER = re.compile(r"[#＃]?0?([1-9][0-9]{0,2})[.:：、]?")
_LETTER_OR_ROMAN = re.compile(r"([a-z]|[ivx]+)\.", re.IGNORECASE)
_TICK_BOX = re.compile(r"(?:^|(?<=\s))[-*+] \[[ xX]\](?=\s)")
_ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{1,6});", re.IGNORECASE)


def split_list(text: str, known: Container[str] = ()) -> tuple[str, ...]:
    """Return the words of a list in whatever way it is written: ``tea. coffee! (bread)``, ``['king', 'queen']``, ``a/b``.

    White space, commas, brackets, double quotes, slashes, arrows and other punctuation stand between words, and so does a
    sign by itself; full stops, single quotes and bullets are taken off their ends, numbers of the items and tags of a web
    page away: of ``1 king 2 queen`` too, where the numbers count from 1. What is in ``known`` as it stands, such as
    ``u.s.`` or ``km/h``, stays whole, and so do C# and C++; so does a known sign where nothing but signs is listed.
    ``king–queen`` is two words where both are known.
    """
    untagged = _TAG_LISTED.sub(lambda found: found[0] if found[0] in known else " ", text)
    unescaped = _ENTITY.sub(lambda found: html.unescape(found[0]), untagged)
    items = _counted_out(_BRACKETED_NUMBER.sub(" ", _TICK_BOX.sub(" ", unescaped)), known)
    wordless = not any(c.isalnum() for item in items for c in item)
    words: list[str] = []
    for item in items:
        if _is_known(item, known) and (wordless or len(set(item)) > 1 or item.isalnum() or not _parts_words(item)):
            words.append(item)
            continue
        after = 0
        for name in (*_SIGNED_NAME.finditer(item), None):
            for part in _BETWEEN_LISTED.split(item[after : name.start() if name else len(item)]):
                words.extend(_bare(part, known))
            if name:
                words.append(name[0])
                after = name.end()
    return tuple(words)


def _bare(part: str, known: Container[str]) -> list[str]:
    """Return what stands between two signs of a list without the signs around it: a word, none, or two with a dash between."""
    bare = part.strip(_AROUND_LISTED)
    if not bare:
        return []
    if _is_known(part, known):
        return [part]
    pieces = _DASH_LISTED.split(bare)
    if len(pieces) > 1 and not _is_known(bare, known):
        if _is_known(hyphened := "-".join(pieces), known):
            return [hyphened]
        if all(_is_known(piece, known) for piece in pieces):
            return pieces
    return [bare]


def _is_known(word: str, known: Container[str]) -> bool:
    plain = half_width(word)
    return word in known or plain in known or plain.lower() in known


def _parts_words(sign: str) -> bool:
    """Whether ``sign`` is nothing but what stands between words, or around them."""
    return not sign.strip(_AROUND_LISTED) or not _BETWEEN_LISTED.sub("", sign)


def _counted_out(text: str, known: Container[str]) -> list[str]:
    """Return the items of ``text`` without the numbers that count them."""
    items = text.split()
    apart = _GLUED_NUMBER.sub(" ", text).split()
    if len(apart) > len(items) and not all(_is_known(item, known) for item in items):
        counted = _without_count(apart)
        if counted != apart:
            return counted
        if _NUMBER_LISTED.match(apart[0]):
            return _without_numbers(apart)
    counted = _without_count(items)
    return counted if counted != items else _without_numbers(items)


def _without_count(items: list[str]) -> list[str]:
    """Take out numbers, or letters or Roman numerals with a point, that stand alone before the words and count 1, 2, 3…"""
    if not items:
        return items
    for marker, series in _SERIES:
        found = [match[1].lower() if (match := marker.fullmatch(half_width(item))) else "" for item in items]
        wanted, places = series(), []
        expected = next(wanted)
        for place, value in enumerate(found):
            if value == expected:
                places.append(place)
                expected = next(wanted, "")
        if len(places) < 2 or places[0] or len(places) != sum(map(bool, found)):
            continue
        # A word stands behind each; a sign alone is none.
        words = [bool(not value and not _parts_words(item)) for item, value in zip(items, found, strict=True)]
        if all(any(words[a + 1 : b]) for a, b in pairwise([*places, len(items)])):
            return [item for item, value in zip(items, found, strict=True) if not value]
    return items


def _numbers() -> Iterator[str]:
    return map(str, count(1))


def _letters() -> Iterator[str]:
    return iter("abcdefghijklmnopqrstuvwxyz")


def _romans() -> Iterator[str]:
    return iter("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx".split())  # noqa: SIM905


_SERIES: tuple[tuple[re.Pattern[str], Callable[[], Iterator[str]]], ...] = (
    (_BARE_NUMBER, _numbers),
    (_LETTER_OR_ROMAN, _letters),
    (_LETTER_OR_ROMAN, _romans),
)


def _without_numbers(items: list[str]) -> list[str]:
    """Take the numbers off the items of a list that begins with one; a letter or a numeral is one where others follow."""
    numbers = [_NUMBER_LISTED.match(item) for item in items]
    first = next((found for item, found in zip(items, numbers, strict=True) if not _parts_words(item)), None)
    if first is None or (first["word"] and sum(bool(found) for found in numbers) == 1):
        return items
    rests = [item[found.end() :] if found else item for item, found in zip(items, numbers, strict=True)]
    # Numbers in a row are what is listed, and so is the last.
    stay = [not rest and not following for rest, following in zip(rests, [*rests[1:], ""], strict=True)]
    return [item if whole else rest for item, rest, whole in zip(items, rests, stay, strict=True) if whole or rest]
