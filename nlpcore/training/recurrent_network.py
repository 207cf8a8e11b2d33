"""The small recurrent network trained here, as torch computes it: embedding, one LSTM layer, one linear layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn


class RecurrentNetwork(nn.Module):
    """Embedding → ``nn.LSTM`` (one layer, batch first) → linear. ``config`` has ``embedding`` and ``hidden`` sizes."""

    def __init__(self, vocabulary: int, embedding: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding)
        self.lstm = nn.LSTM(embedding, hidden, batch_first=True)
        self.output = nn.Linear(hidden, outputs)

    @classmethod
    def from_weights(cls, weights: Mapping[str, Tensor]) -> RecurrentNetwork:
        """Build the network whose ``state_dict`` these are, in single precision."""
        vocabulary, embedding = weights["embedding.weight"].shape
        outputs, hidden = weights["output.weight"].shape
        network = cls(vocabulary, embedding, hidden, outputs)
        network.load_state_dict({name: value.float() for name, value in weights.items()})
        return network

    def forward(self, token_ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (batch, time, outputs) and hidden states h (batch, time, hidden) for ids (batch, time)."""
        hidden, _ = self.lstm(self.embedding(token_ids))
        return self.output(hidden), hidden

    def __call__(self, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
        return super().__call__(*args, **kwargs)  # type: ignore[no-any-return]
