"""A few sessions compute at once; the others wait in line, which makes all of them faster.

Python runs one thread at a time and hands over at every operation of NumPy and torch and at every message to a browser.
With fifty threads that all want to run, the handing over takes longer than the work. So a session takes a turn for its
run (:func:`turn`) and gives it up while it waits for something else (:func:`away`).
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """At most ``size`` holders at once, first come, first served; who comes back from :meth:`away` goes first."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._free = size
        self._guard = threading.Lock()
        self._line: deque[threading.Lock] = deque()
        self._mine = threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold a turn. Inside another one of the same thread this does nothing."""
        if getattr(self._mine, "held", False):
            yield
            return
        self._take()
        try:
            yield
        finally:
            self._give()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Give this thread's turn, if it holds one, to others while it waits for what they or other processes do."""
        if not getattr(self._mine, "held", False):
            yield
            return
        self._give()
        try:
            yield
        finally:
            self._take(first=True)

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
            return self.size - self._free, len(self._line)

    def _take(self, first: bool = False) -> None:
        with self._guard:
            if self._free:
                self._free -= 1
                place = None
            else:
                place = threading.Lock()
                place.acquire()
                (self._line.appendleft if first else self._line.append)(place)
        if place is not None:
            place.acquire()  # released by who hands the turn over
        self._mine.held = True

    def _give(self) -> None:
        self._mine.held = False
        with self._guard:
            if self._line:
                self._line.popleft().release()
            else:
                self._free += 1


# With 100 learners on two cores, 1, 2 and 3 turns gave a p95 of 1.3, 1.1 and 1.5 s, and no turns at all 4.9 s. More
# cores help little, as Python's own work stays on one.
_turns = Turns(max(2, min(4, (os.cpu_count() or 1) // 2)))
turn, away, holding, held = _turns.turn, _turns.away, _turns.holding, _turns.held
