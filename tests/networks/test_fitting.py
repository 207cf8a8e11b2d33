"""A small network in training: step for step scikit-learn's and torch's, and by chance no better or worse than scikit-learn's."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neural_network import MLPClassifier

from nlpcore.models.trainings import kept
from nlpcore.networks.backpropagation import backpropagate
from nlpcore.networks.fitting import (
    MOST_EPOCHS,
    MOST_UPDATES,
    RUNAWAY,
    Fit,
    Fitting,
    How,
    epochs_in_time,
    fate_of,
    gradient,
    layers_of,
)
from nlpcore.networks.overfitting import border, fate_of_points, fit_points
from nlpcore.networks.points import draw_points


def made(count: int = 30, seed: int = 1, keeps: bool = True, **how: Any) -> Fitting:
    sets = draw_points("moons", count, 0.3, 0.5, seed)
    held_back = sets.validation.inputs, sets.validation.classes
    return Fitting(sets.training.inputs, sets.training.classes, held_back, How(**how, seed=seed), keeps)


def like(fitting: Fitting, count: int, **more: Any) -> MLPClassifier:
    """Return scikit-learn's network with the same first weights."""
    sets = draw_points("moons", count, 0.3, 0.5, 1)
    first, last = fitting.shown().layers
    network = MLPClassifier((len(first.bias),), activation="tanh", batch_size=count, shuffle=False, **more)
    network.partial_fit(sets.training.inputs, sets.training.classes, classes=[0, 1])
    network._no_improvement_count = 0
    network.coefs_ = [first.weights.T.copy(), last.weights.T.copy()]
    network.intercepts_ = [first.bias.copy(), last.bias.copy()]
    del network._optimizer
    return network


