"""The text that words are learnt from: one of the catalogue, or a file of the learner's own, which stays in the visit."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from app.shell.frame import LessonPage, Slot
from app.shell.language import shell_words
from app.shell.progress import Progress, Told
from app.shell.training import STEPS
from app.text import markdown_escape
from nlpcore.errors import LearnerError, Note
from nlpcore.models.catalogue import catalogue
from nlpcore.words.texts import MOST_BYTES, SEGMENTER, CutSoFar, PreparedText, decoded, prepare, prepared

CONTROL = "corpus"  # holds which text of the catalogue
FIRST = {"en": "wikitext-2", "zh": "sanguo"}
_SCRIPTS = Path(__file__).parent / "scripts" / "file"
_HTML = '<button type="button"></button><input type="file" accept=".txt,text/plain" hidden>'
_KEY = "own_text"


@dataclass(frozen=True, slots=True)
class OwnText:
    """A learner's file.

    Attributes:
        name: as it is called there.
        text: what it says.
        wrong: why it cannot be read, where it cannot.
    """

    name: str
    text: str = ""
    wrong: Note | None = None


def training_text(lesson: LessonPage) -> PreparedText | None:
    """Draw the choice of the text and return it as a training reads it; None after saying what is wrong with it.

    In the controls. What was done to the text is told by :func:`tell_text`.
    """
    kept = _own(lesson)
    declined: Slot[OwnText | None] = lesson.slot("declined_text", None)
    if sent := (lesson.value(_KEY) or {}).get("file"):
        file = read_file(sent)
        declined.value = file if file.wrong else None
        kept.value = kept.value if file.wrong else file  # the text before stays
    own = kept.value
    chosen = _choice(lesson, own)
    if (other := declined.value) and other.wrong:
        st.warning(f"**{markdown_escape(other.name)}**: {lesson.sentence(other.wrong)}", icon=":material/info:")
    _begin_anew(lesson, own or chosen)
    if own is None:
        return lesson.attempt(prepared, chosen)
    words = shell_words()

    def told(so_far: CutSoFar) -> Told:
        return so_far.share, words("texts.cutting", model=SEGMENTER)

    progress = Progress(words("texts.reading"), lambda before: words("waiting", count=before), told)
    found = lesson.attempt(prepare, None, on_progress=progress, on_place=progress.queue, text=own.text)
    progress.done()
    return found


def _own(lesson: LessonPage) -> Slot[OwnText | None]:
    return lesson.slot(_KEY, None)


def _begin_anew(lesson: LessonPage, text: OwnText | str) -> None:
    """Train nothing of another text than the one before, unless a link asks for it: nobody has."""
    before: Slot[OwnText | str | None] = lesson.slot("text_before", None)
    if before.value is not None and before.value != text:
        lesson.put(**{STEPS: 0})
    before.value = text


def _choice(lesson: LessonPage, own: OwnText | None) -> str:
    """Draw the list of texts, or the name of the learner's own, and the button that takes one; return which of the list."""
    words = shell_words()
    entries = {entry.id: entry for entry in catalogue().values() if entry.kind == "text"}
    first = FIRST[lesson.language] if FIRST[lesson.language] in entries else next(iter(entries))
    with st.container(horizontal=True, vertical_alignment="bottom", key="training_text"):
        if own is None:
            chosen = lesson.choice(
                "select", words("texts.label"), list(entries), CONTROL, default=first,
                labels=lambda name: str(entries[name].title[lesson.language]),
            )  # fmt: skip
        else:
            chosen = first
            st.markdown(f":material/description: **{markdown_escape(own.name)}**", width="content")
            st.button(words("texts.back"), on_click=_give_up, args=(lesson,), key="_own_text_back")
        told = {"label": words("texts.own"), "help": words("texts.own_help"), "most": MOST_BYTES}
        _component()(key=_KEY, data={"told": json.dumps(told)}, on_file_change=lambda: None, width="content")
    return str(chosen)


def chosen(lesson: LessonPage) -> str:
    """Return the id of the text of the catalogue that is read; "" where it is the learner's own."""
    return "" if _own(lesson).value else str(lesson.value(CONTROL, FIRST[lesson.language]))


def tell_text(lesson: LessonPage, text: PreparedText) -> None:
    """Say how long the text is, and what was changed of it; a hall has no room for that. See :func:`draw_cut` too."""
    words = shell_words()
    if lesson.lecture:
        return
    lesson.notes(text.notes)
    counts = {"words": f"{text.words:,}", "distinct": f"{text.distinct:,}", "characters": f"{text.characters:,}"}
    told = words("texts.counts", **counts)
    st.caption(words.sentences(told, words("cut_into_words", model=SEGMENTER)) if text.language == "zh" else told)


def draw_cut(text: PreparedText) -> None:
    """Show what was done to a text, in a panel: its first sentences, each with the words that it became."""
    st.markdown(shell_words()(f"texts.rule.{text.language}", model=SEGMENTER))
    for sentence, cut in text.shown:
        st.markdown(f"{markdown_escape(sentence)}\n\n→ {' · '.join(map(markdown_escape, cut))}")


def read_file(sent: object) -> OwnText:
    """Return the file that the browser sent as size, content (base64) and name, a line each. What it sends may be anything."""
    size, _, rest = (sent if isinstance(sent, str) else "").partition("\n")
    content, _, name = rest.partition("\n")
    name = " ".join(name.split())[:80] or "?"
    if size.isascii() and size.isdigit() and len(size) < 16 and int(size) > MOST_BYTES:
        note = Note("file_too_large", {"most": MOST_BYTES // 1_000_000, "given": f"{int(size) / 1e6:.1f}"})
        return OwnText(name, wrong=note)
    try:
        return OwnText(name, decoded(base64.b64decode(content, validate=True)))
    except LearnerError as error:
        return OwnText(name, wrong=error.note)
    except ValueError:  # no base64
        return OwnText(name, wrong=Note("file_no_text"))


def _give_up(lesson: LessonPage) -> None:
    _own(lesson).value = None


@st.cache_resource
def _component() -> Any:
    css, js = ((_SCRIPTS / f"file.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    return st.components.v2.component(_KEY, html=_HTML, css=css, js=js)
