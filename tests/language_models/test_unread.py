"""What a model cannot read of a text, and words that make several masks: beside the tokenizer's own output."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlpcore.errors import Note
from nlpcore.language_models import fill_mask
from nlpcore.language_models.masked_input import MOST_UNREAD, masked_input
from nlpcore.models import load
from tests.skips import needs_models

STRANGE = ("😀", "🎉", "☃", "龘", "👩", "zebra", "qqxz", "cat🎉", "Ж")
KNOWN = ("the", "cat", "sat", "on", "mat", "unhappyness", "don't", ".", "!")
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def codes(notes: tuple[Note, ...], *wanted: str) -> list[tuple[str, dict[str, Any]]]:
    return [(note.code, dict(note.params)) for note in notes if note.code in wanted]


@quick
@given(chunks=st.lists(st.sampled_from(STRANGE + KNOWN), min_size=1, max_size=14), data=st.data())
def test_each_part_that_the_tokenizer_makes_unknown_is_named(tiny: Any, chunks: list[str], data: Any) -> None:
    """Each chunk is asked of the tokenizer by itself; what is hidden behind a mask is no longer seen as [UNK]."""
    lost = [chunk for chunk in dict.fromkeys(chunks) if tiny.tokenizer.tokenize(chunk) == ["[UNK]"]]
    assert all("[UNK]" not in tiny.tokenizer.tokenize(chunk) for chunk in chunks if chunk not in lost)
    notes = masked_input(tiny, " ".join(chunks)).notes
    words = " ".join(lost[:MOST_UNREAD]) + (" …" if len(lost) > MOST_UNREAD else "")
    told = [("read_as_unknown", {"words": words, "token": "[UNK]"})]
    assert codes(notes, "read_as_unknown", "word_unknown") == (told if lost else [])

    simple = [chunk for chunk in chunks if len(chunk) == 1 or chunk.isalpha()]  # one word to click each
    if not simple:
        return
    hidden = data.draw(st.integers(0, len(simple) - 1))
    given_ = masked_input(tiny, " ".join(simple), (hidden,))
    seen = tiny.tokenizer.convert_ids_to_tokens(given_.shown_ids.tolist())
    left = [chunk for n, chunk in enumerate(simple) if n != hidden and tiny.tokenizer.tokenize(chunk) == ["[UNK]"]]
    assert seen.count("[UNK]") == len(left)
    named = codes(given_.notes, "read_as_unknown")
    assert bool(named) == bool(left) and all(set(params["words"].split()) - {"…"} <= set(left) for _, params in named)
    gone = tiny.tokenizer.tokenize(simple[hidden]) == ["[UNK]"]
    assert codes(given_.notes, "word_unknown") == ([("word_unknown", {"word": simple[hidden]})] if gone else [])


@quick
@given(
    words=st.lists(st.sampled_from(("the", "unhappyness", "cat", "unhappy")), min_size=1, max_size=8), data=st.data()
)
def test_a_word_of_several_pieces_is_said_to_make_as_many_masks(tiny: Any, words: list[str], data: Any) -> None:
    chosen = data.draw(st.sets(st.integers(0, len(words) - 1), min_size=1))
    trace = fill_mask(tiny, " ".join(words), 1, words=tuple(chosen))
    pieces = {word: tiny.tokenizer.tokenize(word) for word in words}
    told = [
        ("word_makes_masks", {"word": word, "count": len(pieces[word]), "pieces": " ".join(pieces[word])})
        for word in dict.fromkeys(words[n] for n in sorted(chosen))
        if len(pieces[word]) > 1
    ]
    assert codes(trace.notes, "word_makes_masks") == told
    assert len(trace.fills) == sum(len(pieces[words[n]]) for n in chosen)


def test_a_word_is_unread_with_the_sign_that_touches_it(tiny: Any) -> None:
    """Not "cat", which the vocabulary has: what stands there is one piece for the tokenizer."""
    assert codes(masked_input(tiny, "the cat🎉 sat", (1,)).notes, "word_unknown") == [
        ("word_unknown", {"word": "cat🎉"})
    ]


@pytest.mark.models
@pytest.mark.parametrize(
    ("model_id", "text", "lost"),
    [
        ("minilm-l6-mlm", "We had 🎉 cake and [MASK] with 龘 and 🎉.", "🎉 龘"),
        ("bert-mini-zh", "我😀喜欢[MASK]，龘很少见🎉。", "😀 龘 🎉"),
    ],
)
def test_a_real_model_names_the_parts_that_it_cannot_read(model_id: str, text: str, lost: str) -> None:
    needs_models(model_id)
    model = load(model_id)
    trace = fill_mask(model, text, 1)
    told = codes(trace.notes, "read_as_unknown")
    assert told == [("read_as_unknown", {"words": lost, "token": model.tokenizer.unk_token})]
    assert trace.tokens == tuple(model.tokenizer.convert_ids_to_tokens(model.tokenizer(text)["input_ids"]))
