"""The tagging lesson's view of illegal sequences: where a tag sequence breaks IOB2, and what each repair makes of it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.shell.frame import LessonPage
from app.text import markdown_escape
from nlpcore.tagging import REPAIRS, Word
from nlpcore.tagging.exercises import Repairs, repair_written
from pages.tasks.bio_tagging import spans as spans_html
from pages.tasks.bio_tagging.shared import More, escaped, legality_panel, marks
from pages.tasks.bio_tagging.snippet import code


def illegal(lesson: LessonPage) -> None:
    """The learner's own tag sequence: where it breaks the scheme and what each repair makes of it."""
    with lesson.controls():
        text = lesson.text(
            "sequence",
            default=lesson.words("default.sequence"),
            max_chars=20_000,
            label=lesson.words("controls.sequence"),
        )
    figure, aside = lesson.stage()
    with figure:
        found: Repairs | None = lesson.attempt(repair_written, text=text)
        place = st.container()
    with aside:
        lesson.look_for("look_illegal")
        known = count_question(lesson, found) if found and found.illegal else True
        st.markdown(lesson.words("illegal.explain"))
    if found:
        with place:
            lesson.notes(found.notes)
            draw_repairs(lesson, found, known)
    more: More = {"legality": (lesson.words("panels.legality"), lambda: legality_panel(lesson))}
    lesson.below(code("illegal", text=text), more)


def count_question(lesson: LessonPage, found: Repairs) -> bool:
    """Ask how many entities the sequence has; True once the learner has committed."""
    counts = {how: len(found.way(how)[1]) for how in REPAIRS}
    options = sorted({*counts.values(), counts["begin"] + 1, max(counts["begin"] - 1, 0)})
    because = lesson.words("predict.count.because", **counts)
    about = (found.words, found.tags)
    return lesson.predict("count", [str(n) for n in options], options.index(counts["begin"]), because, about=about)


def draw_repairs(lesson: LessonPage, found: Repairs, known: bool) -> None:
    """Draw the sequence with its illegal tags, the reasons, and the repairs once they may be seen."""
    wrong = {place.position: "✗" for place in found.illegal}
    lines: list[tuple[str, Sequence[str], dict[int, str]]] = [(lesson.words("illegal.yours"), found.tags, wrong)]
    if known and found.illegal:
        for how in REPAIRS:
            tags, _ = found.way(how)
            changed = {n: "→" for n, (a, b) in enumerate(zip(found.tags, tags, strict=True)) if a != b}
            lines.append((lesson.words(f"illegal.{how}"), tags, changed))
    st.html(spans_html.tag_table(found.words, lines))
    for place in found.illegal:
        word = markdown_escape(found.words[place.position])
        told = {"position": place.position + 1, "word": f"**{word}**", "tag": escaped([place.tag])}
        st.markdown("- " + lesson.words(f"illegal.{place.reason}", previous=escaped([place.previous or ""]), **told))
    if not found.illegal:
        st.success(lesson.words("illegal.legal"), icon=":material/check:")
    elif not known:
        st.info(lesson.words("illegal.hidden"), icon=":material/lightbulb:")
    if known:
        draw_repaired_spans(lesson, found)


def draw_repaired_spans(lesson: LessonPage, found: Repairs) -> None:
    """Draw the entities that each repair leaves, in the sentence."""
    text, words = " ".join(found.words), []
    for word in found.words:
        start = words[-1].end + 1 if words else 0
        words.append(Word(word, start, start + len(word)))
    ways = REPAIRS if found.illegal else REPAIRS[:1]
    st.html(
        spans_html.rows(
            [
                (
                    lesson.words(f"illegal.{how}") if found.illegal else lesson.words("illegal.yours"),
                    spans_html.sentence(text, marks(words, found.way(how)[1])),
                )
                for how in ways
            ]
        )
    )
