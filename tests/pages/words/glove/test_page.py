"""The lesson's own tests; what holds for every lesson is tried in tests/pages, tests/e2e and tests/hostile."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from app.formulas import faults
from app.lessons import lesson
from app.questions import Said
from app.words import LOCALES, Words, read_tree
from nlpcore.words.glove_reading import (
    PAPER,
    PAPER_PROBES,
    Cooccurrences,
    cooccurrence_ratios,
    learn_small_glove,
    read_cooccurrences,
)
from nlpcore.words.glove_text import MatrixSize
from nlpcore.words.similarity import Correlation
from pages.words.glove import charts, charts_ratio, formulas, idea, questions, shared
from tests.drawn import numbers
from tests.pages.asking import asks, give_up, guess
from tests.pages.screen import figures, open_page, sound, text_of

LESSON = lesson("glove")
PRESETS = read_tree(LESSON.words)["presets"]
SHELL = Words(LOCALES / "shell.yaml", "en")
MATS = "the cat sat on the mat\nthe dog sat on the rug"
texts = st.lists(st.lists(st.sampled_from("abcd"), min_size=2, max_size=7), min_size=1, max_size=3).map(
    lambda found: "\n".join(map(" ".join, found))
)


@pytest.fixture(scope="module")
def w() -> Words:
    return Words(LESSON.words, "en")


def said(option: object) -> float:
    assert isinstance(option, Said)
    return float(str(option.values["value"]).replace("−", "-"))


def cell(read: Cooccurrences, one: str, other: str) -> float:
    """A cell by its definition, place by place."""
    total = 0.0
    for line in read.lines:
        for i, a in enumerate(line):
            for j, b in enumerate(line):
                if i != j and (a, b) == (one, other) and abs(i - j) <= read.counted.window:
                    total += 1 / abs(i - j) if read.counted.by_distance else 1
    return total


@given(texts, st.integers(1, 5), st.booleans(), st.data())
def test_a_cell_is_asked_for_and_worked_out_place_by_place(text: str, window: int, by: bool, data: Any) -> None:
    read = read_cooccurrences(text, window, by)
    pair = tuple(data.draw(st.sampled_from(read.counted.words)) for _ in range(2))
    wanted = cell(read, *pair)  # type: ignore[misc]
    formula = formulas.count(read, pair)  # type: ignore[arg-type]
    assert faults(formula) == [] and formula.lines[0].result == pytest.approx(wanted)
    question = questions.count(read, pair)  # type: ignore[arg-type]
    if question is not None:
        assert said(question.answer) == pytest.approx(wanted, abs=0.0051)
        assert sum(abs(said(option) - wanted) < 0.005 for option in question.options) == 1


def test_the_curve_of_weights_does_not_show_a_count_that_is_asked_for() -> None:
    counted = read_cooccurrences("a b a b. c d").counted
    left = charts.without(counted, ("b", "a"))
    assert len(left.values) == len(counted.values) - 2 and left.row_of("a")[left.words.index("b")] == 0
    assert len(charts.without(read_cooccurrences("a b").counted, ("a", "b")).values) == 0


@given(texts, st.integers(0, 80), st.sampled_from([1.0, 2.0, 10.0]), st.sampled_from([0.0, 0.75, 1.5]))
@settings(max_examples=40)
def test_a_term_is_the_weight_times_the_squared_difference(text: str, steps: int, x_max: float, alpha: float) -> None:
    state = learn_small_glove(text, steps, x_max=x_max, exponent=alpha, rate=0.2).shown
    counted = state.counted
    for place in range(0, len(counted.values), 3):
        i, j, x = int(counted.rows[place]), int(counted.columns[place]), float(counted.values[place])
        p = state.parameters
        score = sum(a * b for a, b in zip(p.first[i], p.second[j], strict=True)) + p.first_bias[i] + p.second_bias[j]
        f = 1.0 if x >= x_max else (x / x_max) ** alpha
        wanted = f * (score - math.log(x)) ** 2
        formula = formulas.term(state, place, x_max, alpha)
        assert faults(formula) == []
        assert formula.lines[0].result == pytest.approx(f) and formula.lines[-1].result == pytest.approx(wanted)
        pair = counted.words[i], counted.words[j]
        assert questions.cell_of(state, pair) == place
        question = questions.term(state, pair, 0)
        if question is not None:
            assert said(question.answer) == pytest.approx(wanted, abs=0.00051)
    change = formulas.update(state, 0.2)
    assert (change is None) is (steps == 0)
    if change is not None and state.last is not None:
        assert faults(change) == []
        row = state.last.row
        assert any(change.lines[0].result == pytest.approx(float(x)) for x in state.parameters.first[row])


def test_a_term_that_has_grown_large_fits_a_hall() -> None:
    state = learn_small_glove("the cat sat on the mat\nthe dog sat on the rug", 100, rate=5.0).shown
    for cell in range(len(state.terms.logs)):
        formula = formulas.term(state, cell, 10.0, 0.75, hall=True)
        assert faults(formula) == [] and max(len(part) for part in formula.lines[-1].parts()) < 60


@given(texts, st.integers(1, 6))
def test_the_ratio_of_a_formula_is_that_of_the_counts(text: str, window: int) -> None:
    found = cooccurrence_ratios(text, ("a", "b"), ("c", "d"), window)
    for place in range(2):
        formula = formulas.ratio(found, place)
        finite = bool(math.isfinite(found.ratios[place]) and found.ratios[place] > 0)
        assert (formula is not None) is finite
        if formula is not None:
            assert faults(formula) == [] and formula.lines[-1].result == pytest.approx(found.ratios[place])
            shares = [line.result for line in formula.lines[:2]]
            assert shares == pytest.approx(found.probabilities[:, place])


@given(texts, st.integers(1, 4))
def test_the_idea_tells_a_count_of_the_text_that_is_not_asked_for(text: str, window: int) -> None:
    read = read_cooccurrences(text, window)
    asked = shared.usual_pair(read)
    one, other, count = idea.told_pair(read, asked)
    assert count == pytest.approx(cell(read, one, other))
    counted = read.counted
    cells = {
        frozenset((counted.words[i], counted.words[j])) for i, j in zip(counted.rows, counted.columns, strict=True)
    }
    assert {one, other} != set(asked) or cells <= {frozenset(asked)}
    values = idea.values(read, (one, other, count))
    assert float(str(values["log"]).replace("−", "-")) == pytest.approx(math.log(count), abs=0.0051)


def test_the_paper_s_largest_ratio_is_asked_for() -> None:
    question = questions.ratio()
    by_hand = {probe: ice / steam for probe, ice, steam in zip(PAPER_PROBES, PAPER[0], PAPER[1], strict=True)}
    assert question.answer == Said(f"probes.{max(by_hand, key=lambda each: by_hand[each])}")
    assert max(PAPER_PROBES, key=lambda each: PAPER[0][PAPER_PROBES.index(each)]) == "water", "as the question says"


@given(st.integers(2, 20_000), st.floats(0.0005, 1.0))
def test_the_share_of_cells_is_one_of_three(words: int, share: float) -> None:
    size = MatrixSize(words, max(1, int(share * words**2)), 3.0, ())
    question = questions.sparse(size, 0)
    options = [float(str(option.values["share"])) for option in question.options]  # type: ignore[union-attr]
    assert len(options) == 3 and options == sorted(options)
    nearest = min(options, key=lambda option: abs(option - 100 * size.cells / words**2))
    assert options[question.right] == nearest


@pytest.mark.parametrize(
    ("low", "high", "right"), [(0.01, 0.3, "glove"), (-0.3, -0.01, "skip_gram"), (-0.1, 0.2, "open")]
)
def test_who_is_better_is_what_the_interval_says(low: float, high: float, right: str) -> None:
    question = questions.better(Correlation(200, (low + high) / 2, low, high), "text")
    assert question.answer == Said(f"predict.better.{right}")


# -- figures -----------------------------------------------------------------------------------------------------------


def test_the_matrix_is_drawn_without_the_cells_that_are_asked_for(w: Words) -> None:
    counted = read_cooccurrences(MATS).counted
    for hidden in (True, False):
        drawn = charts.matrix_figure(counted, 7, ("the", "sat"), hidden, w)
        drawn.checked()
        z = numbers(drawn.traces[0]["z"]).reshape(7, 7)
        whole = counted.dense()
        missing = np.isnan(z)
        assert missing.sum() == (2 if hidden else 0) and (z[~missing] == whole[~missing]).all()
        if hidden:
            i, j = counted.words.index("the"), counted.words.index("sat")
            assert missing[i, j] and missing[j, i]
    rows = charts.matrix_rows(counted, ("the", "sat"))
    assert not any({row["word"], row["near"]} == {"the", "sat"} for row in rows)
    assert len(rows) == len(counted.values) - 2 == len(charts.matrix_rows(counted, None)) - 2


def test_points_are_scores_over_logarithms(w: Words) -> None:
    state = learn_small_glove(MATS, 200, rate=0.2).shown
    drawn = charts.scores_figure(state, 3, w)
    drawn.checked()
    points = drawn.traces[1]
    assert numbers(points["x"]).tolist() == pytest.approx(np.log(state.counted.values).tolist())
    assert numbers(points["y"]).tolist() == state.terms.scores.tolist()
    low, high = drawn.layout["xaxis"]["range"]
    assert low <= state.terms.scores.min() and state.terms.scores.max() <= high
    assert sum(row["term"] for row in charts.score_rows(state)) == pytest.approx(state.terms.objective)
    curve = charts.weight_figure(state.counted, 10, 0.75, ("the", "sat"), w)
    curve.checked()
    x, y = (numbers(curve.traces[0][axis]) for axis in "xy")
    assert y.tolist() == pytest.approx([min(1.0, (each / 10) ** 0.75) for each in x.tolist()])


def test_ratios_stand_where_they_belong(w: Words) -> None:
    names = [w(f"probes.{probe}") for probe in PAPER_PROBES]
    for told in (False, True):
        drawn = charts_ratio.paper_figure(names, w, told)
        drawn.checked()
        assert len(drawn.traces) == (4 if told else 1)
        assert all(list(trace["y"]) == names for trace in drawn.traces), "each row has its own word"
        assert set(charts_ratio.paper_rows(told)[0]) == {"word", "near_ice"} | (
            {"near_steam", "ratio"} if told else set()
        )
    assert list(drawn.traces[-1]["x"]) == list(PAPER[2])
    found = cooccurrence_ratios("a c b\na d\nb e", ("a", "b"), ("c", "d", "e", "f"), 5)
    assert [charts_ratio.said(float(each), w) for each in found.ratios] == ["1", "∞", "0", w("ratio.none")]
    drawn = charts_ratio.own_figure(found, w)
    drawn.checked()
    assert [list(trace["x"]) for trace in drawn.traces[:2]] == [[1, 1, None, None], [1, None, 1, None]], "no slivers"
    assert charts_ratio.own_figure(found, w, hall=True).layout["height"] < drawn.layout["height"]
    rows = charts_ratio.own_rows(found)
    assert [(row["word"], row["times"]) for row in rows] == [("c", 1), ("d", 1), ("e", 1), ("f", 0)]
    assert [row["ratio"] for row in rows[:1]] == [rows[0]["p_1"] / rows[0]["p_2"]]


# -- the page ----------------------------------------------------------------------------------------------------------


@pytest.mark.models
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("preset", PRESETS)
def test_every_example_asks_and_then_draws(language: str, preset: str) -> None:
    app = sound(open_page("glove", {"lang": language, "preset": preset}))
    assert figures(app) and asks(app)
    give_up(app)
    assert not asks(app) and not app.warning


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_has_a_picture(language: str) -> None:
    assert LESSON.thumbnail(language).exists(), "python -m tests.pages.screens glove"


def test_a_link_names_the_pair_and_the_window_and_the_answer_is_right() -> None:
    app = sound(open_page("glove", {"text": "a b c. a c.", "one": "a", "other": "c", "window": "2"}))
    question = questions.count(read_cooccurrences("a b c\na c", 2), ("a", "c"))
    assert question is not None and said(question.answer) == 1.5
    guess(app, question.right)
    assert "Right" in text_of(app) and r"\frac{1}{2} + \frac{1}{1} = 1.50" in " ".join(each.value for each in app.latex)


def test_nothing_is_trained_before_the_answer_and_a_link_names_the_steps() -> None:
    app = sound(open_page("glove", {"view": "learn", "steps": "120"}))
    assert asks(app) and "120" not in text_of(app)
    give_up(app)
    assert "Steps: **120**" in text_of(app)
    wanted = learn_small_glove(MATS, 120, rate=0.2).shown.terms
    points = next(trace for trace in figures(app)[0]["data"] if trace.get("hovertext") is not None)
    np.testing.assert_allclose(numbers(points["y"]), wanted.scores, atol=1e-6)


def test_buttons_go_on_and_back_to_the_start() -> None:
    app = give_up(open_page("glove", {"view": "learn"}))
    for button, steps in (("_train_1", 1), ("_train_20", 21), ("_train_500", 521), ("_anew", 0)):
        sound(app.button(key=button).click().run())
        assert f"Steps: **{steps}**" in text_of(app)


@pytest.mark.models
@pytest.mark.parametrize("vectors", ["published", "glove"])
def test_the_pairs_that_are_compared_have_the_correlation_that_is_told(vectors: str) -> None:
    app = give_up(open_page("glove", {"view": "compare", "panel": "pairs", "vectors": vectors}))
    points = figures(app)[-1]["data"][0]
    x, y = numbers(points["x"]), numbers(points["y"])
    assert len(x) == len(points["hovertext"]) > 100
    assert f"Spearman’s correlation: **{spearmanr(x, y).statistic:.2f}**" in text_of(app)


@pytest.mark.parametrize("typed", ["Sat, on ,the", "sat，on，the", " sat on  the the"])
def test_words_that_are_looked_for_are_parted_by_blanks_and_commas(typed: str) -> None:
    app = give_up(open_page("glove", {"view": "ratio", "first": "cat", "second": "dog", "probes": typed}))
    bars = next(trace for trace in figures(app)[1]["data"] if trace["type"] == "bar")
    assert bars["y"] == ["sat", "on", "the"]


@pytest.mark.models
def test_a_real_text_is_counted_and_learnt_a_step() -> None:
    app = sound(open_page("glove", {"view": "text", "steps": "1", "watched": "king qqzzxx water", "size": "10"}))
    assert asks(app)
    give_up(app)
    assert "Steps: **1**" in text_of(app) and "qqzzxx" in " ".join(each.value for each in app.caption)
    heads = figures(app)[0]["layout"]["xaxis"]["ticktext"]
    assert heads == ["<b>king</b>", "<b>water</b>"]
    sound(app.button_group(key="panel").set_value("loss").run())
    steps = figures(app)[1]["data"][0]
    assert numbers(steps["x"]).tolist() == [1] and 0 < numbers(steps["y"])[0] < 5, "of ln X, which is 9 at most"
    sound(app.button_group(key="panel").set_value("take").run())
    offered = {part.proto.label for part in app.get("download_button")}
    assert {SHELL(f"training.{kind}") for kind in ("weights", "vectors")} <= offered


@pytest.mark.parametrize(
    ("state", "said_"),
    [
        ({"text": "word"}, "window needs at least two words"),
        ({"text": "one. two. three."}, "window needs at least two words"),
        ({"text": "😀 😀"}, "only signs"),
        ({"text": "same same same"}, ""),
        ({"text": "a b"}, ""),
        ({"text": "مرحبا بالعالم مرحبا"}, ""),
        ({"text": " ".join(f"w{n}x" for n in range(300))}, "the first 200"),
        ({"view": "learn", "text": "same same same"}, ""),
        ({"view": "learn", "rate": "0"}, ""),
        ({"view": "learn", "rate": "1000000", "steps": "300"}, "no number any more"),
        ({"view": "learn", "exponent": "0", "most": "1", "window": "10", "dimensions": "10"}, ""),
        ({"view": "learn", "one": "cat", "other": "cat"}, ""),
        ({"view": "ratio", "first": "", "second": " ", "probes": ","}, ""),
        ({"view": "ratio", "first": "ice", "second": "ice", "probes": "a b c d e f g h"}, ""),
    ],
)
def test_what_is_odd_gets_a_sentence_or_a_figure(state: dict[str, str], said_: str) -> None:
    app = sound(open_page("glove", {"lang": "en", **state}))
    while asks(app):
        give_up(app)
    told = text_of(app) + " ".join(str(each.value) for each in [*app.warning, *app.caption, *app.info])
    assert said_ in told
    assert figures(app) or app.warning


def test_what_the_code_prints_is_what_the_screen_shows(capsys: pytest.CaptureFixture[str]) -> None:
    from pages.words.glove import snippet

    exec(compile(snippet.counts(MATS, 2, True), "code", "exec"), {})
    assert "2." in capsys.readouterr().out
    settings_: dict[str, Any] = {"x_max": 10.0, "exponent": 0.75, "dimensions": 4, "rate": 0.2, "seed": 1, "window": 2}
    exec(compile(snippet.learn(MATS, 100, settings_), "code", "exec"), {})
    total = learn_small_glove(MATS, 100, rate=0.2).shown.terms.objective
    assert capsys.readouterr().out.splitlines()[0] == str(round(total, 4))
    exec(compile(snippet.ratio(MATS, ("cat", "dog"), ("sat", "mat"), 5, True), "code", "exec"), {})
    assert "'sat'" in capsys.readouterr().out
    for code in (snippet.text("wikitext-2", 0, {"dimensions": 5}, ("king",)), snippet.compare(25, 5)):
        compile(code, "code", "exec")
        json.dumps(code)
