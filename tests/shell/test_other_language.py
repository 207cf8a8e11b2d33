"""What is advised where a model has not learned the language of a text: true of the models that each lesson has."""

from __future__ import annotations

import pytest

from app.lessons import LESSONS, Lesson, lesson
from app.shell import models, other_language
from app.words import Words
from nlpcore.errors import Note
from nlpcore.models import catalogue
from tests.shell.driving import SHELL

CODES = {"text_is_chinese": "zh", "text_is_not_chinese": "en"}
NAMES = {"en": {"en": "English", "zh": "英文"}, "zh": {"en": "Chinese", "zh": "中文"}}
READING = [each for each in LESSONS if each.kinds and "word-vectors" not in each.kinds]


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(other_language, "shell_words", lambda: SHELL[request.param])
    return str(request.param)


def advised(of: Lesson, code: str, language: str, model: str) -> str:
    return other_language.instead(of, Words(of.words, language), Note(code, {"model": model}))


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("of", READING, ids=lambda of: of.id)
def test_a_model_is_named_only_where_the_lesson_has_one_that_reads_the_text(
    of: Lesson, code: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "_states", lambda ids, where, now: dict.fromkeys(ids, "here"))
    other = next((one.id for one in of.models if CODES[code] not in one.languages), None)
    if other is None:
        return
    told = advised(of, code, language, other)
    named = [one for one in of.models if one.id in told]
    assert all(CODES[code] in one.languages for one in named) and len(named) <= 1
    assert NAMES[catalogue()[other].languages[0]][language] in told, "what it has learned"
    assert "{" not in told
    able = [one for one in of.models if CODES[code] in one.languages]
    assert named or not able or Words(of.words, language).has(f"read_{CODES[code]}")


@pytest.mark.parametrize(
    ("lesson_id", "code", "model", "told"),
    [
        ("lstm-gates", "text_is_chinese", "lstm-imdb", "No model of this lesson reads Chinese: write in English."),
        ("attention", "text_is_chinese", "smollm2-135m", "Choose bert-mini-zh in Settings, or write in English."),
        ("attention", "text_in_other_language", "smollm2-135m", "Write in English."),
        ("attention", "text_in_other_language", "bert-mini-zh", "Write in Chinese."),
        ("bio-tagging", "text_is_chinese", "minilm-l6-ner", "“Chinese with a CRF”"),
        ("bio-tagging", "text_is_not_chinese", "lac-zh", "“Any sentence”"),
        ("attention", "cut_tokens", "smollm2-135m", ""),
    ],
)
def test_what_is_advised(lesson_id: str, code: str, model: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(other_language, "shell_words", lambda: SHELL["en"])
    monkeypatch.setattr(models, "_states", lambda ids, where, now: dict.fromkeys(ids, "bundled"))
    assert (told in (said := advised(lesson(lesson_id), code, "en", model))) and bool(said) is bool(told)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_view_that_is_named_is_there(language: str) -> None:
    words = Words(lesson("bio-tagging").words, language)
    assert words("views.chinese") in words("read_zh") and words("views.own") in words("read_en")
