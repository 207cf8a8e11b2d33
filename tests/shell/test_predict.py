"""Predict before you reveal: a guess counts once, for what it was made about, and is told to whoever listens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.questions import Question, Said
from app.shell import answers
from app.shell.answers import Answer
from app.shell.language import language
from app.shell.predict import predict, widget_key
from app.words import Words
from tests.shell.driving import SHELL, WORDS, drawn, labels, press, sound

OPTIONS = (Said("predict.peak.first"), Said("predict.peak.last", {"word": "*"}), "a_word")
PEAK = Question("peak", OPTIONS, 1, "predict.peak.because", {"n": 1200, "word": "a*b"}, about=("model", 1))


@pytest.fixture
def heard() -> Iterator[list[Answer]]:
    said: list[Answer] = []
    stop = answers.listen(said.append)
    yield said
    stop()


def ask(question: Question, lesson_id: str = "made-up", **state: Any) -> tuple[AppTest, list[bool], list[Any]]:
    """Return the page, what it was told in each run, and what it asks: [lesson, question], which may be changed."""
    told: list[bool] = []
    asked: list[Any] = [lesson_id, question]

    def body() -> None:
        words = Words(WORDS, language())
        told.append(predict(words, *asked))

    return drawn(body, **state), told, asked


def guess(app: AppTest, option: int | None) -> AppTest:
    if option is None:
        return press(app, "Show without guessing")
    sound(app.radio[0].set_value(option).run())
    return press(app, "Commit")


def texts(app: AppTest) -> list[str]:
    return [element.value for element in app.markdown]


def test_nothing_is_told_before_the_learner_commits() -> None:
    app, told, _ = ask(PEAK)
    assert told == [False]
    assert texts(app) == [r"**Predict first.** Which of 1,200 *words*?"]
    assert app.radio[0].options == ["the first", r"the last, \*", r"a\_word"] and app.radio[0].value is None
    assert app.radio[0].proto.label == "Predict first."
    assert labels(app) == ["Commit", "Show without guessing"] and labels(app, disabled=True) == ["Commit"]
    sound(app.radio[0].set_value(0).run())
    assert told[-1] is False and labels(app, disabled=True) == []
    assert not (app.success or app.warning or app.info or app.caption)


@pytest.mark.parametrize("option", [0, 1, 2])
def test_a_guess_is_right_or_wrong_and_the_reason_follows(option: int, heard: list[Answer]) -> None:
    app, told, _ = ask(PEAK)
    guess(app, option)
    assert told[-1] is True and not app.radio and not labels(app)
    assert [box.value for box in app.success] == ([r"Right: the last, \*"] if option == 1 else [])
    said = {0: "the first", 2: r"a\_word"}.get(option)
    assert [box.value for box in app.warning] == ([rf"You said: {said}. Answer: the last, \*"] if said else [])
    assert {box.icon for box in (*app.success, *app.warning)} == {f":material/{'check' if option == 1 else 'close'}:"}
    assert texts(app)[1:] == [r"Because of a\*b."]
    assert app.caption[0].value == f"{int(option == 1)} of 1 predictions right in this visit"
    assert heard == [Answer("made-up", PEAK, option)] and heard[0].right is (option == 1)


def test_who_asks_to_see_is_not_counted(heard: list[Answer]) -> None:
    app, told, _ = ask(PEAK)
    guess(app, None)
    assert told[-1] is True and [box.value for box in app.info] == [r"Answer: the last, \*"]
    assert not app.caption and texts(app)[1:] == [r"Because of a\*b."]
    assert heard == [Answer("made-up", PEAK, None)] and heard[0].right is False


def test_the_count_goes_on_through_the_visit() -> None:
    app, _, asked = ask(PEAK)
    guess(app, 1)
    for number, (option, right) in enumerate([(0, 1), (1, 2), (None, 2), (1, 3)]):
        asked[1] = Question("peak", OPTIONS, 1, about=number)
        guess(sound(app.run()), option)
        assert app.caption[0].value.startswith(f"{right} of {[2, 3, 3, 4][number]} predictions")


@pytest.mark.parametrize(
    "other",
    [
        Question("peak", OPTIONS, 1, about=("model", 2)),
        Question("peak", OPTIONS[:2], 1, about=("model", 1)),
        Question("peak", (OPTIONS[0], Said("predict.peak.last", {"word": "x"}), OPTIONS[2]), 1, about=("model", 1)),
        Question("other", OPTIONS, 1, about=("model", 1)),
    ],
    ids=["about", "fewer options", "another option", "another question"],
)
def test_about_something_else_it_is_asked_anew(other: Question) -> None:
    app, told, asked = ask(PEAK)
    guess(app, 1)
    asked[1] = other
    sound(app.run())
    assert told[-1] is False and app.radio[0].value is None
    assert labels(app, disabled=True) == ["Commit"]


@pytest.mark.parametrize("options", [OPTIONS[:2], (*OPTIONS[:2], "another_word"), OPTIONS[::-1]])
def test_what_was_chosen_and_not_committed_is_not_chosen_among_other_options(options: tuple[str | Said, ...]) -> None:
    app, _, asked = ask(PEAK)
    sound(app.radio[0].set_value(1).run())
    asked[1] = Question("peak", options, 0, "predict.peak.because", PEAK.values, PEAK.about)
    sound(app.run())
    assert app.radio[0].value is None and labels(app, disabled=True) == ["Commit"]


def test_who_comes_back_to_a_question_is_neither_asked_nor_counted_again(heard: list[Answer]) -> None:
    """As after another text, model or language, and back."""
    app, told, asked = ask(PEAK)
    guess(app, 1)
    asked[1] = replace(PEAK, about="another text")
    guess(sound(app.run()), 0)
    asked[1] = PEAK
    sound(app.run())
    assert told[-1] is True and app.success and not app.radio
    assert app.caption[0].value.startswith("1 of 2 predictions") and len(heard) == 2


def test_a_guess_on_one_page_is_none_on_another() -> None:
    app, told, asked = ask(PEAK)
    guess(app, 1)
    asked[0] = "another"
    assert sound(app.run()) and told[-1] is False
    guess(app, 0)
    asked[0] = "made-up"
    sound(app.run())
    assert told[-1] is True and app.success, "the first page's guess is as it was"
    assert app.caption[0].value.startswith("1 of 2")


def test_the_same_question_in_another_language_is_answered() -> None:
    app, told, _ = ask(PEAK)
    guess(app, 0)
    app.query_params["lang"] = "zh"
    sound(app.run())
    assert told[-1] is True
    assert app.warning[0].value == SHELL["zh"]("predict.wrong", guess="第一个", answer=r"最后一个，\*")
    assert texts(app) == [r"**先预测。** 1,200 个词里是哪个？", r"因为 a\*b。"]


def test_what_was_chosen_and_not_committed_is_still_chosen_in_another_language_and_after_a_visit_elsewhere() -> None:
    app, _, asked = ask(PEAK)
    sound(app.radio[0].set_value(1).run())
    app.query_params["lang"] = "zh"
    sound(app.run())
    assert app.radio[0].options[1] == r"最后一个，\*" and app.radio[0].value == 1
    sound(app.run())
    assert app.radio[0].value == 1 and labels(app, disabled=True) == []
    sound(app.radio[0].set_value(0).run())
    asked[0] = "another"
    sound(app.run())
    assert app.radio[0].value is None
    asked[0] = "made-up"
    sound(app.run())
    assert app.radio[0].value == 0
    press(app, SHELL["zh"]("predict.commit"))
    assert app.warning[0].value == SHELL["zh"]("predict.wrong", guess="第一个", answer=r"最后一个，\*")


def test_a_question_may_have_no_reason() -> None:
    app, _, _ = ask(Question("other", ("a", "b"), 0))
    guess(app, 0)
    assert texts(app) == ["**Predict first.** Another?"]


def test_a_hall_has_its_options_side_by_side() -> None:
    assert ask(PEAK)[0].radio[0].proto.horizontal is False
    assert ask(PEAK, lecture=True)[0].radio[0].proto.horizontal is True


def test_the_key_of_the_options_is_the_same_in_every_process_and_tells_subjects_apart() -> None:
    key = widget_key("made-up.peak", PEAK.subject)
    assert key == "_guess_made-up.peak_" + key.rpartition("_")[2] and len(key.rpartition("_")[2]) == 16
    assert widget_key("a.b", (None, ("x", "y"))) == "_guess_a.b_465611aa67a32bed"
    assert widget_key("made-up.peak", Question("peak", OPTIONS, 0).subject) != key
    assert widget_key("other.peak", PEAK.subject) != key
    assert widget_key("a", ("\ud800",)), "a lone surrogate has a key too"


def test_a_listener_that_fails_does_no_harm(caplog: pytest.LogCaptureFixture, heard: list[Answer]) -> None:
    def failing(_: Answer) -> None:
        raise RuntimeError("deaf")

    later: list[Answer] = []
    stops = [answers.listen(failing), answers.listen(later.append)]
    answers.tell(Answer("x", PEAK, 0))
    for stop in stops:
        stop()
    assert len(heard) == len(later) == 1 and "a listener to answers failed" in caplog.text
    answers.tell(Answer("x", PEAK, 1))
    assert len(heard) == 2 and len(later) == 1, "who has stopped listening hears no more"


def test_where_a_page_asks_several_each_says_what_it_is_about() -> None:
    app, _, _ = ask(Question("second", OPTIONS, 0, values={"word": "a*b"}))
    assert texts(app) == [r"**Predict first: the a\*b.** What of it?"]


@pytest.mark.parametrize(("option", "icon"), [(1, "check"), (0, "close"), (None, "lightbulb")])
def test_an_answered_question_is_one_line_that_is_open_until_the_next_one_is_answered(
    option: int | None, icon: str
) -> None:
    several = replace(PEAK, name="second", because="predict.second.because")

    def body() -> None:
        if predict(Words(WORDS, language()), "made-up", several, folded=True):
            predict(Words(WORDS, language()), "made-up", PEAK)

    app = drawn(body)
    assert not app.expander, "an open question is not hidden"
    guess(app, option)
    [box] = app.expander
    assert (box.label, box.icon) == (
        r"the a\*b: **the last, \*** · why?",
        f":material/{icon}:",
    ) and box.proto.expanded, "its reason is to be read"
    assert [item.value for item in box.markdown] == [r"**Predict first: the a\*b.** What of it?", "So it is."]
    assert len(box.success) == (option == 1) and len(box.warning) == (option == 0) and len(box.info) == (option is None)
    assert app.run().expander[0].proto.expanded, "whatever else is done"
    assert not guess(app, None).expander[0].proto.expanded


@pytest.mark.parametrize("hall", [False, True])
def test_a_hall_has_answer_and_reason_on_its_screen_and_what_was_asked_a_click_away(hall: bool) -> None:
    app = guess(ask(PEAK, lecture=hall)[0], 1)
    [box] = app.main.children.values()
    first, *others = box.children.values()
    parts = (
        [*first.children.values(), *others] if hall else [first, *others]
    )  # the question at the end of the verdict's line
    said = [part.type for part in parts if part.type in ("markdown", "success", "popover")]
    assert said == (["success", "popover", "markdown"] if hall else ["markdown", "success", "markdown"])
    [*again] = app.get("popover")
    asked = [item.value for item in (again[0] if hall else box).markdown if item.value.startswith("**Predict first.**")]
    assert len(asked) == 1 and len(again) == hall
