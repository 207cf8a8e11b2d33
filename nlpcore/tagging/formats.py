"""Tagged text as people paste it: word/TAG in a line or columns as in CoNLL's files, in any of the usual schemes.

Schemes: IOB1 (Ramshaw & Marcus 1995), IOB2 (Tjong Kim Sang & Veenstra 1999), IO (no B-; also types alone, as Stanford's
recognizer writes them), IOBES, also written BIOES, BMES or BILOU (Ratinov & Roth 2009: E or L ends an entity, S or U is
one by itself; M is the I of BMES, in which Chinese corpora are marked).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from typing import Literal

from nlpcore.errors import LearnerError
from nlpcore.tagging.markup import read_marked
from nlpcore.tagging.schemes import KNOWN_TYPES, OUTSIDE, Span, from_bio, to_bio, to_iob1
from nlpcore.tagging.tables import as_columns
from nlpcore.text import is_han, shortened

Layout = Literal["slashes", "columns", "below", "marked"]
Scheme = Literal["IOB1", "IOB2", "IO", "BIOES", "BILOU", "BMES"]
SCHEMES: tuple[Scheme, ...] = ("IOB2", "IOB1", "IO", "BIOES", "BILOU")  # that are offered for writing
_TAG = re.compile(r"O|[BIESLUM]-[^\W\d_](?:[\w.\-]*\w)?")
_SMALL_TAG = re.compile(r"o|[bieslum]-[a-z_]+")
_SCORE = re.compile(r"\d{0,3}(?:[.,]\d+)?%?")
_MARKS = "_|／:,;=/"
_TRAILING = re.compile(r"[,;.!?:)\]\"'”’，；。！？：、）】」』]+$")
_TYPED = re.compile(r"[BIESLUM]-[A-Z]{2,}(?:[_-][A-Z]+)*")  # I-95, B-52, E-mail and U-Bahn are words
_PHRASES = frozenset("NP VP PP ADVP ADJP SBAR PRT CONJP INTJ LST UCP".split())  # of chunks, as in CoNLL-2000 # noqa: SIM905
_BEGIN = frozenset("BSU")


@dataclass(frozen=True, slots=True)
class Written:
    """Words and tags that were read.

    Attributes:
        layout: "slashes" (word/TAG), "columns" (a token a line), "below" (a line of words, under it one of their tags) or
            "marked" (entities marked inside running text: :mod:`nlpcore.tagging.markup`).
        scheme: in which the tags are read.
        words, tags: one tag a word, as written.
        sentences: numbers of words at which a sentence begins, the first 0.
    """

    layout: Layout
    scheme: Scheme
    words: tuple[str, ...]
    tags: tuple[str, ...]
    sentences: tuple[int, ...]

    @property
    def iob2(self) -> tuple[str, ...]:
        """The tags with E, L and S, U turned to I and B, and IOB1 and IO written as IOB2; IOB2 as it is, legal or not."""
        return tuple(tag for part in self.parts for tag in to_iob2(self.tags[part], self.scheme))

    @property
    def parts(self) -> tuple[slice, ...]:
        """The words of each sentence."""
        return tuple(slice(a, b) for a, b in zip(self.sentences, [*self.sentences[1:], len(self.words)], strict=True))


def read_tagged(text: str) -> Written:
    """Read word/TAG, columns, tags below their words or entities marked in running text, whichever was typed.

    Columns are two or more in each line, the word the first and the tag the last; a line that begins with # and ends in
    no tag is a comment. Where the first column counts the words of each sentence from 1, as in CoNLL-U, the word is the
    second, and where two columns of entities stand behind the words, as in GermEval 2014, the first of them, the outer
    ones, is read. A last column of numbers is the scores of a model and no tag. Where every word has a tag, another mark
    than the slash may stand between them (``_`` ``|`` ``:`` ``,``), and prefixes may be small letters. Columns may be of
    any scheme (:func:`scheme_of`) and stand in a table (:func:`nlpcore.tagging.tables.as_columns`);
    word/TAG, which learners type to break the rules of IOB2, is IOB2 unless a tag begins
    with E, S, L, U or M or all are types alone. Raises LearnerError ``empty_text`` and ``tag_unknown``.
    """
    if marked := read_marked(text):
        words_marked = tuple(word.text for word in marked.words)
        return Written("marked", "IOB2", words_marked, to_bio(words_marked, marked.spans), marked.sentences)
    lines = [line.split() for line in as_columns(text).splitlines() if not _is_comment(line)]
    full = [line for line in lines if line]
    if not full:
        raise LearnerError("empty_text")
    if found := _below(full) or _as_columns(lines) or _joined(lines):
        return found
    words: list[str] = []
    tags: list[str] = []
    starts: list[int] = []
    alone = _are_types_alone([item for line in full for item in line])
    for line in lines:
        starts += [len(words)] if line else []
        for item in line:
            for word, tag in _word_and_tag(item, alone):
                words.append(word)
                tags.append(tag)
    scheme = scheme_of(tags) if alone or {*"ESLUM"} & {tag[0] for tag in tags} else "IOB2"
    return Written("slashes", scheme, tuple(words), tuple(tags), tuple(starts))


def _is_comment(line: str) -> bool:
    """Whether a line says something about the sentence below it, as in the files of WNUT and OntoNotes."""
    return line.startswith("#") and " " in line and not _TAG.fullmatch(line.split()[-1])


def _below(full: Sequence[Sequence[str]]) -> Written | None:
    """Return what lines of words with a line of tags under each say, or None. In one line the tags are its second half."""
    if len(full) == 1:
        half = len(full[0]) // 2
        full = [full[0][:half], full[0][half:]]
        if half == 1 or not all(tag == OUTSIDE or tag[2:] in KNOWN_TYPES for tag in full[1]):
            return None  # Ana B-PER, EU NNP B-NP B-ORG
    lines = [list(line[0]) if len(line) == 1 and is_han(line[0][0]) else line for line in full[::2]]
    tags = _with_prefixes(list(chain(*full[1::2])))
    if len(full) % 2 or [*map(len, lines)] != [*map(len, full[1::2])] or not any(map(_TYPED.fullmatch, tags)):
        return None
    if any(map(_TYPED.fullmatch, chain(*lines))):
        return None
    starts = tuple(accumulate(map(len, lines[:-1]), initial=0))
    return Written("below", scheme_of(tags), tuple(chain(*lines)), tags, starts)


def _as_columns(lines: Sequence[Sequence[str]]) -> Written | None:
    """Return what ``lines`` say as columns, or None; a field of one line has made blanks of the line breaks."""
    full = [line for line in lines if line]
    if len(full) > 1:
        return _columns(lines) if _are_columns(full) else _without_scores(lines)
    (line,) = full
    for width in range(2, 7):
        rows = [line[n : n + width] for n in range(0, len(line), width)]
        if len(rows[-1]) == width and (found := _columns(rows) if _are_columns(rows) else _without_scores(rows)):
            return found
    return None


def _without_scores(lines: Sequence[Sequence[str]]) -> Written | None:
    """Return what columns say whose last one holds a number behind each tag, or None."""
    rows = [line for line in lines if line]
    typed = any(len(row) > 2 and _TYPED.fullmatch(row[-2].upper()) for row in rows)
    if not typed or not all(len(row) > 2 and _SCORE.fullmatch(row[-1]) for row in rows):
        return None
    return _columns([line[:-1] for line in lines]) if _are_columns([row[:-1] for row in rows]) else None


def _joined(lines: Sequence[Sequence[str]]) -> Written | None:
    """Return what words say that all have a tag behind one of _MARKS, or None; a word a line is columns.

    ``EU|NNP|B-ORG`` is a word, its part of speech and its tag.
    """
    items = list(chain(*lines))
    for mark in _MARKS:
        parts = [item.rpartition(mark) for item in items]
        tags = _with_prefixes([tag for _, _, tag in parts])
        if not all(word for word, _, _ in parts) or not any(map(_TYPED.fullmatch, tags)):
            continue
        if mark == "/" and tags == tuple(tag for _, _, tag in parts):
            continue  # is read below, in which a tag may miss
        more = {item.count(mark) for item in items}
        words = [
            item.split(mark)[0] if len(more) == 1 and "" not in item.split(mark) else item.rpartition(mark)[0]
            for item in items
        ]
        if len(lines) > 1 and all(len(line) < 2 for line in lines):
            rest = zip(words, tags, strict=True)
            return _columns([next(rest) if line else () for line in lines])
        starts = tuple(accumulate(map(len, filter(None, lines)), initial=0))[:-1]
        return Written("slashes", scheme_of(tags), tuple(words), tags, starts)
    return None


def _are_columns(rows: Sequence[Sequence[str]]) -> bool:
    """Whether ``rows`` end in tags: one of them has a type, or all are pairs. ``He got an O`` is about a blood group."""
    if not all(len(row) > 1 for row in rows) or not (tags := _with_prefixes([row[-1] for row in rows])):
        return False
    cells = chain(tags, *(row[1:] for row in rows))
    return any(map(_TYPED.fullmatch, cells)) or all(len(row) == 2 for row in rows)


def _columns(lines: Sequence[Sequence[str]]) -> Written:
    rows: list[Sequence[str]] = []
    starts: list[int] = []
    fresh = True
    for line in lines:
        if not line or line[0] == "-DOCSTART-":
            fresh = True
            continue
        starts += [len(rows)] if fresh else []
        fresh = False
        rows.append(line)
    if counted := _counted(rows):
        starts = sorted({*starts, *counted})
        rows = [row[1:] for row in rows]
    words = [row[0] for row in rows]
    tags = _with_prefixes([row[1 if _is_nested(rows) else -1] for row in rows])
    if not words:
        raise LearnerError("empty_text")
    return Written("columns", scheme_of(tags), tuple(words), tuple(tags), tuple(starts))


def _counted(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the rows at which the first column begins to count, from 0 or from 1; none where it does not count."""
    if not rows or not all(len(row) > 2 and row[0].isdecimal() for row in rows):
        return []
    numbers = [int(row[0]) for row in rows]
    starts = [n for n, (before, now) in enumerate(pairwise([-1, *numbers])) if n == 0 or now != before + 1]
    return starts if {numbers[n] for n in starts} in ({0}, {1}) else []


