"""What the server's settings promise, asked of the running server as the README starts it."""

from __future__ import annotations

import ast
import contextlib
import http.client
import itertools
import logging
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.lessons import ROOT
from nlpcore.models.serving import InProcess, use
from tests.e2e.browser import _wait_until_healthy, free_port
from tests.hostile.pages import UNFORESEEN, open_page
from tests.hosting.shaking import shake_hands

README = (ROOT / "README.md").read_text("utf-8")
PAGE_OF_ANOTHER = "http://evil.example"


@contextlib.contextmanager
def served(command: list[str], log: Path) -> Iterator[int]:
    """Start the app with a command of the README; yield the port that it listens on."""
    port = free_port()
    settings = dict(word.split("=", 1) for word in itertools.takewhile(lambda word: "=" in word, command))
    command = command[len(settings) :]
    assert command[0] == "python"
    with log.open("w+") as out:
        process = subprocess.Popen(
            [sys.executable, *command[1:], "--port", str(port)],
            cwd=ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **settings},
        )
        try:
            _wait_until_healthy(f"http://localhost:{port}", process, out)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=20)


def command_of_the_readme(words: str) -> list[str]:
    """Return the one command of the README that holds ``words``, as a shell would split it."""
    lines = [line for line in README.splitlines() if words in line and "app.server" in line]
    assert len(lines) == 1, lines
    return shlex.split(lines[0].split("&&")[-1].strip())


@pytest.fixture(scope="module")
def at_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    command = command_of_the_readme("nlpcore.models fetch &&")
    with served(command, tmp_path_factory.mktemp("log") / "log.txt") as port:
        yield port


@pytest.fixture(scope="module")
def for_a_class(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    command = command_of_the_readme("--name")
    with served(command, tmp_path_factory.mktemp("log") / "log.txt") as port:
        yield port


def listening(port: int) -> set[str]:
    """Return the local addresses, in the kernel's hexadecimal, on which somebody listens at ``port``."""
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return {row[1].split(":")[0] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == port}


LOOPBACK = {"0100007F", "00000000000000000000000001000000"}


def test_the_server_listens_on_this_computer_only(at_home: int) -> None:
    assert listening(at_home)
    assert listening(at_home) <= LOOPBACK


def test_a_class_reaches_the_server(for_a_class: int) -> None:
    assert not listening(for_a_class) <= LOOPBACK


def test_a_page_of_another_site_cannot_open_a_session(at_home: int) -> None:
    own = f"localhost:{at_home}"
    assert shake_hands(at_home, own, f"http://{own}") == 101
    assert shake_hands(at_home, own, PAGE_OF_ANOTHER) == 403


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("nlp.example.edu", "http://nlp.example.edu", 101),
        ("nlp.example.edu:8501", "http://nlp.example.edu:8501", 101),
        ("evil.example", "http://evil.example", 403),  # a name that was made to point here: DNS rebinding
        ("nlp.example.edu", PAGE_OF_ANOTHER, 403),
        ("nlp.example.edu.evil.example", "http://nlp.example.edu.evil.example", 403),
    ],
)
def test_the_setting_for_a_class_lets_in_its_own_name_alone(
    for_a_class: int, host: str, origin: str, status: int
) -> None:
    assert shake_hands(for_a_class, host, origin) == status


