"""What the remarks on the examples claim, worked out of the traces: every number, and what is said around it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.lessons import lesson
from app.words import Words
from nlpcore.networks import by_hand, fit_line, walk
from nlpcore.networks.by_hand import ByHand
from nlpcore.networks.surfaces import surface
from nlpcore.networks.walks import Walk
from pages.networks.gradient_descent.view_batches import seen_so_far
from tests.pages import notes

ID = "gradient-descent"
WALK = ("name", "method", "rate", "momentum", "x", "y", "steps")


def state(preset: str) -> dict[str, Any]:
    return dict(notes.preset(ID, preset))


def walked(preset: str, **changed: Any) -> Walk:
    given = {**state(preset), **changed}
    return walk(**{name: given[name] for name in WALK})


def handed(preset: str, **changed: Any) -> ByHand:
    given = {**state(preset), **changed}
    return by_hand(given["network"], (given["x1"], given["x2"]), (given["y1"],), given["rate"], given["hidden"])


def test_the_ravine() -> None:
    points = walked("ravine").descent.points
    np.testing.assert_allclose(points[1:20] / points[:19], [[0.91, -0.8]] * 19)
    notes.check(ID, "ravine", ["20", "−0.8", "0.91"])
    assert walked("ravine").fate == "arrives"


def test_a_little_faster() -> None:
    points = walked("fast").descent.points
    np.testing.assert_allclose(points[1:20, 1] / points[:19, 1], -1.2)
    assert state("fast")["rate"] - state("ravine")["rate"] == pytest.approx(0.02)
    assert walked("fast").fate == "away" and walked("fast", rate=0.101, steps=300).fate == "away"
    assert walked("fast", rate=0.095, steps=200).fate == "arrives"
    notes.check(ID, "fast", ["0.02", "−1.2", "2", "20", "0.1", "20"])


def test_momentum() -> None:
    plain, own, much = walked("momentum", method="sgd"), walked("momentum"), walked("momentum", momentum=0.9)
    assert f"{plain.descent.values[-1]:.3g}" == "0.175" and own.descent.values[-1] < 0.0001
    assert f"{1 / (1 - state('momentum')['momentum']):.1f}" == "3.3"
    assert own.fate == "arrives" and much.fate == "moving"
    notes.check(ID, "momentum", ["0.03", "40", "0.175", "0.7", "0.0001", "3.3", "0.9"])


def test_two_valleys() -> None:
    own = walked("valleys")
    assert own.fate == "caught" and own.descent.points[-1, 0] > 0 and f"{own.descent.values[-1]:.3g}" == "-0.655"
    assert f"{surface('two_valleys')(own.lowest[0])[0]:.3g}" == "-1.36"
    over = walked("valleys", method="momentum", momentum=0.9)
    assert over.descent.points[-1, 0] < -1
    # the answer: a longer step may leap into the other valley, and out of it again; another start may help
    assert walked("valleys", rate=0.5).descent.values[-1] < own.descent.values[-1] - 0.5
    assert walked("valleys", x=2.5, rate=0.3).fate == "arrives" and walked("valleys", x=-2.5, rate=0.3).fate == "caught"
    assert walked("valleys", x=-1.0).fate == "arrives"
    notes.check(ID, "valleys", ["−0.655", "−1.36", "0.9"])


def test_a_saddle() -> None:
    own = walked("saddle")
    assert own.fate == "caught" and abs(own.descent.values[-1]) < 1e-3
    assert [surface("saddle")(point)[0] for point in own.lowest] == [-0.25, -0.25]
    assert walked("saddle", y=0.1).fate == "arrives"
    # the answer: no step of whatever length leads off the ridge
    assert not any(walked("saddle", rate=rate).descent.points[:, 1].any() for rate in (0.01, 0.3, 0.9, 1.5, 3.0))
    notes.check(ID, "saddle", ["0", "0", "−0.25", "0.1"])


def test_one_word_at_a_time() -> None:
    given = state("one")
    trace = fit_line(given["size"], given["rate"], given["method"], given["momentum"], steps=given["steps"],
                     seed=given["seed"], scaled=given["scaled"])  # fmt: skip
    rises = int((np.diff(trace.descent.values) > 0).sum())
    assert trace.fate == "moving"
    notes.check(ID, "one", ["1,000", "40", str(rises)])


def test_on_paper() -> None:
    trace = handed("paper")
    hidden = trace.network.layers[0]
    assert hidden.sums.tolist() == hidden.outputs.tolist() == [[0.5, 1.5]]
    longer = handed("paper", rate=0.5)
    assert trace.loss_after < trace.network.loss == 0.5 < longer.loss_after
    notes.check(
        ID,
        "paper",
        ["0.5", "1.5", "0", "1", "0.1", "0.5", f"{trace.loss_after:.3g}", "0.5", f"{longer.loss_after:.3g}"],
    )


def test_a_dead_neuron() -> None:
    trace = handed("dead")
    hidden, output = trace.network.layers
    assert hidden.sums[0, 1] == -2.5 and hidden.outputs[0, 1] == 0
    assert not hidden.by_weights[1].any() and output.by_weights[0, 1] == 0
    for other in ("sigmoid", "tanh"):
        assert all(part.by_weights.all() for part in handed("dead", hidden=other).network.layers)
    notes.check(ID, "dead", ["−2.5", "0", "0"])


def test_how_far_off_a_line_is_at_the_lowest_loss() -> None:
    """By numpy's least squares: half the mean square of what is left."""
    trace = fit_line(steps=1)
    x, y = np.array(trace.inputs), np.array(trace.lengths, dtype=float)
    off = np.sqrt(((np.polyval(np.polyfit(x, y, 1), x) - y) ** 2).mean())
    w = Words(lesson(ID).words, "en")
    seen = seen_so_far(SimpleNamespace(words=w), trace, 1)  # type: ignore[arg-type]
    assert f"fall below {off**2 / 2:.3g}, which is about {off:.1f} letters off" in seen


def test_each_example_has_a_test() -> None:
    tested = {"ravine", "fast", "momentum", "valleys", "saddle", "one", "paper", "dead"}
    assert set(Words(lesson(ID).words, "en").node("presets")) == tested


def test_what_is_said_of_epochs_holds() -> None:
    w = Words(lesson(ID).words, "en")
    said = w.node("misconceptions")[3]["truth"]["en"]
    assert [fit_line(size, steps=1).an_epoch for size in (1000, 10, 1)] == [1, 100, 1000]
    assert "1 update with all" in said and "100 with batches of 10" in said and "1,000 with one word" in said
