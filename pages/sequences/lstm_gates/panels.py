"""The LSTM lesson's views below the figure; each is computed only when it is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from app import glossary
from app.shell import phone
from app.shell.frame import LessonPage, Slot
from app.text import signed
from nlpcore import recurrent
from nlpcore.recurrent import CharacterReading, SentimentReading
from pages.sequences.lstm_gates import charts, charts_views, questions, tables
from pages.sequences.lstm_gates.names import shown

FOLLOWS = 0.5  # of a correlation; less is none worth naming
CORRELATES = 5  # readings; of fewer a correlation says nothing
MOST_ON_A_PHONE = 14  # words that have room for their names there


@dataclass(frozen=True)
class Reader:
    """What is on the screen.

    Attributes:
        model: id of the network.
        text: what the learner typed.
        reading: the text as the network has read it.
        unit: the hidden unit that is looked at, from 0.
    """

    model: str
    text: str
    reading: SentimentReading | CharacterReading
    unit: int

    @property
    def is_review(self) -> bool:
        """Whether the network judges words; otherwise it expects characters."""
        return isinstance(self.reading, SentimentReading)


def panels(lesson: LessonPage, reader: Reader) -> dict[str, Callable[[], None]]:
    """Return the views in their order."""
    return {
        "unit": lambda: over_time(lesson, reader),
        "extremes": lambda: extremes(lesson, reader),
        "edited": lambda: edited(lesson, reader),
        "alternatives": lambda: alternatives(lesson, reader),
        "gradients": lambda: gradients(lesson, reader),
    }


def exchanged(lesson: LessonPage) -> Slot[int | None]:
    """Return where the step (from 0) is kept whose token the open panel exchanges; None while it is closed."""
    return lesson.slot("exchanged", None)


def role_of(lesson: LessonPage, reader: Reader) -> str:
    """Say what the unit has to do with the judgement of this review: it may be high where the review is a bad one."""
    w, units = lesson.words, reader.reading.trace.c.shape[1]
    said = w("unit.which", unit=reader.unit, units=units)
    if not reader.is_review or len(reader.reading.tokens) < CORRELATES:
        return said
    r = float(recurrent.correlations(reader.reading)[reader.unit])
    follows = "loosely" if abs(r) < FOLLOWS else "along" if r > 0 else "backwards"
    return w.sentences(said, w(f"unit.{follows}", r=signed(r)))


def over_time(lesson: LessonPage, reader: Reader) -> None:
    """One unit's cell state over the tokens, as what was kept and what was added; others beside it."""
    w, cells = lesson.words, reader.reading.trace.c
    hint = w("unit.hint")  # what the unit has to do with the judgement is told above, but in a hall that reads a reason
    st.markdown(w.sentences(role_of(lesson, reader), hint) if lesson.lecture else hint)
    units = [unit for unit in range(cells.shape[1]) if unit != reader.unit]
    others = lesson.choices(w("unit.others"), units, "others", kind="select", max_selections=3)
    mine = cells[:, reader.unit]
    alt = w("alt.unit", unit=reader.unit, count=len(mine), low=f"{mine.min():.2f}", high=f"{mine.max():.2f}")
    drawn = charts_views.unit_figure(reader.reading, w, [reader.unit, *others])
    _thin_on_a_phone("unit", len(mine))
    lesson.figure("unit", drawn, alt, data=tables.unit_rows(reader.reading, reader.unit))


def extremes(lesson: LessonPage, reader: Reader) -> None:
    """The tokens at which each gate is most open and most closed."""
    w, reading = lesson.words, reader.reading
    whose = lesson.choice(
        "segmented",
        w("extremes.whose"),
        ["unit", "mean"],
        "whose",
        labels=lambda name: w("extremes.mine", unit=reader.unit) if name == "unit" else w("extremes.every"),
        default="unit",
    )
    st.markdown(w("extremes.hint"))
    unit = reader.unit if whose == "unit" else None
    for column, gate in zip(st.columns(len(charts.GATES)), charts.GATES, strict=True):
        found = recurrent.gate_extremes(reading.trace, reading.tokens, unit, gate, 4)
        rows = tables.extremes_rows({gate: found})
        items = w.listed(f"{row['end']}: {row['token']} {row['value']:.2f}" for row in rows)
        with column:
            st.markdown(f"**{w(f'names.{gate}')}**")
            alt = w("alt.extremes", gate=w(f"names.{gate}"), items=items)
            lesson.figure(f"extremes_{gate}", charts_views.extremes_figure(gate, found), alt, data=rows)


