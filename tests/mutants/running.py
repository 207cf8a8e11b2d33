"""Putting faults into copies of the tree and seeing which tests notice them."""

from __future__ import annotations

import hashlib
import json
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from tests.mutants.faults import Fault
from tests.mutants.related import NEVER, Tests, further, related

SERVER = Path(__file__).with_name("server.py")
ARGUMENTS = ("-x", "-q", "-p", "no:cacheprovider", "-m", "not browser", "--tb=line", "--hypothesis-seed=0")
SOURCES = ("nlpcore", "app", "pages")
SLOWEST_FACTOR, SLOWEST_LEAST = 4, 20  # a fault hangs when tests take this many times longer, and so many seconds
BASELINE_LIMIT = 400  # seconds for one module of tests without a fault
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")  # threads do not survive a fork
_PASSED, _NOTHING_COLLECTED = 0, 5

Outcome = Literal["noticed", "hung", "survived"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a fault: ``by`` is the first test that failed, or why there was none; ``seconds`` of all runs."""

    fault: Fault
    outcome: Outcome
    by: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Baseline:
    """A module of tests without any fault: its seconds, what fails all the same, and the lines that ran, by file."""

    seconds: float
    failed: tuple[str, ...]
    lines: dict[str, frozenset[int]]


@dataclass(slots=True)
class Worker:
    """A copy of the tree and the process that runs tests in it."""

    root: Path
    server: subprocess.Popen[str]
    seen: str = ""

    def ask(self, tests: Tests, *, timeout: float, deselect: Iterable[str] = (), cover: bool = False) -> dict[str, Any]:
        """Run one module of tests in the copy."""
        words = ["-k", tests.words] if tests.words else []
        without = [part for nodeid in deselect for part in ("--deselect", nodeid)]
        request = {
            "arguments": [*(ARGUMENTS[1:] if cover else ARGUMENTS), *words, *without, tests.path],
            "cover": [name for name in SOURCES if (self.root / name).is_dir()] if cover else [],
            "timeout": timeout,
            "answer": str(self.root.parent / f"{self.root.name}.json"),
            "log": str(self.root.parent / f"{self.root.name}.log"),
        }
        assert self.server.stdin and self.server.stdout
        print(json.dumps(request), file=self.server.stdin, flush=True)
        answer = self.server.stdout.readline()
        if not answer:
            raise RuntimeError(f"the process that runs the tests has ended; see {request['log']}")
        return dict(json.loads(answer))


def files_of(root: Path) -> list[str]:
    """Return the files of a working tree that git tracks or would track, or all where there is no git."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=root, capture_output=True, text=True, check=False
    )
    if listed.returncode == 0 and listed.stdout:
        return [name for name in listed.stdout.split("\0") if name and (root / name).is_file()]
    return [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]


