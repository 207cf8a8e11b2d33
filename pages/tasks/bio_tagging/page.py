"""BIO tagging: words, word pieces, probabilities, tags, spans; tag first and be scored; illegal sequences; a Chinese CRF."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from app.charts.style import LECTURE_FACTOR
from app.shell import lesson_page
from app.text import markdown_escape
from nlpcore.tagging import (
    RULES,
    Score,
    Span,
    Tagging,
    Word,
    compare,
    find_time_and_money,
    from_bio,
    illegal_transitions,
    strict,
    tag,
    tag_time_and_money,
    to_bio,
    to_iob1,
)
from nlpcore.tagging.exercises import EXERCISES, Exercise, read_marked
from pages.tasks.bio_tagging import charts
from pages.tasks.bio_tagging import spans as spans_html
from pages.tasks.bio_tagging.shared import TAGS, More, escaped, legality_panel, marks
from pages.tasks.bio_tagging.snippet import code
from pages.tasks.bio_tagging.spans import Mark
from pages.tasks.bio_tagging.view_crf import chinese
from pages.tasks.bio_tagging.view_illegal import illegal

VIEWS = ("yours", "own", "illegal", "chinese")
MOST_TO_TAG = 16

lesson = lesson_page("bio-tagging")
w = lesson.words


# -- parts that several views share ----------------------------------------------------------------------------------


def model_and_decoding() -> tuple[str, str]:
    """Draw the choice of the model and of the way in which it chooses tags."""
    left, right = lesson.settings(1, 1)
    with left:
        model = lesson.model_picker(default="minilm-l6-ner", kind="token-classifier")
    with right:
        ways = ("greedy", "legal")
        decoding = lesson.choice(
            "segmented", w("controls.decoding"), ways, "decoding", default="greedy", labels=lambda d: w(f"decoding.{d}")
        )
    return model, decoding


def tag_fields(words: Sequence[Word], name: str) -> tuple[str, ...]:
    """Draw one field for each word and return the learner's tags."""
    with st.container(horizontal=True, gap="small", key="tag_fields"):
        return tuple(
            str(lesson.choice("select", markdown_escape(word.text), TAGS, f"{name}{n + 1}", default="O", width=112))
            for n, word in enumerate(words)
        )


def verdicts(gold: Sequence[Span], found: Sequence[Span]) -> Callable[[int], str]:
    """Return a function that says ✓ for a found span that is a gold entity and ✗ for any other."""
    return lambda n: "✓" if found[n] in gold else "✗"


def model_line(trace: Tagging) -> str:
    """Return the sentence with the model's entities and how sure it is of each."""
    remark = [f"{entity.confidence:.2f}" for entity in trace.entities]
    return spans_html.sentence(trace.text, marks(trace.words, trace.spans, lambda n: remark[n]))


def time_and_money_lines(trace: Tagging, model: str) -> list[tuple[str, str]]:
    """Return a line with what the second head finds and one with what the rules find, each where it finds something."""
    second: Tagging | None = lesson.attempt(tag_time_and_money, model, text=trace.text)
    lines = [(w("who.second"), model_line(second))] if second and second.entities else []
    found = find_time_and_money(trace.text)
    body = spans_html.sentence(trace.text, [Mark(e.start, e.end, e.type, dashed=True) for e in found])
    return [*lines, (w("who.rules"), body)] if found else lines


def grid_figure(trace: Tagging, focus: tuple[int, int] | None) -> None:
    """Draw the grid, and under it a word on what was repaired."""
    zoom = LECTURE_FACTOR if lesson.lecture else 1.0
    result = " ".join(trace.tags)
    alt = w("alt.grid", tags=len(trace.tag_names), pieces=len(trace.pieces), text=trace.text[:200], result=result[:300])
    lesson.figure("grid", charts.grid(trace, w, focus, zoom), alt, data=lambda: charts.grid_rows(trace))
    if trace.illegal:
        changed = (n for n, (a, b) in enumerate(zip(trace.greedy, trace.tags, strict=True)) if a != b)
        told = (
            f"{markdown_escape(trace.words[n].text)} {escaped([trace.greedy[n]])} → {escaped([trace.tags[n]])}"
            for n in changed
        )
        st.caption(w("own.repaired" if trace.decoding == "greedy" else "own.legal", items=", ".join(told)))


