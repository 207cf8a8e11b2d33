"""A lesson that the command has just made runs, and its tests say what is missing, in a copy of the tree."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.lessons import ROOT
from app.new_lesson import TEMPLATE, make

FOLDERS = ("app", "pages", "nlpcore", "tests", "assets/locales", ".streamlit")
MISSING = {
    "test_nothing_is_left_to_fill_in[words.yaml]",
    "test_nothing_is_left_to_fill_in[learner.py]",
    "test_nothing_is_left_to_fill_in[snippet.py]",
    "test_nothing_is_left_to_fill_in[trace.py]",
    "test_it_has_a_picture[en]",
    "test_it_has_a_picture[zh]",
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("copy")
    for name in FOLDERS:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "assets" / "models").symlink_to(ROOT / "assets" / "models")
    (root / "assets" / "icon.png").symlink_to(ROOT / "assets" / "icon.png")
    shutil.copy(ROOT / "pyproject.toml", root)
    done = run(root, "-m", "app.new_lesson", "networks", "one-neuron")
    assert done.returncode == 0, done.stderr
    return root


def run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=root, capture_output=True, text=True, timeout=240)


def test_its_tests_fail_for_what_must_be_filled_in_and_for_nothing_else(copy: Path) -> None:
    """The page's own tests are among those that pass: it runs, in both languages."""
    done = run(copy, "-m", "pytest", "tests/pages/networks/one_neuron", "-p", "no:cacheprovider", "--no-header", "-rfE")
    failed = set(re.findall(r"^(?:FAILED|ERROR) \S+::(\S+)", done.stdout, re.MULTILINE))
    assert failed == MISSING, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_its_files_keep_the_rules(copy: Path) -> None:
    for command in (("-m", "ruff", "check"), ("-m", "ruff", "format", "--check")):
        done = run(copy, *command, "pages/networks", "app/lessons.py")
        assert done.returncode == 0, done.stdout
    contracts = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=copy, capture_output=True, text=True
    )
    assert contracts.returncode == 0, contracts.stdout


def test_it_stands_behind_the_lessons_of_its_group(copy: Path, tmp_path: Path) -> None:
    table = (copy / "app" / "lessons.py").read_text("utf-8")
    assert table.count('Lesson("one-neuron", "networks"') == 1
    (tmp_path / "app").mkdir()
    shutil.copy(ROOT / "app" / "lessons.py", tmp_path / "app")
    make(tmp_path, "words", "made-up")
    ids = re.findall(r'^    Lesson\("([\w-]+)", "words"', (tmp_path / "app" / "lessons.py").read_text("utf-8"), re.M)
    assert ids[-1] == "made-up" and len(ids) > 1


@pytest.mark.parametrize(
    ("group", "lesson_id"), [("words", "One Hot"), ("words", "../x"), ("nothing", "x"), ("words", "analogies")]
)
def test_what_cannot_be_is_refused(tmp_path: Path, group: str, lesson_id: str) -> None:
    with pytest.raises(ValueError):
        make(tmp_path, group, lesson_id)
    assert list(tmp_path.iterdir()) == []


def test_every_file_of_a_lesson_has_a_template() -> None:
    names = {path.name.removesuffix(".template") for path in TEMPLATE.iterdir()}
    assert {
        "page.py",
        "idea.py",
        "charts.py",
        "questions.py",
        "formulas.py",
        "snippet.py",
        "learner.py",
        "words.yaml",
    } <= names
