"""Entry point: settings, language, navigation. The server that shows it is :mod:`app.server`."""

from __future__ import annotations

import logging

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from app import glossary
from app.hosting.metrics import timed
from app.lessons import GROUPS, LESSONS, ROOT, Lesson
from app.shell import errands
from app.shell.glossary_page import glossary_page
from app.shell.home import home_page
from app.shell.language import language, settled, shell_words
from app.shell.visitor import turn
from app.words import LOCALES, Words

log = logging.getLogger(__name__)


def _page(lesson: Lesson, pages: dict[Lesson, StreamlitPage]) -> StreamlitPage | None:
    """Return a lesson's page, from which links lead to those of ``pages``, or None where its files are damaged.

    One broken lesson must not take the course down.
    """

    def open_it() -> None:
        # Here and not above: the home page is there at once because it needs no figures and no lesson.
        from app.shell.frame import open_lesson

        open_lesson(lesson, pages)

    try:
        title = Words(lesson.words, language())("title")
        return st.Page(open_it, title=title, icon=lesson.icon, url_path=lesson.id)
    except Exception:
        log.exception("the lesson %s is left out", lesson.id)
        return None


@settled()
def main() -> None:
    words = shell_words()
    st.set_page_config(page_title=words("app.title"), page_icon=str(ROOT / "assets" / "icon.png"), layout="wide")
    lessons: dict[Lesson, StreamlitPage] = {}
    for lesson in LESSONS:
        if made := _page(lesson, lessons):
            lessons[lesson] = made

    def home() -> None:
        home_page(lessons)

    start = st.Page(home, title=words("home"), icon=":material/home:", url_path="home", default=True)
    groups = {words(f"groups.{g}"): [page for lesson, page in lessons.items() if lesson.group == g] for g in GROUPS}
    terms = st.Page(glossary_page, title=words("glossary.title"), icon=":material/dictionary:", url_path=glossary.PAGE)
    page = st.navigation({"": [start], **groups, words("reference"): [terms]})
    try:
        with turn(), timed(page.url_path or "home"):
            page.run()
    except Exception:  # Streamlit's own signals (stop, rerun) are no Exception and pass
        log.exception("the page %s failed", page.url_path)
        st.error(Words(LOCALES / "notes.yaml", language())("unexpected"), icon=":material/error:")
    errands.run(next((lesson.id for lesson, its_page in lessons.items() if its_page is page), None))


main()
