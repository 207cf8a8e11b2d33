"""Six shapes counted: every tensor that torch's modules make, and every parameter that torch counts."""

from __future__ import annotations

from typing import get_args

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcore.networks.shapes import Shape, Stage, architecture, count_by_module, module_of

SIZES = st.fixed_dictionaries(
    {
        "hidden": st.integers(1, 40), "vocabulary": st.integers(1, 60), "length": st.integers(3, 12),
        "dimensions": st.integers(1, 9), "batch": st.integers(1, 5),
    }
)  # fmt: skip


def through(stage: Stage, tensor: torch.Tensor) -> torch.Tensor:
    """Return what torch makes of a tensor in one layer."""
    module = module_of(stage)
    if stage.kind == "maximum":
        return tensor.amax(dim=2)
    if stage.kind == "last":
        return tensor[:, -1]
    if stage.kind == "convolution":
        return module.to_empty(device="cpu")(tensor.transpose(1, 2))
    if stage.kind == "recurrent":
        module.batch_first = True
        return module.to_empty(device="cpu")(tensor)[0]
    return module.to_empty(device="cpu")(tensor)


@settings(max_examples=15)
@given(st.sampled_from(get_args(Shape)), SIZES)
def test_shapes_and_parameters_are_those_of_torch(shape: Shape, sizes: dict[str, int]) -> None:
    found = architecture(shape, **sizes)
    first = found.stages[0]
    tensor = torch.zeros(first.before, dtype=torch.int64 if first.kind == "embedding" else torch.float32)
    assert len(found.axes) == len(first.before)
    for stage in found.stages:
        assert tuple(tensor.shape) == stage.before
        with torch.no_grad():
            tensor = through(stage, tensor)
        assert tuple(tensor.shape) == stage.after and len(stage.axes) == len(stage.after)
    counted = count_by_module(shape, **sizes)
    assert [number for _, number in counted] == [stage.parameters for stage in found.stages]
    assert sum(number for _, number in counted) == found.parameters
    for (name, _), stage in zip(counted, found.stages, strict=True):
        assert name == "" if stage.kind in ("maximum", "last") else name.startswith("nn.")


def test_known_networks() -> None:
    assert architecture("mlp").parameters == 5000 * 24 + 24 + 24 * 2 + 2
    assert architecture("feed_forward").parameters == 10_002
    assert architecture("cnn").parameters == architecture("cnn", length=2000).parameters == 162_378
    assert [stage.part for stage in architecture("gan").stages] == ["generator"] * 2 + ["discriminator"] * 2
    assert [stage.name for stage in architecture("autoencoder").stages] == [1, 2, 3, 4]
    assert [stage.part for stage in architecture("autoencoder").stages] == ["encoder"] * 2 + ["decoder"] * 2
    for shape in ("feed_forward", "mlp", "cnn", "rnn"):
        assert {stage.part for stage in architecture(shape).stages} == {""}, "one network, of no parts"  # type: ignore[arg-type]
    assert count_by_module("rnn")[1] == ("nn.RNN(32, 24)", 32 * 24 + 24 * 24 + 48)


@pytest.mark.parametrize(
    "wrong", [{"length": 2}, {"hidden": 0}, {"hidden": 4097}, {"batch": 0}, {"vocabulary": 1_000_001}]
)
def test_sizes_that_cannot_be_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        architecture("cnn", **wrong)


def test_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        architecture("transformer")  # type: ignore[arg-type]
