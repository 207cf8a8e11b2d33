"""One word in several sentences: its one static point, its points in every layer of a Transformer, and how they lie by sense.

A static vector (word2vec, GloVe, the table that a Transformer begins with) is the same wherever a word stands. A layer of a
Transformer mixes in what stands around it, so that each place of the word gets a point of its own (Peters et al. 2018; Ethayarajh
2019 measures how far apart they lie, layer by layer). How well the senses that people give lie apart is told by the silhouette
(Rousseeuw 1987).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import regex

from nlpcore.arrays import Floats
from nlpcore.attention.maps import Encoded, encode
from nlpcore.chinese import as_learned
from nlpcore.errors import LearnerError, Note
from nlpcore.language_models.words import pieces_under
from nlpcore.models.forward import forward_all
from nlpcore.models.serving import served_on
from nlpcore.text import Word, clean, half_width
from nlpcore.words.one_hot import cosine_table

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

MOST = 20  # sentences
LONGEST_LABEL = 24  # characters before the colon that are taken for a sense
LONGEST_WORD = 40  # characters
_MOST_TOKENS = 128
_MOST_CHARACTERS = 8000
_SEPARATOR = regex.compile("[:：|｜]")
_PART_OF_A_WORD = regex.compile(r"[\p{L}\p{N}\p{M}_]")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a learner's list.

    Attributes:
        number: its place among the lines that have anything, from 1.
        sense: what stands before its colon; "" where nothing does.
        sentence: the rest.
    """

    number: int
    sense: str
    sentence: str


@dataclass(frozen=True, slots=True, eq=False)
class Senses:
    """A word in n sentences.

    Attributes:
        word: as the model reads it.
        sentences: (n,) those that have the word, as the model reads them.
        senses: (n,) the sense that the learner gives each; "" where none is given.
        numbers: (n,) the number of each among the lines typed, from 1.
        pieces: the tokens of the word; each point is the mean of theirs.
        static: (d,), the row of the model's own table of word vectors: the same in every sentence.
        points: (layers + 1, n, d), the word's hidden states: 0 is what goes in (word, position and segment added up and
            normalised), l what comes out of layer l.
        cosines: (layers + 1, n, n), of each pair in each layer.
        flat: (layers + 1, n, 2), the points divided by their lengths, seen along their two widest directions (PCA); each
            layer is mirrored so as to lie like the one before.
        kept: (layers + 1,), the share of the variance in these two directions, 0 to 1.
        own: (layers + 1, n), a(i): mean cosine distance (1 − cosine) to the others of its sense; NaN without a sense.
        other: (layers + 1, n), b(i): the same to the nearest other sense; NaN where there is none.
        silhouettes: (layers + 1, n), (b − a) / max(a, b), −1 to 1; 0 for the only one of its sense, NaN without a sense
            (Rousseeuw 1987, § 2).
        notes: what was left out.
    """

    word: str
    sentences: tuple[str, ...]
    senses: tuple[str, ...]
    numbers: tuple[int, ...]
    pieces: tuple[str, ...]
    static: Floats
    points: Floats
    cosines: Floats
    flat: Floats
    kept: Floats
    own: Floats
    other: Floats
    silhouettes: Floats
    notes: tuple[Note, ...] = ()

    @property
    def layers(self) -> int:
        """How many layers the model has; points of one more are kept."""
        return len(self.points) - 1

    @property
    def told(self) -> tuple[str, ...]:
        """The senses, each once, in the order in which they come."""
        return tuple(dict.fromkeys(sense for sense in self.senses if sense))

    @property
    def by_layer(self) -> Floats:
        """(layers + 1,), the mean silhouette of the sentences with a sense; NaN where there is none."""
        rows = [i for i, sense in enumerate(self.senses) if sense]
        return np.asarray(self.silhouettes[:, rows].mean(axis=1) if rows else np.full(self.layers + 1, np.nan))

    @property
    def comparable(self) -> bool:
        """Whether the senses can be told apart at all: two or more, and one that has two sentences."""
        return bool(np.isfinite(self.by_layer).all())


def read_lines(text: str, word: str) -> tuple[Line, ...]:
    """Return the lines of a list "sense: sentence".

    A line without a colon, or whose word stands before it alone, is a sentence without a sense.
    """
    lines = [stripped for line in text.splitlines() if (stripped := line.strip())]
    return tuple(_line(number, line, word) for number, line in enumerate(lines, 1))


def _line(number: int, line: str, word: str) -> Line:
    found = _SEPARATOR.search(line)
    if found:
        sense, sentence = line[: found.start()].strip(), line[found.end() :].strip()
        if sense and sentence and len(sense) <= LONGEST_LABEL and (places(sentence, word) or not places(line, word)):
            return Line(number, sense, sentence)
    return Line(number, "", line)


def places(sentence: str, word: str) -> list[int]:
    """Return where ``word`` begins in a sentence, whatever the case: whole words in letters, any place in Chinese."""
    if not word:
        return []
    before, after = (
        "" if _UNSPACED.match(edge) or not _PART_OF_A_WORD.match(edge) else rf"{look}[\p{{L}}\p{{N}}\p{{M}}_])"
        for edge, look in ((word[0], "(?<!"), (word[-1], "(?!"))
    )
    return [found.start() for found in regex.finditer(before + regex.escape(word) + after, sentence, regex.IGNORECASE)]


