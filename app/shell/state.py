"""The state of every control: in the URL, and kept for each lesson while the learner visits others.

Streamlit's ``bind="query-params"`` ties a widget to the URL of the page that is open. What it does not do is give each
page its own values for a name that several use (``text``, ``model``), bring the URL back on a return, or keep the
translated label of an option out of the URL: this does.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import streamlit as st

# Python's own way to write the URL adds a step to the browser's history each time, and so does each bound control that a
# preset sets: the back button would have to go through all of them, half a preset at a time. This replaces the address in
# place, and has Streamlit do the same as long as the page stays. Before it goes to another page Streamlit empties the
# address of the one that is left: it is put back, so that the back button finds the whole screen.
_JS = """
function pagesOnly(history) {
  if (history.pagesOnly) { return; }
  const push = history.pushState.bind(history);
  let emptied = null;
  history.pushState = (state, title, url) => {
    const here = window.location, there = new URL(url ?? "", here.href);
    if (there.pathname === here.pathname) {
      if (here.search && !there.search) {
        emptied = { state: history.state, url: here.href };
        setTimeout(() => { emptied = null; }, 200);
      }
      return history.replaceState(state, title, url);
    }
    if (emptied) { history.replaceState(emptied.state, title, emptied.url); }
    emptied = null;
    return push(state, title, url);
  };
  history.pagesOnly = true;
}
export default function({ data }) {
  pagesOnly(window.history);
  const url = new URL(window.location.href);
  Object.entries(JSON.parse(data.query)).forEach(([name, value]) => {
    if (value === null) { url.searchParams.delete(name); } else { url.searchParams.set(name, value); }
  });
  if (url.href !== window.location.href) { window.history.replaceState(window.history.state, "", url.href); }
  document.documentElement.dataset.run = Math.max(data.run, document.documentElement.dataset.run ?? 0);
}
"""


@st.cache_resource
def _address_bar() -> Any:
    return st.components.v2.component("address_bar", html="<span hidden></span>", js=_JS)


def enter(page_id: str) -> None:
    """Take note of which page is open; after a switch, put its own control values and URL back."""
    state = st.session_state
    previous = state.get("_page")
    state["_url"] = {}
    state["_whole_page"] = True
    if previous != page_id:
        for name in state.get("_names", ()):
            if name in state:
                del state[name]
        for name, (value, query) in state.setdefault("_kept", {}).get(page_id, {}).items():
            if name not in st.query_params:  # a link that was followed inside the visit wins over what was kept
                state[name] = value
                if query is not None:
                    state["_url"][name] = query
    state["_page"] = page_id
    state["_names"] = set()


def register(name: str) -> None:
    """Take note that the open page has a control of this name."""
    st.session_state.setdefault("_names", set()).add(name)


def bound(name: str, whole: bool = False) -> dict[str, Any]:
    """Return the arguments that put a native widget's value into the URL as ``?name=``.

    For free text, numbers (``whole``: a field for whole numbers) and toggles. A choice with translated labels needs
    :func:`app.shell.choice.choice`.
    """
    register(name)
    if whole and _is_infinite(st.query_params.get(name, "")):
        return {"key": name}  # Streamlit would make a whole number of it, and fail
    return {"key": name, "bind": "query-params"}


def _is_infinite(text: str) -> bool:
    try:
        return math.isinf(float(text))
    except ValueError:
        return False


def publish(name: str, text: str | None) -> None:
    """Have ``?name=text`` in the URL after this run; None takes it out."""
    st.session_state.setdefault("_url", {})[name] = text


def set_all(values: Mapping[str, Any]) -> None:
    """Set controls from outside, as a preset does. Called in a widget's callback."""
    st.session_state.update(values)
    st.session_state["_set"] = dict(values)


def _not_yet_in_the_url() -> dict[str, str]:
    """Controls that were set from outside and are still so: a bound widget that appears only now does not write itself."""
    state = st.session_state
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in state.get("_set", {}).items()
        if name in state.get("_names", ())
        and isinstance(value, str | int | float)
        and state.get(name) == value
        and name not in st.query_params
    }


def remember(part: str = "page") -> None:
    """Write the URL and keep the controls' values; called at the end of a page and of each of its fragments."""
    state = st.session_state
    url = _not_yet_in_the_url() | state.get("_url", {})
    if not state.get("_whole_page"):
        # A fragment ran alone: Streamlit has just written its own idea of the URL, which lacks what the page published.
        # What the fragment's own controls have changed since then they have written themselves.
        page_url = state.get("_page_url", {})
        url = {name: text for name, (text, value) in page_url.items() if state.get(name) == value} | url
    query = st.query_params.to_dict() | url
    kept = state.setdefault("_kept", {}).setdefault(state.get("_page"), {})
    kept |= {name: (state[name], query.get(name)) for name in state.get("_names", ()) if name in state}
    # The same query must be written again, and data that differ run the script. The page shows the number too, so that
    # whoever drives it from outside knows when a run that was asked for has come to its end.
    state["_runs"] = state.get("_runs", 0) + 1
    # As text: for every list or mapping in a component's data Streamlit asks pandas whether it is a table.
    _address_bar()(key=f"address_{part}", data={"query": json.dumps(url), "run": state["_runs"]}, height=0)
    if part == "page":
        state["_page_url"] = {name: (text, state.get(name)) for name, text in url.items()}
        state["_url"], state["_whole_page"] = {}, False
