"""Word pieces, windows, labels and scores of the named-entity training."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from seqeval.metrics import f1_score
from seqeval.scheme import IOB2

from nlpcore.tagging.capitals import INITIAL, SMALL
from nlpcore.training import finetuning, ner
from nlpcore.training.corpora import Sentence
from nlpcore.training.entity_scores import entity_counts, entity_scores
from nlpcore.training.ner import LABELS, Coded


class Pieces:
    """Cuts words into pieces of two letters; a word of one tab has none."""

    def __call__(self, words: list[str], add_special_tokens: bool) -> dict[str, Any]:
        assert not add_special_tokens
        return {"input_ids": [[200 + ord(w[i]) for i in range(0, len(w), 2)] if w.strip() else [] for w in words]}


def coded(*lengths: int) -> Coded:
    firsts = np.cumsum([0, *lengths[:-1]]).tolist()
    pieces = tuple(range(1000, 1000 + sum(lengths)))
    return Coded(pieces, tuple(firsts), tuple(i % 9 for i in range(len(lengths))), tuple(p % 4 for p in pieces))


def test_a_word_is_labelled_at_its_first_piece() -> None:
    found = ner.encode(Sentence(("Anna", "\t", "in", "London"), ("B-PER", "O", "O", "B-LOC")), Pieces())
    assert found.firsts == (0, 2, 3, 4)
    assert found.segments == (INITIAL, INITIAL, SMALL, SMALL, INITIAL, INITIAL, INITIAL)
    assert found.pieces[2] == ner.UNKNOWN
    inputs, labels = ner.tensors([[found, found], [found]])
    assert inputs["input_ids"][:, 0].tolist() == [ner.CLS] * 2
    assert inputs["input_ids"][0, -1] == ner.SEP
    assert inputs["input_ids"][1, 8:].tolist() == [ner.SEP, *[ner.PAD] * 7]
    assert inputs["attention_mask"].sum(1).tolist() == [16, 9]
    assert inputs["token_type_ids"][1].tolist() == [0, *found.segments, *[0] * 8]
    assert inputs["token_type_ids"][0].tolist() == [0, *found.segments, *found.segments, 0]
    inputs, labels = ner.tensors([[found]])
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
    inputs, labels = ner.tensors([[coded(2, 2, 2, 2)]])
    dropped = ner.drop_words(inputs["input_ids"], labels, 1.0)
    assert (dropped == ner.UNKNOWN).tolist() == (labels != ner.IGNORE).tolist()


GOLD = [["B-PER", "I-PER", "O", "B-LOC"], ["B-ORG", "O"], ["O", "O"]]
FOUND = [["B-PER", "I-PER", "O", "B-ORG"], ["B-ORG", "I-ORG"], ["B-MISC", "O"]]


def test_scores_and_counts_agree_with_seqeval() -> None:
    found = entity_scores(GOLD, FOUND)
    assert found["all"]["f1"] == pytest.approx(f1_score(GOLD, FOUND, mode="strict", scheme=IOB2))
    right, guessed, wanted = entity_counts(GOLD, FOUND).sum(0)
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


def disturbed(model: torch.nn.Module) -> torch.nn.Module:
    """Training in one blow: everything that is trained gets other values."""
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(0.3 * torch.randn_like(parameter))
    return model.eval()


@pytest.mark.parametrize("capitals", [False, True])
@pytest.mark.parametrize("method", ["full", "lora"])
def test_embeddings_stay_but_those_that_tell_capitals(
    encoder: Path, tmp_path: Path, method: str, capitals: bool
) -> None:
    model = ner.build(encoder, ner.Recipe(method=method, lora_rank=2, capitals=capitals))
    trained = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    embeddings = [name for name in trained if "embeddings" in name]
    assert [name.partition("bert.")[2] for name in embeddings] == [finetuning.SEGMENTS] * capitals
    assert any("classifier" in name for name in trained)
    assert method == "full" or all("lora_" in name or "classifier" in name or name in embeddings for name in trained)
    disturbed(model)
    documents = [[coded(2, 3, 1), coded(4)]]
    inputs, _ = ner.tensors(list(ner.windows(documents[0], 0)))
    before = ner.logits_of(model, inputs, None)
    finetuning.write_bundle(model, tmp_path, 2)
    again = finetuning.load_bundle(tmp_path, encoder)
    torch.testing.assert_close(before, ner.logits_of(again, inputs, None), rtol=1e-2, atol=1e-2)  # float16: 11 bits
    assert ner.predict(again, documents, 0, None)[1][0] in LABELS


def test_capitals_change_the_answer_only_of_a_model_that_is_told_them(encoder: Path) -> None:
    sentence = coded(2, 3, 1)
    written, plain = ([[sentence]], ner.small([[sentence]]))
    for told in (True, False):
        model = disturbed(ner.build(encoder, ner.Recipe(capitals=told)))
        capital, small = (ner.logits_of(model, ner.tensors(rows)[0], None) for rows in (written, plain))
        assert torch.equal(capital, small) is not told


def test_at_first_all_ways_of_writing_look_like_small_letters(encoder: Path) -> None:
    model = ner.build(encoder, ner.Recipe(capitals=True)).eval()
    written, plain = ([[coded(2, 3, 1)]], ner.small([[coded(2, 3, 1)]]))
    found = [ner.logits_of(model, ner.tensors(rows)[0], None) for rows in (written, plain)]
    torch.testing.assert_close(found[0], found[1])


def test_some_rows_are_read_as_if_written_small() -> None:
    torch.manual_seed(0)
    segments = torch.ones((1000, 3), dtype=torch.int64)
    found = ner.without_capitals(segments, 0.2)
    assert ((found == 1).all(1) | (found == 0).all(1)).all()
    assert (found[:, 0] == 0).float().mean() == pytest.approx(0.2, abs=0.05)


def test_each_sentence_of_a_window_gets_its_own_tags_and_legal_ones_where_asked() -> None:
    class Outputs(torch.nn.Module):
        """Says I-PER of piece 1001, B-PER a little less, and O of all others."""

        def __init__(self) -> None:
            super().__init__()
            self.config, self.weight = SimpleNamespace(), torch.nn.Parameter(torch.zeros(1))

        def forward(self, input_ids: torch.Tensor, **_: Any) -> SimpleNamespace:
            logits = torch.zeros((*input_ids.shape, len(LABELS)))
            logits[..., 0] = 1.0
            logits[input_ids == 1001, LABELS.index("I-PER")] = 3.0
            logits[input_ids == 1001, LABELS.index("B-PER")] = 2.5  # no tie: O and B-PER 3.5, B-PER and I-PER 3
            return SimpleNamespace(logits=logits)

    documents = [[coded(1), coded(1, 1, 1)], [coded(2, 1)]]
    assert ner.predict(Outputs(), documents, 50, None) == [["O"], ["O", "I-PER", "O"], ["O", "O"]]
    assert ner.predict(Outputs(), documents, 50, None, legal=True) == [["O"], ["O", "B-PER", "O"], ["O", "O"]]
