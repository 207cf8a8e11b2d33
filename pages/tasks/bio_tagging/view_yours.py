"""The tagging lesson's first view: the learner tags a sentence, commits, and is scored beside the model."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app import glossary
from app.shell import hall
from app.shell.frame import Below, LessonPage
from app.text import markdown_escape
from nlpcore.tagging import (
    ChineseTagging,
    Score,
    Span,
    Tagging,
    compare,
    from_bio,
    strict,
    tag,
    tag_chinese,
    to_bio,
    to_iob1,
)
from nlpcore.tagging.exercises import EXERCISES, Exercise, read_marked
from pages.tasks.bio_tagging import charts, formulas, spans
from pages.tasks.bio_tagging.by_hand import OUTSIDE, TYPES, tag_by_hand, tags_of, tell_how
from pages.tasks.bio_tagging.shared import (
    answer_the_idea,
    choose_cell,
    draw_conll,
    draw_grid,
    draw_legality,
    marks,
    model_and_decoding,
    tell_softmax,
    warn_illegal,
)
from pages.tasks.bio_tagging.snippet import code

CHINESE_TYPES = ("PER", "LOC", "ORG")  # what LAC tags of these


def yours_view(lesson: LessonPage) -> Below:
    """Draw the fields for the tags; once the learner is done, gold, model, scores and the grid."""
    w = lesson.words
    with lesson.controls():
        sentences = list(EXERCISES)
        name = lesson.choice(
            "select",
            w("controls.sentence"),
            sentences,
            "sentence",
            lambda n: exercise_label(lesson, n),
            default="teams",
        )
    exercise = EXERCISES[str(name)]
    if exercise.chinese:
        model, decoding, place = "lac-zh", "", None
    else:
        model, decoding, place = model_and_decoding(lesson)
    types = CHINESE_TYPES if exercise.chinese else TYPES
    figure, aside = lesson.stage()
    found: Tagging | ChineseTagging | None = None
    theirs: list[Span] | None = None
    with figure:
        fields, switch = st.container(), st.container(horizontal=lesson.lecture, vertical_alignment="center")
        done = switch.toggle(w("controls.done"), **lesson.bound(f"{name}-done", False))
        with place_of_the_tags(lesson, fields, switch) if done else fields:
            if not done:
                tell_how(lesson, exercise.chinese)
            mine = tag_by_hand(lesson, [word.text for word in exercise.words], f"{name}-", types)
        if done:
            tell_of_no_tags(lesson, exercise, mine)
            found = run_model(lesson, exercise, model, decoding)
            theirs = None if found is None else [span for span in found.spans if span.type in types]
            compare_lines(lesson, exercise, mine, theirs)
            if not lesson.lecture:  # whose height the grid needs
                st.caption(w(f"why.{name}"))
        else:
            preview(lesson, exercise, mine)
    with aside:
        if done:
            lesson.look_for("look_done" if exercise.chinese else "look_for", long=True)
            tell_scores(lesson, exercise, mine, theirs)
        else:
            lesson.look_for("look_yours_characters" if exercise.chinese else "look_yours")
        if not exercise.chinese:
            lesson.tell_other_language(model)
    if isinstance(found, Tagging):
        with figure:
            plot = st.container()
            with place or st.container():
                cell = choose_cell(lesson, found)
        with plot:
            draw_grid(lesson, found, cell, charts.MOST_UNDER_TAGS if lesson.lecture else charts.MOST)
        tell_softmax(lesson, found, cell)
    panels: dict[str, Callable[[], None]] = {
        "schemes": lambda: draw_schemes(lesson),
        "legality": lambda: draw_legality(lesson, tags_of(types)),
        "conll": lambda: draw_whose(lesson, exercise, mine, theirs, done),
    }
    return Below(code("yours", tags=mine, gold=exercise.tags if done else ()), panels, model)


def place_of_the_tags(lesson: LessonPage, fields: DeltaGenerator, switch: DeltaGenerator) -> DeltaGenerator:
    """Return where the tags of who is done are a click away; a hall needs the height for the grid."""
    name = lesson.words("yours.tags")
    return switch.popover(name) if lesson.lecture else fields.expander(name, expanded=False)


def exercise_label(lesson: LessonPage, name: str) -> str:
    """Return an exercise as it is offered: in the other language than the page's with what it says."""
    return lesson.words(f"sentences.{name}")


def run_model(lesson: LessonPage, exercise: Exercise, model: str, decoding: str) -> Tagging | ChineseTagging | None:
    """Have the model tag the sentence: LAC a Chinese one."""
    if exercise.chinese:
        return lesson.attempt(tag_chinese, model, text=exercise.text)
    return lesson.attempt(tag, model, text=exercise.text, decoding=decoding)


def draw_whose(
    lesson: LessonPage, exercise: Exercise, mine: Sequence[str], theirs: Sequence[Span] | None, done: bool
) -> None:
    """Give the learner's tags as columns; once the learner is done, those of gold and model too."""
    found = {"learner": from_bio(mine)} | ({"gold": exercise.spans} if done else {})
    if theirs is not None:
        found["model"] = tuple(theirs)
    whose = lesson.choice(
        "segmented", lesson.words("conll.whose"), list(found), "whose", labels="who", default="learner"
    )
    draw_conll(lesson, [word.text for word in exercise.words], found[str(whose)])


