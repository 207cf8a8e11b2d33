"""Embedding map: words as points on a plane, and how far to trust where they lie."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from app.charts.embedding_map import toy_figure, word_figure
from app.charts.embedding_parts import toy_marker, word_marker
from app.charts.embedding_questions import Question, toy_question, word_question
from app.charts.embedding_tables import markdown, neighbour_table, pair_table, quality_table, share, toy_table
from app.charts.embedding_views import toy_rows, word_rows
from app.parts.embedding_panels import Panels
from app.shell import lesson_page
from app.shell.text import markdown_escape
from app.snippets import embedding_map as snippet
from nlpcore.words.projection import MOST, STEPS_IN_ALL, Frame, Projection
from nlpcore.words.projection_toys import TOY_SETS, ToyMap, map_toy
from nlpcore.words.projection_words import WordMap, categories, map_words

SOURCES = ("categories", "frequency", "around", "list", "toy")
DEFAULT_CATEGORIES = [name for name in categories() if name not in ("colours", "weather")]
MODEL = {"en": "glove-6b-50d", "zh": "words-zh-64d"}

# On a phone only the labels that have room there.
STYLE = """<style>
@media (max-width: 640px) { .st-key-figure_map .scatterlayer .trace:first-child .textpoint { display: none; } }
</style>"""

lesson = lesson_page("embedding-map")
w = lesson.words
panels = Panels(lesson)
names = {name: category.name[lesson.language] for name, category in categories().items()}


class Progress:
    """Draws how far a long run is, or how many runs of others are before it. What Streamlit raises here when the
    learner has moved on ends the run; where others wait for the same map, it comes to its end first."""

    def __init__(self) -> None:
        self._place = st.empty()
        self._raised: BaseException | None = None

    def __call__(self, frame: Frame) -> None:
        if len(frame.coordinates) >= 600:
            text = w("progress", iteration=frame.iteration, of=STEPS_IN_ALL, kl=f"{frame.kl_divergence:.2f}")
            self._draw(frame.iteration / STEPS_IN_ALL, text)

    def queue(self, before: int) -> None:
        """Say how many runs are before this one."""
        self._draw(0.0, w("waiting", count=before))

    def done(self) -> None:
        """Take the bar away, or let go on what Streamlit raised."""
        if self._raised is not None:
            raise self._raised
        self._place.empty()

    def _draw(self, share: float, text: str) -> None:
        try:
            self._place.progress(share, text)
        except BaseException as raised:
            self._raised = raised  # Streamlit says it once only
            raise


def compute(function: Callable[..., Any], model: str | None, **settings: Any) -> Any:
    """Return the trace through the lesson's serving, with a progress bar where it takes long."""
    progress = Progress()
    trace = lesson.attempt(function, model, on_progress=progress, on_place=progress.queue, **settings)
    progress.done()
    return trace


def take_click() -> None:
    """Make the word that was just clicked in the map the chosen one."""
    event = st.session_state.get("figure_map")
    points = event["selection"]["points"] if event else []
    clicked = next((point["customdata"][0] for point in points if point.get("customdata")), None)
    if clicked is not None and clicked != st.session_state.get("_clicked"):
        st.session_state["word"] = clicked
    st.session_state["_clicked"] = clicked


# -- controls ----------------------------------------------------------------------------------------------------------


def choose_points(source: str) -> dict[str, Any]:
    """Draw the controls of one source; return the arguments of ``map_words`` or ``map_toy``."""
    if source == "categories":
        chosen = lesson.choices(
            w("controls.categories"),
            list(names),
            "categories",
            default=DEFAULT_CATEGORIES,
            labels=names.get,
            kind="select",
        )
        return {"source": source, "chosen": tuple(chosen)}
    if source == "list":
        text = lesson.text("text", w("default.list"), max_chars=60_000, area=True, label=w("controls.list"))
        return {"source": source, "text": text}
    left, right = st.columns([1, 1.4])
    with right:
        if source == "toy":
            count = st.slider(w("controls.size"), 50, 600, 200, 50, **lesson.bound("size"))
        else:
            count = st.slider(w("controls.count"), 50, MOST, 250, 50, **lesson.bound("count"))
    with left:
        return {"count": count, **choose_start(source)}


