"""The server as a host starts it: what it asks of others, what it answers, and what it says of itself."""

from __future__ import annotations

import http.client
import itertools
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from streamlit import config
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from app import server
from app.hosting import files
from app.hosting.guards import VISITOR, Guard
from tests.e2e.browser import serve
from tests.hosting.shaking import shake_hands


@pytest.fixture(scope="module")
def asked_of_others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, list[bytes]]]:
    """A server whose way out leads to us: yield its port and, as they come, the requests that it makes of others."""
    requests: list[bytes] = []
    trap = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                caught, _ = trap.accept()
            except OSError:
                return
            with caught:
                requests.append(caught.recv(200))

    threading.Thread(target=listen, daemon=True).start()
    proxy = f"http://127.0.0.1:{trap.getsockname()[1]}"
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), proxy)
    own = "localhost,127.0.0.1"
    everywhere = {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0", "NO_PROXY": own, "no_proxy": own}
    with serve(**proxies, **everywhere, NLPCORE_PRELOAD="lstm-chars, no-such-model") as url:
        yield int(url.rsplit(":", 1)[1]), requests
    trap.close()


def get(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={"Host": f"localhost:{port}", **headers})
    answer = connection.getresponse()
    found = (
        answer.status,
        {name.lower(): value for name, value in answer.getheaders()},
        answer.read().decode(errors="replace"),
    )
    connection.close()
    return found


def test_nobody_is_asked_for_this_machine_s_address(asked_of_others: tuple[int, list[bytes]]) -> None:
    port, requests = asked_of_others
    assert shake_hands(port, f"localhost:{port}", f"http://localhost:{port}") == 101
    assert shake_hands(port, f"localhost:{port}", "http://evil.example") == 403
    assert get(port, "/", Origin="http://evil.example")[0] == 403
    assert requests == []


def test_it_is_ready_when_what_was_asked_for_is_loaded(asked_of_others: tuple[int, list[bytes]]) -> None:
    port, _ = asked_of_others
    end = time.monotonic() + 120
    while (found := get(port, "/ready"))[0] == 503 and time.monotonic() < end:
        assert json.loads(found[2])["ready"] is False
        time.sleep(0.1)
    said = {"ready": True, "models": {"wanted": 2, "loaded": 1, "missing": ["no-such-model"]}}
    assert (found[0], json.loads(found[2])) == (200, said)
    assert "nlp_models_preloaded 1.0" in get(port, "/metrics")[2]


def test_every_answer_says_what_the_page_may_do(asked_of_others: tuple[int, list[bytes]]) -> None:
    port, _ = asked_of_others
    for path in ("/", "/metrics", "/_stcore/health", "/favicon.png"):
        status, headers, _ = get(port, path)
        assert status == 200, path
        assert "default-src 'self'" in headers["content-security-policy"], path
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "same-origin"), path


def test_no_file_is_taken(asked_of_others: tuple[int, list[bytes]]) -> None:
    port, _ = asked_of_others
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("PUT", "/_stcore/upload_file/session/file", body=b"x" * 1000)
    answer = connection.getresponse()
    assert answer.status == 403 and "takes no files" in answer.read().decode()
    connection.close()


def test_a_message_that_no_page_needs_ends_its_connection(asked_of_others: tuple[int, list[bytes]]) -> None:
    """It is never ended, as by somebody who wants the server to hold it."""
    port, _ = asked_of_others
    sent = itertools.count()

    def parts() -> Iterator[bytes]:
        while next(sent) < 500:
            yield b"x" * 1_000_000

    address = f"ws://localhost:{port}/_stcore/stream"
    # By the server, and perhaps before we have read why.
    with pytest.raises(ConnectionClosed), connect(address, subprotocols=["streamlit"]) as socket:  # type: ignore[list-item]
        socket.send(parts())
        socket.recv(timeout=60)
    assert next(sent) < 100, "what the network holds on the way, and no more"
    assert get(port, "/_stcore/health")[0] == 200


def test_a_browser_is_given_a_name_once(asked_of_others: tuple[int, list[bytes]]) -> None:
    port, _ = asked_of_others
    given = [SimpleCookie(get(port, path)[1]["set-cookie"])[VISITOR] for path in ("/", "/attention", "/attention")]
    assert len({each.value for each in given}) == 3 and all(len(each.value) >= 12 for each in given)
    assert all(each["httponly"] and each["samesite"] == "Lax" and not each["max-age"] for each in given)
    assert "set-cookie" not in get(port, "/", Cookie=f"a=b; {VISITOR}={given[0].value}")[1]
    assert "set-cookie" not in get(port, "/ready")[1]