def cell_choice(trace: Tagging) -> tuple[int, int]:
    """Draw the choice of one cell (piece, tag); as it opens, the most probable tag of the surest entity."""
    deciding = [n for n, piece in enumerate(trace.pieces) if piece.first] or [0]
    surest = max(deciding, key=lambda n: float(1 - trace.probabilities[n, trace.tag_names.index("O")]))
    auto = "auto"  # follows the text, where a number would go on pointing at what stood there before
    left, right = st.columns(2)
    with left:
        chosen = lesson.choice(
            "select",
            w("controls.piece"),
            [auto, *map(str, range(1, len(trace.pieces) + 1))],
            "piece",
            default=auto,
            labels=lambda n: piece_label(trace, surest) if n == auto else piece_label(trace, int(n) - 1),
        )
    row = surest if chosen == auto else int(str(chosen)) - 1
    best = trace.tag_names[int(trace.probabilities[row].argmax())]
    with right:
        name = lesson.choice(
            "select",
            w("controls.tag"),
            [auto, *trace.tag_names],
            "tag",
            default=auto,
            labels=lambda n: w("controls.best", tag=best) if n == auto else str(n),
        )
    return row, trace.tag_names.index(best if name == auto else str(name))


def piece_label(trace: Tagging, row: int) -> str:
    """Return a word piece with its row, as the choice names it."""
    return f"{row + 1} · {trace.pieces[row].text}"


def softmax_formula(trace: Tagging, cell: tuple[int, int]) -> None:
    """Typeset the softmax of one cell with its numbers."""
    z = trace.logits[cell[0]]
    piece, name = trace.pieces[cell[0]].text, trace.tag_names[cell[1]]
    intro = w("own.cell_of", piece=markdown_escape(piece), tag=markdown_escape(name), score=f"{z[cell[1]]:.2f}")
    shift = float(z.max()) if abs(z).max() > 50 else 0.0
    e = np.exp(z - shift)
    lesson.formula(
        r"p = \mathrm{softmax}(z)_k = \frac{e^{z_k}}{\sum_j e^{z_j}}",
        (
            rf"= \frac{{e^{{{z[cell[1]]:.2f}}}}}{{{' + '.join(f'e^{{{v:.1f}}}' for v in sorted(z)[::-1][:3])} + \dots}}",
            rf"= \frac{{{e[cell[1]]:.2f}}}{{{e.sum():.2f}}} = {trace.probabilities[cell]:.2f}",
        ),
        intro,
    )


def f1_formula(score: Score, who: str) -> None:
    """Typeset F1 with the numbers of one tagger."""
    intro = w("scores.whose", who=who, right=f"{score.credit:g}", predicted=score.predicted, gold=score.gold)
    p, r = score.precision, score.recall
    if p + r == 0:
        lesson.formula(r"F_1 = \frac{2PR}{P+R}", intro=intro)
        st.markdown(w("scores.none"))
        return
    lesson.formula(
        r"F_1 = \frac{2PR}{P+R}",
        rf"= \frac{{2 \cdot {p:.2f} \cdot {r:.2f}}}{{{p:.2f} + {r:.2f}}} = {score.f1:.2f}",
        intro,
    )


def rules_panel(text: str) -> None:
    """List the rules and what each found in the text."""
    st.markdown(w("rules.explain", count=len(RULES)))
    st.markdown(w("rules.second"))
    found = find_time_and_money(text)
    rows = [
        {
            w("rules.type"): kind,
            w("rules.name"): name,
            w("rules.found"): "; ".join(e.text for e in found if e.rule == name),
            w("rules.pattern"): pattern.pattern,
        }
        for kind, name, pattern in RULES
    ]
    st.dataframe(rows, hide_index=True, height=420)


# -- tag it yourself -------------------------------------------------------------------------------------------------


