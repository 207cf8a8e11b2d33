"""A second head on a tagger's encoder: DATE, TIME, MONEY and PERCENT, which CoNLL-2003 does not mark.

Two heads on one encoder are the plainest multi-task network (Caruana 1997): each is a linear layer on hidden states of
the same forward pass. The first was trained with the encoder, the second on the finished encoder, without changing it.
It reads each piece with its neighbours, as the window approach of Collobert et al. 2011 (section 3.3.1) does.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from nlpcore.arrays import Floats

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

FILE = "second_head.safetensors"


@dataclass(frozen=True, slots=True)
class SecondHead:
    """logits = W [h_{t-r}; …; h_t; …; h_{t+r}] + b on the hidden states of one layer, zeros beyond both ends.

    Attributes:
        labels: the tags, in IOB2.
        layer: whose hidden states it reads; 0 is the embeddings, 1 the first layer's output.
        weight: (labels, (2r + 1) d).
        bias: (labels,).
    """

    labels: tuple[str, ...]
    layer: int
    weight: Floats
    bias: Floats

    def logits(self, hidden: npt.ArrayLike) -> Floats:
        """Return (pieces, labels) for hidden states (pieces, d)."""
        states = np.asarray(hidden, np.float64)
        reach = (self.weight.shape[1] // states.shape[1] - 1) // 2
        padded = np.pad(states, ((reach, reach), (0, 0)))
        windows = np.concatenate([padded[i : i + len(states)] for i in range(2 * reach + 1)], axis=1)
        return np.asarray(windows @ self.weight.T + self.bias)


def second_head(model: LoadedModel) -> SecondHead | None:
    """Return the second head that lies beside the model's weights, or None where it has none."""
    found = model.config.get("second_head")
    if not found:
        return None
    return model.part("second_head", lambda: _read(model.folder / FILE, tuple(found["labels"]), int(found["layer"])))


def _read(path: Path, labels: tuple[str, ...], layer: int) -> SecondHead:
    from safetensors.numpy import load_file

    tensors = load_file(path)
    return SecondHead(labels, layer, tensors["weight"].astype(np.float64), tensors["bias"].astype(np.float64))
