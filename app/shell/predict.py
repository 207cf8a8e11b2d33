"""Predict before you reveal: choose, commit, see; with the count of right ones for this visit.

Students who predict before a demonstration understand more of it than those who only watch (Crouch et al. 2004).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import streamlit as st

from app.shell import lecture
from app.shell.language import shell_words
from app.shell.words import Words


def predict(
    words: Words,
    name: str,
    options: Sequence[str],
    answer: int,
    because: str | None = None,
    about: Hashable = None,
    **blanks: object,
) -> bool:
    """Ask ``predict.<name>.question``; return True once the learner has committed to an option, or has asked to see.

    ``answer`` is the index of the right option. A new ``about`` (another sentence, another head) asks again.
    """
    shell = shell_words()
    done: dict[str, tuple[Hashable, int | None]] = st.session_state.setdefault("_predictions", {})
    key = f"{st.session_state.get('_page')}.{name}"
    subject = (about, tuple(options))
    committed = key in done and done[key][0] == subject
    with st.container(border=True):
        st.markdown(f"**{shell('predict.label')}** {words(f'predict.{name}.question', **blanks)}")
        if not committed:
            _ask(key, subject, options, answer, done, shell)
            return False
        _tell(done[key][1], options, answer, because, shell)
    return True


def _ask(
    key: str,
    subject: Hashable,
    options: Sequence[str],
    answer: int,
    done: dict[str, tuple[Hashable, int | None]],
    shell: Callable[..., str],
) -> None:
    guess = st.radio(
        shell("predict.label"),
        range(len(options)),
        index=None,
        format_func=lambda i: options[i],
        horizontal=lecture.is_on(),  # a hall's screen is wide and low
        label_visibility="collapsed",
        key=f"_guess_{key}_{abs(hash(subject))}",
    )

    def commit(choice: int | None) -> None:
        done[key] = (subject, choice)
        if choice is not None:
            right, asked = st.session_state.get("_score", (0, 0))
            st.session_state["_score"] = (right + int(choice == answer), asked + 1)

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


def _tell(
    choice: int | None, options: Sequence[str], answer: int, because: str | None, shell: Callable[..., str]
) -> None:
    if choice is None:
        st.info(shell("predict.answer", answer=options[answer]), icon=":material/lightbulb:")
    elif choice == answer:
        st.success(shell("predict.right", answer=options[answer]), icon=":material/check:")
    else:
        text = shell("predict.wrong", guess=options[choice], answer=options[answer])
        st.warning(text, icon=":material/close:")
    if because:
        st.markdown(because)
    right, asked = st.session_state.get("_score", (0, 0))
    if asked:
        st.caption(shell("predict.score", right=right, asked=asked))
