"""docs/library.md tells the truth: each block of code is run, and prints what stands below it."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

GUIDE = Path(__file__).resolve().parent.parent / "docs" / "library.md"
SECTION = re.compile(r"^## (?P<title>.+?)\n.*?^```python\n(?P<code>.*?)^```\n\n^```text\n(?P<out>.*?)^```", re.M | re.S)
SECTIONS = [pytest.param(m["code"], m["out"], id=m["title"]) for m in SECTION.finditer(GUIDE.read_text("utf-8"))]
# Every family of the library; ``training`` is programs, told of in docs/training.md.
FAMILIES = {
    path.parent.name for path in (GUIDE.parent.parent / "nlpcore").glob("*/__init__.py")
} - {"training"}  # fmt: skip


def printed(code: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, str(GUIDE), "exec"), {})
    return out.getvalue()


@pytest.mark.models
@pytest.mark.parametrize(("code", "out"), SECTIONS)
def test_it_prints(code: str, out: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NLPCORE_DEVICE", "cpu")  # as the guide was printed
    assert printed(code) == out


def test_every_family_is_shown_in_about_ten_lines() -> None:
    code = [param.values[0] for param in SECTIONS]
    assert len(code) == GUIDE.read_text("utf-8").count("```python")
    assert {name for name in FAMILIES if not any(f"nlpcore.{name}" in block for block in code)} == set()
    assert all(len(block.splitlines()) <= 12 for block in code)
