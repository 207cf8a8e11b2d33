"""The LSTM lesson as a few lines of Python: they print the numbers on the screen."""

from __future__ import annotations


def code(model: str, text: str, unit: int, words: bool = True) -> str:
    """Return a program that reads ``text`` and prints what ``unit`` and the output do at every token.

    ``words``: the model judges words; otherwise it expects characters.
    """
    read = "read_sentence" if words else "read_characters"
    output = (
        'f"P(positive) {reading.positive[t]:.2f}"'
        if words
        else '"next", [(letter, round(p, 2)) for letter, p in reading.next(t)]'
    )
    return f"""from nlpcore.models import load
from nlpcore.recurrent import gate_extremes, informative_units, {read}

reading = {read}(load({model!r}), {text!r})
trace, unit = reading.trace, {unit}

for t, token in enumerate(reading.tokens):
    # i, f, o: gates; g: candidate; c, h: states; each an array of (steps, hidden)
    print(t + 1, repr(token), *(f"{{name}} {{getattr(trace, name)[t, unit]:.3f}}" for name in "ifgoch"))
    print("   f c + i g =", f"{{trace.kept[t, unit] + trace.added[t, unit]:.3f}}", {output})

print(informative_units(reading, k=4))
for gate in "ifo":
    print(gate, gate_extremes(trace, reading.tokens, unit, gate, k=4))
"""
