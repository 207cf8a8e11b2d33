"""A line fitted in batches: step for step by torch with the same batches; the data are those of gensim's corpus."""

from __future__ import annotations

import math
import re
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression
from torch.utils.data import BatchSampler

from nlpcore.networks.batches import (
    SIZES,
    batches_of,
    compare_sizes,
    examples,
    fit_line,
    least_squares,
    line_loss,
    word_counts,
)
from nlpcore.networks.optimizers import Method


def test_the_words_are_the_most_frequent_ones_of_the_corpus() -> None:
    spec = find_spec("gensim")
    assert spec is not None and spec.origin is not None
    text = (Path(spec.origin).parent / "test" / "test_data" / "lee_background.cor").read_text("utf-8")
    found = Counter(word for word in re.findall("[a-z]+", text.lower()) if len(word) > 1 or word in "ai")
    words, counts = word_counts()
    assert len(words) == len(set(words)) == 1000 and words[:3] == ("the", "to", "of")
    assert [found[word] for word in words] == counts.tolist() == sorted(found.values(), reverse=True)[:1000]


def test_inputs_are_logarithms_and_scaled_ones_have_mean_0_and_deviation_1() -> None:
    raw, lengths = examples(scaled=False)
    words, counts = word_counts()
    assert raw[0] == pytest.approx(math.log(counts[0])) and lengths.tolist() == [len(word) for word in words]
    scaled, _ = examples()
    assert scaled.mean() == pytest.approx(0, abs=1e-12) and (scaled**2).mean() == pytest.approx(1)
    assert np.corrcoef(raw, scaled)[0, 1] == pytest.approx(1) and np.corrcoef(raw, lengths)[0, 1] < -0.3


@pytest.mark.parametrize("scaled", [True, False])
def test_the_lowest_point_is_scikit_learn_s_line(scaled: bool) -> None:
    inputs, lengths = examples(scaled)
    line = LinearRegression().fit(inputs[:, None], lengths)
    found = least_squares(inputs, lengths)
    np.testing.assert_allclose(found, [line.coef_[0], line.intercept_], rtol=1e-9)
    value, slope = line_loss(inputs, lengths)(found)
    np.testing.assert_allclose(slope, 0, atol=1e-9)
    assert value == pytest.approx(((line.predict(inputs[:, None]) - lengths) ** 2).mean() / 2)
    np.testing.assert_array_equal(fit_line(steps=1, scaled=scaled).lowest, [found])


@given(count=st.integers(1, 40), size=st.integers(1, 40), steps=st.integers(0, 60), seed=st.integers(0, 99))
def test_every_epoch_sees_each_example_once(count: int, size: int, steps: int, seed: int) -> None:
    found = batches_of(count, size, steps, seed)
    assert len(found) == steps
    an_epoch = math.ceil(count / size)
    lengths = [len(batch) for batch in BatchSampler(range(count), size, drop_last=False)]
    for first in range(0, steps - an_epoch + 1, an_epoch):
        epoch = found[first : first + an_epoch]
        assert sorted(np.concatenate(epoch).tolist()) == list(range(count))
        assert [len(batch) for batch in epoch] == lengths


def test_the_order_is_another_one_in_each_epoch_and_for_each_seed() -> None:
    one, two = batches_of(50, 50, 2, 1)
    (other,) = batches_of(50, 50, 1, 2)
    assert one.tolist() != two.tolist() and one.tolist() != other.tolist()
    assert batches_of(50, 50, 1, 1)[0].tolist() == one.tolist()


@pytest.mark.parametrize("method", get_args(Method))
@pytest.mark.parametrize(
    ("size", "scaled", "rate"), [(1, True, 0.02), (10, True, 0.1), (32, False, 0.02), (1000, True, 0.5)]
)
def test_the_path_is_torch_s_step_for_step(method: Method, size: int, scaled: bool, rate: float) -> None:
    found = fit_line(size, rate, method, 0.8, 2.0, 1.0, 40, 3, scaled)
    x, y = (torch.tensor(part) for part in examples(scaled))
    line = torch.tensor([2.0, 1.0], dtype=torch.float64, requires_grad=True)
    theirs: Any = {
        "sgd": lambda: torch.optim.SGD([line], lr=rate),
        "momentum": lambda: torch.optim.SGD([line], lr=rate, momentum=0.8),
        "adam": lambda: torch.optim.Adam([line], lr=rate),
    }[method]()
    for step, batch in enumerate(found.batches):
        theirs.zero_grad()
        of = torch.tensor(batch)
        (torch.nn.functional.mse_loss(line[0] * x[of] + line[1], y[of]) / 2).backward()
        assert line.grad is not None
        np.testing.assert_allclose(found.descent.gradients[step], line.grad.numpy(), atol=1e-6)
        theirs.step()
        np.testing.assert_allclose(found.descent.points[step + 1], line.detach().numpy(), atol=1e-6)
        whole = torch.nn.functional.mse_loss(line[0] * x + line[1], y) / 2
        assert found.descent.values[step + 1] == pytest.approx(whole.item(), abs=1e-6)
    assert found.an_epoch == math.ceil(1000 / size) and len(found.batches) == 40


def test_sizes_and_steps_beyond_what_there_is() -> None:
    assert fit_line(size=5000, steps=2).size == 1000 and fit_line(size=-1, steps=2).size == 1
    assert len(fit_line(steps=900).batches) == 500
    assert fit_line(size=300, steps=8).an_epoch == 4
    lost = fit_line(rate=1e6, steps=50)
    assert lost.descent.diverged and lost.fate == "away" and len(lost.batches) == len(lost.descent.gradients) < 50
    assert fit_line(rate=0.0, steps=5).fate == "moving"


def test_all_the_words_come_to_rest_and_one_at_a_time_do_not() -> None:
    whole, one = fit_line(1000, 0.2, steps=120), fit_line(1, 0.05, steps=500)
    assert whole.fate == "arrives" and one.fate == "moving"
    assert whole.descent.values[-1] == pytest.approx(line_loss(*examples())(whole.lowest[0])[0], abs=1e-6)
    assert (np.diff(whole.descent.values) <= 1e-12).all() and (np.diff(one.descent.values) > 0).mean() > 0.25


def test_sizes_compared_see_as_many_examples() -> None:
    found = compare_sizes(0.05, 2, 1)
    assert found.sizes == SIZES == (1, 10, 100, 1000)
    assert [len(each.gradients) for each in found.descents] == [2000, 200, 20, 2]
    np.testing.assert_allclose(found.descents[1].points, fit_line(10, 0.05, steps=200, seed=1).descent.points)
    assert found.least == pytest.approx(line_loss(*examples())(least_squares(*examples()))[0])
    assert compare_sizes(0.05, 99).epochs == 5 and compare_sizes(0.05, 0).epochs == 1
    assert compare_sizes(1e6, 1).descents[0].diverged
