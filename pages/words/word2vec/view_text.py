"""The third view: a whole text is learnt while one looks on, and the nearest words of a word are named."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app.shell import hall, texts
from app.shell.frame import Below, LessonPage, Slot
from app.shell.menu import Place
from app.shell.training import take_along, trained
from app.text import markdown_escape, number
from nlpcore.models.trainings import Run
from nlpcore.words.reading import read_windows
from nlpcore.words.texts import PreparedText
from nlpcore.words.word2vec_text import Learnt, TextCounts, count_text, learn_text
from pages.words.word2vec import charts_step, charts_text, questions, snippet
from pages.words.word2vec.shared import tell_idea

NEAREST = 10
_FEW = 5  # neighbours of each of several words
_IDEA = 14  # words of the sentence in the idea
_WATCHED = 6
# Words that say something in the texts of the catalogue; of others, frequent ones that are not too frequent.
_OF_THE_CATALOGUE = {
    "en": ("king", "three", "music", "river", "war", "game"),
    "zh": ("曹操", "兵", "马", "城", "酒", "关公"),
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the view is about: the text, what is counted in it, how it is learnt, and the word that is looked at."""

    text: PreparedText
    counts: TextCounts
    settings: dict[str, Any]
    word: str
    others: tuple[str, ...]


def text_view(lesson: LessonPage, places: Sequence[Place], text: PreparedText) -> Below:
    """Draw the training on a whole text: its neighbours stream while it goes on."""
    w = lesson.words
    settings, epochs = training_settings(lesson, places)
    texts.tell_text(lesson, text)
    counts = lesson.attempt(count_text, None, text=text.lines, at_least=settings["at_least"])
    reading = lesson.attempt(read_windows, words=_sentence(text))
    if counts is None or reading is None:
        return Below()
    tell_idea(lesson, reading)
    others = watched(text, counts)
    _watch_a_word_of(lesson, text, others)
    with lesson.controls():
        left, right = st.columns([1, 2], vertical_alignment="bottom")
        with left:
            word = lesson.entry("word", w("text.word"), default=others[0]).strip().lower() or others[0]
        with right:
            lesson.suggestions(w("text.others"), others, "word")
    asked = _Asked(text, counts, settings | {"epochs": epochs}, word, others)
    panel = st.container()
    figure, aside = lesson.stage()
    with figure:
        place = st.empty()
    with panel:
        run = trained(
            lesson, learn_text, counts.batches * epochs, live=lambda run: _stream(lesson, place, run, asked),
            text=text.lines, **asked.settings,
        )  # fmt: skip
    place.empty()
    return draw(lesson, run, asked, figure, aside)


def training_settings(lesson: LessonPage, places: Sequence[Place]) -> tuple[dict[str, Any], int]:
    """Draw the settings; return them as the library takes them, and how many epochs there are."""
    w = lesson.words
    with places[0]:
        way = lesson.choice(
            "segmented", w("controls.way"), ["skip_gram", "cbow"], "way", default="skip_gram", labels="ways"
        )
    with places[1]:
        width = lesson.whole_number("width", w("controls.window"), 5, 10)
    with places[2]:
        negatives = lesson.whole_number("negatives", w("controls.negatives"), 5, 20)
    with places[3]:
        dimensions = lesson.whole_number("size", w("controls.dimensions"), 50, 100)
    with places[4]:
        epochs = lesson.whole_number("epochs", w("text.epochs"), 5, 20)
    with places[5]:
        at_least = lesson.whole_number("atleast", w("text.at_least"), 5, 20)
    with places[6]:
        seed = st.number_input(w("controls.seed"), **lesson.bound("seed", 1, 1, 9999))
    return {
        "architecture": str(way), "window": width, "negatives": negatives, "dimensions": dimensions,
        "at_least": at_least, "seed": int(seed or 1),
    }, epochs  # fmt: skip


