"""Texts to learn words from: those of the catalogue, and the learner's own; made into sentences of words.

English is read in lower case, its words runs of letters and digits; Chinese is cut into words by LAC.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import regex

from nlpcore.errors import LearnerError, Note
from nlpcore.graphemes import word_spans
from nlpcore.models import workers
from nlpcore.models.catalogue import Entry
from nlpcore.models.loading import LoadedModel, Parts, load, loader, unload
from nlpcore.models.serving import served, served_on
from nlpcore.models.workers import OnProgress
from nlpcore.text import Cleaned, mostly_chinese, without_invisible

SEGMENTER = "lac-zh"
MOST_BYTES = 5_000_000  # of a file
MOST_CHINESE = 600_000  # characters that are cut: about a quarter of a minute
TEXT, CUT = (
    "text.txt",
    "cut.txt",
)  # the files of an entry: the text, or for Chinese its sentences, words apart by blanks
_SHOWN = 3  # sentences of which both forms are kept
_LOOKED_AT = 20_000  # characters that tell the language
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_CHINESE_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]*[”’」』）]*")
_ASCII_WORD = re.compile(r"[a-z0-9_]+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_AS_CHINESE_IS_WRITTEN = regex.compile(
    r"[\p{Han}，。、；：？！“”‘’（）《》〈〉【】「」『』…—·～￥％\u3000０-９Ａ-Ｚａ-ｚ]"
)
_COMMON = b"\xb0", b"\xd7"  # the first bytes of those characters
_MARKS = (b"\xef\xbb\xbf", "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")


@dataclass(frozen=True, slots=True)
class PreparedText:
    """A text as a training reads it.

    Attributes:
        lines: a sentence a line; its words in lower case, signs left out, apart by blanks.
        language: "zh" where it was cut into words, else "en": words are what stands between blanks and signs.
        characters: of the text as it was read.
        words: how many it has, repeated ones too.
        distinct: how many different ones.
        shown: some of its sentences as they stood, each with its words: what was done to the text.
        notes: what was changed.
    """

    lines: str
    language: str
    characters: int
    words: int
    distinct: int
    shown: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class CutSoFar:
    """How far the cutting of a Chinese text is.

    Attributes:
        share: 0 to 1.
    """

    share: float


def decoded(content: bytes) -> str:
    """Return what a file says: UTF-8 or UTF-16 by its mark, else UTF-8, else GB18030 where that reads as Chinese.

    Raises LearnerError ``file_too_large`` above MOST_BYTES, ``file_empty``, ``file_no_text`` for what has characters that no
    text has, ``file_encoding`` for another encoding.
    """
    if len(content) > MOST_BYTES:
        raise LearnerError("file_too_large", most=MOST_BYTES // 1_000_000, given=f"{len(content) / 1e6:.1f}")
    text = _decoded(content)
    if _CONTROL.search(text):
        raise LearnerError("file_no_text")
    if not text.strip():
        raise LearnerError("file_empty")
    return text


def _decoded(content: bytes) -> str:
    encodings = [encoding for mark, encoding in _MARKS if content.startswith(mark)] or ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Much of what is not GB18030 can be read as it, and gives rare characters here and there.
        if encoding != "gb18030" or _reads_as_chinese(text):
            return text
    raise LearnerError("file_no_text" if b"\0" in content[:_LOOKED_AT] else "file_encoding")


def _reads_as_chinese(text: str) -> bool:
    """Whether the beginning is written as Chinese is, most of it in the 3,755 characters that GB 2312 counts as common."""
    looked_at = text[:_LOOKED_AT]
    beyond = [character for character in looked_at if not character.isascii()]
    written = len(_AS_CHINESE_IS_WRITTEN.findall(looked_at))
    common = sum(_COMMON[0] <= character.encode("gb2312", "replace")[:1] <= _COMMON[1] for character in beyond)
    return mostly_chinese(looked_at) and written >= 0.95 * len(beyond) and common >= 0.5 * written


@served
def prepare(text: str) -> PreparedText:
    """Return a text as a training reads it; Chinese is cut in a worker, which reports a :class:`CutSoFar`.

    Of Chinese the first MOST_CHINESE characters are read. Raises LearnerError ``file_empty``, ``file_no_word``, and what
    loading the segmenter raises.
    """
    if not text.strip():
        raise LearnerError("file_empty")
    visible = Cleaned(text) if text.isascii() else without_invisible(text)
    text, notes = visible.text, visible.notes
    if not mostly_chinese(text[:_LOOKED_AT]):
        sentences = [each for line in text.splitlines() for each in _SENTENCE_END.split(line.strip()) if each]
        return _prepared(((each, _words(each)) for each in sentences), "en", len(text), notes)
    given, text = len(text), text[:MOST_CHINESE]
    if given > len(text):
        notes += (Note("cut_characters", {"kept": len(text), "given": given}),)
    sentences = chinese_sentences(text)
    cut: list[tuple[str, ...]] = workers.run(_cut, sentences, seconds=len(text) / 40_000)
    return _prepared(zip(sentences, cut, strict=True), "zh", len(text), notes)


@served_on("text")
def prepared(model: LoadedModel) -> PreparedText:
    """Return a text of the catalogue (kind ``text``) as a training reads it."""
    found: PreparedText = model.network
    return replace(found)  # whoever asks has an answer of his own; the long string is one


def chinese_sentences(text: str) -> list[str]:
    """Return the sentences of a Chinese text without blanks, signs at their ends."""
    found = ("".join(sentence.split()) for sentence in _CHINESE_SENTENCE.findall(text))
    return [sentence for sentence in found if sentence]


def _cut(sentences: list[str], on_progress: OnProgress | None) -> list[tuple[str, ...]]:
    """Cut them, in a worker; the segmenter does not stay there."""
    from nlpcore.tagging.cutting import cut_sentences

    told = None if on_progress is None else lambda share: on_progress(CutSoFar(share))
    try:
        return cut_sentences(load(SEGMENTER), sentences, told)
    finally:
        unload(SEGMENTER)


def _words(sentence: str) -> tuple[str, ...]:
    """Return the words of a sentence that does not have to be cut; see :func:`nlpcore.words.sentence_vectors.sentence_words`."""
    lower = sentence.lower()
    if lower.isascii():  # ten times as fast, and the same
        return tuple(word for word in _ASCII_WORD.findall(lower) if word.strip("_"))
    spans = (lower[start:end] for start, end in word_spans(lower))
    return tuple(word for word in spans if any(map(str.isalnum, word)))


def _prepared(
    sentences: Iterable[tuple[str, Sequence[str]]], language: str, characters: int, notes: tuple[Note, ...] = ()
) -> PreparedText:
    """Return the text of sentences, each as it stood and its words, signs too."""
    lines: list[str] = []
    shown: list[tuple[str, tuple[str, ...]]] = []
    distinct: set[str] = set()
    count = 0
    for sentence, cut in sentences:
        words = tuple(word.lower() for word in cut if any(map(str.isalnum, word)))
        if not words:
            continue
        lines.append(" ".join(words))
        distinct.update(words)
        count += len(words)
        if len(shown) < _SHOWN:
            shown.append((sentence, words))
    if not count:
        raise LearnerError("file_no_word")
    return PreparedText("\n".join(lines), language, characters, count, len(distinct), tuple(shown), notes)


@loader("text")
def _load(_: Entry, folder: Path) -> Parts:
    """Read a text of the catalogue, once a process: sentences that were cut when it was fetched, or the text itself."""
    if (folder / CUT).is_file():
        lines = (folder / CUT).read_text(encoding="utf-8").splitlines()
        pairs = [(line.replace(" ", ""), line.split(" ")) for line in lines]
        return Parts(_prepared(pairs, "zh", sum(len(sentence) for sentence, _ in pairs)))
    return Parts(replace(prepare((folder / TEXT).read_text(encoding="utf-8")), notes=()))
