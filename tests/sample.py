"""A share of a large product of cases: another one for every commit, the same one for the same seed.

``SEED=… make test`` repeats a run; ``make test-all`` (``WHOLE=1``) tries everything.
"""

from __future__ import annotations

import os
import subprocess
import zlib
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import TypeVar

T = TypeVar("T")

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
