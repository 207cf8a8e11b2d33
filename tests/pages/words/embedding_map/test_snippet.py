"""The code under the map prints the numbers on the screen."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import pytest

from nlpcore.words import WordVectors
from nlpcore.words.projection_toys import map_toy
from nlpcore.words.projection_words import map_words
from pages.words.embedding_map.snippet import code


def run(program: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(program, "snippet", "exec"), {})
    return out.getvalue()


@pytest.mark.models
def test_the_code_prints_the_numbers_on_screen(glove: WordVectors) -> None:
    from nlpcore.models import load

    settings: dict[str, Any] = {"source": "list", "text": "cat dog king queen apple pear don't", "method": "pca"}
    printed = run(code("glove-6b-50d", settings, "queen"))
    trace = map_words(load("glove-6b-50d"), **settings)
    for name in ("quality", "pca", "random"):
        measured = getattr(trace.projection, name)
        line = f"{name:8} trustworthiness {measured.trustworthiness:.2f}  kNN recall {measured.knn_recall:.2f}"
        assert line in printed.splitlines()
    for near in trace.neighbourhood("queen"):
        assert f"{near.word:14} cosine {near.cosine:.2f}  rank in the map {near.map_rank}  kept {near.kept}" in printed


def test_the_code_of_a_toy_set_runs() -> None:
    settings: dict[str, Any] = {"name": "two", "count": 50, "perplexity": 10.0}
    quality = map_toy(**settings).projection.quality
    assert f"kNN recall {quality.knn_recall:.2f}" in run(code(None, settings))
