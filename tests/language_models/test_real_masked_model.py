"""The bundled masked language model, where it is here: its numbers agree with transformers, whatever its quality."""

from __future__ import annotations

from typing import Any

import pytest

from nlpcore.language_models import fill_mask
from nlpcore.language_models.mask_attention import attention_change
from nlpcore.models import load, store
from tests.skips import needs_models

MODELS = {"minilm-l6-mlm": "The capital of France is [MASK].", "bert-mini-zh": "北[MASK]是中国的首都。"}
pytestmark = pytest.mark.models


def bundled(model_id: str) -> Any:
    needs_models(model_id)
    return load(model_id)


@pytest.fixture(scope="module")
def real() -> Any:
    return bundled("minilm-l6-mlm")


@pytest.mark.parametrize("model_id", MODELS)
def test_the_same_answers_as_the_pipeline(model_id: str) -> None:
    from transformers import AutoTokenizer, pipeline

    real, text = bundled(model_id), MODELS[model_id]
    tokenizer = AutoTokenizer.from_pretrained(store().folder(real.entry.tokenizer))
    theirs = pipeline("fill-mask", model=real.network, tokenizer=tokenizer, device=real.device)
    ours = fill_mask(real, text, 5).fills[0].candidates
    reference = theirs(text, top_k=5, tokenizer_kwargs={"padding": False, "truncation": False})
    assert [c.token_id for c in ours] == [answer["token"] for answer in reference]
    assert [c.probability for c in ours] == pytest.approx([answer["score"] for answer in reference], abs=1e-5)


def test_the_whole_vocabulary_shares_one_probability(real: Any) -> None:
    trace = fill_mask(real, "She sat on the chair.", 40_000, words=(4,))
    (fill,) = trace.fills
    assert trace.vocabulary == len(fill.candidates) == 30522
    assert sum(c.probability for c in fill.candidates) == pytest.approx(1)
    assert fill.original is not None and fill.original.token == "chair"
    assert fill.original == fill.candidates[fill.original.rank - 1]


def test_attention_of_all_layers_and_heads(real: Any) -> None:
    trace = attention_change(real, "She sat on the chair.", words=(4,))
    assert trace.shown.shape == trace.hidden.shape == (6, 12, 8, 8)
    assert trace.shown.sum(-1) == pytest.approx(1, abs=1e-4)


def test_the_chinese_model_fills_a_gap_and_says_what_it_cannot_read() -> None:
    real = bundled("bert-mini-zh")
    trace = fill_mask(real, "北京是中国的首都。", 5, words=(1,))
    assert trace.fills[0].answer.token == "京" and not trace.notes
    assert [note.code for note in fill_mask(real, "It is a [MASK] day", 5).notes] == ["text_is_not_chinese"]
