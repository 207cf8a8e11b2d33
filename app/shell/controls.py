"""The controls that a lesson draws: each has its value in the link, its labels in the page's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import streamlit as st

from app.lessons import Lesson
from app.shell import choice, state
from app.shell.fields import LONGEST, Field, text_field
from app.shell.language import shell_words
from app.shell.other_language import ALL_UNKNOWN, LANGUAGES, instead
from app.shell.slot import Slot
from app.shell.visit import held, take
from app.text import note_params
from app.words import LOCALES, Words
from nlpcore.errors import Note
from nlpcore.text import shortened

T = TypeVar("T")
LONGEST_IN_A_CAPTION = 120  # characters of a learner's text


class Controls:
    """The controls of one lesson's page.

    Attributes:
        lesson: whose they are.
        words: the lesson's words in the language of the page.
        longest_typed: characters in the longest field of which only the beginning is read; 0 where all are read whole.
    """

    def __init__(self, lesson: Lesson, words: Words) -> None:
        self.lesson = lesson
        self.words = words
        self.longest_typed = 0
        self._notes = Words(LOCALES / "notes.yaml", words.language)
        self._caption: list[str] = []  # what stands under every picture that is taken away

    def bound(self, name: str, default: Any, least: float | None = None, most: float | None = None) -> dict[str, Any]:
        """Return a native widget's key, value and range; its value stands in the URL as ``?name=`` and is this lesson's.

        See :func:`app.shell.state.bound`.
        """
        return state.bound(name, default, least, most)

    def choice(
        self,
        kind: choice.Kind,
        label: str,
        options: Sequence[Any],
        name: str,
        labels: str | Callable[[Any], str] = str,
        **more: Any,
    ) -> Any:
        """Draw a choice of one option ("segmented", "pills", "select", "radio", "slider"); see :func:`choice.choice`.

        ``labels``: a key of the words under which each option has its label, or a function that gives it.
        """
        return choice.choice(kind, label, options, name, labels=self._labels(labels), **more)

    def choices(
        self, label: str, options: Sequence[Any], name: str, labels: str | Callable[[Any], str] = str, **more: Any
    ) -> list[Any]:
        """Draw a choice of any number of options; see :func:`choice.choices` and :meth:`choice`."""
        return choice.choices(label, options, name, labels=self._labels(labels), **more)

    def _labels(self, labels: str | Callable[[Any], str]) -> Callable[[Any], str]:
        return (lambda option: self.words(f"{labels}.{option}")) if isinstance(labels, str) else labels

    def whole_number(self, name: str, label: str, default: int, most: int) -> int:
        """Draw a slider from 1 to ``most``, which may change: another model has fewer layers than the one before."""
        options = self.bound(name, min(default, most), 1, most)
        return int(held(name) if most == 1 else st.slider(label, **options))

    def suggestions(self, label: str, options: Sequence[T], control: str, labels: Callable[[T], str] = str) -> None:
        """Draw pills each of which, when clicked, sets the control of this name to its option."""
        key = f"_suggested_{control}"

        def follow() -> None:
            state.put(**{control: take(key)})

        st.pills(label, options, format_func=labels, on_change=follow, key=key)

    def text(
        self,
        key: str = "text",
        default: str = "",
        limit: int = LONGEST,
        area: bool = False,
        label: str | None = None,
    ) -> str:
        """Draw the field of the text that the figures are about; return what is read of it (may be empty).

        ``area``: it has lines. ``limit``: characters that are read; a longer text stays in the field, which says so.
        """
        label = label or (self.words("controls.text") if self.words.has("controls.text") else shell_words()("text"))
        value = self.entry(key, label, default, limit, area=area)
        if value:
            self._caption.append(f"“{shortened(' '.join(value.split()), LONGEST_IN_A_CAPTION)}”")
        return value

    def entry(
        self, key: str, label: str, default: str = "", limit: int = LONGEST, hint: str | None = None, area: bool = False
    ) -> str:
        """Draw a field for anything else that is typed, as a guess or a word to look for; else as :meth:`text`.

        What no one sees is not read, and under the field it says so. ``hint`` stands in it as long as it is empty.
        """
        typed = text_field(self.lesson.id, Field(key, label, default, limit, area, hint))
        self.longest_typed = max(self.longest_typed, typed.cut_from)
        self.notes(typed.notes)
        return typed.text

    # -- what is kept ------------------------------------------------------------------------------------------------

    def value(self, control: str, default: Any = None) -> Any:
        """Return what a control of this lesson holds, before it is drawn too.

        Where it has never been drawn: what the link gives one like ``default``, else that; None without one.
        """
        return held(control) if default is None else state.value_of(control, default)

    def put(self, **values: Any) -> None:
        """Set controls of this lesson: in a widget's callback, or before they are drawn."""
        state.put(**values)

    @property
    def arrival(self) -> int:
        """Another number whenever the learner comes to this page; see :func:`app.shell.state.arrival`."""
        return state.arrival()

    def slot(self, name: str, default: T) -> Slot[T]:
        """Return a place of this lesson's own for a value that is kept for the visit."""
        return Slot(self.lesson.id, name, default)

    # -- what is said about what was typed -----------------------------------------------------------------------

    def sentence(self, note: Note) -> str:
        """Return a note's sentence in the page's language, as Markdown."""
        params = note_params(note)
        if note.code == "cut_characters":  # of what was typed: the library was given no more than a field reads
            params["given"] = f"{max(int(str(note.params['given'])), self.longest_typed):,}"
        return self._notes.sentences(self._notes(note.code, **params), instead(self.lesson, self.words, note))

    def notes(self, notes: Iterable[Note]) -> None:
        """Say what was changed about the learner's input.

        Of a text of which nothing is known one sentence says what to do: that its language was not learned is the same.
        """
        told = list(notes)
        if any(note.code == ALL_UNKNOWN for note in told):
            told = [note for note in told if note.code not in LANGUAGES]
        if sentences := [self.sentence(note) for note in told]:
            st.caption(f":material/info: {self._notes.sentences(*sentences)}")
