"""Dates, times, sums of money and percentages in English text, found by rules: one list of regular expressions.

These are rules and nothing else: they know no context, give no probability and are never mixed with a model's answer.
What each type means follows the OntoNotes 5 names guidelines (Weischedel et al. 2013): DATE a day or longer, TIME
shorter than a day, MONEY with its unit, PERCENT with its sign.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_CENTURY = r"(?:1[0-9]|20)"
_YEAR = rf"{_CENTURY}\d\d"
_COUNT = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
)
_DIGITS = r"\d{1,15}(?:,\d{3}){0,5}(?:\.\d{1,6})?"
_NUMBER = rf"(?:{_DIGITS}|{_COUNT}(?:[ -]{_COUNT})?)"
_HOW_MANY = rf"(?:{_NUMBER}|an?)"
_AGO = r"(?: (?:ago|later|earlier))?"
_ZONE = r"(?: ?(?:GMT|UTC|ET|EST|PT|CET)\b)?"
_SCALE = r"(?:hundred|thousand|million|billion|trillion|bn|m|k)"
_LONG_UNIT = r"(?:day|week|month|quarter|year|decade|century|centurie)s?"
_SHORT_UNIT = r"(?:second|minute|hour)s?"
_SEASON = r"(?:spring|summer|autumn|winter|weekend)"
_CURRENCY = (
    r"(?:(?:U\.?S\.?|Canadian|Australian|Hong Kong) )?(?:dollars?|euros?|pounds?(?: sterling)?|yen|yuan|rupees?|francs?"
    r"|cents?|pence|USD|EUR|GBP|JPY|CNY|RMB)"
)

# (type, name of the rule, pattern); the group `e`, where there is one, is the entity, the rest is context.
RULES: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (kind, name, re.compile(pattern, 0 if name in ("month alone", "weekday") else re.IGNORECASE))
    for kind, name, pattern in (
        ("DATE", "year-month-day", rf"\b{_YEAR}-[01]\d-[0-3]\d\b"),
        ("DATE", "numbers with slashes", r"\b[0-3]?\d/[0-3]?\d/(?:\d{4}|\d\d)\b"),
        ("DATE", "month and day", rf"\b{_MONTH} {_DAY}(?:,? {_YEAR})?\b"),
        ("DATE", "day and month", rf"\b(?:the )?{_DAY} (?:of )?{_MONTH}(?:,? {_YEAR})?(?!\w)"),
        ("DATE", "month and year", rf"\b{_MONTH},? (?:of )?{_YEAR}\b"),
        ("DATE", "month alone", rf"\b(?i:in|since|until|by|last|next|early|late) (?P<e>{_MONTH})(?!\w)"),
        ("DATE", "weekday", rf"\b(?:(?:[Ll]ast|[Nn]ext|[Tt]his) )?{_WEEKDAY}\b"),
        ("DATE", "year", rf"\b(?:in|since|by|until|from|before|after|during) (?P<e>{_YEAR})(?![\w%]|[.,]\d)"),
        ("DATE", "decade", rf"\b(?:the )?(?:(?:early|mid|late)[ -])?{_CENTURY}\d0s\b"),
        ("DATE", "day named from now", r"\b(?:the day (?:before yesterday|after tomorrow)|yesterday|today|tomorrow)\b"),
        ("DATE", "period from now", rf"\b(?:last|next|this) (?:{_LONG_UNIT}|{_SEASON})\b"),
        ("DATE", "count of days", rf"\b(?:(?:the )?(?:last|past|next) )?{_HOW_MANY} {_LONG_UNIT}{_AGO}\b"),
        ("DATE", "quarter", rf"\b(?:the )?(?:first|second|third|fourth) quarter(?: of {_YEAR})?\b"),
        ("TIME", "clock", rf"\b(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?: ?[ap]\.?m\b\.?)?{_ZONE}"),
        ("TIME", "hour with a.m. or p.m.", rf"\b(?:1[0-2]|0?[1-9]) ?[ap]\.?m\b\.?{_ZONE}"),
        ("TIME", "o’clock", rf"\b(?:1[0-2]|[1-9]|{_COUNT}) o['’]clock\b"),
        ("TIME", "part of a day", r"\b(?:(?:this|yesterday|tomorrow) (?:morning|afternoon|evening)|last night)\b"),
        ("TIME", "part of the day", r"\b(?:tonight|midnight|noon)\b"),
        ("TIME", "count of hours", rf"\b(?:half an|{_HOW_MANY}) {_SHORT_UNIT}{_AGO}\b"),
        ("MONEY", "currency sign", rf"(?:\b(?:US|HK|A|C))?[$€£¥₹] ?{_DIGITS}(?:[ -]?{_SCALE}\b)?"),
        ("MONEY", "currency word", rf"\b(?:{_NUMBER}|an?)(?: {_SCALE}){{0,2}} {_CURRENCY}\b"),
        ("PERCENT", "percent sign", r"(?<![\w.])[+\-−]?\d{1,9}(?:,\d{3}){0,3}(?:\.\d{1,6})? ?%"),
        ("PERCENT", "percent in words", rf"\b{_NUMBER}(?: and a half)? (?:percent|per cent|percentage points?)\b"),
    )
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
    """Return the DATE, TIME, MONEY and PERCENT entities of an English text, in order and without overlaps.

    Where matches overlap, the longest wins, then the rule that stands first in RULES.
    """
    found = [
        RuleEntity(*match.span(group), kind, match[group], name)
        for kind, name, pattern in RULES
        for match in pattern.finditer(text)
        for group in ("e" if "e" in pattern.groupindex else 0,)
    ]
    kept: list[RuleEntity] = []
    for entity in sorted(found, key=lambda e: e.start - e.end):  # stable: equal lengths keep the order of RULES
        if all(entity.end <= other.start or other.end <= entity.start for other in kept):
            kept.append(entity)
    return tuple(sorted(kept, key=lambda e: e.start))
