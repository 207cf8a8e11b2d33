"""Arrays out of what Plotly holds of a figure."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np


def numbers(values: Any) -> np.ndarray[Any, Any]:
    """Return an array of a figure's data: a plain list, or the packed form in which Plotly's Python sends arrays.

    Numbers come as float64 with NaN for what is left out; labels stay text.
    """
    if isinstance(values, dict):
        flat = np.frombuffer(base64.b64decode(values["bdata"]), dtype=np.dtype(values["dtype"]))
        shape = [int(part) for part in str(values.get("shape", len(flat))).split(",")]
        return flat.reshape(shape).astype(float)
    if any(isinstance(value, str) for value in values):
        return np.asarray(values)
    return np.array([np.nan if v is None else _row(v) if isinstance(v, list) else v for v in values], dtype=float)


def _row(values: list[Any]) -> list[float]:
    return [np.nan if value is None else value for value in values]
