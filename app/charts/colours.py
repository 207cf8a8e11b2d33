"""One colour for each concept, everywhere: figures, formulas and words.

Categories come from the Okabe–Ito set, which stays apart for colour-blind readers (Okabe & Ito 2008, "Color Universal
Design"); magnitudes use cividis (Nuñez et al. 2018), signed values a blue–orange scale centred at zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from plotly.colors import get_colorscale

ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"
GREY = "#8A8A8A"

CATEGORIES: tuple[str, ...] = (BLUE, ORANGE, GREEN, VERMILLION, PURPLE, SKY, YELLOW, GREY)

PAGE = {"light": "#FFFFFF", "dark": "#11161C"}  # the backgrounds of .streamlit/config.toml

MAGNITUDE: list[list[float | str]] = get_colorscale("Cividis")
DIVERGING: list[list[float | str]] = [
    [0.0, "#08519C"],
    [0.25, "#6BAED6"],
    [0.5, "#F7F7F7"],
    [0.75, "#F5A55A"],
    [1.0, "#A63603"],
]

# Attention
QUERY, KEY, VALUE = BLUE, ORANGE, GREEN

# LSTM: three gates, the candidate, the two states
INPUT_GATE, FORGET_GATE, CANDIDATE, OUTPUT_GATE = GREEN, VERMILLION, PURPLE, ORANGE
CELL_STATE, HIDDEN_STATE = BLUE, SKY

# Who says so
LEARNER, MODEL, TRUTH = PURPLE, BLUE, GREEN
RIGHT, WRONG = GREEN, VERMILLION
FOCUS = VERMILLION
MUTED = GREY

ENTITIES: dict[str, str] = {
    "PER": BLUE,
    "LOC": GREEN,
    "ORG": ORANGE,
    "MISC": PURPLE,
    "DATE": SKY,
    "TIME": SKY,
    "MONEY": YELLOW,
    "PERCENT": VERMILLION,
    "O": GREY,
}


def with_alpha(colour: str, alpha: float) -> str:
    """Return ``#RRGGBB`` as CSS ``rgba(…)`` with opacity ``alpha`` (0 to 1)."""
    red, green, blue = _channels(colour)
    return f"rgba({red},{green},{blue},{alpha:g})"


def on_scale(scale: Sequence[Sequence[float | str]], share: float) -> str:
    """Return the colour of a scale of ``[share, "#RRGGBB"]`` at ``share``, from 0 to 1, as it is drawn between two steps."""
    steps = [(float(at), str(colour)) for at, colour in scale]
    share = min(max(share, steps[0][0]), steps[-1][0])
    above = next(place for place in range(1, len(steps)) if steps[place][0] >= share)
    (low, one), (high, other) = steps[above - 1], steps[above]
    return _mix(one, other, (share - low) / (high - low))


def readable_on(colour: str) -> str:
    """Return black or white, whichever has the higher contrast on ``#RRGGBB``."""
    return max(("#FFFFFF", "#000000"), key=lambda text: contrast(text, colour))


@lru_cache(maxsize=1024)
def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours ``#RRGGBB``, from 1 to 21 (WCAG 2.2)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@lru_cache(maxsize=1024)
def legible(colour: str, on: str, ratio: float = 4.5) -> str:
    """Return ``colour``, mixed with black or white as far as text on ``on`` needs for ``ratio`` (WCAG 2.2: 4.5)."""
    towards = readable_on(on)
    mixed = (_mix(colour, towards, share / 50) for share in range(51))
    return next(found for found in mixed if contrast(found, on) >= ratio)


@lru_cache(maxsize=64)
def edge_of(colour: str, ratio: float = 4.0) -> str:
    """Return ``colour``, mixed with black or white as far as the edge of a mark needs for ``ratio`` on the light and on the dark
    page (WCAG 2.2: at least 3). A figure does not know which of the two it stands on.

    The marks themselves keep the colours that stay apart for colour-blind readers.
    """
    mixed = (_mix(colour, towards, share / 50) for share in range(51) for towards in ("#000000", "#FFFFFF"))
    return next(found for found in mixed if min(contrast(found, page) for page in PAGE.values()) >= ratio)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def _luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2, from 0 to 1."""
    parts = (c / 255 for c in _channels(colour))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
