"""The tagging lesson's page with tiny stand-ins for the models: every view, hostile input, the code that it shows."""

from __future__ import annotations

import contextlib
import io
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from seqeval.metrics import f1_score, precision_score, recall_score
from streamlit.testing.v1 import AppTest

from app.shell import exports
from nlpcore.models import serving
from nlpcore.tagging import compare, from_bio, tag, tag_chinese, tag_time_and_money
from nlpcore.tagging.exercises import EXERCISES, repair_written
from pages.tasks.bio_tagging import charts, questions
from pages.tasks.bio_tagging.snippet import code
from tests.drawn import numbers
from tests.pages.asking import counted, give_up
from tests.pages.screen import figures, html_of, open_page, teaching

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


@pytest.mark.parametrize(
    ("sentence", "lang", "name"),
    [("teams", "en", "words"), ("teams", "zh", "词"), ("beijing", "en", "characters"), ("beijing", "zh", "字")],
)
def test_what_writing_o_everywhere_is_worth_is_told_in_what_has_a_tag(sentence: str, lang: str, name: str) -> None:
    """A Chinese exercise has a tag a character, and says so in English too."""
    app = page(view="yours", lang=lang, **{"sentence": sentence, f"{sentence}-done": "true"})
    (told,) = [each.value for each in app.markdown if each.value.startswith(("**回到开头", "**The question from"))]
    assert re.search(rf"{len(EXERCISES[sentence].tags)} (个)?{name}", told), told


def test_learner_is_scored_beside_model_and_all_o() -> None:
    gold = EXERCISES["teams"].tags
    mine = ["B-ORG", "O", "O", "B-LOC", "O", "B-MISC", "O", "B-PER", "I-PER", "O", "B-LOC", "O"]
    query = {f"teams-{n + 1}": tag for n, tag in enumerate(mine) if tag != "O"}
    app = healthy(page(view="yours", sentence="teams", **query, **{"teams-done": "true"}))
    s = compare(gold, from_bio(mine))
    by_seqeval = [score([list(gold)], [mine]) for score in (precision_score, recall_score, f1_score)]
    assert by_seqeval[0] != by_seqeval[1]
    numbers = (*by_seqeval, s.overlap.f1, s.partial.f1, s.token_accuracy)
    rows = [re.findall(r"(?<=>)[^<>]+(?=</t[hd]>)", row) for row in html_of(app).split("<tr>")]
    head = next(n for n, row in enumerate(rows) if row[:2] == ["Tagger", "You"])
    columns = [list(column) for column in zip(*rows[head : head + 7], strict=True)]
    assert columns[1] == ["You", *(f"{v:.2f}" for v in numbers)]
    assert columns[3] == ["All tags O", "0.00", "0.00", "0.00", "0.00", "0.00", "0.58"]
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


