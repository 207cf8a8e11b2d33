"""The lesson's own tests; what holds for every lesson is tried in tests/pages, tests/e2e and tests/hostile."""

from __future__ import annotations

import contextlib
import io
import math
from itertools import pairwise
from typing import Any, get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from app.formulas import faults
from app.lessons import lesson
from app.words import LANGUAGES, Words, read_tree
from nlpcore.networks.adversaries import Duel, duel
from nlpcore.networks.backpropagation import predict
from nlpcore.networks.chains import Counting, count_nots
from nlpcore.networks.letters import Squeezed, letters, squeeze_letters
from nlpcore.networks.phrases import learn_phrases
from nlpcore.networks.shapes import Shape, architecture, module_of
from nlpcore.networks.text_cnn import read_review
from pages.networks.architectures import charts, charts_text, formulas, questions, snippet
from pages.networks.architectures.page import VIEWS
from pages.networks.architectures.view_cnn import EXAMPLES
from tests.drawn import numbers
from tests.pages.asking import asks, give_up, in_every_language
from tests.pages.screen import figures, open_page, sound, text_of
from tests.skips import needs_models

ID, MODEL = "architectures", "textcnn-imdb"
LESSON = lesson(ID)
PRESETS = read_tree(LESSON.words)["presets"]
EN = Words(LESSON.words, "en")
PANELS = [
    ("shapes", "modules"), ("mlp", "parts"), ("cnn", "ngrams"), ("rnn", "parts"), ("letters", "between"), ("gan", "piles"),
]  # fmt: skip


def page(language: str = "en", **query: Any) -> AppTest:
    return sound(open_page(ID, {"lang": language, **{name: str(value) for name, value in query.items()}}))


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_has_a_picture(language: str) -> None:
    assert LESSON.thumbnail(language).exists(), "python -m tests.pages.screens architectures"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_asks_and_draws(language: str, view: str) -> None:
    app = page(language, view=view)
    assert asks(app) and figures(app) and not app.warning
    assert not asks(give_up(app)) and figures(app)


@pytest.mark.parametrize(("view", "panel"), PANELS)
def test_every_panel_says_something(view: str, panel: str) -> None:
    app = give_up(page(view=view))
    before = len(figures(app)) + len(app.table) + len(app.latex)
    opened = give_up(page(view=view, panel=panel))
    assert len(figures(opened)) + len(opened.table) + len(opened.latex) > before


# -- six shapes ----------------------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(
    st.sampled_from(get_args(Shape)), st.integers(1, 64), st.integers(2, 300), st.integers(3, 50), st.integers(1, 40),
    st.integers(1, 20),
)  # fmt: skip
def test_the_right_count_is_that_of_torch(
    shape: Shape, hidden: int, vocabulary: int, length: int, dimensions: int, batch: int
) -> None:
    trace = architecture(shape, hidden, vocabulary, length, dimensions, batch)
    stage = trace.stages[questions.ASKED[shape]]
    question = questions.count(trace)
    counted = sum(parameter.numel() for parameter in module_of(stage).parameters())
    assert question.answer == f"{counted:,}" and len(question.options) >= 2
    assert list(question.options) == sorted(question.options, key=lambda said: int(str(said).replace(",", "")))
    in_every_language(ID, question)
    assert faults(formulas.parameters(stage)) == [] and formulas.parameters(stage).lines[0].result == counted


def test_the_number_that_is_asked_for_stands_nowhere_before() -> None:
    trace = architecture("mlp")
    drawn = charts.shapes_figure(trace, 0, EN)
    drawn.checked()
    texts = next(t for t in drawn.traces if t.get("mode") == "text")["text"]
    assert texts == ["?", "50"] and [row["parameters"] for row in charts.shape_rows(trace, 0)] == ["", "", 50]
    assert next(t for t in drawn.traces if t["type"] == "bar")["x"][0] == 0
    told = charts.shapes_figure(trace, None, EN)
    assert next(t for t in told.traces if t.get("mode") == "text")["text"] == ["120,024", "50"]
    assert "120,024" not in text_of(page(preset="bag")) and "120,024" in text_of(give_up(page(preset="bag")))


def test_tensors_are_written_as_torch_writes_them() -> None:
    trace = architecture("cnn", batch=4)
    for stage in trace.stages:
        assert f"torch.Size({charts.shape_said(stage.after)})" == str(torch.Size(stage.after))
    drawn = charts.shapes_figure(trace, None, EN).traces[-1]
    assert "[4, 60, 32]" in drawn["text"][1] and "reviews × words × vector" in drawn["text"][1]
    assert drawn["customdata"] == [row["numbers"] for row in charts.shape_rows(trace, None)] == [240, 7680, 5568, 96, 8]


