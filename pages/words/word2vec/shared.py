"""What the views of the lesson share: the idea."""

from __future__ import annotations

from app.shell.frame import LessonPage
from nlpcore.words.reading import WindowReading
from pages.words.word2vec import idea


def tell_idea(lesson: LessonPage, reading: WindowReading) -> None:
    """Tell the idea with the window of this text that has most around it."""
    w = lesson.words
    alt = w("idea.alt", **idea.values(reading, w, plain=True))
    lesson.idea(idea.sketch(reading), alt, **idea.values(reading, w))
