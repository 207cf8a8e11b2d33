"""LSTM gates: a trained LSTM reads word by word (or letter by letter), with every gate and state in sight."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.charts import lstm_formula, lstm_gates, lstm_views
from app.shell import lesson_page
from app.text import markdown_escape
from nlpcore import recurrent
from pages.sequences.lstm_gates import questions, snippet, tables

MOST_UNITS = {"16": 16, "32": 32, "all": 10_000}

lesson = lesson_page("lstm-gates")
w = lesson.words


def main() -> None:
    st.html(f"<style>{lstm_formula.style_sheet()}</style>")
    with lesson.controls():
        lesson.presets()
        text = lesson.text(default=w("default.text"))
    quantity_place, unit_place, telling_place, model_place = lesson.settings(1.3, 0.6, 1.7, 1.2)
    with model_place:
        model = lesson.model_picker(default="lstm-imdb")
    reading = lesson.attempt(recurrent.read, model, text=text)
    if reading is None:
        lesson.below()
        return
    lesson.notes(reading.notes)
    with quantity_place:
        quantity = quantity_picker()
    unit = unit_picker(reading, unit_place, telling_place)
    draw = Stage(model, text, reading, quantity, unit)
    lesson.stepped(
        "step", len(reading.tokens), draw, labels=[f"**{shown(t)}**" for t in reading.tokens], start=draw.start
    )
    words = isinstance(reading, recurrent.SentimentReading)
    panels = Panels(model, text, reading, unit)
    lesson.below(
        code=snippet.code(model, text, unit, words),
        more={name: (w(f"panels.{name}"), getattr(panels, name)) for name in Panels.ORDER},
    )


def shown(token: str) -> str:
    """Return a token for Markdown; a blank becomes a visible one, a very long word is cut."""
    return "␣" if token == " " else markdown_escape(token if len(token) <= 24 else token[:23] + "…")


# -- controls --------------------------------------------------------------------------------------------------------


def view_controls() -> tuple[str, str, bool]:
    """Draw the controls under the figure; return the order of units, how many are drawn, and whether to look ahead."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = lesson.choice(
            "segmented",
            w("controls.order"),
            ["variance", "clustered", "index"],
            "order",
            default="variance",
            labels=lambda name: w(f"controls.orders.{name}"),
        )
        rows = lesson.choice(
            "segmented",
            w("controls.rows"),
            list(MOST_UNITS),
            "rows",
            default="16",
            labels=lambda name: w("controls.every") if name == "all" else name,
        )
        ahead = st.toggle(w("controls.ahead"), **lesson.bound("ahead"))
    return order, rows, ahead


def quantity_picker() -> str:
    """Draw the choice of what the heatmaps show: all six, or one of them large."""
    return lesson.choice(
        "segmented",
        w("controls.quantity"),
        ["all", *lstm_gates.QUANTITIES],
        "quantity",
        default="all",
        labels=lambda name: w("controls.all") if name == "all" else name,
    )


def unit_picker(reading: recurrent.Reading, place: DeltaGenerator, suggestions: DeltaGenerator) -> int:
    """Draw the field for a unit's number and the suggestions; return the unit, the most telling one if none is given."""
    telling = recurrent.informative_units(reading, 4)
    last = reading.trace.h.shape[1] - 1
    if (st.session_state.get("unit") or 0) > last:  # another model may have fewer units
        st.session_state["unit"] = None

    def choose() -> None:
        st.session_state["unit"] = st.session_state.pop("_telling", None)

    unit = place.number_input(
        w("controls.unit"),
        min_value=0,
        max_value=last,
        value=None,
        step=1,
        placeholder=w("controls.unit_auto"),
        help=w("controls.unit_help"),
        **lesson.bound("unit", whole=True),
    )
    scores = {score.unit: score.correlation for score in telling}
    suggestions.pills(
        w("controls.suggestions"),
        list(scores),
        format_func=lambda u: f"{u} ({scores[u]:+.2f})".replace("-", "−"),
        on_change=choose,
        key="_telling",
    )
    return telling[0].unit if unit is None else int(unit)


# -- the stage -------------------------------------------------------------------------------------------------------


