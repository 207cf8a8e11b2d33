"""Parts, batches, losses, bundles and one short training of the translators."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from nlpcore.training import translation
from nlpcore.training.bundle import read_json
from nlpcore.training.corpora import Pair
from nlpcore.training.translation import Coded, Recipe
from nlpcore.translation import BEGIN, END, PAD, greedy
from nlpcore.translation.pieces import trained_tokenizer

PAIRS = [
    Pair("I drink tea.", "我喝茶。"),
    Pair("You drink water.", "你喝水。"),
    Pair("I eat fish.", "我吃鱼。"),
    Pair("You eat rice.", "你吃饭。"),
]
SMALL = {"gru": {"embedding": 16, "hidden": 16}, "transformer": {"width": 16, "heads": 2, "inner": 24, "layers": 2}}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation, "SIZES", SMALL)


@pytest.fixture
def threads() -> Iterator[None]:
    """A training takes one thread for the whole process."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def tokenizers() -> tuple[Any, Any]:
    english, chinese = [pair.english for pair in PAIRS], [pair.chinese for pair in PAIRS]
    return trained_tokenizer(english, 100, min_frequency=1), trained_tokenizer(chinese, 100, min_frequency=1)


def test_what_differs_in_case_punctuation_or_spaces_is_one_sentence() -> None:
    assert translation.plain("It's  MINE, no?") == translation.plain("its mine no") == "itsmineno"
    assert translation.plain("It is mine.") != translation.plain("Is it mine?")


def test_no_english_sentence_is_in_two_parts_nor_twice_in_a_held_out_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation, "TEST", 30)
    monkeypatch.setattr(translation, "VALIDATION", 15)
    pairs = [Pair(f"{'Sentence' if i % 2 else 'sentence,'} {i % 70}{'.' * (i % 3)}", f"句{i}") for i in range(200)]
    parts = translation.split(pairs)
    keys = {name: [translation.plain(pair.english) for pair in part] for name, part in parts.items()}
    assert (len(keys["test"]), len(keys["validation"])) == (30, 15)
    for name in ("test", "validation"):
        assert len(set(keys[name])) == len(keys[name])
    test, validation, train = (set(keys[name]) for name in ("test", "validation", "train"))
    assert not test & validation
    assert not train & (test | validation)
    everything = {translation.plain(pair.english) for pair in pairs}
    assert test | validation | train == everything
    assert parts["train"] == [
        pair for pair in pairs if translation.plain(pair.english) in train
    ]  # with all translations
    assert parts == translation.split(pairs)
    assert parts != translation.split(pairs, seed=1)


def test_ids_stand_between_their_marks_and_are_padded_on_the_right() -> None:
    source, target = tokenizers()
    rows = translation.encode([PAIRS[0], Pair("fish", "鱼")], (source, target))
    assert [source.id_to_token(i) for i in rows[0].source] == ["i", "drink", "tea", ".", "</s>"]
    assert [target.id_to_token(i) for i in rows[0].target] == ["<s>", "我", "喝", "茶", "。", "</s>"]
    found = translation.padded([row.target for row in rows])
    assert found.tolist() == [rows[0].target, [*rows[1].target, PAD, PAD, PAD]]


def test_each_pair_is_once_in_an_epoch_and_beside_pairs_of_similar_length() -> None:
    rows = [Coded([7] * (1 + i % 9), [i] * (1 + i % 13)) for i in range(403)]
    batches = translation.epoch_batches(rows, 8, seed=0, epoch=0)
    assert [len(batch) for batch in batches] == [8] * 50
    read = [row.target[0] for batch in batches for row in batch]
    assert len(set(read)) == 400  # what does not fill a batch is left out
    spread = [max(len(row.target) for row in batch) - min(len(row.target) for row in batch) for batch in batches]
    assert sum(spread) / len(spread) < 3
    assert batches == translation.epoch_batches(rows, 8, seed=0, epoch=0)
    assert batches != translation.epoch_batches(rows, 8, seed=0, epoch=1)


