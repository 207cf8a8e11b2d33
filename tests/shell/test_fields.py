"""A field takes whatever is typed or pasted, and says what of it is read."""

from __future__ import annotations

from typing import Any

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from app.shell.fields import LONGEST, beginning
from app.shell.frame import Below, LessonPage
from nlpcore.errors import Note
from nlpcore.text import clean
from tests.shell.driving import SHELL, drawn, made_up, sound, written

LONG = "The river runs to the sea. " * 400


def field_of(app: AppTest) -> Any:
    return [*app.text_area, *app.text_input][0]


def said(app: AppTest) -> list[str]:
    return [caption.value for caption in app.caption if ":material/content_cut:" in caption.value]


@pytest.mark.parametrize("area", [False, True])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_longer_text_stays_whole_in_the_field_which_says_what_is_read(area: bool, language: str) -> None:
    read: list[str] = []

    def body() -> None:
        page = LessonPage(made_up())
        read.append(page.text(default="a cat", limit=100, area=area))
        page.finish(Below())

    app = drawn(body, {"lang": language})
    assert said(app) == [] and field_of(app).proto.max_chars == 0, "the browser would drop a longer text"
    sound(field_of(app).set_value(LONG).run())
    assert LONG.startswith(read[-1] + " ") and len(read[-1]) == 98
    sentence = SHELL[language]("text_cut", given="10,800", limit="100", kept="98")
    assert said(app) == [f":material/content_cut: {sentence}"]
    sound(app.run())
    assert field_of(app).value == LONG and written(app)["text"] is None
    sound(field_of(app).set_value("x" * 100).run())
    assert said(app) == [] and read[-1] == "x" * 100


def test_what_the_library_cuts_again_is_counted_from_what_was_typed() -> None:
    """The library sees no more than the field reads, and would tell the length of that."""
    told: list[str] = []

    def body() -> None:
        page = LessonPage(made_up())
        page.entry("word", "A word", limit=5)
        text = page.text(limit=2 * LONGEST)
        told.extend(page.sentence(note) for note in (clean(text).notes if text else ()))
        told.append(page.sentence(Note("cut_tokens", {"given": 7, "kept": 3})))
        page.finish(Below())

    app = drawn(body)
    sound(app.text_input(key="text").set_value(LONG).run())
    assert told[-2].startswith("The text has 10,800 characters;") and " 7 tokens" in told[-1]
    sound(app.text_input(key="text").set_value(LONG[: LONGEST + 1]).run())
    assert told[-2].startswith("The text has 4,001 characters;")


def test_a_word_to_look_for_is_no_title_of_a_picture() -> None:
    """What is typed beside the text stands in its field with a hint, and not under the pictures that are taken away."""
    captions: list[list[str]] = []

    def body() -> None:
        page = LessonPage(made_up())
        page.text(default="a cat")
        page.entry("guess", "Your guess", "a dog", hint="one word")
        captions.append(page._caption)
        page.finish(Below())

    app = drawn(body)
    assert captions == [["A made-up lesson", "“a cat”"]]
    field = app.text_input(key="guess")
    assert (field.label, field.value, field.proto.placeholder) == ("Your guess", "a dog", "one word")


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("one two", 7, "one two"), ("one two", 6, "one"), ("one two", 3, "one"), ("one two", 4, "one"),
        ("one  two three", 5, "one"), ("one\ttwo", 5, "one"), ("a b\nc d\ne f", 9, "a b\nc d"),
        ("我爱北京天安门", 4, "我爱北京"), ("我在Berlin很好", 5, "我在"), ("我在Berlin很好", 8, "我在Berlin"),
        ("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 9, "👨‍👩‍👧‍👦"), ("ab", 1, "a"), ("e\u0301" * 3, 3, "e\u0301"),
        ("a" * 500, 300, "a" * 300), ("EU B-ORG\nrejects O\n" * 30, 194, ("EU B-ORG\nrejects O\n" * 10)[:-1]),
    ],
)  # fmt: skip
def test_it_is_read_to_the_end_of_a_line_or_of_a_word(text: str, limit: int, kept: str) -> None:
    assert beginning(text, limit) == kept


@given(st.text(alphabet=st.sampled_from("ab 京é\n\u0301👍🏽")), st.integers(1, 60))
def test_no_word_and_no_character_is_torn(text: str, limit: int) -> None:
    kept = beginning(text, limit)
    assert text.startswith(kept) and len(kept) <= limit
    if len(text) <= limit:
        assert kept == text
    elif kept:
        after = text[len(kept) :]
        ends = [found.end() for found in regex.finditer(r"\X", text)]
        assert len(kept) in ends or ends[0] > limit, "inside a character"
        if " " in text[:limit].strip() or "\n" in text[:limit].strip():
            assert after[0].isspace()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("area", [False, True])
def test_a_text_of_several_lines_keeps_them_where_one_line_is_asked_for(area: bool, end: str) -> None:
    """A browser shows a text of lines in a field of one line without their ends: Ben.It, which the next edit would read."""
    text, read = f"Ana met Ben.{end}It rained.", []

    def body() -> None:
        page = LessonPage(made_up())
        read.append(page.text(default="a cat", area=area))
        page.finish(Below())

    app = drawn(body, {"text": text})
    assert read[-1] == text and not app.text_input and app.text_area[0].value == text
    sound(app.text_area[0].set_value("one line").run())
    assert read[-1] == "one line" and len(app.text_area) == area
    sound(field_of(app).set_value(text).run())
    sound(app.run())
    assert read[-1] == text and app.text_area[0].value == text and written(app)["text"] == text