def tell_of_no_tags(lesson: LessonPage, exercise: Exercise, mine: Sequence[str]) -> None:
    """Say what it means that a learner is done without a name, and what to do; a lecturer may just want to compare."""
    if not lesson.lecture and set(mine) <= {OUTSIDE}:
        key = "yours.untagged_characters" if exercise.chinese else "yours.untagged"
        st.info(lesson.words(key), icon=":material/info:")


def preview(lesson: LessonPage, exercise: Exercise, mine: Sequence[str]) -> None:
    """Draw what the learner's tags mark, before anything is revealed."""
    body = spans.sentence(exercise.text, marks(exercise.words, from_bio(mine)))
    st.html(spans.rows([(lesson.words("who.learner"), body)]))
    warn_illegal(lesson, exercise.words, mine)


def verdicts(gold: Sequence[Span], found: Sequence[Span]) -> Callable[[int], str]:
    """Return a function that says ✓ for a found span that is a gold entity and ✗ for any other."""
    return lambda n: "✓" if found[n] in gold else "✗"


def compare_lines(lesson: LessonPage, exercise: Exercise, mine: Sequence[str], theirs: Sequence[Span] | None) -> None:
    """Draw the learner's, the gold and the model's entities one under the other; in Chinese also character by character."""
    w, text, words, gold = lesson.words, exercise.text, exercise.words, exercise.spans
    found = from_bio(mine)
    lines = [
        (w("who.learner"), spans.sentence(text, marks(words, found, verdicts(gold, found)))),
        (w("who.gold"), spans.sentence(text, marks(words, gold))),
    ]
    if theirs is not None:
        lines.append((w("who.model"), spans.sentence(text, marks(words, theirs, verdicts(gold, theirs)))))
    st.html(spans.rows(lines))
    if exercise.chinese:
        characters = [word.text for word in words]
        tags = [(w("who.learner"), tuple(mine)), (w("who.gold"), exercise.tags)]
        if theirs is not None:
            tags.append((w("who.model"), to_bio(characters, theirs)))
        st.html(spans.tag_table(characters, [(who, line, wrong_tags(line, exercise.tags)) for who, line in tags]))
    warn_illegal(lesson, words, mine)


def wrong_tags(tags: Sequence[str], gold: Sequence[str]) -> dict[int, str]:
    """Return ✗ for each position whose tag is not the gold one."""
    return {n: "✗" for n, (tag, right) in enumerate(zip(tags, gold, strict=True)) if tag != right}


def tell_scores(lesson: LessonPage, exercise: Exercise, mine: Sequence[str], theirs: Sequence[Span] | None) -> None:
    """Draw the table of scores, and F1 with the learner's numbers."""
    w = lesson.words
    taggers = [(w("who.learner"), from_bio(mine)), (w("who.nothing"), ())]
    if theirs is not None:
        taggers.insert(1, (w("who.model"), tuple(theirs)))
    heads = [w(f"scores.{key}") for key in ("tagger", "precision", "recall", "strict", "overlap", "partial", "tokens")]
    with (
        lesson.more() if lesson.lecture else contextlib.nullcontext()
    ):  # a hall has the room beside its figure for formulas
        st.html(spans.number_table(heads, [(who, score_row(exercise.tags, found)) for who, found in taggers]))
    with lesson.more():
        explained = glossary.with_links(w("scores.explain"), lesson.language)
        if not lesson.lecture:
            st.caption(explained)
        unit = "character" if exercise.chinese else "word"
        answer_the_idea(lesson, exercise.tags, unit, room=exercise.chinese)  # without the grid's formula
        if lesson.lecture:  # whose screen ends with the answer
            with hall.on_demand("scores"):
                st.caption(explained)
    tell_f1(lesson, strict(exercise.spans, from_bio(mine)))


def score_row(gold: Sequence[str], found: Sequence[Span]) -> tuple[float, ...]:
    """Return strict precision, recall and F1, F1 by overlap and in part, and the share of right tokens."""
    s = compare(gold, found)
    return (s.strict.precision, s.strict.recall, s.strict.f1, s.overlap.f1, s.partial.f1, s.token_accuracy)


def tell_f1(lesson: LessonPage, score: Score) -> None:
    """Typeset F1 with the learner's numbers."""
    w = lesson.words
    counts = {"right": f"{score.credit:g}", "predicted": score.predicted, "gold": score.gold}
    formula = formulas.f1(score)
    none = None if formula.lines or lesson.lecture else w("scores.none")  # a hall has the zeros in its table
    if lesson.lecture and formula.lines:  # and P and R, and room for one of both above it
        formula = formulas.numbers_alone(formula, "F_1")
    lesson.formula(formula, w("scores.whose", who=w("who.learner"), **counts), after=none)


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