def test_streamlit_s_own_numbers_are_no_more_public_than_ours(asked_of_others: tuple[int, list[bytes]]) -> None:
    port, _ = asked_of_others
    for path in ("/metrics", "/_stcore/metrics"):
        assert get(port, path)[0] == 200, path
        assert get(port, path, **{"X-Forwarded-For": "10.0.0.7"})[0] == 404, path


def test_a_wrong_host_is_told_the_right_one_in_both_languages(
    asked_of_others: tuple[int, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, _ = asked_of_others
    status, _, page = get(port, "/", Host="evil/<script>")
    assert status == 421 and "<script>" not in page and 'lang="en"' in page and 'lang="zh"' in page
    assert "evil/&lt;script&gt;" in page


def test_the_names_of_a_server_for_this_computer_are_this_computer_s(monkeypatch: pytest.MonkeyPatch) -> None:
    def options(**given: object) -> None:
        monkeypatch.setattr(config, "get_option", lambda name: given[name.replace(".", "_")])

    options(server_allowedHosts=[], server_address="localhost")
    assert set(server.names()) == {"localhost", "127.0.0.1", "::1"}
    options(server_allowedHosts=[], server_address="0.0.0.0")
    assert not server.names()
    options(server_allowedHosts=["nlp.example.edu"], server_address="localhost")
    assert server.names() == ["nlp.example.edu"]


def test_the_addresses_that_are_printed_are_reached() -> None:
    """Every host that a server for everybody names has an interface here."""
    for host in server.reached_at("0.0.0.0"):
        with socket.create_server((host, 0)):
            pass
    assert server.reached_at("10.1.2.3") == ["10.1.2.3"]


def test_what_is_printed_is_an_address_or_what_a_proxy_has_to_do() -> None:
    everywhere = [f"http://{host}:80" for host in server.reached_at("0.0.0.0")]
    assert server.told("0.0.0.0", 80, []) == server.told("0.0.0.0", 80, ["*"]) == everywhere
    assert server.told("0.0.0.0", 80, ["nlp.example.edu", "*.example.org"]) == ["http://nlp.example.edu:80"]
    assert server.told("::1", 80, []) == ["http://[::1]:80"]
    assert server.told("localhost", 80, []) == server.told("localhost", 80, ["localhost"]) == ["http://localhost:80"]
    (behind,) = server.told("localhost", 80, ["nlp.example.edu"])
    assert behind.startswith("http://localhost:80 for a proxy") and behind.endswith("nlp.example.edu")
    (pattern,) = server.told("0.0.0.0", 80, ["*.example.edu"])
    assert "http" not in pattern and "*.example.edu" in pattern


def test_the_address_that_streamlit_is_told_is_one() -> None:
    """Without one it would ask a service on the internet."""
    told = [
        server.settings(None, None, names)["browser.serverAddress"] for names in (["*.a.edu", "b.edu"], ["*.a.edu"])
    ]
    assert told == ["b.edu", "localhost"]


def test_a_server_with_a_name_shows_its_numbers_to_this_computer() -> None:
    async def ok(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("numbers")(scope, receive, send)

    client = TestClient(Guard(ok, lambda: ["nlp.example.edu"], lambda _: None))
    for path, host, status in (
        ("/metrics", "localhost:8501", 200),
        ("/_stcore/metrics", "127.0.0.1", 200),
        ("/metrics", "nlp.example.edu", 200),
        ("/metrics", "rebound.example.org", 421),
        ("/", "localhost", 421),
        ("/ready", "10.0.0.3", 200),
    ):
        assert client.get(path, headers={"host": host}).status_code == status, (path, host)


def test_what_is_asked_on_the_command_line_is_set() -> None:
    found = server.settings("0.0.0.0", 8600, ["a.example.edu", "b.example.edu"])
    assert found["server.allowedHosts"] == ["a.example.edu", "b.example.edu"]
    assert (found["server.address"], found["server.port"]) == ("0.0.0.0", 8600)
    assert server.settings(None, None, []) == {"logger.hideWelcomeMessage": True}


def test_as_many_files_as_the_host_allows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import resource

    limits = {"now": (1_024, 20_000)}
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits["now"])
    monkeypatch.setattr(resource, "setrlimit", lambda _, pair: limits.update(now=pair))
    assert files.as_many_as_allowed() == (1_024, 20_000) and limits["now"] == (20_000, 20_000)
    limits["now"] = (1_024, resource.RLIM_INFINITY)
    assert files.as_many_as_allowed() == (1_024, files.ENOUGH)
    limits["now"] = (100_000, 200_000)
    assert files.as_many_as_allowed() == (100_000, 100_000), "never lowered"
