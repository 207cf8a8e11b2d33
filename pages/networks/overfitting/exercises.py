"""The exercises of the third view: trainings whose settings are hidden, and for each what would help and what would not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Settings = Mapping[str, Any]
_DRAWN = ("shape", "count", "noise", "share", "seed")


@dataclass(frozen=True, slots=True)
class Exercise:
    """One training.

    Attributes:
        settings: of :func:`nlpcore.networks.overfitting.fit_points`.
        changes: name of a change -> what it changes: two that lower the validation loss at the end, and one that does not.
        useless: the name of that one.
    """

    settings: Settings
    changes: Mapping[str, Settings]
    useless: str

    @property
    def drawn(self) -> dict[str, Any]:
        """What :func:`nlpcore.networks.points.draw_points` is asked for."""
        return {name: value for name, value in self.settings.items() if name in _DRAWN}


EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        {"steps": 300, "shape": "moons", "count": 40, "noise": 0.3, "hidden": 60, "seed": 2},
        {"data": {"count": 400}, "decay": {"decay": 0.01}, "units": {"hidden": 100}},
        "units",
    ),
    Exercise(
        {"steps": 300, "shape": "corners", "count": 200, "noise": 0.3, "hidden": 1, "seed": 3},
        {"units": {"hidden": 20}, "units_few": {"hidden": 4}, "dropout": {"dropout": 0.5}},
        "dropout",
    ),
    Exercise(
        {"steps": 300, "shape": "moons", "count": 400, "noise": 0.2, "hidden": 20, "rate": 0.01, "seed": 4},
        {},
        "",
    ),
    Exercise(
        {
            "steps": 200,
            "shape": "rings",
            "count": 200,
            "noise": 0.2,
            "hidden": 20,
            "method": "sgd",
            "rate": 0.003,
            "seed": 5,
        },
        {"rate": {"rate": 0.3}, "epochs": {"steps": 1000}, "decay": {"decay": 0.1}},
        "decay",
    ),
    Exercise(
        {"steps": 200, "shape": "coin", "count": 40, "hidden": 80, "seed": 6},
        {"early": {"patience": 20}, "decay": {"decay": 0.1}, "epochs": {"steps": 600}},
        "epochs",
    ),
    Exercise(
        {"steps": 150, "shape": "corners", "count": 400, "noise": 0.4, "hidden": 6, "rate": 0.01, "seed": 7},
        {},
        "",
    ),
)
