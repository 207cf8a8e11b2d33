"""A random encoder of six small layers with a tokenizer, its marks numbered as minilm-l6's are."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.training.workplace")

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,?!'-"
WORDS = ("the", "cat", "dog", "sat", "on", "mat", "who", "what", "where", "is", "good", "bad", "film", "not", "paris")


@pytest.fixture(scope="session")
def six_layers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the encoder: its tokenizer knows a few words and cuts all others into letters."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("six-layers")
    pieces = ["[PAD]", *(f"[unused{i}]" for i in range(99)), "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces += [*LETTERS, *(f"##{letter}" for letter in LETTERS), *WORDS]
    sizes = {"hidden_size": 16, "num_hidden_layers": 6, "num_attention_heads": 2, "intermediate_size": 24}
    torch.manual_seed(0)
    config = BertConfig(vocab_size=len(pieces), initializer_range=0.3, **sizes)
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    tokenizer = BertTokenizerFast(vocab={piece: i for i, piece in enumerate(pieces)}, do_lower_case=True)
    tokenizer.save_pretrained(folder)
    return folder
