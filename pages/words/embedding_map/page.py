"""Lesson: the embedding map. Words as points on a plane, and how far to trust where they lie."""

from __future__ import annotations

import contextlib
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app import glossary
from app.questions import Question
from app.shell import hall
from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from app.text import markdown_escape
from nlpcore.words.projection import Projection
from nlpcore.words.projection_toys import ToyMap, map_toy
from nlpcore.words.projection_words import WordMap, categories, map_words
from pages.words.embedding_map import controls, formulas, idea, panels, questions, snippet
from pages.words.embedding_map.charts import toy_figure, word_figure
from pages.words.embedding_map.charts_parts import toy_marker, word_marker
from pages.words.embedding_map.charts_views import toy_rows, word_rows
from pages.words.embedding_map.lit import light_neighbours
from pages.words.embedding_map.progress import compute
from pages.words.embedding_map.tables import (
    markdown,
    neighbour_table,
    pair_table,
    pairs_there,
    quality_table,
    share,
    toy_table,
)

MODEL = {"en": "glove-6b-50d", "zh": "words-zh-64d"}

ASKED = ("word", "first", "second")  # of a question about a word of the map: the word, and the two to choose from

# On a phone only the labels that have room there. Tables stand beside each other where there is
# room for two. The slider of the run counts what is drawn of it: which iteration that is stands beside it.
STYLE = """<style>
@media (max-width: 640px) { .st-key-figure_map .scatterlayer .trace:first-child .textpoint { display: none; } }
.st-key-player_frame [data-testid="stSliderThumbValue"] { visibility: hidden; }
.st-key-tables { display: grid !important; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); gap: 1rem; }
.st-key-hall_note_tables :is(th, td) { padding-block: 0.25rem !important; }
</style>"""


def show(lesson: LessonPage) -> Below:
    """Draw the lesson: a map of words, or a toy set beside its map."""
    st.html(STYLE)
    if (point := lesson.clicked("map")) and point.get("customdata"):
        lesson.put(word=point["customdata"][0])
    names = {name: category.name[lesson.language] for name, category in categories().items()}
    model, settings, colour, word_place = draw_controls(lesson, names)
    if model is None:
        toy = compute(lesson, map_toy, None, **settings)
        if not toy:
            return Below(snippet.code(None, settings))
        tell_idea(lesson, idea.of_toy(toy.toy, lambda number: lesson.words("idea.point", number=number)), toy)
        return show_toy(lesson, toy, colour, settings)
    trace = compute(lesson, map_words, model, **settings)
    if not trace:
        return Below(snippet.code(model, settings), model=model)
    with word_place:
        word = controls.choose_word(lesson, trace)
    question = questions.true_neighbour(trace, about(model, settings), own_words(lesson, trace, settings))
    asked = questions.words_of(question if question and not lesson.answered(question) else None, ASKED)
    tell_idea(lesson, idea.of_map(trace, word, questions.telling(trace, asked), asked))
    place = word_place if lesson.lecture else None
    return show_words(lesson, trace, names, colour, word, model, settings, place, question)


def draw_controls(lesson: LessonPage, names: Mapping[str, str]) -> tuple[str | None, dict[str, Any], str, Any]:
    """Draw controls and settings; return model, settings, colour, and the place for the choice of a word.

    The model is None for a toy set. ``names``: category id -> its name.
    """
    w = lesson.words
    with lesson.controls():
        lesson.presets("source", "categories", "query", "text", "toy", "model", first="royal")
        first, second = st.columns([1, 3.6])
    with first:
        label = w("controls.source")
        source = lesson.choice(
            "select", label, controls.SOURCES, "source", labels="controls.sources", default="categories"
        )
    with second:
        settings = controls.choose_points(lesson, source, names)
    toy = source == "toy"
    method_place, perplexity_place, more_place, colour_place, word_place, model_place = lesson.settings(6)
    settings |= controls.choose_method(lesson, method_place, perplexity_place, more_place)
    with colour_place:
        colour = controls.choose_colour(lesson, toy)
    with model_place:
        model = None if toy else lesson.model_picker(default=MODEL[lesson.language])
    return model, settings, colour, word_place


# -- the two kinds of map ----------------------------------------------------------------------------------------------


