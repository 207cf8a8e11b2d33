"""Train minilm-l6-ner: a tag for every word of an English text (PER, LOC, ORG, MISC) on the MiniLM-L6 encoder.

A linear layer on the last hidden states gives each word piece nine logits; only the first piece of a word is trained
and read (Devlin et al. 2019, section 5.3). Half of the documents are read sentence by sentence, as a learner types
them, the other half in windows of neighbouring sentences, which tell more about a name (Luoma & Pyysalo 2020, arXiv
2006.01563). The word, position and segment embeddings stay those of minilm-l6 and are not stored again; ``--method lora`` leaves the
whole encoder as it is and trains low-rank updates (Hu et al. 2021, arXiv 2106.09685).

    python -m nlpcore.training.ner --encoder DIR --packages DIR --out DIR [--method full|lora]

Interrupt it at will: it goes on from its last checkpoint in ``--out``.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlpcore.training import corpora
from nlpcore.training.corpora import Sentence
from nlpcore.training.loop import Plan, Run, adamw

LABELS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-MISC", "I-MISC")
CLS, SEP, PAD, UNKNOWN = 101, 102, 0, 100
IGNORE = -100


@dataclass(frozen=True)
class Recipe:
    """All that decides what comes out of a run."""

    method: str = "full"
    epochs: int = 4
    encoder_rate: float = 2e-4
    head_rate: float = 1e-3
    weight_decay: float = 0.01
    dropout: float = 0.1
    word_dropout: float = 0.03  # share of words replaced by [UNK]: a name must also be told by its neighbours
    pieces_per_batch: int = 1024  # with padding
    window: int = 192  # longest training window in word pieces
    singles: float = 0.5  # share of documents that an epoch reads sentence by sentence
    lora_rank: int = 16
    seed: int = 0


@dataclass(frozen=True)
class Coded:
    """A sentence as word pieces.

    Attributes:
        pieces: ids of all word pieces, without [CLS] and [SEP].
        firsts: for each word the place of its first piece in ``pieces``.
        labels: for each word the number of its tag in LABELS.
        words: how many pieces each word has.
    """

    pieces: tuple[int, ...]
    firsts: tuple[int, ...]
    labels: tuple[int, ...]
    words: tuple[int, ...]


def encode(sentence: Sentence, tokenizer: Any) -> Coded:
    """Cut each word of ``sentence`` into word pieces; a word without any piece becomes [UNK]."""
    parts = tokenizer(list(sentence.words), add_special_tokens=False)["input_ids"]
    parts = [part or [UNKNOWN] for part in parts]
    firsts, place = [], 0
    for part in parts:
        firsts.append(place)
        place += len(part)
    pieces = tuple(piece for part in parts for piece in part)
    return Coded(pieces, tuple(firsts), tuple(LABELS.index(tag) for tag in sentence.tags), tuple(map(len, parts)))


def windows(document: list[Coded], longest: int) -> Iterator[list[Coded]]:
    """Yield runs of neighbouring sentences with at most ``longest`` pieces together; a longer sentence stands alone."""
    run: list[Coded] = []
    for sentence in document:
        if run and sum(len(s.pieces) for s in run) + len(sentence.pieces) > longest:
            yield run
            run = []
        run.append(sentence)
    if run:
        yield run


def batched(rows: list[list[Coded]], budget: int) -> list[list[list[Coded]]]:
    """Return batches of rows of similar length with at most ``budget`` pieces each, padding and marks included."""
    batches: list[list[list[Coded]]] = [[]]
    for row in sorted(rows, key=lambda row: sum(len(s.pieces) for s in row)):
        length = sum(len(s.pieces) for s in row) + 2
        if batches[-1] and length * (len(batches[-1]) + 1) > budget:
            batches.append([])
        batches[-1].append(row)
    return batches


def epoch_batches(documents: list[list[Coded]], recipe: Recipe, epoch: int) -> list[list[list[Coded]]]:
    """Return the batches of one epoch in their order: a new draw of sentences and windows each time."""
    rng = random.Random(recipe.seed * 1000 + epoch)
    rows: list[list[Coded]] = []
    for document in documents:
        longest = 0 if rng.random() < recipe.singles else rng.randint(recipe.window // 3, recipe.window)
        rows.extend(windows(document, longest))
    rng.shuffle(rows)
    batches = batched(rows, recipe.pieces_per_batch)
    rng.shuffle(batches)
    return batches


def tensors(rows: list[list[Coded]]) -> tuple[Tensor, Tensor, Tensor]:
    """Return ids and attention mask and labels, each (rows, positions); labels are IGNORE but at first pieces."""
    length = max(sum(len(s.pieces) for s in row) for row in rows) + 2
    ids = torch.full((len(rows), length), PAD)
    mask = torch.zeros_like(ids)
    labels = torch.full_like(ids, IGNORE)
    for i, row in enumerate(rows):
        place = 1
        for sentence in row:
            ids[i, place : place + len(sentence.pieces)] = torch.tensor(sentence.pieces)
            labels[i, place + torch.tensor(sentence.firsts)] = torch.tensor(sentence.labels)
            place += len(sentence.pieces)
        ids[i, 0], ids[i, place] = CLS, SEP
        mask[i, : place + 1] = 1
    return ids, mask, labels


def drop_words(ids: Tensor, labels: Tensor, share: float) -> Tensor:
    """Return ids in which a share of the words stands as one [UNK] in place of its first piece."""
    dropped = (torch.rand(ids.shape) < share) & (labels != IGNORE)
    return torch.where(dropped, UNKNOWN, ids)


def build(encoder: Path, recipe: Recipe) -> nn.Module:
    """Return the token classifier on the encoder's weights; its embeddings, or all but LoRA and head, are frozen."""
    from transformers import BertConfig, BertForTokenClassification, BertModel

    torch.manual_seed(recipe.seed)
    config = BertConfig.from_pretrained(
        encoder,
        id2label=dict(enumerate(LABELS)),
        label2id={label: i for i, label in enumerate(LABELS)},
        hidden_dropout_prob=recipe.dropout,
        attention_probs_dropout_prob=recipe.dropout,
    )
    config.architectures = ["BertForTokenClassification"]
    model: Any = BertForTokenClassification(config)
    model.bert.load_state_dict(BertModel.from_pretrained(encoder, add_pooling_layer=False).state_dict())
    model.bert.embeddings.requires_grad_(False)
    if recipe.method == "lora":
        from peft import LoraConfig, get_peft_model

        adapter = LoraConfig(
            r=recipe.lora_rank,
            lora_alpha=2 * recipe.lora_rank,
            target_modules=r"bert\.encoder\..*(query|key|value|dense)",
        )
        model = get_peft_model(model, adapter)
        for name, parameter in model.named_parameters():
            if "classifier" in name:
                parameter.requires_grad_(True)
    return model  # type: ignore[no-any-return]


