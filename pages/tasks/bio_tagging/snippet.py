"""The code behind the tagging lesson, as a few lines that print the numbers on the screen."""

from __future__ import annotations

from collections.abc import Sequence


def code(
    view: str = "own",
    text: str = "",
    model: str = "minilm-l6-ner",
    decoding: str = "greedy",
    weight: float = 1.0,
    tags: Sequence[str] = (),
    gold: Sequence[str] = (),
) -> str:
    """Return runnable lines for one view of the lesson: ``yours``, ``own``, ``illegal`` or ``chinese``."""
    if view == "illegal":
        return _ILLEGAL.format(text=text)
    if view == "chinese":
        return _CHINESE.format(text=text, weight=float(weight))
    if view == "yours" and not gold:
        return _TAGS.format(tags=tuple(tags))
    if view == "yours":
        return _YOURS.format(tags=tuple(tags), gold=tuple(gold))
    return _OWN.format(text=text, model=model, decoding=decoding)


_OWN = """\
from nlpcore.models import load
from nlpcore.tagging import find_time_and_money, tag, tag_time_and_money

model = load({model!r})
trace = tag(model, {text!r}, decoding={decoding!r})
for word, row, bio in zip(trace.words, trace.first_piece, trace.tags):
    print(word.text, trace.pieces[row].text, f"{{trace.probabilities[row].max():.2f}}", bio)
for entity in trace.entities:
    print(entity.type, repr(entity.text), f"{{entity.confidence:.2f}}")
second = tag_time_and_money(model, trace.text)  # the second head, where the model has one
for entity in second.entities if second else ():
    print(entity.type, repr(entity.text), f"{{entity.confidence:.2f}}")
for entity in find_time_and_money(trace.text):  # rules, not the model
    print(entity.type, repr(entity.text), entity.rule)
"""

_TAGS = """\
from nlpcore.tagging import from_bio, illegal_transitions

yours = {tags!r}
print(from_bio(yours), illegal_transitions(yours))
"""

_YOURS = """\
from nlpcore.tagging import compare, from_bio

gold = {gold!r}
yours = {tags!r}
scores = compare(gold, from_bio(yours))
for score in (scores.strict, scores.overlap, scores.partial):
    print(f"{{score.measure:8}} P {{score.precision:.2f}}  R {{score.recall:.2f}}  F1 {{score.f1:.2f}}")
print(f"tokens right {{scores.token_accuracy:.2f}}")
"""

_ILLEGAL = """\
from nlpcore.tagging import REPAIRS
from nlpcore.tagging.exercises import repair_written

found = repair_written({text!r})
for place in found.illegal:
    print(place.position + 1, place.previous, "->", place.tag, place.reason)
for how, tags, spans in zip(REPAIRS, found.repaired, found.spans):
    print(how, *tags, len(spans))
"""

_CHINESE = """\
from nlpcore.models import load
from nlpcore.tagging import find_time_and_money, tag_chinese

trace = tag_chinese(load("lac-zh"), {text!r}, weight={weight!r})
print(*(f"{{s.text}}/{{s.tag}}" for s in trace.segments))
for entity in find_time_and_money(trace.text):  # rules, not the model
    print(entity.type, repr(entity.text), entity.rule)
print(f"{{trace.lattice.score:.2f}}", trace.lattice.emissions.shape, trace.lattice.transitions.shape)
"""
