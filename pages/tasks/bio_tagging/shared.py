"""What several views of the tagging lesson draw: marks on a sentence, tags in a sentence, what IOB2 forbids."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from app.shell.frame import LessonPage
from nlpcore.tagging import Span, Word, illegal_transitions
from pages.tasks.bio_tagging import charts
from pages.tasks.bio_tagging.spans import Mark

TAGS = ("O", *(f"{prefix}-{kind}" for kind in ("PER", "LOC", "ORG", "MISC") for prefix in "BI"))
More = dict[str, tuple[str, Callable[[], None]]]


def marks(words: Sequence[Word], spans: Sequence[Span], remark: Callable[[int], str] = lambda n: "") -> list[Mark]:
    """Return marks on the text for spans of words."""
    return [Mark(words[s.start].start, words[s.end - 1].end, s.type, remark(n)) for n, s in enumerate(spans)]


def escaped(tags: Sequence[str]) -> str:
    """Return tags as inline code, harmless in Markdown."""
    return " ".join(f"`{tag.replace('`', '')}`" for tag in tags)


def legality_panel(lesson: LessonPage, names: Sequence[str] = TAGS) -> None:
    """Draw which transitions IOB2 forbids."""
    st.markdown(lesson.words("illegal.constraint"))
    st.latex(r"\hat y = \operatorname*{arg\,max}_{y\ \text{legal}} \sum_t \log p(y_t \mid x)")
    bad = sum(any(i.position == 1 for i in illegal_transitions([a, b])) for a in names for b in names)
    alt = lesson.words("alt.legality", count=len(names), forbidden=bad)
    lesson.figure("legality", charts.legality(names, lesson.words), alt)