def choose_start(source: str) -> dict[str, Any]:
    """Draw what a source starts from: a toy set, a query word or a frequency rank."""
    if source == "toy":
        return {
            "name": lesson.choice(
                "select",
                w("controls.toy"),
                list(TOY_SETS),
                "toy",
                default="unequal",
                labels=lambda name: w(f"toys.{name}"),
            )
        }
    if source == "around":
        query = lesson.text("query", w("default.query"), max_chars=60, label=w("controls.query"))
        return {"source": source, "text": query}
    first = st.number_input(
        w("controls.first"), 1, 300_000, 1, 100, help=w("controls.first_help"), **lesson.bound("first", whole=True)
    )
    return {"source": source, "first": int(first)}


def choose_settings() -> dict[str, Any]:
    """Draw the settings of t-SNE that are seldom changed; return the arguments that they are."""
    exaggeration = st.slider(
        w("controls.exaggeration"), 1, 32, 4, help=w("controls.exaggeration_help"), **lesson.bound("exaggeration")
    )
    start = lesson.choice(
        "radio",
        w("controls.start"),
        ["pca", "random"],
        "start",
        default="pca",
        labels=lambda name: w(f"controls.starts.{name}"),
    )
    seed = st.number_input(w("controls.seed"), 0, 9999, 0, **lesson.bound("seed", whole=True))
    return {"early_exaggeration": float(exaggeration), "start": start, "seed": int(seed)}


def choose_method(method_place: Any, perplexity_place: Any, settings_place: Any) -> dict[str, Any]:
    """Draw method, perplexity and settings; return the arguments that they are."""
    with method_place:
        method = lesson.choice(
            "segmented",
            w("controls.method"),
            ["tsne", "pca"],
            "method",
            default="tsne",
            labels=lambda name: w(f"method.{name}"),
        )
    still = method != "tsne"
    with perplexity_place:
        perplexity = st.slider(
            w("controls.perplexity"), 2, 100, 30, help=w("controls.perplexity_help"), disabled=still,
            **lesson.bound("perplexity"),
        )  # fmt: skip
    place = settings_place
    if not lesson.lecture:  # there, all settings are behind one button
        place = place.popover(w("controls.settings"), icon=":material/tune:", disabled=still, width="stretch")
    with place:
        return {"method": method, "perplexity": float(perplexity), **choose_settings()}


def choose_colour(toy: bool) -> str:
    options = ["category", "trust"] if toy else ["category", "trust", "frequency"]
    return str(
        lesson.choice(
            "segmented", w("controls.colour"), options, "colour", default="category",
            labels=lambda name: w(f"controls.colours.{name}"),
        )
    )  # fmt: skip


def choose_word(trace: WordMap) -> str | None:
    return lesson.choice(
        "select", w("controls.word"), trace.words, "word", index=None, placeholder=w("controls.word_hint")
    )


# -- beside the figure -------------------------------------------------------------------------------------------------


def show_quality(projection: Projection) -> None:
    """Show how far the map can be trusted, beside PCA's and a random one."""
    chance = projection.quality.k / (len(projection.coordinates) - 1)
    st.markdown(w("quality.title"), help=w("quality.help", chance=share(chance)))
    st.markdown(markdown(quality_table(projection, w)))


def show_neighbours(trace: WordMap, word: str) -> None:
    hood = trace.neighbourhood(word)
    kept = sum(near.kept for near in hood)
    st.markdown(w("neighbours.title", word=markdown_escape(word), kept=kept, k=len(hood)))
    st.markdown(markdown(neighbour_table(trace, word, w, markdown_escape)))
    st.caption(w("neighbours.note", n=len(trace.words), k=len(hood)))


def show_pairs(trace: WordMap) -> None:
    """Show how near the lesson's pairs are, in either language, where the map has them."""
    listed = w.node("pairs.list")
    table = pair_table(trace, [*listed["en"], *listed["zh"]], w)
    if len(table) > 1:
        st.markdown(w("pairs.title"))
        st.markdown(markdown(table))
        st.caption(w("pairs.note", others=len(trace.words) - 1))


def formula(projection: Projection) -> None:
    """Typeset what the method is after, with its value."""
    st.markdown(w(f"formula.{projection.method}"))
    if projection.kl_divergence is not None:
        lesson.formula(
            r"\mathrm{KL}(P\,\|\,Q)=\sum_{i\neq j}p_{ij}\ln\frac{p_{ij}}{q_{ij}}", f"={projection.kl_divergence:.2f}"
        )
    else:
        first, second = projection.explained_variance
        lesson.formula(
            r"\frac{\lambda_1+\lambda_2}{\sum_i\lambda_i}", f"={first:.2f}+{second:.2f}={first + second:.2f}"
        )


def options(name: str) -> list[str]:
    return list(w.resolve(w.node(f"options.{name}")))


