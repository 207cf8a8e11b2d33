"""Train the second head of minilm-l6-ner: DATE, TIME, MONEY and PERCENT, learned from rules on the finished encoder.

No free text with these types marked by people is to be had, so the labels are what the rules of
:mod:`nlpcore.tagging.time_and_money` find: weak supervision (Ratner et al. 2017, arXiv 1711.10160). A linear layer on
windows of five pieces is trained on the hidden states of the lower layers; the layer that repeats the rules best on
held-out sentences is kept.

    python -m nlpcore.training.second_head --encoder MINILM --data DATA --packages PACKAGES --bundle BUNDLE

It takes minutes and starts anew when it is interrupted. Rules and head are measured on sentences marked by hand.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from tqdm import tqdm

from nlpcore.models.catalogue import entry
from nlpcore.models.loading import LoadedModel
from nlpcore.models.tokenizers import ThreadSafeTokenizer
from nlpcore.tagging import Span, find_time_and_money, tag_time_and_money, to_bio
from nlpcore.tagging.capitals import segment_ids
from nlpcore.tagging.exercises import Exercise, read_marked
from nlpcore.tagging.second_head import FILE
from nlpcore.tagging.words import split_words
from nlpcore.text import Word
from nlpcore.training import corpora, finetuning, questions
from nlpcore.training.bundle import bootstrap_f1, command, finish, hardware, read_json, source, write_json
from nlpcore.training.entity_scores import entity_counts, entity_scores

KINDS = ("DATE", "TIME", "MONEY", "PERCENT")
LABELS = ("O", *(f"{prefix}-{kind}" for kind in KINDS for prefix in "BI"))
IGNORE = -100
MODEL = "minilm-l6-ner"
WIKIPEDIA, TATOEBA, NEWS = "wiki_paragraphs_en.txt.xz", "tatoeba_cmn_eng.txt", "bigbench"
OWN = Path(__file__).parent / "own_sentences"
TRIED, TEST = "time_and_money.txt", "time_and_money_test.txt"  # what the head was built by, and what was kept from that
_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-Z“\"])")


@dataclass(frozen=True)
class Recipe:
    """All that decides what comes out of a run."""

    of_each_type: int = 2000  # sentences of each source for each type that the rules find in them, at most
    without: int = 2000  # of each source without any
    longest: int = 40  # words of a sentence
    layers: tuple[int, ...] = (1, 2, 3)  # higher ones know the words less and less: they were trained for names
    reach: int = 2  # pieces before and after that a window holds
    held_out: float = 0.1  # share of the sentences on which the layer is chosen
    epochs: int = 8
    batch: int = 1024  # pieces
    rate: float = 2e-3
    seed: int = 0


@dataclass(frozen=True)
class Labelled:
    """A sentence with the tags that the rules give it."""

    words: tuple[Word, ...]
    tags: tuple[str, ...]


def labelled(sentence: str) -> Labelled | None:
    """Tag a sentence by the rules; None where a border falls inside a word."""
    words = split_words(sentence)
    spans = spans_of_rules(sentence, words)
    return None if spans is None else Labelled(words, to_bio([word.text for word in words], spans))


def spans_of_rules(text: str, words: Sequence[Word]) -> list[Span] | None:
    """Return what the rules find as spans of words; None where a border falls inside a word."""
    starts, ends = {w.start: n for n, w in enumerate(words)}, {w.end: n + 1 for n, w in enumerate(words)}
    found = find_time_and_money(text)
    if any(e.start not in starts or e.end not in ends for e in found):
        return None
    return [Span(starts[e.start], ends[e.end], e.type) for e in found]


def sentences(data: Path, packages: Path) -> dict[str, Iterator[str]]:
    """Return the sentences of each source: Wikipedia, the New York Times (from SQuADShifts), everyday ones of Tatoeba."""
    news = questions.squad_shifts(corpora.package_file(packages, NEWS), "nyt")
    paragraphs = {
        "wikipedia": corpora.wikipedia_paragraphs(data / WIKIPEDIA),
        "news": iter(dict.fromkeys(q.context for q in news)),
        "everyday": iter(corpora.tatoeba_english(data / TATOEBA)),
    }
    return {
        name: (sentence for paragraph in texts for sentence in _SENTENCE_END.split(" ".join(paragraph.split())))
        for name, texts in paragraphs.items()
    }


def read_data(data: Path, packages: Path, recipe: Recipe) -> dict[str, list[Labelled]]:
    """Return sentences of each source, as many for each type and without any as the recipe names."""
    parts: dict[str, list[Labelled]] = {}
    for name, texts in sentences(data, packages).items():
        room = dict.fromkeys(KINDS, recipe.of_each_type) | {"": recipe.without}
        part = parts.setdefault(name, [])
        for text in texts:
            found = labelled(text)
            if found is None or not 3 <= len(found.words) <= recipe.longest:
                continue
            types = {tag[2:] for tag in found.tags if tag != "O"} or {""}
            if wanted := [kind for kind in types if room[kind]]:
                room[max(wanted, key=room.__getitem__)] -= 1
                part.append(found)
            if not any(room.values()):
                break
    return parts


@dataclass(frozen=True)
class Features:
    """Hidden states of all sentences one after the other, with ``reach`` zeros before and after each.

    states: (layers, places, d), float16. labels: (places,), a number in LABELS at each word's first piece, else IGNORE.
    """

    states: Tensor
    labels: Tensor
    reach: int

    @property
    def places(self) -> Tensor:
        """The places that are judged: those of first pieces."""
        return (self.labels != IGNORE).nonzero()[:, 0]

    def windows(self, layer: int, places: Tensor) -> Tensor:
        """Return (places, (2 reach + 1) d), float32: each place with its neighbours."""
        around = places[:, None] + torch.arange(-self.reach, self.reach + 1)
        return self.states[layer][around].flatten(1).float()


@torch.no_grad()
def features(network: Any, tokenizer: Any, rows: Sequence[Labelled], recipe: Recipe) -> Features:
    """Run the encoder over ``rows`` and keep the hidden states of the recipe's layers."""
    states, labels, gap = [], [], [IGNORE] * recipe.reach
    order = sorted(rows, key=lambda row: len(row.words))
    encoder = network.bert
    encoder.encoder.layer = encoder.encoder.layer[: max(recipe.layers)]  # what stands above is not read
    for start in tqdm(range(0, len(order), 32), unit="batch", mininterval=5):
        batch = order[start : start + 32]
        encoded = tokenizer(
            [[word.text for word in row.words] for row in batch],
            is_split_into_words=True, padding=True, return_tensors="pt",
        )  # fmt: skip
        if getattr(network.config, "capitals", False):
            numbered = ((row, encoded.word_ids(i)) for i, row in enumerate(batch))
            segments = [segment_ids([word.text for word in row.words], numbers) for row, numbers in numbered]
            encoded["token_type_ids"] = torch.tensor(segments)
        outputs = encoder(**encoded, output_hidden_states=True)
        hidden = torch.stack([outputs.hidden_states[layer] for layer in recipe.layers])
        for i, row in enumerate(batch):
            numbers = encoded.word_ids(i)[: int(encoded["attention_mask"][i].sum())]
            states.append(F.pad(hidden[:, i, : len(numbers)], (0, 0, recipe.reach, recipe.reach)).half())
            firsts = [number is not None and numbers[place - 1] != number for place, number in enumerate(numbers)]
            tags = [LABELS.index(row.tags[n]) if first else IGNORE for n, first in zip(numbers, firsts, strict=True)]
            labels += [*gap, *tags, *gap]
    return Features(torch.cat(states, dim=1), torch.tensor(labels), recipe.reach)


