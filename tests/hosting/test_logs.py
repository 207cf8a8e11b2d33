"""What is written down of a failure: enough to find it, nothing of what somebody typed."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import streamlit.logger

from app.hosting import logs, metrics

TYPED = "my secret diary"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What a logger of its own writes, in the format that the environment asks for."""
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.setattr(streamlit.logger, "setup_formatter", streamlit.logger.setup_formatter)
    known = {
        name: found for name, found in logging.root.manager.loggerDict.items() if isinstance(found, logging.Logger)
    }
    before = {name: (list(found.handlers), found.propagate, found.level) for name, found in known.items()}
    level = logging.root.level
    stream = io.StringIO()
    logs.install()
    for handler in logging.root.handlers:
        assert isinstance(handler, logs.Handler)
        handler.setStream(stream)
    yield stream
    logging.root.setLevel(level)
    for name, (handlers, propagate, own) in before.items():
        known[name].handlers[:], known[name].propagate = handlers, propagate
        known[name].setLevel(own)


def fail(depth: int = 3) -> None:
    if depth:
        fail(depth - 1)
    try:
        {}[TYPED]
    except KeyError as error:
        raise ValueError(f"cannot read {TYPED}\nat all") from error


def log_a_failure(name: str) -> None:
    try:
        fail()
    except ValueError:
        logging.getLogger(name).exception("the page %s failed", "attention")


def test_a_failure_is_one_line_with_its_kinds_and_its_place(written: io.StringIO) -> None:
    log_a_failure("app.main")
    (line,) = written.getvalue().splitlines()
    assert "ERROR app.main: the page attention failed | ValueError from KeyError | " in line
    assert "tests/hosting/test_logs.py:" in line and " fail < " in line
    assert TYPED not in line and "\x1b" not in line


def test_nothing_that_is_asked_for_steers_a_terminal(written: io.StringIO) -> None:
    logging.getLogger("app.server").warning("wrong_host: %s", "evil\x1b[2J\r\nERROR forged\x00\x9b\u202e")
    (line,) = written.getvalue().splitlines()
    assert line.endswith("wrong_host: evil\\x1b[2J ERROR forged\\x00\\x9b\\u202e")


def test_for_a_machine_it_is_one_object(written: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NLPCORE_LOG", "json")
    logs.install()
    (handler,) = logging.root.handlers
    assert isinstance(handler, logs.Handler)
    handler.setStream(written)
    log_a_failure("app.main")
    said = json.loads(written.getvalue())
    assert said["logger"] == "app.main" and said["level"] == "ERROR" and said["error"] == ["ValueError", "KeyError"]
    assert said["where"][0].startswith("tests/hosting/test_logs.py:") and said["where"][0].endswith(" fail")
    assert TYPED not in written.getvalue()


def test_what_streamlit_logs_later_is_written_the_same_way(written: io.StringIO) -> None:
    later = streamlit.logger.get_logger("streamlit.made_up_for_this_test")
    later.handlers[0].setStream(written)  # type: ignore[attr-defined]
    try:
        fail()
    except ValueError as error:
        later.error("Uncaught app execution", exc_info=error)
    (line,) = written.getvalue().splitlines()
    assert "ValueError from KeyError" in line and TYPED not in line


def test_an_error_is_counted_and_a_warning_is_not(written: io.StringIO) -> None:
    def counted() -> float:
        return metrics.registry.get_sample_value("nlp_failures_total", {"kind": "app.counted"}) or 0.0

    before = counted()
    logging.getLogger("app.counted").warning("no failure")
    assert counted() == before
    log_a_failure("app.counted")
    assert counted() == before + 1
