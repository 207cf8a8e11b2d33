"""The lesson's page, run as Streamlit runs it, on the tiny model; and the code that it shows."""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.formulas import faults
from app.lessons import lesson
from app.questions import all_filled
from app.shell import quality
from app.text import probability
from app.words import LANGUAGES, Words
from nlpcore.language_models import fill_mask
from nlpcore.language_models.comparison import compare_fills
from nlpcore.language_models.mask_attention import attention_change
from nlpcore.language_models.text_masking import count_corruptions, training_example
from nlpcore.models import catalogue, serving
from nlpcore.models.catalogue import refresh
from nlpcore.models.loading import unload
from pages.transformers.masked_language_model.snippet import code
from tests.pages.asking import counted, give_up
from tests.pages.screen import open_page, sound, teaching
from tests.pages.typeset import numbers_shown

MODELS = {"minilm-l6-mlm": "en", "bert-mini-zh": "zh"}
ENTRY = """
[MODEL]
title = { en = "Tiny", zh = "Tiny" }
kind = "masked-lm"
languages = ["LANGUAGE"]
licence = "none"
max_tokens = 64
sources = [{ from = "folder", path = "FOLDER" }]
"""
TEXT = "the cat sat on the mat ."


@pytest.fixture(autouse=True)
def tiny_catalogue(tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The lesson's models are the tiny one."""
    path = tmp_path / "catalogue.toml"
    tiny = ENTRY.replace("FOLDER", str(tiny_folder))
    entries = [tiny.replace("MODEL", model).replace("LANGUAGE", language) for model, language in MODELS.items()]
    path.write_text("".join(entries), encoding="utf-8")
    monkeypatch.setenv("NLPCORE_CATALOGUE", str(path))
    refresh()
    for model in MODELS:
        unload(model)
        assert catalogue()[model].title["en"] == "Tiny"
    before = serving.serving()
    serving.use(serving.InProcess())  # remembers no answer of another model
    yield
    serving.use(before)
    for model in MODELS:
        unload(model)
    refresh()
    quality.sentence.cache_clear()  # nothing was measured of the tiny one


def page(language: str = "en", **query: str) -> AppTest:
    return sound(open_page("masked-language-model", {"lang": language, **query}))


def words_on(app: AppTest) -> str:
    return " ".join(element.value for kind in (app.markdown, app.caption, app.warning, app.info) for element in kind)


def figures(app: AppTest) -> list[str]:
    return [element.proto.spec for element in app.get("plotly_chart")]


def labels(app: AppTest) -> list[str]:
    """The words beside the bars."""
    return list(json.loads(figures(app)[0])["layout"]["yaxis"]["ticktext"])


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("view", ["fill", "compare", "training", "counts", "attention"])
def test_every_view_draws_a_figure(language: str, view: str) -> None:
    app = page(language, view=view)
    assert len(figures(app)) >= 1 and not app.warning


VIEWS: dict[str, dict[str, str]] = {
    "fill": {"text": "the cat sat on the mat", "masked": "1"},
    "compare": {"first": "he is a [MASK]", "second": "she is a [MASK]"},
    "training": {"text": TEXT, "rate": "50"},
    "counts": {"text": TEXT},
    "attention": {"text": TEXT, "masked": "1"},
}


@pytest.mark.parametrize("lecture", ["", "true"])
@pytest.mark.parametrize("view", VIEWS)
def test_every_formula_on_the_page_is_right(view: str, lecture: str) -> None:
    with teaching() as seen:
        give_up(page(view=view, **VIEWS[view], **({"lecture": lecture} if lecture else {})))
    assert seen.formulas and all(faults(formula) == [] for formula in seen.formulas)


@pytest.mark.parametrize("view", VIEWS)
def test_the_right_option_of_each_question_counts_and_another_does_not(view: str) -> None:
    with teaching() as seen:
        page(view=view, **VIEWS[view])
    (question,) = seen.questions
    for option in (question.right, (question.right + 1) % len(question.options)):
        app = page(view=view, **VIEWS[view])
        assert counted(app, option) == (option == question.right)
        words = Words(lesson("masked-language-model").words, "en")
        assert words(question.because, **all_filled(question.values, words)) in words_on(app)


def test_the_formula_is_that_of_the_word_that_stood_there(tiny: Any) -> None:
    with teaching() as seen:
        page(**VIEWS["fill"])
    fill = fill_mask(tiny, VIEWS["fill"]["text"], 8, words=(1,)).fills[0]
    assert fill.original is not None
    shown = [numbers_shown(formula)[-1] for formula in seen.formulas]
    assert shown[0] == pytest.approx(fill.original.probability, abs=0.0051)
    assert shown[1] == pytest.approx(-np.log(fill.original.probability), abs=0.0051)


def test_one_formula_is_that_of_the_largest_difference(tiny: Any) -> None:
    with teaching() as seen:
        give_up(page(view="compare", **VIEWS["compare"]))
    trace = compare_fills(tiny, VIEWS["compare"]["first"], VIEWS["compare"]["second"], 8)
    (formula,) = seen.formulas
    largest = max(range(len(trace.words)), key=lambda i: abs(trace.difference[i]))
    assert numbers_shown(formula)[-1] == pytest.approx(trace.difference[largest], abs=0.0051)


def test_before_the_answer_neither_the_last_step_nor_a_loss_is_on_the_page() -> None:
    app = page(view="training", step="4", **VIEWS["training"])
    labels = [text for spec in figures(app) for trace in json.loads(spec)["data"] for text in trace.get("text") or []]
    assert "Step **3** of 4" in words_on(app) and not app.latex
    told = give_up(app)
    assert "Step **4** of 4" in words_on(told) and told.latex
    after = [text for spec in figures(told) for trace in json.loads(spec)["data"] for text in trace.get("text") or []]
    losses = [text for text in after if ":<br>" in text]
    assert losses and not set(losses) & set(labels)


@pytest.mark.parametrize(
    ("view", "panel"),
    [
        ("fill", "sides"),
        ("training", "mistakes"),
        ("attention", "heads"),
        ("compare", None),
        ("counts", "mistakes"),
        ("counts", "table8"),
    ],
)
def test_what_gives_the_answer_away_opens_with_it(view: str, panel: str | None) -> None:
    app = page(view=view, **VIEWS[view], **({"panel": panel} if panel else {}))
    locked = "gives the answer to the open question" in words_on(app)
    assert locked is (panel is not None)
    before = len(figures(app)) + len(app.metric) + len(words_on(app)) + len(app.latex)
    told = give_up(app)
    assert "gives the answer" not in words_on(told)
    assert len(figures(told)) + len(told.metric) + len(words_on(told)) + len(told.latex) > before


def test_how_many_tokens_are_masked_is_counted_once_it_was_asked(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[list[str]] = []
    menu = "app.shell.exports.export_menu"
    monkeypatch.setattr(menu, lambda key, name, data, *more: given.append([row["what"] for row in data()]))
    masked = count_corruptions(tiny, VIEWS["counts"]["text"], seed=1, draws=1000).counts.masked
    app = page(view="counts", **VIEWS["counts"])
    assert not app.latex and "shown as [MASK]" not in "".join(figures(app))
    assert given[-1] == ["selected", "empty_draws"]
    told = give_up(app)
    assert {"masked", "random", "kept", "changed"} < set(given[-1])
    names = [name for spec in figures(told) for trace in json.loads(spec)["data"] for name in trace["y"]]
    assert told.latex and any(str(name).startswith(f"shown as [MASK]<br>{masked.observed:,} = ") for name in names)


def test_a_sentence_in_the_link_with_two_masks() -> None:
    app = page(text=TEXT, masked="1~5", order="certain_first")
    assert "Mask 2" in figures(app)[0] and "step 2" in figures(app)[0]


def test_words_stay_covered_until_a_guess() -> None:
    app = page(text=TEXT, masked="1", cover="true")
    assert set(labels(app)) == {"?"} and '"cat"' not in figures(app)[0]
    app.text_input(key="guess").set_value("dog").run()
    assert "dog" in words_on(app) and any(label.startswith("cat ") for label in labels(app))


def test_an_edit_keeps_only_the_masks_that_still_fit() -> None:
    app = page(text=TEXT, masked="1~5")
    app.text_input(key="text").set_value("the dog sat on the mat .").run()
    assert app.session_state["masked"] == [5] and not app.exception


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00",
        "a",
        "?!",
        "😀👩‍🚀",
        "שלום עולם",
        "<script>alert(1)</script>",
        "cat " * 10_000,
        "[CLS] [PAD]",
        "*b* `c` $x$",
    ],
)
def test_bad_input_never_breaks_the_page(text: str) -> None:
    app = page(text="the cat", masked="0")
    app.text_input(key="text").set_value(text).run()
    assert not app.exception and not app.error
    assert app.warning or figures(app)


