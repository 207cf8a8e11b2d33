"""What the tagging lesson asks, worked out from its traces."""

from __future__ import annotations

from collections.abc import Hashable

from app.questions import Question, Said
from app.text import Markdown, inline_code, markdown_escape
from nlpcore.tagging import REPAIRS, ChineseTagging, Tagging
from nlpcore.tagging.exercises import Repairs

A_FEW = 2  # so many characters at most are "one or two"
NAMED = 8  # characters that are listed


def capitals(trace: Tagging, small: Tagging, about: Hashable) -> Question:
    """Ask what the model finds when every capital is made ``small``: fewer or other entities, the same, or more."""
    before, after = ([(e.start, e.end, e.type) for e in tagging.entities] for tagging in (trace, small))
    right = 1 if before == after else 2 if len(after) > len(before) else 0
    return Question(
        "capitals",
        (Said("options.fewer"), Said("options.same"), Said("options.more")),
        right,
        "predict.capitals.because",
        {"before": _entities(trace), "after": _entities(small)},
        about,
    )


def _entities(trace: Tagging) -> Markdown:
    return Markdown(", ".join(f"{e.type} {markdown_escape(e.text)}" for e in trace.entities) or "–")


def count(found: Repairs) -> Question | None:
    """Ask how many entities conlleval's reading counts; None where no tag is illegal and all readings agree."""
    if not found.illegal:
        return None
    begin, drop, convert = (len(found.way(how)[1]) for how in REPAIRS)
    options = sorted({begin, drop, convert, begin + 1, max(begin - 1, 0)})
    return Question(
        "count",
        tuple(str(number) for number in options),
        options.index(begin),
        "predict.count.because",
        {"begin": begin, "drop": drop, "convert": convert},
        (found.words, found.tags),
    )


def crf(trace: ChineseTagging) -> Question:
    """Ask how many characters change their tag when every one takes its highest emission: none, a few, or many."""
    changed = [n for n, (tag, alone) in enumerate(zip(trace.tags, trace.alone, strict=True)) if tag != alone]
    items = ", ".join(
        f"{markdown_escape(trace.characters[n])} {inline_code(trace.alone[n])} (CRF: {inline_code(trace.tags[n])})"
        for n in changed[:NAMED]
    )
    return Question(
        "crf",
        (Said("options.zero"), Said("options.few"), Said("options.many")),
        0 if not changed else 1 if len(changed) <= A_FEW else 2,
        "chinese.switched" if changed else "chinese.same",
        {"count": len(changed), "total": len(trace.tags), "items": Markdown(items)},
        (trace.text, trace.weight),
    )
