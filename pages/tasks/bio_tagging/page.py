"""BIO tagging: words, word pieces, probabilities, tags, spans; tag first and be scored; illegal sequences; a Chinese CRF."""

from __future__ import annotations

from collections.abc import Callable

from app.shell.frame import Below, LessonPage
from nlpcore.tagging import tag
from pages.tasks.bio_tagging.idea import SENTENCE, example, sketch, values
from pages.tasks.bio_tagging.view_crf import crf_view
from pages.tasks.bio_tagging.view_illegal import illegal_view
from pages.tasks.bio_tagging.view_own import own_view
from pages.tasks.bio_tagging.view_yours import yours_view

VIEWS: dict[str, Callable[[LessonPage], Below]] = {
    "yours": yours_view,
    "own": own_view,
    "illegal": illegal_view,
    "chinese": crf_view,
}


def show(lesson: LessonPage) -> Below:
    """Draw the lesson: the view that is chosen, each with a text of its own."""
    tell_idea(lesson)
    with lesson.controls():
        lesson.presets("view", "sentence", "text", "sequence", "chinese", first="teams")
        view = lesson.views(list(VIEWS), "yours", labels="views")
    return VIEWS[view](lesson)


def tell_idea(lesson: LessonPage) -> None:
    """Tell the idea on a sentence of its own, which no view asks about."""
    if trace := lesson.attempt(tag, "minilm-l6-ner", text=SENTENCE):
        shown = example(trace)
        alt = lesson.words("alt.idea", text=" ".join(shown.words), tags=" ".join(shown.tags))
        lesson.idea(sketch(shown), alt, **values(shown, lesson.words))
