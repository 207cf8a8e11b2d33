"""Sentences with their gold entities, written for this course after the guidelines of CoNLL-2003.

PER, LOC, ORG and MISC as in Tjong Kim Sang & De Meulder 2003: a team named by its city is ORG, nationalities and
titles of works are MISC, "the" before a name does not belong to it. Chinese ones have a tag for each character, and PER,
LOC and ORG as in the SIGHAN 2006 shared task (Levow 2006): a region and a city in it are two places.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from nlpcore.errors import Note
from nlpcore.models.serving import served
from nlpcore.tagging.formats import Layout, Scheme, read_tagged
from nlpcore.tagging.pasted import cleaned_lines
from nlpcore.tagging.schemes import (
    REPAIRS,
    IllegalTransition,
    Repair,
    Span,
    from_bio,
    illegal_transitions,
    repair,
    to_bio,
)
from nlpcore.tagging.words import split_words
from nlpcore.text import Word, mostly_chinese

_MARKED = re.compile(r"\[([A-Z]+) ([^\]]+)\]")
MAX_WORDS = 40


@dataclass(frozen=True, slots=True)
class Exercise:
    """A sentence to tag.

    Attributes:
        id: its name in the course.
        text: as written.
        words: with their places in the text.
        spans: the gold entities over the words.
    """

    id: str
    text: str
    words: tuple[Word, ...]
    spans: tuple[Span, ...]

    @property
    def chinese(self) -> bool:
        """Whether its words are Chinese characters."""
        return mostly_chinese(self.text)

    @property
    def tags(self) -> tuple[str, ...]:
        """The gold IOB2 tags, one for each word."""
        return to_bio([word.text for word in self.words], self.spans)


def read_marked(exercise_id: str, marked: str) -> Exercise:
    """Read a sentence with its entities in brackets: ``"[PER Ana Pires] left."``; borders are those of words."""
    text, places = "", []
    last = 0
    for match in _MARKED.finditer(marked):
        text += marked[last : match.start()]
        places.append((len(text), len(text) + len(match[2]), match[1]))
        text += match[2]
        last = match.end()
    text += marked[last:]
    words = split_words(text)
    starts, ends = {w.start: n for n, w in enumerate(words)}, {w.end: n + 1 for n, w in enumerate(words)}
    return Exercise(exercise_id, text, words, tuple(Span(starts[a], ends[b], kind) for a, b, kind in places))


EXERCISES: dict[str, Exercise] = {
    name: read_marked(name, marked)
    for name, marked in (
        ("teams", "[ORG Milan] lost to [ORG Porto], said coach [PER Ana Pires] in [LOC Milan]."),
        ("washington", "[PER Denzel Washington] left [LOC Washington] for a talk at [ORG Washington University]."),
        ("boundaries", "The [ORG University of Southern Norway] thanked the [ORG Ministry of Health] in [LOC Oslo]."),
        ("touching", "After [PER Jonas Weber] [PER Lena Koch] spoke for the [ORG Red Cross]."),
        ("works", "The [MISC Brazilian] novelist [PER Clara Mota] read from [MISC River Songs] in [LOC Berlin]."),
        ("sparse", "The rain that had fallen since morning stopped when [PER Ingrid] came home."),
        ("beijing", "我在[LOC 北京]工作"),
        ("urumqi", "[LOC 新疆][LOC 乌鲁木齐]"),
        ("tsinghua", "[PER 李明]毕业于[ORG 清华大学]"),
    )
}


@dataclass(frozen=True, slots=True)
class Repairs:
    """A tag sequence as a learner wrote it, where it breaks IOB2, and what each repair makes of it.

    Attributes:
        words, tags: as written, one tag a word, in IOB2 (turned into it from another scheme).
        illegal: where the tags break IOB2.
        repaired: for each way of :data:`REPAIRS`, in its order, the legal tags.
        spans: for each way the entities that its tags write.
        notes: what was changed about the text.
        layout, scheme: how the text was understood, see :class:`nlpcore.tagging.formats.Written`.
        sentences: numbers of words at which a sentence begins, the first 0.
    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    illegal: tuple[IllegalTransition, ...]
    repaired: tuple[tuple[str, ...], ...]
    spans: tuple[tuple[Span, ...], ...]
    notes: tuple[Note, ...]
    layout: Layout
    scheme: Scheme
    sentences: tuple[int, ...]

    def way(self, how: Repair) -> tuple[tuple[str, ...], tuple[Span, ...]]:
        """Return tags and entities after the repair ``how``."""
        n = REPAIRS.index(how)
        return self.repaired[n], self.spans[n]


@served
def repair_written(text: str) -> Repairs:
    """Read tagged words (:func:`nlpcore.tagging.formats.read_tagged`) and repair them in every way.

    Nothing goes on from one sentence to the next. Raises LearnerError ``empty_text`` and ``tag_unknown``; past
    ``MAX_WORDS`` words it is cut with a note.
    """
    lines, notes = cleaned_lines(text)
    written = read_tagged(lines)
    given = len(written.words)
    words, tags = written.words[:MAX_WORDS], written.iob2[:MAX_WORDS]
    if given > MAX_WORDS:
        notes += (Note("cut_words", {"kept": MAX_WORDS, "given": given}),)
    starts = tuple(n for n in written.sentences if n < len(words))
    parts = [slice(a, b) for a, b in zip(starts, [*starts[1:], len(words)], strict=True)]
    illegal = tuple(
        replace(place, position=place.position + part.start)
        for part in parts
        for place in illegal_transitions(tags[part])
    )
    repaired = tuple(tuple(tag for part in parts for tag in repair(tags[part], how)) for how in REPAIRS)
    spans = tuple(from_bio(t) for t in repaired)
    return Repairs(words, tags, illegal, repaired, spans, notes, written.layout, written.scheme, starts)
