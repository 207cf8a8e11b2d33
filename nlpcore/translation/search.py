"""Choosing what to write: the most probable token each time, or the best of several beginnings kept side by side."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from nlpcore.translation.pieces import BEGIN, END, PAD, UNKNOWN


@dataclass(frozen=True)
class Hypothesis:
    """A translation.

    Attributes:
        ids: its tokens, with ``</s>`` at the end if it was reached.
        log_probability: the sum of the natural logarithms of the tokens' probabilities, at most 0.
        weights: (tokens, source), the attention on the source when each token was written; each row sums to 1.
    """

    ids: tuple[int, ...]
    log_probability: float
    weights: Tensor

    def score(self, length_penalty: float) -> float:
        """Return log probability / length ** ``length_penalty``; without it short translations would always win."""
        return float(self.log_probability / max(1, len(self.ids)) ** length_penalty)


def _log_probabilities(logits: Tensor) -> Tensor:
    """Return log probabilities in which nothing that cannot be shown is ever chosen."""
    found = logits.float().log_softmax(-1)
    found[..., [PAD, UNKNOWN, BEGIN]] = -torch.inf
    return found


@torch.no_grad()
def greedy(network: Any, source: Tensor, longest: int) -> list[Hypothesis]:
    """Translate every row of ``source`` (batch, source), the most probable token each time, at most ``longest``."""
    memory, state = network.encode(source)
    token = torch.full((len(source),), BEGIN, device=source.device)
    ids, weights, chances = [], [], []
    done = torch.zeros(len(source), dtype=torch.bool, device=source.device)
    for _ in range(longest):
        logits, state, attended = network.step(token, state, memory)
        chance, token = _log_probabilities(logits).max(-1)
        token = token.masked_fill(done, PAD)
        ids.append(token)
        chances.append(chance.masked_fill(done, 0.0))
        weights.append(attended)
        done = done | (token == END)
        if done.all():
            break
    written, seen = torch.stack(ids, 1), torch.stack(weights, 1)
    sums, lengths = torch.stack(chances, 1).sum(1).tolist(), (written != PAD).sum(1).tolist()
    kept = [int(count) for count in (source != PAD).sum(1)]
    return [
        Hypothesis(tuple(written[i, :length].tolist()), sums[i], seen[i, :length, : kept[i]])
        for i, length in enumerate(lengths)
    ]


@torch.no_grad()
def beam_search(
    network: Any, source: Tensor, longest: int, width: int = 4, length_penalty: float = 1.0
) -> list[Hypothesis]:
    """Translate one sentence, ids (source,), keeping the ``width`` best beginnings; return the best ones, best first.

    A translation is finished when its ``</s>`` is among the ``width`` best continuations; the search ends when ``width``
    translations are, or at ``longest`` tokens. They are ordered by :meth:`Hypothesis.score`, in which ``length_penalty`` is the
    power of the length: with 0 short translations win.
    """
    memory, state = network.encode(source[None])
    alive: list[Hypothesis] = [Hypothesis((), 0.0, torch.zeros((0, len(source)), device=source.device))]
    token, finished = torch.tensor([BEGIN], device=source.device), list[Hypothesis]()
    for _ in range(longest):
        logits, state, attended = network.step(token, state, memory)
        totals = torch.tensor([h.log_probability for h in alive], device=source.device)[:, None]
        best, places = (_log_probabilities(logits) + totals).flatten().topk(min(2 * width, logits.numel()))
        going: list[tuple[Hypothesis, int]] = []
        for rank, (value, place) in enumerate(zip(best.tolist(), places.tolist(), strict=True)):
            if value == -math.inf:  # there are fewer continuations than the beam is wide
                break
            row, chosen = divmod(place, logits.shape[-1])
            weights = torch.cat([alive[row].weights, attended[row][None]])
            longer = Hypothesis((*alive[row].ids, chosen), value, weights)
            if chosen == END and rank < width:
                finished.append(longer)
            elif chosen != END and len(going) < width:
                going.append((longer, row))
        if len(finished) >= width or not going:
            break
        rows = torch.tensor([row for _, row in going], device=source.device)
        alive, state, memory = [hypothesis for hypothesis, _ in going], state[rows], memory.rows(rows)
        token = torch.tensor([h.ids[-1] for h in alive], device=source.device)
    ranked = sorted(finished or alive, key=lambda h: h.score(length_penalty), reverse=True)
    return ranked[:width]
