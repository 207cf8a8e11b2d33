"""What must be true of every file: nothing of one machine, nothing from another host, nothing too large."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXT = {".py", ".yaml", ".toml", ".md", ".txt", ".js", ".css", ".json", ".cfg", ""}
FORBIDDEN = {
    "an absolute path of a machine": re.compile(r"(?<![\w.])/(?:home|Users|root|work)/\w"),
    "a content delivery network": re.compile(r"https?://(?:cdn|cdnjs|unpkg|fonts\.g)"),
    "the host of a registry": re.compile(r"https?://(?:pypi|files\.pythonhosted|registry\.npmjs|deb\.debian)"),
    "pickle": re.compile(r"\bpickle\.loads?\(|allow_pickle=True|trust_remote_code=True|weights_only=False"),
}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


FILES = tracked()


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_has(what: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in FILES
        if path.suffix in TEXT and path != Path(__file__)
        for match in [FORBIDDEN[what].search(path.read_text(encoding="utf-8", errors="ignore"))]
        if match
    ]
    assert found == []


def test_sizes() -> None:
    sizes = {path: path.stat().st_size for path in FILES}
    assert sum(sizes.values()) < 60e6, "a model that is trained anew replaces another one, or shares with it"
    long = {
        str(path.relative_to(ROOT)): lines
        for path in FILES
        if path.suffix == ".py" and (lines := len(path.read_text(encoding="utf-8").splitlines())) > 420
    }
    assert long == {}
