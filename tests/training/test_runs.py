"""What each training hands to the loop: its plan, its rates, its losses; and the order in which it reads."""

from __future__ import annotations

import random
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from nlpcore.training import classification, loop, lstm_chars, lstm_imdb, mlm, mlm_texts, mlm_zh, ner, qa, translation
from nlpcore.training import mlm_zh_texts as chinese
from nlpcore.training.corpora import Pair
from nlpcore.training.loop import Plan
from nlpcore.training.questions import Question
from nlpcore.training.recurrent_network import RecurrentNetwork


class Recorded:
    """Stands for a run: notes what it is given, computes one loss and validates once."""

    last: Recorded

    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer, plan: Plan, folder: Path) -> None:
        self.model, self.optimizer, self.plan, self.folder = model, optimizer, plan, folder
        Recorded.last = self

    def train(self, loss_at: Any, validate: Any) -> None:
        self.loss = float(loss_at(0).detach())
        self.model.eval()
        with torch.no_grad():
            self.figures = validate()

    @property
    def rates(self) -> set[tuple[float, float]]:
        """The peak rate and the decay of each group of parameters."""
        return {(group["peak"], group["weight_decay"]) for group in self.optimizer.param_groups}

    def rate_of(self, parameter: nn.Parameter) -> float:
        groups = self.optimizer.param_groups
        return float(next(group["peak"] for group in groups if any(parameter is other for other in group["params"])))


@pytest.fixture(autouse=True)
def recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for module in (classification, lstm_chars, lstm_imdb, mlm, mlm_zh, ner, qa, translation):
        monkeypatch.setattr(module, "Run", Recorded)
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def test_lstm_chars(tmp_path: Path) -> None:
    """A rise over 100 steps and float32, its card says; the loop validates every 500 steps."""
    novels = [np.arange(2, 60) % 9, np.arange(2, 40) % 9]
    data = lstm_chars.Data([*"abcdefghi"], novels, novels[:1], novels[1:])
    torch.set_num_threads(2)
    model, run = lstm_chars.train(data, lstm_chars.Recipe(4, 5, 77, 3, 8, 0.01, seed=6), tmp_path)
    found = Recorded.last
    assert found is run and found.model is model
    assert (found.plan, found.folder) == (Plan(77, 100, 6, 500), tmp_path)
    assert found.rates == {(0.01, 0.0)}
    assert sum(len(group["params"]) for group in found.optimizer.param_groups) == len(list(model.parameters()))
    assert (model.embedding.embedding_dim, model.lstm.hidden_size) == (4, 5)
    assert found.figures == lstm_chars.bits(model, data.validation) != lstm_chars.bits(model, data.test)
    assert torch.get_num_threads() == 1
    again, _ = lstm_chars.train(data, lstm_chars.Recipe(4, 5, 77, 3, 8, 0.01, seed=6), tmp_path)
    assert torch.equal(again.output.weight, model.output.weight)


def test_characters_are_read_in_passages_and_each_asks_for_the_next_one() -> None:
    read: list[Tensor] = []

    def successor(ids: Tensor) -> tuple[Tensor, None]:
        read.append(ids)
        return 60.0 * nn.functional.one_hot((ids + 1) % 12, 12), None

    recipe: Any = lstm_chars.Recipe(batch=4, passage=5)
    network: Any = successor
    steps = lstm_chars.Steps(network, [np.arange(6) % 12, np.arange(6, 12)], recipe)  # two novels, one after the other
    losses = [float(steps(step)) for step in range(40)]
    assert max(losses) < 1e-6
    assert {tuple(ids.shape) for ids in read} == {(4, 5)}
    starts = {int(row[0]) for ids in read for row in ids}
    assert {0, 1, 2, 3, 4, 5} - starts <= {5} and all((ids.diff() == 1).all() for ids in read)


