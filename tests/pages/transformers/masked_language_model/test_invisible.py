"""A text pasted with characters that nobody sees: the words to click, the masks and their positions are those of the text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlpcore.language_models import fill_mask
from nlpcore.language_models.context_sides import context_sides
from nlpcore.language_models.mask_attention import attention_change
from pages.transformers.masked_language_model.shared import words_of
from tests.pages.transformers.masked_language_model.test_page import figures, page, tiny_catalogue

__all__ = ["tiny_catalogue"]

UNSEEN = ["\u200b", "\u00ad", "\u2060", "\ufeff", "\u200e", "\u202a", "\u200d", "\u2063"]
TEXTS = ["the cat sat on the mat .", "the [MASK] sat, on the mat", "the dog is not a bird ."]


@st.composite
def pasted(draw: st.DrawFn) -> tuple[str, str]:
    """A text, and the same with characters that nobody sees at any places, also within a mask that was typed."""
    text = draw(st.sampled_from(TEXTS))
    dirty = "".join(f"{draw(st.sampled_from(['', '', *UNSEEN]))}{character}" for character in text)
    return text, dirty + draw(st.sampled_from(["", *UNSEEN]))


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pasted())
def test_every_mask_stands_where_it_stands_in_the_text(tiny: Any, texts: tuple[str, str]) -> None:
    text, dirty = texts
    known = tiny.tokenizer.get_vocab()
    offered = words_of(dirty, "minilm-l6-mlm")
    assert offered == words_of(text, "minilm-l6-mlm")
    for i, word in enumerate(offered):
        clean, given_text = (fill_mask(tiny, one, 3, words=(i,)) for one in (text, dirty))
        assert given_text.tokens == clean.tokens and given_text.text == clean.text
        assert [fill.position for fill in given_text.fills] == [fill.position for fill in clean.fills]
        assert given_text.fills[0].candidates == clean.fills[0].candidates
        if word.text != "[MASK]":
            read = {fill.original.token for fill in given_text.fills if fill.original}
            assert read == ({word.text} if word.text in known else set()), "the word that was clicked"
            one, other = (attention_change(tiny, each, words=(i,)) for each in (text, dirty))
            assert (one.masked, one.tokens) == (other.masked, other.tokens)
        assert context_sides(tiny, dirty, words=(i,)) == context_sides(tiny, text, words=(i,))


@pytest.mark.parametrize("view", ["fill", "attention"])
def test_the_page_draws_the_same_figure(view: str) -> None:
    text = "the cat sat on the mat ."
    dirty = "\ufeffthe\u00ad c\u200bat sat\u2060 on the\u200e mat ."
    assert figures(page(view=view, text=dirty, masked="1")) == figures(page(view=view, text=text, masked="1"))
