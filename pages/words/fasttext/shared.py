"""What the views of the lesson share: what is typed, the lengths of n-grams, the idea, and the training on a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import streamlit as st

from app.shell.frame import LessonPage
from app.shell.menu import Place
from app.shell.texts import chosen as chosen_text
from app.shell.texts import draw_cut, tell_text, training_text
from app.shell.training import trained
from app.text import markdown_escape
from nlpcore.models.trainings import Run
from nlpcore.text import mostly_chinese
from nlpcore.words.fasttext import LEAST, MOST, WordNgrams, word_ngrams
from nlpcore.words.fasttext_text import learn_ngrams
from nlpcore.words.texts import PreparedText
from nlpcore.words.windows import count_words, words_of
from nlpcore.words.word2vec_text import Learnt, count_text, learn_text
from pages.words.fasttext import idea, snippet

LONGEST_WORD = 40  # characters of a word that is read
MOST_LENGTH = 8  # characters of the longest n-gram that can be chosen
BUCKETS = (1_000, 20_000, 100_000)
SIZES = (0.5, 1.0, 2.0, 4.0)  # megabytes of a text that are learnt
BY = (1, 20)
_BETWEEN = re.compile(r"[\s,，、;；]+")


def typed_words(text: str) -> tuple[str, ...]:
    """Return what stands between blanks, commas and semicolons, in lower case."""
    return tuple(word[:LONGEST_WORD] for word in _BETWEEN.split(text.lower()) if word)


def one_word(lesson: LessonPage, key: str, default: str) -> str | None:
    """Draw the field of one word; return it in lower case, None after saying that there is none."""
    w = lesson.words
    words = typed_words(lesson.text(key, default, limit=LONGEST_WORD, label=w(f"controls.{key}")))
    if not words:
        st.warning(w("no_word"), icon=":material/info:")
        return None
    if len(words) > 1:
        st.caption(f":material/info: {w('first_word', word=markdown_escape(words[0]))}")
    return words[0]


@dataclass(frozen=True, slots=True)
class Lengths:
    """How many characters an n-gram has at least and at most."""

    least: int
    most: int


def lengths(lesson: LessonPage, places: Sequence[Place], chinese: bool) -> Lengths:
    """Draw the choice of the lengths; 3 to 6 where nothing is chosen, in Chinese 1 to 6."""
    w = lesson.words
    with places[0]:
        options = ["auto", "1", "2", "3", "4"]
        least = str(lesson.choice("segmented", w("controls.least"), options, "least", default="auto",
                                  labels=lambda option: w("controls.auto") if option == "auto" else option))  # fmt: skip
    with places[1]:
        most = lesson.whole_number("most", w("controls.most"), MOST, MOST_LENGTH)
    shortest = (1 if chinese else LEAST) if least == "auto" else int(least)
    return Lengths(shortest, max(most, shortest))


def tell_idea(lesson: LessonPage, word: str, chosen: Lengths) -> WordNgrams:
    """Tell the idea with a word of the learner's; return its n-grams."""
    w = lesson.words
    cut = word_ngrams(word, chosen.least, chosen.most)
    values = idea.values(cut, chosen.least, w)
    lesson.idea(idea.sketch(cut, chosen.least, w), w("idea.alt", **idea.values(cut, chosen.least, w, plain=True)),
                **values)  # fmt: skip
    return cut


# -- the training ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Learning:
    """What is learnt, and how.

    Attributes:
        text: all of it.
        source: its id in the catalogue; None for the learner's own.
        megabytes: how much of its beginning is learnt.
        common: settings that Word2Vec has too.
        lengths: of n-grams.
        buckets: rows that they share.
    """

    text: PreparedText
    source: str | None
    megabytes: float
    common: dict[str, Any]
    lengths: Lengths
    buckets: int

    @property
    def lines(self) -> str:
        """What is learnt."""
        return beginning(self.text.lines, self.megabytes)

    @property
    def vocabulary(self) -> frozenset[str]:
        """The words that are learnt."""
        return vocabulary(self.lines, self.common["at_least"])

    @property
    def own(self) -> dict[str, Any]:
        """Settings that Word2Vec does not have."""
        return {"shortest": self.lengths.least, "longest": self.lengths.most, "buckets": self.buckets}

    @property
    def settings(self) -> dict[str, Any]:
        """All settings of FastText, as the library takes them."""
        return self.common | self.own

    @property
    def code(self) -> str:
        """The lines that read what is learnt."""
        size = None if self.lines is self.text.lines else round(self.megabytes * 1_000_000)
        return snippet.reading(self.source, size)

    @property
    def about(self) -> tuple[Any, ...]:
        """Another value for another training."""
        return (self.text.characters, self.text.words, self.megabytes, *self.settings.items())


