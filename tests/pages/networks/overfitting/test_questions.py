"""What is asked, worked out another way: by scikit-learn's network, and by training with each cure."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from app.questions import Said
from nlpcore.networks import draw_points, fit_messages, fit_points
from nlpcore.networks.overfitting import border, fate_of_messages, fate_of_points
from pages.networks.overfitting import charts, formulas, questions
from pages.networks.overfitting.exercises import EXERCISES, Exercise
from tests.pages.asking import in_every_language

ID = "overfitting"


@pytest.mark.parametrize(
    ("asked", "right"),
    [({}, "much"), ({"hidden": 1}, "little"), ({"count": 400}, "right"), ({"rate": 0.0}, "little"),
     ({"method": "sgd", "rate": 1e6}, "away")],
)  # fmt: skip
def test_how_it_ends_is_how_scikit_learn_s_ends(asked: dict[str, Any], right: str) -> None:
    sets = draw_points(count=asked.get("count", 40))
    run = fit_points(300, **asked)
    question = questions.fate(run, fate_of_points(run, sets), 300, tuple(asked.items()))
    assert isinstance(question.answer, Said) and question.answer.key == f"fates.{right}"
    in_every_language(ID, question)
    if asked.get("rate") is not None:
        return
    network = MLPClassifier((asked.get("hidden", 40),), activation="tanh", alpha=0.0, batch_size=10,
                            learning_rate_init=0.03, random_state=2)  # fmt: skip
    losses = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(100 if len(sets.training.classes) > 100 else 300):
            network.partial_fit(sets.training.inputs, sets.training.classes, classes=[0, 1])
            losses.append([_loss(network, points) for points in (sets.training, sets.validation)])
    training, validation = np.array(losses).T
    rises = validation[-1] > 1.1 * validation.min() + 0.02
    gap = (validation[-1] - sets.validation.floor) - (training[-1] - sets.training.floor) > 0.25
    high = training[-1] > sets.training.floor + 0.1
    assert ("much" if rises or gap else "little" if high else "right") == right


def _loss(network: MLPClassifier, points: Any) -> float:
    chance = network.predict_proba(points.inputs)[np.arange(len(points.classes)), points.classes]
    return float(-np.log(np.maximum(chance, 1e-12)).mean())


def test_a_training_that_was_stopped_in_time_is_explained_as_such() -> None:
    run = fit_points(300, patience=60)
    question = questions.fate(run, fate_of_points(run, draw_points()), 300, ())
    assert question.because == "fate.stopped" and question.values["at"] == run.shown.best
    in_every_language(ID, question)


def test_too_much_is_explained_by_the_turn_or_by_the_gap() -> None:
    for language, reason in (("en", "fate.much"), ("zh", "fate.apart")):
        run = fit_messages(100, language)  # type: ignore[arg-type]
        question = questions.fate(run, fate_of_messages(run, 0.15), 100, ())
        assert question.because == reason and question.right == 2
        lowest, last = run.shown.validation.min(), run.shown.validation[-1]
        assert (last > 1.1 * lowest + 0.02) == (reason == "fate.much")
        in_every_language(ID, question)


@pytest.mark.parametrize("exercise", EXERCISES, ids=range(1, 7))
def test_an_exercise_has_one_diagnosis_and_one_change_that_does_not_help(exercise: Exercise) -> None:
    at = EXERCISES.index(exercise)
    run = fit_points(**exercise.settings)
    found = fate_of_points(run, draw_points(**exercise.drawn))
    fit = run.shown
    question = questions.diagnosis(fit, found, at)
    assert isinstance(question.answer, Said) and question.answer.key == f"diagnosis.{found}"
    in_every_language(ID, question)
    # What a learner is told to look at decides it: where the solid curve ends, and the broken one above it.
    gap, turned = fit.validation[-1] - fit.training[-1], fit.validation[-1] > 1.1 * fit.validation.min() + 0.02
    assert turned == (found == "much")  # as its reason says
    assert found == ("much" if gap > 0.25 or turned else "little" if fit.training[-1] > 0.3 else "right")
    second = questions.useless(exercise, at)
    assert (second is None) == (found == "right") == (not exercise.changes)
    if second is None:
        return
    assert isinstance(second.answer, Said) and second.answer.key == f"changes.{exercise.useless}"
    in_every_language(ID, second)
    ends = {name: fit_points(**{**exercise.settings, **change}).shown for name, change in exercise.changes.items()}
    lowered = {name: each.validation[each.at] < 0.8 * fit.validation[-1] for name, each in ends.items()}
    assert lowered == {name: name != exercise.useless for name in exercise.changes}
    assert ends[exercise.useless].validation[-1] > 0.95 * fit.validation[-1]


def test_the_frames_are_20_a_second_of_200_epochs_or_more() -> None:
    for epochs in (0, 1, 7, 20, 250, 300, 601, 1000):
        frames = charts.frames_of(epochs)
        assert frames[0] == 0 and frames[-1] == epochs and len(frames) <= 62 and len(set(frames)) == len(frames)
        if epochs >= 200:
            assert max(np.diff(frames)) >= 10


def test_the_border_is_where_both_classes_are_as_likely() -> None:
    from nlpcore.networks.backpropagation import predict
    from nlpcore.networks.fitting import layers_of
    from tests.drawn import numbers
    from tests.pages.screen import figures, open_page

    fit = fit_points(60, hidden=39).shown
    data = figures(open_page(ID, {"steps": "60", "hidden": "39"}))[0]["data"]
    path = np.column_stack([numbers(data[3]["x"]), numbers(data[3]["y"])])
    sums = predict(layers_of(fit.history[60].astype(float), 2), path[np.isfinite(path).all(axis=1)])
    everywhere = np.abs(border(fit, 60)).max()
    assert len(path) > 10 and np.abs(sums).max() < 0.05 * everywhere
    assert formulas.size(39, 2).lines[0].result == fit.history.shape[1] == 157
