"""The Big List of Naughty Strings through every text field of every lesson.

There are some five hundred strings; a page takes a tenth of a second to run and a forward pass some hundredths. So the work
is divided by what can go wrong where:

* what *computes* sees every string, and knows nothing of languages: the functions behind the fields are found by typing
  a marker into them and watching which calls carry it. Functions on models with the same tokenizer read a text in the
  same way: they and their arguments share the list. Each takes all of the worst singly. A transformer takes the others a
  few to a text, as it cuts a text into the same pieces whatever stands beside it after a blank; all else takes them
  singly. A decoder, which takes a fifth of a second for each, takes a share that differs from commit to commit;
* what *draws* sees in every field all of the worst in one text, and of single ones, of views and of panels a share that
  differs from commit to commit (``make test-all`` tries all);
* that nothing of it runs in a browser is in ``tests/e2e/test_markup.py``.

The fields are found by driving the pages, and held against those that the sources name.
"""

from __future__ import annotations

import ast
import dataclasses
from functools import cache
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.lessons import LESSONS, lesson
from app.words import LANGUAGES, LOCALES, Words
from nlpcore.errors import LearnerError
from nlpcore.models import entry, load, store
from tests.hostile.naughty import HALF, NASTY, active_strings, batches, naughty_strings
from tests.hostile.pages import (
    Screen,
    assert_sound,
    fields_of,
    has_figure,
    is_answered,
    open_screen,
    recorded,
    screens,
)
from tests.pages.screen import open_page
from tests.sample import sample, visited

IDS = visited([lesson.id for lesson in LESSONS])
NOT_TYPED = ("gradient-descent", "overfitting")  # lessons in which nothing is typed
TYPED = [each for each in IDS if each not in NOT_TYPED]
MARKER = "zqmarkerqz"
GOOD = (
    "the film was good",
    "king",
    "king queen man woman dog cat",
    "我爱北京天安门",
    "Anna/B-PER sleeps/O",
    "cat 2, dog 1",
)
FIXED = ("mistakes", "check", "sources")  # the panels that show the same whatever was typed
CHUNK = 200  # characters: some dozens of tokens
DECODED = 20  # of these texts that a decoder reads
BATCH = 1200  # characters: about as many as the pages draw before a text is cut

pytestmark = pytest.mark.models


# -- which fields there are ------------------------------------------------------------------------------------------


def field_screens(lesson_id: str) -> list[tuple[str, list[Screen]]]:
    """Return each field of a lesson with the screens that have it."""
    names = dict.fromkeys(name for screen in screens(lesson_id) for name in screen.fields)
    return [(name, [screen for screen in screens(lesson_id) if name in screen.fields]) for name in names]


def named_in_sources(lesson_id: str) -> set[str]:
    """Return the names of the text fields that the modules of a lesson's folder give in so many words."""
    calls = [
        node
        for path in lesson(lesson_id).folder.glob("*.py")
        if path.name != "learner.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    names = set()
    for call in calls:
        if (
            call.func.attr in ("text", "entry")
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id == "lesson"
        ):
            given = call.args[:1] + [keyword.value for keyword in call.keywords if keyword.arg == "key"]
            names |= {value.value for value in given if isinstance(value, ast.Constant)}
    return names


@pytest.mark.parametrize("lesson_id", IDS)
def test_every_field_is_found(lesson_id: str) -> None:
    found = {name for name, _ in field_screens(lesson_id)}
    assert bool(found) is (lesson_id not in NOT_TYPED), "no text field was found, so nothing below would be tried"
    assert named_in_sources(lesson_id) <= found


# -- what computes ---------------------------------------------------------------------------------------------------


@cache
def functions(lesson_id: str) -> dict[tuple[Any, str | None], dict[str, Any]]:
    """Return what is asked when a learner types: (function, model) -> its arguments, those from fields with the marker."""
    found: dict[tuple[Any, str | None], dict[str, Any]] = {}
    with recorded() as recorder:
        for screen in screens(lesson_id):
            if screen.fields:
                open_screen(lesson_id, {**screen.query, **dict.fromkeys(screen.fields, f"{MARKER} [MASK]")})
    for function, model, data in recorder.calls:
        known = found.get((function, model), {})
        if len(marked(data)) > len(marked(known)):
            found[function, model] = data
    return found


def marked(data: dict[str, Any]) -> list[str]:
    """Return the arguments that hold what the learner typed."""
    return [name for name, value in data.items() if MARKER in repr(value)]


def with_text(value: Any, text: str, model: str | None) -> Any:
    """Return a call's argument with the typed text replaced; beside a mask where the model fills masks."""
    if isinstance(value, tuple):
        return tuple(with_text(item, text, model) for item in value)
    if not isinstance(value, str) or MARKER not in value:
        return value
    fills = model is not None and entry(model).kind == "masked-lm" and "[MASK]" in value
    return value.replace(MARKER, text) if fills else text


def good_call(function: Any, model: str | None, data: dict[str, Any]) -> dict[str, Any]:
    """Return arguments that get an answer; with the first word masked where the learner has to choose one by a click."""
    clicked = ({}, {"words": (0,)}) if "words" in data else ({},)
    codes = set()
    for text in GOOD:
        for click in clicked:
            call = data | {name: with_text(data[name], text, model) for name in marked(data)} | click
            answer = ask(function, model, call)
            if not isinstance(answer, str):
                return call
            codes.add(answer)
    raise AssertionError(f"{function.__name__} on {model} answers none of {GOOD}: {codes}")


def same(one: Any, other: Any) -> bool:
    """Whether two traces are equal; arrays within the rounding of another order of threads."""
    if isinstance(one, np.ndarray):
        same_kind = one.dtype.kind not in "fc"
        return bool(np.array_equal(one, other) if same_kind else np.allclose(one, other, atol=1e-4, equal_nan=True))
    if dataclasses.is_dataclass(one):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in dataclasses.fields(one))
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, float):
        return one == pytest.approx(other, abs=1e-4, nan_ok=True)
    return bool(one == other)


