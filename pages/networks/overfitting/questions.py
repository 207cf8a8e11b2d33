"""What the lesson asks, worked out from its trainings."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from app.questions import Question, Said
from app.text import Markdown
from nlpcore.models.trainings import Run
from nlpcore.networks.fitting import Fate, Fit, turned_up
from pages.networks.overfitting.exercises import Exercise

FAST = 10.0  # a learning rate beyond this is told
FATES: tuple[Fate, ...] = ("little", "right", "much", "away")


def fate(run: Run, found: Fate, most: int, about: Hashable, settings: Mapping[str, Any] | None = None) -> Question:
    """Ask how both curves end after ``most`` epochs of a training that has not been seen yet; ``about``: all its settings,
    ``settings``: those of which the question names what is unusual."""
    fit: Fit = run.shown
    reason: str = found
    if found == "right" and fit.stopped:
        reason = "stopped"
    elif found == "much" and not turned_up(fit.validation[: fit.at + 1]):
        reason = "apart"
    options = tuple(Said(f"fates.{each}") for each in FATES)
    values = values_of(fit, most) | {"how": _how(settings or {}, most)}
    return Question("fate", options, FATES.index(found), f"fate.{reason}", values, (about, most))  # type: ignore[arg-type]


def _how(settings: Mapping[str, Any], most: int) -> Said:
    """Return what is done, with the cure or the rate that tells it from a plain training: no slider in sight shows those."""
    if settings.get("patience"):
        return Said("trained.early", {"epochs": most, "patience": settings["patience"]})
    if settings.get("decay"):
        return Said("trained.decay", {"epochs": most, "decay": Markdown(f"{settings['decay']:g}")})
    if settings.get("rate", 0) > FAST:
        return Said("trained.rate", {"epochs": most, "rate": Markdown(f"{settings['rate']:,.0f}")})
    return Said("trained.plain", {"epochs": most})


def values_of(fit: Fit, most: int) -> dict[str, object]:
    """Return the numbers that a reason tells."""
    at = fit.at
    return {
        "epochs": most, "at": at, "best": fit.best,
        "training": Markdown(said(fit.training[at])), "validation": Markdown(said(fit.validation[at])),
        "lowest": Markdown(said(fit.validation.min())),
        "first": Markdown(said(fit.validation[0])),
    }  # fmt: skip


def said(value: float) -> str:
    """Return a loss as it stands in texts."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value >= 0.01 or value == 0 else "<0.01"


def diagnosis(fit: Fit, found: Fate, at: int) -> Question:
    """Ask what is wrong with the curves of exercise ``at``."""
    options = tuple(Said(f"diagnosis.{each}") for each in FATES[:3])
    values = values_of(fit, fit.epochs)
    return Question("diagnosis", options, FATES.index(found), f"diagnosis.because_{found}", values, at)  # type: ignore[arg-type]


def useless(exercise: Exercise, at: int) -> Question | None:
    """Ask which of three changes would not help; None where nothing is wrong."""
    if not exercise.useless:
        return None
    names = sorted(exercise.changes)
    options = tuple(Said(f"changes.{name}") for name in names)
    others = tuple(Said(f"changes.{name}") for name in names if name != exercise.useless)
    right = names.index(exercise.useless)
    return Question("useless", options, right, f"useless.because_{at + 1}", {"others": others}, at)
