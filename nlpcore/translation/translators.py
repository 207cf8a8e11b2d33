"""A translator's network and tokenizers, built from a configuration or read from its folder."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlpcore.models.catalogue import Entry
from nlpcore.models.loading import Parts, loader
from nlpcore.translation.gru import GRUTranslator
from nlpcore.translation.transformer import TransformerTranslator

SIZES = {"gru": ("embedding", "hidden"), "transformer": ("width", "heads", "inner", "layers")}
_NETWORKS = {"gru": GRUTranslator, "transformer": TransformerTranslator}
Network = GRUTranslator | TransformerTranslator


@dataclass(frozen=True, slots=True)
class Tokenizers:
    """The tokenizers (of the library tokenizers) of both languages. They are shared: never set truncation or padding.

    Attributes:
        source, target: of each language.
    """

    source: Any
    target: Any


def build(config: Mapping[str, Any], source: int, target: int, dropout: float = 0.0) -> Network:
    """Return an untrained network for vocabularies of these sizes; ``config``: "architecture" and the SIZES of it."""
    architecture = config["architecture"]
    sizes = {name: int(config[name]) for name in SIZES[architecture]}
    return _NETWORKS[architecture](source, target, dropout=dropout, **sizes)  # type: ignore[no-any-return, operator]


@loader("translator")
def _load(_: Entry, folder: Path) -> Parts:
    return Parts(read_network(folder), read_tokenizers(folder))


def read_tokenizers(folder: str | os.PathLike[str]) -> Tokenizers:
    """Return the tokenizers of a translator's folder."""
    from tokenizers import Tokenizer

    names = ("source", "target")
    return Tokenizers(*(Tokenizer.from_file(str(Path(folder) / f"{name}_tokenizer.json")) for name in names))


def read_network(folder: str | os.PathLike[str]) -> Network:
    """Return the network of a translator's folder in single precision and evaluation mode."""
    from safetensors.torch import load_file

    folder = Path(folder)
    weights = load_file(folder / "model.safetensors")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    network = build(config, len(weights["source.weight"]), len(weights["target.weight"]))
    network.load_state_dict({name: value.float() for name, value in weights.items()})
    return network.eval()
