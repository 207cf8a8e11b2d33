"""What a phone leaves out: labels of a figure, and of the question beside it all but one line until it is opened.

The server does not know how wide a screen is: both are sent to everybody, and the style sheet decides.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.shell.figures import key_of

# A question of another text, and its answer, is folded anew. Who has just answered was on a button that is gone: the focus goes
# to the line that has come instead, and its verdict or the next question is read out. On a large screen there is no line.
_JS = """
const JUST_NOW = 60_000;  // ms in which the answer to a click is on the page, however slow the server is
export default function({ parentElement, data }) {
  const bar = parentElement.querySelector("button"), question = parentElement.closest('[class*="st-key-question_"]');
  bar.onclick = () => bar.setAttribute("aria-expanded", bar.ariaExpanded !== "true");
  question.onclick = (event) => {
    const pressed = event.target.closest("button");
    if (pressed && pressed !== bar) { window.answeredAt = performance.now(); }
  };
  if (bar.ariaLabel === data.text) { return; }
  bar.ariaLabel = bar.firstChild.textContent = data.text;
  bar.dataset.verdict = data.verdict;
  bar.ariaExpanded = "false";
  /* It is not in sight before the question that was answered is gone. */
  const take = (tries) => {
    if (!(performance.now() - window.answeredAt < JUST_NOW) || !bar.isConnected) { return; }
    if (!bar.checkVisibility()) { if (tries) { setTimeout(take, 50, tries - 1); } return; }
    window.answeredAt = undefined;
    bar.focus({ preventScroll: true });
  };
  take(200);
}
"""


@st.cache_resource
def _bar() -> Any:
    button = "<button type='button' aria-expanded='false'><span></span></button>"
    return st.components.v2.component("fold", html=button, js=_JS, isolate_styles=False)


def fold(name: str, text: str, verdict: str = "") -> None:
    """Have a phone show the question that this is drawn in as one line, ``text``, which opens and closes the rest.

    ``name`` is unique on the page; ``verdict``: "right", "wrong" or "told" once the question is answered.
    """
    _bar()(key=f"fold_{name}", data={"text": text, "verdict": verdict}, height="content")


def thin_labels(figure: str, all_of_them: bool = False) -> None:
    """Leave labels of the x axis out of a figure of this name on a phone: all bold ones stay, of the others every third
    that stands beside none, or none of them."""
    plain = f".st-key-{key_of(figure)} g.xtick:not(:has(tspan))"  # Plotly writes what is bold as a tspan
    left_out = "" if all_of_them else ":is(:not(:nth-child(3n + 1)), :has(+ .xtick tspan), .xtick:has(tspan) + *)"
    st.html(f"<style>@media (max-width: 640px) {{ {plain}{left_out} {{ display: none; }} }}</style>")
