"""Word pieces, windows, labels and scores of the named-entity training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from seqeval.metrics import f1_score
from seqeval.scheme import IOB2

from nlpcore.training import ner
from nlpcore.training.corpora import Sentence
from nlpcore.training.ner import LABELS, Coded


class Pieces:
    """Cuts words into pieces of two letters; a word of one tab has none."""

    def __call__(self, words: list[str], add_special_tokens: bool) -> dict[str, Any]:
        assert not add_special_tokens
        return {"input_ids": [[200 + ord(w[i]) for i in range(0, len(w), 2)] if w.strip() else [] for w in words]}


def coded(*lengths: int) -> Coded:
    firsts = np.cumsum([0, *lengths[:-1]]).tolist()
    return Coded(
        tuple(range(1000, 1000 + sum(lengths))), tuple(firsts), tuple(i % 9 for i in range(len(lengths))), lengths
    )


def test_a_word_is_labelled_at_its_first_piece() -> None:
    found = ner.encode(Sentence(("Anna", "\t", "in", "London"), ("B-PER", "O", "O", "B-LOC")), Pieces())
    assert found.firsts == (0, 2, 3, 4)
    assert found.words == (2, 1, 1, 3)
    assert found.pieces[2] == ner.UNKNOWN
    ids, mask, labels = ner.tensors([[found]])
    assert ids[0, 0] == ner.CLS
    assert ids[0, -1] == ner.SEP
    assert mask.sum() == 9
    assert labels[0].tolist() == [-100, 1, -100, 0, 0, LABELS.index("B-LOC"), -100, -100, -100]


def test_windows_hold_neighbours_in_order_and_nothing_is_lost() -> None:
    document = [coded(3), coded(4), coded(9), coded(2), coded(2)]
    assert [len(run) for run in ner.windows(document, 0)] == [1] * 5
    runs = list(ner.windows(document, 8))
    assert [[len(s.pieces) for s in run] for run in runs] == [[3, 4], [9], [2, 2]]


def test_batches_keep_to_their_budget_and_lose_nothing() -> None:
    rows = [[coded(n)] for n in (5, 9, 3, 40, 7, 7)]
    batches = ner.batched(rows, 30, ner.length_of)
    assert sorted(len(row[0].pieces) for batch in batches for row in batch) == [3, 5, 7, 7, 9, 40]
    for batch in batches:
        longest = max(len(row[0].pieces) for row in batch) + 2
        assert len(batch) == 1 or longest * len(batch) <= 30


def test_epochs_differ_but_are_the_same_for_the_same_seed() -> None:
    documents = [[coded(n) for n in (4, 5, 6, 7)] for _ in range(20)]
    recipe = ner.Recipe(pieces_per_batch=64, window=20)
    assert ner.epoch_batches(documents, recipe, 0) == ner.epoch_batches(documents, recipe, 0)
    assert ner.epoch_batches(documents, recipe, 0) != ner.epoch_batches(documents, recipe, 1)
    read = [s for batch in ner.epoch_batches(documents, recipe, 2) for row in batch for s in row]
    assert len(read) == 80


def test_dropped_words_lose_their_first_piece_only() -> None:
    torch.manual_seed(0)
    ids, _, labels = ner.tensors([[coded(2, 2, 2, 2)]])
    dropped = ner.drop_words(ids, labels, 1.0)
    assert (dropped == ner.UNKNOWN).tolist() == (labels != ner.IGNORE).tolist()


GOLD = [["B-PER", "I-PER", "O", "B-LOC"], ["B-ORG", "O"], ["O", "O"]]
FOUND = [["B-PER", "I-PER", "O", "B-ORG"], ["B-ORG", "I-ORG"], ["B-MISC", "O"]]


def test_scores_and_counts_agree_with_seqeval() -> None:
    found = ner.entity_scores(GOLD, FOUND)
    assert found["all"]["f1"] == pytest.approx(f1_score(GOLD, FOUND, mode="strict", scheme=IOB2))
    right, guessed, wanted = ner.entity_counts(GOLD, FOUND).sum(0)
    assert (right, guessed, wanted) == (1, 4, 3)
    assert found["all"]["f1"] == pytest.approx(2 * right / (guessed + wanted))


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("encoder")
    config = BertConfig(
        vocab_size=1200, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
    )
    torch.manual_seed(0)
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder


@pytest.mark.parametrize("method", ["full", "lora"])
def test_embeddings_stay_and_are_left_out_of_the_bundle(encoder: Path, tmp_path: Path, method: str) -> None:
    model = ner.build(encoder, ner.Recipe(method=method, lora_rank=2))
    trained = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    assert not any("embeddings" in name for name in trained)
    assert any("classifier" in name for name in trained)
    assert method == "full" or all("lora_" in name or "classifier" in name for name in trained)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(0.05 * torch.randn_like(parameter))
    documents = [[coded(2, 3, 1), coded(4)]]
    before = ner.logits_of(model.eval(), *ner.tensors(list(ner.windows(documents[0], 0)))[:2], None)
    ner.write_bundle(model, tmp_path)
    again = ner.load_bundle(tmp_path, encoder)
    after = ner.logits_of(again, *ner.tensors(list(ner.windows(documents[0], 0)))[:2], None)
    torch.testing.assert_close(before, after, rtol=1e-2, atol=1e-2)  # float16 has 11 bits
    assert ner.predict(again, documents, 0, None)[1][0] in LABELS
