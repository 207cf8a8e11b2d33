"""Train seq2seq-en-zh: English sentences into Chinese, by two GRUs with attention or by a small Transformer.

    python -m nlpcore.training.translation --data DIR --out DIR --architecture gru|transformer [--own 0.25] --bundle DIR

``--own`` is scheduled sampling: the chance, reached at the end of training, at which the network reads its own token in
place of the right one; 0 is teacher forcing. Interrupt it at will: it goes on from its last checkpoint in ``--out``.
Without ``--bundle`` a run is only measured, for the comparison (``--compared DIR …``).
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlpcore.training import corpora
from nlpcore.training.bundle import described, finish, read_json, save_weights, source, write_json
from nlpcore.training.corpora import Pair
from nlpcore.training.loop import Plan, Run, adamw, learning_curve, precision
from nlpcore.training.translation_quality import measured
from nlpcore.translation import BEGIN, END, PAD, translators
from nlpcore.translation.pieces import trained_tokenizer

PAIRS = "tatoeba_cmn_eng.txt"
TEST, VALIDATION = 1000, 500  # held-out pairs
CURVES = "learning_curves.json"
MODELS = {"gru": "seq2seq-en-zh-gru", "transformer": "seq2seq-en-zh-transformer"}
SIZES: dict[str, dict[str, Any]] = {
    "gru": {"embedding": 128, "hidden": 256},
    "transformer": {"width": 160, "heads": 4, "inner": 480, "layers": 3},
}


@dataclass(frozen=True)
class Recipe:
    """All that decides what comes out of a run."""

    architecture: str = "gru"
    own: float = 0.0
    epochs: int = 20
    batch: int = 64
    rate: float = 2e-3
    warmup_steps: int = 400
    weight_decay: float = 0.01
    dropout: float = 0.3
    label_smoothing: float = 0.1
    pieces: int = 4000  # of each language's vocabulary, at most
    longest: int = 40  # tokens of a sentence; longer pairs do not train
    mean_decay: float = 0.998
    seed: int = 0


def plain(sentence: str) -> str:
    """Return what two sentences have in common that differ in case, punctuation or spaces only."""
    return "".join(character for character in sentence.lower() if character.isalnum())


def split(pairs: Sequence[Pair], seed: int = 0) -> dict[str, list[Pair]]:
    """Return "train", "validation" and "test"; no English sentence stands in two parts, nor twice in the last two."""
    sentences = sorted({plain(pair.english) for pair in pairs})
    random.Random(seed).shuffle(sentences)
    test, validation = set(sentences[:TEST]), set(sentences[TEST : TEST + VALIDATION])
    parts: dict[str, list[Pair]] = {"train": [], "validation": [], "test": []}
    for pair in pairs:
        key = plain(pair.english)
        part = "test" if key in test else "validation" if key in validation else "train"
        parts[part].append(pair)
        test.discard(key) if part == "test" else validation.discard(key)
    held_out = set(sentences[: TEST + VALIDATION])
    parts["train"] = [pair for pair in parts["train"] if plain(pair.english) not in held_out]
    return parts


def build(architecture: str, source_size: int, target_size: int, dropout: float = 0.0, seed: int = 0) -> nn.Module:
    """Return an untrained network of "gru" or "transformer"."""
    torch.manual_seed(seed)
    return translators.build({"architecture": architecture} | SIZES[architecture], source_size, target_size, dropout)


def padded(rows: Sequence[Sequence[int]]) -> Tensor:
    """Return ids padded on the right, (rows, positions)."""
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[PAD] * (longest - len(row))] for row in rows])


@dataclass(frozen=True)
class Coded:
    """A pair as ids: the source with ``</s>`` at its end, the target between ``<s>`` and ``</s>``."""

    source: list[int]
    target: list[int]


def encode(pairs: Sequence[Pair], tokenizers: tuple[Any, Any]) -> list[Coded]:
    """Turn pairs into ids."""
    english = tokenizers[0].encode_batch([pair.english for pair in pairs])
    chinese = tokenizers[1].encode_batch([pair.chinese for pair in pairs])
    return [Coded([*e.ids, END], [BEGIN, *z.ids, END]) for e, z in zip(english, chinese, strict=True)]


def epoch_batches(rows: Sequence[Coded], batch: int, seed: int, epoch: int) -> list[list[Coded]]:
    """Return an epoch's batches in random order, pairs of similar length together."""
    rng = random.Random(seed * 1000 + epoch)
    mixed = list(rows)
    rng.shuffle(mixed)
    pools = [mixed[start : start + 20 * batch] for start in range(0, len(mixed), 20 * batch)]
    ordered = [row for pool in pools for row in sorted(pool, key=lambda row: (len(row.target), len(row.source)))]
    batches = [ordered[start : start + batch] for start in range(0, len(ordered) - batch + 1, batch)]
    rng.shuffle(batches)
    return batches