def fitted(data: Features, layer: int, recipe: Recipe) -> torch.nn.Linear:
    """Fit a linear layer to the windows of one layer by Adam; the rate falls to 0."""
    torch.manual_seed(recipe.seed)
    places = data.places
    head = torch.nn.Linear((2 * recipe.reach + 1) * data.states.shape[2], len(LABELS))
    optimizer = torch.optim.Adam(head.parameters(), lr=recipe.rate)
    steps = recipe.epochs * -(-len(places) // recipe.batch)
    falling = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / steps)
    for _ in range(recipe.epochs):
        for chosen in torch.split(places[torch.randperm(len(places))], recipe.batch):
            optimizer.zero_grad()
            F.cross_entropy(head(data.windows(layer, chosen)), data.labels[chosen]).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            falling.step()
    return head


@torch.no_grad()
def tag_f1(head: torch.nn.Linear, data: Features, layer: int) -> float:
    """Return F1 over the words' tags other than O, 0 to 1."""
    found = torch.cat([head(data.windows(layer, chosen)).argmax(1) for chosen in torch.split(data.places, 8192)])
    wanted = data.labels[data.places]
    right = int(((found == wanted) & (wanted > 0)).sum())
    return 2 * right / max(1, int((found > 0).sum()) + int((wanted > 0).sum()))


def train(network: Any, tokenizer: Any, rows: list[Labelled], recipe: Recipe) -> tuple[int, Any, list[float]]:
    """Return the layer that is read, the linear layer on it, and the held-out F1 of each layer of the recipe."""
    random.Random(recipe.seed).shuffle(rows)
    apart = int(len(rows) * recipe.held_out)
    held_out, data = (features(network, tokenizer, part, recipe) for part in (rows[:apart], rows[apart:]))
    heads = [fitted(data, number, recipe) for number in range(len(recipe.layers))]
    scores = [tag_f1(head, held_out, number) for number, head in enumerate(heads)]
    best = int(np.argmax(scores))
    return recipe.layers[best], heads[best], scores


