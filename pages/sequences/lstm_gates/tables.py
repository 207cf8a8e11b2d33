"""The numbers behind each figure of the LSTM lesson, as rows for a CSV file. Steps are counted from 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nlpcore.recurrent import (
    Alternatives,
    CharacterReading,
    Comparison,
    FlowComparison,
    GateExtremes,
    Reading,
    SentimentReading,
)

Rows = list[dict[str, Any]]


def output_of(reading: Reading) -> np.ndarray[Any, Any]:
    """Return the output after each token: probability of positive of a review, else bits of entropy of what follows."""
    return reading.positive if isinstance(reading, SentimentReading) else reading.signal


def reading_rows(reading: Reading, units: Sequence[int], last: int | None = None) -> Rows:
    """One row for each of the first ``last`` tokens (by default all) and each unit drawn."""
    trace, rows = reading.trace, []
    name = "p_positive" if isinstance(reading, SentimentReading) else "bits"
    output = reading.bits if isinstance(reading, CharacterReading) else output_of(reading)
    for step, token in enumerate(reading.tokens[:last]):
        for unit in units:
            values = {gate: float(getattr(trace, gate)[step, unit]) for gate in "ifgoch"}
            rows.append({"step": step + 1, "token": token, name: float(output[step]), "unit": unit, **values})
    return rows


def unit_rows(reading: Reading, unit: int) -> Rows:
    """One row for each token: what was kept, what was added, and the cell state of one unit."""
    parts = {name: getattr(reading.trace, name)[:, unit] for name in ("kept", "added", "c")}
    return [
        {"step": step + 1, "token": token, "unit": unit, **{name: float(part[step]) for name, part in parts.items()}}
        for step, token in enumerate(reading.tokens)
    ]


def extremes_rows(found: dict[str, GateExtremes]) -> Rows:
    """One row for each token that is drawn for a gate."""
    return [
        {"gate": gate, "end": end, "step": item.step + 1, "token": item.token, "value": item.value}
        for gate, extremes in found.items()
        for end, items in (("high", extremes.high), ("low", extremes.low))
        for item in items
    ]


def comparison_rows(both: Comparison) -> Rows:
    """One row for each place of the alignment."""
    rows = []
    for pair in both.pairs:
        row: dict[str, Any] = {"kind": pair.kind}
        for side, reading, step in (("original", both.before, pair.before), ("edited", both.after, pair.after)):
            row[side] = "" if step is None else reading.tokens[step]
            row[f"output_{side}"] = "" if step is None else float(output_of(reading)[step])
        rows.append(row)
    return rows


def alternatives_rows(found: Alternatives, by: str) -> Rows:
    """One row for each word that was tried."""
    return [{"word": word, by: float(value)} for word, value in zip(found.words, found.column(by)[0], strict=True)]


def flow_rows(flows: FlowComparison, reading: Reading) -> Rows:
    """One row for each token, one column for each curve."""
    curves = {
        "rnn": flows.rnn.hidden,
        "gru": flows.gru.hidden,
        "lstm_h": flows.lstm.hidden,
        "lstm_c": flows.lstm.cell,
        "trained_h": flows.trained.hidden,
        "trained_c": flows.trained.cell,
    }
    return [
        {"step": step + 1, "token": token}
        | {name: float(curve[step]) for name, curve in curves.items() if curve is not None}
        for step, token in enumerate(reading.tokens)
    ]
