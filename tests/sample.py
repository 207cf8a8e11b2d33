"""A share of a large product of cases: another one for every commit, the same one for the same seed.

``SEED=… make test`` repeats a run; ``make test-all`` (``WHOLE=1``) tries everything.
"""

from __future__ import annotations

import os
import re
import subprocess
import zlib
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import TypeVar

T = TypeVar("T")

MOST_VISITED = 5  # lessons that one run goes through whole, however many there are
_LATELY = 40  # commits
WHOLE = os.environ.get("WHOLE", "") not in ("", "0")


def _seed() -> int:
    if given := os.environ.get("SEED"):
        return int(given)
    command = ["git", "rev-parse", "HEAD"]
    done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return zlib.crc32(done.stdout.strip().encode()) % 10_000


SEED = _seed()


def sample(cases: Sequence[T], count: int, about: str = "") -> list[T]:
    """Return ``count`` of the cases in their order, or all of them where the whole is tried.

    ``about`` tells samples apart that are drawn from equally many cases.
    """
    if WHOLE or len(cases) <= count:
        return list(cases)
    chosen = sorted(Random(f"{SEED} {about}").sample(range(len(cases)), count))
    return [cases[place] for place in chosen]


def visited(lessons: Sequence[str], changed: Sequence[str] | None = None) -> list[str]:
    """Return, of the ids of all lessons, those that this run goes through whole: with every text, in a browser, in a class.

    All of them while they are few. Of more, those that were changed lately, up to two thirds, and others that differ from
    commit to commit, so that a run stays as long as it is, and each lesson has its turn. ``changed``: ids, the latest first;
    by default read from the commits.
    """
    if WHOLE or len(lessons) <= MOST_VISITED:
        return list(lessons)
    changed = _changed() if changed is None else changed
    first = [each for each in dict.fromkeys(changed) if each in lessons][: MOST_VISITED * 2 // 3]
    others = sample([each for each in lessons if each not in first], MOST_VISITED - len(first), "visited")
    return [each for each in lessons if each in first or each in others]


def _changed() -> list[str]:
    """Return the ids of the lessons whose folders the last commits touch, the latest first."""
    command = ["git", "log", "-n", str(_LATELY), "--format=", "--name-only"]
    done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return [name.replace("_", "-") for name in re.findall(r"^(?:tests/)?pages/\w+/(\w+)/", done.stdout, re.MULTILINE)]
