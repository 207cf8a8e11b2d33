"""Parts, learning curves and the comparison of the sentiment training."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from torch import nn

from nlpcore.training import imdb
from nlpcore.training.classification import Recipe
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
    model = nn.Linear(2, 1, bias=True)
    model.weight.requires_grad_(False)
    log = '{"step": 10, "seconds": 1.5, "accuracy": 0.123456}\n{"step": 20, "seconds": 3.0, "accuracy": 0.5}\n'
    (tmp_path / "log.jsonl").write_text(log, encoding="utf-8")
    run: Any = SimpleNamespace(seconds=90.0, folder=tmp_path)
    measured = {"accuracy": 0.75, "accuracy_interval": [0.3, 0.95], "loss": 0.6, "count": 4, "answered": {}}
    found = imdb.result(model, run, Recipe(method="top"), 4_800, measured)
    assert (found["method"], found["reviews"], found["minutes"]) == ("top", 4_800, 1.5)
    assert (found["trained"], found["megabytes"]) == (1, 2e-6)
    assert (found["accuracy"], found["count"]) == (0.75, 4)
    assert found["curve"] == [
        {"step": 10, "seconds": 1.5, "accuracy": 0.1235},
        {"step": 20, "seconds": 3.0, "accuracy": 0.5},
    ]


def test_the_comparison_has_a_row_for_each_run_fewest_reviews_and_trained_parameters_first() -> None:
    full = {"method": "full", "reviews": 4800, "trained": 10_646_402, "megabytes": 21.29, "minutes": 61.6}
    full |= {"accuracy": 0.9, "accuracy_interval": [0.89, 0.91], "count": 5000}
    frozen = full | {"method": "frozen", "trained": 148_610, "megabytes": 0.3, "minutes": 10.2, "accuracy": 0.8054}
    more = full | {"method": "lora", "reviews": 23_992, "trained": 900_000, "count": 25_000}
    table = imdb.comparison([more, full, frozen]).splitlines()
    assert table[2:] == [
        "| frozen | 4,800 | 148,610 | 0.3 | 10 | 80.5 | 89.0–91.0 | 5,000 |",
        "| full | 4,800 | 10,646,402 | 21.3 | 62 | 90.0 | 89.0–91.0 | 5,000 |",
        "| lora | 23,992 | 900,000 | 21.3 | 62 | 90.0 | 89.0–91.0 | 25,000 |",
    ]
    assert {line.count("|") for line in table} == {9}
