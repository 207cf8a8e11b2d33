"""The state of every control: in the URL, and kept for each lesson while the learner visits others.

Streamlit's own ``bind="query-params"`` is not used. It takes a name for the widget of one page: where two pages have a
``text``, a step back in the browser's history would find the parameter thrown away and set the field to its default. It
writes translated labels, texts of any length, and nothing that is set before its widget is drawn. Here a control is
registered with its default before it is drawn; its value comes from the visit, else from the link, and every run ends
with writing the address anew from the values that the controls have.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app.shell import earlier
from app.shell.visit import visit

# Servers in front of an app refuse an address of more than 8 kB as they come (nginx: large_client_header_buffers, Apache:
# LimitRequestLine), mail and chat programs break it. What is left over is for the host and the names.
LINK_BEARS = 7_000
_MOST_IN_A_LINK = 12  # characters that one takes at most: %F0%9F%98%80
SEPARATOR = "~"  # between the options of a choice of several

# Python's own way to write the URL adds a step to the browser's history each time: the back button would have to go
# through all of them. This replaces the address in place, and has Streamlit do the same as long as the page stays. Before
# it goes to another page Streamlit empties the address of the one that is left: it is put back, so that the back button
# finds the whole screen.
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
/* Menus lie outside of the part of the page that Streamlit gives its theme's scheme to: they follow it here. */
function scheme() {
  const follow = () => {
    document.documentElement.style.colorScheme = getComputedStyle(document.querySelector(".stApp")).colorScheme;
  };
  follow();
  if (scheme.listens) { return; }
  scheme.listens = true;
  new MutationObserver(follow).observe(document.querySelector(".stApp"), { attributeFilter: ["class"] });
}
/* A server that was started again, or has not heard of this tab for a while, has forgotten what was typed here: it is told. Where
   the page was loaded anew its address says what it shows, and the other pages have what they had. */
function remindOf(data, mine, setStateValue) {
  let visit = {};
  try { visit = JSON.parse(window.sessionStorage.getItem("visit")) ?? {}; } catch (refused) { /* it keeps nothing */ }
  const pages = visit.pages ?? {}, again = visit.session !== undefined && visit.session !== data.session;
  if (again) {
    const earlier = { ...pages };
    if (window.visitOf === undefined) { delete earlier[data.page]; }
    if (Object.keys(earlier).length) { setStateValue("earlier", JSON.stringify(earlier)); }
  }
  if (!again || window.visitOf === undefined) { pages[data.page] = mine; }
  if (Object.keys(pages[data.page] ?? {}).length === 0) { delete pages[data.page]; }
  window.visitOf = data.session;
  const kept = JSON.stringify({ session: data.session, pages });
  try { window.sessionStorage.setItem("visit", kept); } catch (full) { /* it keeps less */ }
}
export default function({ data, setStateValue }) {
  pagesOnly(window.history);
  const url = new URL(window.location.href);
  const query = JSON.parse(data.query), mine = JSON.parse(data.aside);
  Object.entries(query).forEach(([name, value]) => {
    if (value !== null && !data.shared.split(" ").includes(name)) { mine[name] = value; }
    if (value === null) { url.searchParams.delete(name); } else { url.searchParams.set(name, value); }
  });
  if (url.href !== window.location.href) { window.history.replaceState(window.history.state, "", url.href); }
  if (data.page !== "") { remindOf(data, mine, setStateValue); }
  scheme();
  document.documentElement.dataset.run = Math.max(data.run, document.documentElement.dataset.run ?? 0);
}
"""


# Whether controls are drawn that the browser makes only when a menu is opened. Streamlit tells it of a value that Python has
# set in that one run: a control that is made later would begin at its default, which the next run took for the learner's wish.
out_of_sight: ContextVar[bool] = ContextVar("out_of_sight", default=False)
MENDED = "link_mended"  # whether a value of the link could not be used, which nobody has been told yet
MENU = "settings_menu"  # where the session holds whether the menu of a page is open


@st.cache_resource
def _address_bar() -> Any:
    return st.components.v2.component("address_bar", html="<span hidden></span>", js=_JS)


@dataclass(frozen=True, slots=True)
class _Control:
    """What is known of a control: the value that is not written into the address, and how another one is written."""

    default: Any
    write: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A control's last value, and its text in the address; None where the address needs none."""

    value: Any
    text: str | None


def enter(page_id: str) -> None:
    """Take note of which page is open; after a switch, put its own control values back.

    What the address names wins over what was kept. After a step in the browser's history it says all: what it does not
    name stands at its default, but for what was too long for a link.
    """
    state, here = st.session_state, visit()
    previous, here["page"] = here.get("page"), page_id
    here["shared"] = {}
    if previous != page_id:
        here["entered"] = here.get("entered", 0) + 1
        # What was typed a moment ago, in a run that did not come to its end. What a choice holds is known only once it is
        # drawn: until then Streamlit takes it by its label, which two options may share.
        _keep(previous, only_native=True)
        for name in here.get("controls", ()):
            if name in state:
                del state[name]
        kept, in_history = _kept(), _in_history()
        for name in list(kept):
            linked = name in here.get("linked", {}).get(page_id, ()) and name not in _left_out(kept)
            if name in st.query_params or (in_history and linked):
                del kept[name]
            else:
                state[name] = kept[name].value
        here["anew"], here["hidden"], here["behind"] = set(), set(), {}
        here.pop(MENDED, None)
    hold()
    here["controls"], here["implied"] = {}, {}


