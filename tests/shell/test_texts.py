"""The choice of a text to learn from, without a browser: what the browser may send, and what becomes of a file."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from app.shell.frame import Below, LessonPage
from app.shell.texts import read_file, tell_text, training_text
from nlpcore.words.texts import MOST_BYTES, prepared
from tests.shell.driving import SHELL, drawn, labels, made_up, press, sound, written

KEY = "own_text"


def body() -> None:
    page = LessonPage(made_up())
    with page.controls():
        text = training_text(page)
    if text is not None:
        tell_text(page, text)
        page.slot("read", None).value = text
    page.finish(Below())


def read(app: AppTest) -> object:
    return app.session_state["_visit"].get("slot_made-up_read")


def sent(content: bytes, name: str = "mine.txt") -> str:
    """Return what the browser sends of a file."""
    return f"{len(content)}\n{base64.b64encode(content).decode()}\n{name}"


def give(app: AppTest, value: object) -> AppTest:
    """Have the browser send a file, once."""
    app.session_state[KEY] = {"file": value}
    app = sound(app.run())
    app.session_state[KEY] = {}
    return app


@pytest.mark.parametrize(("language", "text"), [("en", "wikitext-2"), ("zh", "sanguo")])
def test_the_first_text_is_in_the_language_of_the_page(language: str, text: str) -> None:
    app = drawn(body, {"lang": language})
    assert read(app) == prepared(text)
    counts = f"{prepared(text).words:,}"
    assert any(counts in caption.value for caption in app.caption)


def test_a_link_names_the_text() -> None:
    assert read(drawn(body, {"corpus": "sanguo"})) == prepared("sanguo")
    assert written(drawn(body, {"corpus": "no-such-text"})).get("corpus") is None


def test_a_file_takes_the_place_of_the_list_until_it_is_given_up() -> None:
    app = give(drawn(body), sent("One fish, two fish. Red fish!".encode("utf-16"), "my *fish*.txt"))
    text = read(app)
    assert text.lines == "one fish two fish\nred fish"  # type: ignore[attr-defined]
    assert any(r"my \*fish\*\.txt" in each.value for each in app.markdown)
    assert read(sound(app.run())).words == 6  # type: ignore[attr-defined]
    app = press(app, SHELL["en"]("texts.back"))
    assert read(app) == prepared("wikitext-2") and SHELL["en"]("texts.back") not in labels(app)


def test_a_file_that_cannot_be_read_says_why_and_the_text_before_stays() -> None:
    app = give(drawn(body), sent(b"\x00\x01\x02", "picture.png"))
    (warning,) = app.warning
    assert r"picture\.png" in warning.value and "no plain text" in warning.value
    assert read(app) == prepared("wikitext-2")
    app = give(app, sent(b"Now it is right."))
    assert not app.warning and read(app).lines == "now it is right"  # type: ignore[attr-defined]


def test_chinese_in_its_own_encoding_is_cut() -> None:
    app = give(drawn(body, {"lang": "zh"}), sent("曹操大怒，引兵去了。".encode("gbk")))
    assert read(app).language == "zh"  # type: ignore[attr-defined]


def test_what_is_too_large_is_not_read() -> None:
    found = read_file(f"{MOST_BYTES + 1}\n\nbook.txt")
    assert found.wrong and found.wrong.code == "file_too_large" and found.name == "book.txt"


@given(st.one_of(st.text(), st.none(), st.integers(), st.binary(max_size=60).map(sent), st.just("9" * 5000)))
def test_the_browser_may_send_anything(value: object) -> None:
    found = read_file(value)
    assert found.name and (found.text or found.wrong)
