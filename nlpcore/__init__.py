"""The library under the dashboard: every computation that a lesson shows, without any user interface.

Importing it tells the numerical libraries how their idle threads wait: see :func:`_let_idle_threads_sleep`.
"""

import logging
import os
import sys

_log = logging.getLogger(__name__)
_WAITING = {
    "OMP_WAIT_POLICY": "passive",
    "OPENBLAS_THREAD_TIMEOUT": "4",  # as a power of 2, in cycles of the processor
}


def _let_idle_threads_sleep() -> None:
    """Have threads that wait for work sleep, unless the environment already says how they wait.

    Threads that wait by spinning starve everybody else: with sixty learners they took a quarter of all the processor's
    time. The libraries read these settings once, when they are loaded, so this module is imported before them.
    """
    missing = [name for name in _WAITING if name not in os.environ]
    os.environ.update({name: _WAITING[name] for name in missing})
    loaded = [name for name in ("numpy", "torch") if name in sys.modules]
    if missing and loaded:
        _log.warning(
            "%s imported before nlpcore, so their idle threads may keep processors busy: import nlpcore first, set %s, "
            "or go on with torch.set_num_threads(1)",
            " and ".join(loaded) + (" was" if len(loaded) == 1 else " were"),
            " ".join(f"{name}={_WAITING[name]}" for name in missing),
        )


_let_idle_threads_sleep()
