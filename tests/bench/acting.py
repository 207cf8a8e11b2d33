"""What the learners of a full class share: how they think, what they type, how they say that an answer is wrong.

Each lesson's ``learner.py`` has a coroutine ``in_a_class`` that acts on a :class:`~tests.bench.protocol.Tab`, pauses to think
between actions, and raises :class:`WrongAnswer` where the screen does not say what it must. What it must say is known
beforehand (a capital, a name) or follows from what was typed (the words of a sentence), never from ``nlpcore``. Sentences
are drawn anew from a seed, so that most of what is asked has not been asked before: a class that only met cached answers
would prove little.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from random import Random

from app.lessons import LESSONS
from tests.bench.protocol import Tab

Think = Callable[[], Awaitable[None]]


Script = Callable[[Tab, Random, Think], Awaitable[None]]


SUBJECTS = ["teacher", "doctor", "dog", "child", "river", "writer", "king", "student", "driver", "woman"]


VERBS = ["saw", "lost", "found", "liked", "watched", "took", "left", "read", "sold", "wrote"]


OBJECTS = ["book", "house", "film", "letter", "road", "game", "bridge", "train", "song", "picture"]


class WrongAnswer(AssertionError):  # noqa: N818 - what was wrong, not which error
    """The screen does not say what it must."""


def check(right: bool, what: str) -> None:
    """Raise WrongAnswer unless ``right``."""
    if not right:
        raise WrongAnswer(what)


def sentence(rng: Random) -> list[str]:
    """Draw a sentence of common words, each of which is one word piece for the encoders here."""
    return [
        "the",
        rng.choice(SUBJECTS),
        rng.choice(VERBS),
        "the",
        rng.choice(OBJECTS),
        "of",
        "the",
        rng.choice(SUBJECTS),
    ]


def scripts() -> dict[str, Script]:
    """Return what a learner of a full class does, by the lesson's id."""
    return {lesson.id: lesson.part("learner").in_a_class for lesson in LESSONS}
