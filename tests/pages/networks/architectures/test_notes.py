"""What the remarks on the examples and the corrections claim, worked out of the traces: every number."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from app.lessons import lesson
from app.words import Words, leaves
from nlpcore.models.catalogue import BUNDLED
from nlpcore.networks.adversaries import duel
from nlpcore.networks.chains import count_nots
from nlpcore.networks.letters import squeeze_letters
from nlpcore.networks.phrases import learn_phrases
from nlpcore.networks.shapes import architecture
from nlpcore.networks.text_cnn import read_review
from pages.networks.architectures.view_cnn import FILTERS, MODEL, PARAMETERS
from pages.networks.architectures.view_gan import HIDDEN as POINTS_HIDDEN
from pages.networks.architectures.view_letters import HIDDEN as LETTERS_HIDDEN
from tests.pages import notes
from tests.skips import needs_models

ID = "architectures"


def state(preset: str) -> dict[str, Any]:
    return dict(notes.preset(ID, preset))


def test_counted_words() -> None:
    mlp, flat = architecture("mlp"), architecture("feed_forward")
    assert (mlp.parameters, mlp.stages[1].parameters, flat.parameters) == (120_074, 50, 10_002)
    assert mlp.parameters // flat.parameters == 12
    notes.check(ID, "bag", ["120,074", "50", "5,000", "24", "10,002"])


def test_a_long_text() -> None:
    short, long = architecture("cnn"), architecture("cnn", length=state("long")["length"])
    assert (
        [stage.parameters for stage in short.stages]
        == [stage.parameters for stage in long.stages]
        == [160_000, 2328, 0, 50]
    )
    assert long.stages[1].after == (16, 24, 1998) and long.parameters == 162_378
    notes.check(ID, "long", ["60", "2,000", "2,328", "1,998", "160,000", "162,378"])


def test_without_a_hidden_layer() -> None:
    given = state("line")
    for seed in range(1, 11):
        run = learn_phrases(given["steps"], given["units"], given["mlp_rate"], seed)
        assert {f"{p:.2f}" for p in run.shown.probabilities} == {"0.50"} and f"{run.losses[-1]:.2f}" == "0.69"
    assert f"{np.log(2):.2f}" == "0.69"
    assert all(learn_phrases(300, 3, given["mlp_rate"], given["seed"]).shown.learnt)
    notes.check(ID, "line", ["0.50", "0.69", "2", "300", "3"])


def test_not_boring() -> None:
    needs_models(MODEL)
    reading = read_review(MODEL, state("boring")["text"])
    assert f"{reading.positive:.2f}" == "0.19"
    assert any("not boring" in reading.ngram(n) for n in range(FILTERS) if reading.widths[n] == 3)
    notes.check(ID, "boring", ["0.19"])


def test_who_said_so() -> None:
    needs_models(MODEL)
    own = read_review(MODEL, state("critics")["text"])
    other = read_review(MODEL, "The critics loved every minute of it. I called it the worst film of the year.")
    assert (f"{own.positive:.2f}", f"{other.positive:.2f}") == ("0.15", "0.17")
    assert "worst film" in own.ngram(0) == other.ngram(0)
    notes.check(ID, "critics", ["0.15", "0.17"])


def test_not_not_not_good() -> None:
    given = state("nots")
    settings = (given["cells"], given["rnn_rate"], given["seed"])
    short = count_nots(given["steps"], given["seen"], *settings).shown.right
    assert short[:2].all() and not short[[2, 4, 6, 8]].any(axis=1).any()
    assert count_nots(given["steps"], 3, *settings).shown.right[8].all()
    notes.check(ID, "nots", ["2", "4", "6", "8", "3", "8"])


def test_mode_collapse() -> None:
    given = state("collapse")
    trace = duel(given["steps"], given["piles"], POINTS_HIDDEN, given["gan_rate"], given["turns"], given["seed"]).shown
    assert (given["steps"], int(trace.counts.max()), trace.reached, len(trace.made)) == (600, 175, 1, 200)
    later = duel(1000, given["piles"], POINTS_HIDDEN, given["gan_rate"], given["turns"], given["seed"]).shown
    assert later.counts[trace.counts.argmax()] < 10, "it leaves the pile"
    assert duel(1200, given["piles"], POINTS_HIDDEN, given["gan_rate"], 1, given["seed"]).shown.reached == 5
    notes.check(ID, "collapse", ["600", "175", "200", "1", "1,200"])


def test_letters() -> None:
    given = state("letters")
    found = squeeze_letters(
        given["steps"], given["bottleneck"], LETTERS_HIDDEN, given["letters_rate"], given["seed"]
    ).shown
    assert found.wrong.sum() == 0 and found.parameters == 1861 and found.pictures.size == 910
    narrow = squeeze_letters(2000, 1, LETTERS_HIDDEN, given["letters_rate"], given["seed"]).shown
    assert 15 <= narrow.wrong.sum() <= 25, "20 or 21, by how the machine rounds"
    numbers = ["35", "1,000", "26", "1", "2,000", "910", "1,861", "26"]
    notes.check(ID, "letters", [*numbers, "20"], ["en"])
    notes.check(ID, "letters", numbers, ["zh"])


def test_the_model_is_as_good_as_the_corrections_say() -> None:
    measured = json.loads((BUNDLED / MODEL / "metrics.json").read_text("utf-8"))
    test = measured["quality"]["test"]
    low, high = test["accuracy_interval"]
    assert measured["parameters"] == PARAMETERS == architecture("cnn").parameters
    assert measured["data"][0]["rows"]["test"] == 24_997
    said = [f"{100 * share:.1f}" for share in (test["accuracy"], low, high)]
    for language in ("en", "zh"):
        texts = [
            leaf[language]
            for key, leaf in leaves(Words(lesson(ID).words, "en").node("misconceptions"))
            if "truth" in key
        ]
        (text,) = [text for text in texts if "Kim" in text]
        assert all(share in text for share in said) and "24,997" in text


def test_layers_without_an_activation_are_one_layer() -> None:
    rng = np.random.default_rng(0)
    first, second, x = rng.normal(size=(4, 3)), rng.normal(size=(2, 4)), rng.normal(size=3)
    assert second @ (first @ x) == pytest.approx((second @ first) @ x)
