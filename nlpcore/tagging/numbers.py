"""Numbers in English text, in figures and in words, so that a rule takes a number whole or not at all.

How figures are grouped differs from country to country (1,234.5 · 1.234,5 · 1 234,5 · 1'234.5 · 12,34,567 · 1·5 · ٣٫٥).
None is preferred: figures joined by a mark without a blank are one number, be it an amount, a range, a date, a version or
a power of ten. What has no reading here (10^6, 5±2) is found by no rule: nothing is better than a part of it.
:data:`NUMBER` is for rules to build on; :func:`number_spans` says where numbers stand, and :func:`cuts_a_number` whether
a stretch of text takes only a part of one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

BLANK = r"[ \u00a0\u2009\u202f]"
DASH = r"[-‐-―−]"
_POINT = r"[.,·٫٬'’]"  # in a number
_JOINER = r"[.,，:/'’+⁄·٫٬^*×±~〜\-‐-―−]"  # between two figures
# Between two figures, too: 10^-6, 2**3, 1.5 x 10^6, 5 ± 2, 1 000.
_JOINERS = (
    rf"(?:{_JOINER}|(?:\^|\*\*)[+\-−]?|{BLANK}?[x×*·]{BLANK}?(?=\d\d(?:\^|\*\*|[⁰¹²³⁴-⁹⁻]))"
    rf"|{BLANK}?(?:±|\+/[\-−]){BLANK}?|(?<!\d{{4}}){BLANK}(?=\d{{3}}(?!\d)))"
)
_LEADING_POINT = r"(?:(?<![\w.…)\]%\"”’'])[.٫·])"  # .5
BEFORE = rf"(?<!\w)(?<!\d{_JOINER})"  # no word, and no figure with a joiner, goes on here

_SMALL = (
    r"(?:zero|one|two|three|four(?:teen)?|five|six(?:teen)?|seven(?:teen)?|eight(?:een)?|nine(?:teen)?|ten|eleven|twelve"
    r"|thirteen|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
)
_LARGE = r"(?:hundred|thousand|million|billion|trillion|lakh|crore|dozen)s?"
_PART = r"(?:half|quarters?|thirds?)"
_ELEMENT = rf"(?:{_SMALL}|{_LARGE}|{_PART}|point)"
_BEHIND_LARGE = r"(?:(?<=hundred)|(?<=thousand)|(?<=million)|(?<=billion)|(?<=trillion))"
_LINK = (
    rf"(?:[ -]|{_BEHIND_LARGE},? and |{_BEHIND_LARGE}, "  # twenty-one; one hundred and five
    rf"|[ -]and[ -](?=(?:a|one|three)[ -]{_PART}\b)(?:a[ -])?"  # three and a half
    rf"|(?<=half)[ -]an?[ -](?={_LARGE}\b)|(?:(?<=quarter)|(?<=quarters)|(?<=third)|(?<=thirds)) of an? (?={_LARGE}\b))"
    rf"(?={_ELEMENT}\b)"
)
_LEAD = rf"(?:(?:an?|few|a few|several|a couple(?: of)?)[ -](?=(?:{_LARGE}|{_PART})\b))?"
_CHAIN = rf"(?:{_LINK}{_ELEMENT}\b)"
_MINUS = r"\b(?:minus|negative) "
_IN_WORDS = rf"\b(?:{_MINUS})?{_LEAD}(?!point){_ELEMENT}\b"

_SHORT_SCALE = (
    r"(?:bn|mn|mln|mm|mil|bil|tn|trn|cr|[kmbt]|(?:mio|mrd|md|tsd)\b\.?"
    r"|quadrillion|million(?:en)?|milliard(?:en?|s)?|mill?on(?:es)?|mili(?:oni|ardi))"  # as in German, French, Spanish, Italian
)
_AND_A_HALF = r"[ -]and[ -]a[ -]half\b"
SCALE = rf"(?:(?:{BLANK}|{DASH})?{_SHORT_SCALE}(?!\w)|(?:{BLANK}|{DASH})?{_LARGE}\b{_CHAIN}{{0,20}}|{_AND_A_HALF})"
_FRACTION = rf"(?:{BLANK}?[¼-¾⅐-⅞]|{BLANK}\d{{1,3}}[/⁄]\d{{1,3}}|[/⁄]\d{{1,3}})"
SIGN = rf"(?:(?<![\w)\]%]){BEFORE}(?:\+/[\-−]|[+±\-−])|{_MINUS})"
FIGURE = (
    rf"(?:(?:\d{{1,3}}(?:{BLANK}\d{{3}}){{1,5}}(?!\d)|\d++)(?:{_POINT}\d++)*+{_FRACTION}?"
    rf"|{_LEADING_POINT}\d++(?!{_POINT}\d)|[¼-¾⅐-⅞])"
)
END = rf"(?!{_JOINER}?\d)"
TO = rf"(?:{BLANK}?[~〜\-‐-―−]{BLANK}?|[ -](?:to|or)[ -])"  # 10–15 %; "from 10 to 15 percent" speaks of two, which rose or fell
NOT_FROM = r"(?<!\bfrom )(?<!\bminus )(?<!\bnegative )"
SIGNS = "[$¢-¥֏؋৲৳฿៛\u20a0-\u20cf﷼﹩＄￠￡￥￦]"  # of currencies
# Codes of ISO 4217 in capitals; those that are English words too (ALL, TRY) are left out.
CODES = (
    "USD|EUR|GBP|JPY|CNY|RMB|CHF|CAD|AUD|NZD|HKD|SGD|INR|KRW|TWD|MYR|THB|IDR|PHP|VND|BRL|MXN|ZAR|SEK|NOK|DKK|PLN"
    "|CZK|HUF|RUB|AED|SAR|ILS|EGP|NGN|KES"
)
# $5 or 10%: the first number is an amount of money already, and the second has a unit of its own.
_NOT_MONEY = "".join(
    rf"(?<!{mark})(?<!{mark}{BLANK})" for mark in (SIGNS, rf"(?-i:{CODES})", "(?-i:RM|Rs)", r"(?-i:Rs\.)")
)
WORDS = rf"{_IN_WORDS}{_CHAIN}{{0,20}}"
FIGURES = rf"(?:{SIGN}|{BEFORE}){FIGURE}{END}{SCALE}?"
_RANGE = rf"{NOT_FROM}{_NOT_MONEY}(?:{SIGN}|{BEFORE}){FIGURE}{SCALE}?{TO}{FIGURE}{END}{SCALE}?"
NUMBER = rf"(?:{_RANGE}|{FIGURES}|{NOT_FROM}{WORDS}[ -](?:to|or)[ -]{WORDS}|{WORDS})"

_LONG = (
    rf"(?:{BLANK}\d{{3}}(?!\d))*+{_FRACTION}?(?:{BLANK}?{_LARGE}\b{_CHAIN}*+|(?:{BLANK}|{DASH}){_SHORT_SCALE}(?!\w))?"
)
_WHOLE = re.compile(
    rf"(?<!\w)(?:(?<![\w)\]%])(?:\+/[\-−]|[+±\-−])|{_MINUS})?{_LEADING_POINT}?(?=[^\W\d]*\d)\w++"
    rf"(?:{_JOINERS}(?=[^\W\d]*\d)\w++)*+{_LONG}(?:{_AND_A_HALF})?"
    rf"|{_IN_WORDS}{_CHAIN}*+(?:-(?:to|or)-{_IN_WORDS}{_CHAIN}*+)?",
    re.IGNORECASE,
)

ANY_NUMBER = rf"(?:{_WHOLE.pattern})"


def number_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return start and end (excluded) of every number, as long as it goes: signs, grouping, fractions, ``million``.

    What is glued to a figure without a blank belongs to it (``3rd``, ``B2B``, ``1990s``, ``192.168.0.1``).
    """
    return tuple(match.span() for match in _WHOLE.finditer(text))


