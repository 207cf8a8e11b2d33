"""What callers may give: options that are one of a few words, one word or several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args


def check_option(name: str, value: str, options: Any) -> None:
    """Raise ValueError where ``value`` of the option ``name`` is none of the words of ``options``, a Literal.

    A misspelt option would else silently be another one.
    """
    if value not in get_args(options):
        raise ValueError(f"{name} is one of {', '.join(get_args(options))}, not {value!r}")


def as_words(words: str | Iterable[str]) -> tuple[str, ...]:
    """Return the words; one word alone is a tuple of one and not its letters, as in gensim."""
    return (words,) if isinstance(words, str) else tuple(words)
