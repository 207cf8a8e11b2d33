"""How many bytes something takes, as it is said."""

from __future__ import annotations

UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


def amount(count: float) -> str:
    """Return a number of bytes with two or three digits that count, in units of 1000: 400 B, 12.0 MB, 4.00 TB."""
    place, value = 0, float(count)
    while value >= 999.5 and place < len(UNITS) - 1:
        value, place = value / 1000, place + 1
    if not place:
        return f"{value:.0f} {UNITS[0]}"
    digits = 0 if value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:,.{digits}f} {UNITS[place]}"