class Steps:
    """Gives the loss of each training step; the chance of reading an own token grows evenly to ``recipe.own``."""

    def __init__(self, model: nn.Module, rows: Sequence[Coded], recipe: Recipe) -> None:
        self.model, self.rows, self.recipe, self.cast = model, rows, recipe, precision()
        self.per_epoch = len(rows) // recipe.batch
        self._epoch, self._batches = -1, list[list[Coded]]()

    @property
    def steps(self) -> int:
        return self.per_epoch * self.recipe.epochs

    def __call__(self, step: int) -> Tensor:
        epoch, place = divmod(step, self.per_epoch)
        if epoch != self._epoch:
            self._epoch = epoch
            self._batches = epoch_batches(self.rows, self.recipe.batch, self.recipe.seed, epoch)
        batch = self._batches[place]
        target = padded([row.target for row in batch])
        own = self.recipe.own * step / self.steps
        with torch.autocast("cpu", self.cast, enabled=self.cast is not None):
            logits, _ = self.model(padded([row.source for row in batch]), target[:, :-1], own)
        wanted, smoothing = target[:, 1:].flatten(), self.recipe.label_smoothing
        return F.cross_entropy(logits.float().flatten(0, 1), wanted, ignore_index=PAD, label_smoothing=smoothing)


@torch.no_grad()
def cross_entropy(model: nn.Module, rows: Sequence[Coded]) -> float:
    """Return the mean cross-entropy in nats a target token, under teacher forcing."""
    total, count = 0.0, 0
    for start in range(0, len(rows), 100):
        target = padded([row.target for row in rows[start : start + 100]])
        logits, _ = model(padded([row.source for row in rows[start : start + 100]]), target[:, :-1])
        wanted = target[:, 1:].flatten()
        total += float(F.cross_entropy(logits.flatten(0, 1), wanted, ignore_index=PAD, reduction="sum"))
        count += int((wanted != PAD).sum())
    return total / count


def train(parts: dict[str, list[Pair]], recipe: Recipe, out: Path) -> tuple[nn.Module, Run, tuple[Any, Any]]:
    """Train to the end; return the network in evaluation mode, the finished run, and both tokenizers."""
    torch.set_num_threads(1)  # steps this small are too short to share between cores
    english, chinese = [pair.english for pair in parts["train"]], [pair.chinese for pair in parts["train"]]
    tokenizers = (trained_tokenizer(english, recipe.pieces), trained_tokenizer(chinese, recipe.pieces))
    rows, held_out = encode(parts["train"], tokenizers), encode(parts["validation"], tokenizers)
    rows = [row for row in rows if max(len(row.source), len(row.target)) <= recipe.longest]
    sizes = [tokenizer.get_vocab_size() for tokenizer in tokenizers]
    model = build(recipe.architecture, sizes[0], sizes[1], recipe.dropout, recipe.seed)
    steps = Steps(model, rows, recipe)

    def validate() -> dict[str, float]:
        found = measured(model, parts["validation"], tokenizers, beam=0)
        return {
            "loss": cross_entropy(model, held_out),
            "chrf": found["greedy"]["chrf"],
            "bleu": found["greedy"]["bleu"],
        }

    optimizer = adamw([(list(model.parameters()), recipe.rate)], recipe.weight_decay)
    plan = Plan(steps.steps, recipe.warmup_steps, recipe.seed, every=2 * steps.per_epoch, mean_decay=recipe.mean_decay)
    run = Run(model, optimizer, plan, out)
    run.train(steps, validate)
    return model, run, tokenizers


