"""Entry point: settings, language, navigation. Run it with ``python -m streamlit run app/main.py``."""

from __future__ import annotations

import streamlit as st

from app.lessons import GROUPS, LESSONS, ROOT
from app.shell.language import language, shell_words
from app.shell.words import Words


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
    st.navigation({"": [home], **pages}).run()


main()
