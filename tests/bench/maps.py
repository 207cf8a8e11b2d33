"""t-SNE beside scikit-learn's at equal settings: time to the first frame, to the end, and the quality of the map."""

from __future__ import annotations

import time

import numpy as np

from nlpcore.words import load_vectors, project
from nlpcore.words.projection import STEPS_IN_ALL
from nlpcore.words.projection_quality import Floats, quality
from tests.bench.report import Benchmark, Row, ratio, spread

SIZES = ((300, 5), (1000, 3), (3000, 3))  # words, pairs of runs
PERPLEXITY, EXAGGERATION = 30.0, 12.0


def sklearn_map(points: Floats, seed: int) -> Floats:
    """Return scikit-learn's map with as many steps, the same start, perplexity and exaggeration."""
    from sklearn.manifold import TSNE

    tsne = TSNE(
        perplexity=PERPLEXITY, early_exaggeration=EXAGGERATION, max_iter=STEPS_IN_ALL, init="pca", learning_rate="auto",
        random_state=seed, n_jobs=2,
    )  # fmt: skip
    return np.asarray(tsne.fit_transform(points), dtype=np.float64)


def once(points: Floats, seed: int) -> tuple[float, float, float, Floats, Floats]:
    """Return seconds of scikit-learn, of ours to the first moving frame and to the end, and both maps."""
    begun = time.perf_counter()
    theirs = sklearn_map(points, seed)
    sklearn_seconds = time.perf_counter() - begun
    frames: list[float] = []
    begun = time.perf_counter()
    ours = project(
        points,
        perplexity=PERPLEXITY,
        early_exaggeration=EXAGGERATION,
        seed=seed,
        on_frame=lambda frame: frames.append(time.perf_counter() - begun),
    )
    return sklearn_seconds, frames[1], time.perf_counter() - begun, theirs, ours.coordinates


def compare(points: Floats, pairs: int) -> Row:
    once(points[:50], 0)  # imports
    runs = [once(points, seed) for seed in range(pairs)]
    theirs, first, own = ([run[i] for run in runs] for i in range(3))
    measured = [[quality(points, run[i], 10) for run in runs] for i in (3, 4)]
    trust = [np.median([q.trustworthiness for q in side]) for side in measured]
    recall = [np.median([q.knn_recall for q in side]) for side in measured]
    return {
        "words": f"{len(points):,}",
        "scikit-learn, s": spread(theirs),
        "ours, first frame, s": spread(first),
        "ours, end, s": spread(own),
        "ours / scikit-learn (goal 0.7)": ratio(own, theirs, 2),
        "trustworthiness, scikit-learn / ours": f"{trust[0]:.3f} / {trust[1]:.3f}",
        "kNN recall, scikit-learn / ours": f"{recall[0]:.3f} / {recall[1]:.3f}",
    }


def measure() -> list[Row]:
    unit = load_vectors("glove-6b-50d").unit
    return [compare(np.asarray(unit[:count], dtype=np.float64), pairs) for count, pairs in SIZES]


BENCHMARK = Benchmark(
    "maps",
    "t-SNE maps",
    f"The most frequent words of GloVe 6B 50d, perplexity {PERPLEXITY:g}, {STEPS_IN_ALL} steps, early exaggeration "
    f"{EXAGGERATION:g}, start from PCA, two threads; scikit-learn's TSNE (Barnes–Hut) and `project` in turn. Ours includes the "
    "frames of the animation with their exact KL divergence, the nearest neighbours in the original space, PCA's map and a "
    "random one, and the quality of all three.",
    measure,
)
