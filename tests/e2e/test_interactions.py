"""One thing that a learner does in each lesson, with a check of what comes of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from app.lessons import LESSONS
from tests.e2e.browser import problems
from tests.e2e.interactions import INTERACTIONS


def test_every_lesson_has_one() -> None:
    assert list(INTERACTIONS) == [lesson.id for lesson in LESSONS]


@pytest.mark.parametrize("lesson_id", INTERACTIONS)
def test_what_a_learner_does_comes_out_right(page: Page, app_url: str, lesson_id: str) -> None:
    seen = problems(page)
    INTERACTIONS[lesson_id](page, app_url)
    assert page.locator("[data-testid=stException]").count() == 0
    assert seen == []
