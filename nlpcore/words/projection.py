"""Flat maps of word vectors: PCA and t-SNE, every frame of the run, and how far the map can be trusted.

van der Maaten & Hinton 2008, "Visualizing Data using t-SNE"; Kobak & Berens 2019, "The art of using t-SNE for
single-cell transcriptomics" (start from PCA, report what the map keeps). The optimiser is openTSNE's (Poličar et al.
2024) with exact gradients; this module runs it a few steps at a time and keeps what it passes through.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from threadpoolctl import threadpool_limits

from nlpcore.arguments import check_option
from nlpcore.arrays import Floats, Integers
from nlpcore.errors import LearnerError, Note
from nlpcore.models import workers
from nlpcore.words.projection_gradient import SHARED_FROM, ExactGradient
from nlpcore.words.projection_quality import Quality, nearest_neighbours, neighbourhood_size, qualities

Method = Literal["tsne", "pca"]
Start = Literal["pca", "random"]

FEWEST, MOST = 5, 3000  # points in a map
EXAGGERATED_STEPS, STEPS = 250, 300  # of gradient descent; with the rate below as good as 500 with openTSNE's own
STEPS_IN_ALL = EXAGGERATED_STEPS + STEPS
_START_SCALE = 1e-4  # standard deviation of the first coordinate at the start; Kobak & Berens 2019
_LONG = 1000  # points from which PCA and the measures alone take a good part of a second
_SECONDS_A_POINT = 0.0013  # of a whole run on two cores (docs/benchmarks.md), from which a line guesses what is short
_SCREEN_NUMBERS = 60_000  # points x frames that a browser plays smoothly


@dataclass(frozen=True, slots=True)
class MapSettings:
    """How points are laid out: made once, and handed on to what does it. ValueError for values with which there is no map.

    Attributes:
        method: "tsne" or "pca", which has none of the other settings but ``neighbours``.
        perplexity: at least 1; above (n − 1) / 3 it is lowered to that, with a note.
        early_exaggeration: at least 1; so many times as strong is the attraction in the first part of t-SNE (van der Maaten &
            Hinton 2008, § 3.4).
        start: from principal components (Kobak & Berens 2019) or at random by ``seed``.
        seed: of what is random.
        neighbours: how many count in :attr:`Projection.quality`.
        most_frames: how many frames of the run are kept at most.
    """

    method: Method = "tsne"
    perplexity: float = 30.0
    early_exaggeration: float = 4.0
    start: Start = "pca"
    seed: int = 0
    neighbours: int = 10
    most_frames: int = 40

    def __post_init__(self) -> None:
        check_option("method", self.method, Method)
        check_option("start", self.start, Start)
        if min(self.perplexity, self.early_exaggeration) < 1:
            raise ValueError(f"no such map: perplexity {self.perplexity}, early exaggeration {self.early_exaggeration}")


USUAL = MapSettings()


@dataclass(frozen=True, slots=True)
class Frame:
    """The map after some steps of gradient descent.

    Attributes:
        iteration: how many steps were made, 0 to 550.
        kl_divergence: KL(P‖Q) ≥ 0 in nats, of the true P also while it is exaggerated; van der Maaten & Hinton 2008,
            eq. 2.
        coordinates: (n, 2). In ``Projection.frames`` turned, mirrored and scaled to lie on the final map.
        spread: root mean square distance of the points from their centre before that scaling.
    """

    iteration: int
    kl_divergence: float
    coordinates: Floats
    spread: float


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """A flat map of n points and what is known about it.

    Attributes:
        method: "tsne" or "pca".
        coordinates: (n, 2), centred, widest along the first axis. PCA: in the units of the vectors. t-SNE: units
            without a meaning.
        frames: the run of t-SNE from its start to ``coordinates``; empty for PCA, which is not iterative.
        perplexity: the effective number of neighbours that was used (None for PCA); van der Maaten & Hinton 2008,
            section 2.
        kl_divergence: KL(P‖Q) of the final map in nats (None for PCA).
        explained_variance: share of the variance along the first two principal components, each 0 to 1.
        quality: the map's.
        pca, random: the same measures for PCA's map and for a map with random positions of the same points.
        neighbours: (n, k) indices of the k nearest points in the original space, nearest first.
        distances: (n, k) their Euclidean distances there.
        notes: what was changed about the settings.
    """

    method: Method
    coordinates: Floats
    frames: tuple[Frame, ...]
    perplexity: float | None
    kl_divergence: float | None
    explained_variance: tuple[float, float]
    quality: Quality
    pca: Quality
    random: Quality
    neighbours: Integers
    distances: Floats
    notes: tuple[Note, ...] = ()


OnFrame = Callable[[Frame], None]


def project(
    vectors: ArrayLike,
    method: Method = "tsne",
    perplexity: float = 30.0,
    seed: int = 0,
    on_frame: OnFrame | None = None,
    *,
    early_exaggeration: float = 4.0,
    start: Start = "pca",
    neighbours: int = 10,
    most_frames: int = 40,
) -> Projection:
    """Lay ``vectors`` (n, d) out on a plane; the same arguments give the same map, however many
    threads there are.

    ``on_frame`` is called with each frame while the run goes on (not yet turned onto the final map); where the map is
    asked for through :class:`~nlpcore.models.serving.Serving`, its ``on_progress`` hears them. Distances are Euclidean:
    hand in vectors of length 1 where cosine is meant, which orders neighbours in the same way. The others are the settings:
    see :class:`MapSettings`.

    Raises LearnerError ``map_too_few`` (fewer than 5 points) or ``map_too_many`` (more than 3,000), ValueError for
    values that are not finite, for an unknown method, and for a perplexity or exaggeration below 1.
    """
    settings = MapSettings(method, perplexity, early_exaggeration, start, seed, neighbours, most_frames)
    return lay_out(vectors, settings, on_frame)


def lay_out(vectors: ArrayLike, settings: MapSettings = USUAL, on_frame: OnFrame | None = None) -> Projection:
    """Return :func:`project` of ``vectors`` (n, d) with these settings."""
    points = _checked(vectors)
    if settings.method != "tsne" and len(points) < _LONG:
        return _project(points, settings, None)
    laid_out: Projection = workers.run(
        _project, points, settings, on_progress=on_frame, seconds=len(points) * _SECONDS_A_POINT
    )
    return laid_out


def _project(points: Floats, settings: MapSettings, on_frame: OnFrame | None) -> Projection:
    """Do the work of :func:`lay_out` on points that were checked."""
    # More threads would round otherwise, and t-SNE make another map of it. PCA does not, and is computed where others compute.
    alone = threadpool_limits(1, user_api="blas") if settings.method == "tsne" else contextlib.nullcontext()
    with alone:
        return _laid_out(points, settings, on_frame)


def _laid_out(points: Floats, settings: MapSettings, on_frame: OnFrame | None) -> Projection:
    n, k = len(points), neighbourhood_size(len(points), settings.neighbours)
    nearest, distances = nearest_neighbours(points, k)
    flat, explained = principal_components(points)
    # A stream of its own: data made with the same seed must not be the "random" map.
    scattered = np.random.default_rng([settings.seed, 1]).normal(size=(n, 2))
    frames: tuple[Frame, ...] = ()
    used, notes = _perplexity(settings.perplexity, n)
    if settings.method == "tsne":
        first = flat if settings.start == "pca" else scattered
        frames = _run(points, first, replace(settings, perplexity=used), on_frame)
    # A map of t-SNE may be turned freely: its widest direction is laid level.
    coordinates = principal_components(frames[-1].coordinates)[0] if frames else flat
    of_flat, of_scattered, *of_map = qualities(points, [flat, scattered, *([coordinates] if frames else [])], k)
    return Projection(
        method=settings.method,
        coordinates=coordinates,
        frames=tuple(_aligned(frame, coordinates) for frame in frames),
        perplexity=used if frames else None,
        kl_divergence=frames[-1].kl_divergence if frames else None,
        explained_variance=explained,
        quality=of_map[0] if frames else of_flat,
        pca=of_flat,
        random=of_scattered,
        neighbours=nearest,
        distances=distances,
        notes=notes if frames else (),
    )


def _perplexity(wanted: float, n: int) -> tuple[float, tuple[Note, ...]]:
    """Return the perplexity that ``n`` points allow: each needs three times as many neighbours as that."""
    used = min(float(wanted), (n - 1) / 3)
    lowered = Note("perplexity_lowered", {"used": f"{used:.3g}", "given": f"{wanted:g}", "points": n})
    return used, (lowered,) if used < wanted else ()


def principal_components(points: ArrayLike) -> tuple[Floats, tuple[float, float]]:
    """Return the first two principal components (n, 2) and each one's share of the variance (0 to 1).

    By singular value decomposition of the centred data (Jolliffe 2002, section 3.5). Each axis points to where its
    largest weight is positive, so that the map is not mirrored by chance. A column is zero where the data have no
    second axis.
    """
    points = np.asarray(points, dtype=np.float64)
    centred = points - points.mean(axis=0)
    _, lengths, axes = np.linalg.svd(centred, full_matrices=False)  # axes: (min(n, d), d), rows of length 1
    signs = np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])
    flat = np.zeros((len(points), 2))
    flat[:, : min(2, len(axes))] = (centred @ (axes * signs[:, None]).T)[:, :2]
    shares = np.append(lengths**2 / max(float((lengths**2).sum()), 1e-300), 0.0)
    return flat, (float(shares[0]), float(shares[1]))


def _checked(vectors: ArrayLike) -> Floats:
    points = np.asarray(vectors, dtype=np.float64)
    if points.ndim != 2 or not np.isfinite(points).all():
        raise ValueError(f"vectors must be an (n, d) table of finite numbers, not {points.shape}")
    if len(points) < FEWEST:
        raise LearnerError("map_too_few", count=len(points), fewest=FEWEST)
    if len(points) > MOST:
        raise LearnerError("map_too_many", count=len(points), most=MOST)
    return points


def _schedule(frames: int) -> tuple[int, ...]:
    """Return the iterations to keep, 0 first and 550 last, denser where the map moves fastest: early, and at 250,
    where the exaggeration ends."""
    early, late = max(2, frames // 2), max(2, frames - frames // 2)
    rising = np.linspace(0, 1, early) ** 1.6 * EXAGGERATED_STEPS
    settling = EXAGGERATED_STEPS + np.linspace(0, 1, late + 1) ** 1.6 * STEPS
    return tuple(sorted({round(float(i)) for i in (*rising, *settling)}))


def _run(points: Floats, first: Floats, settings: MapSettings, on_frame: OnFrame | None) -> tuple[Frame, ...]:
    """Run t-SNE from ``first``, with a perplexity that the points allow; return what is kept of it, the start first."""
    frames: list[Frame] = []
    schedule = _schedule(min(settings.most_frames, _SCREEN_NUMBERS // len(points)))
    with ExactGradient(_threads(len(points))) as gradient:
        embedding = _embedding(points, first, settings, gradient)
        for done, target in zip((0, *schedule), schedule, strict=False):
            factor = settings.early_exaggeration if target <= EXAGGERATED_STEPS else 1.0
            if target > done:
                rate = _learning_rate(len(points), factor)
                embedding.optimize(target - done, exaggeration=factor, momentum=0.8, learning_rate=rate, inplace=True)
            frames.append(_frame(target, embedding.affinities.P, np.array(embedding, dtype=np.float64)))
            if on_frame is not None:
                on_frame(frames[-1])
    return tuple(frames)


def _threads(n: int) -> int:
    """Return how many threads a run of ``n`` points uses; the map does not depend on it.

    Threads that wait by spinning make t-SNE many times slower where other programs share the processors, so several
    are only used where they are told to sleep.
    """
    return 2 if n >= SHARED_FROM and os.environ.get("OMP_WAIT_POLICY", "").lower() == "passive" else 1


def _learning_rate(n: int, exaggeration: float) -> float:
    """Return n / exaggeration (Belkina et al. 2019), but a third of n, or 200, once the exaggeration has ended.

    With n itself maps of some thousand points overshoot, and end in worse places after more steps.
    """
    return max(n / max(exaggeration, 3.0), min(n / exaggeration, 200.0))


def _embedding(points: Floats, first: Floats, settings: MapSettings, gradient: ExactGradient) -> Any:
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN

    perplexity, seed = settings.perplexity, settings.seed
    affinities = PerplexityBasedNN(
        points, perplexity=perplexity, method="exact", metric="euclidean", n_jobs=gradient.threads, random_state=seed
    )
    # A little noise keeps two points with the same vector from moving as one for ever.
    noise = np.random.default_rng([seed, 2]).normal(scale=0.01, size=first.shape)
    first = (first / max(float(first[:, 0].std()), 1e-12) + noise) * _START_SCALE
    return TSNEEmbedding(first, affinities, negative_gradient_method=gradient, random_state=seed)


def _frame(iteration: int, joint: Any, coordinates: Floats) -> Frame:
    coordinates = coordinates - coordinates.mean(axis=0)
    spread = float(np.sqrt((coordinates**2).sum(axis=1).mean()))
    return Frame(iteration, kl_divergence(joint, coordinates), coordinates, spread)


def kl_divergence(joint: Any, coordinates: Floats) -> float:
    """Return KL(P‖Q) in nats of a map ``coordinates`` (n, 2); van der Maaten & Hinton 2008, eqs. 2 and 4.

    ``joint``: P as a sparse (n, n) matrix that sums to 1. Q is summed over all pairs.
    """
    pairs = joint.tocoo()
    some = pairs.data > 0
    rows, columns, p = pairs.row[some], pairs.col[some], pairs.data[some]
    squared = ((coordinates[rows] - coordinates[columns]) ** 2).sum(axis=1)
    return float((p * (np.log(p) + np.log1p(squared))).sum() + np.log(ExactGradient().repulsion(coordinates)[1]))


def _aligned(frame: Frame, final: Floats) -> Frame:
    """Return ``frame`` turned or mirrored onto ``final`` (orthogonal Procrustes, Schönemann 1966), as widely spread."""
    left, _, right = np.linalg.svd(frame.coordinates.T @ final)
    spread = float(np.sqrt((final**2).sum(axis=1).mean()))
    turned = frame.coordinates @ (left @ right) * (spread / max(frame.spread, 1e-300))
    return Frame(frame.iteration, frame.kl_divergence, turned, frame.spread)
