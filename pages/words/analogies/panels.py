"""The views below the figure of the lesson on analogies: terms, neighbours, chosen examples, whole tests."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.shell.frame import LessonPage
from app.text import markdown_escape
from nlpcore.chinese import simplified
from nlpcore.errors import LearnerError
from nlpcore.models import entry
from nlpcore.models.serving import serving
from nlpcore.models.turns import away
from nlpcore.words.analogy import AnalogyTrace
from nlpcore.words.analogy_evaluation import AnalogyScores, SectionScore, score_section, sections_of
from nlpcore.words.analogy_input import AnalogyAnswer, neighbours, work_out_many
from pages.words.analogies import charts

ANSWERS = 10
VOCABULARIES = ("10000", "30000", "100000", "all")
LISTED = 500  # questions in the table at once


def terms(lesson: LessonPage, answer: AnalogyAnswer, revealed: bool) -> None:
    """Draw what each input adds to the score of each candidate."""
    w = lesson.words
    st.markdown(w("more.terms.text"))
    lesson.figure(
        "terms",
        charts.terms(answer, w, revealed),
        alt=w("alt.terms", first=answer.trace.ranking(not revealed)[0].word),
        data=charts.term_rows(answer, len(answer.trace.candidates), revealed),
    )


def neighbours_of_inputs(lesson: LessonPage, model: str, trace: AnalogyTrace) -> None:
    """Draw the nearest neighbours of each input, without any arithmetic."""
    w = lesson.words
    st.markdown(w("more.neighbours.text"))
    words = tuple(dict.fromkeys(trace.inputs))[:6]
    found = lesson.attempt(neighbours, model, words=words, k=ANSWERS) or ()
    for start in range(0, len(found), 3):
        for column, word, nearest in zip(st.columns(3), words[start:], found[start : start + 3], strict=False):
            with column:
                st.markdown(f"**{markdown_escape(word)}**")
                lesson.figure(
                    f"neighbours-{start}-{words.index(word)}",
                    charts.neighbours(word, nearest, trace.expected, w),
                    alt=w("alt.neighbours", word=word, first=nearest[0].word),
                    data=[{"neighbour": name, "cosine": cosine} for name, cosine in nearest],
                )


def gallery(lesson: LessonPage, model: str, fields: Sequence[str]) -> None:
    """List the chosen examples, worked out now; a click on a row puts it into the ``fields``."""
    w = lesson.words
    st.markdown(w("more.gallery.text"))
    items = w.resolve(w.node(f"gallery.{model}"))
    sums = tuple(tuple(item["words"]) for item in items)
    traces = lesson.attempt(work_out_many, model, sums=sums) or ()
    rows = [
        {
            "": "✓" if trace.rank_without_inputs == 1 else "✗",
            w("more.gallery.sum"): f"{a} − {b} + {c}",
            w("more.gallery.hoped"): expected,
            w("more.gallery.place"): trace.rank_without_inputs,
            w("more.gallery.note"): item["note"],
            w("more.gallery.first"): trace.ranking(True)[0].word,
            w("more.gallery.free"): trace.ranking(False)[0].word,
        }
        for (a, b, c, expected), trace, item in zip(sums, traces, items, strict=False)
    ]

    def choose(row: int) -> None:
        lesson.put(**dict(zip(fields, sums[row], strict=True)))

    lesson.table(rows, "gallery", choose, sentences=w("more.gallery.note"))


def whole_test(lesson: LessonPage, model: str) -> None:
    """Score the test in the language of the vectors, section by section, then let its questions be browsed."""
    w = lesson.words
    test = "chinese" if "zh" in entry(model).languages else "google"
    st.markdown(w(f"more.test.{test}"))
    vocabulary = lesson.choice(
        "segmented",
        w("controls.vocabulary"),
        VOCABULARIES,
        "vocabulary",
        default="all",
        labels=lambda name: w("more.test.all") if name == "all" else f"{int(name):,}",
    )
    try:
        sections = score(lesson, model, test, None if vocabulary == "all" else int(vocabulary))
    except LearnerError as error:
        st.warning(lesson.sentence(error.note))
        return
    if not any(section.questions for section in sections):
        st.info(w("more.test.none"))
        return
    totals(lesson, AnalogyScores(sections))
    lesson.figure(
        "sections",
        charts.sections(sections, w, lambda name: section_name(lesson, name)),
        alt=w("alt.sections", count=len(sections)),
        data=charts.section_rows(sections, lambda name: section_name(lesson, name)),
    )
    browse(lesson, sections)


def score(lesson: LessonPage, model: str, test: str, first: int | None) -> tuple[SectionScore, ...]:
    """Score each section with a progress bar; what was scored before comes back at once."""
    names = [name for name, _ in sections_of(test)]
    bar = st.progress(0.0)
    sections: list[SectionScore] = []
    for number, name in enumerate(names):
        section = serving().run(score_section, model, test=test, section=number, first=first)
        sections.append(section)
        counts = {"right": section.right(), "asked": len(section.questions)}
        text = lesson.words("more.test.progress", section=section_name(lesson, name), **counts)
        bar.progress((number + 1) / len(names), text)
        with away():  # whoever waits goes first: all sections together take seconds
            pass
    bar.empty()
    return tuple(sections)


def section_name(lesson: LessonPage, name: str) -> str:
    """Return a section's name in the language of the page, where it has one."""
    return lesson.words(f"sections.{name}") if lesson.words.has(f"sections.{name}") else name


