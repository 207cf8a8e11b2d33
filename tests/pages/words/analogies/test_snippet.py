"""The code under the figure prints what is on the screen."""

from __future__ import annotations

import io
from contextlib import redirect_stdout

import pytest

from nlpcore.words.analogy import solve
from pages.words.analogies.snippet import code
from tests.makers.words import random_vectors


@pytest.mark.parametrize("exclude", [True, False])
def test_the_snippet_prints_what_is_on_the_screen(monkeypatch: pytest.MonkeyPatch, exclude: bool) -> None:
    vectors = random_vectors()
    monkeypatch.setattr("nlpcore.words.load_vectors", lambda model_id: vectors)
    trace = solve(vectors, ["w1", "w2"], ["w3"], expected="w9", exclude_inputs=exclude)
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(code("random", trace.positive, trace.negative, trace.expected, trace.k, exclude), {})
    lines = printed.getvalue().splitlines()
    assert [line.split() for line in lines[:-1]] == [
        [str(place), word, f"{cosine:.2f}"] for place, (word, cosine) in enumerate(trace.answers, 1)
    ]
    assert lines[-1] == (f"places: {trace.rank_without_inputs} inputs struck, {trace.rank_with_inputs} nothing struck")


def test_without_an_expected_word_no_places_are_printed() -> None:
    assert "places" not in code("random", ["w1"], [])