@pytest.mark.parametrize("shape", get_args(Shape))
@pytest.mark.parametrize("sizes", [{"hidden": 1, "vocabulary": 10, "length": 3, "dimensions": 1, "batch": 1},
                                   {"hidden": 512, "vocabulary": 100_000, "length": 2000, "dimensions": 1024, "batch": 512}],
                         ids=["least", "most"])  # fmt: skip
def test_all_sizes_at_both_ends(shape: str, sizes: dict[str, int]) -> None:
    app = give_up(page(view="shapes", shape=shape, panel="modules", **sizes))
    assert len(app.table) == 1


# -- trainings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hidden", "seed", "right"), [(3, 1, 0), (2, 3, 1), (1, 1, 2), (0, 1, 2)])
def test_how_many_phrases_are_learnt(hidden: int, seed: int, right: int) -> None:
    run = learn_phrases(questions.AFTER["mlp"], hidden, 0.05, seed)
    question = questions.learns(run, 0)
    assert question is not None and question.right == right
    sure = [p if good else 1 - p for p, good in zip(run.shown.probabilities, (1, 0, 0, 1), strict=True)]
    assert question.values["known"] == sum(p >= 0.75 for p in sure)
    in_every_language(ID, question)
    assert faults(formulas.phrase(run.shown, 3)) == [] and faults(formulas.of_layers(run.shown.layers)) == []
    assert formulas.phrase(run.shown, 3).lines[1].result == pytest.approx(run.shown.probabilities[3])
    charts.phrases_figure(run.shown, EN).checked()


@pytest.mark.parametrize(("turns", "right", "why"), [(1, 1, "some"), (5, 2, "one")])
def test_how_many_piles_are_reached(turns: int, right: int, why: str) -> None:
    run = duel(questions.AFTER["gan"], 5, 16, 0.003, turns, 1)
    trace: Duel = run.shown
    question = questions.reached(run, 0)
    assert question is not None and (question.right, question.because) == (right, f"reached.because_{why}")
    nearest = [np.linalg.norm(trace.middles - point, axis=1) for point in trace.made]
    belongs = [int(each.argmin()) for each in nearest if each.min() <= 0.2]
    assert question.values["found"] == sum(belongs.count(pile) >= 3 for pile in range(5))
    in_every_language(ID, question)
    formula = formulas.verdict(trace)
    assert formula is not None and faults(formula) == []
    scores = predict(trace.discriminator, np.array([trace.real[0], trace.made[0]]))[:, 0]
    lost = torch.nn.functional.binary_cross_entropy_with_logits
    loss = lost(torch.tensor(scores), torch.tensor([1.0, 0.0]).double(), reduction="sum")
    assert formula.lines[0].result == pytest.approx(loss.item())
    for drawn in (charts.duel_figure(trace, EN), charts.piles_figure(trace, EN), charts.loss_figure(run, EN)):
        drawn.checked()


