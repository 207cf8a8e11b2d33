"""What a field says of what it does not read, in every field of every lesson: of a text far too long, and of what no one sees."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from app.lessons import LESSONS
from app.words import LANGUAGES, LOCALES, Words
from tests.hostile.pages import assert_sound, fields_of, is_answered, open_screen, screens
from tests.pages.screen import text_of
from tests.sample import visited
from tests.shell.driving import written

pytestmark = pytest.mark.models
IDS = visited([lesson.id for lesson in LESSONS])
SHELL = Words(LOCALES / "shell.yaml", "en")
TEXTS = {
    "10,000 words": "The king and Ana live in Paris. " * 1430,
    "many words": "The king and Ana live in Paris.\n" * 32_000,
    "a book in Chinese": "王小明在北京工作，" * 120_000,
    "one word": "x" * 1_000_000,
}


@cache
def fields(lesson_id: str) -> dict[str, dict[str, str]]:
    """Return each field of a lesson with the query of a screen that has it."""
    return {name: dict(screen.query) for screen in screens(lesson_id)[::-1] for name in screen.fields}


@pytest.mark.parametrize("text", list(TEXTS))
@pytest.mark.parametrize("lesson_id", IDS)
def test_every_field_says_what_it_reads_of_a_text_too_long(
    lesson_id: str, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    typed = TEXTS[text]
    before, after = SHELL("text_cut", given=f"{len(typed):,}").split("{limit}")[0], SHELL("link.too_long")
    for name, query in fields(lesson_id).items():
        app = open_screen(lesson_id, query)
        field: Any = fields_of(app)[name]
        assert field.proto.max_chars == 0, f"{name}: the browser drops a longer text without a word"
        field.set_value(typed)
        app.run()
        assert_sound(app, caplog, (name, text))
        said = [caption.value for caption in app.caption]
        cut = [caption for caption in said if before in caption]
        is_whole = (lesson_id, name, text) == ("embedding-map", "text", "10,000 words")
        assert len(cut) == (not is_whole), (name, said)
        assert any(after in caption for caption in said) and is_answered(app), name
        assert fields_of(app)[name].value == typed and written(app)[name] is None, name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson_id", IDS)
def test_every_field_says_once_that_what_no_one_sees_is_not_read(lesson_id: str, language: str) -> None:
    notes = Words(LOCALES / "notes.yaml", language)
    wanted = [notes("removed_invisible", count=3), notes("removed_characters", count=1)]
    for name, query in fields(lesson_id).items():
        app = open_screen(lesson_id, {**query, "lang": language})
        typed = f"k\u200bi\u00adng{fields_of(app)[name].value or ''}\u2060\x07"
        fields_of(app)[name].set_value(typed)
        app.run()
        said = text_of(app)
        assert [said.count(sentence) for sentence in wanted] == [1, 1], (name, said)
        assert fields_of(app)[name].value == typed