def yours() -> None:
    """The learner tags a sentence, commits, and is scored beside the model."""
    with lesson.controls():
        name = lesson.choice(
            "select", w("controls.sentence"), list(EXERCISES), "sentence", default="teams",
            labels=lambda n: EXERCISES[n].text,
        )  # fmt: skip
    model, decoding = model_and_decoding()
    exercise = EXERCISES[str(name)]
    figure, aside = lesson.stage()
    with figure:
        fields = st.container()
        done = st.toggle(w("controls.done"), **lesson.bound(f"{name}-done"))
        with fields, st.expander(w("yours.tags"), expanded=False) if done else st.container():
            mine = tag_fields(exercise.words, f"{name}-")
        trace = compare_lines(exercise, mine, model, decoding) if done else preview(exercise, mine)
    with aside:
        if not done:
            st.markdown(w("yours.how"))
        else:
            cell = scores_aside(exercise, mine, trace)
    with figure:
        if done and trace:
            grid_figure(trace, cell)
    lesson.below(
        code("yours", tags=mine, gold=exercise.tags if done else ()),
        {
            "schemes": (w("panels.schemes"), schemes_panel),
            "legality": (w("panels.legality"), lambda: legality_panel(lesson)),
        },
    )


def warn_illegal(words: Sequence[Word], mine: Sequence[str]) -> None:
    """Say where the learner's own tags break the scheme."""
    places = illegal_transitions(mine)
    if places:
        listed = ", ".join(f"**{markdown_escape(words[p.position].text)}** `{p.tag}`" for p in places)
        st.caption(w("yours.illegal", words=listed))


def preview(exercise: Exercise, mine: Sequence[str]) -> None:
    """Draw what the learner's tags mark, before anything is revealed."""
    body = spans_html.sentence(exercise.text, marks(exercise.words, from_bio(mine)))
    st.html(spans_html.rows([(w("who.learner"), body)]))
    warn_illegal(exercise.words, mine)


def compare_lines(exercise: Exercise, mine: Sequence[str], model: str, decoding: str) -> Tagging | None:
    """Draw the learner's, the gold and the model's entities one under the other."""
    found = from_bio(mine)
    gold = exercise.spans
    lines = [
        (w("who.learner"), spans_html.sentence(exercise.text, marks(exercise.words, found, verdicts(gold, found)))),
        (w("who.gold"), spans_html.sentence(exercise.text, marks(exercise.words, gold))),
    ]
    trace: Tagging | None = lesson.attempt(tag, model, text=exercise.text, decoding=decoding)
    if trace:
        theirs = marks(trace.words, trace.spans, verdicts(gold, trace.spans))
        lines.append((w("who.model"), spans_html.sentence(exercise.text, theirs)))
    st.html(spans_html.rows(lines))
    warn_illegal(exercise.words, mine)
    return trace


def scores_aside(exercise: Exercise, mine: Sequence[str], trace: Tagging | None) -> tuple[int, int] | None:
    """Draw the table of scores and the formulas with their numbers; return the cell that softmax is shown for."""
    taggers = [(w("who.learner"), from_bio(mine)), (w("who.nothing"), ())]
    if trace:
        taggers.insert(1, (w("who.model"), trace.spans))
    heads = [w(f"scores.{key}") for key in ("tagger", "precision", "recall", "strict", "overlap", "partial", "tokens")]
    lines = []
    for who, spans in taggers:
        s = compare(exercise.tags, spans)
        numbers = (s.strict.precision, s.strict.recall, s.strict.f1, s.overlap.f1, s.partial.f1, s.token_accuracy)
        lines.append((who, numbers))
    st.html(spans_html.number_table(heads, lines))
    st.caption(w("scores.explain"))
    f1_formula(strict(exercise.spans, from_bio(mine)), w("who.learner"))
    lesson.look_for()
    if not trace:
        return None
    cell = cell_choice(trace)
    softmax_formula(trace, cell)
    return cell