def show_words(
    lesson: LessonPage,
    trace: WordMap,
    names: Mapping[str, str],
    colour: str,
    word: str | None,
    model: str,
    settings: Mapping[str, Any],
    near_place: Place | None,
    question: Question | None,
) -> Below:
    """Draw the map of words and what is beside it; return what is below it.

    ``near_place``: where the map is zoomed to the word, by default with its neighbours; a hall does not see these at once.
    While the ``question`` waits, the nearest of the words that it is about are held back, as they would tell its answer.
    """
    w = lesson.words
    figure, aside = lesson.stage()
    quality = trace.projection.quality
    with aside:
        waits = question is not None and not lesson.ask(question)
        lesson.look_for(long=True)
        asked = questions.words_of(question, ASKED) if waits else ()
        if word in questions.telling(trace, asked):
            with hall.on_demand("neighbours"):
                st.markdown(w("neighbours.held", word=markdown_escape(word)))
            word = None
        around = word is not None and tell_neighbours(lesson, trace, word, near_place)
    told = () if waits else questions.words_of(question, ("word", "true", "false"))
    with figure:
        lesson.notes(trace.notes)
        focus = ""
        if word:
            near = w.listed(near.word for near in trace.neighbourhood(word))
            focus = w("alt.near" if around else "alt.focus", word=word, words=near)
        if told:
            focus = w.sentences(focus, w("alt.told", **dict(zip(("word", "true", "false"), told, strict=True))))
        alt = w(
            "alt.map", method=w(f"method.{trace.projection.method}"), n=len(trace.words), focus=focus,
            trust=share(quality.trustworthiness), recall=share(quality.knn_recall),
        )  # fmt: skip
        drawn = word_figure(trace, w, names, colour, word, asked, told, around, lesson.lecture)
        lesson.figure("map", drawn, alt, data=lambda: word_rows(trace, names, asked), select=True)
        light_neighbours("map")
    aim = glossary.with_links(w(f"formula.{trace.projection.method}"), lesson.language)
    lesson.formula(formulas.aim(trace.projection), aim)
    with place_of_tables(lesson, figure):
        if word:
            with st.container():
                show_neighbours(lesson, trace, word)
        others = st.container() if word else None  # beside that table
        with others or st.container():
            show_quality(lesson, trace.projection)
        with others or st.container():
            show_pairs(lesson, trace, asked)
    below = {
        "pair": lambda: panels.pair(lesson, trace),
        "trust": lambda: panels.trust(lesson, trace.projection),
        "run": lambda: panels.run(lesson, trace.projection, word_marker(trace, names)),
    }
    return Below(snippet.code(model, settings, word), below, model, {"pair": question.name} if question else {})


def show_toy(lesson: LessonPage, trace: ToyMap, colour: str, settings: Mapping[str, Any]) -> Below:
    """Draw a toy set beside its map. What is asked about is hidden until the learner has answered."""
    w = lesson.words
    figure, aside = lesson.stage()
    name = w(f"toys.{trace.toy.name}")
    method = w(f"method.{trace.projection.method}")
    with aside:
        table = toy_table(trace, w)
        question = questions.toy_shape(trace, about(None, settings))
        seen = question is None or lesson.ask(question)
        lesson.look_for("look_for_toy", long=True)
    aim = glossary.with_links(w(f"formula.{trace.projection.method}"), lesson.language)
    lesson.formula(formulas.aim(trace.projection), aim)
    with figure:
        lesson.notes(trace.projection.notes)
        trust = share(trace.projection.quality.trustworthiness)
        alt = w("alt.toy" if seen else "alt.toy_hidden", name=name, n=len(trace.toy.groups), method=method, trust=trust)
        drawn = toy_figure(trace, w, colour, seen, lesson.lecture)
        lesson.figure("toy", drawn, alt, data=lambda: toy_rows(trace, seen))
    if seen:
        with place_of_tables(lesson, figure):
            with st.container():
                show_quality(lesson, trace.projection)
            if len(table) > 1:
                with st.container():
                    st.markdown(w("toy_numbers.title"))
                    st.markdown(markdown(table))
                    st.caption(w("toy_numbers.note"))
    below = {
        "perplexities": lambda: panels.perplexities(lesson, trace.toy.name, settings),
        "trust": lambda: panels.trust(lesson, trace.projection),
        "run": lambda: panels.run(lesson, trace.projection, toy_marker(trace, w)),
    }
    tells = dict.fromkeys((*below, "mistakes"), question.name) if question else {}
    return Below(snippet.code(None, settings), below, tells=tells)