def test_a_sentence_without_a_mask_is_told_what_to_do() -> None:
    for view in ("fill", "attention"):
        assert len(page(view=view, text="the cat sat").warning) == 1
    assert "[MASK]" in page(view="compare", first="the cat", second="a [MASK]").warning[0].value.replace("\\", "")


def test_the_model_is_the_one_for_the_language_of_the_text() -> None:
    assert page("en").session_state["model"] == "minilm-l6-mlm"
    app = page("zh")
    assert app.session_state["model"] == "bert-mini-zh" and "model" not in app.query_params
    app.text_input(key="text").set_value("the cat sat on the [MASK]").run()
    assert app.session_state["model"] == "minilm-l6-mlm"
    app.text_input(key="text").set_value("[MASK]天是星期一").run()
    assert app.session_state["model"] == "bert-mini-zh"


def test_a_model_that_was_chosen_stays_and_the_page_says_what_it_cannot_read() -> None:
    for text, model, sentence in (
        ("今天是星期[MASK]", "minilm-l6-mlm", "was not trained for Chinese"),
        ("the cat sat on the [MASK]", "bert-mini-zh", "was trained for Chinese only"),
    ):
        app = page(text=text, model=model)
        assert app.session_state["model"] == model and sentence in words_on(app)
        app.text_input(key="text").set_value(text + " !").run()
        assert app.session_state["model"] == model