def schemes_panel() -> None:
    """Draw the tags of one sentence in IOB1 and IOB2 beside each other."""
    exercise = read_marked("schemes", "[PER Ana Costa] [PER Ben Adeyemi] flew to [LOC Lagos].")
    st.markdown(w("schemes.explain"))
    tokens = [word.text for word in exercise.words]
    iob1, iob2 = to_iob1(tokens, exercise.spans), to_bio(tokens, exercise.spans)
    rows = [f"| {w('schemes.word')} | IOB1 | IOB2 |", "|---|---|---|"]
    for token, one, two in zip(tokens, iob1, iob2, strict=True):
        bold = "**" if one != two else ""
        rows.append(f"| {markdown_escape(token)} | {bold}{one}{bold} | {bold}{two}{bold} |")
    st.markdown("\n".join(rows))


# -- any sentence ----------------------------------------------------------------------------------------------------


def own() -> None:
    """A sentence of the learner's: everything between the text and its entities; agreement, not truth."""
    with lesson.controls():
        text = lesson.text("text", default=w("default.text"), max_chars=20_000)
    model, decoding = model_and_decoding()
    figure, aside = lesson.stage()
    with figure:
        trace: Tagging | None = lesson.attempt(tag, model, text=text, decoding=decoding)
        lines = lesson.later()
        plot = st.container()
    with aside:
        lesson.look_for("look_own")
        cell = own_aside(trace, model, decoding) if trace else None
    if trace:
        with lines:
            lesson.notes(trace.notes)
            body = [(w("who.model"), model_line(trace)), *time_and_money_lines(trace, model)]
            st.html(spans_html.rows(body))
            if not trace.entities:
                st.caption(w("own.none"))
        with plot:
            grid_figure(trace, cell)
    shown = trace.text if trace else text
    more: More = {
        "rules": (w("panels.rules"), lambda: rules_panel(shown)),
        "legality": (w("panels.legality"), lambda: legality_panel(lesson)),
    }
    if trace:
        more = {"yourself": (w("views.yours"), lambda: agreement_panel(trace)), **more}
    lesson.below(code("own", text=shown, model=model, decoding=decoding), more)


def own_aside(trace: Tagging, model: str, decoding: str) -> tuple[int, int]:
    """Draw the formula of one cell and the question about capitals; return the cell."""
    st.markdown(f"**{w('own.cell')}**")
    cell = cell_choice(trace)
    softmax_formula(trace, cell)
    small: Tagging | None = lesson.attempt(tag, model, text=trace.text.lower(), decoding=decoding)
    if small:
        names = [", ".join(f"{e.type} {markdown_escape(e.text)}" for e in t.entities) or "–" for t in (trace, small)]
        keys = ("fewer", "same", "more")
        same = [(e.start, e.end, e.type) for e in trace.entities] == [(e.start, e.end, e.type) for e in small.entities]
        answer = 1 if same else 2 if len(small.entities) > len(trace.entities) else 0
        because = w("predict.capitals.because", before=names[0], after=names[1])
        options = [w(f"options.{key}") for key in keys]
        lesson.predict("capitals", options, answer, because, about=(trace.text, model, decoding))
    return cell


def agreement_panel(trace: Tagging) -> None:
    """Let the learner tag their own sentence and compare it with the model, which is no truth."""
    words = trace.words[:MOST_TO_TAG]
    if len(words) < len(trace.words):
        st.caption(w("yours.first_words", count=MOST_TO_TAG))
    st.markdown(w("yours.how"))
    mine = tag_fields(words, f"w{zlib.crc32(trace.text.encode()) % 10_000:04d}-")
    warn_illegal(words, mine)
    theirs = from_bio(trace.tags[: len(words)])
    score = strict(theirs, from_bio(mine))
    numbers = {"f1": score.f1, "precision": score.precision, "recall": score.recall}
    st.markdown(w("yours.agreement", **{k: f"{v:.2f}" for k, v in numbers.items()}))
    body = spans_html.sentence(trace.text, marks(words, from_bio(mine)))
    st.html(spans_html.rows([(w("who.learner"), body), (w("who.model"), model_line(trace))]))


with lesson.controls():
    lesson.presets()
    view = lesson.views(VIEWS, "yours", labels=lambda v: w(f"views.{v}"))
if view == "illegal":
    illegal(lesson)
elif view == "chinese":
    chinese(lesson)
else:
    {"yours": yours, "own": own}[view]()
