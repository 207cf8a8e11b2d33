"""The page on senses: what is shown before an answer and after it, bad input, and what a link says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.words import LANGUAGES
from tests.drawn import numbers
from tests.hostile.pages import fields_of, is_answered
from tests.pages.asking import asks, counted, give_up
from tests.pages.screen import figures, open_page, sound, teaching, text_of

pytestmark = pytest.mark.models
ID = "word-senses"
TWO = "a: The bank.\na: A bank.\nb: No bank.\nb: One bank."


def open_here(view: str = "points", **query: Any) -> AppTest:
    return sound(open_page(ID, {"view": view, **query}))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_curve_comes_with_the_answer(language: str) -> None:
    app = open_here(lang=language)
    assert len(figures(app)) == 3 and asks(app) and not app.latex
    give_up(app)
    assert len(figures(app)) == 4 and app.latex
    assert open_here(lang=language, panel="each").caption


@pytest.mark.parametrize("option", range(4))
def test_only_the_best_layer_counts_as_right(option: int) -> None:
    with teaching() as seen:
        right = counted(open_here(), option)
    assert right == (option == seen.questions[0].right)


@pytest.mark.parametrize(("said", "layer"), [("0", 0), ("3", 3), ("6", 6), ("7", 6), ("-1", 6), ("x", 6)])
def test_the_layer_of_a_link_is_one_of_the_model(said: str, layer: int) -> None:
    app = open_here(layer=said)
    assert app.session_state["layer"] == layer
    table = numbers(figures(app)[-1]["data"][0]["z"])
    assert table.shape == (8, 8) and np.allclose(np.diag(table), 1)


def test_a_model_with_fewer_layers_has_its_own_last_one() -> None:
    app = open_here(layer="6", text="甲：苹果熟了。\n甲：红苹果。\n乙：苹果公司。\n乙：苹果上市。", word="苹果")
    assert app.session_state["layer"] == 4 and app.session_state["model"] == "bert-mini-zh"


@pytest.mark.parametrize(
    "text",
    ["", "  ", "bank", "?!…", "🙂", "שלום bank", "**bank** $x$ <b>", ":::::", "bank:bank:bank", "|bank|", "a: bank\n" * 300,
     "bank " * 4000, "a：bank\x00", "银行 bank", "\n\n\na: the bank\n\n"],
)  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_any_sentences_are_drawn_or_answered_with_a_sentence(language: str, text: str) -> None:
    app = open_here(lang=language, text=text, word="bank")
    assert is_answered(app)
    assert figures(app) or len(app.warning) == 1
    assert fields_of(app)["text"].value == text, "nothing is lost"


@pytest.mark.parametrize("word", ["", " ", "?", "🙂", "**", "bank bank", "x" * 400, "(", "\\", "苹果"])
def test_any_word_is_drawn_or_answered_with_a_sentence(word: str) -> None:
    app = open_here(word=word, text=TWO)
    assert is_answered(app) and (figures(app) or len(app.warning) == 1)
    assert fields_of(app)["word"].value == word


@pytest.mark.parametrize("text", ["The bank.\nA bank.", "a: The bank.\nb: A bank.", "a: The bank.\na: A bank."])
def test_meanings_that_cannot_be_compared_are_said(text: str) -> None:
    app = open_here(text=text)
    assert not asks(app) and "takes at least two of them" in text_of(app) and len(figures(app)) == 3
    assert "The curve" not in text_of(app), "which is not drawn"


def test_a_line_without_the_word_is_named() -> None:
    app = open_here(text=f"{TWO}\nb: The shore.")
    assert "Left out, as they do not have “bank”: lines 5." in text_of(app)


def test_what_is_nearest_to_the_static_point_are_words_of_money() -> None:
    app = open_here(panel="neighbours")
    [table] = [each.value for each in app.markdown if each.value.startswith("| word | cosine |")]
    assert "| banks |" in table and "| banking |" in table and "river" not in table


def test_the_table_sentence_by_sentence_waits_for_the_answer() -> None:
    app = open_here(panel="each")
    assert "| river |" not in text_of(app)
    give_up(app)
    assert text_of(app).count("| river |") == 4


def test_masks_are_drawn_with_the_answer() -> None:
    app = open_here("sight")
    assert asks(app)
    before = figures(app)[0]["data"]
    give_up(app)
    after = figures(app)[0]["data"]
    assert [len(t["text"]) for t in before[1::2]] == [9, 9, 1], "the diagonals, and the question"
    assert [len(t["text"]) for t in after[1::2]] == [64, 36, 64]


@pytest.mark.parametrize("text", ["", "?!", "🙂"])
@pytest.mark.parametrize("view", ["sight", "itself"])
def test_a_sentence_without_words(view: str, text: str) -> None:
    app = open_here(view, sentence=text)
    assert is_answered(app) and fields_of(app)["sentence"].value == text


def test_one_word_sees_itself_and_nothing_is_asked() -> None:
    app = open_here("sight", sentence="bank")
    assert not asks(app) and len(figures(app)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_bars_in_plain_sight_come_with_the_answer(language: str) -> None:
    app = open_here("itself", lang=language, panel="guesses")
    assert len(figures(app)[0]["data"]) == 1
    give_up(app)
    hidden, seen = (numbers(bars["y"]) for bars in figures(app)[0]["data"])
    assert len(hidden) == len(seen) and seen.mean() > 0.9 > hidden.mean()


def test_a_model_that_fills_no_masks_is_not_offered_where_words_see_themselves() -> None:
    app = open_here("itself", model="minilm-l6")
    assert app.session_state["model"] == "minilm-l6-mlm" and figures(app)
