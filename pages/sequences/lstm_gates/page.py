"""LSTM gates: a trained LSTM reads word by word (or letter by letter), with every gate and state in sight."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import streamlit as st

from app import glossary
from app.questions import Question, filled
from app.shell import phone
from app.shell.frame import Below, LessonPage, Slot
from app.shell.menu import Place
from app.text import probability, signed
from nlpcore import recurrent
from nlpcore.recurrent import CharacterReading, SentimentReading
from nlpcore.text import shortened
from pages.sequences.lstm_gates import charts, charts_views, formulas, idea, questions, snippet, tables
from pages.sequences.lstm_gates.names import named, shown
from pages.sequences.lstm_gates.panels import CORRELATES, MOST_ON_A_PHONE, Reader, exchanged, panels, role_of

Asked = Sequence[tuple[Question, int]]  # see questions.asked
WHOLE = ("unit", "extremes", "edited", "alternatives")  # panels that show what is read later
LETTERS = "lstm-chars"  # it learned from lines, and reads them
SHORT = 8  # characters of a token in the player's line
MOST_UNITS = {"16": 16, "32": 32, "all": 10_000}


@dataclass(frozen=True, slots=True)
class View:
    """How the figure is drawn: the order of units, how many of them at most, and whether later steps are shown."""

    order: str
    rows: int
    ahead: bool


def show(lesson: LessonPage) -> Below:
    """Draw the lesson: the text, what is looked at, the step player over the tokens."""
    w = lesson.words
    st.html(f"<style>{formulas.style_sheet()}</style>")
    with lesson.controls():
        lesson.presets("text", "model", first="but")
    quantity_place, unit_place, telling_place, model_place, *hall = lesson.settings(5 if lesson.lecture else 4)
    with model_place:
        model = lesson.model_picker(default="lstm-imdb")
    with lesson.controls():
        text = lesson.text(default=w("default.text"), area=model == LETTERS)
    reading = lesson.attempt(recurrent.read, model, text=text)
    if reading is None:
        return Below(model=model)
    lesson.notes(reading.notes)
    with quantity_place:
        quantity = quantity_picker(lesson)
    unit = unit_picker(lesson, reading, unit_place, telling_place)
    reader = Reader(model, text, reading, unit)
    labels = [f"**{named(token)}**" for token in reading.tokens]
    asked = questions.asked(reading, (model, text), (example_of(lesson, model, text) or {}).get("unit"))
    start = asked[0][1] if asked else len(labels)
    tell_idea(lesson, reader, start)
    go_to_the_answer(lesson, asked)
    view = None
    for place in hall:  # its screen ends with the figure
        with place:
            view = view_controls(lesson)
    draw, waits = partial(draw_step, lesson, reader, quantity, asked, view), partial(waits_for, lesson, asked)
    exchanged(lesson).value = None
    lesson.stepped("step", len(labels), draw, labels, start, lambda: reach(lesson, reader, asked), waits)
    words = isinstance(reading, SentimentReading)
    return Below(snippet.code(model, text, unit, words), panels(lesson, reader), model, tells(lesson, asked, words))


def tell_idea(lesson: LessonPage, reader: Reader, last: int) -> None:
    """Draw the memory's unit with the numbers of one of the first ``last`` tokens: none that is asked about."""
    w, at = lesson.words, idea.moment(reader.reading, reader.unit, last, reader.text)
    lesson.idea(idea.sketch(at, w), w("idea.alt", **at.said()), **at.told(w))


def open_question(lesson: LessonPage, asked: Asked) -> tuple[Question, int] | None:
    """Return the first question that is not answered yet, and the last step that may be shown before."""
    return next((item for item in asked if not lesson.answered(item[0])), None)


def reach(lesson: LessonPage, reader: Reader, asked: Asked) -> int:
    """Return the last step, from 1, that may be shown: while a question is open, the one at which it is asked.

    A hall has room for one reason: a question about a step that the reason before is about is asked one step later.
    """
    waiting, end = open_question(lesson, asked), len(reader.reading.tokens)
    if waiting is None:
        return end
    step = questions.in_sight(*waiting)
    taken = lesson.lecture and any(questions.place(*item) == step for item in asked if item != waiting)
    return min(step + 1, end) if taken else step


