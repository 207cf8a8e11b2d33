"""Attention: where every head of a pretrained Transformer looks, worked out for one pair of tokens."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import partial

import streamlit as st

from app.formulas import Formula
from app.questions import Question
from app.shell import phone
from app.shell.asked import Asked
from app.shell.frame import Below, LessonPage, Slot
from app.shell.menu import Place
from nlpcore import attention
from nlpcore.attention.summaries import MEASURES
from nlpcore.models.catalogue import catalogue
from pages.transformers.attention import charts, formulas, idea, questions, snippet
from pages.transformers.attention.panels import panels, tells
from pages.transformers.attention.screen import Queried, Row, Screen, Source, default_query, hidden_tokens

MOST_TOKENS = 128
DEFAULT_LAYER, DEFAULT_HEAD = 4, 2
MOST_ON_A_PHONE = 12  # tokens that have room for all their labels there
TARGETS = 2  # the curve of the map that can be clicked


def show(lesson: LessonPage) -> Below:
    """Draw the lesson: one head or a summary of heads on the learner's text, and where its tokens look."""
    take_clicks(lesson)
    with lesson.controls():
        preset = lesson.presets("text", "pair", "model", "view", first="trophy")
        text, pair = source(lesson)
    *places, model_place = lesson.settings(6)
    with model_place:
        model = lesson.picker_for([text, pair], english="minilm-l6", chinese="bert-mini-zh")
    second = pair.strip() or None
    asked = lesson.asked(attention.read_attention, model, text=text, pair=second, max_tokens=MOST_TOKENS)
    if asked is None:
        return Below(model=model)
    screen = controls(lesson, places, Source(model, text, second, preset), asked)
    figure, aside = lesson.stage()
    with aside:
        screen = ask(lesson, screen)
    tell_idea(lesson, screen)
    with aside if lesson.lecture else figure:  # a hall needs the height for the names of all rows
        lesson.notes(screen.reading.notes)
    with figure:
        # A hall has room for all heads beside the map; elsewhere they stand under the question, and the map stays as it is.
        beside = lesson.lecture and screen.opened
        large, small = st.columns([1.6, 1], gap="small") if beside else (figure, aside)
    with large:
        draw_map(lesson, screen)
    if screen.opened:
        with small:
            draw_overview(lesson, screen)
        tell_formula(lesson, screen)
        with small if lesson.lecture else lesson.more():
            lesson.look_for()
            if not lesson.lecture or screen.reading.maps.layers <= charts.FEW_LAYERS:  # else there is no room left
                st.caption(lesson.words("honest"))
    else:
        small.caption(lesson.words("then.hall" if lesson.lecture else "then.here"))
    code = snippet.code(
        model=model, text=text, pair=second, layer=screen.layer, head=screen.head, query=screen.query,
        view=screen.view, hide=any(screen.hidden), first=screen.reading.maps.causal, words="words" in screen.options,
        renormalise="renormalise" in screen.options,
    )  # fmt: skip
    return Below(code, panels(lesson, screen), model, tells(screen))


def source(lesson: LessonPage) -> tuple[str, str]:
    """Draw the fields of the text and of the second text."""
    left, right = st.columns([2, 1])
    with left:
        text = lesson.text(default=lesson.words("default.text"), area=reads_lines(lesson))
    with right:
        pair = lesson.text(key="pair", label=lesson.words("controls.pair"))
    return text, pair


def reads_lines(lesson: LessonPage) -> bool:
    """Whether the chosen model is a decoder: it reads line ends and indentation, which the encoders take for blanks."""
    chosen = catalogue().get(lesson.value("model", ""))
    return chosen is not None and chosen.kind == "decoder"


def take_clicks(lesson: LessonPage) -> None:
    """Turn a click on a thumbnail or on a row into the values of the controls, before these are drawn."""
    if point := lesson.clicked("overview"):
        lesson.put(layer=int(point["y"]), head=int(point["x"]))
    if (point := lesson.clicked("map")) and point.get("curve_number") == TARGETS:
        rows, row = shown_rows(lesson).value, int(point["y"])
        if 0 <= row < len(rows):
            lesson.put(token=rows[row])


