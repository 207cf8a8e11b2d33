"""The code that the lesson shows, run, gives the numbers on the screen."""

from __future__ import annotations

import contextlib
import io
import re
from typing import Any

import pytest

from nlpcore import attention
from pages.transformers.attention.snippet import code

TEXTS = ["The cat sat.", "it's \"quoted\" \\n {x} '''", "</script>"]


def _printed(source: str, monkeypatch: pytest.MonkeyPatch, model: Any) -> str:
    import nlpcore.models

    monkeypatch.setattr(nlpcore.models, "load", lambda _: model)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(source, "snippet", "exec"), {})
    return out.getvalue()


@pytest.mark.parametrize("text", TEXTS)
def test_it_prints_the_scores_and_weights_of_the_row(bert: Any, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    maps = attention.attention_maps(bert, text)
    printed = _printed(code(text=text, layer=1, head=2, query=1), monkeypatch, bert)
    weights = [float(value) for value in re.findall(r"weight (\d\.\d\d)\n", printed)]
    assert weights == [round(float(value), 2) for value in maps.weights[1, 2, 1]]


def test_it_repeats_what_was_done_to_the_map(bert: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    text, pair = "unhappiness sat", "the cat"
    source = code(
        text=text, pair=pair, layer=2, head=0, query=1, view="average", hide=True, words=True, renormalise=True
    )
    maps = attention.average_heads(attention.attention_maps(bert, text, pair))
    shown = attention.merge_words(attention.hide_special(maps))
    printed = _printed(source, monkeypatch, bert)
    assert f"{shown.tokens} {shown.weights[2, 0].round(2)}" in printed


def test_a_decoder_hides_its_first_token(stand_ins: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    maps = attention.attention_maps(stand_ins["gpt2"], "abc")
    shown = attention.hide(maps, [True, False, False], again=False)
    printed = _printed(
        code(text="abc", layer=0, head=1, query=2, hide=True, first=True), monkeypatch, stand_ins["gpt2"]
    )
    assert f"{shown.tokens} {shown.weights[0, 1].round(2)}" in printed
