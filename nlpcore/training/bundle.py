"""What a finished training leaves behind: weights in half precision, config.json, metrics.json and a model card.

The card is rendered from a template in ``cards/`` and metrics.json, so that no figure in it was typed by hand.
"""

from __future__ import annotations

import json
import os
import platform
import string
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from nlpcore.training import corpora
from nlpcore.training.loop import Run

CARDS = Path(__file__).parent / "cards"


def save_weights(folder: Path, tensors: Mapping[str, Tensor]) -> None:
    """Write ``tensors`` as float16 to ``<folder>/model.safetensors``."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    half = {name: value.detach().to("cpu", torch.float16).contiguous() for name, value in tensors.items()}
    save_file(half, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)  # safetensors makes it readable by its owner alone


def load_weights(folder: Path) -> dict[str, Tensor]:
    """Return the tensors of ``<folder>/model.safetensors`` as float32."""
    from safetensors.torch import load_file

    return {name: value.float() for name, value in load_file(folder / "model.safetensors").items()}


def write_json(path: Path, content: Any) -> None:
    """Write ``content`` as indented JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """Return the content of a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def source(name: str, file: Path, licence: str, rows: Mapping[str, int]) -> dict[str, Any]:
    """Describe a data file for the card: what it is, how many rows of each part were read, and its SHA-256."""
    return {"name": name, "file": file.name, "licence": licence, "rows": dict(rows), "sha256": corpora.sha256(file)}


def hardware() -> str:
    """Return the processor (and the graphics card, if used), as it stands in the card."""
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        name = models[0] if models else name
    return f"{os.cpu_count()} cores of {name}"


def command(module: str, arguments: Sequence[str] | None = None) -> str:
    """Return the command line that was given, with the folders of this machine left out."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    folders = {"--data": "DATA", "--packages": "PACKAGES", "--encoder": "MINILM", "--out": "OUT", "--bundle": "BUNDLE"}
    folders["--start"] = "BEFORE"
    names = [Path(word).name if "/" in word else word for word in words]
    shown = [folders.get(before, word) for before, word in zip(["", *words], names, strict=False)]
    return f"python -m nlpcore.training.{module} {' '.join(shown)}".strip()


def described(
    module: str, sources: Sequence[Mapping[str, Any]], recipe: Any, run: Run, model: nn.Module
) -> dict[str, Any]:
    """Return what metrics.json says of a finished run besides its quality; ``recipe`` is a dataclass."""
    parameters = sum(parameter.numel() for parameter in model.parameters())
    found: dict[str, Any] = {"data": list(sources), "recipe": asdict(recipe), "command": command(module)}
    return found | {"hardware": hardware(), "seconds": round(run.seconds, 1), "parameters": parameters}


def bootstrap_f1(counts: npt.NDArray[np.int64], draws: int = 1000, seed: int = 0) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of F1.

    ``counts``: (units, 3), for each drawn unit its right, found and wanted entities; units are drawn with replacement
    (Efron 1979).
    """
    rng = np.random.default_rng(seed)
    picks = rng.integers(len(counts), size=(draws, len(counts)))
    right, found, wanted = counts[picks].sum(1).T  # each (draws,)
    low, high = np.percentile(2 * right / (found + wanted), [2.5, 97.5])
    return float(low), float(high)


def bootstrap_mean(values: npt.NDArray[np.float64], draws: int = 1000, seed: int = 0) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the mean of ``values``, one for each drawn unit (Efron 1979)."""
    rng = np.random.default_rng(seed)
    means = [values[rng.integers(len(values), size=len(values))].mean() for _ in range(draws)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def _flat(content: Any, prefix: str = "") -> Iterable[tuple[str, str]]:
    if isinstance(content, dict):
        for key, value in content.items():
            yield from _flat(value, f"{prefix}_{key}" if prefix else str(key))
    elif isinstance(content, list) and all(isinstance(value, float) for value in content):
        yield prefix, "–".join(_number(value, prefix) for value in content)
    elif isinstance(content, bool | int | str):
        yield prefix, f"{content:,}" if type(content) is int and abs(content) >= 10_000 else str(content)
    elif isinstance(content, float):
        yield prefix, _number(content, prefix)


def _number(value: float, name: str) -> str:
    """Shares are written in per cent, perplexities and bits with two digits after the point, rates as they are."""
    if any(word in name for word in ("accuracy", "f1", "precision", "recall", "share")) and 0 <= value <= 1:
        return f"{100 * value:.1f}"
    if "recipe" in name:
        return f"{value:g}"
    return f"{value:.2f}"


def _data_table(sources: Sequence[Mapping[str, Any]]) -> str:
    lines = ["| data | file | licence | rows | SHA-256 |", "|---|---|---|---|---|"]
    for entry in sources:
        rows = ", ".join(f"{count:,} {part}" for part, count in entry["rows"].items())
        lines.append(f"| {entry['name']} | `{entry['file']}` | {entry['licence']} | {rows} | `{entry['sha256']}` |")
    return "\n".join(lines)


def _recipe_table(recipe: Mapping[str, Any]) -> str:
    shown = {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in recipe.items()}
    rows = [f"| {name.replace('_', ' ')} | {value} |" for name, value in shown.items()]
    return "\n".join(["| setting | value |", "|---|---|", *rows])


def _rounds_table(rounds: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        f"| {number} | {part['tokens']:,} | {part['seconds'] / 60:.0f} | {part['hardware']} | {part['perplexity']:.1f} |"
        f" `{part['command']}` |"
        for number, part in enumerate(rounds, 1)
    ]
    return "\n".join(
        ["| round | tokens | minutes | hardware | perplexity after it | command |", "|---" * 6 + "|", *rows]
    )


def render_card(model_id: str, metrics: Mapping[str, Any]) -> str:
    """Return the model card: the template of ``model_id`` filled in from metrics.json; KeyError if a figure lacks."""
    values = dict(_flat(dict(metrics)))
    values |= {"data_table": _data_table(metrics["data"]), "recipe_table": _recipe_table(metrics["recipe"])}
    if second := metrics.get("second_head"):
        values |= {"second_data_table": _data_table(second["data"])}
        values |= {"second_recipe_table": _recipe_table(second["recipe"])}
    values["rounds_table"] = _rounds_table(metrics.get("rounds", []))
    values["minutes"] = f"{metrics['seconds'] / 60:.0f}"
    template = string.Template((CARDS / f"{model_id}.md").read_text(encoding="utf-8"))
    return template.substitute(values)


def finish(folder: Path, model_id: str, metrics: Mapping[str, Any]) -> None:
    """Write metrics.json into the bundle, and the card as the file says it: a tuple, for one, is a list there."""
    write_json(folder / "metrics.json", metrics)
    card = render_card(model_id, read_json(folder / "metrics.json"))
    (folder / "README.md").write_text(card, encoding="utf-8")
