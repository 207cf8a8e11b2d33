"""What the lesson asks, each answer worked out another way."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import LogisticRegression

from app.questions import Question, Said
from nlpcore.learning import classify, cluster, cut_target, mean_regret, own_examples, regress, self_train
from nlpcore.learning.last_layer import Decision, LastLayer
from nlpcore.learning.points import Data, points
from nlpcore.learning.rounding import Target
from pages.networks.kinds_of_learning import charts, questions
from tests.pages.asking import in_every_language

ID = "kinds-of-learning"
ALL: tuple[Data, ...] = get_args(Data)


def said(question: Question) -> str:
    """Return the last part of the right option's key."""
    assert isinstance(question.answer, Said)
    return question.answer.key.rsplit(".", 1)[-1]


@pytest.mark.parametrize("data", ALL)
def test_the_line_s_answer_is_scipy_s_and_the_wrong_ones_are_far(data: Data) -> None:
    by_scipy = stats.linregress(*points(data).places.T)
    least, most, *_ = charts.RANGES[data]["x"]
    places = set()
    for x in np.round(np.arange(least, most, 0.7), 1).tolist():
        question = questions.line(regress(data, x))
        texts = in_every_language(ID, question)
        values = [float(text.removeprefix("about ").replace("−", "-")) for text in texts[1:4]]
        wanted = by_scipy.slope * x + by_scipy.intercept
        assert abs(values[question.right] - wanted) < 0.051
        assert all(
            abs(value - wanted) > 1.5 * regress(data, x).error for n, value in enumerate(values) if n != question.right
        )
        assert values == sorted(values) and f"{wanted:.2f}".replace("-", "−") in texts[-1]
        xs = points(data).places[:, 0]
        why = "below" if wanted < 0 else "within" if xs.min() <= x <= xs.max() else "beyond"
        assert question.values["why"] == Said(f"line.{why}")
        places.add(question.right)
    assert places == {0, 1, 2}


@pytest.mark.parametrize("data", ALL)
def test_the_star_s_name_is_scikit_learn_s(data: Data) -> None:
    of = points(data)
    fitted = LogisticRegression(max_iter=1000).fit(of.places, of.classes)
    for x, y in ((4.0, 1.6), (6.5, 2.2), (5.0, 5.0), (1.5, 0.3)):
        question = questions.name(classify(data, x, y))
        assert question.right == fitted.predict([[x, y]])[0] and len(question.options) == of.count
        p = np.sort(fitted.predict_proba([[x, y]])[0])[::-1]
        text = in_every_language(ID, question)[-1]
        assert f"{p[0]:.2f}" in text or p[0] >= 0.995


@pytest.mark.parametrize(
    ("data", "k", "right", "why"),
    [
        ("flowers", 3, "most", "near"),
        ("flowers", 2, "few", "number"),
        ("stripes", 2, "few", "shape"),
        ("rings", 2, "few", "shape"),
        ("words", 3, "few", "number"),
    ],
)
def test_how_far_groups_are_classes(data: Data, k: int, right: str, why: str) -> None:
    for start in (1, 2, 5):
        trace = cluster(data, k, start)
        question = questions.agree(trace)
        texts = in_every_language(ID, question)
        assert said(question) == right and isinstance(question.values["why"], Said)
        assert question.values["why"].key == f"agree.why.{why}"
        # each group votes for the class that it has most of; where no two vote for one, this is the share
        tables = [np.bincount(trace.points.classes[trace.groups[-1] == group], minlength=3) for group in range(k)]
        votes = [int(table.argmax()) for table in tables]
        if len(set(votes)) == k:
            assert f"{100 * sum(int(table.max()) for table in tables) / len(trace.points.classes):.0f} %" in texts[-1]


def layer(tokens: int, outputs: int = 49152) -> LastLayer:
    one = Decision("", outputs, ("a",), np.zeros(1), np.ones(1), 0.0, 0.0)
    return LastLayer(tokens, 576, outputs, False, tokens, (one,), ())


