"""Train minilm-l6-imdb: whether a film review is positive, and what each way of tuning an encoder costs and gives.

    python -m nlpcore.training.imdb --encoder DIR --data DIR --out DIR --bundle DIR [--method frozen|lora|top|full]

Interrupt it at will: it goes on from its last checkpoint in ``--out``. Without ``--bundle`` a run is only measured, for
the comparison: its figures and its learning curve are left in ``--out``, and the command that writes the bundle takes
them with ``--compared DIR DIR …``. ``--share 5`` trains and tests on every fifth review: enough to tell methods apart.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import replace
from operator import itemgetter
from pathlib import Path
from typing import Any

from torch import nn

from nlpcore.training import classification, corpora, finetuning
from nlpcore.training.bundle import described, finish, read_json, source, write_json
from nlpcore.training.classification import Coded, Recipe
from nlpcore.training.loop import Run, learning_curve

ARCHIVE = "aclImdb.tar.gz"
LABELS = ("negative", "positive")
# One reading of each review: nothing to overfit, so dropout would only slow the learning down.
RECIPE = Recipe(epochs=1, longest=160, dropout=0.0)
VALIDATION = 25  # every 25th labelled training review validates
CURVES = "learning_curves.json"


def read_data(archive: Path, encoder: Path, recipe: Recipe) -> dict[str, list[Coded]]:
    """Read the official split: "train", "validation" (taken from its training part) and "test"."""
    from transformers import AutoTokenizer

    parts: dict[str, tuple[list[str], list[int]]] = {name: ([], []) for name in ("train", "validation", "test")}
    seen = 0
    for review in corpora.imdb_reviews(archive):
        if review.positive is None:
            continue
        name = review.split
        if name == "train":
            name = "validation" if seen % VALIDATION == VALIDATION - 1 else "train"
            seen += 1
        parts[name][0].append(review.text)
        parts[name][1].append(int(review.positive))
    tokenizer = AutoTokenizer.from_pretrained(encoder)
    return {name: classification.encode(*part, tokenizer, recipe) for name, part in parts.items()}


def result(model: nn.Module, run: Run, recipe: Recipe, reviews: int, measured: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a run on so many ``reviews`` cost and gave, and its curve, for the comparison of methods."""
    trained = finetuning.trained_count(model)
    cost = {"minutes": run.seconds / 60, "trained": trained, "megabytes": 2 * trained / 1e6}
    figures = {key: measured[key] for key in ("accuracy", "accuracy_interval", "loss", "count")}
    return {"method": recipe.method, "reviews": reviews} | cost | figures | {"curve": learning_curve(run.folder)}


def comparison(results: Iterable[Mapping[str, Any]]) -> str:
    """Return a Markdown table of what runs cost and gave: fewest reviews first, then fewest trained parameters."""
    head = (
        "| method | reviews read | trained parameters | their megabytes | minutes | right (per cent) | 95 % interval |"
        " of reviews |"
    )
    rows = [
        f"| {found['method']} | {found['reviews']:,} | {found['trained']:,} | {found['megabytes']:.1f} | "
        f"{found['minutes']:.0f} | {100 * found['accuracy']:.1f} | "
        f"{'–'.join(f'{100 * value:.1f}' for value in found['accuracy_interval'])} | {found['count']:,} |"
        for found in sorted(results, key=itemgetter("reviews", "trained"))
    ]
    return "\n".join([head, "|---" * 8 + "|", *rows])


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where the data are."""
    parser.add_argument("--encoder", type=Path, required=True, help="folder of minilm-l6")
    parser.add_argument("--data", type=Path, required=True, help="folder with aclImdb.tar.gz")


def evaluate(bundle: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Measure the figures of the card again."""
    rows = read_data(args.data / ARCHIVE, args.encoder, RECIPE)["test"]
    return {"test": classification.scores(finetuning.load_bundle(bundle, args.encoder), rows, LABELS)}


def main() -> None:
    """Train; with ``--bundle`` write the bundle, measure it and write its card, else only what the run gave."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint and the log")
    parser.add_argument("--bundle", type=Path, help="folder for weights and card")
    parser.add_argument("--method", choices=finetuning.METHODS, default=Recipe.method)
    parser.add_argument("--share", type=int, default=1, help="train and test on one review in so many")
    parser.add_argument("--compared", type=Path, nargs="*", default=[], help="--out folders of other runs")
    args = parser.parse_args()
    recipe, archive = replace(RECIPE, method=args.method), args.data / ARCHIVE
    data = read_data(archive, args.encoder, recipe)
    train, test = data["train"][:: args.share], data["test"][:: args.share]
    model, run = classification.train(
        train, data["validation"], LABELS, recipe, args.encoder, args.out, validations=10 if args.share == 1 else 5
    )
    if not args.bundle:
        measured = classification.scores(model, test, LABELS)
        write_json(args.out / "result.json", result(model, run, recipe, len(train), measured))
        return
    finetuning.write_bundle(model, args.bundle, recipe.lora_rank)
    sources = [
        source(
            "IMDB large movie review data set v1.0 (Maas et al. 2011)",
            archive,
            "research use",
            {name: len(part) for name, part in data.items()},
        ),
        finetuning.encoder_source(args.encoder),
    ]
    metrics = described("imdb", sources, recipe, run, model) | {"trained": finetuning.trained_count(model)}
    quality = evaluate(args.bundle, args)
    results = [result(model, run, recipe, len(train), quality["test"])]
    results += [read_json(folder / "result.json") for folder in args.compared]
    curves = [{key: found[key] for key in ("method", "reviews", "curve")} for found in results]
    write_json(args.bundle / CURVES, curves)
    finish(args.bundle, "minilm-l6-imdb", metrics | {"quality": quality, "comparison": comparison(results)})


if __name__ == "__main__":
    main()
