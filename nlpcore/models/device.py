"""Where networks run: the setting ``NLPCORE_DEVICE`` if there is one, else CUDA, then Apple's MPS, then the CPU."""

from __future__ import annotations

import gc
import logging
import os
from functools import lru_cache

from nlpcore.errors import Note

_log = logging.getLogger(__name__)
FALLBACK, LOST = Note("device_fallback"), Note("device_lost")
_given_up: set[str] = set()
_OUT_OF_MEMORY = ("out of memory", "alloc_failed", "can't allocate memory", "not enough memory")
_LOST = (
    "cuda error", "cuda driver error", "device-side assert", "illegal memory access", "launch failure", "gpu is lost",
    "no cuda gpus", "cublas_status", "cudnn_status", "cusolver", "mps backend", "mtlcommandbuffer",
)  # fmt: skip


def best_device() -> str:
    """Return ``cuda``, ``mps`` or ``cpu`` (or what the setting names, such as ``cuda:1``).

    A setting that this machine cannot honour is logged once and gives ``cpu``, and so does a device that was lost.
    """
    best = _best(os.environ.get("NLPCORE_DEVICE", "").strip().lower())
    return "cpu" if best in _given_up else best


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

    return isinstance(error, torch.OutOfMemoryError | MemoryError) or _says(error, _OUT_OF_MEMORY)


def is_lost(error: BaseException) -> bool:
    """Whether a device failed for good, as when it is unplugged or its driver resets: no call to it works any more."""
    import torch

    return not is_out_of_memory(error) and (isinstance(error, torch.AcceleratorError) or _says(error, _LOST))


def _says(error: BaseException, words: tuple[str, ...]) -> bool:
    said = str(error).lower()
    return isinstance(error, RuntimeError) and any(word in said for word in words)


def fallback(error: BaseException, name: str) -> Note | None:
    """Return the note with which the CPU answers after ``error`` on the device ``name``; None for any other error.

    A device that was lost is not used again by this process.
    """
    if is_out_of_memory(error):
        _log.warning("%s is out of memory: the CPU answers instead.", name)
        return FALLBACK
    if is_lost(error):
        _log.error("%s was lost, the CPU answers until the server is started again: %s", name, error)
        _given_up.add(name)
        return LOST
    return None


def give_back_memory() -> None:
    """Return memory that torch keeps for later use to the accelerator."""
    import torch

    gc.collect()
    try:
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        if torch.backends.mps.is_available():
            torch.mps.empty_cache()
    except RuntimeError as error:  # of a device that was lost, which has nothing to give back
        _log.warning("the accelerator's memory could not be given back: %s", error)