def ask(function: Any, model: str | None, data: dict[str, Any]) -> Any:
    """Return the answer, or the code of what the learner is told instead. Any other exception is a failure."""
    try:
        return function(load(model), **data) if model else function(**data)
    except LearnerError as error:
        assert Words(LOCALES / "notes.yaml", "zh").has(error.code), error.code
        return error.code


def cheap(model: str | None) -> bool:
    """Whether a function on this model answers in a few milliseconds."""
    return model is None or entry(model).kind in ("word-vectors", "lstm", "text-cnn", "lac")


@pytest.mark.parametrize("lesson_id", TYPED)
def test_every_string_is_computed_or_declined_in_words(lesson_id: str) -> None:
    assert functions(lesson_id), "no function takes what is typed"
    arguments: dict[tuple[str | None, bool], list[tuple[Any, str | None, str]]] = {}
    for (function, model), data in functions(lesson_id).items():
        alike = (entry(model).tokenizer if model else None, cheap(model))
        arguments.setdefault(alike, []).extend((function, model, name) for name in marked(data))
    for (_, singly), shares in arguments.items():
        texts = list(naughty_strings()) if singly else batches(naughty_strings(), CHUNK)
        if any(model and entry(model).kind == "decoder" for _, model, _ in shares):
            texts = sample(texts, DECODED, lesson_id)
        for place, (function, model, name) in enumerate(shares):
            data = functions(lesson_id)[function, model]
            good = good_call(function, model, data)
            before = ask(function, model, good)
            for text in (*texts[place :: len(shares)], *NASTY, HALF):
                try:
                    ask(function, model, good | {name: with_text(data[name], text, model)})
                except Exception as error:
                    raise AssertionError(f"{function.__name__}({name}={text!r}) on {model}") from error
            assert same(before, ask(function, model, good)), f"{function.__name__} answers otherwise than before"


# -- what draws ------------------------------------------------------------------------------------------------------


def typed(app: AppTest, name: str, text: str) -> None:
    """Type a text into a field, and let the page run."""
    fields_of(app)[name].set_value(text)
    app.run()


@pytest.mark.parametrize("lesson_id", TYPED)
def test_every_field_draws_every_kind_of_string(lesson_id: str, caplog: pytest.LogCaptureFixture) -> None:
    """Every field takes all of the worst in one text; of the views that it is on, and of single texts, a share."""
    usually, markup = has_figure(open_page(lesson_id, {})), batches(active_strings(), BATCH)
    for turn, (name, there) in enumerate(field_screens(lesson_id)):
        views = [screen for screen in there if "panel" not in screen.query] or there
        for screen in sample(views, 2, f"{lesson_id} {name}"):
            app = open_screen(lesson_id, {**screen.query, "lang": LANGUAGES[turn % 2]})
            usual = fields_of(app)[name].value or ""
            for text in (" ".join(NASTY), *sample((*NASTY, *markup), 3, f"{screen.query} {name}"), usual):
                typed(app, name, text)
                assert_sound(app, caplog, (screen.query, name, text))
                assert is_answered(app), (screen.query, name, text)
    assert has_figure(open_page(lesson_id, {})) == usually, "no answer comes any more"


@pytest.mark.parametrize("lesson_id", TYPED)
def test_panels_beside_spoilt_fields(lesson_id: str, caplog: pytest.LogCaptureFixture) -> None:
    """One field is spoilt at a time, since a page that has no answer has nothing to show in its panel."""
    panels = [screen for screen in screens(lesson_id) if screen.query.get("panel") not in (None, *FIXED)]
    cases = [(screen, name) for screen in panels for name in screen.fields]
    for turn, (screen, name) in enumerate(sample(cases, 5, lesson_id)):
        app = open_screen(lesson_id, {**screen.query, "lang": LANGUAGES[turn % 2]})
        usual = fields_of(app)[name].value or ""
        for text in (" ".join(NASTY), usual):
            typed(app, name, text)
            assert_sound(app, caplog, (screen.query, name, text))
            assert is_answered(app), (screen.query, name, text)


@pytest.mark.parametrize("lesson_id", IDS)
def test_the_models_of_the_lesson_are_here(lesson_id: str) -> None:
    """Without them the tests above would see nothing but the sentence that a model is missing."""
    models = {model for _, model in functions(lesson_id) if model}
    assert {model: store().state(model) for model in models if store().state(model) not in ("here", "bundled")} == {}