def arrival() -> int:
    """Return how many times pages have been entered in this visit: the same number means that the learner has stayed on one."""
    return int(visit().get("entered", 0))


def _in_history() -> bool:
    """Whether this run shows a page that the learner went back or forward to."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def _kept() -> dict[str, _Kept]:
    """Return what is kept of the open page's controls, by name."""
    here = visit()
    kept: dict[str, _Kept] = here.setdefault("kept", {}).setdefault(here.get("page"), {})
    return kept


def register(
    name: str, default: Any = None, read: Callable[[str], Any] = str, write: Callable[[Any], str] = str
) -> Any:
    """Give the control of this name its value before it is drawn, and return it: ``?name=`` in the URL.

    It is the one that it has, else the one that was kept when it was last drawn, else the link's, else ``default``.
    ``read`` makes a value of the link's text, None of nonsense; ``write`` makes the text of a value.
    """
    state, here = st.session_state, visit()
    here.setdefault("controls", {})[name] = _Control(default, write)
    anew: set[str] = here.setdefault("anew", set())
    if name in anew:
        anew.discard(name)
        state[name] = default
    elif name not in state:
        kept, linked = _kept().get(name), _linked(name)
        if kept is not None:
            state[name] = kept.value
        else:
            value = None if linked is None else read(linked)
            state[name] = default if value is None else value
            if linked and value is None:
                visit()[MENDED] = True
    if out_of_sight.get():
        here["hidden"].add(name)
        state[name] = state[name]  # the browser hears it in this run too, and not only in the one that has set it
    return state[name]


def bound(name: str, default: Any, least: float | None = None, most: float | None = None) -> dict[str, Any]:
    """Return the arguments that give a native widget its key, value and range, its value as ``?name=`` in the URL.

    For free text, numbers and toggles. ``default`` None is an empty field for a whole number. ``least`` and ``most`` are
    inclusive; a value from outside them, as of a link made by hand, goes to the nearer one. A choice with translated
    labels needs :func:`app.shell.choice.choice`.
    """
    comes = name not in st.session_state and name not in _kept()
    value = register(name, default, _reader(default), _written)
    span = {what: end for what, end in (("min_value", least), ("max_value", most)) if end is not None}
    within = value if value is None else max(span.get("min_value", value), min(span.get("max_value", value), value))
    spans = visit().setdefault("spans", {})
    if within != value and comes and _linked(name):
        visit()[MENDED] = True
    if within != value or spans.get(name, span) != span:  # a slider of another range is a new one to Streamlit
        st.session_state[name] = within
    spans[name] = span
    return {"key": name, "value": default} | span


def span_of(name: str) -> dict[str, Any]:
    """Return the ``min_value`` and ``max_value`` that :func:`bound` gave a control, where it has them."""
    span: dict[str, Any] = visit().get("spans", {}).get(name, {})
    return span


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _reader(default: Any) -> Callable[[str], Any]:
    """Return what reads a value like ``default`` from a link."""
    if isinstance(default, bool):
        return {"true": True, "1": True, "false": False, "0": False}.get
    if isinstance(default, str):
        return str
    return _decimal if isinstance(default, float) else _whole


