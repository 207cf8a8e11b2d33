"""The training of the filters over words: what counts of a padded text, what a step reads, and its command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from nlpcore.training import textcnn_imdb
from nlpcore.training.bundle import read_json
from nlpcore.training.lstm_imdb import Data, Reviews
from nlpcore.training.textcnn_imdb import Recipe, Steps, TextCNN, final_logits, wide_enough
from tests.training.workplace import Workplace


def network(seed: int = 0) -> TextCNN:
    torch.manual_seed(seed)
    return TextCNN(12, 5, 3, 2).eval()


def test_padding_changes_nothing() -> None:
    model = network()
    rows = [np.array([2, 3, 4, 5, 6, 7]), np.array([3, 9]), np.array([8] * 9)]
    together = final_logits(model, rows)
    for row, found in zip(rows, together, strict=True):
        ids = wide_enough(torch.tensor(row)[None])
        alone = model(ids, torch.tensor([len(row)]))[0]
        torch.testing.assert_close(found, alone)
        vectors = model.embedding(ids).transpose(1, 2)
        strongest = torch.cat([torch.relu(each(vectors))[0].amax(1) for each in model.convolutions])
        torch.testing.assert_close(alone, model.output(strongest))


def test_a_step_reads_a_stretch_and_learns() -> None:
    rows = [np.arange(2, 12), np.arange(11, 1, -1)] * 8
    data = Reviews(rows, np.array([0, 1] * 8))
    recipe = Recipe(batch=8, longest=6, shortest=4, passage=5, word_dropout=0.0, dropout=0.0, embedding_dropout=0.0)
    model = network().train()
    steps = Steps(model, data, recipe)
    assert steps.per_epoch == 2
    for passage, lengths in ((False, {6}), (True, {4, 5})):
        cut = [steps._cut(rows[0], passage) for _ in range(60)]
        assert {len(row) for row in cut} == lengths and all((np.diff(row) == 1).all() for row in cut)
        assert {int(row[0]) for row in cut} >= {2, 3, 4, 5, 6}
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    losses = []
    for step in range(60):
        loss = steps(step)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert np.mean(losses[-5:]) < 0.3 < np.mean(losses[:5])


def test_a_run_trains_to_its_end(tmp_path: Path) -> None:
    part = Reviews([np.array([2, 3, 4, 5])] * 8, np.array([0, 1] * 4))
    data = Data([*"abcdef"], part, part, part)
    model, run = textcnn_imdb.train(data, Recipe(epochs=2, batch=4, embedding=5, filters=3), tmp_path)
    assert run.step == 4 and not model.training and (tmp_path / "checkpoint.pt").exists()
    assert 1 / (1 - run.plan.mean_decay) == pytest.approx(500)  # "about the last 500 steps", the card says


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    place = Workplace("textcnn-imdb", tmp_path, monkeypatch)
    quality, counts = place.metrics["quality"], place.metrics["data"][0]["rows"]
    vocabulary = read_json(place.kept / "vocabulary.json")
    parts = {name: Reviews([np.zeros(1)] * counts[name], np.zeros(1)) for name in counts}
    passages = Reviews([np.zeros(30)], np.zeros(1))

    def read_data(archive: Path, size: int) -> Data:
        assert archive == place / "DATA" / "aclImdb.tar.gz" and size == len(vocabulary)
        return Data(vocabulary, **parts)

    def train(data: Data, recipe: Recipe, out: Path) -> Any:
        assert out == place / "OUT"
        return TextCNN(len(data.vocabulary), recipe.embedding, recipe.filters, 2), place.run()

    def windows(part: Reviews, tokens: int) -> Reviews:
        assert tokens == 30 and part is parts["test"]
        return passages

    def accuracy(model: TextCNN, part: Reviews) -> dict[str, float]:
        known = parts | {"test_passages": passages}
        found = quality[next(name for name, other in known.items() if other is part)]
        return {key: found[key] for key in ("accuracy", "loss")}

    for name, stub in {"read_data": read_data, "train": train, "windows": windows, "accuracy": accuracy}.items():
        monkeypatch.setattr(textcnn_imdb, name, stub)
    place.give(textcnn_imdb, place.metrics["command"])
    place.same_card()
    place.same_file("config.json")
    place.same_file("vocabulary.json")
    place.measure_again(capsys)
