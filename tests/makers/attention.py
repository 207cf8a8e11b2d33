"""Small random models of the four architectures, written by the tests, so that nothing has to be fetched."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

WORDS = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "sat", "on", "mat", ".", ",", "because",
    "it", "was", "tired", "un", "##happi", "##ness",
]  # fmt: skip


@dataclass
class StandIn:
    """What nlpcore.attention uses of a loaded model."""

    network: Any
    tokenizer: Any
    entry: Any = field(default_factory=lambda: SimpleNamespace(kind="encoder", max_tokens=64, languages=("en",)))
    id: str = "stand-in"
    device: str = "cpu"
    lock: Any = field(default_factory=threading.RLock)


def word_pieces() -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    core = Tokenizer(models.WordPiece({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    core.normalizer = normalizers.BertNormalizer(lowercase=True)
    core.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    core.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return PreTrainedTokenizerFast(
        tokenizer_object=core, unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )  # fmt: skip


def byte_pieces() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    core = Tokenizer(models.BPE({c: i for i, c in enumerate(alphabet)}, []))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.post_processor = processors.ByteLevel(trim_offsets=True)
    return PreTrainedTokenizerFast(tokenizer_object=core)


def _network(kind: str) -> Any:
    import torch
    from transformers import AutoConfig, AutoModel

    sizes: dict[str, dict[str, Any]] = {
        "bert": {"hidden_size": 24, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 32},
        "distilbert": {"dim": 24, "n_layers": 2, "n_heads": 3, "hidden_dim": 32},
        "gpt2": {"n_embd": 24, "n_layer": 2, "n_head": 3},
        "llama": {
            "hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 6, "num_key_value_heads": 2,
            "intermediate_size": 32,
        },
    }  # fmt: skip
    torch.manual_seed(4)
    config = AutoConfig.for_model(kind, vocab_size=300, initializer_range=0.5, **sizes[kind])
    return AutoModel.from_config(config, attn_implementation="eager").eval().requires_grad_(False)


@pytest.fixture(scope="session")
def stand_ins() -> dict[str, StandIn]:
    pieces = {"bert": word_pieces, "distilbert": word_pieces, "gpt2": byte_pieces, "llama": byte_pieces}
    return {kind: StandIn(_network(kind), make()) for kind, make in pieces.items()}


@pytest.fixture(scope="session")
def bert(stand_ins: dict[str, StandIn]) -> StandIn:
    return stand_ins["bert"]
