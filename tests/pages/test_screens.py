"""Nothing changes on a screen without being meant to: what each one shows is what is kept of it."""

from __future__ import annotations

import itertools

import pytest

from app.lessons import LESSONS, lesson
from app.words import LANGUAGES
from tests.pages import screens

RENEW = "if that is meant: python -m tests.pages.screens"


@pytest.mark.models
@pytest.mark.parametrize("lesson_id", [item.id for item in LESSONS])
def test_every_screen_is_as_it_is_kept(lesson_id: str) -> None:
    path = screens.file_of(lesson_id)
    assert path.is_file(), f"nothing is kept of it: python -m tests.pages.screens {lesson_id}"
    found, kept = screens.of(lesson_id), screens.read(path.read_text("utf-8"))
    assert [link for link, _ in found.pages] == [link for link, _ in kept], f"other screens; {RENEW}"
    for (link, lines), (_, before) in zip(found.pages, kept, strict=True):
        pairs = itertools.zip_longest(lines, before, fillvalue="")
        other = [f"{old}\n   is now\n{new}" for new, old in pairs if not screens.alike(new, old)]
        assert not other, f"{link} shows something else; {RENEW}\n" + "\n".join(other[:5])
    assert set(found.pictures) == set(LANGUAGES)
    for language, picture in found.pictures.items():
        before = lesson(lesson_id).thumbnail(language).read_text("utf-8")
        assert screens.alike(picture, before), f"the home page shows another picture in {language}; {RENEW}"


SCREENS = [
    ("lang=en", ["a {}", "  b {}", "  c {}", "d {}"]),
    ("panel=x", ["a {}", "  b {}", "  new {}", "  c {}", "d {}"]),
    ("panel=y", ["first {}", "a {}", "  c {}"]),
    ("panel=z", ["a {}", "  b {}", "  c {}", "d {}"]),
    ("lang=zh", ["-- {}", "+ {}", "@@ {}"]),
]


def test_what_is_written_is_read_again() -> None:
    assert screens.read(screens.written(SCREENS)) == SCREENS


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("p = 0.31, 7 words", "p = 0.32, 7 words", True),
        ("p = 0.31", "p = 0.33", False),
        ("p = 0.31", "q = 0.31", False),
        ("7 words", "8 words", False),
        ("1,234", "1,235", False),
        ("x 1.234e-05", "x 1.235e-05", True),
        ("width 3", "width 2", False),
        ("p = 0.31", "p = 0.31 and more", False),
        ("-0.5", "0.5", False),
    ],
)
def test_numbers_may_differ_in_their_last_digit(one: str, other: str, alike: bool) -> None:
    assert screens.alike(one, other) is alike
