"""The two recurrent networks: data preparation, loss and one short training each."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from nlpcore.training import lstm_chars, lstm_imdb
from nlpcore.training.recurrent_network import RecurrentNetwork


def test_vocabulary_is_by_frequency_and_unknown_words_are_marked() -> None:
    vocabulary = lstm_imdb.vocabulary_of([["a", "b", "b"], ["c", "b", "a"]], 4)
    assert vocabulary == ["<pad>", "<unk>", "b", "a"]
    assert lstm_imdb.encode([["a", "c"], []], vocabulary)[0].tolist() == [3, 1]
    assert lstm_imdb.encode([["a", "c"], []], vocabulary)[1].tolist() == [1]


def test_the_loss_weighs_later_tokens_more_and_ignores_padding() -> None:
    torch.manual_seed(0)
    logits, labels, lengths = torch.randn(2, 3, 2), torch.tensor([1, 0]), torch.tensor([3, 2])
    first = sum(t / 6 * F.cross_entropy(logits[0, t - 1], labels[0]) for t in (1, 2, 3))
    second = sum(t / 3 * F.cross_entropy(logits[1, t - 1], labels[1]) for t in (1, 2))
    found = lstm_imdb.replicated_loss(logits, labels, lengths)
    torch.testing.assert_close(found, (first + second) / 2)


def test_each_review_is_in_one_batch_of_an_epoch() -> None:
    lengths = np.random.default_rng(0).integers(1, 50, 64)
    batches = lstm_imdb.epoch_batches(lengths, 8, (0, 1))
    assert sorted(np.concatenate(batches).tolist()) == list(range(64))
    spread = [int(np.ptp(lengths[batch])) for batch in batches]
    assert np.mean(spread) < np.ptp(lengths) / 4


def test_what_fills_no_batch_is_left_to_another_epoch() -> None:
    lengths = np.random.default_rng(0).integers(1, 50, 71)
    batches = lstm_imdb.epoch_batches(lengths, 8, (0, 1))
    assert [len(batch) for batch in batches] == [8] * 8
    assert len(set(np.concatenate(batches))) == 64


def test_the_judgement_is_read_after_the_last_token_whatever_the_padding() -> None:
    torch.manual_seed(0)
    model = RecurrentNetwork(10, 4, 5, 2).eval()
    rows = [np.array([3, 4]), np.array([5, 6, 7, 8, 9]), np.array([2])]
    found = lstm_imdb.final_logits(model, rows)
    for row, logits in zip(rows, found, strict=True):
        torch.testing.assert_close(logits, model(torch.tensor(row)[None])[0][0, -1].detach(), rtol=1e-5, atol=1e-6)


def test_passages_are_no_longer_than_asked_and_keep_the_label() -> None:
    part = lstm_imdb.Reviews([np.arange(100), np.arange(5)], np.array([1, 0]))
    passages = lstm_imdb.windows(part, 30)
    assert [len(row) for row in passages.ids] == [30, 5]
    assert passages.labels.tolist() == [1, 0]
    assert (np.diff(passages.ids[0]) == 1).all()


def test_a_training_step_lowers_the_loss() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 64)
    data = lstm_imdb.Reviews([np.full(12, 2 + label) for label in labels], labels)
    recipe = lstm_imdb.Recipe(batch=32, word_dropout=0.0, dropout=0.0, embedding_dropout=0.0)
    torch.manual_seed(0)
    model = RecurrentNetwork(4, 4, 4, 2)
    steps, optimizer = lstm_imdb.Steps(model, data, recipe), torch.optim.Adam(model.parameters(), 0.05)
    losses = []
    for step in range(12):
        losses.append(steps(step))
        losses[-1].backward()
        optimizer.step()
        optimizer.zero_grad()
    assert float(losses[-1].detach()) < 0.5 * float(losses[0].detach())


def test_the_end_of_a_novel_is_held_out() -> None:
    train, validation, test = lstm_chars.split("a" * 90 + "b" * 5 + "c" * 5, lstm_chars.Recipe())
    assert (train, validation, test) == ("a" * 90, "b" * 5, "c" * 5)


def test_rare_characters_are_unknown() -> None:
    assert lstm_chars.vocabulary_of(["aaab", "aab"], 3) == ["<pad>", "<unk>", "a"]


def test_bits_of_an_untrained_uniform_model_are_the_logarithm_of_its_vocabulary() -> None:
    model = RecurrentNetwork(8, 3, 4, 8).eval()
    with torch.no_grad():
        model.output.weight.zero_()
        model.output.bias.zero_()
    found = lstm_chars.bits(model, [np.array([2, 3, 4, 5, 6])])
    assert abs(found["bits_per_character"] - 3) < 1e-6


def test_writing_on_is_seeded_and_never_writes_marks() -> None:
    torch.manual_seed(0)
    model = RecurrentNetwork(4, 3, 4, 4).eval()
    text = lstm_chars.write_on(model, ["<pad>", "<unk>", "a", "b"], "ab", 40, seed=1)
    assert text.startswith("ab")
    assert set(text) <= {"a", "b"}
    assert text == lstm_chars.write_on(model, ["<pad>", "<unk>", "a", "b"], "ab", 40, seed=1)
