"""What a row of the table of served functions says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Data = Mapping[str, Any]
NOTHING = {"empty_text": {"text": "  "}}


@dataclass(frozen=True)
class Row:
    """One function, asked in several ways.

    Attributes:
        function: what is served.
        data: the arguments of a question that is answered without a note.
        models: ids of two models of one kind, the first for all questions; empty for a function without a model.
        variations: changes to ``data`` that are answered.
        notes: for each note that the function can give, changes to ``data`` (or another model as ``"model"``) that lead
            to it.
        raises: for each LearnerError that the function can raise, changes to ``data`` that lead to it.
        elsewhere: errors that no data lead to, and the test that provokes them.
        nan: names of the fields in which NaN is documented.
        measured: names of the fields that hold how long something took: no two are the same.
        same: names of the fields in which the answers of both models are alike.
    """

    function: Callable[..., Any]
    data: Data
    models: tuple[str, ...] = ()
    variations: tuple[Data, ...] = ()
    notes: Mapping[str, Data] = field(default_factory=dict)
    raises: Mapping[str, Data] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    nan: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.function.__module__.removeprefix('nlpcore.')}.{self.function.__name__}"

    def questions(self) -> list[tuple[str | None, dict[str, Any]]]:
        """Return every question that is answered: the model's id and the data."""
        asked = [self.data, *({**self.data, **each} for each in (*self.variations, *self.notes.values()))]
        first = self.models[0] if self.models else None
        return [(each.get("model", first), {k: v for k, v in each.items() if k != "model"}) for each in asked]