@pytest.mark.parametrize(("method", "rate"), [("adam", 0.01), ("sgd", 0.3)])
@pytest.mark.parametrize("decay", [0.0, 0.02])
def test_epoch_for_epoch_it_is_scikit_learn_s(method: str, rate: float, decay: float) -> None:
    count = 30
    fitting = made(count, hidden=7, method=method, rate=rate, batch=count, decay=decay)
    more = {"momentum": 0.0, "nesterovs_momentum": False} if method == "sgd" else {"epsilon": 1e-12}
    network = like(fitting, count, solver=method, learning_rate_init=rate, alpha=decay * count, **more)
    sets = draw_points("moons", count, 0.3, 0.5, 1)
    network.max_iter, network.warm_start, network.n_iter_no_change, network.tol = 60, True, 10**6, 0.0
    with np.errstate(all="ignore"):
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            network.fit(sets.training.inputs, sets.training.classes)
    for _ in range(60):
        fitting.step()
    ours = fitting.shown().layers
    np.testing.assert_allclose(ours[0].weights, network.coefs_[0].T, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(ours[1].bias, network.intercepts_[1], rtol=1e-4, atol=1e-5)
    given_ = network.predict_proba(sets.validation.inputs)[np.arange(400), sets.validation.classes]
    assert fitting.shown().validation[-1] == pytest.approx(-np.log(given_).mean(), rel=1e-3)


def test_over_seeds_it_is_as_good_as_scikit_learn_s_own() -> None:
    ours, theirs = [], []
    for seed in range(1, 9):
        sets = draw_points("moons", 60, 0.3, 0.5, seed)
        fitting = made(60, seed, hidden=20, rate=0.01, batch=10)
        for _ in range(80):
            fitting.step()
        network = MLPClassifier((20,), activation="tanh", alpha=0.0, batch_size=10, learning_rate_init=0.01, max_iter=80,
                                n_iter_no_change=1000, random_state=seed)  # fmt: skip
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            network.fit(sets.training.inputs, sets.training.classes)
        chance = network.predict_proba(sets.validation.inputs)[np.arange(400), sets.validation.classes]
        ours.append(float(fitting.shown().validation[-1]))
        theirs.append(float(-np.log(chance).mean()))
    off = np.array(ours) - np.array(theirs)
    assert abs(off.mean()) < 3 * off.std(ddof=1) / math.sqrt(len(off)) + 0.01


@settings(max_examples=25)
@given(hidden=st.integers(1, 6), n=st.integers(1, 5), dropped=st.booleans(), seed=st.integers(0, 999))
def test_gradients_with_units_left_out_are_torch_s(hidden: int, n: int, dropped: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    row, x, y = rng.normal(size=hidden * 5 + 1), rng.normal(size=(n, 3)), rng.integers(0, 2, (n, 1))
    mask = rng.integers(0, 2, (n, hidden)) / 0.5
    trace = backpropagate(layers_of(row, 3), x, y, "binary_cross_entropy", (mask,) if dropped else ())
    short = gradient(row, x, y, mask if dropped else None)
    weights = torch.tensor(row, requires_grad=True)
    first, bias, second, last = torch.split(weights, [hidden * 3, hidden, hidden, 1])
    inner = torch.tanh(torch.tensor(x) @ first.reshape(hidden, 3).T + bias)
    inner = inner * torch.tensor(mask) if dropped else inner
    sums = inner @ second[:, None] + last
    loss = torch.nn.functional.binary_cross_entropy_with_logits(sums, torch.tensor(y, dtype=torch.float64))
    loss.backward()  # type: ignore[no-untyped-call]
    found = np.concatenate([part for each in trace.layers for part in (each.by_weights.ravel(), each.by_bias)])
    assert weights.grad is not None
    np.testing.assert_allclose(found, weights.grad.numpy(), atol=1e-12)
    np.testing.assert_array_equal(short, found)
    assert trace.loss == pytest.approx(loss.item())


def test_small_batches_are_trained_for_fewer_epochs() -> None:
    assert epochs_in_time(40, 1) == epochs_in_time(500, 10) == MOST_EPOCHS
    assert epochs_in_time(500, 1) == 100 and epochs_in_time(400, 1) * 400 <= MOST_UPDATES
    for ask in (lambda: fit_points(101, count=500, batch=1), lambda: fit_points(1001), lambda: fit_points(-1)):
        with pytest.raises(ValueError, match="epochs"):
            ask()


def test_dropout_leaves_out_as_many_as_it_says_and_decay_pulls_no_bias() -> None:
    still = made(hidden=30, method="sgd", rate=0.1, batch=30, decay=0.5)
    pulled = made(hidden=30, method="sgd", rate=0.1, batch=30)
    before = still.shown().layers
    still.step()
    pulled.step()
    off = [one.weights - other.weights for one, other in zip(still.shown().layers, pulled.shown().layers, strict=True)]
    for each, layer in zip(off, before, strict=True):
        np.testing.assert_allclose(each, -0.1 * 0.5 * layer.weights, atol=1e-12)
    for one, other in zip(still.shown().layers, pulled.shown().layers, strict=True):
        np.testing.assert_allclose(one.bias, other.bias, atol=1e-12)
    # With SGD from weights of 0 behind the hidden layer the gradient of the last layer is the mean of what was kept.
    ends = []
    for seed in range(1, 40):
        dropped = made(hidden=40, method="sgd", rate=1.0, batch=30, dropout=0.75, seed=seed)
        whole = made(hidden=40, method="sgd", rate=1.0, batch=30, seed=seed)
        start = whole.shown().layers[1].weights
        dropped.step()
        whole.step()
        ends.append([float(np.abs(each.shown().layers[1].weights - start).mean()) for each in (dropped, whole)])
    mean = np.mean(ends, axis=0)
    assert mean[0] == pytest.approx(mean[1], rel=0.5)


def test_a_state_goes_on_as_if_nothing_had_been() -> None:
    whole, part = made(dropout=0.3, hidden=9), made(dropout=0.3, hidden=9)
    for _ in range(7):
        whole.step()
    for _ in range(3):
        part.step()
    later = made(dropout=0.3, hidden=9)
    later.restore(part.state())
    for _ in range(4):
        later.step()
    one, other = whole.shown(), later.shown()
    np.testing.assert_array_equal(one.training, other.training)
    np.testing.assert_array_equal(one.history, other.history)
    assert one.best == other.best and one.epochs == other.epochs == 7 and len(one.history) == 8


def test_early_stopping_takes_the_weights_of_the_lowest_validation_loss() -> None:
    fitting = made(40, hidden=40, rate=0.03, batch=10, patience=60)
    while fitting.step() is not None:
        pass
    fit = fitting.shown()
    assert fit.stopped and fit.epochs - fit.best == 60 and fit.at == fit.best == int(fit.validation.argmin())
    kept_row = np.concatenate([part for layer in fit.layers for part in (layer.weights.ravel(), layer.bias)])
    np.testing.assert_allclose(kept_row, fit.history[fit.best], rtol=1e-6)
    assert fitting.step() is None and fitting.shown().epochs == fit.epochs
    again = made(40, hidden=40, rate=0.03, batch=10, patience=60)
    again.restore(fitting.state())
    assert again.step() is None and again.shown().stopped


def test_losses_and_shares_are_those_of_its_weights() -> None:
    fit = _trained(made(hidden=5, keeps=False), 4)
    assert fit.history.shape == (0, 5 * 4 + 1) and fit.at == 4
    sets = draw_points("moons", 30, 0.3, 0.5, 1)
    inner = np.tanh(sets.validation.inputs @ fit.layers[0].weights.T + fit.layers[0].bias)
    chance = 1 / (1 + np.exp(-(inner @ fit.layers[1].weights[0] + fit.layers[1].bias[0])))
    own = np.where(sets.validation.classes == 1, chance, 1 - chance)
    assert fit.validation[-1] == pytest.approx(-np.log(own).mean())
    assert fit.validation_right[-1] == pytest.approx((own > 0.5).mean())


def _trained(fitting: Fitting, epochs: int) -> Fit:
    for _ in range(epochs):
        fitting.step()
    return fitting.shown()


@pytest.mark.parametrize(
    ("training", "validation", "floors", "diverged", "fate"),
    [
        ([0.7, 0.01], [0.7, 0.3], (0, 0), False, "much"),
        ([0.7, 0.2, 0.1], [0.7, 0.2, 0.3], (0.0, 0.0), False, "much"),
        ([0.7, 0.05], [0.7, 0.2], (0.0, 0.0), False, "right"),
        ([0.7, 0.05], [0.7, 0.29], (0.0, 0.0), False, "right"),
        ([0.7, 0.5], [0.7, 0.55], (0.0, 0.0), False, "little"),
        ([0.7, 0.5], [0.7, 0.55], (0.45, 0.45), False, "right"),
        ([0.7], [0.7], (0.0, 0.0), True, "away"),
        ([0.7, 0.01], [0.7, 0.021], (0.0, 0.0), False, "right"),
    ],
)
def test_what_becomes_of_curves(
    training: list[float], validation: list[float], floors: tuple[float, float], diverged: bool, fate: str
) -> None:
    assert fate_of(training, validation, floors, diverged) == fate


@pytest.mark.parametrize("method", ["sgd", "momentum", "adam"])
def test_a_rate_of_a_million_ends_and_keeps_what_was_sound(method: str) -> None:
    kept.forget()
    run = fit_points(50, method=method, rate=1e6)  # type: ignore[arg-type]
    assert run.diverged and run.steps < 50 and np.isfinite(run.shown.training).all()
    assert run.shown.training.max() < RUNAWAY
    assert fate_of_points(run, draw_points()) == "away"


def test_a_rate_of_0_learns_nothing_and_one_class_is_learned_at_once() -> None:
    still = fit_points(5, rate=0.0).shown
    assert len(set(still.training.tolist())) == 1 and len(set(still.validation.tolist())) == 1
    alone = fit_points(30, share=1.0).shown
    assert alone.validation_right[-1] == 1 and alone.validation[-1] < 0.05


def test_the_border_is_scikit_learn_s_at_every_place() -> None:
    fit = fit_points(20, hidden=6).shown
    grid = border(fit, 20, 9)
    network = MLPClassifier((6,), activation="tanh", max_iter=1)
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network.fit(np.zeros((2, 2)), [0, 1])
    network.coefs_ = [fit.layers[0].weights.T, fit.layers[1].weights.T]
    network.intercepts_ = [fit.layers[0].bias, fit.layers[1].bias]
    ticks = np.linspace(-2.5, 2.5, 9)
    for row, y in enumerate(ticks):
        found = network.predict_proba(np.column_stack([ticks, np.full(9, y)]))[:, 1]
        np.testing.assert_allclose(1 / (1 + np.exp(-grid[row])), found, atol=1e-5)
    assert not np.allclose(border(fit, 0, 9), grid)


@pytest.mark.parametrize(
    "wrong", [{"hidden": 0}, {"hidden": 101}, {"rate": -1.0}, {"rate": math.inf}, {"batch": 0}, {"dropout": 1.0},
              {"decay": -1.0}, {"patience": -1}, {"method": "rprop"}],
)  # fmt: skip
def test_settings_with_which_there_is_no_training_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        How(**wrong)
    with pytest.raises(ValueError, match="epochs"):
        fit_points(1001)
