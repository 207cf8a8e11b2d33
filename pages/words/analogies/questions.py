"""What the lesson on analogies asks, worked out from its trace."""

from __future__ import annotations

from app.questions import Question, Said
from app.text import Markdown, number
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
    first, why = trace.ranking(False)[0].word, reason(answer)
    likely = [first, trace.expected, *trace.inputs, *(word for word, _ in trace.ranking(True))]
    options = sorted([word for word in dict.fromkeys(likely) if word][:_OPTIONS])
    return Question(
        "nearest",
        tuple(options),
        options.index(first),
        why.key,
        {**why.values, "sum": in_words(answer)},
        (trace.model_id, trace.positive, trace.negative),
    )


def reason(answer: AnalogyAnswer) -> Said:
    """Return why a word comes first when nothing is struck, and what the arithmetic has done for the answer.

    The answer is the first word that is none of those put in; without any arithmetic it has a place among the neighbours of
    one word of the sum.
    """
    trace = answer.trace
    first, new = trace.ranking(False)[0], trace.ranking(True)[0]
    own = first.word in trace.inputs
    start = first.word if own and first.word in trace.positive else trace.positive[0]
    place = trace.answer_ranks_alone[trace.positive.index(start)]
    work: dict[str, str | int | float | Said] = {"answer": new.word, "start": start, "place": place}
    return Said(
        f"predict.nearest.because_{'input' if own else 'new'}",
        {
            "word": first.word,
            "cosine": Markdown(number(first.cosine)),
            "answer": new.word,
            "answer_cosine": Markdown(number(new.cosine)),
            "work": Said("predict.nearest.moved" if place > 1 else "predict.nearest.not_moved", work),
        },
    )
