"""Which share of a large product a commit tries: never none of what it changed, never always the same."""

from __future__ import annotations

import pytest

from app.lessons import LESSONS
from tests import sample

COURSE = [f"lesson-{number}" for number in range(39)]


@pytest.fixture(autouse=True)
def a_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "WHOLE", False)


def test_as_long_as_there_are_few_lessons_all_are_visited() -> None:
    assert sample.visited(COURSE[: sample.MOST_VISITED], []) == COURSE[: sample.MOST_VISITED]


def test_of_many_lessons_the_changed_ones_and_others_in_their_order() -> None:
    found = sample.visited(COURSE, ["lesson-30", "a-lesson-that-has-gone", "lesson-4", "lesson-30"])
    assert len(found) == sample.MOST_VISITED and {"lesson-4", "lesson-30"} <= set(found)
    assert found == [each for each in COURSE if each in found]


def test_many_changes_leave_room_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[str] = set()
    for seed in range(120):
        monkeypatch.setattr(sample, "SEED", seed)
        found = sample.visited(COURSE, COURSE[::-1])
        latest = sample.MOST_VISITED * 2 // 3
        assert found[-latest:] == COURSE[-latest:] and len(found) == sample.MOST_VISITED, "the latest first"
        seen.update(found)
    assert seen == set(COURSE), "each has its turn"


def test_the_whole_is_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "WHOLE", True)
    assert sample.visited(COURSE, []) == COURSE


def test_what_was_changed_lately_is_read_from_the_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    log = "app/main.py\npages/words/word_senses/page.py\n\ntests/pages/words/one_hot/test_page.py\nREADME.md\n"
    monkeypatch.setattr(sample.subprocess, "run", lambda *_, **__: type("Done", (), {"stdout": log})())
    assert sample._changed() == ["word-senses", "one-hot"]


def test_the_commits_of_this_tree_name_its_lessons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "_LATELY", 100_000)
    assert set(sample._changed()) & {each.id for each in LESSONS}
