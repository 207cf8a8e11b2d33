"""The third view: filters that slide over a film review."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app import glossary
from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from app.text import markdown_escape, probability
from nlpcore.networks.text_cnn import CNNReading, fired, read_review
from nlpcore.text import shortened
from pages.networks.architectures import charts_text as charts
from pages.networks.architectures import formulas, questions, shared, snippet

MODEL, FILTERS, PARAMETERS = "textcnn-imdb", 24, 162_378
LISTED = 8  # n-grams of a filter
# Written for this page.
EXAMPLES = (
    "One of the best films I have ever seen: a beautiful, moving story, and the acting is superb.",
    "What a waste of time. The plot is boring, the acting is terrible, and the ending is worse.",
    "The film is not bad at all; in fact it is surprisingly good.",
    "I expected a dull, predictable sequel and got a funny, clever film with a great cast.",
    "The worst film of the year: awful dialogue, poor effects, and nothing to laugh about.",
    "An excellent thriller, well written and perfectly directed; I highly recommend it.",
    "I fell asleep. It is slow, it makes no sense, and the jokes are not funny.",
    "A wonderful film for the whole family. I loved every minute of it.",
)


def cnn_view(lesson: LessonPage, beside: Place) -> Below:
    """Draw what one filter answers along the review, and once it is answered how all have voted."""
    w = lesson.words
    with lesson.controls():
        text = lesson.text(default=w("default.text"))
    with beside:
        names = partial(filter_name, lesson)
        chosen = int(
            lesson.choice("select", w("controls.filter"), range(FILTERS + 1), "filter", default=0, labels=names)
        )
    reading = lesson.attempt(read_review, MODEL, text=text)
    code = snippet.review(MODEL, text)
    length = max(len(reading.tokens), 4) if reading else 60
    shared.tell_idea(lesson, "cnn", length=length, batch=1)
    figure, aside = lesson.stage()
    if not reading:
        return Below(code, model=MODEL)
    question = questions.judged(reading, MODEL)
    with aside:
        told = lesson.ask(question)
        lesson.look_for("look_for.cnn", long=True)
    number = chosen - 1 if chosen else charts.strongest_filter(reading)
    with figure:
        lesson.notes(reading.notes)
        lesson.tell_other_language(MODEL)
        beside_it = lesson.lecture and told  # a hall has no room for two, one above the other
        large, small = st.columns([1.1, 1], gap="small") if beside_it else (st.container(), st.container())
        with large:
            draw_sliding(lesson, reading, number)
        if told:
            with small:
                alt = w("alt.votes", count=len(charts.voters(reading)), p=probability(reading.positive))
                lesson.figure("votes", charts.votes_figure(reading, w), alt, data=lambda: charts.vote_rows(reading))
        if not lesson.lecture:
            shared.tell_tensors(lesson, "tensors.cnn", n=len(reading.tokens), parameters=f"{PARAMETERS:,}")
    if told:
        lesson.formula(
            formulas.judgement(reading), w("formula.in_a_hall.judgement" if lesson.lecture else "formula.judgement")
        )
    return Below(code, {"ngrams": partial(draw_ngrams, lesson, number)}, MODEL)


def filter_name(lesson: LessonPage, number: int) -> str:
    """Return what a filter is called in the list; 0 stands for the one that answers most."""
    if not number:
        return lesson.words("controls.filter_auto")
    return lesson.words("filter.name", number=number, width=2 + (number - 1) // 8)


def draw_sliding(lesson: LessonPage, reading: CNNReading, number: int) -> None:
    """Draw the answers of one filter along the review."""
    w = lesson.words
    width, most = int(reading.widths[number]), float(reading.strongest[number])
    key = "filter.told" if most > 0 else "filter.silent"
    said = w(key, number=number + 1, width=width, ngram=markdown_escape(reading.ngram(number)), most=f"{most:.2f}",
             place=int(reading.places[number]) + 1)  # fmt: skip
    st.markdown(glossary.with_links(said, lesson.language))
    alt = w("alt.sliding", number=number + 1, width=width, ngram=reading.ngram(number), most=f"{most:.2f}")
    lesson.figure(
        "sliding", charts.sliding_figure(reading, number, w), alt, data=lambda: charts.sliding_rows(reading, number)
    )


def draw_ngrams(lesson: LessonPage, number: int) -> None:
    """The n-grams of all examples that fire a filter most."""
    w = lesson.words
    found = lesson.attempt(fired, MODEL, texts=EXAMPLES, number=number, most=LISTED)
    if found is None:
        return
    st.markdown(w("ngrams.hint" if found else "ngrams.silent", number=number + 1, count=len(EXAMPLES)))
    if found:
        st.table(
            [
                {
                    w("ngrams.ngram"): markdown_escape(each.ngram),
                    w("ngrams.answer"): f"{each.answer:.2f}",
                    w("ngrams.review"): markdown_escape(shortened(EXAMPLES[each.review], 40)),
                }
                for each in found
            ]
        )
