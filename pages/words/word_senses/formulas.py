"""The formulas of the lesson, with the numbers of its traces."""

from __future__ import annotations

from app.formulas import Difference, Formula, Fraction, Line, Number, Sum
from nlpcore.language_models.seen import Seen
from nlpcore.language_models.sight import Sight
from nlpcore.words.senses import Senses

_APART = "2ex"  # between fractions
_WRITTEN_OUT = 3  # cosines of a sum: a phone has room for no more


def shown(trace: Senses) -> int | None:
    """Return the sentence whose silhouette is written out: the first that has others of its sense; None where none has."""
    found = (i for i, sense in enumerate(trace.senses) if sense and trace.senses.count(sense) > 1)
    return next(found, None) if trace.comparable else None


def _distance(trace: Senses, layer: int, i: int, others: list[int], value: float, left: str) -> Line:
    cosines = tuple(Number(float(trace.cosines[layer, i, j])) for j in others)
    mean = Fraction(Sum(cosines, _WRITTEN_OUT), Number(len(others), 0))
    return Line(left, (Difference(Number(1, 0), mean), Number(value)))


def silhouette(trace: Senses, layer: int, i: int, hall: bool = False) -> Formula:
    """The silhouette of one sentence: how much nearer its own sense is than the nearest other one."""
    own, other = float(trace.own[layer, i]), float(trace.other[layer, i])
    lines = []
    if not hall:
        mates = [j for j, sense in enumerate(trace.senses) if sense == trace.senses[i] and j != i]
        by_sense = {
            name: [j for j, sense in enumerate(trace.senses) if sense == name]
            for name in trace.told
            if name != trace.senses[i]
        }
        nearest = min(by_sense, key=lambda name: 1 - float(trace.cosines[layer, i, by_sense[name]].mean()))
        lines = [
            _distance(trace, layer, i, mates, own, "a"),
            _distance(trace, layer, i, by_sense[nearest], other, "b"),
        ]
    above = Difference(Number(other), Number(own))
    told = Line("s", (Fraction(above, Number(max(own, other))), Number(float(trace.silhouettes[layer, i]))))
    return Formula(r"s = \frac{b - a}{\max(a, b)}", (*lines, told), aligned=True, apart=_APART)


def counted(trace: Sight) -> Formula:
    """How many words the vector at the position in question may depend on, in each of the three ways."""
    count, place = len(trace.words), trace.at + 1
    right = Sum((Difference(Number(count, 0), Number(place, 0)), Number(1, 0)))
    lines = (
        Line(r"\text{GPT: } i", (Number(place, 0),)),
        Line(r"\text{ELMo} \rightarrow\text{: } i", (Number(place, 0),)),
        Line(r"\text{ELMo} \leftarrow\text{: } n - i + 1", (right, Number(count - place + 1, 0))),
        Line(r"\text{BERT: } n - 1", (Difference(Number(count, 0), Number(1, 0)), Number(count - 1, 0))),
    )
    return Formula((), lines, aligned=True)


def shares(trace: Seen) -> Formula:
    """At how many places the first choice is right, with the word in its place and with a mask there."""
    count = len(trace.tokens)
    lines = tuple(
        Line(left, (Fraction(Number(right, 0), Number(count, 0)), Number(right / count)))
        for left, right in ((r"\text{open}", trace.seen_right), (r"\text{[MASK]}", trace.hidden_right))
    )
    return Formula((), lines, aligned=True, apart=_APART)
