"""What the figures of the shapes give away as tables, worked out another way, and what is drawn beside it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from app.lessons import lesson
from app.words import Words
from nlpcore.networks.adversaries import duel
from nlpcore.networks.backpropagation import predict
from nlpcore.networks.letters import letters, squeeze_letters
from nlpcore.networks.phrases import learn_phrases
from nlpcore.networks.text_cnn import CNNReading, read_review
from pages.networks.architectures import charts, charts_text
from tests.drawn import numbers
from tests.skips import needs_models

EN = Words(lesson("architectures").words, "en")


@pytest.fixture(scope="module")
def review() -> CNNReading:
    needs_models("textcnn-imdb")
    return read_review("textcnn-imdb", "It is not a bad film; in fact it is superb.")


@pytest.mark.parametrize("steps", [30, 260])
def test_the_losses_and_of_many_the_mean_of_the_last(steps: int) -> None:
    run = learn_phrases(steps, 3, 0.05, 1)
    assert [(row["step"], row["loss"]) for row in charts.loss_rows(run)] == list(enumerate(run.losses, 1))
    (line,) = charts.loss_figure(run, EN).traces
    x, y = numbers(line["x"]), numbers(line["y"])
    assert x[-1] == steps and (np.diff(x) == 1).all() and len(x) == len(y)
    over = steps - len(x) + 1  # so many losses are in one mean
    assert (over > 1) is (steps > 200)
    np.testing.assert_allclose(y, [run.losses[end - over : end].mean() for end in range(over, steps + 1)])


def test_each_phrase_has_its_probability() -> None:
    """Good, not good, bad, not bad: praise is what has one of the two and not both."""
    trace = learn_phrases(100, 3, 0.05, 1).shown
    rows = charts.phrase_rows(trace)
    assert len(rows) == 4
    for row in rows:
        score = torch.tensor(predict(trace.layers, np.array([[row["good"], row["not"]]])).item())
        assert row["probability"] == pytest.approx(torch.sigmoid(score).item())
        sure = row["probability"] if row["pleased"] else 1 - row["probability"]
        assert row["learnt"] is (sure >= 0.75)


def test_points_and_the_piles_that_they_belong_to() -> None:
    trace = duel(400, 3, 8, 0.003, 1, 1).shown
    rows = charts.duel_rows(trace)
    real, made = (np.array([(row["x"], row["y"]) for row in rows if row["kind"] == kind]) for kind in ("real", "made"))
    np.testing.assert_array_equal(real, trace.real)
    np.testing.assert_array_equal(made, trace.made)
    drawn = {each["name"]: np.column_stack([numbers(each["x"]), numbers(each["y"])])
             for each in charts.duel_figure(trace, EN).traces[1:]}  # fmt: skip
    np.testing.assert_array_equal(drawn[EN("legend.real")], real)
    np.testing.assert_array_equal(drawn[EN("legend.made")], made)
    belongs = [
        [math.dist(point, middle) for middle in trace.middles].index(min(math.dist(point, m) for m in trace.middles))
        for point in made if min(math.dist(point, middle) for middle in trace.middles) <= 0.2
    ]  # fmt: skip
    counts = [belongs.count(pile) for pile in range(3)]
    assert [(row["pile"], row["points"]) for row in charts.pile_rows(trace)] == list(enumerate(counts, 1))
    (bars,) = charts.piles_figure(trace, EN).traces
    assert numbers(bars["y"]).tolist() == [*counts, len(made) - len(belongs)]


def test_what_a_filter_answers_to_each_n_gram(review: CNNReading) -> None:
    for number in (0, len(review.widths) - 1):
        rows = charts_text.sliding_rows(review, number)
        width = int(review.widths[number])
        assert [row["ngram"] for row in rows] == [
            " ".join(review.tokens[row["place"] : row["place"] + width]) for row in rows
        ]
        assert len(rows) == len(review.tokens) - width + 1 and rows[-1]["place"] == len(rows) - 1
        bars = charts_text.sliding_figure(review, number, EN).traces[0]
        assert numbers(bars["y"]).tolist() == [row["answer"] for row in rows]


def test_all_votes_and_the_largest_of_them(review: CNNReading) -> None:
    rows = charts_text.vote_rows(review)
    assert [row["filter"] for row in rows] == list(range(1, len(review.votes) + 1))
    assert sum(row["vote"] for row in rows) + review.bias == pytest.approx(
        math.log(review.positive / (1 - review.positive))
    )
    for row in rows:
        answers = charts_text.sliding_rows(review, row["filter"] - 1)
        assert row["strongest"] == max(each["answer"] for each in answers)
        assert row["words"] == len(row["ngram"].split()) == review.widths[row["filter"] - 1]
    (bars,) = charts_text.votes_figure(review, EN).traces
    drawn = numbers(bars["x"]).tolist()
    assert drawn == sorted((row["vote"] for row in rows), key=abs, reverse=True)[: len(drawn)]
    named = [int(name.rsplit("·", 1)[1]) for name in charts_text.votes_figure(review, EN).layout["yaxis"]["ticktext"]]
    assert [rows[number - 1]["vote"] for number in named] == drawn


def test_letters_have_their_places_and_their_wrong_points() -> None:
    trace = squeeze_letters(60, 2, 24, 0.01, 1).shown
    rows = charts_text.code_rows(trace)
    assert "".join(row["letter"] for row in rows) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    wrong = ((trace.pictures >= 0.5) != (letters()[1] >= 0.5)).sum(axis=1)
    assert [row["wrong_points"] for row in rows] == wrong.tolist() and max(wrong) > 0
    (texts,) = charts_text.codes_figure(trace, EN).traces
    assert numbers(texts["x"]).tolist() == [row["code_1"] for row in rows]
    assert numbers(texts["y"]).tolist() == [row["code_2"] for row in rows]


def test_pictures_are_given_line_by_line_and_empty_between_two() -> None:
    values = np.array([[0.0, np.nan, 0.12345], [1.0, 0.5, np.nan]])
    assert charts_text.picture_rows(values) == [
        {"column_1": 0.0, "column_2": "", "column_3": 0.123}, {"column_1": 1.0, "column_2": 0.5, "column_3": ""},
    ]  # fmt: skip
