"""Sentences with their gold entities, written for this course after the guidelines of CoNLL-2003.

PER, LOC, ORG and MISC as in Tjong Kim Sang & De Meulder 2003: a team named by its city is ORG, nationalities and
titles of works are MISC, "the" before a name does not belong to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlpcore.errors import LearnerError, Note
from nlpcore.models.serving import served
from nlpcore.tagging.schemes import (
    REPAIRS,
    IllegalTransition,
    Repair,
    Span,
    from_bio,
    illegal_transitions,
    repair,
    split_tag,
    to_bio,
)
from nlpcore.tagging.words import split_words
from nlpcore.text import Word, clean, shortened

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
    )
}


@dataclass(frozen=True, slots=True)
class Repairs:
    """A tag sequence as a learner wrote it, where it breaks IOB2, and what each repair makes of it.

    Attributes:
        words, tags: as written, one tag a word.
        illegal: where the tags break IOB2.
        repaired: for each way of :data:`REPAIRS`, in its order, the legal tags.
        spans: for each way the entities that its tags write.
        notes: what was changed about the text.
    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    illegal: tuple[IllegalTransition, ...]
    repaired: tuple[tuple[str, ...], ...]
    spans: tuple[tuple[Span, ...], ...]
    notes: tuple[Note, ...]

    def way(self, how: Repair) -> tuple[tuple[str, ...], tuple[Span, ...]]:
        """Return tags and entities after the repair ``how``."""
        n = REPAIRS.index(how)
        return self.repaired[n], self.spans[n]


@served
def repair_written(text: str) -> Repairs:
    """Read ``word/TAG word/TAG …`` (no ``/TAG``: O) and repair it in every way.

    Raises LearnerError ``empty_text`` and ``tag_unknown``; past ``MAX_WORDS`` words it is cut with a note.
    """
    cleaned = clean(text)
    items = cleaned.text.split()
    pairs = [_word_and_tag(item) for item in items[:MAX_WORDS]]
    words, tags = tuple(word for word, _ in pairs), tuple(tag for _, tag in pairs)
    notes = cleaned.notes
    if len(items) > MAX_WORDS:
        notes += (Note("cut_words", {"kept": MAX_WORDS, "given": len(items)}),)
    repaired = tuple(repair(tags, how) for how in REPAIRS)
    return Repairs(words, tags, illegal_transitions(tags), repaired, tuple(from_bio(t) for t in repaired), notes)


def _word_and_tag(item: str) -> tuple[str, str]:
    word, slash, tag = item.rpartition("/")
    if not slash:
        return item, "O"
    split_tag(tag)
    if not word:
        raise LearnerError("tag_unknown", tag=shortened(item, 40))
    return word, tag
