"""The lines that reproduce what the lesson shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def points(epochs: int, asked: Mapping[str, Any]) -> str:
    """Return a program that prints both losses of a training on points."""
    return f"""from nlpcore.networks import fit_points

run = fit_points({epochs},{_arguments(asked)})
fit = run.shown
{_PRINTED}"""


def messages(epochs: int, asked: Mapping[str, Any]) -> str:
    """Return a program that prints both losses of a training on messages."""
    return f"""from nlpcore.networks import fit_messages

run = fit_messages({epochs},{_arguments(asked)})
fit = run.shown
{_PRINTED}"""


_PRINTED = """for epoch in range(0, fit.epochs + 1, max(1, fit.epochs // 10)):
    print(epoch, "training", round(float(fit.training[epoch]), 3), "validation", round(float(fit.validation[epoch]), 3))
print("now at epoch", fit.at, "training", round(float(fit.training[fit.at]), 3),
      "validation", round(float(fit.validation[fit.at]), 3), "right", round(float(fit.validation_right[fit.at]), 3))
print("lowest validation loss at epoch", fit.best, "| ran away:", run.diverged)
"""


def _arguments(asked: Mapping[str, Any]) -> str:
    return "".join(f"\n    {name}={value!r}," for name, value in asked.items()) + "\n"