def _is_nested(rows: Sequence[Sequence[str]]) -> bool:
    """Whether entities stand right behind the words and once more, inside of those, in the last column."""
    if not all(len(row) == 3 and _TAG.fullmatch(row[1]) for row in rows):
        return False
    outer = {row[1][2:] for row in rows if row[1] != OUTSIDE}
    return bool(outer) and not outer & _PHRASES


def _with_prefixes(tags: Sequence[str]) -> tuple[str, ...]:
    """Return ``tags`` that are all of one kind, or ().

    As they are; or, of known types, in small letters, which become capitals; or types alone and O, with I- before the types.
    """
    if all(map(_TAG.fullmatch, tags)):
        return tuple(tags)
    if (
        {*tags} != {"o"}
        and all(map(_SMALL_TAG.fullmatch, tags))
        and all(tag[2:].upper() in KNOWN_TYPES | {""} for tag in tags)
    ):
        return tuple(tag.upper() for tag in tags)
    if OUTSIDE in tags and {*tags} <= KNOWN_TYPES | {OUTSIDE}:
        return tuple(tag if tag == OUTSIDE else f"I-{tag}" for tag in tags)
    return ()


def are_tagged(items: Sequence[str]) -> bool:
    """Whether running text is meant as word/TAG: a tag with a type, or tags behind half of the ``items`` and more than one.

    ``I/O`` and ``and/or`` are no such thing.
    """
    if _are_types_alone(items) or _joined([items]):
        return True
    tags = [tag for word, slash, tag in (item.rpartition("/") for item in items) if word and _TAG.fullmatch(_bare(tag))]
    return any(_TYPED.fullmatch(_bare(tag)) for tag in tags) or (len(tags) > 1 and 2 * len(tags) >= len(items))


