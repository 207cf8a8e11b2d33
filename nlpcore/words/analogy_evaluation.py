"""Scoring a whole file of analogies, such as the Google test (Mikolov, Chen, Corrado & Dean 2013, section 4.1).

A question "a b c d" asks whether the word nearest to b − a + c is d. Done one by one, each question is a product with
the whole vocabulary. But a product with a sum is the sum of products, and few words make up all the questions: one
product for the words of a section gives every score in it by addition. And most words of the vocabulary can never win:
one comparison with an upper bound rules out about 99 % of them for all questions of a pair at once, without any loss.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nlpcore.arrays import Integers, Singles
from nlpcore.models.serving import served_on
from nlpcore.words.gensim_data import gensim_file

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel
    from nlpcore.words.table import VectorTable

Question = tuple[str, str, str, str]

_BLOCK = 8192  # words of the vocabulary at a time: the scores of a section's words fit the processor's cache


@dataclass(frozen=True, slots=True)
class SectionScore:
    """The verdict on one section.

    Attributes:
        name: as in the file; names that begin with "gram" are syntactic, as in the Google test.
        questions: (a, b, c, d) of each question whose four words are all known.
        predicted: the word nearest to b − a + c for each question, a, b and c struck from the answers.
        predicted_with_inputs: the same with nothing struck.
        skipped: questions left out because a word is not in the vocabulary.
    """

    name: str
    questions: tuple[Question, ...]
    predicted: tuple[str, ...]
    predicted_with_inputs: tuple[str, ...]
    skipped: int

    @property
    def syntactic(self) -> bool:
        """Whether the section asks for a form of a word rather than for a fact."""
        return self.name.startswith("gram")

    def right(self, exclude_inputs: bool = True) -> int:
        """Return how many questions were answered with the expected word."""
        answers = self.predicted if exclude_inputs else self.predicted_with_inputs
        return sum(answer == question[3] for answer, question in zip(answers, self.questions, strict=True))


@dataclass(frozen=True, slots=True)
class AnalogyScores:
    """The verdict on a whole file.

    Attributes:
        sections: one verdict a section, in the order of the file.
    """

    sections: tuple[SectionScore, ...]

    def accuracy(self, exclude_inputs: bool = True, syntactic: bool | None = None) -> float:
        """Return the share of right answers (0 to 1; nan where nothing was asked), over all or one kind of section."""
        chosen = [s for s in self.sections if syntactic is None or s.syntactic == syntactic]
        asked = sum(len(section.questions) for section in chosen)
        return sum(section.right(exclude_inputs) for section in chosen) / asked if asked else float("nan")

    def echoes(self) -> float:
        """Return the share of answers (0 to 1) that are one of the question's own a, b, c when nothing is struck."""
        answered = [
            answer in question[:3]
            for section in self.sections
            for question, answer in zip(section.questions, section.predicted_with_inputs, strict=True)
        ]
        return sum(answered) / len(answered) if answered else float("nan")


def google_test() -> Path:
    """Return the path of the Google analogy test, questions-words.txt, which gensim's package carries.

    Raises LearnerError ``google_test_missing`` where this gensim was installed without its test data.
    """
    return gensim_file("questions-words.txt", "google_test_missing")


def chinese_test() -> Path:
    """Return the path of the small Chinese test of this project, in the same format."""
    return Path(__file__).with_name("analogies_zh.txt")


def read_questions(path: str | os.PathLike[str]) -> list[tuple[str, list[Question]]]:
    """Return the sections of a file in the Google test's format: ": name", then lines of four words.

    A line of two words is a pair; every ordered couple of a section's pairs makes a question, as in the sets of
    Gladkova, Drozd & Matsuoka 2016. Lines that begin with "#" are comments. Raises ValueError on any other line.
    """
    sections: list[tuple[str, list[Question]]] = []
    pairs: dict[str, list[tuple[str, str]]] = {}
    path = Path(path)
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        words = line.split()
        if words[:1] == [":"]:
            sections.append((" ".join(words[1:]), []))
        elif len(words) == 4 and sections:
            sections[-1][1].append((words[0], words[1], words[2], words[3]))
        elif len(words) == 2 and sections:
            pairs.setdefault(sections[-1][0], []).append((words[0], words[1]))
        elif words and not words[0].startswith("#"):
            raise ValueError(f"{path.name}, line {number}: neither a section nor a question")
    for name, questions in sections:
        questions += [(*one, *two) for one, two in permutations(pairs.get(name, []), 2)]
    return sections


@served_on("word-vectors")
def score_section(model: LoadedModel, test: str, section: int, first: int | None = None) -> SectionScore:
    """Score one section of a test with the vectors ``model``; ``test`` is "google" or "chinese".

    first: how many of the most frequent words are known (default: all). Raises LearnerError ``google_test_missing``.
    """
    return next(score_sections(model.network, [sections_of(test)[section]], first))