def known(lesson: LessonPage, reader: Reader, asked: Asked) -> int:
    """Return the last step, from 1, of which gates and states may be shown."""
    waiting = open_question(lesson, asked)
    return waiting[1] if waiting else len(reader.reading.tokens)


def waits_for(lesson: LessonPage, asked: Asked) -> str:
    """Return in a few words what the open question is about."""
    waiting = open_question(lesson, asked)
    if waiting is None:
        return ""
    return lesson.words(f"predict.{waiting[0].name}.short", token=shortened(str(waiting[0].values["token"]), SHORT))


def go_to_the_answer(lesson: LessonPage, asked: Asked) -> None:
    """Have the player stand at what the question is about that was open in the run before and is answered now."""
    before: Slot[tuple[str, Hashable] | None] = lesson.slot("open", None)
    for question, last in asked:
        if before.value == name_of(question) and lesson.answered(question):
            lesson.put(step=questions.place(question, last))
    waiting = open_question(lesson, asked)
    before.value = name_of(waiting[0]) if waiting else None


def name_of(question: Question) -> tuple[str, Hashable]:
    """Return what tells a question from the others of the lesson."""
    return question.name, question.subject


def tells(lesson: LessonPage, asked: Asked, words: bool) -> dict[str, str]:
    """Return which panels give the answer of the open question away: of a review, those that show all of it."""
    waiting = open_question(lesson, asked)
    return dict.fromkeys(WHOLE, waiting[0].name) if waiting and words else {}


# -- controls --------------------------------------------------------------------------------------------------------


def view_controls(lesson: LessonPage) -> View:
    """Draw the controls of how the figure is drawn: under it, and for a hall among the settings."""
    w = lesson.words
    with st.container(horizontal=not lesson.lecture, vertical_alignment="bottom"):
        orders = ["variance", "clustered", "index"]
        order = lesson.choice(
            "segmented", w("controls.order"), orders, "order", labels="controls.orders", default="variance"
        )
        rows = lesson.choice(
            "segmented",
            w("controls.rows"),
            list(MOST_UNITS),
            "rows",
            labels=lambda name: w("controls.every") if name == "all" else name,
            default="16",
        )
        ahead = st.toggle(w("controls.ahead"), **lesson.bound("ahead", False))
    return View(str(order), MOST_UNITS[rows], ahead)


def example_of(lesson: LessonPage, model: str, text: str) -> dict[str, Any] | None:
    """Return the state of the example with this text, None for a text of one's own.

    What is asked is about its unit and not the chosen one: whoever looks at other units would be asked anew about each.
    """
    states = (example["state"] for example in lesson.words.node("presets").values())
    return next((at for at in states if (at["model"], at["text"]) == (model, text)), None)


def quantity_picker(lesson: LessonPage) -> str:
    """Draw the choice of what the heatmaps show: all six, or one of them large."""
    w = lesson.words
    quantity = lesson.choice(
        "segmented",
        w("controls.quantity"),
        ["all", *charts.QUANTITIES],
        "quantity",
        labels=lambda name: w("controls.all") if name == "all" else name,
        default="all",
    )
    return str(quantity)


def unit_picker(lesson: LessonPage, reading: recurrent.Reading, place: Place, suggestions: Place) -> int:
    """Draw the field for a unit's number and the suggestions; return the unit, the most telling one if none is given."""
    w = lesson.words
    telling = recurrent.informative_units(reading, 4)
    last = reading.trace.h.shape[1] - 1
    if (lesson.value("unit") or 0) > last:  # another model may have fewer units
        lesson.put(unit=None)
    with place:
        unit = st.number_input(
            w("controls.unit"),
            step=1,
            placeholder=w("controls.unit_auto"),
            help=w("controls.unit_help"),
            **lesson.bound("unit", None, 0, last),
        )
    scores = {score.unit: score.correlation for score in telling if len(reading.tokens) >= CORRELATES}
    with suggestions:
        lesson.suggestions(w("controls.suggestions"), list(scores), "unit", lambda u: f"{u} ({signed(scores[u])})")
    return telling[0].unit if unit is None else int(unit)


# -- one step --------------------------------------------------------------------------------------------------------


