"""Several servers behind one address: everybody stays with theirs, and nobody passes for another."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from typing import Any, TypeVar

import psutil
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from websockets.sync.client import connect

from app import server
from app.hosting import front
from app.hosting.guards import VISITOR
from app.lessons import ROOT
from tests.e2e.browser import free_port, serve
from tests.hosting.shaking import shake_hands

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    with ThreadPoolExecutor(1) as thread:  # in this one a browser of other tests may have its loop
        return thread.submit(asyncio.run, work).result(60)


# -- whose request it is -----------------------------------------------------------------------------------------------


def test_visitors_are_shared_out_evenly_and_for_good() -> None:
    names = [f"visitor-{number}" for number in range(3000)]
    shares = [front.share(name, 3) for name in names]
    assert all(900 < count < 1100 for count in Counter(shares).values()) and set(shares) == {0, 1, 2}
    program = "from app.hosting.front import share; print([share(f'visitor-{n}', 3) for n in range(50)])"
    other = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": "7"}, cwd=ROOT, capture_output=True
    )
    assert json.loads(other.stdout) == shares[:50], "by another process as well"


def head(text: str, peer: str = "127.0.0.1") -> front.Head:
    async def read() -> front.Head:
        reader = asyncio.StreamReader()
        reader.feed_data(text.replace("\n", "\r\n").encode() + b"\r\n\r\n")
        reader.feed_eof()
        found = await front.read_head(reader, peer)
        assert found is not None and found[1] == b""
        return found[0]

    return run(read())


class Read(BaseHTTPRequestHandler):
    """A head as Python's own server reads it."""

    def __init__(self, head: bytes) -> None:
        self.rfile, self.wfile = BytesIO(head), BytesIO()
        self.raw_requestline = self.rfile.readline()
        assert self.parse_request()


def test_a_browser_is_known_by_its_name_then_by_its_address() -> None:
    named = f"GET / HTTP/1.1\nHost: a\nCookie: x=1; {VISITOR}=Ana\nX-Forwarded-For: 10.0.0.7"
    assert head(named).visitor == head(named, "10.0.0.8").visitor == "Ana"
    assert head(f"GET / HTTP/1.1\nHost: a\nCookie: x=1\nCookie: {VISITOR}=Ben").visitor == "Ben"
    nameless = "GET / HTTP/1.1\nHost: a\nX-Forwarded-For: 10.0.0.7, 10.0.0.1"
    assert head(nameless).visitor == "10.0.0.7", "a proxy here says whose it is"
    assert head(nameless, "10.0.0.8").visitor == "10.0.0.8", "who comes from elsewhere is not believed"


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "10.0.0.8", "::ffff:10.0.0.8", "fe80::7"])
def test_a_head_is_passed_on_with_the_address_of_who_asks(peer: str) -> None:
    text = (
        "PUT /a%20b?text=%E4%BD%A0&x=1 HTTP/1.1\nHost: nlp.example.edu\nX-Two: b\nX-Two: a\nConnection: keep-alive\n"
        "Keep-Alive: timeout=5\nX-Forwarded-For: 1.2.3.4\nX-Forwarded-Proto: https\nContent-Length: 3\nOrigin: https://a"
    )
    found = Read(head(text, peer).passed_on())
    assert (found.command, found.path, found.request_version) == ("PUT", "/a%20b?text=%E4%BD%A0&x=1", "HTTP/1.1")
    told = found.headers
    assert (told["Host"], told["Origin"], told["Content-Length"]) == ("nlp.example.edu", "https://a", "3")
    assert told.get_all("X-Two") == ["b", "a"] and told.get_all("Connection") == ["close"]
    assert "Keep-Alive" not in told
    here = peer in ("127.0.0.1", "::1")
    assert told.get_all("X-Forwarded-For") == ["1.2.3.4" if here else peer.removeprefix("::ffff:")]
    assert told.get_all("X-Forwarded-Proto") == (["https"] if here else None)


def test_a_handshake_stays_one() -> None:
    text = "GET /_stcore/stream HTTP/1.1\nHost: a\nConnection: keep-alive, Upgrade\nUpgrade: websocket"
    told = Read(head(text).passed_on()).headers
    assert told.get_all("Connection") == ["Upgrade"] and told["Upgrade"] == "websocket"


# -- what is passed on, with servers that say who they are -------------------------------------------------------------


@contextlib.contextmanager
def shared(answer: Callable[[int, bytes], bytes], count: int = 2) -> Iterator[int]:
    """Put a front before servers that answer what they have read to its end; yield its port."""
    loop = asyncio.new_event_loop()

    async def begin() -> int:
        ports = []
        for number in range(count):

            async def answered(
                reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int = number
            ) -> None:
                read = await reader.readuntil(b"\r\n\r\n")
                length = int((re.search(rb"content-length: (\d+)", read, re.IGNORECASE) or [0, 0])[1])
                writer.write(answer(number, read + await reader.readexactly(length)))
                await writer.drain()
                writer.close()

            listening = await asyncio.start_server(answered, "127.0.0.1", 0)
            ports.append(listening.sockets[0].getsockname()[1])
        there = await front.Front(ports).listen("127.0.0.1", 0)
        return int(there.sockets[0].getsockname()[1])

    with ThreadPoolExecutor(1) as thread:
        thread.submit(loop.run_forever)
        try:
            yield asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
        finally:
            loop.call_soon_threadsafe(loop.stop)


