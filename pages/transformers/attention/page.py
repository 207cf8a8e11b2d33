"""Attention: where every head of a pretrained Transformer looks, worked out for one pair of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.shell import lesson_page, state
from app.text import markdown_escape
from nlpcore import attention
from nlpcore.attention.summaries import MEASURES
from pages.transformers.attention import charts, formulas, snippet
from pages.transformers.attention.panels import Panels, label
from pages.transformers.attention.screen import Screen, default_query, hidden_tokens, joined, plausible_keys

MOST_TOKENS = 128
DEFAULT_LAYER, DEFAULT_HEAD = 4, 2

lesson = lesson_page("attention")
w = lesson.words


def main() -> None:
    take_clicks()
    with lesson.controls():
        preset = lesson.presets()
        text, pair = source()
    *places, model_place = lesson.settings(0.8, 0.8, 1.05, 1.65, 2.1, 1.3)
    with model_place:
        model = lesson.picker_for([text, pair], english="minilm-l6", chinese="bert-mini-zh")
    second_text = pair.strip() or None
    reading = lesson.attempt(attention.read_attention, model, text=text, pair=second_text, max_tokens=MOST_TOKENS)
    if reading is None:
        lesson.below()
        return
    screen = controls(places, model, text, second_text, preset, reading)
    figure, aside = lesson.stage()
    with aside:
        secret = ask(screen)
        lesson.look_for()
        tell_formula(screen, secret)
    with figure:
        lesson.notes(reading.notes)
        draw(screen, secret)
    panels = Panels(lesson, screen, secret)
    lesson.below(
        code=snippet.code(
            model=model, text=text, pair=second_text, layer=screen.layer, head=screen.head, query=screen.query,
            view=screen.view, hide=any(screen.hidden), first=reading.maps.causal, words="words" in screen.options,
            renormalise="renormalise" in screen.options,
        ),
        more={name: (w(f"panels.{name}"), getattr(panels, name)) for name in Panels.ORDER},
    )  # fmt: skip


def source() -> tuple[str, str]:
    """Draw the fields of the text and of the second text."""
    left, right = st.columns([2, 1])
    with left:
        text = lesson.text(default=w("default.text"))
    with right:
        pair = lesson.text(key="pair", label=w("controls.pair"))
    return text, pair


# -- clicks in the figures ---------------------------------------------------------------------------------------------


def take_clicks() -> None:
    """Turn a click on a thumbnail or on a row into the values of the controls, before these are drawn."""
    if point := new_point("overview"):
        st.session_state["layer"], st.session_state["head"] = int(point["y"]), int(point["x"])
    if (point := new_point("map")) and point.get("curve_number") == 2:
        rows = st.session_state.get("_attention_rows", ())
        if 0 <= int(point["y"]) < len(rows):
            st.session_state["token"] = rows[int(point["y"])]


def new_point(name: str) -> dict[str, Any] | None:
    """Return the point that was clicked in a figure since the last run."""
    event = st.session_state.get(f"figure_{name}")
    points = event["selection"]["points"] if event else []
    point = dict(points[0]) if points else None
    place = (point["x"], point["y"]) if point else None
    is_new = place != st.session_state.get(f"_seen_{name}")
    st.session_state[f"_seen_{name}"] = place
    return point if is_new else None


# -- controls ----------------------------------------------------------------------------------------------------------


def controls(
    places: Sequence[DeltaGenerator],
    model: str,
    text: str,
    pair: str | None,
    preset: str | None,
    reading: attention.AttentionReading,
) -> Screen:
    """Draw layer, head, query, view and options, each in its place, and return what is chosen."""
    maps = reading.maps
    with places[0]:
        layer = number("layer", DEFAULT_LAYER, maps.layers)
    with places[1]:
        head = number("head", DEFAULT_HEAD, maps.heads)
    with places[3]:
        view = lesson.choice(
            "segmented", w("controls.view"), ["head", "average", "rollout"], "view", default="head",
            labels=lambda name: w(f"controls.views.{name}"),
        )  # fmt: skip
    with places[4]:
        options = tuple(option_pills(maps))
    groups = attention.shown_positions(maps, hidden_tokens(maps, options), "words" in options)
    with places[2]:
        query = query_picker(maps, groups)
    return Screen(model, text, pair, preset, reading, layer - 1, head - 1, str(view), options, query, groups)


def number(name: str, default: int, most: int) -> int:
    """Draw a slider from 1 to ``most``; another model may have fewer layers or heads than the one before.

    Its place in the URL is written here: a slider whose range has changed is a new one to Streamlit, which then leaves
    the old value in the address.
    """
    state.register(name)
    if name not in st.session_state:
        asked = st.query_params.get(name, "")
        st.session_state[name] = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else default
    st.session_state[name] = min(max(1, int(st.session_state[name])), most)
    value = st.session_state[name] if most == 1 else st.slider(w(f"controls.{name}"), 1, most, key=name)
    state.publish(name, None if value == default else str(value))
    return int(value)


def option_pills(maps: attention.AttentionMaps) -> list[str]:
    """Draw what may be done to the map. A decoder here has no special tokens; its first one plays their part."""
    hide = "hide" if any(maps.special) else "first"
    labels = {"hide": w(f"controls.option.{hide}")}
    return lesson.choices(
        w("controls.options"), ["hide", "renormalise", "words"], "options",
        labels=lambda name: labels.get(name) or w(f"controls.option.{name}"),
    )  # fmt: skip


def query_picker(maps: attention.AttentionMaps, groups: tuple[tuple[int, ...], ...]) -> int:
    """Draw the choice of the query among the tokens that are shown; return its position in the text's own tokens."""
    rows = [group[0] for group in groups]
    st.session_state["_attention_rows"] = rows
    chosen = st.session_state.get("token")
    if isinstance(chosen, int) and chosen not in rows:  # a later piece of a merged word stands for the word
        st.session_state["token"] = next((group[0] for group in groups if chosen in group), None)
    names = {group[0]: joined(maps, group) for group in groups}
    query = lesson.choice(
        "select", w("controls.query"), rows, "token", default=default_query(maps, rows),
        labels=lambda i: f"{i} · {names[i]}",
    )  # fmt: skip
    return int(query)