def write_bundle(model: nn.Module, tokenizers: tuple[Any, Any], architecture: str, bundle: Path) -> None:
    """Write weights, both tokenizers and the configuration."""
    save_weights(bundle, model.state_dict())
    for name, tokenizer in zip(("source", "target"), tokenizers, strict=True):
        tokenizer.save(str(bundle / f"{name}_tokenizer.json"), pretty=False)
    config = {"architecture": architecture, "source": "en", "target": "zh"} | SIZES[architecture]
    write_json(bundle / "config.json", config)


def load_bundle(bundle: Path) -> tuple[nn.Module, tuple[Any, Any]]:
    """Return the bundled network in evaluation mode and both tokenizers."""
    both = translators.read_tokenizers(bundle)
    return translators.read_network(bundle), (both.source, both.target)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where the data are."""
    parser.add_argument("--data", type=Path, required=True, help=f"folder with {PAIRS}")


def evaluate(bundle: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Measure the figures of the card again."""
    model, tokenizers = load_bundle(bundle)
    test = split(corpora.tatoeba_pairs(args.data / PAIRS))["test"]
    return {"test": measured(model, test, tokenizers) | {"loss": cross_entropy(model, encode(test, tokenizers))}}


def comparison(results: Iterable[dict[str, Any]]) -> str:
    """Return a Markdown table of what runs with and without scheduled sampling gave."""
    rows = [
        f"| {found['own']:g} | {found['minutes']:.0f} | {found['loss']:.2f} | {found['greedy']['chrf']:.1f} | "
        f"{found['greedy']['bleu']:.1f} | {found['beam']['chrf']:.1f} | {found['beam']['bleu']:.1f} |"
        for found in results
    ]
    head = "| own tokens read, at the end | minutes | loss | greedy: chrF | BLEU | beam of 4: chrF | BLEU |"
    return "\n".join([head, "|---|---|---|---|---|---|---|", *rows])


def main() -> None:
    """Train; with ``--bundle`` write the bundle, measure it and write its card, else only what the run gave."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint and the log")
    parser.add_argument("--bundle", type=Path, help="folder for weights and card")
    parser.add_argument("--architecture", choices=sorted(SIZES), default=Recipe.architecture)
    parser.add_argument("--own", type=float, default=Recipe.own)
    parser.add_argument("--compared", type=Path, nargs="*", default=[], help="--out folders of other runs")
    args = parser.parse_args()
    recipe = Recipe(architecture=args.architecture, own=args.own)
    parts = split(corpora.tatoeba_pairs(args.data / PAIRS))
    model, run, tokenizers = train(parts, recipe, args.out)
    if not args.bundle:
        loss = cross_entropy(model, encode(parts["test"], tokenizers))
        figures = measured(model, parts["test"], tokenizers) | {"loss": loss}
        cost = {"own": recipe.own, "minutes": run.seconds / 60, "curve": learning_curve(args.out)}
        write_json(args.out / "result.json", figures | cost)
        return
    write_bundle(model, tokenizers, recipe.architecture, args.bundle)
    rows = {name: len(part) for name, part in parts.items()}
    sources = [source("Tatoeba, English and Chinese sentences", args.data / PAIRS, "CC BY 2.0 FR", rows)]
    quality = evaluate(args.bundle, args)
    own = {"own": recipe.own, "minutes": run.seconds / 60, "curve": learning_curve(args.out), **quality["test"]}
    results = [own, *(read_json(folder / "result.json") for folder in args.compared)]
    write_json(args.bundle / CURVES, {f"{found['own']:g}": found["curve"] for found in results})
    metrics = described("translation", sources, recipe, run, model) | {"quality": quality}
    finish(args.bundle, MODELS[recipe.architecture], metrics | {"comparison": comparison(results)})


if __name__ == "__main__":
    main()