@served_on("encoder", "masked-lm")
def compare_senses(model: LoadedModel, word: str, text: str) -> Senses:
    """Return the points of ``word`` in each line of ``text``, a list of "sense: sentence", in every layer of ``model``.

    The first :data:`MOST` lines are read, and of each sentence the first place of the word.
    Raises LearnerError ``sense_no_word``, ``empty_text``, ``sense_word_absent`` where no sentence has the word.
    """
    try:
        sought = clean(half_width(word), limit=LONGEST_WORD)
    except LearnerError:
        raise LearnerError("sense_no_word") from None
    cleaned = clean(text, limit=_MOST_CHARACTERS, lines=True)
    said = as_learned(sought.text, model.entry.languages, model.tokenizer, model.id).text
    lines = read_lines(cleaned.text, sought.text)
    notes = [*sought.notes, *cleaned.notes]
    if len(lines) > MOST:
        notes.append(Note("sense_lines_cut", {"given": len(lines), "kept": MOST}))
    read: list[tuple[Line, Encoded, tuple[int, ...]]] = []
    lacking, again = [], []
    for line in lines[:MOST]:
        try:
            encoded = encode(model, line.sentence, max_tokens=_MOST_TOKENS)
        except LearnerError:
            lacking.append(line.number)
            continue
        found = places(encoded.texts[0], said)
        under = _under(encoded, found[0], len(said)) if found else ()
        if not under:
            lacking.append(line.number)
            continue
        notes += encoded.notes
        again += [line.number] * (len(found) > 1)
        read.append((line, encoded, under))
    if not read:
        raise LearnerError("sense_word_absent", word=said)
    for code, numbers in (("sense_left_out", lacking), ("sense_word_again", again)):
        if numbers:
            notes.append(Note(code, {"word": said, "numbers": ", ".join(map(str, numbers))}))
    return _traced(model, said, read, tuple(dict.fromkeys(notes)))


def _under(encoded: Encoded, start: int, length: int) -> tuple[int, ...]:
    """Return the tokens that the characters of a word lie in."""
    return pieces_under(Word(encoded.texts[0][start : start + length], start, start + length), encoded.offsets)


def _traced(
    model: LoadedModel, word: str, read: Sequence[tuple[Line, Encoded, tuple[int, ...]]], notes: tuple[Note, ...]
) -> Senses:
    texts = [encoded.ids for _, encoded, _ in read]
    types = [encoded.type_ids or () for _, encoded, _ in read]
    outputs = forward_all(model, texts, types if all(types) else None, head=False, wanted=("hidden_states",))
    points = np.stack(
        [
            np.stack([layer[0, list(under)].double().mean(dim=0).cpu().numpy() for layer in output.hidden_states])
            for output, (_, _, under) in zip(outputs, read, strict=True)
        ],
        axis=1,
    )
    _, first, under = read[0]
    table = model.network.get_input_embeddings().weight
    static = table[[first.ids[i] for i in under]].detach().double().mean(dim=0).cpu().numpy()
    senses = tuple(line.sense for line, _, _ in read)
    cosines = np.stack([cosine_table(layer) for layer in points])
    seen = [_flat(layer) for layer in points]
    flat = [seen[0][0]]
    for each, _ in seen[1:]:
        flat.append(each * np.where((each * flat[-1]).sum(axis=0) < 0, -1.0, 1.0))
    own, other, silhouettes = (
        np.stack(each) for each in zip(*(spread(layer, senses) for layer in cosines), strict=True)
    )
    arrays = (static, points, cosines, np.stack(flat), np.array([kept for _, kept in seen]), own, other, silhouettes)
    for array in arrays:
        array.flags.writeable = False
    return Senses(
        word,
        tuple(encoded.texts[0] for _, encoded, _ in read),
        senses,
        tuple(line.number for line, _, _ in read),
        tuple(first.pieces[i] for i in under),
        *arrays,
        notes,
    )


def _flat(points: Floats) -> tuple[Floats, float]:
    """Return unit vectors (n, d) along their two principal components, (n, 2), and the share of the variance there."""
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    centred = unit - unit.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    flat = np.zeros((len(points), 2))
    width = min(2, len(sizes))
    flat[:, :width] = left[:, :width] * sizes[:width]
    variance = float((sizes**2).sum())
    return flat, float((sizes[:width] ** 2).sum() / variance) if variance > 1e-12 else 1.0


def spread(cosines: Floats, senses: Sequence[str]) -> tuple[Floats, Floats, Floats]:
    """Return a(i), b(i) and the silhouette of each point, (n,) each, from the cosines (n, n) and the senses, "" for none.

    The distance is 1 − cosine. All NaN where there are fewer than two senses, or as many as sentences.
    """
    names = list(dict.fromkeys(sense for sense in senses if sense))
    own, other, told = (np.full(len(senses), np.nan) for _ in range(3))
    if not 2 <= len(names) < sum(map(bool, senses)):
        return own, other, told
    distances = 1 - cosines
    members = {name: [i for i, sense in enumerate(senses) if sense == name] for name in names}
    for i, sense in enumerate(senses):
        if not sense:
            continue
        mates = [j for j in members[sense] if j != i]
        other[i] = min(distances[i, members[name]].mean() for name in names if name != sense)
        own[i] = distances[i, mates].mean() if mates else 0.0
        widest = max(own[i], other[i])
        told[i] = (other[i] - own[i]) / widest if mates and widest > 0 else 0.0
    return own, other, told
