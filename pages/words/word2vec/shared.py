"""What the views of the lesson share: the words of a text, and the idea."""

from __future__ import annotations

from app.shell.frame import LessonPage
from nlpcore.tagging import split_words, tag_chinese
from nlpcore.text import mostly_chinese
from nlpcore.words.reading import WindowReading
from pages.words.word2vec import idea

SEGMENTER = "lac-zh"


def words_of(lesson: LessonPage, text: str) -> tuple[str, ...] | None:
    """Return the words of a text in small letters, signs left out: Chinese is cut into words by LAC. None after a warning."""
    if mostly_chinese(text):
        cut = lesson.attempt(tag_chinese, SEGMENTER, text=text)
        if cut is None:
            return None
        found = [segment.text for segment in cut.segments]
    else:
        found = [word.text for word in split_words(text)]
    return tuple(word.lower() for word in found if any(character.isalnum() for character in word))


def tell_idea(lesson: LessonPage, reading: WindowReading) -> None:
    """Tell the idea with the window of this text that has most around it."""
    w = lesson.words
    alt = w("idea.alt", **idea.values(reading, w, plain=True))
    lesson.idea(idea.sketch(reading), alt, **idea.values(reading, w))
