"""The analogies page: every kind of input, both languages, every panel; numbers on screen are the trace's."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from streamlit.testing.v1 import AppTest

from app.charts import style
from app.charts.label_placement import text_width
from app.lessons import lesson
from app.shell import exports
from app.shell.frame import LessonPage
from nlpcore.words import WordVectors
from nlpcore.words.analogy import solve
from nlpcore.words.analogy_evaluation import chinese_test, evaluate
from nlpcore.words.analogy_input import answer
from tests.pages.asking import asks, counted, give_up, guess
from tests.pages.screen import figures, open_page, sound, teaching, text_of

WORDS = yaml.safe_load(lesson("analogies").words.read_text("utf-8"))
PRESETS = list(WORDS["presets"])


def open_here(**state: Any) -> AppTest:
    return sound(
        open_page("analogies", {"lang": state.pop("lang", "en"), "panel": state.pop("panel", "sources")}, **state)
    )


def bars(figure: dict[str, Any]) -> set[str]:
    """The words of a bar chart, without their places."""
    return {label.split("  ")[0] for trace in figure["data"] for label in trace["y"]}


@pytest.mark.models
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_struck_word_is_shown_only_after_the_prediction(glove: WordVectors, lang: str) -> None:
    app = open_here(lang=lang, panel="sources")
    assert "king" not in bars(figures(app)[0])
    assert not any("0.89" in formula.value for formula in app.latex)
    # options come in alphabetical order: king, man, queen, woman
    guess(app, 0)
    assert "king" in bars(figures(app)[0])
    assert app.success
    shown = app.latex[1].value
    assert "0.85" in shown and "0.89" in shown


@pytest.mark.models
@pytest.mark.parametrize("lecture", [False, True])
@pytest.mark.parametrize("model", ["glove-6b-50d", "words-zh-64d"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_why_words_are_in_another_language_is_said_once(
    glove: WordVectors, chinese: WordVectors, lang: str, model: str, lecture: bool
) -> None:
    told = WORDS["other_language"][lang]
    app = open_here(lang=lang, model=model, a="中国" if model == "words-zh-64d" else "king", lecture=lecture)
    differs = (lang == "zh") is (model == "glove-6b-50d")
    assert text_of(app).count(told) == (differs and not lecture)


@pytest.mark.models
@pytest.mark.parametrize("panel", ["terms", "neighbours", "gallery", "mistakes", "code"])
def test_every_panel_is_drawn(glove: WordVectors, panel: str) -> None:
    app = open_here(panel=panel, lang="zh", strike=False)
    assert len(figures(app)) == {"terms": 3, "neighbours": 5}.get(panel, 2)
    assert not app.warning


@pytest.mark.models
def test_the_chinese_test_is_scored_on_the_page(chinese: WordVectors) -> None:
    fields = {"a": "鲁迅", "b": "中国", "c": "俄罗斯", "expected": "托尔斯泰"}
    app = give_up(open_here(panel="test", model="words-zh-64d", **fields))
    scores = evaluate(chinese, chinese_test())
    assert app.metric[0].value == f"{scores.accuracy():.1%}"
    assert app.metric[0].delta == f"{scores.accuracy(exclude_inputs=False):.1%} with nothing left out"
    assert f"**{scores.echoes():.0%}** of all answers are one of the three words" in text_of(app)
    assert len(figures(app)[-1]["data"][0]["x"]) == 6
    assert app.dataframe


@pytest.mark.models
@pytest.mark.parametrize(
    "text",
    [
        "",
        "k",
        "word " * 4000,
        "?!…",
        "🙂",
        "שלום עולם",
        "e\u0301" * 40,
        "<script>alert(1)</script>",
        "king\x00",
        "kinng",
        "国王",
        "**king** $x$",
    ],
)
def test_unpleasant_input_keeps_the_page_whole(glove: WordVectors, text: str) -> None:
    app = open_here(a=text, panel="sources")
    assert len(figures(app)) == 2 or len(app.warning) == 1


@pytest.mark.models
@pytest.mark.parametrize("preset", PRESETS)
def test_presets_set_controls_that_exist(glove: WordVectors, chinese: WordVectors, preset: str) -> None:
    state = WORDS["presets"][preset]["state"]
    assert set(state) == {"a", "b", "c", "expected", "model", "strike"}
    vectors = chinese if state["model"] == "words-zh-64d" else glove
    worked = answer(vectors, *(state[name] for name in ("a", "b", "c", "expected")), exclude_inputs=state["strike"])
    assert worked.trace.answers
    assert worked.trace.notes == ()


@pytest.mark.models
@pytest.mark.parametrize("model_id", list(WORDS["gallery"]))
def test_the_gallery_says_truly_what_works(glove: WordVectors, chinese: WordVectors, model_id: str) -> None:
    vectors = chinese if model_id == "words-zh-64d" else glove
    for item in WORDS["gallery"][model_id]:
        a, b, c, expected = item["words"]
        trace = solve(vectors, [a, c], [b], expected=expected)
        assert (trace.rank_without_inputs == 1) == item["works"], item["words"]
        note = item["note"]["en"].lower()
        assert ("also with nothing left out" in note) == (trace.rank_with_inputs == 1), item["words"]


@pytest.mark.models
def test_what_the_words_say_about_numbers_is_so(glove: WordVectors, chinese: WordVectors) -> None:
    def cosine(vectors: WordVectors, one: str, other: str) -> float:
        return float(vectors.unit[vectors.row(one)] @ vectors.unit[vectors.row(other)])

    assert cosine(chinese, "男人", "女人") == pytest.approx(0.96, abs=0.005)
    doctor = {word: cosine(glove, "doctor", word) for word in ("man", "woman")}
    nurse = {word: cosine(glove, "nurse", word) for word in ("man", "woman")}
    assert doctor == pytest.approx({"man": 0.71, "woman": 0.73}, abs=0.006)
    assert nurse == pytest.approx({"man": 0.57, "woman": 0.72}, abs=0.006)
    assert solve(glove, ["doctor", "man"], ["woman"], expected="nurse").rank_without_inputs == 119
    assert glove.nearest("doctor", 1)[0].word == "nurse"
    assert solve(glove, ["doctor", "woman"], ["man"]).ranking(False)[0].cosine == pytest.approx(0.90, abs=0.005)
    queen = answer(glove, "king", "man", "woman", "queen").plane
    assert queen.residuals[4] == pytest.approx(0.48, abs=0.005)
    man, woman = glove.unit[glove.row("man")], glove.unit[glove.row("woman")]
    assert float(((man - woman) ** 2).sum() ** 0.5) == pytest.approx(0.48, abs=0.005)


@pytest.mark.models
@pytest.mark.parametrize("option", range(4))
def test_only_the_nearest_word_counts_as_right(glove: WordVectors, option: int) -> None:
    sums = glove.unit[glove.row("paris")] - glove.unit[glove.row("france")] + glove.unit[glove.row("italy")]
    with teaching() as seen:
        right = counted(open_here(a="paris", b="france", c="italy", expected="rome"), option)
    assert right == (seen.questions[0].options[option] == glove.words[int((glove.unit @ sums).argmax())])


@pytest.mark.models
def test_the_verdict_tells_each_place_in_its_row(glove: WordVectors) -> None:
    app = open_here(a="doctor", b="man", c="woman", expected="nurse", strike=False)
    trace = solve(glove, ["doctor", "woman"], ["man"], expected="nurse")
    rows = next(item.value for item in app.markdown if "input words left out" in item.value).splitlines()
    places = (trace.rank_without_inputs, trace.rank_with_inputs, *trace.ranks_alone)
    assert len(set(places[:2])) == 2
    assert [row.split("**")[1] for row in rows[2:]] == [f"place\u00a0{place:,}" for place in places]
    assert "input words left out" in rows[2] and "nothing left out" in rows[3]


@pytest.mark.models
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("lecture", [{}, {"lecture": True}])
@pytest.mark.parametrize("empty", [(), ("a",), ("b",), ("b", "c")])
def test_a_field_that_was_left_empty_is_named_above_the_figures(
    glove: WordVectors, lang: str, lecture: dict[str, bool], empty: tuple[str, ...]
) -> None:
    """In the type of the text, not among the small print."""
    app = open_here(lang=lang, panel="sources", **dict.fromkeys(empty, ""), **lecture)
    said = [text.value for text in app.markdown if {"en": "Left empty", "zh": "没有填"}[lang] in text.value]
    assert len(said) == bool(empty)
    for name in "abc" if empty else "":
        assert (f"“{WORDS['controls'][name][lang]}”" in said[0]) is (name in empty)


@pytest.mark.models
def test_one_close_spelling_is_not_called_one_of_these(glove: WordVectors) -> None:
    (warning,) = open_here(a="goodmovie").warning
    assert warning.value == "“goodmovie” is not in this vocabulary. Did you mean: goodies?"


@pytest.mark.models
def test_a_click_in_the_gallery_puts_its_words_into_the_fields(
    glove: WordVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables: list[tuple[list[dict[str, Any]], Any]] = []
    put: list[dict[str, Any]] = []
    monkeypatch.setattr(
        LessonPage, "table", lambda self, rows, name, on_choice, sentences: tables.append((rows, on_choice))
    )
    open_here(panel="gallery", strike=False)
    monkeypatch.setattr(LessonPage, "put", lambda self, **values: put.append(values))
    ((rows, choose),) = tables
    items = WORDS["gallery"]["glove-6b-50d"]
    assert len(rows) == len(items)
    for place, (row, item) in enumerate(zip(rows, items, strict=True)):
        choose(place)
        assert list(put[-1].items()) == list(zip(("a", "b", "c", "expected"), item["words"], strict=True))
        assert row[""] == ("✓" if item["works"] else "✗")
        trace = solve(glove, [item["words"][0], item["words"][2]], [item["words"][1]], expected=item["words"][3])
        struck, free = trace.ranking(True)[0].word, trace.ranking(False)[0].word
        assert list(row.values())[2:4] == [item["words"][3], trace.rank_without_inputs]
        assert list(row.values())[5:] == [struck, free]


@pytest.mark.models
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("model", list(WORDS["gallery"]))
def test_why_an_example_works_or_fails_is_there_to_be_read(
    glove: WordVectors, chinese: WordVectors, model: str, lang: str
) -> None:
    """Its column is early and wide, and the rows so tall that the longest of the reasons has room in them."""
    app = give_up(open_here(panel="gallery", lang=lang, model=model))
    (table,) = app.dataframe
    name = WORDS["more"]["gallery"]["note"][lang]
    assert list(table.value.columns).index(name) == 4
    width = json.loads(table.proto.columns)[name]["width"]
    assert table.proto.row_height > 64, "Streamlit 1.67 wraps no text in a row of up to 4 rem"
    lines = (table.proto.row_height - 6) // (1.4 * style.SMALL)
    longest = max(text_width(text, style.SMALL) for text in table.value[name])
    assert longest < 0.85 * lines * (width - 17), "what a line loses where no word ends is left free"


@pytest.mark.models
def test_the_question_is_asked_anew_about_another_sum_only(glove: WordVectors) -> None:
    app = guess(open_here(), 0)
    assert not asks(app)
    app.text_input(key="expected").set_value("princess")
    assert asks(sound(app.run())), "other options"
    app.text_input(key="expected").set_value("queen")
    assert not asks(sound(app.run())), "this one is answered"


@pytest.mark.models
@pytest.mark.parametrize(
    "opens", [{}, {"preset": "guowang"}, {"a": "walking", "b": "walk", "c": "swim", "expected": "swimming"}]
)
@pytest.mark.parametrize("field", ["a", "b", "c"])
def test_the_target_of_an_example_is_not_that_of_an_own_sum(
    glove: WordVectors, chinese: WordVectors, field: str, opens: dict[str, str]
) -> None:
    app = sound(open_page("analogies", {"lang": "en", **opens}))
    old = app.text_input(key="expected").value
    assert old in ("queen", "王后", "swimming") and f"Where does *{old}* come among " in text_of(app)
    own = "公主" if "preset" in opens else "uncle"
    app.text_input(key=field).set_value(own)
    sound(app.run())
    assert app.text_input(key=field).value == own and app.text_input(key="expected").value == ""
    assert "Where does" not in text_of(app)
    assert not any(old in label for figure in figures(app) for label in drawn_as_hoped_for(figure))
    hoped = "女王" if "preset" in opens else "aunt"
    app.text_input(key="expected").set_value(hoped)
    assert f"Where does *{hoped}* come among " in text_of(sound(app.run()))
    other = "父亲" if "preset" in opens else "brother"
    app.text_input(key="a" if field != "a" else "b").set_value(other)
    sound(app.run())
    assert app.text_input(key="expected").value == hoped, "it is the learner's own"


def drawn_as_hoped_for(figure: dict[str, Any]) -> list[str]:
    return [str(trace.get("name")) for trace in figure["data"] if trace.get("name") == "hoped for"]


@pytest.mark.models
def test_from_one_example_to_another_the_target_goes_with_it(glove: WordVectors) -> None:
    """Also where a learner types it, and where a link names another."""
    app = open_here(a="uncle", b="man", c="woman", expected="queen")
    assert app.text_input(key="expected").value == "queen"
    for name, word in zip(("a", "b", "c"), ("paris", "france", "italy"), strict=True):
        app.session_state[name] = word
    app.session_state["expected"] = "rome"
    sound(app.run())
    assert app.text_input(key="expected").value == "rome"
    app.session_state["preset"] = "opposites"
    for name in ("a", "b", "c", "expected"):
        app.session_state[name] = WORDS["presets"]["opposites"]["state"][name]
    assert sound(app.run()).text_input(key="expected").value == "smaller"


@pytest.mark.models
def test_what_is_nearest_of_all_is_in_no_data_before_the_prediction(
    glove: WordVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The inputs' own cosines and distances to the sum: of that they are so often the nearest."""
    rows: dict[str, list[dict[str, Any]]] = {}
    monkeypatch.setattr(exports, "export_menu", lambda key, name, data, *more: rows.update({key: list(data or ())}))

    def distances(app: AppTest) -> list[Any]:
        points = [
            p for t in figures(app)[1]["data"] for p in t.get("customdata") or () if p[0] in ("king", "man", "woman")
        ]
        assert len(points) == 3
        return [point[2:] for point in points]

    inputs = {"king", "man", "woman"}
    app = open_here(panel="terms")
    for figure in ("figure_answers", "figure_terms"):
        assert not inputs & {row["word"] for row in rows[figure]}
    assert [row["distance_to_sum"] for row in rows["figure_plane"] if row["role"] in "abc"] == [None] * 3
    assert distances(app) == [[], [], []]
    app = give_up(app)
    for figure in ("figure_answers", "figure_terms"):
        assert "king" in {row["word"] for row in rows[figure]}
    total = sum(sign * glove.unit[glove.row(word)] for word, sign in (("king", 1), ("man", -1), ("woman", 1)))
    true = [float(((glove.unit[glove.row(word)] - total) ** 2).sum() ** 0.5) for word in ("king", "man", "woman")]
    assert [row["distance_to_sum"] for row in rows["figure_plane"] if row["role"] in "abc"] == pytest.approx(
        true, abs=1e-4
    )
    assert [point[0] for point in distances(app)] == pytest.approx(true, abs=1e-4)


@pytest.mark.models
@pytest.mark.parametrize("panel", ["gallery", "test", "mistakes"])
def test_panels_that_list_what_is_nearest_wait_for_the_prediction(glove: WordVectors, panel: str) -> None:
    app = open_here(panel=panel)
    before = len(text_of(app)) + 1000 * len(app.dataframe)
    assert not app.dataframe and not app.metric
    assert len(text_of(give_up(app))) + 1000 * len(app.dataframe) > before + 500
