"""Maps for the tests: tables of made-up vectors, and toy maps with a shape that the test chooses."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.lessons import lesson
from app.words import Words
from nlpcore.words import WordVectors
from nlpcore.words.projection import MapSettings
from nlpcore.words.projection_toys import ToyMap, map_toy
from nlpcore.words.projection_words import WordMap, categories, word_map

LANGUAGE = {"glove-6b-50d": "en", "words-zh-64d": "zh"}
NAMES = {name: category.name["en"] for name, category in categories().items()}
say = Words(lesson("embedding-map").words, "en")


def clustered_vectors(language: str) -> WordVectors:
    """Return a table with every word of the categories, those of one category near each other."""
    rng = np.random.default_rng(0)
    words, rows = ["the", "of"], [rng.normal(size=12), rng.normal(size=12)]
    for category in categories().values():
        centre = rng.normal(size=12) * 2
        for word in category.words[language]:
            words.append(word)
            rows.append(centre + rng.normal(size=12))
    return WordVectors("made-up", tuple(words), np.array(rows, dtype=np.float32))


TABLES = {model: clustered_vectors(language) for model, language in LANGUAGE.items()}


def random_map(n: int, seed: int, also: tuple[str, ...] = (), **settings: Any) -> WordMap:
    """Return PCA's map of ``n`` random vectors, whose words are w0, w1, … with ``also`` among them."""
    words = [f"w{i}" for i in range(n)]
    for place, word in enumerate(also, 3):
        words[place] = word
    vectors = np.random.default_rng(seed).normal(size=(n, 6)).astype(np.float32)
    return word_map(
        WordVectors("random", tuple(words), vectors),
        "en",
        "list",
        text=" ".join(words),
        settings=MapSettings(**{"method": "pca"} | settings),
    )


def toy_drawn(name: str, coordinates: NDArray[np.float64]) -> ToyMap:
    """Return a map of a toy set of as many points that draws them at ``coordinates`` (n, 2)."""
    made = map_toy(name, len(coordinates), "pca")
    return dataclasses.replace(made, projection=dataclasses.replace(made.projection, coordinates=coordinates))


def nearest(points: NDArray[Any], i: int, k: int) -> list[int]:
    """Return the ``k`` nearest of point ``i``, nearest first, by sorting all distances."""
    distances = ((np.asarray(points, dtype=np.float64) - points[i]) ** 2).sum(axis=1)
    return [int(j) for j in np.argsort(distances, kind="stable") if j != i][:k]
