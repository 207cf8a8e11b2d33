"""The first view: the window slides over the text; below, what is drawn and what the tree looks like."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from app import glossary
from app.shell.asked import Asked
from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from app.text import markdown_escape
from nlpcore.words.reading import WindowReading, read_windows, zipf_turns
from pages.words.word2vec import charts, formulas, questions, snippet
from pages.words.word2vec.shared import tell_idea

MOST_AROUND = 6
SAMPLES = (0.0, 0.1, 0.01)  # of subsampling; a text of a few words has no smaller shares


def windows_view(lesson: LessonPage, places: Sequence[Place], words: tuple[str, ...]) -> Below:
    """Draw the window at each of its places, with its pairs."""
    w = lesson.words
    with places[0]:
        size = lesson.whole_number("window", w("controls.window"), 2, MOST_AROUND)
    with places[1]:
        negatives = lesson.whole_number("negatives", w("controls.negatives"), 5, 20)
    with places[2]:
        sample = lesson.choice(
            "segmented", w("controls.sample"), SAMPLES, "sample", default=0.0, labels=sample_name(lesson)
        )
    asked = lesson.asked(read_windows, words=words, size=size, sample=float(sample))
    code = snippet.windows(words, size, float(sample))
    if asked is None:
        return Below(code)
    reading = asked.answer
    tell_idea(lesson, reading)
    first = min(reading.size + 1, len(reading.tokens))  # the first window that is whole
    lesson.stepped("step", len(reading.tokens), lambda at: draw_step(lesson, asked, at), start=first)
    panels = {
        "samples": lambda: draw_samples(lesson, asked, bool(sample)),
        "tree": lambda: draw_tree(lesson, asked),
        "costs": lambda: draw_costs(lesson, asked, negatives),
    }
    return Below(code, panels)


def sample_name(lesson: LessonPage) -> Callable[[float], str]:
    """Return what names a threshold of subsampling."""
    return lambda sample: lesson.words("controls.no_sample") if not sample else f"{sample:g}"


def draw_step(lesson: LessonPage, asked: Asked[WindowReading], at: int) -> None:
    """Draw one place of the window, and ask how many pairs all of them make."""
    w, reading = lesson.words, asked.answer
    figure, aside = lesson.stage()
    question = questions.pairs(reading)
    with aside:
        told = lesson.ask(question) if question else True
        lesson.look_for()
    with figure:
        lesson.notes(reading.notes)
        draw_window(lesson, asked, at)
    if told:
        lesson.formula(formulas.pairs(reading), w("pairs.intro", words=len(reading.tokens), size=reading.size))


def draw_window(lesson: LessonPage, asked: Asked[WindowReading], at: int) -> None:
    """Draw one place of the window, and under it the pairs that both ways make of it."""
    w, reading = lesson.words, asked.answer
    window = reading.windows[at]
    tokens = [markdown_escape(token) for token in reading.tokens]
    around = [tokens[place] for place in window.context]
    alt = w("alt.window", word=reading.tokens[at], around=w.listed(reading.tokens[place] for place in window.context))
    drawn = charts.window_figure(reading, at, w)
    lesson.figure("window", drawn, alt, data=lambda: charts.window_rows(asked.answer))
    pairs = w.listed(w("pairs.one", centre=tokens[at], context=each) for each in around)
    st.markdown(w("pairs.skip_gram", pairs=pairs, count=len(around)))
    st.markdown(w("pairs.cbow", around=w.listed(around), centre=tokens[at]))


def draw_samples(lesson: LessonPage, asked: Asked[WindowReading], sampled: bool) -> None:
    """What negative samples are drawn, and how often: the counts to the power of 3/4."""
    w, reading = lesson.words, asked.answer
    st.markdown(glossary.with_links(w("samples.explain"), lesson.language))
    words = reading.counts.words
    alt = w("alt.samples", word=words[0], share=f"{reading.shares[0]:.3f}", noise=f"{reading.noise[0]:.3f}")
    lesson.figure("samples", charts.samples_figure(reading, w), alt, data=lambda: charts.sample_rows(asked.answer))
    lesson.equation(formulas.noise(reading, words[-1]))
    kept = [(word, share) for word, share in zip(words, reading.kept, strict=True) if share < 1]
    if kept:
        items = w.listed(f"{markdown_escape(word)} {share:.2f}" for word, share in kept[:5])
        st.markdown(w("samples.kept", items=items))
    else:
        st.markdown(w("samples.all_kept" if sampled else "samples.not_sampled"))


def draw_tree(lesson: LessonPage, asked: Asked[WindowReading]) -> None:
    """The Huffman tree, and the way to a word of the learner's choice."""
    w, reading = lesson.words, asked.answer
    words = list(reading.counts.words)
    st.markdown(w("tree.explain"))
    if len(words) > charts.MOST_LEAVES:
        st.info(w("tree.too_large", given=len(words), most=charts.MOST_LEAVES))
        return
    word = str(lesson.choice("select", w("tree.word"), words, "leaf", default=words[-1]))
    row = words.index(word)
    code = "".join(map(str, reading.tree.codes[row]))
    alt = w("alt.tree", word=word, code=code or "–")
    lesson.figure("tree", charts.tree_figure(reading, word, w), alt, data=lambda: charts.tree_rows(asked.answer))
    st.markdown(
        w("tree.way", word=markdown_escape(word), code=code or "–", turns=len(code), mean=f"{reading.turns:.2f}")
    )


def draw_costs(lesson: LessonPage, asked: Asked[WindowReading], negatives: int) -> None:
    """How many dot products an example costs in each of the three ways."""
    w, reading = lesson.words, asked.answer
    st.markdown(w("costs.explain", negatives=negatives))
    found = charts.costs(reading, negatives)
    alt = w("alt.costs", **{name: f"{value:.3g}" for name, value in found.items()})
    lesson.figure(
        "costs", charts.costs_figure(reading, negatives, w), alt, data=lambda: charts.cost_rows(asked.answer, negatives)
    )
    st.markdown(w("costs.zipf", size=f"{charts.SIZES[-1]:,}", turns=f"{zipf_turns(charts.SIZES[-1]):.1f}"))