class Fixed(nn.Module):
    """A network that holds each target token for as probable as ``logits`` says, wherever it stands."""

    def __init__(self, logits: list[float]) -> None:
        super().__init__()
        self.logits, self.own = nn.Parameter(torch.tensor(logits)), list[float]()

    def forward(self, source: Tensor, target: Tensor, own: float = 0.0) -> tuple[Tensor, None]:
        self.own.append(own)
        return self.logits.expand(*target.shape, -1), None


LOGITS = [0.5, 0.0, -1.0, 1.0, 2.0, -0.5]
LOG = [value - math.log(sum(math.exp(v) for v in LOGITS)) for value in LOGITS]
ROWS = [Coded([4, END], [BEGIN, 4, END]), Coded([5, 4, END], [BEGIN, 5, 5, 4, END])]


def test_the_cross_entropy_is_that_of_every_token_and_of_no_padding() -> None:
    wanted = -(LOG[4] + LOG[END] + 2 * LOG[5] + LOG[4] + LOG[END]) / 6
    assert translation.cross_entropy(Fixed(LOGITS), ROWS) == pytest.approx(wanted, rel=1e-5)
    assert translation.cross_entropy(Fixed(LOGITS), ROWS * 150) == pytest.approx(wanted, rel=1e-5)  # in several batches


def test_the_training_loss_smooths_labels_and_own_tokens_come_in_evenly() -> None:
    network = Fixed(LOGITS)
    steps = translation.Steps(network, ROWS, Recipe(own=0.5, epochs=8, batch=2, label_smoothing=0.1))
    steps.cast = None
    assert steps.steps == 8
    # Of each token's target 0.9 is the right token's, and 0.1 all tokens' in equal shares (Szegedy et al. 2016).
    right, uniform = (2 * LOG[4] + 2 * LOG[END] + 2 * LOG[5]) / 6, sum(LOG) / len(LOG)
    for step in range(8):
        assert float(steps(step).detach()) == pytest.approx(-(0.9 * right + 0.1 * uniform), rel=1e-5)
    assert network.own == pytest.approx([0.5 * step / 8 for step in range(8)])


def test_every_epoch_reads_all_pairs_in_an_order_of_its_own() -> None:
    rows = [Coded([4, END], [BEGIN, 4 + i, END]) for i in range(12)]
    network = Fixed([0.0] * 16)
    steps, read = translation.Steps(network, rows, Recipe(epochs=3, batch=4)), list[list[int]]()
    network.register_forward_pre_hook(lambda _, given: read.append(given[1][:, 1].tolist()))
    for step in range(steps.steps):
        steps(step)
    epochs = [read[start : start + 3] for start in (0, 3, 6)]
    assert all(sorted(i for batch in epoch for i in batch) == list(range(4, 16)) for epoch in epochs)
    assert epochs[0] != epochs[1] != epochs[2] != epochs[0]
    later = translation.Steps(network, rows, Recipe(epochs=3, batch=4))
    later(4)  # taken up again in the middle
    assert read[-1] == read[4]


@pytest.mark.parametrize("architecture", ["gru", "transformer"])
@pytest.mark.usefixtures("small")
def test_the_bundle_gives_the_logits_of_the_trained_network(architecture: str, tmp_path: Path) -> None:
    pair = tokenizers()
    model = translation.build(architecture, *(t.get_vocab_size() for t in pair), dropout=0.3, seed=3)
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.3)
    rows = translation.encode(PAIRS, pair)
    source, target = translation.padded([row.source for row in rows]), translation.padded([row.target for row in rows])
    wanted = model.eval()(source, target)[0].detach()
    translation.write_bundle(model, pair, architecture, tmp_path)
    again, read = translation.load_bundle(tmp_path)
    assert not again.training
    torch.testing.assert_close(again(source, target)[0].detach(), wanted, rtol=1e-2, atol=1e-2)  # float16 has 11 bits
    assert translation.encode(PAIRS, read) == rows
    assert read_json(tmp_path / "config.json") == {
        "architecture": architecture, "source": "en", "target": "zh", **SMALL[architecture]
    }  # fmt: skip