def draw_step(lesson: LessonPage, reader: Reader, quantity: str, asked: Asked, view: View | None, step: int) -> None:
    """Draw the figure with a question beside it, the output and the formula with its numbers.

    ``view``: how the figure is drawn, where the controls of that stand elsewhere.
    """
    w, reading, unit = lesson.words, reader.reading, reader.unit
    end, told = reach(lesson, reader, asked), known(lesson, reader, asked)
    if exchanged(lesson).value not in (
        None,
        step,
    ):  # the panel that exchanges the chosen step's token shows another one
        st.rerun()
    figure, aside = lesson.stage()
    with figure:
        place = st.container()
        view = view or view_controls(lesson)
        units = charts.rows_to_show(reading, view.order, view.rows, unit, *asked_units(asked))
        last = end if view.ahead else step + 1
        marks = marked(lesson, asked)
        drawn = charts.reading_figure(
            reading, w, step, unit, units, quantity, last, lesson.lecture, min(last, told), marks
        )
        if isinstance(reading, CharacterReading):
            phone.thin_labels("reading", all_of_them=True)  # one letter in six says nothing
        elif len(reading.tokens) > MOST_ON_A_PHONE:
            phone.thin_labels("reading")
        with place:
            alt = alt_text(lesson, reader, quantity, step, len(units))
            lesson.figure("reading", drawn, alt=alt, data=partial(tables.reading_rows, reading, units, told))
        if lesson.lecture:  # beside it the formula and the question fill the screen
            tell_what_to_look_for(lesson, reader, quantity)
    with aside:
        waiting, reason = ask(lesson, reader, asked, step)
    with aside if lesson.lecture else lesson.more():
        if not lesson.lecture:
            tell_what_to_look_for(lesson, reader, quantity)
        open_here = waiting and step + 1 == end
        full = lesson.lecture and (
            bool(reason) or open_here
        )  # the column of a hall, whose figure shows the judgement too
        if isinstance(reading, SentimentReading):
            if not full:
                tell_judgement(lesson, reading, step)
        elif not (full or open_here):  # it is what is asked
            tell_expectation(lesson, reading, step)
        if step >= told:
            st.caption(w("now.after"))
            return
        if not (waiting or full):
            st.markdown(role_of(lesson, reader))
        if reason != "turn":  # that is about the judgement, is long, and has to be on a hall's screen
            tell_formula(lesson, reader, step, bool(reason), full)


def tell_what_to_look_for(lesson: LessonPage, reader: Reader, quantity: str) -> None:
    """Say what the rows of the figure are, and what is worth following in them."""
    w, one = lesson.words, "" if quantity == "all" else quantity  # the only one that is drawn
    if isinstance(reader.reading, CharacterReading):
        own = example_of(lesson, reader.model, reader.text) is None
        lesson.look_for("look_for_letters", example="" if own else w("look_for_letters_example"))
    elif one:
        lesson.look_for("look_for_one", what=w(f"drawn.{one}"))
    else:
        lesson.look_for()


def tell_formula(lesson: LessonPage, reader: Reader, step: int, reason: bool, full: bool) -> None:
    """Typeset how the unit's gates and states come about at this step.

    ``full``: a ``reason``, or an open question, stands below it in a hall's column, and has to be on its screen.
    """
    w, reading, unit = lesson.words, reader.reading, reader.unit
    formula = formulas.step_of(reading.trace, step, unit)
    if full:
        formula = replace(formula, symbols="")
    told = {"unit": unit, "units": reading.trace.c.shape[1], "token": shown(reading.tokens[step])}
    intro = w("now.unit_hall", **told) if lesson.lecture else w.sentences(w("now.unit", **told), w("now.squashed"))
    intro = glossary.with_links(intro, lesson.language)
    lesson.formula(formula, None if lesson.lecture and reason else intro, w("now.formula"))


def marked(lesson: LessonPage, asked: Asked) -> list[charts.Mark]:
    """Return what the reasons of the answered questions speak of, to be found in the figure."""
    marks = []
    for question, last in asked:
        step = questions.place(question, last) - 1
        if question.name == "turn" and lesson.answered(question):
            before, after = (filled(question.values[name], lesson.words) for name in ("before", "after"))
            marks.append(charts.Mark(step, text=f"{before} → {after}"))
        elif question.name == "kept" and lesson.answered(question):
            marks.append(charts.Mark(step, unit=int(str(question.values["unit"]))))
    return marks


