"""What the views of the lesson share: its idea, told with the sentences on the screen or with those that it opens on."""

from __future__ import annotations

from app.shell.frame import LessonPage
from nlpcore.text import mostly_chinese
from nlpcore.words.senses import Senses, compare_senses
from pages.words.word_senses import idea

ENGLISH, CHINESE = "minilm-l6", "bert-mini-zh"
MASKED = "minilm-l6-mlm"


def tell_idea(lesson: LessonPage, trace: Senses) -> None:
    """Tell the lesson's idea with two sentences of a trace."""
    w = lesson.words
    lesson.idea(idea.sketch(trace, w), w("idea.alt", **idea.values(trace, plain=True)), **idea.values(trace))


def first_idea(lesson: LessonPage) -> None:
    """Tell it with the sentences that the lesson opens on."""
    text = lesson.words("default.text")
    model = CHINESE if mostly_chinese(text) else ENGLISH
    trace = lesson.attempt(compare_senses, model, word=lesson.words("default.word"), text=text)
    if trace:
        tell_idea(lesson, trace)
