"""How the lesson on masked language models writes numbers that are not probabilities, and what it calls its units."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lessons import lesson
from app.words import LANGUAGES, Words
from pages.transformers.masked_language_model.shared import units
from pages.transformers.masked_language_model.view_fill import how_unsure
from pages.transformers.masked_language_model.view_sampler import how_many


@given(st.floats(0, 14.9))
def test_two_to_the_entropy_gives_the_choices(bits: float) -> None:
    """Who types the digits that are shown reads the number of choices that is shown, to its last digit."""
    entropy, choices = how_unsure(bits)
    typed, shown = 2 ** float(entropy), float(choices.replace(",", ""))
    digits = 1 if "." in choices else 0
    step = 10 ** max(-digits, len(str(int(shown))) - 3)
    assert abs(typed - shown) <= step / 2 * (1 + 1e-9)
    assert float(entropy) == pytest.approx(bits, abs=0.051)


@pytest.mark.parametrize(
    ("expected", "written"),
    [
        (0.00000128, "<0.0001"),
        (0.0312, "0.031"),
        (4.62, "4.6"),
        (0.999, "1.0"),
        (153.4, "153"),
        (1000, "1,000"),
        (0, "<0.0001"),
    ],
)
def test_an_expected_number_is_written_as_a_page_does(expected: float, written: str) -> None:
    assert how_many(expected) == written and not re.search(r"\de", how_many(expected))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chinese_model_s_units_are_characters(language: str) -> None:
    page = cast("Any", SimpleNamespace(words=Words(lesson("masked-language-model").words, language)))
    assert units("bert-mini-zh", page)["unit"] == {"en": "character", "zh": "字"}[language]
    assert units("minilm-l6-mlm", page)["units"] == {"en": "words", "zh": "词"}[language]
