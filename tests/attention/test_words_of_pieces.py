"""Which tokens are one word: those of a run of Chinese or Japanese characters are not."""

from __future__ import annotations

from itertools import accumulate, pairwise

import pytest

from nlpcore.attention.labels import word_numbers


@pytest.mark.parametrize(
    ("tokens", "words", "expected"),
    [
        (["un", "kind"], [4, 4], (0, 0)),
        (["日", "a"], [0, 0], (0, 1)),
        (["a", "日"], [0, 0], (0, 1)),
        (["ab", "日本", "語", "cd", "ef"], [0] * 5, (0, 1, 2, 3, 3)),
        (["", "かな", "カ", ""], [None, 2, 2, None], (None, 0, 1, None)),
        (["𠀀", "𠀁"], [1, 1], (0, 1)),
        (["न", "म", "स्ते"], [0, 1, 2], (0, 0, 0)),
    ],
)
def test_each_token_of_a_run_is_a_word(tokens: list[str], words: list[int | None], expected: tuple[int | None]) -> None:
    spans = list(pairwise(accumulate(map(len, tokens), initial=0)))
    assert word_numbers(words, "".join(tokens), spans) == expected


def test_tokens_of_one_character_stay_together() -> None:
    assert word_numbers([0, 0, 0, 0], "鑫日", [(0, 1), (0, 1), (0, 1), (1, 2)]) == (0, 0, 0, 1)
