"""The formulas of the embedding map, with the numbers of a trace."""

from __future__ import annotations

from app.formulas import Difference, Formula, Fraction, Line, Number, Product, Sum
from nlpcore.words.projection import Projection


def aim(projection: Projection) -> Formula:
    """What the method of a map is after, with what it has reached."""
    if projection.kl_divergence is None:
        return explained_variance(projection)
    return divergence(projection.kl_divergence)


def divergence(kl: float) -> Formula:
    """KL(P‖Q), which t-SNE makes small; van der Maaten & Hinton 2008, eq. 2."""
    return Formula(r"\mathrm{KL}(P\,\|\,Q)=\sum_{i\neq j}p_{ij}\ln\frac{p_{ij}}{q_{ij}}", (Line("", (Number(kl),)),))


def explained_variance(projection: Projection) -> Formula:
    """The share of the variance along the first two principal components; Jolliffe 2002, section 6.1.1."""
    first, second = projection.explained_variance
    shares = Sum((Number(first), Number(second)))
    return Formula(r"\frac{\lambda_1+\lambda_2}{\sum_i\lambda_i}", (Line("", (shares, Number(first + second))),))


def trustworthiness(projection: Projection) -> Formula:
    """How few false neighbours the map has; Venna & Kaski 2001, eq. 1."""
    quality, n = projection.quality, len(projection.coordinates)
    k = quality.k
    scale = Fraction(Number(2, 0), Product((Number(n, 0), Number(k, 0), Number(2 * n - 3 * k - 1, 0))))
    worked = Difference(Number(1, 0), Product((scale, Number(quality.intrusion, 0))))
    return Formula(
        # one under the other: side by side a phone would cut off the second
        r"\begin{gathered}T(k)=1-\frac{2}{n\,k\,(2n-3k-1)}\,S \\[1ex] "
        r"S=\sum_{i}\sum_{j\in U_k(i)}\bigl(r(i,j)-k\bigr)\end{gathered}",
        (Line(f"T({k})", (worked, Number(quality.trustworthiness, 3))),),
    )
