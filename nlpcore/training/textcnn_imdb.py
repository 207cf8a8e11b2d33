"""Train textcnn-imdb: 24 filters over two, three and four words of a film review, the strongest answer of each, a judgement.

After Kim 2014 (arXiv 1408.5882), made small: whoever looks at a filter sees which n-grams fire it. A review is read whole,
or for a part of the batches as a short passage, so that single sentences work too.

    python -m nlpcore.training.textcnn_imdb --data DIR --out DIR --bundle DIR

Interrupt it at will: it goes on from its last checkpoint in ``--out``.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlpcore.intervals import wilson
from nlpcore.training.bundle import described, finish, load_weights, read_json, save_weights, source, write_json
from nlpcore.training.loop import Plan, Run, adamw
from nlpcore.training.lstm_imdb import ARCHIVE, LABELS, Data, Ids, Reviews, epoch_batches, padded, read_data, windows

WIDTHS = (2, 3, 4)


@dataclass(frozen=True)
class Recipe:
    """All that decides what comes out of a run."""

    vocabulary: int = 5000
    embedding: int = 32
    filters: int = 8  # of each width
    epochs: int = 8
    batch: int = 50
    rate: float = 2e-3
    embedding_rate: float = 2e-3
    longest: int = 400  # tokens of a review that one training step reads
    passages: float = 0.25  # share of the batches of which only a short passage is read
    shortest: int = 10  # a passage has between ``shortest`` and ``passage`` tokens
    passage: int = 60
    word_dropout: float = 0.1
    embedding_dropout: float = 0.2
    dropout: float = 0.3
    weight_decay: float = 0.05
    seed: int = 0


class TextCNN(nn.Module):
    """Embedding → one ``nn.Conv1d`` a width → ReLU → maximum over all places → linear."""

    def __init__(self, vocabulary: int, embedding: int, filters: int, outputs: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding, padding_idx=0)
        self.convolutions = nn.ModuleList(nn.Conv1d(embedding, filters, width) for width in WIDTHS)
        self.output = nn.Linear(filters * len(WIDTHS), outputs)

    @classmethod
    def from_weights(cls, weights: Mapping[str, Tensor]) -> TextCNN:
        """Build the network whose ``state_dict`` these are, in single precision."""
        vocabulary, embedding = weights["embedding.weight"].shape
        filters, outputs = len(weights["convolutions.0.bias"]), len(weights["output.bias"])
        network = cls(vocabulary, embedding, filters, outputs)
        network.load_state_dict({name: value.float() for name, value in weights.items()})
        return network

    def features(self, embedded: Tensor, lengths: Tensor) -> Tensor:
        """Return the strongest answer of each filter, (batch, filters in all).

        ``embedded`` is (batch, tokens, embedding); places that reach beyond a text of at least four tokens do not count.
        """
        found = []
        for width, convolution in zip(WIDTHS, self.convolutions, strict=True):
            answers = F.relu(convolution(embedded.transpose(1, 2)))  # (batch, filters, places)
            places = torch.arange(answers.shape[2])[None, :]
            beyond = places > (lengths.clamp(min=max(WIDTHS)) - width)[:, None]
            found.append(answers.masked_fill(beyond[:, None, :], 0.0).amax(2))
        return torch.cat(found, 1)

    def forward(self, token_ids: Tensor, lengths: Tensor) -> Tensor:
        """Return logits (batch, outputs) for ids (batch, tokens), at least four tokens wide."""
        return self.output(self.features(self.embedding(token_ids), lengths))  # type: ignore[no-any-return]

    def __call__(self, *args: Any, **kwargs: Any) -> Tensor:
        return super().__call__(*args, **kwargs)  # type: ignore[no-any-return]


def wide_enough(ids: Tensor) -> Tensor:
    """Return ids (batch, tokens) with as much "<pad>" at the right as the widest filter needs."""
    return F.pad(ids, (0, max(0, max(WIDTHS) - ids.shape[1])))


class Steps:
    """Gives the loss of each training step; everything random comes from torch's generator, seeded by the loop."""

    def __init__(self, model: TextCNN, data: Reviews, recipe: Recipe) -> None:
        self.model, self.data, self.recipe = model, data, recipe
        self.lengths = np.array([min(len(row), recipe.longest) for row in data.ids])
        self.per_epoch = len(data.ids) // recipe.batch
        self._epoch, self._batches = -1, list[npt.NDArray[np.int64]]()

    def _cut(self, row: Ids, passage: bool) -> Ids:
        recipe = self.recipe
        longest = int(torch.randint(recipe.shortest, recipe.passage + 1, ())) if passage else recipe.longest
        spare = len(row) - longest
        if spare <= 0:
            return row
        start = int(torch.randint(spare + 1, ()))
        return row[start : start + longest]

    def __call__(self, step: int) -> Tensor:
        epoch, place = divmod(step, self.per_epoch)
        if epoch != self._epoch:
            self._epoch = epoch
            self._batches = epoch_batches(self.lengths, self.recipe.batch, (self.recipe.seed, epoch))
        rows = self._batches[place]
        passages = bool(torch.rand(()) < self.recipe.passages)  # all of a batch, so that little is padded
        ids, lengths = padded([self._cut(self.data.ids[row], passages) for row in rows])
        ids[(torch.rand(ids.shape) < self.recipe.word_dropout) & (ids != 0)] = 1
        embedded = F.dropout(self.model.embedding(wide_enough(ids)), self.recipe.embedding_dropout)
        features = F.dropout(self.model.features(embedded, lengths), self.recipe.dropout)
        return F.cross_entropy(self.model.output(features), torch.from_numpy(self.data.labels[rows]))


