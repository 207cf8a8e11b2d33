"""Keeps Python's garbage collector off what lives as long as the server."""

from __future__ import annotations

import gc
import sys

_MANY_NEW_MODULES = 100
# How many more objects than before have it look at the youngest, and how often it does before it looks at the older ones. A
# run leaves about 2,000, and Python's 700 would have it look thrice in each run at what lives until the run's end.
_THRESHOLDS = 10_000, 10, 10
_settled = 0


def settle() -> None:
    """After a lesson has imported its libraries, move everything alive out of the collector's sight.

    A full collection walks every object of torch, pandas and plotly: about 300 ms that each learner would wait for,
    again and again. Called at the end of each lesson's run; it acts only when many modules have come since.
    """
    global _settled
    if len(sys.modules) - _settled >= _MANY_NEW_MODULES:
        _settled = len(sys.modules)
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_THRESHOLDS)
