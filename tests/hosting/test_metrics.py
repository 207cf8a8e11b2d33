"""The numbers that a host sees, read by another implementation of the format."""

from __future__ import annotations

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.testclient import TestClient

from app.hosting import metrics
from nlpcore.models import serving
from nlpcore.models.serving import InProcess, served
from nlpcore.models.turns import turn


@served
def double(n: int) -> int:
    return 2 * n


def asked(headers: dict[str, str], client: tuple[str, int] = ("127.0.0.1", 5000)) -> bool:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return metrics.may_see(Request({"type": "http", "headers": raw, "client": client}))


def test_this_computer_sees_them_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(metrics.TOKEN, raising=False)
    assert asked({}) and asked({}, ("::1", 5000))
    assert not asked({}, ("10.0.0.7", 5000))
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        assert not asked({name: "127.0.0.1"}), "somebody else asks through a proxy on this computer"


def test_with_a_token_its_holder_sees_them_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(metrics.TOKEN, "a token")
    assert asked({"Authorization": "Bearer a token"}, ("10.0.0.7", 5000))
    for headers in (
        {},
        {"Authorization": "Bearer another"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic ä"},
    ):
        assert not asked(headers)


def values() -> dict[str, float]:
    app = Starlette(routes=[Route("/metrics", metrics.metrics)])
    answer = TestClient(app, client=("127.0.0.1", 5000)).get("/metrics")
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    found = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found[sample.name + "".join(f"[{value}]" for value in sample.labels.values())] = sample.value
    return found


def test_who_may_not_see_them_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(metrics.TOKEN, raising=False)
    app = Starlette(routes=[Route("/metrics", metrics.metrics)])
    answer = TestClient(app, client=("10.0.0.7", 5000)).get("/metrics")
    assert answer.status_code == 404 and "nlp" not in answer.text


def test_they_are_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(metrics.TOKEN, raising=False)
    own, before = InProcess(), serving.serving()
    serving.use(own)
    try:
        assert (values()["nlp_answers"], values()["nlp_answers_bytes"]) == (0, 0)
        own.run(double, None, n=21)
        own.run(double, None, n=22)
        with turn():
            found = values()
        assert found["nlp_answers"] == 2 and found["nlp_answers_bytes"] == own.size > 0
        assert found["nlp_turns"] == 1 and values()["nlp_turns"] == 0
        assert found["process_resident_memory_bytes"] > 1e6 and found["process_open_fds"] > 2
    finally:
        serving.use(before)


def test_a_run_is_counted_under_its_page_where_it_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(metrics.TOKEN, raising=False)
    name = "nlp_run_seconds_count[made-up]"
    with metrics.timed("made-up"):
        pass
    assert values()[name] == 1
    with pytest.raises(KeyboardInterrupt), metrics.timed("made-up"):
        raise KeyboardInterrupt
    assert values()[name] == 1


def test_before_the_app_runs_nobody_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics.runtime, "exists", lambda: False)
    assert metrics._sessions() == 0
