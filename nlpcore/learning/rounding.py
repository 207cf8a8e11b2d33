"""A continuous target cut into classes, as an analogue-to-digital converter cuts a voltage: what is lost, and what is won."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nlpcore.arguments import check_option
from nlpcore.arrays import Floats, Integers
from nlpcore.learning.points import points
from nlpcore.models.serving import served

Target = Literal["flowers", "wave", "fork"]
SIZES = (2, 4, 8, 16, 32, 64)
DEGREE = 5  # both learners see the powers of x up to this one
_GRID = 161  # places at which the answers are drawn
_MADE = 400
NEAR = 0.1  # of the range of the target: an answer within this is near


@dataclass(frozen=True, slots=True, eq=False)
class CutTarget:
    """The same target learnt as a number and as one of several classes, each answering with the middle of its class.

    Attributes:
        target: which data.
        x, y: (n,), input and target; every second example is held out.
        edges: (classes + 1,), where the target is cut: all classes are equally wide.
        classes: (n,), the class of each target.
        grid: (m,), places of x.
        line: (m,), what regression answers there.
        probabilities: (m, classes), what the classifier answers there; rows sum to 1.
        steps: (m,), the middle of the likeliest class.
        by_rounding: root mean squared error of the middle of the *right* class on the examples held out: what no classifier
            can avoid.
        by_class: that of the middle of the likeliest class.
        by_number: that of regression.
        near_by_class, near_by_number: shares of the examples held out of which the answer is within a tenth of the range.
        examples: (classes,), of the training in each class.
    """

    target: Target
    x: Floats
    y: Floats
    edges: Floats
    classes: Integers
    grid: Floats
    line: Floats
    probabilities: Floats
    steps: Floats
    by_rounding: float
    by_class: float
    by_number: float
    near_by_class: float
    near_by_number: float
    examples: Integers

    @property
    def middles(self) -> Floats:
        """(classes,), the middle of each class."""
        return (self.edges[1:] + self.edges[:-1]) / 2

    @property
    def width(self) -> float:
        """How wide a class is."""
        return float(self.edges[1] - self.edges[0])

    @property
    def expected(self) -> float:
        """What rounding costs where the targets of a class lie anywhere in it: width / √12 (Bennett 1948)."""
        return self.width / float(np.sqrt(12))


@dataclass(frozen=True, slots=True, eq=False)
class Sizes:
    """Errors by the number of classes.

    Attributes:
        target: which data.
        sizes: numbers of classes.
        by_rounding, by_class: (sizes,), as in :class:`CutTarget`.
        by_number: of regression, which has no classes.
    """

    target: Target
    sizes: tuple[int, ...]
    by_rounding: Floats
    by_class: Floats
    by_number: float


@lru_cache(maxsize=4)
def examples(target: Target) -> tuple[Floats, Floats]:
    """Return x and y (n,) of a name. Raises ValueError for another.

    ``flowers``: width of a petal by its length; ``wave``: a sine with noise; ``fork``: y or −y, as often the one as the other.
    """
    check_option("target", target, Target)
    if target == "flowers":
        places = points("flowers").places
        order = np.argsort(places[:, 0], kind="stable")
        return places[order, 0], places[order, 1]
    rng = np.random.default_rng(5)
    x = np.sort(rng.uniform(0, 6, _MADE))
    if target == "wave":
        return x, np.sin(x) + rng.normal(0, 0.1, _MADE)
    side = rng.choice([-1.0, 1.0], _MADE)
    return x, side * (0.3 + 0.12 * x) + rng.normal(0, 0.06, _MADE)


@served
def cut_target(target: Target = "flowers", classes: int = 8) -> CutTarget:
    """Cut the target into ``classes`` (2 to 64) and learn it both ways on half of the examples. ValueError for others."""
    x, y = examples(target)
    classes = max(2, min(classes, SIZES[-1]))
    edges = np.linspace(y.min(), y.max(), classes + 1)
    number = np.clip(np.searchsorted(edges, y, side="right") - 1, 0, classes - 1).astype(np.int64)
    middles = (edges[1:] + edges[:-1]) / 2
    learnt = np.arange(len(x)) % 2 == 0
    grid = np.linspace(x.min(), x.max(), _GRID)
    seen = np.concatenate([grid, x[~learnt]])
    by_number = _powers(seen, x) @ np.linalg.lstsq(_powers(x[learnt], x), y[learnt], rcond=None)[0]
    probabilities = _classified(x, number, learnt, seen, classes)
    by_class = middles[probabilities.argmax(axis=1)]
    held = y[~learnt]
    return CutTarget(
        target, x, y, edges, number, grid, by_number[:_GRID], probabilities[:_GRID], by_class[:_GRID],
        _error(middles[number[~learnt]], held), _error(by_class[_GRID:], held), _error(by_number[_GRID:], held),
        _near(by_class[_GRID:], held, y), _near(by_number[_GRID:], held, y),
        np.bincount(number[learnt], minlength=classes).astype(np.int64),
    )  # fmt: skip


@served
def cut_sizes(target: Target = "flowers") -> Sizes:
    """Return the errors of :func:`cut_target` for 2, 4, 8, … 64 classes."""
    found = [cut_target(target, size) for size in SIZES]
    return Sizes(
        target,
        SIZES,
        np.array([each.by_rounding for each in found]),
        np.array([each.by_class for each in found]),
        found[0].by_number,
    )


def _powers(x: Floats, of: Floats) -> Floats:
    """Return the powers 0 to 5 of x (n,), scaled to −1 … 1 over the range of ``of``: (n, 6)."""
    scaled = 2 * (x - of.min()) / (of.max() - of.min()) - 1
    return np.asarray(scaled[:, None] ** np.arange(DEGREE + 1), dtype=np.float64)


def _classified(x: Floats, number: Integers, learnt: NDArray[np.bool_], seen: Floats, classes: int) -> Floats:
    """Return the probability of each class at the places ``seen``: (m, classes); one without an example has 0."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=100, max_iter=300).fit(_powers(x[learnt], x)[:, 1:], number[learnt])
    found = np.zeros((len(seen), classes))
    found[:, fitted.classes_] = fitted.predict_proba(_powers(seen, x)[:, 1:])
    return found


def _error(answers: Floats, targets: Floats) -> float:
    return float(np.sqrt(((answers - targets) ** 2).mean()))


def _near(answers: Floats, targets: Floats, y: Floats) -> float:
    return float((np.abs(answers - targets) <= NEAR * (y.max() - y.min())).mean())
