"""Changes of few dimensions: the nearest low-rank ones to what a full training changed.

The nearest matrix of a rank is given by the largest singular values (Eckart & Young 1936).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from nlpcore.models.adapters import DOWN, UP
from nlpcore.training.bundle import load_weights
from nlpcore.training.finetuning import plain_name

TABLE = "embeddings.word_embeddings.weight"  # the word embeddings' name in the encoder


def low_rank(change: Tensor, rank: int) -> tuple[Tensor, Tensor]:
    """Return A (rank, rows) and B (columns, rank) with (B A)ᵀ nearest to ``change`` (rows, columns)."""
    left, sizes, right = torch.linalg.svd(change, full_matrices=False)
    root = sizes[:rank].sqrt()
    return (left[:, :rank] * root).T.contiguous(), (right[:rank].T * root).contiguous()


def network(model: Any) -> Any:
    """Return the network in ``model``, which may have LoRA layers around it."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model


@torch.no_grad()
def settle_embeddings(model: nn.Module, encoder: Path, rank: int) -> None:
    """Bring the word embeddings within a change of ``rank`` from the encoder's, as near as can be, and freeze them.

    So a bundle need not hold the table, half of all parameters, but two thin factors.
    """
    table: Any = network(model).get_input_embeddings().weight
    base = load_weights(encoder)[TABLE].to(table.device)
    down, up = low_rank(table - base, rank)
    table.copy_(base + (up @ down).T)
    table.requires_grad_(False)


@torch.no_grad()
def adopt(model: nn.Module, before: nn.Module) -> None:
    """Bring a model with low-rank updates as near as can be to the finished model ``before``, which had all its weights.

    Each update becomes the nearest matrix of its rank to what ``before`` changed; what has no update is copied.
    """
    wanted = before.state_dict()
    parameters = {plain_name(name): value for name, value in model.state_dict().items()}
    for name, value in parameters.items():
        down, up = (parameters.get(name.removesuffix(".weight") + part) for part in (DOWN, UP))
        if down is not None and up is not None:
            upper, lower = low_rank((wanted[name] - value).T, len(down))  # (rank, inputs), (outputs, rank)
            down.copy_(upper)
            up.copy_(lower)
        elif ".lora_" not in name:
            value.copy_(wanted[name])
