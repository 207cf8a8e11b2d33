"""What the views of the lesson share: its idea, told with the vocabulary on the screen or with the one that it opens on."""

from __future__ import annotations

from app.shell.frame import LessonPage
from nlpcore.text import mostly_chinese
from nlpcore.words.one_hot import Vocabulary, vocabulary
from pages.words.one_hot import idea

ENGLISH, CHINESE = "glove-6b-50d", "words-zh-64d"


def tell_idea(lesson: LessonPage, trace: Vocabulary) -> None:
    """Tell the lesson's idea with the first words of a vocabulary."""
    w = lesson.words
    lesson.idea(idea.sketch(trace), w("idea.alt", **idea.values(trace, w, plain=True)), **idea.values(trace, w))


def first_idea(lesson: LessonPage) -> None:
    """Tell it with the words that the lesson opens on."""
    text = lesson.words("default.text")
    trace = lesson.attempt(vocabulary, CHINESE if mostly_chinese(text) else ENGLISH, text=text)
    if trace:
        tell_idea(lesson, trace)
