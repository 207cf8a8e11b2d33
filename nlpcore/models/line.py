"""A line in which nobody stands more than once before somebody else: whose visitor holds least goes first.

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
    """Return for whom this thread works: an object of its own where nobody said it."""
    found = _visitor.get()
    return object() if found is None else found


@dataclass(eq=False)
class Ticket:
    """A place in a line.

    Attributes:
        visitor: whose it is.
        again: whether it was served before and gave its place up for a while; of one visitor's, such go first.
        number: when it came.
    """

    visitor: Hashable
    again: bool = False
    number: int = field(default=0)


class Line:
    """Who waits for one of ``size`` places, and who holds one.

    One visitor holds all of them but one at most, where there are several: a place is always near for somebody else.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.most = max(1, size - 1)  # places of one visitor
        self._numbers = itertools.count(1)
        self._waiting: list[Ticket] = []
        self._holding: Counter[Hashable] = Counter()
        self._served: dict[Hashable, int] = {}  # visitor -> when it last got a place; of those who hold or wait

    def join(self, whose: Hashable, again: bool = False) -> Ticket:
        """Stand in line."""
        ticket = Ticket(whose, again, next(self._numbers))
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
            self._waiting.remove(ticket)
            self._holding[ticket.visitor] += 1
            self._served[ticket.visitor] = next(self._numbers)
        return ticket

    def give_back(self, whose: Hashable) -> None:
        """Give a visitor's place back."""
        self._holding[whose] -= 1
        self._holding += Counter()  # nobody is kept with none
        self._forget(whose)

    def order(self) -> list[Ticket]:
        """Return who waits, in the order in which they will be served if nobody else comes.

        A visitor's first is before everybody's second. Among those with as many of their own before them go first who
        were served and gave their place up, as fewer are then under way; then whose visitor was served longest ago.
        """
        own: Counter[Hashable] = Counter(self._holding)
        keys: dict[Ticket, tuple[int, bool, int, int]] = {}
        for ticket in sorted(self._waiting, key=lambda each: (not each.again, each.number)):
            served = self._served.get(ticket.visitor, 0)
            keys[ticket] = own[ticket.visitor], not ticket.again, served, ticket.number
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
        if whose not in self._holding and not any(each.visitor == whose for each in self._waiting):
            self._served.pop(whose, None)
