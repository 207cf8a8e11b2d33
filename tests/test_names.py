"""The names that other code relies on, as the README states them."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from importlib import import_module

import pytest

NAMES = {
    "nlpcore.models": ("catalogue", "load"),
    "nlpcore.words": ("load_vectors", "project", "WordVectors", "Projection"),
    "nlpcore.recurrent": ("trace_rnn", "trace_lstm", "trace_gru", "LSTMTrace"),
    "nlpcore.attention": ("scaled_dot_product", "attention_maps", "AttentionTrace", "AttentionMaps"),
    "nlpcore.language_models": ("corrupt", "fill_mask", "Corruption"),
    "nlpcore.tagging": ("to_bio", "from_bio", "tag", "Tagging"),
}


@pytest.mark.parametrize("module", NAMES)
def test_public_names_exist_and_are_documented(module: str) -> None:
    found = import_module(module)
    for name in NAMES[module]:
        member = getattr(found, name)
        assert name in found.__all__
        assert (inspect.getdoc(member) or "").strip(), f"{module}.{name} has no docstring"


def test_signatures() -> None:
    from nlpcore.attention import attention_maps, scaled_dot_product
    from nlpcore.language_models import corrupt, fill_mask
    from nlpcore.tagging import tag
    from nlpcore.words import WordVectors, project

    assert list(inspect.signature(scaled_dot_product).parameters)[:4] == ["q", "k", "v", "mask"]
    assert list(inspect.signature(attention_maps).parameters)[:2] == ["model", "text"]
    assert list(inspect.signature(fill_mask).parameters)[:3] == ["model", "text", "k"]
    assert list(inspect.signature(tag).parameters)[:2] == ["model", "text"]
    corruption = inspect.signature(corrupt).parameters
    assert corruption["rate"].default == 0.15
    assert tuple(corruption["split"].default) == (0.8, 0.1, 0.1)
    assert {"vectors", "method", "perplexity", "seed", "on_frame"} <= set(inspect.signature(project).parameters)
    for method in ("nearest", "analogy", "evaluate_analogies"):
        assert callable(getattr(WordVectors, method))


def test_command_line_lists_the_catalogue_as_json() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nlpcore.models", "list", "--json"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    listed = json.loads(done.stdout)
    ids = {item["id"] for item in (listed["models"] if isinstance(listed, dict) else listed)}
    assert {"glove-6b-50d", "minilm-l6", "smollm2-135m", "words-zh-64d", "lac-zh", "minilm-l6-mlm"} <= ids