def watched(text: PreparedText, counts: TextCounts) -> tuple[str, ...]:
    """Return some words of the text whose neighbours are worth a look."""
    known = [word for word in _OF_THE_CATALOGUE[text.language] if word in counts.frequent]
    least = 2 if text.language == "zh" else 5
    longer = [word for word in counts.frequent[20:] if len(word) >= least and not word.isdigit()]
    return tuple(dict.fromkeys([*known, *longer, *counts.frequent]))[:_WATCHED]


def _watch_a_word_of(lesson: LessonPage, text: PreparedText, others: Sequence[str]) -> None:
    """Look at a word of another text than the one before where that does not have the word that was looked at."""
    before: Slot[str | None] = lesson.slot("read_before", None)
    if before.value is not None and before.value is not text.lines:
        word = str(lesson.value("word", others[0])).strip().lower()
        if word not in text.lines.split():
            lesson.put(word=others[0])
    before.value = text.lines


def _sentence(text: PreparedText) -> tuple[str, ...]:
    """Return the words of the sentence in the idea: the longest that is short enough, or the beginning of one."""
    short = [words for _, words in reversed(text.shown) if len(words) <= _IDEA]
    return max(short, key=len) if short else text.shown[0][1][:_IDEA]


def _stream(lesson: LessonPage, place: Any, run: Run, asked: _Asked) -> None:
    """Name the neighbours of all watched words while the training goes on."""
    shown: Learnt = run.shown
    words = [word for word in dict.fromkeys((asked.word, *asked.others)) if word in shown.words]
    say = lesson.words
    lines = ["- " + say("text.near_of", word=markdown_escape(word), near=_near(lesson, shown, word)) for word in words]
    place.markdown("\n".join([say("text.stream", share=f"{100 * shown.done:.0f}"), "", *lines]))


def _near(lesson: LessonPage, shown: Learnt, word: str) -> str:
    found = shown.nearest(word, _FEW)
    return lesson.words.listed(f"{markdown_escape(near.word)} {number(near.cosine)}" for near in found)


def draw(lesson: LessonPage, run: Run | None, asked: _Asked, figure: Any, aside: Any) -> Below:
    """Draw what has been learnt: the nearest words of the one that is looked at, the loss, and those of other words."""
    w, word = lesson.words, asked.word
    code = snippet.text(asked.text, texts.chosen(lesson), run.steps if run else 0, asked.settings, word)
    question = questions.kept(asked.counts, asked.settings["at_least"])
    with aside:
        told = lesson.ask(question) if question else True
        lesson.look_for("text.look_for" if told else "text.look_first")
    if run is None:
        return Below(code)
    shown: Learnt = run.shown
    with figure:
        if word in shown.words:
            near = shown.nearest(word, NEAREST)
            alt = w("alt.near", word=word, near=w.listed(each.word for each in near[:3]), steps=f"{run.steps:,}")
            drawn = charts_text.near_figure(near, word, w)
            lesson.figure("near", drawn, alt, data=charts_text.near_rows(word, near))
        else:
            st.info(w("text.not_learnt", word=markdown_escape(word), times=asked.settings["at_least"]))
    if run.steps:
        with lesson.more(), hall.on_demand("loss") if lesson.lecture else contextlib.nullcontext():
            alt = w("alt.loss", steps=f"{run.steps:,}", last=f"{run.losses[-1]:.2f}")
            lesson.figure("loss", charts_step.loss_figure(run, w, smoothed=False), alt, data=charts_step.loss_rows(run))
    panels = {
        "others": lambda: draw_others(lesson, shown, asked.others),
        "cut": lambda: texts.draw_cut(asked.text),
    }
    if told and run.steps:
        panels["take"] = lambda: take_along(lesson, run, shown.as_text)
    return Below(code, panels)


def draw_others(lesson: LessonPage, shown: Learnt, words: Sequence[str]) -> None:
    """Name the nearest words of some others."""
    w = lesson.words
    names = (w("text.word"), w("seeds.neighbours"))
    st.table(
        [dict(zip(names, (word, _near(lesson, shown, word)), strict=True)) for word in words if word in shown.words]
    )