def ask(question: Question | None, settings: Mapping[str, Any]) -> bool:
    """Ask, anew for every map. True once the learner has seen the answer, or where nothing is asked."""
    if question is None:
        return True
    about = (question.word, tuple(settings.items()))
    return lesson.predict(question.name, question.options, question.answer, question.because, about, word=question.word)


# -- the two kinds of map ----------------------------------------------------------------------------------------------


def show_words(trace: WordMap, colour: str, word: str | None, model: str, settings: Mapping[str, Any]) -> None:
    """Draw the map of words, what is beside it and below it."""
    figure, aside = lesson.stage()
    quality = trace.projection.quality
    with figure:
        lesson.notes(trace.notes)
        focus = ""
        if word:
            near = ", ".join(near.word for near in trace.neighbourhood(word))
            focus = w("alt.focus", word=word, words=near)
        alt = w(
            "alt.map", method=w(f"method.{trace.projection.method}"), n=len(trace.words), focus=focus,
            trust=share(quality.trustworthiness), recall=share(quality.knn_recall),
        )  # fmt: skip
        drawn = word_figure(trace, w, names, colour, word)
        lesson.figure("map", drawn, alt, data=lambda: word_rows(trace, names), select=True)
    with aside:
        lesson.look_for()
        if word:
            show_neighbours(trace, word)
        show_quality(trace.projection)
        show_pairs(trace)
        ask(word_question(trace, word, w, markdown_escape), settings)
        formula(trace.projection)
    more = {
        "pair": (w("more.pair"), lambda: panels.pair(trace)),
        "trust": (w("more.trust"), lambda: panels.trust(trace.projection)),
        "run": (w("more.run"), lambda: panels.run(trace.projection, word_marker(trace, names))),
    }
    lesson.below(code=snippet.code(model, settings, word), more=more)


def show_toy(trace: ToyMap, colour: str, settings: Mapping[str, Any]) -> None:
    """Draw a toy set beside its map. What is asked about is hidden until the learner has answered."""
    figure, aside = lesson.stage()
    name = w(f"toys.{trace.toy.name}")
    method = w(f"method.{trace.projection.method}")
    with aside:
        lesson.look_for("look_for_toy")
        table = toy_table(trace, w)
        seen = ask(toy_question(trace, w, options), settings)
        if seen and len(table) > 1:
            st.markdown(w("toy_numbers.title"))
            st.markdown(markdown(table))
            st.caption(w("toy_numbers.note"))
        if seen or trace.toy.name != "noise":  # there, the table is the answer
            show_quality(trace.projection)
        formula(trace.projection)
    with figure:
        lesson.notes(trace.projection.notes)
        trust = share(trace.projection.quality.trustworthiness)
        alt = w("alt.toy", name=name, n=len(trace.toy.groups), method=method, trust=trust)
        lesson.figure("toy", toy_figure(trace, w, colour), alt, data=lambda: toy_rows(trace))
    more = {
        "perplexities": (w("more.perplexities"), lambda: panels.perplexities(trace.toy.name, settings)),
        "trust": (w("more.trust"), lambda: panels.trust(trace.projection)),
        "run": (w("more.run"), lambda: panels.run(trace.projection, toy_marker(trace, w))),
    }
    lesson.below(code=snippet.code(None, settings), more=more)


def controls() -> tuple[str | None, dict[str, Any], str, Any]:
    """Draw controls and settings; return model, settings, colour, and the place for the choice of a word."""
    with lesson.controls():
        lesson.presets()
        first, second = st.columns([1, 3.6])
    with first:
        source = lesson.choice(
            "select", w("controls.source"), SOURCES, "source", default="categories",
            labels=lambda name: w(f"controls.sources.{name}"),
        )  # fmt: skip
    with second:
        settings = choose_points(source)
    toy = source == "toy"
    *method_places, colour_place, word_place, model_place = lesson.settings(0.7, 1.2, 0.9, 1.25, 1.2, 1.3)
    settings |= choose_method(*method_places)
    with colour_place:
        colour = choose_colour(toy)
    with model_place:
        model = None if toy else lesson.model_picker(default=MODEL[lesson.language])
    return model, settings, colour, word_place


def main() -> None:
    st.html(STYLE)
    take_click()
    model, settings, colour, place = controls()
    toy = model is None
    trace = compute(map_toy if toy else map_words, model, **settings)
    if trace is None:
        lesson.below(code=snippet.code(model, settings))
    elif toy:
        show_toy(trace, colour, settings)
    else:
        with place:
            word = choose_word(trace)
        show_words(trace, colour, word, model, settings)


main()