def precision() -> torch.dtype | None:
    """bfloat16 where the processor multiplies it in hardware, else None (float32)."""
    return torch.bfloat16 if torch.cuda.is_available() or torch.cpu._is_avx512_bf16_supported() else None


def logits_of(model: nn.Module, ids: Tensor, mask: Tensor, cast: torch.dtype | None) -> Tensor:
    """Return the logits of every piece: (rows, positions, labels), float32."""
    device = next(model.parameters()).device
    with torch.autocast(device.type, cast, enabled=cast is not None):
        out = model(input_ids=ids.to(device), attention_mask=mask.to(device)).logits
    return out.float().cpu()  # type: ignore[no-any-return]


class Steps:
    """Gives the loss of each training step; the plan of all epochs is drawn at the start."""

    def __init__(self, model: nn.Module, documents: list[list[Coded]], recipe: Recipe) -> None:
        self.model, self.recipe, self.cast = model, recipe, precision()
        epochs = [epoch_batches(documents, recipe, epoch) for epoch in range(recipe.epochs)]
        self.batches = [batch for epoch in epochs for batch in epoch]
        self.per_epoch = len(epochs[0])

    def __call__(self, step: int) -> Tensor:
        ids, mask, labels = tensors(self.batches[step])
        ids = drop_words(ids, labels, self.recipe.word_dropout)
        logits = logits_of(self.model, ids, mask, self.cast)
        return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORE)


@torch.no_grad()
def predict(model: nn.Module, documents: list[list[Coded]], longest: int, cast: torch.dtype | None) -> list[list[str]]:
    """Return the tags of every sentence in order, read alone (``longest`` 0) or in windows of ``longest`` pieces."""
    rows = [row for document in documents for row in windows(document, longest)]
    tags: dict[int, list[str]] = {}
    for batch in batched(rows, 4096):
        ids, mask, labels = tensors(batch)
        best = logits_of(model, ids, mask, cast).argmax(-1)
        for row, found, wanted in zip(batch, best, labels, strict=True):
            per_word = iter(found[wanted != IGNORE].tolist())
            for sentence in row:
                tags[id(sentence)] = [LABELS[next(per_word)] for _ in sentence.firsts]
    return [tags[id(sentence)] for document in documents for sentence in document]


def entity_scores(gold: list[list[str]], found: list[list[str]]) -> dict[str, dict[str, float]]:
    """Return precision, recall, F1 and support by entity, for each type and over all (micro), strict IOB2 (seqeval)."""
    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2

    report = classification_report(gold, found, mode="strict", scheme=IOB2, output_dict=True, zero_division=0)
    wanted = ("PER", "LOC", "ORG", "MISC", "micro avg")
    return {
        "all" if name == "micro avg" else name: {key.replace("-score", ""): float(v) for key, v in report[name].items()}
        for name in wanted
        if name in report
    }
