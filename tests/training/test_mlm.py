"""Masking, blocks, schedule and the bundle of the masked language model's training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from nlpcore.training import low_rank, mlm, mlm_texts
from nlpcore.training.loop import Run


def test_of_the_selected_tokens_80_are_masked_10_random_10_kept() -> None:
    ids = torch.randint(2000, 3000, (2000, 64), generator=torch.Generator().manual_seed(0))
    ids[:, 0], ids[:, -1] = mlm.CLS, mlm.SEP
    corrupted, labels = mlm.select_and_corrupt(ids, 0.15, mlm.WORDS, torch.Generator().manual_seed(1))
    chosen = labels != mlm.IGNORE
    count = int(chosen.sum())
    assert count / (2000 * 62) == pytest.approx(0.15, abs=0.004)  # 4 standard errors
    assert not chosen[:, 0].any()
    assert not chosen[:, -1].any()
    masked = corrupted[chosen] == mlm.MASK
    kept = corrupted[chosen] == ids[chosen]
    assert float(masked.double().mean()) == pytest.approx(0.8, abs=0.012)
    assert float(kept.double().mean()) == pytest.approx(0.1, abs=0.009)
    assert float((~masked & ~kept).double().mean()) == pytest.approx(0.1, abs=0.009)
    assert corrupted[chosen].min() >= mlm.MASK
    assert torch.equal(labels[chosen], ids[chosen])
    assert torch.equal(corrupted[~chosen], ids[~chosen])


def test_masking_is_seeded() -> None:
    ids = torch.randint(2000, 3000, (8, 64))
    draws = [
        mlm.select_and_corrupt(ids, 0.3, range(1000, 5000), torch.Generator().manual_seed(seed))[0]
        for seed in (1, 1, 2)
    ]
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[0], draws[2])


class Letters:
    """A tokenizer with one piece a letter."""

    def __call__(self, texts: list[str], **_: Any) -> dict[str, Any]:
        return {"input_ids": [[1000 + ord(char) for char in text] for text in texts]}


def test_blocks_join_the_texts_and_lose_only_the_end() -> None:
    found = mlm_texts.blocks(["a" * 50, "b" * 50, "c" * 50], Letters())
    assert found.shape == (2, mlm.BLOCK + 2)
    assert (found[:, 0] == mlm.CLS).all()
    assert (found[:, -1] == mlm.SEP).all()
    joined = found[:, 1:-1].ravel().tolist()
    assert joined == [1000 + ord(char) for char in ("a" * 50 + "b" * 50 + "c" * 50)[: 2 * mlm.BLOCK]]


def test_sentences_end_before_a_capital_letter_and_unfinished_ones_are_left_out() -> None:
    texts = ["It cost 3.5 million. He paid! (Did he? Yes) no", "One more sentence."]
    assert mlm_texts.split_sentences(texts) == ["It cost 3.5 million.", "He paid! (Did he?", "One more sentence."]
    assert mlm_texts.split_sentences(texts, 1) == ["It cost 3.5 million."]


def test_sentences_are_kept_whole_by_their_length() -> None:
    found = mlm_texts.by_length(["a" * 5, "b" * 7, "c" * 5, "d" * 3, "e" * 41], Letters())
    assert {length: rows.shape for length, rows in found.items()} == {
        7: (2, 7),
        9: (1, 9),
    }  # 3 and 41 are too short, long
    assert found[7].tolist() == [[mlm.CLS, *[1000 + ord(c)] * 5, mlm.SEP] for c in "ac"]


def material(rows: int = 64) -> mlm_texts.Texts:
    """Blocks of one token, sentences of another: a batch shows which it is."""
    train = np.full((rows, 64), 1050, dtype=np.uint16)
    train[:, 0], train[:, -1] = mlm.CLS, mlm.SEP
    sentences = {length: np.full((9, length), 1060, dtype=np.uint16) for length in (8, 16)}
    return mlm_texts.Texts(train, sentences, train[:8], {})


def test_a_quarter_of_the_batches_are_sentences_with_as_many_tokens() -> None:
    steps = mlm.Steps(torch.nn.Linear(1, 1), material(), mlm.Recipe(batch=8))
    batches = [steps.batch(step) for step in range(400)]
    short = [batch for batch in batches if batch.shape[1] < 64]
    assert len(short) / 400 == pytest.approx(0.25, abs=0.09)  # 4 standard errors
    assert all((batch == 1060).all() and batch.shape in ((64, 8), (32, 16)) for batch in short)
    assert len({batch.shape for batch in short}) == 2
    assert all(batch.shape == (8, 64) for batch in batches if batch.shape[1] == 64)
    alone = mlm.Steps(torch.nn.Linear(1, 1), material(), mlm.Recipe(batch=8, short_share=0))
    assert all(alone.batch(step).shape == (8, 64) for step in range(20))


def test_a_later_round_goes_on_in_the_order_of_the_first() -> None:
    train = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64)
    texts = mlm_texts.Texts(train, {}, train, {})
    whole = mlm.Steps(torch.nn.Linear(1, 1), texts, mlm.Recipe(batch=8))
    later = mlm.Steps(torch.nn.Linear(1, 1), texts, mlm.Recipe(batch=8, tokens_before=3 * 8 * 64))
    assert all(torch.equal(later.batch(step), whole.batch(3 + step)) for step in range(10))
    assert not torch.equal(whole.batch(0), whole.batch(3))


def test_tokens_and_time_of_a_model_are_those_of_all_its_rounds() -> None:
    def own(seconds: float) -> dict[str, Any]:
        return {"command": "c", "hardware": "h", "seconds": seconds, "quality": {"validation": {"perplexity": 9.0}}}

    first = mlm.counted(own(60.0), {}, 1000)
    second = mlm.counted(own(30.0), first, 500)
    assert (second["tokens"], second["seconds"]) == (1500, 90.0)
    assert [part["tokens"] for part in second["rounds"]] == [1000, 500]
    assert [part["seconds"] for part in second["rounds"]] == [60.0, 30.0]


def test_rate_and_masking_fall_together_at_the_end() -> None:
    recipe = mlm.Recipe(tokens=2048 * 1000)
    assert recipe.steps == 1000
    assert recipe.progress(0) == (0.01, 0.30)
    assert recipe.progress(300) == (1.0, 0.30)
    factor, masking = recipe.progress(800)
    assert factor == pytest.approx(0.5)
    assert masking == pytest.approx(0.225)
    assert mlm.Recipe(tokens=2048 * 2000).progress(500) == recipe.progress(500)  # a longer run begins the same


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("encoder")
    config = BertConfig(
        vocab_size=1100,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    torch.manual_seed(0)
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder


@pytest.mark.parametrize("method", ["full", "lora"])
def test_training_learns_and_the_bundle_gives_the_same_logits(
    encoder: Path, tmp_path: Path, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mlm, "WORDS", range(1000, 1100))
    recipe = mlm.Recipe(tokens=8 * 64 * 12, batch=8, warmup_steps=2, method=method, lora_rank=2, head_rate=0.05)
    texts = material()
    train = texts.train
    model = mlm.build(encoder, recipe)
    plan = mlm.MaskingPlan(recipe.steps, recipe.warmup_steps, every=4, recipe=recipe)
    run = Run(model, mlm.optimiser(model, recipe), plan, tmp_path / "out")
    before = mlm.validate(model.eval(), train[:8])["perplexity"]
    run.train(mlm.Steps(model, texts, recipe), lambda: mlm.validate(model, train[:8]))
    after = mlm.validate(model, train[:8])
    assert after["perplexity"] < before / 2
    found = mlm.result(model, run, recipe, train[:8])
    assert found["method"] == method
    assert found["tokens"] == recipe.steps * 8 * 64
    mlm.write_bundle(model, tmp_path / "bundle", encoder)
    again = mlm.validate(mlm.load_bundle(tmp_path / "bundle", encoder), train[:8])
    assert again["perplexity"] == pytest.approx(after["perplexity"], rel=1e-2)  # float16 has 11 bits


def test_lora_trains_its_updates_the_head_and_what_has_one_dimension(encoder: Path) -> None:
    model = mlm.build(encoder, mlm.Recipe(method="lora", lora_rank=2))
    trained = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    assert trained
    small = ("bias", "LayerNorm.weight")
    assert all("lora_" in name or "predictions" in name or name.endswith(small) for name in trained)


def test_encoder_updates_and_head_have_a_learning_rate_each(encoder: Path) -> None:
    recipe = mlm.Recipe(method="lora", lora_rank=2, encoder_rate=0.1, lora_rate=0.2, head_rate=0.3)
    model = mlm.build(encoder, recipe)
    rates = {id(p): group["peak"] for group in mlm.optimiser(model, recipe).param_groups for p in group["params"]}
    trained = {name: rates.pop(id(p)) for name, p in model.named_parameters() if p.requires_grad}
    assert not rates  # nothing else
    for name, rate in trained.items():
        assert rate == (0.2 if "lora_" in name else 0.3 if "predictions" in name else 0.1)


def test_low_rank_updates_go_on_where_a_full_training_ended(encoder: Path, tmp_path: Path) -> None:
    """With the full rank nothing is lost; with less, the bundle still gives the logits of the model in memory."""
    from nlpcore.training.bundle import load_weights

    before: Any = mlm.build(encoder, mlm.Recipe(seed=1)).eval()
    with torch.no_grad():
        for parameter in before.parameters():
            parameter.add_(0.02 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(3)))
    ids = torch.randint(1000, 1100, (4, 12), generator=torch.Generator().manual_seed(0))
    for rank in (16, 4):
        model = mlm.build(encoder, mlm.Recipe(method="lora", lora_rank=rank, seed=2)).eval()
        low_rank.adopt(model, before)
        low_rank.settle_embeddings(model, encoder, rank)
        with torch.no_grad():
            logits = model(input_ids=ids).logits
            if rank == 16:  # of all matrices the smaller side
                torch.testing.assert_close(logits, before(input_ids=ids).logits, atol=2e-4, rtol=2e-3)
            mlm.write_bundle(model, tmp_path, encoder, rank)
            again = mlm.load_bundle(tmp_path, encoder)(input_ids=ids).logits
        assert float((again - logits).abs().max()) < 0.02 * float(logits.abs().max())  # float16
        stored = load_weights(tmp_path)
        shared = ("query.weight", "dense.weight", "word_embeddings.weight")
        assert not any(name.startswith("bert.") and name.endswith(shared) for name in stored)


def test_the_decoder_is_not_written_twice(encoder: Path, tmp_path: Path) -> None:
    mlm.write_bundle(mlm.build(encoder, mlm.Recipe()), tmp_path, encoder)
    from nlpcore.training.bundle import load_weights

    assert not any(name.startswith(mlm.TIED) for name in load_weights(tmp_path))
    assert not mlm.load_bundle(tmp_path, encoder).training


def test_a_low_rank_change_of_the_embeddings_is_all_that_a_bundle_keeps_of_them(encoder: Path, tmp_path: Path) -> None:
    from nlpcore.training.bundle import load_weights

    model: Any = mlm.build(encoder, mlm.Recipe())
    base = load_weights(encoder)[low_rank.TABLE]
    with torch.no_grad():
        change = torch.randn(1100, 3, generator=torch.Generator().manual_seed(0)) @ torch.randn(3, 16)
        model.bert.embeddings.word_embeddings.weight.add_(change + 0.001 * torch.randn(1100, 16))
    before = model.bert.embeddings.word_embeddings.weight.detach().clone()
    low_rank.settle_embeddings(model, encoder, rank=3)
    table = model.bert.embeddings.word_embeddings.weight
    assert not table.requires_grad
    assert int(torch.linalg.matrix_rank(table - base, atol=1e-3)) == 3
    # Eckart & Young: what is lost is what the smaller singular values hold.
    lost = torch.linalg.svdvals(before - base)[3:].square().sum().sqrt()
    assert float((table - before).norm()) == pytest.approx(float(lost), rel=1e-3)

    mlm.write_bundle(model, tmp_path, encoder, rank=3)
    stored = load_weights(tmp_path)
    assert not any(value.shape == (1100, 16) for value in stored.values())
    again: Any = mlm.load_bundle(tmp_path, encoder)
    torch.testing.assert_close(again.bert.embeddings.word_embeddings.weight, table, atol=5e-3, rtol=5e-3)
    assert again.cls.predictions.decoder.weight is again.bert.embeddings.word_embeddings.weight
    with pytest.raises(ValueError, match="minilm-l6"):
        mlm.load_bundle(tmp_path)


def test_a_bundle_may_hold_positions_and_a_pooler_that_nothing_reads_but_nothing_else(
    encoder: Path, tmp_path: Path
) -> None:
    from nlpcore.training.bundle import load_weights, save_weights

    mlm.write_bundle(mlm.build(encoder, mlm.Recipe()), tmp_path, encoder)
    weights = load_weights(tmp_path)
    unread = {"bert.embeddings.position_ids": torch.arange(4), "bert.pooler.dense.bias": torch.zeros(16)}
    save_weights(tmp_path, weights | unread)
    assert not mlm.load_bundle(tmp_path, encoder).training
    save_weights(tmp_path, weights | {"bert.encoder.layer.9.output.dense.bias": torch.zeros(16)})
    with pytest.raises(ValueError, match=r"weights do not fit.*layer\.9"):
        mlm.load_bundle(tmp_path, encoder)


def test_a_network_that_knows_nothing_is_as_unsure_as_its_vocabulary_is_large(encoder: Path) -> None:
    model: Any = mlm.build(encoder, mlm.Recipe()).eval()
    for parameter in model.parameters():
        parameter.detach().zero_()
    rows = np.full((300, 20), 1050, dtype=np.uint16)
    ids = torch.from_numpy(rows.astype(np.int64))
    found = mlm.validate(model, rows[:200], rows[200:], words=range(1000, 1100))
    assert found["perplexity"] == pytest.approx(model.config.vocab_size, rel=1e-5)
    generator = torch.Generator().manual_seed(1234)
    parts = [mlm.select_and_corrupt(part, 0.15, range(1000, 1100), generator)[1] for part in ids.split([128, 72, 100])]
    assert found["predictions"] == sum(int((labels != mlm.IGNORE).sum()) for labels in parts)