class Stage:
    """What is drawn at each step: the figure, and beside it the output, the formula with its numbers, the questions."""

    def __init__(self, model: str, text: str, reading: Any, quantity: str, unit: int) -> None:
        self.model, self.text, self.reading, self.quantity, self.unit = model, text, reading, quantity, unit
        self.is_review = isinstance(reading, recurrent.SentimentReading)
        self.asked = questions.turning_step(reading) if self.is_review else questions.surest_step(reading) + 1
        # The player starts on the token before the one that is asked about.
        self.start = max(1, self.asked) if self.asked is not None else len(reading.tokens)

    def __call__(self, step: int) -> None:
        figure, aside = lesson.stage((2.1, 1.0))
        with figure:
            place = st.container()
            order, rows, ahead = view_controls()
            units = lstm_gates.rows_to_show(self.reading, order, MOST_UNITS[rows], self.unit)
            left = 150 if lesson.lecture else 92
            drawn = lstm_gates.reading_figure(self.reading, w, step, self.unit, units, self.quantity, ahead, left)
            with place:
                data = partial(tables.reading_rows, self.reading, units)
                lesson.figure("reading", drawn, alt=self.alt(step, len(units)), data=data)
            self.questions()
        with aside:
            lesson.look_for("look_for" if self.is_review else "look_for_letters")
            (self.judgement if self.is_review else self.expectation)(step)
            intro = w("now.unit", unit=self.unit, token=shown(self.reading.tokens[step]))
            numbers = lstm_formula.numbers(self.reading.trace, step, self.unit, large=lesson.lecture)
            lesson.formula(lstm_formula.equations(large=lesson.lecture), numbers, intro)

    def alt(self, step: int, units: int) -> str:
        reading, unit = self.reading, self.unit
        values = {name: f"{getattr(reading.trace, name)[step, unit]:.2f}" for name in lstm_gates.QUANTITIES}
        shown_rows = lstm_gates.QUANTITIES if self.quantity == "all" else (self.quantity,)
        return w(
            "alt.reading",
            model=self.model,
            count=len(reading.tokens),
            shown=", ".join(shown_rows),
            units=units,
            step=step + 1,
            token=reading.tokens[step],
            unit=unit,
            **values,
        )

    def judgement(self, step: int) -> None:
        positive, token = self.reading.positive, shown(self.reading.tokens[step])
        after = f"{positive[step]:.2f}"
        if step == 0:
            st.markdown(w("now.first", token=token, after=after))
        else:
            st.markdown(w("now.later", token=token, after=after, before=f"{positive[step - 1]:.2f}"))

    def expectation(self, step: int) -> None:
        reading = self.reading
        st.markdown(w("now.next", token=shown(reading.tokens[step])))
        items = ", ".join(f"{token} {p:.2f}" for token, p in reading.next(step))
        alt = w("alt.next", token=reading.tokens[step], items=items)
        lesson.figure("next", lstm_views.next_figure(reading, step), alt=alt, export=False)
        if step + 1 < len(reading.tokens) and reading.known[step + 1]:
            came, bits = reading.tokens[step + 1], f"{reading.bits[step + 1]:.2f}"
            if came in dict(reading.next(step)):
                st.caption(w("now.came", bits=bits))
            else:
                probability = f"{2 ** -reading.bits[step + 1]:.2g}"
                st.caption(w("now.came_rarely", token=shown(came), probability=probability, bits=bits))
        elif reading.bits_per_character == reading.bits_per_character:
            st.caption(w("now.mean", bits=f"{reading.bits_per_character:.2f}"))

    def questions(self) -> None:
        left, right = st.columns(2)
        with left:
            if self.is_review and self.asked is not None:
                self.ask_turn(self.asked)
            elif not self.is_review and len(self.reading.tokens) > 1:
                self.ask_next(self.asked - 1)
        pause = questions.pause_step(self.reading)
        if pause is not None and len(self.reading.tokens) > 2:
            with right:
                self.ask_closing(pause)

    def ask_turn(self, step: int) -> None:
        reading, token = self.reading, shown(self.reading.tokens[step])
        answers = {1: "rises", -1: "falls", 0: "stays"}
        because = w(
            "predict.turn.because",
            token=token,
            before=f"{reading.positive[step - 1]:.2f}",
            after=f"{reading.positive[step]:.2f}",
            i=f"{reading.trace.i[step].mean():.2f}",
            f=f"{reading.trace.f[step].mean():.2f}",
        )
        options = [w(f"predict.turn.{name}") for name in answers.values()]
        answer = list(answers).index(questions.change_at(reading, step))
        about = (self.model, self.text)
        lesson.predict("turn", options, answer, because, about, token=token, step=step + 1)

    def ask_next(self, step: int) -> None:
        reading = self.reading
        options = questions.expected_options(reading, step)
        best, probability = reading.next(step, 1)[0]
        because = w("predict.next.because", token=shown(best), probability=f"{probability:.2f}")
        context = markdown_escape("".join(reading.tokens[max(0, step - 30) : step + 1]))
        about = (self.model, self.text)
        lesson.predict("next", [shown(o) for o in options], options.index(best), because, about, context=context)

    def ask_closing(self, step: int) -> None:
        gate, shifts = questions.closing_gate(self.reading, step)
        token = shown(self.reading.tokens[step])
        values = {shift.gate: f"{shift.here:.2f}" for shift in shifts}
        values |= {f"{shift.gate}_else": f"{shift.elsewhere:.2f}" for shift in shifts}
        options = [*(w(f"names.{shift.gate}") for shift in shifts), w("predict.closes.none")]
        answer = len(shifts) if gate is None else [shift.gate for shift in shifts].index(gate)
        because = w("predict.closes.because", token=token, **values)
        about = (self.model, self.text)
        lesson.predict("closes", options, answer, because, about, token=token, step=step + 1)


