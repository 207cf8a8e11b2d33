"""The second view: a word that was never seen, its neighbours by FastText and what Word2Vec says of it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app import glossary
from app.shell.frame import Below, LessonPage
from app.text import inline_code, markdown_escape, number
from nlpcore.models.trainings import Run
from nlpcore.words.fasttext import WordNgrams, WordReading, read_word
from nlpcore.words.word2vec_text import Learnt
from pages.words.fasttext import charts, charts_near, formulas, questions, snippet
from pages.words.fasttext.numbers import percent
from pages.words.fasttext.shared import Learning, draw_text, learning, one_word, tell_idea, train_both

ALL_NEAR = 0.98  # a cosine: where even the tenth word is nearer than this, all vectors point one way


def unknown_view(lesson: LessonPage) -> Below:
    """Draw the neighbours of a word, as far as the training has come."""
    w = lesson.words
    with lesson.controls():
        word = one_word(lesson, "unknown", w("default.unknown"))
    what = learning(lesson)
    if word is None or what is None:
        return Below()
    cut = tell_idea(lesson, word, what.lengths)
    at_least = what.common["at_least"]
    known = word in what.vocabulary
    question = questions.who_knows(word, known, len(cut.spans), what.lengths.least, at_least, what.about)
    locked = "" if lesson.answered(question) else w("unknown.locked")
    both = train_both(lesson, what, locked, lambda run: live(lesson, run, word))
    if both is None:
        return Below()
    run, other = both
    reading = read_word(run.shown, word)
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(question)
        tell_what_to_look_for(lesson, run, reading, told, len(what.lines.split()))
    code = snippet.unknown(word, run.steps, what.settings, what.code)
    panels: dict[str, Callable[[], None]] = {"text": lambda: draw_text(lesson, what.text)}
    with figure:
        lesson.notes(what.text.notes)
        if not told:
            draw_ngrams(lesson, cut, what.lengths.least)
            return Below(code, panels)
        draw_neighbours(lesson, reading, other, what)
    if (mean := formulas.mean(reading)) and not lesson.lecture:
        own = (w("unknown.itself"),) if reading.known else ()
        names = (*own, *(inline_code(ngram) for ngram in cut.ngrams))
        more = " …" if len(names) > formulas.SHOWN else ""
        said = w("unknown.mean_own" if own else "unknown.mean", word=markdown_escape(word), count=len(cut.spans),
                 place=formulas.farthest(reading) + 1, first=w.listed(names[: formulas.SHOWN]) + more)  # fmt: skip
        lesson.formula(mean, said)
    if cut.spans:
        panels = {"parts": lambda: draw_parts(lesson, reading, run.steps)} | panels
    return Below(code, panels)


def live(lesson: LessonPage, run: Run, word: str) -> str:
    """Say what is near the word while the training goes on."""
    near = read_word(run.shown, word, 5).neighbours
    said = lesson.words.listed(f"{markdown_escape(each.word)} {number(each.cosine)}" for each in near)
    return lesson.words("unknown.live", word=f"**{markdown_escape(word)}**", near=said)


def draw_ngrams(lesson: LessonPage, cut: WordNgrams, least: int) -> None:
    """Draw the n-grams of the word, or say that there is none."""
    w = lesson.words
    if not cut.spans:
        st.info(w("ngrams.none", word=markdown_escape(cut.word), least=least), icon=":material/info:")
        return
    only = least if lesson.lecture else None  # a hall has no room for all
    alt = w("alt.ngrams_short" if only else "alt.ngrams", word=cut.marked, least=least, count=len(cut.spans))
    lesson.figure("ngrams", charts.ngrams_figure(cut, w, only), alt, data=lambda: charts.ngram_rows(cut))


def tell_what_to_look_for(lesson: LessonPage, run: Run, reading: WordReading, told: bool, words: int) -> None:
    """Say what is learnt, or what to look for in what was."""
    if not told:
        lesson.look_for("unknown.look_first", words=f"{words:,}", learnt=f"{len(run.shown.words):,}", times=5)
    elif not run.steps:
        lesson.look_for("unknown.look_start", long=True)
    elif reading.neighbours and min(near.cosine for near in reading.neighbours) > ALL_NEAR:
        lesson.look_for("unknown.look_same", long=True)
    else:
        lesson.look_for("unknown.look_for", long=True, seen=percent(reading.share_seen))


def draw_neighbours(lesson: LessonPage, reading: WordReading, other: Learnt, what: Learning) -> None:
    """Draw what is near by FastText, and beside it by Word2Vec."""
    w, word = lesson.words, reading.ngrams.word
    left, right = st.columns(2)
    with left:
        st.markdown(f"**{w('unknown.fasttext')}**")
        if not reading.ngrams.spans and not reading.known:
            st.info(
                w("unknown.no_ngrams", word=markdown_escape(word), least=what.lengths.least), icon=":material/info:"
            )
        else:
            alt = w("alt.neighbours", word=word, words=w.listed(each.word for each in reading.neighbours))
            drawn = charts_near.neighbours_figure(reading, w)
            lesson.figure("neighbours", drawn, alt, data=lambda: charts_near.neighbour_rows(reading))
    with right:
        st.markdown(f"**{w('unknown.word2vec')}**")
        if word not in other.words:
            said = w("unknown.not_in_vocabulary", word=markdown_escape(word), times=what.common["at_least"])
            st.info(glossary.with_links(said, lesson.language), icon=":material/block:")
        else:
            near = other.nearest(word)
            alt = w("alt.word2vec", word=word, words=w.listed(each.word for each in near))
            rows = [{"word": each.word, "cosine": each.cosine} for each in near]
            lesson.figure("word2vec", charts_near.word2vec_figure(near, w), alt, data=rows)


def draw_parts(lesson: LessonPage, reading: WordReading, steps: int) -> None:
    """Which n-grams make the vector what it is, and which of them the text does not have."""
    w = lesson.words
    rows = charts.part_rows(reading)
    unseen = [inline_code(str(row["ngram"])) for row in rows if not row["seen"]]
    st.markdown(w("parts.explain", word=markdown_escape(reading.ngrams.word), count=len(reading.ngrams.spans)))
    alt = w("alt.parts", word=reading.ngrams.word, ngram=str(rows[0]["ngram"]))
    lesson.figure("parts", charts.parts_figure(reading, w), alt, data=rows)
    if unseen:
        more = " …" if len(unseen) > 8 else ""
        st.markdown(w("parts.unseen_list", count=len(unseen), ngrams=w.listed(unseen[:8]) + more))
    if not steps:
        st.caption(w("parts.start"))
