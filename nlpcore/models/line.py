"""A line in which nobody stands more than once before somebody else.

A visitor is whoever shares the tabs of one browser; the interface says who asks, by :func:`visiting`, and the library
alone knows none, so that everybody in its line is somebody else. Not safe for several threads by itself: who uses a
line guards it.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

_MOST_REMEMBERED = 4096
_visitor: ContextVar[Hashable | None] = ContextVar("visitor", default=None)


@contextmanager
def visiting(visitor: Hashable | None) -> Iterator[None]:
    """Say for whom this thread works inside the block; None is somebody of their own each time."""
    token = _visitor.set(visitor)
    try:
        yield
    finally:
        _visitor.reset(token)


def visitor() -> Hashable:
    """Return for whom this thread works: somebody of their own where nobody said it."""
    found = _visitor.get()
    return Somebody() if found is None else found


class Somebody:
    """A visitor without a name, each time another one."""


@dataclass(eq=False)
class Ticket:
    """A place in a line.

    Attributes:
        visitor: whose it is.
        again: whether it was served before and gave its place up for a while.
        number: when it came.
    """

    visitor: Hashable
    again: bool = False
    number: int = field(default=0)


class Line:
    """Who waits for one of ``size`` places, and who holds one.

    Start-time fair queueing (Goyal, Vin & Cheng 1997, IEEE/ACM Transactions on Networking 5(5)) with one unit of work for each
    time that somebody is served: a visitor's next start is one later for each time, and the earliest start goes first.
    One visitor holds all places but one at most, where there are several: a place is always near for somebody else.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.most = max(1, size - 1)  # places of one visitor
        self._numbers = itertools.count(1)
        self._waiting: list[Ticket] = []
        self._holding: Counter[Hashable] = Counter()
        self._starts: dict[Hashable, int] = {}  # when the next one of a visitor starts
        self._now = 0  # the latest start of those who were served

    def join(self, whose: Hashable, again: bool = False) -> Ticket:
        """Stand in line."""
        ticket = Ticket(whose, again, next(self._numbers))
        if not any(each.visitor == whose for each in self._waiting):
            self._starts[whose] = max(self._starts.get(whose, 0), self._now)
        self._waiting.append(ticket)
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Leave the line without having been served."""
        self._waiting.remove(ticket)
        self._forget(ticket.visitor)

    def serve(self) -> Ticket | None:
        """Give a free place to who is next, and return their ticket; None where no place is free, or nobody may have it."""
        if self.held >= self.size:
            return None
        ticket = next((each for each in self.order() if self._holding[each.visitor] < self.most), None)
        if ticket is not None:
            self._now = max(self._now, self._starts[ticket.visitor] - ticket.again)
            self._starts[ticket.visitor] += 1
            self._waiting.remove(ticket)
            self._holding[ticket.visitor] += 1
        return ticket

    def give_back(self, whose: Hashable) -> None:
        """Give a visitor's place back."""
        self._holding[whose] -= 1
        self._holding += Counter()  # nobody is kept with none
        self._forget(whose)

    def order(self) -> list[Ticket]:
        """Return who waits, in the order in which they will be served, one after the other, if nobody else comes.

        Who was served and gave the place up for a while starts one earlier, so that fewer are under way at once.
        """
        own: Counter[Hashable] = Counter()
        keys: dict[Ticket, tuple[int, bool, int]] = {}
        for ticket in sorted(self._waiting, key=lambda each: (not each.again, each.number)):
            start = self._starts[ticket.visitor] + own[ticket.visitor] - ticket.again
            keys[ticket] = start, not ticket.again, ticket.number
            own[ticket.visitor] += 1
        return sorted(self._waiting, key=keys.__getitem__)

    def before(self, ticket: Ticket) -> int:
        """Return how many are before this one: those that hold a place, and those that will get one earlier."""
        return self.held + self.order().index(ticket)

    @property
    def held(self) -> int:
        """How many places are held."""
        return self._holding.total()

    def __len__(self) -> int:
        return len(self._waiting)

    def _forget(self, whose: Hashable) -> None:
        """Forget a visitor who is no longer here, once that gives nobody an advantage."""
        if whose in self._holding or any(each.visitor == whose for each in self._waiting):
            return
        if isinstance(whose, Somebody) or self._starts.get(whose, 0) <= self._now:
            self._starts.pop(whose, None)
        if len(self._starts) > _MOST_REMEMBERED:
            here = self._holding.keys() | {each.visitor for each in self._waiting}
            self._starts = {each: start for each, start in self._starts.items() if each in here}
