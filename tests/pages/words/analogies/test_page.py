"""The analogies page: every kind of input, both languages, every panel; numbers on screen are the trace's."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from typing import Any

import pytest
import yaml
from streamlit.testing.v1 import AppTest

from app.lessons import lesson
from nlpcore.words import WordVectors
from nlpcore.words.analogy import solve
from nlpcore.words.analogy_evaluation import chinese_test, evaluate
from nlpcore.words.analogy_input import answer
from pages.words.analogies import charts
from pages.words.analogies.snippet import code
from pages.words.analogies.sums import in_words
from tests.makers.words import random_vectors
from tests.pages.screen import figures, open_page, sound

WORDS = yaml.safe_load(lesson("analogies").words.read_text("utf-8"))
PRESETS = list(WORDS["presets"])


def w(key: str, /, **params: object) -> str:
    """Stand-in for the page's words: the key with its parameters."""
    return " ".join([key, *(f"{name}={value}" for name, value in params.items())])


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
    app.radio[0].set_value(0)
    app.run()
    next(button for button in app.button if "_go_" in str(button.key)).click()
    app.run()
    assert not app.exception
    assert "king" in bars(figures(app)[0])
    assert app.success
    shown = app.latex[1].value
    assert "0.85" in shown and "0.89" in shown


@pytest.mark.models
@pytest.mark.parametrize("panel", ["terms", "neighbours", "gallery", "mistakes", "code"])
def test_every_panel_is_drawn(glove: WordVectors, panel: str) -> None:
    app = open_here(panel=panel, lang="zh", strike=False)
    assert len(figures(app)) == {"terms": 3, "neighbours": 5}.get(panel, 2)
    assert not app.warning


@pytest.mark.models
def test_the_chinese_test_is_scored_on_the_page(chinese: WordVectors) -> None:
    app = open_here(panel="test", model="words-zh-64d", a="鲁迅", b="中国", c="俄罗斯", expected="托尔斯泰")
    accuracy = evaluate(chinese, chinese_test()).accuracy()
    assert app.metric[0].value == f"{accuracy:.1%}"
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
        assert ("also with nothing struck" in note) == (trace.rank_with_inputs == 1), item["words"]


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


@pytest.mark.parametrize("exclude", [True, False])
def test_the_snippet_prints_what_is_on_the_screen(monkeypatch: pytest.MonkeyPatch, exclude: bool) -> None:
    vectors = random_vectors()
    monkeypatch.setattr("nlpcore.words.load_vectors", lambda model_id: vectors)
    trace = solve(vectors, ["w1", "w2"], ["w3"], expected="w9", exclude_inputs=exclude)
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(code("random", trace.positive, trace.negative, trace.expected, trace.k, exclude), {})
    lines = printed.getvalue().splitlines()
    assert [line.split()[1:] for line in lines[:-1]] == [[word, f"{cosine:.2f}"] for word, cosine in trace.answers]
    assert str(trace.rank_without_inputs) in lines[-1] and str(trace.rank_with_inputs) in lines[-1]


def test_answers_number_only_what_counts() -> None:
    vectors = random_vectors()
    trace = solve(vectors, ["w1", "w2"], ["w3"], k=4, expected="w200")
    hidden, shown = (charts.answer_rows(trace, show_inputs=inputs) for inputs in (False, True))
    assert [row["place"] for row in hidden][:4] == [1, 2, 3, 4]
    assert hidden[-1] == {
        "place": trace.expected_rank,
        "word": "w200",
        "cosine": trace.expected_cosine,
        "kind": "expected",
    }
    assert {row["word"] for row in shown if row["kind"] == "struck"} <= set(trace.inputs)
    assert [row for row in shown if row["place"] is not None] == hidden


def test_terms_stand_in_the_order_of_the_sum_and_add_up() -> None:
    worked = answer(random_vectors(), "w1", "w2", "w3")
    assert in_words(worked) == "w1 − w2 + w3"
    rows = charts.term_rows(worked, 5)
    assert list(rows[0]) == ["word", "+ w1", "− w2", "+ w3", "sum", "cosine"]
    for row in rows:
        assert row["+ w1"] + row["− w2"] + row["+ w3"] == pytest.approx(row["sum"])
        assert row["sum"] / worked.trace.length == pytest.approx(row["cosine"], abs=1e-5)


@pytest.mark.parametrize("typed", [("w1", "w2", "w3"), ("w1", "", ""), ("w1 w4", "w2", ""), ("w1", "w1", "w3")])
def test_figures_are_drawn_for_every_form_of_sum(typed: tuple[str, str, str]) -> None:
    worked = answer(random_vectors(), *typed, expected="w7")
    for figure in (
        charts.answers(worked.trace, w, True).checked(),
        charts.parallelogram(worked, w).checked(),
        charts.terms(worked, w, True).checked(),
        charts.neighbours("w1", random_vectors().nearest("w1"), "w7", w).checked(),
    ):
        assert figure.layout.height
        assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"


def test_questions_are_filtered() -> None:
    vectors = random_vectors()
    sections = [("s", [("w1", "w2", "w3", "w4"), ("w5", "w6", "w7", "w8")])]
    from nlpcore.words.analogy_evaluation import score_sections

    scores = list(score_sections(vectors, sections))
    every = charts.question_rows(scores, "all", "", str)
    assert len(every) == 2
    assert charts.question_rows(scores, "all", "W5", str) == [row for row in every if row["a"] == "w5"]
    right, wrong = (charts.question_rows(scores, verdict, "", str) for verdict in ("right", "wrong"))
    assert len(right) + len(wrong) == 2
