"""The commands on the cards of the models tuned on the encoder ask for the very runs that made them."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
import transformers
from safetensors.torch import load_file
from torch import nn

from nlpcore.training import classification, corpora, finetuning, imdb, mlm, ner, nli, qa, second_head
from nlpcore.training import mlm_texts as texts
from nlpcore.training import questions as data
from nlpcore.training.bundle import read_json
from tests.training.workplace import Workplace, number, rows_of

Patch = pytest.MonkeyPatch


def put_in(patch: Patch, module: Any, **stubs: Any) -> None:
    for name, stub in stubs.items():
        patch.setattr(module, name, stub)


def tuning(place: Workplace) -> None:
    """Writing and reading of the weights, and the encoder's tokenizer, replaced by stand-ins."""

    def write_bundle(model: nn.Module, bundle: Path, rank: int) -> None:
        assert (bundle, rank) == (place / "BUNDLE", place.metrics["recipe"]["lora_rank"])

    def load_bundle(bundle: Path, encoder: Path) -> str:
        assert bundle in (place / "BUNDLE", place.kept)
        assert encoder == place / "MINILM"
        return "bundled"

    def tokenizer(encoder: Path) -> str:
        assert encoder == place / "MINILM"
        return "tokenizer"

    put_in(place.patch, finetuning, write_bundle=write_bundle, load_bundle=load_bundle)
    place.patch.setattr(transformers.AutoTokenizer, "from_pretrained", tokenizer)


def classifying(place: Workplace, validations: int, named: dict[str, Any]) -> None:
    """Training and measuring of a classifier; ``named``: what is measured and what the card says of it."""
    labels = list(read_json(place.kept / "config.json")["label2id"])

    def train(
        rows: Any, held_out: Any, names: Any, recipe: Any, encoder: Path, out: Path, validations: int = 10
    ) -> Any:
        assert (len(rows), len(held_out), list(names)) == (*sizes, labels)
        assert (encoder, out, validations) == (place / "MINILM", place / "OUT", wanted)
        return place.network(), place.run()

    def scores(model: Any, rows: Any, names: Any) -> Any:
        assert model == "bundled" or isinstance(model, nn.Module)
        assert list(names) == labels
        return named[rows[0]]

    wanted, counts = validations, place.metrics["data"][0]["rows"]
    sizes = (counts["train"], counts["validation"])
    put_in(place.patch, classification, train=train, scores=scores)


def test_minilm_l6_imdb(tmp_path: Path, monkeypatch: Patch, capsys: pytest.CaptureFixture[str]) -> None:
    place = Workplace("minilm-l6-imdb", tmp_path, monkeypatch)
    tuning(place)
    classifying(place, 10, {"test": place.metrics["quality"]["test"]})

    def read_data(archive: Path, encoder: Path, recipe: Any) -> dict[str, list[str]]:
        assert (archive, encoder) == (place / "DATA" / "aclImdb.tar.gz", place / "MINILM")
        assert recipe.longest == place.metrics["recipe"]["longest"]
        return {name: [name] * count for name, count in place.metrics["data"][0]["rows"].items()}

    monkeypatch.setattr(imdb, "read_data", read_data)
    curves = {(found["method"], found["reviews"]): found["curve"] for found in read_json(place.kept / imdb.CURVES)}
    for method, reviews, trained, megabytes, minutes, right, interval, count in rows_of(place.metrics["comparison"]):
        found = {"method": method, "reviews": int(number(reviews)), "trained": int(number(trained))}
        found |= {"megabytes": float(megabytes), "minutes": float(minutes), "accuracy": float(right) / 100}
        found |= {"accuracy_interval": [float(end) / 100 for end in interval.split("–")], "count": int(number(count))}
        if found["reviews"] == 4800:
            place.put(f"imdb-{method}", "result.json", found | {"curve": curves[method, 4800]})
    place.log(curves["lora", 23997])
    place.give(imdb, place.metrics["command"])
    place.same_card()
    place.same_file(imdb.CURVES)
    place.measure_again(capsys)


