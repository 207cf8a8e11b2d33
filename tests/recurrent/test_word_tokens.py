"""The word splitting that training and reading share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcore.recurrent.word_tokens import word_tokens

CASES = {
    "It isn't bad: 8/10…": ["it", "is", "n't", "bad", ":", "8/10", "..."],
    "I can’t, won't and DON'T.": ["i", "ca", "n't", ",", "wo", "n't", "and", "do", "n't", "."],
    "They've said it's Ann's.": ["they", "'ve", "said", "it", "'s", "ann", "'s", "."],
    "well-made 3D film of the 1980s!!": ["well", "-", "made", "3d", "film", "of", "the", "1980s", "!", "!"],
    "1,000 mp3s cost $3.50 ....": ["1,000", "mp3s", "cost", "$", "3.50", "..."],
    "“Yes” — he said": ['"', "yes", '"', "-", "he", "said"],
    "电影很好看": ["电", "影", "很", "好", "看"],
    "ＧＲＥＡＴ　ｆｉｌｍ： ８／１０！ ｄｏｎ＇ｔ": ["great", "film", ":", "8/10", "!", "do", "n't"],
    "नमस्ते दुनिया": ["नमस्ते", "दुनिया"],
    "מה שלומך": ["מה", "שלומך"],
    "👩‍👩‍👧 👍🏽🙂": ["👩‍👩‍👧", "👍🏽", "🙂"],
    "e\u0301te\u0301": ["e\u0301te\u0301"],
    "<script>": ["<", "script", ">"],
    "": [],
    "  \n ": [],
}


@pytest.mark.parametrize("text", CASES)
def test_splits_as_documented(text: str) -> None:
    assert word_tokens(text) == CASES[text]


@given(st.text(alphabet=st.sampled_from("abnts'’. ,!0189/-…中é\u0301🙂"), max_size=40))
def test_splitting_again_changes_nothing(text: str) -> None:
    tokens = word_tokens(text)
    assert word_tokens(" ".join(tokens)) == tokens


@given(st.text(max_size=60))
def test_loses_nothing_but_white_space(text: str) -> None:
    tokens = word_tokens(text)
    assert all(token and not token.isspace() for token in tokens)
    assert bool(tokens) == bool(text.split())
