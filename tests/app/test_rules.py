"""What holds for the code of every lesson, read from it and tried on it."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.lessons import LESSONS, ROOT, Lesson

MODULES = sorted((ROOT / "pages").rglob("*.py"))
# What sets the state of a visit or typesets what a learner typed: the frame alone does, so that it cannot be forgotten.
# Fields too, which take whatever is pasted and say what of it is read.
FORBIDDEN = ("session_state", "query_params", "unsafe_allow_html", "text_input", "text_area")


def misdeeds(tree: ast.Module) -> Iterator[str]:
    """Yield what a module of a lesson must leave to the frame."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in (*FORBIDDEN, "latex")
            and _is_streamlit(node.value, node.attr)
        ):
            yield f"{node.lineno}: st.{node.attr}"
        elif isinstance(node, ast.keyword) and node.arg in FORBIDDEN:
            yield f"{node.value.lineno}: {node.arg}="
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            if names & {"app.shell.state", *(f"streamlit.{name}" for name in (*FORBIDDEN, "latex"))}:
                yield f"{node.lineno}: from {node.module}"
        elif isinstance(node, ast.Import) and any(alias.name == "app.shell.state" for alias in node.names):
            yield f"{node.lineno}: import app.shell.state"


def _is_streamlit(owner: ast.expr, name: str) -> bool:
    """An expression of a formula has a ``latex`` too."""
    return name != "latex" or (isinstance(owner, ast.Name) and owner.id in ("st", "streamlit"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT / "pages").as_posix())
def test_only_the_frame_touches_the_state_of_a_visit(path: Path) -> None:
    if path.name != "snippet.py":  # what a learner runs elsewhere
        assert list(misdeeds(ast.parse(path.read_text(encoding="utf-8")))) == []


def test_streamlits_session_is_opened_by_two_modules() -> None:
    """Each field looks at every entry there; what is the shell's own is one of them, and what controls hold has one way."""
    modules = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py")}
    assert {name for name, code in modules.items() if "session_state" in code} == {"state.py", "visit.py"}


@pytest.mark.parametrize(
    "line",
    [
        "st.session_state['a'] = 1", "x = streamlit.session_state", "from streamlit import session_state",
        "st.query_params['a']", "x.text_input('a')", "st.text_area('a')",
        "st.latex('x')", "column.markdown(x, unsafe_allow_html=True)",
        "from app.shell import state", "import app.shell.state", "from app.shell.state import bound",
    ],
)  # fmt: skip
def test_the_rule_sees(line: str) -> None:
    assert list(misdeeds(ast.parse(line)))


PURE = ("charts", "questions", "formulas", "tables", "names", "sums")
IMPORT = """
import importlib, json, sys
import streamlit.delta_generator
drawn = []
streamlit.delta_generator.DeltaGenerator._enqueue = lambda self, kind, *_, **__: drawn.append(kind)
before = set(sys.modules)
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps([drawn, []]))
"""
WITHOUT = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps([[], [name for name in ("streamlit", "torch", "transformers", "pandas") if name in sys.modules]]))
"""


def module_of(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")


def told_by(code: str, names: list[str]) -> tuple[list[str], list[str]]:
    """Return (what was drawn, which libraries were loaded) when these modules are imported in a new process."""
    done = subprocess.run(
        [sys.executable, "-c", code, *names], cwd=ROOT, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr
    drawn, loaded = json.loads(done.stdout.splitlines()[-1])
    return drawn, loaded


def test_importing_a_lesson_draws_nothing() -> None:
    names = [module_of(path) for path in MODULES if path.name not in ("learner.py", "snippet.py")]
    assert len(names) > 5 * len(LESSONS)
    assert told_by(IMPORT, names)[0] == []
    shown = told_by(IMPORT.replace("for name", "streamlit.text('seen')\nfor name"), ["app.text"])[0]
    assert shown == ["text"], "the check itself sees what is drawn"


def test_what_is_pure_loads_no_interface_and_no_network() -> None:
    """Charts, questions, formulas and tables work on traces, which are arrays: in a notebook they are there at once."""
    names = [module_of(path) for path in MODULES if re.match(rf"({'|'.join(PURE)})(_\w+)?\.py", path.name)]
    assert {name.split(".")[2] for name in names} == {each.module for each in LESSONS}
    app_too = ["app.charts.drawing", "app.charts.style", "app.charts.mosaic", "app.charts.label_placement"]
    assert told_by(WITHOUT, [*names, *app_too, "app.questions", "app.formulas", "app.text"])[1] == []


HOME = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("app/main.py", default_timeout=120).run()
assert not app.exception and app.get("page_link"), app.exception
print("|".join(sorted({".".join(name.split(".")[:3]) for name in sys.modules if name.startswith(("pages.", "torch."))})))
"""


def test_the_home_page_imports_no_lesson_and_no_network() -> None:
    """A lesson's modules are imported when it is first opened; the packages of their groups come with the table."""
    done = subprocess.run([sys.executable, "-c", HOME], cwd=ROOT, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    assert [name for name in done.stdout.splitlines()[-1].split("|") if name.count(".") > 1 or "torch" in name] == []


GONE = """
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("app/main.py", default_timeout=120)
app.query_params["lang"] = "en"
app.run()
assert not app.exception and not app.error, (app.exception, app.error)
print("|".join(str(page["url_pathname"]) for page in app._registered_pages.values()))
print("|".join(link.proto.label for link in app.get("page_link")))
"""


@pytest.mark.parametrize("gone", LESSONS[-1:], ids=lambda each: each.id)
def test_a_lesson_is_gone_with_its_folder_and_its_line(gone: Lesson, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    skip = shutil.ignore_patterns("__pycache__", "models", "*.pyc")
    for folder in ("app", "pages", "nlpcore", "assets", ".streamlit"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=skip)
    shutil.copytree(ROOT / "nlpcore" / "models", copy / "nlpcore" / "models", ignore=skip, dirs_exist_ok=True)
    shutil.rmtree(copy / gone.folder.relative_to(ROOT))
    table = copy / "app" / "lessons.py"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(f'    Lesson("{gone.id}"')]
    assert len(kept) == len(lines) - 1
    table.write_text("".join(kept), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", GONE], cwd=copy, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr
    pages, cards = (line.split("|") for line in done.stdout.splitlines()[-2:])
    assert pages[1:] == [*(each.id for each in LESSONS if each != gone), "glossary"]
    assert len(cards) == len(LESSONS), "one card each, and the way to the first"
