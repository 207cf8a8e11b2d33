"""Models loaded before anybody asks for them, on a server that expects a class: the setting ``NLPCORE_PRELOAD``."""

from __future__ import annotations

import importlib
import logging
import os
import threading
from dataclasses import dataclass, field

log = logging.getLogger(__name__)
# What the lessons import when they are first opened, beside what the models need.
_LIBRARIES = (
    "nlpcore.attention",
    "nlpcore.language_models",
    "nlpcore.recurrent",
    "nlpcore.tagging",
    "nlpcore.words.projection_words",
)


@dataclass
class Preload:
    """Models on their way into memory.

    Attributes:
        wanted: their ids; None until they are looked up.
        there: those that are loaded.
        missing: those that cannot be; the log says why.
    """

    wanted: tuple[str, ...] | None = None
    there: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Whether nothing is left to load."""
        return self.wanted is not None and len(self.there) + len(self.missing) == len(self.wanted)


_asked: list[Preload] = []


def preload_as_set() -> threading.Thread | None:
    """Begin to load what ``NLPCORE_PRELOAD`` says, in the background: ids with commas between them, or ``all``.

    ``all`` is every model in the store. Without the setting each model is loaded when a lesson first needs it. Returns
    the thread that loads, None without the setting.
    """
    setting = os.environ.get("NLPCORE_PRELOAD", "").strip()
    return preload(setting) if setting else None


def preload(setting: str) -> threading.Thread:
    """Begin to load; what cannot be loaded is said in the log."""
    asked = Preload()
    _asked[:] = [asked]
    thread = threading.Thread(target=_load_all, args=(asked, setting), name="preload", daemon=True)
    thread.start()
    return thread


def ready() -> bool:
    """Tell whether everything that was to be loaded beforehand is in memory, or cannot be."""
    return all(each.done for each in _asked)


def preloaded() -> Preload:
    """Return what was to be loaded beforehand, and what is."""
    return _asked[0] if _asked else Preload(wanted=())


def _ids(setting: str) -> tuple[str, ...]:
    from app.lessons import LESSONS
    from nlpcore.models import store

    if setting == "all":
        used = dict.fromkeys(found.id for lesson in LESSONS for found in lesson.models)
        return tuple(model_id for model_id in used if store().state(model_id) in ("here", "bundled"))
    return tuple(dict.fromkeys(name.strip() for name in setting.split(",") if name.strip()))


def _load_all(asked: Preload, setting: str) -> None:
    from nlpcore.models import load
    from nlpcore.models.errors import ModelProblem

    asked.wanted = _ids(setting)
    for model_id in asked.wanted:
        try:
            for name in _LIBRARIES:
                importlib.import_module(name)
            load(model_id)
            asked.there.append(model_id)
        except ModelProblem as problem:
            log.warning("NLPCORE_PRELOAD: %s", problem)
            asked.missing.append(model_id)
        except Exception:
            log.exception("NLPCORE_PRELOAD: %s", model_id)
            asked.missing.append(model_id)
    # A warning, as hosts log those: from now on a class may come.
    log.warning("NLPCORE_PRELOAD: %d of %d models are in memory", len(asked.there), len(asked.wanted))
