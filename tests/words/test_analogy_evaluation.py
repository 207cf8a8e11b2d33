"""The analogy test: the same verdicts as gensim's, with and without the trick."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nlpcore.words import WordVectors
from nlpcore.words.analogy import solve
from nlpcore.words.analogy_evaluation import (
    AnalogyScores,
    SectionScore,
    chinese_test,
    evaluate,
    google_test,
    read_questions,
)
from tests.makers.words import random_vectors
from tests.words.test_analogy import as_gensim


def verdicts(
    reference: list[dict[str, list[tuple[str, ...]]]],
) -> list[tuple[set[tuple[str, ...]], set[tuple[str, ...]]]]:
    """gensim's sections, its total left out: right and wrong questions in lower case."""
    lower = [
        tuple(
            {tuple(word.lower() for word in question) for question in section[key]} for key in ("correct", "incorrect")
        )
        for section in reference[:-1]
    ]
    return [(right, wrong) for right, wrong in lower]


def same_as_gensim(vectors: WordVectors, path: Path, first: int) -> None:
    ours = vectors.evaluate_analogies(path, first=first)
    score, sections = as_gensim(vectors, first).evaluate_word_analogies(str(path), restrict_vocab=first)
    assert ours.accuracy() == pytest.approx(score, abs=1e-9)
    for section, (right, wrong) in zip(ours.sections, verdicts(sections), strict=True):
        answered = list(zip(section.questions, section.predicted, strict=True))
        assert {question for question, word in answered if word == question[3]} == right
        assert {question for question, word in answered if word != question[3]} == wrong


@pytest.fixture
def random_test(tmp_path: Path) -> tuple[WordVectors, Path]:
    """Random questions about a table in which every fourth word lies near b − a + c of the three before it."""
    table = random_vectors(words=400, dimensions=10, seed=3)
    rng = np.random.default_rng(4)
    vectors = np.array(table.unit)
    quadruples = rng.permutation(400).reshape(-1, 4)
    for a, b, c, d in quadruples:
        vectors[d] = vectors[b] - vectors[a] + vectors[c] + rng.normal(size=10) * 0.4
    lines = [": gram-random", *(" ".join(f"W{i}" for i in q) for q in quadruples[:50]), ": facts", "w1 w2 w3 unknown"]
    lines += [" ".join(f"w{i}" for i in q) for q in quadruples[50:]]
    path = tmp_path / "questions.txt"
    path.write_text("\n".join(lines), "utf-8")
    return WordVectors("planted", table.words, vectors), path


def test_random_questions_equal_gensim(random_test: tuple[WordVectors, Path]) -> None:
    vectors, path = random_test
    same_as_gensim(vectors, path, len(vectors))
    same_as_gensim(vectors, path, 250)


def test_each_question_equals_solving_it_alone(random_test: tuple[WordVectors, Path]) -> None:
    vectors, path = random_test
    for section in evaluate(vectors, path).sections:
        for (a, b, c, _), struck, free in zip(
            section.questions, section.predicted, section.predicted_with_inputs, strict=True
        ):
            trace = solve(vectors, [b, c], [a], k=1)
            assert (trace.ranking(True)[0].word, trace.ranking(False)[0].word) == (struck, free)


def test_sections_are_reported_as_they_are_done(random_test: tuple[WordVectors, Path]) -> None:
    vectors, path = random_test
    seen: list[tuple[int, int, str]] = []
    scores = evaluate(vectors, path, on_section=lambda done, of, section: seen.append((done, of, section.name)))
    assert seen == [(1, 2, "gram-random"), (2, 2, "facts")]
    syntactic, semantic = scores.sections
    assert (syntactic.syntactic, semantic.syntactic, semantic.skipped) == (True, False, 1)
    assert scores.accuracy(syntactic=True) == syntactic.right() / 50
    assert np.isnan(evaluate(vectors, path, first=1).accuracy())


@pytest.mark.parametrize(("answers", "share"), [("abcd", 3 / 4), ("dddd", 0), ("cccc", 1), ("cddb", 1 / 2), ("a", 1)])
def test_an_echo_is_an_answer_that_the_question_names(answers: str, share: float) -> None:
    """Whichever of a, b and c it is; struck answers do not count."""
    questions = (("a", "b", "c", "d"),) * len(answers)
    section = SectionScore("s", questions, ("a",) * len(answers), tuple(answers), 0)
    assert AnalogyScores((section, SectionScore("none", (), (), (), 2))).echoes() == share


@pytest.mark.models
def test_the_google_test_equals_gensim(glove: WordVectors) -> None:
    same_as_gensim(glove, google_test(), 8000)


def test_the_google_test_has_its_fourteen_sections() -> None:
    sections = read_questions(google_test())
    assert (len(sections), sum(len(questions) for _, questions in sections)) == (14, 19_544)


@pytest.mark.models
def test_every_word_of_the_chinese_test_is_known(chinese: WordVectors) -> None:
    scores = chinese.evaluate_analogies(chinese_test())
    assert sum(section.skipped for section in scores.sections) == 0
    assert scores.accuracy() == pytest.approx(0.674, abs=0.002)
    assert scores.accuracy(exclude_inputs=False) == pytest.approx(0.464, abs=0.002)


def test_pairs_make_every_ordered_couple(tmp_path: Path) -> None:
    path = tmp_path / "pairs.txt"
    path.write_text("# a comment\n: s\na b\nc d\ne f\n", "utf-8")
    assert read_questions(path)[0][1][:2] == [("a", "b", "c", "d"), ("a", "b", "e", "f")]
    assert len(read_questions(path)[0][1]) == 6
    path.write_text(": s\nonly three words\n", "utf-8")
    with pytest.raises(ValueError, match="line 2"):
        read_questions(path)


def test_each_of_the_questions_own_words_is_an_echo() -> None:
    question = ("man", "king", "woman", "queen")
    answers = (*question, "throne")
    section = SectionScore("section", (question,) * 5, ("queen",) * 5, answers, 0)
    alone = [AnalogyScores((SectionScore("", (question,), ("queen",), (each,), 0),)).echoes() for each in answers]
    assert alone == [1, 1, 1, 0, 0]
    assert AnalogyScores((section,)).echoes() == 0.6
