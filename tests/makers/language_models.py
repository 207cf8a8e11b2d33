"""A masked language model small enough to be made in every test run: real code, weights that know nothing."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

WORDS = [
    *("[PAD]", "[unused0]", "[unused1]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"!',.?-<>[]", "un", "##happy", "##ness"),
    *("the", "a", "cat", "dog", "sat", "on", "mat", "paris", "london", "is", "not", "robin", "bird", "nurse", "doctor"),
    *("he", "she", "script", "cls", "sep", "t", "don", "capital", "of", "france"),
]


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as on the hub: config.json, model.safetensors, tokenizer files."""
    import torch
    from transformers import BertConfig, BertForMaskedLM, BertTokenizerFast

    folder = tmp_path_factory.mktemp("tiny-mlm")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=24,
        num_hidden_layers=3,
        num_attention_heads=4,
        intermediate_size=32,
        max_position_embeddings=64,
        initializer_range=0.7,  # large weights, so that probabilities differ visibly
    )
    BertForMaskedLM(config).save_pretrained(folder)
    BertTokenizerFast(vocab={word: i for i, word in enumerate(WORDS)}, do_lower_case=True).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny(tiny_folder: Path) -> Any:
    """The folder read back, with the attributes of a loaded model that filling masks uses."""
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    network = AutoModelForMaskedLM.from_pretrained(tiny_folder, attn_implementation="eager").eval()
    tokenizer = AutoTokenizer.from_pretrained(tiny_folder)
    return SimpleNamespace(
        id="tiny-mlm",
        entry=SimpleNamespace(kind="masked-lm", max_tokens=64, languages=("en",)),
        folder=tiny_folder,
        network=network,
        tokenizer=tokenizer,
        device="cpu",
        lock=threading.RLock(),
    )
