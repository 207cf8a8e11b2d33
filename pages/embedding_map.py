"""Embedding map: words as points on a plane, and how far to trust where they lie."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from app.charts.embedding_map import toy_figure, word_figure
from app.charts.embedding_views import kept_figure, perplexity_figure, run_figure, toy_rows, word_rows
from app.shell import lesson_page
from app.shell.text import markdown_escape
from app.snippets import embedding_map as snippet
from nlpcore.words.projection import MOST, STEPS_IN_ALL, Frame, Projection, listening
from nlpcore.words.projection_toys import TOY_SETS, ToyMap, gaps, map_toy, pieces, spreads
from nlpcore.words.projection_words import WordMap, categories, map_words

SOURCES = ("categories", "frequency", "around", "list", "toy")
DEFAULT_CATEGORIES = [name for name in categories() if name not in ("colours", "weather")]
PERPLEXITIES = (2.0, 5.0, 15.0, 30.0, 60.0)
MODEL = {"en": "glove-6b-50d", "zh": "words-zh-64d"}
ASKED = ("orange", "橙子")

lesson = lesson_page("embedding-map")
w = lesson.words
names = {name: category.name[lesson.language] for name, category in categories().items()}


class Progress:
    """Draws how far a long run is. What Streamlit raises meanwhile (the learner moved on) waits until the run is over:
    other sessions may be waiting for the same map."""

    def __init__(self) -> None:
        self._place = st.empty()
        self._raised: BaseException | None = None

    def __call__(self, frame: Frame) -> None:
        if self._raised is None and len(frame.coordinates) >= 600:
            try:
                text = w("progress", iteration=frame.iteration, of=STEPS_IN_ALL, kl=f"{frame.kl_divergence:.2f}")
                self._place.progress(frame.iteration / STEPS_IN_ALL, text)
            except BaseException as raised:
                self._raised = raised

    def done(self) -> None:
        """Take the bar away and let what waited go on."""
        if self._raised is not None:
            raise self._raised
        self._place.empty()


def compute(function: Callable[..., Any], model: str | None, **settings: Any) -> Any:
    """Return the trace through the lesson's serving, with a progress bar where it takes long."""
    progress = Progress()
    with listening(progress):
        trace = lesson.attempt(function, model, **settings)
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
        chosen = st.multiselect(
            w("controls.categories"),
            list(names),
            DEFAULT_CATEGORIES,
            format_func=names.get,
            **lesson.bound("categories"),
        )
        return {"source": source, "chosen": tuple(chosen)}
    if source == "list":
        text = lesson.text("text", w("default.list"), max_chars=60_000, area=True, label=w("controls.list"))
        return {"source": source, "text": text}
    if source == "toy":
        return choose_toy()
    left, right = st.columns([1, 1.4])
    with right:
        count = st.slider(w("controls.count"), 50, MOST, 250, 50, **lesson.bound("count"))
    with left:
        if source == "around":
            return {
                "source": source,
                "count": count,
                "text": lesson.text("query", w("default.query"), 100, label=w("controls.query")),
            }
        first = st.number_input(
            w("controls.first"), 1, 300_000, 1, 100, help=w("controls.first_help"), **lesson.bound("first")
        )
    return {"source": source, "count": count, "first": int(first)}


def choose_toy() -> dict[str, Any]:
    left, right = st.columns([1.2, 1])
    with left:
        toy = st.selectbox(
            w("controls.toy"), list(TOY_SETS), 1, format_func=lambda name: w(f"toys.{name}"), **lesson.bound("toy")
        )
    with right:
        return {"name": toy, "count": st.slider(w("controls.size"), 50, 600, 200, 50, **lesson.bound("size"))}


def choose_settings() -> dict[str, Any]:
    """Draw the settings of t-SNE that are seldom changed; return the arguments that they are."""
    exaggeration = st.slider(
        w("controls.exaggeration"), 1, 32, 12, help=w("controls.exaggeration_help"), **lesson.bound("exaggeration")
    )
    start = st.radio(
        w("controls.start"),
        ["pca", "random"],
        format_func=lambda name: w(f"controls.starts.{name}"),
        **lesson.bound("start"),
    )
    seed = st.number_input(w("controls.seed"), 0, 9999, 0, **lesson.bound("seed"))
    return {"early_exaggeration": float(exaggeration), "start": start, "seed": int(seed)}


