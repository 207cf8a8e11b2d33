"""The training loop that every model of this package shares: seeded, resumable, with a progress bar.

Everything random about a step (its batch, dropout, masking) is drawn from a generator seeded with the run's seed and
the step's number. So a run that was interrupted and taken up again ends with the weights of an uninterrupted one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from tqdm import tqdm

Row = TypeVar("Row")


@dataclass(frozen=True)
class Plan:
    """How long a run is and how its learning rate goes.

    Attributes:
        steps: number of optimiser steps, at least 1.
        warmup: steps over which the rate rises linearly from about 0 to its peak.
        seed: decides the order of the data and all noise.
        every: a checkpoint is written and the model validated every so many steps and after the last.
        clip: largest norm of the gradient.
        mean_decay: decay of the running mean of the weights that is validated and kept; 0 keeps the last weights.
    """

    steps: int
    warmup: int
    seed: int = 0
    every: int = 250
    clip: float = 1.0
    mean_decay: float = 0.0

    def factor(self, step: int) -> float:
        """Return the factor on the learning rate at ``step``: linear warm-up, then linear decay to 0."""
        if step < self.warmup:
            return (step + 1) / self.warmup
        return (self.steps - step) / max(1, self.steps - self.warmup)


class Run:
    """A model, its optimiser and the step they have reached, kept in ``<folder>/checkpoint.pt``."""

    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer, plan: Plan, folder: Path) -> None:
        self.model, self.optimizer, self.plan, self.folder = model, optimizer, plan, folder
        self.step, self.seconds = 0, 0.0
        self.mean = {name: value.clone() for name, value in model.state_dict().items()} if plan.mean_decay else {}
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / "checkpoint.pt").exists():
            self._restore()

    def _restore(self) -> None:
        state = torch.load(
            self.folder / "checkpoint.pt", weights_only=True, map_location=next(self.model.parameters()).device
        )
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.seconds, self.mean = state["step"], state["seconds"], state.get("mean", {})

    def _save(self) -> None:
        state: dict[str, Any] = {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}
        state |= {"step": self.step, "seconds": self.seconds, "mean": self.mean}
        part = self.folder / "checkpoint.part"
        torch.save(state, part)
        part.replace(self.folder / "checkpoint.pt")

    def _advance(self, loss_at: Callable[[int], Tensor]) -> float:
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * self.plan.factor(self.step)
        torch.manual_seed(self.plan.seed * 10**9 + self.step)
        loss = loss_at(self.step)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), self.plan.clip)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
        # The mean starts short and grows to its full length, so that it never remembers the untrained weights.
        decay = min(self.plan.mean_decay, self.step / (self.step + 10))
        for name, value in self.model.state_dict().items() if self.mean else ():
            self.mean[name].lerp_(value, 1 - decay)
        return float(loss.detach())

    def train(self, loss_at: Callable[[int], Tensor], validate: Callable[[], Mapping[str, float]]) -> None:
        """Go on to the last step: ``loss_at(step)`` gives each loss, ``validate()`` the figures that are logged.

        The model ends in evaluation mode, with the mean weights where the plan asks for them.
        """
        bar = tqdm(total=self.plan.steps, initial=self.step, smoothing=0.02, mininterval=5)
        began, losses = time.time() - self.seconds, []
        self.model.train()
        while self.step < self.plan.steps:
            losses.append(self._advance(loss_at))
            bar.update()
            if self.step % self.plan.every == 0 or self.step == self.plan.steps:
                self.seconds = time.time() - began
                self._save()
                self._log({"train_loss": sum(losses) / len(losses)} | self._validated(validate), bar)
                losses = []
        bar.close()
        if self.mean:
            self.model.load_state_dict(self.mean)
        self.model.eval()

    def _validated(self, validate: Callable[[], Mapping[str, float]]) -> dict[str, float]:
        weights = {name: value.clone() for name, value in self.model.state_dict().items()} if self.mean else {}
        if self.mean:
            self.model.load_state_dict(self.mean)
        self.model.eval()
        with torch.no_grad():
            figures = dict(validate())
        if weights:
            self.model.load_state_dict(weights)
        self.model.train()
        return figures

    def _log(self, figures: dict[str, float], bar: Any) -> None:
        bar.set_postfix({name: round(value, 4) for name, value in figures.items()})
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps({"step": self.step, "seconds": round(self.seconds, 1)} | figures) + "\n")


def batched(rows: Iterable[Row], budget: int, length: Callable[[Row], int]) -> list[list[Row]]:
    """Return batches of rows of similar ``length`` with at most ``budget`` pieces each, padding included."""
    batches: list[list[Row]] = [[]]
    for row in sorted(rows, key=length):
        if batches[-1] and length(row) * (len(batches[-1]) + 1) > budget:
            batches.append([])
        batches[-1].append(row)
    return batches


def learning_curve(folder: Path) -> list[dict[str, float]]:
    """Return what the run in ``folder`` logged at each validation: step, seconds, losses and figures."""
    rows = [json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    return [{name: round(value, 4) for name, value in row.items()} for row in rows]


def adamw(rated: list[tuple[list[nn.Parameter], float]], weight_decay: float = 0.01) -> torch.optim.AdamW:
    """AdamW (Loshchilov & Hutter 2019) over groups of parameters, each with its own peak learning rate."""
    groups = [{"params": parameters, "lr": rate, "peak": rate} for parameters, rate in rated if parameters]
    return torch.optim.AdamW(groups, weight_decay=weight_decay, fused=True)


def precision() -> torch.dtype | None:
    """bfloat16 where the processor or graphics card multiplies it in hardware, else None (float32)."""
    return torch.bfloat16 if torch.cuda.is_available() or torch.cpu._is_avx512_bf16_supported() else None