@torch.no_grad()
def final_logits(model: TextCNN, rows: list[Ids]) -> Tensor:
    """Return the logits of each row, (rows, 2)."""
    out = torch.empty((len(rows), 2))
    for batch in np.array_split(np.argsort([len(row) for row in rows]), max(1, len(rows) // 100)):
        ids, lengths = padded([rows[i] for i in batch])
        out[batch] = model(wide_enough(ids), lengths)
    return out


def accuracy(model: TextCNN, part: Reviews) -> dict[str, float]:
    """Return the accuracy (0 to 1) and the mean cross-entropy in nats."""
    logits, labels = final_logits(model, part.ids), torch.from_numpy(part.labels)
    right = (logits.argmax(1) == labels).double().mean()
    return {"accuracy": float(right), "loss": float(F.cross_entropy(logits, labels))}


def train(data: Data, recipe: Recipe, out: Path) -> tuple[TextCNN, Run]:
    """Train to the end and return the network in evaluation mode and the finished run."""
    torch.set_num_threads(1)
    torch.manual_seed(recipe.seed)
    model = TextCNN(len(data.vocabulary), recipe.embedding, recipe.filters, len(LABELS))
    with torch.no_grad():
        model.embedding.weight.mul_(0.3)
    rest = [*model.convolutions.parameters(), *model.output.parameters()]
    rated = [(list(model.embedding.parameters()), recipe.embedding_rate), (rest, recipe.rate)]
    steps = Steps(model, data.train, recipe)
    plan = Plan(recipe.epochs * steps.per_epoch, warmup=100, seed=recipe.seed, every=steps.per_epoch, mean_decay=0.998)
    run = Run(model, adamw(rated, recipe.weight_decay), plan, out)
    run.train(steps, lambda: accuracy(model, data.validation))
    return model, run


def measure(bundle: Path, data: Data) -> dict[str, Any]:
    """Return the figures of the card, measured with the bundled weights."""
    model = TextCNN.from_weights(load_weights(bundle)).eval()
    test = accuracy(model, data.test)
    return {
        "validation": accuracy(model, data.validation),
        "test": test | {"accuracy_interval": list(wilson(test["accuracy"], len(data.test.ids)))},
        "test_passages": accuracy(model, windows(data.test, 30)),
    }


def write_bundle(model: TextCNN, data: Data, bundle: Path) -> None:
    """Write weights, vocabulary and configuration."""
    save_weights(bundle, model.state_dict())
    write_json(bundle / "vocabulary.json", data.vocabulary)
    config = {"architecture": "text-cnn", "embedding": model.embedding.embedding_dim, "widths": list(WIDTHS)}
    config |= {"filters": model.output.in_features, "labels": list(LABELS)}
    write_json(bundle / "config.json", config | {"words": "nlpcore.recurrent.word_tokens.word_tokens"})


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where the data are."""
    parser.add_argument("--data", type=Path, required=True, help="folder with aclImdb.tar.gz")


def evaluate(bundle: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Measure the figures of the card again."""
    torch.set_num_threads(1)
    vocabulary = read_json(bundle / "vocabulary.json")
    return measure(bundle, read_data(args.data / ARCHIVE, len(vocabulary)))


def main() -> None:
    """Train, write the bundle, measure it and write its card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint and the log")
    parser.add_argument("--bundle", type=Path, required=True, help="folder for weights, vocabulary and card")
    args = parser.parse_args()
    recipe, archive = Recipe(), args.data / ARCHIVE
    data = read_data(archive, recipe.vocabulary)
    model, run = train(data, recipe, args.out)
    write_bundle(model, data, args.bundle)
    rows = {"train": len(data.train.ids), "validation": len(data.validation.ids), "test": len(data.test.ids)}
    sources = [source("IMDB large movie review data set v1.0 (Maas et al. 2011)", archive, "research use", rows)]
    metrics = described("textcnn_imdb", sources, recipe, run, model) | {"quality": measure(args.bundle, data)}
    finish(args.bundle, "textcnn-imdb", metrics)


if __name__ == "__main__":
    main()
