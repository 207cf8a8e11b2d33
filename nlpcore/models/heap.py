"""Memory that was freed and that the allocator keeps for later."""

from __future__ import annotations

import ctypes
import gc


def give_back_heap() -> None:
    """Return to the system what large work has left, for a process that lives long after it.

    glibc keeps freed pages for what it is asked for next; elsewhere, and with another C library, nothing is done.
    """
    gc.collect()
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return
    trim(0)
