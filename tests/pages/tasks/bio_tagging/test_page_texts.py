"""The tagging lesson's page: text that is pasted with tags, lines, Chinese by character; with the stand-ins of test_page."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from seqeval.metrics import f1_score, precision_score, recall_score
from streamlit.testing.v1 import AppTest

from app.lessons import lesson
from app.words import LANGUAGES, Words
from nlpcore.tagging import CHINESE_RULES, RULES, compare, from_bio, tag, tag_chinese, to_bio
from nlpcore.tagging.exercises import EXERCISES
from nlpcore.tagging.formats import read_tagged, to_iob2
from pages.tasks.bio_tagging import view_own
from tests.pages.asking import give_up, with_its_panel
from tests.pages.screen import html_of, teaching
from tests.pages.tasks.bio_tagging.test_page import healthy, page, stand_ins, text_of  # noqa: F401

# -- tagged text that is pasted, and lines -------------------------------------------------------------------------------

COLUMNS = "Maria I-PER\nSilva B-PER\nflew O\n\nParis I-LOC\n"


def test_pasted_columns_are_the_text_and_its_gold_in_the_view_of_any_sentence(tiny_tagger: Any) -> None:
    app = healthy(page(view="own", text=COLUMNS))
    trace = tag(tiny_tagger, "Maria Silva flew\nParis")
    assert "Read as CoNLL columns, tags in IOB1." in text_of(app)
    rows = re.sub(r"<[^>]*>", " ", html_of(app))
    assert "Gold" in rows and "I-PER" not in rows.split("Model")[0]
    gold = [["B-PER", "B-PER", "O"], ["B-LOC"]]
    mine = [list(trace.tags[a:b]) for a, b in trace.lines]
    assert f"strict F1 {f1_score(gold, mine):.2f}" in text_of(app)
    assert html_of(app).count("✗") + html_of(app).count("✓") == len(trace.entities)


def test_pasted_columns_are_the_text_and_its_gold_in_chinese(tiny_lac: Any) -> None:
    before = healthy(page(view="chinese", chinese="你 B-PER\n好 I-PER\n我 O"))
    assert "Gold" in html_of(before) and "strict F1" not in text_of(before)
    app = give_up(before)
    trace = tag_chinese(tiny_lac, "你好我")
    assert "Read as CoNLL columns, tags in IOB2." in text_of(app) and "Gold" in html_of(app)
    assert f"strict F1 {f1_score([['B-PER', 'I-PER', 'O']], [list(trace.entity_tags)]):.2f}" in text_of(app)
    line = re.findall(r"(?<=>)[^<>]+(?=</(?:div|span)>)", _bio_line(app))
    assert line[::2] == list("你好我") and tuple(line[1::2]) == trace.entity_tags


def _bio_line(app: AppTest) -> str:
    return next(item.proto.body for item in app.get("html") if "<div>你</div>" in item.proto.body)


def test_running_text_has_no_gold() -> None:
    assert "Gold" not in html_of(healthy(page(view="own", text="Maria Silva flew")))


@pytest.mark.parametrize(("view", "name"), [("own", "text"), ("chinese", "chinese")])
@pytest.mark.parametrize("scheme", ["IOB2", "BILOU"])
def test_the_models_tags_are_given_away_as_columns(
    view: str, name: str, scheme: str, tiny_tagger: Any, tiny_lac: Any
) -> None:
    text = {"own": "Maria Silva flew\nto Paris", "chinese": "你好我\n我A你好"}[view]
    trace = tag(tiny_tagger, text) if view == "own" else tag_chinese(tiny_lac, text)
    app = healthy(with_its_panel(page(view=view, panel="conll", scheme=scheme, **{name: text})))
    written = app.code[0].value
    back = read_tagged(written)
    words = trace.characters if view == "chinese" else tuple(word.text for word in trace.words)
    assert back.words == words and back.sentences == tuple(first for first, _ in trace.lines)
    assert from_bio(to_iob2(back.tags, scheme)) == trace.spans  # type: ignore[arg-type]


@pytest.mark.parametrize(("view", "name"), [("own", "text"), ("chinese", "chinese")])
def test_lines_that_are_read_by_themselves_are_said(view: str, name: str) -> None:
    assert "2 lines, each read by itself" in text_of(healthy(page(view=view, **{name: "你好\n我"})))
    assert "read by itself" not in text_of(healthy(page(view=view, **{name: "你好"})))


def test_cells_between_tabs_are_read_by_themselves_and_that_is_said() -> None:
    told = text_of(healthy(page(view="own", text="Ana Pires\tOslo\nBen")))
    assert "3 lines and cells (a tab parts two cells), each read by itself" in told
    assert "read by itself" not in text_of(healthy(page(view="own", text="\tAna Pires")))


def test_the_first_step_of_a_further_line_starts_anew(tiny_lac: Any) -> None:
    trace = tag_chinese(tiny_lac, "你好\n我A")
    app = page(view="chinese", chinese="你好\n我A", step="3")
    with teaching() as seen:
        healthy(give_up(app))
    (line,) = [line for formula in seen.formulas for line in formula.lines]
    best = trace.lattice.best_until(2)
    assert line.result == trace.lattice.scores[2, best[-1]]
    alone = tag_chinese(tiny_lac, "我A").lattice
    before = tag_chinese(tiny_lac, "你好").lattice
    assert line.result == pytest.approx(before.score + alone.scores[0, best[-1]])


# -- Chinese, character by character -------------------------------------------------------------------------------------


def test_a_chinese_sentence_is_tagged_by_character_and_compared_with_lac(tiny_lac: Any) -> None:
    gold = ["B-LOC", "I-LOC", "B-LOC", "I-LOC", "I-LOC", "I-LOC"]
    mine = ["B-LOC", "I-LOC", "I-LOC", "I-LOC", "I-LOC", "I-LOC"]
    query = {f"urumqi-{n + 1}": name for n, name in enumerate(mine)}
    before = healthy(page(view="yours", sentence="urumqi", **query))
    assert "Gold" not in html_of(before) and "every character" in text_of(before).lower()
    app = healthy(page(view="yours", sentence="urumqi", **query, **{"urumqi-done": "true"}))
    table = next(part for part in html_of(app).split('role="table"')[1:] if ">新<" in part)
    columns = [re.findall(r"(?<=>)[^<>]+(?=</(?:div|span)>)", column) for column in table.split('role="row"')[1:]]
    names, *columns = columns
    assert [word for word, *_ in columns[:6]] == list("新疆乌鲁木齐")
    rows = [[name, *(column[n + 1] for column in columns[:6])] for n, name in enumerate(names)]
    theirs = [s for s in tag_chinese(tiny_lac, "新疆乌鲁木齐").spans if s.type in ("PER", "LOC", "ORG")]
    lac = to_bio(list("新疆乌鲁木齐"), theirs)
    assert rows == [
        ["You", "B-LOC", "I-LOC", "✗ I-LOC", "I-LOC", "I-LOC", "I-LOC"],
        ["Gold", *gold],
        ["Model", *(name if name == right else f"✗ {name}" for name, right in zip(lac, gold, strict=True))],
    ]
    p, r, f = (score([gold], [mine]) for score in (precision_score, recall_score, f1_score))
    assert (p, r, f) == (0, 0, 0) and "0 right of 1 found and 2 in the gold tags" in text_of(app)


def test_the_palette_of_a_chinese_sentence_has_the_types_of_its_model() -> None:
    app = healthy(page(view="yours", sentence="beijing"))
    told = next(item.proto.json for item in app.get("bidi_component") if "palette" in item.proto.json)
    data = json.loads(json.loads(told))
    assert data["words"] == list("我在北京工作") and [t["id"] for t in data["types"]] == ["PER", "LOC", "ORG", "O"]


@pytest.mark.parametrize("done", ["false", "true"])
def test_the_learners_tags_are_given_away_as_columns_and_gold_only_once_done(done: str) -> None:
    query = {"teams-1": "B-ORG", "teams-done": done, "panel": "conll", "whose": "gold"}
    app = healthy(page(view="yours", sentence="teams", **query))
    back = read_tagged(app.code[0].value)
    assert back.words == tuple(word.text for word in EXERCISES["teams"].words)
    assert back.tags == (EXERCISES["teams"].tags if done == "true" else ("B-ORG", *["O"] * 11))


def test_chinese_rules_stand_beside_the_chinese_model() -> None:
    app = healthy(page(view="chinese", chinese="增长百分之五，共3.5亿美元", panel="rules"))
    rows = re.sub(r"<[^>]*>", " ", html_of(app))
    assert "百分之五" in rows and "MONEY" in rows and "PERCENT" in rows and "Rules, no model" in rows
    found = app.dataframe[0].value["Found here"].tolist()
    assert "3.5亿美元" in found and "百分之五" in found
    assert len(found) == len(RULES) + len(CHINESE_RULES)
    assert len(healthy(page(view="own", text="$5", panel="rules")).dataframe[0].value) == len(RULES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_a_name_in_the_language_of_the_page(language: str) -> None:
    words = Words(lesson("bio-tagging").words, language)
    app = healthy(page(view="chinese", chinese="增长百分之五", panel="rules", lang=language))
    shown = app.dataframe[0].value[words("rules.name")].tolist()
    names = words.resolve(words.node("rules.names"))
    assert shown == [names[name] for _, name, _ in (*RULES, *CHINESE_RULES)] and len(set(shown)) == len(shown)
    han = [name for name in shown if re.search("[\u4e00-\u9fff]", name)]
    assert len(han) == (len(shown) if language == "zh" else 0)


def test_no_two_pieces_to_choose_from_have_one_label() -> None:
    app = healthy(page(view="own", text="Maria Silva flew to Paris"))
    for name in ("piece", "tag"):
        options = app.selectbox(key=name).options
        assert len(set(options)) == len(options)


# -- what is named is explained ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Maria Silva flew to Paris", "flew", "we met", "Paris"])
def test_a_word_is_called_the_surest_name_only_where_it_is_one(tiny_tagger: Any, text: str) -> None:
    trace = tag(tiny_tagger, text)
    first = [n for n, piece in enumerate(trace.pieces) if piece.first]
    word = max(range(len(first)), key=lambda n: 1 - trace.probabilities[first[n], trace.tag_names.index("O")])
    (label,) = (box.options[0] for box in healthy(page(view="own", text=text)).selectbox if box.label == "Word piece")
    assert ("surest name" in label, "no name" in label) == (trace.tags[word] != "O", trace.tags[word] == "O")


def test_no_word_is_called_a_name_where_the_model_finds_none(tiny_tagger: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = tag(tiny_tagger, "we met")
    none = replace(trace, tags=("O", "O"), greedy=("O", "O"))
    with monkeypatch.context() as patch:
        patch.setattr(view_own, "tag", lambda *args, **kwargs: none)
        app = healthy(page(view="own", text="we met"))
    (label,) = (box.options[0] for box in app.selectbox if box.label == "Word piece")
    assert "surest" not in label and "no name" in label


def test_the_kinds_of_words_in_the_lattice_are_spelt_out(tiny_lac: Any) -> None:
    trace = tag_chinese(tiny_lac, "你好我")
    app = healthy(page(view="chinese", chinese="你好我"))
    (told,) = (item.value for item in app.caption if "begins a **word**" in item.value)
    words = Words(lesson("bio-tagging").words, "en")
    kinds = {trace.tag_names[n].split("-")[-1] for n in trace.prominent()}
    assert kinds and all(f"`{kind}` {words(f'pos.{kind}')}" in told for kind in kinds)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_control_that_lies_behind_settings_is_said_to_lie_there(language: str) -> None:
    words = Words(lesson("bio-tagging").words, language)
    names = {"en": ("est legal sequence” ", "CRF’s scores", "its scores by 50"), "zh": ("“最优合法序列”", "分数放大")}
    keys = ("presets.ferry.note", "own.repaired", "chinese.sizes", "presets.rain.note")
    for text in (words(key, items="", transition="", emission="") for key in keys):
        assert any(name in text for name in names[language])
        assert {"en": "(in Settings)", "zh": "（在“设置”里）"}[language] in text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("state", [{"view": "yours"}, {"view": "own"}, {"sentence": "urumqi"}, {"view": "chinese"}])
def test_in_chinese_it_is_said_why_the_examples_are_english(state: dict[str, str], lang: str) -> None:
    told = Words(lesson("bio-tagging").words, lang)("other_language")
    english = state in ({"view": "yours"}, {"view": "own"})
    assert text_of(healthy(page(lang=lang, **state))).count(told) == (lang == "zh" and english)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EXERCISES)
def test_who_is_done_without_a_tag_is_told_what_to_do(name: str, language: str) -> None:
    """And nobody else: neither who is still tagging nor who has marked a single name."""
    exercise, w = EXERCISES[name], Words(lesson("bio-tagging").words, language)
    hint = w("yours.untagged_characters" if exercise.chinese else "yours.untagged")
    query = {"lang": language, "view": "yours", "sentence": name}

    def hinted(**more: str) -> bool:
        return hint in [item.value for item in healthy(page(**query, **more)).info]

    assert exercise.spans and compare(exercise.tags, ()).strict.f1 == 0  # as the hint says
    assert hinted(**{f"{name}-done": "true"})
    assert not hinted()
    assert not hinted(**{f"{name}-done": "true", f"{name}-2": "B-PER"})
