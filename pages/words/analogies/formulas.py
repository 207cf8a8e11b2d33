"""The formula of the lesson on analogies, with the numbers of a trace."""

from __future__ import annotations

from app.formulas import Formula, Fraction, Line, Minus, Number, Sum
from app.text import latex_text
from nlpcore.words.analogy_input import AnalogyAnswer
from pages.words.analogies.sums import columns

_STRUT = r"\rule{0pt}{1.1em}"  # digits alone would be cut off at the top by the page's formula box
# In two lines, left side and right: one would be too long for a phone, and for the place beside a hall's figure.
_LINES = r"\begin{{gathered}}\cos({left})=\\[0.3em]\frac{{{above}}}{{\lVert {sum}\rVert}}\end{{gathered}}"
_OF_THREE = _LINES.format(left=r"x,\,a-b+c", above=r"\cos(x,a)-\cos(x,b)+\cos(x,c)", sum="a-b+c")
_OF_ANY = _LINES.format(
    left=r"x,\,{\textstyle\sum_{w\in +} w-\sum_{w\in -} w}",
    above=r"\sum_{w\in +}\cos(x,w)-\sum_{w\in -}\cos(x,w)",
    sum=r"\,\sum_{w\in +} w-\sum_{w\in -} w\,",
)


def scores(answer: AnalogyAnswer, revealed: bool) -> Formula:
    """The cosine of a word to the sum, from its terms (Levy & Goldberg 2014, eq. 3), for the word that comes first.

    ``revealed``: also for the word that comes first when nothing is struck.
    """
    trace = answer.trace
    words = [trace.answers[0].word, *([trace.ranking(False)[0].word] if revealed else [])]
    of_three = len(answer.a) == len(answer.b) == len(answer.c) == 1
    lines = tuple(score(answer, word) for word in dict.fromkeys(words))
    return Formula(_OF_THREE if of_three else _OF_ANY, lines, aligned=True)


def score(answer: AnalogyAnswer, word: str) -> Line:
    """The cosine of a candidate of the trace to the sum: its signed cosines to each input, by the length of the sum."""
    trace = answer.trace
    row = trace.candidates.index(word)
    terms = [(trace.signs[i] > 0, Number(float(trace.terms[row, i]))) for i in columns(answer)]
    signed = tuple(cosine if added else Minus(cosine) for added, cosine in terms)
    worked = Fraction(Sum(signed, brackets=True), Number(trace.length), _STRUT)
    # Brackets make it too long for the place beside a hall's figure.
    long = any(
        number < 0 and trace.signs[i] < 0
        for i, number in zip(columns(answer), trace.terms[row, columns(answer)], strict=True)
    )
    return Line(latex_text(word), (worked, Number(float(trace.cosines[row]))), opening=r":\ ", broken=int(long))
