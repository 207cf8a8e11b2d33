"""The filters that read reviews: what they say is what torch's Conv1d computes with the same weights."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from nlpcore.errors import LearnerError
from nlpcore.models import load
from nlpcore.networks.text_cnn import fired, read_review, read_text_cnn
from nlpcore.training.bundle import load_weights
from nlpcore.training.textcnn_imdb import TextCNN, wide_enough
from tests.skips import needs_models

MODEL = "textcnn-imdb"
TEXTS = ("superb", "It is not boring.", "What a waste of time: the plot is zxqvw, and the acting is worse. " * 8)


@pytest.mark.parametrize("text", TEXTS)
def test_answers_and_judgement_are_those_of_torch(text: str) -> None:
    needs_models(MODEL)
    model = load(MODEL)
    reading = read_review(model, text)
    network = TextCNN.from_weights(load_weights(model.folder)).eval().double()
    ids = torch.tensor([[model.network.index.get(token, 1) for token in reading.tokens]])
    with torch.no_grad():
        vectors = network.embedding(ids)
        answers = [torch.relu(each(vectors.transpose(1, 2)))[0] for each in network.convolutions]
        logits = network(wide_enough(ids), torch.tensor([ids.shape[1]]))[0]
    flat = [row for part in answers for row in part.numpy()]
    for ours, theirs in zip(reading.answers, flat, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-9)
    assert reading.positive == pytest.approx(logits.softmax(0)[1].item())
    assert reading.bias + reading.votes.sum() == pytest.approx((logits[1] - logits[0]).item())
    for n, row in enumerate(flat):
        assert reading.strongest[n] == row.max() == row[reading.places[n]]
        assert len(reading.ngram(n).split()) == reading.widths[n]


def test_a_short_review_is_filled_up_and_nothing_is_not_read() -> None:
    needs_models(MODEL)
    reading = read_review(MODEL, "superb")
    assert reading.tokens == ("superb", "<pad>", "<pad>", "<pad>") and reading.known == (True,) * 4
    assert reading.widths.tolist() == [2] * 8 + [3] * 8 + [4] * 8
    with pytest.raises(LearnerError, match="empty_text"):
        read_review(MODEL, " ")
    long = read_review(MODEL, "good film " * 300)
    assert len(long.tokens) == 200 and [note.code for note in long.notes] == ["cut_tokens"]
    assert [note.code for note in read_review(MODEL, "a zxqvw film").notes] == ["unknown_tokens"]


def test_what_fires_a_filter_is_the_best_of_every_text() -> None:
    needs_models(MODEL)
    texts = TEXTS[:2]
    for number in (0, 13, 20):
        found = fired(MODEL, texts, number)
        every = {}
        for place, text in enumerate(texts):
            reading = read_review(MODEL, text)
            for at, answer in enumerate(reading.answers[number].tolist()):
                if answer > 0:
                    every[reading.ngram(number, at)] = (answer, place)
        assert [each.ngram for each in found] == sorted(every, key=lambda ngram: -every[ngram][0])[:8]
        assert all((each.answer, each.review) == every[each.ngram] for each in found)
    with pytest.raises(ValueError, match="filters"):
        fired(MODEL, texts, 24)


def test_files_that_do_not_fit_each_other_are_refused(tmp_path: Path) -> None:
    needs_models(MODEL)
    folder = load(MODEL).folder
    for name in ("config.json", "vocabulary.json", "model.safetensors"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    assert read_text_cnn(tmp_path).widths == (2, 3, 4)
    vocabulary, config = (
        json.loads((tmp_path / name).read_text("utf-8")) for name in ("vocabulary.json", "config.json")
    )
    wrong = (
        (vocabulary[:-1], config),
        ([*vocabulary, "more"], config),
        ([vocabulary[1], vocabulary[0], *vocabulary[2:]], config),
        (vocabulary, {**config, "widths": [2, 3]}),  # the last layer reads filters that are not there
        (vocabulary, {**config, "widths": [2, 3, 5]}),
        (vocabulary, {**config, "labels": ["negative", "glad"]}),
        (vocabulary, {**config, "labels": ["negative", "neutral", "positive"]}),
    )
    for words, settings in wrong:
        (tmp_path / "vocabulary.json").write_text(json.dumps(words), "utf-8")
        (tmp_path / "config.json").write_text(json.dumps(settings), "utf-8")
        with pytest.raises(ValueError, match="do not fit"):
            read_text_cnn(tmp_path)


def test_the_bundle_is_small_and_holds_no_review() -> None:
    needs_models(MODEL)
    folder = load(MODEL).folder
    weights = load_file(folder / "model.safetensors")
    assert sum(value.numel() for value in weights.values()) == 162_378
    assert sum(path.stat().st_size for path in folder.iterdir()) < 600_000
    assert all(value.dtype == torch.float16 for value in weights.values())
