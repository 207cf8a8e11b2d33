"""The table of lessons: each has a folder with every part, words in both languages, and the models that it asks for."""

from __future__ import annotations

import inspect
import re
import sys
from typing import get_args
from urllib.parse import parse_qs

import pytest

from app import lessons
from app.lessons import GROUPS, LESSONS, ROOT, Lesson, lesson
from app.words import LANGUAGES, LOCALES, Words
from nlpcore.models.catalogue import Kind, catalogue

TABLES = ["glove-6b-50d", "words-zh-64d"]
OFFERED = {
    "one-hot": TABLES,
    "embedding-map": TABLES,
    "analogies": TABLES,
    "word-senses": [
        "minilm-l6", "minilm-l6-mlm", "bert-mini-zh", "bert-base-uncased", "bert-base-chinese", "distilbert-base-uncased",
    ],
    "neuron": TABLES,
    "architectures": ["textcnn-imdb"],
    "lstm-gates": ["lstm-imdb", "lstm-chars"],
    "attention": [
        "minilm-l6", "smollm2-135m", "minilm-l6-mlm", "bert-mini-zh", "minilm-l6-imdb", "minilm-l6-nli", "minilm-l6-qa",
        "bert-base-uncased", "bert-base-chinese", "distilbert-base-uncased", "gpt2",
    ],
    "masked-language-model": [
        "minilm-l6-mlm", "bert-mini-zh", "bert-base-uncased", "bert-base-chinese", "distilbert-base-uncased",
    ],
    "bio-tagging": ["lac-zh", "minilm-l6-ner", "bert-base-ner"],
}  # fmt: skip


@pytest.mark.parametrize("lesson_id", OFFERED)
def test_a_lesson_offers(lesson_id: str) -> None:
    assert [found.id for found in lesson(lesson_id).models] == OFFERED[lesson_id]


@pytest.mark.parametrize("each", LESSONS, ids=lambda each: each.id)
def test_every_lesson_that_needs_a_model_has_one_that_needs_no_hub(each: Lesson) -> None:
    assert set(each.kinds) <= set(get_args(Kind))
    for kind in each.kinds:
        assert any(not found.needs_hub for found in catalogue().values() if found.kind == kind), kind


def test_a_lesson_is_found_by_its_id() -> None:
    assert [lesson(each.id) for each in LESSONS] == list(LESSONS)
    assert len({each.id for each in LESSONS}) == len(LESSONS)
    with pytest.raises(KeyError, match="nothing"):
        lesson("nothing")


def test_the_table_and_the_folders_name_the_same_lessons() -> None:
    folders = {page.parent.relative_to(ROOT).as_posix() for page in (ROOT / "pages").glob("*/*/page.py")}
    assert {f"pages/{each.group}/{each.id.replace('-', '_')}" for each in LESSONS} == folders
    assert ROOT == lessons.ROOT and (ROOT / "app" / "lessons.py").is_file()


def test_what_a_lesson_builds_on_comes_before_it() -> None:
    for place, each in enumerate(LESSONS):
        assert set(each.needs) <= {earlier.id for earlier in LESSONS[:place]}, each.id


def test_groups_stand_in_the_order_of_their_lessons_and_have_words() -> None:
    order = [each.group for each in LESSONS]
    assert list(GROUPS) == sorted(set(order), key=order.index)
    assert order == sorted(order, key=GROUPS.index), "the lessons of a group stand together"
    for language in LANGUAGES:
        assert all(Words(LOCALES / "shell.yaml", language)(f"groups.{group}") for group in GROUPS)


@pytest.mark.parametrize("each", LESSONS, ids=lambda each: each.id)
def test_a_lesson_has_every_part(each: Lesson) -> None:
    files = {path.name for path in each.folder.iterdir()}
    assert files >= {
        "__init__.py",
        "page.py",
        "idea.py",
        "questions.py",
        "formulas.py",
        "charts.py",
        "snippet.py",
        "learner.py",
    }
    assert each.words == each.folder / "words.yaml" and each.words.is_file()
    assert re.fullmatch(r":material/\w+:", each.icon)
    assert not each.showcase or parse_qs(each.showcase, strict_parsing=True)
    assert all(each.thumbnail(language).is_file() for language in LANGUAGES)


@pytest.mark.parametrize("each", LESSONS, ids=lambda each: each.id)
def test_what_shows_a_lesson_takes_the_page_and_is_imported_once(each: Lesson) -> None:
    [argument] = inspect.signature(each.show).parameters.values()
    assert argument.annotation == "LessonPage"
    assert each.show.__module__ == f"pages.{each.group}.{each.module}.page"
    assert each.part("questions") is sys.modules[f"pages.{each.group}.{each.module}.questions"]
    assert each.show is each.show


def test_a_lesson_may_need_no_model() -> None:
    made_up = Lesson("made-up-one", "words", ":material/star:")
    assert made_up.models == () and made_up.showcase == ""
    assert made_up.module == "made_up_one" and made_up.folder == ROOT / "pages" / "words" / "made_up_one"
