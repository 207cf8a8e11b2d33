"""What the remarks on the examples and the rest of the page claim, worked out of the trainings."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.lessons import lesson
from app.words import Words
from nlpcore.models.trainings import Run
from nlpcore.networks import draw_messages, draw_points, fit_messages, fit_points
from nlpcore.networks.overfitting import chances, fate_of_points, word_scores
from pages.networks.overfitting.exercises import EXERCISES
from tests.pages import notes

ID = "overfitting"
DRAWN = ("shape", "count", "noise", "share", "seed")


def trained(preset: str, **changed: Any) -> Run:
    given = {
        k: v for k, v in {**notes.preset(ID, preset), **changed}.items() if k not in ("view", "epochs", "language")
    }
    return fit_points(**given)


def fate(preset: str, **changed: Any) -> str:
    given = {**notes.preset(ID, preset), **changed}
    return fate_of_points(trained(preset, **changed), draw_points(**{k: v for k, v in given.items() if k in DRAWN}))


def percent(share: float) -> str:
    return f"{100 * share:.0f}"


def test_much() -> None:
    fit = trained("much").shown
    assert fate("much") == "much" and fit.training[-1] < 0.01 and fit.training_right[-1] == 1
    ends = [percent(fit.validation_right[at]) for at in (-1, fit.best)]
    values = ["0.01", "40", str(fit.best), f"{fit.validation.min():.2f}", f"{fit.validation[-1]:.2f}", *ends]
    notes.check(ID, "much", values)
    assert ends == ["91", "90"]


def test_one_unit() -> None:
    fit = trained("little").shown
    assert fate("little") == fate("little", steps=900) == fate("little", count=400) == "little"
    assert trained("little", steps=900).shown.training[-1] > 0.2
    notes.check(ID, "little", [f"{fit.training[-1]:.2f}"])


def test_more_points() -> None:
    fit, before = trained("data").shown, trained("much").shown
    assert fate("data") == "right"
    notes.check(ID, "data", ["40", "40", "400", f"{fit.validation[-1]:.2f}", f"{before.validation[-1]:.2f}"])


def test_colours_by_coin() -> None:
    fit = trained("coin").shown
    assert fate("coin") == "much"
    values = [percent(fit.training_right[-1]), percent(fit.validation_right[-1])]
    assert values == ["100", "50"]
    notes.check(ID, "coin", values)


def test_stop_early() -> None:
    run, short = trained("early"), trained("early", patience=20)
    assert run.ended and run.shown.stopped and fate("early") == "right" and fate("early", patience=20) == "little"
    values = ["60", str(run.steps), str(run.shown.best), "20", str(short.steps), str(short.shown.best)]
    notes.check(ID, "early", values)


def test_small_weights() -> None:
    fit, before = trained("decay").shown, trained("much").shown
    assert fate("decay") == "right" and fate("decay", decay=0.1) == "little"
    assert sum((layer.weights**2).sum() for layer in fit.layers) < sum(
        (layer.weights**2).sum() for layer in before.layers
    )
    notes.check(ID, "decay", ["0.003", "40", f"{fit.validation[-1]:.2f}", f"{before.validation[-1]:.2f}", "0.1"])
    strict = trained("decay", decay=0.1).shown
    assert f"{strict.training[-1]:.2f}" == "0.30"  # what is said among the errors
    assert len(fit.history[0]) == 161


def test_too_fast() -> None:
    run = trained("away")
    assert run.diverged and run.steps == 0 and fate("away") == "away"
    assert fate("away", rate=0.3) == "right"
    notes.check(ID, "away", ["1,000,000", "1,000", "0.3"], ["en"])
    notes.check(ID, "away", ["1,000,000", "1,000", "0.3"], ["zh"])


def test_spam_or_not() -> None:
    for language, word, other in (("en", "bike", "en"), ("zh", "文件", "zh")):
        of, run = draw_messages(other), fit_messages(100, other, hidden=8, rate=0.01)  # type: ignore[arg-type]
        assert len(of.words) > of.count == 40 and of.wrong.sum() == 6 and run.shown.training_right[-1] == 1
        assert ((chances(run.shown, of) > 0.5) == of.classes)[of.wrong].all()
        scores = word_scores(run.shown, of)
        assert word in [of.words[i] for i in np.argsort(-scores)[:3]]
        column = of.bags[:40, of.words.index(word)] > 0
        assert column[of.wrong[:40]].any() and not column[~of.wrong[:40]].any()
        notes.check(ID, "messages", ["40", "6"], [language])


def test_curves_without_names() -> None:
    assert len(EXERCISES) == 6
    notes.check(ID, "reading", [])


def test_each_example_has_a_test() -> None:
    tested = {"much", "little", "data", "coin", "early", "decay", "away", "messages", "reading"}
    assert set(Words(lesson(ID).words, "en").node("presets")) == tested
