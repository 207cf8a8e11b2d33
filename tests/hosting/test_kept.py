"""An open tab keeps the question and not the answer: what it holds on to when answers are forgotten is small."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from app.lessons import LESSONS, ROOT

pytestmark = pytest.mark.models
MOST = 1_000_000  # bytes a tab


def test_no_tab_keeps_a_large_answer() -> None:
    command = [sys.executable, "-m", "tests.hosting.kept"]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ}, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert set(found) == {lesson.id for lesson in LESSONS}
    assert {name: each["problems"] for name, each in found.items() if each["problems"]} == {}
    assert {name: each["bytes"] for name, each in found.items() if each["bytes"] > MOST} == {}
