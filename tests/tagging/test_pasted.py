"""Tagged text in a field for running text: seqeval's reading of its entities, and what is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.scheme import BILOU, IOB1, IOB2, IOBES, Entities

from nlpcore.tagging import read_pasted

LINES = [("EU", "ORG"), ("rejects", ""), ("Peter", "PER"), ("Blackburn", "PER+"), (".", "")]
WRITTEN = {
    "IOB1": ["I-ORG", "O", "I-PER", "I-PER", "O"],
    "IOB2": ["B-ORG", "O", "B-PER", "I-PER", "O"],
    "BIOES": ["S-ORG", "O", "B-PER", "E-PER", "O"],
    "BILOU": ["U-ORG", "O", "B-PER", "L-PER", "O"],
}
READERS = {"IOB1": IOB1, "IOB2": IOB2, "BIOES": IOBES, "BILOU": BILOU}
WORDS = [word for word, _ in LINES]


@pytest.mark.parametrize("scheme", ["IOB2", "BIOES", "BILOU"])
@pytest.mark.parametrize("columns", [(), ("NNP",), ("NNP", "I-NP"), ("NNP", "I-NP", "_")])
@pytest.mark.parametrize("between", [" ", "\t"])
def test_columns_of_any_width_are_read_as_seqeval_reads_their_tags(
    scheme: str, columns: tuple[str, ...], between: str
) -> None:
    lines = [between.join([word, *columns, tag]) for word, tag in zip(WORDS, WRITTEN[scheme], strict=True)]
    found = read_pasted("\n".join(lines))
    assert found is not None and (found.layout, found.scheme) == ("columns", scheme)
    assert found.text == "EU rejects Peter Blackburn ."
    theirs = Entities([WRITTEN[scheme]], READERS[scheme]).entities[0]
    assert [(s.start, s.end, s.type) for s in found.spans] == [(e.start, e.end, e.tag) for e in theirs]
    assert [found.text[word.start : word.end] for word in found.words] == WORDS


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("columns", [(), ("NNP",), ("NNP", "I-NP")])
@pytest.mark.parametrize("between", ["\n", "\n\n", " "])  # a field of one line makes blanks of the ends of lines
def test_a_column_that_counts_the_words_is_not_the_words(first: int, columns: tuple[str, ...], between: str) -> None:
    tagged = enumerate(zip(WORDS, WRITTEN["IOB2"], strict=True), start=first)
    rows = [" ".join([str(n), word, *columns, tag]) for n, (word, tag) in tagged]
    one_line = between == " "
    found = read_pasted(
        (between if one_line else "\n").join(rows) + between + (" " if one_line else "\n").join(rows[:2])
    )
    assert found is not None and [word.text for word in found.words] == [*WORDS, *WORDS[:2]]
    assert found.text == "EU rejects Peter Blackburn .\nEU rejects"
    assert [(s.start, s.end, s.type) for s in found.spans] == [(0, 1, "ORG"), (2, 4, "PER"), (5, 6, "ORG")]


@pytest.mark.parametrize(
    ("text", "words", "spans"),
    [
        (
            "#\thttp://x.org\t[2014]\n1\tSchartau\tB-PER\tO\n2\tsagte\tO\tO\n3\tdem\tO\tO",
            "Schartau sagte dem",
            [(0, 1, "PER")],
        ),
        ("1 Uni B-ORG O\n2 Bonn I-ORG B-LOC\n3 . O O", "Uni Bonn .", [(0, 2, "ORG")]),
        ("EU B-ORG B-ORG\nrejects O B-PER\n. O O", "EU rejects .", [(0, 1, "ORG")]),  # gold, then predicted
        ("EU B-NP B-ORG\nrejects B-VP O", "EU rejects", [(0, 1, "ORG")]),  # phrases, then entities
        ("1984 CD B-MISC\nsold VBD O", "1984 sold", [(0, 1, "MISC")]),
        ("3 B-QUANTITY\n4 O", "3 4", [(0, 1, "QUANTITY")]),
        ("1 CD O\n3 CD O\nmen NN B-PER", "1 3 men", [(2, 3, "PER")]),
        ("7 CD B-DATE\n8 CD I-DATE", "7 8", [(0, 2, "DATE")]),
    ],
)
def test_which_column_is_the_word_and_which_the_tag(text: str, words: str, spans: list[tuple[int, int, str]]) -> None:
    found = read_pasted(text)
    assert found is not None and " ".join(word.text for word in found.words) == words
    assert [(s.start, s.end, s.type) for s in found.spans] == spans


@pytest.mark.parametrize("layout", ["columns", "slashes", "one line"])
@pytest.mark.parametrize("scheme", ["IO", "BMES"])
def test_tags_without_prefixes_and_bmes_are_read(layout: str, scheme: str) -> None:
    """As Stanford’s recognizer writes them, and as Chinese corpora are marked: m(iddle) for I."""
    words = ["New", "York", "City", "rejects", "Ana", "Pires", "."]
    tags = {"IO": "LOC LOC LOC O PERSON PERSON O", "BMES": "B-LOC M-LOC E-LOC O B-PERSON E-PERSON O"}[scheme].split()
    glue, between = {"columns": (" ", "\n"), "slashes": ("/", " "), "one line": (" ", " ")}[layout]
    found = read_pasted(between.join(f"{word}{glue}{tag}" for word, tag in zip(words, tags, strict=True)))
    assert found is not None and found.scheme == scheme and found.text == " ".join(words)
    assert [(s.start, s.end, s.type) for s in found.spans] == [(0, 3, "LOC"), (4, 6, "PERSON")]


TWICE = [*WORDS, "km/h", *WORDS]  # a word with a slash is no word with a tag
TAGS = [*WRITTEN["IOB2"], "O", *WRITTEN["IOB2"]]
WRITTEN_AS = {
    **{f"word{mark}TAG": (mark, " ", "slashes") for mark in "_|／:,/"},
    **{f"word{mark}TAG in a line": (mark, "\n", "columns") for mark in "_|／:,"},
    **{f"word{mark}NNP{mark}TAG": (f"{mark}NNP{mark}", " ", "slashes") for mark in "_|:"},
    "scores": (" NNP ", " 0.98\n", "columns"),
    "percents": ("\t", "\t98,5%\n", "columns"),
    "scores in one line": (" ", " .5 ", "columns"),
    "columns": (" ", "\n", "columns"),
}


@pytest.mark.parametrize("small", [False, True])
@pytest.mark.parametrize("way", WRITTEN_AS)
def test_every_way_to_write_tags_behind_words_is_read(way: str, small: bool) -> None:
    mark, between, layout = WRITTEN_AS[way]
    tags = [tag.lower() for tag in TAGS] if small else TAGS
    text = "".join(f"{word}{mark}{tag}{between}" for word, tag in zip(TWICE, tags, strict=True))
    found = read_pasted(text.strip() if "%" in text or "." in between else text)
    assert found is not None and found.layout == layout and [word.text for word in found.words] == TWICE
    assert [(s.start, s.end, s.type) for s in found.spans] == [
        (0, 1, "ORG"),
        (2, 4, "PER"),
        (6, 7, "ORG"),
        (8, 10, "PER"),
    ]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("EU rejects Peter Blackburn .\nB-ORG O B-PER I-PER O", "EU rejects Peter Blackburn ."),
        ("EU rejects\nB-ORG O\n\nPeter Blackburn .\nB-PER I-PER O", "EU rejects\nPeter Blackburn ."),
        ("EU rejects Peter Blackburn . B-ORG O B-PER I-PER O", "EU rejects Peter Blackburn ."),
        ("EU rejects Peter Blackburn .\nORG O PER PER O", "EU rejects Peter Blackburn ."),
        ("EU rejects Peter Blackburn .\ns-org o b-per e-per o", "EU rejects Peter Blackburn ."),
        ("我在北京\nO O B-LOC I-LOC", "我在北京"),
    ],
)
def test_tags_in_the_line_below_are_read(text: str, read: str) -> None:
    found = read_pasted(text)
    assert found is not None and found.layout == "below" and found.text == read
    places = [found.text[found.words[s.start].start : found.words[s.end - 1].end] for s in found.spans]
    assert places in (["EU", "Peter Blackburn"], ["北京"])


@pytest.mark.parametrize(
    "text",
    ["EU rejects\nB-ORG", "EU rejects\nB-ORG O I-ORG", "snake_case and CONST_O", "Note: O, 3:O and 4:B", "a|b c|O",
     "EU_B-ORG rejects",
     "an e-mail\nan i-pad", "y/o m/o", "30 y/o", "press:o", "Ana b-52 0.9\nBen i-95 0.8", "He has type O 3\nShe has type O 4"],
)  # fmt: skip
def test_text_in_which_only_some_words_look_tagged_is_left_alone(text: str) -> None:
    assert read_pasted(text) is None


def test_iob1_is_known_by_a_begin_that_touches() -> None:
    tags = ["I-PER", "B-PER", "O", "I-LOC"]
    found = read_pasted(
        "\n".join(f"{word} {tag}" for word, tag in zip(["Ana", "Ben", "left", "Oslo"], tags, strict=True))
    )
    assert found is not None and found.scheme == "IOB1"
    theirs = Entities([tags], IOB1).entities[0]
    assert [(s.start, s.end, s.type) for s in found.spans] == [(e.start, e.end, e.tag) for e in theirs]


def test_sentences_are_lines_and_nothing_goes_on_over_them() -> None:
    text = "# id 12\n-DOCSTART- -X- O O\n\nAna NNP B-NP B-PER\nleft VBD B-VP O\n\n# id 13\nPires NNP B-NP I-PER\n"
    found = read_pasted(text)
    assert found is not None and found.text == "Ana left\nPires"
    assert [(found.text[found.words[s.start].start : found.words[s.end - 1].end], s.type) for s in found.spans] == [
        ("Ana", "PER"), ("Pires", "PER"),
    ]  # fmt: skip


@pytest.mark.parametrize("empty", ["", " ", "\u200b", "\ufeff \u00ad", "\x00"])
def test_a_line_that_draws_nothing_is_an_empty_line(empty: str) -> None:
    found = read_pasted(f"{empty}\nEU B-ORG\n{empty}\nPeter B-PER\n{empty}")
    assert found is not None and found.text == "EU\nPeter" and [s.type for s in found.spans] == ["ORG", "PER"]


def test_chinese_columns_are_a_text_without_blanks() -> None:
    found = read_pasted("我 O\n在 O\n北 B-LOC\n京 I-LOC\n用 O\nGoogle B-ORG\nMaps I-ORG")
    assert found is not None and found.text == "我在北京用 Google Maps"
    assert [(s.start, s.end, s.type) for s in found.spans] == [(2, 4, "LOC"), (5, 7, "ORG")]
    slashes = read_pasted("我/O 在/O 北/B-LOC 京/I-LOC")
    assert slashes is not None and slashes.text == "我在北京" and slashes.layout == "slashes"


def test_words_with_slashes_are_read_with_their_commas() -> None:
    found = read_pasted("Ana/B-PER, left/O for/O Oslo/B-LOC.")
    assert found is not None and [word.text for word in found.words] == ["Ana", ",", "left", "for", "Oslo", "."]
    assert found.scheme == "IOB2" and [s.type for s in found.spans] == ["PER", "LOC"]


@pytest.mark.parametrize(
    "text",
    ["AB AB\nBen O\nCarl AB", "EU NNP\nrejects VBZ\nO O", "Ana PERSON\nBen PERSON", "Go ORG", "the I/O and PER/O port",
     "a M-theory", "PER/LOC", "km/h and/PER",
     "", " \n", "Ana lives in Oslo.", "It goes 90 km/h.", "The I/O port and/or the TCP/IP stack", "I/O", "a/X-PER b",
     "EU NNP\nrejects VBZ", "Ana Pires\nBen Adeyemi", "He was B-PER\nborn here", "see https://x.org/B-52 there", "O\nO",
     "He got an O", "Ana has type O", "血型 O", "他的血型是 O", "Press O", "Take the I-95", "Send an E-mail", "a B-side",
     "My type is O\nYours is also O", "Take the I-95\nSend an E-mail", "ride I-95 or B-52", "He got an O and she an O"],
)  # fmt: skip
def test_running_text_is_left_alone(text: str) -> None:
    assert read_pasted(text) is None


@pytest.mark.parametrize("text", ["Ana B-PER", "Ana NNP B-PER", "Ana O Ben O", "Ana O\nBen O", "a B-WORK_OF_ART"])
def test_one_tag_with_a_type_or_two_rows_of_two_are_columns(text: str) -> None:
    found = read_pasted(text)
    assert found is not None and found.layout == "columns"


@given(st.lists(st.sampled_from(["He", "got", "an", "O", "I-95", "血型", "E-mail", "and"]), min_size=1, max_size=9))
def test_of_a_line_without_a_typed_tag_only_pairs_are_columns(words: list[str]) -> None:
    """Text that is cut to its first words says something that nobody wrote."""
    found = read_pasted(" ".join(words))
    if len(words) < 4 or len(words) % 2 or any(word not in ("O", "E-mail") for word in words[1::2]):
        assert found is None