def tell_idea(lesson: LessonPage, example: idea.Example, toy: ToyMap | None = None) -> None:
    """Tell the idea of the lesson by a word with its nearest and one far from it, or by a point of a ``toy`` set."""
    w, values = lesson.words, idea.values(example)
    safe = {name: markdown_escape(value) if isinstance(value, str) else value for name, value in values.items()}
    if toy:
        safe |= {"name": w(f"toys.{toy.toy.name}"), "count": len(toy.toy.groups)}
    told = w("idea.told_toy" if toy else "idea.told_word", **safe)
    lesson.idea(idea.sketch(example), w("idea.alt_toy" if toy else "idea.alt", **values), told=told)


def about(model: str | None, settings: Mapping[str, Any]) -> Hashable:
    """What made a map: a question about it is asked anew where that changes."""
    return model, tuple(settings.items())


def own_words(lesson: LessonPage, trace: WordMap, settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the words that the lesson speaks of, which the map need not have: that in the middle of it, then pair by pair.

    Of a pair the second goes first: a first visit looks at the first, whose nearest are not held back then.
    """
    middle = list(trace.words[:1]) if settings["source"] == "around" else []
    return (*middle, *(word for pair in all_pairs(lesson) for word in reversed(pair.split())))


def all_pairs(lesson: LessonPage) -> list[str]:
    """Return the lesson's pairs in both languages, as the vectors need not be those of the page's."""
    listed = lesson.words.node("pairs.list")
    return [*listed["en"], *listed["zh"]]


@contextlib.contextmanager
def place_of_tables(lesson: LessonPage, figure: DeltaGenerator) -> Iterator[None]:
    """Have tables stand beside each other under the formulas; in a hall, which has room for the map or for them, at a key."""
    with contextlib.ExitStack() as places:
        if lesson.lecture:
            places.enter_context(figure)
            places.enter_context(hall.on_demand("tables"))
        else:
            places.enter_context(lesson.more())
        places.enter_context(st.container(key="tables"))
        yield


# -- beside the figure -------------------------------------------------------------------------------------------------


def show_quality(lesson: LessonPage, projection: Projection) -> None:
    """Show how far the map can be trusted, beside PCA's and a random one."""
    w = lesson.words
    chance = projection.quality.k / (len(projection.coordinates) - 1)
    st.markdown(w("quality.title"), help=w("quality.help", chance=share(chance)))
    st.markdown(glossary.with_links(markdown(quality_table(projection, w)), lesson.language))


def tell_neighbours(lesson: LessonPage, trace: WordMap, word: str, place: Place | None) -> bool:
    """Say how many of the nearest of a word the map kept; return whether it is zoomed to them.

    ``place``: where that is chosen, by default under the title.
    """
    w = lesson.words
    hood = trace.neighbourhood(word)
    kept = sum(near.kept for near in hood)
    with hall.on_demand("neighbours"):
        st.markdown(w("neighbours.title", word=markdown_escape(word), kept=kept, k=len(hood)))
    with place or contextlib.nullcontext():
        return bool(st.toggle(w("controls.near"), help=w("controls.near_help"), **lesson.bound("near", False)))


def show_neighbours(lesson: LessonPage, trace: WordMap, word: str) -> None:
    """List the nearest of a word in the original space, and which of them the map kept."""
    w = lesson.words
    st.markdown(markdown(neighbour_table(trace, word, w, markdown_escape)))
    st.caption(w("neighbours.note", n=len(trace.words), k=len(trace.neighbourhood(word))))


def show_pairs(lesson: LessonPage, trace: WordMap, asked: Sequence[str]) -> None:
    """Show how near the lesson's pairs are, in either language, where the map has them; not those with a word ``asked``."""
    w = lesson.words
    told = tuple(pair for pair in all_pairs(lesson) if not set(asked) & set(pair.split()))
    if pairs := pairs_there(trace, told):
        st.markdown(w("pairs.title"))
        st.markdown(markdown(pair_table(pairs, w)))
        first, second, near = pairs[0]
        ranks = {"others": near.others, "original": near.original_rank, "map": near.map_rank}
        st.caption(w("pairs.note", first=first, second=second, **ranks))
