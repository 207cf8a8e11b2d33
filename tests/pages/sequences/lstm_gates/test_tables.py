"""The rows of the LSTM lesson's CSV files, cell by cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nlpcore.recurrent import compare, flow_comparison, gate_extremes
from pages.sequences.lstm_gates import tables
from tests.pages.sequences.lstm_gates.readings import letters, review


def test_reading_has_a_row_for_each_token_and_unit() -> None:
    reading = review(np.random.default_rng(0), ("a", "good", "film"))
    rows = tables.reading_rows(reading, [0])
    assert [(row["step"], row["token"], row["unit"]) for row in rows] == [(1, "a", 0), (2, "good", 0), (3, "film", 0)]
    for step, row in enumerate(rows):
        assert row["p_positive"] == reading.positive[step]
        assert [row[name] for name in "ifgoch"] == [getattr(reading.trace, name)[step, 0] for name in "ifgoch"]
    text = letters(np.random.default_rng(0), "ab")
    assert [row["bits"] for row in tables.reading_rows(text, [0])] == pytest.approx(text.bits.tolist(), nan_ok=True)


def test_unit_and_extremes() -> None:
    reading = review(np.random.default_rng(1), ("a", "good", "film", "."))
    rows = tables.unit_rows(reading, 0)
    trace = reading.trace
    before = [0.0, *trace.c[:-1, 0]]
    for step, row in enumerate(rows):
        assert (row["step"], row["token"], row["unit"]) == (step + 1, reading.tokens[step], 0)
        assert row["kept"] == trace.f[step, 0] * before[step] and row["added"] == trace.i[step, 0] * trace.g[step, 0]
        assert row["c"] == trace.c[step, 0]
    found = tables.extremes_rows({"f": gate_extremes(trace, reading.tokens, 0, "f", 1)})
    high, low = int(trace.f[:, 0].argmax()), int(trace.f[:, 0].argmin())
    assert found == [
        {"gate": "f", "end": end, "step": step + 1, "token": reading.tokens[step], "value": trace.f[step, 0]}
        for end, step in (("high", high), ("low", low))
    ]


def test_comparison_and_gradients(sentiment: Any) -> None:
    both = compare(sentiment, "not good film", "good film .")
    rows = tables.comparison_rows(both)
    assert [(row["original"], row["edited"]) for row in rows] == [
        ("not", ""), ("good", "good"), ("film", "film"), ("", "."),
    ]  # fmt: skip
    before, after = both.before.positive, both.after.positive
    assert [row["output_original"] for row in rows] == [*before, ""]
    assert [row["output_edited"] for row in rows] == ["", *after]
    flows = flow_comparison(sentiment, "not good film")
    rows = tables.flow_rows(flows, both.before)
    expected = {
        "rnn": flows.rnn.hidden,
        "gru": flows.gru.hidden,
        "lstm_h": flows.lstm.hidden,
        "lstm_c": flows.lstm.cell,
    }
    expected |= {"trained_h": flows.trained.hidden, "trained_c": flows.trained.cell}
    assert [row["step"] for row in rows] == [1, 2, 3] and set(rows[0]) == {"step", "token", *expected}
    for name, curve in expected.items():
        assert [row[name] for row in rows] == list(curve)
