"""The view that fills masks: the likeliest words, the original's place, the learner's own guess."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from app import glossary
from app.questions import filled
from app.shell.frame import Below, LessonPage
from app.text import markdown_escape, probability
from nlpcore.language_models.context_sides import context_sides
from nlpcore.language_models.fill_mask import Fill, FillMask, fill_mask
from nlpcore.text import is_han
from pages.transformers.masked_language_model import charts, formulas, questions, snippet
from pages.transformers.masked_language_model.shared import (
    Places,
    between_commas,
    first_idea,
    masked_words,
    tell_idea,
    units,
    words_of,
)

CLOSING = tuple(".,;:!?)")  # marks that stand at the word before them


def fill_view(lesson: LessonPage, places: Places, model: str, text: str) -> Below:
    """Draw the view, its settings in ``places``."""
    w = lesson.words
    with lesson.controls():
        masked = masked_words(lesson, words_of(text, model), model)
    left, middle, right = places
    with left:
        k = st.slider(w("controls.k"), **lesson.bound("k", 8, 3, 20))
    with middle:
        order = lesson.choice(
            "segmented", w("controls.order"), ("together", "certain_first"), "order", default="together",
            labels="order",
        )  # fmt: skip
    with right:
        cover = st.toggle(w("controls.cover"), help=w("controls.cover_help"), **lesson.bound("cover", False))
    if cover:
        forget_old_guess(lesson, (text, masked))
    figure, aside = lesson.stage()
    # Where a question and the formula stand beside the figure, a hall has no room for it.
    with aside if cover or not lesson.lecture else lesson.settings()[0]:
        guess = lesson.entry("guess", w("controls.guess"), limit=200, hint=w("controls.guess_hint"))
    guesses = between_commas(guess)
    with figure:
        data = {"text": text, "k": k, "words": masked, "order": order, "guesses": guesses}
        trace = lesson.attempt(fill_mask, model, **data)
    panels: dict[str, Callable[[], None]] = {}
    if trace:
        covered = cover and not guesses
        tell_idea(lesson, trace, covered)
        tells = aside.container()
        with aside:
            cut = None if covered else ask_about_sides(lesson, trace, model, masked)
        with tells:
            tell_fill(lesson, trace, covered, cut is not None, units(model, lesson))
        with figure:
            draw_fill(lesson, trace, covered, cut)
        with figure if lesson.lecture else lesson.more():
            tell_how_unsure(lesson, trace, units(model, lesson))
        panels["sides"] = lambda: draw_sides(lesson, model, trace.text, masked)
    else:
        first_idea(lesson)
    return Below(snippet.code("fill", model=model, **data), panels, model, {"sides": "side"})


def forget_old_guess(lesson: LessonPage, about: tuple[str, tuple[int, ...]]) -> None:
    """Empty the learner's guess when it was made for another mask, so that the next answer is covered again."""
    made_about = lesson.slot("guess_about", about)
    if made_about.value != about:
        lesson.put(guess="")
    made_about.value = about


def draw_fill(lesson: LessonPage, trace: FillMask, covered: bool, cut: charts.Cut | None) -> None:
    """Draw the sentence with its likeliest words and the bars of each mask; ``cut``: see :func:`charts.fill_bars`."""
    w = lesson.words
    lesson.notes(trace.notes)
    if covered:
        st.info(w("fill.covered"), icon=":material/visibility_off:")
        alt = w("alt.fill_covered", k=len(trace.fills[0].candidates))
    else:
        top = trace.fills[0].answer
        alt = w("alt.fill", k=len(trace.fills[0].candidates), masks=len(trace.fills), top=top.token,
                p=probability(top.probability))  # fmt: skip
    if cut:
        alt = w.sentences(alt, w(f"legend.{cut.side}", word=cut.token, p=probability(cut.probability)))
    drawn = charts.fill_bars(trace, w, covered, cut, lesson.lecture)
    lesson.figure("fill", drawn, alt=alt, data=lambda: charts.fill_rows(trace, covered))
    if not covered:
        st.markdown(f"{w('fill.filled')} {filled_sentence(trace, {fill.position for fill in trace.fills})}")
    if len(trace.fills) > charts.MOST_PANELS:
        st.caption(w("fill.more_masks", shown=charts.MOST_PANELS, count=len(trace.fills)))
    if len(trace.fills) > 1:
        st.caption(w(f"fill.{trace.order}"))


def filled_sentence(trace: FillMask, sites: set[int]) -> str:
    """The tokens with the masks filled in, as Markdown; no space between two Chinese characters."""
    text, before = "", ""
    for i, token in enumerate(trace.filled_tokens[1:-1], 1):
        shown = f":blue-background[**{markdown_escape(token)}**]" if i in sites else markdown_escape(token)
        together = token in CLOSING or is_chinese_writing(before) or is_chinese_writing(token)
        text += ("" if together else " ") + shown
        before = token
    return text.strip()


