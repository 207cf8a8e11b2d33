"""Which sentences the second head is trained on, what it is scored by, and which layer it reads."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from seqeval.metrics import f1_score

from nlpcore.tagging.exercises import read_marked
from nlpcore.training import second_head
from nlpcore.training.second_head import LABELS, Features
from tests.training.test_corpora import archive_of
from tests.training.test_questions import asked, squad

NEWS = "He paid $5 million. It cost $3."


def test_the_sentences_of_the_second_head_come_from_three_sources(tmp_path: Path) -> None:
    with lzma.open(tmp_path / "wiki_paragraphs_en.txt.xz", "wt", encoding="utf-8") as file:
        file.write("It was 5 %.  He said so! Then “Why?” was asked.\nmr. x went\n")
    pairs = "I drink tea. You too.\t我\tx\nWait!\t等\tx\n"
    (tmp_path / "tatoeba_cmn_eng.txt").write_text(pairs, encoding="utf-8")
    parts = {"nyt": squad(asked("a", ("He", 0)), asked("b", ("He", 0)), context=NEWS)}
    files = {
        f"bigbench-1.0.0/bigbench/benchmark_tasks/squad_shifts/{name}_v1.0.json": json.dumps(content)
        for name, content in parts.items()
    }
    archive_of(tmp_path / "bigbench-1.0.0.tar.gz", files)
    found = {name: list(texts) for name, texts in second_head.sentences(tmp_path, tmp_path).items()}
    assert found == {
        "wikipedia": ["It was 5 %.", "He said so!", "Then “Why?” was asked.", "mr. x went"],
        "news": ["He paid $5 million.", "It cost $3."],  # of a paragraph with two questions once
        "everyday": ["I drink tea.", "You too.", "Wait!"],
    }


def test_of_each_source_and_type_no_more_sentences_are_kept_than_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["Yes.", "He paid $5 now.", "It rained all over town.", "It was 5 % of all.", "He paid $6 now."]
    texts += ["He paid $7 now.", "The dog sat on the mat.", "We met on 3 May 2021 there.", "Nothing else was said."]
    texts += ["On 4 May 2021 he paid $8 there.", "word " * 13]
    monkeypatch.setattr(second_head, "sentences", lambda data, packages: {"a": iter(texts), "b": iter(texts[:2])})
    recipe = second_head.Recipe(of_each_type=2, without=2, longest=12)
    found = second_head.read_data(Path("data"), Path("packages"), recipe)
    kept = {name: [" ".join(word.text for word in row.words) for row in part] for name, part in found.items()}
    assert len(kept["b"]) == 1 and kept["b"][0].startswith("He paid")  # "Yes." has two words only
    kinds = [{tag[2:] for tag in row.tags if tag != "O"} for row in found["a"]]
    assert kinds == [{"MONEY"}, set(), {"PERCENT"}, {"MONEY"}, set(), {"DATE"}, {"DATE", "MONEY"}]


def test_reading_ends_when_there_is_no_room_left(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = iter(["The cat sat on the mat." for _ in range(9)])
    monkeypatch.setattr(second_head, "sentences", lambda data, packages: {"a": texts})
    monkeypatch.setattr(second_head, "KINDS", ())
    second_head.read_data(Path("data"), Path("packages"), second_head.Recipe(without=4))
    assert len(list(texts)) == 5


def test_a_border_inside_a_word_is_no_label() -> None:
    words = second_head.split_words("He paid $5 now.")
    assert [(s.start, s.end, s.type) for s in second_head.spans_of_rules("He paid $5 now.", words) or []] == [
        (2, 4, "MONEY")
    ]
    joined = [second_head.Word("He", 0, 2), second_head.Word("paid$", 3, 9), second_head.Word("5now", 9, 14)]
    assert second_head.spans_of_rules("He paid $5 now.", joined) is None


def test_f1_of_tags_is_that_of_words_without_o() -> None:
    """Worked out for six words: 2 right of 3 found and 4 wanted, 4 / 7."""
    states = torch.eye(9)[[1, 2, 0, 3, 0, 0]][None].half()
    labels = torch.tensor([1, 2, 4, 5, 0, second_head.IGNORE])
    head = torch.nn.Linear(9, 9)
    with torch.no_grad():
        head.weight.copy_(torch.eye(9))
        head.bias.zero_()
    assert second_head.tag_f1(head, Features(states, labels, 0), 0) == pytest.approx(2 * 2 / (3 + 4))
    nothing = Features(states[:, 2:3], torch.tensor([0]), 0)
    assert second_head.tag_f1(head, nothing, 0) == 0


def test_the_layer_that_repeats_the_rules_best_on_sentences_held_apart_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    parts: list[Any] = []
    scores = {0: 0.5, 1: 0.9, 2: 0.7}
    monkeypatch.setattr(second_head, "features", lambda network, tokenizer, part, recipe: parts.append(part) or part)
    monkeypatch.setattr(second_head, "fitted", lambda data, number, recipe: (number, len(data)))
    monkeypatch.setattr(second_head, "tag_f1", lambda head, data, number: scores[number] * (len(data) == 4))
    rows: Any = list(range(40))
    recipe = second_head.Recipe(layers=(2, 4, 6), held_out=0.1, seed=3)
    assert second_head.train("network", "tokenizer", rows, recipe) == (4, (1, 36), [0.5, 0.9, 0.7])
    held_out, trained = parts
    assert sorted([*held_out, *trained]) == list(range(40)) and held_out != list(range(4))


def test_rules_and_head_are_scored_by_whole_entities_as_seqeval_does(monkeypatch: pytest.MonkeyPatch) -> None:
    exercises = [second_head.own_sentences()[i] for i in range(25)]
    gold = [list(exercise.tags) for exercise in exercises]
    empty = [["O"] * len(tags) for tags in gold]
    answers = iter(gold[:20] + empty[20:])
    model: Any = SimpleNamespace()
    monkeypatch.setattr(second_head, "tag_time_and_money", lambda given, text: SimpleNamespace(tags=next(answers)))
    found = second_head.compared(model, exercises)
    assert found["count"] == 25
    rules = [list(second_head.labelled(exercise.text).tags) for exercise in exercises]  # type: ignore[union-attr]
    for name, tags in (("head", gold[:20] + empty[20:]), ("rules", rules)):
        figures = found[name]
        assert figures["all"]["f1"] == pytest.approx(f1_score(gold, tags))
        low, high = figures["f1_interval"]
        assert low <= figures["all"]["f1"] <= high and low < high
        assert set(figures) - {"all", "f1_interval"} <= set(second_head.KINDS)


def test_own_sentences_are_numbered_lines_and_the_words_are_marked() -> None:
    exercises = second_head.own_sentences(second_head.TEST)
    path = Path(second_head.__file__).parent / "own_sentences" / "time_and_money_test.txt"
    lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    assert [exercise.text for exercise in exercises] == [read_marked("0", line).text for line in lines]
    assert len({exercise.id for exercise in exercises}) == len(exercises)
    assert np.mean([bool(exercise.spans) for exercise in exercises]) > 0.5
    assert LABELS[:3] == ("O", "B-DATE", "I-DATE") and len(LABELS) == 9
