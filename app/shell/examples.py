"""A lesson's examples, its presets: each sets the controls that it names, and is that example until one of its inputs changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.lessons import Lesson
from app.shell import choice, state
from app.shell.language import language, shell_words
from app.shell.slot import Slot
from app.shell.visit import give, held
from app.words import Words
from nlpcore.text import mostly_chinese


class Examples:
    """The presets of one lesson, in the language of this run."""

    def __init__(self, lesson: Lesson) -> None:
        self._lesson = lesson
        self._words = Words(lesson.words, language())
        self._before: Slot[str | None] = Slot(lesson.id, "preset", None)
        self.presets: Mapping[str, Any] = self._words.node("presets") if self._words.has("presets") else {}

    def pick(self) -> str | None:
        """Draw the choice and return the chosen one's id."""
        chosen = choice.choice(
            "pills",
            shell_words()("presets"),
            list(self.presets),
            "preset",
            labels=lambda name: self._words(f"presets.{name}.label"),
            on_change=self._apply,
        )
        self._before.value = None if chosen is None else str(chosen)
        return self._before.value

    def show(self, preset: str) -> None:
        """Choose one from outside, before it is drawn: as a click does."""
        give("preset", preset)
        self._apply()

    def leave(self, inputs: Sequence[str], first: str | None = None) -> None:
        """Choose none where one of the ``inputs`` that the chosen one sets is another by now.

        A link that names the preset does what clicking it does, but for what the address sets otherwise. Where none is
        named and the inputs are those of ``first``, with which the lesson opens, it is that one.
        """
        preset = choice.chosen_before_drawing(list(self.presets), "preset")
        if preset is None and first is not None and self._holds(first, inputs):
            preset = first
            give("preset", preset)
        if preset is None:
            return
        if self._holds(str(preset), inputs):
            state.imply(self._set_by(str(preset)))
        else:
            give("preset", None)

    def _holds(self, preset: str, inputs: Sequence[str]) -> bool:
        """Whether those of the ``inputs`` that a preset sets are as it sets them."""
        values = self._set_by(preset)
        return all(state.value_of(name, value) == value for name, value in values.items() if name in inputs)

    def note(self, preset: str) -> tuple[str, tuple[str, ...]] | None:
        """Return what an example has to say, and the questions whose answers that gives away; None for nothing."""
        if not self._words.has(f"presets.{preset}.note"):
            return None
        tells = self.presets[preset].get("tells", ())
        return self._words(f"presets.{preset}.note"), (tells,) if isinstance(tells, str) else tuple(tells)

    def gloss(self, preset: str) -> str:
        """Return what an example means that is not in the language of this run; "" for one that is."""
        text = str(self.presets[preset].get("gloss", ""))
        return text if mostly_chinese(text) == (language() == "zh") else ""

    def _apply(self) -> None:
        """Set what the chosen one names; what the one before has set and this one does not goes to its default.

        A click on the one that is chosen shows it again as it was.
        """
        chosen, before = held("preset"), self._before.value
        if chosen is None and before in self.presets:
            chosen = before
            give("preset", chosen)
        if chosen in self.presets:
            old = self._set_by(before) if before and before in self.presets else {}
            still = [name for name, value in old.items() if held(name) == value]
            state.set_all(self._set_by(str(chosen)), anew=still)

    def _set_by(self, preset: str) -> dict[str, Any]:
        """Return the values that a preset sets, in the language of this run."""
        values: dict[str, Any] = self.presets[preset].get("state", {})
        return dict(Words(self._lesson.words, language()).resolve(values))
