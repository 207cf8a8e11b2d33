"""A question that a page has asked, which is what an open tab keeps: the answer it asks for again.

What a page hands to Streamlit for later (the data of a picture for whoever wants it as a table, a step of the player)
lives as long as the tab. Held there, answers would fill the server's memory past the bound of what serves them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from nlpcore.models.serving import serving

T = TypeVar("T")


class Asked(Generic[T]):
    """A question. While the page is drawn its answer is held in ``held``, which is emptied after that."""

    def __init__(
        self, answer: T, held: dict[int, Any], function: Callable[..., T], model_id: str | None, data: dict[str, Any]
    ) -> None:
        self._held, self._function, self._model, self._data = held, function, model_id, data
        held[id(self)] = answer

    @property
    def answer(self) -> T:
        """The answer: the one of this run, or what serves remembers, or computed again. Raises as serving does."""
        if id(self) in self._held:
            found: T = self._held[id(self)]
        else:
            found = serving().run(self._function, self._model, **self._data)
        return found
