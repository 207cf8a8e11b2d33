"""The fifth view: GloVe and Word2Vec on the same text, by how well they agree with people; is one of them better?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app.shell.frame import Below, LessonPage, Slot
from app.shell.language import shell_words
from app.shell.menu import Place
from app.shell.progress import Progress, Told
from app.text import number
from nlpcore.errors import LearnerError
from nlpcore.words.rivals import RivalResult, Rivals, compare_rivals
from nlpcore.words.similarity import TESTS, Correlation, Judged, judge_vectors
from nlpcore.words.texts import prepared
from pages.words.glove import charts_text, questions, shared, snippet
from pages.words.glove.measured import Measured, agreement, gap, measured

PUBLISHED = "glove-6b-50d"
WAYS = ("glove", "cbow", "skip_gram")


def compare_view(lesson: LessonPage, places: Sequence[Place]) -> Below:
    """Draw the correlations with their intervals, and what they say of who is better."""
    w = lesson.words
    with places[0]:
        test = int(lesson.choice("segmented", w("controls.test"), [0, 1], "test", default=0, labels=name_of(lesson)))
    with places[1]:
        passes = lesson.whole_number("passes", w("controls.passes"), 25, 50)
        epochs = lesson.whole_number("epochs", w("controls.epochs"), 5, 25)
    shared.usual_idea(lesson)
    try:
        kept = measured()
    except LearnerError as error:
        st.warning(lesson.sentence(error.note), icon=":material/info:")
        return Below()
    published = [lesson.attempt(judge_vectors, PUBLISHED, test=each) for each in TESTS]
    apart = gap(kept.results[0].judged[0], kept.results[2].judged[0])
    question = questions.better(apart, kept.text)
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(question)
        lesson.look_for("compare.look_for" if told else "compare.look_first", long=told)
    with figure:
        draw(lesson, kept, [each for each in published if each is not None], told)
    panels: dict[str, Any] = {"pairs": lambda: draw_pairs(lesson, kept, published[test], test, told)}
    if told:
        panels["again"] = lambda: draw_again(lesson, kept, passes, epochs)
    return Below(snippet.compare(passes, epochs), panels, tells={"mistakes": "better"})


def name_of(lesson: LessonPage) -> Any:
    """Return what names a test."""
    return lambda place: lesson.words(f"compare.{TESTS[place]}")


def draw(lesson: LessonPage, kept: Measured, published: list[Judged], told: bool) -> None:
    """Draw the published vectors, and once it is predicted those that were learnt from one text; on the same pairs."""
    w = lesson.words
    among = kept.results[0].judged
    found: dict[str, list[Correlation]] = {}
    if len(published) == len(TESTS):
        found["published"] = [agreement(each, (small,)) for each, small in zip(published, among, strict=True)]
    if told:
        found |= {each.rival: [agreement(judged) for judged in each.judged] for each in kept.results}
    known = [f"{agreement(each).known}" for each in among]
    if not lesson.lecture:
        st.markdown(w("compare.intro", words=f"{kept.words:,}", wordsim=known[0], simlex=known[1]))
    if found:
        said = w.listed(
            f"{w(f'compare.{name}')} {number(each[0].value)}, {number(each[1].value)}" for name, each in found.items()
        )
        drawn = charts_text.agreement_figure(found, w)
        lesson.figure("agreement", drawn, w("alt.agreement", said=said), data=charts_text.agreement_rows(found))
    if told and not lesson.lecture:
        with lesson.more():
            tell(lesson, kept.results, kept.seeds)


def tell(
    lesson: LessonPage, results: Sequence[RivalResult], seeds: Sequence[Sequence[Sequence[float]]] | None = None
) -> None:
    """Draw the differences to GloVe with their intervals, seconds, and what other seeds gave."""
    w = lesson.words
    rows = []
    for place, each in enumerate(results):
        row = {w("compare.way"): w(f"compare.{each.rival}"), w("compare.seconds"): f"{each.seconds:.0f}"}
        for number_, test in enumerate(TESTS):
            if place:
                apart = gap(results[0].judged[number_], each.judged[number_])
                said = f"{number(apart.value, '+.2f')} ({number(apart.low, '+.2f')}\u00a0…\u00a0{number(apart.high, '+.2f')})"
            else:
                said = "–"
            row[w("compare.gap", test=w(f"compare.{test}"))] = said
        rows.append(row)
    st.table(rows)
    if seeds is not None:
        said = w.listed(
            f"{w(f'compare.{each.rival}')} " + " / ".join(number(rho) for rho in of[0])
            for each, of in zip(results, seeds, strict=True)
        )
        st.caption(w("compare.seeds", said=said))
    st.caption(w("compare.how"))


def draw_pairs(lesson: LessonPage, kept: Measured, published: Judged | None, test: int, told: bool) -> None:
    """What the correlation is of: each pair, as people and as vectors judge it."""
    w = lesson.words
    names = (["published"] if published is not None else []) + (list(WAYS) if told else [])
    if not names:
        return
    which = str(lesson.choice("segmented", w("controls.vectors"), names, "vectors", default=names[0], labels="compare"))
    judged = (
        published
        if which == "published" and published is not None
        else kept.results[max(WAYS.index(which), 0)].judged[test]
    )
    found = agreement(judged)
    st.markdown(w("compare.pairs", test=w(f"compare.{TESTS[test]}"), known=found.known, all=len(judged.pairs)))
    alt = w("alt.pairs", known=found.known, value=number(found.value))
    lesson.figure("pairs", charts_text.pairs_figure(judged, w), alt, data=lambda: charts_text.pair_rows(judged))
    st.markdown(w("compare.spearman", value=number(found.value), low=number(found.low), high=number(found.high)))


def draw_again(lesson: LessonPage, kept: Measured, passes: int, epochs: int) -> None:
    """The same comparison made here and now, with as many passes and epochs as the settings say."""
    w, words = lesson.words, shell_words()
    wanted = (passes, epochs)
    begun: Slot[tuple[int, int] | None] = lesson.slot("again", None)
    st.markdown(w("compare.again", passes=passes, epochs=epochs))
    if st.button(w("compare.begin"), icon=":material/play_arrow:", key="_again"):
        begun.value = wanted
    if begun.value != wanted:
        return
    text = lesson.attempt(prepared, kept.text)
    if text is None:
        return

    def told(so_far: Rivals) -> Told:
        return so_far.done, w("compare.running", way=w(f"compare.{so_far.now}"))

    progress = Progress(
        w("compare.running", way=w("compare.glove")), lambda before: words("waiting", count=before), told
    )
    found = lesson.attempt(
        compare_rivals, on_progress=progress, on_place=progress.queue, text=text.lines, dimensions=kept.dimensions,
        window=kept.window, epochs=epochs, passes=passes,
    )  # fmt: skip
    progress.done()
    if found is None:
        return
    every: dict[str, list[Correlation]] = {
        each.rival: [agreement(judged) for judged in each.judged] for each in found.results
    }
    said = w.listed(
        f"{w(f'compare.{name}')} {number(each[0].value)}, {number(each[1].value)}" for name, each in every.items()
    )
    drawn = charts_text.agreement_figure(every, w)
    lesson.figure("again", drawn, w("alt.agreement", said=said), data=charts_text.agreement_rows(every))
    tell(lesson, found.results)
