"""Who is let in: hosts and origins as browsers and strangers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from app.hosting.guards import host_of, is_named, policy, refusal

CLASS = ("nlp.example.edu",)


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("nlp.example.edu", "nlp.example.edu"),
        ("NLP.Example.edu.:8501", "nlp.example.edu"),
        ("127.0.0.1:80", "127.0.0.1"),
        ("[::1]:8501", "::1"),
        ("nlp.example.edu:port", None),
        ("nlp.example.edu:0", None),
        ("nlp.example.edu:99999", None),
        ("me@nlp.example.edu", None),
        ("nlp.example.edu/path", None),
        ("nlp.example.edu?x", None),
        ("nlp.example.edu#x", None),
        (" nlp.example.edu", None),
        ("[::1", None),
        ("", None),
        (".", None),
    ],
)
def test_the_host_that_a_header_names(header: str, host: str | None) -> None:
    assert host_of(header) == host


@given(st.text(max_size=40))
def test_no_header_breaks_it_and_none_hides_a_host(header: str) -> None:
    found = host_of(header)
    assert found is None or (found in header.lower() and not set(found) & set("/?#@ "))


@pytest.mark.parametrize(
    ("host", "names", "said"),
    [
        ("a.example.edu", ["*.example.edu"], True),
        ("example.edu", ["*.example.edu"], False),
        ("aexample.edu", ["*.example.edu"], False),
        ("example.edu.evil.example", ["example.edu"], False),
        ("example.edu", [" Example.edu. "], True),
        ("whatever", ["*"], True),
        ("whatever", [], False),
    ],
)
def test_a_name_means_a_host(host: str, names: list[str], said: bool) -> None:
    assert is_named(host, names) is said


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({"host": "nlp.example.edu"}, None),
        ({"host": "nlp.example.edu", "origin": "https://nlp.example.edu"}, None),
        ({"host": "nlp.example.edu:8501", "origin": "http://nlp.example.edu:8501"}, None),
        ({"host": "NLP.example.edu", "origin": "https://nlp.example.edu"}, None),
        ({"host": "nlp.example.edu", "origin": "http://evil.example"}, "foreign_origin"),
        ({"host": "nlp.example.edu", "origin": "http://nlp.example.edu.evil.example"}, "foreign_origin"),
        ({"host": "nlp.example.edu:8501", "origin": "http://nlp.example.edu:8502"}, "foreign_origin"),
        ({"host": "nlp.example.edu", "origin": "null"}, "foreign_origin"),
        ({"host": "nlp.example.edu", "origin": "http://[::1"}, "foreign_origin"),
        ({"host": "evil.example", "origin": "http://evil.example"}, "wrong_host"),
        ({"host": "127.0.0.1"}, "wrong_host"),
        ({}, "wrong_host"),
    ],
)
def test_who_is_let_in(headers: dict[str, str], key: str | None) -> None:
    found = refusal(Headers(headers), CLASS)
    assert (found and found.key) == key


def test_a_server_without_a_name_answers_to_every_host_but_to_no_other_site() -> None:
    assert refusal(Headers({"host": "10.0.0.7:8501"}), ()) is None
    found = refusal(Headers({"host": "10.0.0.7:8501", "origin": "http://evil.example"}), ())
    assert found is not None and found.status == 403


def rules(said: str) -> dict[str, str]:
    return dict(rule.split(" ", 1) for rule in said.split("; "))


def test_a_learning_platform_may_embed_it_where_the_host_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NLPCORE_FRAME_ANCESTORS", raising=False)
    assert rules(policy())["frame-ancestors"] == "'self'"
    monkeypatch.setenv("NLPCORE_FRAME_ANCESTORS", "https://moodle.example.edu https://*.example.org")
    assert rules(policy())["frame-ancestors"] == "https://moodle.example.edu https://*.example.org"
    monkeypatch.setenv("NLPCORE_FRAME_ANCESTORS", "https://a.example; script-src *\r\nx: y")
    assert set(rules(policy())) == set(rules(policy(""))), "no rule and no header is added"


def test_no_rule_lets_anything_reach_another_host() -> None:
    for name, sources in rules(policy("")).items():
        assert set(sources.split()) <= {"'self'", "'none'", "'unsafe-inline'", "blob:", "data:"}, name
    assert "'unsafe-eval'" not in policy()
