"""Questions as data: a lesson makes them from a trace by a pure function, and the frame asks them.

A question says nothing in any language: it names texts of the lesson's words and the values that fill their blanks. So
the same question is asked in every language, a guess survives a switch of the language, and a test can work out the right
option without reading a sentence.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from app.text import Markdown, Say, markdown_escape, number


class Language(Say, Protocol):
    """What also joins the items of a list as its language does."""

    def listed(self, items: Iterable[str]) -> str: ...


@dataclass(frozen=True, slots=True)
class Said:
    """A text of the lesson's words, with the values of its blanks.

    Attributes:
        key: where it stands in the words, with dots: ``predict.turn.rises``.
        values: fill its blanks; see :func:`filled`.
    """

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.key, tuple(self.values.items())))


Value = str | int | float | Said | tuple[str | Said, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What a learner predicts before it is revealed.

    Attributes:
        name: ``predict.<name>.question`` asks it, with ``values`` in its blanks.
        options: what there is to choose from: texts of the words, or a str for a word of the learner's or the model's.
        right: index of the right option.
        because: key of the text that says why, with ``values`` in its blanks; "" where nothing needs to be said.
        values: fill the blanks of question and reason; see :func:`filled`.
        about: what it is about, beside the options (a model, a text, a place): when that changes it is asked anew.
    """

    name: str
    options: tuple[str | Said, ...]
    right: int
    because: str = ""
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    about: Hashable = None

    def __post_init__(self) -> None:
        if len(set(self.options)) != len(self.options) or len(self.options) < 2:
            raise ValueError(f"{self.name} needs at least two different options, not {self.options}")
        if not 0 <= self.right < len(self.options):
            raise ValueError(f"{self.name} has {len(self.options)} options and no number {self.right}")

    @property
    def subject(self) -> tuple[Hashable, ...]:
        """What a guess was made about: the same in every language."""
        return (self.about, self.options)

    @property
    def answer(self) -> str | Said:
        """The right option."""
        return self.options[self.right]


def filled(value: Value, words: Language) -> str:
    """Return a value as Markdown in the language of ``words``: a str letter for letter, a float with two digits.

    Those of a tuple stand in a row.
    """
    if isinstance(value, tuple):
        return words.listed(filled(each, words) for each in value)
    if isinstance(value, Said):
        return words(value.key, **all_filled(value.values, words))
    if isinstance(value, Markdown):
        return value
    if isinstance(value, str):
        return markdown_escape(value)
    return f"{value:,}" if isinstance(value, int) else number(value)


def all_filled(values: Mapping[str, Value], words: Language) -> dict[str, str]:
    """Return every value as :func:`filled` does."""
    return {name: filled(value, words) for name, value in values.items()}
