"""The formulas of attention, typeset beside the numbers that they produced."""

from __future__ import annotations

import numpy as np

from app.charts import colours
from nlpcore import attention
from nlpcore.attention import AttentionMaps, HeadVectors

_Q = rf"\textcolor{{{colours.QUERY}}}{{q_i}}"
_K = rf"\textcolor{{{colours.KEY}}}{{k_j}}"


def weight(vectors: HeadVectors, layer: int, head: int, query: int, key: int) -> tuple[str, str]:
    """Return Vaswani et al. 2017, eq. 1, for one query and one key, and the same with numbers."""
    trace = vectors.trace(layer, head)
    score, scaled = trace.scores[query, key], trace.scaled[query, key]
    total = np.exp(trace.masked[query].astype(np.float64)).sum()
    formula = (
        rf"s_{{ij}} = \frac{{{_Q} \cdot {_K}}}{{\sqrt{{d_k}}}} \qquad "
        r"\alpha_{ij} = \frac{\exp(s_{ij})}{\sum_m \exp(s_{im})}"
    )
    numbers = (
        rf"\frac{{{score:.2f}}}{{\sqrt{{{trace.d_k}}}}} = {scaled:.2f} \qquad "
        rf"\frac{{\exp({scaled:.2f})}}{{{_large(total)}}} = \mathbf{{{trace.weights[query, key]:.2f}}}"
    )
    return formula, numbers


def average(maps: AttentionMaps, layer: int, query: int, key: int) -> tuple[str, str]:
    """Return the mean over heads, and the same with its first terms as numbers."""
    column = maps.weights[layer, :, query, key]
    terms = " + ".join(f"{value:.2f}" for value in column[:3]) + (r" + \dots" if len(column) > 3 else "")
    formula = r"\bar{\alpha}_{ij} = \frac{1}{H} \sum_{h=1}^{H} \alpha^{(h)}_{ij}"
    return formula, rf"\frac{{{terms}}}{{{len(column)}}} = \mathbf{{{column.mean():.2f}}}"


def rollout(maps: AttentionMaps, layer: int, query: int, key: int) -> tuple[str, str]:
    """Return the recursion of Abnar & Zuidema 2020, § 3, and its two halves as numbers."""
    reached = attention.rollout(maps).weights[:, 0]
    below = np.eye(len(maps.tokens)) if layer == 0 else reached[layer - 1]
    stays = 0.5 * below[query, key]
    arrives = 0.5 * maps.weights[layer].mean(0)[query] @ below[:, key]
    formula = r"R_\ell = \left(\tfrac12 \bar{A}_\ell + \tfrac12 I\right) R_{\ell-1}, \qquad R_0 = I"
    numbers = rf"R_{{{layer + 1}}}[i,j] = {arrives:.2f} + {stays:.2f} = \mathbf{{{reached[layer][query, key]:.2f}}}"
    return formula, numbers


def stacked(latex: str) -> str:
    """Return a formula for a projector: one equation under the other, as each takes more room there."""
    return r"\begin{gathered}" + latex.replace(r"\qquad", r"\\[1ex]") + r"\end{gathered}"


def _large(value: float) -> str:
    if value < 1e5:
        return f"{value:.2f}" if value < 1000 else f"{value:.0f}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"
