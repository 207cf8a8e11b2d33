"""Entities marked inside running text: what an annotation program writes comes back as its text and its entities."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcore.tagging import read_pasted
from nlpcore.tagging.exercises import repair_written
from nlpcore.tagging.formats import read_tagged

ENGLISH = [("Ana Pires", "PER"), (", of ", ""), ("EU", "ORG"), ("'s office, left ", ""), ("New York", "LOC"), (".", "")]
CHINESE = [("苹果公司", "ORG"), ("在", ""), ("北京", "LOC"), ("发布新品。", "")]
WAYS = {
    "elements": "<{1}>{0}</{1}>",
    "small elements": "<{2}>{0}</{2}>",
    "MUC": '<ENAMEX TYPE="{1}">{0}</ENAMEX>',
    "attributes": "<e id=3 label='{2}'>{0}</e>",
    "OpenNLP": "<START:{2}> {0} <END>",
    "Rasa": "[{0}]({2})",
    "type behind": "[{0}]({1})",
    "glued": "[{0}]_{1}",
    "type first": "[{1} {0}]",
    "type first, with a colon": "[{1}: {0}]",
    "a bar": "[{0}|{1}]",
    "braces": "{{{0}}}({1})",
    "full width": "【{0}】（{1}）",
}  # fmt: skip


def marked(parts: list[tuple[str, str]], way: str) -> str:
    return "".join(WAYS[way].format(text, kind, kind.lower()) if kind else text for text, kind in parts)


@pytest.mark.parametrize("parts", [ENGLISH, CHINESE], ids=["en", "zh"])
@pytest.mark.parametrize("way", WAYS)
def test_what_is_marked_in_running_text_is_read(way: str, parts: list[tuple[str, str]]) -> None:
    found = read_pasted(marked(parts, way))
    assert found is not None and (found.layout, found.scheme) == ("marked", "IOB2")
    assert found.text == "".join(text for text, _ in parts)
    entities = [(found.text[found.words[s.start].start : found.words[s.end - 1].end], s.type) for s in found.spans]
    assert entities == [part for part in parts if part[1]]
    assert all(found.text[word.start : word.end] == word.text for word in found.words)
    own = repair_written(marked(parts, way))  # the field for tags of one's own
    assert own.words == tuple(word.text for word in found.words) and own.spans[0] == found.spans and not own.illegal


@given(
    st.lists(
        st.tuples(st.sampled_from(["Ana", "EU", "x", "New York", "."]), st.sampled_from(["", "PER", "ORG"])), min_size=1
    )
)
def test_elements_come_back_whatever_stands_between(parts: list[tuple[str, str]]) -> None:
    text = " ".join(WAYS["elements"].format(*part) if part[1] else part[0] for part in parts)
    found, entities = read_pasted(text), [part for part in parts if part[1]]
    assert (found is None) is (not entities)
    if found:
        assert found.text == re.sub(r"</?[A-Z]+>", "", text)
        assert [s.type for s in found.spans] == [kind for _, kind in entities]


def test_the_outer_of_two_marks_is_read_and_lines_are_sentences() -> None:
    found = read_pasted("<ORG>The <LOC>Oslo</LOC> Post</ORG> wrote.\n<PER>Ana</PER> read.")
    assert found is not None and found.text == "The Oslo Post wrote.\nAna read."
    assert [(s.start, s.end, s.type) for s in found.spans] == [(0, 3, "ORG"), (5, 6, "PER")]
    assert read_tagged("<ORG>EU</ORG> met.\n<PER>Ana</PER> left.").sentences == (0, 3)
    inside = read_pasted("pre<LOC>Oslo</LOC>post")
    assert inside is not None and [word.text for word in inside.words] == ["pre", "Oslo", "post"]


@pytest.mark.parametrize(
    ("text", "words", "tags"),
    [
        ("EU (B-ORG) rejects (O)", "EU rejects", "B-ORG O"),
        ("EU(B-ORG) rejects German(B-MISC) call", "EU rejects German call", "B-ORG O B-MISC O"),
        ("EU [B-ORG] rejects [O] Peter [B-PER] Blackburn [I-PER]", "EU rejects Peter Blackburn", "B-ORG O B-PER I-PER"),
        ("EU<B-ORG> rejects<O>", "EU rejects", "B-ORG O"),
        ("北(B-LOC)京(I-LOC)很(O)大(O)", "北 京 很 大", "B-LOC I-LOC O O"),
        ("北【B-LOC】京【I-LOC】", "北 京", "B-LOC I-LOC"),
        ("[Ana](B-PER) [left](O)", "Ana left", "B-PER O"),
        ("eu (b-org) rejects (o)", "eu rejects", "B-ORG O"),
        ("Ana (PER) left (O)", "Ana left", "B-PER O"),
        ("EU/B-ORG (rejects/O) Ana/B-PER。", "EU (rejects ) Ana 。", "B-ORG O O B-PER O"),
    ],
)
def test_tags_in_brackets_behind_their_words_are_tags(text: str, words: str, tags: str) -> None:
    found = read_tagged(text)
    assert (" ".join(found.words), " ".join(found.iob2)) == (words, tags)
    assert read_pasted(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "[TIME 12:30] Ana left", "[PERSON 1] said", "<PER>Ana left", "Ana</PER> left", "<PER>Ana</ORG> left", "[LOC]",
        "The <time>12:30</time> bus", "<P>Ana</P> left", "see [Ana](person.html)", "see [this](http://x.org)", "<b>Ana</b> left",
        "He saw (O) and (A)", "the European Union (EU) and (ORG)", "Ana (PER) left", "vitamin (B-12) x", "type (O) or (B)",
        "the U.N. (ORG) x", "a[0](x) {LAW}", "《时间》【新闻】", "[date of birth]", "if (a < PER > b)",
    ],
)  # fmt: skip
def test_running_text_with_brackets_is_left_alone(text: str) -> None:
    assert read_pasted(text) is None
