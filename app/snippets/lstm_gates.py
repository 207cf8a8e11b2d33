"""The LSTM lesson as a few lines of Python: they print the numbers on the screen."""

from __future__ import annotations


def code(model: str, text: str, step: int, unit: int, words: bool = True) -> str:
    """Return a program that reads ``text`` and prints what ``unit`` does at ``step`` (from 0).

    ``words``: the model judges words; otherwise it expects characters.
    """
    read = "read_sentence" if words else "read_characters"
    output = (
        'print("P(positive)", [round(float(p), 2) for p in reading.positive])'
        if words
        else 'print("next", reading.next(step), "bits per character", round(reading.bits_per_character, 2))'
    )
    return f"""from nlpcore.models import load
from nlpcore.recurrent import gate_extremes, informative_units, {read}

reading = {read}(load({model!r}), {text!r})
trace, step, unit = reading.trace, {step}, {unit}

print(reading.tokens[step])
for name in "ifgoch":  # input, forget, candidate, output; cell and hidden state: each (steps, hidden)
    print(name, round(float(getattr(trace, name)[step, unit]), 3))
print("f c + i g =", round(float(trace.kept[step, unit] + trace.added[step, unit]), 3))
{output}
print(informative_units(reading, k=5))
print(gate_extremes(trace, reading.tokens, unit, "i", k=3))
"""
