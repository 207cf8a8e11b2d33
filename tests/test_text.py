"""The parts of the frame that can be tried without a browser."""

from __future__ import annotations

import csv
import io
import re
import tomllib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from app.charts import colours, style
from app.charts.drawing import Drawing
from app.lessons import ROOT
from app.shell.exports import to_csv
from app.text import html_escape, markdown_escape
from app.words import LOCALES, Words
from nlpcore.errors import LearnerError
from nlpcore.text import clean, is_han, language_notes, mostly_chinese


@given(st.text(max_size=80))
def test_escaped_markdown_has_no_active_character(text: str) -> None:
    escaped = markdown_escape(text)
    bare = escaped.replace("\\\\", "")
    for active in "*_`[]<>$#|~:":
        assert bare.count(active) == bare.count("\\" + active)


@pytest.mark.parametrize(
    "text", ["http://example.com/a", "see HTTPS://example.com", "www.example.com", "me@example.com", "http://a@www.b.c"]
)
def test_escaped_addresses_become_no_links(text: str) -> None:
    """GitHub's Markdown makes links of bare addresses after the escapes have been read; its patterns, on what it reads."""
    read = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown_escape(text))
    assert not re.search(r"(https?://|www(?=\.))[-.\w]+|[-.\w+]+@[-\w]+(\.[-\w]+)+", read, re.IGNORECASE)
    assert read.replace("\u2060", "") == text


def test_escaped_html_is_inert() -> None:
    assert html_escape("<script>\"'&") == "&lt;script&gt;&quot;&#x27;&amp;"


@given(st.text(max_size=300))
def test_clean_text_is_safe_for_every_tokenizer(text: str) -> None:
    try:
        cleaned = clean(text, limit=100).text
    except LearnerError as error:
        assert error.code == "empty_text"
        return
    assert 0 < len(cleaned) <= 100
    assert "\x00" not in cleaned
    cleaned.encode("utf-8")  # no lone surrogate is left


@given(st.characters())
def test_chinese_characters_are_those_that_unicode_calls_so(character: str) -> None:
    name = unicodedata.name(character, "")
    ideograph = name.startswith(("CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH"))
    assert is_han(character) or not ideograph
    assert ideograph or not is_han(character) or not name  # the blocks hold places that are not given away yet


def test_the_language_of_a_text() -> None:
    assert mostly_chinese("北京是中国的首都。") and mostly_chinese("我在 Google 工作") and mostly_chinese("𠀀")
    assert not mostly_chinese("The capital is 北京.") and not mostly_chinese("") and not mostly_chinese("2026 !?")
    assert [note.code for note in language_notes("北京", ["en"], "m")] == ["text_is_chinese"]
    assert [note.code for note in language_notes("Peking", ["zh"], "m")] == ["text_is_not_chinese"]
    for text, languages in (
        ("北京", ["zh"]),
        ("Peking", ["en"]),
        ("北京", ["en", "zh"]),
        ("😀 1", ["zh"]),
        ("", ["en"]),
    ):
        assert language_notes(text, languages, "m") == ()


def test_clean_says_what_it_cut() -> None:
    cleaned = clean("word " * 10_000, limit=4000)
    assert len(cleaned.text) <= 4000
    assert [note.code for note in cleaned.notes] == ["cut_characters"]
    assert cleaned.notes[0].params["given"] == 50_000


def test_clean_keeps_scripts_and_emoji() -> None:
    for text in ("שלום עולם", "नमस्ते", "👩‍👩‍👧‍👦 family", "e\u0301té"):
        assert len(clean(text).text) >= len(text) - 1
    assert len(clean("Z" + "\u0301" * 400).text) < 20


def test_csv_round_trip_and_no_formula_runs() -> None:
    rows = [{"word": "=HYPERLINK(1)", "p": 0.5}, {"word": "a,b\n“c”", "p": 1.0}]
    read = list(csv.DictReader(io.StringIO(to_csv(rows).decode("utf-8-sig"))))
    assert read[0]["word"] == "'=HYPERLINK(1)"
    assert read[1] == {"word": "a,b\n“c”", "p": "1.0"}
    assert to_csv(lambda: []) == "\r\n".encode("utf-8-sig")


