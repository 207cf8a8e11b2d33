"""One computation through the serving object: what goes wrong is said in a sentence, and nothing of it reaches the page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from app.shell import waiting
from nlpcore.errors import LearnerError, Note
from nlpcore.models.serving import serving

log = logging.getLogger(__name__)
T = TypeVar("T")


def attempt(
    lesson_id: str,
    warn: Callable[[Note], None],
    function: Callable[..., T],
    model_id: str | None,
    heard: dict[str, Any],
    data: dict[str, Any],
) -> T | None:
    """Return ``function(load(model_id), **data)``, or None after ``warn`` was given what is wrong.

    ``heard``: what listens to a long computation; see :class:`nlpcore.models.serving.Serving`.
    """
    try:
        with waiting.spinner(function, model_id, data):
            answer: T = serving().run(function, model_id, **heard, **data)
        return answer
    except LearnerError as error:
        warn(error.note)
    except MemoryError:
        warn(Note("out_of_memory"))
    except Exception:
        log.exception("%s: %s failed", lesson_id, getattr(function, "__name__", function))
        warn(Note("unexpected"))
    return None