def test_a_second_head_that_finds_nothing_is_not_shown(tiny_tagger: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found = tag_time_and_money(tiny_tagger, "Maria slept")
    assert found is not None
    nothing = replace(found, tags=("O",) * len(found.tags), entities=())
    monkeypatch.setattr("pages.tasks.bio_tagging.view_own.tag_time_and_money", lambda model, text: nothing)
    html = html_of(healthy(page(view="own", text="Maria slept")))
    assert "Second head" not in html and "Model" in html


@pytest.mark.parametrize("piece", ["1", "129", "200"])
def test_of_a_long_text_the_figure_shows_the_rows_around_the_chosen_piece(tiny_tagger: Any, piece: str) -> None:
    text = " ".join(f"{letter}" for letter in "abcdefghij" * 20)
    trace = tag(tiny_tagger, text)
    app = healthy(page(view="own", text=text, piece=piece, tag="O"))
    drawn = next(part for part in figures(app)[0]["data"] if part["type"] == "heatmap")
    first = 0 if int(piece) <= 128 else 128
    rows = numbers(drawn["z"])
    expected = 100 * trace.probabilities[first : first + 128]
    np.testing.assert_allclose(rows[1:-1], expected[1:-1])
    frame = figures(app)[0]["layout"]["shapes"][-1]
    assert frame["y0"] + 0.5 == int(piece) - 1 - first
    assert f"word pieces {first + 1} to {first + len(expected)} of 202" in text_of(app)


def test_no_entity_is_not_said_beside_one_of_the_second_head(tiny_tagger: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bias = tiny_tagger.network.classifier.bias.data
    monkeypatch.setattr(tiny_tagger.network.classifier.bias, "data", bias + 1000.0 * (torch.arange(len(bias)) == 0))
    text = "Maria paid $5 million on 3 May 2021"
    first, second = tag(tiny_tagger, text), tag_time_and_money(tiny_tagger, text)
    assert second is not None and not first.entities and second.entities
    told = text_of(healthy(page(view="own", text=text)))
    assert "no entity" not in told and "first head finds no name" in told


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(("view", "name"), [("own", "text"), ("illegal", "sequence"), ("chinese", "chinese")])
def test_hostile_input_is_answered_with_a_sentence_or_a_figure(view: str, name: str, text: str) -> None:
    app = page(view=view)
    app.text_area(key=name).set_value(text[:2000]).run()
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
    app.text_area(key="sequence").set_value("a/B-PER b/X-<img>").run()
    assert "img" in healthy(app).warning[0].value and "<img>" not in html_of(app)


def test_pasted_columns_are_read_and_given_back_in_another_scheme() -> None:
    app = healthy(
        page(view="illegal", sequence="EU B-ORG rejects O Peter B-PER Blackburn I-PER", scheme="BILOU", panel="conll")
    )
    assert "Read as CoNLL columns, tags in IOB2." in text_of(app)
    assert "I-PER" in html_of(app) and "✗" not in html_of(app)


@pytest.mark.parametrize("text", ["你好我", "好好你", "我你我好你", "A你B好C我你"])
@pytest.mark.parametrize("weight", ["0", "1", "20"])
def test_where_the_path_of_the_crf_breaks_the_scheme_is_said(tiny_lac: Any, text: str, weight: str) -> None:
    trace = tag_chinese(tiny_lac, text, weight=float(weight))
    broken = [
        f"{n + 1} **{text[n]}**"
        for n, tag in enumerate(trace.tags)
        if tag[0] == "I" and (n == 0 or trace.tags[n - 1][2:] != tag[2:])
    ]
    app = healthy(page(view="chinese", chinese=text, weight=weight))
    assert "does not forbid" not in text_of(app) and "How good this model is" in text_of(app)
    told = text_of(give_up(app))
    assert ("does not forbid" in told) == bool(broken) and all(place in told for place in broken)
    assert "How good this model is" in told


def test_weight_and_steps_of_the_crf() -> None:
    app = give_up(page(view="chinese", chinese="你好我", weight="10", step="2"))
    spec = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert spec["layout"]["xaxis"]["ticktext"] == ["你", "好", "我"]
    assert any(r"\delta_{2}" in latex.value for latex in app.latex)


# -- formulas ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("piece", "name"), [("2", "I-LOC"), ("5", "auto"), ("auto", "O")])
def test_softmax_and_frame_are_those_of_the_chosen_cell(tiny_tagger: Any, piece: str, name: str) -> None:
    text = "Maria Silva flew to Paris"
    trace = tag(tiny_tagger, text)
    with teaching() as seen:
        app = healthy(page(view="own", text=text, piece=piece, tag=name))
    surest = min((n for n, p in enumerate(trace.pieces) if p.first), key=lambda n: trace.probabilities[n, 0])
    row = surest if piece == "auto" else int(piece) - 1
    likeliest = max(zip(trace.probabilities[row], trace.tag_names, strict=True))[1]
    column = trace.tag_names.index(likeliest if name == "auto" else name)
    assert trace.tag_names[0] == "O"
    assert seen.formulas[0].lines[0].result == trace.probabilities[row, column]
    frame = figures(app)[0]["layout"]["shapes"][-1]  # those before it frame what was repaired
    assert ((frame["y0"] + frame["y1"]) / 2, (frame["x0"] + frame["x1"]) / 2) == pytest.approx((row, column))
    told = text_of(app).replace("\\", "")
    assert f"**{trace.pieces[row].text}**" in told and f"`{trace.tag_names[column]}`" in told


def test_f1_on_the_page_is_seqevals_for_the_learner() -> None:
    gold = list(EXERCISES["teams"].tags)
    mine = ["B-ORG", "O", "O", "B-LOC", "O", "B-MISC", "O", "B-PER", "I-PER", "O", "B-LOC", "O"]
    query = {f"teams-{n + 1}": tag for n, tag in enumerate(mine) if tag != "O"}
    with teaching() as seen:
        app = healthy(page(view="yours", sentence="teams", **query, **{"teams-done": "true"}))
    p, r, f = precision_score([gold], [mine]), recall_score([gold], [mine]), f1_score([gold], [mine])
    assert p != r
    expected = rf"= \frac{{2 \cdot {p:.2f} \cdot {r:.2f}}}{{{p:.2f} + {r:.2f}}} = {f:.2f}"
    assert seen.formulas[0].numbers_latex() == expected
    assert "Strict F1 of **You**, 3 right of 5 found and 4 in the gold tags:" in text_of(app)


def test_agreement_is_seqevals_with_the_models_tags_as_gold(tiny_tagger: Any) -> None:
    text = "Maria Silva flew to Paris on Monday"
    theirs = list(tag(tiny_tagger, text).tags)
    mine = [*theirs[:3], *["O"] * (len(theirs) - 3)]
    query = {f"w{zlib.crc32(text.encode()) % 10_000:04d}-{n + 1}": name for n, name in enumerate(mine[:3])}
    app = healthy(page(view="own", panel="agreement", text=text, **query))
    p, r, f = (score([theirs], [mine]) for score in (precision_score, recall_score, f1_score))
    assert p != r
    assert f"F1 {f:.2f} (precision {p:.2f}, recall {r:.2f}," in text_of(app)


def test_f1_without_entities_is_told_in_words() -> None:
    app = healthy(page(view="yours", sentence="teams", **{"teams-done": "true"}))
    assert "so F1 is counted as 0" in text_of(app)


# -- the steps of Viterbi ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_a_link_opens_the_step_that_it_names_also_the_last(tiny_lac: Any, step: int) -> None:
    trace = tag_chinese(tiny_lac, "你好我")
    app = page(view="chinese", chinese="你好我", step=str(step))
    with teaching() as seen:
        healthy(give_up(app))
    lines = [line for formula in seen.formulas for line in formula.lines]
    if step == 4:  # walks back
        assert lines == [] and f"Total score {trace.lattice.score:.2f}" in text_of(app)
    else:
        (line,) = lines
        assert line.left.startswith(rf"\delta_{{{step}}}(")
        assert line.result == trace.lattice.scores[step - 1, trace.lattice.best_until(step - 1)[-1]]
    disabled = {b.key for b in app.button if b.key and b.key.startswith("_step_") and b.disabled}
    ends = {1: {"_step_first_page", "_step_chevron_left"}, 4: {"_step_chevron_right", "_step_last_page"}}
    assert disabled == ends.get(step, set())


@pytest.mark.parametrize("text", ["你好我", "好好你", "我你我好你", "A你B好C我你"])
def test_the_search_stops_before_the_character_that_is_asked_about(tiny_lac: Any, text: str) -> None:
    trace = tag_chinese(tiny_lac, text)
    at = questions.contested(trace)
    assert at
    app = healthy(page(view="chinese", chinese=text, step=str(len(text) + 1)))
    assert f"Step **{at}** of {len(text) + 1}" in text_of(app) and "Total score" not in text_of(app)
    (lattice,) = figures(app)
    path = next(drawn for drawn in lattice["data"] if drawn.get("line", {}).get("color") == "#000000")
    assert list(path["x"]).count(None) == at, "a frame for each character so far, with a gap behind it"
    assert "<mark" not in html_of(app) and "Answer the question to see which words" in text_of(app)
    told = give_up(app)
    assert "<mark" in html_of(told) and "Total score" in text_of(told)
    with teaching() as seen:
        assert f"Step **{at}** of" in text_of(page(view="chinese", chinese=text))
    assert [question.values["position"] for question in seen.questions] == [at + 1]


def test_what_is_given_away_of_the_search_stops_with_it(tiny_lac: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    at = questions.contested(tag_chinese(tiny_lac, "我你我你好")) or 0
    given: list[list[dict[str, Any]]] = []
    monkeypatch.setattr(exports, "export_menu", lambda key, name, data, *more: given.append(list(data())))
    app = page(view="chinese", chinese="我你我你好", panel="conll")
    assert {row["position"] for row in given[-1] if row["score"] != ""} == set(range(1, at + 1))
    assert not app.code and "gives the answer to the open question" in text_of(app)
    give_up(app)
    assert {row["position"] for row in given[-1] if row["score"] != ""} == set(range(1, 6)) and app.code


def test_one_character_is_shown_whole_and_not_asked_about() -> None:
    with teaching() as seen:
        app = healthy(page(view="chinese", chinese="你"))
    assert not seen.questions and "Total score" in text_of(app)


def test_a_long_lattice_is_drawn_in_part_and_says_so() -> None:
    app = give_up(page(view="chinese", chinese="你好我A" * 10, step="1"))
    assert f"Characters 1 to {charts.MOST_CHARACTERS} of 40" in text_of(app)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_reads_english_is_told_what_the_chinese_sentences_say(language: str) -> None:
    assert ("Li Na" in text_of(page(lang=language, view="chinese"))) == (language == "en")
    options = page(lang=language, view="yours").selectbox(key="sentence").options
    assert ("I work in Beijing" in " ".join(options)) == (language == "en")
    assert any("我在北京工作" in option for option in options)


# -- questions -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["3", "4", "5"])
def test_only_the_right_number_of_entities_counts_as_right(number: str) -> None:
    app = page(view="illegal", sequence="Maria/B-PER Silva/I-LOC met/O Angela/I-PER in/O New/I-LOC")
    assert counted(app, list(app.radio[0].options).index(number)) == (number == "4")
    assert "“begin” counts 4, “drop” 1, “convert” 3." in text_of(healthy(app))


def test_a_legal_sequence_is_not_asked_about() -> None:
    with teaching() as seen:
        app = healthy(page(view="illegal", sequence="Maria/B-PER Silva/I-PER met/O"))
    assert seen.questions == [] and "Every tag is legal here" in " ".join(item.value for item in app.success)


def test_capitals_are_asked_about_the_text_in_small_letters(tiny_tagger: Any) -> None:
    text = "Maria Silva flew to Paris"
    with teaching() as seen:  # of the best legal sequence: nothing illegal is left to ask about
        healthy(page(view="own", text=text, decoding="legal"))
    (question,) = seen.questions
    traces = [tag(tiny_tagger, each, decoding="legal") for each in (text, text.lower())]
    found = [[f"{e.type} {e.text}" for e in trace.entities] for trace in traces]
    values = [question.values[name] for name in ("before", "after")]
    said = [[str(each).replace("\\", "") for each in value] if isinstance(value, tuple) else value for value in values]
    assert said == [names or "–" for names in found] and question.name == "capitals"


# -- the code ------------------------------------------------------------------------------------------------------------


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
