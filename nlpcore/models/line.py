"""A line in which nobody waits for all that somebody else wants, and what is short goes first.

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
from dataclasses import dataclass

MOST_REMEMBERED = 4096
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
        work: how long it is expected to take, in any whole unit of time.
        again: whether it was served before and gave its place up for a while.
        alone: whether it is all that its visitor has under way, so that what it comes with again goes before all who are new.
        number: when it came.
        start: where the work begins by the line's clock; known once it is served.
    """

    visitor: Hashable
    work: int = 1
    again: bool = False
    alone: bool = False
    number: int = 0
    start: int = 0


class Line:
    """Who waits for one of ``size`` places, and who holds one.

    Fair queueing with a clock that the line keeps by what it has served (Golestani 1994, "A self-clocked fair queueing scheme
    for broadband applications", INFOCOM): each piece of work has a finish, its length after the finish of the visitor's last
    one, or after the line's clock where that is later; the earliest finish goes first. So visitors share the time, of those
    who come at once the short work goes first, and nothing waits for ever, as the clock passes its finish. Lengths are
    expected ones until the place is given back, and measured ones from then on. One visitor holds all places but one at
    most, where there are several: a place is always near for somebody else.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.most = max(1, size - 1)  # places of one visitor
        self._numbers = itertools.count(1)
        self._waiting: list[Ticket] = []
        self._holding: Counter[Hashable] = Counter()
        self._finishes: dict[Hashable, int] = {}  # of what each visitor was served
        self._clock = 0  # how far the work that was served has come

    def join(self, whose: Hashable, work: int = 1, again: bool = False, alone: bool = False) -> Ticket:
        """Stand in line for something that takes about ``work``; see :class:`Ticket`."""
        ticket = Ticket(whose, work, again, again and alone, next(self._numbers), self._clock)
        if not any(each.visitor == whose for each in self._waiting):
            self._finishes[whose] = max(self._finishes.get(whose, 0), self._clock)
        self._waiting.append(ticket)
        return ticket

    def forgive(self, whose: Hashable) -> None:
        """Forget what a visitor who is not here has been served beyond the line's clock."""
        if not self.has(whose):
            self._finishes.pop(whose, None)

    def has(self, whose: Hashable) -> bool:
        """Whether a visitor waits or holds a place."""
        return whose in self._holding or any(each.visitor == whose for each in self._waiting)

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
            if not ticket.alone:
                ticket.start = self._finishes[ticket.visitor]
                self._clock = max(self._clock, ticket.start - ticket.again * ticket.work)
            self._finishes[ticket.visitor] += ticket.work
            self._waiting.remove(ticket)
            self._holding[ticket.visitor] += 1
        return ticket

    def give_back(self, ticket: Ticket, used: int | None = None) -> None:
        """Give a place back after ``used``, in the unit of the work; None where it was what was expected."""
        whose, used = ticket.visitor, ticket.work if used is None else used
        self._finishes[whose] += used - ticket.work
        # Work beyond what was expected moves nobody else: who goes on meanwhile would be taken to be as far.
        if not ticket.alone:
            self._clock = max(self._clock, ticket.start + min(used, ticket.work) - ticket.again * ticket.work)
        self._holding[whose] -= 1
        self._holding += Counter()  # nobody is kept with none
        self._forget(whose)

    def order(self) -> list[Ticket]:
        """Return who waits, in the order in which they will be served, one after the other, if nobody else comes.

        Who was served and gave the place up for a while finishes earlier by that work, so that fewer are under way at once; where
        it is all that a visitor has under way, as if it took nothing, whatever it has cost so far.
        """
        own: Counter[Hashable] = Counter()
        keys: dict[Ticket, tuple[int, bool, int]] = {}
        for ticket in sorted(self._waiting, key=lambda each: (not each.again, each.number)):
            own[ticket.visitor] += ticket.work
            finish = self._finishes[ticket.visitor] + own[ticket.visitor] - ticket.again * ticket.work
            keys[ticket] = ticket.start if ticket.alone else finish, ticket.again and not ticket.alone, ticket.number
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
        if self.has(whose):
            return
        if isinstance(whose, Somebody) or self._finishes.get(whose, 0) <= self._clock:
            self._finishes.pop(whose, None)
        if len(self._finishes) > MOST_REMEMBERED:
            here = self._holding.keys() | {each.visitor for each in self._waiting}
            self._finishes = {each: finish for each, finish in self._finishes.items() if each in here}
