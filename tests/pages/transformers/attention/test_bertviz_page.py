"""The BertViz page against what BertViz itself writes, without a browser."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import numpy as np
import pytest

from nlpcore import attention
from nlpcore.models import load
from pages.transformers.attention import bertviz_page
from tests.pages.screen import open_page, sound, text_of

LABELS = {name: name for name in ("layer", "layers", "head", "heads", "attention", "all", "aa", "bb", "ab", "ba")}
TOKENS = ["[CLS]", "the", "</script><script>alert(1)</script>", "&amp;", "[SEP]"]


@pytest.fixture(scope="module")
def weights() -> np.ndarray:
    raw = np.random.default_rng(0).random((3, 4, 5, 5)) ** 4
    return raw / raw.sum(-1, keepdims=True)


def _parameters(page: str) -> dict[str, Any]:
    found = re.search(r"const bertvizParameters = (.*);\n", page)
    assert found
    return json.loads(found[1])


@pytest.mark.parametrize("view", ["head", "model"])
def test_the_page_carries_the_parameters_that_bertviz_writes(view: str, weights: np.ndarray) -> None:
    import bertviz as original
    import torch

    draw = original.head_view if view == "head" else original.model_view
    tensors = [torch.from_numpy(layer)[None] for layer in weights]
    theirs = json.loads(
        re.search(r"const params = (\{.*\}); // HACK", draw(tensors, TOKENS, html_action="return").data)[1]
    )
    ours = _parameters(bertviz_page.page(view, weights, TOKENS, [0] * 5, LABELS, layer=0))
    assert set(theirs) - {"attention", "display_mode"} <= set(ours)
    assert [n + 1 for n in theirs["include_layers"]] == ours["include_layers"]
    bytes_ = np.frombuffer(base64.b64decode(ours["data"]["weights"]), np.uint8).reshape(ours["data"]["shape"] + [5])
    np.testing.assert_allclose(bytes_ / 255, theirs["attention"][0]["attn"], atol=0.5 / 255)
    assert ours["data"]["tokens"] == theirs["attention"][0]["left_text"]


@pytest.mark.parametrize("view", ["head", "model"])
def test_what_a_learner_types_cannot_leave_its_string(view: str, weights: np.ndarray) -> None:
    page = bertviz_page.page(view, weights, TOKENS, [0, 0, 0, 1, 1], LABELS)
    assert "alert(1)" in page and "<script>alert(1)" not in page
    assert page.count("</script") == page.count("<script>") - _mentions(page)


def _mentions(page: str) -> int:
    """jQuery names the opening tag in a string; it never writes the closing one."""
    return page.count('"<script>"')


@pytest.mark.parametrize("view", ["head", "model"])
def test_nothing_is_fetched_from_anywhere(view: str, weights: np.ndarray) -> None:
    page = bertviz_page.page(view, weights, TOKENS, [0] * 5, LABELS)
    assert "cdnjs" not in page and not re.search(r"<(script|link|img)[^>]+(src|href)=", page)
    assert "default-src 'none'" in page


def test_it_is_far_smaller_than_bertviz_writes_it() -> None:
    """6 × 12 heads and 27 tokens: BertViz's own page is 1.7 MB, all weights as decimal text, without d3 and jQuery."""
    weights = np.full((6, 12, 27, 27), 1 / 27)
    data = len(bertviz_page.page("head", weights, ["word"] * 27, [0] * 27, LABELS))
    scripts = len(bertviz_page.page("head", weights[:1, :1, :1, :1], ["word"], [0], LABELS))
    assert data - scripts < 75_000 and data < 450_000


def test_long_texts_are_capped_by_what_a_browser_draws() -> None:
    assert bertviz_page.most_tokens("head", 6, 12) == 64 and bertviz_page.most_tokens("model", 6, 12) == 33
    assert bertviz_page.most_tokens("model", 30, 9) == 17


def test_the_words_are_those_of_the_page(weights: np.ndarray) -> None:
    labels = LABELS | {"heads": "注意力头", "layers": "层", "layer": "层", "head": "头"}
    page = bertviz_page.page("model", weights, TOKENS, [0] * 5, labels)
    assert '.text("Heads")' not in page and json.dumps("注意力头") in page and "'Layer '" not in page


def test_the_same_input_gives_the_same_page(weights: np.ndarray) -> None:
    pages = {bertviz_page.page("model", weights, TOKENS, [0] * 5, LABELS) for _ in range(2)}
    assert len(pages) == 1


@pytest.mark.models
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("words", [720, 100, 20])
def test_of_a_long_text_it_is_said_how_many_tokens_were_read_and_how_many_bertviz_draws(
    words: int, lang: str, drawn_weights: list[np.ndarray]
) -> None:
    text = "tea " * words
    app = sound(open_page("attention", panel="model_view", lang=lang, text=text, model="minilm-l6"))
    weights = attention.attention_maps(load("minilm-l6"), text.strip()).weights
    read, kept = weights.shape[-1], drawn_weights[-1].shape[-1]
    told = drawn_weights[-1] != 0  # a row that is asked about is not drawn
    assert read == min(words + 2, 128) and np.array_equal(drawn_weights[-1][told], weights[:, :, :kept, :kept][told])
    said = [
        re.findall(r"\d+", sentence)
        for sentence in re.findall(r"BertViz[^.。]*", text_of(app))
        if str(read) in sentence
    ]
    assert said == (
        []
        if kept == read
        else [[str(kept), str(read), str(read)] if lang == "en" else [str(read), str(kept), str(read)]]
    )
    assert (kept < read) == (words > 62)
