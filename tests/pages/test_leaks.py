"""Nothing on a page gives the answer of an open question away: drawn, listed, captioned or exported."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.lessons import LESSONS, lesson
from app.questions import Question, Said, all_filled, filled
from app.shell import exports
from app.shell.frame import LessonPage
from app.words import LANGUAGES, Words, leaves, read_tree
from pages.transformers.masked_language_model import view_sampler
from tests.drawn import numbers
from tests.pages.asking import asks, give_up
from tests.pages.screen import figures, open_page, sound, teaching
from tests.pages.test_teaching import query_of
from tests.sample import sample, visited

pytestmark = pytest.mark.models
IDS = visited([item.id for item in LESSONS])
CASES = 8  # (preset, language) of a lesson that a commit tries, beside the lesson as it opens
HALL_CASES = 4  # the same, each at a desk and in a hall, at steps of the player
STEPS = 12  # of a player that a commit tries, the first and the last among them
_MARKUP = re.compile(r"<style.*?</style>|<[^>]+>|\\[A-Za-z]+|[\\*_`$]|\]\([^)]*\)", re.DOTALL)
_TELLING, _SPECIAL = re.compile(r"[^\W\d_]{2}"), re.compile(r"\[\w+\]|<\S+>")


class Exports:
    """The rows that pages offer for the CSV meanwhile, by figure."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Mapping[str, Any]]] = {}

    def note(self, figure: str, filename: str, data: Any = None) -> None:
        self.rows[figure] = list(data() if callable(data) else data or ())


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> Exports:
    found = Exports()
    menu = exports.export_menu

    def noted(figure: str, filename: str, data: Any = None, *more: Any, **named: Any) -> None:
        found.note(figure, filename, data)
        menu(figure, filename, data, *more, **named)

    monkeypatch.setattr(exports, "export_menu", noted)
    return found


@lru_cache(50_000)  # a panel more leaves nearly all of a screen as it was
def plain(text: str) -> str:
    """Return what is read of Markdown, HTML or LaTeX, in lower case with single blanks."""
    return " ".join(_MARKUP.sub("", html.unescape(text)).lower().split())


def places(app: AppTest, exported: Exports, asked: str) -> Iterator[tuple[str, str]]:
    """Yield (what it is, its text) for each part of the page and its exports but the question itself and its options."""
    for kind in ("markdown", "caption", "info", "success", "warning", "latex", "subheader"):
        for element in getattr(app, kind):
            if asked not in plain(element.value):
                yield kind, plain(element.value)
    for element in app.get("html"):
        if asked not in plain(element.proto.body):  # a phone's line
            yield "html", plain(element.proto.body)
    for place, figure in enumerate(figures(app)):
        for trace in figure["data"]:
            for name in ("text", "hovertext", "customdata", "x", "y", "labels", "name"):
                for value in _texts(trace.get(name)):
                    yield f"figure {place} {name}", plain(value)
        for note in figure["layout"].get("annotations", ()):
            yield f"figure {place} annotation", plain(note.get("text", ""))
    for element in app.get("plotly_chart"):
        yield "alt", plain(element.proto.alt)
    for frame in app.dataframe:
        for row in frame.value.astype(str).to_numpy().tolist():
            yield "table", plain(" ".join(row))
    for figure_name, rows in exported.rows.items():
        for row in rows:
            yield f"csv {figure_name}", plain(" ".join(f"{key} {value}" for key, value in row.items()))


def _texts(values: Any) -> Iterator[str]:
    if isinstance(values, str):
        yield values
    elif isinstance(values, dict):  # packed numbers
        yield from (f"{value:g}" for value in numbers(values).ravel().tolist())
    elif isinstance(values, list):
        for value in values:
            yield from _texts(value)


def holds(text: str, words: str) -> bool:
    """Whether ``words`` stand in ``text`` as words of their own."""
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None if words else False


def tells(right: str, question: Question) -> bool:
    """Whether to read an option is to know the answer.

    A number, a letter, a special token and a plain word of the lesson's ("falls", "没有") stand in many places that tell
    nothing. What may be drawn of such an answer is for the lesson's own tests.
    """
    if not _TELLING.search(right) or _SPECIAL.fullmatch(right):
        return False
    return isinstance(question.answer, str) or len(right.split()) > 1 or (len(right) > 4 and not right.isascii())


def _reasons(app: AppTest, exported: Exports, question: Question, words: Words, asked: str) -> list[tuple[str, str]]:
    """Return the places that say why the answer is right."""
    if not question.because:
        return []
    because = plain(words(question.because, **all_filled(question.values, words)))
    return [(kind, text) for kind, text in places(app, exported, asked) if because in text]


