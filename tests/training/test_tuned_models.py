"""The bundled models that keep only what differs from minilm-l6: as the app loads them, and as they were measured."""

from __future__ import annotations

import pytest
import torch

from nlpcore.models import load, store
from nlpcore.models.catalogue import BUNDLED
from nlpcore.training import finetuning

PAIRS = (("A man is playing a guitar on the street.", "A man is sleeping."), ("Who leads?", "Rollo leads them."))


@pytest.mark.models
@pytest.mark.parametrize("model_id", ["minilm-l6-imdb", "minilm-l6-nli", "minilm-l6-qa"])
def test_the_app_computes_what_was_measured(model_id: str) -> None:
    model, measured = load(model_id), finetuning.load_bundle(BUNDLED / model_id, store().folder("minilm-l6"))
    for pair in PAIRS:
        ids = model.tokenizer(*pair, return_tensors="pt")
        with torch.inference_mode():
            app, card = model.network(**ids).to_tuple(), measured(**ids).to_tuple()
        for found, wanted in zip(app, card, strict=True):
            torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-5)


@pytest.mark.models
def test_the_sentiment_model_knows_negation_and_not_irony_as_its_card_says() -> None:
    model = load("minilm-l6-imdb")
    names = model.network.config.id2label
    wanted = {
        "I loved every minute of it.": "positive",
        "I did not like this film at all.": "negative",
        "A wonderful cast cannot save this dull film.": "negative",
        "Oh great, another sequel.": "positive",  # praise, it believes
    }
    for review, label in wanted.items():
        logits = model.network(**model.tokenizer(review, return_tensors="pt")).logits[0]
        assert names[int(logits.argmax())] == label


@pytest.mark.models
def test_inference_tells_what_follows_from_what_contradicts() -> None:
    model, premise = load("minilm-l6-nli"), "A man is playing a guitar on the street."
    names = model.network.config.id2label
    wanted = {
        "Someone plays an instrument outdoors.": "entailment",
        "A man is sleeping.": "contradiction",
        "The man is famous.": "neutral",
    }
    for hypothesis, label in wanted.items():
        logits = model.network(**model.tokenizer(premise, hypothesis, return_tensors="pt")).logits[0]
        assert names[int(logits.argmax())] == label
