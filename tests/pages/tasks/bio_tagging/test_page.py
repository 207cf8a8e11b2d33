"""The tagging lesson's page with tiny stand-ins for the models: every view, hostile input, the code that it shows."""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from nlpcore.models import serving
from nlpcore.tagging import compare, from_bio, tag, tag_chinese, tag_time_and_money
from nlpcore.tagging.exercises import EXERCISES, repair_written
from pages.tasks.bio_tagging.snippet import code
from tests.pages.screen import html_of, open_page

HOSTILE = [
    "",
    "a",
    "?!",
    "🙂🙂",
    "שלום",
    "e\u0301" * 9,
    "<script>alert(1)</script> **x** $y$ :red[z]",
    "a\x00b",
    "word " * 900,
]


@pytest.fixture(autouse=True)
def stand_ins(tiny_tagger: Any, tiny_lac: Any) -> Iterator[None]:
    """Serve every question with the tiny models."""

    class Tiny(serving.InProcess):
        def run(self, function: Any, model_id: str | None, **data: Any) -> Any:
            if model_id is None:
                return function(**data)
            return function(tiny_lac if model_id == "lac-zh" else tiny_tagger, **data)

    before = serving.serving()
    serving.use(Tiny())
    yield
    serving.use(before)


def page(**query: str) -> AppTest:
    return open_page("bio-tagging", query)


def text_of(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption])


def healthy(app: AppTest) -> AppTest:
    assert not app.exception and not app.error, (app.exception, app.error)
    return app


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("view", ["yours", "own", "illegal", "chinese"])
def test_every_view_opens_in_both_languages(language: str, view: str) -> None:
    healthy(page(view=view, lang=language))


def test_nothing_is_revealed_before_the_learner_is_done() -> None:
    app = healthy(page(view="yours", sentence="teams"))
    assert "✓" not in html_of(app) and "B-ORG" not in str([c.value for c in app.code])
    assert not app.get("plotly_chart")


def test_learner_is_scored_beside_model_and_all_o() -> None:
    gold = EXERCISES["teams"].tags
    mine = ["B-ORG", "O", "O", "B-LOC", "O", "O", "O", "B-PER", "I-PER", "O", "B-LOC", "O"]
    query = {f"teams-{n + 1}": tag for n, tag in enumerate(mine) if tag != "O"}
    app = healthy(page(view="yours", sentence="teams", **query, **{"teams-done": "true"}))
    s = compare(gold, from_bio(mine))
    numbers = (s.strict.precision, s.strict.recall, s.strict.f1, s.overlap.f1, s.partial.f1, s.token_accuracy)
    rows = [re.findall(r"(?<=>)[^<>]+(?=</t[hd]>)", row) for row in html_of(app).split("<tr>")]
    assert ["You", *(f"{v:.2f}" for v in numbers)] in rows
    assert ["All tags O", "0.00", "0.00", "0.00", "0.00", "0.00", "0.58"] in rows
    assert html_of(app).count("✓") >= 3 and "✗" in html_of(app)
    assert any("F_1" in latex.value for latex in app.latex)
    assert len(app.get("plotly_chart")) == 1


def test_the_misconception_about_accuracy_states_computed_numbers() -> None:
    scores = compare(EXERCISES["sparse"].tags, ())
    assert scores.token_accuracy == 12 / 13 and f"{scores.token_accuracy:.0%}" == "92%" and scores.strict.f1 == 0


def test_own_sentence_shows_grid_spans_and_rules(tiny_tagger: Any) -> None:
    text = "Maria paid $5 million on 3 May 2021"
    app = healthy(page(view="own", text=text))
    spec = json.loads(app.get("plotly_chart")[0].proto.spec)
    trace = tag(tiny_tagger, text)
    labels = [re.sub("<.*?>", "", a["text"]) for a in spec["layout"]["annotations"]]
    assert all(word.text[:11] in str(labels) for word in trace.words)
    assert [t for t in labels if t in trace.tags][-len(trace.tags) :] == list(trace.tags)
    assert "MONEY" in html_of(app) and "DATE" in html_of(app)
    second = tag_time_and_money(tiny_tagger, text)
    assert second is not None and second.entities  # random, but the same on the page
    assert "Second head" in html_of(app)
    assert all(f"{e.type} {e.confidence:.2f}" in html_of(app) for e in second.entities)
    assert any("softmax" in latex.value for latex in app.latex)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(("view", "name"), [("own", "text"), ("illegal", "sequence"), ("chinese", "chinese")])
def test_hostile_input_is_answered_with_a_sentence_or_a_figure(view: str, name: str, text: str) -> None:
    app = page(view=view)
    app.text_input(key=name).set_value(text[:2000]).run()
    healthy(app)
    assert "<script" not in html_of(app)
    assert app.warning or app.get("plotly_chart") or html_of(app)
    if not text:
        assert len(app.warning) == 1


def test_illegal_sequence_is_marked_and_repaired_after_the_question() -> None:
    app = healthy(page(view="illegal"))
    assert html_of(app).count("✗") == 3 and "begin (conlleval)" not in html_of(app)
    next(b for b in app.button if b.label == "Show without guessing").click().run()
    assert "begin (conlleval)" in html_of(healthy(app)) and html_of(app).count("→") == 3 + 4 + 3


def test_tag_that_is_no_tag_is_said() -> None:
    app = page(view="illegal")
    app.text_input(key="sequence").set_value("a/B-PER b/<img>").run()
    assert "img" in healthy(app).warning[0].value and "<img>" not in html_of(app)


def test_weight_and_steps_of_the_crf() -> None:
    app = healthy(page(view="chinese", chinese="你好我", weight="10", step="2"))
    spec = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert spec["layout"]["xaxis"]["ticktext"] == ["你", "好", "我"]
    assert any(r"\delta_{2}" in latex.value for latex in app.latex)


def printed(source: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(source, "snippet", "exec"), {})
    return out.getvalue()


@pytest.fixture
def tiny_load(monkeypatch: pytest.MonkeyPatch, tiny_tagger: Any, tiny_lac: Any) -> None:
    monkeypatch.setattr("nlpcore.models.load", lambda i: tiny_lac if i == "lac-zh" else tiny_tagger)


def test_snippets_print_the_numbers_on_the_screen(tiny_load: None, tiny_tagger: Any, tiny_lac: Any) -> None:
    text = 'Maria\'s "x" {y} paid 5% in Paris'
    trace = tag(tiny_tagger, text, decoding="legal")
    out = printed(code("own", text=text, model="m", decoding="legal"))
    for entity in trace.entities:
        assert f"{entity.type} {entity.text!r} {entity.confidence:.2f}" in out
    assert "PERCENT '5%' percent sign" in out

    zh = tag_chinese(tiny_lac, "你好'我", weight=5.0)
    out = printed(code("chinese", text="你好'我", weight=5.0))
    assert f"{zh.lattice.score:.2f}" in out and all(f"{s.text}/{s.tag}" in out for s in zh.segments)

    gold, mine = EXERCISES["teams"].tags, ("B-ORG", *["O"] * 11)
    scores = compare(gold, from_bio(mine))
    assert f"F1 {scores.strict.f1:.2f}" in printed(code("yours", tags=mine, gold=gold))
    assert "Span(start=0" in printed(code("yours", tags=mine))

    found = repair_written("Ana/B-PER b/I-LOC {x}/I-LOC")
    out = printed(code("illegal", text="Ana/B-PER b/I-LOC {x}/I-LOC"))
    assert all(" ".join(tags) in out for tags in found.repaired)
