"""Where a character stands for a word by itself: kana and Chinese characters, and nothing beside their blocks."""

from __future__ import annotations

import pytest

from nlpcore.attention.labels import word_numbers

# First and last of Hiragana to Katakana, of CJK extension A to the unified ideographs, of planes 2 and 3 (Blocks.txt).
EDGES = ["\u3040", "\u3041", "\u30ff", "\u3400", "\u4e00", "\u9fff", "\U00020000", "\U0003134a", "\U0003ffff"]
BESIDE = ["\u303f", "\u3105", "\u33ff", "\ua000", "\U0001ffff", "\U00040000"]


@pytest.mark.parametrize("character", EDGES)
def test_each_is_a_word_of_its_own_in_what_a_tokenizer_calls_one(character: str) -> None:
    text = f"{character}a{character}{character}"
    spans = [(n, n + 1) for n in range(4)]
    assert word_numbers([0, 0, 0, 0], text, spans) == (0, 1, 2, 3)


@pytest.mark.parametrize("character", BESIDE)
def test_beside_their_blocks_the_tokenizers_word_holds(character: str) -> None:
    text = f"{character}a"
    assert word_numbers([0, 0], text, [(0, 1), (1, 2)]) == (0, 0)
    assert word_numbers([None, 0, 0, 1, None], f"a{character}b", [(0, 0), (0, 1), (1, 2), (2, 3), (0, 0)])[:3] == (
        None,
        0,
        0,
    )