def test_lstm_imdb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The weights kept are a mean over about the last 500 steps (its card): 1 / (1 - decay)."""
    torch.manual_seed(0)
    network = RecurrentNetwork(6, 3, 4, 2)
    built: list[Any] = []
    monkeypatch.setattr(lstm_imdb, "build", lambda *given: (built.append(given), (network, 3))[1])
    reviews = lstm_imdb.Reviews([np.array([2, 3, 4])] * 9, np.array([0, 1, 1] * 3))
    held_out = lstm_imdb.Reviews([np.array([5, 3]), np.array([2])], np.array([0, 1]))
    data = lstm_imdb.Data([*"abcdef"], reviews, held_out, reviews)
    recipe = lstm_imdb.Recipe(epochs=3, batch=4, rate=0.3, embedding_rate=0.1, weight_decay=0.2, seed=7)
    torch.set_num_threads(2)
    model, _ = lstm_imdb.train(data, recipe, tmp_path / "glove.whl", tmp_path)
    found = Recorded.last
    assert built == [(data.vocabulary, recipe, tmp_path / "glove.whl")] and model is network
    assert (found.plan.steps, found.plan.warmup, found.plan.seed, found.plan.every) == (3 * 2, 100, 7, 2)
    assert 1 / (1 - found.plan.mean_decay) == pytest.approx(500)
    assert found.rates == {(0.3, 0.2), (0.1, 0.2)}
    named = dict(network.named_parameters())
    assert {name: found.rate_of(value) for name, value in named.items()} == {
        name: 0.1 if name.startswith("embedding") else 0.3 for name in named
    }
    assert found.figures == lstm_imdb.accuracy(network, held_out)
    assert torch.get_num_threads() == 1


class Judge(nn.Module):
    """Reads like the tagger, by a table, and notes what it reads."""

    def __init__(self, capitals: bool = True) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.randn(1200, 9, generator=torch.Generator().manual_seed(0)))
        self.config = SimpleNamespace(capitals=capitals)
        self.read: list[dict[str, Tensor]] = []

    def forward(self, **inputs: Tensor) -> Any:
        self.read.append(inputs)
        return SimpleNamespace(logits=self.table[inputs["input_ids"]] * (1 + inputs["token_type_ids"][..., None]))


def documents() -> list[list[ner.Coded]]:
    words = [ner.Coded((1000 + i, 1100 + i, 1001 + i), (0, 2), (i % 9, (i + 1) % 9), (1, 1, 2)) for i in range(8)]
    return [words[:4], words[4:]]


def test_minilm_l6_ner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rise over 60 steps (its card); validated once an epoch, on single sentences and in context."""
    network = Judge()
    network.classifier = nn.Linear(1, 1)
    monkeypatch.setattr(ner, "build", lambda encoder, recipe: network if encoder == tmp_path else None)
    recipe = ner.Recipe(epochs=3, encoder_rate=0.1, head_rate=0.2, weight_decay=0.3, seed=5, mean_decay=0.9)
    longest: list[int] = []
    tags = ner.predict

    def predict(model: nn.Module, given: Any, window: int, cast: Any) -> Any:
        longest.append(window)
        return tags(model, given, window, cast)

    monkeypatch.setattr(ner, "predict", predict)
    args = Namespace(encoder=tmp_path, out=tmp_path / "out")
    ner.train(documents(), documents()[:1], recipe, args)
    found = Recorded.last
    per_epoch = len(ner.epoch_batches(documents(), recipe, 0))
    assert (found.plan.warmup, found.plan.seed, found.plan.mean_decay) == (60, 5, 0.9)
    assert (found.plan.steps, found.plan.every, found.folder) == (3 * per_epoch, per_epoch + 1, args.out)
    assert (found.rate_of(network.table), found.rate_of(network.classifier.weight)) == (0.1, 0.2)
    assert {decay for _, decay in found.rates} == {0.3}
    assert list(found.figures) == ["single", "context"] and longest == [0, 254]


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_tagger_is_asked_at_first_pieces_of_words_which_may_be_dropped_and_of_rows_written_small(
    share: float,
) -> None:
    recipe = ner.Recipe(epochs=1, singles=0.0, word_dropout=share, small_share=share, window=60, pieces_per_batch=4096)
    network = Judge()
    steps = ner.Steps(network, documents(), recipe)
    steps.cast = None
    assert (len(steps.batches), steps.per_epoch) == (1, 1)
    loss = float(steps(0).detach())
    inputs, labels = ner.tensors(steps.batches[0])
    firsts = labels != ner.IGNORE
    (read,) = network.read
    assert torch.equal(read["input_ids"] == ner.UNKNOWN, firsts if share else torch.zeros_like(firsts))
    assert torch.equal(read["token_type_ids"], inputs["token_type_ids"] * int(not share))
    logits = network.table[read["input_ids"]].detach() * (1 + read["token_type_ids"][..., None])
    wanted = -logits.log_softmax(-1)[firsts].gather(1, labels[firsts][:, None]).mean()
    assert loss == pytest.approx(float(wanted), rel=1e-5)


