"""Tiny stand-ins for the models: the right shapes and files, random weights, made in a temporary folder."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

LABELS = ["O", *(f"{p}-{t}" for t in ("PER", "ORG", "LOC", "MISC") for p in "BI")]
SECOND_LABELS = ["O", *(f"{p}-{t}" for t in ("DATE", "TIME", "MONEY", "PERCENT") for p in "BI")]
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz0123456789.,$%'’!?"]
VOCABULARY += [f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz0123456789"]
VOCABULARY += ["maria", "silva", "paris", "##burg", "flew", "to"]


@pytest.fixture(scope="session")
def tiny_tagger(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A random BertForTokenClassification with the labels of CoNLL-2003, a vocabulary of letters, and a second head."""
    import torch
    from safetensors.numpy import save_file
    from transformers import BertConfig, BertForTokenClassification, BertTokenizerFast

    folder = tmp_path_factory.mktemp("tagger")
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY), encoding="utf-8")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(VOCABULARY), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=512, id2label=dict(enumerate(LABELS)), label2id={n: i for i, n in enumerate(LABELS)},
        initializer_range=1.0,
    )  # fmt: skip
    network = BertForTokenClassification(config).eval()
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"), do_lower_case=True)
    draws = np.random.default_rng(0)
    head = {"weight": draws.normal(size=(9, 3 * 16)), "bias": draws.normal(size=9)}
    save_file({name: value.astype(np.float32) for name, value in head.items()}, folder / "second_head.safetensors")
    return SimpleNamespace(
        id="tiny", network=network, tokenizer=tokenizer, device="cpu", folder=folder, notes=(), part=lambda _, make: make(),
        entry=SimpleNamespace(kind="token-classifier", languages=("en",)),
        config={"second_head": {"labels": SECOND_LABELS, "layer": 1}},
    )  # fmt: skip


class RandomEmissions:
    """Answers like the ONNX session of LAC: (1, characters, columns) of numbers that depend on the character only."""

    def __init__(self, columns: int, scale: float = 2.0) -> None:
        self.table = np.random.default_rng(0).normal(scale=scale, size=(50, columns)).astype(np.float32)

    def run(self, _names: None, feed: dict[str, np.ndarray]) -> list[np.ndarray]:
        assert feed["token_ids"].shape[1] == feed["length"][0]
        return [self.table[feed["token_ids"] % 50]]


@pytest.fixture
def tiny_lac(tmp_path: Path) -> Any:
    """Files and session in LAC's format with six tags (n, PER once named nr, v-B, O), more columns unused."""
    tags = ["0\tn-B", "1\tn-I", "2\tnr-B", "3\tnr-I", "4\tv-B", "2\tPER-B", "3\tPER-I", "5\tO"]
    (tmp_path / "tag.dic").write_text("\n".join(tags) + "\n", encoding="utf-8")
    words = [*"ABC你好我", "OOV"]
    (tmp_path / "word.dic").write_text("\n".join(f"{n}\t{c}" for n, c in enumerate(words)), encoding="utf-8")
    (tmp_path / "q2b.dic").write_text("Ａ\tA\n", encoding="utf-8")
    np.save(tmp_path / "lac_crf_transitions.npy", np.random.default_rng(1).normal(size=(10, 10)).astype(np.float32))
    return SimpleNamespace(
        id="lac", network=RandomEmissions(10), folder=tmp_path, notes=(), part=lambda _, make: make(),
        entry=SimpleNamespace(kind="lac", languages=("zh",)),
    )  # fmt: skip
