"""Analogies: a − b + c, with and without the trick; the parallelogram in its plane; whole tests."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.shell import lesson_page
from app.text import markdown_escape
from nlpcore.errors import LearnerError
from nlpcore.models import entry
from nlpcore.models.serving import serving
from nlpcore.models.turns import away
from nlpcore.words.analogy import AnalogyTrace
from nlpcore.words.analogy_evaluation import AnalogyScores, SectionScore, score_section, sections_of
from nlpcore.words.analogy_input import AnalogyAnswer, neighbours, work_out, work_out_many
from pages.words.analogies import charts, snippet

ANSWERS = 10
DEFAULTS = {"a": "king", "b": "man", "c": "woman", "expected": "queen"}
VOCABULARIES = ("10000", "30000", "100000", "all")
LISTED = 500  # questions in the table at once

lesson = lesson_page("analogies")
w = lesson.words


def main() -> None:
    model_id, typed, strike = controls()
    answer = lesson.attempt(work_out, model_id, **typed, k=ANSWERS, exclude_inputs=strike)
    revealed = stage(answer) if answer else False
    panels(model_id, answer, revealed)


def controls() -> tuple[str, dict[str, str], bool]:
    """Draw the fields of the sum, the switch of the trick and the model picker."""
    typed = {}
    with lesson.controls():
        lesson.presets()
        with st.container(key="pairs"):
            columns = st.columns(len(DEFAULTS))
        for column, (name, default) in zip(columns, DEFAULTS.items(), strict=True):
            with column:
                typed[name] = lesson.text(name, default, label=w(f"controls.{name}"))
        strike = st.toggle(w("controls.strike"), True, help=w("controls.strike_help"), **lesson.bound("strike"))
    picker, hint = lesson.settings(1, 2)
    with picker:
        model_id = lesson.model_picker(default="glove-6b-50d")
    with hint:
        st.caption(w("controls.field_help"))
    return model_id, typed, strike


# -- the figure and what stands beside it ----------------------------------------------------------------------------


def stage(answer: AnalogyAnswer) -> bool:
    """Draw answers and parallelogram, and beside them the question, the verdict and the numbers.

    Return whether it may be shown what comes first when nothing is struck.
    """
    figure, aside = lesson.stage()
    with aside:
        lesson.look_for()
        revealed = ask(answer)
        verdict(answer, revealed)
        numbers(answer, revealed)
    with figure:
        lesson.notes(answer.trace.notes)
        left, right = st.columns(2, gap="small")
        with left:
            draw_answers(answer, revealed)
        with right:
            draw_plane(answer)
    return revealed


def draw_answers(answer: AnalogyAnswer, revealed: bool) -> None:
    trace, total = answer.trace, charts.formula_of(answer)
    first = trace.answers[0]
    st.markdown(f"**{w('headings.answers', sum=markdown_escape(total))}**")
    lesson.figure(
        "answers",
        charts.answers(trace, w, revealed),
        alt=w("alt.answers", sum=total, first=first.word, cosine=f"{first.cosine:.2f}"),
        data=charts.answer_rows(trace, show_inputs=True),
    )


def draw_plane(answer: AnalogyAnswer) -> None:
    total = charts.formula_of(answer)
    rows = charts.plane_rows(answer.plane, total)
    nearest = (rows[4:] or rows[3:])[0]
    st.markdown(f"**{w('headings.plane')}**")
    lesson.figure(
        "plane",
        charts.parallelogram(answer, w),
        alt=w("alt.plane", sum=total, first=nearest["point"], residual=f"{nearest['distance_from_plane']:.2f}"),
        data=rows,
    )
    if not lesson.lecture:
        zero = "" if answer.a and answer.b and answer.c else w("headings.plane_zero")
        st.caption(w("headings.plane_note") + zero)


def ask(answer: AnalogyAnswer) -> bool:
    """Let the learner predict the nearest word when nothing is struck; True once that may be shown."""
    trace = answer.trace
    if not trace.exclude_inputs:
        return True
    first = trace.ranking(False)[0].word
    likely = [first, trace.expected, *trace.inputs, *(word for word, _ in trace.ranking(True))]
    options = sorted([word for word in dict.fromkeys(likely) if word][:4])
    reason = "predict.nearest.because_" + ("input" if first in trace.inputs else "new")
    return lesson.predict(
        "nearest",
        [markdown_escape(word) for word in options],
        options.index(first),
        w(reason, word=markdown_escape(first)),
        about=(trace.model_id, trace.inputs),
        sum=markdown_escape(charts.formula_of(answer)),
    )


def numbers(answer: AnalogyAnswer, revealed: bool) -> None:
    """Typeset the score of the first answers, with and without the trick, from its terms."""
    trace = answer.trace
    plain = len(answer.a) == len(answer.b) == len(answer.c) == 1
    wanted = [trace.answers[0].word, *([trace.ranking(False)[0].word] if revealed else [])]
    lines = r" \\[6pt] ".join(charts.score_latex(answer, word) for word in dict.fromkeys(wanted))
    lesson.formula(
        r"\frac{\cos(x,a)-\cos(x,b)+\cos(x,c)}{\lVert a-b+c\rVert}"
        if plain
        else r"\frac{\sum_{w\in +}\cos(x,w)-\sum_{w\in -}\cos(x,w)}{\lVert\,\sum_{w\in +} w-\sum_{w\in -} w\,\rVert}",
        rf"\begin{{aligned}} {lines} \end{{aligned}}",
    )


def verdict(answer: AnalogyAnswer, revealed: bool) -> None:
    """Say where the expected word comes: with the trick, without, and without any arithmetic."""
    trace = answer.trace
    if trace.expected is None:
        return
    struck = w("verdict.is_input") if trace.rank_without_inputs is None else place(trace.rank_without_inputs)
    rows = [(w("verdict.with_trick"), struck)]
    rows.append((w("verdict.without_trick"), place(trace.rank_with_inputs) if revealed else w("verdict.hidden")))
    for word, rank in zip(trace.positive, trace.ranks_alone, strict=True):
        rows.append((w("verdict.alone", word=markdown_escape(word)), place(rank) if rank else w("verdict.itself")))
    title = w("verdict.title", word=markdown_escape(trace.expected))
    st.markdown("\n".join([f"| {title} | |", "|---|---|", *(f"| {name} | **{value}** |" for name, value in rows)]))
    if answer.a and answer.b and answer.c and trace.expected in answer.plane.labels[4:]:
        value = answer.plane.parallel[answer.plane.labels.index(trace.expected, 4)]
        names = dict(zip("abc", (markdown_escape(label) for label in answer.plane.labels), strict=False))
        expected = markdown_escape(trace.expected)
        st.caption(w("verdict.parallel", **names, expected=expected, value=f"{value:.2f}"))


def place(rank: int | None) -> str:
    return w("verdict.place", place=f"{rank:,}")


# -- the panels below ------------------------------------------------------------------------------------------------


def panels(model_id: str, answer: AnalogyAnswer | None, revealed: bool) -> None:
    more: dict[str, Any] = {}
    code = None
    if answer:
        trace = answer.trace
        more["terms"] = (w("more.terms.title"), lambda: terms_panel(answer, revealed))
        more["neighbours"] = (w("more.neighbours.title"), lambda: neighbours_panel(model_id, trace))
        code = snippet.code(model_id, trace.positive, trace.negative, trace.expected, trace.k, trace.exclude_inputs)
    if w.has(f"gallery.{model_id}"):
        more["gallery"] = (w("more.gallery.title"), lambda: gallery_panel(model_id))
    more["test"] = (w("more.test.title"), lambda: test_panel(model_id))
    lesson.below(code=code, more=more)


def terms_panel(answer: AnalogyAnswer, revealed: bool) -> None:
    st.markdown(w("more.terms.text"))
    lesson.figure(
        "terms",
        charts.terms(answer, w, revealed),
        alt=w("alt.terms", first=answer.trace.ranking(not revealed)[0].word),
        data=charts.term_rows(answer, len(answer.trace.candidates)),
    )


def neighbours_panel(model_id: str, trace: AnalogyTrace) -> None:
    st.markdown(w("more.neighbours.text"))
    words = tuple(dict.fromkeys(trace.inputs))[:6]
    found = lesson.attempt(neighbours, model_id, words=words, k=ANSWERS) or ()
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


def gallery_panel(model_id: str) -> None:
    """List the chosen examples, worked out now; a click on a row puts it into the fields."""
    st.markdown(w("more.gallery.text"))
    items = w.resolve(w.node(f"gallery.{model_id}"))
    sums = tuple(tuple(item["words"]) for item in items)
    traces = lesson.attempt(work_out_many, model_id, sums=sums) or ()
    rows = [
        {
            "": "✓" if trace.rank_without_inputs == 1 else "✗",
            w("more.gallery.sum"): f"{a} − {b} + {c}",
            w("more.gallery.hoped"): expected,
            w("more.gallery.first"): trace.ranking(True)[0].word,
            w("more.gallery.free"): trace.ranking(False)[0].word,
            w("more.gallery.place"): trace.rank_without_inputs,
            w("more.gallery.note"): item["note"],
        }
        for (a, b, c, expected), trace, item in zip(sums, traces, items, strict=False)
    ]

    def choose() -> None:
        if chosen := st.session_state["gallery"]["selection"]["rows"]:
            st.session_state.update(zip(DEFAULTS, sums[chosen[0]], strict=True))

    st.dataframe(
        rows,
        key="gallery",
        on_select=choose,
        selection_mode="single-row",
        height=36 * (len(rows) + 1) + 2,
        hide_index=True,
    )


def test_panel(model_id: str) -> None:
    """Score the test in the language of the vectors, section by section, then let its questions be browsed."""
    test = "chinese" if "zh" in entry(model_id).languages else "google"
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
        sections = score(model_id, test, None if vocabulary == "all" else int(vocabulary))
    except LearnerError as error:
        st.warning(lesson.sentence(error.note))
        return
    if not any(section.questions for section in sections):
        st.info(w("more.test.none"))
        return
    totals(AnalogyScores(sections))
    lesson.figure(
        "sections",
        charts.sections(sections, w, section_name),
        alt=w("alt.sections", count=len(sections)),
        data=charts.section_rows(sections, section_name),
    )
    browse(sections)


def score(model_id: str, test: str, first: int | None) -> tuple[SectionScore, ...]:
    """Score each section with a progress bar; what was scored before comes back at once."""
    names = [name for name, _ in sections_of(test)]
    bar = st.progress(0.0)
    sections: list[SectionScore] = []
    for number, name in enumerate(names):
        section = serving().run(score_section, model_id, test=test, section=number, first=first)
        sections.append(section)
        text = w("more.test.progress", section=section_name(name), right=section.right(), asked=len(section.questions))
        bar.progress((number + 1) / len(names), text)
        with away():  # whoever waits goes first: all sections together take seconds
            pass
    bar.empty()
    return tuple(sections)


def section_name(name: str) -> str:
    return w(f"sections.{name}") if w.has(f"sections.{name}") else name


def totals(scores: AnalogyScores) -> None:
    """Show the accuracy over everything and by kind, and what striking the inputs does to it."""
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


def browse(sections: tuple[SectionScore, ...]) -> None:
    """List single questions, filtered by section, verdict and word."""
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
            labels=lambda n: every(n) or section_name(n),
        )
    with middle:
        kind = lesson.choice(
            "segmented",
            w("controls.verdict"),
            ["all", *charts.VERDICTS],
            "verdict",
            default="wrong",
            labels=lambda n: w(f"more.test.{n}"),
        )
    with right:
        find = lesson.text("find", label=w("controls.find"), max_chars=60).strip()
    chosen = [section for section in sections if name in ("all", section.name)]
    rows = charts.question_rows(chosen, kind or "all", find, section_name)
    if not rows:
        st.info(w("more.test.none"))
        return
    st.caption(w("more.test.shown", shown=f"{min(len(rows), LISTED):,}", count=f"{len(rows):,}"))
    heads = {key: w(f"more.test.{key}") for key in ("answer", "answer_free")} | {"section": w("controls.section")}
    st.dataframe([{heads.get(k, k): v for k, v in row.items()} for row in rows[:LISTED]], hide_index=True, height=420)


def every(name: str) -> str:
    return w("more.test.all") if name == "all" else ""


main()
