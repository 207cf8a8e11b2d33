"""Where CI is set nothing may be skipped unseen."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.lessons import ROOT
from tests import skips

SKIPPING = {
    "a call": "import pytest\ndef test_it():\n    pytest.skip('no model')\n",
    "a mark": "import pytest\n@pytest.mark.skipif(True, reason='no model')\ndef test_it(): pass\n",
    "a fixture": "import pytest\n@pytest.fixture\ndef it():\n    pytest.skip('no model')\ndef test_it(it): pass\n",
    "a module": "import pytest\npytest.skip('no model', allow_module_level=True)\n",
    "an import": "import pytest\npytest.importorskip('no_model')\n",
    "no parameters": "import pytest\n@pytest.mark.parametrize('it', [])\ndef test_it(it): pass\n",
    "a part": "import pytest\ndef test_it(subtests):\n    with subtests.test('no model'):\n        pytest.skip('no model')\n",
}
EXPECTED = "import pytest\n@pytest.mark.xfail\ndef test_it(): raise AssertionError\n"


def run(folder: Path, code: str, ci: str, allowed: str = "") -> str:
    """Return the last line of pytest's output for a module with this code."""
    (folder / "test_made_up.py").write_text(code)
    (folder / "conftest.py").write_text(
        f"from tests import skips\nskips.ALLOWED['test_made_up.py'] = {allowed!r} or '-'\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.skips", "-p", "no:cacheprovider", "-c", os.devnull]
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "PYTEST_ADDOPTS")}
    environment |= {"PYTHONPATH": str(ROOT)} | ({"CI": ci} if ci else {})
    done = subprocess.run(
        [*command, "--rootdir", str(folder), str(folder)],
        env=environment, cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.stdout.strip().splitlines()[-1] + ("" if done.returncode in (0, 5) else f" ({done.returncode})")


@pytest.mark.parametrize("how", SKIPPING)
def test_a_skip_is_a_failure_where_ci_is_set(tmp_path: Path, how: str) -> None:
    assert re.search(r"^[12] (failed|error)\b.*\([12]\)$", run(tmp_path, SKIPPING[how], "true"))


def test_on_a_laptop_it_is_none_nor_what_is_expected_to_fail(tmp_path: Path) -> None:
    assert run(tmp_path, SKIPPING["a call"], "").startswith("1 skipped")
    assert run(tmp_path, EXPECTED, "true").startswith("1 xfailed")


def test_what_is_named_with_its_reason_may_be_skipped(tmp_path: Path) -> None:
    assert run(tmp_path, SKIPPING["a call"], "true", "no model").startswith("1 skipped")
    assert "1 failed" in run(tmp_path, SKIPPING["a call"], "true", "another reason")


def test_what_is_named_is_there() -> None:
    for module, reason in skips.ALLOWED.items():
        assert reason in (ROOT / module).read_text(encoding="utf-8")


def test_no_test_asks_ci_itself() -> None:
    asks = {path.name for path in (ROOT / "tests").rglob("*.py") if re.search(r"""environ.*\bCI\b""", path.read_text())}
    assert asks <= {"skips.py", "test_skips.py", "running.py"}, "the last leaves it out of what it runs"