def asked_units(asked: Asked) -> list[int]:
    """Return the units that a question is about: they are in the figure, whichever are drawn beside them."""
    return [int(str(question.values["unit"])) for question, _ in asked if "unit" in question.values]


def alt_text(lesson: LessonPage, reader: Reader, quantity: str, step: int, units: int) -> str:
    """Return what the figure shows, in words and with the numbers of the unit at this step."""
    reading, unit = reader.reading, reader.unit
    values = {name: f"{getattr(reading.trace, name)[step, unit]:.2f}" for name in charts.QUANTITIES}
    return lesson.words(
        "alt.reading",
        model=reader.model,
        count=len(reading.tokens),
        shown=lesson.words.listed(charts.QUANTITIES if quantity == "all" else (quantity,)),
        units=units,
        step=step + 1,
        token=reading.tokens[step],
        unit=unit,
        **values,
    )


def tell_judgement(lesson: LessonPage, reading: SentimentReading, step: int) -> None:
    """Say how the review is judged after this word."""
    positive, token = reading.positive, shown(reading.tokens[step])
    after = f"{positive[step]:.2f}"
    if step == 0:
        st.markdown(lesson.words("now.first", token=token, after=after))
    else:
        st.markdown(lesson.words("now.later", token=token, after=after, before=f"{positive[step - 1]:.2f}"))


def tell_expectation(lesson: LessonPage, reading: CharacterReading, step: int) -> None:
    """Draw the next characters that are expected after this one, and say what did come."""
    w, expected = lesson.words, reading.next(step)
    st.markdown(w("now.next", token=shown(reading.tokens[step])))
    if lesson.lecture:  # a hall's screen has no room for a second figure
        st.markdown(" · ".join(f"**{shown(token)}** {probability(p)}" for token, p in expected))
    else:
        items = w.listed(f"{token} {probability(p)}" for token, p in expected)
        alt = w("alt.next", token=reading.tokens[step], items=items)
        lesson.figure("next", charts_views.next_figure(reading, step), alt=alt, export=False)
    if step + 1 < len(reading.tokens) and reading.known[step + 1]:
        came, bits = reading.tokens[step + 1], f"{reading.bits[step + 1]:.2f}"
        if came in dict(expected) and not lesson.lecture:
            st.caption(w("now.came", bits=bits))
        else:
            p = probability(2.0 ** -float(reading.bits[step + 1]))
            st.caption(w("now.came_rarely", token=shown(came), probability=p, bits=bits))
    elif reading.bits_per_character == reading.bits_per_character:  # not nan: some character was known
        st.caption(w("now.mean", bits=f"{reading.bits_per_character:.2f}"))


def ask(lesson: LessonPage, reader: Reader, asked: Asked, step: int) -> tuple[bool, str]:
    """Ask one question after the other; return whether one of them is open, and whose reason a hall reads at this step.

    Of an earlier one stays one line once the next is answered: else a laptop would show reasons alone.
    A hall's screen has room for one: the last reason at the step that it is about, and then, once it was read, the open one
    where it is asked.
    """
    if not lesson.lecture:
        waits = any(not lesson.ask(question, number < len(asked)) for number, (question, _) in enumerate(asked, 1))
        return waits, ""
    waiting, here = open_question(lesson, asked), reach(lesson, reader, asked)
    told = [
        question
        for question, last in asked
        if lesson.answered(question) and questions.place(question, last) == step + 1
    ]
    reads = bool(told) and (waiting is None or here != step + 1 or read_on(lesson).value != name_of(waiting[0]))
    if waiting is not None and not reads:
        lesson.ask(waiting[0])
    for question in told[-1:] if reads else reversed(told):  # of an earlier one the hall has read the reason
        lesson.ask(question, folded=not reads)
    lesson.then(partial(go_on, lesson, waiting[0], here) if waiting is not None and reads else None)
    return waiting is not None, told[-1].name if reads else ""


def read_on(lesson: LessonPage) -> Slot[tuple[str, Hashable] | None]:
    """Return the question that a hall has gone on to from the reason of the one before."""
    return lesson.slot("read_on", None)


def go_on(lesson: LessonPage, question: Question, step: int) -> None:
    """Have a hall see the next question, at ``step``, which is the same where the text ends with it."""
    read_on(lesson).value = name_of(question)
    lesson.put(step=step)