def write_head(bundle: Path, head: torch.nn.Linear, layer: int) -> None:
    """Write the head beside the bundle's weights and name it in its config.json."""
    from safetensors.torch import save_file

    tensors = {"weight": head.weight.detach().half().contiguous(), "bias": head.bias.detach().half().contiguous()}
    save_file(tensors, bundle / FILE)
    (bundle / FILE).chmod(0o644)
    config = read_json(bundle / "config.json")
    for old in ("second_source", "rules"):
        config.pop(old, None)
    write_json(bundle / "config.json", config | {"second_head": {"labels": list(LABELS), "layer": layer}})


def own_sentences(file: str = TRIED) -> list[Exercise]:
    """Return sentences that were written and marked by hand for measuring, never for training: TRIED or TEST."""
    lines = (OWN / file).read_text(encoding="utf-8").splitlines()
    return [read_marked(str(number), line) for number, line in enumerate(lines) if line.strip()]


def loaded(bundle: Path, encoder: Path) -> LoadedModel:
    """Return a bundle as the app loads it, from any folder."""
    from transformers import AutoTokenizer

    tokenizer = ThreadSafeTokenizer(AutoTokenizer.from_pretrained(encoder))
    network = finetuning.load_bundle(bundle, encoder)
    return LoadedModel(MODEL, entry(MODEL), bundle, network, tokenizer, "cpu", read_json(bundle / "config.json"))


def measure(model: LoadedModel) -> dict[str, Any]:
    """Return the scores on both files of own sentences."""
    return {"own_sentences": compared(model, own_sentences()), "own_test": compared(model, own_sentences(TEST))}


def compared(model: LoadedModel, exercises: Sequence[Exercise]) -> dict[str, Any]:
    """Return the scores of the rules and of the head, by entity, with 95 % intervals of F1."""
    gold = [list(exercise.tags) for exercise in exercises]
    found: dict[str, list[list[str]]] = {"rules": [], "head": []}
    for exercise in exercises:
        words = [word.text for word in exercise.words]
        found["rules"].append(list(to_bio(words, spans_of_rules(exercise.text, exercise.words) or [])))
        tagging = tag_time_and_money(model, exercise.text)
        assert tagging is not None  # the bundle has a second head
        found["head"].append(list(tagging.tags))
    figures: dict[str, Any] = {"count": len(exercises)}
    for name, tags in found.items():
        interval = bootstrap_f1(entity_counts(gold, tags))
        figures[name] = entity_scores(gold, tags, KINDS) | {"f1_interval": list(interval)}
    return figures


def main() -> None:
    """Train on the encoder of a bundle, write the head into it, measure it and write the card anew."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", type=Path, required=True, help="folder of minilm-l6")
    parser.add_argument("--data", type=Path, required=True, help=f"folder with {WIKIPEDIA} and {TATOEBA}")
    parser.add_argument("--packages", type=Path, required=True, help="folder with the archive of bigbench")
    parser.add_argument("--bundle", type=Path, required=True, help="folder of minilm-l6-ner; the head is written there")
    args = parser.parse_args()
    recipe, began = Recipe(), time.monotonic()
    parts = read_data(args.data, args.packages, recipe)
    model = loaded(args.bundle, args.encoder)
    rows = [row for part in parts.values() for row in part]
    layer, head, scores = train(model.network, model.tokenizer, rows, recipe)
    write_head(args.bundle, head, layer)
    files = (
        ("wikipedia", "English Wikipedia, paragraphs", args.data / WIKIPEDIA, "CC BY-SA 4.0"),
        ("news", "New York Times paragraphs of SQuADShifts", corpora.package_file(args.packages, NEWS), "CC BY 4.0"),
        ("everyday", "Tatoeba, English sentences", args.data / TATOEBA, "CC BY 2.0 FR"),
    )
    described = {
        "command": command("second_head"),
        "hardware": hardware(),
        "minutes": (time.monotonic() - began) / 60,
        "layer": layer,
        "layers_f1": {str(layer): score for layer, score in zip(recipe.layers, scores, strict=True)},
        "recipe": asdict(recipe),
        "data": [source(name, file, licence, {"sentences": len(parts[key])}) for key, name, file, licence in files],
    }
    metrics = read_json(args.bundle / "metrics.json")
    metrics["second_head"] = described
    metrics["quality"] |= measure(loaded(args.bundle, args.encoder))
    finish(args.bundle, MODEL, metrics)


if __name__ == "__main__":
    main()
