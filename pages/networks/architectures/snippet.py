"""The lines that reproduce what the lesson shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def shapes(asked: Mapping[str, Any]) -> str:
    """Return a program that prints the shapes and the parameters of each layer, by formula and by torch."""
    return f"""from nlpcore.networks.shapes import architecture, count_by_module

sizes = {dict(asked)!r}
trace = architecture(**sizes)
for stage, (module, counted) in zip(trace.stages, count_by_module(**sizes)):
    print(stage.before, "->", stage.after, stage.kind, stage.parameters, module, counted)
print("in all", trace.parameters)
"""


def phrases(steps: int, asked: Mapping[str, Any]) -> str:
    """Return a program that trains the network on the four phrases."""
    return f"""from nlpcore.networks.phrases import PHRASES, learn_phrases

run = learn_phrases(steps={max(steps, 1)}, **{dict(asked)!r})
for phrase, p in zip(PHRASES, run.shown.probabilities):
    print(phrase, round(float(p), 3))
print("parameters", run.shown.parameters, "| loss", round(float(run.losses[-1]), 3))
"""


def review(model: str, text: str) -> str:
    """Return a program that prints which n-gram fires which filter, and the judgement."""
    return f"""from nlpcore.networks.text_cnn import read_review

reading = read_review({model!r}, {text!r})
for n in abs(reading.votes).argsort()[::-1][:8]:
    print(n + 1, reading.ngram(n), round(float(reading.strongest[n]), 2), round(float(reading.votes[n]), 2))
print("positive", round(reading.positive, 3))
"""


def duel(steps: int, asked: Mapping[str, Any]) -> str:
    """Return a program that trains both networks against each other."""
    return f"""from nlpcore.networks.adversaries import duel

run = duel(steps={max(steps, 1)}, **{dict(asked)!r})
print("made points in each pile", run.shown.counts, "of", len(run.shown.made))
print("held for real: real ones", round(run.shown.believed_real, 2), "made ones", round(run.shown.believed_made, 2))
"""


def chains(steps: int, asked: Mapping[str, Any]) -> str:
    """Return a program that trains the recurrent network on chains of "not"."""
    return f"""from nlpcore.networks.chains import count_nots

run = count_nots(steps={max(steps, 1)}, **{dict(asked)!r})
for nots, (good, bad) in enumerate(run.shown.probabilities):
    print(nots, "times not: good", round(float(good), 2), "bad", round(float(bad), 2), run.shown.right[nots])
print("parameters", run.shown.parameters)
"""


def letters(steps: int, asked: Mapping[str, Any]) -> str:
    """Return a program that trains the autoencoder on the letters."""
    return f"""from nlpcore.networks.letters import letters, squeeze_letters

run = squeeze_letters(steps={max(steps, 1)}, **{dict(asked)!r})
for letter, code, wrong in zip(letters()[0], run.shown.codes, run.shown.wrong):
    print(letter, code.round(2), "wrong points", wrong)
print("nearest to O", run.shown.nearest("O")[:3])
"""
