"""Keys of a page: how often each was pressed is counted in the browser, so that none is lost while the page is computing.

A button's own shortcut is one message for each press, and Streamlit makes one of several that wait for a run: at four a second
some would be lost. A count is told as it stands, and what was counted since the last run is done. What is pressed while
another page is on its way, and nobody is there to count it, is counted by that page. Clicks on buttons that do what a key does
are counted with the key.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

import streamlit as st

from app.shell.visit import give, held, visit

_BURSTS, _LAST_SET = "set_by_keys", "last_set_by_keys"
_HEARD_AFTER = 10.0  # seconds in which a browser on a busy machine has drawn what a run has sent

# What a key means where the focus is in a field or on a control that has its own use for it, it means there alone. Who clicks
# on a pill, a segment or a switch has chosen and goes on: the focus is let go. Who got there by the keyboard (a click
# without a count) keeps it.
_JS = """
const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable], [role=slider], [role=combobox], [role=listbox]";
const LET_GO = '[data-testid="stButtonGroup"], [data-testid="stCheckbox"]';
const counts = (window.countedKeys ??= {});
const nameOf = (event) => (event.shiftKey && event.key.length > 1 ? "Shift+" : "") +
  (event.key.length === 1 ? event.key.toLowerCase() : event.key);
const OPENS = 10_000;  // ms in which another page opens
const UNHEARD = 4_000;  // ms after which no run has heard what was told
const gaps = (window.keysBetweenPages ??= {});
const listen = (wanted, act) => {
  const press = (event) => {
    const key = nameOf(event), own = event.target.closest?.(TYPING);
    const group = event.target.closest?.('[role=radiogroup], [data-testid="stButtonGroup"]');
    if (!wanted.has(key) || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) { return; }
    if (own || (group && key.startsWith("Arrow"))) { return; }
    if (act(key)) { event.preventDefault(); }
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
};
export default function({ data, setStateValue }) {
  const counted = (counts[data.name] ??= {}), wanted = new Set(data.keys);
  /* The key that was pressed last comes last: of two that one run hears of, "to the first" may come before "one on". */
  const count = (key) => {
    const times = (counted[key] ?? 0) + 1;
    delete counted[key];
    counted[key] = times;
  };
  /* Told again it has to be something else: what a run has taken without hearing it would be nothing new. */
  const tell = (more) => setStateValue("counts", { ...counted, ...more });
  const tellAgain = () => tell({ again: Math.round(performance.now()) });
  const gap = gaps[data.name];
  delete gaps[data.name];
  gap?.stop();
  const missed = (gap?.missed ?? []).filter((key) => !data.here.includes(key));
  missed.forEach(count);
  /* What was told is heard by the run that is on its way, and telling it again would only repeat what the browser held then of
     the controls that keys set. Where no run comes it was told to nobody: the page that asked for it is gone. */
  const seen = JSON.parse(data.seen), behind = data.keys.some((key) => (counted[key] ?? 0) > (seen[key] ?? 0));
  const again = behind && setTimeout(tellAgain, missed.length ? 0 : UNHEARD);
  const stop = listen(wanted, (key) => { count(key); tell(); return true; });
  const buttons = JSON.parse(data.buttons ?? "{}");
  const click = (event) => {
    const [, key] = Object.entries(buttons).find(([name]) => event.target.closest?.(`.st-key-${name} button`)) ?? [];
    if (key && !event.defaultPrevented) {  // while a run's parts come one after the other two may listen
      event.preventDefault();
      event.stopPropagation();  // Streamlit would tell of the first of several only
      count(key);
      tell();
    }
  };
  document.addEventListener("click", click, true);
  const letGo = (event) => {
    if (event.detail > 0 && event.target.closest?.(LET_GO)) {
      setTimeout(() => { document.activeElement?.closest(LET_GO) && document.activeElement.blur(); });
    }
  };
  document.addEventListener("click", letGo, true);
  return () => {
    stop();
    clearTimeout(again);
    document.removeEventListener("click", click, true);
    document.removeEventListener("click", letGo, true);
    const missed = [], since = performance.now();
    const stopMissing = listen(wanted, (key) => performance.now() - since < OPENS && missed.push(key));
    gaps[data.name] = { missed, stop: stopMissing };
  };
}
"""


def set_by_key(name: str, value: Any) -> None:
    """Set a control, in what :func:`on_keys` calls, and again where a browser that has not heard of it takes it back."""
    bursts: dict[str, list[Any]] = visit().setdefault(_BURSTS, {})
    bursts.setdefault(name, []).extend((held(name), value))
    give(name, value)
    visit()[_LAST_SET] = time.monotonic()


def _catch_up() -> None:
    """Give controls back what keys have just set.

    With every key the browser tells what all controls hold, and may not have heard yet of what the keys before have set.
    """
    late = time.monotonic() - visit().get(_LAST_SET, 0.0) < _HEARD_AFTER
    for name, burst in visit().get(_BURSTS, {}).items():
        value = held(name)
        if burst and late and value in burst:
            give(name, burst[-1])
        else:  # it has heard, or somebody has moved the control otherwise since
            burst.clear()


@st.cache_resource
def _counter() -> Any:
    return st.components.v2.component("keys", html="<span hidden></span>", js=_JS)


def on_keys(
    name: str,
    keys: Collection[str],
    act: Callable[[str, int], None],
    here: Collection[str] = (),
    buttons: Mapping[str, str] | None = None,
) -> None:
    """Call ``act(key, times)`` before the next run for each of the ``keys`` that was pressed since the last one.

    Keys are named as in the browser ("ArrowLeft", "PageDown", "r"), with "Shift+" before the longer ones where it is held.
    ``name`` is unique on the page; where it is drawn inside a fragment, only the fragment runs again. What was pressed while
    this page was on its way counts for it, but for the keys of ``here``, which meant the page that was seen.
    ``buttons``: the keys of buttons on the page, each with the one of ``keys`` that a click on it counts as.
    """
    widget, seen_by = f"keys_{name}", f"seen_keys_{name}"

    def tell() -> None:
        _catch_up()
        counts: Mapping[str, int] = (held(widget) or {}).get("counts") or {}
        seen: Mapping[str, int] = visit().get(seen_by, {})
        visit()[seen_by] = dict(counts)
        for key, count in counts.items():
            times = count - seen.get(key, 0)
            if key in keys and times > 0:
                act(key, times)

    data = {"name": name, "keys": sorted(keys), "here": sorted(here)}
    data["seen"] = json.dumps(visit().get(seen_by, {}))
    if buttons:
        data["buttons"] = json.dumps(dict(buttons))
    _counter()(key=widget, data=data, on_counts_change=tell, height=0)
