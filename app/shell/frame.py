"""The frame that every lesson fills: header, controls, figure and aside, and what lies below the figure."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app import glossary
from app.charts import style
from app.charts.drawing import Drawing
from app.charts.sketch import Sketch
from app.formulas import Formula
from app.lessons import Lesson
from app.questions import Question
from app.shell import (
    exports,
    figures,
    hall,
    idea,
    lecture,
    link_note,
    memory,
    models,
    player,
    predict,
    quality,
    state,
)
from app.shell.asked import Asked
from app.shell.attempt import attempt
from app.shell.controls import Controls
from app.shell.examples import Examples
from app.shell.header import header
from app.shell.language import language, shell_words
from app.shell.menu import MenuPlace, Place
from app.shell.panels import Below, panels
from app.shell.path import Pages, onward
from app.shell.remark import Remark
from app.shell.slot import Slot
from app.shell.table import choosing_table
from app.shell.visit import held
from app.text import markdown_escape
from app.words import Words
from nlpcore.errors import Note
from nlpcore.models.catalogue import Kind, entry
from nlpcore.text import mostly_chinese

__all__ = ["Below", "LessonPage", "Slot", "open_lesson"]

log = logging.getLogger(__name__)
T = TypeVar("T")


def open_lesson(lesson: Lesson, pages: Pages) -> None:
    """Draw a lesson: the frame's header, what the lesson's page fills in, and what it returns for below the figure.

    ``pages``: those of all lessons, in the order of the course.
    """
    page = LessonPage(lesson, pages)
    try:
        page.finish(lesson.show(page))
    finally:
        page.forget()


class LessonPage(Controls):
    """One lesson's page in the making: what its ``show`` is given. Its methods draw the parts of the frame.

    The places (controls, settings, figure, aside, below) are fixed by the frame, so a lesson fills them in any order.
    """

    def __init__(self, lesson: Lesson, pages: Pages | None = None) -> None:
        state.enter(lesson.id)
        self.language = language()
        super().__init__(lesson, Words(lesson.words, self.language))
        self._pages: Pages = pages or {}
        self._held: dict[int, Any] = {}  # answers of this run; see Asked
        self.lecture = lecture.is_on()
        self._examples = Examples(lesson)
        self._caption.append(self.words("title"))
        self._settings: DeltaGenerator | None = None
        if self.lecture:
            hall.go_where_the_keys_lead(self._pages)
        self._told_idea: Slot[tuple[Sketch, str, dict[str, object], str] | None] = self.slot(
            f"idea_{self.language}", None
        )
        self._told_idea_now = False
        self._tools = header(self.words("title"))
        self._idea = st.container(key="idea")
        self._controls = st.container(key="controls")
        self._legend: DeltaGenerator | None = None
        self._remark_place = self._listen_to_a_lecturer() if self.lecture else None
        self._more: DeltaGenerator | None = None  # the stage's place of formulas and tables
        self._formulas: DeltaGenerator | None = None
        self._tables: DeltaGenerator | None = None
        self._example: tuple[str, tuple[str, tuple[str, ...]]] | None = None  # chosen, and what it has to say
        self._remark: Remark | None = None
        self._chosen: str | None = None
        self._open_questions: set[str] = set()

    def idea(self, sketch: Sketch, alt: str, **values: object) -> None:
        """Tell the lesson's idea in a minute: ``idea.text`` of the words with ``values``, beside a small live picture.

        ``alt`` says what the picture shows. Its place is above the controls, wherever this is called. What is typed next may
        be declined: the idea then stays as it was.
        """
        gloss = self._examples.gloss(self._chosen) if self._chosen else ""
        self._told_idea.value = sketch, alt, values, gloss
        self._draw_idea()

    def _draw_idea(self) -> None:
        if told := self._told_idea.value:
            self._told_idea_now = True
            sketch, alt, values, gloss = told
            with self._idea:
                idea.idea(self.words, self.lesson, sketch, alt, values, self._pages, gloss)

    def _listen_to_a_lecturer(self) -> DeltaGenerator:
        """Draw what a hall sees on demand only; return the place of an example's remark."""
        with self._tools:
            hall.keys(self.lesson, self._pages, list(self._examples.presets), self._examples.show)
        self._legend = st.container(key="hall_keys")
        hall.lessons(self._pages)
        self._settings = st.container(key="hall_settings", horizontal=True)
        return st.container(key="hall_remark")

    # -- the controls ------------------------------------------------------------------------------------------------

    def controls(self) -> DeltaGenerator:
        """Return the place of the controls that a learner uses at once: above the figure, on every screen."""
        return self._controls

    def settings(self, count: int = 1) -> list[Place]:
        """Return places for ``count`` controls that are changed more seldom: behind one button; in a hall, a row on demand."""
        hall.note("settings")
        if self._settings is None:
            with self._tools:
                # That it is opened or closed is told at once: see app.shell.state.hold.
                self._settings = st.popover(
                    shell_words()("settings"), icon=":material/tune:", key=state.MENU, on_change="rerun"
                )
        return [MenuPlace(self._settings.container()) for _ in range(count)]

    def presets(self, *inputs: str, first: str | None = None) -> str | None:
        """Draw the lesson's presets; choosing one sets the controls it names. Return the chosen one's id.

        What the one before has set goes to its default where the next one does not name it. ``inputs`` are the controls
        that make an example what it is: once one of them is changed, it is that example no more, and its remark goes.
        ``first`` is the one that a visitor meets who comes without a link to another.
        """
        examples = self._examples
        examples.leave(inputs, first)
        chosen = examples.pick()
        self._chosen = chosen
        self._example = (chosen, note) if chosen and (note := examples.note(chosen)) else None
        return chosen

    def _tell_about_the_example(self, place: DeltaGenerator) -> None:
        """Draw what the chosen example has to say, once: in a hall on demand, else in ``place``."""
        if self._example and not self._remark:
            chosen, note = self._example
            hall.note("notes")
            with self._remark_place or place:
                self._remark = Remark((self.lesson.id, chosen), *note)

    def views(self, options: Sequence[str], default: str, labels: str) -> str:
        """Draw the choice between the views of a lesson that has several, named by its ``controls.view``."""
        with st.container(key="views"):
            label = self.words("controls.view")
            return str(self.choice("segmented", label, options, "view", default=default, labels=labels, wrap=False))

    def model_picker(self, default: str, name: str = "model", kind: Kind | None = None, follow: bool = False) -> str:
        """Draw the picker of the models that this lesson offers, all or those of one ``kind``; return the chosen id.

        ``follow``: a picker that stands at its default goes with it when the default changes.
        """
        kinds = (kind,) if kind else self.lesson.kinds
        chosen = models.model_picker(self.lesson.id, kinds, default, name, follow, own=self._chosen is None)
        self._caption.append(chosen)
        if self.lecture and chosen != default:  # a hall sees the picker on demand only
            with self._tools:
                st.markdown(markdown_escape(chosen), width="content")
        return chosen

    def picker_for(self, texts: Sequence[str], english: str, chinese: str) -> str:
        """Draw the picker with the model for the language that ``texts`` are in as its default; return the chosen id.

        Without a text it is the one for the language of the page.
        """
        text = " ".join(texts).replace("[MASK]", "")
        default = chinese if (mostly_chinese(text) if text.strip() else self.language == "zh") else english
        return self.model_picker(default, follow=True)

    def tell_other_language(self, model: str) -> None:
        """Say, where a model has not learned the language of the page, why its examples are in another: ``other_language``."""
        if self.language not in entry(model).languages and not self.lecture:
            st.caption(f":material/translate: {self.words('other_language')}")

    # -- clicks -------------------------------------------------------------------------------------------------------

    def clicked(self, figure: str) -> dict[str, Any] | None:
        """Return the point that was clicked in a figure since the last run, before the figure is drawn.

        Its keys are Plotly's: ``x``, ``y``, ``curve_number``, ``customdata`` where the trace has some.
        """
        event = held(figures.key_of(figure))
        points = event["selection"]["points"] if event else []
        point = next((dict(one) for one in points), None)
        place = point and (point.get("curve_number"), point.get("x"), point.get("y"), repr(point.get("customdata")))
        seen: Slot[Any] = self.slot(f"clicked_{figure}", None)
        is_new, seen.value = place != seen.value, place
        return point if is_new else None

    # -- computing ---------------------------------------------------------------------------------------------------

    def attempt(
        self,
        function: Callable[..., T],
        model_id: str | None = None,
        /,
        *,
        on_progress: Callable[[Any], None] | None = None,
        on_place: Callable[[int], None] | None = None,
        **data: Any,
    ) -> T | None:
        """Return ``function(load(model_id), **data)`` through the serving object, or None after saying what is wrong.

        ``model_id`` None calls ``function(**data)``. ``data`` are plain, hashable values. ``on_progress`` and
        ``on_place`` hear of a long computation: see :class:`nlpcore.models.serving.Serving`.
        """
        listeners = {"on_progress": on_progress, "on_place": on_place}
        heard: dict[str, Any] = {name: listener for name, listener in listeners.items() if listener is not None}
        return attempt(self.lesson.id, self._warn, function, model_id, heard, data)

    def asked(self, function: Callable[..., T], model_id: str | None = None, /, **data: Any) -> Asked[T] | None:
        """As :meth:`attempt`, for an answer that a callable needs which outlives this run: it is given the question."""
        answer = self.attempt(function, model_id, **data)
        return None if answer is None else Asked(answer, self._held, function, model_id, data)

    def forget(self) -> None:
        """Let go of the answers of this run."""
        self._held.clear()

    def _warn(self, note: Note) -> None:
        st.warning(self.sentence(note), icon=":material/info:")

    # -- figure and aside --------------------------------------------------------------------------------------------

    def stage(self) -> tuple[DeltaGenerator, DeltaGenerator]:
        """Return the figure's place and the aside's, which has one question and a few lines. Once on a page.

        Under what the lesson puts into the aside stands what the chosen example has to say.
        Formulas, and tables by :meth:`more`, have a place of their own: under the figure, and in a hall beside it.
        """
        with st.container(key="stage"):
            figure, aside, self._more = (st.container(key=key) for key in ("figure", "aside", "more"))
        self._formulas = self._tables = None  # those of the run before, where a part of the page runs again alone
        if self._example:
            aside, remark = aside.container(), aside.container()
            self._tell_about_the_example(remark)
        return figure, aside

    def more(self) -> DeltaGenerator:
        """Return the stage's place of tables, which come after the formulas."""
        self._place_of_formulas()
        if self._tables is None:
            assert self._more is not None, "stage() comes first"
            self._tables = self._more.container()
        return self._tables

    def _place_of_formulas(self) -> DeltaGenerator | None:
        """Return it, made once it is wanted: an empty place costs a message with each run. None where there is no stage."""
        if self._formulas is None and self._more is not None:
            self._formulas = self._more.container()
        return self._formulas

    def figure(
        self,
        name: str,
        figure: Drawing,
        alt: str,
        data: exports.Data | None = None,
        select: bool = False,
        export: bool = True,
        select_mode: str = "points",
        caption: Sequence[str] = (),
    ) -> list[dict[str, Any]]:
        """Draw a figure with its alt text and the menu to take it away; return the points selected in it.

        ``data``: rows for the CSV (mappings, or a function that makes them). ``name`` is unique on the page.
        ``caption``: what stands under the picture that is taken away, beside lesson, model and text.
        """
        drawn, below = self._for_the_hall(figure), export and not self.lecture
        points = figures.plot(name, drawn, alt, select_mode if select else None, bar=below)
        if export:
            self.take_away(name, data, caption)
        return points

    def framed(self, name: str, page: str, height: int, alt: str, caption: Sequence[str] = ()) -> None:
        """Draw an HTML page of its own in a frame ``height`` px high, with the menu to take it away; else as :meth:`figure`."""
        figures.framed(name, page, height, alt)
        self.take_away(name, None, caption)

    def take_away(self, name: str, data: exports.Data | None, caption: Sequence[str] = ()) -> None:
        """Draw the menu that gives away what was drawn under the key of this figure; see :meth:`figure`."""
        if not self.lecture:
            named = figures.key_of(name), f"{self.lesson.id}-{name}"
            exports.export_menu(*named, data, " · ".join([*self._caption, *caption]))

    def _for_the_hall(self, figure: Drawing) -> Drawing:
        style.complete(figure)
        return style.enlarge(figure) if self.lecture else figure

    def look_for(self, key: str = "look_for", long: bool = False, **values: object) -> None:
        """Say what to look for: the text ``key`` with ``values`` in its blanks. ``long``: a hall has no room for it at first."""
        told = glossary.with_links(self.words(key, **values), self.language)
        with hall.on_demand("look_for") if long else contextlib.nullcontext():
            st.markdown(f"**{shell_words()('look_for')}** {told}")

    def formula(
        self, formula: Formula, intro: str | None = None, fold: str | None = None, after: str | None = None
    ) -> None:
        """Typeset a formula and, under it, the same with the numbers on the screen; ``intro`` says of what, above.

        ``fold``: the title behind which a long one waits for a click; a hall has it open. ``after``: what is said below.
        """
        with contextlib.ExitStack() as places:
            if place := self._place_of_formulas():
                places.enter_context(place)
            if fold and not self.lecture:
                places.enter_context(st.expander(fold, icon=":material/function:"))
            if intro:
                st.markdown(intro)
            self.equation(formula)
            if after:
                st.caption(after)

    def equation(self, formula: Formula) -> None:
        """Typeset a formula where it stands: one that explains a figure at its side, and not beside the main one."""
        for latex in (formula.symbols_latex(self.lecture), formula.numbers_latex(self.lecture)):
            if latex:
                st.latex(latex)

    def ask(self, question: Question, folded: bool = False) -> bool:
        """Ask a question; True once the learner has committed to an answer, or has asked to see it.

        ``folded``: once it is answered it is one line, which opens: the next question, below, is in sight.
        """
        if predict.predict(self.words, self.lesson.id, question, folded):
            return self.answered(question)
        self._open_questions.add(question.name)
        return False

    def answered(self, question: Question) -> bool:
        """Whether a question was answered on this visit; for what must not be shown before, drawn above the question."""
        answered = predict.answered(self.lesson.id, question)
        if answered and question.name in self._open_questions:  # in a part of the page that ran again alone
            st.rerun()
        return answered

    def then(self, go: Callable[[], None] | None) -> None:
        """Have a hall, and a hall alone, go on from a reason to the next question: see :func:`hall.then`."""
        hall.then(go)

    def stepped(
        self,
        name: str,
        count: int,
        draw: Callable[[int], None],
        labels: Sequence[str] | None = None,
        start: int = 1,
        reach: Callable[[], int] | None = None,
        waits: Callable[[], str] | None = None,
        positions: Sequence[str] | None = None,
    ) -> None:
        """Draw the step player, see :func:`player.stepped`. Where a question is answered in it, the whole page is drawn anew."""
        if count > 1:
            hall.note("steps", "play")
        player.stepped(name, count, draw, labels, start, reach, waits, positions)

    def arrow_keys(self, vertical: str, horizontal: str) -> None:
        """Have the arrow keys move two controls with whole numbers: in a hall, where nothing else needs them."""
        if self.lecture:
            hall.arrow_keys(vertical, horizontal)

    def table(
        self, rows: Sequence[Mapping[str, Any]], name: str, on_choice: Callable[[int], None], sentences: str = ""
    ) -> None:
        """Draw a table to choose a row from by a click: see :func:`app.shell.table.choosing_table`."""
        choosing_table(rows, f"table_{name}", on_choice, sentences)

    # -- below the figure --------------------------------------------------------------------------------------------

    def finish(self, below: Below) -> None:
        """Draw what lies below the figure, write the link and keep the controls' values; the frame's own last step."""
        self._more = self._formulas = None
        if not self._told_idea_now:
            self._draw_idea()
        if self._example and not self._remark:  # a page that has no stage
            self._tell_about_the_example(st.container())
        if self._remark:
            self._remark.settle(self._open_questions)
        hall.settle()
        if self._legend:
            hall.legend(self._legend, bool(self._open_questions))
        with st.container(key="below"):
            if below.model and not self.lecture:
                quality.tell(below.model, self.language)
            if not self.lecture or below.panels:
                panels(self.words, self.lesson.id, below, self._open_questions, self.lecture)
            if not self.lecture:
                onward(self.lesson, self._pages)
            state.remember()
        link_note.tell()
        memory.settle()