def totals(lesson: LessonPage, scores: AnalogyScores) -> None:
    """Show the accuracy over everything and by kind, and what striking the inputs does to it."""
    w = lesson.words
    kinds: dict[str, bool | None] = {"total": None}
    if any(section.syntactic for section in scores.sections):
        kinds |= {"semantic": False, "syntactic": True}
    for column, (name, kind) in zip(st.columns(3), kinds.items(), strict=False):
        free = scores.accuracy(exclude_inputs=False, syntactic=kind)
        column.metric(
            w(f"more.test.{name}"),
            f"{scores.accuracy(syntactic=kind):.1%}",
            w("more.test.delta", value=f"{free:.1%}"),
            delta_color="off",
            delta_arrow="off",
        )
    st.markdown(w("more.test.echo", share=f"{scores.echoes():.0%}"))
    if skipped := sum(section.skipped for section in scores.sections):
        st.caption(w("more.test.skipped", count=f"{skipped:,}"))


def browse(lesson: LessonPage, sections: tuple[SectionScore, ...]) -> None:
    """List single questions, filtered by section, verdict and word."""
    w = lesson.words
    st.markdown(f"**{w('more.test.browse')}**")
    names = ["all", *(section.name for section in sections)]
    left, middle, right = st.columns([1.2, 1.6, 1], vertical_alignment="bottom")
    with left:
        name = lesson.choice(
            "select",
            w("controls.section"),
            names,
            "section",
            default="all",
            labels=lambda n: w("more.test.all") if n == "all" else section_name(lesson, n),
        )
    with middle:
        verdicts = ["all", *charts.VERDICTS]
        kind = lesson.choice("segmented", w("controls.verdict"), verdicts, "verdict", "more.test", default="wrong")
    with right:
        find = simplified(lesson.entry("find", w("controls.find"), limit=60).strip())
    chosen = [section for section in sections if name in ("all", section.name)]
    rows = charts.question_rows(chosen, kind or "all", find, lambda n: section_name(lesson, n))
    if not rows:
        st.info(w("more.test.none"))
        return
    st.caption(w("more.test.shown", shown=f"{min(len(rows), LISTED):,}", count=f"{len(rows):,}"))
    heads = {key: w(f"more.test.{key}") for key in ("answer", "answer_free")} | {"section": w("controls.section")}
    st.dataframe([{heads.get(k, k): v for k, v in row.items()} for row in rows[:LISTED]], hide_index=True, height=420)