def _others(question: Question) -> list[int]:
    """Return the wrong options: those of the answer's kind, where it has some (a word beside words, not "both of them")."""
    wrong = [n for n in range(len(question.options)) if n != question.right]
    word = isinstance(question.answer, str)
    return [n for n in wrong if isinstance(question.options[n], str) is word] or wrong


def leaks(
    app: AppTest, exported: Exports, question: Question, words: Words, own: str, constant: Collection[str] = ()
) -> list[tuple[str, str]]:
    """Return the places that have the right option, and not all of the others alike.

    own: what the learner typed, which may hold any option. ``constant``: the lesson's texts that no example changes.
    """
    options = [plain(filled(option, words)) for option in question.options]
    right, others = options[question.right], [options[n] for n in _others(question)]
    values = all_filled(question.values, words)
    asked = plain(words(f"predict.{question.name}.question", **values))
    if holds(own, right) or not tells(right, question):
        return _reasons(app, exported, question, words, asked)
    found = list(places(app, exported, asked))
    drawn = [(kind, text) for kind, text in found if kind.startswith("figure")]  # a default word is drawn as any other
    if isinstance(
        question.answer, str
    ):  # a word of this example: what stands there with every example does not tell it
        found = [(kind, text) for kind, text in found if text not in constant]
    # A kind of place in which every option stands tells nothing; those that the learner wrote stand everywhere.
    by_kind: dict[str, list[str]] = {kind: [] for kind, _ in found}
    for kind, text in [*found, *drawn]:
        if kind in by_kind:
            by_kind[kind].append(text)
    alike = {
        kind for kind, texts in by_kind.items() if all(holds(" ".join([*texts, own]), option) for option in others)
    }
    told = [(kind, text) for kind, text in found if holds(text, right) and kind not in alike]
    return told + _reasons(app, exported, question, words, asked)


def constant_texts(lesson_id: str, language: str) -> frozenset[str]:
    """Return the lesson's texts as they are read, but the remarks on its examples."""
    every = leaves(read_tree(lesson(lesson_id).words))
    return frozenset(plain(str(leaf[language])) for key, leaf in every if not key.startswith("presets"))


def cases(lesson_id: str, count: int = CASES) -> list[tuple[str | None, str, dict[str, str]]]:
    """Return (preset, language, query): the lesson as it opens in each language, and a share of its presets."""
    presets = Words(lesson(lesson_id).words, "en").node("presets")
    every = [(name, language) for name in presets for language in LANGUAGES]
    chosen = sample(every, count, f"leaks {lesson_id}")
    queries = [(name, lang, {"preset": name, **query_of(presets[name], lang)}) for name, lang in chosen]
    return [*((None, language, dict[str, str]()) for language in LANGUAGES), *queries]


@pytest.mark.parametrize("lesson_id", IDS)
def test_no_answer_is_drawn_listed_or_exported_before_the_commit(lesson_id: str, exported: Exports) -> None:
    """With every panel open in turn."""
    found = []
    for preset, language, query in cases(lesson_id):
        words, constant = Words(lesson(lesson_id).words, language), constant_texts(lesson_id, language)
        with teaching() as taught:
            app = sound(open_page(lesson_id, {**query, "lang": language}))
            if not asks(app):
                continue
            panels = next(group for group in app.button_group if group.key == "panel").options
            own = plain(" ".join(str(field.value) for field in [*app.text_input, *app.text_area]))
            for number in range(-1, len(panels)):
                if number >= 0:
                    exported.rows.clear()
                    taught.questions.clear()
                    next(group for group in app.button_group if group.key == "panel").set_value(panels[number])
                    sound(app.run())
                for question in taught.questions:
                    about = f"{question.name} ({filled(question.answer, words)})"
                    screen = "as it opens" if number < 0 else panels[number]
                    for kind, text in leaks(app, exported, question, words, own, constant):
                        found.append(f"{preset} {language}, {about}, {screen}: {kind}: {text[:160]}")
    assert not found, "\n".join(dict.fromkeys(found))


def seen(app: AppTest, exported: Exports) -> set[tuple[str, str]]:
    """Return everything that the page shows and exports now; of numbers alone, those in formulas."""
    return {(kind, text) for kind, text in places(app, exported, "\0") if kind == "latex" or _TELLING.search(text)}


