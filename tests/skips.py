"""Skipped tests: on a laptop for want of a model or a browser; where CI is set each one is a failure, but for the named ones.

The hooks see every skip, however it was made: by a call, a mark or a fixture, in a part of a test, of a whole module.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from nlpcore.models import store

# Module -> how the reason begins of what may be skipped where CI is set too.
ALLOWED = {"tests/models/test_faults.py": "no file system can be mounted here"}  # few containers may mount any


def needs_models(*model_ids: str) -> None:
    """Skip the test, or what it needs, where one of the models is not on this computer."""
    if missing := [model_id for model_id in model_ids if store().state(model_id) not in ("here", "bundled")]:
        pytest.skip(f"not on this computer: {', '.join(missing)}")


def _refuse(report: Any) -> None:
    if not (report.skipped and os.environ.get("CI")) or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    allowed = ALLOWED.get(report.nodeid.split("::")[0])
    if allowed is None or not reason.removeprefix("Skipped: ").startswith(allowed):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped, which CI does not allow: {reason}"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """See a skipped test, a part of one, and one that is skipped by its mark or by what it needs."""
    outcome: Any = yield
    _refuse(outcome.get_result())


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    """See a module that is skipped as a whole."""
    outcome: Any = yield
    _refuse(outcome.get_result())
