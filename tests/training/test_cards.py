"""The model cards: every bundled model has one, complete, and every figure in it is the measured one."""

from __future__ import annotations

import json

import pytest

from nlpcore.intervals import wilson
from nlpcore.models.quality import figures
from nlpcore.training.__main__ import BUNDLES, MODULES, compare, main
from nlpcore.training.bundle import bootstrap_f1, bootstrap_mean, command, read_json, render_card

BUNDLED = sorted(folder.name for folder in BUNDLES.iterdir() if (folder / "metrics.json").exists())
SECTIONS = ("Data", "Recipe", "Command", "Cost", "Quality", "Limits", "Bias", "Licence")


def test_every_bundled_model_has_its_training_command() -> None:
    assert BUNDLED
    assert set(BUNDLED) <= set(MODULES)


@pytest.mark.parametrize("model_id", BUNDLED)
def test_a_card_is_exactly_what_its_metrics_say(model_id: str) -> None:
    card = (BUNDLES / model_id / "README.md").read_text(encoding="utf-8")
    assert card == render_card(model_id, read_json(BUNDLES / model_id / "metrics.json"))


@pytest.mark.parametrize("model_id", BUNDLED)
def test_a_card_has_all_its_sections_and_names_its_data(model_id: str) -> None:
    card = (BUNDLES / model_id / "README.md").read_text(encoding="utf-8")
    metrics = read_json(BUNDLES / model_id / "metrics.json")
    for section in SECTIONS:
        assert f"\n## {section}\n" in card
    for source in metrics["data"]:
        assert source["sha256"] in card
        assert len(source["sha256"]) == 64
    assert metrics["command"] in card
    assert "$" not in card.replace("US$", "")


GOALS = {
    "lstm-imdb": ("test", "accuracy", 0.85),
    "textcnn-imdb": ("test", "accuracy", 0.86),
    "minilm-l6-ner": ("test", "all", "f1", 0.87),
    "minilm-l6-mlm": ("validation", "perplexity", 35),
    "minilm-l6-imdb": ("test", "accuracy", 0.90),
    "minilm-l6-nli": ("test", "accuracy", 0.80),
    "minilm-l6-qa": ("test", "f1", 0.70),
}


@pytest.mark.parametrize("model_id", sorted(set(GOALS) & set(BUNDLED)))
def test_quality_is_what_the_lessons_promise(model_id: str) -> None:
    *path, goal = GOALS[model_id]
    value = read_json(BUNDLES / model_id / "metrics.json")["quality"]
    for key in path:
        value = value[key]
    assert value <= goal if "perplexity" in path else value >= goal


@pytest.mark.parametrize("model_id", BUNDLED)
def test_the_configuration_fits_the_weights(model_id: str) -> None:
    from safetensors import safe_open

    config = read_json(BUNDLES / model_id / "config.json")
    with safe_open(BUNDLES / model_id / "model.safetensors", "pt") as weights:
        shapes = {name: tuple(weights.get_slice(name).get_shape()) for name in weights.keys()}  # noqa: SIM118
    if model_id.startswith("lstm"):
        vocabulary = json.loads((BUNDLES / model_id / "vocabulary.json").read_text(encoding="utf-8"))
        assert vocabulary[:2] == ["<pad>", "<unk>"]
        assert len(set(vocabulary)) == len(vocabulary)
        assert shapes["embedding.weight"] == (len(vocabulary), config["embedding"])
        assert shapes["lstm.weight_hh_l0"] == (4 * config["hidden"], config["hidden"])
        assert shapes["output.weight"] == (len(config["labels"]) or len(vocabulary), config["hidden"])
    elif model_id.startswith("textcnn"):
        vocabulary = json.loads((BUNDLES / model_id / "vocabulary.json").read_text(encoding="utf-8"))
        assert vocabulary[:2] == ["<pad>", "<unk>"] and len(set(vocabulary)) == len(vocabulary) <= 5000
        assert shapes["embedding.weight"] == (len(vocabulary), config["embedding"])
        assert [shapes[f"convolutions.{n}.weight"][2] for n in range(3)] == config["widths"]
        assert shapes["output.weight"] == (len(config["labels"]), config["filters"])
    elif model_id.startswith("seq2seq"):
        for name in ("source", "target"):
            tokenizer = read_json(BUNDLES / model_id / f"{name}_tokenizer.json")
            width = config.get("embedding") or config["width"]
            assert shapes[f"{name}.weight"] == (len(tokenizer["model"]["vocab"]), width)
    else:
        assert len({name.split(".")[3] for name in shapes if "encoder.layer" in name}) == config["num_hidden_layers"]
        own = [name for name, shape in shapes.items() if shape == (config["vocab_size"], config["hidden_size"])]
        assert len(own) <= 1  # a decoder tied to the word embeddings is not written a second time
    small = {"seq2seq": 12_000_000, "bert-mini": 25_000_000}
    size = (BUNDLES / model_id / "model.safetensors").stat().st_size
    assert all(size <= most for name, most in small.items() if model_id.startswith(name))


def test_evaluation_marks_a_figure_that_the_card_does_not_bear_out() -> None:
    card = {"test": {"accuracy": 0.9, "interval": [0.89, 0.91]}}
    assert dict(figures(card)) == {"test.accuracy": 0.9, "test.interval.0": 0.89, "test.interval.1": 0.91}
    assert not any(line.startswith("!") for line in compare(card, card))
    assert compare(card, {"test": {"accuracy": 0.8}})[0].startswith("!")
    assert compare(card, {"test": {"f1": 0.8}})[0].startswith("!")


def test_the_command_leaves_folders_out() -> None:
    found = command("mlm", ["--data", "/a/b", "--tokens", "6e6", "--compared", "/x/full", "lora"])
    assert found == "python -m nlpcore.training.mlm --data DATA --tokens 6e6 --compared full lora"


def test_an_unknown_model_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["evaluate", "gpt-9"])
    assert "invalid choice" in capsys.readouterr().err


def test_wilson_agrees_with_a_worked_example() -> None:
    low, high = wilson(0.5, 100)
    assert (low, high) == pytest.approx((0.4038, 0.5962), abs=1e-4)
    assert wilson(1.0, 10)[1] == pytest.approx(1.0)


def test_the_bootstrap_interval_holds_the_value_and_shrinks_with_more_units() -> None:
    import numpy as np

    few = bootstrap_f1(np.array([[1, 1, 1], [0, 1, 1]] * 20))
    many = bootstrap_f1(np.array([[1, 1, 1], [0, 1, 1]] * 500))
    assert few[0] < 0.5 < few[1]
    assert many[1] - many[0] < few[1] - few[0]


def test_the_bootstrap_interval_of_a_mean_is_the_normal_one_and_covers_as_often() -> None:
    import numpy as np
    from scipy.stats import norm

    rng = np.random.default_rng(0)
    values = rng.exponential(size=2000)
    wanted = norm.interval(0.95, values.mean(), values.std() / len(values) ** 0.5)
    assert bootstrap_mean(values) == pytest.approx(wanted, abs=0.1 * (wanted[1] - wanted[0]))
    assert bootstrap_mean(values) == bootstrap_mean(values)
    intervals = [bootstrap_mean(rng.normal(3.0, size=60), draws=200, seed=i) for i in range(400)]
    covered = sum(low < 3.0 < high for low, high in intervals) / 400
    assert covered == pytest.approx(0.94, abs=0.04)  # 4 standard errors; a little less than 0.95 with few values