def at_each_step(app: AppTest, exported: Exports) -> Iterator[tuple[str, set[tuple[str, str]]]]:
    """Yield what the page shows as it opens, and at each step of its player that may be shown."""
    yield "as it opens", seen(app, exported)
    if player := [slider for slider in app.slider if slider.key == "step"]:
        steps = range(int(player[0].min), int(player[0].max) + 1)
        for step in sorted({steps[0], steps[-1], *sample(steps, STEPS - 2, f"steps {len(steps)}")}):
            exported.rows.clear()
            next(slider for slider in app.slider if slider.key == "step").set_value(step)
            yield f"step {step}", seen(sound(app.run()), exported)


def opened_too_early(lesson_id: str, query: Mapping[str, str], exported: Exports) -> list[str]:
    """Return what an answer opens at a desk, but a hall or another step has in sight before it."""
    app = sound(open_page(lesson_id, query))
    if not asks(app):
        return []
    before = {text for _, text in seen(app, exported)}
    exported.rows.clear()
    opened = {(kind, text) for kind, text in seen(give_up(app), exported) if text not in before}
    found = []
    for where, more in (("desk", {}), ("hall", {"lecture": "true"})):
        exported.rows.clear()
        waiting = sound(open_page(lesson_id, {**query, **more}))
        for step, shown in at_each_step(waiting, exported):
            assert asks(waiting), (where, step)
            told = opened & shown
            found += [f"{where}, {step}: {kind}: {text[:160]}" for kind, text in sorted(told)]
    return found


@pytest.mark.parametrize("lesson_id", IDS)
def test_what_an_answer_opens_is_not_seen_before_it_in_a_hall_or_at_another_step(
    lesson_id: str, exported: Exports
) -> None:
    """Not only the right option's own words: formulas, lines and labels too that come with the answer."""
    found = []
    for preset, language, query in cases(lesson_id, HALL_CASES):
        told = opened_too_early(lesson_id, {**query, "lang": language}, exported)
        found += [f"{preset} {language}, {each}" for each in told]
    assert not found, "\n".join(dict.fromkeys(found))


def test_a_formula_that_only_a_hall_shows_too_early_is_seen(exported: Exports, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loss beside the question where it is counted, drawn for a hall before the commit, as a fault would have it."""
    tell = view_sampler.tell_training

    def early(lesson: LessonPage, trace: Any, told: bool) -> None:
        tell(lesson, trace, told or lesson.lecture)

    query = {"view": "training", "lang": "en"}
    assert opened_too_early("masked-language-model", query, exported) == []
    monkeypatch.setattr(view_sampler, "tell_training", early)
    found = opened_too_early("masked-language-model", query, exported)
    assert any(each.startswith("hall, step 1: latex") for each in found), found
    assert not [each for each in found if each.startswith("desk")]


def test_a_leak_is_seen(exported: Exports, monkeypatch: pytest.MonkeyPatch) -> None:
    """A caption with the right option, a row of the CSV, a label of a figure: each is found."""
    question = Question("x", ("red", "green", "blue"), 1)

    class Page:
        markdown = caption = info = success = warning = latex = subheader = ()
        dataframe: tuple[Any, ...] = ()

        def get(self, kind: str) -> list[Any]:
            return []

    class Element:
        def __init__(self, value: str) -> None:
            self.value = value

    class Ask:
        def __call__(self, key: str, **values: Any) -> str:
            return "Which?"

    page: Any = Page()
    assert leaks(page, exported, question, Ask(), "") == []  # type: ignore[arg-type]
    page.caption = (Element("It is *green* here"),)
    assert leaks(page, exported, question, Ask(), "") == [("caption", "it is green here")]  # type: ignore[arg-type]
    assert leaks(page, exported, question, Ask(), "a green house") == []  # type: ignore[arg-type]
    page.caption = (Element("evergreen"), Element("red"), Element("blue"))
    assert leaks(page, exported, question, Ask(), "") == []  # type: ignore[arg-type]
    exported.rows = {"f": [{"answer": "green"}]}
    assert leaks(page, exported, question, Ask(), "") == [("csv f", "answer green")]  # type: ignore[arg-type]
    exported.rows = {"f": [{"answer": "green"}, {"answer": "red"}, {"answer": "blue"}]}
    assert leaks(page, exported, question, Ask(), "") == []  # type: ignore[arg-type]
    question = Question("x", ("red", "green", Said("both")), 1)
    exported.rows = {"f": [{"answer": "green"}, {"answer": "red"}]}
    assert leaks(page, exported, question, Ask(), "") == []  # type: ignore[arg-type]
    exported.rows = {"f": [{"answer": "green"}]}
    assert leaks(page, exported, question, Ask(), "") == [("csv f", "answer green")]  # type: ignore[arg-type]
