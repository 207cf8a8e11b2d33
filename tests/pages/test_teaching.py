"""Every question and every formula that the lessons show: on each preset, view and panel, in both languages.

What is right is worked out by each lesson's own tests; here is what holds for all of them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from app.formulas import Formula, faults
from app.lessons import LESSONS, lesson
from app.questions import Question, Said, filled
from app.shell import exports
from app.words import LANGUAGES, LOCALES, Words
from tests.hostile.pages import screens
from tests.pages.asking import asks, give_up, guess
from tests.pages.screen import Teaching, figures, html_of, open_page, sound, teaching, text_of
from tests.sample import sample

pytestmark = pytest.mark.models
IDS = [item.id for item in LESSONS]
PRESETS = 6  # of a lesson that a commit opens, beside the screens


def query_of(preset: dict[str, Any], language: str) -> dict[str, str]:
    """Return the query of the link that a preset stands for."""
    state = Words(LOCALES / "shell.yaml", language).resolve(preset.get("state", {}))
    return {
        name: "~".join(map(str, value)) if isinstance(value, list) else str(value).lower() if value in (True, False)
        and isinstance(value, bool) else str(value)
        for name, value in state.items()
    }  # fmt: skip


Where = tuple[str, str, str]
Seen = tuple[Where, Teaching, str, str, list[dict[str, Any]], dict[str, exports.Data | None]]


@contextmanager
def given_away() -> Iterator[dict[str, exports.Data | None]]:
    """Note what every figure gives away as a table meanwhile, by figure."""
    found: dict[str, exports.Data | None] = {}
    menu = exports.export_menu

    def noted(figure: str, filename: str, data: exports.Data | None, *more: Any) -> None:
        found[figure] = data
        menu(figure, filename, data, *more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exports, "export_menu", noted)
        yield found


@cache
def seen(lesson_id: str) -> tuple[Seen, ...]:
    """Return what each screen and preset teaches: ((what was opened, its query, language), questions and formulas, texts,
    all texts after the answers, the figures after them and what these give away).

    The questions and the first texts are those before anything was answered; formulas that come with an answer are there
    too.
    """
    presets = Words(lesson(lesson_id).words, "en").node("presets")
    found = []
    for turn, screen in enumerate(screens(lesson_id)):
        found.append((str(dict(screen.query)), dict(screen.query), LANGUAGES[turn % 2]))
    for turn, name in enumerate(sample(list(presets), PRESETS, lesson_id)):
        language = LANGUAGES[turn % 2]
        found.append((f"preset {name}", {"preset": name, **query_of(presets[name], language)}, language))
    out = []
    for what, query, language in found:
        with teaching() as taught:
            app = sound(open_page(lesson_id, {**query, "lang": language}))
        texts = " ".join(
            element.value for kind in (app.markdown, app.caption, app.success, app.info) for element in kind
        )
        with teaching() as more, given_away() as tables_of:
            while asks(app):
                give_up(app)
        taught.formulas += more.formulas
        tables = " ".join(f"{list(table.value.columns)} {table.value.values.tolist()}" for table in app.table)
        after = f"{text_of(app)} {html_of(app)} {tables}"
        out.append(((what, str(query), language), taught, texts, after, figures(app), tables_of))
    return tuple(out)


@pytest.mark.parametrize("lesson_id", IDS)
def test_the_numbers_of_every_formula_give_the_number_claimed(lesson_id: str) -> None:
    shown: list[tuple[Any, Formula]] = [(where, f) for where, taught, *_ in seen(lesson_id) for f in taught.formulas]
    assert any(formula.lines for _, formula in shown), "no formula has numbers"
    assert [(where, faults(formula)) for where, formula in shown if faults(formula)] == []


@pytest.mark.parametrize("lesson_id", IDS)
def test_every_question_can_be_asked_in_every_language(lesson_id: str) -> None:
    asked: list[Question] = [q for _, taught, *_ in seen(lesson_id) for q in taught.questions]
    assert asked, "nothing is asked"
    for question, language in itertools.product(asked, LANGUAGES):
        words = Words(lesson(lesson_id).words, language)
        options = [filled(option, words) for option in question.options]
        assert len(set(options)) == len(options), (question.name, options)
        texts = [words(f"predict.{question.name}.question"), *([words(question.because)] if question.because else [])]
        for said in (value for value in (*question.options, *question.values.values()) if isinstance(value, Said)):
            assert words.has(said.key), said.key
        for text in texts:
            for name in question.values:
                text = text.replace("{" + name + "}", "")
            assert _blanks(text) == [], (question.name, text)


def _blanks(text: str) -> list[str]:
    """Return the blanks of a text that nothing filled; what TeX has in braces is none."""
    return re.findall(r"(?<![\\\w^_}])\{[a-z_]+\}", text)


@pytest.mark.parametrize("lesson_id", IDS)
def test_every_text_has_its_blanks_filled_when_all_is_answered(lesson_id: str) -> None:
    """In sentences, captions, tables and what is written for who cannot see a figure."""
    assert [(where, _blanks(after)) for where, _, _, after, *_ in seen(lesson_id) if _blanks(after)] == []


@pytest.mark.parametrize("lesson_id", IDS)
def test_every_figure_is_one_that_plotly_draws_when_all_is_answered(lesson_id: str) -> None:
    """What Plotly does not know it leaves out without a word; a legend may lie where nobody sees it."""
    for where, *_, drawn, _ in seen(lesson_id):
        for figure in drawn:
            go.Figure(figure)  # raises ValueError for a property or a value that there is not
            legend = figure["layout"].get("legend", {})
            assert -0.5 <= legend.get("y", 1) <= 1.3 and -0.1 <= legend.get("x", 1) <= 1.1, (where, legend)
            for trace in figure["data"]:
                shown = str(trace.get("hovertemplate", "<extra></extra>"))
                assert "<extra>" not in shown or shown.endswith("</extra>"), (where, shown)


@pytest.mark.parametrize("lesson_id", IDS)
def test_every_figure_that_comes_with_an_answer_gives_a_table_away(lesson_id: str) -> None:
    """With rows, and each with the same columns."""
    for where, *_, tables in seen(lesson_id):
        for figure, data in tables.items():
            if data is not None:
                rows = list(data() if callable(data) else data)
                assert rows and len({tuple(row) for row in rows}) == 1, (where, figure)


@pytest.mark.parametrize("lesson_id", IDS)
def test_no_answer_is_given_before_it_is_asked_for(lesson_id: str) -> None:
    """Before the learner commits, the reason is nowhere on the page."""
    for where, taught, page, *_ in seen(lesson_id):
        for question in taught.questions:
            if question.because:
                reason = filled(Said(question.because, question.values), Words(lesson(lesson_id).words, where[2]))
                assert reason not in page, (where, question.name)


def score_of(app: AppTest) -> set[str]:
    """Return the counts of right predictions that the page shows, in English."""
    return set(re.findall(r"\d+ of \d+ predictions", text_of(app)))


@pytest.mark.parametrize("lesson_id", IDS)
def test_what_was_answered_stays_so_in_the_other_language(lesson_id: str) -> None:
    """The text, the model and the place stay, so it is the same question; what was counted is not counted again."""
    presets = Words(lesson(lesson_id).words, "en").node("presets")
    for preset in (None, *sample(list(presets), 2, f"languages {lesson_id}")):
        with teaching() as seen:
            app = open_page(lesson_id, {"preset": preset, **query_of(presets[preset], "en")} if preset else {})
            while asks(app):
                guess(app, 0)
            answered = {(question.name, question.subject) for question in seen.questions}
            score = score_of(app)
            seen.questions.clear()
            for language in ("中文", "English"):
                next(group for group in app.button_group if group.key == "lang").set_value(language)
                sound(app.run())
                assert not asks(app), (preset, language)
        assert {(question.name, question.subject) for question in seen.questions} <= answered
        assert score == score_of(app)
