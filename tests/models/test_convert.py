"""Conversions at fetch: words out of a pickle without running it, and a GGUF file into safetensors."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch

from nlpcore.models import Store, convert
from nlpcore.models.errors import FetchError, UnsafeFile
from nlpcore.models.fetching import fetch
from nlpcore.models.loading import quiet_transformers
from tests.models.makers import House, word_files

WORDS = ["the", "th", "Ġcat", "Ġsat", "Ġon", "Ġmat", "<|end|>", *"abcdefghijklmnopqrstuvwxyz"]


class _RunsCode:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def test_words_of_a_pickle() -> None:
    assert convert.read_pickled_words(pickle.dumps(["的", "cat"])) == ["的", "cat"]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_that_would_run_code_runs_nothing(tmp_path: Path, protocol: int) -> None:
    mischief = tmp_path / "mischief"
    with pytest.raises(UnsafeFile, match="only plain words are read"):
        convert.read_pickled_words(pickle.dumps(["的", _RunsCode(mischief)], protocol=protocol))
    assert not mischief.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"c__builtin__\neval\n(S'1'\ntR.",
        b"cos\nsystem\n(S'true'\ntR.",
        b"Pword\n.",  # a persistent id
        pickle.dumps(np.array(["a"])),
        pickle.dumps({"a": 1}),
        pickle.dumps(["a", 1]),
        pickle.dumps(["a"])[:-3],
        b"",
        b"not a pickle",
        b"\x80\x05\x95" + b"\xff" * 8 + b"]\x94.",  # a frame longer than any memory
    ],
)
def test_what_is_not_a_list_of_words_is_refused(content: bytes) -> None:
    with pytest.raises(UnsafeFile):
        convert.read_pickled_words(content)


def test_a_malicious_wheel_leaves_nothing_behind(house: House, own_store: Store, tmp_path: Path) -> None:
    mischief = tmp_path / "mischief"
    files = word_files() | {"words.pickle": pickle.dumps([_RunsCode(mischief)])}
    house.add("evil", files, pickled="words.pickle")
    with pytest.raises(UnsafeFile):
        fetch(own_store, "evil")
    assert not mischief.exists()
    assert own_store.state("evil") == "missing"


@pytest.fixture(scope="module")
def tiny_gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a Llama of two layers, 64 wide, its matrices in 4 bits (Q4_1) as in smollm2-135m."""
    path = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    width, layers, heads, inner = 64, 2, 4, 128
    writer.add_context_length(64)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(inner)
    writer.add_head_count(heads)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(width // heads)
    writer.add_rope_freq_base(10_000.0)
    writer.add_vocab_size(len(WORDS))
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(WORDS)
    writer.add_token_types(
        [gguf.TokenType.CONTROL if word.startswith("<|") else gguf.TokenType.NORMAL for word in WORDS]
    )
    writer.add_token_merges(["t h", "th e"])
    writer.add_eos_token_id(6)
    rng = np.random.default_rng(0)
    shapes = {"attn_q": (width, width), "attn_k": (width // 2, width), "attn_v": (width // 2, width)}
    shapes |= {
        "attn_output": (width, width),
        "ffn_gate": (inner, width),
        "ffn_up": (inner, width),
        "ffn_down": (width, inner),
    }
    _add(writer, "token_embd.weight", rng.normal(size=(len(WORDS), width)))
    writer.add_tensor("output_norm.weight", np.ones(width, np.float32))
    for layer in range(layers):
        for name in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{layer}.{name}.weight", np.ones(width, np.float32))
        for name, shape in shapes.items():
            _add(writer, f"blk.{layer}.{name}.weight", rng.normal(scale=0.2, size=shape))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add(writer: gguf.GGUFWriter, name: str, values: np.ndarray[Any, Any]) -> None:
    kind = gguf.GGMLQuantizationType.Q4_1
    writer.add_tensor(name, gguf.quants.quantize(values.astype(np.float32), kind), raw_dtype=kind)


def test_a_converted_gguf_gives_the_logits_of_the_original(tiny_gguf: Path, tmp_path: Path) -> None:
    """Every weight is the original's, rounded to half precision; that moves logits of up to 30 by less than 0.05."""
    convert.convert_gguf(tiny_gguf, tmp_path)
    auto = quiet_transformers().AutoModelForCausalLM
    original = auto.from_pretrained(tiny_gguf.parent, gguf_file=tiny_gguf.name, dtype=torch.float32).eval()
    converted = auto.from_pretrained(tmp_path, dtype=torch.float32).eval()
    token_ids = torch.tensor([[0, 1, 2, 3, 0, 4, 9, 30]])
    with torch.inference_mode():
        torch.testing.assert_close(converted(token_ids).logits, original(token_ids).logits, atol=0.05, rtol=0)
    rounded = {name: value.half().float() for name, value in original.state_dict().items()}
    torch.testing.assert_close(dict(converted.state_dict()), rounded, atol=0, rtol=0)
    assert converted.config.dtype == torch.float32
    stored = {path.name for path in tmp_path.iterdir()}
    assert {"model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json"} <= stored
    tokenizer = quiet_transformers().AutoTokenizer.from_pretrained(tmp_path)
    assert tokenizer.convert_ids_to_tokens(tokenizer("the")["input_ids"]) == ["the"]


def test_a_conversion_that_changes_the_model_is_refused(tiny_gguf: Path) -> None:
    auto = quiet_transformers().AutoModelForCausalLM
    original = auto.from_pretrained(tiny_gguf.parent, gguf_file=tiny_gguf.name, dtype=torch.float32).eval()
    other = auto.from_config(original.config).eval()
    with pytest.raises(FetchError, match="differs from the original"):
        convert._same_logits(original, other, torch.tensor([[0, 1, 2, 3]]))
