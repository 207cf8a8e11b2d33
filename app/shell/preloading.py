"""Models loaded before anybody asks for them, on a server that expects a class: the setting ``NLPCORE_PRELOAD``."""

from __future__ import annotations

import importlib
import logging
import os
import threading
from collections.abc import Sequence
from functools import lru_cache

log = logging.getLogger(__name__)
# What the lessons import when they are first opened, beside what the models need.
_LIBRARIES = (
    "nlpcore.attention",
    "nlpcore.language_models",
    "nlpcore.recurrent",
    "nlpcore.tagging",
    "nlpcore.words.projection_words",
)


def preload_as_set() -> None:
    """Begin once to load what ``NLPCORE_PRELOAD`` says, in the background: ids with commas between them, or ``all``.

    ``all`` is every model in the store. Without the setting each model is loaded when a lesson first needs it.
    """
    if setting := os.environ.get("NLPCORE_PRELOAD", "").strip():
        preload(setting)


@lru_cache(maxsize=1)
def preload(setting: str) -> threading.Thread:
    """Begin to load; return the thread that does it. What cannot be loaded is said in the log."""
    thread = threading.Thread(target=_load_all, args=(_ids(setting),), name="preload", daemon=True)
    thread.start()
    return thread


def _ids(setting: str) -> list[str]:
    from app.lessons import LESSONS
    from nlpcore.models import store

    if setting == "all":
        used = dict.fromkeys(found.id for lesson in LESSONS for found in lesson.models)
        return [model_id for model_id in used if store().state(model_id) in ("here", "bundled")]
    return [name.strip() for name in setting.split(",") if name.strip()]


def _load_all(ids: Sequence[str]) -> None:
    from nlpcore.models import load
    from nlpcore.models.errors import ModelProblem

    for name in _LIBRARIES:
        importlib.import_module(name)
    ready = 0
    for model_id in ids:
        try:
            load(model_id)
            ready += 1
        except ModelProblem as problem:
            log.warning("NLPCORE_PRELOAD: %s", problem)
    # A warning, as hosts log those: from now on a class may come.
    log.warning("NLPCORE_PRELOAD: %d of %d models are in memory", ready, len(ids))
