"""What the server writes down: one line for each event, for a person or (``NLPCORE_LOG=json``) for a machine.

Nothing that a learner typed stands in it. The text of an exception often quotes what it stumbled over, so of an exception
its kind is written, and where in the code it was raised and by what it was called.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
import traceback
from types import TracebackType
from typing import Any

import streamlit.logger

from app.hosting import metrics
from app.lessons import ROOT

SETTING = "NLPCORE_LOG"
_MOST_FRAMES = 12


def raised(error: BaseException, trace: TracebackType | None) -> tuple[list[str], list[str]]:
    """Return the kinds of an exception and of what it came from, and the innermost frames, the innermost first."""
    kinds: list[str] = []
    found: BaseException | None = error
    while found is not None and len(kinds) < 5:
        kinds.append(type(found).__qualname__)
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    frames = traceback.extract_tb(trace)[-_MOST_FRAMES:]
    return kinds, [f"{_shortened(frame.filename)}:{frame.lineno} {frame.name}" for frame in reversed(frames)]


def _shortened(path: str) -> str:
    """Return a file's path from the project's folder, or from the folder of packages."""
    for start in (f"{ROOT}/", *(f"{folder}/" for folder in sys.path if folder.endswith("site-packages"))):
        if path.startswith(start):
            return path.removeprefix(start)
    return path


class Lines(logging.Formatter):
    """A record as one line of text."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{self._time(record)} {record.levelname} {record.name}: {_one_line(record.getMessage())}"
        if record.exc_info and record.exc_info[1] is not None:
            kinds, frames = raised(record.exc_info[1], record.exc_info[2])
            line += f" | {' from '.join(kinds)} | {' < '.join(frames)}"
        return line

    @staticmethod
    def _time(record: logging.LogRecord) -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z"


class Json(Lines):
    """A record as one JSON object in one line."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": self._time(record), "level": record.levelname, "logger": record.name, "message": record.getMessage(),
        }  # fmt: skip
        if record.exc_info and record.exc_info[1] is not None:
            said["error"], said["where"] = raised(record.exc_info[1], record.exc_info[2])
        return json.dumps(said, ensure_ascii=True)


class Handler(logging.StreamHandler[Any]):
    """Writes to the standard error stream, and counts what went wrong."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            metrics.failures.labels(kind=record.name).inc()
        super().emit(record)


def _one_line(text: str) -> str:
    """Return a text in one line; what would steer a terminal, such as ESC in a host that is asked for, is written as its code."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in " ".join(text.split()))


def install() -> None:
    """Have every logger of the process write lines as above. May be called again, after a library has set up its own."""
    handler = Handler()
    handler.setFormatter(Json() if os.environ.get(SETTING, "").strip().lower() == "json" else Lines())

    def replaced(logger: logging.Logger) -> None:
        for old in tuple(logger.handlers):
            logger.removeHandler(old)
        logger.addHandler(handler)

    root = logging.getLogger()
    replaced(root)
    root.setLevel(logging.WARNING)
    # Streamlit gives each of its loggers a handler of its own when it is first asked for.
    streamlit.logger.setup_formatter = replaced
    for name, logger in tuple(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger) and logger.handlers:
            replaced(logger)
            logger.propagate = False
        if name.startswith("uvicorn"):
            logging.getLogger(name).setLevel(logging.WARNING)
