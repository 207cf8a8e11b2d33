"""The glossary: whole, in both languages, and every link to it arrives; lessons keep to its words."""

from __future__ import annotations

import pytest

from app import glossary
from app.lessons import LESSONS, Lesson
from app.words import LANGUAGES, is_leaf, leaves, read_tree
from tests.shell.driving import drawn


@pytest.mark.parametrize("term", glossary.terms())
def test_every_term_has_name_and_meaning(term: str) -> None:
    entry = glossary.terms()[term]
    assert set(entry) in ({"name", "meaning"}, {"name", "meaning", "not"})
    assert is_leaf(entry["name"]) and is_leaf(entry["meaning"])
    for language, words in entry.get("not", {}).items():
        assert language in LANGUAGES and isinstance(words, list) and words
        assert not any(word in entry["name"][language] for word in words)


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


def test_a_link_opens_the_glossary_in_the_language_of_the_page_and_tells_the_meaning() -> None:
    linked = glossary.with_links("A [token](#token) and [a page](https://example.org).", "zh")
    meaning = glossary.terms()["token"]["meaning"]["zh"]
    assert linked == f'A [token](glossary?lang=zh#token "{meaning}") and [a page](https://example.org).'
    with pytest.raises(KeyError, match="nowhere"):
        glossary.with_links("[x](#nowhere)", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_lists_every_term_under_its_anchor(language: str) -> None:
    def body() -> None:
        from app.shell.glossary_page import glossary_page

        glossary_page()

    app = drawn(body, {"lang": language})
    assert {heading.anchor for heading in app.subheader} == set(glossary.terms())
    names = [heading.value for heading in app.subheader]
    assert names == sorted(names, key=str.lower)
    said = [element.value for element in app.markdown]
    assert all(entry["meaning"][language] in said for entry in glossary.terms().values())
