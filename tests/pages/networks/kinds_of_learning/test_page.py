"""The page: every view, panel and end of a slider, bad input, and the code that reproduces it."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.lessons import lesson
from app.words import LANGUAGES, Words
from nlpcore.learning import cluster, cut_target, self_train
from pages.networks.kinds_of_learning import snippet
from tests.pages.asking import asks, give_up
from tests.pages.screen import figures, open_page, sound, text_of

ID = "kinds-of-learning"
FOLDER = lesson(ID).folder
FILES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".py", ".yaml"))
SCREENS: tuple[dict[str, str], ...] = (
    {}, {"goal": "classification"}, {"goal": "clustering"}, {"view": "cut"}, {"view": "labels"},
    {"view": "labels", "kind": "own"}, {"view": "labels", "kind": "reward"},
)  # fmt: skip


def page(language: str = "en", **query: Any) -> AppTest:
    return sound(open_page(ID, {"lang": language, **{name: str(value) for name, value in query.items()}}))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_is_left_to_fill_in(path) -> None:
    assert [line for line in path.read_text("utf-8").splitlines() if "FILL IN" in line] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("query", SCREENS, ids=lambda q: "-".join(q.values()) or "first")
def test_every_screen_draws_a_figure_and_asks(language: str, query: dict[str, str]) -> None:
    app = page(language, **query)
    assert len(figures(app)) == 1 and not app.warning and asks(app)
    assert len(figures(give_up(app))) == 1


@pytest.mark.models
@pytest.mark.parametrize("language", LANGUAGES)
def test_five_bars_and_once_it_is_told_the_table(language: str) -> None:
    app = page(language, view="tasks")
    assert len(figures(app)) == 1 and "384 → 9" not in text_of(app)
    assert ("没有做这五件事的中文模型" in text_of(app)) is (language == "zh")
    told = text_of(give_up(app))
    for shape in ("384 → 2", "384 → 3", "384 → 9", "576 → 49,152", "688,128"):
        assert shape in told


@pytest.mark.models
def test_chinese_is_read_with_one_remark_and_nothing_typed_gives_a_sentence() -> None:
    app = page(view="tasks", text="那家餐馆的菜很好吃。")
    assert sum("Chinese" in caption.value for caption in app.caption) == 1 and len(figures(app)) == 1
    empty = page(view="tasks", text=" ")
    assert empty.warning and not figures(empty)
    assert len(figures(page(view="tasks", text="😀", second=" ", asked=" "))) == 1


@pytest.mark.parametrize("panel", ["three", "mistakes", "check", "code", "sources"])
def test_panels_open(panel: str) -> None:
    app = page(panel=panel)
    if asks(app):
        give_up(app)
    assert not app.exception


def test_three_ways_beside_each_other() -> None:
    told = text_of(give_up(page(panel="three")))
    assert "error 0.21 (RMSE)" in told and "right: 0.97" in told and "like the classes: 0.95" in told


@pytest.mark.parametrize(
    "query", [{"view": "cut", "panel": "sizes"}, {"view": "labels", "kind": "reward", "panel": "regrets"}]
)
def test_what_tells_the_answer_waits_for_it(query: dict[str, str]) -> None:
    app = page(**query)
    assert len(figures(app)) == 1
    assert len(figures(give_up(app))) == 2


@pytest.mark.parametrize(
    "query", [{"k": 1}, {"k": 6, "data": "words"}, {"data": "rings", "k": 2}, {"data": "nonsense"}]
)
def test_groups_at_both_ends(query: dict[str, Any]) -> None:
    app = page(goal="clustering", **query)
    trace = cluster(query.get("data", "flowers").replace("nonsense", "flowers"), query.get("k", 3), 1)
    assert f"Step **2** of {2 * len(trace.groups)}" in text_of(app)
    assert f"Step **{2 * len(trace.groups)}**" in text_of(give_up(app))


def test_other_ends_have_a_sentence() -> None:
    assert Words(lesson(ID).words, "en")("said.finest") in text_of(page(view="cut", classes=64))
    assert Words(lesson(ID).words, "en")("said.equal") in text_of(page(view="labels", kind="reward", a=0.5, b=0.5))
    full = page(view="labels", left=20, data="flowers", threshold=0.95)
    assert figures(full) and figures(page(view="labels", kind="reward", pulls=1, epsilon=1.0))
    one = page(view="labels", kind="own", own="cat")
    assert one.warning and not figures(one)
    assert page(view="labels", kind="own", own=" ").warning
    assert len(figures(page(view="labels", kind="own", own="小猫趴在垫子上睡着了"))) == 1


@pytest.mark.parametrize("how", ["next_word", "masked"])
def test_examples_cannot_be_counted_before_it_is_told_how_many_there_are(how: str) -> None:
    """Of each text fewer rows are drawn than it gives, but for one that gives a single row."""
    for text, drawn in (("The cat sat on the mat and slept.", 3), ("the cat", 1)):
        app = page(view="labels", kind="own", own=text, how=how)
        count = len(text.split()) - (how == "next_word")
        assert len(figures(app)[0]["layout"]["yaxis"]["ticktext"]) == drawn
        assert len(figures(give_up(app))[0]["layout"]["yaxis"]["ticktext"]) == count


@pytest.mark.parametrize(
    ("preset", "moved"),
    [("rings", {"left": 9}), ("astray", {"threshold": 0.9}), ("stripes", {"k": 5}), ("fork", {"classes": 16}),
     ("greedy", {"epsilon": 0.3}), ("greedy", {"pulls": 20})],
)  # fmt: skip
def test_a_remark_goes_with_the_numbers_that_it_tells(preset: str, moved: dict[str, float]) -> None:
    said = Words(lesson(ID).words, "en")(f"presets.{preset}.note")
    assert said in text_of(give_up(page(preset=preset)))
    assert said not in text_of(give_up(page(preset=preset, **moved)))


def test_rounds_wait_for_the_answer() -> None:
    trace = self_train("rings", 2, 2)
    app = page(view="labels", data="rings", chosen=2)
    assert f"Step **1** of {len(trace.rounds)}" in text_of(app) and "52 %" in text_of(app)
    told = text_of(give_up(app))
    assert f"Step **{len(trace.rounds)}**" in told and "**100 %**" in told


def run(code: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "snippet", "exec"), {})
    return out.getvalue()


def test_the_code_reproduces_the_numbers() -> None:
    assert "the line says 1.3 " in run(snippet.line("flowers", 4.0)).replace("1.300", "1.3")
    assert "class 1 of 3" in run(snippet.name("flowers", 4.0, 1.6))
    groups = run(snippet.groups("flowers", 3, 2))
    assert f"J = {cluster('flowers', 3, 2).losses[-1]:.2f}" in groups.splitlines()[-1]
    assert f"as a class {cut_target('fork', 8).by_class:.3f}"[:-1] in run(snippet.cut("fork", 8))
    assert "labels 120 wrong 0 accuracy 1.0" in run(snippet.few("rings", 2, 2, 0.75))
    assert "['the', 'cat'] -> sat" in run(snippet.own(("the", "cat", "sat")))
    assert "pulls [198   2]" in run(snippet.reward(0.4, 0.6, 0.0, 200, 10))


@pytest.mark.models
def test_the_code_of_the_five_layers() -> None:
    printed = run(snippet.layers("The waiter was rude.", "Somebody was rude.", "Who was rude?"))
    assert "smollm2-135m 576 to 49152" in printed and "minilm-l6-ner 384 to 9" in printed and "start" in printed
