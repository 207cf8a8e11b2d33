"""Entry point: settings, language, navigation. Run it with ``python -m streamlit run app/main.py``."""

from __future__ import annotations

import logging

import streamlit as st

from app.lessons import GROUPS, LESSONS, ROOT
from app.shell.language import language, shell_words
from app.shell.words import LOCALES, Words

log = logging.getLogger(__name__)


def main() -> None:
    words = shell_words()
    st.set_page_config(page_title=words("app.title"), page_icon=str(ROOT / "assets" / "icon.png"), layout="wide")
    home = st.Page(
        ROOT / "pages" / "home.py", title=words("home"), icon=":material/home:", url_path="home", default=True
    )
    pages = {
        words(f"groups.{group}"): [
            st.Page(
                lesson.page,
                title=Words(lesson.words, language())("title"),
                icon=lesson.icon,
                url_path=lesson.id,
            )
            for lesson in LESSONS
            if lesson.group == group and lesson.page.exists() and lesson.words.exists()
        ]
        for group in GROUPS
    }
    page = st.navigation({"": [home], **pages})
    try:
        page.run()
    except Exception:  # Streamlit's own signals (stop, rerun) are no Exception and pass
        log.exception("the page %s failed", page.url_path)
        st.error(Words(LOCALES / "notes.yaml", language())("unexpected"), icon=":material/error:")


main()
