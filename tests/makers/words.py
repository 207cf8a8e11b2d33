"""Word vectors for the tests: a small random table, and the real ones where they are on this computer."""

from __future__ import annotations

import numpy as np
import pytest

from nlpcore.words import WordVectors, load_vectors
from tests.skips import needs_models


def random_vectors(words: int = 300, dimensions: int = 12, seed: int = 0) -> WordVectors:
    """Return a random table whose words are w0, w1, …; lengths differ, as in a real one."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(words, dimensions)) * rng.uniform(0.3, 4, size=(words, 1))
    return WordVectors("random", tuple(f"w{i}" for i in range(words)), vectors.astype(np.float32))


def real_vectors(model_id: str) -> WordVectors:
    """Return the real table, or skip the test where it has not been fetched."""
    needs_models(model_id)
    return load_vectors(model_id)


@pytest.fixture(scope="session")
def glove() -> WordVectors:
    """GloVe 6B, 50 dimensions."""
    return real_vectors("glove-6b-50d")


@pytest.fixture(scope="session")
def chinese() -> WordVectors:
    """The Chinese table."""
    return real_vectors("words-zh-64d")
