"""What a lesson keeps for the visit without showing it."""

from __future__ import annotations

from typing import Generic, TypeVar

from app.shell.visit import visit

T = TypeVar("T")


class Slot(Generic[T]):
    """A value that a lesson keeps for the visit and that is no control: not in the link, no business of other lessons."""

    def __init__(self, lesson_id: str, name: str, default: T) -> None:
        self._key, self._default = f"slot_{lesson_id}_{name}", default

    @property
    def value(self) -> T:
        value: T = visit().get(self._key, self._default)
        return value

    @value.setter
    def value(self, value: T) -> None:
        visit()[self._key] = value