def test_other_sites_may_not_read_answers(at_home: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", at_home, timeout=20)
    for path in ("/_stcore/health", "/_stcore/host-config", "/"):
        connection.request("GET", path, headers={"Host": f"localhost:{at_home}", "Origin": PAGE_OF_ANOTHER})
        answer = connection.getresponse()
        answer.read()
        assert answer.headers.get("Access-Control-Allow-Origin") not in ("*", PAGE_OF_ANOTHER), path
    connection.close()


def test_nothing_can_be_uploaded_without_the_session_s_token(at_home: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", at_home, timeout=20)
    connection.request("PUT", "/_stcore/upload_file/somebody/something", body=b"x", headers={"Origin": PAGE_OF_ANOTHER})
    assert connection.getresponse().status == 403
    connection.close()


def in_force(*options: str) -> list[str]:
    """Return options as Streamlit itself understands them in the project's folder, without the caller's environment."""
    code = "import sys; from streamlit import config; print(*map(config.get_option, sys.argv[1:]), sep='\\n')"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    done = subprocess.run([sys.executable, "-c", code, *options], cwd=ROOT, env=clean, capture_output=True, text=True)
    return done.stdout.split()


def test_the_settings_in_force() -> None:
    expected = {
        "server.address": "localhost",
        "browser.gatherUsageStats": "False",
        "client.showErrorDetails": "none",
        "server.enableXsrfProtection": "True",
        "server.enableCORS": "True",
        "server.enableStaticServing": "False",
        "server.maxUploadSize": "5",
        "server.maxMessageSize": "16",
        "server.maxWidgetStateSize": "8",
    }
    assert dict(zip(expected, in_force(*expected), strict=True)) == expected


# -- errors ----------------------------------------------------------------------------------------------------------


class Broken(InProcess):
    """Serving that fails as no one foresaw, with something in its message that is no learner's business."""

    def run(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("secret: /srv/class/passwords")


def assert_said_but_not_shown(app: Any, caplog: pytest.LogCaptureFixture) -> None:
    shown = [box.value for box in [*app.warning, *app.error, *app.markdown, *app.caption, *app.exception]]
    assert any(sentence in text for sentence in UNFORESEEN for text in shown)
    assert not any("secret" in text or "Traceback" in text for text in shown)
    assert not app.exception
    logged = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert any("secret: /srv/class" in str(record.exc_info[1]) for record in logged if record.exc_info)


def test_an_unforeseen_error_of_a_computation(caplog: pytest.LogCaptureFixture) -> None:
    from nlpcore.models import serving

    before = serving.serving()
    use(Broken())
    try:
        assert_said_but_not_shown(open_page("lstm-gates", {}), caplog)
    finally:
        use(before)


@pytest.mark.parametrize(
    "where",
    [
        "pages.sequences.lstm_gates.charts.reading_figure",
        "app.shell.frame.panels",
        "nlpcore.recurrent.informative_units",
    ],
    ids=["in a step", "in the frame", "on the page"],
)
def test_an_unforeseen_error_of_a_drawing(
    where: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError("secret: /srv/class/passwords")

    monkeypatch.setattr(where, fail)
    assert_said_but_not_shown(open_page("lstm-gates", {}), caplog)


# -- what is read ----------------------------------------------------------------------------------------------------


def test_nothing_is_unpickled_but_by_the_restricted_reader() -> None:
    """Every way in which Python's libraries read pickles, looked for in the syntax of all that the app runs."""
    readers = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "jsonpickle"}
    found = set()
    for folder in ("app", "nlpcore", "pages"):
        for path in (ROOT / folder).rglob("*.py"):
            name = str(path.relative_to(ROOT))
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    modules = [alias.name for alias in node.names]
                    modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                    found |= {(name, "import") for module in modules if module.split(".")[0] in readers}
                elif isinstance(node, ast.Call):
                    found |= {(name, reason) for reason in unsafe(node)}
    assert found == {
        ("nlpcore/models/convert.py", "import"),  # the restricted reader
        ("nlpcore/training/loop.py", "torch.load with weights_only"),  # a checkpoint of one's own; no part of the app
    }


def unsafe(call: ast.Call) -> Iterator[str]:
    """Yield what a call may unpickle or run."""
    called, given = ast.unparse(call.func), {word.arg: ast.unparse(word.value) for word in call.keywords}
    last = called.split(".")[-1]
    if called == "torch.load":
        yield "torch.load with weights_only" if given.get("weights_only") == "True" else "torch.load"
    if last == "read_pickle" or called in ("eval", "exec", "np.loads", "KeyedVectors.load", "Word2Vec.load"):
        yield called
    if given.get("allow_pickle", "False") != "False" or given.get("trust_remote_code", "False") != "False":
        yield "pickles or remote code allowed"
    if called in ("yaml.unsafe_load", "yaml.full_load") or (
        called == "yaml.load" and given.get("Loader") not in ("yaml.SafeLoader", "yaml.CSafeLoader")
    ):
        yield called


def test_the_restricted_reader_is_the_only_use_of_pickle() -> None:
    """What it refuses is tried in tests/models/test_convert.py; here: nothing else of ``pickle`` is used beside it."""
    tree = ast.parse((ROOT / "nlpcore" / "models" / "convert.py").read_text("utf-8"))
    used = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    assert sorted(name for name in used if name.startswith("pickle.")) == ["pickle.Unpickler"]
    derived = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    assert [ast.unparse(base) for node in derived for base in node.bases] == ["pickle.Unpickler"]
