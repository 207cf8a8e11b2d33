"""What several views of the lesson on masked language models share: words to click, lists of words."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from app.shell.frame import LessonPage
from app.shell.menu import Place
from app.text import markdown_escape, numbered
from nlpcore.language_models.fill_mask import FillMask, fill_mask
from nlpcore.language_models.words import MASK, split_words, with_masks
from nlpcore.text import Word, as_trained, clean, mostly_chinese
from pages.transformers.masked_language_model import idea

CLICKABLE = 64  # words offered for masking
Places = Sequence[Place]


def words_of(text: str, model: str) -> list[Word]:
    """The words that can be clicked, as this model reads the text; none for a text that holds nothing visible."""
    try:
        return list(split_words(with_masks(clean(as_trained(text, model)).text)))
    except ValueError:
        return []


def tell_idea(lesson: LessonPage, trace: FillMask, covered: bool = False) -> None:
    """Tell the lesson's idea with the first mask of a text; ``covered``: its words are still to be guessed."""
    at = idea.gap(trace, covered)
    alt = lesson.words("idea.alt", **at.said(lesson.words, plain=True))
    lesson.idea(idea.sketch(at), alt, **at.said(lesson.words))


def tell_idea_of(lesson: LessonPage, model: str, text: str, masked: tuple[int, ...] = ()) -> None:
    """Tell the idea with a learner's text: with its first mask, or with its longest word where it has none."""
    words = words_of(text, model)[:CLICKABLE]
    if not words:
        first_idea(lesson)
        return
    if not masked and MASK not in [word.text for word in words]:
        masked = (max(range(len(words)), key=lambda i: len(words[i].text)),)
    if trace := lesson.attempt(fill_mask, model, text=text, k=idea.CANDIDATES, words=masked):
        tell_idea(lesson, trace)


def first_idea(lesson: LessonPage) -> None:
    """Tell the idea with the sentence that the lesson opens on."""
    w = lesson.words
    model = "bert-mini-zh" if mostly_chinese(w("default.text")) else "minilm-l6-mlm"
    trace = lesson.attempt(
        fill_mask, model, text=w("default.text"), k=idea.CANDIDATES, words=(int(w("default.masked")),)
    )
    if trace:
        tell_idea(lesson, trace)


def word_label(word: Word) -> str:
    """A word as a button: letter for letter, with a small number where it stands in the text more than once."""
    text = markdown_escape(word.text)
    return numbered(text, word.occurrence) if word.occurrences > 1 else text


def units(model: str, lesson: LessonPage) -> dict[str, str]:
    """Return what a model's units are called, one and several: the Chinese one reads single characters, not words."""
    kind = "character" if model == "bert-mini-zh" else "word"
    return {name: lesson.words(f"{name}.{kind}") for name in ("unit", "units")}


def masked_words(lesson: LessonPage, words: list[Word], model: str) -> tuple[int, ...]:
    """Draw the first words as buttons and return the indices of those that are masked."""
    count, words = len(words), words[:CLICKABLE]
    w, called = lesson.words, units(model, lesson)
    keep_masks_in_place(lesson, words)
    # The example that a visitor meets first shows a figure at once; a text of one's own begins unmasked.
    shown_first = [word.text for word in words] == [word.text for word in words_of(w("default.text"), "")]
    default = [int(w("default.masked"))] if shown_first else []
    chosen = lesson.choices(
        w("controls.words", **called),
        list(range(len(words))),
        "masked",
        default=default,
        labels=lambda i: word_label(words[i]),
        wrap=True,
    )
    if count > CLICKABLE:
        st.caption(w("controls.words_cut", shown=CLICKABLE, count=count, **called))
    return tuple(sorted(chosen))


def keep_masks_in_place(lesson: LessonPage, words: list[Word]) -> None:
    """After an edit, keep only the masks whose word is still the one that was chosen; a preset brings its own."""
    texts, preset, chosen = [word.text for word in words], lesson.value("preset"), lesson.value("masked")
    slot = lesson.slot("words_and_preset", (texts, preset))
    old, before = slot.value
    if old != texts and preset in (before, None) and isinstance(chosen, list):
        lesson.put(masked=[i for i in chosen if i < min(len(old), len(texts)) and old[i] == texts[i]])
    slot.value = (texts, preset)


def between_commas(text: str) -> tuple[str, ...]:
    """Words that the learner separated by commas."""
    return tuple(part.strip() for part in re.split("[,，、]", text) if part.strip())[:20]
