"""Where networks run: the setting ``NLPCORE_DEVICE`` if there is one, else CUDA, then Apple's MPS, then the CPU."""

from __future__ import annotations

import gc
import logging
import os
from functools import lru_cache

from nlpcore.errors import Note

_log = logging.getLogger(__name__)
FALLBACK = Note("device_fallback")


def best_device() -> str:
    """Return ``cuda``, ``mps`` or ``cpu`` (or what the setting names, such as ``cuda:1``).

    A setting that this machine cannot honour is logged once and gives ``cpu``.
    """
    return _best(os.environ.get("NLPCORE_DEVICE", "").strip().lower())


@lru_cache(maxsize=4)
def _best(setting: str) -> str:
    import torch

    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if not setting:
        return next(name for name, available in there.items() if available)
    kind, _, index = setting.partition(":")
    if not there.get(kind) or (index and (kind != "cuda" or int(index) >= torch.cuda.device_count())):
        _log.warning("NLPCORE_DEVICE=%s is not available on this machine; the CPU is used.", setting)
        return "cpu"
    return setting


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a device ran out of memory: torch's own error, or what CUDA's libraries and MPS say in words."""
    import torch

    said = str(error).lower()
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        isinstance(error, RuntimeError)
        and any(
            words in said for words in ("out of memory", "alloc_failed", "can't allocate memory", "not enough memory")
        )
    )


def give_back_memory() -> None:
    """Return memory that torch keeps for later use to the accelerator."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
