"""Tagged text in a field for running text: its words are the text, its tags what a tagger is compared with."""

from __future__ import annotations

from dataclasses import dataclass

from nlpcore.errors import LearnerError, Note
from nlpcore.tagging.formats import Layout, Scheme, are_tagged, one_may_be_a_word, read_tagged
from nlpcore.tagging.markup import read_marked
from nlpcore.tagging.schemes import Span, from_bio
from nlpcore.tagging.tables import as_columns
from nlpcore.text import Word, clean, is_han, without_invisible


@dataclass(frozen=True, slots=True)
class Pasted:
    """Tagged text, read as running text.

    Attributes:
        text: its words, each sentence a line; a blank between two words, none between two Chinese characters. Running text in
            which entities are marked stays as it is, without the marks.
        words: with their places in it.
        spans: the entities that the tags write, over the words; an I- that continues nothing begins one.
        layout, scheme: how it was understood, see :class:`nlpcore.tagging.formats.Written`.
    """

    text: str
    words: tuple[Word, ...]
    spans: tuple[Span, ...]
    layout: Layout
    scheme: Scheme


def cleaned_lines(text: str) -> tuple[str, tuple[Note, ...]]:
    """Return ``text`` cleaned line by line, empty lines kept, and what was changed; raises LearnerError ``empty_text``."""
    notes = clean(text).notes
    # A line of nothing but a zero-width space is empty too.
    full = (without_invisible(line).text.strip() for line in text.splitlines())
    return "\n".join(clean(line).text if line else "" for line in full), notes


def read_pasted(text: str) -> Pasted | None:
    """Return what word/TAG, CoNLL columns or marks in the text say; None where ``text`` is neither, but running text."""
    try:
        lines, _ = cleaned_lines(text)
        if marked := read_marked(lines):
            return Pasted(marked.text, marked.words, marked.spans, "marked", "IOB2")
        written = read_tagged(lines)
    except LearnerError:
        return None
    if not are_tagged(as_columns(lines).split()) if written.layout == "slashes" else one_may_be_a_word(written.tags):
        return None
    words: list[Word] = []
    out = ""
    for n, word in enumerate(written.words):
        if n:
            together = is_han(out[-1]) and is_han(word[0])
            out += "\n" if n in written.sentences else "" if together else " "
        words.append(Word(word, len(out), len(out) + len(word)))
        out += word
    tags = written.iob2
    spans = (
        Span(part.start + span.start, part.start + span.end, span.type)
        for part in written.parts
        for span in from_bio(tags[part])
    )
    return Pasted(out, tuple(words), tuple(spans), written.layout, written.scheme)
