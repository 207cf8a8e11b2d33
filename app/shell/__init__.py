"""The frame around every lesson: language, links, lecture mode, model picker, step player, exports, predictions."""

from app.shell.frame import LessonPage, lesson_page

__all__ = ["LessonPage", "lesson_page"]
