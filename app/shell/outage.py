"""A sentence over the page as long as its server cannot be reached: nothing on the screen answers then, and says nothing."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.shell.language import shell_words

# The page lives on in the browser: what tells of the outage has to be there already. Streamlit's own dialog about it speaks
# to who started the server, in English.
_JS = """
const PATIENCE = 1500;  // ms without a connection that nobody need be told of
let text = "", waiting;
function sign() {
  const made = Object.assign(document.createElement("div"), { id: "outage" });
  made.setAttribute("role", "status");
  document.body.append(made);
  return made;
}
function look() {
  const lost = !navigator.onLine || document.querySelector("[data-testid=stApp]")?.dataset.testConnectionState !== "CONNECTED";
  clearTimeout(waiting);
  const say = () => {
    (document.getElementById("outage") ?? sign()).textContent = lost ? text : "";
    document.documentElement.toggleAttribute("data-outage", lost);
  };
  if (lost) { waiting = setTimeout(say, PATIENCE); } else { say(); }
}
export default function({ data }) {
  text = data.text;
  if (!window.watchesOutage) {
    window.watchesOutage = true;
    ["online", "offline"].forEach((event) => window.addEventListener(event, look));
    const state = { attributeFilter: ["data-test-connection-state"] };
    new MutationObserver(look).observe(document.querySelector("[data-testid=stApp]"), state);
  }
}
"""


@st.cache_resource
def _component() -> Any:
    return st.components.v2.component("outage", html="<span hidden></span>", js=_JS)


def watch() -> None:
    """Have the browser say it, in this language, when the connection is lost, and take it back when it is there again."""
    _component()(key="outage", data={"text": shell_words()("outage")}, height=0)
