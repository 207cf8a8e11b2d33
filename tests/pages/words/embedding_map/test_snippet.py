"""The code under the map prints the numbers on the screen."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import io
import os
import subprocess
import sys
from typing import Any

import pytest

from app.lessons import ROOT
from nlpcore.models.serving import InProcess
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


ENVIRONMENTS = (
    {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    {"OMP_NUM_THREADS": "3", "OPENBLAS_NUM_THREADS": "2", "OMP_WAIT_POLICY": "active"},
)
DIGEST = "\nimport hashlib\nprint(hashlib.sha256(trace.projection.coordinates.tobytes()).hexdigest())\n"


def elsewhere(program: str, environment: dict[str, str]) -> str:
    """Return what a program prints in a process of its own."""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=os.environ | environment)
    return done.stdout


@pytest.mark.models
@pytest.mark.parametrize("count", [200, 1005], ids=["few points", "many, of which two threads compute"])
def test_the_code_makes_the_map_of_the_screen_however_many_threads_there_are(count: int) -> None:
    """The screen's is made by a worker, whose threads are fewer than those of a program of the learner's own."""
    settings: dict[str, Any] = {"source": "frequency", "count": count, "first": 500}
    shown = InProcess().run(map_words, "glove-6b-50d", **settings)
    drawn = hashlib.sha256(shown.projection.coordinates.tobytes()).hexdigest()
    program = code("glove-6b-50d", settings, shown.words[7]) + DIGEST
    printed = [elsewhere(program, each) for each in ENVIRONMENTS]
    assert printed == printed[:1] * len(printed)
    assert printed[0].splitlines()[-1] == drawn
    for near in shown.neighbourhood(shown.words[7]):
        assert f"{near.word:14} cosine {near.cosine:.2f}  rank in the map {near.map_rank}" in printed[0]


@pytest.mark.parametrize(
    "settings",
    [
        {"source": "categories", "chosen": tuple(f"category{n}" for n in range(30)), "perplexity": 30.0},
        {"source": "list", "text": "cat dog don't lion tiger wolf " * 20, "count": 200},
        {"source": "list", "text": "one\ntwo three"},
        {"source": "list", "text": "a" * 200},
    ],
)
def test_no_line_of_the_code_is_wider_than_a_laptop_and_the_settings_are_whole(settings: dict[str, Any]) -> None:
    program = code("glove-6b-50d", settings, "queen")
    assert max(map(len, program.splitlines())) <= 90 or "a" * 200 in program
    call = next(node for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Call) and node.keywords)
    assert {k.arg: ast.literal_eval(k.value) for k in call.keywords} == settings
