"""A process that has imported the heavy libraries once and forks for each module of tests: started by ``running``.

It is run by its path in a copy of the tree, and imports nothing of the project: a forked child imports the copy's
modules anew, with the fault in them. Requests and answers are lines of JSON.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

HEAVY = (
    "numpy", "scipy.stats", "scipy.sparse", "yaml", "torch", "safetensors.torch", "tokenizers", "transformers",
    "transformers.models.bert.modeling_bert", "transformers.models.llama.modeling_llama", "sklearn.manifold",
    "sklearn.decomposition", "gensim.models", "openTSNE", "pandas", "plotly.graph_objects", "streamlit",
    "streamlit.testing.v1", "hypothesis", "pytest", "_pytest.pytester", "coverage", "onnxruntime",
)  # fmt: skip


class _Witness:
    """Notes the first test that fails and all that do; a skipped test notices nothing."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


def child(request: dict[str, Any], answer: Path) -> int:
    """Run the tests of a request in the current folder; write what failed and, where asked, the lines that ran."""
    import pytest

    root = Path.cwd()
    sys.path.insert(0, str(root))
    witness, lines = _Witness(), {}
    if request["cover"]:
        import coverage

        measured = coverage.Coverage(data_file=None, source=[str(root / name) for name in request["cover"]])
        measured.start()
    code = int(pytest.main(request["arguments"], plugins=[witness]))
    if request["cover"]:
        measured.stop()
        data = measured.get_data()
        lines = {
            Path(name).relative_to(root).as_posix(): sorted(data.lines(name) or ()) for name in data.measured_files()
        }
    answer.write_text(json.dumps({"code": code, "failed": witness.failed, "lines": lines}), encoding="utf-8")
    return code


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Fork, wait at most ``request["timeout"]`` seconds, and end everything that the child has started."""
    answer, log = Path(request["answer"]), request["log"]
    answer.unlink(missing_ok=True)
    begun = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        to = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(to, 1)
        os.dup2(to, 2)
        code = 3
        try:
            code = child(request, answer)
        finally:
            sys.stdout.flush()
            os._exit(code)
    hung = not _ended(pid, begun + request["timeout"])
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    if hung:
        os.waitpid(pid, 0)
    said = json.loads(answer.read_text("utf-8")) if answer.exists() and not hung else {"code": 3, "failed": []}
    return {"lines": {}, **said, "hung": hung, "seconds": time.monotonic() - begun}


def _ended(pid: int, until: float) -> bool:
    pause = 0.005
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        if time.monotonic() > until:
            return False
        time.sleep(pause)
        pause = min(0.1, pause * 1.3)
    return True


def main() -> None:
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print while they are imported is no answer
    for name in sys.argv[1].split(",") if len(sys.argv) > 1 else HEAVY:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), file=out, flush=True)


if __name__ == "__main__":
    main()