def test_a_tagger_that_is_not_told_of_capitals_reads_none() -> None:
    network = Judge(capitals=False)
    ner.logits_of(network, ner.tensors([documents()[0]])[0], None)
    assert not network.read[0]["token_type_ids"].any()


@pytest.mark.parametrize("singles", [1.0, 0.0])
def test_a_share_of_the_documents_is_read_by_sentences_the_others_in_windows_of_a_third_to_all_of_the_longest(
    singles: float,
) -> None:
    words = [[ner.Coded((1000,), (0,), (0,), (0,))] * 60] * 300
    recipe = ner.Recipe(singles=singles, window=60, pieces_per_batch=10**6)
    (batch,) = ner.epoch_batches(words, recipe, 0)
    found = {len(row) for row in batch}
    assert found == {1} if singles else set(range(31, 61)) <= found and max(found) == 60


def shuffled(count: int, seed: int) -> list[int]:
    order = list(range(count))
    random.Random(seed).shuffle(order)
    return order


def test_the_order_of_an_epoch_follows_from_seed_and_epoch_alone() -> None:
    """A run that was interrupted goes on with the batches it would have read, under another version too."""
    rows = [classification.Coded((7,), (), i) for i in range(30)]
    recipe = classification.Recipe(seed=2, pieces_per_batch=10**6)
    (batch,) = classification.epoch_batches(rows, recipe, 3)
    assert [row.label for row in batch] == shuffled(30, 2003)
    coded = [translation.Coded([1], [i]) for i in range(30)]
    (pairs,) = translation.epoch_batches(coded, 30, 2, 3)
    assert [row.target[0] for row in pairs] == shuffled(30, 2003)
    pieces, rng = np.arange(20, dtype=np.int32), random.Random(2003)
    offsets = np.stack([pieces * 2, pieces * 2 + 1], axis=1)
    questions = [qa.Coded(pieces[:3], pieces + i, offsets, ((1, 2),)) for i in range(30)]
    asked = qa.Recipe(seed=2, cut_share=0.0, pieces_per_batch=10**6)
    (answers,) = qa.epoch_batches(questions, asked, 3)
    order = list(range(30))
    for _ in order:  # one draw of an answer and one of whether the paragraph is cut
        rng.choice(questions[0].answers), rng.random()
    rng.shuffle(order)
    assert [int(row.coded.pieces[0]) for row in answers] == order
    sentences = [[ner.Coded((1000 + i,), (0,), (0,), (0,))] for i in range(30)]
    tagged, rng = ner.Recipe(seed=2, singles=1.0, pieces_per_batch=10**6), random.Random(2003)
    (found,) = ner.epoch_batches(sentences, tagged, 3)
    for _ in sentences:
        rng.random()
    order = list(range(30))
    rng.shuffle(order)
    assert [row[0].pieces[0] - 1000 for row in found] == order


def test_batches_of_an_epoch_are_shuffled_once_more() -> None:
    rows = [classification.Coded((7,) * n, (), n) for n in range(1, 60)]
    batches = classification.epoch_batches(rows, classification.Recipe(pieces_per_batch=60), 0)
    lengths = [batch[0].length for batch in batches]
    assert lengths != sorted(lengths) and lengths != sorted(lengths, reverse=True)


