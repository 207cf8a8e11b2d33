"""The Chinese CRF against trying every path."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlpcore.errors import LearnerError
from nlpcore.tagging import tag_chinese
from nlpcore.text import clean


def test_files_are_read_as_the_model_means_them(tiny_lac: Any) -> None:
    trace = tag_chinese(tiny_lac, "Ａ你猫")
    assert trace.tag_names == ("B-n", "I-n", "B-PER", "I-PER", "B-v", "O")
    assert trace.known == (True, True, False)
    table, crf = tiny_lac.network.table, np.load(tiny_lac.folder / "lac_crf_transitions.npy")
    np.testing.assert_allclose(trace.lattice.emissions, table[[0, 3, 6], :6])
    np.testing.assert_allclose(trace.lattice.transitions, crf[:6, :6])
    np.testing.assert_allclose(trace.lattice.start, crf[-1, :6])
    np.testing.assert_allclose(trace.lattice.stop, crf[-2, :6])


@pytest.mark.parametrize("text", ["你", "你好", "ABC", "我好你A"])
@pytest.mark.parametrize("boundaries", [True, False])
def test_the_path_is_the_best_of_all(tiny_lac: Any, text: str, boundaries: bool) -> None:
    trace = tag_chinese(tiny_lac, text, boundaries=boundaries)
    crf = np.load(tiny_lac.folder / "lac_crf_transitions.npy").astype(float)
    e = trace.lattice.emissions

    def total(path: tuple[int, ...]) -> float:
        score = sum(e[n, y] for n, y in enumerate(path)) + sum(crf[a, b] for a, b in pairwise(path))
        return score + (crf[-1, path[0]] + crf[-2, path[-1]] if boundaries else 0.0)

    best = max(product(range(6), repeat=len(text)), key=total)
    assert trace.lattice.path == best and trace.lattice.score == pytest.approx(total(best))


def test_without_weight_every_character_decides_alone(tiny_lac: Any) -> None:
    trace = tag_chinese(tiny_lac, "你好我ABC你好", weight=0.0)
    assert trace.tags == trace.alone


def test_segments_cover_the_text_and_have_their_first_tag(tiny_lac: Any) -> None:
    trace = tag_chinese(tiny_lac, "你好我ABC你好猫🙂")
    assert "".join(s.text for s in trace.segments) == trace.text
    for s in trace.segments:
        assert trace.text[s.start : s.end] == s.text and trace.tags[s.start].split("-")[-1] == s.tag
        assert all(t.startswith("I-") for t in trace.tags[s.start + 1 : s.end])
    assert trace.entities == tuple(s for s in trace.segments if s.tag == "PER")
    assert set(trace.lattice.path) <= set(trace.prominent(3))


def test_each_line_is_read_as_if_it_stood_alone(tiny_lac: Any) -> None:
    lines = ["你好我", "好", "我A你好"]
    alone = [tag_chinese(tiny_lac, line) for line in lines]
    trace = tag_chinese(tiny_lac, " 你好我\r\n\n好 \n\t我A你好")
    assert trace.text == "你好我\n\n好\n\t我A你好" and trace.characters == tuple("你好我好我A你好")
    assert trace.lines == ((0, 3), (3, 4), (4, 8))
    assert [trace.text[place] for place in trace.places] == list(trace.characters)
    assert trace.tags == tuple(tag for one in alone for tag in one.tags)
    assert [(s.text, s.tag) for s in trace.segments] == [(s.text, s.tag) for one in alone for s in one.segments]
    assert all(trace.text[s.start : s.end] == s.text for s in trace.segments)
    assert trace.entity_tags == tuple(tag for one in alone for tag in one.entity_tags)
    assert len(trace.entity_tags) == len(trace.characters)


PARTS = ["你好", "我", "A", " ", "  ", "\t", "\n", "\u3000", "\xa0", "猫", "🙂"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # a model, which a text leaves as it was
@given(typed=st.lists(st.sampled_from(PARTS), max_size=12).map("".join))
def test_what_is_shown_is_what_was_typed_and_blanks_are_read_once(tiny_lac: Any, typed: str) -> None:
    """A tab, an empty line, an indentation stay where they are; the model reads one blank for all that stand together."""
    if not typed.strip():
        return
    trace, shown = tag_chinese(tiny_lac, typed), clean(typed, lines=True).text
    assert trace.text == shown
    read = [trace.text[place : place + len(c)] for place, c in zip(trace.places, trace.characters, strict=True)]
    assert tuple(read) == trace.characters
    assert [c for c in trace.characters if not c.isspace()] == [c for c in shown if not c.isspace()]
    folded = [" ".join(line.split()) for line in shown.split("\n") if line.strip()]
    assert ["".join(" " if c.isspace() else c for c in trace.characters[a:b]) for a, b in trace.lines] == folded
    assert trace.tags == tag_chinese(tiny_lac, "\n".join(folded)).tags
    assert all(trace.text[s.start : s.end] == s.text for s in trace.segments)
    assert [(s.end - s.start) > 0 for s in trace.spans] == [True] * len(trace.entities)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ana lives in Paris", "text_is_not_chinese"),
        ("東京タワーへ", "text_in_other_language"),
        ("서울에 삽니다", "text_in_other_language"),
        ("नरेन्द्र मोदी", "text_in_other_language"),
        ("محمد في القاهرة", "text_in_other_language"),
        ("我在北京工作", None),
        ("我用 Python", None),
        ("12 %", None),
    ],
)
def test_a_text_in_another_script_is_said(tiny_lac: Any, text: str, code: str | None) -> None:
    assert [note.code for note in tag_chinese(tiny_lac, text).notes] == ([code] if code else [])


# A character as people count them, though it is several code points, and whether the dictionary has it.
CLUSTERS = {
    "👍🏽": False,
    "👨\u200d👩\u200d👧\u200d👦": False,
    "🇫🇷": False,
    "न्द्रे": False,
    "1\ufe0f\u20e3": False,
    "你\U000e0100": True,
    "好\ufe00": True,
}


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_a_character_of_several_code_points_is_one(tiny_lac: Any, cluster: str) -> None:
    trace = tag_chinese(tiny_lac, f"我{cluster}你\n{cluster}好{cluster}")
    assert trace.characters == ("我", cluster, "你", cluster, "好", cluster) and trace.lines == ((0, 3), (3, 6))
    assert [trace.text[place:].startswith(c) for place, c in zip(trace.places, trace.characters, strict=True)] == [
        True
    ] * 6
    assert trace.known == (True, CLUSTERS[cluster], True, CLUSTERS[cluster], True, CLUSTERS[cluster])
    plain = tag_chinese(tiny_lac, f"我{(read := cluster[0] if CLUSTERS[cluster] else '猫')}你\n{read}好{read}")
    assert trace.tags == plain.tags and np.array_equal(trace.lattice.emissions, plain.lattice.emissions)
    assert [s.text.replace(cluster, read) for s in trace.segments] == [s.text for s in plain.segments]
    assert all(trace.text[s.start : s.end] == s.text for s in trace.segments)
    assert trace.spans == plain.spans and trace.entity_tags == plain.entity_tags


def test_a_long_text_is_cut_between_characters(tiny_lac: Any) -> None:
    trace = tag_chinese(tiny_lac, "你" + "👍🏽" * 130)
    assert trace.characters == ("你", *["👍🏽"] * 119)
    assert [dict(note.params) for note in trace.notes if note.code == "cut_characters"] == [{"kept": 120, "given": 131}]


@pytest.mark.parametrize("text", ["我", "！？…", "🙂", "שלום", "<script>", "a\x00b", "é", "hello world"])
def test_hard_input(tiny_lac: Any, text: str) -> None:
    assert len(tag_chinese(tiny_lac, text).tags) >= 1


def test_what_is_too_long_is_cut_and_said(tiny_lac: Any) -> None:
    trace = tag_chinese(tiny_lac, "你好" * 5000)
    assert len(trace.characters) == 120 and [n.code for n in trace.notes] == ["cut_characters"]
    with pytest.raises(LearnerError, match="empty_text"):
        tag_chinese(tiny_lac, " ")


@pytest.fixture(scope="module")
def lac() -> Any:
    from nlpcore.models import load

    return load("lac-zh")


@pytest.mark.models
@pytest.mark.parametrize("text", ["在", "北京", "我爱你", "讲学"])
def test_real_model_path_is_the_best_of_all_paths(lac: Any, text: str) -> None:
    trace = tag_chinese(lac, text)
    k, n = len(trace.tag_names), len(text)
    assert k == 49 and trace.lattice.emissions.shape == (n, 49)
    lattice = trace.lattice
    score = lattice.start.copy()
    for t in range(n):  # score of all k^n paths at once: one axis for each character
        score = score[..., None] + lattice.transitions if t else score
        score = score + lattice.emissions[t]
    score = score + lattice.stop
    assert np.unravel_index(score.argmax(), score.shape) == lattice.path
    assert lattice.score == pytest.approx(score.max(), abs=1e-9)


@pytest.mark.models
def test_idle_threads_of_the_real_model_sleep(lac: Any) -> None:
    """They would spin: ONNX Runtime has threads of its own, which heed no setting of OpenMP."""
    assert lac.network.get_session_options().get_session_config_entry("session.intra_op.allow_spinning") == "0"


@pytest.mark.models
def test_real_model_cuts_and_names(lac: Any) -> None:
    trace = tag_chinese(lac, "昨天李娜从上海飞往纽约参加联合国会议。")
    assert [s.text for s in trace.entities] == ["昨天", "李娜", "上海", "纽约", "联合国"]
    assert [(s.text, s.tag) for s in trace.segments] == [
        ("昨天", "TIME"), ("李娜", "PER"), ("从", "p"), ("上海", "LOC"), ("飞往", "v"), ("纽约", "LOC"),
        ("参加", "v"), ("联合国", "ORG"), ("会议", "n"), ("。", "w"),
    ]  # fmt: skip
