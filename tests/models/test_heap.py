"""Memory that was freed goes back to the system: what a worker needed for a moment is not its size for good."""

from __future__ import annotations

import ctypes

import psutil
import pytest

from nlpcore.models import workers

_survivors: list[bytes] = []  # in a worker


def need_much(_: object) -> int:
    """Need 80 MB for a moment, and leave something above them, which keeps a C library from giving them back by itself."""
    pieces = [bytes(50_000) for _ in range(1_600)]
    _survivors.append(bytes(50_000))
    return len(pieces)


def resident(_: object) -> float:
    """Return what the process holds, in MB."""
    return float(psutil.Process().memory_info().rss) / 1e6


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="only glibc gives memory back when asked")
def test_a_worker_gives_back_what_it_needed_for_a_moment() -> None:
    pool = workers.Pool(size=1)
    with workers.open_to(pool, lambda: False):
        before = workers.run(resident)
        assert workers.run(need_much) == 1_600
        assert workers.run(resident) < before + 30
    pool.close()
