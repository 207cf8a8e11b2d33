"""The glossary: whole, in both languages, and every link to it arrives; lessons keep to its words."""

from __future__ import annotations

import re

import pytest
from pypinyin import Style, pinyin

from app import glossary
from app.lessons import LESSONS, ROOT, Lesson
from app.words import LANGUAGES, LOCALES, is_leaf, leaves, read_tree
from tests.shell.driving import drawn


@pytest.mark.parametrize("term", glossary.terms())
def test_every_term_has_name_and_meaning(term: str) -> None:
    entry = glossary.terms()[term]
    assert set(entry) - {"not", "pinyin"} == {"name", "meaning"}
    assert is_leaf(entry["name"]) and is_leaf(entry["meaning"])
    for language, words in entry.get("not", {}).items():
        assert language in LANGUAGES and isinstance(words, list) and words
        assert not any(word in entry["name"][language] for word in words)


@pytest.mark.parametrize("term", glossary.terms())
def test_the_characters_that_a_name_begins_with_are_read_as_they_can_be(term: str) -> None:
    """Which reading of several is meant only a reader knows: 长 is long here, and not what grows."""
    entry = glossary.terms()[term]
    begins = re.match("[\u4e00-\u9fff]*", entry["name"]["zh"])
    assert begins and len(entry.get("pinyin", "").split()) == len(begins[0])
    # character by character: of a phrase it gives the one reading that it takes for right
    known = [pinyin(one, style=Style.TONE3, heteronym=True, neutral_tone_with_five=True)[0] for one in begins[0]]
    for read, readings in zip(entry.get("pinyin", "").split(), known, strict=True):
        assert read in readings


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_terms_have_one_name(language: str) -> None:
    names = [entry["name"][language].casefold() for entry in glossary.terms().values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_lessons_link_to_terms_that_are_there_and_keep_to_their_words(lesson: Lesson) -> None:
    for key, leaf in leaves(read_tree(lesson.words)):
        for language, text in leaf.items():
            assert set(glossary.linked(str(text))) <= glossary.terms().keys(), f"{key} in {language}"
            for term, entry in glossary.terms().items():
                found = [word for word in entry.get("not", {}).get(language, ()) if word in str(text)]
                assert not found, f"{key}: {found[0]} is {entry['name'][language]} ({term}) in this course"


@pytest.mark.parametrize("term", glossary.terms())
def test_every_term_is_met_in_a_lesson(term: str) -> None:
    """As a link, or by one of its names, in what a lesson, a note or the line on its model under it says."""
    texts = []
    for words in (*(lesson.words for lesson in LESSONS), LOCALES / "notes.yaml", LOCALES / "quality.yaml"):
        texts += [str(leaf[language]) for _, leaf in leaves(read_tree(words)) for language in LANGUAGES]
    named = [name for name in glossary.terms()[term]["name"].values() for name in re.split(r"[(（），,、)]+ ?", name)]
    names = [name.strip().casefold() for name in named if name.strip()]
    assert any(name in text.casefold() or term in glossary.linked(text) for text in texts for name in names)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_no_screen_shows_a_link_that_does_not_open_the_glossary(lesson: Lesson) -> None:
    kept = (ROOT / "tests" / "pages" / lesson.group / lesson.module / "screens.txt").read_text("utf-8")
    assert not list(glossary.linked(kept))


def test_a_link_opens_the_glossary_in_the_language_of_the_page_and_tells_the_meaning() -> None:
    linked = glossary.with_links("A [token](#token) and [a page](https://example.org).", "zh")
    meaning = glossary.terms()["token"]["meaning"]["zh"]
    assert linked == f'A [token](glossary?lang=zh#token "{meaning}") and [a page](https://example.org).'
    with pytest.raises(KeyError, match="nowhere"):
        glossary.with_links("[x](#nowhere)", "en")


def test_terms_stand_where_a_reader_looks_for_them() -> None:
    """By the alphabet; Chinese ones as in the Xinhua dictionary, by sound and then by tone, not by code points."""
    names = {
        language: [glossary.terms()[term]["name"][language] for term in glossary.in_order(language)]
        for language in LANGUAGES
    }
    assert names["en"] == sorted(names["en"], key=str.lower)
    chinese = [name for name in names["zh"] if "\u4e00" <= name[0] <= "\u9fff"]
    assert chinese[:7] == ["鞍点", "比特", "标签", "标准答案（gold）", "参数", "层", "查询（query）"]
    assert [name for name in chinese if name.startswith("词")] == ["词表", "词袋", "词向量", "词向量类比", "词元"]
    assert names["zh"].index("BIO 标签") < names["zh"].index("层") < names["zh"].index("LSTM（长短期记忆网络）")
    assert chinese.index("子词") < chinese.index("自信息") and chinese[-1] == "自训练"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_lists_every_term_under_its_anchor(language: str) -> None:
    def body() -> None:
        from app.shell.glossary_page import glossary_page

        glossary_page()

    app = drawn(body, {"lang": language})
    assert {heading.anchor for heading in app.subheader} == set(glossary.terms())
    assert [heading.anchor for heading in app.subheader] == glossary.in_order(language)
    other = next(one for one in LANGUAGES if one != language)
    captions = [element.value for element in app.caption]
    assert captions == [glossary.terms()[heading.anchor]["name"][other] for heading in app.subheader]
    said = [element.value for element in app.markdown]
    assert all(entry["meaning"][language] in said for entry in glossary.terms().values())
