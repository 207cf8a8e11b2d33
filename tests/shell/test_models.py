"""The model picker: what is here comes first, and what it says of a model is true."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.shell import models, state
from nlpcore.models import catalogue
from tests.shell.driving import SHELL, drawn, sound, written

KIND = "masked-lm"
IDS = [entry.id for entry in catalogue().values() if entry.kind == KIND]


@pytest.fixture
def states(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The state of every model, to be changed by a test: all are here at first."""
    found = dict.fromkeys(IDS, "here")
    monkeypatch.setattr(models, "_states", lambda ids, where, now: {one: found[one] for one in ids})
    return found


def pick(default: str, query: dict[str, str] | None = None, **more: Any) -> tuple[AppTest, list[str], list[str]]:
    """Return the page, what each run chose, and [default], which may be changed."""
    seen: list[str] = []
    defaults = [default]

    def body() -> None:
        state.enter("lesson")
        seen.append(models.model_picker("lesson", (KIND,), defaults[0], **more))
        state.remember()

    return drawn(body, query), seen, defaults


def test_what_is_here_comes_first_in_the_order_of_the_catalogue(states: dict[str, str]) -> None:
    assert len(IDS) >= 5
    states |= dict(zip(IDS, ["missing", "here", "needs_hub", "bundled", "damaged"], strict=False))
    app, _, _ = pick(IDS[1])
    shown = ["●", "●", "○", "☁", "⚠"]
    order = [IDS[1], IDS[3], IDS[0], IDS[2], IDS[4]]
    rest = [f"● {one}" for one in IDS[5:]]
    expected = [f"{sign} {one}" for sign, one in zip(shown, order, strict=True)]
    assert list(app.selectbox[0].options) == [*expected[:2], *rest, *expected[2:]]


def test_without_its_default_it_offers_the_first_that_is_here(states: dict[str, str]) -> None:
    states[IDS[0]] = "missing"
    assert pick("no-such-model")[1] == [IDS[1]]
    assert pick(IDS[2])[1] == [IDS[2]]
    app, seen, _ = pick(IDS[2], {"model": IDS[1]})
    assert seen == [IDS[1]] and written(app)["model"] == IDS[1]


@pytest.mark.parametrize("which", ["missing", "here", "bundled", "needs_hub", "damaged"])
def test_what_it_says_of_the_chosen_one(states: dict[str, str], which: str) -> None:
    states[IDS[0]] = which
    app, _, _ = pick(IDS[0])
    entry, words = catalogue()[IDS[0]], SHELL["en"]
    told = f"{words(f'model.state.{which}')} · {models.megabytes(entry.size_bytes)} · {entry.licence} · "
    assert app.selectbox[0].label == words("model.label"), "it is read out as it is written"
    assert app.markdown[0].value.startswith(f":small[{words('model.label')} :gray[{told}")
    help_text = str(app.markdown[0].proto.help)
    assert help_text.startswith(told) and help_text.endswith(words("model.help"))
    assert app.selectbox[0].proto.placeholder != "XX"


def test_a_picker_that_follows_goes_with_its_default_until_somebody_chooses(states: dict[str, str]) -> None:
    app, seen, defaults = pick(IDS[0], follow=True)
    defaults[0] = IDS[1]
    sound(app.run())
    assert seen == [IDS[0], IDS[1]] and written(app)["model"] is None
    app.selectbox[0].set_value(f"● {IDS[2]}")
    sound(app.run())
    defaults[0] = IDS[0]
    sound(app.run())
    assert seen[2:] == [IDS[2], IDS[2]] and written(app)["model"] == IDS[2]


@pytest.mark.parametrize(("own", "able", "goes"), [(True, False, True), (False, False, False), (True, True, False)])
def test_a_model_that_has_not_learned_the_language_of_an_own_text_is_left(
    states: dict[str, str], own: bool, able: bool, goes: bool
) -> None:
    """As one that an example has chosen; the example itself may be about what such a model makes of the text."""
    english, chinese = ([one for one in IDS if catalogue()[one].languages == (code,)] for code in ("en", "zh"))
    chosen = chinese[1] if able else english[1]
    app, seen, defaults = pick(english[0], {"model": chosen}, follow=True, own=own)
    sound(app.run())
    defaults[0] = chinese[0]
    sound(app.run())
    assert seen == [chosen, chosen, chinese[0] if goes else chosen]
    assert written(app)["model"] == (None if goes else chosen)
    app.selectbox[0].set_value(f"● {chosen}")
    sound(app.run())
    assert sound(app.run()) and seen[-1] == chosen, "who wants it can have it"


def test_the_first_model_of_a_language_that_is_here(states: dict[str, str]) -> None:
    chinese = [one for one in IDS if "zh" in catalogue()[one].languages]
    assert models.first_here((KIND,), "zh") == chinese[0]
    states[chinese[0]] = "missing"
    assert models.first_here((KIND,), "zh") == chinese[1]
    assert models.first_here((KIND,), "de") is None and models.first_here((), "zh") is None


def test_a_picker_that_does_not_follow_stays(states: dict[str, str]) -> None:
    app, seen, defaults = pick(IDS[0])
    defaults[0] = IDS[1]
    sound(app.run())
    assert seen == [IDS[0], IDS[0]] and written(app)["model"] == IDS[0]


def test_two_pickers_stand_for_themselves(states: dict[str, str]) -> None:
    app, seen, _ = pick(IDS[0], {"model": IDS[1]}, name="second")
    assert seen == [IDS[0]] and "model" not in written(app)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (50_000, "0.1 MB"), (999_999, "1.0 MB"), (1_000_000, "1 MB"), (22_900_000, "23 MB"), (999_000_000, "999 MB"),
        (1_000_000_000, "1.0 GB"), (1_140_000_000, "1.1 GB"),
    ],
)  # fmt: skip
def test_a_size_is_told_in_two_digits(size: int, text: str) -> None:
    assert models.megabytes(size) == text


def test_what_is_no_network_runs_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlpcore.models.device.best_device", lambda: "cuda")
    kinds = {entry.kind: models._device(entry) for entry in catalogue().values()}
    assert kinds["word-vectors"] == "CPU" and kinds[KIND] == "CUDA" and kinds["lac"] == "CPU"


def test_the_store_is_looked_up_for_all_sessions_together() -> None:
    class Counted:
        asked = 0

        def state(self, model_id: str) -> str:
            self.asked += 1
            return "here"

    where: Any = Counted()
    assert models._states(("a", "b"), where, 1) == {"a": "here", "b": "here"}
    models._states(("a", "b"), where, 1)
    assert where.asked == 2
    models._states(("a", "b"), where, 2)
    assert where.asked == 4, "after a while it looks again"