@pytest.mark.parametrize("view", ["mlp", "gan"])
def test_a_plane_fills_its_figure_and_is_what_the_network_says_there(view: str) -> None:
    learnt, fought = learn_phrases(60, 3, 0.05, 1).shown, duel(30, 5, 8, 0.01, 1, 2).shown
    layers = learnt.layers if view == "mlp" else fought.discriminator
    drawn = charts.phrases_figure(learnt, EN) if view == "mlp" else charts.duel_figure(fought, EN)
    xs, ys, z = (np.asarray(drawn.traces[0][name]) for name in "xyz")
    for axis, along in (("xaxis", xs), ("yaxis", ys)):
        assert [along[0], along[-1]] == drawn.layout[axis]["range"]
    for row, column in ((0, 0), (len(ys) // 2, 3), (5, len(xs) - 1)):
        score = torch.tensor(predict(layers, np.array([[xs[column], ys[row]]])).item())
        assert z[row, column] == pytest.approx(torch.sigmoid(score).item(), abs=1e-6)


def test_points_that_lie_about_have_not_collapsed() -> None:
    run = duel(questions.AFTER["gan"], 5, 16, 0.0, 1, 1)
    question = questions.reached(run, 0)
    assert question is not None and question.right == 2 and question.because == "reached.because_lost"
    in_every_language(ID, question)
    assert questions.reached(duel(5, 1, 4), 0) is None


@pytest.mark.parametrize("view", ["mlp", "rnn", "letters", "gan"])
def test_the_idea_gives_the_shapes_that_the_view_gives(view: str) -> None:
    app = page(view=view)
    idea = next(str(each.value) for each in app.markdown if "A question to take along" in str(each.value))
    ends = {"mlp": ("[4, 2]", "[4, 1]"), "rnn": ("[1, 4, 3]", "[1, 1]"), "letters": ("[26, 35]", "[26, 35]"),
            "gan": ("[64, 2]", "[64, 1]")}[view]  # fmt: skip
    plain = idea.replace("\\", "")
    assert f"{ends[0]} goes in, {ends[1]} comes out" in plain
    said = " ".join(str(each.value) for each in app.caption).replace("n, 3", "4, 3")
    assert ends[0] in said and (view == "gan" or ends[1] in said)


def test_the_reason_fits_a_network_that_has_learnt_nothing() -> None:
    """Neither a line through the plane, nor the rule of longer chains, nor places in the middle are spoken of as learnt."""
    steps = questions.AFTER
    whys = [
        questions.longer(count_nots(steps["rnn"], 3, 4, 0.0, 1), 0),
        questions.neighbour(squeeze_letters(steps["letters"], 2, 24, 0.0, 1), 0),
        questions.learns(learn_phrases(steps["mlp"], 0, 1e6, 1), 0),
    ]
    assert [why and why.because for why in whys] == [
        "longer.because_short", "neighbour.because_early", "learns.because_none",
    ]  # fmt: skip
    for why in whys:
        assert why is not None
        in_every_language(ID, why)
    assert "0.69" in EN("learns.because_none", known=0, loss="5") and f"{math.log(2):.2f}" == "0.69"


def test_what_was_learnt_from_is_written_over_the_boxes() -> None:
    """Within the paper's height: an annotation outside the range of its axis is not drawn at all."""
    drawn = charts_text.chains_figure(count_nots(1, 2, 2, 0.02, 1).shown, EN, told=True)
    assert [each["text"] for each in drawn.layout["annotations"]] == [EN("rnn.learnt"), EN("rnn.new")]
    assert all(each["yref"] == "paper" and each["x"] == 2.5 for each in drawn.layout["annotations"])
    left, right = drawn.layout["annotations"]
    assert left["xanchor"] == "right" and left["xshift"] < 0 < right["xshift"] and right["xanchor"] == "left"


def test_letters_of_one_number_do_not_lie_on_each_other() -> None:
    drawn = charts_text.codes_figure(squeeze_letters(20, 1, 24, 0.01, 1).shown, EN)
    drawn.checked()
    places = sorted(zip(numbers(drawn.traces[0]["x"]), numbers(drawn.traces[0]["y"]), strict=True))
    assert all(left[1] != right[1] for left, right in pairwise(places))


def test_letters_lie_on_paper() -> None:
    layout = charts_text.pictures_figure(np.ones((7, 5))).layout
    assert layout["plot_bgcolor"] == "#E8EEF4"
    assert layout["xaxis"]["range"] == [-1.5, 5.5] and layout["yaxis"]["range"] == [7.5, -1.5]


def test_all_piles() -> None:
    question = questions.reached(duel(1200, 5, 16, 0.003, 1, 1), 0)
    assert question is not None and question.right == 0
    in_every_language(ID, question)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_letter_that_lies_nearest(seed: int) -> None:
    run = squeeze_letters(questions.AFTER["letters"], 2, 24, 0.01, seed)
    trace: Squeezed = run.shown
    question = questions.neighbour(run, 0)
    assert question is not None
    names = letters()[0]
    apart = {
        name: math.dist(trace.codes[names.index(name)], trace.codes[names.index("O")]) for name in names if name != "O"
    }
    assert question.answer == min(apart, key=lambda name: apart[name]) and len(question.options) == 4
    in_every_language(ID, question)
    for drawn in (charts_text.pictures_figure(charts_text.in_and_out(trace)), charts_text.codes_figure(trace, EN)):
        drawn.checked()
    values = charts_text.in_and_out(trace)
    np.testing.assert_array_equal(values[:7, :5].ravel(), letters()[1][0])
    np.testing.assert_allclose(values[8:15, 6:11].ravel(), trace.pictures[1])


@pytest.mark.parametrize(("seen", "seed", "right"), [(3, 1, 0), (1, 2, 2), (1, 1, 1)])
def test_how_many_longer_chains_are_right(seen: int, seed: int, right: int) -> None:
    run = count_nots(questions.AFTER["rnn"], seen, 4, 0.02, seed)
    trace: Counting = run.shown
    question = questions.longer(run, 0)
    assert question is not None
    wanted = [[(nots + word) % 2 == 0 for word in (0, 1)] for nots in range(seen + 1, 9)]
    found = sum(bool((p >= 0.5) == good) for row, pair in zip(trace.probabilities[seen + 1 :], wanted, strict=True)
                for p, good in zip(row, pair, strict=True))  # fmt: skip
    assert question.values["found"] == found and question.values["count"] == 2 * (8 - seen) and question.right == right
    in_every_language(ID, question)
    assert faults(formulas.first_state(trace)) == [] and faults(formulas.of_recurrent(trace)) == []
    assert sum(line.result for line in formulas.of_recurrent(trace).lines) == trace.parameters
    for told in (False, True):
        charts_text.chains_figure(trace, EN, told).checked()
    rows = charts_text.chain_rows(trace, told=False)
    assert all((row["probability"] == "") is (row["not"] > seen) for row in rows)
    for told in (False, True):
        states = charts_text.states_of(trace, told)
        assert len(states) == (9 if told else seen + 1) == len(charts_text.state_rows(states))
        np.testing.assert_allclose(states[:seen], trace.states[:seen])
        charts_text.states_figure(states, EN).checked()


@pytest.mark.parametrize("view", ["mlp", "rnn", "letters", "gan"])
def test_nothing_is_trained_before_the_answer_and_a_link_names_the_steps(view: str) -> None:
    app = page(view=view, steps=20)
    assert asks(app) and "Steps: **20**" not in text_of(app)
    assert "Steps: **20**" in text_of(give_up(app))
    sound(app.button(key="_anew").click().run())
    assert "Steps: **0**" in text_of(app)


@pytest.mark.parametrize("view", ["mlp", "rnn", "letters", "gan"])
@pytest.mark.parametrize("rate", [0, 1e6])
def test_a_rate_of_nothing_and_of_a_million(view: str, rate: float) -> None:
    app = page(view=view, steps=40, **{f"{view}_rate": rate})
    if asks(app):
        give_up(app)
    told = " ".join(str(each.value) for each in [*app.info, *app.warning])
    assert ("learning rate of 0" in told) is (rate == 0)


def test_each_network_keeps_a_rate_of_its_own() -> None:
    app = page(view="gan")
    give_up(app)
    sound(app.button(key="_train_100").click().run())
    for view, rate in (("mlp", 0.05), ("rnn", 0.02), ("letters", 0.01), ("gan", 0.003)):
        sound(app.button_group(key="view").set_value(view).run())
        assert [field.value for field in app.number_input if field.key == f"{view}_rate"] == [rate]
        assert view == "gan" or asks(app)


# -- filters ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [*EXAMPLES, "superb", "It is not boring.", "..."])
def test_the_judgement_is_the_sum_of_the_votes(text: str) -> None:
    needs_models(MODEL)
    reading = read_review(MODEL, text)
    assert not (text in EXAMPLES and reading.notes), "the model knows every word of its examples"
    question = questions.judged(reading, MODEL)
    assert question.right == (0 if 1 / (1 + math.exp(-reading.bias - reading.votes.sum())) >= 0.5 else 1)
    strongest = np.argsort(-np.abs(reading.votes))[0]
    assert question.values["first"] == reading.ngram(int(strongest))
    assert question.because == ("judged.because" if charts_text.voters(reading) else "judged.because_silent")
    assert (question.because == "judged.because_silent") is (text == "...")
    in_every_language(ID, question)
    assert faults(formulas.judgement(reading)) == []
    charts_text.votes_figure(reading, EN).checked()
    number = charts_text.strongest_filter(reading)
    drawn = charts_text.sliding_figure(reading, number, EN)
    drawn.checked()
    assert numbers(drawn.traces[0]["y"]).max() == reading.strongest.max()


@pytest.mark.parametrize("text", ["", "今天天气很好", "a", "\U0001f600 \U0001f600", "word " * 400])
def test_what_is_typed_gets_an_answer_or_a_sentence(text: str) -> None:
    app = page(view="cnn", text=text)
    if asks(app):
        give_up(app)
    assert figures(app) or app.warning


def test_a_silent_filter_says_so() -> None:
    needs_models(MODEL)
    reading = read_review(MODEL, "It is not good.")
    silent = int(np.flatnonzero(reading.strongest == 0)[0])
    app = page(view="cnn", text="It is not good.", filter=silent + 1)
    assert "answers 0 everywhere" in text_of(app)


# -- code ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (snippet.shapes({"shape": "cnn", "hidden": 24}), "in all 162378"),
        (snippet.phrases(300, {"hidden": 3, "rate": 0.05, "seed": 1}), "parameters 13"),
        (snippet.review(MODEL, "superb"), "positive 0.8"),
        (snippet.chains(300, {"seen": 3, "units": 4, "rate": 0.02, "seed": 1}), "parameters 41"),
        (snippet.letters(20, {"bottleneck": 2, "hidden": 24, "rate": 0.01, "seed": 1}), "nearest to O"),
        (snippet.duel(20, {"piles": 5, "hidden": 16, "rate": 0.003, "turns": 1, "seed": 1}), "of 200"),
    ],
    ids=["shapes", "phrases", "review", "chains", "letters", "duel"],
)
def test_the_code_runs(code: str, says: str) -> None:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "snippet", "exec"), {})
    assert says in out.getvalue()
