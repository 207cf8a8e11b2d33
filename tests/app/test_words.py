"""Both languages say the same things: same keys, same placeholders, nothing left untranslated."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from app.lessons import LESSONS, ROOT
from app.words import BETWEEN_LISTED, LANGUAGES, LOCALES, Words, is_leaf, leaves, read_tree

FILES = [*sorted(LOCALES.glob("*.yaml")), *(lesson.words for lesson in LESSONS)]
PLACEHOLDER = re.compile(r"(?<![\\a-z}_^])\{([a-z_]+)\}")
HAN = re.compile(r"[\u4e00-\u9fff]")
REQUIRED = (
    "title",
    "promise",
    "idea",
    "check",
    "look_for",
    "presets",
    "predict",
    "misconceptions",
    "sources",
)


def name(path: Path) -> str:
    return path.stem if path.parent == LOCALES else path.parent.name.replace("_", "-")


def every_leaf() -> list[Any]:
    return [pytest.param(leaf, id=f"{name(path)}:{key}") for path in FILES for key, leaf in leaves(read_tree(path))]


@pytest.mark.parametrize("path", FILES, ids=name)
def test_every_mapping_with_a_language_has_all_of_them(path: Path) -> None:
    def walk(node: Any, where: str) -> None:
        if isinstance(node, dict):
            found = set(node) & set(LANGUAGES)
            assert not found or is_leaf(node), f"{where} has only {sorted(found)}"
            for key, value in node.items():
                if not is_leaf(node) and key != "not":  # words that one language must not use need not have another's
                    walk(value, f"{where}.{key}")
        elif isinstance(node, list):
            for index, value in enumerate(node):
                walk(value, f"{where}[{index}]")

    walk(read_tree(path), name(path))


# What is said on a screen of a hall alone, and of the keyboard where a finger does not read it.
_OF_KEYS = {"shell:lecture.help", "attention:then.hall", "bio-tagging:yours.keys", "shell:hand.keys"}
_DEVICE = re.compile(
    r"\b(mouse pointer|with the mouse|clicks?|double-click|hover|point at an?|press|keyboard|arrow keys)\b"
    r"|鼠标|悬停|单击|双击|点击|键盘|方向键|按 \*\*",
    re.IGNORECASE,
)


def test_what_to_do_is_said_for_a_finger_as_for_a_mouse() -> None:
    """Choose, not click: the words are the same on every screen."""
    speaks = {
        f"{name(path)}:{key}"
        for path in FILES
        for key, leaf in leaves(read_tree(path))
        if _DEVICE.search(f"{leaf['en']} {leaf['zh']}")
    }
    assert speaks == _OF_KEYS


@pytest.mark.parametrize("leaf", every_leaf())
def test_both_texts_have_the_same_placeholders_and_are_not_empty(leaf: dict[str, Any]) -> None:
    if not all(isinstance(leaf[language], str) for language in LANGUAGES):
        assert type(leaf["en"]) is type(leaf["zh"])
        return
    assert leaf["en"].strip()
    assert leaf["zh"].strip()
    assert sorted(set(PLACEHOLDER.findall(leaf["en"]))) == sorted(set(PLACEHOLDER.findall(leaf["zh"])))


@pytest.mark.parametrize("path", FILES, ids=name)
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
    for preset in tree["presets"].values():
        told = preset.get("tells", [])
        assert set([told] if isinstance(told, str) else told) <= set(tree["predict"])
    assert len(tree["misconceptions"]) >= 3
    for item in tree.get("check", ()):
        assert set(item) == {"question", "options", "right", "because"} and 0 <= item["right"] < len(item["options"])
    assert len(tree["sources"]) >= 2
    assert all(source.get("url", "https://").startswith("https://") for source in tree["sources"])


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_chinese_says_you_to_a_student_and_cites_as_chinese_books_do(lesson: Any) -> None:
    """Author（year）, or （author，year）; several authors are joined by 和 or end in 等."""
    told = {key: leaf["zh"] for key, leaf in leaves(read_tree(lesson.words)) if not key.startswith("sources")}
    wrong = re.compile(r"您|et al|[A-Za-z等] (?:19|20)\d\d(?!\d)|[A-Z][a-z]+ [&与] [A-Z][a-z]+")
    assert {key: found[0] for key, text in told.items() if (found := wrong.search(str(text)))} == {}


@pytest.mark.parametrize("path", FILES, ids=name)
def test_chinese_sentences_have_the_punctuation_of_chinese(path: Path) -> None:
    """No comma, semicolon, colon, question or exclamation mark of English beside a Chinese character."""
    marks = r"[,;:!?]"
    wrong = re.compile(rf"[\u4e00-\u9fff）”》][*_`]*{marks}|{marks}\s*[*_`“（《]*[\u4e00-\u9fff]")
    told = {key: str(leaf["zh"]) for key, leaf in leaves(read_tree(path)) if isinstance(leaf["zh"], str)}
    assert {key: text for key, text in told.items() if wrong.search(text)} == {}


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*/*/*.py")), ids=lambda path: "/".join(path.parts[-2:]))
def test_what_is_listed_in_a_sentence_is_listed_as_the_language_does(path: Path) -> None:
    """By Words.listed, not by a comma of English, which would stand in Chinese sentences too."""
    joins = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if _joins_by_a_comma(node)]
    assert not joins, f"line {joins[0].lineno}"


def _joins_by_a_comma(node: ast.AST) -> Any:
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join"
    return called and isinstance(node.func.value, ast.Constant) and node.func.value.value in (", ", "; ")  # type: ignore[attr-defined]


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
    """A link with the label of one language would mean nothing in the other."""
    wrong = []
    paths = [*(ROOT / "pages").rglob("*.py"), *(ROOT / "app").rglob("*.py")]
    assert len(paths) > len(LESSONS)
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and any(word.arg == "format_func" for word in node.keywords):
                spread = [ast.unparse(word.value) for word in node.keywords if word.arg is None]
                wrong += [f"{path.name}:{node.lineno}" for value in spread if "bound(" in value]
    assert wrong == []


# -- the reader of words -----------------------------------------------------------------------------------------------

FILE = """
title: {en: Title, zh: 标题}
number: 7
deep: {er: {text: {en: "{count} of {total} \\\\frac{a}{b}", zh: "{total} 中 {count}"}}}
list: [{en: one, zh: 一}, plain, {x: {en: two, zh: 二}}]
half: {en: only, other: x}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lesson.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_a_text_is_looked_up_in_a_language(file: Path) -> None:
    english, chinese = Words(file, "en"), Words(file, "zh")
    assert (english("title"), chinese("title")) == ("Title", "标题")
    assert english.language == "en"
    assert english("number") == "7"
    assert english("deep.er.text", count=1, total="two") == r"1 of two \frac{a}{b}"
    assert chinese("deep.er.text", count=1) == "{total} 中 1"
    assert english("deep.er.text", key="no", self="nor") == r"{count} of {total} \frac{a}{b}"


