"""Which options each command asks for, and what its parts say where nothing else would notice."""

from __future__ import annotations

import copy
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from nlpcore.tagging.capitals import segment_ids
from nlpcore.training import (
    entity_scores,
    imdb,
    loop,
    low_rank,
    lstm_chars,
    lstm_imdb,
    mlm,
    mlm_zh,
    ner,
    nli,
    qa,
    second_head,
    textcnn_imdb,
    translation,
)
from nlpcore.training.loop import Plan, Run, adamw

REQUIRED = {
    imdb: "--encoder --data --out",
    lstm_chars: "--packages --out --bundle",
    lstm_imdb: "--data --packages --out --bundle",
    textcnn_imdb: "--data --out --bundle",
    mlm: "--encoder --data --packages --out",
    mlm_zh: "--data --packages --out --bundle",
    ner: "--encoder --packages --out --bundle",
    nli: "--encoder --packages --out --bundle",
    qa: "--encoder --packages --out --bundle",
    second_head: "--encoder --data --packages --bundle",
    translation: "--data --out",
}


@pytest.mark.parametrize("module", REQUIRED, ids=lambda module: module.__name__.rpartition(".")[2])
def test_a_command_without_its_options_says_which_it_needs(
    module: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [module.__name__])
    with pytest.raises(SystemExit):
        module.main()
    said = capsys.readouterr().err.partition("the following arguments are required: ")[2]
    assert said.strip().split(", ") == REQUIRED[module].split()
    assert all(f"{option} " in module.__doc__ for option in REQUIRED[module].split())


@pytest.mark.parametrize(
    ("module", "option"),
    [(ner, "--method"), (mlm, "--method"), (imdb, "--method"), (nli, "--method"), (qa, "--method")],
)
def test_a_method_that_is_none_is_refused(
    module: Any, option: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word for name in REQUIRED[module].split() for word in (name, "x")]
    monkeypatch.setattr(sys, "argv", [module.__name__, *words, option, "guessing"])
    with pytest.raises(SystemExit):
        module.main()
    said = capsys.readouterr().err
    assert "invalid choice: 'guessing'" in said
    known = ("full", "lora") if module in (ner, mlm) else ("frozen", "lora", "top", "full")
    assert all(f"{name}" in said.partition("choose from")[2] for name in known)
    assert ("frozen" in said.partition("choose from")[2]) == ("frozen" in known)


def test_without_options_the_tagger_is_that_of_the_default_recipe_and_capitals_can_be_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[ner.Recipe] = []

    class StopError(Exception):
        pass

    def train(documents: Any, dev: Any, recipe: ner.Recipe, args: Any) -> Any:
        seen.append(recipe)
        raise StopError

    monkeypatch.setattr(ner, "train", train)
    monkeypatch.setattr(ner, "read_data", lambda *_: [])
    monkeypatch.setattr(ner.corpora, "package_file", lambda *_: None)
    words = [word for name in REQUIRED[ner].split() for word in (name, "x")]
    for more in ([], ["--no-capitals", "--method", "full", "--epochs", "9", "--mean-decay", "0.5"]):
        monkeypatch.setattr(sys, "argv", ["ner", *words, *more])
        with pytest.raises(StopError):
            ner.main()
    assert seen == [ner.Recipe(), ner.Recipe("full", 9, capitals=False, mean_decay=0.5)]


