"""Both languages say the same things: same keys, same placeholders, nothing left untranslated."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.lessons import LESSONS, ROOT
from app.words import LANGUAGES, LOCALES, is_leaf, leaves, read_tree

FILES = sorted([*LOCALES.glob("*.yaml"), *(ROOT / "assets" / "lessons").glob("*.yaml")])
PLACEHOLDER = re.compile(r"(?<![\\a-z}_^])\{([a-z_]+)\}")
HAN = re.compile(r"[\u4e00-\u9fff]")
REQUIRED = ("title", "promise", "thumbnail_alt", "look_for", "presets", "predict", "misconceptions", "sources")


def every_leaf() -> list[Any]:
    return [pytest.param(leaf, id=f"{path.stem}:{key}") for path in FILES for key, leaf in leaves(read_tree(path))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_mapping_with_a_language_has_all_of_them(path: Path) -> None:
    def walk(node: Any, where: str) -> None:
        if isinstance(node, dict):
            found = set(node) & set(LANGUAGES)
            assert not found or is_leaf(node), f"{where} has only {sorted(found)}"
            for key, value in node.items():
                if not is_leaf(node):
                    walk(value, f"{where}.{key}")
        elif isinstance(node, list):
            for index, value in enumerate(node):
                walk(value, f"{where}[{index}]")

    walk(read_tree(path), path.stem)


@pytest.mark.parametrize("leaf", every_leaf())
def test_both_texts_have_the_same_placeholders_and_are_not_empty(leaf: dict[str, Any]) -> None:
    if not all(isinstance(leaf[language], str) for language in LANGUAGES):
        assert type(leaf["en"]) is type(leaf["zh"])
        return
    assert leaf["en"].strip()
    assert leaf["zh"].strip()
    assert sorted(set(PLACEHOLDER.findall(leaf["en"]))) == sorted(set(PLACEHOLDER.findall(leaf["zh"])))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_sentences_are_translated(path: Path) -> None:
    """A Chinese text of several English words and no Chinese character is one that somebody forgot."""
    forgotten = [
        key
        for key, leaf in leaves(read_tree(path))
        if isinstance(leaf["zh"], str)
        and not HAN.search(leaf["zh"])
        and len(re.findall(r"[A-Za-z]{2,}", leaf["zh"])) > 3
        # Example texts are what a model reads: an English model reads English on the Chinese page too.
        and not re.search(r"(^|\.)(state|default|examples?|texts?|sentences?)(\.|$)", key)
    ]
    assert forgotten == []


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_every_lesson_is_complete(lesson: Any) -> None:
    tree = read_tree(lesson.words)
    assert [key for key in REQUIRED if key not in tree] == []
    assert len(tree["presets"]) >= 2
    assert {preset["tells"] for preset in tree["presets"].values() if "tells" in preset} <= set(tree["predict"])
    assert len(tree["misconceptions"]) >= 3
    assert len(tree["sources"]) >= 2
    assert all(source.get("url", "https://").startswith("https://") for source in tree["sources"])
    assert lesson.page.exists()
    assert (ROOT / "app" / "snippets" / f"{lesson.module}.py").exists()


def test_every_code_of_the_library_has_its_sentence() -> None:
    known = set(yaml.safe_load((LOCALES / "notes.yaml").read_text(encoding="utf-8")))
    used: dict[str, str] = {}
    for path in (ROOT / "nlpcore").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("LearnerError", "Note")
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                used[str(node.args[0].value)] = path.name
    assert {code: name for code, name in used.items() if code not in known} == {}


def test_choices_with_translated_labels_are_not_bound() -> None:
    """``bind`` writes the label into the URL: a link made in one language would mean nothing in the other."""
    wrong = []
    for path in [*(ROOT / "pages").glob("*.py"), *(ROOT / "app").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and any(word.arg == "format_func" for word in node.keywords):
                spread = [ast.unparse(word.value) for word in node.keywords if word.arg is None]
                wrong += [f"{path.name}:{node.lineno}" for value in spread if "bound(" in value]
    assert wrong == []
