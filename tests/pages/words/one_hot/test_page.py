"""The page on one-hot vectors: what is shown before an answer and after it, bad input, and what a link says."""

from __future__ import annotations

import json
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
ID = "one-hot"


def open_here(view: str = "words", **query: Any) -> AppTest:
    return sound(open_page(ID, {"view": view, **query}))


def named(app: AppTest) -> list[str]:
    """Return the names of the figures, in the order of the page."""
    return [item.proto.id.rpartition("-")[2].removeprefix("figure_") for item in app.get("plotly_chart")]


def hand(app: AppTest) -> dict[str, Any]:
    """Return what the figure under the hand is told."""
    found = [json.loads(item.proto.json) for item in app.get("bidi_component") if item.proto.json]
    return next(json.loads(data) for data in found if isinstance(data, str) and "handles" in data)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cosines_of_dense_words_come_with_the_answer(language: str) -> None:
    app = open_here(lang=language)
    assert len(figures(app)) == 2 and asks(app)
    before = figures(app)[1]["data"]
    assert len(before) == 1, "the dense vectors as colours alone"
    give_up(app)
    vectors, cosines = (figure["data"] for figure in figures(app))
    table = numbers(cosines[0]["z"])
    assert np.allclose(np.diag(table), 1) and np.allclose(table, table.T) and table.shape == (6, 6)
    np.testing.assert_array_equal(numbers(vectors[0]["z"]), np.eye(6))


@pytest.mark.parametrize("option", range(4))
def test_only_the_nearest_word_counts_as_right(option: int) -> None:
    with teaching() as seen:
        right = counted(open_here(), option)
    assert right == (option == seen.questions[0].right)


@pytest.mark.parametrize(
    "text",
    ["", "  ", "king", "king king king", "?!…", "🙂", "🙂 🙃", "שלום עולם", "qqzzxxyyq", "**king** $x$ <b>", "国王王后男人",
     "word " * 4000, " ".join(f"w{n}" for n in range(10_000)), "king\x00queen"],
)  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_any_vocabulary_is_drawn_or_answered_with_a_sentence(language: str, text: str) -> None:
    app = open_here(lang=language, text=text)
    assert is_answered(app)
    assert len(figures(app)) == 2 or len(app.warning) == 1
    assert fields_of(app)["text"].value == text, "nothing is lost"


def test_one_word_has_no_pair_and_the_page_says_so() -> None:
    app = open_here(text="king")
    assert not asks(app) and "One word alone has no pair" in text_of(app)
    assert [formula.value for formula in app.latex if "cos" in formula.value] == []


def test_ten_thousand_words_are_cut_with_a_sentence() -> None:
    app = open_here(text=" ".join(f"w{n}" for n in range(500)))
    assert "There are 500 words; the first 10 are shown." in text_of(app)
    assert numbers(figures(app)[0]["data"][0]["z"]).shape == (10, 10)


@pytest.mark.parametrize(
    ("said", "size"), [("50000", 50_000), ("10", 10), ("77", 10_000), ("-1", 10_000), ("x", 10_000)]
)
def test_the_size_of_a_link_is_one_of_the_slider(said: str, size: int) -> None:
    app = open_here("size", size=said)
    assert app.session_state["size"] == size and app.select_slider(key="size").value == size
    one_hot = f"{size * size:,}".replace(",", "{,}")
    assert not any(one_hot in formula.value for formula in app.latex)
    give_up(app)
    assert any(one_hot in formula.value for formula in app.latex)
    assert len(figures(app)[0]["data"]) == 6


def test_the_table_of_sizes_waits_for_the_answer() -> None:
    app = open_here("size", panel="table")
    assert "4.00 TB" not in text_of(app)
    assert "| 1,000,000 | 1,000,000,000,000 | 4.00 TB | 12.0 MB | 300,000,000 | 1.20 GB |" in text_of(give_up(app))


def test_what_is_read_out_of_both_arrows_comes_with_the_answer() -> None:
    app = open_here("arrows", ax="2", ay="1", bx="1", by="2")
    together = {"dot", "angle", "cosine", "distance"}
    assert not together & {one["name"] for one in hand(app)["readouts"]} and not hand(app)["data"]["told"]
    assert "cosine" not in hand(app)["alt"]
    give_up(app)
    assert together <= {one["name"] for one in hand(app)["readouts"]} and hand(app)["data"]["told"]
    assert "cosine 0.80, dot product 4.00" in hand(app)["alt"]
    app.session_state["figure_arrows"] = {"places": "1 1 1 -2 2"}
    sound(app.run())
    assert not asks(app), "an arrow that is moved asks nothing anew"
    assert "Angle 90 degrees, cosine 0.00, dot product 0.00" in hand(app)["alt"]


@pytest.mark.parametrize(
    "query",
    [
        {"ax": "0", "ay": "0"},
        {"ax": "0", "ay": "0", "bx": "0", "by": "0"},
        {"ax": "2", "ay": "0", "bx": "0", "by": "1"},
    ],
)
def test_arrows_of_no_length_and_at_right_angles_are_told(query: dict[str, str]) -> None:
    app = open_here("arrows", **query)
    assert not asks(app) and hand(app)["data"]["told"]
    assert any("cos(a, b)" in formula.value for formula in app.latex)


def test_sentences_are_counted_first_and_compared_with_the_answer() -> None:
    app = open_here("sentences")
    assert len(figures(app)) == 1 and asks(app)
    give_up(app)
    counts, near = (figure["data"] for figure in figures(app))
    assert numbers(counts[0]["z"]).sum() == 5 + 6 + 5
    assert [numbers(bars["x"])[0] for bars in near] == pytest.approx([0, 4 / 7]), "the shares of the word the"
    assert "share no word" in text_of(app) and "share the" in text_of(app)


def test_a_third_sentence_may_be_left_out() -> None:
    app = open_here("sentences", third="")
    assert not asks(app) and [len(figure["data"]) for figure in figures(app)] == [2, 1]


@pytest.mark.parametrize("field", ["first", "second"])
@pytest.mark.parametrize("text", ["", "?!", "🙂"])
def test_a_sentence_without_words_is_said(field: str, text: str) -> None:
    app = open_here("sentences", **{field: text})
    assert len(app.warning) == 1 and not figures(app)
    assert fields_of(app)[field].value == text


def test_chinese_is_cut_by_the_segmenter_which_the_page_says() -> None:
    app = open_here("sentences", lang="zh")
    assert "lac-zh" in text_of(app)
    (axis,) = (figure["layout"]["xaxis"]["ticktext"] for figure in figures(app))
    assert "病人" in axis and "银行" in axis and "。" not in axis
