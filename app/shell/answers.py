"""What learners answered, told to whoever listens: the score of the visit now, a classroom later."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from app.questions import Question

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """A prediction that a learner has committed to.

    Attributes:
        lesson: id of the lesson.
        question: what was asked.
        guess: index of the option that was chosen; None where the learner asked to see without guessing.
    """

    lesson: str
    question: Question
    guess: int | None

    @property
    def right(self) -> bool:
        return self.guess == self.question.right


Listener = Callable[[Answer], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> Callable[[], None]:
    """Have ``listener`` called with every answer, in the thread of the session that gave it; return what ends that."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def tell(answer: Answer) -> None:
    """Tell everybody who listens. A listener that fails is logged and does no harm to the learner."""
    for listener in tuple(_listeners):
        try:
            listener(answer)
        except Exception:
            log.exception("a listener to answers failed")
