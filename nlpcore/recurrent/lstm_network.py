"""The two small trained networks as plain arrays: embedding, one LSTM layer, and a linear output layer."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from nlpcore.arrays import Floats
from nlpcore.models.catalogue import Entry
from nlpcore.models.loading import Parts, loader
from nlpcore.recurrent.cells import LSTMCell
from nlpcore.recurrent.word_tokens import UNKNOWN

CLASSIFIER, LANGUAGE_MODEL = "lstm-classifier", "lstm-language-model"
POOLINGS = ("last", "mean")


class HasFolder(Protocol):
    """A loaded model, of which only the folder of its files is needed."""

    @property
    def folder(self) -> Path:
        """Where its files are."""
        ...


@dataclass(frozen=True, slots=True)
class LSTMNetwork:
    """A trained network: vectors of tokens go through the cell, its output through a linear layer.

    Attributes:
        architecture: ``lstm-classifier`` or ``lstm-language-model``.
        vocabulary: token of each id; "<pad>" and "<unk>" first, then by falling frequency.
        index: id of each token.
        embedding: (vocabulary, inputs): one row a token.
        cell: the weights of the layer.
        output_weight: (outputs, hidden): labels of the classifier, or characters of the language model.
        output_bias: (outputs,).
        labels: names of the classifier's outputs; empty for a language model.
        pooling: what the classifier judges: the ``last`` hidden state, or the ``mean`` of all so far.
    """

    architecture: str
    vocabulary: tuple[str, ...]
    index: Mapping[str, int]
    embedding: Floats
    cell: LSTMCell
    output_weight: Floats
    output_bias: Floats
    labels: tuple[str, ...]
    pooling: str

    def ids(self, tokens: Sequence[str]) -> list[int]:
        """Return the tokens' ids, that of "<unk>" for each token that is not in the vocabulary."""
        unknown = self.index[UNKNOWN]
        return [self.index.get(token, unknown) for token in tokens]

    def logits(self, hidden: Floats) -> Floats:
        """Return the output layer's values for hidden states (…, hidden), as (…, outputs)."""
        return hidden @ self.output_weight.T + self.output_bias


@loader("lstm")
def _load(_: Entry, folder: Path) -> Parts:
    return Parts(read_network(folder))


def network(model: HasFolder) -> LSTMNetwork:
    """Return the network of a loaded model, or read that of anything else with a ``folder``.

    Raises ValueError where the files do not fit each other.
    """
    found = getattr(model, "network", None)
    return found if isinstance(found, LSTMNetwork) else read_network(model.folder)


def read_network(folder: str | os.PathLike[str]) -> LSTMNetwork:
    """Return the network of a folder: model.safetensors, config.json, vocabulary.json.

    Raises ValueError where they do not fit each other.
    """
    from safetensors.numpy import load_file

    folder = Path(folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    vocabulary = tuple(json.loads((folder / "vocabulary.json").read_text(encoding="utf-8")))
    arrays = {name: np.asarray(value, np.float64) for name, value in load_file(folder / "model.safetensors").items()}
    lstm = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    found = LSTMNetwork(
        architecture=str(config["architecture"]),
        vocabulary=vocabulary,
        index={token: index for index, token in enumerate(vocabulary)},
        embedding=arrays["embedding.weight"],
        cell=LSTMCell(*(arrays[f"lstm.{name}"] for name in lstm)),
        output_weight=arrays["output.weight"],
        output_bias=arrays["output.bias"],
        labels=tuple(str(label) for label in config.get("labels", ())),
        pooling=str(config.get("pooling", "last")),
    )
    _check(found)
    return found


def _check(found: LSTMNetwork) -> None:
    outputs = len(found.labels) if found.architecture == CLASSIFIER else len(found.vocabulary)
    fits = (
        found.architecture in (CLASSIFIER, LANGUAGE_MODEL)
        and found.pooling in POOLINGS
        and UNKNOWN in found.index
        and found.embedding.shape == (len(found.vocabulary), found.cell.inputs)
        and found.output_weight.shape == (outputs, found.cell.hidden)
        and found.output_bias.shape == (outputs,)
        and (found.architecture != CLASSIFIER or "positive" in found.labels)
    )
    if not fits:
        raise ValueError("config.json, vocabulary.json and model.safetensors do not fit each other")
