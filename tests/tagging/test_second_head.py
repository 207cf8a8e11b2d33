"""The second head: its numbers against PyTorch's convolution, and what a model without one says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file
from torch.nn import functional as F

from nlpcore.models import load
from nlpcore.tagging import tag, tag_time_and_money
from nlpcore.tagging.numbers import cuts_a_number, whole_numbers
from nlpcore.tagging.schemes import to_bio
from nlpcore.tagging.second_head import SecondHead
from nlpcore.tagging.time_and_money import amount_spans


@pytest.mark.parametrize("reach", [0, 1, 2])
@pytest.mark.parametrize("pieces", [1, 2, 7])
def test_the_logits_are_those_of_a_convolution(reach: int, pieces: int) -> None:
    draws = np.random.default_rng(reach)
    labels, size, width = ("O", "B-DATE", "I-DATE"), 4, 2 * reach + 1
    weight, bias = draws.normal(size=(3, width * size)), draws.normal(size=3)
    hidden = draws.normal(size=(pieces, size))
    kernel = torch.tensor(weight).reshape(3, width, size).transpose(1, 2)  # (labels, d, window)
    theirs = F.conv1d(torch.tensor(hidden.T)[None], kernel, torch.tensor(bias), padding=reach)[0].T
    ours = SecondHead(labels, 1, weight, bias).logits(hidden)
    assert ours == pytest.approx(theirs.numpy())


def test_it_reads_the_layer_that_it_was_trained_on(tiny_tagger: Any) -> None:
    text = "Maria paid $5 on 3 May"
    found = tag_time_and_money(tiny_tagger, text)
    assert found is not None
    ids = torch.tensor([[piece.id for piece in found.pieces]])
    states = tiny_tagger.network(ids, output_hidden_states=True).hidden_states[1][0].detach().double()
    file = load_file(tiny_tagger.folder / "second_head.safetensors")
    around = F.pad(states, (0, 0, 1, 1)).unfold(0, 3, 1)  # (pieces, d, window)
    kernel = torch.tensor(file["weight"]).double().reshape(9, 3, -1)
    logits = torch.einsum("pdw,lwd->pl", around, kernel) + torch.tensor(file["bias"])
    assert found.logits == pytest.approx(logits.numpy(), abs=1e-4)
    assert found.tag_names[1:3] == ("B-DATE", "I-DATE")
    first = tag(tiny_tagger, text)
    assert first.words == found.words and first.tag_names != found.tag_names


def test_a_model_without_a_second_head(tiny_tagger: Any) -> None:
    assert tag_time_and_money(SimpleNamespace(**{**vars(tiny_tagger), "config": {}}), "3 May") is None


AMOUNTS = [
    ("up .5%", ["PERCENT:.5%"]), ("by .75 percent", ["PERCENT:.75 percent"]), ("costs $.50 now", ["MONEY:$.50"]),
    ("−.5% change", ["PERCENT:−.5%"]), ("1 000 000 euros", ["MONEY:1 000 000 euros"]), ("a £1.2m deal", ["MONEY:£1.2m"]),
    ("from 3.5% to 4.2%", ["PERCENT:3.5%", "PERCENT:4.2%"]), ("-0.5%", ["PERCENT:-0.5%"]), ("$-5", ["MONEY:$-5"]),
    ("rose 1,000.50 dollars", ["MONEY:1,000.50 dollars"]), ("5–10 million dollars", ["MONEY:5–10 million dollars"]),
    ("5%, 10% and 15%", ["PERCENT:5%", "PERCENT:10%", "PERCENT:15%"]),
]  # fmt: skip


@pytest.mark.models
@pytest.mark.parametrize(("text", "found"), AMOUNTS)
def test_the_head_marks_an_amount_whole_or_not_at_all(text: str, found: list[str]) -> None:
    tagging = tag_time_and_money(load("minilm-l6-ner"), text)
    assert tagging and [f"{e.type}:{e.text}" for e in tagging.entities] == found
    assert tagging.tags == to_bio(tagging.tags, tagging.spans)


NUMBERS = [
    ".5",
    "−3",
    "1 000",
    "3,5 %",
    "$.50",
    "2½",
    "5–6",
    "10^-6",
    "half a million",
    "1'000",
    "±5",
    "three and a half",
]


@pytest.mark.models
@given(
    st.lists(st.sampled_from([*NUMBERS, "%", "$", "€", "dollars", "percent", "days", "May", "in", "rose"]), max_size=9)
)
def test_no_entity_of_the_head_cuts_a_number_whatever_stands_beside_it(parts: list[str]) -> None:
    text = " ".join(parts)
    if text:
        tagging = tag_time_and_money(load("minilm-l6-ner"), text)
        assert tagging
        for entity in tagging.entities:
            assert not cuts_a_number(entity.start, entity.end, amount_spans(tagging.text)), (text, entity)
            assert entity.text == tagging.text[entity.start : entity.end]


def test_those_that_share_a_number_become_one_of_the_type_that_has_most_of_it() -> None:
    spans = [(0, 1, "MONEY"), (2, 5, "DATE"), (6, 15, "MONEY"), (20, 22, "DATE")]
    assert whole_numbers(spans, [(0, 9), (20, 22)]) == ((0, 15, "MONEY"), (20, 22, "DATE"))
    assert whole_numbers(spans, []) == tuple(spans)
