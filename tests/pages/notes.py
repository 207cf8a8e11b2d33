"""The remarks on a lesson's examples, read as a learner reads them: which numbers they claim."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.lessons import lesson
from app.words import LANGUAGES, Words

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NUMBER = re.compile(r"(?<![\w.])[+−]?\d+(?:[.,]\d+)*")
_NAME = re.compile(r"\b[a-z]+\d*(?:-[a-z0-9]+)+\b")  # of a model


def numbers_in(text: str) -> list[str]:
    """Return the numbers that a text claims, in order: neither the years of its sources nor those in a model's name."""
    return _NUMBER.findall(_YEAR.sub("", _NAME.sub("", text)))


def preset(lesson_id: str, name: str, language: str = "en") -> Mapping[str, Any]:
    """Return what a preset sets, in one language."""
    words = Words(lesson(lesson_id).words, language)
    found: Mapping[str, Any] = words.resolve(words.node(f"presets.{name}.state"))
    return found


def note(lesson_id: str, name: str, language: str) -> str:
    """Return a preset's remark."""
    return Words(lesson(lesson_id).words, language)(f"presets.{name}.note")


def check(lesson_id: str, name: str, worked_out: Sequence[str], languages: Sequence[str] = LANGUAGES) -> None:
    """Make sure that the remark on an example claims these numbers and no others, each as often."""
    for language in languages:
        text = note(lesson_id, name, language)
        assert sorted(numbers_in(text)) == sorted(worked_out), (name, language, text)
