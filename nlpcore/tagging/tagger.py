"""From text to entities with a token classifier: words, word pieces, probabilities for each tag, BIO, spans."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from nlpcore.arguments import check_option
from nlpcore.arrays import Floats, softmax
from nlpcore.errors import LearnerError, Note
from nlpcore.models.forward import forward_all
from nlpcore.models.serving import served_on
from nlpcore.tagging.capitals import segment_ids
from nlpcore.tagging.numbers import whole_numbers
from nlpcore.tagging.schemes import (
    OUTSIDE,
    IllegalTransition,
    Repair,
    Span,
    from_bio,
    illegal_transitions,
    repair,
    to_bio,
)
from nlpcore.tagging.second_head import second_head
from nlpcore.tagging.time_and_money import amount_spans
from nlpcore.tagging.viterbi import decode_legally
from nlpcore.tagging.words import split_words
from nlpcore.text import Word, clean, language_notes

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

Decoding = Literal["greedy", "legal"]
Windows = tuple[tuple[int, int], ...]
WINDOW = 128  # word pieces that are read at once, [CLS] and [SEP] included: as long as the texts of the training
MAX_PIECES = 510  # of the text that are read
_MAX_CHARACTERS = 20_000  # in which there are as many pieces, so that only pieces are cut


@dataclass(frozen=True, slots=True)
class Piece:
    """A word piece.

    Attributes:
        text: as in the vocabulary (``##``: goes on).
        id: its number in the vocabulary.
        word: number of its word, −1 for [CLS] and [SEP].
        first: whether it is the first piece of that word.
        start, end: its place in the text (characters, end excluded).
    """

    text: str
    id: int
    word: int
    first: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Entity:
    """A named entity as characters: ``source[start:end] == text``.

    Attributes:
        start, end: characters, end excluded.
        type: such as ``PER``.
        text: as written.
        confidence: 0 to 1: mean over its words of the probability of its type, B- and I- together, so that a repair,
            which turns one into the other, does not change it.
        span: the same in words.
    """

    start: int
    end: int
    type: str
    text: str
    confidence: float
    span: Span


@dataclass(frozen=True, slots=True)
class Tagging:
    """Everything between a text and its entities.

    Attributes:
        text: what was read, after cleaning: cut behind the last word that is read.
        words, pieces: with offsets into it.
        tag_names: the columns, e.g. O, B-PER, I-PER.
        logits: (pieces, tags), the classifier's scores.
        probabilities: (pieces, tags), softmax of each row, rows sum to 1.
        first_piece: (words,), row of the first piece of each word, −1 where a word has none; only these rows decide
            (Devlin et al. 2019, section 5.3).
        greedy: the most probable tag of each word by itself.
        illegal: where ``greedy`` breaks IOB2.
        tags: the tags used: ``greedy`` repaired, or the most probable legal sequence.
        decoding: which of these two: "greedy" or "legal".
        entities: what ``tags`` write.
        lines: (first, end) words of each line that has any, end excluded; a tab parts as the end of a line does, for what
            stands between tabs is a cell of a table. A line is read by itself, and no entity goes on from one to the next.
        windows: (first, end) rows of ``pieces`` that each pass through the model read, end excluded, [CLS] and [SEP]
            put around: one for each line, several that overlap for one that is longer than a window. The scores of a row
            are those of the window in which it has most context on its shorter side.
        notes: what was changed about the text.
    """

    text: str
    words: tuple[Word, ...]
    pieces: tuple[Piece, ...]
    tag_names: tuple[str, ...]
    logits: Floats
    probabilities: Floats
    first_piece: tuple[int, ...]
    greedy: tuple[str, ...]
    illegal: tuple[IllegalTransition, ...]
    tags: tuple[str, ...]
    decoding: Decoding
    entities: tuple[Entity, ...]
    notes: tuple[Note, ...]
    windows: tuple[tuple[int, int], ...] = ()
    lines: tuple[tuple[int, int], ...] = ()

    @property
    def spans(self) -> tuple[Span, ...]:
        """The entities as spans of words."""
        return tuple(entity.span for entity in self.entities)

    @property
    def word_probabilities(self) -> Floats:
        """(words, tags): the row of each word's first piece; a word without pieces is surely O."""
        return _word_rows(self.probabilities, self.first_piece, self.tag_names)


@served_on("token-classifier")
def tag(
    model: LoadedModel,
    text: str,
    decoding: Decoding = "greedy",
    how: Repair = "begin",
    max_pieces: int = MAX_PIECES,
    window: int = WINDOW,
) -> Tagging:
    """Tag ``text`` with a token classifier (kind ``token-classifier``) and return every step as a :class:`Tagging`.

    ``decoding="greedy"``: the most probable tag of each word, illegal ones repaired in the way ``how``; ``"legal"``:
    Viterbi with forbidden transitions at −inf. Each line, and each part of it between tabs, is read by itself, as the
    sentences of the training were; one of
    more than ``window`` word pieces ([CLS] and [SEP] included) in overlapping windows. The text ends behind the last word
    that begins within ``max_pieces``, with a note. Raises LearnerError ``empty_text``, and ValueError where ``window`` holds
    less than two pieces of text, and for another decoding or way to repair.
    """
    check_option("decoding", decoding, Decoding)
    check_option("how", how, Repair)
    text, words, pieces, notes = _prepared(model, text, max_pieces)
    lines = _lines(text, words)
    windows = _windows(pieces, lines, window)
    passes = forward_all(model, *_inputs(model, words, pieces, _flat(windows)))
    logits = _joined(windows, [outputs.logits[0].float().cpu().numpy() for outputs in passes])
    return _read(text, words, pieces, _tag_names(model), logits, decoding, how, notes, _flat(windows), lines)


@served_on("token-classifier")
def tag_time_and_money(
    model: LoadedModel, text: str, max_pieces: int = MAX_PIECES, window: int = WINDOW
) -> Tagging | None:
    """Tag DATE, TIME, MONEY and PERCENT with the model's second head; None where it has none; see :func:`tag`, for
    ``max_pieces`` and ``window`` too.

    A number of several words (.5, 1 000, −3) is an entity whole or not at all: one of which the head tags a part belongs to
    that entity.

    Raises LearnerError ``empty_text``.
    """
    head = second_head(model)
    if head is None:
        return None
    text, words, pieces, notes = _prepared(model, text, max_pieces)
    lines = _lines(text, words)
    windows = _windows(pieces, lines, window)
    inputs = _inputs(model, words, pieces, _flat(windows))
    passes = forward_all(model, *inputs, head=False, wanted=("hidden_states",))
    scores = [head.logits(outputs.hidden_states[head.layer][0].float().cpu().numpy()) for outputs in passes]
    logits = _joined(windows, scores)
    found = _read(text, words, pieces, head.labels, logits, "greedy", "begin", notes, _flat(windows), lines)
    return _with_whole_numbers(found)


def _with_whole_numbers(found: Tagging) -> Tagging:
    """Return ``found`` with every number inside of one entity, or of none."""
    given = tuple((entity.start, entity.end, entity.type) for entity in found.entities)
    amounts, starts = amount_spans(found.text), [word.start for word in found.words]
    whole = whole_numbers(given, amounts)
    if whole == given:
        return found
    spans = tuple(Span(bisect_right(starts, a) - 1, bisect_left(starts, b), kind) for a, b, kind in whole)
    rows = found.word_probabilities
    entities = tuple(_entity(found.text, found.words, rows, found.tag_names, span) for span in spans)
    return replace(found, tags=to_bio([word.text for word in found.words], spans), entities=entities)


def _lines(text: str, words: Sequence[Word]) -> tuple[tuple[int, int], ...]:
    """Return the (first, end) words of each line of ``text``, or part of one between tabs, that has any."""
    gaps = ((0, ""), *((n, text[words[n - 1].end : words[n].start]) for n in range(1, len(words))))
    starts = [n for n, gap in gaps if n == 0 or "\n" in gap or "\t" in gap]
    return tuple(pairwise([*starts, len(words)]))


def _windows(pieces: Sequence[Piece], lines: Sequence[tuple[int, int]], size: int) -> tuple[Windows, ...]:
    """Return for each line with any pieces the (first, end) rows of its pieces for each pass.

    Windows as long as may be, evenly placed, each overlapping the next by at least half.
    """
    room = size - 2
    if room < 2:
        raise ValueError(f"a window of {size} pieces holds no text")
    found: list[Windows] = []
    numbers = [piece.word for piece in pieces[1:-1]]
    for first, end in lines:
        start, stop = 1 + bisect_left(numbers, first), 1 + bisect_left(numbers, end)
        steps = max(0, -(-(stop - start - room) // (room // 2)))
        starts = [start + round(n * (stop - start - room) / steps) if steps else start for n in range(steps + 1)]
        if stop > start:
            found.append(tuple((place, min(place + room, stop)) for place in starts))
    return tuple(found) or (((1, 1),),)


def _flat(windows: Sequence[Windows]) -> Windows:
    return tuple(window for line in windows for window in line)


def _inputs(
    model: LoadedModel, words: Sequence[Word], pieces: Sequence[Piece], windows: Sequence[tuple[int, int]]
) -> tuple[list[list[int]], list[list[int]] | None]:
    """Return the token ids and segment numbers of each window, with [CLS] and [SEP] around."""
    ids, segments = [piece.id for piece in pieces], _segments(model, words, pieces)

    def cut(numbers: list[int]) -> list[list[int]]:
        return [[numbers[0], *numbers[a:b], numbers[-1]] for a, b in windows]

    return cut(ids), None if segments is None else cut(segments)


def _joined(windows: Sequence[Windows], scores: Sequence[Floats]) -> Floats:
    """Return one row for each piece: that of the window in which the piece is farthest from the nearer end.

    ``windows``: of each line; ``scores``: for each window (its pieces with [CLS] and [SEP], labels). The rows of [CLS] and
    [SEP] themselves are those of the first and the last window.
    """
    rows, left = [scores[0][0]], iter(scores)
    for line in windows:
        own = list(islice(left, len(line)))
        for place in range(line[0][0], line[-1][1]):
            holding = [n for n, (start, end) in enumerate(line) if start <= place < end]
            best = max(holding, key=lambda n: _context(place, n, line))
            rows.append(own[best][1 + place - line[best][0]])
    return np.stack([*rows, scores[-1][-1]]).astype(np.float64)


def _context(place: int, window: int, windows: Windows) -> int:
    """Return how many pieces of text are read on the shorter side of ``place``; where the line itself ends, none is missing."""
    start, end = windows[window]
    before = place - start if window else end
    after = end - 1 - place if window < len(windows) - 1 else end
    return min(before, after)


def _prepared(
    model: LoadedModel, text: str, limit: int
) -> tuple[str, tuple[Word, ...], tuple[Piece, ...], tuple[Note, ...]]:
    """Return the cleaned text, its words and pieces, all three as far as they are read, and what was changed."""
    cleaned = clean(text, _MAX_CHARACTERS, lines=True)
    words, pieces, notes = _pieces(model, split_words(cleaned.text), limit)
    kept = cleaned.text[: words[-1].end] if notes else cleaned.text
    strange = language_notes(cleaned.text, model.entry.languages, model.id)
    return kept, words, pieces, model.notes + cleaned.notes + strange + notes


def _segments(model: LoadedModel, words: Sequence[Word], pieces: Sequence[Piece]) -> list[int] | None:
    """Return the segment numbers that tell capitals, for a model that reads them; None for all others."""
    if not model.config.get("capitals"):
        return None
    return segment_ids([word.text for word in words], [piece.word for piece in pieces])


def _read(
    text: str,
    words: tuple[Word, ...],
    pieces: tuple[Piece, ...],
    names: tuple[str, ...],
    logits: Floats,
    decoding: Decoding,
    how: Repair,
    notes: tuple[Note, ...],
    windows: Windows,
    lines: tuple[tuple[int, int], ...],
) -> Tagging:
    probabilities: Floats = softmax(logits)
    first_piece = _first_pieces(pieces, len(words))
    rows = _word_rows(probabilities, first_piece, names)  # (words, tags)
    greedy = tuple(names[i] for i in rows.argmax(axis=1))
    tags: list[str] = []
    illegal: list[IllegalTransition] = []
    for first, end in lines:
        tags += _legal(rows[first:end], names) if decoding == "legal" else repair(greedy[first:end], how)
        illegal += (replace(i, position=i.position + first) for i in illegal_transitions(greedy[first:end]))
    found = (replace(s, start=s.start + a, end=s.end + a) for a, b in lines for s in from_bio(tags[a:b]))
    entities = tuple(_entity(text, words, rows, names, span) for span in found)
    return Tagging(
        text, words, pieces, names, logits, probabilities, first_piece, greedy, tuple(illegal), tuple(tags), decoding,
        entities, notes, windows, lines,
    )  # fmt: skip


def _legal(rows: Floats, names: tuple[str, ...]) -> tuple[str, ...]:
    with np.errstate(divide="ignore"):
        return tuple(names[i] for i in decode_legally(np.log(rows), names).path)


def _entity(text: str, words: Sequence[Word], rows: Floats, names: Sequence[str], span: Span) -> Entity:
    start, end = words[span.start].start, words[span.end - 1].end
    columns = [k for k, name in enumerate(names) if name[2:] == span.type]
    confidence = float(rows[span.start : span.end, columns].sum(axis=1).mean())
    return Entity(start, end, span.type, text[start:end], min(confidence, 1.0), span)


def _first_pieces(pieces: Sequence[Piece], count: int) -> tuple[int, ...]:
    first = [-1] * count
    for row, piece in enumerate(pieces):
        if piece.first:
            first[piece.word] = row
    return tuple(first)


def _word_rows(probabilities: Floats, first_piece: Sequence[int], names: Sequence[str]) -> Floats:
    outside = np.eye(len(names))[names.index(OUTSIDE)]
    return np.stack([probabilities[row] if row >= 0 else outside for row in first_piece])


def _pieces(
    model: LoadedModel, words: tuple[Word, ...], limit: int
) -> tuple[tuple[Word, ...], tuple[Piece, ...], tuple[Note, ...]]:
    """Return the words kept, their pieces between [CLS] and [SEP], and a note where the text was too long."""
    encoded = model.tokenizer([word.text for word in words], is_split_into_words=True, return_offsets_mapping=True)
    ids, numbers, places = encoded["input_ids"], encoded.word_ids(), encoded["offset_mapping"]
    kept = [n for n in range(len(ids)) if n < limit - 1 or n == len(ids) - 1]
    names = model.tokenizer.convert_ids_to_tokens([ids[n] for n in kept])
    pieces = []
    for name, n in zip(names, kept, strict=True):
        number = numbers[n]
        if number is None:
            pieces.append(Piece(name, ids[n], -1, False, 0, 0))
            continue
        begin = words[number].start
        first = n == 0 or numbers[n - 1] != number
        pieces.append(Piece(name, ids[n], number, first, begin + places[n][0], begin + places[n][1]))
    if len(kept) == len(ids):
        return words, tuple(pieces), ()
    last = max(piece.word for piece in pieces)
    return words[: last + 1], tuple(pieces), (Note("cut_tokens", {"kept": len(kept), "given": len(ids)}),)


def _tag_names(model: LoadedModel) -> tuple[str, ...]:
    labels: dict[Any, str] = model.network.config.id2label
    names = tuple(labels[n] for n in sorted(labels, key=int))
    if OUTSIDE not in names:
        raise LearnerError("tag_unknown", tag=names[0])
    return names
