"""The last layers against the models' own logits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from nlpcore.learning.last_layer import LastLayer, last_layer
from nlpcore.models import load

TEXT, HYPOTHESIS, QUESTION = "The waiter in Paris was rude.", "Somebody was unfriendly.", "Who was rude?"
pytestmark = pytest.mark.models


def _outputs(model_id: str, *texts: str, **more: Any) -> Any:
    model = load(model_id)
    with torch.inference_mode():
        return model.network(**{k: torch.tensor([v]) for k, v in model.tokenizer(*texts).items()}, **more)


def _same(trace: LastLayer, number: int, logits: Any, names: list[str]) -> None:
    """The decision has the likeliest classes of these logits, in their order, with torch's softmax."""
    decision = trace.decisions[number]
    p = logits.double().softmax(-1)
    order = p.argsort(descending=True, stable=True)[: len(decision.names)].tolist()
    assert decision.names == tuple(names[i] for i in order) and decision.classes == len(p)
    np.testing.assert_allclose(decision.probabilities, p[order].numpy(), atol=1e-5)
    np.testing.assert_allclose(decision.logits, logits[order].numpy(), atol=1e-3)
    np.testing.assert_allclose(np.exp(decision.logits - decision.normaliser), decision.probabilities, atol=1e-9)
    assert decision.rest == pytest.approx(1 - float(p[order].sum()), abs=1e-5)


@pytest.mark.parametrize(
    ("model_id", "second", "labels"),
    [
        ("minilm-l6-imdb", "", ["negative", "positive"]),
        ("minilm-l6-nli", HYPOTHESIS, ["entailment", "neutral", "contradiction"]),
    ],
)
def test_a_text_has_one_decision(model_id: str, second: str, labels: list[str]) -> None:
    trace = last_layer(model_id, TEXT, second)
    texts = (TEXT, second) if second else (TEXT,)
    _same(trace, 0, _outputs(model_id, *texts).logits[0], labels)
    layer = load(model_id).network.classifier
    assert (trace.outputs, trace.width) == tuple(layer.weight.shape) == (len(labels), 384)
    assert trace.parameters == sum(p.numel() for p in layer.parameters()) and trace.numbers == len(labels)
    assert trace.tokens == len(load(model_id).tokenizer(*texts)["input_ids"]) and len(trace.decisions) == 1


def test_each_word_has_a_decision_among_nine_tags() -> None:
    trace = last_layer("minilm-l6-ner", TEXT)
    assert [decision.about for decision in trace.decisions] == ["The", "waiter", "in", "Paris", "was", "rude", "."]
    model = load("minilm-l6-ner")
    kinds = [0 if word.islower() or not word.isalpha() else 1 for word in TEXT.replace(".", " .").split()]
    names = [model.network.config.id2label[i] for i in range(9)]
    ids = model.tokenizer(TEXT)["input_ids"]
    with torch.inference_mode():
        logits = model.network(torch.tensor([ids]), token_type_ids=torch.tensor([[0, *kinds, 0]])).logits[0]
    _same(trace, 3, logits[4], names)
    assert trace.decisions[3].names[0] == "B-LOC" and trace.numbers == 9 * len(ids) == logits.numel()
    assert trace.parameters == 9 * 384 + 9


def test_the_places_of_the_text_are_the_classes_of_an_answer() -> None:
    trace = last_layer("minilm-l6-qa", TEXT, QUESTION)
    outputs = _outputs("minilm-l6-qa", QUESTION, TEXT)
    asked, own = (len(load("minilm-l6-qa").tokenizer(text)["input_ids"]) - 2 for text in (QUESTION, TEXT))
    names = ["the", "waiter", "in", "paris", "was", "rude", "."]
    inside = slice(asked + 2, asked + 2 + own)
    _same(trace, 0, outputs.start_logits[0, inside], names)
    _same(trace, 1, outputs.end_logits[0, inside], names)
    assert [d.about for d in trace.decisions] == ["start", "end"] and own == len(names) == trace.decisions[0].classes
    assert trace.outputs == 2 and trace.numbers == 2 * (asked + own + 3)
    unasked = last_layer("minilm-l6-qa", TEXT, " ")
    assert unasked.decisions[0].classes == own and unasked.tokens == own + 2, "[CLS] text [SEP], and no empty question"


def test_the_next_token_is_one_of_49152() -> None:
    trace = last_layer("smollm2-135m", TEXT)
    logits = _outputs("smollm2-135m", TEXT).logits[0]
    tokenizer = load("smollm2-135m").tokenizer
    order = logits[-1].argsort(descending=True)[:9].tolist()
    names = {i: tokenizer.decode([i]) for i in order}
    _same(trace, 0, logits[-1], [names.get(i, "") for i in range(49152)])
    assert trace.numbers == logits.numel() == 49152 * trace.tokens and not trace.bias
    assert trace.parameters == 49152 * 576 and trace.decisions[0].classes == 49152


def test_a_long_text_is_cut_with_a_note() -> None:
    for model_id in ("minilm-l6-imdb", "minilm-l6-ner", "minilm-l6-qa"):
        trace = last_layer(model_id, "rain " * 300, "where")
        assert trace.tokens <= 42 and any(note.code.startswith("cut_") for note in trace.notes)
