"""The runner of faults, on a project of two functions: what it must notice, let live, stop and pass over."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.mutants import once_unnoticed, report, running
from tests.mutants.__main__ import changed_since, main
from tests.mutants.faults import Fault, make, places
from tests.mutants.related import Tests, further, related

SUMS = '''"""Sums: 1 + 1."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    SIZE = 1 + 1

__all__ = ["larger", "rest", "total"]
_log = logging.getLogger(__name__)


def total(a: int, b: int) -> int | None:
    """Return 1 + 1."""
    _log.info("adding %s", 1 + 1)
    if isinstance(a, str):
        raise TypeError("no number")
    return a + b


def larger(a: int, b: int) -> int:
    return a if a > b else b


def rest(n: int) -> int:
    while n > 0:
        n -= 2
    return n


def untried(n: int) -> int:
    return n * 3
'''
TESTS = """from nlpcore.sums import count


def test_total():
    assert count.total(1, 2) == 3


def test_larger():
    assert (count.larger(1, 2), count.larger(2, 1)) == (2, 2)


def test_rest():
    assert count.rest(4) == 0
"""
HEAVY = ("pytest", "coverage")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "nlpcore/sums").mkdir(parents=True)
    (root / "tests/sums").mkdir(parents=True)
    for folder in ("nlpcore", "nlpcore/sums"):
        (root / folder / "__init__.py").touch()
    (root / "nlpcore/sums/count.py").write_text(SUMS)
    (root / "tests/sums/test_count.py").write_text(TESTS)
    (root / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\naddopts = "--import-mode=importlib"\npythonpath = ["."]\nmarkers = ["browser: none"]\n'
    )
    return root


def every_fault() -> list[Fault]:
    module, by_line = places(SUMS)
    made = [make("nlpcore/sums/count.py", SUMS, module, place) for each in by_line.values() for place in each]
    return [fault for fault in made if fault]


def the_fault(before: str, after: str) -> Fault:
    return next(fault for fault in every_fault() if (fault.before, fault.after) == (before, after))


def test_faults_that_nobody_could_see_are_not_made() -> None:
    assert {fault.before for fault in every_fault()} == {
        "return a + b",
        "return a if a > b else b",
        "while n > 0:",
        "n -= 2",
        "return n * 3",
    }


def test_an_options_name_is_read_by_a_program_its_explanation_by_a_person_and_strict_is_an_assertion() -> None:
    code = """parser.add_argument("--a", metavar="N", help="the first number")
pairs = zip(a, b, strict=True)
read(file, strict=False)
"""
    module, by_line = places(code)
    made = [make("nlpcore/sums/count.py", code, module, place) for each in by_line.values() for place in each]
    assert {fault.after for fault in made if fault} == {
        'parser.add_argument("XX--aXX", metavar="N", help="the first number")',
        "read(file, strict=True)",
        "read(file, )",
    }


def test_faults_are_noticed_survive_or_hang_and_the_tree_stays_as_it_is(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "SLOWEST_LEAST", 3)
    faults = [
        the_fault("return a + b", "return a - b"),
        the_fault("return a if a > b else b", "return a if a >= b else b"),
        the_fault("n -= 2", "n += 2"),
        the_fault("return n * 3", "return n / 3"),
    ]
    verdicts: list[running.Verdict] = []
    said: list[str] = []
    cache = tree / "build" / "baseline.json"
    running.judge_all(tree, faults, count=2, cache=cache, done=verdicts.append, say=said.append, heavy=HEAVY)
    found = {verdict.fault.after: (verdict.outcome, verdict.by) for verdict in verdicts}
    assert found["return a - b"] == ("noticed", "tests/sums/test_count.py::test_total")
    assert found["return a if a >= b else b"] == ("survived", "1 test modules passed")
    assert found["n += 2"][0] == "hung"
    assert found["return n / 3"] == ("survived", "no related test reaches the line")
    assert not said
    assert (tree / "nlpcore/sums/count.py").read_text() == SUMS


def test_a_test_that_fails_without_a_fault_notices_none(tree: Path) -> None:
    test = tree / "tests/sums/test_count.py"
    test.write_text(TESTS + "\n\ndef test_broken():\n    assert count.larger(1, 1) == 2\n")
    said: list[str] = []
    verdicts: list[running.Verdict] = []
    fault = the_fault("return a if a > b else b", "return a if a >= b else b")
    cache = tree / "build" / "baseline.json"
    running.judge_all(tree, [fault], count=1, cache=cache, done=verdicts.append, say=said.append, heavy=HEAVY)
    assert verdicts[0].outcome == "survived"
    assert said == ["fails without any fault, so it is left out: tests/sums/test_count.py::test_broken"]


def test_the_command_prints_what_survived_and_goes_on_where_it_was(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "nlpcore/sums/count.py").write_text(
        "def larger(a, b):\n    if a > b:\n        return a\n    return b\n\n\ndef total(a, b):\n    return a + b\n"
    )
    (tree / "tests/sums/test_count.py").write_text(TESTS[: TESTS.index("\n\ndef test_rest")])
    call = ["--tree", str(tree), "--workers", "1"]
    assert main(call, HEAVY) == 1
    printed = capsys.readouterr().out
    assert "| nlpcore | 2 | 1 | 50 | 15 | 0 | 0 |" in printed
    assert "| nlpcore/sums/count.py:2 | `if a > b:` | `if a >= b:` | swap_op |" in printed

    kept = tree / "build/mutants.json"
    rows = json.loads(kept.read_text())
    rows["faults"] = [row for row in rows["faults"] if row["outcome"] == "survived"]
    kept.write_text(json.dumps(rows))
    listed = tree / "tests/mutants/equivalent.toml"
    listed.parent.mkdir()
    entry = (
        '[[equivalent]]\nfile = "nlpcore/sums/count.py"\nline = "if a > b:"\nbecomes = "if a >= b:"\n'
        'operator = "swap_op"\nreason = "of two equal numbers either is the larger"\n'
    )
    listed.write_text(entry)
    assert main([*call, "--resume"], HEAVY) == 0
    printed = capsys.readouterr().out
    assert "2 faults, seed 14, 1 of them known from before" in printed
    assert "| nlpcore | 1 | 0 | 0 | 15 | 1 | 0 |" in printed and "equivalent: of two equal numbers" in printed

    listed.write_text(entry.replace("if a > b:", "if a > c:"))
    assert main([*call, "--resume"], HEAVY) == 1
    assert "out of date: nlpcore/sums/count.py no longer has the line: if a > c:" in capsys.readouterr().out


def test_faults_that_went_unnoticed_once_are_tried_again(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = tree / "tests/mutants/once_unnoticed.toml"
    listed.parent.mkdir()
    entry = '[[fault]]\nfile = "nlpcore/sums/count.py"\nline = "{}"\nbecomes = "{}"\nmeans = "a wrong sum"\n'
    listed.write_text(
        entry.format("return a + b", "return a + b + 1") + entry.format("return n * 3", "return n * 3 + n")
    )
    call = ["--tree", str(tree), "--workers", "1", "--once-unnoticed"]
    assert main(call, HEAVY) == 1
    printed = capsys.readouterr().out
    assert "| nlpcore | 2 | 1 | 50 | 15 | 0 | 0 |" in printed
    assert "`return n * 3` | `return n * 3 + n` | kept |" in printed

    listed.write_text(entry.format("return a", "return b"))
    with pytest.raises(ValueError, match="has the line 0 times: return a"):
        main(call, HEAVY)


def test_only_changed_lines_since_a_revision(tree: Path) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=tree, check=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    path = tree / "nlpcore/sums/count.py"
    path.write_text(SUMS.replace("a + b", "b + a").replace("n -= 2\n", "n -= 2\n        n += 0\n"))
    lines = SUMS.splitlines()
    assert changed_since(tree, "HEAD") == {
        "nlpcore/sums/count.py": {lines.index("    return a + b") + 1, lines.index("        n -= 2") + 2}
    }


def test_related_tests_are_those_of_the_folder_and_those_that_import(tmp_path: Path) -> None:
    for name, text in {
        "tests/pages/words/word_map/test_charts.py": "from pages.words.word_map import charts",
        "tests/pages/words/other/test_charts.py": "",
        "tests/pages/test_every.py": "",
        "tests/shell/test_frame.py": "import pages.words.word_map.charts",
        "tests/e2e/test_all.py": "from pages.words.word_map import charts",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    tests, importers = related(tmp_path, "pages/words/word_map/charts.py")
    assert importers == {Tests("tests/pages/words/word_map/test_charts.py"), Tests("tests/shell/test_frame.py")}
    assert set(tests) == importers | {Tests("tests/pages/test_every.py", "word-map")}


def test_the_lessons_that_use_a_family_of_the_library_are_tried_after_its_own_tests(tmp_path: Path) -> None:
    for name, text in {
        "pages/words/word_map/page.py": "from nlpcore.words import vectors",
        "pages/words/other/charts.py": "from nlpcore import models",
        "tests/pages/words/word_map/test_page.py": "",
        "tests/pages/words/other/test_page.py": "",
        "tests/pages/test_screens.py": "",
        "tests/shell/test_models.py": "",
        "tests/words/test_vectors.py": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert related(tmp_path, "nlpcore/words/vectors.py")[0] == [Tests("tests/words/test_vectors.py")]
    assert further(tmp_path, "nlpcore/words/vectors.py") == [Tests("tests/pages/test_screens.py", "word-map")]
    assert further(tmp_path, "nlpcore/models/store.py") == [Tests("tests/shell/test_models.py")]
    assert further(tmp_path, "pages/words/word_map/page.py") == []


def test_a_fault_that_only_a_lesson_shows_is_noticed_there(tree: Path) -> None:
    lesson, test = tree / "pages/sums/adding/page.py", tree / "tests/pages/test_screens.py"
    for path in (lesson, test):
        path.parent.mkdir(parents=True)
    lesson.write_text("from nlpcore.sums import count\n\n\ndef show():\n    return count.untried(2)\n")
    test.write_text("from pages.sums.adding import page\n\n\ndef test_adding():\n    assert page.show() == 6\n")
    verdicts: list[running.Verdict] = []
    faults = [the_fault("return n * 3", "return n / 3"), the_fault("return a + b", "return a - b")]
    cache = tree / "build" / "baseline.json"
    running.judge_all(tree, faults, count=1, cache=cache, done=verdicts.append, say=print, heavy=HEAVY)
    assert {(verdict.outcome, verdict.by) for verdict in verdicts} == {
        ("noticed", "tests/pages/test_screens.py::test_adding"),
        ("noticed", "tests/sums/test_count.py::test_total"),
    }


def test_every_known_equivalent_fault_names_a_line_that_is_there() -> None:
    assert not report.stale(Path(__file__).parents[2], report.read_equivalent())


def test_every_fault_that_went_unnoticed_once_can_still_be_made() -> None:
    kept = once_unnoticed.read()
    assert kept
    assert len(once_unnoticed.make(Path(__file__).parents[2], kept)) == len(kept)
