"""What several views of the tagging lesson draw: marks on a sentence, the grid and one cell of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import cast

import streamlit as st

from app import glossary
from app.charts.label_placement import text_width
from app.charts.style import LECTURE_FACTOR
from app.shell import hall, phone
from app.shell.frame import LessonPage
from app.shell.menu import Place
from app.text import inline_code, markdown_escape
from nlpcore.tagging import (
    CHINESE_RULES,
    RULES,
    Pasted,
    Span,
    Tagging,
    Word,
    find_time_and_money,
    from_bio,
    illegal_transitions,
    strict,
)
from nlpcore.tagging.formats import SCHEMES, Scheme, conll, write_tags
from nlpcore.text import is_han
from pages.tasks.bio_tagging import charts, formulas, spans
from pages.tasks.bio_tagging.by_hand import OUTSIDE, TYPES, tags_of
from pages.tasks.bio_tagging.spans import Mark

TAGS = tags_of(TYPES)
MOST_ROWS = 128  # word pieces that one figure shows
AUTO = "auto"  # follows the text, where a number would go on pointing at what stood there before


def marks(words: Sequence[Word], found: Sequence[Span], remark: Callable[[int], str] = lambda n: "") -> list[Mark]:
    """Return marks on the text for spans of words."""
    return [Mark(words[s.start].start, words[s.end - 1].end, s.type, remark(n)) for n, s in enumerate(found)]


def model_line(trace: Tagging, gold: Pasted | None = None) -> str:
    """Return the sentence with the model's entities, how sure it is of each, and where there is ``gold``, ✓ or ✗."""
    places = {(mark.start, mark.end, mark.type) for mark in marks(gold.words, gold.spans)} if gold else set()
    sign = [("✓ " if (e.start, e.end, e.type) in places else "✗ ") if gold else "" for e in trace.entities]
    remark = [f"{sign[n]}{entity.confidence:.2f}" for n, entity in enumerate(trace.entities)]
    return spans.sentence(trace.text, marks(trace.words, trace.spans, lambda n: remark[n]))


# -- controls --------------------------------------------------------------------------------------------------------


def model_and_decoding(lesson: LessonPage) -> tuple[str, str, Place | None]:
    """Draw the choice of the model and of the way in which it chooses tags; return a hall's place for choosing a cell."""
    left, right, *more = lesson.settings(3 if lesson.lecture else 2)
    with left:
        model = lesson.model_picker(default="minilm-l6-ner", kind="token-classifier")
    with right:
        label, ways = lesson.words("controls.decoding"), ("greedy", "legal")
        decoding = lesson.choice("segmented", label, ways, "decoding", labels="decoding", default="greedy")
    return model, str(decoding), more[0] if more else None


def warn_illegal(lesson: LessonPage, words: Sequence[Word], mine: Sequence[str]) -> None:
    """Say where the learner's own tags break the scheme."""
    if places := illegal_transitions(mine):
        listed = lesson.words.listed(
            f"**{markdown_escape(words[p.position].text)}** {inline_code(p.tag)}" for p in places
        )
        st.caption(lesson.words("yours.illegal", words=listed))


# -- the grid and one cell of it -------------------------------------------------------------------------------------


def draw_grid(lesson: LessonPage, trace: Tagging, focus: tuple[int, int] | None, most: int = charts.MOST) -> None:
    """Draw the grid, ``most`` px high where its rows can be read then, and under it a word on what was repaired."""
    w, zoom = lesson.words, LECTURE_FACTOR if lesson.lecture else 1.0
    whole, (trace, focus, first) = trace, excerpt(trace, focus)
    result = " ".join(trace.tags)
    phone.small_numbers("grid", "100")
    alt = w("alt.grid", tags=len(trace.tag_names), pieces=len(trace.pieces), text=trace.text[:200], result=result[:300])
    lesson.figure("grid", charts.grid(trace, w, focus, zoom, most), alt, data=lambda: charts.grid_rows(whole))
    if len(trace.pieces) < len(whole.pieces):
        places = {"first": first + 1, "last": first + len(trace.pieces), "count": len(whole.pieces)}
        st.caption(w("own.excerpt", **places))
    trace = whole
    if len(trace.windows) > len(trace.lines):
        st.caption(w("own.windows", windows=len(trace.windows)))
    tell_lines(lesson, len(trace.lines), "\t" in trace.text)
    if trace.illegal:
        changed = (n for n, (a, b) in enumerate(zip(trace.greedy, trace.tags, strict=True)) if a != b)
        told = (
            f"{markdown_escape(trace.words[n].text)} {inline_code(trace.greedy[n])} → {inline_code(trace.tags[n])}"
            for n in changed
        )
        forbidden = (f"**{markdown_escape(trace.words[i.position].text)}** {inline_code(i.tag)}" for i in trace.illegal)
        items = {"items": w.listed(told), "forbidden": w.listed(forbidden)}
        st.caption(w("own.repaired" if trace.decoding == "greedy" else "own.legal", **items))