def shown_rows(lesson: LessonPage) -> Slot[tuple[int, ...]]:
    """Return where the positions of the tokens that the map shows are kept, so that a click on a row can be understood."""
    return lesson.slot("rows", ())


# -- controls ----------------------------------------------------------------------------------------------------------


def controls(
    lesson: LessonPage, places: Sequence[Place], read: Source, asked: Asked[attention.AttentionReading]
) -> Screen:
    """Draw layer, head, query, view and options, each in its place, and return what is chosen."""
    w, maps = lesson.words, asked.answer.maps
    with places[0]:
        layer = lesson.whole_number("layer", w("controls.layer"), DEFAULT_LAYER, maps.layers)
    with places[1]:
        head = lesson.whole_number("head", w("controls.head"), DEFAULT_HEAD, maps.heads)
    lesson.arrow_keys("layer", "head")
    with places[3]:
        view = lesson.choice(
            "segmented", w("controls.view"), ["head", "average", "rollout"], "view", default="head",
            labels="controls.views",
        )  # fmt: skip
    with places[4]:
        options = tuple(option_pills(lesson, maps))
    groups = attention.shown_positions(maps, hidden_tokens(maps, options), "words" in options)
    with places[2]:
        query = query_picker(lesson, maps, groups, read.preset)
    return Screen(read, asked, layer - 1, head - 1, str(view), options, query, groups)


def option_pills(lesson: LessonPage, maps: attention.AttentionMaps) -> list[str]:
    """Draw what may be done to the map."""
    # Names alone: a choice outlives its run, and so would the maps.
    names = {option: option_name(lesson, maps, option) for option in ("hide", "renormalise", "words")}
    return lesson.choices(lesson.words("controls.options"), list(names), "options", labels=names.__getitem__)


def option_name(lesson: LessonPage, maps: attention.AttentionMaps, option: str) -> str:
    """Return the name of an option. A decoder here has no special tokens; its first one plays their part."""
    first = option == "hide" and not any(maps.special)
    return lesson.words(f"controls.option.{'first' if first else option}")


def query_picker(
    lesson: LessonPage, maps: attention.AttentionMaps, groups: tuple[tuple[int, ...], ...], preset: str | None
) -> int:
    """Draw the choice of the query among the tokens that are shown; return its position in the text's own tokens."""
    rows = [group[0] for group in groups]
    shown_rows(lesson).value = tuple(rows)
    chosen = lesson.value("token")
    if isinstance(chosen, int) and chosen not in rows:  # a later piece of a merged word stands for the word
        lesson.put(token=next((group[0] for group in groups if chosen in group), None))
    elif preset is None and isinstance(chosen, int) and has_slipped(lesson, maps, chosen):
        lesson.put(token=None)
    names = {group[0]: attention.word_label(maps, group) for group in groups}
    query = lesson.choice(
        "select", lesson.words("controls.query"), rows, "token", default=default_query(maps, rows),
        labels=lambda i: f"{i} · {names[i]}",
    )  # fmt: skip
    queried(lesson).value = Queried(lesson.arrival, len(maps.tokens), int(query), maps.tokens[query])
    return int(query)


def queried(lesson: LessonPage) -> Slot[Queried | None]:
    """Return where it is kept which token the last run was about."""
    return lesson.slot("queried", None)


def has_slipped(lesson: LessonPage, maps: attention.AttentionMaps, chosen: int) -> bool:
    """Whether another text has come under the chosen position: what stands there now, perhaps a full stop, nobody chose.

    Where the text is as long as it was, a word was put in the place of another, and is meant.
    """
    last = queried(lesson).value
    if last is None or (last.arrival, last.query) != (lesson.arrival, chosen):
        return False
    return len(maps.tokens) != last.tokens and maps.tokens[chosen] != last.word


# -- predict, formula --------------------------------------------------------------------------------------------------


