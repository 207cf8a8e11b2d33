"""What a question says on the screen, for tests of questions: every text of it, in every language."""

from __future__ import annotations

import re

from app.lessons import lesson
from app.questions import Question, all_filled, filled
from app.words import LANGUAGES, Words

_BLANK = re.compile(r"(?<!\\)\{\w+\}")


def told(lesson_id: str, question: Question, language: str = "en") -> list[str]:
    """Return the question, its options and its reason in one language, after making sure that no blank is left."""
    words = Words(lesson(lesson_id).words, language)
    values = all_filled(question.values, words)
    texts = [words(f"predict.{question.name}.question", **values), *(filled(o, words) for o in question.options)]
    if question.because:
        texts.append(words(question.because, **values))
    for text in texts:
        assert text and not _BLANK.search(text), text
    return texts


def in_every_language(lesson_id: str, question: Question) -> list[str]:
    """Return the English texts after making sure that all languages have them, with the same blanks filled."""
    for language in LANGUAGES:
        texts = told(lesson_id, question, language)
        assert len(set(texts[1 : 1 + len(question.options)])) == len(question.options)
    return told(lesson_id, question)
