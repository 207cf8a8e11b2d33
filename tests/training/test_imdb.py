"""Parts, learning curves and the comparison of the sentiment training."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from nlpcore.training import imdb
from nlpcore.training.classification import Coded, Recipe
from tests.training.test_corpora import archive_of


def test_every_25th_labelled_training_review_validates_and_the_test_part_is_the_official_one(
    six_layers: Path, tmp_path: Path
) -> None:
    from transformers import AutoTokenizer

    files = {}
    for i in range(60):
        files[f"aclImdb/train/{'pos' if i % 2 else 'neg'}/{i + 100}_1.txt"] = f"film {i}"
        files[f"aclImdb/train/unsup/{i}_0.txt"] = "cat"
        files[f"aclImdb/test/{'neg' if i % 3 else 'pos'}/{i + 100}_1.txt"] = f"dog {i}"
    found = imdb.read_data(archive_of(tmp_path / "imdb.tar.gz", files), six_layers, Recipe())
    assert {name: len(part) for name, part in found.items()} == {"train": 58, "validation": 2, "test": 60}
    tokenizer = AutoTokenizer.from_pretrained(six_layers)
    words = {name: [tokenizer.decode(row.first) for row in part] for name, part in found.items()}
    assert words["validation"] == ["film 24", "film 49"]
    assert [row.label for row in found["validation"]] == [0, 1]
    assert words["train"] == [f"film {i}" for i in range(60) if i not in (24, 49)]
    assert words["test"] == [f"dog {i}" for i in range(60)]
    assert [row.label for row in found["test"]] == [int(i % 3 == 0) for i in range(60)]


def test_the_result_of_a_run_is_its_cost_its_figures_and_its_curve(tmp_path: Path) -> None:
    class Positive(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bias = nn.Parameter(torch.tensor([0.0, 2.0]))
            self.frozen = nn.Parameter(torch.zeros(7), requires_grad=False)

        def forward(self, input_ids: torch.Tensor, **_: Any) -> SimpleNamespace:
            return SimpleNamespace(logits=self.bias.repeat(len(input_ids), 1))

    log = '{"step": 10, "seconds": 1.5, "accuracy": 0.123456}\n{"step": 20, "seconds": 3.0, "accuracy": 0.5}\n'
    (tmp_path / "log.jsonl").write_text(log, encoding="utf-8")
    run: Any = SimpleNamespace(seconds=90.0, folder=tmp_path)
    test = [Coded((5,), (), label) for label in (1, 1, 1, 0)]
    found = imdb.result(Positive(), run, Recipe(method="top"), test)
    assert (found["method"], found["minutes"], found["trained"], found["megabytes"]) == ("top", 1.5, 2, 4e-6)
    assert found["accuracy"] == 0.75
    assert found["loss"] == pytest.approx((3 * 0.126928 + 2.126928) / 4, abs=1e-5)  # ln(1 + e⁻²), ln(1 + e²)
    assert found["curve"] == [
        {"step": 10, "seconds": 1.5, "accuracy": 0.1235},
        {"step": 20, "seconds": 3.0, "accuracy": 0.5},
    ]


def test_the_comparison_has_a_row_for_each_method_fewest_trained_parameters_first() -> None:
    full = {"method": "full", "trained": 10_646_402, "megabytes": 21.29, "minutes": 61.6, "accuracy": 0.9}
    frozen = {"method": "frozen", "trained": 148_610, "megabytes": 0.3, "minutes": 10.2, "accuracy": 0.8054}
    rows = [full | {"accuracy_interval": [0.89, 0.91]}, frozen | {"accuracy_interval": [0.8004, 0.8102]}]
    assert imdb.comparison(rows).splitlines()[2:] == [
        "| frozen | 148,610 | 0.3 | 10 | 80.5 | 80.0–81.0 |",
        "| full | 10,646,402 | 21.3 | 62 | 90.0 | 89.0–91.0 |",
    ]
    columns = {line.count("|") for line in imdb.comparison(rows).splitlines()}
    assert columns == {7}