def _decimal(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _whole(text: str) -> int | None:
    """Return the whole number of up to 9 digits that ``text`` is: a slider holds no longer one."""
    return int(text) if text.isascii() and text.removeprefix("-").isdigit() and len(text) < 10 else None


def share(name: str, text: str | None) -> None:
    """Have ``?name=text`` in the URL, for what belongs to the visit and not to one page."""
    visit().setdefault("shared", {})[name] = text


def set_all(values: Mapping[str, Any], anew: Iterable[str] = ()) -> None:
    """Set controls from outside, as a preset does, and have those of ``anew`` go to their default. Called in a callback."""
    here = visit()
    here["anew"] = set(anew) - values.keys()
    here["set"] = frozenset(values)
    _overrule((*values, *here["anew"]))
    st.session_state.update(values)


def put(**values: Any) -> None:
    """Set controls of the open page: in a widget's callback, or before they are drawn."""
    _overrule(values)
    st.session_state.update(values)


def _overrule(names: Iterable[str]) -> None:
    """Take note that these controls are about to be set, not by the learner: see :func:`hold`."""
    here, kept = visit(), _kept()
    for name in names:
        before = kept.pop(name, None)
        if before is not None and name in here.get("hidden", ()):
            here["behind"].setdefault(name, before.value)


def hold() -> None:
    """Have controls in a menu that is closed hold what they were set to. Before anything is drawn, of a fragment too.

    A menu that was open once has left the browser with values of controls that it does not show any more. It hears of another
    value only when it shows them again, and until then tells the old one with everything that a learner does.
    """
    here, state = visit(), st.session_state
    if state.get(MENU, True):  # a hall has no menu: its settings are there at a key, and hear everything
        here["behind"] = {}
    kept = _kept()
    for name, before in here.get("behind", {}).items():
        if name in kept and name in state and state[name] == before != kept[name].value:
            state[name] = kept[name].value


def imply(values: Mapping[str, Any]) -> None:
    """Give each control that neither the visit nor the link has a value for the one that the example has which is named.

    Until another page the address names also a default where the example has another value.
    """
    visit()["implied"] = dict(values)
    for name, value in values.items():
        if not (name in st.session_state or name in _kept() or _linked(name) is not None):
            st.session_state[name] = value


def _linked(name: str) -> str | None:
    """Return a control's text in the address, or that of before the server forgot the visit; None without one."""
    text = st.query_params.get(name)
    return earlier.text_of(visit().get("page"), name) if text is None else text


def value_of(name: str, default: Any) -> Any:
    """Return a control's value before it is drawn: what it has, else what the link gives one like ``default``."""
    state = st.session_state
    if name in state:
        return state[name]
    linked = _linked(name)
    if linked is None:
        return default
    if isinstance(default, list):
        return default if linked == SEPARATOR.join(map(str, default)) else linked
    return _reader(default)(linked)


def was_set(name: str) -> bool:
    """Whether a preset that was just chosen has set this control."""
    return name in visit().get("set", ())


def left_out() -> set[str]:
    """Return the names of the open page's controls whose value is too long for a link."""
    _keep(visit().get("page"))
    return _left_out(_kept())


def _left_out(kept: Mapping[str, _Kept]) -> set[str]:
    """Return the longest: what is left when the shorter ones have been written."""
    if sum(_MOST_IN_A_LINK * len(one.text or "") for one in kept.values()) <= LINK_BEARS:
        return set()  # as nearly always
    spent, out = 0, set()
    for length, name in sorted((_length_in_a_link(one.text or ""), name) for name, one in kept.items()):
        spent += length
        if spent > LINK_BEARS:
            out.add(name)
    return out


def _length_in_a_link(text: str) -> int:
    """Return how long a text is in a link, which a text that is too long as it stands is at least: it may be a whole book."""
    return len(text) if len(text) > LINK_BEARS else len(quote_plus(text))


def _keep(page_id: str | None, only_native: bool = False) -> None:
    """Keep the values that the controls of a page have now."""
    state, here = st.session_state, visit()
    kept: dict[str, _Kept] = here.setdefault("kept", {}).setdefault(page_id, {})
    implied = here.get("implied", {})
    for name, control in here.get("controls", {}).items():
        if name in state and (control.write is _written or not only_native):
            value, default = state[name], control.default
            said = value == default and implied.get(name, default) == value
            kept[name] = _Kept(value, None if said else "" if value is None else control.write(value))


def remember(part: str = "page") -> None:
    """Write the URL and keep the controls' values; called at the end of a page and of each of its fragments."""
    here = visit()
    out, kept = left_out(), _kept()
    # What is on the screen belongs into its link; the tab remembers also what was set where another view or panel is open.
    drawn = here.setdefault("linked", {})[here.get("page")] = frozenset(here.get("controls", ()))
    texts = {name: None if name in out else one.text for name, one in kept.items()}
    query = {name: text if name in drawn else None for name, text in texts.items()} | here.get("shared", {})
    aside = {name: text for name, text in texts.items() if name not in drawn and text is not None}
    # The same query must be written again, and data that differ run the script. The page shows the number too, so that
    # whoever drives it from outside knows when a run that was asked for has come to its end.
    here["runs"] = here.get("runs", 0) + 1
    # As text: for every list or mapping in a component's data Streamlit asks pandas whether it is a table.
    shared = here.get("shared", {})
    data = {
        "query": json.dumps(query), "aside": json.dumps(aside), "run": here["runs"], "shared": " ".join(shared),
        "session": earlier.session(), "page": str(here.get("page")) if part == "page" else "",
    }  # fmt: skip
    _address_bar()(key=f"address_{part}", data=data, height=0, on_earlier_change=lambda: _take_up(f"address_{part}"))
    if part == "page":
        here["set"] = frozenset()
        earlier.forget(here.get("page"))


def _take_up(component: str) -> None:
    """Give the open page's controls, where they stand at their defaults, what the browser says that they had before."""
    state, here = st.session_state, visit()
    page = here.get("page")
    earlier.hear(getattr(state.get(component), "earlier", None), here.get("kept", {}).keys() - {page})
    for name, control in here.get("controls", {}).items():
        if name not in state:
            continue
        if earlier.text_of(page, name) is not None and state[name] == control.default:
            del state[name]
            _kept().pop(name, None)
        else:  # this run may come before the browser has made the control, which then would begin at its default
            state[name] = state[name]
