"""How many files the server may have open: each session takes about four, and a shell allows 1,024 by default."""

from __future__ import annotations

import contextlib

ENOUGH = 65_536


def as_many_as_allowed() -> tuple[int, int] | None:
    """Raise this process's limit as far as the host allows, at most to ENOUGH.

    Returns what it was and what it is, None where there is no such limit.
    """
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        was, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = max(was, min(most, ENOUGH) if most != resource.RLIM_INFINITY else ENOUGH)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
        return was, wanted
    return None
