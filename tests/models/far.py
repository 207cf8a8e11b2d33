"""Another way of serving: questions go over a plain pipe to a process that answers them, as a larger machine would.

``python -m tests.models.far`` is that process; :class:`Far` is what a page calls.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
import time
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

from nlpcore.errors import LearnerError
from nlpcore.models import workers
from nlpcore.models.serving import InProcess, served


class Far:
    """Serves by a process of its own, a connection for each question."""

    def __init__(self) -> None:
        key = secrets.token_hex(16)
        environment = os.environ | {"FAR_KEY": key}
        command = [sys.executable, "-m", "tests.models.far"]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self._address, self._key = self.process.stdout.readline().strip(), key.encode()

    def run(
        self, function: Any, model_id: str | None, *, on_progress: Any = None, on_place: Any = None, **data: Any
    ) -> Any:
        listeners = {"progress": on_progress, "place": on_place}
        with Client(self._address, authkey=self._key) as connection:
            connection.send((function, model_id, data))
            while True:
                kind, value = connection.recv()
                if kind == "done":
                    return value
                if kind == "failed":
                    raise value
                if listeners[kind] is not None:
                    listeners[kind](value)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


def until(path: str, report: Any) -> int:
    """Report until the file at ``path`` is there; return the process."""
    for step in range(2000):
        report(step)
        if Path(path).exists():
            break
        time.sleep(0.02)
    return os.getpid()


@served
def wait_for(path: str, asked_by: int = 0) -> tuple[int, int]:
    """Return the processes that served and that computed, once the file is there."""
    return os.getpid(), workers.run(until, path)


@served
def refuse(count: int) -> None:
    raise LearnerError("map_too_few", count=count, fewest=5)


def _answer(connection: Connection, server: InProcess) -> None:
    with connection:
        function, model_id, data = connection.recv()
        try:
            found = server.run(
                function, model_id,
                on_progress=lambda value: connection.send(("progress", value)),
                on_place=lambda value: connection.send(("place", value)),
                **data,
            )  # fmt: skip
            connection.send(("done", found))
        except LearnerError as error:
            connection.send(("failed", error))


def main() -> None:
    server = InProcess(pool=workers.Pool(size=1))
    with Listener(authkey=os.environ["FAR_KEY"].encode()) as listener:
        print(listener.address, flush=True)
        while True:
            connection = listener.accept()
            threading.Thread(target=_answer, args=(connection, server), daemon=True).start()


if __name__ == "__main__":
    main()