def _are_types_alone(items: Sequence[str]) -> bool:
    """Whether each of several ``items`` is word/TYPE or word/O, without a prefix."""
    parts = [item.rpartition("/") for item in items]
    tags = {_bare(tag) for _, _, tag in parts}
    return (
        len(items) > 1 and all(word for word, _, _ in parts) and {OUTSIDE} < tags | {OUTSIDE} <= KNOWN_TYPES | {OUTSIDE}
    )


def one_may_be_a_word(tags: Sequence[str]) -> bool:
    """Whether ``tags`` are a single one that running text may end in as well: ``type O``, ``some E-mail``."""
    return len(tags) == 1 and not _TYPED.fullmatch(tags[0])


def _bare(tag: str) -> str:
    return _TRAILING.sub("", tag)


def _word_and_tag(item: str, alone: bool) -> list[tuple[str, str]]:
    """Return the word and tag of ``Ana/B-PER``; of ``Ana/B-PER,`` also the comma; ``km/h`` is a word without a tag.

    ``alone``: of ``Ana/PER`` too, as I-PER.
    """
    mark = _TRAILING.search(item)
    for end in (len(item), mark.start() if mark else len(item)):
        word, slash, tag = item[:end].rpartition("/")
        if alone and tag in KNOWN_TYPES:
            tag = f"I-{tag}"
        if slash and word and _TAG.fullmatch(tag):
            return [(word, tag), *([(item[end:], OUTSIDE)] if end < len(item) else [])]
    word, slash, tag = item.rpartition("/")
    if slash and (not word or not tag or re.match(r"[A-Z]-", tag) or (tag.isupper() and len(tag) > 1)):
        raise LearnerError("tag_unknown", tag=shortened(tag or item, 40))
    return [(item, OUTSIDE)]


