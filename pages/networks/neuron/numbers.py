"""How the lesson writes its numbers: weights with one decimal, outputs with the digits that tell them from 0 and 1."""

from __future__ import annotations

import math

from app.text import number
from nlpcore.networks.activations import Activation

_MOST_POWER = 700.0  # e to this is a number that a double can hold
_SHOWN_AS_END = 0.5e-4  # what is missing to 1 where four decimals are 1.0000
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def weight(value: float) -> str:
    """Return a weight, an input or a sum with one decimal, or two where it has them: 1.5, −0.25."""
    return number(value, ".1f" if math.isclose(round(value, 1), value, abs_tol=1e-9) else ".2f")


def digits_of(value: float) -> int:
    """Return how many decimals show two digits of an output, and tell one near 1 or −1 from that: 2 to 4."""
    size = abs(value)
    if size in (0, 1) or size > 1:
        return 2
    if size >= 0.995:
        return 3 if size < 0.9995 else 4
    return 2 if size >= 0.0995 else 3 if size >= 0.00995 else 4


def of_output(value: float) -> str:
    """Return an output or a slope: 0.82, 0.0047, 0.9997, 1.2×10⁻⁵."""
    return tiny(value) if 0 < abs(value) < 0.001 else number(value, f".{digits_of(value)}f")


def missing(activation: Activation, z: float) -> tuple[str, str] | None:
    """Return the end that an output comes near, and what is missing to it, where its four decimals show that end itself.

    None elsewhere. Worked out from z, as 1 − a would be 0 where a double holds no more digits.
    """
    if activation == "sigmoid":
        left, end = 1 / (1 + math.exp(min(z, _MOST_POWER))), "1"
    elif activation == "tanh":
        left, end = 2 / (1 + math.exp(min(2 * abs(z), _MOST_POWER))), "1" if z > 0 else "−1"
    else:
        return None
    return (end, tiny(left)) if left < _SHOWN_AS_END else None


def tiny(value: float) -> str:
    """Return a number with two digits and a power of ten, in plain characters: 1.2×10⁻⁵."""
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}×10{str(int(exponent)).translate(_RAISED)}".replace("-", "−")


def short(value: float) -> str:
    """Return a number of any size in little room: 0.37, 2.72, 1,234, 2.0×10⁴³; what overflowed as ∞, what is none as NaN."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
    if value == 0 or 0.01 <= abs(value) < 999.995:
        return number(value, ".2f")
    return f"{value:,.0f}".replace("-", "−") if 999 < abs(value) < 100_000 else tiny(value)
