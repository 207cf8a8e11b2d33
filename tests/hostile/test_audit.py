"""The audit of dependencies fails for what is known to be bad, never for want of somebody to ask, and says which it is."""

from __future__ import annotations

import json
import tomllib
from typing import Any

from app.lessons import ROOT
from tests.audit import KNOWN, judge

BAD = {"id": "GHSA-1", "aliases": ["CVE-2026-1"], "fix_versions": ["2.0"], "description": "…"}
GOOD = {"name": "good", "version": "1.0", "vulns": []}
SKIPPED = {"name": "here-only", "skip_reason": "Dependency not found on PyPI"}


def report(*packages: dict[str, Any]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_a_known_vulnerability_fails() -> None:
    status, lines = judge(report(GOOD, {"name": "bad", "version": "1.0", "vulns": [BAD]}), "", {})
    assert status == 1
    assert any("bad 1.0" in line and "CVE-2026-1" in line and "2.0" in line for line in lines)


def test_one_that_is_listed_with_a_reason_does_not() -> None:
    bad = {"name": "bad", "version": "1.0", "vulns": [BAD]}
    status, lines = judge(report(bad), "", {"CVE-2026-1": "never called"})
    assert status == 0
    assert any("never called" in line for line in lines)
    assert any("take it out" in line for line in judge(report(GOOD), "", {"CVE-2026-1": "never called"})[1])


def test_nobody_to_ask_is_no_failure_and_is_not_passed_over() -> None:
    for given in (("", "ConnectionError: no route"), ("<html>", ""), (report(SKIPPED, SKIPPED), "")):
        status, lines = judge(*given, {})
        assert status == 0
        assert "NOT AUDITED" in lines[0]
        assert not any("audited, no unknown" in line for line in lines)
    assert "here-only" in judge(report(GOOD, SKIPPED), "", {})[1][0]


def test_every_exception_has_a_reason_and_make_check_asks() -> None:
    assert all(isinstance(why, str) and len(why) > 10 for why in tomllib.loads(KNOWN.read_text("utf-8")).values())
    rules = (ROOT / "Makefile").read_text("utf-8")
    assert "check: lint audit" in rules
    assert "python -m tests.audit" in rules
