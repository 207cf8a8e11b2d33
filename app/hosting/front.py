"""One address for several servers: ``python -m app.server --servers 2``.

Python runs one thread at a time, so one server is one core's worth of pages. Here servers are started side by side, on
ports that only this computer reaches, and every connection is handed to the one that has its visitor: a session, its
figures and files live in one process. A connection is passed on byte by byte after the head of its first request was read.
It carries one request, as a proxy in front of this may send those of several visitors over one connection; WebSockets, over
which every page runs, stay open.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import http.client
import json
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

import h11
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST
from starlette.requests import cookie_parser

from app.hosting import metrics
from app.hosting.guards import SAFE_HEADERS, VISITOR, Refusal, policy, refusal_page
from app.lessons import ROOT

_log = logging.getLogger(__name__)
_MOST = 262_144  # bytes of a head: above what the servers take themselves, who then say so
_HEAD_SECONDS = 30.0  # to send one
_START_SECONDS = 30.0  # that a visitor waits for a server that is being started (again)
_SETTLED = 10.0  # seconds after which a server that ends was none that could not start
_PART = 65_536
_OF_PROXIES = ("forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-real-ip")
_ASKED_OF_ALL = ("/ready", "/metrics")


def share(visitor: str, servers: int) -> int:
    """Return the number of the server (0 to ``servers`` − 1) that a visitor belongs to: the same every time."""
    drawn = hashlib.blake2b(visitor.encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return int.from_bytes(drawn) % servers


@dataclass(frozen=True)
class Head:
    """What stands before the body of a request: its method, target and version, and its headers as they were written."""

    request: h11.Request
    peer: str  # the address at the other end of the connection

    @property
    def path(self) -> str:
        return self.request.target.split(b"?", 1)[0].decode("latin-1")

    def header(self, name: str) -> str:
        """Return a header's value, those of several with the same name one after the other; "" where there is none."""
        between = "; " if name == "cookie" else ", "
        return between.join(value.decode("latin-1") for key, value in self.request.headers if key == name.encode())

    @property
    def visitor(self) -> str:
        """Whose request it is: the name that the browser was given, else the address that it comes from."""
        forwarded = self.header("x-forwarded-for").split(",")[0].strip() if self._is_here else ""
        return cookie_parser(self.header("cookie")).get(VISITOR) or forwarded or self.peer

    @property
    def _is_here(self) -> bool:
        """Whether it comes from this computer, as that of a proxy here does: only such a one is believed."""
        return self.peer in ("127.0.0.1", "::1", "::ffff:127.0.0.1")

    def passed_on(self) -> bytes:
        """Return the head as the server gets it: for one request, with the address of who asks from elsewhere."""
        left_out = {"connection", "keep-alive", "proxy-connection"}
        own = []
        if self.header("upgrade").lower() == "websocket":
            own.append((b"Connection", b"Upgrade"))
        else:
            own.append((b"Connection", b"close"))
        if not self._is_here:
            left_out.update(_OF_PROXIES)
            own.append((b"X-Forwarded-For", self.peer.removeprefix("::ffff:").encode()))
        kept = [(key, value) for key, value in self.request.headers.raw_items() if key.lower().decode() not in left_out]
        first = b"%s %s HTTP/%s" % (self.request.method, self.request.target, self.request.http_version)
        return b"\r\n".join([first, *(b"%s: %s" % each for each in (*kept, *own)), b"", b""])


