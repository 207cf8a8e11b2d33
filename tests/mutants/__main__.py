"""Put single-line faults into the code and see whether the tests notice: ``make mutants``.

    python -m tests.mutants --sample 150 --seed 14                   of the whole tree
    python -m tests.mutants --since main~5                           on the lines changed since then
    python -m tests.mutants --only nlpcore --sample 40 --resume      goes on where it was stopped
    python -m tests.mutants --paths nlpcore/words/analogy.py --all   one on every line of a file
    python -m tests.mutants --once-unnoticed                         those of once_unnoticed.toml

Nothing is changed in the working tree: faults are put into copies of it. A table of what survived is printed and written
to build/mutants.md, everything to build/mutants.json. The status is 1 when more survived than the goals allow.
"""

from __future__ import annotations

import argparse
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tests.mutants import once_unnoticed, report
from tests.mutants.faults import Fault, sample
from tests.mutants.running import SOURCES, Verdict, files_of, judge_all

ROOT = Path(__file__).parents[2]
AREAS = {"nlpcore": ("nlpcore/",), "app": ("app/",), "pages": ("pages/",)}


def changed_since(root: Path, revision: str) -> dict[str, set[int]]:
    """Return the lines of each file of Python that are new or changed since ``revision``, committed or not."""
    command = ["git", "diff", "--unified=0", "--no-color", "--no-ext-diff", revision, "--", "*.py"]
    text = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    changed: dict[str, set[int]] = {}
    file = ""
    for line in text.splitlines():
        if line.startswith("+++ "):
            file = line.removeprefix("+++ b/")
        elif line.startswith("@@"):
            start, _, count = line.split("+", 1)[1].split(" ", 1)[0].partition(",")
            changed.setdefault(file, set()).update(range(int(start), int(start) + int(count or 1)))
    return changed


def chosen_lines(root: Path, args: argparse.Namespace) -> dict[str, set[int] | None]:
    """Return the files, and the lines in them (None: all), that the arguments ask for."""
    folders = tuple(folder for area in args.only.split(",") for folder in AREAS[area])
    wanted = tuple(args.paths or ())
    files = [
        name
        for name in files_of(root)
        if name.endswith(".py")
        and name.startswith(folders)
        and (not wanted or name.startswith(wanted))
        and not name.endswith("/learner.py")  # a lesson's learner is a test
    ]
    if not args.since:
        return dict.fromkeys(files)
    changed = changed_since(root, args.since)
    return {name: changed[name] for name in files if name in changed}


def arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--since", metavar="REVISION", help="only lines changed since this revision")
    parser.add_argument("--sample", type=int, default=150, help="at most so many faults (150)")
    parser.add_argument("--all", action="store_true", help="a fault on every line, whatever --sample says")
    parser.add_argument("--seed", type=int, default=14, help="another seed, other faults (14)")
    parser.add_argument("--only", default=",".join(SOURCES), help="areas, with commas: nlpcore, app, pages")
    parser.add_argument("--paths", nargs="+", metavar="PATH", help="files or folders that the faults are made in")
    parser.add_argument("--once-unnoticed", action="store_true", help="the faults of once_unnoticed.toml, no others")
    parser.add_argument("--workers", type=int, default=2, help="processes, each with a copy of the tree (2)")
    parser.add_argument("--resume", action="store_true", help="keep what build/mutants.json knows of the same faults")
    parser.add_argument("--tree", type=Path, default=ROOT, help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if unknown := set(args.only.split(",")) - set(AREAS):
        parser.error(f"no such area: {', '.join(sorted(unknown))}")
    return args


def chosen_faults(root: Path, args: argparse.Namespace) -> list[Fault]:
    """Return the faults that the arguments ask for. Raises ValueError where one that is kept cannot be made any more."""
    if args.once_unnoticed:
        kept = once_unnoticed.read(root / "tests" / "mutants" / "once_unnoticed.toml")
        paths = tuple(args.paths or ("",))
        return once_unnoticed.make(root, [entry for entry in kept if entry.file.startswith(paths)])
    return sample(root, chosen_lines(root, args), None if args.all else args.sample, args.seed)


def main(argv: list[str] | None = None, heavy: Sequence[str] | None = None) -> int:
    """Run it; ``heavy``: libraries to import beforehand, None for those of :mod:`tests.mutants.server`."""
    args = arguments(argv)
    tree: Path = args.tree.resolve()
    kept, table = tree / "build" / "mutants.json", tree / "build" / "mutants.md"
    list_of_equivalent = tree / "tests" / "mutants" / "equivalent.toml"
    known = report.read_equivalent(list_of_equivalent) if list_of_equivalent.is_file() else []
    for entry in (gone := report.stale(tree, known)):
        print(f"equivalent.toml is out of date: {entry.file} no longer has the line: {entry.line}")
    faults = chosen_faults(tree, args)
    keys = {fault.key for fault in faults}
    rows = [row for row in report.load(kept) if row.key in keys] if args.resume else []
    open_faults = [fault for fault in faults if fault.key not in {row.key for row in rows}]
    print(f"{len(faults)} faults, seed {args.seed}, {len(rows)} of them known from before", flush=True)
    begun = time.monotonic()
    settings = {"since": args.since, "seed": args.seed, "only": args.only, "paths": args.paths}

    def done(verdict: Verdict) -> None:
        row = report.Row.of(verdict)
        rows.append(row)
        report.save(kept, settings, rows)
        said = (
            f"{row.outcome:9}{row.seconds:6.1f} s  {row.file}:{row.line}  {row.before}  ->  {row.after or '(removed)'}"
        )
        print(f"{len(rows):4}/{len(faults)}  {said}  [{row.by}]", flush=True)

    if open_faults:
        count, cache = min(args.workers, len(open_faults)), kept.with_name("mutants-baseline.json")
        judge_all(tree, open_faults, count=count, cache=cache, done=done, heavy=heavy)
    text, met = report.document(rows, known)
    table.parent.mkdir(parents=True, exist_ok=True)
    table.write_text(text + "\n", encoding="utf-8")
    print(f"\n{text}\n\n{len(open_faults)} faults in {time.monotonic() - begun:.0f} s")
    return 0 if met and not gone else 1


if __name__ == "__main__":
    raise SystemExit(main())
