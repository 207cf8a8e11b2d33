"""Masking, blocks, schedule and the bundle of the masked language model's training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from nlpcore.training import mlm
from nlpcore.training.loop import Run


def test_of_the_selected_tokens_80_are_masked_10_random_10_kept() -> None:
    ids = torch.randint(2000, 3000, (2000, 64), generator=torch.Generator().manual_seed(0))
    ids[:, 0], ids[:, -1] = mlm.CLS, mlm.SEP
    corrupted, labels = mlm.select_and_corrupt(ids, 0.15, mlm.VOCABULARY, torch.Generator().manual_seed(1))
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
    draws = [mlm.select_and_corrupt(ids, 0.3, 5000, torch.Generator().manual_seed(seed))[0] for seed in (1, 1, 2)]
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[0], draws[2])


class Letters:
    """A tokenizer with one piece a letter."""

    def __call__(self, texts: list[str], **_: Any) -> dict[str, Any]:
        return {"input_ids": [[1000 + ord(char) for char in text] for text in texts]}


def test_blocks_join_the_texts_and_lose_only_the_end() -> None:
    found = mlm.blocks(["a" * 50, "b" * 50, "c" * 50], Letters())
    assert found.shape == (2, mlm.BLOCK + 2)
    assert (found[:, 0] == mlm.CLS).all()
    assert (found[:, -1] == mlm.SEP).all()
    joined = found[:, 1:-1].ravel().tolist()
    assert joined == [1000 + ord(char) for char in ("a" * 50 + "b" * 50 + "c" * 50)[: 2 * mlm.BLOCK]]


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
    monkeypatch.setattr(mlm, "VOCABULARY", 1100)
    recipe = mlm.Recipe(tokens=8 * 64 * 12, batch=8, warmup_steps=2, method=method, lora_rank=2, head_rate=0.05)
    train = np.full((64, 64), 1050, dtype=np.uint16)
    train[:, 0], train[:, -1] = mlm.CLS, mlm.SEP
    model = mlm.build(encoder, recipe)
    plan = mlm.MaskingPlan(recipe.steps, recipe.warmup_steps, every=4, recipe=recipe)
    run = Run(model, mlm.optimiser(model, recipe), plan, tmp_path / "out")
    before = mlm.validate(model.eval(), train[:8])["perplexity"]
    run.train(mlm.Steps(model, train, recipe), lambda: mlm.validate(model, train[:8]))
    after = mlm.validate(model, train[:8])
    assert after["perplexity"] < before / 2
    found = mlm.result(model, run, recipe, train[:8])
    assert found["method"] == method
    assert found["tokens"] == recipe.steps * 8 * 64
    mlm.write_bundle(model, tmp_path / "bundle")
    again = mlm.validate(mlm.load_bundle(tmp_path / "bundle"), train[:8])
    assert again["perplexity"] == pytest.approx(after["perplexity"], rel=1e-2)  # float16 has 11 bits


def test_lora_trains_its_updates_and_the_head_alone(encoder: Path) -> None:
    model = mlm.build(encoder, mlm.Recipe(method="lora", lora_rank=2))
    trained = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    assert trained
    assert all("lora_" in name or "predictions" in name for name in trained)


def test_the_decoder_is_not_written_twice(encoder: Path, tmp_path: Path) -> None:
    mlm.write_bundle(mlm.build(encoder, mlm.Recipe()), tmp_path)
    from nlpcore.training.bundle import load_weights

    assert not any(name.startswith(mlm.TIED) for name in load_weights(tmp_path))
    assert not mlm.load_bundle(tmp_path).training
