"""Analogies beside gensim on the same vectors: the same verdicts, and how much faster.

A slice of the Google test over the full vocabulary of 400,000 words, so that gensim's side ends in seconds. Ours pays
for the words and the vocabulary once, so a whole test is faster still, question by question, than what is printed here.
"""

from __future__ import annotations

import time
from pathlib import Path

from gensim.models import KeyedVectors
from gensim.test.utils import datapath

from nlpcore.words import load_vectors

QUESTIONS = 600


def first_questions(path: Path, count: int) -> str:
    """Return the first ``count`` questions of each of two sections, one semantic and one syntactic."""
    sections = path.read_text(encoding="utf-8").split(": ")
    chosen = [s for s in sections if s.startswith(("capital-world", "gram3-comparative"))]
    return "".join(": " + "\n".join(section.splitlines()[: count // 2 + 1]) + "\n" for section in chosen)


def test_google_analogies_against_gensim(tmp_path: Path) -> None:
    vectors = load_vectors("glove-6b-50d")
    path = tmp_path / "questions.txt"
    path.write_text(first_questions(Path(datapath("questions-words.txt")), QUESTIONS), encoding="utf-8")
    keyed = KeyedVectors(vectors.vectors.shape[1])
    keyed.add_vectors(list(vectors.words), vectors.vectors)
    keyed.fill_norms()
    _ = vectors.unit  # both sides have their lengths before the clock starts

    begun = time.perf_counter()
    theirs, _sections = keyed.evaluate_word_analogies(path, restrict_vocab=len(vectors.words))
    gensim_seconds = time.perf_counter() - begun
    begun = time.perf_counter()
    ours = vectors.evaluate_analogies(path)
    our_seconds = time.perf_counter() - begun
    right = ours.accuracy()

    print(
        f"\n{QUESTIONS} questions, {len(vectors.words):,} words: gensim {gensim_seconds:.2f} s, ours {our_seconds:.2f} s"
    )
    print(f"ratio {gensim_seconds / our_seconds:.1f}; right: gensim {theirs:.4f}, ours {right:.4f}")
    assert abs(theirs - right) < 1e-9