@pytest.mark.parametrize("tokens", [1, 2, 14, 64])
def test_every_token_has_a_score_for_every_token_of_the_vocabulary(tokens: int) -> None:
    question = questions.numbers(layer(tokens))
    scores = sum(len(row) for row in [range(49152)] * tokens)
    assert question.answer == f"{scores:,}" and f"{scores:,}" in in_every_language(ID, question)[-1]


@pytest.mark.parametrize(
    ("target", "classes", "right"),
    [("flowers", 8, "hardly"), ("wave", 2, "less"), ("wave", 8, "hardly"), ("wave", 4, "less"), ("fork", 8, "hardly")],
)
def test_what_more_classes_do(target: Target, classes: int, right: str) -> None:
    trace, other = cut_target(target, classes), cut_target(target, questions.finer_size(classes))
    question = questions.finer(trace, other)
    assert question is not None and len(other.examples) == min(64, 4 * classes)
    ratio = other.by_class / trace.by_class
    if right == "hardly":
        assert said(question) == right and ratio > 0.89
    else:
        assert said(question) == right and 1 / 4 < ratio < 0.9
    assert f"{other.by_rounding:.3f}" in in_every_language(ID, question)[-1]
    why = question.values["why"]
    assert isinstance(why, Said) and why.key == ("finer.fork" if target == "fork" else f"finer.why{question.right}")


def test_nothing_is_finer_than_sixty_four_classes() -> None:
    assert questions.finer_size(64) == questions.finer_size(17) == 64 and questions.finer_size(3) == 12
    trace = cut_target("wave", 64)
    assert questions.finer(trace, trace) is None


@pytest.mark.parametrize(
    ("data", "chosen", "right"), [("rings", 2, "rises"), ("words", 6, "falls"), ("flowers", 1, "stays")]
)
def test_what_self_training_does(data: Data, chosen: int, right: str) -> None:
    trace = self_train(data, 2, chosen)
    question = questions.few(trace)
    before, after = (
        (trace.probabilities(n, trace.points.places).argmax(axis=1) == trace.points.classes).mean() for n in (0, -1)
    )
    assert (
        said(question)
        == right
        == ("rises" if after - before > 0.01 else "falls" if after - before < -0.01 else "stays")
    )
    text = in_every_language(ID, question)[-1]
    assert f"{100 * before:.0f} %" in text and f"{100 * after:.0f} %" in text
    unsure = questions.few(self_train("stripes", 2, 1, 0.95))
    assert len(self_train("flowers", 10_000, 1).rounds) == 1
    assert questions.few(self_train("flowers", 10_000, 1)).values["why"] == Said("few.why.none")
    in_every_language(ID, unsure)


@pytest.mark.parametrize("count", [2, 3, 7, 10])
def test_as_many_examples_as_there_are_rows(count: int) -> None:
    trace = own_examples(tuple("abcdefghij"[:count]))
    for how, table in (("next_word", trace.next_word), ("masked", trace.masked)):
        question = questions.own(trace, how)
        assert isinstance(question.answer, Said) and question.answer.values["n"] == len(table)
        assert f"**{len(table)}** from {count} words" in in_every_language(ID, question)[-1]


def test_the_least_regret_of_many_runs() -> None:
    for a, b in ((0.4, 0.6), (0.2, 0.8), (0.9, 0.6)):
        trace = mean_regret(a, b, 200)
        question = questions.regret(trace)
        assert question is not None
        assert question.right == min(range(4), key=lambda n: trace.mean[n, -1])
        assert f"{trace.mean[:, -1].min():.1f}" in in_every_language(ID, question)[-1]
    assert questions.regret(mean_regret(0.5, 0.5)) is None
    assert questions.regret(mean_regret(0.45, 0.55)) is None  # 0.1 and 0.3 are as good as each other