def ask(lesson: LessonPage, screen: Screen) -> Screen:
    """Ask where one token looks; return the screen with what may not be shown until the learner has committed.

    The question stays the one that was on the screen when the text was opened, however the learner moves about; until it
    is answered it is about whole words where the map shows these. What comes with the first answer about a text stays when
    another model, or another example, asks about the same text.
    """
    here = Row(screen.layer, screen.head, screen.query)
    asked: Slot[tuple[Source, Row] | None] = lesson.slot("asked", None)
    if asked.value is None or asked.value[0] != screen.source:
        asked.value = (screen.source, here)
    row = asked.value[1]
    question = question_about(lesson, screen, row)
    if question is not None and not lesson.answered(question) and (here.layer, here.head) != (row.layer, row.head):
        tell_way_back(lesson, here, row)
    # A hall has room for the reason at the row that it is about, elsewhere for the formula.
    waits = question is not None and not lesson.ask(question, folded=lesson.lecture and here != row)
    text = screen.source.text, screen.source.pair
    answered: Slot[frozenset[tuple[str, str | None]]] = lesson.slot("answered", frozenset())
    if not waits and question is not None:
        answered.value |= {text}
    reasons = question is not None and not waits and here == row
    opened = not waits or text in answered.value
    return dataclasses.replace(screen, secret=row if waits else None, opened=opened, reasons=reasons)


def tell_way_back(lesson: LessonPage, here: Row, row: Row) -> None:
    """Say that the figure shows another head than the open question is about, and lead back to that one."""
    w = lesson.words
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(w("elsewhere.now", layer=here.layer + 1, head=here.head + 1), width="content")
        go_back = partial(lesson.put, layer=row.layer + 1, head=row.head + 1)
        st.button(w("elsewhere.back"), icon=":material/undo:", on_click=go_back, key="_back_to_the_question")


def question_about(lesson: LessonPage, screen: Screen, row: Row) -> Question | None:
    """Return the question about a row, of the tokens that the map shows; one that was answered stays as it was."""
    moral = f"presets.{screen.source.preset}.moral"
    moral = moral if lesson.words.has(moral) and is_of_preset(lesson, screen, row) else ""
    before: Slot[tuple[Source, Question | None] | None] = lesson.slot("question", None)
    if before.value and before.value[0] == screen.source and before.value[1] and lesson.answered(before.value[1]):
        return before.value[1]
    place, about = screen.place(row.query), (screen.source, "words" in screen.options)
    if place is None:  # hidden since: it is asked about in the whole text
        question = questions.peak(screen.reading.maps, row.layer, row.head, row.query, about, moral)
    else:
        question = questions.peak(screen.of_heads, row.layer, row.head, place, about, moral)
    before.value = screen.source, question
    return question


def is_of_preset(lesson: LessonPage, screen: Screen, row: Row) -> bool:
    """Whether a row is the one that the chosen example is about."""
    state = lesson.words.node(f"presets.{screen.source.preset}.state")
    return Row(state["layer"] - 1, state["head"] - 1, state["token"]) == row


def tell_formula(lesson: LessonPage, screen: Screen) -> None:
    """Typeset how the weight from the chosen query to its strongest key comes about."""
    if screen.hidden_row == screen.row:
        st.caption(lesson.words("formula.hidden_until_guess"))
        return
    w, key = lesson.words, screen.strongest_key()
    intro = w(
        f"formula.{screen.view if screen.view != 'head' else 'weight_hall' if lesson.lecture else 'weight'}",
        query=screen.label(screen.query), key=screen.label(key), layer=screen.layer + 1, head=screen.head + 1,
        heads=screen.reading.maps.heads, count=screen.reading.vectors.q.shape[-1],
    )  # fmt: skip
    formula = formula_of(screen, key)
    # The reason, below it, has to be on a hall's screen.
    if lesson.lecture and screen.reasons and screen.view == "head":
        formula = dataclasses.replace(formula, symbols="")
    lesson.formula(formula, intro, w("formula.fold"), remarks(lesson, screen, key))


def formula_of(screen: Screen, key: int) -> Formula:
    """Return the formula of the view, for the chosen query and this key."""
    maps = screen.reading.maps
    if screen.view == "average":
        return formulas.average(maps, screen.layer, screen.query, key)
    if screen.view == "rollout":
        return formulas.rollout(maps, screen.layer, screen.query, key)
    return formulas.weight(screen.reading.vectors, screen.layer, screen.head, screen.query, key)