def choose_method(method_place: Any, perplexity_place: Any, settings_place: Any) -> dict[str, Any]:
    """Draw method, perplexity and settings; return the arguments that they are."""
    with method_place:
        method = st.segmented_control(
            w("controls.method"), ["tsne", "pca"], default="tsne", required=True,
            format_func=lambda name: w(f"method.{name}"), **lesson.bound("method"),
        )  # fmt: skip
    still = method != "tsne"
    with perplexity_place:
        perplexity = st.slider(
            w("controls.perplexity"), 2, 100, 20, help=w("controls.perplexity_help"), disabled=still,
            **lesson.bound("perplexity"),
        )  # fmt: skip
    with settings_place, st.popover(w("controls.settings"), icon=":material/tune:", disabled=still, width="stretch"):
        return {"method": method, "perplexity": float(perplexity), **choose_settings()}


def choose_colour(toy: bool) -> str:
    options = ["category", "trust"] if toy else ["category", "trust", "frequency"]
    return st.segmented_control(
        w("controls.colour"), options, default="category", required=True,
        format_func=lambda name: w(f"controls.colours.{name}"), **lesson.bound("colour"),
    )  # fmt: skip


def choose_word(trace: WordMap) -> str | None:
    return st.selectbox(
        w("controls.word"), trace.words, index=None, placeholder=w("controls.word_hint"), **lesson.bound("word")
    )


# -- beside the figure -------------------------------------------------------------------------------------------------


def two(value: float) -> str:
    """A share with two digits; a map that is almost right is not shown as perfect."""
    return f"{min(value, 0.99) if value < 0.9995 else value:.2f}"


def table(head: list[str], rows: list[list[str]]) -> None:
    lines = [head, ["---"] * len(head), *rows]
    st.markdown("\n".join("| " + " | ".join(line) + " |" for line in lines))


def quality_table(projection: Projection) -> None:
    """Show how far the map can be trusted, beside PCA's and a random one."""
    k, n = projection.quality.k, len(projection.coordinates)
    measured = {"tsne": projection.quality, "pca": projection.pca, "random": projection.random}
    if projection.method == "pca":
        del measured["tsne"]
    st.markdown(w("quality.title"), help=w("quality.help", chance=two(k / (n - 1))))
    head = [w("quality.map"), w("quality.trust"), w("quality.recall", k=k)]
    rows = [[w(f"method.{name}"), two(m.trustworthiness), two(m.knn_recall)] for name, m in measured.items()]
    rows[0] = [f"**{cell}**" for cell in rows[0]]
    table(head, rows)


def neighbour_table(trace: WordMap, word: str) -> None:
    hood = trace.neighbourhood(word)
    kept = sum(near.kept for near in hood)
    st.markdown(w("neighbours.title", word=markdown_escape(word), kept=kept, k=len(hood)))
    rows = [
        [f"{'●' if near.kept else '○'} {markdown_escape(near.word)}", f"{near.cosine:.2f}", str(near.map_rank)]
        for near in hood
    ]
    table([w("neighbours.word"), w("neighbours.cosine"), w("neighbours.rank")], rows)
    st.caption(w("neighbours.note", n=len(trace.words), k=len(hood)))


def pair_table(trace: WordMap) -> None:
    """Show how near the lesson's pairs are, in either language, where the map has them."""
    pairs = [pair.split() for language in ("en", "zh") for pair in w.node("pairs.list")[language]]
    rows = []
    for a, b in pairs:
        if a in trace.words and b in trace.words:
            near = trace.closeness(a, b)
            rows.append([f"{a} – {b}", f"{near.cosine:.2f}", str(near.original_rank), str(near.map_rank)])
    if rows:
        st.markdown(w("pairs.title"))
        table([w("pairs.pair"), w("pairs.cosine"), w("pairs.original"), w("pairs.map")], rows)
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


def bins(kept: int) -> int:
    return next(place for place, most in enumerate((2, 5, 8, 10)) if kept <= most)


def predict_kept(trace: WordMap, settings: Mapping[str, Any]) -> None:
    """Ask how many neighbours of one word the map kept."""
    word = next((word for word in ASKED if word in trace.words), None)
    if word is None or trace.projection.quality.k != 10:
        return
    hood = trace.neighbourhood(word)
    lost = "、" if lesson.language == "zh" else ", "
    lost = lost.join(markdown_escape(near.word) for near in hood if not near.kept)
    kept = sum(near.kept for near in hood)
    because = w(
        "predict.kept.because",
        kept=kept,
        lost=w("predict.kept.lost", words=lost) if lost else w("predict.kept.lost_none"),
    )
    lesson.predict("kept", ["0–2", "3–5", "6–8", "9–10"], bins(kept), because, about=(word, tuple(settings.items())))