def test_without_a_bundle_a_run_on_a_share_of_the_reviews_leaves_its_result(tmp_path: Path, monkeypatch: Patch) -> None:
    place = Workplace("minilm-l6-imdb", tmp_path, monkeypatch)
    tuning(place)
    read = {name: [f"{name} {i}" for i in range(23)] for name in ("train", "validation", "test")}
    place.metrics["data"][0]["rows"] = {"train": 5, "validation": 23, "test": 5}  # every fifth of both, all to validate
    quality = place.metrics["quality"]["test"]
    classifying(place, 5, {"test 0": quality})
    monkeypatch.setattr(imdb, "read_data", lambda *_: read)
    place.log([{"step": 1, "seconds": 2.0}])
    place.give(
        imdb,
        "python -m nlpcore.training.imdb --encoder MINILM --data DATA --out OUT --method top --share 5",
    )
    found = read_json(place / "OUT" / "result.json")
    wanted = {key: quality[key] for key in ("accuracy", "accuracy_interval", "loss", "count")}
    wanted |= {"method": "top", "reviews": 5, "trained": place.metrics["trained"]}
    assert found.pop("megabytes") == pytest.approx(2e-6 * place.metrics["trained"])
    assert found.pop("minutes") == pytest.approx(place.metrics["seconds"] / 60)
    assert found == wanted | {"curve": [{"step": 1, "seconds": 2.0}]}
    assert not list((place / "BUNDLE").iterdir())


def test_minilm_l6_nli(tmp_path: Path, monkeypatch: Patch, capsys: pytest.CaptureFixture[str]) -> None:
    place = Workplace("minilm-l6-nli", tmp_path, monkeypatch)
    tuning(place)
    quality, counts = place.metrics["quality"], place.metrics["data"][0]["rows"]
    classifying(place, 10, {"test": quality["test"], "blind test": quality["hypothesis_only"]})
    parts = {name: [name] * count for name, count in counts.items()}

    def read(archive: Path, part: str) -> Any:
        assert archive == place.file_of(place.metrics["data"][0]["file"])
        return {"train": ["everything"], "test": parts["test"]}[part]

    def split(pairs: Any, test: Any) -> Any:
        assert (pairs, test) == (["everything"], parts["test"])
        return parts["train"], parts["validation"]

    def encode(pairs: list[str], encoder: Path, recipe: Any) -> list[str]:
        assert encoder == place / "MINILM"
        return pairs

    put_in(monkeypatch, nli, read=read, split=split, encode=encode)
    monkeypatch.setattr(nli, "hypothesis_only", lambda rows: [f"blind {row}" for row in rows])
    place.give(nli, place.metrics["command"])
    place.same_card()
    place.measure_again(capsys)