def scheme_of(tags: Sequence[str]) -> Scheme:
    """Return the scheme that ``tags`` are written in; where several would do, IOB2.

    L or U is of BILOU, M of BMES, E or S of BIOES. Without B- but with two I- in a row it is IO. IOB1 is it where B- stands only
    directly behind an entity of the same type, and there is such a B-.
    """
    prefixes = {tag[0] for tag in tags}
    if prefixes & {"L", "U"}:
        return "BILOU"
    if "M" in prefixes:
        return "BMES"
    if prefixes & {"E", "S"}:
        return "BIOES"
    if "I" in prefixes and "B" not in prefixes:
        return "IO"
    touching = [before[2:] == tag[2:] for before, tag in zip([OUTSIDE, *tags], tags, strict=False) if tag[0] == "B"]
    return "IOB1" if touching and all(touching) else "IOB2"


def to_iob2(tags: Sequence[str], scheme: Scheme) -> tuple[str, ...]:
    """Return ``tags`` of one sentence in IOB2 (M is I); those that are IOB2 already stay as they are, legal or not."""
    if scheme == "IOB2":
        return tuple(tags)
    if scheme in ("IOB1", "IO"):
        return to_bio(tags, from_bio(tags, "begin"))
    out: list[str] = []
    ended = True
    for tag in tags:
        prefix, kind = tag[0], tag[2:]
        goes_on = bool(out) and not ended and out[-1][2:] == kind
        out.append(tag if prefix == "O" else f"B-{kind}" if prefix in _BEGIN or not goes_on else f"I-{kind}")
        ended = prefix not in ("B", "I", "M")
    return tuple(out)


def write_tags(words: Sequence[str], spans: Sequence[Span], scheme: Scheme = "IOB2") -> tuple[str, ...]:
    """Return one tag a word in ``scheme``; raises ValueError as :func:`nlpcore.tagging.schemes.to_bio` does.

    IO cannot tell two entities of one type that touch apart.
    """
    if scheme == "IOB1":
        return to_iob1(words, spans)
    tags = list(to_bio(words, spans))
    if scheme == "IO":
        return tuple(f"I-{tag[2:]}" if tag != OUTSIDE else tag for tag in tags)
    if scheme == "BMES":
        tags = [f"M-{tag[2:]}" if tag[0] == "I" else tag for tag in tags]
    if scheme in ("BIOES", "BILOU", "BMES"):
        last, single = ("L", "U") if scheme == "BILOU" else ("E", "S")
        for span in spans:
            tags[span.end - 1] = f"{single if span.end - span.start == 1 else last}-{span.type}"
    return tuple(tags)


def conll(words: Sequence[str], tags: Sequence[str], sentences: Sequence[int] = (0,)) -> str:
    """Return CoNLL columns: a word, a blank and its tag in a line, an empty line before each further sentence.

    A blank, which is a character of its own where characters are tagged, has no line: it would be no word to who reads it.
    """
    lines = [
        ("\n" if n in sentences and n else "") + f"{word} {tag}"
        for n, (word, tag) in enumerate(zip(words, tags, strict=True))
        if word.strip()
    ]
    return "\n".join(lines) + "\n"
