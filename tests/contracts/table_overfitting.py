"""The rows of trainings that learn too little or too much."""

from __future__ import annotations

from nlpcore.networks import draw_messages, draw_points, fit_messages, fit_points
from tests.contracts.row import Row

ROWS = (
    Row(
        draw_points,
        {"shape": "moons", "count": 12},
        variations=({"shape": "coin", "share": 0.0}, {"noise": 0.0, "count": 1}, {"shape": "spirals", "seed": 2}),
    ),
    Row(draw_messages, {"language": "en"}, variations=({"language": "zh", "count": 2}, {"noise": 0.0, "count": 80})),
    Row(
        fit_points,
        {"steps": 3, "count": 12},
        variations=(
            {"steps": 0},
            {"method": "sgd", "rate": 1e6},
            {"dropout": 0.5, "decay": 0.1, "batch": 5},
            {"share": 1.0, "hidden": 1},
            {"steps": 30, "patience": 1, "rate": 0.5},
        ),
    ),
    Row(fit_messages, {"steps": 2, "count": 10}, variations=({"language": "zh", "noise": 0.0}, {"rate": 1e6})),
)