def test_minilm_l6_qa(tmp_path: Path, monkeypatch: Patch, capsys: pytest.CaptureFixture[str]) -> None:
    place = Workplace("minilm-l6-qa", tmp_path, monkeypatch)
    tuning(place)
    (shifts, both), usable = (source["rows"] for source in place.metrics["data"][:2]), place.metrics["usable"]
    archive, wheel = (place.file_of(source["file"]) for source in place.metrics["data"][:2])
    counts = {name: count for name, count in shifts.items() if name != "validation"} | {"hotpot": both["hotpot"]}
    validation, test = ["v"] * shifts["validation"], ["t"] * both["test"]

    def split(first: Path, second: Path) -> Any:
        assert (first, second) == (archive, wheel)
        return ["q"] * sum(counts.values()), validation, test, counts

    def encode(questions: list[str], tokenizer: str) -> list[Any]:
        assert tokenizer == "tokenizer"
        return [SimpleNamespace(answers=((1, 1),) if i < usable else ()) for i in range(len(questions))]

    def train(coded: list[Any], held_out: Any, recipe: Any, args: Any) -> Any:
        assert all(question.answers for question in coded)
        assert (held_out, args.encoder, args.out) == (validation, place / "MINILM", place / "OUT")
        return place.network(), place.run()

    def squad_dev(given: Path) -> list[str]:
        assert given == wheel
        return test

    def answers(model: str, questions: Any, coded: Any, cast: torch.dtype | None) -> str:
        assert (model, questions, len(coded), cast) == ("bundled", test, len(test), None)
        return "answers"

    quality = place.metrics["quality"]["test"]
    figures = torch.tensor([[quality["exact_share"], quality["f1"]]] * len(test), dtype=torch.float64).numpy()
    intervals = iter([quality["exact_share_interval"], quality["f1_interval"]] * 2)
    put_in(monkeypatch, qa, split=split, encode=encode, train=train, answers=answers)
    monkeypatch.setattr(qa, "scores", lambda questions, given: figures)
    monkeypatch.setattr(qa, "bootstrap_mean", lambda values: tuple(next(intervals)))
    monkeypatch.setattr(data, "squad_dev", squad_dev)
    place.give(qa, place.metrics["command"])
    for name, figure in place.written()["quality"]["test"].items():
        assert figure == pytest.approx(quality[name]), name  # a mean over so many equal figures is rounded
    place.put("BUNDLE", "metrics.json", place.written() | {"quality": {"test": quality}})
    place.same_card()
    place.measure_again(capsys)


def tagging(place: Workplace) -> None:
    """Reading, training and measuring of the tagger and of its second head."""
    tuning(place)
    quality, rows = place.metrics["quality"], place.metrics["data"][0]["rows"]
    wheel = place.file_of(place.metrics["data"][0]["file"])
    parts = {part: [[part] * rows[name]] for part, name in (("train", "train"), ("valid", "dev"), ("test", "test"))}

    def read_data(given: Path, encoder: Path, part: str) -> Any:
        assert (given, encoder) == (wheel, place / "MINILM")
        return parts[part]

    def train(documents: Any, dev: Any, recipe: Any, args: Any) -> Any:
        assert (documents, dev) == (parts["train"], parts["valid"])
        assert (args.encoder, args.out) == (place / "MINILM", place / "OUT")
        return place.network(), place.run()

    def scores(model: str, documents: Any, longest: int, legal: bool = False) -> Any:
        assert model == "bundled"
        assert longest in (0, ner.CONTEXT)
        part = {"valid": "dev", "test": "test"}[documents[0][0].removeprefix("small ")]
        kind = "_context" if longest else "_legal" if legal else "_small" if "small" in documents[0][0] else ""
        return quality[part + kind]

    def compared(model: Any, exercises: Any) -> Any:
        assert model == "loaded" or model.network == "network"
        return next(quality[name] for name in ("own_sentences", "own_test") if quality[name]["count"] == len(exercises))

    put_in(place.patch, ner, read_data=read_data, train=train, scores=scores)
    place.patch.setattr(ner, "small", lambda documents: [[f"small {row}" for row in part] for part in documents])
    place.patch.setattr(second_head, "compared", compared)


