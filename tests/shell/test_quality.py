"""The sentence on a model's quality: said for every model of ours that a lesson offers, with the figures of its card."""

from __future__ import annotations

import json
import re

import pytest

from app.lessons import LESSONS
from app.shell.quality import sentence, shown
from app.words import LANGUAGES
from nlpcore.models.catalogue import BUNDLED, BundledSource, catalogue
from nlpcore.models.quality import quality
from tests.hostile.pages import open_page

OURS = [
    found.id
    for found in catalogue().values()
    if any(found in lesson.models for lesson in LESSONS)
    and any(isinstance(source, BundledSource) and source.sealed for source in found.sources)
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("model_id", OURS)
def test_every_model_of_ours_says_how_good_it_is(model_id: str, language: str) -> None:
    told = sentence(model_id, language)
    assert told is not None and re.search(r"\d", told)
    assert "{" not in told and "nan" not in told


def test_the_figures_are_those_of_the_card() -> None:
    measured = json.loads((BUNDLED / "lstm-imdb" / "metrics.json").read_text(encoding="utf-8"))["quality"]
    assert quality("lstm-imdb")["test.accuracy"] == measured["test"]["accuracy"]
    assert f"{100 * measured['test']['accuracy']:.1f} %" in (sentence("lstm-imdb", "en") or "")
    card = (BUNDLED / "lstm-imdb" / "README.md").read_text(encoding="utf-8")
    assert shown("test.accuracy", measured["test"]["accuracy"]) in card


def test_counts_stand_whole() -> None:
    assert shown("test.count", 24_997.0) == "24,997"
    assert shown("cloze.count", 40.0) == "40" and shown("test.count", 1000.0) == "1,000"
    assert shown("test.loss", 0.12345) == "0.123" and shown("test.perplexity", 1234.5) == "1.23e+03"
    for name in ("accuracy", "f1", "precision", "recall", "share"):
        assert shown(f"test.{name}.all", 0.876) == "87.6"
    assert "24,997" in (sentence("minilm-l6-imdb", "zh") or "")


def test_a_model_made_elsewhere_says_nothing() -> None:
    assert quality("minilm-l6") == {}
    assert sentence("minilm-l6", "en") is None


@pytest.mark.models
def test_it_stands_under_the_answers_but_not_on_a_projector() -> None:
    told = sentence("minilm-l6-ner", "en") or ""
    page = open_page("bio-tagging", {"view": "own"})
    assert any(told in str(caption.value) for caption in page.caption)
    page.session_state["lecture"] = True
    page.run()
    assert not any(told in str(caption.value) for caption in page.caption)