# -- panels ----------------------------------------------------------------------------------------------------------


class Panels:
    """The views below the stage; each is computed only when it is open."""

    ORDER = ("unit", "extremes", "edited", "alternatives", "gradients")

    def __init__(self, model: str, text: str, reading: Any, unit: int) -> None:
        self.model, self.text, self.reading, self.chosen = model, text, reading, unit
        self.is_review = isinstance(reading, recurrent.SentimentReading)

    def unit(self) -> None:
        st.markdown(w("unit.hint"))
        cells = self.reading.trace.c
        units = [u for u in range(cells.shape[1]) if u != self.chosen]
        others = lesson.choices(w("unit.others"), units, "others", kind="select", max_selections=3)
        mine = cells[:, self.chosen]
        alt = w("alt.unit", unit=self.chosen, count=len(mine), low=f"{mine.min():.2f}", high=f"{mine.max():.2f}")
        lesson.figure(
            "unit",
            lstm_views.unit_figure(self.reading, w, [self.chosen, *others]),
            alt,
            data=tables.unit_rows(self.reading, self.chosen),
        )

    def extremes(self) -> None:
        whose = lesson.choice(
            "segmented",
            w("extremes.whose"),
            ["unit", "mean"],
            "whose",
            default="unit",
            labels=lambda name: w("extremes.mine", unit=self.chosen) if name == "unit" else w("extremes.every"),
        )
        st.markdown(w("extremes.hint"))
        unit = self.chosen if whose == "unit" else None
        found = {
            gate: recurrent.gate_extremes(self.reading.trace, self.reading.tokens, unit, gate, 4)
            for gate in lstm_gates.GATES
        }
        for column, (gate, extremes) in zip(st.columns(len(found)), found.items(), strict=True):
            rows = tables.extremes_rows({gate: extremes})
            items = "; ".join(f"{row['end']}: {row['token']} {row['value']:.2f}" for row in rows)
            with column:
                st.markdown(f"**{w(f'names.{gate}')}**")
                alt = w("alt.extremes", gate=w(f"names.{gate}"), items=items)
                lesson.figure(f"extremes_{gate}", lstm_views.extremes_figure(gate, extremes), alt, data=rows)

    def edited(self) -> None:
        left, right = st.columns([2, 1], vertical_alignment="bottom")
        with left:
            edited = lesson.text("edited", default=w("default.edited"), label=w("compare.text"))
        with right:
            quantity = lesson.choice("segmented", w("compare.quantity"), list("ifogch"), "difference", default="c")
        both = lesson.attempt(recurrent.compare, self.model, text=self.text, edited=edited)
        if both is None:
            return
        lesson.notes(both.after.notes)
        if self.is_review and not self.ask_edited(both, edited):
            return
        st.markdown(
            w("compare.hint", quantity=f"*{quantity}*") + ("" if self.is_review else " " + w("compare.hint_text"))
        )
        units = lstm_gates.rows_to_show(both.after, "variance", 16, self.chosen)
        ends = [f"{tables.output_of(reading)[-1]:.2f}" for reading in (both.before, both.after)]
        alt = w("alt.comparison", before=ends[0], after=ends[1], quantity=quantity)
        figure = lstm_views.comparison_figure(both, w, quantity, units)
        lesson.figure("edited", figure, alt, data=lambda: tables.comparison_rows(both))

    def ask_edited(self, both: recurrent.Comparison, edited: str) -> bool:
        before, after = both.before.positive[-1], both.after.positive[-1]
        change = after - before
        options = [w(f"predict.edited.{name}") for name in ("higher", "lower", "same")]
        answer = 2 if abs(change) <= 0.05 else int(change < 0)
        because = w("predict.edited.because", before=f"{before:.2f}", after=f"{after:.2f}")
        return lesson.predict("edited", options, answer, because, about=(self.model, self.text, edited))

    def alternatives(self) -> None:
        tokens = self.reading.tokens
        left, right = st.columns(2)
        with left:
            place = st.number_input(
                w("alternatives.place"),
                min_value=1,
                max_value=len(tokens),
                value=min(2, len(tokens)),
                **lesson.bound("place", whole=True),
            )
        with right:
            by = lesson.choice(
                "select", w("alternatives.by"), ["output", *"ifgo"], "by", default="output", labels=self.name_of
            )
        found = lesson.attempt(
            recurrent.alternatives, self.model, text=self.text, step=int(place) - 1, unit=self.chosen
        )
        if found is None:
            return
        table, actual = found.column(by)
        st.markdown(
            w(
                "alternatives.hint",
                token=shown(tokens[int(place) - 1]),
                actual=f"{actual:.2f}",
                count=f"{len(found.words):,}",
            )
        )
        for column, end in zip(st.columns(2), ("high", "low"), strict=True):
            items = "; ".join(f"{word} {value:.2f}" for word, value in found.top(table, 8, lowest=end == "low"))
            with column:
                st.markdown(f"**{w(f'alternatives.{end}')}**")
                alt = w("alt.alternatives", end=w(f"alternatives.{end}"), by=self.name_of(by), items=items)
                figure = lstm_views.alternatives_figure(found, by, end == "low")
                lesson.figure(f"alternatives_{end}", figure, alt, data=partial(tables.alternatives_rows, found, by))

    def name_of(self, by: str) -> str:
        if by == "output":
            return w("alternatives.output" if self.is_review else "alternatives.output_text")
        return w("alternatives.of_unit", name=w(f"names.{by}"), unit=self.chosen)

    def gradients(self) -> None:
        st.markdown(w("gradients.hint"))
        left, right = st.columns(2)
        with left:
            scale = st.slider(w("gradients.scale"), 0.5, 4.0, 1.0, 0.25, **lesson.bound("scale"))
        with right:
            bias = st.slider(w("gradients.bias"), -2.0, 4.0, 1.0, 0.5, **lesson.bound("bias"))
        flows = lesson.attempt(recurrent.flow_comparison, self.model, text=self.text, scale=scale, forget_bias=bias)
        if flows is None:
            return
        first = {
            "rnn": flows.rnn.hidden[0],
            "gru": flows.gru.hidden[0],
            "lstm": flows.lstm.cell[0],
            "trained": flows.trained.cell[0],
        }
        alt = w("alt.gradients", **{name: f"{value:.1g}" for name, value in first.items()})
        rows = tables.flow_rows(flows, self.reading)
        lesson.figure("gradients", lstm_views.gradient_figure(flows, self.reading, w), alt, data=rows)


main()