# -- toy sets ----------------------------------------------------------------------------------------------------------


def toy_table(trace: ToyMap) -> None:
    """Show widths and distances of the clusters, in truth and in the map, by the width of the first."""
    groups = trace.toy.groups
    if trace.toy.name not in ("two", "unequal", "distances"):
        return
    sides = [(spreads(p, groups), gaps(p, groups)) for p in (trace.toy.truth, trace.projection.coordinates)]
    rows = []
    for group in range(1, int(groups.max()) + 1):
        rows.append([w("toy_numbers.spread", group=group + 1), *(f"{s[group] / s[0]:.1f}" for s, _ in sides)])
        rows.append([w("toy_numbers.gap", group=group + 1), *(f"{g[0, group] / s[0]:.1f}" for s, g in sides)])
    st.markdown(w("toy_numbers.title"))
    table([w("toy_numbers.what") or " ", w("toy_numbers.truth"), w("toy_numbers.map")], rows)
    st.caption(w("toy_numbers.note"))


def predict_toy(trace: ToyMap, settings: Mapping[str, Any]) -> bool:
    """Ask what the map will show of a toy set. True once the learner has seen the answer, or where nothing is asked."""
    about = tuple(settings.items())
    ask = {"unequal": ask_spread, "distances": ask_gap, "noise": ask_noise, "chain": ask_chain}.get(trace.toy.name)
    return ask(trace, about) if ask else True


def options(name: str) -> list[str]:
    return list(w.resolve(w.node(f"options.{name}")))


def ratio_question(name: str, truth: float, drawn: float, limits: tuple[float, float], about: Any) -> bool:
    answer = sum(drawn >= limit for limit in limits)
    because = w(f"predict.{name}.because", truth=f"{truth:.1f}", drawn=f"{drawn:.1f}")
    return lesson.predict(name, options(name), answer, because, about)


def ask_spread(trace: ToyMap, about: Any) -> bool:
    true, drawn = (spreads(p, trace.toy.groups) for p in (trace.toy.truth, trace.projection.coordinates))
    return ratio_question("spread", true[1] / true[0], drawn[1] / drawn[0], (2, 5), about)


def ask_gap(trace: ToyMap, about: Any) -> bool:
    true, drawn = (gaps(p, trace.toy.groups)[0] for p in (trace.toy.truth, trace.projection.coordinates))
    return ratio_question("gap", true[2] / true[1], drawn[2] / drawn[1], (1.5, 3.5), about)


def ask_noise(trace: ToyMap, about: Any) -> bool:
    quality = trace.projection.quality
    kept, chance = quality.knn_recall * 10, 100 / (len(quality.preserved) - 1)
    because = w("predict.noise.because", kept=f"{kept:.1f}", chance=f"{chance:.1f}")
    return lesson.predict("noise", ["0–2", "3–5", "6–8", "9–10"], bins(round(kept)), because, about)


def ask_chain(trace: ToyMap, about: Any) -> bool:
    count = pieces(trace.projection.coordinates)
    because = w("predict.chain.because", pieces=count)
    return lesson.predict("chain", options("pieces"), 0 if count == 1 else 1 if count <= 3 else 2, because, about)


# -- below the figure --------------------------------------------------------------------------------------------------


def draw_pair(trace: WordMap) -> None:
    left, right = st.columns(2)
    with left:
        a = st.selectbox(w("more.first_word"), trace.words, 0, **lesson.bound("a"))
    with right:
        b = st.selectbox(w("more.second_word"), trace.words, 1, **lesson.bound("b"))
    if a == b:
        return
    near = trace.closeness(a, b)
    st.markdown(
        w(
            "more.pair_result", a=markdown_escape(a), b=markdown_escape(b), cosine=f"{near.cosine:.2f}",
            original=near.original_rank, map=near.map_rank, others=near.others,
        )
    )  # fmt: skip


def draw_trust(projection: Projection) -> None:
    quality, n = projection.quality, len(projection.coordinates)
    st.markdown(w("more.trust_text", k=quality.k))
    lesson.figure("kept", kept_figure(projection, w), alt=w("alt.kept", k=quality.k))
    total = (1 - quality.trustworthiness) * n * quality.k * (2 * n - 3 * quality.k - 1) / 2
    lesson.formula(
        r"T(k)=1-\frac{2}{n\,k\,(2n-3k-1)}\,S,\qquad S=\sum_{i}\sum_{j\in U_k(i)}\bigl(r(i,j)-k\bigr)",
        rf"T({quality.k})=1-\frac{{2}}{{{n}\cdot{quality.k}\cdot{2 * n - 3 * quality.k - 1}}}\cdot{total:.0f}"
        f"={quality.trustworthiness:.3f}",
    )


