"""What the lesson says about the real models, measured."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from nlpcore.attention import attention_maps, read_attention, summarise
from nlpcore.models import LoadedModel, load
from tests.skips import needs_models

pytestmark = pytest.mark.models


@pytest.fixture(scope="module", params=["minilm-l6", "smollm2-135m"])
def model(request: pytest.FixtureRequest) -> LoadedModel:
    needs_models(request.param)
    return load(request.param)


def test_weights_follow_from_the_models_own_queries_and_keys(model: LoadedModel) -> None:
    reading = read_attention(model, "The cat sat on the mat because it was tired.")
    maps, vectors = reading.maps, reading.vectors
    assert np.abs(maps.weights.sum(-1) - 1).max() < 1e-4
    for layer in range(maps.layers):
        recomputed = np.stack([vectors.trace(layer, head).weights for head in range(maps.heads)])
        np.testing.assert_allclose(recomputed, maps.weights[layer], atol=5e-5)


def test_the_weighted_sums_of_all_heads_are_what_the_model_hands_on(model: LoadedModel) -> None:
    """Side by side through W_O and added to the layer's input they are what the network has after its attention."""
    import torch

    text, last = "The cat sat on the mat because it was tired.", model.network.config.num_hidden_layers - 1
    vectors = read_attention(model, text).vectors
    heads = [vectors.trace(last, head).output for head in range(vectors.q.shape[1])]
    joined = torch.from_numpy(np.concatenate(heads, axis=-1))[None]
    network = copy.deepcopy(model.network.base_model)  # a hook is never set on a network that others use
    bert = hasattr(network, "encoder")
    block = network.encoder.layer[last].attention if bert else network.layers[last].self_attn
    seen = []
    out = block.output.dense if bert else block.o_proj
    out.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    with torch.inference_mode():
        network(**model.tokenizer(text, return_tensors="pt"))
    torch.testing.assert_close(seen[0].float(), joined, atol=2e-4, rtol=2e-3)


@pytest.fixture(scope="module")
def minilm() -> LoadedModel:
    needs_models("minilm-l6")
    return load("minilm-l6")


def _weight(
    model: LoadedModel, text: str, query: str, key: str, layer: int, head: int, pair: str | None = None
) -> float:
    maps = attention_maps(model, text, pair)
    return float(maps.weights[layer - 1, head - 1, maps.tokens.index(query), maps.tokens.index(key)])


def test_layer_1_head_3_looks_at_the_previous_token(minilm: LoadedModel) -> None:
    for text in ("The animal didn't cross the street.", "Paris is the capital of France and Berlin of Germany."):
        assert summarise(attention_maps(minilm, text)).previous[0, 2] > 0.99


def test_layer_2_head_9_prefers_the_next_token(minilm: LoadedModel) -> None:
    assert (
        summarise(attention_maps(minilm, "The animal didn't cross the street because it was too tired.")).pattern(1, 8)
        == "next"
    )


def test_layer_5_head_6_rests_on_cls(minilm: LoadedModel) -> None:
    summary = summarise(attention_maps(minilm, "The animal didn't cross the street because it was too tired."))
    assert summary.special[4, 5] > 0.8 and summary.first[4, 5] > 0.8


def test_layer_4_head_2_leads_from_it_to_a_noun_and_cannot_tell_big_from_small(minilm: LoadedModel) -> None:
    story = "The trophy doesn't fit in the suitcase because it is too {}."
    for word in ("big", "small"):
        assert _weight(minilm, story.format(word), "it", "trophy", 4, 2) > 0.5
    assert _weight(minilm, "The keys to the cabinet are on the table.", "are", "keys", 4, 2) > 0.7


def test_layer_3_head_10_finds_the_same_word_in_another_form(minilm: LoadedModel) -> None:
    first, second = "A man is playing a guitar on the street.", "Someone plays an instrument outdoors."
    assert _weight(minilm, first, "plays", "playing", 3, 10, second) > 0.7
    assert _weight(minilm, first, "playing", "plays", 3, 10, second) > 0.7


def test_layer_1_head_5_links_bank_to_river_before_any_context(minilm: LoadedModel) -> None:
    assert _weight(minilm, "She sat on the bank of the river and counted her money.", "bank", "river", 1, 5) > 0.6


def test_the_decoder_rests_on_its_first_token_and_repeats_what_followed_before() -> None:
    needs_models("smollm2-135m")
    decoder = load("smollm2-135m")
    first = summarise(attention_maps(decoder, "The quick brown fox jumps over the lazy dog.")).first
    assert first.size == 270 and abs((first > 0.5).sum() - 209) <= 3
    maps = attention_maps(decoder, "red cat blue house green stone red cat blue house green")
    after_the_same_word = [maps.weights[18, 6, i, i - 5] for i in range(6, 11)]
    assert np.mean(after_the_same_word) > 0.6
