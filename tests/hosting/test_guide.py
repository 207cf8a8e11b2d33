"""docs/hosting.md says nothing that is not so: its settings, commands and files are those of the code."""

from __future__ import annotations

import re
import shlex

import pytest

from app import server
from app.hosting.guards import VISITOR
from app.lessons import ROOT

GUIDE = (ROOT / "docs" / "hosting.md").read_text("utf-8")
SOURCES = "\n".join(path.read_text("utf-8") for folder in ("app", "nlpcore") for path in (ROOT / folder).rglob("*.py"))


def test_every_setting_of_the_guide_is_read_somewhere_and_the_other_way_round() -> None:
    told = set(re.findall(r"NLPCORE_[A-Z_]+", GUIDE))
    read = set(re.findall(r'"(NLPCORE_[A-Z_]+)"', SOURCES))
    assert told <= read
    assert read - told <= {"NLPCORE_WORKER_KEY", "NLPCORE_WORKER_PORT"}, "what a host does not set"


def test_every_command_of_the_guide_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    commands = re.findall(r"python -m app\.server(.*)$", GUIDE, re.MULTILINE)
    asked: list[dict[str, object]] = []

    class Course:
        def run(self, config: dict[str, object]) -> None:
            asked.append(config)

    def several(servers: int, address: str, port: int, known_as: list[str]) -> None:
        asked.append(server.settings(address, port, known_as) | {"servers": servers})

    monkeypatch.setattr(server, "course", Course)
    monkeypatch.setattr(server, "several", several)
    monkeypatch.setattr(server.logs, "install", lambda: None)
    monkeypatch.setattr("sys.argv", ["kept"])
    for command in commands:
        server.main(shlex.split(command))
    assert len(asked) == len(commands) >= 2
    assert all(config["server.allowedHosts"] == ["nlp.example.edu"] for config in asked)
    assert [config["servers"] for config in asked if "servers" in config] == [2]


def test_the_proxies_use_the_cookie_and_the_addresses_that_there_are() -> None:
    assert f"$cookie_{VISITOR}" in GUIDE and "/metrics" in GUIDE and "/ready" in GUIDE
    paths = {route.path for route in server.course()._user_routes}  # type: ignore[attr-defined]
    assert paths == {"/ready", "/metrics"}
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"^make (.*)$", GUIDE, re.MULTILINE):
        for name in target.split():
            assert re.search(rf"^{re.escape(name.replace('.venv', '$(VENV)'))}:", makefile, re.MULTILINE), name