def draw_run(projection: Projection) -> None:
    if not projection.frames:
        st.markdown(w("more.run_none"))
        return
    st.markdown(w("more.run_text"))
    values = [frame.kl_divergence for frame in projection.frames]
    lesson.figure(
        "run", run_figure(projection, w), alt=w("alt.run", first=f"{values[0]:.2f}", last=f"{values[-1]:.2f}"),
        data=[{"iteration": f.iteration, "kl_divergence": f.kl_divergence} for f in projection.frames],
    )  # fmt: skip


def draw_perplexities(name: str, settings: Mapping[str, Any]) -> None:
    st.markdown(w("more.perplexities_text", n=settings["count"]))
    chosen = {**settings, "method": "tsne"}
    maps = [(p, lesson.attempt(map_toy, None, **{**chosen, "perplexity": p})) for p in PERPLEXITIES]
    if all(trace for _, trace in maps):
        lesson.figure("perplexities", perplexity_figure(maps, w), alt=w("alt.perplexities", name=w(f"toys.{name}")))


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
            trust=two(quality.trustworthiness), recall=two(quality.knn_recall),
        )  # fmt: skip
        drawn = word_figure(trace, w, names, colour, word)
        lesson.figure("map", drawn, alt, data=lambda: word_rows(trace, names), select=True)
    with aside:
        lesson.look_for()
        if word:
            neighbour_table(trace, word)
        quality_table(trace.projection)
        pair_table(trace)
        predict_kept(trace, settings)
        formula(trace.projection)
    more = {
        "pair": (w("more.pair"), lambda: draw_pair(trace)),
        "trust": (w("more.trust"), lambda: draw_trust(trace.projection)),
        "run": (w("more.run"), lambda: draw_run(trace.projection)),
    }
    lesson.below(code=snippet.code(model, settings, word), more=more)


def show_toy(trace: ToyMap, colour: str, settings: Mapping[str, Any]) -> None:
    """Draw a toy set beside its map. What is asked about is hidden until the learner has answered."""
    figure, aside = lesson.stage()
    name = w(f"toys.{trace.toy.name}")
    method = w(f"method.{trace.projection.method}")
    with aside:
        st.markdown(w("look_for_toy"))
        seen = predict_toy(trace, settings)
        if seen:
            toy_table(trace)
        quality_table(trace.projection)
        formula(trace.projection)
    with figure:
        lesson.notes(trace.projection.notes)
        trust = two(trace.projection.quality.trustworthiness)
        alt = w("alt.toy", name=name, n=len(trace.toy.groups), method=method, trust=trust)
        lesson.figure("toy", toy_figure(trace, w, colour), alt, data=lambda: toy_rows(trace))
    more = {
        "perplexities": (w("more.perplexities"), lambda: draw_perplexities(trace.toy.name, settings)),
        "trust": (w("more.trust"), lambda: draw_trust(trace.projection)),
        "run": (w("more.run"), lambda: draw_run(trace.projection)),
    }
    lesson.below(code=snippet.code(None, settings), more=more)


def main() -> None:
    take_click()
    with lesson.controls():
        lesson.presets()
        first, second, third = st.columns([1, 2.6, 1.1])
        with first:
            source = st.selectbox(
                w("controls.source"),
                SOURCES,
                format_func=lambda name: w(f"controls.sources.{name}"),
                **lesson.bound("source"),
            )
        with second:
            settings = choose_points(source)
        toy = source == "toy"
        with third:
            model = None if toy else lesson.model_picker(default=MODEL[lesson.language])
        places = st.columns([0.8, 1.5, 1, 1.3, 1.5], vertical_alignment="bottom")
        settings |= choose_method(*places[:3])
        with places[3]:
            colour = choose_colour(toy)
        trace = compute(map_toy if toy else map_words, model, **settings)
        with places[4]:
            word = choose_word(trace) if trace and not toy else None
    if trace is None:
        lesson.below(code=snippet.code(model, settings))
    elif toy:
        show_toy(trace, colour, settings)
    else:
        show_words(trace, colour, word, model, settings)


main()
