"""Sentences with marked entities, and tags as a learner writes them."""

from __future__ import annotations

import pytest
from seqeval.scheme import IOB2, Entities

from nlpcore.errors import LearnerError
from nlpcore.tagging.exercises import EXERCISES, MAX_WORDS, read_marked, repair_written
from nlpcore.tagging.schemes import REPAIRS


def test_brackets_become_spans_of_words_and_the_text_is_without_them() -> None:
    plain = read_marked("y", "It [DATE rained] on [LOC New York].")
    assert (plain.id, plain.text) == ("y", "It rained on New York.")
    assert [(s.start, s.end, s.type) for s in plain.spans] == [(1, 2, "DATE"), (3, 5, "LOC")]
    assert plain.tags == ("O", "B-DATE", "O", "B-LOC", "I-LOC", "O")


def test_links_name_the_exercises() -> None:
    assert list(EXERCISES) == [
        "teams",
        "washington",
        "boundaries",
        "touching",
        "works",
        "sparse",
        "beijing",
        "urumqi",
        "tsinghua",
    ]


@pytest.mark.parametrize("name", EXERCISES)
def test_the_tags_of_an_exercise_are_the_entities_that_seqeval_reads(name: str) -> None:
    exercise = EXERCISES[name]
    assert exercise.id == name and "[" not in exercise.text
    read = Entities([list(exercise.tags)], IOB2).entities[0]
    assert [(e.start, e.end, e.tag) for e in read] == [(s.start, s.end, s.type) for s in exercise.spans]
    assert [exercise.text[w.start : w.end] for w in exercise.words] == [w.text for w in exercise.words]


def test_each_way_of_repairing_is_found_by_its_name() -> None:
    found = repair_written("Ana/I-PER Pires/I-PER saw Rome/B-LOC and/or/I-LOC")
    assert found.words == ("Ana", "Pires", "saw", "Rome", "and/or")
    assert found.tags == ("I-PER", "I-PER", "O", "B-LOC", "I-LOC")
    assert [step.position for step in found.illegal] == [0]
    assert len(found.repaired) == len(found.spans) == len(REPAIRS)
    for how, tags, spans in zip(REPAIRS, found.repaired, found.spans, strict=True):
        assert found.way(how) == (tags, spans)
        read = Entities([list(tags)], IOB2).entities[0]
        assert [(e.start, e.end, e.tag) for e in read] == [(s.start, s.end, s.type) for s in spans]


def test_a_long_line_is_cut_with_a_note_and_what_is_no_tag_is_refused() -> None:
    exact = repair_written(" ".join(["a"] * MAX_WORDS))
    assert len(exact.words) == MAX_WORDS and not exact.notes
    cut = repair_written(" ".join(["a"] * (MAX_WORDS + 1)))
    assert len(cut.words) == MAX_WORDS and set(cut.tags) == {"O"}
    (note,) = cut.notes
    assert (note.code, dict(note.params)) == ("cut_words", {"kept": MAX_WORDS, "given": MAX_WORDS + 1})
    for text in ("Ana/PERSON", "/B-PER", "Ana/"):
        with pytest.raises(LearnerError) as caught:
            repair_written(text)
        assert caught.value.code == "tag_unknown"
