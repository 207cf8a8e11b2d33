"""The third view: words two by two: which n-grams they share, and how near FastText and Word2Vec put them."""

from __future__ import annotations

import re

import streamlit as st

from app.shell.frame import Below, LessonPage
from app.text import inline_code, markdown_escape
from nlpcore.words.fasttext import WordPair, compare_pair
from pages.words.fasttext import charts_near, questions, snippet
from pages.words.fasttext.numbers import percent
from pages.words.fasttext.shared import LONGEST_WORD, draw_text, learning, tell_idea, train_both

MOST_PAIRS = 6
_BETWEEN = re.compile(r"[,，、;；\n]+")


def pairs_view(lesson: LessonPage) -> Below:
    """Draw what two words each have in common, and once it is predicted how near they are."""
    w = lesson.words
    with lesson.controls():
        text = lesson.text("pairs", w("default.pairs"), limit=240, label=w("controls.pairs"))
    what = learning(lesson)
    given, left = read_pairs(text)
    if left:
        st.caption(f":material/info: {w('pairs.left_out', parts=w.listed(markdown_escape(part) for part in left[:4]))}")
    if not given:
        st.warning(w("pairs.no_pair"), icon=":material/info:")
        return Below()
    if what is None:
        return Below()
    tell_idea(lesson, given[0][0], what.lengths)
    both = train_both(lesson, what)
    if both is None:
        return Below()
    run, other = both
    found = tuple(compare_pair(run.shown, *pair, other.words, other.vectors) for pair in given)
    finished = run.shown.done == 1
    question = None
    if finished:
        question = questions.best(found, len(run.shown.words), (given, what.about))
    figure, aside = lesson.stage()
    with aside:
        told = finished and (question is None or lesson.ask(question))
        lesson.look_for("pairs.look_for" if told else "pairs.look_asked" if finished else "pairs.look_first", long=told)
    with figure:
        lesson.notes(what.text.notes)
        alt = w("alt.pairs" if told else "alt.pairs_common", pairs=w.listed(f"{a} – {b}" for a, b in given))
        drawn = charts_near.pairs_figure(found, told, w)
        lesson.figure("pairs", drawn, alt, data=lambda: charts_near.pair_rows(found, told))
    if told:
        with lesson.more():
            tell_ranks(lesson, found, len(run.shown.words))
    panels = {"common": lambda: draw_common(lesson, found), "text": lambda: draw_text(lesson, what.text)}
    return Below(snippet.pairs(given, run.steps, what.own, what.common, what.code), panels)


def read_pairs(text: str) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    """Return the pairs that are typed, in lower case, and the parts that are none."""
    pairs: list[tuple[str, str]] = []
    left: list[str] = []
    for part in _BETWEEN.split(text.lower()):
        words = [word[:LONGEST_WORD] for word in part.replace("=", " ").replace("/", " ").split()]
        if len(words) == 2 and len(pairs) < MOST_PAIRS:
            pairs.append((words[0], words[1]))
        elif words:
            left.append(part.strip())
    return tuple(dict.fromkeys(pairs)), left


def tell_ranks(lesson: LessonPage, found: tuple[WordPair, ...], size: int) -> None:
    """Say of each pair which place the second word has among the neighbours of the first."""
    w = lesson.words
    head = [w("pairs.first"), w("pairs.in_text"), w("pairs.second"), w("pairs.rank", size=f"{size:,}")]
    rows = [
        [markdown_escape(pair.first), w("pairs.learnt" if pair.known[0] else "pairs.unseen"), markdown_escape(pair.second),
         f"{pair.rank:,}" if pair.rank else "—"]
        for pair in found
    ]  # fmt: skip
    st.markdown("\n".join("| " + " | ".join(line) + " |" for line in [head, ["---"] * 4, *rows]))


def draw_common(lesson: LessonPage, found: tuple[WordPair, ...]) -> None:
    """List the n-grams that each two words share."""
    w = lesson.words
    for pair in found:
        names = {"first": markdown_escape(pair.first), "second": markdown_escape(pair.second)}
        if not pair.shared:
            st.markdown(w("common.none", **names))
            continue
        more = " …" if len(pair.shared) > 10 else ""
        shown = w.listed(inline_code(ngram) for ngram in pair.shared[:10]) + more
        st.markdown(w("common.some", **names, count=len(pair.shared), share=percent(pair.share), ngrams=shown))