def test_enlarge_scales_every_font_and_nothing_else() -> None:
    figure = Drawing(layout=style.base_layout(300))
    figure.add_scatter(x=[1], y=[1], marker={"size": 9}, textfont={"size": 10})
    figure.add_annotation(text="x", font={"size": 20})
    style.fill_in_sizes(figure)
    larger = style.enlarge(figure, 2).checked()
    assert larger.data[0].marker.size == 9
    assert larger.data[0].textfont.size == 20
    assert larger.layout.annotations[0].font.size == 40
    assert larger.layout.xaxis.tickfont.size == 2 * style.SMALL
    assert figure.checked().layout.annotations[0].font.size == 20
    assert larger.layout.height == 300 * style.LECTURE_HEIGHT


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, written anew."""

    def luminance(hexadecimal: str) -> float:
        channels = [int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", [*colours.CATEGORIES, *colours.ENTITIES.values()])
def test_text_on_and_in_a_colour_has_contrast(colour: str) -> None:
    assert contrast(colour, colours.readable_on(colour)) >= 4.5
    for theme, background in colours.PAGE.items():
        assert (
            tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"][theme]["backgroundColor"]
            == background
        )
        assert contrast(colours.legible(colour, background), background) >= 4.5
    assert colours.legible("#0072B2", "#FFFFFF") == "#0072B2"


def choice_app() -> None:
    import streamlit as st

    from app.shell import state
    from app.shell.choice import choice, choices

    state.enter("lesson")
    method = choice("segmented", "Method", ["pca", "tsne"], "method", default="tsne", labels=str.upper)
    several = choices("Words", ["a", "b", "c"], "words", default=["a"])
    state.remember()
    st.text(f"{method} {several}")


def test_a_choice_is_read_from_the_url_by_its_id() -> None:
    app = AppTest.from_function(choice_app, default_timeout=60)
    app.query_params["method"] = "pca"
    app.query_params["words"] = "c~b~nonsense"
    app.run()
    assert app.text[0].value == "pca ['c', 'b']"


def test_nonsense_in_the_url_gives_the_default() -> None:
    app = AppTest.from_function(choice_app, default_timeout=60)
    app.query_params["method"] = "<script>"
    app.run()
    assert not app.exception
    assert app.text[0].value == "tsne ['a']"


def predict_app() -> None:
    import streamlit as st

    from app.lessons import ROOT
    from app.shell.predict import predict
    from app.words import Words

    words = Words(ROOT / "tests" / "shell" / "predict.yaml", "en")
    revealed = predict(words, "peak", ["one", "two"], answer=1, because="because", about=st.session_state.get("about"))
    st.text(f"revealed={revealed}")


def test_predict_hides_commits_counts_and_asks_again_about_something_else() -> None:
    app = AppTest.from_function(predict_app, default_timeout=60).run()
    assert app.text[0].value == "revealed=False"
    app.radio[0].set_value(1).run()
    assert app.text[0].value == "revealed=False"
    next(button for button in app.button if button.label == "Commit").click().run()
    assert app.text[0].value == "revealed=True"
    assert "two" in app.success[0].value
    assert "1 of 1" in app.caption[0].value
    app.session_state["about"] = "another"
    app.run()
    assert app.text[0].value == "revealed=False"


def remark_app() -> None:
    import streamlit as st

    from app.shell.remark import Remark

    chosen, asked, answered = (st.session_state.get(name) for name in ("chosen", "asked", "answered"))
    remark = Remark(("lesson", chosen), f"All about {chosen}.", "peak" if chosen == "a" else None)
    if asked:
        remark.asked(asked, bool(answered))
    remark.settle()


def test_a_remark_that_tells_an_answer_waits_for_the_prediction() -> None:
    app = AppTest.from_function(remark_app, default_timeout=60)

    def told(**state: object) -> bool:
        for name, value in state.items():
            app.session_state[name] = value
        app.run()
        assert not app.exception and len(app.caption) == 1
        assert app.caption[0].value in (
            f"All about {state['chosen']}.",
            Words(LOCALES / "shell.yaml", "en")("predict.then_told"),
        )
        return app.caption[0].value.startswith("All about")

    assert not told(chosen="a", asked="peak", answered=False)
    assert told(chosen="b", asked="peak", answered=False)  # tells nothing
    assert not told(chosen="a", asked="peak", answered=False)
    assert told(chosen="a", asked="peak", answered=True)
    assert not told(chosen="a", asked="peak", answered=False)  # the question is a new one
    assert told(chosen="a", asked="other", answered=False)
    assert told(chosen="a", asked=None, answered=False)


def player_app() -> None:
    import streamlit as st

    from app.shell import state
    from app.shell.player import stepped

    state.enter("lesson")
    stepped("step", 5, lambda index: st.text(f"index={index}"), start=5)
    state.remember()


@pytest.mark.parametrize(
    ("link", "index", "disabled"), [("3", 2, []), ("1", 0, ["First", "Back"]), ("99", 4, ["Forward", "Last"])]
)
def test_player_starts_at_the_step_of_the_link(link: str, index: int, disabled: list[str]) -> None:
    app = AppTest.from_function(player_app, default_timeout=60)
    app.query_params["step"] = link
    app.query_params["lang"] = "en"
    app.run()
    assert not app.exception
    assert app.text[0].value == f"index={index}"
    assert [button.label for button in app.button if button.disabled] == disabled


def test_player_steps() -> None:
    app = AppTest.from_function(player_app, default_timeout=60)
    app.query_params["lang"] = "en"
    app.run()
    next(button for button in app.button if button.label == "Back").click().run()
    assert app.text[0].value == "index=3"
    next(button for button in app.button if button.label == "First").click().run()
    assert app.text[0].value == "index=0"