def whole_numbers(
    spans: Sequence[tuple[int, int, str]], numbers: Sequence[tuple[int, int]]
) -> tuple[tuple[int, int, str], ...]:
    """Return (start, end, type) ``spans``, in order, none of which begins or ends inside one of ``numbers``.

    One that does is widened to the number's ends. Those that share a number become one, of the type that has most of the
    characters.
    """
    out: list[tuple[int, int, dict[str, int]]] = []
    for start, end, kind in spans:
        cut = [number for number in numbers if cuts_a_number(start, end, [number])]
        first, last = min([start, *(a for a, _ in cut)]), max([end, *(b for _, b in cut)])
        shares = {kind: end - start}
        if out and out[-1][1] > first:
            before, reached, others = out.pop()
            first, last = min(before, first), max(reached, last)
            shares = others | {kind: others.get(kind, 0) + end - start}
        out.append((first, last, shares))
    return tuple((start, end, max(shares, key=lambda kind: shares[kind])) for start, end, shares in out)


def cuts_a_number(start: int, end: int, numbers: Sequence[tuple[int, int]]) -> bool:
    """Return whether ``start`` or ``end`` lies inside one of ``numbers``, which are in order and without overlaps."""
    for place in (start, end):
        before = bisect_right(numbers, (place, -1)) - 1  # the last that begins left of the place
        if before >= 0 and numbers[before][0] < place < numbers[before][1]:
            return True
    return False
