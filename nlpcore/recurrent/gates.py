"""Questions to a trace: where a gate opens, which units go with the prediction, in which order to draw the units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlpcore.arrays import Floats, descending
from nlpcore.recurrent.reading import Reading
from nlpcore.recurrent.traces import LSTMTrace

GATES = ("i", "f", "o")
QUANTITIES = ("i", "f", "g", "o", "c", "h")
ORDERS = ("index", "variance", "clustered")


@dataclass(frozen=True, slots=True)
class TokenValue:
    """A gate's or state's value at one token.

    Attributes:
        step: place of the token, from 0.
        token: as it was read.
        value: 0 to 1 for i, f, o; -1 to 1 for g and h; unbounded for c.
    """

    step: int
    token: str
    value: float


@dataclass(frozen=True, slots=True)
class GateExtremes:
    """The tokens at which a gate (or state) is highest and lowest.

    Attributes:
        high: highest first: for a gate, where it opens most.
        low: lowest first: for a gate, where it closes most. No token stands in both.
        mean: mean over all tokens.
    """

    high: tuple[TokenValue, ...]
    low: tuple[TokenValue, ...]
    mean: float


def values(trace: LSTMTrace, quantity: str) -> Floats:
    """Return one of i, f, g, o, c, h as (steps, hidden). Raises ValueError for another name."""
    if quantity not in QUANTITIES:
        raise ValueError(f"{quantity!r} is none of {QUANTITIES}")
    return np.asarray(getattr(trace, quantity))


def gate_extremes(trace: LSTMTrace, tokens: Sequence[str], unit: int | None, gate: str, k: int = 3) -> GateExtremes:
    """Return the ``k`` tokens that open and that close ``gate`` of ``unit`` most; of None, the mean over all units.

    With fewer than 2k tokens each list is shorter, so that they never share a token; of equal values the earlier token
    comes first. Raises ValueError for a gate or unit that is not there, and for another number of tokens than steps.
    """
    table = values(trace, gate)
    if unit is not None and not 0 <= unit < table.shape[1]:
        raise ValueError(f"there is no unit {unit}")
    if len(tokens) != len(table):
        raise ValueError(f"{len(tokens)} tokens for {len(table)} steps")
    row = table.mean(axis=1) if unit is None else table[:, unit]
    found = [TokenValue(int(t), tokens[t], float(row[t])) for t in descending(row)]
    high = found[: min(k, (len(found) + 1) // 2)]
    low = found[len(high) :][::-1][:k]
    return GateExtremes(tuple(high), tuple(low), float(row.mean()))


@dataclass(frozen=True, slots=True)
class UnitScore:
    """How closely a unit's cell state goes with the output over the tokens of one text.

    Attributes:
        unit: its number, from 0.
        correlation: Pearson's r of c_t and the reading's ``signal``, -1 to 1; 0 where one of them never changes.
    """

    unit: int
    correlation: float


def informative_units(reading: Reading, k: int = 5) -> tuple[UnitScore, ...]:
    """Return the ``k`` units whose cell state correlates most, in size, with the output over the steps of a reading."""
    r = correlations(reading)
    return tuple(UnitScore(int(unit), float(r[unit])) for unit in descending(np.abs(r))[:k])


def correlations(reading: Reading) -> Floats:
    """Return (hidden,) Pearson's r, −1 to 1, of each unit's cell state with the output over the steps; 0 for one that rests."""
    cells, signal = reading.trace.c, reading.signal
    centred, aim = cells - cells.mean(axis=0), signal - signal.mean()
    scale = np.linalg.norm(centred, axis=0) * np.linalg.norm(aim)
    r = np.divide(centred.T @ aim, scale, out=np.zeros(cells.shape[1]), where=scale > 1e-12)
    within: Floats = np.clip(r, -1, 1)
    return within


def unit_order(trace: LSTMTrace, by: str) -> NDArray[np.int64]:
    """Return the unit numbers in drawing order, (hidden,).

    ``index``; ``variance`` of the cell state over time, largest first; ``clustered``: units whose hidden states run
    alike stand together (average linkage on Euclidean distance, leaves ordered as in Bar-Joseph et al. 2001).
    Raises ValueError for another name.
    """
    if by not in ORDERS:
        raise ValueError(f"{by!r} is none of {ORDERS}")
    units = trace.c.shape[1]
    if by == "variance":
        return descending(trace.c.var(axis=0))
    if by == "clustered" and units > 2:
        from scipy.cluster.hierarchy import leaves_list, linkage

        return np.asarray(leaves_list(linkage(trace.h.T, "average", optimal_ordering=True)), dtype=np.int64)
    return np.arange(units)