def test_classifiers(six_layers: Path, tmp_path: Path) -> None:
    rows = [classification.Coded((150 + i,) * (4 + i), (), i % 2) for i in range(8)]
    recipe = classification.Recipe(
        "top", epochs=2, pieces_per_batch=16, encoder_rate=0.1, head_rate=0.2, weight_decay=0.3, warmup_steps=5,
        dropout=0.25, seed=4,
    )  # fmt: skip
    model: Any
    model, _ = classification.train(rows, rows[:3], ("no", "yes"), recipe, six_layers, tmp_path, validations=4)
    found = Recorded.last
    steps = 2 * len(classification.epoch_batches(rows, recipe, 0))
    assert (found.plan, found.folder) == (Plan(steps, 5, 4, -(-steps // 4)), tmp_path)
    assert steps % 4  # the figure of every is rounded up
    assert found.rates == {(0.1, 0.3), (0.2, 0.3)}
    assert model.config.hidden_dropout_prob == model.config.attention_probs_dropout_prob == 0.25
    assert (model.config.id2label, model.config.label2id) == ({0: "no", 1: "yes"}, {"no": 0, "yes": 1})
    table, loss = classification.confusion(model, rows[:3], 2, loop.precision())
    assert found.figures == pytest.approx({"accuracy": int(table.diag().sum()) / 3, "loss": loss})


def test_minilm_l6_qa(six_layers: Path, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    question = Question("Where?", "The cat sat on the mat.", (("the mat", 15),))
    coded = qa.encode([question] * 3, AutoTokenizer.from_pretrained(six_layers))
    recipe = qa.Recipe("frozen", epochs=2, head_rate=0.2, weight_decay=0.3, warmup_steps=5, dropout=0.25, seed=4)
    model: Any
    model, _ = qa.train(coded, [question], recipe, Namespace(encoder=six_layers, out=tmp_path))
    found = Recorded.last
    assert (found.plan, found.folder) == (Plan(2, 5, 4, 500), tmp_path)
    assert found.rates == {(0.2, 0.3)}
    assert model.config.hidden_dropout_prob == 0.25
    given = qa.answers(model, [question], coded[:1], loop.precision())
    assert list(found.figures.values()) == qa.scores([question], given)[0].tolist()
    assert list(found.figures) == ["exact", "f1"]


def material() -> mlm_texts.Texts:
    train = np.full((600, 64), 104, dtype=np.uint16)
    train[:, 0], train[:, -1] = mlm.CLS, mlm.SEP
    return mlm_texts.Texts(train, {}, train, {})


def test_minilm_l6_mlm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than 512 held-out blocks are read at a validation, as its card says of the figures on the way."""
    args = Namespace(out=tmp_path, encoder="encoder", data="data", packages="packages", seed=3)
    recipe = mlm.Recipe(tokens=2048 * 40, encoder_rate=0.1, head_rate=0.2, weight_decay=0.3, seed=3, mean_decay=0.9)
    recipe = replace(recipe, dropout=0.1)
    network = nn.Module()
    network.drop = nn.Dropout(0.5)
    network.own, network.predictions = nn.Parameter(torch.ones(1)), nn.Linear(1, 1)
    attention: list[str] = []
    network.set_attn_implementation = attention.append
    seen: list[Any] = []
    put = {"prepared": lambda given: material() if given is args else None, "started": lambda *given: network}
    put["Steps"] = lambda *given: seen.append(given) or (lambda step: network.own.sum())
    put["validate"] = lambda model, rows: {"rows": len(rows)}
    for name, stub in put.items():
        monkeypatch.setattr(mlm, name, stub)
    model, run = mlm.train_model(args, recipe)
    found = Recorded.last
    assert (model, run, found.folder, attention) == (network, found, tmp_path, ["eager"])
    assert found.plan == mlm.MaskingPlan(40, 100, 3, 250, mean_decay=0.9, recipe=recipe)
    assert found.rates == {(0.1, 0.3), (0.2, 0.3)} and found.figures == {"rows": 512}
    assert seen[0][0] is network and seen[0][2] is recipe and network.drop.p == 0.1


def test_a_round_begins_with_the_finished_model_or_the_nearest_updates_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[tuple[Any, ...]] = []
    monkeypatch.setattr(mlm, "load_bundle", lambda *given: ("before", *given))
    monkeypatch.setattr(mlm, "build", lambda *given: ("built", *given))
    monkeypatch.setattr(mlm, "adopt", lambda *given: done.append(("adopt", *given)))
    monkeypatch.setattr(mlm, "settle_embeddings", lambda *given: done.append(("settle", *given)))
    begin, go_on = Namespace(start=None, encoder="e"), Namespace(start="b", encoder="e")
    full, lora = mlm.Recipe(), mlm.Recipe(method="lora", embedding_rank=4)
    before: Any = ("before", "b", "e")
    assert (mlm.started(begin, full), done) == (("built", "e", full), [])
    assert (mlm.started(go_on, full), done) == (before, [])
    built = ("built", "e", lora)
    assert mlm.started(go_on, lora) == built
    assert done == [("adopt", built, before), ("settle", built, "e", 4)]
    done.clear()
    assert (mlm.started(begin, lora), done) == (built, [("settle", built, "e", 4)])


def test_bert_mini_zh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vocabulary = [*chinese.MARKS, "a", "天", "气", "##b"]
    asked: list[Any] = []

    def prepared(*given: Any) -> Any:
        asked.append(given)
        return material(), vocabulary

    monkeypatch.setattr(chinese, "prepared", prepared)
    args = Namespace(data="data", packages="packages", seed=3, out=tmp_path)
    recipe = mlm.Recipe(tokens=2048 * 40, batch=2, warmup_steps=30, encoder_rate=0.1, head_rate=0.2, seed=3)
    measured: list[Any] = []
    monkeypatch.setattr(mlm, "validate", lambda model, rows, **more: measured.append((len(rows), more)) or {"f": 1.0})
    model, _, words = mlm_zh.train(args, recipe)
    found = Recorded.last
    assert asked == [("data", "packages", 3, tmp_path)] and words is vocabulary
    assert found.plan == mlm.MaskingPlan(recipe.steps, 30, 3, 500, recipe=recipe)
    assert {rate for rate, _ in found.rates} == {0.1, 0.2} and found.figures == {"f": 1.0}
    ((rows, more),) = measured
    assert rows == 512 and more["words"] == range(104, 108) and more["counted"].tolist() == [105, 106]
    torch.manual_seed(0)
    again: Any = mlm_zh.build(len(vocabulary), 3)
    assert torch.equal(again.bert.embeddings.word_embeddings.weight, model.bert.embeddings.word_embeddings.weight)  # type: ignore[union-attr]
    assert found.loss == pytest.approx(np.log(len(vocabulary)), rel=0.2)  # it knows nothing yet


def test_translators(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [Pair(f"Sentence {word}.", f"句{word}。") for word in "abcdefghij"]
    sizes = {"gru": {"embedding": 8, "hidden": 8}}
    monkeypatch.setattr(translation, "SIZES", sizes)
    measured: list[Any] = []

    def figures(model: nn.Module, given: Any, tokenizers: Any, beam: int) -> Any:
        measured.append((given, beam))
        return {"greedy": {"chrf": 3.0, "bleu": 4.0}}

    monkeypatch.setattr(translation, "measured", figures)
    recipe = translation.Recipe(
        epochs=3, batch=2, rate=0.1, warmup_steps=7, weight_decay=0.2, dropout=0.4, mean_decay=0.9, seed=5
    )
    torch.set_num_threads(2)
    model, _, both = translation.train({"train": pairs[:8], "validation": pairs[8:]}, recipe, tmp_path)
    found = Recorded.last
    assert (found.plan, found.folder) == (Plan(12, 7, 5, 8, mean_decay=0.9), tmp_path)
    assert found.rates == {(0.1, 0.2)} and torch.get_num_threads() == 1
    assert measured == [(pairs[8:], 0)]
    loss = translation.cross_entropy(model, translation.encode(pairs[8:], both))
    assert found.figures == {"loss": pytest.approx(loss), "chrf": 3.0, "bleu": 4.0}
    sizes_of = [tokenizer.get_vocab_size() for tokenizer in both]
    again = translation.build("gru", *sizes_of, dropout=0.4, seed=5).state_dict()
    assert all(torch.equal(value, again[name]) for name, value in model.state_dict().items())
    assert {m.p for m in model.modules() if isinstance(m, nn.Dropout)} == {0.4}