def test_the_networks_have_the_sizes_of_their_cards() -> None:
    """Counted by hand for 1,000 and 2,000 tokens: embeddings, layers, output bias."""
    gru = 3000 * 128 + 2 * 3 * 256 * (128 + 256 + 2) + 512 * 256 + 256 + 3 * 256 * (128 + 512 + 256 + 2)
    gru += 256 * 256 + 512 * 256 + 256 + 256 + (3 * 256 + 128) * 128 + 128 + 2000
    attention, feed, norm = 4 * (160 * 160 + 160), 160 * 480 + 480 + 480 * 160 + 160, 2 * 160
    layers = 3 * (attention + feed + 2 * norm) + 3 * (2 * attention + feed + 3 * norm)
    transformer = 3000 * 160 + layers + 2 * norm + 2000
    for architecture, wanted in (("gru", gru), ("transformer", transformer)):
        model = translation.build(architecture, 1000, 2000)
        assert sum(parameter.numel() for parameter in model.parameters()) == wanted
    again, other = (
        translation.build("gru", 9, 9, seed=1).state_dict(),
        translation.build("gru", 9, 9, seed=2).state_dict(),
    )
    assert torch.equal(again["key.weight"], translation.build("gru", 9, 9, seed=1).state_dict()["key.weight"])
    assert not torch.equal(again["key.weight"], other["key.weight"])


@pytest.mark.parametrize(("architecture", "own"), [("gru", 0.0), ("gru", 0.5), ("transformer", 0.5)])
@pytest.mark.usefixtures("small", "threads")
def test_a_short_training_learns_to_translate(
    architecture: str, own: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translation, "measured", lambda *_, **__: {"greedy": {"chrf": 1.0, "bleu": 2.0}})
    sizes: dict[str, Any] = {"epochs": 60, "batch": 4, "warmup_steps": 5, "dropout": 0.0, "mean_decay": 0.0}
    recipe = Recipe(architecture, own, rate=0.02, label_smoothing=0.0, **sizes)
    long = [Pair("tea " * 50, "茶"), Pair("tea", "茶" * 50)] * 2  # longer than what trains: else a second batch
    model, run, pair = translation.train({"train": [*PAIRS, *long], "validation": PAIRS}, recipe, tmp_path)
    assert run.step == 60
    rows = translation.encode(PAIRS, pair)
    found = greedy(model, translation.padded([row.source for row in rows]), 10)
    assert [[BEGIN, *hypothesis.ids] for hypothesis in found] == [row.target for row in rows]
    curve = translation.learning_curve(tmp_path)
    assert [row["step"] for row in curve] == list(range(2, 61, 2))
    assert curve[-1]["loss"] < 0.1 * curve[0]["loss"]
    assert (curve[-1]["chrf"], curve[-1]["bleu"]) == (1.0, 2.0)


def test_the_curve_is_rounded_and_the_comparison_has_a_row_for_each_run(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text(json.dumps({"step": 2, "loss": 1.23456789}) + "\n", encoding="utf-8")
    assert translation.learning_curve(tmp_path) == [{"step": 2, "loss": 1.2346}]
    runs = [
        {
            "own": own,
            "minutes": 61.6,
            "loss": 2.345,
            "greedy": {"chrf": 20.04, "bleu": 21.0},
            "beam": {"chrf": 22.0, "bleu": 23.06},
        }
        for own in (0.0, 0.25)
    ]
    head, _, *rows = translation.comparison(runs).splitlines()
    assert [name.strip() for name in head.strip("|").split("|")][2:4] == ["loss", "greedy: chrF"]
    assert rows == [f"| {own} | 62 | 2.35 | 20.0 | 21.0 | 22.0 | 23.1 |" for own in ("0", "0.25")]
