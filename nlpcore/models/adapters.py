"""Weights that say only what differs from another model: a frozen part left out, low-rank updates in place of matrices.

A model that was trained here on top of another one names it in its ``config.json`` as ``"base"``. Its weights file
holds what training made: heads, whole layers, or the two factors of a low-rank update (LoRA; Hu et al. 2021, arXiv
2106.09685), named as the library PEFT names them. The rest is taken from the base.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

DOWN, UP = ".lora_A.weight", ".lora_B.weight"
TABLE_DOWN, TABLE_UP = ".lora_embedding_A", ".lora_embedding_B"  # of an embedding table


def merged(
    own: Mapping[str, Tensor], base: Mapping[str, Tensor], prefix: str, config: Mapping[str, Any]
) -> dict[str, Tensor]:
    """Return all weights of a model: its own ones, and the others from its base, low-rank updates added in.

    Args:
        own: the tensors of the model's file, by name.
        base: the tensors of the base; the model knows each by ``prefix`` and its name there ("bert.").
        prefix: what stands before the names of the base's tensors.
        config: the model's ``config.json``; ``config["adapter"]`` holds ``r`` and ``lora_alpha`` where there are low-rank
            updates.

    An updated matrix is W + (lora_alpha / r) B A, with A (r, inputs) and B (outputs, r): equation 3 of Hu et al. An
    embedding table holds its outputs in rows, so it is W + (lora_alpha / r) (B A)ᵀ, with A (r, tokens). KeyError where
    an update has no matrix to be added to.
    """
    weights = {prefix + name: value for name, value in base.items()}
    factors = (DOWN, UP, TABLE_DOWN, TABLE_UP)
    weights |= {name: value for name, value in own.items() if not name.endswith(factors)}
    for name, down in own.items():
        if not name.endswith((DOWN, TABLE_DOWN)):
            continue
        table = name.endswith(TABLE_DOWN)
        stem = name.removesuffix(TABLE_DOWN if table else DOWN)
        update = own[stem + (TABLE_UP if table else UP)].float() @ down.float()  # (outputs, inputs)
        scale = config["adapter"]["lora_alpha"] / config["adapter"]["r"]
        weights[stem + ".weight"] = weights[stem + ".weight"] + scale * (update.T if table else update)
    return weights