def who(number: int, read: bytes) -> bytes:
    body = f"{number} {len(read.partition(bytes([13, 10, 13, 10]))[2])}".encode()
    return b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


async def said(port: int, *parts: bytes) -> bytes:
    """Send parts one after the other, and return everything that comes until the other side ends it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.suppress(OSError):
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.02)
    try:
        return await asyncio.wait_for(reader.read(), 20)
    finally:
        writer.close()


def visitor_of(number: int) -> str:
    return next(name for name in map(str, range(100)) if front.share(name, 2) == number)


def ask(visitor: str) -> bytes:
    return f"GET / HTTP/1.1\r\nHost: a\r\nCookie: {VISITOR}={visitor}\r\n\r\n".encode()


def test_everybody_gets_their_own_server_and_one_answer_a_connection() -> None:
    first, second = visitor_of(0), visitor_of(1)
    with shared(who) as port:
        assert run(said(port, ask(first))).endswith(b"0 0") and run(said(port, ask(second))).endswith(b"1 0")
        # As a proxy might send those of two visitors: the second is not answered by the server of the first.
        both = run(said(port, ask(first) + ask(second)))
        assert both.count(b"HTTP/1.1 200") == 1 and both.endswith(b"0 0")
        assert run(said(port, ask(second)[:20], ask(second)[20:40], ask(second)[40:])).endswith(b"1 0"), "in parts"


def test_a_body_arrives_whole() -> None:
    asked = (
        f"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\nCookie: {VISITOR}={visitor_of(1)}\r\n\r\n".encode()
    )
    with shared(who) as port:
        assert run(said(port, asked + b"x" * 100, b"y" * 199_900, b"z" * 100_000)).endswith(b"1 300000")


def test_an_answer_arrives_whole_though_it_is_read_slowly() -> None:
    large = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + bytes(20_000_000)
    with shared(lambda *_: large) as port:
        assert run(said(port, ask("Ana"))) == large


@pytest.mark.parametrize(
    ("nonsense", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(50) + b"\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\n", 400),
        (b"GET /%s HTTP/1.1\r\n" % (b"x" * 300_000), 431),
        (b"\r\n\r\n\r\n" * 3 + b"no request\r\n\r\n", 400),
    ],
)
def test_nonsense_is_answered_and_reaches_no_server(nonsense: bytes, status: int) -> None:
    with shared(lambda *_: b"reached") as port:
        assert run(said(port, nonsense)).startswith(b"HTTP/1.1 %d " % status)


def test_who_says_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "_HEAD_SECONDS", 0.2)
    with shared(lambda *_: b"reached") as port:
        assert run(said(port, b"GET / HTTP/1.1\r\n")) == b""


def test_a_server_that_is_not_there_yet_is_waited_for_and_then_a_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def late() -> tuple[bytes, bytes]:
        (port,) = front.free_ports(1)
        there = await front.Front([port]).listen("127.0.0.1", 0)
        at = there.sockets[0].getsockname()[1]
        monkeypatch.setattr(front, "_START_SECONDS", 0.2)
        without = await said(at, ask("Ana"))
        monkeypatch.setattr(front, "_START_SECONDS", 20.0)
        asked = asyncio.create_task(said(at, ask("Ana")))
        await asyncio.sleep(0.3)

        async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(who(0, await reader.readuntil(b"\r\n\r\n")))
            writer.close()

        async with await asyncio.start_server(answered, "127.0.0.1", port):
            return without, await asked

    without, then = run(late())
    assert (
        without.startswith(b"HTTP/1.1 503")
        and 'lang="zh"' in without.decode()
        and "answers in a moment" in without.decode()
    )
    assert then.endswith(b"0 0")


def test_the_memory_is_shared_out_and_one_secret_signs_the_cookies_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STREAMLIT_SERVER_COOKIE_SECRET", raising=False)
    found = front.environment(4, 8_000_000_000)
    assert found["NLPCORE_MEMORY_MB"] == "2000" and len(found["STREAMLIT_SERVER_COOKIE_SECRET"]) >= 32
    monkeypatch.setenv("STREAMLIT_SERVER_COOKIE_SECRET", "own")
    assert front.environment(2, 1)["STREAMLIT_SERVER_COOKIE_SECRET"] == "own"


def test_a_server_that_cannot_start_ends_the_others_and_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front.sys, "executable", "false")
    with pytest.raises(front.CannotStartError, match="ended with 1"):
        run(front._kept(0, 1, [], {}))


# -- real servers ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serve(None, "--servers", "2", "--address", "0.0.0.0", NLPCORE_PRELOAD="lstm-chars") as url:
        yield int(url.rsplit(":", 1)[1])


def get(port: int, path: str, host: str = "127.0.0.1", **headers: str) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection(host, port, timeout=30)
    connection.request("GET", path, headers={"Host": f"localhost:{port}", **headers})
    answer = connection.getresponse()
    found = answer.status, {name.lower(): each for name, each in answer.getheaders()}, answer.read().decode()
    connection.close()
    return found


def numbers(port: int, name: str) -> list[float]:
    """Return a number of every server."""
    families = text_string_to_metric_families(get(port, "/metrics")[2])
    found = {each.labels["server"]: each.value for family in families for each in family.samples if each.name == name}
    return [found[server] for server in sorted(found)]


def test_it_is_ready_when_all_of_them_are(port: int) -> None:
    end = time.monotonic() + 120
    while (found := get(port, "/ready"))[0] == 503 and time.monotonic() < end:
        assert json.loads(found[2])["ready"] is False
        time.sleep(0.1)
    told = json.loads(found[2])
    assert found[0] == 200 and told["ready"] and [each["models"]["loaded"] for each in told["servers"]] == [1, 1]


def test_their_numbers_are_told_together_to_this_computer_alone(port: int) -> None:
    assert all(memory > 1e6 for memory in numbers(port, "process_resident_memory_bytes"))
    assert numbers(port, "nlp_sessions") == [0, 0]
    assert get(port, "/metrics", **{"X-Forwarded-For": "10.0.0.7"})[0] == 404, "through a proxy here"
    elsewhere = next((each for each in server.reached_at("0.0.0.0") if each != "localhost"), None)
    if elsewhere:
        assert get(port, "/", elsewhere)[0] == 200 and get(port, "/metrics", elsewhere)[0] == 404
        forged = {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1", "X-Real-IP": "127.0.0.1"}
        assert get(port, "/metrics", elsewhere, **forged)[0] == 404


def test_each_answer_says_what_the_page_may_do(port: int) -> None:
    for path in ("/", "/metrics", "/ready", "/_stcore/health"):
        status, headers, _ = get(port, path)
        assert status in (200, 503) and "default-src 'self'" in headers["content-security-policy"], path
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "same-origin"), path


def test_foreign_pages_are_refused_as_by_one_server(port: int) -> None:
    assert shake_hands(port, f"localhost:{port}", f"http://localhost:{port}") == 101
    assert shake_hands(port, f"localhost:{port}", "http://evil.example") == 403
    assert get(port, "/", Origin="http://evil.example")[0] == 403
    assert get(port, "/", Host="evil/<script>")[0] == 421


def test_a_visitor_s_tabs_are_with_one_server(port: int) -> None:
    given = SimpleCookie(get(port, "/")[1]["set-cookie"])[VISITOR].value
    with contextlib.ExitStack() as tabs:
        for _ in range(3):
            cookie = {"Cookie": f"{VISITOR}={given}"}
            tabs.enter_context(
                connect(f"ws://localhost:{port}/_stcore/stream", subprotocols=["streamlit"], additional_headers=cookie)  # type: ignore[list-item]
            )
        wanted = [0.0, 0.0]
        wanted[front.share(given, 2)] = 3.0
        assert numbers(port, "nlp_sessions") == wanted


def _servers(pid: int) -> list[psutil.Process]:
    return [child for child in psutil.Process(pid).children() if "--under" in child.cmdline()]


def _ended(processes: list[psutil.Process], seconds: float = 15) -> bool:
    return not psutil.wait_procs(processes, timeout=seconds)[1]


@contextlib.contextmanager
def own() -> Iterator[tuple[int, psutil.Process]]:
    """Start two servers; yield their port, and the process in front of them."""
    at = free_port()
    with serve(at, "--servers", "2"):
        (pid,) = (
            child
            for child in psutil.Process().children()
            if "--servers" in child.cmdline() and str(at) in child.cmdline()
        )
        yield at, pid


def test_one_that_dies_is_started_again() -> None:
    with own() as (at, process):
        for name in (visitor_of(0), visitor_of(1)):
            assert get(at, "/_stcore/health", Cookie=f"{VISITOR}={name}")[0] == 200
        killed = _servers(process.pid)[0]
        killed.send_signal(signal.SIGKILL)
        assert _ended([killed])
        for name in (visitor_of(0), visitor_of(1)):  # waits for the new one
            assert get(at, "/_stcore/health", Cookie=f"{VISITOR}={name}")[0] == 200
        both = _servers(process.pid)
        assert len(both) == 2 and killed.pid not in [each.pid for each in both]
        process.terminate()
        assert _ended([process, *both])


def test_they_end_with_what_is_in_front_of_them() -> None:
    with own() as (_, process):
        both = _servers(process.pid)
        assert len(both) == 2
        process.kill()
        assert _ended([process, *both])