def test_minilm_l6_ner(tmp_path: Path, monkeypatch: Patch, capsys: pytest.CaptureFixture[str]) -> None:
    place = Workplace("minilm-l6-ner", tmp_path, monkeypatch)
    tagging(place)
    second = place.metrics["second_head"]

    def loaded(bundle: Path, encoder: Path) -> Any:
        assert (bundle in (place / "BUNDLE", place.kept), encoder) == (True, place / "MINILM")
        return SimpleNamespace(network="network", tokenizer="tokenizer")

    def read_data(given: Path, packages: Path, recipe: Any) -> Any:
        assert (given, packages) == (place / "DATA", place / "PACKAGES")
        sizes = [source["rows"]["sentences"] for source in second["data"]]
        return {name: [name] * size for name, size in zip(("wikipedia", "news", "everyday"), sizes, strict=True)}

    def train(network: str, tokenizer: str, rows: list[str], recipe: Any) -> Any:
        assert (network, tokenizer, len(rows)) == ("network", "tokenizer", 8736 + 4148 + 3964)
        return second["layer"], head, list(second["layers_f1"].values())

    head, clock = nn.Linear(4, 9), iter([100.0, 100.0 + 60 * second["minutes"]])
    put_in(monkeypatch, second_head, loaded=loaded, read_data=read_data, train=train)
    monkeypatch.setattr(second_head, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    place.give(ner, place.metrics["command"])
    first = place.wanted()
    del first["second_head"], first["quality"]["own_sentences"], first["quality"]["own_test"]
    assert place.written() == first
    place.copy_config(second_source="rules", rules="before there was a head")
    place.give(second_head, second["command"])
    assert place.written()["second_head"]["minutes"] == pytest.approx(second["minutes"])
    minutes = {"second_head": place.written()["second_head"] | {"minutes": second["minutes"]}}
    place.put("BUNDLE", "metrics.json", place.written() | minutes)
    place.same_card()
    place.same_file("config.json")
    stored = load_file(place / "BUNDLE" / "second_head.safetensors")
    assert {name: value.dtype for name, value in stored.items()} == dict.fromkeys(("weight", "bias"), torch.float16)
    assert torch.equal(stored["weight"], head.weight.half())
    assert torch.equal(stored["bias"], head.bias.half())
    assert (place / "BUNDLE" / "second_head.safetensors").stat().st_mode & 0o777 == 0o644
    place.measure_again(capsys)


def masking(place: Workplace, before: dict[str, Any]) -> None:
    """Reading, training and measuring of the masked language model."""
    quality, paragraphs = place.metrics["quality"], [f"p{i}" for i in range(101)]
    apart = ["p0", "p50", "p100"]  # every fiftieth Wikipedia paragraph is held out, the card says

    def train_model(args: Any, recipe: mlm.Recipe) -> Any:
        assert (args.encoder, args.data) == (place / "MINILM", place / "DATA")
        assert (args.packages, args.out) == (place / "PACKAGES", place / "OUT")
        assert (args.start, args.seed) == (place / "BEFORE" if before else None, 0)
        seconds = place.metrics["rounds"][-1]["seconds"]
        return place.network(), place.run(step=recipe.steps, seconds=seconds)

    def write_bundle(model: nn.Module, bundle: Path, encoder: Path, rank: int) -> None:
        assert (bundle, encoder) == (place / "BUNDLE", place / "MINILM")
        assert rank == place.metrics["recipe"]["embedding_rank"]

    def load_bundle(bundle: Path, encoder: Path) -> nn.Module:
        assert bundle in (place / "BUNDLE", place.kept)
        assert encoder == place / "MINILM"
        return place.network()

    def wikipedia_paragraphs(path: Path) -> list[str]:
        assert path == place / "DATA" / "wiki_paragraphs_en.txt.xz"
        return paragraphs

    def validate(model: nn.Module, *rows: str) -> dict[str, float]:
        found = quality[{("blocks",): "validation", ("four", "five"): "sentences", ("held out",): "validation"}[rows]]
        return {key: found[key] for key in ("perplexity", "accuracy", "predictions")}

    put_in(place.patch, mlm, train_model=train_model, write_bundle=write_bundle, load_bundle=load_bundle)
    place.patch.setattr(mlm, "best_device", lambda: "meta")  # where the network of this place is
    place.patch.setattr(mlm, "validate", validate)
    place.patch.setattr(transformers.AutoTokenizer, "from_pretrained", lambda encoder: f"of {encoder.name}")
    place.patch.setattr(corpora, "wikipedia_paragraphs", wikipedia_paragraphs)
    place.patch.setattr(texts, "split_sentences", lambda given: ("sentences of", given))
    singles, known = {4: "four", 5: "five"}, ("of MINILM",)
    place.patch.setattr(texts, "blocks", lambda *given: "blocks" if given == (apart, *known) else None)
    place.patch.setattr(
        texts, "by_length", lambda *given: singles if given == (("sentences of", apart), *known) else None
    )
    names = ("wikipedia", "reviews", "wikitext", "books", "tatoeba")
    counts = [source["rows"]["blocks"] for source in place.metrics["data"][:5]]
    place.put("OUT", "blocks.json", dict(zip(names, counts, strict=True)))
    given = (place / "DATA", place / "PACKAGES", "of MINILM", 0, place / "OUT")
    stored = SimpleNamespace(held_out="blocks", held_out_sentences=singles)
    place.patch.setattr(texts, "prepared", lambda *asked: stored if asked == given else None)


def test_minilm_l6_mlm(tmp_path: Path, monkeypatch: Patch, capsys: pytest.CaptureFixture[str]) -> None:
    place = Workplace("minilm-l6-mlm", tmp_path, monkeypatch)
    rounds = place.metrics["rounds"]
    before = {"rounds": rounds[:-1], "tokens": sum(part["tokens"] for part in rounds[:-1])}
    before["comparison"] = place.metrics["comparison"]
    place.put("BEFORE", "metrics.json", before)
    masking(place, before)
    place.give(mlm, place.metrics["command"])
    place.same_card()
    place.measure_again(capsys)


def test_the_first_round_of_minilm_l6_mlm(tmp_path: Path, monkeypatch: Patch) -> None:
    place = Workplace("minilm-l6-mlm", tmp_path, monkeypatch)
    for method, tokens, minutes, trained, megabytes, perplexity, right in rows_of(place.metrics["comparison"]):
        found = {"method": method, "tokens": int(number(tokens)), "minutes": float(minutes)}
        found |= {"trained": int(number(trained)), "megabytes": float(megabytes)}
        found |= {"perplexity": float(perplexity), "accuracy": float(right) / 100}
        place.put(f"cmp-{method}", "result.json", found)
    first, place.metrics["recipe"]["embedding_rank"] = place.metrics["rounds"][0], 0
    masking(place, {})
    place.give(mlm, first["command"])
    written = place.written()
    assert written["comparison"] == place.metrics["comparison"]
    (own,) = written["rounds"]
    assert (own["tokens"], own["command"], written["tokens"]) == (first["tokens"], first["command"], first["tokens"])
    recipe = {"tokens": 5.12e6, "decay_share": 0.3, "method": "full", "lora_rank": 32, "tokens_before": 0, "seed": 0}
    assert recipe.items() <= written["recipe"].items()


def test_without_a_bundle_a_masking_run_leaves_what_it_cost_and_gave(tmp_path: Path, monkeypatch: Patch) -> None:
    place = Workplace("minilm-l6-mlm", tmp_path, monkeypatch)
    masking(place, {})
    prepared: list[Path] = []

    def material(folder: Path, packages: Path, tokenizer: str, seed: int, out: Path) -> Any:
        assert (tokenizer, seed) == ("of MINILM", 0)
        prepared.extend([folder, packages, out])
        return SimpleNamespace(held_out="held out")

    monkeypatch.setattr(texts, "prepared", material)
    monkeypatch.setattr(mlm, "AutoTokenizer", SimpleNamespace(from_pretrained=lambda encoder: f"of {encoder.name}"))
    command = "python -m nlpcore.training.mlm --encoder MINILM --data DATA --packages PACKAGES --out OUT"
    place.give(mlm, f"{command} --method lora --tokens 500000")
    found = json.loads((place / "OUT" / "result.json").read_text("utf-8"))
    assert prepared == [place / "DATA", place / "PACKAGES", place / "OUT"]
    measured = place.metrics["quality"]["validation"]
    wanted = {key: measured[key] for key in ("perplexity", "accuracy", "predictions")} | {"method": "lora"}
    # The comparison on the card was made by runs of 500,000 tokens: whole batches of 32 blocks of 64.
    wanted |= {
        "tokens": 499_712,
        "minutes": place.metrics["rounds"][-1]["seconds"] / 60,
        "trained": place.metrics["trained"],
    }
    assert found == wanted | {"megabytes": pytest.approx(2e-6 * place.metrics["trained"])}
