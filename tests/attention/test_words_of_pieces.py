"""Which pieces are one word: a run of Chinese or Japanese characters is not."""

from __future__ import annotations

import pytest

from nlpcore.attention.labels import split_ideographs


@pytest.mark.parametrize(
    ("surfaces", "words", "expected"),
    [
        (["un", "kind"], [4, 4], (0, 0)),
        (["日", "a"], [0, 0], (0, 1)),
        (["a", "日"], [0, 0], (0, 1)),
        (["ab", "日本", "語", "cd", "ef"], [0] * 5, (0, 1, 2, 3, 3)),
        (["", "かな", "カ", ""], [None, 2, 2, None], (None, 0, 1, None)),
        (["𠀀", "𠀁"], [1, 1], (0, 1)),
    ],
)
def test_each_piece_of_a_run_is_a_word(
    surfaces: list[str], words: list[int | None], expected: tuple[int | None]
) -> None:
    ends = [sum(map(len, surfaces[: i + 1])) for i in range(len(surfaces))]
    spans = [(end - len(surface), end) for end, surface in zip(ends, surfaces, strict=True)]
    assert split_ideographs(words, surfaces, spans) == expected


def test_pieces_of_one_character_stay_together() -> None:
    assert split_ideographs([0, 0, 0, 0], ["鑫", "鑫", "鑫", "日"], [(0, 1), (0, 1), (0, 1), (1, 2)]) == (0, 0, 0, 1)
