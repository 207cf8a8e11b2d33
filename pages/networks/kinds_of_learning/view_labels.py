"""The view on labels: some of them, none but the text itself, or a reward instead."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from app.shell import word_cutter
from app.shell.frame import Below, LessonPage
from app.shell.menu import Place
from app.text import markdown_escape, number
from nlpcore.learning.bandit import MOST_PULLS, Regrets, mean_regret, pull
from nlpcore.learning.few_labels import UNKNOWN, SelfTraining, self_train
from nlpcore.learning.own_labels import own_examples
from pages.networks.kinds_of_learning import charts_labels as charts
from pages.networks.kinds_of_learning import formulas, questions, snippet
from pages.networks.kinds_of_learning.shared import about_points, data_choice, dials, tell_idea

KINDS = ("few", "own", "reward")
MOST_LEFT, MOST_DRAWS = 20, 20
HOW = ("next_word", "masked")


def labels_view(lesson: LessonPage, beside: Place) -> Below:
    """Draw what is learnt where labels are few, where the text gives them, or where there is a reward."""
    w = lesson.words
    with beside:
        kind = lesson.choice("segmented", w("controls.kind"), KINDS, "kind", labels="kind", default="few",
                             label_visibility="collapsed")  # fmt: skip
    return {"few": few_view, "own": own_view, "reward": reward_view}[kind](lesson)


def few_view(lesson: LessonPage) -> Below:
    """Draw self-training, round by round."""
    w = lesson.words
    data_place, threshold_place = lesson.settings(2)
    data = data_choice(lesson, data_place)
    with threshold_place:
        threshold = st.slider(
            w("controls.threshold"), step=0.05, format="%.2f", **lesson.bound("threshold", 0.75, 0.5, 0.95)
        )
    with lesson.controls(), dials():
        left = st.slider(w("controls.left"), **lesson.bound("left", 2, 1, MOST_LEFT))
        chosen = st.slider(w("controls.chosen"), **lesson.bound("chosen", 1, 1, MOST_DRAWS))
    tell_idea(lesson)
    asked: dict[str, Any] = {"data": data, "left": int(left), "chosen": int(chosen), "threshold": float(threshold)}
    trace = lesson.attempt(self_train, None, **asked)
    assert trace is not None
    question, count = questions.few(trace), len(trace.rounds)

    def reach() -> int:
        return count if lesson.answered(question) else 1

    labels = [w("rounds.first") if number == 0 else w("rounds.next", n=number + 1) for number in range(count)]
    waits = w(f"predict.{question.name}.short")
    lesson.stepped("round", count, partial(draw_round, lesson, trace), labels, count, reach, lambda: waits)
    return Below(snippet.few(data, int(left), int(chosen), float(threshold)))


def draw_round(lesson: LessonPage, trace: SelfTraining, step: int) -> None:
    """Draw one round: what was learnt from, and which labels are given next."""
    w, question = lesson.words, questions.few(trace)
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(question)
    each = trace.rounds[step]
    given, own = int((each.labels != UNKNOWN).sum()), int((trace.told != UNKNOWN).sum())
    with figure:
        alt = w("alt.few", n=step + 1, known=given, count=len(trace.told))
        lesson.figure("few", charts.few(trace, step, w), alt, data=partial(charts.few_rows, trace, step))
        said = {"own": own, "given": given - own, "accuracy": number(100 * each.accuracy, ".0f"),
                "full": number(100 * trace.full, ".0f")}  # fmt: skip
        if told:
            st.markdown(w("said.few_told", wrong=trace.wrong(step), new=int((each.new != UNKNOWN).sum()), **said))
        else:
            st.markdown(w("said.few", **said))
        about_points(lesson, trace.points.data)
    with figure if lesson.lecture else aside:
        lesson.look_for("look_for.few", long=True)
    lesson.formula(formulas.accuracy(trace, step), None if lesson.lecture else w("formula.accuracy"))


def own_view(lesson: LessonPage) -> Below:
    """Draw the examples that a text makes of itself."""
    w = lesson.words
    with lesson.controls():
        left, right = st.columns([3, 1.6], vertical_alignment="bottom")
        with left:
            text = lesson.text("own", w("default.own"), limit=400, label=w("controls.own"))
        with right:
            how = lesson.choice("segmented", w("controls.how"), HOW, "how", labels="how", default="next_word")
    tell_idea(lesson)
    words = word_cutter.cut(lesson, text)
    if words is None:
        return Below()
    trace = lesson.attempt(own_examples, None, words=words)
    if trace is None:
        return Below()
    figure, aside = lesson.stage()
    with aside:
        told = lesson.ask(questions.own(trace, how))
    with figure:
        word_cutter.tell(lesson, text)
        lesson.notes(trace.notes)
        alt = w(f"alt.{how}", words=len(trace.words))
        first = None if told else charts.beginning(trace, how)  # all of them could be counted
        rows = partial(charts.own_rows, trace, how, first)
        lesson.figure("own", charts.own(trace, how, w, first), alt, data=rows)
        seen, label = charts.example(trace, how, -1 if told else 0)
        st.markdown(
            w(
                "said.own" if told else "said.own_first",
                seen=markdown_escape(" ".join(seen)),
                label=markdown_escape(label),
            )
        )
    with figure if lesson.lecture else aside:
        lesson.look_for("look_for.own", long=True)
    if told:
        lesson.formula(formulas.examples(trace, how), None if lesson.lecture else w("formula.examples"))
    return Below(snippet.own(words))


def reward_view(lesson: LessonPage) -> Below:
    """Draw a two-armed bandit that is pulled by ε-greedy."""
    w = lesson.words
    pulls_place, luck_place = lesson.settings(2)
    with pulls_place:
        pulls = st.slider(w("controls.pulls"), **lesson.bound("pulls", 200, 1, MOST_PULLS))
    with luck_place:
        luck = st.slider(w("controls.luck"), **lesson.bound("luck", 1, 1, 20))
    with lesson.controls(), dials():
        epsilon = st.slider(w("controls.epsilon"), step=0.05, format="%.2f", **lesson.bound("epsilon", 0.1, 0.0, 1.0))
        a, b = (
            st.slider(w(f"controls.{arm}"), step=0.05, format="%.2f", **lesson.bound(arm, first, 0.0, 1.0))
            for arm, first in (("a", 0.4), ("b", 0.6))
        )
    tell_idea(lesson)
    asked: dict[str, Any] = {"a": float(a), "b": float(b), "pulls": int(pulls)}
    trace = lesson.attempt(pull, None, epsilon=float(epsilon), luck=int(luck), **asked)
    regrets = lesson.attempt(mean_regret, None, **asked)
    assert trace is not None and regrets is not None
    question = questions.regret(regrets)
    figure, aside = lesson.stage()
    with aside:
        if question:
            lesson.ask(question)
    with figure:
        counts = trace.counts[-1].tolist()
        alt = w("alt.reward", a=counts[0], b=counts[1], regret=number(float(trace.regret[-1]), ".1f"))
        lesson.figure("reward", charts.reward(trace, w), alt, data=partial(charts.reward_rows, trace))
        if a == b:
            st.caption(w("said.equal"))
    with figure if lesson.lecture else aside:
        lesson.look_for("look_for.reward", long=True)
    lesson.formula(formulas.regret(trace), None if lesson.lecture else w("formula.regret"))
    code = snippet.reward(float(a), float(b), float(epsilon), int(pulls), int(luck))
    return Below(code, {"regrets": partial(draw_regrets, lesson, regrets)}, tells={"regrets": "regret"})


def draw_regrets(lesson: LessonPage, trace: Regrets) -> None:
    """Draw what many learners lose on average, by how much they try."""
    w = lesson.words
    st.markdown(w("panels.regrets_text"))
    alt = w("alt.regrets", said=w.listed(charts.regret_said(trace, n) for n in range(len(trace.epsilons))))
    lesson.figure("regrets", charts.regrets(trace, w), alt, data=partial(charts.regret_rows, trace))