@contextmanager
def workers(tree: Path, count: int, heavy: Sequence[str] | None = None) -> Iterator[list[Worker]]:
    """Make ``count`` copies of the tree, each with a process that has imported the heavy libraries (None: server's)."""
    files = files_of(tree)
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "PYTEST_ADDOPTS")}
    environment |= dict.fromkeys(_ONE_THREAD, "1") | {"PYTHONHASHSEED": "0", "GIT_CEILING_DIRECTORIES": "/"}
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, ExitStack() as ends:
        found = []
        for number in range(count):
            root = Path(folder).resolve() / f"copy{number}"
            for name in files:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(tree / name, root / name)
            # By the hash of the source: a fault of the same length within the same second must not find old bytecode.
            subprocess.run(
                [sys.executable, "-m", "compileall", "-qq", "--invalidation-mode", "checked-hash", "."],
                cwd=root, check=False,
            )  # fmt: skip
            command = [sys.executable, "-P", str(SERVER), *([",".join(heavy)] if heavy is not None else [])]
            server = subprocess.Popen(
                command, cwd=root, env=environment, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            ends.callback(server.wait)
            ends.callback(server.kill)
            found.append(Worker(root, server))
        yield found


@dataclass(slots=True)
class Judge:
    """Baselines of test modules, measured when first needed and kept in ``cache`` while what they ran stays as it is."""

    tree: Path
    cache: Path
    say: Callable[[str], None]
    _known: dict[Tests, Baseline] = field(default_factory=dict)
    _guard: Any = field(default_factory=threading.Lock)
    _own: dict[Tests, Any] = field(default_factory=dict)
    _shared: bytes = b""

    def __post_init__(self) -> None:
        helpers = [
            name
            for name in sorted(files_of(self.tree))
            if re.fullmatch(r"tests/(.+/)?(?!test_)\w+\.py", name) and not name.startswith(NEVER)
        ]
        self._shared = b"".join((self.tree / name).read_bytes() for name in helpers)
        for row in json.loads(self.cache.read_text("utf-8")) if self.cache.is_file() else []:
            lines = {name: frozenset(numbers) for name, numbers in row["lines"].items()}
            tests = Tests(*row["tests"])
            if row["of"] == self._digest(tests, lines):
                self._known[tests] = Baseline(row["seconds"], tuple(row["failed"]), lines)

    def _digest(self, tests: Tests, lines: Iterable[str]) -> str:
        """Return the hash of what a baseline was measured with: the tests, what they share, and the modules they ran."""
        found = hashlib.sha256(self._shared)
        for name in sorted({tests.path, *lines}):
            path = self.tree / name
            found.update(name.encode() + b"\0" + (path.read_bytes() if path.is_file() else b""))
        return found.hexdigest()

    def baseline(self, worker: Worker, tests: Tests) -> Baseline:
        """Return how the module does without a fault. ``worker``'s copy must hold none."""
        with self._guard:
            own = self._own.setdefault(tests, threading.Lock())
        with own:
            if tests not in self._known:
                answer = worker.ask(tests, timeout=BASELINE_LIMIT, cover=True)
                failed = tuple(answer["failed"])
                if answer["hung"] or (answer["code"] not in (_PASSED, _NOTHING_COLLECTED) and not failed):
                    failed = (tests.path,)
                for nodeid in failed:
                    self.say(f"fails without any fault, so it is left out: {nodeid}")
                lines = {name: frozenset(numbers) for name, numbers in answer["lines"].items()}
                with self._guard:
                    self._known[tests] = Baseline(answer["seconds"], failed, lines)
                    self._keep()
            return self._known[tests]

    def _keep(self) -> None:
        self.cache.parent.mkdir(parents=True, exist_ok=True)
        rows = [
            {
                "tests": [tests.path, tests.words],
                "of": self._digest(tests, found.lines),
                "seconds": found.seconds,
                "failed": found.failed,
                "lines": {name: sorted(numbers) for name, numbers in found.lines.items()},
            }
            for tests, found in self._known.items()
        ]
        self.cache.write_text(json.dumps(rows), encoding="utf-8")

    def judge(self, worker: Worker, fault: Fault) -> Verdict:
        """Run the related tests that reach the faulty line, those that import its module first, until one fails.

        Where none seems to reach the line (another process may), those that import the module run all the same. Where all
        pass, the tests of what is built on the module follow.
        """
        tests, importers = related(self.tree, fault.file)
        reach = self._reaching(worker, fault, tests)
        near = reach or [each for each in tests if each in importers and self._usable(worker, each)]
        seconds = 0.0
        verdict = self._tried(worker, fault, sorted(near, key=lambda each: (each not in importers, self._usual(each))))
        if verdict.outcome == "survived":
            seconds = verdict.seconds
            far = self._reaching(worker, fault, [each for each in further(self.tree, fault.file) if each not in tests])
            verdict = self._tried(worker, fault, sorted(far, key=self._usual))
            reach = [*near, *far] if reach or far else []
        if verdict.outcome != "survived":
            return replace(verdict, seconds=seconds + verdict.seconds)
        why = f"{len(reach)} test modules passed" if reach else "no related test reaches the line"
        return Verdict(fault, "survived", why, seconds + verdict.seconds)

    def _usable(self, worker: Worker, tests: Tests) -> bool:
        return self.baseline(worker, tests).failed != (tests.path,)

    def _usual(self, tests: Tests) -> float:
        return self._known[tests].seconds

    def _reaching(self, worker: Worker, fault: Fault, tests: Iterable[Tests]) -> list[Tests]:
        """Return those of ``tests`` that run the faulty statement. The worker's copy must hold no fault yet."""
        statement = range(fault.statement[0], fault.statement[1] + 1)
        return [
            each
            for each in tests
            if self._usable(worker, each)
            and not self.baseline(worker, each).lines.get(fault.file, frozenset()).isdisjoint(statement)
        ]

    def _tried(self, worker: Worker, fault: Fault, tests: Iterable[Tests]) -> Verdict:
        """Run ``tests`` with the fault in place until one fails."""
        place, sound = worker.root / fault.file, (self.tree / fault.file).read_text("utf-8")
        seconds = 0.0
        place.write_text(fault.code, encoding="utf-8")
        try:
            for each in tests:
                usual = self._known[each]
                limit = max(SLOWEST_LEAST, SLOWEST_FACTOR * usual.seconds)
                answer = worker.ask(each, timeout=limit, deselect=usual.failed)
                seconds += answer["seconds"]
                if answer["hung"]:
                    return Verdict(fault, "hung", f"{each.path} after {limit:.0f} s", seconds)
                if answer["code"] not in (_PASSED, _NOTHING_COLLECTED):
                    return Verdict(fault, "noticed", (answer["failed"] or [each.path])[0], seconds)
        finally:
            place.write_text(sound, encoding="utf-8")
        return Verdict(fault, "survived", "", seconds)


def judge_all(
    tree: Path,
    faults: Sequence[Fault],
    *,
    count: int,
    cache: Path,
    done: Callable[[Verdict], None],
    say: Callable[[str], None] = print,
    heavy: Sequence[str] | None = None,
) -> None:
    """Judge each fault on ``count`` workers; ``done`` is called with each verdict, from one thread at a time."""
    judge = Judge(tree.resolve(), cache, say)
    guard = threading.Lock()
    with workers(tree, count, heavy) as found:
        idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        for worker in found:
            idle.put(worker)

        def one(fault: Fault) -> None:
            worker = idle.get()
            try:
                verdict = judge.judge(worker, fault)
            finally:
                idle.put(worker)
            with guard:
                done(verdict)

        with ThreadPoolExecutor(count) as pool:
            # In the order of files: a worker that measures a baseline is followed by one that needs it.
            for outcome in [pool.submit(one, fault) for fault in sorted(faults, key=lambda fault: fault.file)]:
                outcome.result()