@lru_cache(maxsize=4)
def beginning(lines: str, megabytes: float) -> str:
    """Return the first megabytes of a text in UTF-8, whole lines; all of it where it is shorter."""
    content = lines.encode()
    most = round(megabytes * 1_000_000)
    return lines if len(content) <= most else content[:most].decode(errors="ignore").rpartition("\n")[0] or lines


@lru_cache(maxsize=4)
def vocabulary(lines: str, at_least: int) -> frozenset[str]:
    """Return the words of a text that occur as often as that."""
    return frozenset(count_words(words_of(lines), at_least).words)


def learning(lesson: LessonPage) -> Learning | None:
    """Draw the choice of the text, and the settings; None after saying what is wrong with the text."""
    w = lesson.words
    with lesson.controls():
        text = training_text(lesson)
    places = lesson.settings(6)
    chosen = lengths(lesson, places[:2], text is not None and text.language == "zh")
    with places[2]:
        megabytes = lesson.choice("segmented", w("controls.size"), SIZES, "size", default=1.0,
                                  labels=lambda size: f"{size:g} MB")  # fmt: skip
    with places[3]:
        way = lesson.choice("segmented", w("controls.way"), ["skip_gram", "cbow"], "way", default="skip_gram",
                            labels="ways")  # fmt: skip
    with places[4]:
        buckets = lesson.choice("segmented", w("controls.buckets"), BUCKETS, "buckets", default=20_000,
                                labels=lambda count: f"{count:,}")  # fmt: skip
    with places[5]:
        seed = st.number_input(w("controls.seed"), **lesson.bound("seed", 1, 1, 9999))
    if text is None:
        return None
    common = {
        "architecture": way, "dimensions": 32, "window": 5, "negatives": 5, "sample": 1e-3, "at_least": 5, "epochs": 5,
        "rate": 0.1, "seed": int(seed or 1),
    }  # fmt: skip
    return Learning(text, chosen_text(lesson) or None, float(megabytes or 1.0), common, chosen, int(buckets or 20_000))


def train_both(
    lesson: LessonPage, what: Learning, locked: str = "", live: Callable[[Run], str] | None = None
) -> tuple[Run, Learnt] | None:
    """Draw the training; return FastText and Word2Vec as far as they have come. None after saying what is wrong.

    ``live``: what is said of a training that goes on.
    """
    lines = what.lines
    counts = lesson.attempt(count_text, text=lines, at_least=what.common["at_least"])
    if counts is None:
        return None
    most = counts.batches * what.common["epochs"]
    with _telling(live) as told:
        run = trained(lesson, learn_ngrams, most, locked, BY, told, text=lines, **what.settings)
    if run is None:
        return None
    other = lesson.attempt(learn_text, text=lines, steps=run.steps, **what.common)
    return None if other is None else (run, other.shown)


@contextmanager
def _telling(live: Callable[[Run], str] | None) -> Iterator[Callable[[Run], None]]:
    """Draw a row for the training; under it stands what ``live`` says while it goes on."""
    row = st.container()
    place = st.empty() if live else None  # an empty place is a gap above the figure

    def told(run: Run) -> None:
        if live and place:
            place.markdown(live(run))

    with row:
        yield told
    if place:
        place.empty()


def draw_text(lesson: LessonPage, text: PreparedText) -> None:
    """How long the text is, and what was done to it."""
    tell_text(lesson, text)
    draw_cut(text)


def is_chinese(*words: str) -> bool:
    """Whether words are Chinese."""
    return mostly_chinese(" ".join(words))
