"""The first view: a word cut into its n-grams, and the bucket of each."""

from __future__ import annotations

import streamlit as st

from app import glossary
from app.shell.frame import Below, LessonPage
from app.text import Markdown, inline_code, markdown_escape
from nlpcore.words.fasttext import WordNgrams, fnv1a, word_ngrams
from pages.words.fasttext import charts, formulas, questions, snippet
from pages.words.fasttext.shared import BUCKETS, is_chinese, lengths, one_word, tell_idea

MOST_LINES = 8  # of the table of hashes


def ngrams_view(lesson: LessonPage) -> Below:
    """Draw the n-grams of a word; before the question is answered the shortest alone."""
    w = lesson.words
    with lesson.controls():
        word = one_word(lesson, "word", w("default.word"))
    places = lesson.settings(3)
    chosen = lengths(lesson, places[:2], is_chinese(word or ""))
    with places[2]:
        buckets = int(lesson.choice("segmented", w("controls.buckets"), BUCKETS, "buckets", default=20_000,
                                    labels=lambda count: f"{count:,}") or 20_000)  # fmt: skip
    if word is None:
        return Below()
    tell_idea(lesson, word, chosen)
    cut = word_ngrams(word, chosen.least, chosen.most, buckets)
    code = snippet.ngrams(word, chosen.least, chosen.most, buckets)
    question = questions.count(cut, chosen.least, chosen.most)
    figure, aside = lesson.stage()
    with aside:
        told = question is None or lesson.ask(question)
        tell_what_to_look_for(lesson, cut, told, chosen.least, buckets)
    if not cut.spans:
        with figure:
            st.info(w("ngrams.none", word=markdown_escape(word), least=chosen.least), icon=":material/info:")
        return Below(code)
    with figure:
        alt = w("alt.ngrams" if told else "alt.ngrams_short", word=cut.marked, least=chosen.least, count=len(cut.spans))
        only = None if told else chosen.least
        drawn = charts.ngrams_figure(cut, w, only)
        lesson.figure("ngrams", drawn, alt, data=lambda: shown_rows(cut, only))
    if told:
        intro = "ngrams.count_ones" if chosen.least == 1 else "ngrams.count"
        said = w(intro, word=markdown_escape(word), letters=len(word), marked=len(cut.marked))
        lesson.formula(formulas.count(cut, chosen.least, chosen.most), said)
        if not lesson.lecture:
            lesson.formula(formulas.rows_of(cut), w("ngrams.mean", word=markdown_escape(word)))
    return Below(
        code, {"buckets": lambda: draw_buckets(lesson, cut, buckets)}, tells={"buckets": "count"} if question else {}
    )


def tell_what_to_look_for(lesson: LessonPage, cut: WordNgrams, told: bool, least: int, buckets: int) -> None:
    """Say what an n-gram's number is, and what < and > are for, with n-grams of the word."""
    edge = next((cut.marked[start:end] for start, end in cut.spans if start == 0), "")
    inner = next((cut.marked[start:end] for start, end in cut.spans if start > 0 and end < len(cut.marked)), "")
    if not told:
        lesson.look_for("ngrams.look_first", long=False, buckets=f"{buckets:,}", least=least)
    elif edge and inner:
        signs = {"edge": Markdown(inline_code(edge)), "inner": Markdown(inline_code(inner))}
        lesson.look_for("look_for", long=True, buckets=f"{buckets:,}", **signs)
    else:
        lesson.look_for("ngrams.look_edges", long=True, buckets=f"{buckets:,}")


def shown_rows(cut: WordNgrams, only: int | None) -> list[charts.Row]:
    """Return the n-grams that are drawn for the CSV."""
    return [row for row in charts.ngram_rows(cut) if only is None or row["length"] == only]


def draw_buckets(lesson: LessonPage, cut: WordNgrams, buckets: int) -> None:
    """How an n-gram comes to its bucket, and how many share one."""
    w = lesson.words
    st.markdown(glossary.with_links(w("buckets.explain", buckets=f"{buckets:,}", ngram=inline_code(cut.ngrams[0])),
                                    lesson.language))  # fmt: skip
    lesson.equation(formulas.bucket(cut, buckets))
    names = [w("buckets.ngram"), w("buckets.hash"), w("buckets.bucket")]
    rows = [
        [inline_code(ngram), f"{fnv1a(ngram):,}", f"{fnv1a(ngram) % buckets:,}"] for ngram in cut.ngrams[:MOST_LINES]
    ]
    st.markdown("\n".join("| " + " | ".join(line) + " |" for line in [names, ["---"] * 3, *rows]))
    st.markdown(w("buckets.shared", buckets=f"{buckets:,}"))
