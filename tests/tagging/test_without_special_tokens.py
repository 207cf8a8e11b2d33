"""A tokenizer that puts nothing before the first word: its first piece stands in row 0."""

from __future__ import annotations

import copy
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from tokenizers.processors import TemplateProcessing

from nlpcore.tagging import tag


def test_the_first_word_has_the_probabilities_of_row_0(tiny_tagger: Any) -> None:
    tokenizer = copy.deepcopy(tiny_tagger.tokenizer)
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(single="$A", pair="$A $B", special_tokens=[])
    model = SimpleNamespace(**vars(tiny_tagger) | {"tokenizer": tokenizer})
    trace = tag(model, "maria flew to paris")
    assert trace.first_piece == (0, 1, 2, 3) and [piece.word for piece in trace.pieces] == [0, 1, 2, 3]
    with torch.no_grad():
        logits = model.network(torch.tensor([[piece.id for piece in trace.pieces]])).logits[0]
    assert trace.greedy == tuple(trace.tag_names[i] for i in logits.argmax(-1).tolist())
    assert "O" not in trace.greedy[:1], "a first word that is outside of all entities would prove nothing"
    np.testing.assert_allclose(trace.logits, logits.numpy(), atol=1e-6)
