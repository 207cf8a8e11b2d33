"""BIO tagging: words, word pieces, probabilities, tags, spans; tag first and be scored; illegal sequences; a Chinese CRF."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from app.charts import bio_spans as spans_html
from app.charts import bio_tagging as charts
from app.charts.bio_spans import Mark
from app.charts.style import LECTURE_FACTOR
from app.shell import lesson_page
from app.shell.text import markdown_escape
from app.snippets.bio_tagging import code
from nlpcore.tagging import (
    REPAIRS,
    RULES,
    ChineseTagging,
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
    tag_chinese,
    to_bio,
    to_iob1,
)
from nlpcore.tagging.exercises import EXERCISES, Exercise, Repairs, repair_written

VIEWS = ("yours", "own", "illegal", "chinese")
TAGS = ("O", *(f"{prefix}-{kind}" for kind in ("PER", "LOC", "ORG", "MISC") for prefix in "BI"))
WEIGHTS = (0, 1, 5, 10, 20, 50)
MOST_TO_TAG = 16

lesson = lesson_page("bio-tagging")
w = lesson.words
More = dict[str, tuple[str, Callable[[], None]]]


# -- parts that several views share ----------------------------------------------------------------------------------


def model_and_decoding() -> tuple[str, str]:
    """Draw the choice of the model and of the way in which it chooses tags."""
    left, right = st.columns([1.2, 1])
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


def marks(words: Sequence[Word], spans: Sequence[Span], remark: Callable[[int], str] = lambda n: "") -> list[Mark]:
    """Return marks on the text for spans of words."""
    return [Mark(words[s.start].start, words[s.end - 1].end, s.type, remark(n)) for n, s in enumerate(spans)]


def verdicts(gold: Sequence[Span], found: Sequence[Span]) -> Callable[[int], str]:
    """Return a function that says ✓ for a found span that is a gold entity and ✗ for any other."""
    return lambda n: "✓" if found[n] in gold else "✗"


def model_line(trace: Tagging) -> str:
    """Return the sentence with the model's entities and how sure it is of each."""
    remark = [f"{entity.confidence:.2f}" for entity in trace.entities]
    return spans_html.sentence(trace.text, marks(trace.words, trace.spans, lambda n: remark[n]))


def rules_line(text: str) -> list[tuple[str, str]]:
    """Return a line with what the rules find, or nothing."""
    found = find_time_and_money(text)
    body = spans_html.sentence(text, [Mark(e.start, e.end, e.type, dashed=True) for e in found])
    return [(w("who.rules"), body)] if found else []


def grid_figure(trace: Tagging, focus: tuple[int, int] | None) -> None:
    """Draw the grid, with a word on what was repaired."""
    if trace.illegal:
        told = {"illegal": " ".join(trace.greedy), "repaired": " ".join(trace.tags)}
        st.caption(w("own.repaired", **{k: f"`{v}`" for k, v in told.items()}))
    zoom = LECTURE_FACTOR if lesson.lecture else 1.0
    result = " ".join(trace.tags)
    alt = w("alt.grid", tags=len(trace.tag_names), pieces=len(trace.pieces), text=trace.text[:200], result=result[:300])
    lesson.figure("grid", charts.grid(trace, w, focus, zoom), alt, data=lambda: charts.grid_rows(trace))


def cell_choice(trace: Tagging) -> tuple[int, int]:
    """Draw the choice of one cell (piece, tag); the model's surest entity tag at first."""
    rows = [n for n, piece in enumerate(trace.pieces) if piece.first] or [0]
    default_row = max(rows, key=lambda n: float(1 - trace.probabilities[n, trace.tag_names.index("O")]))
    left, right = st.columns(2)
    with left:
        row = lesson.choice(
            "select",
            w("controls.piece"),
            range(len(trace.pieces)),
            "piece",
            default=default_row,
            labels=lambda n: f"{n + 1} · {trace.pieces[n].text}",
        )
    best = trace.tag_names[int(trace.probabilities[row or 0].argmax())]
    with right:
        name = lesson.choice("select", w("controls.tag"), trace.tag_names, "tag", default=best)
    return int(row or 0), trace.tag_names.index(str(name))


def softmax_formula(trace: Tagging, cell: tuple[int, int]) -> None:
    """Typeset the softmax of one cell with its numbers."""
    z = trace.logits[cell[0]]
    piece, name = trace.pieces[cell[0]].text, trace.tag_names[cell[1]]
    st.markdown(
        w("own.cell_of", piece=markdown_escape(piece), tag=markdown_escape(name), score=f"{z[cell[1]]:.2f}"),
    )
    shift = float(z.max()) if abs(z).max() > 50 else 0.0
    e = np.exp(z - shift)
    lesson.formula(
        r"p = \mathrm{softmax}(z)_k = \frac{e^{z_k}}{\sum_j e^{z_j}}",
        rf"= \frac{{e^{{{z[cell[1]]:.2f}}}}}{{{' + '.join(f'e^{{{v:.1f}}}' for v in sorted(z)[::-1][:3])} + \dots}}"
        rf" = \frac{{{e[cell[1]]:.2f}}}{{{e.sum():.2f}}} = {trace.probabilities[cell]:.2f}",
    )


