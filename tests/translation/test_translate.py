"""The bundled translator on a learner's sentences: what it writes, and what it looks at."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nlpcore.errors import LearnerError
from nlpcore.models import load
from nlpcore.models.catalogue import BUNDLED
from nlpcore.translation import END, greedy, translate
from nlpcore.translation.translating import SOURCE_LIMIT

MODELS = ("seq2seq-en-zh-gru", "seq2seq-en-zh-transformer")


@pytest.fixture(params=MODELS)
def model_id(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_an_everyday_sentence_is_translated_and_each_noun_looks_at_its_word(model_id: str) -> None:
    best = translate(load(model_id), "My dog likes to drink water.")[0]
    assert best.text == "我的狗喜欢喝水。"
    assert best.weights.shape == (len(best.target_tokens), len(best.source_tokens))
    np.testing.assert_allclose(best.weights.sum(1), 1, atol=1e-5)
    for written, read in (("狗", "dog"), ("水", "water"), ("喝", "drink")):
        row = best.weights[best.target_tokens.index(written)]
        assert best.source_tokens[int(row.argmax())] == read


def test_a_beam_of_one_is_greedy_and_a_wider_one_is_ordered(model_id: str) -> None:
    model, text = load(model_id), "Where is the train station?"
    ids = torch.tensor([[*model.tokenizer.source.encode(text).ids, END]])
    alone = greedy(model.network, ids, 80)[0]
    first = translate(model, text, beam=1)[0]
    assert first.target_tokens == tuple(model.tokenizer.target.id_to_token(i) for i in alone.ids)
    assert first.log_probability == pytest.approx(alone.log_probability, abs=1e-4)
    found = translate(model, text, beam=4)
    means = [each.log_probability / len(each.target_tokens) for each in found]
    assert len(found) > 1 and means == sorted(means, reverse=True)


def test_nothing_is_refused_and_too_much_is_cut_with_a_note(model_id: str) -> None:
    model = load(model_id)
    with pytest.raises(LearnerError, match="empty_text"):
        translate(model, "  \n")
    long = translate(model, "dog " * 500)[0]
    assert len(long.source_tokens) == SOURCE_LIMIT and long.source_tokens[-1] == "</s>"
    assert [note.code for note in long.notes] == ["cut_tokens"]
    for odd in ("🙂", "مرحبا", "<b>x</b>", "你好"):
        assert translate(model, odd)[0].source_tokens[-1] == "</s>"


def test_it_is_at_rest_and_the_file_is_the_network(model_id: str) -> None:
    from nlpcore.training import translation

    network = load(model_id).network
    assert not network.training and not any(p.requires_grad for p in network.parameters())
    again, _ = translation.load_bundle(BUNDLED / model_id)
    assert all(torch.equal(a, b) for a, b in zip(again.parameters(), network.parameters(), strict=True))