def test_words_of_one_file_in_one_language_are_equal(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(file.read_text("utf-8"), "utf-8")
    assert Words(file, "en") == Words(file, "en") and hash(Words(file, "en")) == hash(Words(file, "en"))
    assert len({Words(file, "en"), Words(file, "zh"), Words(other, "en")}) == 3
    assert Words(file, "en") != "en"


@pytest.mark.parametrize("key", ["nothing", "deep.nothing", "title.deep", "title.en.x", "number.x", ""])
def test_a_key_that_is_not_there_is_named(file: Path, key: str) -> None:
    words = Words(file, "en")
    with pytest.raises(KeyError, match=re.escape(f"lesson.yaml has no {key!r}")):
        words(key)
    assert not words.has(key)
    assert words.has("deep.er") and words.has("title")


def test_a_tree_is_put_into_a_language(file: Path) -> None:
    words = Words(file, "zh")
    assert words.resolve(words.node("list")) == ["一", "plain", {"x": "二"}]
    assert words.resolve(words.node("half")) == {"en": "only", "other": "x"}
    assert words.resolve(words.node("title")) == "标题"
    assert words.resolve(7) == 7


def test_every_text_is_found_with_its_key(file: Path) -> None:
    found = {key: leaf["zh"] for key, leaf in leaves(read_tree(file))}
    assert found == {"title": "标题", "deep.er.text": "{total} 中 {count}", "list.0": "一", "list.2.x": "二"}


def test_a_text_has_all_languages_and_nothing_else() -> None:
    assert is_leaf({"en": "a", "zh": "b"})
    for node in ({"en": "a"}, {"en": "a", "zh": "b", "note": "c"}, {}, ["en", "zh"], "en", None):
        assert not is_leaf(node)


def test_a_file_is_read_once_and_an_empty_one_has_nothing(tmp_path: Path) -> None:
    path = tmp_path / "empty.yaml"
    path.write_text("", encoding="utf-8")
    assert read_tree(path) == {} and not Words(path, "en").has("title")
    path.write_text("title: x", encoding="utf-8")
    assert read_tree(path) is read_tree(path) and read_tree(path) == {}


@pytest.mark.parametrize("path", FILES, ids=name)
def test_what_is_bold_is_bold_in_every_language(path: Path) -> None:
    """Markdown takes ** after a full-width sign and before a character for no end: **看：**这里 stays as it is typed."""
    left = [
        (key, language)
        for key, leaf in leaves(read_tree(path))
        for language in LANGUAGES
        if isinstance(leaf[language], str) and "**" in _read(leaf[language])
    ]
    assert left == []


@pytest.mark.parametrize("path", FILES, ids=name)
def test_symbols_with_an_index_are_typeset(path: Path) -> None:
    """W_O stands in prose as a formula does, between dollars."""
    lines = path.read_text(encoding="utf-8").splitlines()
    prose = [re.sub(r"\$[^$]*\$|`[^`]*`", "", line) for line in lines]
    assert [line for line in prose if re.search(r"(?<![A-Za-z{_])[A-Za-z]_[A-Za-z0-9{]", line)] == []


def _read(text: str) -> str:
    """Return what a reader sees of Markdown, by another reader of CommonMark than the page's."""
    tokens = MarkdownIt("commonmark").parse(re.sub(r"\{\w+\}", "x", text))
    return " ".join(part.content for token in tokens for part in token.children or () if part.type == "text")


def test_a_list_is_joined_as_the_language_does() -> None:
    file = LOCALES / "shell.yaml"
    assert Words(file, "en").listed(["a", "b"]) == "a, b" and Words(file, "zh").listed(["a", "b"]) == "a、b"
    assert Words(file, "zh").listed([]) == ""


def test_sentences_stand_apart_as_in_their_language(tmp_path: Path) -> None:
    file = tmp_path / "words.yaml"
    file.write_text("a: {en: b, zh: 乙}", "utf-8")
    assert Words(file, "en").sentences("One.", "", "Two.") == "One. Two."
    assert Words(file, "zh").sentences("一。", "", "二。") == "一。二。" and Words(file, "zh").sentences() == ""
    assert set(BETWEEN_LISTED) == set(LANGUAGES)
