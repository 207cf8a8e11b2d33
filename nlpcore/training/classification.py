"""One label for a text or a pair of texts, on the encoder minilm-l6: what the sentiment and the inference model share.

The classifier is Devlin et al.'s (2019, section 4.1): a layer with tanh on the last hidden state of [CLS], then a linear
map to one logit for each label.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlpcore.intervals import wilson
from nlpcore.models.device import best_device
from nlpcore.training import finetuning
from nlpcore.training.loop import Plan, Run, batched, precision

CLS, SEP, PAD = 101, 102, 0

length_of = attrgetter("length")


@dataclass(frozen=True)
class Recipe:
    """All that decides what comes out of a run."""

    method: str = "lora"
    epochs: int = 2
    pieces_per_batch: int = 2048
    longest: int = 256  # pieces of an input; of a longer text its beginning and its end are read
    beginning: float = 0.25  # share of a longer text's pieces that are its beginning
    encoder_rate: float = 1e-4
    head_rate: float = 1e-3  # also of the low-rank updates
    weight_decay: float = 0.01
    warmup_steps: int = 100
    dropout: float = 0.1
    lora_rank: int = 16
    seed: int = 0


@dataclass(frozen=True)
class Coded:
    """An input as word pieces, without marks: one text, or a pair; and the number of its label."""

    first: tuple[int, ...]
    second: tuple[int, ...]
    label: int

    @property
    def length(self) -> int:
        return len(self.first) + len(self.second) + (3 if self.second else 2)


def shortened(pieces: Sequence[int], room: int, beginning: float) -> tuple[int, ...]:
    """Return at most ``room`` pieces: the beginning and the end of a longer text (Sun et al. 2019, arXiv 1905.05583)."""
    if len(pieces) <= room:
        return tuple(pieces)
    head = int(room * beginning)
    return tuple(pieces[:head]) + tuple(pieces[len(pieces) - room + head :])


def encode(
    texts: Sequence[str], labels: Sequence[int], tokenizer: Any, recipe: Recipe, seconds: Sequence[str] = ()
) -> list[Coded]:
    """Cut texts, or pairs of ``texts`` and ``seconds``, into pieces; a longer text is shortened, of a pair the first."""
    ids = tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]
    others = tokenizer(list(seconds), add_special_tokens=False)["input_ids"] if seconds else [()] * len(texts)
    found = []
    for first, second, label in zip(ids, others, labels, strict=True):
        second = tuple(second[: recipe.longest // 2])
        room = recipe.longest - len(second) - (3 if second else 2)
        found.append(Coded(shortened(first, room, recipe.beginning), second, label))
    return found


def epoch_batches(rows: Sequence[Coded], recipe: Recipe, epoch: int) -> list[list[Coded]]:
    """Return the batches of one epoch in their order."""
    rng = random.Random(recipe.seed * 1000 + epoch)
    mixed = list(rows)
    rng.shuffle(mixed)
    batches = batched(mixed, recipe.pieces_per_batch, length_of)
    rng.shuffle(batches)
    return batches


def tensors(rows: Sequence[Coded]) -> tuple[dict[str, Tensor], Tensor]:
    """Return the network's input, (rows, positions) each, and the labels, (rows,)."""
    length = max(row.length for row in rows)
    ids, types = torch.full((len(rows), length), PAD), torch.zeros((len(rows), length), dtype=torch.int64)
    mask = torch.zeros_like(ids)
    for i, row in enumerate(rows):
        whole = [CLS, *row.first, SEP, *row.second, *([SEP] if row.second else [])]
        ids[i, : row.length], mask[i, : row.length] = torch.tensor(whole), 1
        types[i, len(row.first) + 2 : row.length] = 1
    inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
    return inputs, torch.tensor([row.label for row in rows])


def logits_of(model: nn.Module, rows: Sequence[Coded], cast: torch.dtype | None) -> tuple[Tensor, Tensor]:
    """Return logits (rows, labels), float32, and labels (rows,)."""
    inputs, labels = tensors(rows)
    device = next(model.parameters()).device
    with torch.autocast(device.type, cast, enabled=cast is not None):
        out = model(**{name: value.to(device) for name, value in inputs.items()}).logits
    return out.float().cpu(), labels


class Steps:
    """Gives the loss of each training step; the plan of all epochs is drawn at the start."""

    def __init__(self, model: nn.Module, rows: Sequence[Coded], recipe: Recipe) -> None:
        self.model, self.cast = model, precision()
        epochs = [epoch_batches(rows, recipe, epoch) for epoch in range(recipe.epochs)]
        self.batches = [batch for epoch in epochs for batch in epoch]

    def __call__(self, step: int) -> Tensor:
        logits, labels = logits_of(self.model, self.batches[step], self.cast)
        return F.cross_entropy(logits, labels)


@torch.no_grad()
def confusion(model: nn.Module, rows: Sequence[Coded], labels: int, cast: torch.dtype | None) -> tuple[Tensor, float]:
    """Return how often each label (rows) was answered by each (columns), (labels, labels), and the mean loss in nats."""
    table, loss = torch.zeros((labels, labels), dtype=torch.int64), 0.0
    for batch in batched(rows, 2048, length_of):  # larger ones outgrow the cache of a processor
        logits, wanted = logits_of(model, batch, cast)
        loss += float(F.cross_entropy(logits, wanted, reduction="sum"))
        for right, found in zip(wanted.tolist(), logits.argmax(1).tolist(), strict=True):
            table[right, found] += 1
    return table, loss / len(rows)


def scores(model: nn.Module, rows: Sequence[Coded], names: Sequence[str]) -> dict[str, Any]:
    """Return accuracy (0 to 1) with its 95 % interval, loss, and the table of right and answered labels, in float32."""
    table, loss = confusion(model, rows, len(names), None)
    accuracy = float(table.diagonal().sum() / table.sum())
    answered = {
        right: dict(zip(names, counts, strict=True)) for right, counts in zip(names, table.tolist(), strict=True)
    }
    interval = list(wilson(accuracy, len(rows)))
    return {"accuracy": accuracy, "accuracy_interval": interval, "loss": loss, "count": len(rows), "answered": answered}


def train(
    rows: Sequence[Coded],
    validation: Sequence[Coded],
    names: Sequence[str],
    recipe: Recipe,
    encoder: Path,
    out: Path,
    validations: int = 10,
) -> tuple[nn.Module, Run]:
    """Train to the end, validating so many times; return the network in evaluation mode and the finished run."""
    numbered = {"id2label": dict(enumerate(names)), "label2id": {name: i for i, name in enumerate(names)}}
    model = finetuning.build(
        "BertForSequenceClassification", encoder, dropout=recipe.dropout, seed=recipe.seed, **numbered
    )
    model = finetuning.tuned(model, recipe.method, recipe.lora_rank)
    model = model.to(best_device())
    optimizer = finetuning.optimiser(model, recipe.encoder_rate, recipe.head_rate, recipe.weight_decay)
    steps = Steps(model, rows, recipe)

    def validate() -> dict[str, float]:
        table, loss = confusion(model, validation, len(names), steps.cast)
        return {"accuracy": float(table.diagonal().sum() / table.sum()), "loss": loss}

    plan = Plan(len(steps.batches), recipe.warmup_steps, recipe.seed, every=-(-len(steps.batches) // validations))
    run = Run(model, optimizer, plan, out)
    run.train(steps, validate)
    return model, run
