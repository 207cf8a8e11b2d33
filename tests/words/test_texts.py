"""Texts to learn from: encodings, what becomes of a text, and the book that is cut as its sentences are one by one."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcore.errors import LearnerError
from nlpcore.models import load, workers
from nlpcore.models.errors import FetchError, ModelMissing
from nlpcore.tagging import cutting, tag_chinese
from nlpcore.words import text_files, texts
from nlpcore.words.sentence_vectors import sentence_words

ENGLISH = "The cat sat on the mat. It didn't move!\nCafé owners like naïve cats…"
CHINESE = "话说天下大势，分久必合，合久必分。周末七国分争，并入于秦。曹操大怒，引兵去了！"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_what_unicode_writes_is_read(text: str, encoding: str) -> None:
    assert texts.decoded(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["gb18030", "gbk"])
@pytest.mark.parametrize("text", [CHINESE, "話說天下大勢，分久必合，合久必分。周末七國分爭，併入於秦。"])
def test_chinese_in_its_own_encoding_is_read(text: str, encoding: str) -> None:
    assert texts.decoded(text.encode(encoding)) == text


@pytest.mark.parametrize("row", [16, 55])
def test_the_first_and_the_last_row_of_common_characters_are_common(row: int) -> None:
    """GB 2312 has them in its rows 16 to 55, by sound: from 啊 to 座; the rare ones begin with row 56."""
    content = bytes(byte for cell in range(1, 90) for byte in (0xA0 + row, 0xA0 + cell))
    assert texts.decoded(content) == content.decode("gb2312")
    assert texts.decoded(content)[0 if row == 16 else -1] in "啊座"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b" \n\t", "file_empty"),
        (b"a" * (texts.MOST_BYTES + 1), "file_too_large"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "file_no_text"),
        (b"a\x00b", "file_no_text"),
        ("naïve cafés où".encode("latin-1"), "file_encoding"),
        ("Привет, как дела сегодня".encode("cp1251"), "file_encoding"),
        ("吾輩は猫である。名前はまだ無い。".encode("shift_jis"), "file_encoding"),
        ("話說天下大勢，分久必合，合久必分。".encode("big5"), "file_encoding"),
    ],
)
def test_what_is_no_text_is_told(content: bytes, code: str) -> None:
    with pytest.raises(LearnerError) as raised:
        texts.decoded(content)
    assert raised.value.code == code


def test_a_file_may_be_as_large_as_is_said() -> None:
    assert len(texts.decoded(b"a" * texts.MOST_BYTES)) == texts.MOST_BYTES


@given(st.binary(max_size=300))
def test_no_file_breaks_it(content: bytes) -> None:
    try:
        assert texts.decoded(content).strip()
    except LearnerError as error:
        assert error.code.startswith("file_")


def test_a_text_is_read_sentence_by_sentence() -> None:
    found = texts.prepare(ENGLISH)
    assert found.lines.split("\n") == ["the cat sat on the mat", "it didn t move", "café owners like naïve cats"]
    assert (found.language, found.words, found.characters) == ("en", 15, len(ENGLISH))
    assert found.distinct == len(set(found.lines.split()))
    assert found.shown[0] == ("The cat sat on the mat.", ("the", "cat", "sat", "on", "the", "mat"))


@given(st.text(alphabet="aB_9 .!?\n’'é1-", min_size=1))
def test_words_are_those_of_every_other_lesson(text: str) -> None:
    try:
        expected: tuple[str, ...] = sentence_words(" ".join(text.split()))
    except LearnerError:
        expected = ()
    try:
        found = tuple(texts.prepare(text).lines.split())
    except LearnerError as error:
        assert error.code in ("file_empty", "file_no_word")
        found = ()
    assert found == expected


@pytest.mark.parametrize(("text", "code"), [("", "file_empty"), (" \n", "file_empty"), ("🙂🙂 …", "file_no_word")])
def test_a_text_without_words_is_told(text: str, code: str) -> None:
    with pytest.raises(LearnerError) as raised:
        texts.prepare(text)
    assert raised.value.code == code


def test_right_to_left_and_numbers_are_words() -> None:
    assert texts.prepare("שלום עולם 42").lines == "שלום עולם 42"


def test_chinese_is_cut_as_each_sentence_is() -> None:
    heard: list[Any] = []
    with workers.heard_by(heard.append, None):
        found = texts.prepare(CHINESE)
    sentences = ["话说天下大势，分久必合，合久必分。", "周末七国分争，并入于秦。", "曹操大怒，引兵去了！"]
    expected = [
        " ".join(s.text for s in tag_chinese("lac-zh", sentence).segments if any(map(str.isalnum, s.text)))
        for sentence in sentences
    ]
    assert found.lines.split("\n") == expected and found.language == "zh"
    assert [sentence for sentence, _ in found.shown] == sentences


def test_a_long_sentence_is_cut_in_pieces_and_progress_is_told() -> None:
    told: list[float] = []
    sentences = ["好" * 130, "我们去北京", "", "我们去上海"]
    found = cutting.cut_sentences(load("lac-zh"), sentences, told.append)
    assert ["".join(words) for words in found] == sentences
    assert told == sorted(told) and told[-1] == 1


def test_seventy_sentences_of_one_length_are_cut_together_as_each_is_alone() -> None:
    told: list[float] = []
    names, places_ = "王李张刘陈杨赵黄周吴", ("北京", "上海", "广州", "重庆", "南京", "西安", "天津")
    sentences = [f"{name}明去{place}" for name in names for place in places_]
    found = cutting.cut_sentences(load("lac-zh"), sentences, told.append)
    assert told == [32 / 70, 64 / 70, 1.0]
    for row in (0, 31, 32, 63, 64, 69):
        assert found[row] == tuple(s.text for s in tag_chinese("lac-zh", sentences[row]).segments)
    assert cutting.cut_sentences(load("lac-zh"), []) == []


def test_of_a_long_chinese_text_the_beginning_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "MOST_CHINESE", 20)
    found = texts.prepare(CHINESE)
    assert found.characters == 20
    (note,) = found.notes
    assert (note.code, note.params) == ("cut_characters", {"kept": 20, "given": len(CHINESE)})


def test_wikitext_loses_headings_and_marks(tmp_path: Path) -> None:
    raw = " \n = One = \n \n A role @-@ playing game of 1 @,@ 000 . \n = = Part = = \n More . \n \n = Two = \n \n Not read . \n"
    (tmp_path / "raw.gz").write_bytes(gzip.compress(raw.encode()))
    text_files.convert_wikitext(tmp_path / "raw.gz", tmp_path)
    assert (tmp_path / texts.TEXT).read_text() == "A role-playing game of 1,000 .\nMore .\n"


@pytest.mark.parametrize(("less", "read"), [(0, ["One", "Two"]), (1, ["One"])])
def test_of_wikitext_as_many_whole_articles_are_read_as_fit(
    less: int, read: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = "".join(f" \n = {name} = \n \n The text of {name} . \n" for name in ("One", "Two", "Three"))
    monkeypatch.setattr(text_files, "WIKITEXT_CHARACTERS", raw.index(" = Three") - less)
    (tmp_path / "raw.gz").write_bytes(gzip.compress(raw.encode()))
    text_files.convert_wikitext(tmp_path / "raw.gz", tmp_path)
    assert (tmp_path / texts.TEXT).read_text() == "".join(f"The text of {name} .\n" for name in read)


def test_chapters_wait_for_what_cuts_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModelMissing(name)

    monkeypatch.setattr(text_files, "load", missing)
    (tmp_path / "book.json").write_text(json.dumps([CHINESE]))
    with pytest.raises(FetchError, match=f"Fetch {texts.SEGMENTER} first"):
        text_files.convert_chapters(tmp_path / "book.json", tmp_path)


def test_chapters_are_cut_once(tmp_path: Path) -> None:
    (tmp_path / "book.json").write_text(json.dumps([CHINESE, "第二回\n\n曹操大怒。"]))
    text_files.convert_chapters(tmp_path / "book.json", tmp_path)
    found = texts._load(SimpleNamespace(), tmp_path).network  # type: ignore[arg-type]
    assert found.lines.split("\n")[:3] == texts.prepare(CHINESE).lines.split("\n")
    assert (found.language, found.shown[0][0]) == ("zh", "话说天下大势，分久必合，合久必分。")


@pytest.mark.parametrize(("name", "word"), [("wikitext-2", "game"), ("sanguo", "曹操")])
def test_the_texts_of_the_catalogue_are_long_and_read_once(name: str, word: str) -> None:
    found = texts.prepared(name)
    assert texts.prepared(name).lines is found.lines
    assert f" {word} " in found.lines and found.words == len(found.lines.split()) > 300_000
