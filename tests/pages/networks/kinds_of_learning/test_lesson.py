"""The lesson's own tests; what holds for every lesson is tried in tests/pages, tests/e2e and tests/hostile.

Fill in: an independent computation for each question, formula and figure.
"""

from __future__ import annotations

import pytest

from app.formulas import faults
from app.lessons import lesson
from app.questions import Question
from pages.networks.kinds_of_learning import formulas, questions
from pages.networks.kinds_of_learning.trace import measure
from tests.pages.screen import figures, open_page, sound

FOLDER = lesson("kinds-of-learning").folder
FILES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".py", ".yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_is_left_to_fill_in(path) -> None:
    assert [line for line in path.read_text("utf-8").splitlines() if "FILL IN" in line] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_has_a_picture(language: str) -> None:
    assert lesson("kinds-of-learning").thumbnail(language).exists(), "python -m tests.pages.screens kinds-of-learning"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_draws_its_figure(language: str) -> None:
    app = sound(open_page("kinds-of-learning", {"lang": language, "text": "a bc def"}))
    assert len(figures(app)) == 1


def test_the_formula_and_the_question_are_right() -> None:
    trace = measure("to internationalise a text")
    assert faults(formulas.mean_length(trace)) == []
    question = questions.longest(trace)
    assert isinstance(question, Question)
    assert question.answer == max("to internationalise a text".split(), key=len)
