"""One tokenizer for all sessions.

A fast tokenizer keeps truncation and padding as state that each call sets and then uses, so two threads that call it
at once get each other's settings, without any error. Here every call holds a lock: a call takes microseconds, and a
copy for each thread would cost megabytes for each, in an interface that starts a thread for each run of a page.
"""

from __future__ import annotations

import functools
import threading
from typing import Any


class ThreadSafeTokenizer:
    """A Hugging Face tokenizer that threads may share: called and read like the original, never changed.

    What a call returns is the caller's own. Attributes cannot be set: the tokenizer belongs to every session.
    """

    __slots__ = ("__weakref__", "_lock", "_tokenizer")

    def __init__(self, tokenizer: Any) -> None:
        object.__setattr__(self, "_tokenizer", tokenizer)
        object.__setattr__(self, "_lock", threading.RLock())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Tokenize, with the arguments and the ``BatchEncoding`` of the original."""
        with self._lock:
            return self._tokenizer(*args, **kwargs)

    def __len__(self) -> int:
        with self._lock:
            return len(self._tokenizer)

    def __getattr__(self, name: str) -> Any:
        with self._lock:
            value = getattr(self._tokenizer, name)
        return self._guarded(value) if callable(value) and hasattr(value, "__self__") else value

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a shared tokenizer is not changed: {name}")

    def __reduce__(self) -> Any:
        raise TypeError("a shared tokenizer stays in its process: send the model's id instead")

    def _guarded(self, method: Any) -> Any:
        @functools.wraps(method)
        def call(*args: Any, **kwargs: Any) -> Any:
            with self._lock:
                return method(*args, **kwargs)

        return call