def tell_lines(lesson: LessonPage, count: int, tabs: bool = False) -> None:
    """Say that a text of several lines was read line by line; ``tabs``: that what stands between tabs was parted too."""
    if count > 1:
        st.caption(lesson.words("own.cells" if tabs else "own.lines", count=count))


def excerpt(trace: Tagging, focus: tuple[int, int] | None) -> tuple[Tagging, tuple[int, int] | None, int]:
    """Return the part of a long trace that is drawn, the one with the cell ``focus``, that cell in it, and its first row."""
    first = (focus[0] if focus else 0) // MOST_ROWS * MOST_ROWS
    rows = slice(first, first + MOST_ROWS)
    if len(trace.pieces) <= MOST_ROWS:
        return trace, focus, 0
    drawn = range(len(trace.pieces))[rows]
    kept = dict.fromkeys(piece.word for piece in trace.pieces[rows] if piece.word >= 0)  # numbers of words, in order
    place = {number: n for n, number in enumerate(kept)}
    part = replace(
        trace,
        words=tuple(trace.words[n] for n in kept),
        pieces=tuple(replace(piece, word=place.get(piece.word, -1)) for piece in trace.pieces[rows]),
        logits=trace.logits[rows],
        probabilities=trace.probabilities[rows],
        first_piece=tuple(row - first if (row := trace.first_piece[n]) in drawn else -1 for n in kept),
        greedy=tuple(trace.greedy[n] for n in kept),
        illegal=tuple(replace(i, position=place[i.position]) for i in trace.illegal if i.position in place),
        tags=tuple(trace.tags[n] for n in kept),
    )
    return part, focus and (focus[0] - first, focus[1]), first


def choose_cell(lesson: LessonPage, trace: Tagging) -> tuple[int, int]:
    """Draw the choice of one cell (piece, tag); as it opens, the most probable tag of the word that is least O."""
    w = lesson.words
    deciding = [n for n, piece in enumerate(trace.pieces) if piece.first] or [0]
    surest = max(deciding, key=lambda n: float(1 - trace.probabilities[n, trace.tag_names.index("O")]))
    named = trace.pieces[surest].first and trace.tags[trace.pieces[surest].word] != OUTSIDE
    rows = [AUTO, *map(str, range(1, len(trace.pieces) + 1))]

    def row_of(piece: str) -> int:
        return surest if piece == AUTO else int(piece) - 1

    def piece_label(piece: str) -> str:
        label = f"{row_of(piece) + 1} · {trace.pieces[row_of(piece)].text}"
        return w("controls.surest" if named else "controls.nearest", piece=label) if piece == AUTO else label

    if not lesson.lecture:  # there it stands above the formula
        st.markdown(f"**{w('own.cell')}**")
    left, right = st.columns(2)
    with left:
        piece = lesson.choice("select", w("controls.piece"), rows, "piece", labels=piece_label, default=AUTO)
    row = row_of(str(piece))
    best = trace.tag_names[int(trace.probabilities[row].argmax())]

    def tag_label(name: str) -> str:
        return w("controls.best", tag=best) if name == AUTO else name

    names = [AUTO, *trace.tag_names]
    with right:
        name = lesson.choice("select", w("controls.tag"), names, "tag", labels=tag_label, default=AUTO)
    return row, trace.tag_names.index(best if name == AUTO else str(name))


def tell_softmax(lesson: LessonPage, trace: Tagging, cell: tuple[int, int]) -> None:
    """Typeset the softmax of one cell with its numbers: a hall needs the room of its symbols for what is below."""
    piece, name = trace.pieces[cell[0]].text, trace.tag_names[cell[1]]
    told = {"piece": markdown_escape(piece), "tag": inline_code(name), "score": f"{trace.logits[cell]:.2f}"}
    formula = formulas.softmax(trace, cell)
    if lesson.lecture:
        formula = formulas.numbers_alone(formula, "p")
    lesson.formula(formula, lesson.words("own.cell_of", **told))


