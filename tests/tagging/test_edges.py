"""Tags, spans and windows at the edges: the first and last token, a window that just holds the text."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import pytest

from nlpcore.errors import LearnerError
from nlpcore.tagging import capitals, from_bio, repair, tag, to_bio
from nlpcore.tagging.lac import segment
from nlpcore.tagging.metrics import Score, compare, overlap, partial, strict, token_accuracy
from nlpcore.tagging.schemes import Span, illegal_transitions, is_legal, split_tag, to_iob1
from nlpcore.tagging.tagger import Piece, _windows
from nlpcore.tagging.viterbi import viterbi


def windows(counts: list[int], size: int) -> list[tuple[tuple[int, int], ...]]:
    """Return the windows of lines that have so many words, each of one piece."""
    words = range(sum(counts))
    pieces = [Piece("x", 5, n, True, n, n + 1) for n in words]
    mark = Piece("[]", 2, -1, False, 0, 0)
    ends = [0, *accumulate(counts)]
    return list(_windows([mark, *pieces, mark], list(pairwise(ends)), size))


@pytest.mark.parametrize("size", [4, 5, 8, 20])
@pytest.mark.parametrize("count", range(1, 60))
def test_windows_cover_the_text_overlap_by_half_and_are_no_more_than_needed(size: int, count: int) -> None:
    room = size - 2
    (found,) = windows([count], size)
    if count <= room:
        assert found == ((1, count + 1),)
        return
    assert found[0][0] == 1 and found[-1][1] == count + 1
    assert all(end - start == room for start, end in found)
    assert all(a < b and first_end - b >= room - room // 2 for (a, first_end), (b, _) in pairwise(found))
    assert len(found) == 1 + -(-(count - room) // (room // 2))


def test_each_line_has_windows_of_its_own_and_one_without_words_has_none() -> None:
    first, second = windows([3, 0, 7], 6)
    assert first == ((1, 4),)
    (alone,) = windows([7], 6)
    assert second == tuple((a + 3, b + 3) for a, b in alone) and len(second) > 1


def test_a_window_holds_at_least_two_pieces() -> None:
    assert windows([9], 4)[0][0] == (1, 3)
    for size in (0, 3):
        with pytest.raises(ValueError, match="holds no text"):
            windows([9], size)


@pytest.mark.parametrize("limit", range(3, 9))
def test_a_text_of_as_many_pieces_as_are_read_is_read_whole(tiny_tagger: Any, limit: int) -> None:
    found = tag(tiny_tagger, "maria flew to paris", max_pieces=limit)
    assert len(found.pieces) == min(limit, 6) and len(found.words) == min(limit - 2, 4)
    assert found.pieces[-1].text == "[SEP]" and found.text == "maria flew to paris"[: found.words[-1].end]
    said = [(note.code, dict(note.params)) for note in found.notes]
    assert said == ([] if limit >= 6 else [("cut_tokens", {"kept": limit, "given": 6})])


@pytest.mark.parametrize(
    ("spans", "tags"),
    [([(0, 3)], "B-X I-X I-X"), ([(0, 1), (1, 2), (2, 3)], "B-X B-X B-X"), ([(2, 3)], "O O B-X"), ([], "O O O")],
)
def test_spans_may_begin_at_the_first_and_end_at_the_last_token(spans: list[tuple[int, int]], tags: str) -> None:
    made = [Span(a, b, "X") for a, b in spans]
    assert to_bio("abc", made) == tuple(tags.split()) and from_bio(tags.split()) == tuple(made)
    for wrong in ((-1, 1), (2, 4), (1, 1), (2, 1)):
        with pytest.raises(ValueError, match="does not lie within 3 tokens"):
            to_bio("abc", [Span(*wrong, "X")])
    with pytest.raises(ValueError, match="overlaps"):
        to_bio("abc", [Span(0, 2, "X"), Span(1, 3, "Y")])


def test_what_may_follow_what() -> None:
    legal = {(None, "O"), (None, "B-X"), ("O", "O"), ("O", "B-X"), ("B-X", "I-X"), ("I-X", "I-X"), ("I-Y", "B-X")}
    illegal = {(None, "I-X"): "start", ("O", "I-X"): "outside", ("B-Y", "I-X"): "type", ("I-Y", "I-X"): "type"}
    for before, after in legal:
        assert is_legal(before, after)
    for (before, after), reason in illegal.items():
        assert not is_legal(before, after)
        (found,) = illegal_transitions([after] if before is None else ["B-Y", before, after][before[0] != "I" :])
        assert (found.previous, found.tag, found.reason) == (before, after, reason)
    assert split_tag("B-X-Y") == ("B", "X-Y") and split_tag("O") == ("O", "")
    for wrong in ("", "B", "B-", "-X", "X-B", "o", "OO", "b-X"):
        with pytest.raises(LearnerError, match="tag_unknown"):
            split_tag(wrong)


def test_each_repair_of_an_i_of_another_type_at_the_start_and_after_o() -> None:
    tags = ["I-X", "I-X", "O", "I-Y", "B-X", "I-Y", "I-Y"]
    assert repair(tags, "begin") == ("B-X", "I-X", "O", "B-Y", "B-X", "B-Y", "I-Y")
    assert repair(tags, "drop") == ("O", "O", "O", "O", "B-X", "O", "O")
    assert repair(tags, "convert") == ("B-X", "I-X", "O", "B-Y", "B-X", "I-X", "I-X")
    with pytest.raises(LearnerError, match="bio_illegal") as caught:
        repair(["O", "I-X"], "none")
    assert caught.value.params == {"tag": "I-X", "position": 2}
    assert to_iob1("abcd", [Span(0, 1, "X"), Span(1, 2, "X"), Span(2, 3, "Y")]) == ("I-X", "B-X", "I-Y", "O")


def test_scores_of_spans_that_only_touch_overlap_by_one_or_are_the_same() -> None:
    gold = [Span(2, 4, "X")]
    for start, end, right in ((0, 2, 0), (0, 3, 1), (3, 5, 1), (4, 5, 0), (2, 4, 1), (0, 9, 1)):
        found = [Span(start, end, "X")]
        assert overlap(gold, found).credit == right
        assert partial(gold, found).credit == (1 if (start, end) == (2, 4) else right / 2)
        assert strict(gold, found).credit == ((start, end) == (2, 4))
        assert partial(gold, [Span(start, end, "Y")]).credit == partial(gold, found).credit
        assert overlap(gold, [Span(start, end, "Y")]).credit == 0 == strict(gold, [Span(start, end, "Y")]).credit
    none = Score("strict", 0, 0, 0, ())
    assert (none.precision, none.recall, none.f1) == (0, 0, 0)
    some = Score("strict", 1, 2, 4, ())
    assert (some.precision, some.recall) == (0.5, 0.25) and some.f1 == pytest.approx(1 / 3)
    assert [each.measure for each in (strict(gold, gold), overlap(gold, gold), partial(gold, gold))] == [
        "strict", "overlap", "partial",
    ]  # fmt: skip
    assert token_accuracy(["O", "B-X"], ["O", "B-Y"]) == 0.5
    for one, other in (([], []), (["O"], ["O", "O"])):
        with pytest.raises(ValueError, match="of one length"):
            token_accuracy(one, other)
    whole = compare(["B-X", "I-X", "O"], [Span(0, 2, "X")])
    assert whole.token_accuracy == 1 == whole.strict.f1 == whole.overlap.f1 == whole.partial.f1


def test_of_equal_paths_the_lower_tag_and_of_a_lattice_every_beginning() -> None:
    flat = viterbi(np.zeros((3, 2)), np.zeros((2, 2)))
    assert flat.path == (0, 0, 0) and flat.score == 0 and flat.back[0].tolist() == [-1, -1]
    turned = viterbi([[0, 1], [2, 0], [0, 3]], [[0, -5], [-5, 0]], stop=[10, 0])
    assert turned.path == (0, 0, 0) and turned.best_until(0) == (1,) and turned.best_until(2) == turned.path
    assert turned.best_until(1) == (0, 0)
    one = viterbi([[1.0, 2.0]], np.zeros((2, 2)), start=[5, 0])
    assert one.path == (0,) and one.score == 6
    for emissions, transitions in (([0.0, 1.0], np.zeros((2, 2))), (np.zeros((0, 2)), np.zeros((2, 2))),
                                   (np.zeros((3, 2)), np.zeros((3, 3)))):  # fmt: skip
        with pytest.raises(ValueError, match="do not fit"):
            viterbi(emissions, transitions)
    with pytest.raises(LearnerError, match="no_legal_path"):
        viterbi([[0.0, 0.0]], np.zeros((2, 2)), stop=[-np.inf, -np.inf])


def test_words_are_cut_before_every_tag_that_does_not_go_on() -> None:
    found = segment("abcdef", ["I-n", "I-n", "O", "B-PER", "I-n", "O"])
    assert [(s.start, s.end, s.text, s.tag) for s in found] == [
        (0, 2, "ab", "n"), (2, 3, "c", "O"), (3, 5, "de", "PER"), (5, 6, "f", "O"),
    ]  # fmt: skip


def test_of_many_tags_those_on_the_path_are_drawn_first(tiny_lac: Any) -> None:
    from nlpcore.tagging import tag_chinese

    trace = tag_chinese(tiny_lac, "你好我ABC你好")
    on_path = sorted(set(trace.lattice.path))
    peaks = trace.lattice.emissions.max(axis=0)
    others = sorted(set(range(6)) - set(on_path), key=lambda n: -peaks[n])
    for count in range(9):
        wanted = on_path + others[: max(0, count - len(on_path))]
        assert trace.prominent(count) == tuple(sorted(wanted))
    assert trace.prominent() == tuple(range(6))


def test_the_kinds_of_writing_have_numbers_in_order() -> None:
    from nlpcore.tagging.capitals import ALL, INITIAL, KINDS, MIXED, SMALL, segment_ids

    assert (SMALL, INITIAL, ALL, MIXED, KINDS) == (0, 1, 2, 3, 4)
    words = ["rain", "Rain", "RAIN", "iRain", "A", "3", "McX"]
    kinds = [SMALL, INITIAL, ALL, MIXED, INITIAL, SMALL, MIXED]
    assert [capitals.capitals(word) for word in words] == kinds
    assert segment_ids(words, [None, -1, 0, 1, 2, 3]) == [0, 0, 0, 1, 2, 3]
