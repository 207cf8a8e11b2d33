"""The commands on the cards of the models trained from nothing ask for the very runs that made them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from nlpcore.training import corpora, lstm_chars, lstm_imdb, mlm, mlm_zh, translation
from nlpcore.training import mlm_texts as texts
from nlpcore.training import mlm_zh_texts as chinese
from nlpcore.training.bundle import load_weights, read_json
from nlpcore.training.loop import learning_curve
from nlpcore.training.recurrent_network import RecurrentNetwork
from nlpcore.translation import translators
from tests.training.workplace import Workplace, number, rows_of


@pytest.fixture(autouse=True)
def threads() -> Any:
    """A command takes one thread for the whole process."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def halved(count: int) -> list[Any]:
    """So many numbers in two arrays."""
    return [np.zeros(count // 2, dtype=np.int64), np.zeros(count - count // 2, dtype=np.int64)]


def test_lstm_chars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    place = Workplace("lstm-chars", tmp_path, monkeypatch)
    quality, counts = place.metrics["quality"], place.metrics["data"][0]["rows"]
    vocabulary = read_json(place.kept / "vocabulary.json")
    parts = {name: halved(counts[f"characters {name}"]) for name in ("train", "validation", "test")}

    def read_data(archive: Path, recipe: lstm_chars.Recipe, words: list[str] | None = None) -> lstm_chars.Data:
        assert archive == place.file_of(place.metrics["data"][0]["file"])
        return lstm_chars.Data(words or vocabulary, **parts)

    def train(data: lstm_chars.Data, recipe: lstm_chars.Recipe, out: Path) -> Any:
        assert (data.train, out) == (parts["train"], place / "OUT")
        size = len(data.vocabulary)
        torch.manual_seed(0)
        return RecurrentNetwork(size, recipe.embedding, recipe.hidden, size), place.run()

    def bits(model: RecurrentNetwork, novels: list[Any]) -> dict[str, float]:
        assert not model.training
        return dict(quality[next(name for name, part in parts.items() if part is novels)])

    def write_on(model: RecurrentNetwork, words: list[str], start: str, length: int) -> str:
        assert words == vocabulary
        return start + str(quality["sample"])[len(start) : len(start) + length]

    for name, stub in {"read_data": read_data, "train": train, "bits": bits, "write_on": write_on}.items():
        monkeypatch.setattr(lstm_chars, name, stub)
    monkeypatch.setattr(lstm_chars, "unigram_bits", lambda data: quality["unigram_bits"])
    place.give(lstm_chars, place.metrics["command"])
    place.same_card()
    place.same_file("config.json")
    place.same_file("vocabulary.json")
    torch.manual_seed(0)
    model = RecurrentNetwork(len(vocabulary), 24, 64, len(vocabulary))
    stored = load_weights(place / "BUNDLE")
    assert {name: value.shape for name, value in stored.items()} == {n: v.shape for n, v in model.state_dict().items()}
    torch.set_num_threads(2)
    place.measure_again(capsys)
    assert torch.get_num_threads() == 1  # a sum of floats in another order may round a borderline the other way


def test_lstm_imdb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    place = Workplace("lstm-imdb", tmp_path, monkeypatch)
    quality, counts = place.metrics["quality"], place.metrics["data"][0]["rows"]
    vocabulary = read_json(place.kept / "vocabulary.json")
    parts = {name: lstm_imdb.Reviews([np.zeros(1)] * counts[name], np.zeros(1)) for name in counts}
    passages = {name: lstm_imdb.Reviews([np.zeros(30)], np.zeros(1)) for name in counts}

    def read_data(archive: Path, size: int) -> lstm_imdb.Data:
        assert archive == place / "DATA" / "aclImdb.tar.gz"
        assert size == len(vocabulary)
        return lstm_imdb.Data(vocabulary, **parts)

    def train(data: lstm_imdb.Data, recipe: lstm_imdb.Recipe, wheel: Path, out: Path) -> Any:
        assert (wheel, out) == (place.file_of(place.metrics["data"][1]["file"]), place / "OUT")
        return RecurrentNetwork(len(data.vocabulary), recipe.embedding, recipe.hidden, 2), place.run()

    def windows(part: lstm_imdb.Reviews, tokens: int) -> lstm_imdb.Reviews:
        assert tokens == 30  # "passages of 30 tokens", the card says
        return passages[next(name for name, other in parts.items() if other is part)]

    def accuracy(model: RecurrentNetwork, part: lstm_imdb.Reviews) -> dict[str, float]:
        assert not model.training
        known = parts | {f"{name}_passages": reviews for name, reviews in passages.items()}
        found = quality[next(name for name, other in known.items() if other is part)]
        return {key: found[key] for key in ("accuracy", "loss")}

    for name, stub in {"read_data": read_data, "train": train, "windows": windows, "accuracy": accuracy}.items():
        monkeypatch.setattr(lstm_imdb, name, stub)
    assert "30 tokens" in (place.kept / "README.md").read_text("utf-8")
    place.give(lstm_imdb, place.metrics["command"])
    place.same_card()
    place.same_file("config.json")
    place.same_file("vocabulary.json")
    torch.set_num_threads(2)
    place.measure_again(capsys)
    assert torch.get_num_threads() == 1


def test_bert_mini_zh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    place = Workplace("bert-mini-zh", tmp_path, monkeypatch)
    quality = place.metrics["quality"]
    pieces = read_json(place.kept / "tokenizer.json")["model"]["vocab"]
    vocabulary = sorted(pieces, key=pieces.__getitem__)
    held_out = {"news": ["新闻"], "titles": ["题目"], "tatoeba": ["句子"]}
    rows = {name: [np.full((2, 3), i)] for i, name in enumerate(held_out)}
    names = ("titles", "news", "reviews", "examples", "tatoeba")
    place.put("OUT", "texts.json", dict(zip(names, counts(place), strict=True)))
    answers = [
        {"sentence": sentence, "right": right.split(), "first": first.split(), "rank": int(rank)}
        for sentence, right, first, rank in rows_of(place.metrics["cloze_table"])
    ]
    assert [(answer["sentence"], "".join(answer["right"])) for answer in answers] == list(mlm_zh.CLOZE)

    def train(args: Any, recipe: mlm.Recipe) -> Any:
        assert (args.data, args.packages, args.out) == (place / "DATA", place / "PACKAGES", place / "OUT")
        assert args.seed == recipe.seed
        step = int(place.metrics["tokens"] / (32 * 64))
        assert recipe.steps == step
        return mlm_zh.build(len(vocabulary), recipe.seed), place.run(step=step), vocabulary

    def validate(model: Any, *given: Any, words: range, counted: torch.Tensor) -> dict[str, float]:
        assert (words.start, words.stop) == (pieces["[MASK]"] + 1, len(vocabulary))
        assert counted.tolist() == [
            i for i, token in enumerate(vocabulary) if len(token) == 1 and "㐀" <= token <= "鿿"
        ]
        found = quality[next(name for name, part in rows.items() if part[0] is given[0])]
        return {key: found[key] for key in ("perplexity", "accuracy", "predictions")}

    def read(data: Path, packages: Path) -> Any:
        assert (data, packages) == (place / "DATA", place / "PACKAGES")
        return {}, held_out

    def by_length(lines: list[str], tokenizer: Any) -> dict[int, Any]:
        return {3: rows[next(name for name, part in held_out.items() if part is lines and name != "news")][0]}

    monkeypatch.setattr(mlm_zh, "train", train)
    monkeypatch.setattr(mlm_zh, "cloze", lambda model, tokenizer: answers)
    monkeypatch.setattr(mlm, "validate", validate)
    monkeypatch.setattr(chinese, "read", read)
    monkeypatch.setattr(texts, "by_length", by_length)
    monkeypatch.setattr(texts, "blocks", lambda lines, tokenizer: rows["news"][0] if lines == ["新闻"] else None)
    place.give(mlm_zh, place.metrics["command"])
    place.same_card()
    place.same_file("config.json")
    place.same_file("tokenizer.json")
    assert read_json(place / "BUNDLE" / "tokenizer_config.json")["model_max_length"] == 128
    place.measure_again(capsys)


def counts(place: Workplace) -> list[int]:
    """How many rows of each file the card counts, in its order."""
    return [next(iter(source["rows"].values())) for source in place.metrics["data"]]


def translating(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """Put stand-ins for reading, training and measuring in place."""
    quality = place.metrics["quality"]["test"]
    parts = {name: [name] * count for name, count in place.metrics["data"][0]["rows"].items()}

    def train(given: Any, recipe: translation.Recipe, out: Path) -> Any:
        assert (given, out) == (parts, place / "OUT")
        both = translators.read_tokenizers(place.kept)
        sizes = [tokenizer.get_vocab_size() for tokenizer in (both.source, both.target)]
        return translation.build(recipe.architecture, *sizes), place.run(), (both.source, both.target)

    def tatoeba_pairs(path: Path) -> str:
        assert path == place / "DATA" / "tatoeba_cmn_eng.txt"
        return "pairs"

    def measured(model: Any, pairs: Any, tokenizers: Any) -> dict[str, Any]:
        assert pairs is parts["test"]
        return {key: value for key, value in quality.items() if key != "loss"}

    monkeypatch.setattr(corpora, "tatoeba_pairs", tatoeba_pairs)
    monkeypatch.setattr(translation, "split", lambda pairs: parts if pairs == "pairs" else None)
    monkeypatch.setattr(translation, "train", train)
    monkeypatch.setattr(translation, "measured", measured)
    monkeypatch.setattr(translation, "encode", lambda pairs, _: SimpleNamespace(pairs=pairs))
    monkeypatch.setattr(
        translation, "cross_entropy", lambda _, rows: quality["loss"] if rows.pairs is parts["test"] else None
    )
    return parts


@pytest.mark.parametrize("model_id", ["seq2seq-en-zh-gru", "seq2seq-en-zh-transformer"])
def test_seq2seq_en_zh(
    model_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Workplace(model_id, tmp_path, monkeypatch)
    translating(place, monkeypatch)
    curves = read_json(place.kept / "learning_curves.json")
    place.log(curves["0"])
    for own, minutes, loss, *scores in rows_of(place.metrics["comparison"])[1:]:
        chrf, bleu, beam_chrf, beam_bleu = map(float, scores)
        both = {"greedy": {"chrf": chrf, "bleu": bleu}, "beam": {"chrf": beam_chrf, "bleu": beam_bleu}}
        found = {"own": float(own), "minutes": number(minutes), "loss": float(loss), "curve": curves[own]}
        place.put("gru-own", "result.json", found | both)
    place.give(translation, place.metrics["command"])
    place.same_card()
    for name in ("config.json", "learning_curves.json", "source_tokenizer.json", "target_tokenizer.json"):
        place.same_file(name)
    place.measure_again(capsys)


def test_without_a_bundle_a_translation_run_leaves_what_it_cost_and_gave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Workplace("seq2seq-en-zh-gru", tmp_path, monkeypatch)
    translating(place, monkeypatch)
    place.log([{"step": 5, "loss": 2.00004}])
    place.give(translation, "python -m nlpcore.training.translation --data DATA --out OUT --own 0.25")
    wanted = {"own": 0.25, "minutes": place.metrics["seconds"] / 60, "curve": [{"step": 5, "loss": 2.0}]}
    assert read_json(place / "OUT" / "result.json") == place.metrics["quality"]["test"] | wanted
    assert learning_curve(place / "OUT") == wanted["curve"]
    assert not list((place / "BUNDLE").iterdir())