# -- predict, formula --------------------------------------------------------------------------------------------------


def ask(screen: Screen) -> int | None:
    """Ask where one token looks; return the row to keep blank until the learner has committed, else None.

    The question stays the one that was on the screen when the text was opened, however the learner moves about.
    """
    about = (screen.model, screen.text, screen.pair, screen.preset)
    asked = st.session_state.get("_attention_asked")
    if asked is None or asked[0] != about:
        asked = st.session_state["_attention_asked"] = (about, screen.layer, screen.head, screen.query)
    _, layer, head, query = asked
    maps = screen.reading.maps
    row = maps.weights[layer, head, query]
    options = plausible_keys(maps, layer, head, query)
    strongest = np.argsort(-row)[:3]
    names = [markdown_escape(token) for token in maps.tokens]
    revealed = lesson.predict(
        "peak",
        options=[names[i] if maps.tokens.count(maps.tokens[i]) == 1 else f"{names[i]} ({i})" for i in options],
        answer=options.index(int(row.argmax())),
        because=w("predict.peak.because", weights=", ".join(f"{names[i]} {row[i]:.2f}" for i in strongest)),
        about=(about, layer, head, query),
        query=names[query],
        layer=layer + 1,
        head=head + 1,
    )
    here = screen.view == "head" and (screen.layer, screen.head) == (layer, head)
    return screen.place(query) if here and not revealed else None


def tell_formula(screen: Screen, secret: int | None) -> None:
    """Typeset how the weight from the chosen query to its strongest key comes about."""
    maps = screen.reading.maps
    kept = secret is not None and secret == screen.row
    key = screen.query if kept else screen.strongest_key()
    names = {"query": label(maps, screen.query), "key": label(maps, key)}
    places = {"layer": screen.layer + 1, "head": screen.head + 1, "heads": maps.heads}
    kind = "weight" if screen.view == "head" else screen.view
    if kind == "weight":
        lines = formulas.weight(screen.reading.vectors, screen.layer, screen.head, screen.query, key)
    elif kind == "average":
        lines = formulas.average(maps, screen.layer, screen.query, key)
    else:
        lines = formulas.rollout(maps, screen.layer, screen.query, key)
    formula, numbers = (formulas.stacked(line) if lesson.lecture else line for line in lines)
    lesson.formula(formula, numbers, w(f"formula.{kind}", **names, **places))
    remarks(screen, key, kept)


def remarks(screen: Screen, key: int, kept: bool) -> None:
    """Say what else goes into the number: shared keys, changes to the map, the guess that is still open."""
    vectors, lines = screen.reading.vectors, []
    group = vectors.q.shape[1] // vectors.k.shape[1]
    if group > 1 and screen.view == "head":
        first = screen.head // group * group
        lines.append(w("formula.shared", first=first + 1, last=first + group))
    place = screen.place(key)
    if screen.options and place is not None and not kept:
        value = screen.shown().weights[screen.layer, screen.drawn_head, screen.row, place]
        lines.append(w("formula.left", value=f"{value:.2f}"))
    if kept:
        lines.append(w("formula.hidden_until_guess"))
    if lines:
        st.caption(" ".join(lines))


# -- figures -----------------------------------------------------------------------------------------------------------


def draw(screen: Screen, secret: int | None) -> None:
    """Draw the chosen map, and all heads beside it."""
    large, small = st.columns([1.6, 1], gap="small")
    shown = screen.shown()
    with large:
        row = shown.weights[screen.layer, screen.drawn_head, screen.row]
        alt = "alt.secret" if secret == screen.row else "alt.map"
        lesson.figure(
            "map",
            charts.head_map(shown, w, screen.layer, screen.drawn_head, screen.row, secret),
            alt=w(
                alt, layer=screen.layer + 1, head=screen.head + 1, count=len(shown.tokens),
                query=shown.tokens[screen.row], key=shown.tokens[int(row.argmax())],
            ),
            data=lambda: charts.map_rows(shown, screen.layer, screen.drawn_head, secret),
            select=True,
        )  # fmt: skip
    with small:
        draw_overview(screen)
        st.caption(w("honest"))


def draw_overview(screen: Screen) -> None:
    picked = {"head": "picked", "average": "picked_layer", "rollout": "picked_rollout"}[screen.view]
    st.markdown(f"**{w(picked, layer=screen.layer + 1, head=screen.head + 1)}**", help=w("bright"))
    maps = screen.changed(screen.reading.maps)
    summary = attention.summarise(screen.reading.maps)
    head = screen.head if screen.view == "head" else None
    lesson.figure(
        "overview",
        charts.overview(maps, summary, w, screen.layer, head, whole=screen.view == "rollout"),
        alt=w("alt.overview", heads=maps.heads, layers=maps.layers),
        data=lambda: charts.summary_rows(summary, MEASURES),
        select=True,
    )


main()