@lru_cache(maxsize=2)
def sections_of(test: str) -> list[tuple[str, list[Question]]]:
    """Return the sections of the test called "google" or "chinese"."""
    return read_questions({"google": google_test, "chinese": chinese_test}[test]())


def evaluate(
    vectors: VectorTable,
    path: str | os.PathLike[str],
    first: int | None = None,
    on_section: Callable[[int, int, SectionScore], None] | None = None,
) -> AnalogyScores:
    """Score the file at ``path``, with only the ``first`` most frequent words (default: all).

    ``on_section(done, sections, score)`` is called after each section. The verdicts are those of gensim's
    ``KeyedVectors.evaluate_word_analogies`` with ``restrict_vocab=first``.
    """
    sections = read_questions(path)
    scores: list[SectionScore] = []
    for score in score_sections(vectors, sections, first):
        scores.append(score)
        if on_section:
            on_section(len(scores), len(sections), score)
    return AnalogyScores(tuple(scores))


def score_sections(
    vectors: VectorTable, sections: list[tuple[str, list[Question]]], first: int | None = None
) -> Iterator[SectionScore]:
    """Yield the score of each section as soon as it is known."""
    unit = vectors.unit[:first]
    for name, questions in sections:
        rows = np.array([[_row(vectors, word) for word in question] for question in questions], np.int64).reshape(-1, 4)
        rows = rows[((rows >= 0) & (rows < len(unit))).all(axis=1)]
        struck, free = _predict(unit, rows) if len(rows) else (rows[:, 0], rows[:, 0])
        words = vectors.words
        yield SectionScore(
            name=name,
            questions=tuple((words[a], words[b], words[c], words[d]) for a, b, c, d in rows.tolist()),
            predicted=tuple(words[row] for row in struck.tolist()),
            predicted_with_inputs=tuple(words[row] for row in free.tolist()),
            skipped=len(questions) - len(rows),
        )


def _row(vectors: VectorTable, word: str) -> int:
    return vectors.index.get(word, vectors.index.get(word.lower(), -1))


def _predict(unit: Singles, questions: Integers) -> tuple[Integers, Integers]:
    """Return the rows nearest to b − a + c, (q,) with a, b, c struck and (q,) with nothing struck.

    ``unit``: (n, d) unit vectors; ``questions``: (q, 4) rows a, b, c, d.
    """
    own, local = np.unique(questions, return_inverse=True)  # own: the w rows that occur in the section
    local = local.reshape(questions.shape)
    inside = unit[own] @ unit[own].T  # (w, w)
    scores = inside[local[:, 1]] - inside[local[:, 0]] + inside[local[:, 2]]  # (q, w)
    every = np.arange(len(questions))
    free, free_score = own[scores.argmax(axis=1)], scores.max(axis=1)
    for column in range(3):
        scores[every, local[:, column]] = -np.inf
    struck, struck_score = own[scores.argmax(axis=1)], scores.max(axis=1)
    outside, outside_score = _best_outside(unit, own, local, struck_score)
    return (
        np.where(outside_score > struck_score, outside, struck),
        np.where(outside_score > free_score, outside, free),
    )


def _best_outside(unit: Singles, own: Integers, local: Integers, at_least: Singles) -> tuple[Integers, Singles]:
    """Return row and score (q,) of the best word outside ``own`` where it beats ``at_least`` (else that score, row −1).

    For one pair (a, b) the score of word x is cos(x, b) − cos(x, a) + cos(x, c), and the last term is at most the
    highest over all c of the section: a word whose bound does not beat the weakest leader need not be looked at.
    """
    pairs, pair_of = np.unique(local[:, :2], axis=0, return_inverse=True)
    groups = [np.flatnonzero(pair_of.reshape(-1) == pair) for pair in range(len(pairs))]
    thirds = np.unique(local[:, 2])
    best, row = at_least.copy(), np.full(len(local), -1, np.int64)
    for start in range(0, len(unit), _BLOCK):
        cosines = unit[own] @ unit[start : start + _BLOCK].T  # (w, block)
        highest = cosines[thirds].max(axis=0)
        highest[own[(own >= start) & (own < start + _BLOCK)] - start] = -np.inf
        for (a, b), group in zip(pairs.tolist(), groups, strict=True):
            offset = cosines[b] - cosines[a]
            columns = np.flatnonzero(offset + highest > best[group].min())
            if len(columns):
                scores = cosines[np.ix_(local[group, 2], columns)] + offset[columns]  # (questions of the pair, columns)
                score = scores.max(axis=1)
                better = score > best[group]
                best[group[better]] = score[better]
                row[group[better]] = start + columns[scores[better].argmax(axis=1)]
    return row, best
