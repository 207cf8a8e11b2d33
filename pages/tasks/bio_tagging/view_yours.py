"""The tagging lesson's first view: the learner tags a sentence, commits, and is scored beside the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from app.shell.frame import Below, LessonPage
from app.text import markdown_escape
from nlpcore.tagging import Score, Span, Tagging, compare, from_bio, strict, tag, to_bio, to_iob1
from nlpcore.tagging.exercises import EXERCISES, Exercise, read_marked
from pages.tasks.bio_tagging import formulas, spans
from pages.tasks.bio_tagging.by_hand import tag_by_hand
from pages.tasks.bio_tagging.shared import (
    choose_cell,
    draw_grid,
    draw_legality,
    marks,
    model_and_decoding,
    tell_softmax,
    warn_illegal,
)
from pages.tasks.bio_tagging.snippet import code


def yours_view(lesson: LessonPage) -> Below:
    """Draw the fields for the tags; once the learner is done, gold, model, scores and the grid."""
    w = lesson.words
    with lesson.controls():
        sentences = list(EXERCISES)
        name = lesson.choice(
            "select", w("controls.sentence"), sentences, "sentence", lambda n: EXERCISES[n].text, default="teams"
        )
    model, decoding = model_and_decoding(lesson)
    exercise = EXERCISES[str(name)]
    figure, aside = lesson.stage()
    trace: Tagging | None = None
    with figure:
        fields = st.container()
        done = st.toggle(w("controls.done"), **lesson.bound(f"{name}-done", False))
        with fields, st.expander(w("yours.tags"), expanded=False) if done else st.container():
            if not done:
                st.markdown(w("yours.how"))
            mine = tag_by_hand(lesson, [word.text for word in exercise.words], f"{name}-")
        if done:
            trace = compare_lines(lesson, exercise, mine, model, decoding)
        else:
            preview(lesson, exercise, mine)
    with aside:
        cell = tell_scores(lesson, exercise, mine, trace) if done else None
        if not done:
            lesson.look_for("look_yours")
    if trace:
        with figure:
            draw_grid(lesson, trace, cell)
    source = code("yours", tags=mine, gold=exercise.tags if done else ())
    return Below(source, {"schemes": lambda: draw_schemes(lesson), "legality": lambda: draw_legality(lesson)}, model)


def preview(lesson: LessonPage, exercise: Exercise, mine: Sequence[str]) -> None:
    """Draw what the learner's tags mark, before anything is revealed."""
    body = spans.sentence(exercise.text, marks(exercise.words, from_bio(mine)))
    st.html(spans.rows([(lesson.words("who.learner"), body)]))
    warn_illegal(lesson, exercise.words, mine)


def verdicts(gold: Sequence[Span], found: Sequence[Span]) -> Callable[[int], str]:
    """Return a function that says ✓ for a found span that is a gold entity and ✗ for any other."""
    return lambda n: "✓" if found[n] in gold else "✗"


def compare_lines(
    lesson: LessonPage, exercise: Exercise, mine: Sequence[str], model: str, decoding: str
) -> Tagging | None:
    """Draw the learner's, the gold and the model's entities one under the other."""
    w, text, words, gold = lesson.words, exercise.text, exercise.words, exercise.spans
    found = from_bio(mine)
    lines = [
        (w("who.learner"), spans.sentence(text, marks(words, found, verdicts(gold, found)))),
        (w("who.gold"), spans.sentence(text, marks(words, gold))),
    ]
    trace = lesson.attempt(tag, model, text=text, decoding=decoding)
    if trace:
        theirs = marks(trace.words, trace.spans, verdicts(gold, trace.spans))
        lines.append((w("who.model"), spans.sentence(text, theirs)))
    st.html(spans.rows(lines))
    warn_illegal(lesson, words, mine)
    return trace


def tell_scores(
    lesson: LessonPage, exercise: Exercise, mine: Sequence[str], trace: Tagging | None
) -> tuple[int, int] | None:
    """Draw the table of scores and the formulas with their numbers; return the cell that softmax is shown for."""
    w = lesson.words
    taggers = [(w("who.learner"), from_bio(mine)), (w("who.nothing"), ())]
    if trace:
        taggers.insert(1, (w("who.model"), trace.spans))
    heads = [w(f"scores.{key}") for key in ("tagger", "precision", "recall", "strict", "overlap", "partial", "tokens")]
    st.html(spans.number_table(heads, [(who, score_row(exercise.tags, found)) for who, found in taggers]))
    st.caption(w("scores.explain"))
    tell_f1(lesson, strict(exercise.spans, from_bio(mine)))
    lesson.look_for()
    if not trace:
        return None
    cell = choose_cell(lesson, trace)
    tell_softmax(lesson, trace, cell)
    return cell


def score_row(gold: Sequence[str], found: Sequence[Span]) -> tuple[float, ...]:
    """Return strict precision, recall and F1, F1 by overlap and in part, and the share of right tokens."""
    s = compare(gold, found)
    return (s.strict.precision, s.strict.recall, s.strict.f1, s.overlap.f1, s.partial.f1, s.token_accuracy)


def tell_f1(lesson: LessonPage, score: Score) -> None:
    """Typeset F1 with the learner's numbers."""
    w = lesson.words
    counts = {"right": f"{score.credit:g}", "predicted": score.predicted, "gold": score.gold}
    formula = formulas.f1(score)
    lesson.formula(formula, w("scores.whose", who=w("who.learner"), **counts))
    if not formula.lines:
        st.markdown(w("scores.none"))


def draw_schemes(lesson: LessonPage) -> None:
    """Draw the tags of one sentence in IOB1 and IOB2 beside each other."""
    w = lesson.words
    exercise = read_marked("schemes", "[PER Ana Costa] [PER Ben Adeyemi] flew to [LOC Lagos].")
    st.markdown(w("schemes.explain"))
    tokens = [word.text for word in exercise.words]
    iob1, iob2 = to_iob1(tokens, exercise.spans), to_bio(tokens, exercise.spans)
    rows = [f"| {w('schemes.word')} | IOB1 | IOB2 |", "|---|---|---|"]
    for token, one, two in zip(tokens, iob1, iob2, strict=True):
        bold = "**" if one != two else ""
        rows.append(f"| {markdown_escape(token)} | {bold}{one}{bold} | {bold}{two}{bold} |")
    st.markdown("\n".join(rows))
