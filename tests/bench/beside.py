"""Learners who ask more of a server than others do; what they wait themselves is not among the waits of the class.

Each is a coroutine function of the class that it sits beside, and goes on until that class's time is over.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING

from tests.bench.protocol import ProtocolError, Tab

if TYPE_CHECKING:
    from tests.bench.load import Class

Neighbour = Callable[["Class"], Awaitable[None]]
_SENTENCE = "the cat sat on the mat and the dog lay by the door"


async def slow_learner(beside: Class) -> None:
    """Ask for the largest maps, each with a seed of its own, and for the longest attention."""
    async with Tab(beside.url) as tab:
        for seed in _numbers(beside):
            await tab.open("embedding-map", f"lang=en&source=frequency&count=3000&seed={seed}")
            await tab.open("attention", f"lang=en&text={_text(seed, 480)}")


async def many_maps(beside: Class, tabs: int = 20) -> None:
    """Keep maps of 1,000 words of one's own in all tabs of one browser."""

    async def one(number: int) -> None:
        async with Tab(beside.url, visitor="many maps") as tab:
            for seed in _numbers(beside, number * 400):  # a page knows seeds to 9,999
                with suppress(ProtocolError):  # no answer in a minute: one waits behind one's own tabs
                    await tab.open("embedding-map", f"lang=en&source=frequency&count=1000&seed={seed}")

    await asyncio.gather(*(one(number) for number in range(tabs)))


async def never_thinks(beside: Class, tabs: int = 5) -> None:
    """Ask for the attention of another long text as soon as the last one is there, in five tabs of one browser."""

    async def one(number: int) -> None:
        async with Tab(beside.url, visitor="never thinks") as tab:
            for seed in _numbers(beside, number * 1000):
                await tab.open("attention", f"lang=en&model=smollm2-135m&text={_text(seed, 100)}")

    await asyncio.gather(*(one(number) for number in range(tabs)))


async def lid(beside: Class, every: float = 60.0) -> None:
    """Close the lid of a laptop and open it again, every minute, each time in another lesson."""
    rng = Random(1)
    while time.monotonic() < beside.end:
        async with Tab(beside.url, visitor="lid") as tab:
            await tab.open(rng.choice(beside.lessons), "lang=en")
            await asyncio.sleep(max(0.0, min(every / 2, beside.end - time.monotonic())))
        await asyncio.sleep(max(0.0, min(every / 2, beside.end - time.monotonic())))


def _numbers(beside: Class, start: int = 0) -> Iterator[int]:
    """Yield numbers until the time is over."""
    for number in itertools.count(start + 1):
        if time.monotonic() > beside.end:
            return
        yield number


def _text(seed: int, words: int) -> str:
    """Return a text for an address, of about as many words, that nobody has asked about."""
    rng, known = Random(seed), _SENTENCE.split()
    return "+".join(rng.choice(known) for _ in range(words))


NEIGHBOURS: dict[str, Neighbour] = {
    "slow learner": slow_learner,
    "20 tabs of maps": many_maps,
    "one who never thinks": never_thinks,
    "a lid": lid,
}