def edited(lesson: LessonPage, reader: Reader) -> None:
    """The text beside an edited version of it; of reviews, once the learner has said how that will be judged."""
    w = lesson.words
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        text = lesson.text("edited", default=w("default.edited"), label=w("compare.text"))
    with right:
        quantity = lesson.choice("segmented", w("compare.quantity"), list("ifogch"), "difference", default="c")
    both = lesson.attempt(recurrent.compare, reader.model, text=reader.text, edited=text)
    if both is None:
        return
    lesson.notes(both.after.notes)
    question = questions.edited(both, (reader.model, reader.text, text))
    if question and not lesson.ask(question):
        return
    hint = w("compare.hint", quantity=f"*{quantity}*")
    st.markdown(hint if reader.is_review else w.sentences(hint, w("compare.hint_text")))
    units = charts.rows_to_show(both.after, "variance", 16, reader.unit)
    before, after = (f"{tables.output_of(reading)[-1]:.2f}" for reading in (both.before, both.after))
    alt = w("alt.comparison", before=before, after=after, quantity=quantity)
    drawn = charts_views.comparison_figure(both, w, quantity, units)
    if reader.is_review:
        _thin_on_a_phone("edited", len(both.pairs))
    elif len(both.pairs) > MOST_ON_A_PHONE:
        phone.no_labels("edited")
    lesson.figure("edited", drawn, alt, data=partial(tables.comparison_rows, both))


def alternatives(lesson: LessonPage, reader: Reader) -> None:
    """Every frequent token put in the place of the one at which the player stands."""
    w, tokens = lesson.words, reader.reading.tokens
    step = exchanged(lesson).value = min(int(lesson.value("step") or 1), len(tokens)) - 1
    name_of = partial(_measure, lesson, reader)
    by = lesson.choice("select", w("alternatives.by"), ["output", *"ifgo"], "by", labels=name_of, default="output")
    found = lesson.attempt(recurrent.alternatives, reader.model, text=reader.text, step=step, unit=reader.unit)
    if found is None:
        return
    table, actual = found.column(by)
    told = {"token": shown(tokens[step]), "step": step + 1, "actual": f"{actual:.2f}", "count": f"{len(found.words):,}"}
    st.markdown(w("alternatives.hint", **told))
    for column, end in zip(st.columns(2), ("high", "low"), strict=True):
        items = w.listed(f"{word} {value:.2f}" for word, value in found.top(table, 8, lowest=end == "low"))
        with column:
            st.markdown(f"**{w(f'alternatives.{end}')}**")
            alt = w("alt.alternatives", end=w(f"alternatives.{end}"), by=name_of(by), items=items)
            drawn = charts_views.alternatives_figure(found, by, end == "low")
            lesson.figure(f"alternatives_{end}", drawn, alt, data=partial(tables.alternatives_rows, found, by))


def _measure(lesson: LessonPage, reader: Reader, by: str) -> str:
    """Return the name of what the other tokens are sorted by."""
    w = lesson.words
    if by == "output":
        return w("alternatives.output" if reader.is_review else "alternatives.output_text")
    return w("alternatives.of_unit", name=w(f"names.{by}"), unit=reader.unit)


def gradients(lesson: LessonPage, reader: Reader) -> None:
    """How far back the last hidden state depends on the earlier ones, in four networks."""
    w = lesson.words
    st.markdown(glossary.with_links(w("gradients.hint"), lesson.language))
    left, right = st.columns(2)
    with left:
        scale = st.slider(w("gradients.scale"), step=0.25, **lesson.bound("scale", 1.0, 0.5, 4.0))
    with right:
        bias = st.slider(w("gradients.bias"), step=0.5, **lesson.bound("bias", 1.0, -2.0, 4.0))
    flows = lesson.attempt(recurrent.flow_comparison, reader.model, text=reader.text, scale=scale, forget_bias=bias)
    if flows is None:
        return
    rows = tables.flow_rows(flows, reader.reading)
    first = {"rnn": "rnn", "gru": "gru", "lstm": "lstm_c", "trained": "trained_c"}
    alt = w("alt.gradients", **{name: f"{rows[0][curve]:.1g}" for name, curve in first.items()})
    _thin_on_a_phone("gradients", len(rows))
    lesson.figure("gradients", charts_views.gradient_figure(flows, reader.reading, w), alt, data=rows)


def _thin_on_a_phone(figure: str, tokens: int) -> None:
    """Leave names of tokens out on a phone, whose columns are too narrow for all of these."""
    if tokens > MOST_ON_A_PHONE:
        phone.thin_labels(figure)
