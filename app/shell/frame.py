"""The frame that every lesson fills: header, controls, figure and aside, and the panels below."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app import lessons
from app.charts import style
from app.charts.drawing import Drawing
from app.shell import choice, exports, lecture, memory, models, player, predict, quality, state, waiting
from app.shell.header import header
from app.shell.language import language, shell_words
from app.shell.panels import below
from app.shell.remark import Remark
from app.shell.text import note_params
from app.shell.words import LOCALES, Words
from nlpcore.errors import LearnerError, Note
from nlpcore.models.catalogue import Kind
from nlpcore.models.serving import serving
from nlpcore.text import mostly_chinese

log = logging.getLogger(__name__)
T = TypeVar("T")


class LessonPage:
    """One lesson's page in the making. Its methods draw the parts of the frame, in the order of the page."""

    def __init__(self, lesson_id: str) -> None:
        self.lesson = lessons.lesson(lesson_id)
        state.enter(lesson_id)
        self.language = language()
        self.lecture = lecture.is_on()
        self.words = Words(self.lesson.words, self.language)
        self._notes = Words(LOCALES / "notes.yaml", self.language)
        self._tools = header(self.words("title"), self.words("promise"))
        self._controls = st.container(key="controls")
        self._settings = None if self.lecture else st.container(key="settings")
        self._formulas: DeltaGenerator | None = None
        self._model: str | None = None
        self._remark: Remark | None = None

    # -- the controls ------------------------------------------------------------------------------------------------

    def controls(self) -> DeltaGenerator:
        """Return the place of the controls that a learner uses at once: above the figure, on every screen."""
        return self._controls

    def settings(self, *widths: float) -> list[DeltaGenerator]:
        """Return places for the controls that are changed more seldom, one for each of the relative ``widths``.

        On a wide screen they are a row above the figure, on a phone they come under it, and in lecture mode they are
        behind one button. Each call makes another row.
        """
        if self.lecture:
            if self._settings is None:
                with self._tools:
                    self._settings = st.popover(shell_words()("settings"), icon=":material/tune:")
            return [self._settings.container() for _ in widths]
        assert self._settings is not None
        return list(self._settings.columns(widths, vertical_alignment="bottom"))

    def later(self) -> DeltaGenerator:
        """Return a place above the figure that on a phone comes under it: for results in words or a sentence."""
        return st.container(key="later")

    def bound(self, name: str, whole: bool = False) -> dict[str, Any]:
        """Return the arguments that put a native widget's value into the URL as ``?name=`` and keep it for this lesson.

        ``whole``: the widget is a field for whole numbers.
        """
        return state.bound(name, whole)

    def choice(self, kind: choice.Kind, label: str, options: Sequence[Any], name: str, **more: Any) -> Any:
        """Draw a choice with translated labels ("segmented", "pills", "select", "radio"); see :func:`choice.choice`."""
        return choice.choice(kind, label, options, name, **more)

    def choices(self, label: str, options: Sequence[Any], name: str, **more: Any) -> list[Any]:
        """Draw a choice of any number of options; see :func:`choice.choices`."""
        return choice.choices(label, options, name, **more)

    def text(
        self,
        key: str = "text",
        default: str = "",
        max_chars: int = 20_000,
        area: bool = False,
        label: str | None = None,
    ) -> str:
        """Draw the learner's text field and return what stands in it (may be empty)."""
        label = label or (self.words("controls.text") if self.words.has("controls.text") else shell_words()("text"))
        if area:
            value = st.text_area(label, default, max_chars=max_chars, height=100, **self.bound(key))
        else:
            value = st.text_input(label, default, max_chars=max_chars, **self.bound(key))
        if (
            value and value != default
        ):  # also where it was the default, in another language: it stays, so the link needs it
            state.publish(key, value)
        return value or ""

    def presets(self) -> str | None:
        """Draw the lesson's presets; choosing one sets the controls it names. Return the chosen one's id."""
        presets: Mapping[str, Any] = self.words.node("presets")

        def apply() -> None:
            chosen = st.session_state.get("preset")
            if chosen in presets:
                state.set_all(Words(self.lesson.words, language()).resolve(presets[chosen].get("state", {})))

        chosen = self.choice(
            "pills",
            shell_words()("presets"),
            list(presets),
            "preset",
            labels=lambda name: self.words(f"presets.{name}.label"),
            on_change=apply,
            wrap=False,
        )
        if chosen and not self.lecture and self.words.has(f"presets.{chosen}.note"):
            tells = presets[chosen].get("tells")
            self._remark = Remark((self.lesson.id, str(chosen)), self.words(f"presets.{chosen}.note"), tells)
        return str(chosen) if chosen else None

    def views(self, options: Sequence[str], default: str, labels: Callable[[str], str]) -> str:
        """Draw the choice between the views of a lesson that has several, named by its ``controls.view``."""
        with st.container(key="views"):
            label = self.words("controls.view")
            return str(self.choice("segmented", label, options, "view", default=default, labels=labels, wrap=False))

    def model_picker(self, default: str, name: str = "model", kind: Kind | None = None, follow: bool = False) -> str:
        """Draw the picker of the models that this lesson offers, all or those of one ``kind``; return the chosen id.

        ``follow``: a picker that stands at its default goes with it when the default changes.
        """
        self._model = models.model_picker(self.lesson.id, (kind,) if kind else self.lesson.kinds, default, name, follow)
        return self._model

    def picker_for(self, texts: Sequence[str], english: str, chinese: str) -> str:
        """Draw the picker with the model for the language that ``texts`` are in as its default; return the chosen id."""
        default = chinese if mostly_chinese(" ".join(texts).replace("[MASK]", "")) else english
        return self.model_picker(default, follow=True)

    # -- computing ---------------------------------------------------------------------------------------------------

    def attempt(
        self,
        function: Callable[..., T],
        model_id: str | None = None,
        /,
        *,
        on_progress: Callable[[Any], None] | None = None,
        on_place: Callable[[int], None] | None = None,
        **data: Hashable,
    ) -> T | None:
        """Return ``function(load(model_id), **data)`` through the serving object, or None after saying what is wrong.

        ``model_id`` None calls ``function(**data)``. ``data`` are plain, hashable values. ``on_progress`` and
        ``on_place`` hear of a long computation: see :class:`nlpcore.models.serving.Serving`.
        """
        listeners = {"on_progress": on_progress, "on_place": on_place}
        heard = {name: listener for name, listener in listeners.items() if listener is not None}
        try:
            with waiting.spinner(function, model_id, data):
                return serving().run(function, model_id, **heard, **data)
        except LearnerError as error:
            self._warn(error.note)
        except MemoryError:
            self._warn(Note("out_of_memory"))
        except Exception:
            log.exception("%s: %s failed", self.lesson.id, getattr(function, "__name__", function))
            self._warn(Note("unexpected"))
        return None

    def _warn(self, note: Note) -> None:
        st.warning(self.sentence(note), icon=":material/info:")

    def sentence(self, note: Note) -> str:
        """Return a note's sentence in the page's language, as Markdown."""
        return self._notes(note.code, **note_params(note))

    def notes(self, notes: Iterable[Note]) -> None:
        """Say what was changed about the learner's input."""
        if sentences := [self.sentence(note) for note in notes]:
            st.caption(":material/info: " + " ".join(sentences))

    # -- figure and aside --------------------------------------------------------------------------------------------

    def stage(self, ratio: tuple[float, float] = (2.4, 1.0)) -> tuple[DeltaGenerator, DeltaGenerator]:
        """Return the figure's column and the aside's; on a phone the aside comes under figure and settings.

        In lecture mode the formulas come first in the aside, so that they stand beside the figure. Once on a page.
        """
        with st.container(key="stage"):
            figure, aside = st.columns(ratio, gap="medium")
        self._formulas = aside.container(key="formulas") if self.lecture else None
        return figure, aside

    def figure(
        self,
        name: str,
        figure: Drawing,
        alt: str,
        data: Any = None,
        select: bool = False,
        export: bool = True,
        select_mode: str = "points",
    ) -> list[dict[str, Any]]:
        """Draw a figure with its alt text and the menu to take it away; return the points selected in it.

        ``data``: rows for the CSV (mappings, a DataFrame, or a function that makes either). ``name`` is unique on the page.
        """
        key = f"figure_{name}"
        figure = self._for_the_hall(figure)
        figure.layout["uirevision"] = name
        options: dict[str, Any] = {"on_select": "rerun", "selection_mode": select_mode} if select else {}
        event = st.plotly_chart(
            figure.for_plotly(),
            key=key,
            alt=alt,
            height="content" if figure.layout.get("height") else "stretch",
            config={"displaylogo": False, "scrollZoom": False, "modeBarButtonsToRemove": ["select2d", "lasso2d"]},
            **options,
        )
        if export and not self.lecture:
            exports.export_menu(key, f"{self.lesson.id}-{name}", data)
        return [dict(point) for point in event["selection"]["points"]] if select else []

    def _for_the_hall(self, figure: Drawing) -> Drawing:
        style.fill_in_sizes(figure)
        return style.enlarge(figure) if self.lecture else figure

    def look_for(self, key: str = "look_for") -> None:
        """Say in two lines what to look for in the figure; a lesson with several figures names the text's ``key``."""
        st.markdown(f"**{shell_words()('look_for')}** {self.words(key)}")

    def formula(self, formula: str, numbers: str | Sequence[str] = (), intro: str | None = None) -> None:
        """Typeset a formula and, under it, the same with the numbers on the screen; ``intro`` says of what, above.

        ``numbers`` in several parts follow each other in one line, on a projector one under the other.
        """
        parts = [numbers] if isinstance(numbers, str) else numbers
        with contextlib.nullcontext() if self._formulas is None else self._formulas:
            if intro:
                st.markdown(intro)
            st.latex(formula)
            if self.lecture and len(parts) > 1:
                st.latex(r"\begin{gathered}" + r" \\[2ex] ".join(parts) + r"\end{gathered}")
            elif parts:
                st.latex(" ".join(parts))

    def predict(
        self,
        name: str,
        options: Sequence[str],
        answer: int,
        because: str | None = None,
        about: Hashable = None,
        **blanks: object,
    ) -> bool:
        """Ask ``predict.<name>.question`` with its ``{blanks}`` filled in; True once the learner has committed.

        ``about``: what the question is about; when it changes, the question is asked anew.
        """
        answered = predict.predict(self.words, name, options, answer, because, about, **blanks)
        if self._remark:
            self._remark.asked(name, answered)
        return answered

    def stepped(
        self,
        name: str,
        count: int,
        draw: Callable[[int], None],
        labels: Sequence[str] | None = None,
        start: int = 1,
    ) -> None:
        """Draw the step player over ``count`` steps; ``draw(index)`` draws the one that is shown (index from 0)."""
        player.stepped(name, count, draw, labels, start)

    # -- below the figure --------------------------------------------------------------------------------------------

    def below(self, code: str | None = None, more: Mapping[str, tuple[str, Callable[[], None]]] | None = None) -> None:
        """Draw the panels below: more views, what people get wrong, the code, sources. Called last on every page."""
        self._formulas = None
        if self._remark:
            self._remark.settle()
        with st.container(key="below"):
            if self._model and not self.lecture:
                quality.tell(self._model, self.language)
            if not self.lecture or more:
                below(self.words, code, more or {}, self.lecture)
            state.remember()
        memory.settle()