def test_every_word_gets_the_tag_with_the_highest_logit_whatever_stands_beside_it() -> None:
    class Drawn(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = nn.Parameter(torch.randn(1300, 9, generator=torch.Generator().manual_seed(0)))
            self.config = SimpleNamespace(capitals=True)

        def forward(self, input_ids: torch.Tensor, **_: Any) -> Any:
            return SimpleNamespace(logits=self.table[input_ids])

    words = [ner.Coded((1000 + 3 * i, 1001 + 3 * i, 1002 + 3 * i), (0, 1, 2), (0, 0, 0), (0, 0, 0)) for i in range(30)]
    network = Drawn()
    wanted = [[ner.LABELS[int(network.table[i].argmax())] for i in row.pieces] for row in words]
    for longest in (0, 40):
        assert ner.predict(network, [words[:13], words[13:]], longest, None) == wanted


def test_an_entity_that_begins_with_i_counts_for_nothing() -> None:
    """Strict: without its B- an entity of IOB2 is none, though its words have the right type."""
    gold, found = [["B-PER", "I-PER", "O"]], [["I-PER", "I-PER", "O"]]
    scores = entity_scores.entity_scores(gold, found)
    assert scores["all"]["f1"] == scores["PER"]["recall"] == 0 and scores["PER"]["support"] == 1
    assert scores["PER"]["precision"] == 0  # nothing was found: 0, no warning
    assert entity_scores.entity_counts(gold, found).tolist() == [[0, 0, 1]]


@pytest.mark.parametrize("capitals", [True, False])
def test_the_second_head_reads_the_states_of_a_tagger_as_the_tagger_reads(capitals: bool, six_layers: Any) -> None:
    from transformers import AutoTokenizer, BertConfig, BertForTokenClassification

    config = BertConfig.from_pretrained(six_layers, type_vocab_size=4)
    if capitals:
        config.capitals = True
    torch.manual_seed(0)
    network = BertForTokenClassification(config).eval()
    with torch.no_grad():
        network.bert.embeddings.token_type_embeddings.weight.normal_()
    whole = copy.deepcopy(network)
    tokenizer = AutoTokenizer.from_pretrained(six_layers)
    rows = [second_head.labelled(text) for text in ("The CAT sat on 3 may", "Dog is 5 % bad .", "Paris")]
    recipe = second_head.Recipe(layers=(2, 3), reach=1)
    data = second_head.features(network, tokenizer, [row for row in rows if row], recipe)
    assert len(network.bert.encoder.layer) == 3
    place = 0
    for row in sorted((row for row in rows if row), key=lambda row: len(row.words)):
        words = [word.text for word in row.words]
        encoded = tokenizer(words, is_split_into_words=True, return_tensors="pt")
        if capitals:
            encoded["token_type_ids"] = torch.tensor([segment_ids(words, encoded.word_ids(0))])
        with torch.no_grad():
            hidden = whole.bert(**encoded, output_hidden_states=True).hidden_states
        length = encoded["input_ids"].shape[1]
        assert data.states.shape[2] == 16
        for number, layer in enumerate((2, 3)):
            kept = data.states[number, place + 1 : place + 1 + length]
            torch.testing.assert_close(kept.float(), hidden[layer][0], atol=2e-3, rtol=2e-3)
        place += length + 2
    assert place == data.states.shape[1] == len(data.labels)


def test_lora_layers_are_looked_through(six_layers: Any) -> None:
    from transformers import BertForMaskedLM

    for method in ("full", "lora"):
        model = mlm.build(six_layers, mlm.Recipe(method=method, lora_rank=2))
        assert type(low_rank.network(model)) is BertForMaskedLM


def test_a_run_that_is_taken_up_again_counts_its_time_of_before(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds are those of both sittings together, without the pause between them."""
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(loop, "time", SimpleNamespace(time=lambda: clock.now))

    def go(steps: int) -> Run:
        model = nn.Linear(1, 1)
        run = Run(model, adamw([(list(model.parameters()), 0.1)]), Plan(steps, 1, every=2), tmp_path)

        def loss_at(step: int) -> torch.Tensor:
            clock.now += 3.0
            return model(torch.ones(1, 1)).sum()  # type: ignore[no-any-return]

        run.train(loss_at, lambda: {"figure": float(run.step)})
        return run

    assert go(4).seconds == pytest.approx(12.0)
    clock.now += 500.0
    assert go(6).seconds == pytest.approx(18.0)
    curve = loop.learning_curve(tmp_path)
    assert [(row["step"], row["seconds"], row["figure"]) for row in curve] == [(2, 6, 2), (4, 12, 4), (6, 18, 6)]
    assert not list(tmp_path.glob("*.part"))


def test_gradients_are_clipped_and_the_logged_loss_is_the_mean_since_the_last_line(tmp_path: Any) -> None:
    model = nn.Linear(1, 1, bias=False)
    plan = Plan(4, 1, seed=3, every=2, clip=0.5)
    optimizer = torch.optim.SGD([{"params": list(model.parameters()), "lr": 9.0, "peak": 1.0}])
    run, weights, noise = Run(model, optimizer, plan, tmp_path), [], []

    def loss_at(step: int) -> torch.Tensor:
        weights.append(float(model.weight.detach()))
        noise.append(float(torch.rand(())))
        assert model.training
        return 100.0 * model.weight.sum()

    def validate() -> dict[str, float]:
        assert not model.training and not torch.is_grad_enabled()
        return {}

    run.train(loss_at, validate)
    moved = -np.diff([*weights, float(model.weight.detach())])
    assert moved == pytest.approx([0.5 * plan.factor(step) for step in range(4)], rel=1e-4)
    logged = [row["train_loss"] for row in loop.learning_curve(tmp_path)]
    assert logged == pytest.approx([100 * np.mean(weights[:2]), 100 * np.mean(weights[2:])], abs=1e-3)
    for step, drawn in enumerate(noise):
        torch.manual_seed(3 * 10**9 + step)
        assert drawn == float(torch.rand(()))


def test_the_mean_of_the_weights_starts_short_and_is_what_is_validated_and_kept(tmp_path: Any) -> None:
    model = nn.Linear(1, 1, bias=False)
    plan = Plan(5, 1, every=5, mean_decay=0.25)
    optimizer = torch.optim.SGD([{"params": list(model.parameters()), "lr": 1.0, "peak": 1.0}])
    with torch.no_grad():
        model.weight.fill_(8.0)
    run, weights, seen = Run(model, optimizer, plan, tmp_path), [], []

    def loss_at(step: int) -> torch.Tensor:
        weights.append(float(model.weight.detach()))
        return model.weight.sum()

    def validate() -> dict[str, float]:
        seen.append(float(model.weight.detach()))
        return {}

    run.train(loss_at, validate)
    mean = 8.0
    for step, weight in enumerate([*weights[1:], weights[-1] - plan.factor(4)], 1):
        decay = min(0.25, step / (step + 10))
        mean = decay * mean + (1 - decay) * weight
    assert seen == pytest.approx([mean], rel=1e-5)
    assert float(model.weight.detach()) == pytest.approx(mean, rel=1e-5) and not model.training


def test_adamw_is_torchs_and_empty_groups_are_left_out() -> None:
    one, two = nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(3))
    optimizer = adamw([([one], 0.1), ([], 0.2), ([two], 0.3)])
    assert type(optimizer) is torch.optim.AdamW
    assert [(g["lr"], g["peak"], g["weight_decay"]) for g in optimizer.param_groups] == [
        (0.1, 0.1, 0.01),
        (0.3, 0.3, 0.01),
    ]
    assert adamw([([one], 0.1)], 0.5).param_groups[0]["weight_decay"] == 0.5


@pytest.mark.parametrize(("card", "avx", "wanted"), [(True, False, True), (False, True, True), (False, False, False)])
def test_half_precision_is_used_where_the_hardware_multiplies_it(
    card: bool, avx: bool, wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: card)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: avx)
    assert loop.precision() == (torch.bfloat16 if wanted else None)


def test_the_default_sizes_of_answers_and_pairs() -> None:
    """30 pieces of an answer at most, as in BERT's own scripts for SQuAD; a pair of 40 tokens still trains."""
    start, end = torch.zeros(60), torch.zeros(60)
    start[0], end[29], end[30] = 9.0, 5.0, 8.0
    assert qa.best_span(start, end)[1:] == (0, 29)


@pytest.mark.parametrize(("tokens", "kept"), [(40, True), (41, False)])
def test_a_longer_pair_does_not_train(tokens: int, kept: bool, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class StopError(Exception):
        pass

    def steps(model: Any, rows: Any, recipe: Any) -> Any:
        seen.append(len(rows))
        raise StopError

    seen: list[int] = []
    rows = [translation.Coded([1] * tokens, [1] * 3), translation.Coded([1] * 3, [1] * tokens)]
    monkeypatch.setattr(translation, "encode", lambda pairs, _: rows)
    monkeypatch.setattr(translation, "Steps", steps)
    pairs = [translation.Pair("a b", "字字")] * 3
    with pytest.raises(StopError):
        translation.train({"train": pairs, "validation": pairs}, translation.Recipe(), tmp_path)
    assert seen == [2 if kept else 0]
