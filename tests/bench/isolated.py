"""The server on a machine that reaches no other: ``unshare -rn python -m tests.bench.isolated`` prints JSON.

Inside a network namespace of its own there is a loopback interface and no route: whoever asks another host, for this
machine's address say, waits or fails.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import socket
import struct
import subprocess
import sys
import time
from shutil import which

from tests.e2e.browser import serve
from tests.hosting.shaking import shake_hands

STARTS, HANDSHAKES = 3, 50
_SIOCSIFFLAGS, _UP = 0x8914, 0x1  # linux/sockios.h, linux/if.h


def measure() -> dict[str, list[float]] | None:
    """Return seconds until the server answers and milliseconds of refusals; None where there are no namespaces."""
    if not (unshare := which("unshare")):
        return None
    done = subprocess.run([unshare, "-rn", sys.executable, "-m", __name__], capture_output=True, text=True, check=False)
    found: dict[str, list[float]] | None = json.loads(done.stdout) if done.returncode == 0 else None
    return found


def _loopback() -> None:
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _UP))


def _reaches_others() -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("1.1.1.1", 53), timeout=2):
        return True
    return False


def main() -> None:
    _loopback()
    assert not _reaches_others(), "this is not a namespace of its own"
    starts: list[float] = []
    refusals: list[float] = []
    for _ in range(STARTS):
        begun = time.perf_counter()
        with serve(STREAMLIT_SERVER_ADDRESS="0.0.0.0") as url:
            starts.append(time.perf_counter() - begun)
            port = int(url.rsplit(":", 1)[1])
            for _ in range(HANDSHAKES):
                begun = time.perf_counter()
                assert shake_hands(port, f"localhost:{port}", "http://evil.example") == 403
                refusals.append(1000 * (time.perf_counter() - begun))
            assert shake_hands(port, f"localhost:{port}", f"http://localhost:{port}") == 101
    print(json.dumps({"starts": starts, "refusals": refusals}))


if __name__ == "__main__":
    main()