def f1_formula(score: Score, who: str) -> None:
    """Typeset F1 with the numbers of one tagger."""
    st.markdown(
        w("scores.whose", who=who, right=f"{score.credit:g}", predicted=score.predicted, gold=score.gold),
    )
    p, r = score.precision, score.recall
    if p + r == 0:
        st.latex(r"F_1 = \frac{2PR}{P+R}")
        st.markdown(w("scores.none"))
        return
    lesson.formula(
        r"F_1 = \frac{2PR}{P+R}",
        rf"= \frac{{2 \cdot {p:.2f} \cdot {r:.2f}}}{{{p:.2f} + {r:.2f}}} = {score.f1:.2f}",
    )


def legality_panel(names: Sequence[str]) -> None:
    """Draw which transitions IOB2 forbids."""
    st.markdown(w("illegal.constraint"))
    st.latex(r"\hat y = \operatorname*{arg\,max}_{y\ \text{legal}} \sum_t \log p(y_t \mid x)")
    bad = sum(bool(illegal_transitions([a, b])) for a in names if a[0] != "I" for b in names if b[0] == "I")
    bad = sum(any(i.position == 1 for i in illegal_transitions([a, b])) for a in names for b in names)
    alt = w("alt.legality", count=len(names), forbidden=bad)
    lesson.figure("legality", charts.legality(names, w), alt)


def rules_panel(text: str) -> None:
    """List the rules and what each found in the text."""
    st.markdown(w("rules.explain", count=len(RULES)))
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


def escaped(tags: Sequence[str]) -> str:
    """Return tags as inline code, harmless in Markdown."""
    return " ".join(f"`{tag.replace('`', '')}`" for tag in tags)


# -- tag it yourself -------------------------------------------------------------------------------------------------


