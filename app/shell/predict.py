"""Predict before you reveal: choose, commit, see; with the count of right ones for this visit.

Students who predict before a demonstration understand more of it than those who only watch (Crouch et al. 2004).
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from contextlib import nullcontext

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.questions import Question, all_filled, filled
from app.shell import answers, course, hall, lecture, phone
from app.shell.answers import Answer
from app.shell.language import shell_words
from app.shell.options import options_of_a_question
from app.shell.visit import visit
from app.text import markdown_plain
from app.words import Words

# What was committed to, by where it was asked and what about: who comes back to it is neither asked nor counted again.
Done = dict[tuple[str, Hashable], int | None]
PREDICTIONS, _SCORE, _LAST = "predictions", "score", "answered_last"
_OPEN = -1  # the choice of who has not answered yet


def predict(words: Words, lesson_id: str, question: Question, folded: bool = False) -> bool:
    """Ask ``question``; return True once the learner has committed to an option, or has asked to see.

    Where a page asks several, ``predict.<name>.about`` of the words says in a few words what this one is about.
    ``folded``: once it is answered it is one line, which opens, and stands open until the next one is answered.
    """
    shell = shell_words()
    done, place = _done(), _place(lesson_id, question)
    values = all_filled(question.values, words)
    waits = not answered(lesson_id, question)
    folds = folded and not waits
    about = f"predict.{question.name}.about"
    short = words(about, **values) if words.has(about) else ""
    # A phone keeps the first open question, or the last reason, in sight of the figure: the style sheet knows them by this.
    state = "open" if waits else "told"
    with (
        st.container(border=not folds, key=f"question_{state}_{question.name}"),
        _folded(words, question, short, done[place], _is_last(place)) if folds else nullcontext(),
    ):
        title = shell("predict.label_about", about=short) if short else shell("predict.label")
        asks = f"**{title}** {words(f'predict.{question.name}.question', **values)}"
        if not (folds or lecture.is_on()):
            _fold_on_a_phone(asks, words, question, done.get(place, _OPEN))
        if waits:
            st.markdown(asks)
            _ask(words, lesson_id, question)
            return False
        if lecture.is_on():  # it has read the question: answer and reason have to be on its screen
            with st.container(
                horizontal=True, vertical_alignment="center", gap="small", key=f"verdict_{question.name}"
            ):
                _tell(words, question, done[place])
                with st.popover(shell("predict.again"), type="tertiary"):
                    st.markdown(asks)
        else:
            st.markdown(asks)
            _tell(words, question, done[place])
        if question.because:
            st.markdown(words(question.because, **values))
        right, asked = visit().get(_SCORE, (0, 0))
        if asked:
            st.caption(shell("predict.score", right=right, asked=asked))
    return True


def _fold_on_a_phone(asks: str, words: Words, question: Question, choice: int | None) -> None:
    """Have a phone show one line of it: what is asked, or, once it is answered, whether that was right, and the answer."""
    if choice == _OPEN:
        phone.fold(markdown_plain(asks))
        return
    verdict = "told" if choice is None else "right" if choice == question.right else "wrong"
    line = {"told": "answer", "right": "right", "wrong": "not_so"}[verdict]
    phone.fold(markdown_plain(shell_words()(f"predict.{line}", answer=filled(question.answer, words))), verdict)


def _is_last(place: tuple[str, Hashable]) -> bool:
    """Whether this is what the learner has answered last, and reads the reason of. A hall has read it when it goes on."""
    return visit().get(_LAST) == place and not lecture.is_on()


def _folded(words: Words, question: Question, about: str, choice: int | None, opened: bool) -> DeltaGenerator:
    """Draw an answered question as one line that opens: what it was about, and its answer."""
    icon = "lightbulb" if choice is None else "check" if choice == question.right else "close"
    answer = filled(question.answer, words)
    told = shell_words()("predict.folded", about=about, answer=answer) if about else answer
    return st.expander(told, icon=f":material/{icon}:", expanded=opened)


def answered(lesson_id: str, question: Question) -> bool:
    """Whether the learner has committed to an option of ``question`` on this visit, or has asked to see.

    In a hall the key that reveals answers the first that is asked for: what is drawn above a question shows it at once.
    """
    done, place = _done(), _place(lesson_id, question)
    if place not in done and hall.reveals():
        done[place] = None
        answers.tell(Answer(lesson_id, question, None))
    return place in done


def _done() -> Done:
    """Return what was committed to on this visit."""
    done: Done = visit().setdefault(PREDICTIONS, {})
    return done


def _place(lesson_id: str, question: Question) -> tuple[str, Hashable]:
    """Return where the answer to a question is kept: it belongs to one lesson and to what the question is about."""
    return f"{lesson_id}.{question.name}", question.subject


def widget_key(key: str, subject: Hashable) -> str:
    """Return the key of the options: the same in every process, another one for another subject."""
    digest = hashlib.blake2s(repr(subject).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"_guess_{key}_{digest}"


def _ask(words: Words, lesson_id: str, question: Question) -> None:
    shell, done, place = shell_words(), _done(), _place(lesson_id, question)
    key, subject = place
    guess = options_of_a_question(
        shell("predict.label"),
        [filled(option, words) for option in question.options],
        widget_key(key, subject),
        horizontal=lecture.is_on(),  # a hall's screen is wide and low
        label_visibility="collapsed",
    )

    def commit(choice: int | None) -> None:
        if place in done:  # a second click, before the page has come back
            return
        done[place], visit()[_LAST] = choice, place
        answer = Answer(lesson_id, question, choice)
        if choice is not None:
            right, asked = visit().get(_SCORE, (0, 0))
            visit()[_SCORE] = (right + int(answer.right), asked + 1)
            course.take_note(lesson_id, widget_key(key, subject), answer.right)
        answers.tell(answer)

    with st.container(horizontal=True):
        st.button(
            shell("predict.commit"),
            disabled=guess is None,
            type="primary",
            on_click=commit,
            args=(guess,),
            key=f"_go_{key}",
        )
        st.button(shell("predict.show"), type="tertiary", on_click=commit, args=(None,), key=f"_show_{key}")


def _tell(words: Words, question: Question, choice: int | None) -> None:
    shell, answer = shell_words(), filled(question.answer, words)
    if choice is None:
        st.info(shell("predict.answer", answer=answer), icon=":material/lightbulb:")
    elif choice == question.right:
        st.success(shell("predict.right", answer=answer), icon=":material/check:")
    else:
        guess = filled(question.options[choice], words)
        st.warning(shell("predict.wrong", guess=guess, answer=answer), icon=":material/close:")
