"""Inputs, scores and one short training of the classifiers of texts and pairs."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss
from torch import Tensor, nn

from nlpcore.training import classification, finetuning
from nlpcore.training.classification import Coded, Recipe

TEXTS = ["The cat sat on the mat.", "Paris is good", "Who is the dog? " * 9]
SECONDS = ["Film.", "The dog is not on the mat", "What?"]


@pytest.fixture(scope="module")
def tokenizer(six_layers: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(six_layers)


class Reader(nn.Module):
    """A network that answers by the first piece after [CLS] alone."""

    def __init__(self, table: Tensor) -> None:
        super().__init__()
        self.table = nn.Parameter(table)

    def forward(self, input_ids: Tensor, **_: Tensor) -> SimpleNamespace:
        return SimpleNamespace(logits=self.table[input_ids[:, 1]])


@given(st.integers(0, 60), st.integers(1, 40), st.sampled_from([0.0, 0.25, 0.5, 1.0]))
def test_of_a_longer_text_its_beginning_and_its_end_are_kept(length: int, room: int, beginning: float) -> None:
    found = classification.shortened(range(length), room, beginning)
    assert len(found) == min(length, room)
    if length <= room:
        assert found == tuple(range(length))
    else:
        head = int(room * beginning)
        assert found == (*range(head), *range(length - room + head, length))


@pytest.mark.parametrize("pairs", [False, True])
def test_the_input_is_that_of_the_tokenizer(tokenizer: Any, pairs: bool) -> None:
    seconds = SECONDS if pairs else []
    rows = classification.encode(TEXTS, [0, 2, 1], tokenizer, Recipe(), seconds)
    inputs, labels = classification.tensors(rows)
    theirs = tokenizer(TEXTS, SECONDS if pairs else None, padding=True, return_tensors="pt")
    for name in ("input_ids", "attention_mask", "token_type_ids"):
        assert torch.equal(inputs[name], theirs[name]), name
    assert labels.tolist() == [0, 2, 1]
    assert [row.length for row in rows] == theirs["attention_mask"].sum(1).tolist()


def test_a_longer_input_has_the_longest_length_and_of_a_pair_the_first_text_is_shortened(tokenizer: Any) -> None:
    recipe, text = Recipe(longest=20, beginning=0.25), "cat " * 30 + "dog " * 30
    (alone,) = classification.encode([text], [0], tokenizer, recipe)
    assert alone.length == 20
    assert tokenizer.decode(alone.first).split() == ["cat"] * 4 + ["dog"] * 14
    (pair,) = classification.encode([text], [0], tokenizer, recipe, ["paris is good"])
    assert pair.length == 20
    assert tokenizer.decode(pair.second) == "paris is good"
    (long,) = classification.encode([text], [0], tokenizer, recipe, [text])
    assert (long.length, len(long.second)) == (20, 10)


def test_batches_keep_to_their_budget_and_lose_nothing() -> None:
    rows = [Coded((7,) * n, (), n) for n in (5, 9, 3, 40, 7, 7)]
    batches = classification.batched(rows, 30, classification.length_of)
    assert sorted(row.label for batch in batches for row in batch) == [3, 5, 7, 7, 9, 40]
    for batch in batches:
        assert len(batch) == 1 or max(row.length for row in batch) * len(batch) <= 30
    assert [row.label for row in batches[0]] == [3, 5, 7]


def test_epochs_differ_but_are_the_same_for_the_same_seed() -> None:
    rows, recipe = [Coded((7,) * (1 + i % 5), (), i) for i in range(40)], Recipe(pieces_per_batch=30)
    assert classification.epoch_batches(rows, recipe, 0) == classification.epoch_batches(rows, recipe, 0)
    assert classification.epoch_batches(rows, recipe, 0) != classification.epoch_batches(rows, recipe, 1)
    read = [row.label for batch in classification.epoch_batches(rows, recipe, 2) for row in batch]
    assert sorted(read) == list(range(40))


def test_scores_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    table = torch.tensor(rng.normal(size=(20, 3)), dtype=torch.float32)
    pieces, labels = rng.integers(20, size=90), rng.integers(3, size=90)
    rows = [
        Coded((int(p),) * int(n), (), int(label))
        for p, label, n in zip(pieces, labels, rng.integers(1, 300, size=90), strict=True)
    ]  # of all lengths: they are read in several batches
    probabilities = table[pieces].softmax(-1).numpy()
    counts = confusion_matrix(labels, probabilities.argmax(1))
    found, loss = classification.confusion(Reader(table), rows, 3, None)
    assert found.tolist() == counts.tolist()
    assert loss == pytest.approx(log_loss(labels, probabilities), rel=1e-5)

    figures = classification.scores(Reader(table), rows, ("no", "perhaps", "yes"))
    assert figures["accuracy"] == pytest.approx(accuracy_score(labels, probabilities.argmax(1)))
    assert figures["accuracy_interval"][0] < figures["accuracy"] < figures["accuracy_interval"][1]
    assert figures["loss"] == loss
    assert figures["count"] == 90
    assert figures["answered"]["no"]["yes"] == counts[0, 2]
    assert figures["answered"]["yes"] == {"no": counts[2, 0], "perhaps": counts[2, 1], "yes": counts[2, 2]}


def test_a_short_training_learns_and_its_bundle_knows_its_labels(
    six_layers: Path, tokenizer: Any, tmp_path: Path
) -> None:
    texts = [f"{what} {how}" for what in ("the film is", "the cat", "dog", "is") for how in ("good", "bad")]
    sizes: dict[str, Any] = {"epochs": 30, "pieces_per_batch": 400, "warmup_steps": 2, "dropout": 0.0}
    recipe = Recipe("full", encoder_rate=1e-3, head_rate=1e-2, **sizes)
    rows = classification.encode(texts, [1, 0] * 4, tokenizer, recipe)
    names = ("negative", "positive")
    model, run = classification.train(rows, rows, names, recipe, six_layers, tmp_path / "out")
    lines = (tmp_path / "out" / "log.jsonl").read_text().splitlines()
    assert (run.step, len(lines)) == (30, 10)
    finetuning.write_bundle(model, tmp_path / "bundle", recipe.lora_rank)
    again: Any = finetuning.load_bundle(tmp_path / "bundle", six_layers)
    assert classification.scores(again, rows, names)["accuracy"] == 1.0
    assert again.config.id2label == {0: "negative", 1: "positive"}