def remarks(lesson: LessonPage, screen: Screen, key: int) -> str:
    """Return what else goes into the number: shared keys, changes to the map; "" for nothing."""
    w, vectors, maps, lines = lesson.words, screen.reading.vectors, screen.reading.maps, []
    group = vectors.q.shape[1] // vectors.k.shape[1]
    if group > 1 and screen.view == "head":
        first = screen.head // group * group
        lines.append(w("formula.shared", first=first + 1, last=first + group))
    place = screen.place(key)
    if screen.options and place is not None:
        value = screen.shown().weights[screen.layer, screen.drawn_head, screen.row, place]
        options = w.listed(f"“{option_name(lesson, maps, option)}”" for option in screen.options)
        lines.append(w("formula.left", value=f"{value:.2f}", options=options))
    return w.sentences(*lines)


def tell_idea(lesson: LessonPage, screen: Screen) -> None:
    """Draw one word looking at others: not the one that the question is about. Where there is none, one of the first example."""
    w, reading, here = lesson.words, screen.reading, Row(screen.layer, screen.head, screen.query)
    at = idea.meeting(reading, screen.layer, screen.head, screen.secret or here)
    if not at.is_of_a_word and (first := lesson.attempt(attention.read_attention, "minilm-l6", text=w("default.text"))):
        query = default_query(first.maps, list(range(len(first.maps.tokens))))
        row, reading = Row(DEFAULT_LAYER - 1, DEFAULT_HEAD - 1, query), first
        at = idea.meeting(first, row.layer, row.head, row)
    maps = reading.maps
    told = at.told(w, maps.layers * maps.heads, (screen.layer + 1, screen.head + 1))
    lesson.idea(idea.sketch(at, w), w("idea.alt", **at.said(w, plain=True)), **told)


# -- figures -----------------------------------------------------------------------------------------------------------


def draw_map(lesson: LessonPage, screen: Screen) -> None:
    """Draw the chosen map; the row that is asked about is blank."""
    w, shown, secret = lesson.words, screen.shown(), screen.hidden_row
    row = shown.weights[screen.layer, screen.drawn_head, screen.row]
    if len(shown.tokens) > MOST_ON_A_PHONE:
        phone.thin_labels("map")
    alt = w(
        "alt.secret" if secret == screen.row else "alt.map", layer=screen.layer + 1, head=screen.head + 1,
        count=len(shown.tokens), query=shown.tokens[screen.row], key=shown.tokens[int(row.argmax())],
    )  # fmt: skip
    lesson.figure(
        "map",
        charts.head_map(
            shown, w, screen.layer, screen.drawn_head, screen.row, secret, options_shown(screen), lesson.lecture
        ),
        alt=alt,
        data=lambda: charts.map_rows(screen.shown(), screen.layer, screen.drawn_head, secret),
        select=True,
        caption=[w("hover.head", layer=screen.layer + 1, head=screen.head + 1)],
    )


def options_shown(screen: Screen) -> list[int]:
    """Return where the keys stand in the figure that the question offers, or would offer of the chosen row."""
    row = screen.secret or Row(screen.layer, screen.head, screen.query)
    place = screen.place(row.query)
    return [] if place is None else questions.plausible_keys(screen.of_heads, row.layer, row.head, place)


def draw_overview(lesson: LessonPage, screen: Screen) -> None:
    """Draw all heads as thumbnails; those that went into the large figure are framed."""
    w = lesson.words
    picked = {"head": "picked", "average": "picked_layer", "rollout": "picked_rollout"}[screen.view]
    st.markdown(f"**{w(picked, layer=screen.layer + 1, head=screen.head + 1)}**", help=w("bright"))
    maps = screen.told()
    summary = attention.summarise(screen.reading.maps)
    head = screen.head if screen.view == "head" else None
    secret = (screen.secret.layer, screen.secret.head) if screen.secret else None
    lesson.figure(
        "overview",
        charts.overview(maps, summary, w, screen.layer, head, screen.view == "rollout", secret, lesson.lecture),
        alt=w("alt.overview", heads=maps.heads, layers=maps.layers),
        data=None if secret else lambda: charts.summary_rows(summary, MEASURES),
        select=True,
    )
