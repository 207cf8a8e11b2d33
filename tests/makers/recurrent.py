"""Small untrained networks in the files' own format, and the same networks in torch as a reference."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

WORDS = [
    "<pad>",
    "<unk>",
    "the",
    "a",
    "film",
    "was",
    "not",
    "good",
    "bad",
    ".",
    ",",
    "but",
    "i",
    "it",
    "n't",
    "do",
    "very",
]
LETTERS = ["<pad>", "<unk>", *" abcdefghijklmnopqrstuvwxyz.,'"]


@dataclass
class Network:
    """What ``load()`` would give, as far as the recurrent readers need it, with the reference network."""

    folder: Path
    reference: torch.nn.Module
    vocabulary: list[str]
    id: str = "test"
    entry: Any = field(default_factory=lambda: SimpleNamespace(kind="lstm", languages=("en",)))

    def logits(self, ids: list[int]) -> torch.Tensor:
        net = self.reference
        with torch.no_grad():
            return net["output"](net["lstm"](net["embedding"](torch.tensor([ids])))[0])[0]


def make(folder: Path, vocabulary: list[str], outputs: int, config: dict, seed: int = 0, hidden: int = 7) -> Network:
    torch.manual_seed(seed)
    net = torch.nn.ModuleDict(
        {
            "embedding": torch.nn.Embedding(len(vocabulary), 5),
            "lstm": torch.nn.LSTM(5, hidden, batch_first=True),
            "output": torch.nn.Linear(hidden, outputs),
        }
    )
    folder.mkdir(parents=True, exist_ok=True)
    save_file(net.state_dict(), folder / "model.safetensors")
    (folder / "vocabulary.json").write_text(json.dumps(vocabulary))
    (folder / "config.json").write_text(json.dumps(config | {"embedding": 5, "hidden": hidden}))
    return Network(folder, net, vocabulary)


@pytest.fixture
def sentiment(tmp_path):
    config = {"architecture": "lstm-classifier", "labels": ["negative", "positive"], "pooling": "last"}
    return make(tmp_path / "imdb", WORDS, 2, config)


@pytest.fixture
def mean_sentiment(tmp_path):
    config = {"architecture": "lstm-classifier", "labels": ["negative", "positive"], "pooling": "mean"}
    return make(tmp_path / "mean", WORDS, 2, config)


@pytest.fixture
def characters(tmp_path):
    return make(tmp_path / "chars", LETTERS, len(LETTERS), {"architecture": "lstm-language-model"})