async def read_head(reader: asyncio.StreamReader, peer: str) -> tuple[Head, bytes] | None:
    """Read the head of a request, and what of its body came with it; None where the connection ended before.

    Raises:
        h11.RemoteProtocolError: it is none, or larger than any that a server takes.
    """
    parser = h11.Connection(h11.SERVER, max_incomplete_event_size=_MOST)
    while True:
        event = parser.next_event()
        if isinstance(event, h11.Request):
            return Head(event, peer), parser.trailing_data[0]
        if event is not h11.NEED_DATA:
            return None
        parser.receive_data(await reader.read(_PART))


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes, until it ends."""
    with contextlib.suppress(OSError):
        while part := await reader.read(_PART):
            writer.write(part)
            await writer.drain()


class Front:
    """Shares connections among servers on these ports of this computer."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._ports = tuple(ports)

    async def listen(self, address: str, port: int) -> asyncio.Server:
        return await asyncio.start_server(self._connected, address, port, backlog=1024)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername") or ("", 0)
        try:
            found = await asyncio.wait_for(read_head(reader, peer[0]), _HEAD_SECONDS)
            if found is not None:
                await self._answered(*found, reader, writer)
        except h11.RemoteProtocolError as error:
            _answer(writer, error.error_status_hint, "text/plain", b"")
        except (OSError, TimeoutError):
            pass
        finally:
            writer.close()

    async def _answered(
        self, head: Head, begun: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if head.request.method == b"GET" and head.path in _ASKED_OF_ALL:
            _answer(writer, *await self._asked_of_all(head))
            return
        there = await self._reached(share(head.visitor, len(self._ports)))
        if there is None:
            page = refusal_page(Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "starting", ""), ())
            _answer(writer, HTTPStatus.SERVICE_UNAVAILABLE, "text/html; charset=utf-8", page.encode())
            return
        answers, server = there
        server.write(head.passed_on() + begun)
        ways = [asyncio.create_task(_carry(reader, server)), asyncio.create_task(_carry(answers, writer))]
        try:
            # Whoever ends first ends it for both: a browser that has gone, a server that has said everything.
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            with contextlib.suppress(OSError):
                await writer.drain()
        finally:
            for way in ways:
                way.cancel()
            server.close()

    async def _reached(self, number: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """Connect to a server, waiting for one that is being started; None where that takes too long."""
        end = asyncio.get_running_loop().time() + _START_SECONDS
        while True:
            try:
                return await asyncio.open_connection("127.0.0.1", self._ports[number])
            except OSError:
                if asyncio.get_running_loop().time() > end:
                    return None
                await asyncio.sleep(0.1)

    async def _asked_of_all(self, head: Head) -> tuple[int, str, bytes]:
        """Return status, type and body of what all servers say together to a question about the host."""
        told = await asyncio.gather(*(asyncio.to_thread(_told, port, head) for port in self._ports))
        if head.path == "/ready":
            return _ready([(status, body) for status, _, body in told])
        for status, kind, body in told:
            if status != HTTPStatus.OK:
                return status, kind, body
        merged = metrics.together([body.decode() for _, _, body in told])
        return HTTPStatus.OK, CONTENT_TYPE_LATEST, merged


def _told(port: int, head: Head) -> tuple[int, str, bytes]:
    """Ask one server what a request asks; 503 where it does not answer."""
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        server.putrequest("GET", head.path, skip_host=True, skip_accept_encoding=True)
        for line in head.passed_on().split(b"\r\n")[1:-2]:
            name, _, value = line.partition(b": ")
            if name.lower() in (b"host", b"origin", b"authorization", *(each.encode() for each in _OF_PROXIES)):
                server.putheader(name, value)
        server.endheaders()
        answer = server.getresponse()
        return answer.status, answer.headers.get("content-type", "text/plain"), answer.read()
    except (OSError, http.client.HTTPException):
        return HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", b""
    finally:
        server.close()


def _ready(told: Sequence[tuple[int, bytes]]) -> tuple[int, str, bytes]:
    """Join the answers to ``/ready``: 200 once all servers have what they were to load."""
    status = max(status for status, _ in told)
    servers = [json.loads(body) if body.startswith(b"{") else {"ready": False} for _, body in told]
    said = {"ready": all(each["ready"] for each in servers), "servers": servers}
    return status, "application/json", json.dumps(said).encode()


def _answer(writer: asyncio.StreamWriter, status: int, kind: str, body: bytes) -> None:
    """Answer a request here, and nothing after it."""
    reason = HTTPStatus(status).phrase
    head = f"HTTP/1.1 {int(status)} {reason}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n"
    own = {**SAFE_HEADERS, "content-security-policy": policy(), "cache-control": "no-store", "connection": "close"}
    writer.write((head + "".join(f"{name}: {value}\r\n" for name, value in own.items()) + "\r\n").encode() + body)


# -- the processes -----------------------------------------------------------------------------------------------------


def free_ports(count: int) -> list[int]:
    """Return ports of this computer at which nobody listens."""
    with contextlib.ExitStack() as held:
        found = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(each.getsockname()[1]) for each in found]


def environment(servers: int, memory_bytes: int) -> dict[str, str]:
    """Return the environment of the servers: one secret for the cookies of all, and each its share of the memory."""
    return {
        "STREAMLIT_SERVER_COOKIE_SECRET": secrets.token_hex(32),
        **os.environ,
        "NLPCORE_MEMORY_MB": str(memory_bytes // servers // 1_000_000),
    }


class CannotStartError(Exception):
    """A server ended before it had begun."""


async def _kept(number: int, port: int, names: Sequence[str], env: dict[str, str]) -> None:
    """Run a server, and another in its place where it ends.

    Raises:
        CannotStartError: the first one ended at once.
    """
    command = [sys.executable, "-m", "app.server", "--address", "127.0.0.1", "--port", str(port)]
    command += [part for name in names for part in ("--name", name)] + ["--under", str(os.getpid())]
    loop, tries = asyncio.get_running_loop(), 0
    while True:
        begun = loop.time()
        # A session of its own: who stops the front by the keyboard stops the front, which then stops them.
        server = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=env, stdout=asyncio.subprocess.DEVNULL, start_new_session=True
        )
        try:
            status = await server.wait()
        finally:
            if server.returncode is None:
                await _stopped(server)
        lived = loop.time() - begun
        if tries == 0 and lived < _SETTLED and status >= 0:
            raise CannotStartError(f"server {number} ended with {status}")
        tries = 1 if lived > _SETTLED else tries + 1
        _log.error("server %d ended with %s and is started again", number, status)
        await asyncio.sleep(min(30.0, 0.1 * 2**tries))


async def _stopped(server: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        server.terminate()
        try:
            await asyncio.wait_for(server.wait(), 10)
        except TimeoutError:
            server.kill()
            await server.wait()


async def run(address: str, port: int, names: Sequence[str], servers: int, memory_bytes: int) -> None:
    """Start servers and share visitors among them, until this process is told to end.

    Args:
        address, port: where visitors come.
        names: by which they may ask for it; empty where any will do.
        servers: how many.
        memory_bytes: that the models of all of them may take.

    Raises:
        OSError: somebody else listens there.
        CannotStartError: a server ended at once; the log says why.
    """
    loop = asyncio.get_running_loop()
    ports = free_ports(servers)
    listening = await Front(ports).listen(address, port)
    env = environment(servers, memory_bytes)
    kept = [asyncio.create_task(_kept(number, each, names, env)) for number, each in enumerate(ports)]
    ended = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # on Windows, where the keyboard ends the loop
            loop.add_signal_handler(each, ended.set)
    waiting = asyncio.create_task(ended.wait())
    try:
        done, _ = await asyncio.wait([waiting, *kept], return_when=asyncio.FIRST_COMPLETED)
    finally:
        listening.close()
        for task in (waiting, *kept):
            task.cancel()
        await asyncio.gather(waiting, *kept, return_exceptions=True)
    for task in done - {waiting}:
        task.result()
