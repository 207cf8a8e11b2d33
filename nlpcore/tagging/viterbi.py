"""The best path through a lattice of tags: Viterbi's algorithm with all its intermediate values.

score(y) = start[y₁] + Σₜ emissions[t, yₜ] + Σₜ transitions[yₜ₋₁, yₜ] + stop[yₙ], the exponent of a linear-chain CRF
(Lafferty, McCallum & Pereira 2001), its maximum by dynamic programming (Viterbi 1967, Rabiner 1989, eqs. 32–35,
in logs).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlpcore.arrays import Floats, Integers
from nlpcore.errors import LearnerError
from nlpcore.tagging.schemes import is_legal


@dataclass(frozen=True, slots=True)
class Lattice:
    """Viterbi's search over ``n`` positions and ``k`` tags.

    Attributes:
        emissions: (n, k), score of each tag at each position by itself.
        transitions: (k, k), score of tag j directly after tag i at [i, j]; −inf: forbidden.
        start, stop: (k,), score of beginning and of ending with each tag; −inf: forbidden.
        scores: (n, k), score of the best path ending in tag j at position t (δₜ(j) of Rabiner 1989), without ``stop``.
        back: (n, k), the tag before on that path (ψₜ(j)); row 0 is −1.
        path: (n,), tag numbers of the best path.
        score: its total, ``start`` and ``stop`` included.
        begins: positions, from 1 on, at which a further sentence begins: ``stop`` and ``start`` stand there in the place
            of a transition, so that each sentence has the path that it would have by itself.
    """

    emissions: Floats
    transitions: Floats
    start: Floats
    stop: Floats
    scores: Floats
    back: Integers
    path: tuple[int, ...]
    score: float
    begins: tuple[int, ...] = ()

    def best_until(self, position: int) -> tuple[int, ...]:
        """Return the best path that ends at ``position`` (0-based), the search having seen nothing behind it."""
        ends = position + 1 in (len(self.scores), *self.begins)
        last = int(np.argmax(self.scores[position] + (self.stop if ends else 0.0)))
        return _follow(self.back[: position + 1], last)


def viterbi(
    emissions: npt.ArrayLike,
    transitions: npt.ArrayLike,
    start: npt.ArrayLike = 0.0,
    stop: npt.ArrayLike = 0.0,
    begins: Sequence[int] = (),
) -> Lattice:
    """Return the lattice of ``emissions`` (n, k) and ``transitions`` (k, k); ``start`` and ``stop`` (k,) or 0.

    ``begins``: positions at which further sentences begin, see :class:`Lattice`.
    Ties go to the lower tag number. Raises ValueError for shapes that do not fit and LearnerError ``no_legal_path``
    where every path is forbidden.
    """
    e, t = np.asarray(emissions, np.float64), np.asarray(transitions, np.float64)
    if e.ndim != 2 or not e.size or t.shape != (e.shape[1], e.shape[1]):
        raise ValueError(f"emissions {e.shape} and transitions {t.shape} do not fit")
    first = np.broadcast_to(np.asarray(start, np.float64), e.shape[1:]).copy()
    last = np.broadcast_to(np.asarray(stop, np.float64), e.shape[1:]).copy()
    scores, back = np.empty_like(e), np.full(e.shape, -1, np.int64)
    scores[0] = first + e[0]
    for n in range(1, len(e)):
        step = last[:, None] + first if n in begins else t
        arriving = scores[n - 1][:, None] + step  # (k before, k now)
        back[n] = arriving.argmax(axis=0)
        scores[n] = arriving.max(axis=0) + e[n]
    total = scores[-1] + last
    best = int(total.argmax())
    if not np.isfinite(total[best]):
        raise LearnerError("no_legal_path")
    return Lattice(e, t, first, last, scores, back, _follow(back, best), float(total[best]), tuple(begins))


def _follow(back: Integers, last: int) -> tuple[int, ...]:
    path = [last]
    for row in back[:0:-1]:
        path.append(int(row[path[-1]]))
    return tuple(reversed(path))


def forbidden(tag_names: Sequence[str]) -> tuple[Floats, Floats]:
    """Return transitions (k, k) and start (k,) that are 0 where IOB2 allows and −inf where it forbids."""
    legal = [[is_legal(before, tag) for tag in tag_names] for before in tag_names]
    first = [is_legal(None, tag) for tag in tag_names]
    return np.where(np.array(legal), 0.0, -np.inf), np.where(np.array(first), 0.0, -np.inf)


def decode_legally(log_probabilities: npt.ArrayLike, tag_names: Sequence[str]) -> Lattice:
    """Return the most probable *legal* tag sequence for log probabilities (n, k) that know nothing of their neighbours.

    Raises ValueError where a tag name is not BIO (by way of :func:`nlpcore.tagging.schemes.split_tag`).
    """
    transitions, start = forbidden(tag_names)
    return viterbi(log_probabilities, transitions, start)
