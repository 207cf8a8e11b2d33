"""Texts that a learner typed are shown letter for letter by whatever shows them; numbers have the digits they should."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app import text as made
from app.text import (
    Markdown,
    html_escape,
    inline_code,
    latex_text,
    markdown_escape,
    markdown_plain,
    plotly_text,
    told_apart,
)
from nlpcore.errors import Note
from nlpcore.text import shortened

MARKUP = st.text(st.sampled_from("ab 1*_`[]()<>#+-.!|~$:&^={}\\\"'/\n\t"), max_size=40)
PARSER = MarkdownIt("gfm-like", {"linkify": False, "html": True})


@given(MARKUP | st.text(max_size=80))
def test_escaped_markdown_has_no_active_character(text: str) -> None:
    escaped = markdown_escape(text)
    assert isinstance(escaped, Markdown)
    bare = escaped.replace("\\\\", "")
    for active in "*_`[]<>$#|~:{}()+-.!&^=":
        assert bare.count(active) == bare.count("\\" + active)


@given(MARKUP)
@example("1. a")
@example("&lt; &amp;")
@example("# a")
@example("a  \n\nb")
def test_a_markdown_parser_reads_the_text_itself(text: str) -> None:
    tokens = PARSER.parse(markdown_escape(text))
    inline = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inline} <= {"text"}
    assert {token.type for token in tokens} <= {"paragraph_open", "paragraph_close", "inline"}
    assert "".join(child.content for child in inline).replace("\u2060", "") == " ".join(text.split())


@given(st.lists(st.tuples(st.sampled_from(["{}", "**{}**", "*{}*", "`{}`", "[{}](#a-b)"]), MARKUP), max_size=5))
@example([("[{}](#a)", "[b] (c)"), ("**{}**", "a*b"), ("`{}`", "B-PER")])
def test_plain_markdown_says_what_a_parser_reads(parts: list[tuple[str, str]]) -> None:
    """Texts of a lesson's words, and what a learner typed in them, which is escaped."""
    said = [(form, "B\\" if form == "`{}`" else markdown_escape(f"a{word}b")) for form, word in parts]
    text = " and ".join(form.format(word) for form, word in said)
    inline = [child for token in PARSER.parse(text) for child in token.children or ()]
    read = "".join(child.content for child in inline if child.type in ("text", "code_inline"))
    assert markdown_plain(text) == read


@pytest.mark.parametrize(
    "text", ["http://example.com/a", "see HTTPS://example.com", "www.example.com", "me@example.com", "http://a@www.b.c"]
)
def test_escaped_addresses_become_no_links(text: str) -> None:
    """GitHub's Markdown makes links of bare addresses after the escapes have been read; its patterns, on what it reads.

    Also where a text is put together of its tokens.
    """
    for escaped in (markdown_escape(text), "".join(map(markdown_escape, re.findall(r"\w+|\W", text)))):
        read = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escaped)
        assert not re.search(r"(https?://|www(?=\.))[-.\w]+|[-.\w+]+@[-\w]+(\.[-\w]+)+", read, re.IGNORECASE)
        assert read.replace("\u2060", "").replace(" ", "") == text.replace(" ", "")


@given(MARKUP)
def test_nothing_ends_inline_code(text: str) -> None:
    code = inline_code(text)
    assert isinstance(code, Markdown)
    assert code == "`" + "".join(character for character in text if character != "`") + "`"


class Read(HTMLParser):
    """What an HTML parser makes of a page: its tags with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(MARKUP)
@example("<script>\"'&")
@example("&lt;")
def test_html_shows_the_text_itself_also_in_an_attribute(text: str) -> None:
    escaped = html_escape(text)
    read = Read(f"<b title=\"{escaped}\" lang='{escaped}'>{escaped}</b>")
    assert read.tags == [("b", [("title", text), ("lang", text)])]
    assert read.text == text
    assert html_escape("<script>\"'&") == "&lt;script&gt;&quot;&#x27;&amp;"


@given(MARKUP)
def test_plotly_shows_the_text_itself(text: str) -> None:
    """Plotly reads tags and entities, but no entity for a quotation mark."""
    escaped = plotly_text(text)
    assert Read(escaped).tags == [] and html.unescape(escaped) == text
    assert all(escaped.count(quote) == text.count(quote) for quote in "\"'")


def test_tex_reads_no_command() -> None:
    assert latex_text("a_b #1 50% $x & y") == r"\text{a\_b \#1 50\% \$x \& y}"
    assert latex_text(r"\frac{x}^~<") == r"\text{·frac·x····}"
    assert latex_text("Don't stop, [MASK]! ok? co-op 北京é.") == r"\text{Don't stop, [MASK]! ok? co-op 北京é.}"


def test_tokens_that_occur_twice_are_numbered_in_their_order() -> None:
    assert told_apart(["the", "cat", "the", "", "the"]) == ("the₁", "cat", "the₂", "", "the₃")
    assert told_apart(["a"] * 12)[10:] == ("a₁₁", "a₁₂")
    assert told_apart(["extraordinary", "extraordinary", "extra"], 5) == ("extr…₁", "extr…₂", "extra")


@given(st.text(max_size=12), st.integers(1, 12))
def test_a_long_text_is_cut(text: str, longest: int) -> None:
    short = shortened(text, longest)
    assert len(short) == min(len(text), longest)
    assert short == text if len(text) <= longest else short[:-1] == text[: longest - 1] and short[-1] == "…"


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (1.0, "1.00"), (0.9996, "1.00"), (0.9995, "1.00"), (0.9994, "0.999"), (0.9951, "0.995"), (0.995, "0.995"),
        (0.9949, "0.99"), (0.5, "0.50"), (0.1, "0.10"), (0.0996, "0.10"), (0.0994, "0.099"), (0.042, "0.042"),
        (0.01, "0.010"), (0.00996, "0.010"), (0.0099, "0.0099"), (0.0042, "0.0042"), (0.0001, "0.0001"),
        (0.00009, "<0.0001"), (0.0, "<0.0001"),
    ],
)  # fmt: skip
def test_a_probability_has_two_digits_that_say_something(p: float, text: str) -> None:
    assert made.probability(p) == text


def test_a_sign_is_always_there() -> None:
    assert [made.signed(x) for x in (1.234, -1.236, 0.0, -0.004)] == ["+1.23", "−1.24", "+0.00", "+0.00"]
    assert [made.number(x) for x in (1.234, -1.236, -0.004, 0.0)] == ["1.23", "−1.24", "0.00", "0.00"]
    assert [made.number(x, "g") for x in (-0.5, 2.0)] == ["−0.5", "2"]


def test_what_a_note_says_is_ready_for_the_screen() -> None:
    said = made.note_params(Note("cut", {"word": "*a*", "given": 50_000, "share": 0.5}))
    assert said == {"word": r"\*a\*", "given": "50,000", "share": 0.5}
