"""Questions as data: what may be asked, what a guess is about, and how values become words."""

from __future__ import annotations

from typing import Any

import pytest

from app.questions import Question, Said, all_filled, filled
from app.text import Markdown
from app.words import LOCALES, Words


def echo(key: str, /, **values: str) -> str:
    """Say what was looked up and with what, instead of a text."""
    return f"<{key}>" + "".join(f" {name}={value}" for name, value in values.items())


@pytest.mark.parametrize("options", [(), ("one",), ("one", "one"), (Said("a"), "b", Said("a"))])
def test_a_choice_needs_different_options(options: tuple[str | Said, ...]) -> None:
    with pytest.raises(ValueError, match="peak needs at least two different options"):
        Question("peak", options, 0)


@pytest.mark.parametrize("right", [-1, 3])
def test_the_right_one_is_one_of_the_options(right: int) -> None:
    with pytest.raises(ValueError, match=f"peak has 3 options and no number {right}"):
        Question("peak", ("a", "b", "c"), right)


@pytest.mark.parametrize("right", [0, 1, 2])
def test_the_answer_is_the_option_at_the_right_place(right: int) -> None:
    assert Question("peak", ("a", "b", "c"), right).answer == "abc"[right]
    assert Question("peak", ("a", "b"), min(right, 1)).answer == "ab"[min(right, 1)]


def test_a_guess_is_about_the_subject_and_the_options_alone() -> None:
    asked = Question("peak", ("a", Said("b", {"n": 1})), 0, because="why", values={"n": 1}, about=("model", 3))
    same = Question("peak", ("a", Said("b", {"n": 1})), 1, because="other", values={"n": 2}, about=("model", 3))
    assert asked.subject == same.subject and hash(asked.subject) == hash(same.subject)
    for other in (
        Question("peak", ("a", Said("b", {"n": 1})), 0, about=("model", 4)),
        Question("peak", ("a", Said("b", {"n": 2})), 0, about=("model", 3)),
        Question("peak", (Said("b", {"n": 1}), "a"), 0, about=("model", 3)),
        Question("peak", ("a", Said("b", {"n": 1}), "c"), 0, about=("model", 3)),
    ):
        assert other.subject != asked.subject


def test_texts_are_told_apart_by_key_and_values() -> None:
    texts = {Said("a"), Said("b"), Said("a", {"n": 1}), Said("a", {"n": 2}), Said("a", {"m": 1}), Said("a", {"n": 1})}
    assert len(texts) == len({hash(text) for text in texts}) == 5


def test_a_question_without_blanks_has_none_and_they_cannot_be_put_in_later() -> None:
    plain: Any = Question("peak", ("a", "b"), 0)
    assert dict(plain.values) == {} and plain.because == "" and plain.about is None
    with pytest.raises(TypeError):
        plain.values["n"] = 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("*bold*", r"\*bold\*"),
        (Markdown("*bold*"), "*bold*"),
        (1_234_567, "1,234,567"),
        (7, "7"),
        (0.256, "0.26"),
        (-3.0, "−3.00"),
        (1234.5, "1234.50"),
        (Said("turn.rises"), "<turn.rises>"),
        (Said("turn", {"word": "a_b", "n": 1000}), r"<turn> word=a\_b n=1,000"),
        (Said("turn", {"to": Said("up", {"by": 0.5})}), "<turn> to=<up> by=0.50"),
    ],
)
def test_a_value_is_filled_in_ready_for_the_screen(value: Any, text: str) -> None:
    assert filled(value, echo) == text
    assert all_filled({"x": value, "y": 1}, echo) == {"x": text, "y": "1"}


def test_a_row_of_values_is_joined_as_the_language_does() -> None:
    row = (Markdown("**a** 0.31"), "b_c")
    shell = LOCALES / "shell.yaml"
    assert filled(row, Words(shell, "en")) == r"**a** 0.31, b\_c"
    assert filled(row, Words(shell, "zh")) == r"**a** 0.31、b\_c"
