"""The frame around every lesson: language, links, lecture mode, model picker, step player, exports, predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.shell.frame import LessonPage


def lesson_page(lesson_id: str) -> LessonPage:
    """Open a lesson's page: draw its header and return what draws the rest."""
    # Here and not above: the home page is of this package too, and is there at once because it needs no figures.
    from app.shell.frame import LessonPage

    return LessonPage(lesson_id)