def answer_the_idea(lesson: LessonPage, tags: Sequence[str], unit: str = "word", room: bool = True) -> None:
    """Answer the question that the idea left open, by these tags: how good a tagger looks that writes O everywhere.

    ``unit``: "word" or "character", which has a tag. Nothing is said where no name is to be found. ``room``: a hall has it.
    """
    w, names, o = lesson.words, len(from_bio(tags)), sum(tag == "O" for tag in tags)
    if names:
        told = {"n": len(tags), "o": o, "share": f"{100 * o / len(tags):.0f}", "names": names}
        key = "closing.all_o" if 2 * o >= len(tags) else "closing.few_o"  # a text of names does not show what others do
        with nullcontext() if room else hall.on_demand("closing"):
            st.markdown(w(key, unit=w(f"closing.{unit}"), **told))


# -- tagged text that is read and given away ------------------------------------------------------------------------


def tell_layout(lesson: LessonPage, layout: str, scheme: str, more: str = "") -> None:
    """Say how tagged text was read."""
    w = lesson.words
    st.caption(w.sentences(w("illegal.read", layout=w(f"illegal.{layout}"), scheme=scheme), more))


def gold_line(lesson: LessonPage, gold: Pasted, end: int) -> tuple[str, str]:
    """Return the sentence, as far as it was read, with the entities that came with it."""
    kept = [mark for mark in marks(gold.words, gold.spans) if mark.end <= end]
    return lesson.words("who.gold"), spans.sentence(gold.text[:end], kept)


def tell_against_gold(lesson: LessonPage, gold: Pasted, found: Sequence[Mark], end: int) -> None:
    """Score what a tagger found, as marks on the text, against the entities that came with the text."""
    right = [Span(mark.start, mark.end, mark.type) for mark in marks(gold.words, gold.spans) if mark.end <= end]
    score = strict(right, [Span(mark.start, mark.end, mark.type) for mark in found])
    told = {"right": f"{score.credit:g}", "predicted": score.predicted, "gold": score.gold, "f1": f"{score.f1:.2f}"}
    st.caption(lesson.words("own.against_gold", **told))


def draw_conll(
    lesson: LessonPage, words: Sequence[str], entities: Sequence[Span], sentences: Sequence[int] = (0,)
) -> None:
    """Give words and entities as columns in every scheme; ``sentences``: numbers of the words that begin one."""
    scheme = lesson.choice("segmented", lesson.words("illegal.scheme"), SCHEMES, "scheme", default=SCHEMES[0])
    st.code(
        conll(words, write_tags(words, entities, cast("Scheme", scheme)), sentences), language=None, wrap_lines=True
    )


# -- panels ---------------------------------------------------------------------------------------------------------


def draw_legality(lesson: LessonPage, names: Sequence[str] = TAGS) -> None:
    """Draw which transitions IOB2 forbids."""
    st.markdown(glossary.with_links(lesson.words("illegal.constraint"), lesson.language))
    lesson.equation(formulas.legal_search(lesson.words))
    bad = sum(any(i.position == 1 for i in illegal_transitions([a, b])) for a in names for b in names)
    alt = lesson.words("alt.legality", count=len(names), forbidden=bad)
    lesson.figure("legality", charts.legality(names, lesson.words), alt)


# -- rules -----------------------------------------------------------------------------------------------------------


def ruled_lines(lesson: LessonPage, text: str) -> list[tuple[str, str]]:
    """Return the sentence with what the rules find in it; nothing where they find nothing."""
    found = [Mark(e.start, e.end, e.type, dashed=True) for e in find_time_and_money(text)]
    return [(lesson.words("who.rules"), spans.sentence(text, found))] if found else []


def draw_rules(lesson: LessonPage, text: str, more: str) -> None:
    """List the rules of the text's languages and what each found in it; ``more``: key of a further explanation."""
    w = lesson.words
    rules = (*RULES, *CHINESE_RULES) if any(map(is_han, text)) else RULES
    st.markdown(w("rules.explain", count=len(rules)))
    st.markdown(w(more))
    found, names = find_time_and_money(text), w.resolve(w.node("rules.names"))
    rows = [
        {
            w("rules.type"): kind,
            w("rules.name"): names[name],
            w("rules.found"): w.listed(e.text for e in found if e.rule == name),
            w("rules.pattern"): pattern.pattern,
        }
        for kind, name, pattern in rules
    ]
    # Left to itself a column is as wide as what stands in the first ten rows, and cuts what is longer below them.
    wide = {
        column: st.column_config.TextColumn(width=round(max(text_width(text, 14) for text in (column, *texts))) + 24)
        for column in (w("rules.name"), w("rules.found"))
        for texts in [[row[column] for row in rows]]
    }
    st.dataframe(rows, hide_index=True, height=420, column_config=wide)
