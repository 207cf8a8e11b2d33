"""What the remarks on the examples and the texts claim, worked out of the traces."""

from __future__ import annotations

import numpy as np
import pytest

from app.lessons import lesson
from app.words import LANGUAGES, Words
from nlpcore.learning import classify, cluster, cut_target, last_layer, points, pull, regress, self_train
from tests.pages import notes

ID = "kinds-of-learning"


def test_petals() -> None:
    assert f"{regress('flowers', 0.5).answer:.2f}" == "-0.16"
    notes.check(ID, "flowers", ["0.5", "−0.16", "0"])


def test_stripes() -> None:
    assert classify("stripes").accuracy == 1
    assert {f"{100 * cluster('stripes', 2, start).agrees:.0f}" for start in range(1, 21)} == {"55"}
    notes.check(ID, "stripes", ["20", "55"])


@pytest.mark.models
def test_five_tasks() -> None:
    words = Words(lesson(ID).words, "en")
    layer = last_layer("minilm-l6-qa", words("default.text"), words("default.asked"))
    assert layer.outputs == 2 and layer.decisions[0].classes == 13
    assert last_layer("minilm-l6-qa", "The waiter was very rude", words("default.asked")).decisions[0].classes < 13
    notes.check(ID, "five", ["2", "13", "5"])


def test_fork() -> None:
    trace = cut_target("fork", 8)
    assert (f"{100 * trace.near_by_number:.0f}", f"{100 * trace.near_by_class:.0f}") == ("1", "48")
    assert (f"{trace.by_number:.3f}", f"{trace.by_class:.3f}") == ("0.705", "0.954")
    # on a tenth of the range: about as often above as below
    assert abs((trace.y > 0).mean() - 0.5) < 0.05
    notes.check(ID, "fork", ["1", "48", "0.705", "0.954"])


def test_rings() -> None:
    trace = self_train("rings", 2, 2)
    assert f"{100 * trace.rounds[0].accuracy:.0f}" == "52" and trace.rounds[-1].accuracy == 1 and len(trace.told) == 120
    notes.check(ID, "rings", ["120", "4", "52", "100"], ["zh"])
    notes.check(ID, "rings", ["120", "52", "100"], ["en"])


def test_led_astray() -> None:
    trace = self_train("words", 2, 6)
    last = len(trace.rounds) - 1
    assert (f"{100 * trace.rounds[0].accuracy:.0f}", f"{100 * trace.rounds[last].accuracy:.0f}") == ("46", "32")
    own = int((trace.rounds[last].labels >= 0).sum() - (trace.told >= 0).sum())
    assert (trace.wrong(last), own) == (102, 146)
    notes.check(ID, "astray", ["46", "32", "102", "146"])


def test_greedy() -> None:
    run = pull(0.4, 0.6, 0.0, 200, 10)
    assert run.counts[-1].tolist() == [198, 2]
    first = int(np.flatnonzero(run.rewards)[0])
    assert run.arms[first] == 0 and (run.arms[first:] == 0).all()
    notes.check(ID, "greedy", ["0", "198", "200"])


def test_the_text_names_no_number() -> None:
    notes.check(ID, "self", [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_get_wrong_is_put_right_with_the_numbers_of_the_examples(language: str) -> None:
    words = Words(lesson(ID).words, language)
    claims = words.resolve(words.node("misconceptions"))
    first = claims[0]
    assert ("multi-class" if language == "en" else "多类") in first["claim"]
    assert notes.numbers_in(first["truth"]) == (["49,152", "100", "55"])
    assert points("stripes").count == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_check_s_five_layers_are_those_of_the_models(language: str) -> None:
    words = Words(lesson(ID).words, language)
    asked = words.resolve(words.node("check"))[2]
    assert notes.numbers_in(asked["options"][asked["right"]])[:4] == ["2", "3", "9", "2"]
