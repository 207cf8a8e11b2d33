"""Places in a menu, which the browser makes when it is opened."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from contextvars import Token
from types import TracebackType

from streamlit.delta_generator import DeltaGenerator

from app.shell import state

Place = AbstractContextManager[object]  # what controls are drawn into by `with`


class MenuPlace:
    """A place in a menu, for ``with``: the controls that are drawn in it keep their values until they are seen."""

    def __init__(self, place: DeltaGenerator) -> None:
        self._place = place
        self._open: list[tuple[ExitStack, Token[bool]]] = []

    def __enter__(self) -> None:
        stack = ExitStack()
        stack.enter_context(self._place)
        self._open.append((stack, state.out_of_sight.set(True)))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        stack, token = self._open.pop()
        state.out_of_sight.reset(token)
        stack.__exit__(kind, error, trace)
