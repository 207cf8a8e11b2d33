"""The formulas of attention, with the numbers of a map or of one head's queries and keys."""

from __future__ import annotations

import numpy as np

from app.charts import colours
from app.formulas import Applied, Expression, Formula, Fraction, Line, Number, Product, Sum
from nlpcore import attention
from nlpcore.attention import AttentionMaps, HeadVectors

_Q = rf"\textcolor{{{colours.QUERY}}}{{q_i}}"
_K = rf"\textcolor{{{colours.KEY}}}{{k_j}}"
_V = rf"\textcolor{{{colours.VALUE}}}{{v_j}}"
TERMS_SHOWN = 2  # of the weighted sum of values: a phone has room for as many on a line
HEADS_SHOWN = 3  # of the mean over heads


def weight(vectors: HeadVectors, layer: int, head: int, query: int, key: int) -> Formula:
    """Vaswani et al. 2017, eq. 1, for one query and one key: the scaled score, and its share of the softmax."""
    trace = vectors.trace(layer, head)
    scaled = Number(float(trace.scaled[query, key]))
    score = Fraction(Number(float(trace.scores[query, key])), Applied(r"\sqrt", Number(trace.d_k, 0)))
    total = float(np.exp(trace.masked[query].astype(np.float64)).sum())
    share = Fraction(Applied(r"\exp", scaled), _sum_of_exponentials(total))
    return Formula(
        (
            rf"s_{{ij}} = \frac{{{_Q} \cdot {_K}}}{{\sqrt{{d_k}}}}",
            r"\alpha_{ij} = \frac{\exp(s_{ij})}{\sum_m \exp(s_{im})}",
        ),
        (
            Line("", (score, scaled), opening=""),
            Line("", (share, _result(trace.weights[query, key])), opening=""),
        ),
    )


def output(vectors: HeadVectors, layer: int, head: int, query: int) -> Formula:
    """Vaswani et al. 2017, eq. 1, its last step: the values, weighted and added up, in the component where most arrives.

    The largest terms are written out, the strongest first. Everything has a line of its own: a phone is no wider than one.
    """
    trace, values = vectors.trace(layer, head), vectors.v[layer, vectors.key_head(head)]
    place = int(np.abs(trace.output[query]).argmax())
    column = values[:, place].astype(np.float64)
    order = np.argsort(-np.abs(trace.weights[query] * column), kind="stable")
    terms = (Product((Number(float(trace.weights[query, j])), Number(float(column[j])))) for j in order)
    total = Sum(tuple(terms), TERMS_SHOWN)
    whole = r"\text{Attention}(Q, K, V) = \text{softmax}\!\left(\frac{QK^\top}{\sqrt{d_k}}\right) V"
    return Formula(
        rf"\begin{{gathered}}{whole} \\[1ex] o_i = \sum_j \alpha_{{ij}}\, {_V}\end{{gathered}}",
        (Line(rf"o_{{i,{place + 1}}}", (total, _result(trace.output[query, place])), broken=1),),
        aligned=True,
    )


def average(maps: AttentionMaps, layer: int, query: int, key: int) -> Formula:
    """The mean over the heads of a layer, its first terms written out."""
    column = maps.weights[layer, :, query, key].astype(np.float64)
    total = Sum(tuple(Number(float(value)) for value in column), HEADS_SHOWN)
    return Formula(
        r"\bar{\alpha}_{ij} = \frac{1}{H} \sum_{h=1}^{H} \alpha^{(h)}_{ij}",
        (Line("", (Fraction(total, Number(len(column), 0)), _result(column.mean())), opening=""),),
    )


def rollout(maps: AttentionMaps, layer: int, query: int, key: int) -> Formula:
    """The recursion of Abnar & Zuidema 2020, § 3: what attention brings, and what the residual connection keeps."""
    reached = attention.rollout(maps).weights[:, 0]
    below = np.eye(len(maps.tokens)) if layer == 0 else reached[layer - 1]
    arrives = 0.5 * maps.weights[layer].mean(0)[query] @ below[:, key]
    stays = 0.5 * below[query, key]
    halves = Sum((Number(float(arrives)), Number(float(stays))))
    return Formula(
        (r"R_\ell = \left(\tfrac12 \bar{A}_\ell + \tfrac12 I\right) R_{\ell-1},", "R_0 = I"),
        (Line(rf"R_{{{layer + 1}}}[i,j]", (halves, _result(reached[layer, query, key]))),),
    )


def _result(value: float | np.floating) -> Number:
    return Number(float(value), bold=True)


def _sum_of_exponentials(value: float) -> Expression:
    """A number that may be huge, or next to nothing: as many digits as fit on the line."""
    if 0.01 <= value < 1e5:
        return Number(value, 2 if value < 1000 else 0)
    return Number(value, 1, scientific=True)
