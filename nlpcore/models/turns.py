"""A few sessions compute at once; the others wait in line, which makes all of them faster.

Python runs one thread at a time and hands over at every operation of NumPy and torch and at every message to a browser.
With fifty threads that all want to run, the handing over takes longer than the work. So a session takes a turn for its
run (:func:`turn`) and gives it up while it waits for something else (:func:`away`).
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from nlpcore.models.line import MOST_REMEMBERED, Line, Ticket, visitor

_EXPECTED = 30_000  # microseconds that most turns take about
# Nanoseconds without a turn after which somebody has let the others work and owes them nothing. Where more is asked for than
# the computer can do, who has had one long turn would else wait until all the others had as much: minutes.
_RESTED = 1_000_000_000


class Turns:
    """At most ``size`` holders at once, in the order of a :class:`~nlpcore.models.line.Line`."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._guard = threading.Lock()
        self._line = Line(size)
        self._waiting: dict[Ticket, threading.Lock] = {}
        self._under_way: Counter[Hashable] = Counter()  # turns of each visitor, those that are away included
        self._left: dict[Hashable, int] = {}  # who has nothing under way -> since when
        self._mine = threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold a turn. Inside another one of the same thread this does nothing."""
        if self._mine_now() is not None:
            yield
            return
        whose = visitor()
        with self._guard:
            self._under_way[whose] += 1
        try:
            self._take(whose)
            try:
                yield
            finally:
                self._give()
        finally:
            with self._guard:
                self._leave(whose)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Give this thread's turn, if it holds one, to others while it waits for what they or other processes do."""
        ticket = self._mine_now()
        if ticket is None:
            yield
            return
        self._give()
        try:
            yield
        finally:
            self._take(ticket.visitor, again=True)

    @contextmanager
    def holding(self, lock: threading.Lock) -> Iterator[None]:
        """Hold ``lock``; as long as it is somebody else's, others have this thread's turn."""
        if not lock.acquire(blocking=False):
            with self.away():
                lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def held(self) -> tuple[int, int]:
        """Return how many hold a turn now, and how many wait for one."""
        with self._guard:
            return self._line.held, len(self._line)

    def _mine_now(self) -> Ticket | None:
        """Return with what this thread holds a turn."""
        found: Ticket | None = getattr(self._mine, "ticket", None)
        return found

    def _take(self, whose: Hashable, again: bool = False) -> None:
        place = threading.Lock()
        place.acquire()
        with self._guard:
            left = self._left.pop(whose, None)
            if left is not None and not again and time.perf_counter_ns() - left >= _RESTED:
                self._line.forgive(whose)
            ticket = self._line.join(whose, _EXPECTED, again, alone=self._under_way[whose] == 1)
            self._waiting[ticket] = place
            self._serve()
        place.acquire()  # released by who hands the turn over, or just now
        self._mine.ticket, self._mine.since = ticket, time.perf_counter_ns()

    def _give(self) -> None:
        ticket, used = self._mine.ticket, (time.perf_counter_ns() - self._mine.since) // 1000
        self._mine.ticket = None
        with self._guard:
            self._line.give_back(ticket, used)
            self._serve()

    def _leave(self, whose: Hashable) -> None:
        self._under_way[whose] -= 1
        if not self._under_way[whose]:
            del self._under_way[whose]
            self._left[whose] = time.perf_counter_ns()
            if len(self._left) > MOST_REMEMBERED:
                del self._left[next(iter(self._left))]

    def _serve(self) -> None:
        while (ticket := self._line.serve()) is not None:
            self._waiting.pop(ticket).release()


# With 100 learners on two cores, 1, 2 and 3 turns gave a p95 of 1.3, 1.1 and 1.5 s, and no turns at all 4.9 s. More
# cores help little, as Python's own work stays on one.
_turns = Turns(max(2, min(4, (os.cpu_count() or 1) // 2)))
turn, away, holding, held = _turns.turn, _turns.away, _turns.holding, _turns.held
