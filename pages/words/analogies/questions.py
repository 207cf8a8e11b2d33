"""What the lesson on analogies asks, worked out from its trace."""

from __future__ import annotations

from app.questions import Question
from nlpcore.words.analogy_input import AnalogyAnswer
from pages.words.analogies.sums import in_words

_OPTIONS = 4


def nearest(answer: AnalogyAnswer) -> Question | None:
    """Ask which word is nearest to the sum when nothing is struck; None where nothing is, so that it is on the screen.

    The other options are the word hoped for, the inputs, and the first answers with the inputs struck. In alphabetical
    order, so that their places give nothing away.
    """
    trace = answer.trace
    if not trace.exclude_inputs:
        return None
    first = trace.ranking(False)[0].word
    likely = [first, trace.expected, *trace.inputs, *(word for word, _ in trace.ranking(True))]
    options = sorted([word for word in dict.fromkeys(likely) if word][:_OPTIONS])
    reason = "input" if first in trace.inputs else "new"
    return Question(
        "nearest",
        tuple(options),
        options.index(first),
        f"predict.nearest.because_{reason}",
        {"word": first, "sum": in_words(answer)},
        (trace.model_id, trace.positive, trace.negative),
    )