def yours() -> None:
    """The learner tags a sentence, commits, and is scored beside the model."""
    with controls:
        left, right = st.columns([1, 1])
        with left:
            name = lesson.choice(
                "select", w("controls.sentence"), list(EXERCISES), "sentence", default="teams",
                labels=lambda n: EXERCISES[n].text,
            )  # fmt: skip
        with right:
            model, decoding = model_and_decoding()
    exercise = EXERCISES[str(name)]
    figure, aside = lesson.stage()
    with figure:
        done = bool(st.session_state.get(f"{name}-done"))
        with st.expander(w("yours.tags"), expanded=True) if done else st.container():
            mine = tag_fields(exercise.words, f"{name}-")
        st.toggle(w("controls.done"), **lesson.bound(f"{name}-done"))
        trace = compare_lines(exercise, mine, model, decoding) if done else preview(exercise, mine)
    with aside:
        if not done:
            st.markdown(w("yours.how"))
        else:
            scores_aside(exercise, mine, trace)
    with figure:
        if done and trace:
            grid_figure(trace, None)
    lesson.below(
        code("yours", tags=mine, gold=exercise.tags),
        {
            "schemes": (w("more.schemes"), lambda: schemes_panel(exercise)),
            "legality": (w("more.legality"), lambda: legality_panel(TAGS)),
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


def scores_aside(exercise: Exercise, mine: Sequence[str], trace: Tagging | None) -> None:
    """Draw the table of scores and the formulas with their numbers."""
    taggers = [(w("who.learner"), from_bio(mine)), (w("who.nothing"), ())]
    if trace:
        taggers.insert(1, (w("who.model"), trace.spans))
    heads = [w(f"scores.{key}") for key in ("tagger", "precision", "recall", "strict", "overlap", "partial", "tokens")]
    rows = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for who, spans in taggers:
        s = compare(exercise.tags, spans)
        values = (s.strict.precision, s.strict.recall, s.strict.f1, s.overlap.f1, s.partial.f1, s.token_accuracy)
        rows.append(f"| {who} | " + " | ".join(f"{v:.2f}" for v in values) + " |")
    st.markdown("\n".join(rows))
    st.caption(w("scores.explain"))
    f1_formula(strict(exercise.spans, from_bio(mine)), w("who.learner"))
    lesson.look_for()
    if trace:
        softmax_formula(trace, cell_choice(trace))


def schemes_panel(exercise: Exercise) -> None:
    """Draw the gold tags in IOB1 and IOB2 beside each other."""
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
    with controls:
        text = lesson.text("text", default=w("default.text"), max_chars=4000)
        model, decoding = model_and_decoding()
    figure, aside = lesson.stage()
    with figure:
        trace: Tagging | None = lesson.attempt(tag, model, text=text, decoding=decoding)
        lines = st.container()
        plot = st.container()
    with aside:
        lesson.look_for("look_own")
        cell = own_aside(trace, model, decoding) if trace else None
    if trace:
        with lines:
            lesson.notes(trace.notes)
            body = [(w("who.model"), model_line(trace)), *rules_line(trace.text)]
            st.html(spans_html.rows(body))
            if not trace.entities:
                st.caption(w("own.none"))
        with plot:
            grid_figure(trace, cell)
    shown = trace.text if trace else text
    more: More = {
        "rules": (w("more.rules"), lambda: rules_panel(shown)),
        "legality": (w("more.legality"), lambda: legality_panel(TAGS)),
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


# -- illegal sequences -----------------------------------------------------------------------------------------------


def illegal() -> None:
    """The learner's own tag sequence: where it breaks the scheme and what each repair makes of it."""
    with controls:
        text = lesson.text(
            "sequence", default=w("default.sequence"), max_chars=2000, label=w("controls.sequence")
        )
    figure, aside = lesson.stage()
    with figure:
        found: Repairs | None = lesson.attempt(repair_written, text=text)
        place = st.container()
    with aside:
        lesson.look_for("look_illegal")
        known = count_question(found) if found and found.illegal else True
        st.markdown(w("illegal.explain"))
    if found:
        with place:
            lesson.notes(found.notes)
            draw_repairs(found, known)
    more: More = {"legality": (w("more.legality"), lambda: legality_panel(TAGS))}
    lesson.below(code("illegal", text=text), more)


def count_question(found: Repairs) -> bool:
    """Ask how many entities the sequence has; True once the learner has committed."""
    counts = {how: len(found.way(how)[1]) for how in REPAIRS}
    options = sorted({*counts.values(), counts["begin"] + 1, max(counts["begin"] - 1, 0)})
    because = w("predict.count.because", **counts)
    about = (found.words, found.tags)
    return lesson.predict("count", [str(n) for n in options], options.index(counts["begin"]), because, about=about)


def draw_repairs(found: Repairs, known: bool) -> None:
    """Draw the sequence with its illegal tags, the reasons, and the repairs once they may be seen."""
    wrong = {place.position: "✗" for place in found.illegal}
    lines: list[tuple[str, Sequence[str], dict[int, str]]] = [(w("illegal.yours"), found.tags, wrong)]
    if known and found.illegal:
        for how in REPAIRS:
            tags, _ = found.way(how)
            changed = {n: "→" for n, (a, b) in enumerate(zip(found.tags, tags, strict=True)) if a != b}
            lines.append((w(f"illegal.{how}"), tags, changed))
    st.html(spans_html.tag_table(found.words, lines))
    for place in found.illegal:
        word = markdown_escape(found.words[place.position])
        told = {"position": place.position + 1, "word": f"**{word}**", "tag": escaped([place.tag])}
        st.markdown("- " + w(f"illegal.{place.reason}", previous=escaped([place.previous or ""]), **told))
    if not found.illegal:
        st.success(w("illegal.legal"), icon=":material/check:")
    elif not known:
        st.info(w("illegal.hidden"), icon=":material/lightbulb:")
    if known:
        draw_repaired_spans(found)


def draw_repaired_spans(found: Repairs) -> None:
    """Draw the entities that each repair leaves, in the sentence."""
    text, words = " ".join(found.words), []
    for word in found.words:
        start = words[-1].end + 1 if words else 0
        words.append(Word(word, start, start + len(word)))
    ways = REPAIRS if found.illegal else REPAIRS[:1]
    st.html(
        spans_html.rows(
            [
                (
                    w(f"illegal.{how}") if found.illegal else w("illegal.yours"),
                    spans_html.sentence(text, marks(words, found.way(how)[1])),
                )
                for how in ways
            ]
        )
    )


# -- Chinese with a CRF ----------------------------------------------------------------------------------------------


def chinese() -> None:
    """LAC: emissions, transitions, and Viterbi's search step by step."""
    with controls:
        left, right = st.columns([1.4, 1])
        with left:
            text = lesson.text("chinese", default=w("default.chinese"), max_chars=2000, label=w("controls.chinese"))
        with right:
            weight = lesson.choice(
                "segmented", w("controls.weight"), WEIGHTS, "weight", default=1, labels=lambda n: f"× {n}"
            )
    figure, aside = lesson.stage()
    with figure:
        trace: ChineseTagging | None = lesson.attempt(tag_chinese, "lac-zh", text=text, weight=float(weight))
        if trace:
            lesson.notes(trace.notes)
            draw_segments(trace)
            labels = [markdown_escape(c) for c in trace.characters] + [w("chinese.back_label")]
            count = len(trace.characters)
            lesson.stepped("step", count + 1, lambda step: draw_step(trace, step), labels, start=count + 1)
    with aside:
        lesson.look_for("look_chinese")
        if trace:
            chinese_aside(trace, text)
    more: More = {"transitions": (w("more.transitions"), lambda: transitions_panel(trace))} if trace else {}
    lesson.below(code("chinese", text=text, weight=float(weight)), more)


def draw_segments(trace: ChineseTagging) -> None:
    """Draw the words that the path cuts, each with its tag."""
    body = [
        Mark(s.start, s.end, s.tag, w(f"pos.{s.tag}") if w.has(f"pos.{s.tag}") else "", False) for s in trace.segments
    ]
    st.html(spans_html.sentence(trace.text, body))


def draw_step(trace: ChineseTagging, step: int) -> None:
    """Draw the lattice up to a step and the numbers of that step."""
    lat, names, count = trace.lattice, trace.tag_names, len(trace.characters)
    path = lat.path if step >= count else lat.best_until(step)
    tags = [names[n] for n in path]
    alt = w(
        "alt.lattice", tags=len(trace.prominent()), count=count, text=trace.text, step=step + 1, path=" ".join(tags)
    )  # fmt: skip
    lesson.figure("lattice", charts.lattice(trace, w, step), alt, data=lambda: charts.lattice_rows(trace))
    if step >= count:
        st.markdown(w("chinese.back", score=f"{lat.score:.2f}"))
        return
    j, total = path[-1], lat.scores[step, path[-1]]
    if step == 0:
        st.markdown(w("chinese.first"))
        st.latex(
            rf"\delta_1(\text{{{names[j]}}}) = {lat.start[j]:.2f} + ({lat.emissions[0, j]:.2f}) = {total:.2f}"
        )
        return
    i = int(lat.back[step, j])
    st.markdown(w("chinese.step", position=step + 1, tag=escaped([names[j]]), before=escaped([names[i]])))
    st.latex(
        rf"\delta_{{{step + 1}}}(\text{{{names[j]}}}) = {lat.scores[step - 1, i]:.2f} + ({lat.transitions[i, j]:.2f})"
        rf" + ({lat.emissions[step, j]:.2f}) = {total:.2f}"
    )


def chinese_aside(trace: ChineseTagging, text: str) -> None:
    """Draw the recursion, the question about the CRF, and how large its scores are."""
    st.latex(r"\delta_t(j) = \max_i\,[\,\delta_{t-1}(i) + T_{ij}\,] + e_t(j)")
    changed = [n for n, (a, b) in enumerate(zip(trace.tags, trace.alone, strict=True)) if a != b]
    items = ", ".join(
        f"{markdown_escape(trace.characters[n])} {escaped([trace.alone[n]])} (CRF: {escaped([trace.tags[n]])})"
        for n in changed[:8]
    )
    counts = {"count": len(changed), "total": len(trace.tags)}
    because = w("chinese.switched", items=items, **counts) if changed else w("chinese.same", **counts)
    options = [w(f"options.{key}") for key in ("zero", "few", "many")]
    answer = 0 if not changed else 1 if len(changed) <= 2 else 2
    lesson.predict("crf", options, answer, because, about=(trace.text, trace.weight))
    lat = trace.lattice
    spread = float((lat.emissions.max(axis=1) - lat.emissions.min(axis=1)).mean())
    st.caption(w("chinese.sizes", transition=f"{abs(lat.transitions).max():.2f}", emission=f"{spread:.1f}"))
    unknown = dict.fromkeys(c for c, k in zip(trace.characters, trace.known, strict=True) if not k)
    if unknown:
        st.caption(w("chinese.unknown", items=" ".join(markdown_escape(c) for c in unknown)))


def transitions_panel(trace: ChineseTagging) -> None:
    """Draw the CRF's own scores."""
    shown = list(trace.prominent())
    values = trace.lattice.transitions[np.ix_(shown, shown)]
    alt = w("alt.transitions", count=len(shown), low=f"{values.min():.2f}", high=f"{values.max():.2f}")
    names = [trace.tag_names[n] for n in shown]
    rows: list[dict[str, Any]] = [
        {"from": a, **{b: float(v) for b, v in zip(names, row, strict=True)}}
        for a, row in zip(names, values, strict=True)
    ]
    lesson.figure("transitions", charts.transitions(trace, w), alt, data=rows)


controls = lesson.controls()
with controls:
    lesson.presets()
    view = lesson.choice(
        "segmented", w("controls.view"), VIEWS, "view", default="yours", labels=lambda v: w(f"views.{v}")
    )
{"yours": yours, "own": own, "illegal": illegal, "chinese": chinese}[str(view)]()
