"""One colour for each concept, everywhere: figures, formulas and words.

Categories come from the Okabe–Ito set, which stays apart for colour-blind readers (Okabe & Ito 2008, "Color Universal
Design"); magnitudes use cividis (Nuñez et al. 2018), signed values a blue–orange scale centred at zero.
"""

from __future__ import annotations

ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"
GREY = "#8A8A8A"

CATEGORIES: tuple[str, ...] = (BLUE, ORANGE, GREEN, VERMILLION, PURPLE, SKY, YELLOW, GREY)

MAGNITUDE = "Cividis"
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
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"


def readable_on(colour: str) -> str:
    """Return black or white, whichever has the higher contrast on ``#RRGGBB`` (WCAG 2.2 relative luminance)."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#000000" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "#FFFFFF"
