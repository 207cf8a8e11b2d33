"""The formulas of the lesson on masked language models, with the numbers of a trace."""

from __future__ import annotations

import math

import numpy as np

from app import text
from app.formulas import Applied, Difference, Exp, Formula, Fraction, Line, Minus, Number, Product, Sum
from app.text import Say
from nlpcore.language_models.comparison import FillComparison
from nlpcore.language_models.fill_mask import Candidate, Fill
from nlpcore.language_models.mask_attention import AttentionChange
from nlpcore.language_models.masking import CorruptionCounts
from nlpcore.language_models.text_masking import TrainingExample

LOSSES_SHOWN = 3


def probability(p: float) -> Number:
    """A probability for a formula: with the digits that it has in texts, a tiny one as a power of ten."""
    if p < 0.0001:
        return Number(p, 1, scientific=True)
    return Number(p, len(text.probability(p).partition(".")[2]))


def softmax(fill: Fill, candidate: Candidate, w: Say) -> Formula:
    """The softmax over the vocabulary at one mask (Bridle 1990), for one word; ``w``: the lesson's words."""
    score = Fraction(Exp(Number(candidate.logit)), Exp(Number(fill.log_normaliser)))
    return Formula(
        rf"p(w \mid {_named('context', w)}) = \frac{{e^{{z_w}}}}{{\sum_{{v}} e^{{z_v}}}}",
        (Line(f"p({text.latex_text(candidate.token)})", (score, probability(candidate.probability))),),
    )


def loss(candidate: Candidate) -> Formula:
    """The loss of the word that stood there: how surprised the model is by it, in nats."""
    steps = (Minus(Applied(r"\ln", probability(candidate.probability))), Number(-candidate.log_probability))
    return Formula((), (Line(rf"-\ln p({text.latex_text(candidate.token)})", steps),))


def difference(trace: FillComparison, i: int, short: bool = False) -> Formula:
    """How many times likelier a word is in the first sentence, as the difference of two logarithms.

    ``short``: without the line that only says what the numbers show.
    """
    terms = Difference(
        Number(float(trace.first_log_probability[i]), 3), Number(float(trace.second_log_probability[i]), 3)
    )
    return Formula(
        (r"\ln \frac{p_1(w)}{p_2(w)}", *(() if short else (r"= \ln p_1(w) - \ln p_2(w)",))),
        (
            Line(
                "",
                (terms, Number(float(trace.difference[i]))),
                True,
                rf"\quad w = {text.latex_text(trace.words[i])}",
                broken=1,
            ),
        ),
        gap=" ",
    )


def training_loss(trace: TrainingExample) -> Formula:
    """The mean loss over the selected tokens (Devlin et al. 2019, § 3.1); what is not selected has none."""
    losses = trace.losses[trace.corruption.selected]
    if trace.loss is None:
        raise ValueError("no token was selected, so there is no loss")
    # Dots stand for several: who reads can work out what hides one alone.
    shown = len(losses) if len(losses) == LOSSES_SHOWN + 1 else LOSSES_SHOWN
    total = Sum(tuple(Number(float(one)) for one in losses), shown)
    mean = Product((Fraction(Number(1, 0), Number(len(losses), 0)), total))
    line = Line("", (mean, Number(trace.loss)), broken=1 if shown > LOSSES_SHOWN else 0)  # a hall has no room for four
    return Formula(r"L = -\frac{1}{|S|} \sum_{i \in S} \ln p(x_i \mid \tilde{x})", (line,))


def expected_masks(counts: CorruptionCounts, w: Say) -> Formula:
    """The mean of a binomial distribution: how many tokens become [MASK] in all draws; ``w``: the lesson's words."""
    draws, chosen, masked = (_named(name, w) for name in ("draws", "rate", "share"))
    rate, share = (Number(value, _decimals(value)) for value in (counts.rate, counts.split[0]))
    product = Product((Number(counts.draws, 0), Number(counts.eligible, 0), rate, share))
    return Formula(
        (r"\mathbb{E}[\#\text{[MASK]}]", rf"= {draws} \cdot n \cdot {chosen} \cdot {masked}"),
        (Line("", (product, Number(counts.masked.expected, 0))),),
        gap=" ",
    )


def _named(symbol: str, w: Say) -> str:
    """Return a symbol that is a word, in the language of the page."""
    return text.latex_text(w(f"formula.{symbol}"))


def _decimals(value: float) -> int:
    """How many decimals a share of whole per cents needs."""
    return next(digits for digits in (0, 1, 2) if digits == 2 or math.isclose(round(value, digits), value))


def largest_change(trace: AttentionChange, layer: int | None) -> tuple[int, int]:
    """Return query and key of the largest change in the heatmap."""
    change = np.abs(trace.change(layer))
    query, key = np.unravel_index(change.argmax(), change.shape)
    return int(query), int(key)


def attention_change(trace: AttentionChange, layer: int | None, w: Say) -> Formula:
    """The largest change of a mean weight: with the mask, less with the word itself; ``w``: the lesson's words."""
    query, key = largest_change(trace, layer)
    shown, hidden = (weights.mean(axis=1)[:, query, key] for weights in (trace.shown, trace.hidden))
    before, after = (float(x.mean() if layer is None else x[layer]) for x in (shown, hidden))
    return Formula(
        rf"\Delta_{{qk}} = \bar{{A}}^{{{_named('masked', w)}}}_{{qk}} - \bar{{A}}^{{{_named('shown', w)}}}_{{qk}}",
        (Line("", (Difference(Number(after, 3), Number(before, 3)), Number(after - before)), about=True),),
    )
