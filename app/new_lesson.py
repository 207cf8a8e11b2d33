"""Begin a lesson: ``python -m app.new_lesson <group> <id>`` makes a folder that runs, with tests that say what is missing.

The lesson is in both languages from the start. ``app/lesson_template`` has its files; what begins with FILL IN in them has
to be written, and a test of the lesson fails until it is.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from app.lessons import LESSONS, ROOT
from app.words import LOCALES, read_tree

TEMPLATE = Path(__file__).parent / "lesson_template"
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def make(root: Path, group: str, lesson_id: str) -> list[Path]:
    """Make the files of a lesson under ``root`` and its line in the table; return the files.

    Raises ValueError for an id or a group that cannot be, and where the lesson is there already.
    """
    groups = list(read_tree(LOCALES / "shell.yaml")["groups"])
    if not _ID.fullmatch(lesson_id):
        raise ValueError(f"{lesson_id!r} is no id: small letters and digits, words joined by hyphens")
    if group not in groups:
        raise ValueError(f"{group!r} is no group: {', '.join(groups)}, or a new one in assets/locales/shell.yaml")
    module = lesson_id.replace("-", "_")
    if any(lesson.id == lesson_id for lesson in LESSONS) or (root / "pages" / group / module).exists():
        raise ValueError(f"there is a lesson {lesson_id!r} already")
    folder, tests = root / "pages" / group / module, root / "tests" / "pages" / group / module
    values = {"ID": lesson_id, "MODULE": module, "GROUP": group, "TITLE": lesson_id.replace("-", " ").capitalize()}
    made = []
    for template in sorted(TEMPLATE.glob("*.template")):
        name = template.name.removesuffix(".template")
        text = template.read_text("utf-8")
        for key, value in values.items():
            text = text.replace(f"__{key}__", value)
        made.append(_write((tests if name.startswith("test_") else folder) / name, text))
    for package in (folder.parent, folder, tests.parent, tests):
        if not (package / "__init__.py").exists():
            made.append(_write(package / "__init__.py", ""))
    _add_line(root / "app" / "lessons.py", group, lesson_id)
    return made


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _add_line(table: Path, group: str, lesson_id: str) -> None:
    """Add the lesson behind the last one of its group, or at the end."""
    lines = table.read_text("utf-8").splitlines(keepends=True)
    rows = [place for place, line in enumerate(lines) if re.match(r'    Lesson\("', line)]
    own = [place for place in rows if f'", "{group}",' in lines[place]]
    lines.insert((own or rows)[-1] + 1, f'    Lesson("{lesson_id}", "{group}", ":material/school:"),\n')
    table.write_text("".join(lines), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("group", help="the folder under pages/, such as words")
    parser.add_argument("id", help="the lesson's path in the URL, such as one-hot")
    given = parser.parse_args()
    try:
        made = make(ROOT, given.group, given.id)
    except ValueError as problem:
        parser.error(str(problem))
    for path in made:
        print(path.relative_to(ROOT))
    tests = f"tests/pages/{given.group}/{given.id.replace('-', '_')}"
    print(f"\nIt runs: make run. What is missing: .venv/bin/python -m pytest {tests}")


if __name__ == "__main__":
    main()
