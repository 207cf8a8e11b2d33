"""Questions in tests: every text of one in every language, and answering the one that a page asks."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest

from app.lessons import lesson
from app.questions import Question, all_filled, filled
from app.words import LANGUAGES, LOCALES, Words
from tests.pages.screen import sound, text_of

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


def asks(app: AppTest) -> bool:
    """Whether a question on the page waits for an answer."""
    return any(str(button.key).startswith("_go_") for button in app.button)


def guess(app: AppTest, option: int, question: str = "") -> AppTest:
    """Commit to an option of the first question that waits, or of the one that is called so."""
    radio = next(radio for radio in app.radio if _is_of(radio.key, "_guess_", question))
    radio.set_value(option)
    app.run()
    next(button for button in app.button if _is_of(button.key, "_go_", question)).click()
    return sound(app.run())


def give_up(app: AppTest, question: str = "") -> AppTest:
    """Ask to see the answer without a guess."""
    next(button for button in app.button if _is_of(button.key, "_show_", question)).click()
    return sound(app.run())


def with_its_panel(app: AppTest) -> AppTest:
    """Return the page with its panel open, that may have to wait for a question to be answered."""
    closed = [Words(LOCALES / "shell.yaml", language)("panels.tells") for language in LANGUAGES]
    while any(said in caption.value for caption in app.caption for said in closed) and asks(app):
        give_up(app)
    return app


def counted(app: AppTest, option: int, language: str = "en") -> bool:
    """Commit to an option; return whether the page calls it right, after making sure that it counts it so."""
    guess(app, option)
    right = bool(app.success)
    assert (len(app.success), len(app.warning)) == ((1, 0) if right else (0, 1))
    assert Words(LOCALES / "shell.yaml", language)("predict.score", right=int(right), asked=1) in text_of(app)
    return right


def _is_of(key: str | None, kind: str, question: str) -> bool:
    return str(key).startswith(kind) and f".{question}" in str(key)
