"""A run that was interrupted ends where an uninterrupted one ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from nlpcore.training.loop import Plan, Run, adamw


class InterruptedRunError(Exception):
    """Stands for the power cut."""


def run_of(folder: Path, mean_decay: float) -> Run:
    torch.manual_seed(3)
    model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5), nn.Linear(8, 1))
    plan = Plan(steps=30, warmup=5, seed=1, every=10, mean_decay=mean_decay)
    return Run(model, adamw([(list(model.parameters()), 0.05)]), plan, folder)


def go(run: Run, stop_at: int | None = None) -> dict[str, Tensor]:
    def loss_at(step: int) -> Tensor:
        if step == stop_at:
            raise InterruptedRunError
        x = torch.randn(16, 4)
        return ((run.model(x) - x.sum(1, keepdim=True)) ** 2).mean()  # type: ignore[no-any-return]

    run.train(loss_at, lambda: {"figure": 1.0})
    return {name: value.clone() for name, value in run.model.state_dict().items()}


@pytest.mark.parametrize("mean_decay", [0.0, 0.9])
def test_a_resumed_run_gives_the_same_weights(tmp_path: Path, mean_decay: float) -> None:
    whole = go(run_of(tmp_path / "whole", mean_decay))
    with pytest.raises(InterruptedRunError):
        go(run_of(tmp_path / "cut", mean_decay), stop_at=17)
    resumed = run_of(tmp_path / "cut", mean_decay)
    assert resumed.step == 10
    again = go(resumed)
    for name, value in whole.items():
        torch.testing.assert_close(again[name], value, rtol=0, atol=0)


def test_a_finished_run_only_gives_back_its_weights(tmp_path: Path) -> None:
    whole = go(run_of(tmp_path, 0.9))
    again = go(run_of(tmp_path, 0.9), stop_at=0)
    assert all(torch.equal(whole[name], again[name]) for name in whole)


def test_the_rate_rises_and_falls_to_nothing() -> None:
    plan = Plan(steps=100, warmup=10)
    factors = [plan.factor(step) for step in range(100)]
    assert max(factors) == 1.0 == factors[10]
    assert factors[0] == pytest.approx(0.1)
    assert factors[-1] == pytest.approx(1 / 90)


def test_the_log_has_a_line_for_each_validation(tmp_path: Path) -> None:
    go(run_of(tmp_path, 0.0))
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [10, 20, 30]
    assert all(line["figure"] == 1.0 and line["train_loss"] > 0 for line in lines)
