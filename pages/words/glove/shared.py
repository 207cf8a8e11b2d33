"""What the views of the lesson share: a text cut into sentences and words, a pair of its words, and the idea."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from app.shell import word_cutter
from app.shell.frame import LessonPage
from app.shell.menu import Place
from nlpcore.words.cooccurrences import distances
from nlpcore.words.glove_reading import Cooccurrences, read_cooccurrences
from pages.words.glove import idea

MOST_WINDOW = 10
MOST_SHOWN = 10  # words of a matrix that can be read
_ENDS = re.compile(r"(?<=[.!?])\s+|[。！？；\n]+")  # of a sentence; what stands in a number is none
Pair = tuple[str, str]


def sentences(lesson: LessonPage, text: str, quiet: bool = False) -> str | None:
    """Return the words of a text, a sentence a line and blanks between them; None after saying what is wrong with it.

    ``quiet``: nobody has typed it, so nothing is said of how it was cut.
    """
    parts = [part for part in _ENDS.split(text) if any(character.isalnum() for character in part)]
    found = [word_cutter.cut(lesson, part) for part in parts or [text]]
    if any(words is None for words in found):
        return None
    if not quiet:
        word_cutter.tell(lesson, text)
    return "\n".join(" ".join(words) for words in found if words)


def shown_words(read: Cooccurrences) -> tuple[str, ...]:
    """Return the words whose rows are drawn: the most frequent."""
    return read.counted.words[:MOST_SHOWN]


def usual_pair(read: Cooccurrences) -> Pair:
    """Return the pair that is looked at first: the one whose count distance changes most; of equals the first.

    Rather none that never meets, nor one of count 1, whose logarithm is 0.
    """
    words = shown_words(read)
    best: tuple[tuple[bool, float], Pair] = ((False, -1.0), (words[0], words[0]))
    for place, one in enumerate(words):
        for other in words[place + 1 :]:
            apart = distances(read.lines, one, other, read.counted.window)
            fit = sum(1 / each for each in apart) not in (0, 1), sum(1 - 1 / each for each in apart)
            if fit > best[0]:
                best = fit, (one, other)
    return best[1]


def choose_pair(lesson: LessonPage, place: Place, read: Cooccurrences, near: Sequence[str]) -> Pair:
    """Draw the choice of two words; ``near``: which ones the second may be."""
    w, usual = lesson.words, usual_pair(read)
    with place:
        one = str(lesson.choice("select", w("controls.one"), shown_words(read), "one", default=usual[0]))
        usual_other = usual[1] if usual[1] in near else near[0]
        other = str(lesson.choice("select", w("controls.other"), near, "other", default=usual_other))
    return one, other


def window_setting(lesson: LessonPage, place: Place, name: str = "window", default: int = 2) -> int:
    """Draw the slider of the window; each length of text has its own ``name``, as it has its own default."""
    with place:
        return lesson.whole_number(name, lesson.words("controls.window"), default, MOST_WINDOW)


def distance_setting(lesson: LessonPage, place: Place) -> bool:
    """Draw the switch of weighting by distance."""
    with place:
        return bool(st.toggle(lesson.words("controls.by_distance"), **lesson.bound("by_distance", True)))


def tell_idea(lesson: LessonPage, read: Cooccurrences, asked: Pair | None) -> None:
    """Tell the idea with a pair of this text that is not the one that is asked about."""
    w = lesson.words
    pair = idea.told_pair(read, asked)
    alt = w("idea.alt", **idea.values(read, pair, plain=True))
    how = w("idea.by_distance" if read.counted.by_distance else "idea.plain", window=read.counted.window)
    lesson.idea(idea.sketch(read, pair), alt, **idea.values(read, pair), how=how)


def usual_idea(lesson: LessonPage) -> None:
    """Tell the idea with the lesson's own short text, where the screen is about another."""
    text = sentences(lesson, lesson.words("default.counts"), quiet=True)
    read = None if text is None else lesson.attempt(read_cooccurrences, text=text)
    if read is not None:
        tell_idea(lesson, read, None)
