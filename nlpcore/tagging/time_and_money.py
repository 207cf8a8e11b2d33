"""Dates, times, sums of money and percentages in text, found by rules: a list of regular expressions for each language.

These are rules and nothing else: they know no context, give no probability and are never mixed with a model's answer.
What each type means follows the OntoNotes 5 names guidelines (Weischedel et al. 2013): DATE a day or longer, TIME
shorter than a day, MONEY with its unit, PERCENT with its sign. A number is taken whole or not at all
(:mod:`nlpcore.tagging.numbers`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from nlpcore.tagging.numbers import (
    ANY_NUMBER,
    BLANK,
    CODES,
    DASH,
    END,
    FIGURE,
    FIGURES,
    NOT_FROM,
    NUMBER,
    SCALE,
    SIGN,
    SIGNS,
    TO,
    WORDS,
    cuts_a_number,
    number_spans,
)
from nlpcore.tagging.time_and_money_zh import CHINESE_RULES, chinese_number_spans
from nlpcore.text import is_han

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_DAYS = rf"{_DAY}(?: ?{DASH} ?{_DAY})?"
_CENTURY = r"(?:1[0-9]|20)"
_YEAR = rf"{_CENTURY}\d\d"
_YEARS = rf"{_YEAR}(?:(?: ?{DASH} ?|/)(?:{_YEAR}|\d\d))?"
_NTH = (
    r"(?:(?:1[0-9]|[1-9])th|(?:2?1st|2?2nd|2?3rd)|2\dth|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh"
    r"|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth"
    r"|twenty[ -](?:first|second|third|fourth|fifth)|(?-i:[IVX]+)(?:st|nd|rd|th)?)"
)
_ERA = r"(?:BCE?|CE|AD|B\.C\.(?:E\.)?|C\.E\.|A\.D\.)"
_DECADE = rf"(?:{_CENTURY}\d0s|['’]\d0s)"
_DAY_NUMBER, _MONTH_NUMBER = r"(?:3[01]|[12]\d|0?[1-9])", r"(?:1[0-2]|0?[1-9])"
_COUNT_TO_TWELVE = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
# a third of one percent, two-thirds of a dollar, ¾ of an hour
_SHARE = (
    rf"(?:(?:(?:{WORDS}|\ban?)[ -])?\b(?:half|halves|quarters?|thirds?|fourths?|fifths?|tenths?|hundredths?)|[¼-¾⅐-⅞])"
    r" of (?:an?|one|1)"
)
_AND_A_HALF = r"(?: and a (?:half|quarter)\b)?"
_HOW_MANY = (
    rf"(?:half an?|{_SHARE}|{NUMBER}|(?:a )?few|several|a couple of|an?(?! second (?!ago|later|earlier|or\b|and\b)\w))"
)
_AGO = r"(?: (?:ago|later|earlier))?"
_ZONE = r"(?: ?(?:GMT|UTC|ET|EST|PT|CET)\b)?"
# a quarter of them and a quarter to five are no three months
_LONG_UNIT = (
    r"(?:(?:day|week|fortnight|month|year|decade|century|centurie|yr|wk)s?|quarters?(?! (?:of|to|past|after)\b))"
)
_SHORT_UNIT = r"(?:minute|hour|min|sec|hr|second(?!-(?:hand|rate|class|degree)))s?"
_SHORTENED = r"(?-i:\.(?= [a-z]))?"  # 5 min. later
_FROM = rf"(?:(?:\d{{1,4}}|{_COUNT_TO_TWELVE})-(?: (?:to|or) |to-))?"  # 10- to 15-day
_NO_NAME = r"(?<![A-Za-z]-)"  # B-52, COVID-19
_SEASON = r"(?:spring|summer|autumn|winter|weekend)"
_HALF_PAST = r"(?: ?[ap]\.?m\b\.?)"
_CLOCK = rf"(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?{_HALF_PAST}?"
_HOUR_OF_DAY = rf"(?:(?:{_MONTH_NUMBER}|{_COUNT_TO_TWELVE})(?:{_HALF_PAST}| o['’]clock\b)?|noon|midnight)"
_MINUTES = r"(?:five|ten|twenty(?:[ -]five)?|[1-5]?\d)"
_OF_THE_DAY = r"(?: in the (?:morning|afternoon|evening)| at night)\b"
_PERIOD = r"(?:Q[1-4]|[1-4]Q|H[12]|[12]H)"
_SIGN_BEFORE = rf"(?:(?<!\w)(?:US|HK|NT|NZ|AU|CA|CN|JP|MX|A|C|S|R))?{SIGNS}"
_CODE = rf"(?-i:{CODES}|RM|Rs\.?|Kč|zł|kr)"
_PEOPLE = (
    r"(?:U\.?S\.?|American|Canadian|Australian|Hong Kong|Singapore|New Zealand|Taiwan|British|Swiss|Japanese|Chinese"
    r"|Indian|Mexican|Swedish|Norwegian|Danish|Egyptian|(?:South )?Korean)"
)
_UNIT = (
    r"(?:dollars?|euros?|pounds?(?: sterling)?|yen|yuan|renminbi|rupees?|francs?|pesos?|ringgit|baht|rupiah|kron(?:a|or|e|er)"
    r"|zlotys?|rou?bles?|liras?|dirhams?|riyals?|bucks|quid|cents?|pence)"
)
_CURRENCY = rf"(?:(?:{_PEOPLE} )?{_UNIT}\b|(?:South )?Korean won\b|{_CODE}(?!\w))"
_DOLLARS = rf"(?:{SIGN}{_SIGN_BEFORE}{BLANK}?|{_SIGN_BEFORE}{BLANK}?{SIGN}?){FIGURE}{SCALE}?"
_PERCENT = "[%％‰٪]"
_REMAINDER = rf"(?<={BLANK}[%％٪]){BLANK}\d"  # 10 % 3, of a program
_IN_PERCENT = r"(?:percent(?:age)?[ -]points?|percent|per cent|pct)\b"
# $5 or 10%, $5 to 10 days, $5 or 3pm: the second number is no amount.
_OTHER_UNIT = (
    rf"(?:{BLANK}?(?:{_PERCENT}|{SIGNS}(?!{BLANK}?\d))|[ -](?:{_IN_PERCENT}|{_CURRENCY}|(?:{_LONG_UNIT}|{_SHORT_UNIT})\b)"
    rf"| (?-i:{_MONTH})|{_HALF_PAST}| o['’]clock\b)"
)
_AMOUNT = rf"(?>{FIGURE}{END}{SCALE}?)(?!\w|{_OTHER_UNIT})"

# No date stands in https://example.com/2024/05/03, and no amount.
_ADDRESS = re.compile(
    r"(?<![\w.+-])(?:[a-z][a-z0-9+.-]{0,19}://|www\.|[\w.+-]{1,64}@\w[\w-]{0,62}\.)[!-~]*", re.IGNORECASE | re.ASCII
)

# The wide comma stays: between figures it may part two numbers of a Chinese text.
_NARROW = {0xFF01 + n: 0x21 + n for n in range(94) if chr(0x21 + n) != ","}

# Of English. (type, name of the rule, pattern); the group `e`, where there is one, is the entity, the rest is context.
RULES: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (kind, name, re.compile(pattern, 0 if name in ("month alone", "weekday") else re.IGNORECASE))
    for kind, name, pattern in (
        ("DATE", "year-month-day", rf"\b{_YEAR}(?P<s>[-./])[01]?\d(?P=s)[0-3]?\d\b"),
        ("DATE", "day, month and year in figures", rf"\b{_DAY_NUMBER}(?P<s>[-./])[01]?\d(?P=s)(?:\d{{4}}|\d\d)\b"),
        ("DATE", "month, day and year in figures", rf"\b{_MONTH_NUMBER}(?P<s>[-/])[0-3]?\d(?P=s)(?:\d{{4}}|\d\d)\b"),
        ("DATE", "month and day", rf"\b(?:{_YEAR} )?{_MONTH} {_DAYS}(?:(?:, ?| )(?:{_YEAR}|['’]\d\d))?\b"),
        (
            "DATE",
            "day and month",
            rf"\b(?:the )?{_DAYS}(?:(?: of)? |[-. ]){_MONTH}(?:(?:,? |-){_YEAR}| ?['’]\d\d)?(?!\w)",
        ),
        ("DATE", "month and year", rf"\b{_MONTH},? (?:of )?{_YEAR}\b"),
        ("DATE", "month alone", rf"\b(?i:in|since|until|by|last|next|early|late) (?P<e>{_MONTH})(?!\w)"),
        ("DATE", "middle of a month or year", rf"\bmid[- ](?-i:{_MONTH}(?:,? {_YEAR})?|{_YEAR})(?![\w%])"),
        ("DATE", "weekday", rf"\b(?:(?:[Ll]ast|[Nn]ext|[Tt]his) )?{_WEEKDAY}(?: ?{DASH} ?{_WEEKDAY})?\b"),
        (
            "DATE",
            "first and last year",
            rf"\b(?:(?<=\bfrom ){_YEAR} (?:to|until|till|through) {_YEAR}|between {_YEAR} and {_YEAR})(?![\w%])",
        ),
        ("DATE", "year of an era", rf"\b(?:{FIGURES} ?(?-i:{_ERA})|(?-i:AD|A\.D\.) ?\d{{1,4}})(?!\w)"),
        (
            "DATE",
            "century",
            rf"\b(?:the )?(?:(?:early|mid|late)[ -])?{_NTH}(?:(?: ?{DASH} ?| (?:and|or|to) (?:the )?){_NTH})?"
            rf"[ -]centur(?:y|ies)(?: (?-i:{_ERA})(?!\w))?",
        ),
        ("DATE", "year", rf"\b(?:in|since|by|until|from|before|after|during) (?P<e>{_YEARS})(?![\w%])"),
        ("DATE", "decade", rf"\b(?:the )?(?:(?:early|mid|late)[ -])?(?:{_DECADE}(?: ?[~\-‐-―] ?{_DECADE})?)(?!\w)"),
        ("DATE", "day named from now", r"\b(?:the day (?:before yesterday|after tomorrow)|yesterday|today|tomorrow)\b"),
        ("DATE", "period from now", rf"\b(?:last|next|this) (?:{_LONG_UNIT}|{_SEASON})\b"),
        (
            "DATE",
            "count of days",
            rf"{_NO_NAME}\b(?:(?:the )?(?:last|past|next) )?{_HOW_MANY} {_LONG_UNIT}\b{_SHORTENED}{_AND_A_HALF}{_AGO}(?!\w)",
        ),
        ("DATE", "as long as some days", rf"{_NO_NAME}\b{_FROM}{NUMBER}{DASH}(?!quarter){_LONG_UNIT}(?:-old)?\b"),
        ("DATE", "count of days, shortened", rf"{FIGURES}(?:yr|wk)s?\b"),
        ("DATE", "quarter", rf"\b(?:the )?(?:first|second|third|fourth) quarter(?: of {_YEAR})?\b"),
        ("DATE", "quarter or half by letter", rf"\b{_PERIOD}(?:[ /-]?(?:FY ?)?{_YEAR}| ?['’]?\d\d)\b"),
        ("DATE", "year, then quarter by letter", rf"\b(?:FY ?)?{_YEAR}[ /-]?{_PERIOD}\b"),
        (
            "DATE",
            "quarter by letter alone",
            rf"\b(?:in|during|for|since|by|until|of|last|next|this) (?P<e>{_PERIOD})(?!\w)",
        ),
        ("DATE", "business year", rf"\b(?-i:FY) ?(?:{_YEARS}|\d\d)\b"),
        (
            "TIME",
            "clock",
            rf"\b(?:{_CLOCK}(?: ?{DASH} ?(?:{_CLOCK}|{_MONTH_NUMBER}{_HALF_PAST}|noon\b|midnight\b))?"
            rf"|{_MONTH_NUMBER}{_HALF_PAST}? ?{DASH} ?{_CLOCK}){_ZONE}",
        ),
        (
            "TIME",
            "hour with a.m. or p.m.",
            rf"\b(?:{_MONTH_NUMBER}{_HALF_PAST}? ?{DASH} ?|{_MONTH_NUMBER} to )?{_MONTH_NUMBER}{_HALF_PAST}"
            rf"(?: ?{DASH} ?(?:noon|midnight)\b)?{_ZONE}",
        ),
        ("TIME", "clock with a point", rf"\b{_MONTH_NUMBER}\.[0-5]\d{_HALF_PAST}{_ZONE}"),
        ("TIME", "o’clock", rf"\b(?:{_MONTH_NUMBER}|{_COUNT_TO_TWELVE}) o['’]clock\b(?:{_OF_THE_DAY})?"),
        (
            "TIME",
            "hour of a part of the day",
            rf"\b(?:at|by|until|till|around|about|before|after|since|from) (?P<e>{_HOUR_OF_DAY}{_OF_THE_DAY})",
        ),
        (
            "TIME",
            "past or to the hour",
            rf"\b(?:half[ -]past|(?:a )?quarter (?:past|to|after|before|till?)|{_MINUTES} minutes (?:past|to|after|before)"
            rf"|{_MINUTES} past) {_HOUR_OF_DAY}(?![\w%]|{_OTHER_UNIT})(?:{_OF_THE_DAY})?",
        ),
        ("TIME", "part of a day", r"\b(?:(?:this|yesterday|tomorrow) (?:morning|afternoon|evening)|last night)\b"),
        ("TIME", "part of the day", r"\b(?:tonight|midnight|noon)\b"),
        (
            "TIME",
            "count of hours",
            rf"{_NO_NAME}\b(?:(?:the )?(?:last|past|next) )?{_HOW_MANY} {_SHORT_UNIT}\b{_SHORTENED}{_AND_A_HALF}{_AGO}(?!\w)",
        ),
        ("TIME", "as long as some hours", rf"{_NO_NAME}\b{_FROM}{NUMBER}{DASH}(?<!ty-){_SHORT_UNIT}\b"),
        (
            "TIME",
            "count of hours, shortened",
            rf"{FIGURES}(?:mins?|secs?|hrs?)\b|\b\d{{1,3}}h(?: ?[0-5]?\d(?: ?(?:m|mins?))?)?\b",
        ),
        (
            "MONEY",
            "currency before the number",
            rf"{NOT_FROM}{_DOLLARS}{TO}(?:{_SIGN_BEFORE}{FIGURE}{SCALE}?|{_AMOUNT})|{_DOLLARS}",
        ),
        (
            "MONEY",
            "currency code before the number",
            rf"(?<![\w/]){_CODE}{BLANK}?{FIGURE}{SCALE}?(?: ?{DASH} ?{_AMOUNT})?",
        ),
        ("MONEY", "currency sign after the number", rf"{NUMBER}{BLANK}?{_SIGN_BEFORE}(?!{BLANK}?\d)"),
        (
            "MONEY",
            "currency word",
            rf"(?:{_SHARE}|{NUMBER}|\b(?:half )?an?){BLANK}?{_CURRENCY}(?: and {WORDS} (?:cents?|pence)\b|{_AND_A_HALF})",
        ),
        (
            "PERCENT",
            "percent sign",
            rf"(?:{FIGURES}{BLANK}?{_PERCENT}(?:{DASH}|[~〜]))?{NUMBER}{BLANK}?{_PERCENT}(?!\w|{_REMAINDER})",
        ),
        ("PERCENT", "percent in words", rf"(?:{_SHARE}|{NUMBER}|\bhalf a)(?: |{DASH})?{_IN_PERCENT}"),
    )
)


_AMOUNT_OF = re.compile(
    rf"(?:{SIGNS}{BLANK}?)?{ANY_NUMBER}"
    rf"(?:{BLANK}?(?:{_PERCENT}|{SIGNS}(?!{BLANK}?\d))|[ -](?:{_IN_PERCENT}|{_CURRENCY}|(?:{_LONG_UNIT}|{_SHORT_UNIT})\b)"
    rf"|{_HALF_PAST})?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class RuleEntity:
    """Text found by a rule: ``source[start:end] == text``.

    Attributes:
        start, end: characters, end excluded.
        type: DATE, TIME, MONEY or PERCENT.
        text: as written.
        rule: the name of the rule.
    """

    start: int
    end: int
    type: str
    text: str
    rule: str


def find_time_and_money(text: str) -> tuple[RuleEntity, ...]:
    """Return the DATE, TIME, MONEY and PERCENT entities of an English or Chinese text, in order and without overlaps.

    Where matches overlap, the longest wins, then the rule that stands first in RULES, then in CHINESE_RULES, which are
    tried where there are Chinese characters. None begins or ends inside a number. Full-width signs are read as their narrow
    ones.
    """
    read = _ADDRESS.sub(lambda found: "\ufffc" * len(found[0]), text.translate(_NARROW))
    if not any(map(is_han, text)):
        return _apart(_matches(RULES, read, text, number_spans(read)))
    # To the English rules a Chinese character is no letter that a figure could be glued to.
    latin = "".join("\ufffc" if is_han(character) else character for character in read)
    chinese = chinese_number_spans(read)
    both = [m for m in _matches(RULES, latin, text, number_spans(latin)) if not cuts_a_number(m.start, m.end, chinese)]
    return _apart([*both, *_matches(CHINESE_RULES, read, text, chinese)])


def amount_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return start and end of every number as :func:`number_spans` does, with its unit of money, time or percent."""
    return tuple(match.span() for match in _AMOUNT_OF.finditer(text.translate(_NARROW)))


def _matches(
    rules: Sequence[tuple[str, str, re.Pattern[str]]], read: str, text: str, numbers: Sequence[tuple[int, int]]
) -> list[RuleEntity]:
    """Return all that ``rules`` find in ``read``, which is as long as ``text``, and that cuts no number."""
    return [
        RuleEntity(*match.span(group), kind, text[match.start(group) : match.end(group)], name)
        for kind, name, pattern in rules
        for match in pattern.finditer(read)
        for group in ("e" if "e" in pattern.groupindex else 0,)
        if not cuts_a_number(*match.span(group), numbers)
    ]


def _apart(found: Sequence[RuleEntity]) -> tuple[RuleEntity, ...]:
    """Return those without the shorter ones that overlap, in order."""
    kept: list[RuleEntity] = []  # in order
    for entity in sorted(found, key=lambda e: e.start - e.end):  # stable: equal lengths keep the order of RULES
        place = bisect_left(kept, entity.start, key=lambda e: e.start)
        free_before = place == 0 or kept[place - 1].end <= entity.start
        if free_before and (place == len(kept) or entity.end <= kept[place].start):
            kept.insert(place, entity)
    return tuple(kept)
