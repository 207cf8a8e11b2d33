"""The style sheets name parts of the page by their keys: each is there, or the sheet would do nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from app.charts.sketch import Sketch
from app.lessons import LESSONS, ROOT
from app.shell import home
from app.shell.frame import Below, LessonPage
from app.shell.predict import PREDICTIONS, predict
from app.shell.visit import visit
from app.words import Words
from tests.shell.driving import WORDS, drawn, made_up
from tests.shell.test_predict import PEAK

SHEETS = sorted((ROOT / "app" / "shell" / "styles").glob("*.css"))
KEY = re.compile(r"st-key-([A-Za-z_]+)")


def everything() -> None:
    page = LessonPage(made_up(kinds=("masked-lm",)))
    with page.controls():
        page.presets()
        page.views(["a", "b"], "a", "views")
        page.model_picker("minilm-l6-mlm")
    with page.settings(1)[0]:
        st.text("setting")
    page.choices("masked", ["a"], "masked")
    page.idea(Sketch(), "A picture.", value=1)
    page.stage()
    page.stepped("step", 3, lambda _: None)
    page.finish(Below())


def asked() -> None:
    """A question that waits, and one that is answered."""
    first, second = (replace(PEAK, name=name) for name in ("peak", "second"))
    visit()[PREDICTIONS] = {("made-up.second", second.subject): 0}
    for question in (first, second):
        predict(Words(WORDS, "en"), "made-up", question)


def at_home() -> None:
    page = st.Page(lambda: None, title="x", url_path="x")
    st.navigation([page], position="hidden")
    home.home_page(dict.fromkeys(LESSONS, page))


def in_a_hall() -> None:
    page = LessonPage(made_up())
    page.look_for("title", long=True)
    asked()
    page.finish(Below())


def keys(node: Any) -> Iterator[str]:
    """Yield the key of every container and widget under a node."""
    found = getattr(getattr(node, "proto", None), "id", "")
    if found.startswith("$$ID-"):
        yield found.split("-", 2)[2]
    for child in getattr(node, "children", {}).values():
        yield from keys(child)


def test_every_part_that_a_sheet_names_is_drawn() -> None:
    screens = (drawn(everything), drawn(asked), drawn(at_home), drawn(in_a_hall, {"lecture": "true"}))
    there = {key.removesuffix("-None") for app in screens for key in keys(app._tree)}
    assert {"header", "tools", "controls", "idea", "stage", "more", "below", "views"} <= there
    lessons = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "pages").rglob("*.py"))
    named = {(sheet.name, key) for sheet in SHEETS for key in KEY.findall(_without_comments(sheet))}
    assert len(named) > 8
    for sheet, key in named:
        drawn_here = key in there or (key.endswith("_") and any(one.startswith(key) for one in there))
        assert drawn_here or f'key="{key}"' in lessons, f"{sheet}: nothing has the key {key}"


def _without_comments(sheet: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.S)
