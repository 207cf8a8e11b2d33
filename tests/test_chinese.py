"""Traditional characters read as simplified ones: what OpenCC's own test sets say, and that no character moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcore.chinese import as_learned, simplified
from nlpcore.errors import LearnerError
from nlpcore.language_models import fill_mask
from nlpcore.models import load
from nlpcore.tagging.lac import tag_chinese
from nlpcore.words.analogy_input import work_out
from nlpcore.words.projection_words import map_words

# By phrase where one character has two simplified forms or none: 乾, 後, 髮 and 發, 著.
PAIRS = {
    "國王": "国王", "電腦": "电脑", "臺灣": "台湾", "乾淨的乾坤": "干净的乾坤", "皇后在後面": "皇后在后面",
    "頭髮 發展": "头发 发展", "著名的著作": "著名的著作", "國王 king, 女王！": "国王 king, 女王！", "软件": "软件",
}  # fmt: skip


@pytest.mark.parametrize("text", PAIRS)
def test_characters_are_simplified_by_phrase(text: str) -> None:
    assert simplified(text) == PAIRS[text]


def test_japanese_stays() -> None:
    assert simplified("東京の国会図書館") == "東京の国会図書館"


@given(st.text(alphabet=st.characters(codec=None), max_size=20))
def test_no_character_moves(text: str) -> None:
    read = simplified(text)
    assert len(read) == len(text)
    assert all(old == new for old, new in zip(text, read, strict=True) if old < "\u2e80")


class Tokenizer:
    """A tokenizer that knows some characters, as transformers answers for it."""

    unk_token_id = 0

    def __init__(self, known: str) -> None:
        self.known = known

    def convert_tokens_to_ids(self, tokens: list[str]) -> list[int]:
        return [self.known.find(token) + 1 for token in tokens]


def test_only_a_chinese_model_without_traditional_characters_reads_simplified_ones() -> None:
    simple, both = Tokenizer("国王个们"), Tokenizer("国國學長電腦馬書賣魚鳥龍貓")
    assert as_learned("國王", ["zh"], simple, "m").text == "国王"
    assert [dict(note.params) for note in as_learned("國王住這", ["zh"], simple, "m").notes] == [
        {"count": 2, "model": "m"}
    ]
    for languages, tokenizer, text in ((["en"], simple, "國王"), (["zh"], both, "國王"), (["zh"], simple, "国王")):
        assert (
            as_learned(text, languages, tokenizer, "m").text,
            as_learned(text, languages, tokenizer, "m").notes,
        ) == (text, ())


# -- what the models do ------------------------------------------------------------------------------------------------


@pytest.mark.models
def test_a_sum_of_traditional_words_is_that_of_the_simplified_ones() -> None:
    table = load("words-zh-64d")
    assert [word for word in ("國王", "電腦", "蘋果") if word in table.network] == []
    sums = [
        work_out(table, *fields)
        for fields in (
            ("國王", "男人", "女人", "女王"),
            ("国王", "男人", "女人", "女王"),
            ("電腦", "", "蘋果"),
            ("电脑", "", "苹果"),
        )
    ]
    assert sums[0].trace.answers == sums[1].trace.answers and sums[2].trace.answers == sums[3].trace.answers
    assert [(note.code, dict(note.params)) for note in sums[2].trace.notes] == [
        ("read_as_simplified", {"given": "電腦", "used": "电脑"}),
        ("read_as_simplified", {"given": "蘋果", "used": "苹果"}),
    ]
    assert sums[1].trace.notes == ()


@pytest.mark.models
def test_a_map_of_traditional_words_is_that_of_the_simplified_ones() -> None:
    table = load("words-zh-64d")
    words = {"國王": "国王", "電腦": "电脑", "蘋果": "苹果", "貓": "猫", "狗": "狗", "馬": "马"}
    traditional, simple = (
        map_words(table, "list", text=" ".join(texts), method="pca") for texts in (words.keys(), words.values())
    )
    assert traditional.words == simple.words == tuple(words.values())
    assert [(note.code, dict(note.params)) for note in traditional.notes if note.code == "read_as_simplified"] == [
        ("read_as_simplified", {"given": "國王, 電腦, 蘋果, 貓, 馬", "used": "国王, 电脑, 苹果, 猫, 马"})
    ]
    around = [map_words(table, "around", text=text, count=20, method="pca") for text in ("電腦", "电脑")]
    assert around[0].words == around[1].words
    assert [note.code for note in around[0].notes] == ["read_as_simplified"] and not around[1].notes


@pytest.mark.models
def test_a_word_that_the_table_has_in_traditional_characters_stays() -> None:
    """As 乾, which 干 does not replace in 乾坤."""
    answer = work_out(load("words-zh-64d"), "乾")
    assert answer.a == ("乾",) and answer.trace.notes == ()


@pytest.mark.models
def test_the_chinese_masked_model_is_shown_simplified_characters() -> None:
    model = load("bert-mini-zh")
    traditional, simple = (
        fill_mask(model, text, guesses=(guess,))
        for text, guess in (("我每天用電[MASK]工作。", "腦"), ("我每天用电[MASK]工作。", "脑"))
    )
    assert traditional.tokens == simple.tokens and traditional.fills == simple.fills
    assert traditional.fills[0].guesses[0].token == "脑"
    assert {note.code for note in traditional.notes} == {"text_simplified"} and not simple.notes


@pytest.mark.models
def test_lac_reads_traditional_characters_by_itself() -> None:
    """Its own table of characters maps them, so nothing is converted: the text stays as it was written."""
    model = load("lac-zh")
    read = tag_chinese(model, "馬雲在杭州創辦了阿里巴巴。"), tag_chinese(model, "马云在杭州创办了阿里巴巴。")
    assert [(e.start, e.end, e.tag) for e in read[0].entities] == [(e.start, e.end, e.tag) for e in read[1].entities]
    assert read[0].entities[0].text == "馬雲" and all(read[0].known)


# -- languages ---------------------------------------------------------------------------------------------------------


@pytest.mark.models
@pytest.mark.parametrize("table", ["glove-6b-50d", "words-zh-64d"])
@pytest.mark.parametrize("word", ["नमस्तेदुनिया", "مرحبابالعالم", "안녕하세요여러분", "こんにちはせかい", "Здравствуймир"])
def test_a_word_in_a_script_that_no_table_learned_is_said_to_be_so(table: str, word: str) -> None:
    model = load(table)
    for call in (
        lambda: work_out(model, word),
        lambda: map_words(model, "around", text=word),
        lambda: map_words(model, "list", text=f"{word} {word}a"),
    ):
        with pytest.raises(LearnerError) as error:
            call()
        assert error.value.code == "word_no_language"


@pytest.mark.models
@pytest.mark.parametrize(("table", "word"), [("glove-6b-50d", "國王"), ("words-zh-64d", "kingfishers")])
def test_a_word_of_the_other_table_is_said_to_be_so(table: str, word: str) -> None:
    for call in (lambda: work_out(load(table), word), lambda: map_words(load(table), "around", text=word)):
        with pytest.raises(LearnerError) as error:
            call()
        assert error.value.code == "word_other_language"
