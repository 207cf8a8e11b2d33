"""Lesson: masked language models. Mask words, compare sentences, take the training apart, watch attention move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from app.charts import masked_language_model as charts
from app.charts import masking as masking_charts
from app.shell import lesson_page
from app.shell.language import shell_words
from app.shell.text import markdown_escape
from app.snippets import masked_language_model as snippet
from nlpcore.language_models import fill_mask, split_words
from nlpcore.language_models.comparison import Comparison, compare_fills
from nlpcore.language_models.context_sides import context_sides
from nlpcore.language_models.fill_mask import Fill, FillMask
from nlpcore.language_models.mask_attention import AttentionChange, attention_change
from nlpcore.language_models.masking import CorruptionCounts
from nlpcore.language_models.text_masking import TrainingExample, count_corruptions, training_example
from nlpcore.language_models.words import Word, with_masks
from nlpcore.text import clean

MODEL = "minilm-l6-mlm"
# Masked, random, kept, in percent: the rows of table 8 of Devlin et al. 2019.
SPLITS = ("80-10-10", "100-0-0", "80-20-0", "80-0-20", "0-80-20", "0-100-0")
FIRST_MASK = 5  # "Paris" in the default text
CLICKABLE = 64  # words offered for masking
ATTENTION_TOKENS = 64
DRAWS = 1000
More = dict[str, tuple[str, Callable[[], None]]]

lesson = lesson_page("masked-language-model")
w = lesson.words
controls = lesson.controls()


# -- controls --


def words_of(text: str) -> list[Word]:
    """The words that can be clicked; none for a text that holds nothing visible."""
    try:
        return list(split_words(with_masks(clean(text).text)))[:CLICKABLE]
    except ValueError:
        return []


def word_label(word: Word) -> str:
    """A word as a button: letter for letter, with a small number where it stands in the text more than once."""
    number = "".join(chr(0x2080 + int(digit)) for digit in str(word.occurrence)) if word.occurrences > 1 else ""
    return markdown_escape(word.text) + number


def masked_words(words: list[Word]) -> tuple[int, ...]:
    """Draw the words as buttons and return the indices of those that are masked."""
    keep_masks_in_place(words)
    # The example that a visitor meets first shows a figure at once; a text of one's own begins unmasked.
    default = (
        [FIRST_MASK] if [word.text for word in words] == [word.text for word in words_of(w("default.text"))] else []
    )
    chosen = lesson.choices(
        w("controls.words"), list(range(len(words))), "masked", default=default, labels=lambda i: word_label(words[i])
    )
    return tuple(sorted(chosen))


def keep_masks_in_place(words: list[Word]) -> None:
    """After an edit, keep only the masks whose word is still the one that was chosen; a preset brings its own."""
    state = st.session_state
    before, preset = state.get("_mlm_words"), state.get("preset")
    texts = [word.text for word in words]
    if before and before != (texts, preset) and before[1] == preset and isinstance(state.get("masked"), list):
        old = before[0]
        state["masked"] = [i for i in state["masked"] if i < min(len(old), len(texts)) and old[i] == texts[i]]
    state["_mlm_words"] = (texts, preset)


def listed(text: str) -> tuple[str, ...]:
    """Words that the learner separated by commas."""
    return tuple(part.strip() for part in text.replace("，", ",").split(",") if part.strip())[:20]


def sampler_controls() -> dict[str, Any]:
    """Draw the controls of the sampler; return rate, split and seed as the functions take them."""
    left, middle, right, button = beside_view.columns([2, 2, 1.2, 1.4], vertical_alignment="bottom")
    with left:
        rate = st.slider(w("controls.rate"), 5, 80, 15, 5, **lesson.bound("rate"))
    with middle:
        split = lesson.choice(
            "select", w("controls.split"), SPLITS, "split", default=SPLITS[0],
            labels=lambda s: w("training.split_label", **dict(zip(("masked", "random", "kept"), s.split("-"), strict=True))),
        )  # fmt: skip
    with right:
        seed = st.number_input(w("controls.seed"), 1, 9999, 1, **lesson.bound("seed"))

    def again() -> None:
        st.session_state["seed"] = int(st.session_state.get("seed", 1)) % 9999 + 1

    button.button(w("training.draw_again"), icon=":material/casino:", on_click=again)
    shares = tuple(int(part) / 100 for part in split.split("-"))
    return {"rate": rate / 100, "split": shares, "seed": int(seed)}


# -- small pieces --


def look_for(view: str) -> None:
    st.markdown(f"**{shell_words()('look_for')}** {w(f'{view}.look_for')}")


def tex(token: str) -> str:
    """A token for a formula: what TeX would read as a command is shown as itself or as a dot."""
    safe = "".join(f"\\{c}" if c in "#_%&$" else c if c.isalnum() or c in ".,!?-'[] " else "·" for c in token)
    return rf"\text{{{safe}}}"


def bold(token: str) -> str:
    return markdown_escape(token)


# -- fill --


def fill_view(model: str, text: str) -> tuple[str, More]:
    with under_text:
        masked = masked_words(words_of(text))
    left, middle, right = beside_view.columns([2, 2, 1.4], vertical_alignment="bottom")
    with left:
        k = st.slider(w("controls.k"), 3, 20, 8, **lesson.bound("k"))
    with middle:
        order = lesson.choice(
            "segmented", w("controls.order"), ("together", "certain_first"), "order", default="together",
            labels=lambda o: w(f"order.{o}"),
        )  # fmt: skip
    with right:
        cover = st.toggle(w("controls.cover"), help=w("controls.cover_help"), **lesson.bound("cover"))
    figure, aside = lesson.stage()
    with aside:
        guess = st.text_input(
            w("controls.guess"), placeholder=w("controls.guess_hint"), max_chars=200, **lesson.bound("guess")
        )
    guesses = listed(guess or "")
    with figure:
        data = {"text": text, "k": k, "words": masked, "order": order, "guesses": guesses}
        trace = lesson.attempt(fill_mask, model, **data)
        if trace:
            draw_fill(trace, cover and not guesses)
    more: More = {}
    if trace:
        with aside:
            tell_fill(trace, model, masked, cover and not guesses)
        more["sides"] = (w("more.sides"), lambda: draw_sides(model, text, masked))
    return snippet.code("fill", model=model, **data), more


def draw_fill(trace: FillMask, covered: bool) -> None:
    lesson.notes(trace.notes)
    if covered:
        st.info(w("fill.covered"), icon=":material/visibility_off:")
        alt = w("alt.fill_covered", k=len(trace.fills[0].candidates))
    else:
        sites = {fill.position for fill in trace.fills}
        parts = [
            f":blue-background[**{bold(token)}**]" if i in sites else bold(token)
            for i, token in enumerate(trace.filled_tokens[1:-1], 1)
        ]
        st.markdown(f"{w('fill.filled')} {' '.join(parts)}")
        top = trace.fills[0].answer
        alt = w("alt.fill", k=len(trace.fills[0].candidates), masks=len(trace.fills), top=top.token,
                p=charts.probability(top.probability))  # fmt: skip
    lesson.figure("fill", charts.fill_bars(trace, w, covered), alt=alt, data=lambda: charts.fill_rows(trace))
    if len(trace.fills) > charts.MOST_PANELS:
        st.caption(w("fill.more_masks", shown=charts.MOST_PANELS, count=len(trace.fills)))
    if len(trace.fills) > 1:
        st.caption(w(f"fill.{trace.order}"))


def tell_fill(trace: FillMask, model: str, masked: tuple[int, ...], covered: bool) -> None:
    fill = trace.fills[0]
    if not covered:
        for guess in fill.guesses:
            values = {"word": bold(guess.token), "rank": f"{guess.rank:,}", "p": charts.probability(guess.probability)}
            st.markdown(w("fill.guess", **values))
        softmax_with_numbers(fill)
    lesson.look_for()
    choices, most = 2**fill.entropy_bits, np.log2(trace.vocabulary)
    st.caption(
        w(
            "fill.entropy",
            entropy=f"{fill.entropy_bits:.1f}",
            most=f"{most:.1f}",
            choices=f"{choices:,.0f}" if choices >= 10 else f"{choices:.1f}",
        )
    )
    if not covered:
        ask_about_sides(trace, model, masked)


def softmax_with_numbers(fill: Fill) -> None:
    c = fill.original or fill.answer
    if fill.original:
        values = {"word": bold(c.token), "rank": f"{c.rank:,}", "p": charts.probability(c.probability)}
        st.markdown(w("fill.original", **values))
    lesson.formula(
        r"p(w \mid \text{context}) = \frac{e^{z_w}}{\sum_{v} e^{z_v}}",
        rf"p({tex(c.token)}) = \frac{{e^{{{c.logit:.2f}}}}}{{e^{{{fill.log_normaliser:.2f}}}}} "
        rf"= {tex_probability(c.probability)}",
    )
    if fill.original:
        st.caption(w("fill.loss"))
        st.latex(rf"-\ln p({tex(c.token)}) = {-c.log_probability:.2f}")


def tex_probability(p: float) -> str:
    if p >= 0.0001:
        return charts.probability(p)
    mantissa, exponent = f"{p:.1e}".split("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"


def ask_about_sides(trace: FillMask, model: str, masked: tuple[int, ...]) -> None:
    """What becomes of the likeliest word when one side of the mask is cut off?"""
    sides = lesson.attempt(context_sides, model, text=trace.text, words=masked)
    if not sides or not (sides.tokens_left or sides.tokens_right):
        return
    after = sides.tokens_right > 1 or not sides.tokens_left  # a lone full stop teaches little
    alone = sides.left if after else sides.right
    answer = 0 if alone > 1.1 * sides.both else 1 if alone < 0.9 * sides.both else 2
    p = charts.probability
    lesson.predict(
        "side",
        options=[w("side.rises"), w("side.falls"), w("side.stays")],
        answer=answer,
        because=w("side.because", both=p(sides.both), alone=p(alone)),
        about=(trace.text, masked, model),
        side=w("side.after" if after else "side.before"),
        word=bold(sides.token),
        p=p(sides.both),
    )


def draw_sides(model: str, text: str, masked: tuple[int, ...]) -> None:
    sides = lesson.attempt(context_sides, model, text=text, words=masked)
    if not sides:
        return
    st.markdown(w("more.sides_text", word=bold(sides.token)))
    columns = st.columns(3)
    columns[0].metric(w("more.sides_both"), charts.probability(sides.both))
    columns[1].metric(w("more.sides_left", count=sides.tokens_left), charts.probability(sides.left))
    columns[2].metric(w("more.sides_right", count=sides.tokens_right), charts.probability(sides.right))


# -- compare --


def compare_view(model: str, first: str, second: str) -> tuple[str, More]:
    left, right = beside_view.columns([2, 1], vertical_alignment="bottom")
    with left:
        watched = st.text_input(
            w("controls.watched"), placeholder=w("controls.watched_hint"), max_chars=300, **lesson.bound("watched")
        )
    with right:
        k = st.slider(w("controls.k"), 3, 20, 8, **lesson.bound("k"))
    data = {"first": first, "second": second, "k": k, "watched": listed(watched or "")}
    figure, aside = lesson.stage()
    with figure:
        trace = lesson.attempt(compare_fills, model, **data)
        if trace:
            draw_comparison(trace)
    if trace:
        with aside:
            tell_comparison(trace, k)
    return snippet.code("compare", model=model, **data), {}


def largest(trace: Comparison) -> int:
    return int(np.abs(trace.difference).argmax())


def draw_comparison(trace: Comparison) -> None:
    lesson.notes(trace.notes)
    i = largest(trace)
    difference = charts.signed(trace.difference[i])
    alt = w("alt.compare", count=len(trace.words), word=trace.words[i], difference=difference)
    lesson.figure("compare", charts.comparison_dots(trace, w), alt=alt, data=lambda: charts.comparison_rows(trace))


def tell_comparison(trace: Comparison, k: int) -> None:
    look_for("compare")
    i = largest(trace)
    side = w("compare.side_first" if trace.difference[i] >= 0 else "compare.side_second")
    factor = f"{np.exp(abs(trace.difference[i])):.2g}" if abs(trace.difference[i]) < 4 else "> 50"
    difference = charts.signed(trace.difference[i])
    st.markdown(w("compare.largest", word=bold(trace.words[i]), difference=difference, factor=factor, side=side))
    p1, p2 = (float(np.exp(lp[i])) for lp in (trace.first_log_probability, trace.second_log_probability))
    lesson.formula(
        r"\ln \frac{p_1(w)}{p_2(w)} = \ln p_1(w) - \ln p_2(w)",
        rf"\ln p_1({tex(trace.words[i])}) - \ln p_2({tex(trace.words[i])}) = "
        rf"{np.log(p1):.2f} - ({np.log(p2):.2f}) = {trace.difference[i]:+.2f}",
    )
    if not trace.asked:
        shared = int(((trace.first_rank <= k) & (trace.second_rank <= k)).sum())
        st.markdown(w("compare.same_top", k=k, shared=shared))
    st.caption(w("compare.care"))
    lesson.predict(
        "order", [w("swap.sign"), w("swap.inverse"), w("swap.zero")], answer=0, because=w("swap.because"), about="swap"
    )


# -- training --


def training_view(model: str, text: str) -> tuple[str, More]:
    settings = sampler_controls()
    figure, aside = lesson.stage()
    with figure:
        trace = lesson.attempt(training_example, model, text=text, **settings)
        if trace:
            lesson.notes(trace.notes)
            labels = [w(f"training.step.{name}", rate=f"{settings['rate']:.2f}") for name in masking_charts.STEPS]
            lesson.stepped("step", len(labels), lambda step: draw_step(trace, step), labels)
    if trace:
        with aside:
            tell_training(trace)
    return snippet.code("training", model=model, text=text, **settings), {"table8": (w("more.table8"), draw_table8)}


def draw_step(trace: TrainingExample, step: int) -> None:
    selected = int(trace.corruption.selected.sum())
    alt = w("alt.training", count=len(trace.tokens), step=step + 1, selected=selected)
    figure = masking_charts.masking_steps(trace, step, w)
    lesson.figure("training", figure, alt=alt, data=lambda: masking_charts.example_rows(trace))


def tell_training(trace: TrainingExample) -> None:
    look_for("training")
    drawn = trace.corruption
    n, selected = int(drawn.eligible.sum()), int(drawn.selected.sum())
    if trace.loss is None:
        st.info(w("training.none", n=n, share=f"{100 * (1 - drawn.rate) ** n:.2g}"))
    else:
        st.markdown(w("training.loss", count=selected))
        lesson.formula(
            r"L = -\frac{1}{|S|} \sum_{i \in S} \ln p(x_i \mid \tilde{x})",
            rf"= \frac{{1}}{{{selected}}} \left({terms(trace)}\right) = {trace.loss:.2f}",
        )
    masked, random, kept = drawn.split
    result = 100 * drawn.rate * masked
    options = {f"{value:g}" for value in (100 * drawn.rate, result, 100 * masked, 100 * drawn.rate * (random or kept))}
    ordered = sorted(options, key=float)
    because = w("masked_because", rate=f"{100 * drawn.rate:g}", share=f"{100 * masked:g}", result=f"{result:g}")
    lesson.predict("masked", ordered, ordered.index(f"{result:g}"), because, about=(drawn.rate, drawn.split))


def terms(trace: TrainingExample, most: int = 4) -> str:
    """The first losses of the sum, and dots where there are more."""
    losses = trace.losses[trace.corruption.selected]
    return " + ".join([f"{loss:.2f}" for loss in losses[:most]] + ([r"\dots"] if len(losses) > most else []))


def counts_view(model: str, text: str) -> tuple[str, More]:
    settings = sampler_controls()
    figure, aside = lesson.stage()
    with figure:
        trace = lesson.attempt(count_corruptions, model, text=text, draws=DRAWS, **settings)
        if trace:
            lesson.notes(trace.notes)
            selected = trace.counts.selected
            alt = w("alt.counts", observed=f"{selected.observed:,}", expected=f"{selected.expected:,.0f}")
            drawn = masking_charts.counts_figure(trace.counts, w)
            lesson.figure("counts", drawn, alt=alt, data=lambda: masking_charts.count_rows(trace.counts))
    if trace:
        with aside:
            tell_counts(trace.counts)
    return snippet.code("counts", model=model, text=text, **settings), {"table8": (w("more.table8"), draw_table8)}


def tell_counts(counts: CorruptionCounts) -> None:
    look_for("counts")
    masked, share = counts.masked, counts.split[0]
    st.markdown(w("counts.formula_words", draws=f"{counts.draws:,}", n=counts.eligible))
    lesson.formula(
        r"E[\text{[MASK]}] = \text{draws} \cdot n \cdot \text{rate} \cdot \text{share}",
        rf"= {counts.draws} \cdot {counts.eligible} \cdot {counts.rate:g} \cdot {share:g} = {masked.expected:,.0f}".replace(
            ",", r"{,}"
        ),
    )
    values = {"low": f"{masked.low:,}", "high": f"{masked.high:,}", "observed": f"{masked.observed:,}"}
    st.markdown(w("counts.interval", **values))
    empty = counts.empty_draws
    st.markdown(w("counts.empty", observed=empty.observed, expected=f"{empty.expected:.3g}"))
    keep, n = 1 - counts.rate, counts.eligible
    if n:
        numbers = {
            "keep": f"{keep:g}",
            "n": n,
            "double": 2 * n,
            "one": f"{keep**n:.2g}",
            "two": f"{keep ** (2 * n):.2g}",
        }
        options = [w("empty.half"), w("empty.square"), w("empty.same")]
        lesson.predict("empty", options, 1, w("empty.because", **numbers), about=(n, keep))


def draw_table8() -> None:
    """Devlin et al. 2019, table 8: six mixes, two tasks."""
    st.markdown(w("more.table8_text"))
    names = (w("more.table8_mask"), w("more.table8_same"), w("more.table8_random"), "MNLI", "NER")
    rows = ((80, 10, 10, 84.2, 95.4), (100, 0, 0, 84.3, 94.9), (80, 0, 20, 84.1, 95.2), (80, 20, 0, 84.4, 95.2),
            (0, 20, 80, 83.7, 94.8), (0, 0, 100, 83.6, 94.9))  # fmt: skip
    st.table([dict(zip(names, (f"{v:g}" for v in row), strict=True)) for row in rows])


# -- attention --


def attention_view(model: str, text: str) -> tuple[str, More]:
    with under_text:
        masked = masked_words(words_of(text))
    figure, aside = lesson.stage()
    layer, more = None, {}
    with figure:
        trace = lesson.attempt(attention_change, model, text=text, words=masked, limit=ATTENTION_TOKENS)
        if trace:
            lesson.notes(trace.notes)
            layer = choose_layer(len(trace.shown))
            names = ", ".join(trace.tokens[i] for i in trace.masked)
            alt = w("alt.attention", count=len(trace.tokens), masked=names)
            drawn = charts.attention_change_map(trace, layer, w)
            lesson.figure("attention", drawn, alt=alt, data=lambda: charts.attention_rows(trace, layer))
    if trace:
        with aside:
            tell_attention(trace, layer)
        more["heads"] = (w("more.heads"), lambda: draw_heads(trace))
    return snippet.code("attention", model=model, text=text, words=masked, layer=layer), more


def choose_layer(layers: int) -> int | None:
    """Draw the choice of a layer; None stands for the mean of all."""
    chosen = lesson.choice(
        "segmented", w("controls.layer"), list(range(layers + 1)), "layer", default=0,
        labels=lambda i: str(i) if i else w("controls.all_layers"),
    )  # fmt: skip
    return int(chosen) - 1 if chosen else None


def tell_attention(trace: AttentionChange, layer: int | None) -> None:
    look_for("attention")
    change = trace.change(layer)
    q, k = (int(i) for i in np.unravel_index(np.abs(change).argmax(), change.shape))
    direction = w("attention.direction_more" if change[q, k] >= 0 else "attention.direction_less")
    names = {"query": bold(trace.tokens[q]), "key": bold(trace.tokens[k])}
    st.markdown(w("attention.largest", **names, difference=f"{abs(change[q, k]):.2f}", direction=direction))
    shown, hidden = (weights.mean(axis=1)[:, q, k] for weights in (trace.shown, trace.hidden))
    before, after = (float(x.mean() if layer is None else x[layer]) for x in (shown, hidden))
    lesson.formula(
        r"\Delta_{qk} = \bar{A}^{\text{masked}}_{qk} - \bar{A}^{\text{shown}}_{qk}",
        rf"= {after:.2f} - {before:.2f} = {after - before:+.2f}",
    )
    st.caption(w("attention.caution"))
    moved = trace.moved().mean(axis=1)
    most, least = int(moved.argmax()), int(moved.argmin())
    numbers = {"share": f"{100 * moved[most]:.0f}", "least": least + 1, "least_share": f"{100 * moved[least]:.0f}"}
    options = [w("layer_name", layer=i + 1) for i in range(len(moved))]
    about = (trace.tokens, trace.masked)
    lesson.predict("layer", options, most, w("layer_because", **numbers), about=about)


def draw_heads(trace: AttentionChange) -> None:
    st.markdown(w("more.heads_text"))
    rows = [
        {"layer": layer + 1, "head": head + 1, "moved": float(value)}
        for layer, row in enumerate(trace.moved())
        for head, value in enumerate(row)
    ]
    lesson.figure("heads", charts.heads_moved_map(trace, w), alt=w("alt.heads"), data=rows)


# -- the page --

VIEWS: dict[str, Callable[..., tuple[str, More]]] = {
    "fill": fill_view,
    "compare": compare_view,
    "training": training_view,
    "counts": counts_view,
    "attention": attention_view,
}

with controls:
    lesson.presets()
    place, beside_view = st.columns([5, 6], vertical_alignment="bottom")
    with place:
        view = lesson.choice(
            "segmented", w("controls.view"), list(VIEWS), "view", default="fill", labels=lambda v: w(f"view.{v}")
        )
    under_text, place = st.columns([6, 2])
    with place:
        model_id = lesson.model_picker(MODEL)
    names = ("first", "second") if view == "compare" else ("text",)
    texts = []
    for name, place in zip(names, under_text.columns(len(names)), strict=True):
        with place:
            texts.append(lesson.text(name, w(f"default.{name}"), 4000, label=w(f"controls.{name}")))

code, panels = VIEWS[view](model_id, *texts)
lesson.below(code=code, more=panels)