def is_chinese_writing(token: str) -> bool:
    """Whether a token is a Chinese character or a full-width mark, which stand without spaces."""
    return len(token) == 1 and (is_han(token) or token in "，。！？；：、“”‘’《》（）…—")


def tell_fill(lesson: LessonPage, trace: FillMask, covered: bool, answered: bool, called: Mapping[str, str]) -> None:
    """Beside the figure: the guess, and the softmax with its numbers.

    ``answered``: see :func:`softmax_with_numbers`; ``called``: see :func:`units`.
    """
    w = lesson.words
    fill = trace.fills[0]
    if not lesson.lecture:  # a hall reads them at the bars
        if len(trace.fills) > 1:
            st.markdown(f"**{w('fill.mask', number=1)}**")
        told = [] if covered else [*(("guess", guess) for guess in fill.guesses), ("original", fill.original)]
        for kind, c in told:
            if c:
                values = {"word": markdown_escape(c.token), "rank": f"{c.rank:,}", "p": probability(c.probability)}
                st.markdown(w(f"fill.{kind}", **values, **called))
    if not covered:
        softmax_with_numbers(lesson, fill, answered)


def tell_how_unsure(lesson: LessonPage, trace: FillMask, called: Mapping[str, Any]) -> None:
    """Say what to look for, and how unsure the model is of the first mask; a hall has no room for it with several.

    ``called``: see :func:`units`.
    """
    lesson.look_for(**called)
    if lesson.lecture and len(trace.fills) > 1:
        return
    entropy, choices = how_unsure(trace.fills[0].entropy_bits)
    said = lesson.words(
        "fill.entropy", entropy=entropy, most=f"{np.log2(trace.vocabulary):.1f}", choices=choices, **called
    )
    st.caption(glossary.with_links(said, lesson.language))


def how_unsure(bits: float) -> tuple[str, str]:
    """Return an entropy (bits) with as many digits as give the number of choices that it is worth, and that number."""
    choices = _choices(2**bits)
    written = (f"{bits:.{digits}f}" for digits in range(1, 7))
    return next((shown for shown in written if _choices(2 ** float(shown)) == choices), f"{bits:.1f}"), choices


def _choices(count: float) -> str:
    """Return a number of choices, 1 or more, with about three digits that count."""
    rounded = float(f"{count:.3g}") if count >= 1000 else count  # once only: 90.51 is 91, and 90.5 would be 90
    return f"{rounded:,.0f}" if count >= 10 else f"{count:.1f}"


def softmax_with_numbers(lesson: LessonPage, fill: Fill, answered: bool) -> None:
    """Typeset the softmax for the word that stood there, or for the likeliest one, and its loss.

    ``answered``: a hall, which has seen symbols and loss by then, needs the room for the reason.
    """
    w = lesson.words
    c = fill.original or fill.answer
    formula, short = formulas.softmax(fill, c, w), lesson.lecture and answered
    lesson.formula(replace(formula, symbols="") if short else formula)
    if fill.original and not short:
        lesson.formula(formulas.loss(c), glossary.with_links(w("fill.loss"), lesson.language))


def ask_about_sides(lesson: LessonPage, trace: FillMask, model: str, masked: tuple[int, ...]) -> charts.Cut | None:
    """What becomes of the likeliest word when one side of the mask is cut off? Return it once it is answered."""
    sides = lesson.attempt(context_sides, model, text=trace.text, words=masked)
    about = (trace.text, masked, model)
    question = questions.cut_side(sides, about, len(trace.fills) > 1) if sides else None
    if sides and question and lesson.ask(question):
        after = questions.cuts_after(sides)
        return charts.Cut(sides.token, "after" if after else "before", sides.left if after else sides.right)
    return None


def draw_sides(lesson: LessonPage, model: str, text: str, masked: tuple[int, ...]) -> None:
    """The likeliest word's probability with both sides of the mask, and with one."""
    w = lesson.words
    sides = lesson.attempt(context_sides, model, text=text, words=masked)
    if not sides:
        return
    st.markdown(w("panels.sides_text", word=markdown_escape(sides.token)))
    both, left, right = st.columns(3)
    both.metric(w("panels.sides_both"), probability(sides.both))
    left.metric(w("panels.sides_left", count=sides.tokens_left), probability(sides.left))
    left.markdown(filled(questions.instead(sides, cut_after=True), w))
    right.metric(w("panels.sides_right", count=sides.tokens_right), probability(sides.right))
    right.markdown(filled(questions.instead(sides, cut_after=False), w))
