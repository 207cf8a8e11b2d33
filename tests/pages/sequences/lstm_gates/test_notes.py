"""What the remarks on the examples claim, worked out of the networks: each number, and what is said around it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from app.lessons import lesson
from app.words import LANGUAGES, LOCALES, Words
from nlpcore import recurrent
from nlpcore.models import load
from nlpcore.recurrent import CharacterReading, SentimentReading, read_characters, read_sentence
from pages.sequences.lstm_gates import questions
from pages.sequences.lstm_gates.charts import QUANTITIES
from tests.pages import notes
from tests.pages.screen import open_page, sound

pytestmark = pytest.mark.models
ID = "lstm-gates"
PRESETS = list(Words(lesson(ID).words, "en").node("presets"))


def read(name: str) -> SentimentReading:
    return read_sentence(load("lstm-imdb"), notes.preset(ID, name)["text"])


def around(reading: SentimentReading, token: str) -> list[str]:
    """Return the probability of positive before and after a token."""
    step = reading.tokens.index(token)
    return [f"{p:.2f}" for p in reading.positive[step - 1 : step + 1]]


def but() -> list[str]:
    reading = read("but")
    rises = np.diff(reading.positive)
    assert reading.tokens[1 + int(rises.argmax())] == "wonderful"
    assert abs(rises[reading.tokens.index("but") - 1]) < 0.02
    return [*around(reading, "but"), *around(reading, "wonderful")]


def single() -> list[str]:
    reading = read("single")
    assert reading.tokens[1 + int(np.diff(reading.positive).argmin())] == "boring" and "not" in reading.tokens
    return [f"{reading.positive[-1]:.2f}", *around(reading, "boring")]


def halves() -> list[str]:
    reading, found = read("halves"), notes.preset(ID, "halves")
    ends = [half.split()[-1] for half in found["text"].rstrip(".").split(".")]
    assert ends == ["awful", "masterpiece"]
    assert [half.split()[-1] for half in found["edited"].rstrip(".").split(".")] == ends[::-1]
    return [*around(reading, "awful"), *around(reading, "masterpiece")]


def dots() -> list[str]:
    reading, found = read("dots"), notes.preset(ID, "dots")
    unit, great = found["unit"], reading.tokens.index("great")
    trace, after = reading.trace, slice(great + 1, None)
    f, i = trace.f[after, unit], trace.i[after, unit]
    assert f.min() > 0.95 and round(float(i.max()), 2) <= 0.10 and len(f) > 20
    ends = [f"{trace.c[step, unit]:.2f}".replace("-", "−") for step in (great, -1)]
    return [ends[0], str(unit), "20", ends[1], "0.95", f"{i.max():.2f}"]


def letters() -> list[str]:
    reading = read_characters(load("lstm-chars"), notes.preset(ID, "letters")["text"])
    assert isinstance(reading, CharacterReading)
    for step, token in enumerate(reading.tokens):
        if token == "q":
            (first, p), *_ = reading.next(step)
            assert first == "u" and p > 0.9
    assert reading.tokens.count("q") == 2
    return []


WORKED_OUT: dict[str, Callable[[], list[str]]] = {
    "but": but, "single": single, "halves": halves, "dots": dots, "letters": letters,
}  # fmt: skip


@pytest.mark.parametrize("preset", PRESETS)
def test_every_number_of_a_remark_is_the_networks(preset: str) -> None:
    notes.check(ID, preset, WORKED_OUT[preset]())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cell_holds_still_where_it_keeps_and_writes_nothing_and_only_there(language: str) -> None:
    """What to look for says so; in the example of the long wait one gate alone does not hold it."""
    assert all(name in Words(lesson(ID).words, language)("look_for") for name in ("*i*", "*f*", "**c**", "*g*"))
    trace, moved, closed = read("dots").trace, [], []
    change = np.abs(trace.c - trace.c_before)
    keeps = trace.f > 0.95
    for unit in range(trace.c.shape[1]):
        closed += change[keeps[:, unit] & (trace.i[:, unit] < 0.02), unit].tolist()
        moved += change[keeps[:, unit] & (trace.i[:, unit] > 0.5), unit].tolist()
    assert max(closed) < 0.15 and max(moved) > 0.5


@pytest.mark.parametrize("preset", PRESETS)
def test_an_example_opens_at_the_step_that_its_question_is_about(preset: str) -> None:
    """Of the letters at the one after which the next is asked for, of a review at the word before the one in question."""
    found = notes.preset(ID, preset)
    reading = recurrent.read(load(found["model"]), found["text"])
    assert found["step"] == questions.asked(reading, preset)[0][1]
    if isinstance(reading, CharacterReading):
        assert reading.tokens[found["step"] - 1] == "q"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("quantity", ["all", *QUANTITIES])
def test_what_to_look_for_is_drawn(quantity: str, language: str) -> None:
    """Where one row of heatmaps is drawn alone, nothing is said of gates that nobody sees."""
    app = sound(open_page(ID, preset="dots", quantity=quantity, lang=language))
    title = Words(LOCALES / "shell.yaml", language)("look_for")
    told = next(item.value for item in app.markdown if item.value.startswith(f"**{title}**"))
    assert ("*i*" in told and "*f*" in told) is (quantity == "all")
    if quantity != "all":
        assert Words(lesson(ID).words, language)(f"drawn.{quantity}") in told
