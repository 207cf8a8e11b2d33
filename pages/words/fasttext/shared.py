"""What the views of the lesson share: what is typed, the lengths of n-grams, the idea, and the training on a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app.shell.frame import LessonPage
from app.shell.menu import Place
from app.shell.training import trained
from app.text import markdown_escape
from nlpcore.models.trainings import Run
from nlpcore.text import mostly_chinese
from nlpcore.words.fasttext import LEAST, MOST, WordNgrams, word_ngrams
from nlpcore.words.fasttext_text import batches_of, learn_ngrams
from nlpcore.words.word2vec_text import learn_text
from pages.words.fasttext import idea
from pages.words.fasttext.texts import Text, read_text

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
        text: what is read.
        common: settings that Word2Vec has too.
        lengths: of n-grams.
        buckets: rows that they share.
    """

    text: Text
    common: dict[str, Any]
    lengths: Lengths
    buckets: int

    @property
    def settings(self) -> dict[str, Any]:
        """All settings of FastText, as the library takes them."""
        return self.common | {
            "shortest": self.lengths.least, "longest": self.lengths.most, "buckets": self.buckets,
        }  # fmt: skip


def learning(lesson: LessonPage) -> Learning | None:
    """Draw what is to be learnt, and the settings; None where there is no text."""
    w = lesson.words
    text_place, *places = lesson.settings(7)
    text = read_text(lesson, text_place)
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
    return Learning(text.beginning(float(megabytes or 1.0)), common, chosen, int(buckets or 20_000))


def train_both(lesson: LessonPage, what: Learning, locked: str = "") -> tuple[Run, Run] | None:
    """Draw the training; return FastText and Word2Vec as far as they have come. None after saying what is wrong."""
    most = batches_of(what.text.lines, what.common["epochs"])
    run = trained(lesson, learn_ngrams, most, locked, BY, text=what.text.lines, **what.settings)
    if run is None:
        return None
    other = lesson.attempt(learn_text, text=what.text.lines, steps=run.steps, **what.common)
    if other is None:
        return None
    return run, other


def is_chinese(*words: str) -> bool:
    """Whether words are Chinese."""
    return mostly_chinese(" ".join(words))