def printed(source: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(source, {})
    return out.getvalue()


def test_the_code_prints_what_is_on_the_screen(tiny: Any) -> None:
    fill = fill_mask(tiny, "it's [MASK]", 3, guesses=("dog",)).fills[0]
    out = printed(code("fill", text="it's [MASK]", k=3, guesses=("dog",)))
    assert all(f"{c.rank} {c.token} {round(c.logit, 2)} {round(c.probability, 4)}" in out for c in fill.candidates)
    trace = compare_fills(tiny, "he is a [MASK]", "she is a [MASK]", 3)
    out = printed(code("compare", first="he is a [MASK]", second="she is a [MASK]", k=3))
    assert all(f"{word} {round(float(d), 2)}" in out for word, d in zip(trace.words, trace.difference, strict=True))
    example = training_example(tiny, TEXT, seed=3, rate=0.4)
    assert f"loss: {example.loss}" in printed(code("training", text=TEXT, seed=3, rate=0.4))
    counts = count_corruptions(tiny, TEXT, seed=3).counts
    assert f"masked {counts.masked.observed} expected {counts.masked.expected:.1f}" in printed(
        code("counts", text=TEXT, seed=3)
    )
    change = attention_change(tiny, TEXT, words=(1,))
    out = printed(code("attention", text=TEXT, words=(1,), layer=0))
    assert str(change.change(0).round(3)) in out and str(change.moved().round(2)) in out


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_caution_about_people_stands_where_people_are_compared(language: str) -> None:
    w = Words(lesson("masked-language-model").words, language)
    about_people = {"bias", "prior"}
    compared = {
        name
        for name in w.node("presets")
        if w.resolve(w.node(f"presets.{name}.state"))["view"] == "compare"
    }  # fmt: skip
    assert compared - about_people and compared >= about_people
    for name in compared:
        said = words_on(page(language, preset=name))
        assert (w("compare.people") in said) is (name in about_people), name
        assert (w("compare.care") in said) is (name not in about_people), name


@pytest.mark.parametrize(
    ("first", "second", "watched", "people"),
    [
        ("The man is [MASK].", "The woman is [MASK].", "", True),
        ("She is [MASK].", "She was [MASK].", "", False),  # the same person in both
        ("[MASK] sings.", "[MASK] drives.", "He, She", True),
        ("The tea is [MASK].", "The coffee is [MASK].", "he", True),
        ("The tea is [MASK].", "The coffee is [MASK].", "hot", False),
    ],
)
def test_people_are_compared_by_what_differs_or_by_what_is_asked_for(
    first: str, second: str, watched: str, people: bool
) -> None:
    w = Words(lesson("masked-language-model").words, "en")
    said = words_on(page(view="compare", model="minilm-l6-mlm", first=first, second=second, watched=watched))
    assert (w("compare.people") in said) is people


@pytest.mark.parametrize("layer", [0, 1])
def test_it_is_said_which_layer_the_change_of_attention_is_of(layer: int) -> None:
    said = words_on(page(preset="attention", layer=str(layer)))
    assert bool(re.search(r"Change, mean of all \d+ layers", said)) is (layer == 0)
    assert bool(re.search(r"Change in layer 1 of \d+", said)) is (layer == 1)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_learners_word_has_its_place_and_its_probability(lang: str) -> None:
    (guess,) = fill_mask("minilm-l6-mlm", TEXT, 5, words=(1,), guesses=("dog",)).fills[0].guesses
    told = words_on(page(lang, model="minilm-l6-mlm", text=TEXT, masked="1", guess="dog"))
    place, p = re.escape(f"{guess.rank:,}"), re.escape(probability(guess.probability))
    assert re.search(rf"dog.*\b{place}\b.*{p}", told), told
