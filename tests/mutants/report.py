"""What survived: the table, the goals, the file that a run goes on from, and the faults that change nothing."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.mutants.running import Verdict

EQUIVALENT = Path(__file__).with_name("equivalent.toml")
# name -> folders, and how many of 100 faults may survive
AREAS: dict[str, tuple[tuple[str, ...], int]] = {
    "nlpcore": (("nlpcore/",), 15),
    "app and pages": (("app/", "pages/"), 25),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A verdict as it is kept, without the faulty file."""

    file: str
    line: int
    before: str
    after: str
    operator: str
    outcome: str
    by: str
    seconds: float

    @classmethod
    def of(cls, verdict: Verdict) -> Row:
        fault = verdict.fault
        return cls(
            fault.file, fault.line, fault.before, fault.after, fault.operator,
            verdict.outcome, verdict.by, round(verdict.seconds, 2),
        )  # fmt: skip

    @property
    def key(self) -> tuple[str, str, str, str]:
        """As :attr:`tests.mutants.faults.Fault.key`."""
        return self.file, self.before, self.after, self.operator


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A fault that no test can notice because nothing that matters changes, and why."""

    file: str
    line: str
    becomes: str
    operator: str
    reason: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """As :attr:`tests.mutants.faults.Fault.key`."""
        return self.file, self.line, self.becomes, self.operator


def read_equivalent(path: Path = EQUIVALENT) -> list[Equivalent]:
    """Read the list. Raises TypeError where an entry lacks a field or has one too many."""
    return [Equivalent(**entry) for entry in tomllib.loads(path.read_text("utf-8")).get("equivalent", [])]


def stale(tree: Path, known: Iterable[Equivalent]) -> list[Equivalent]:
    """Return the entries whose line is no longer in their file."""

    def gone(entry: Equivalent) -> bool:
        path = tree / entry.file
        return not path.is_file() or entry.line not in map(str.strip, path.read_text("utf-8").splitlines())

    return [entry for entry in known if gone(entry)]


def load(path: Path) -> list[Row]:
    """Return the rows of an earlier run, none where there is no file."""
    return [Row(**row) for row in json.loads(path.read_text("utf-8"))["faults"]] if path.is_file() else []


def save(path: Path, settings: dict[str, object], rows: Sequence[Row]) -> None:
    """Write all of it anew, so that the file is whole whenever the run is stopped."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**settings, "faults": [asdict(row) for row in rows]}, indent=1, ensure_ascii=False)
    half = path.with_suffix(".part")
    half.write_text(text + "\n", encoding="utf-8")
    half.replace(path)


def document(rows: Sequence[Row], known: Sequence[Equivalent]) -> tuple[str, bool]:
    """Return the tables in Markdown, and whether every area that was tried meets its goal."""
    reasons = {entry.key: entry.reason for entry in known}
    totals, met = (
        ["| area | faults | unnoticed | of 100 | goal | equivalent | hung |", "|---|--:|--:|--:|--:|--:|--:|"],
        True,
    )
    for name, (folders, goal) in AREAS.items():
        own = [row for row in rows if row.file.startswith(folders)]
        counted = [row for row in own if not (row.outcome == "survived" and row.key in reasons)]
        if not counted:
            continue
        left = sum(row.outcome == "survived" for row in counted)
        share = 100 * left / len(counted)
        met = met and share <= goal
        hung = sum(row.outcome == "hung" for row in counted)
        totals.append(
            f"| {name} | {len(counted)} | {left} | {share:.0f} | {goal} | {len(own) - len(counted)} | {hung} |"
        )
    survived = sorted((row for row in rows if row.outcome == "survived"), key=lambda row: (row.file, row.line))
    lines = ["| where | line | becomes | operator | seconds | why |", "|---|---|---|---|--:|---|"] if survived else []
    for row in survived:
        why = f"equivalent: {reasons[row.key]}" if row.key in reasons else row.by
        after = _code(row.after) if row.after else "(removed)"
        lines.append(
            f"| {row.file}:{row.line} | {_code(row.before)} | {after} | {row.operator} | {row.seconds:.0f} | {why} |"
        )
    return "\n".join([*totals, "", *lines]), met


def _code(text: str) -> str:
    text = text.replace("|", "\\|")
    return f"`` {text} ``" if "`" in text else f"`{text}`"
