"""The code behind what is on the screen of the lesson on masked language models."""

from __future__ import annotations

from collections.abc import Sequence

_HEAD = """from nlpcore.models import load
{imports}

model = load({model!r})
"""


def code(
    view: str = "fill",
    *,
    model: str = "minilm-l6-mlm",
    text: str = "The capital of France is Paris.",
    words: Sequence[int] = (),
    order: str = "together",
    k: int = 8,
    guesses: Sequence[str] = (),
    first: str = "",
    second: str = "",
    watched: Sequence[str] = (),
    seed: int = 1,
    rate: float = 0.15,
    split: tuple[float, float, float] = (0.8, 0.1, 0.1),
    layer: int | None = None,
) -> str:
    """Return the lines that print the numbers of ``view``: fill, compare, training, counts or attention."""
    if view == "compare":
        return _compare(model, first, second, k, tuple(watched))
    if view == "training":
        return _training(model, text, seed, rate, split)
    if view == "counts":
        return _counts(model, text, seed, rate, split)
    if view == "attention":
        return _attention(model, text, tuple(words), layer)
    return _fill(model, text, tuple(words), order, k, tuple(guesses))


def _head(model: str, *imports: str) -> str:
    return _HEAD.format(imports="\n".join(f"from nlpcore.language_models{line}" for line in imports), model=model)


def _fill(model: str, text: str, words: tuple[int, ...], order: str, k: int, guesses: tuple[str, ...]) -> str:
    return f"""{_head(model, " import fill_mask")}
# words: which words of the text are masked, counted from 0
trace = fill_mask(model, {text!r}, k={k}, words={words}, order={order!r}, guesses={guesses})
for fill in trace.fills:
    print("mask at token", fill.position, "entropy", round(fill.entropy_bits, 2), "bits")
    for c in fill.candidates:
        print(c.rank, c.token, round(c.logit, 2), round(c.probability, 4))
    if fill.original:
        print("stood there:", fill.original.token, "place", fill.original.rank, "p", fill.original.probability)
        print("loss:", -fill.original.log_probability)
"""


def _compare(model: str, first: str, second: str, k: int, watched: tuple[str, ...]) -> str:
    return f"""{_head(model, ".comparison import compare_fills")}
trace = compare_fills(model, {first!r}, {second!r}, k={k}, watched={watched})
for word, difference in zip(trace.words, trace.difference):
    print(word, round(float(difference), 2))  # ln p(first) - ln p(second)
"""


def _training(model: str, text: str, seed: int, rate: float, split: tuple[float, float, float]) -> str:
    return f"""{_head(model, " import Fate", ".text_masking import training_example")}
trace = training_example(model, {text!r}, seed={seed}, rate={rate}, split={split})
for i, token in enumerate(trace.tokens):
    fate = Fate(int(trace.corruption.fates[i])).name
    print(token, "->", trace.shown_tokens[i], fate, round(float(trace.losses[i]), 2))
print("loss:", trace.loss)
"""


def _counts(model: str, text: str, seed: int, rate: float, split: tuple[float, float, float]) -> str:
    return f"""{_head(model, ".text_masking import count_corruptions")}
counts = count_corruptions(model, {text!r}, seed={seed}, rate={rate}, split={split}, draws=1000).counts
for name in ("selected", "masked", "random", "kept", "visibly_changed", "empty_draws"):
    c = getattr(counts, name)
    print(name, c.observed, "expected", round(c.expected, 1), "95 %:", c.low, "to", c.high)
"""


def _attention(model: str, text: str, words: tuple[int, ...], layer: int | None) -> str:
    return f"""{_head(model, ".mask_attention import attention_change")}
trace = attention_change(model, {text!r}, words={words}, limit=64)
print(trace.tokens)
print(trace.change({layer}).round(3))  # masked minus shown, averaged over heads: rows are queries
print(trace.moved().round(2))  # how far each head (columns) of each layer (rows) moved
"""
