"""Maps and vectors against the networks' own attentions, on small random models of every architecture."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from nlpcore.attention import attention_maps, head_vectors, merge_words, read_attention
from nlpcore.attention.labels import part_of, readable_tokens, word_numbers
from nlpcore.attention.maps import _surfaces
from nlpcore.errors import LearnerError
from nlpcore.graphemes import graphemes

TEXT = "The cat sat on the mat because it was tired."
KINDS = ["bert", "distilbert", "gpt2", "llama"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_weights_are_the_networks_own(stand_ins: dict[str, Any], kind: str) -> None:
    model = stand_ins[kind]
    maps = attention_maps(model, TEXT)
    with torch.no_grad():
        inputs = model.tokenizer(TEXT, return_tensors="pt")
        if kind != "bert":
            inputs.pop("token_type_ids", None)
        own = model.network(**inputs, output_attentions=True).attentions
    assert maps.weights.shape == (len(own), own[0].shape[1], len(maps.tokens), len(maps.tokens))
    np.testing.assert_allclose(maps.weights, torch.cat(own).numpy(), atol=1e-6)
    np.testing.assert_allclose(maps.weights.sum(-1), 1, atol=1e-5)
    assert maps.causal == (kind in ("gpt2", "llama"))


@pytest.mark.parametrize("kind", KINDS)
def test_weights_recomputed_from_queries_and_keys_are_the_same(stand_ins: dict[str, Any], kind: str) -> None:
    """An independent way to the same numbers: hidden states, W_Q and W_K, rotation, grouped heads, mask, softmax."""
    maps = attention_maps(stand_ins[kind], TEXT)
    vectors = head_vectors(stand_ins[kind], TEXT)
    assert vectors.tokens == maps.tokens
    for layer in range(maps.layers):
        for head in range(maps.heads):
            np.testing.assert_allclose(vectors.trace(layer, head).weights, maps.weights[layer, head], atol=2e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_one_run_gives_both(stand_ins: dict[str, Any], kind: str) -> None:
    reading = read_attention(stand_ins[kind], TEXT, max_tokens=20)
    maps, vectors = reading.maps, reading.vectors
    assert reading.notes == maps.notes
    np.testing.assert_allclose(maps.weights, attention_maps(stand_ins[kind], TEXT, max_tokens=20).weights, atol=1e-6)
    np.testing.assert_allclose(vectors.q, head_vectors(stand_ins[kind], TEXT, max_tokens=20).q, atol=1e-5)


def test_grouped_heads_share_keys(stand_ins: dict[str, Any]) -> None:
    vectors = head_vectors(stand_ins["llama"], TEXT)
    assert vectors.q.shape[1] == 6 and vectors.k.shape[1] == 2
    assert [vectors.key_head(head) for head in range(6)] == [0, 0, 0, 1, 1, 1]


def test_a_pair_has_two_segments(bert: Any) -> None:
    maps = attention_maps(bert, "The cat sat.", pair="It was tired.")
    assert maps.tokens == ("[CLS]", "the", "cat", "sat", ".", "[SEP]", "it", "was", "tired", ".", "[SEP]")
    assert maps.segments == (0,) * 6 + (1,) * 5
    assert maps.word_ids == (None, 0, 1, 2, 3, None, 0, 1, 2, 3, None)
    assert [i for i, s in enumerate(maps.special) if s] == [0, 5, 10]


def test_a_blank_pair_is_no_pair(bert: Any) -> None:
    assert attention_maps(bert, "The cat.", pair="  ").tokens == ("[CLS]", "the", "cat", ".", "[SEP]")


def test_a_decoder_reads_the_pair_after_a_space(stand_ins: dict[str, Any]) -> None:
    maps = attention_maps(stand_ins["gpt2"], "ab", pair="c")
    assert "".join(maps.tokens) == "ab␣c" and maps.segments == (0, 0, 1, 1) and not any(maps.special)


def test_word_pieces_keep_their_word(bert: Any) -> None:
    maps = attention_maps(bert, "unhappiness sat")
    assert maps.tokens == ("[CLS]", "un", "##happi", "##ness", "sat", "[SEP]")
    assert maps.word_ids == (None, 0, 0, 0, 1, None) and maps.offsets[2] == (2, 7)


def test_an_unknown_word_is_shown_with_what_it_stands_for(bert: Any) -> None:
    assert attention_maps(bert, "the Zyx").tokens[2] == "[UNK] Zyx"


def test_bytes_of_one_character_are_told_apart(stand_ins: dict[str, Any]) -> None:
    maps = attention_maps(stand_ins["llama"], "a 猫狗")
    assert maps.tokens == ("a", "␣", "猫[1/3]", "猫[2/3]", "猫[3/3]", "狗[1/3]", "狗[2/3]", "狗[3/3]")
    assert len(set(maps.word_ids[2:5])) == 1 and maps.word_ids[4] != maps.word_ids[5]


# What a reader sees as the words of the text, and nothing of a word is told twice or left out.
WORDS = {
    "가가": ["가가"],
    "아아 가": ["아아", "가"],
    "🚀🚀": ["🚀🚀"],
    "ааа": ["ааа"],
    "नमस्ते नमस्ते": ["नमस्ते", "नमस्ते"],
    "สวสว": ["สวสว"],
    "a 👍": ["a", "👍"],
    "👍🏽👍🏽 ok": ["👍🏽👍🏽", "ok"],
    "👨‍👩‍👧‍👦": ["👨‍👩‍👧‍👦"],
    "ééé": ["ééé"],
    "2024": ["2024"],
}


@pytest.mark.parametrize("text", WORDS)
@pytest.mark.parametrize("kind", ["gpt2", "llama"])
def test_merged_pieces_are_the_words_of_the_text(stand_ins: dict[str, Any], kind: str, text: str) -> None:
    maps = attention_maps(stand_ins[kind], text, max_tokens=64)
    merged = merge_words(maps)
    assert [token.lstrip("␣") for token in merged.tokens if token != "␣"] == WORDS[text]


def test_parts_of_a_character_after_a_blank_are_numbered_in_one_row(stand_ins: dict[str, Any]) -> None:
    """A tokenizer with its own pieces may take the blank into the first part, as here it would of " 👍"."""
    pieces, surfaces = ("a", "ĠðŁ", "ĳ", "į"), ("a", " 👍", "👍", "👍")
    labels = readable_tokens(pieces, surfaces, ((0, 1), (1, 3), (2, 3), (2, 3)))
    assert labels == ("a", "␣👍[1/3]", "👍[2/3]", "👍[3/3]")
    assert word_numbers((0, 1, 1, 1), "a 👍", ((0, 1), (1, 3), (2, 3), (2, 3))) == (0, 1, 1, 1)


@pytest.mark.parametrize(
    "words", ["नमस्ते दुनिया", "ที่นี่ x", "葛\U000e0100 城", "👍🏽 1️⃣", "ש\u05b8 ק\u0327\u0301", "नमस्ते ते ☃"]
)
def test_an_unknown_word_is_shown_with_the_marks_at_its_end(bert: Any, words: str) -> None:
    """BERT strips them before it looks into its vocabulary (Devlin et al. 2019)."""
    for pair in (None, words):
        maps = attention_maps(bert, words, pair)
        shown = [token.removeprefix("[UNK] ") for token in maps.tokens if token.startswith("[UNK] ")]
        assert len(shown) > 1 and set(graphemes("".join(words.split()))) == set(graphemes("".join(shown)))
        assert merge_words(maps).tokens == maps.tokens, "each of them is a word"


def test_a_mark_that_has_a_token_of_its_own_is_not_shown_twice() -> None:
    batch = _surfaces(
        ["न\u0947न\u0947"],
        [None, 0, 0, 0, None],
        [(0, 0), (0, 1), (1, 2), (2, 3), (0, 0)],
        ["[CLS]", *["[UNK]"] * 3, "[SEP]"],
    )
    assert batch == ["", "न", "\u0947", "न\u0947", ""]


def test_too_long_a_text_is_cut_with_a_note(bert: Any) -> None:
    maps = attention_maps(bert, "cat " * 50, max_tokens=16)
    assert len(maps.tokens) == 16 and maps.tokens[-1] == "[SEP]"
    assert maps.notes[-1].code == "cut_tokens" and dict(maps.notes[-1].params) == {"kept": 16, "given": 52}


def test_a_long_pair_is_cut_on_both_sides(bert: Any) -> None:
    maps = attention_maps(bert, "cat " * 500, pair="mat " * 500, max_tokens=999)
    assert len(maps.tokens) == 64 and set(maps.segments) == {0, 1}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "text",
    [
        "a",
        "!?…",
        "😀👨‍👩‍👧",
        "שלום עולם",
        "a\u0301\u0302e",
        "<script>alert(1)</script>",
        "\0cat\x07",
        "word " * 10_000,
        "猫坐在垫子上。",
    ],
)
def test_any_text_gives_maps(stand_ins: dict[str, Any], kind: str, text: str) -> None:
    maps = attention_maps(stand_ins[kind], text, max_tokens=32)
    assert len(maps.tokens) == len(maps.word_ids) == maps.weights.shape[-1] <= 32
    assert all(maps.tokens) and not any("\0" in token for token in maps.tokens)
    np.testing.assert_allclose(maps.weights.sum(-1), 1, atol=1e-5)


@pytest.mark.parametrize(("text", "code"), [("", "empty_text"), (" \n", "empty_text"), ("\0", "empty_text")])
def test_nothing_to_read_is_an_error_with_a_sentence(bert: Any, text: str, code: str) -> None:
    with pytest.raises(LearnerError) as caught:
        attention_maps(bert, text)
    assert caught.value.code == code


def test_a_text_of_which_the_tokenizer_keeps_nothing(bert: Any) -> None:
    with pytest.raises(LearnerError) as caught:
        attention_maps(bert, "\u0301")
    assert caught.value.code == "no_tokens"


@pytest.mark.parametrize("kind", ["bert", "distilbert"])  # the others' tokenizers have none
def test_a_typed_special_token_is_text_and_a_note_says_so(stand_ins: dict[str, Any], kind: str) -> None:
    """[SEP] in the middle is no end of a sentence: the only special tokens are those that the tokenizer adds."""
    model = stand_ins[kind]
    token = model.tokenizer.all_special_tokens[0]
    maps = attention_maps(model, f"a {token} b")
    special_ids = set(model.tokenizer.all_special_ids) - {model.tokenizer.unk_token_id}
    pieces = model.tokenizer.convert_tokens_to_ids(list(maps.pieces))
    assert [piece in special_ids for piece in pieces] == list(maps.special)
    note = next(note for note in maps.notes if note.code == "special_as_text")
    assert note.params["tokens"] == token


def test_lines_and_indentation_reach_a_decoder(stand_ins: dict[str, Any]) -> None:
    text = "if x:\n\ty\n    z"
    maps = attention_maps(stand_ins["gpt2"], text)
    assert maps.texts == (text,)
    assert any("Ċ" in piece for piece in maps.pieces)


@pytest.mark.parametrize(
    ("label", "part"),
    [
        ("鑫[1/3]", ("鑫", 1, 3)), ("␣👍[2/2]", ("👍", 2, 2)), ("鑫", None), ("[CLS]", None), ("[1/3]", None),
        ("x[1/]", None), ("a[10/12]", ("a", 10, 12)),
    ],
)  # fmt: skip
def test_a_label_says_which_part_of_a_character_a_token_is(label: str, part: tuple[str, int, int] | None) -> None:
    assert part_of(label) == part
