"""After the answer the figure shows what was asked, and the question that the idea left open is answered."""

from __future__ import annotations

from typing import Any

import pytest

from app.charts import colours
from app.lessons import lesson
from app.words import LANGUAGES, Words
from nlpcore.tagging import from_bio, tag, tag_chinese
from nlpcore.tagging.exercises import EXERCISES, repair_written
from pages.tasks.bio_tagging import questions
from pages.tasks.bio_tagging.shared import model_line
from tests.pages.asking import asks, give_up
from tests.pages.screen import figures, html_of, sound, teaching, text_of
from tests.pages.tasks.bio_tagging.test_page import page, stand_ins

__all__ = ["stand_ins"]  # every page of this module is served by the tiny models
TEXT = "Rosa Lind met Omar Haddad in Oslo"
SEQUENCE = "Maria/B-PER Silva/I-LOC met/O Angela/I-PER in/O New/I-LOC York/I-LOC"


def tags_on(view: str, tiny_tagger: Any, tiny_lac: Any) -> tuple[str, ...]:
    """Return the tags that each view ends with."""
    if view == "yours":
        return tuple(EXERCISES["teams"].tags)
    if view == "own":
        return tag(tiny_tagger, TEXT).tags
    if view == "illegal":
        return tuple(repair_written(SEQUENCE).way("begin")[0])
    return tag_chinese(tiny_lac, "李娜从上海飞往纽约").entity_tags


QUERIES = {
    "yours": {"view": "yours", "sentence": "teams"},
    "own": {"view": "own", "text": TEXT},
    "illegal": {"view": "illegal", "sequence": SEQUENCE},
    "chinese": {"view": "chinese", "chinese": "李娜从上海飞往纽约"},
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", QUERIES)
def test_how_good_all_o_looks_is_told_with_the_numbers_of_the_example(
    view: str, language: str, tiny_tagger: Any, tiny_lac: Any
) -> None:
    """When nothing is open any more, and not before."""
    opening = "The question from the beginning" if language == "en" else "回到开头的问题"
    app = sound(page(lang=language, **QUERIES[view]))
    assert opening not in text_of(app)
    if view == "yours":
        app = sound(page(lang=language, **QUERIES[view], **{"teams-done": "true"}))
    while asks(app):
        give_up(app)
    tags = tags_on(view, tiny_tagger, tiny_lac)
    o, names = tags.count("O"), len(from_bio(tags))
    if not names:
        assert opening not in text_of(app)
        return
    numbers = [str(len(tags)), str(o), f"{round(100 * o / len(tags))}", str(names)]
    (said,) = (item.value for item in app.markdown if opening in item.value)
    many = 2 * o >= len(tags)
    is_right = ("right on {} % of them", "的准确率是 {}%") if many else ("right on {} %.", "准确率就只有 {}%")
    counted = ("{} of these {} ", "这里 {1} 个") if many else ("{} of {} ", "{1} 个")
    at = LANGUAGES.index(language)
    share, first = is_right[at].format(numbers[2]), counted[at].format(o, len(tags))
    count = f"({names} as tagged here)" if language == "en" else f"按这里的标注有 {names} 个"
    assert share in said and count in said and first in said


def test_the_sentence_in_small_letters_stands_under_it_after_the_answer(tiny_tagger: Any) -> None:
    app = page(**QUERIES["own"], decoding="legal")
    small = tag(tiny_tagger, TEXT.lower(), decoding="legal")
    heading, line = Words(lesson("bio-tagging").words, "en")("who.small"), model_line(small)
    assert heading not in html_of(app)
    give_up(app)
    assert heading in html_of(app) and line in html_of(app)


def test_of_illegal_tags_the_best_legal_sequence_is_asked_and_shown(tiny_tagger: Any) -> None:
    text = "Maria Silva flew to Paris"
    assert tag(tiny_tagger, text).illegal
    best = tag(tiny_tagger, text, decoding="legal")
    heading = Words(lesson("bio-tagging").words, "en")("who.legal")
    with teaching() as seen:
        app = sound(page(view="own", text=text))
    (question,) = seen.questions
    expected = questions.legal(tag(tiny_tagger, text), best, None)
    assert expected is not None and (question.name, question.right) == ("legal", expected.right)
    assert heading not in html_of(app)
    give_up(app)
    assert heading in html_of(app) and model_line(best) in html_of(app)


@pytest.mark.parametrize("step", [None, "2"])
@pytest.mark.parametrize("text", ["李娜从上海飞往纽约", "你好我A你好"])
def test_the_cells_that_the_reason_compares_are_framed_after_the_answer(
    tiny_lac: Any, text: str, step: str | None
) -> None:
    app = page(view="chinese", chinese=text, **({"step": step} if step else {}))

    def frames() -> list[tuple[float, float, str]]:
        shapes = figures(app)[0]["layout"].get("shapes", [])
        found = [shape for shape in shapes if shape["type"] == "rect" and shape["line"]["color"] == colours.FOCUS]
        return [((one["x0"] + one["x1"]) / 2, (one["y0"] + one["y1"]) / 2, one["line"]["dash"]) for one in found]

    assert frames() == []
    give_up(app)
    trace = tag_chinese(tiny_lac, text)
    place = questions.contested(trace)
    assert place is not None
    row = trace.lattice.emissions[place]
    best = max(range(len(row)), key=lambda n: row[n])
    path = trace.lattice.path[place]
    rival = best if path != best else max((n for n in range(len(row)) if n != best), key=lambda n: row[n])
    shown = list(trace.prominent())
    wanted = [(place, shown.index(n), dash) for n, dash in ((path, "solid"), (rival, "dot")) if n in shown]
    assert frames() == wanted and wanted
    alt = app.get("plotly_chart")[0].proto.alt
    assert f"{trace.tag_names[path]}, on the best path" in alt and trace.tag_names[rival] in alt


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_idea_says_which_sentence_its_numbers_are_of(language: str) -> None:
    app = page(lang=language, **QUERIES["chinese"])
    text = next(item.value for item in app.markdown if "glossary?lang=" in item.value)
    assert "“Mary Lee works for Nokia" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EXERCISES)
def test_a_text_of_names_is_not_said_to_show_how_good_all_o_looks(name: str, language: str) -> None:
    """Where few tags are O, writing O everywhere looks as bad as it is: that the share of right ones deceives is not seen."""
    tags = EXERCISES[name].tags
    app = sound(page(lang=language, view="yours", sentence=name, **{f"{name}-done": "true"}))
    whole = text_of(app)
    o, share = tags.count("O"), f"{100 * tags.count('O') / len(tags):.0f}"
    deceives = "says little about a tagger" if language == "en" else "占多少说明不了什么"
    assert (deceives in whole) is (2 * o >= len(tags))
    assert (f"{share} % of them" if 2 * o >= len(tags) else f"{share} %.") in whole or language == "zh"


def test_one_exercise_is_all_names() -> None:
    assert "O" not in EXERCISES["urumqi"].tags
