"""The LSTM page's player and figure: where they stand while a question is open, and once it is answered."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from nlpcore.models import load
from nlpcore.recurrent import informative_units, read_sentence
from nlpcore.text import shortened
from tests.drawn import numbers
from tests.pages.asking import give_up
from tests.pages.screen import figures, open_page, sound, text_of
from tests.pages.sequences.lstm_gates.test_page import all_answered, controls, drawn_steps, moved_to, open_here


def waiting(app: AppTest) -> list[str]:
    return [json.loads(item.proto.json)["text"] for item in app.get("bidi_component") if "_waits" in item.proto.id]


def pointed_at(app: AppTest) -> list[tuple[str, float, float]]:
    """Return (axis, x, y) of each place of the heatmaps that is pointed at."""
    notes = figures(app)[0]["layout"]["annotations"]
    return [(note["yref"], note["x"], note["y"]) for note in notes if note["text"] == "◀"]


@pytest.mark.parametrize("step", [1, 6])
def test_the_figure_goes_on_to_what_was_asked_and_marks_it(step: int) -> None:
    """“but” is token 7; the cell of the most telling unit jumps at “wonderful”, token 11: there it is asked about."""
    text = "I expected to be bored, but the film was wonderful."
    app = open_here(text=text, step=step)
    reading = read_sentence(load("lstm-imdb"), text)
    notes = [note["text"] for note in figures(app)[0]["layout"]["annotations"]]
    assert not [note for note in notes if "→" in note or note == "?"]
    give_up(app, "turn")
    assert controls(app)["step"].value == 7 and "Step **7** of 12 · **but**" in text_of(app)
    change = f"<b>but: {reading.positive[5]:.2f} → {reading.positive[6]:.2f}</b>"
    [note] = [note for note in figures(app)[0]["layout"]["annotations"] if "→" in note["text"]]
    assert (note["text"], note["y"]) == (change, pytest.approx(reading.positive[6]))
    assert (note["xanchor"], note["x"]) in (("right", 5.45), ("left", 6.55)), "the frame of its column crosses no digit"
    sound(app.slider(key="step").set_value(12).run())
    assert controls(app)["step"].value == 11 and drawn_steps(app) == 10
    line = next(trace for trace in figures(app)[0]["data"] if trace["type"] == "scatter")
    assert len(numbers(line["y"])) == 11, "P(positive) after the word is no secret"
    assert not pointed_at(app) and len(app.latex) == 0
    questioned = [note for note in figures(app)[0]["layout"]["annotations"] if note["text"] == "?"]
    assert [note["x"] for note in questioned] == [10] * 6
    sound(app.slider(key="step").set_value(2).run())
    give_up(app, "kept")
    assert controls(app)["step"].value == 11 and drawn_steps(app) == 11 and app.latex
    unit = informative_units(reading, 1)[0].unit
    rows = [int(label) for label in figures(app)[0]["layout"]["yaxis2"]["ticktext"]]
    place = rows.index(unit)
    assert pointed_at(app) == [(f"y{row}", 10.5, place) for row in range(2, 8)]


def test_a_hall_s_key_moves_the_figure_with_the_answer() -> None:
    """“but” is token 7; the second question is about token 11."""
    app = open_here(text="I expected to be bored, but the film was wonderful.", step=6, lecture=True)
    for step, drawn in ((7, 7), (11, 11)):
        app.session_state["_visit"]["reveal"] = True
        sound(app.run())
        assert controls(app)["step"].value == step and drawn_steps(app) == drawn


def told_in_a_hall(app: AppTest) -> list[str]:
    """Return which questions' reasons are in sight, from top to bottom, without those that are a click away."""
    beginnings = {"Before “": "turn", "The forget gate is at": "kept"}
    away = [item.value for box in app.expander if "why?" in box.label for item in box.markdown]
    said = [item.value for item in app.markdown if item.value not in away]
    return [name for text in said for begins, name in beginnings.items() if text.startswith(begins)]


def asked_in_a_hall(app: AppTest) -> list[str]:
    """Return which questions wait for an answer on the screen."""
    return [str(button.key).rpartition(".")[2] for button in app.button if str(button.key).startswith("_show_")]


def lead_on(app: AppTest) -> AppTest:
    """Go on from a reason to the next question."""
    [button] = [button for button in app.button if button.label == "On to the next question"]
    return sound(button.click().run())


@pytest.mark.parametrize(("preset", "asked_about"), [("single", 4), ("halves", 5), ("dots", 3)])
def test_a_hall_reads_the_first_reason_before_the_same_step_is_asked_about_again(preset: str, asked_about: int) -> None:
    app = sound(open_page("lstm-gates", {"preset": preset, "lang": "en", "lecture": "true"}))
    give_up(app, "turn")
    assert controls(app)["step"].value == asked_about and told_in_a_hall(app) == ["turn"]
    sound(app.slider(key="step").set_value(asked_about + 2).run())
    assert controls(app)["step"].value == asked_about + 1 and told_in_a_hall(app) == []
    questioned = [note["x"] for note in figures(app)[0]["layout"]["annotations"] if note["text"] == "?"]
    assert set(questioned) == {asked_about - 1}, "the step that is asked about, not the one that is framed"
    give_up(app, "kept")
    assert controls(app)["step"].value == asked_about and told_in_a_hall(app) == ["kept"]


@pytest.mark.parametrize(("query", "place", "last"), [({"text": "not good"}, 2, 2), ({"preset": "but"}, 7, 11)])
def test_a_hall_reads_a_reason_before_it_goes_on_to_the_next_question(
    query: dict[str, str], place: int, last: int
) -> None:
    """“good” is the last token: the next question is asked at the step at which the reason stood."""
    app = sound(open_page("lstm-gates", {**query, "lang": "en", "lecture": "true", "step": str(place - 1)}))
    give_up(app, "turn")
    assert controls(app)["step"].value == place
    assert (told_in_a_hall(app), asked_in_a_hall(app)) == (["turn"], []), "no key answers what nobody has read"
    lead_on(app)
    assert controls(app)["step"].value == last
    assert (told_in_a_hall(app), asked_in_a_hall(app)) == ([], ["kept"])
    give_up(app, "kept")
    assert (told_in_a_hall(app), asked_in_a_hall(app)) == (["kept"], [])
    assert not [button for button in app.button if button.label == "On to the next question"]


def test_who_has_answered_and_comes_back_is_left_where_he_stands() -> None:
    app = moved_to(open_here(), 3)
    assert controls(sound(app.run()))["step"].value == 3
    app.query_params["lang"] = "zh"
    assert controls(sound(app.run()))["step"].value == 3


@pytest.mark.parametrize("preset", ["but", "single", "halves", "dots", "letters"])
@pytest.mark.parametrize("step", [None, 4, 5])
def test_slider_caption_and_address_say_one_step_and_for_what_it_waits(preset: str, step: int | None) -> None:
    query = {"preset": preset} | ({} if step is None else {"step": str(step)})
    app = sound(open_page("lstm-gates", {**query, "lang": "en"}))
    asked = {
        "but": ["but", "wonderful"],
        "single": ["boring", "boring"],
        "halves": ["awful", "awful"],
        "dots": ["great"] * 2,
    }
    for name, token in zip(("turn", "kept"), asked.get(preset, ()), strict=False):
        here = controls(app)["step"].value
        assert f"Step **{here}** of" in text_of(app)
        link = waiting(app)
        if link:
            assert link == [f"predict first: {'f at ' if name == 'kept' else ''}“{shortened(token, 8)}”"]
        give_up(app, name)
    app = all_answered(app)
    assert not waiting(app) and f"Step **{controls(app)['step'].value}** of" in text_of(app)


def test_an_example_asks_about_the_unit_that_it_is_about_and_it_is_drawn_whichever_is_chosen() -> None:
    """The long wait is about unit 27; the most telling one is another, and its jump is small."""
    app = sound(open_page("lstm-gates", {"preset": "dots", "lang": "en", "unit": "5"}))
    reading = read_sentence(load("lstm-imdb"), str(app.text_input(key="text").value))
    assert informative_units(reading, 1)[0].unit != 27
    give_up(app, "turn")
    [asked] = [item.value for item in app.markdown if "How much of its old value" in item.value]
    assert "unit 27, one of the numbers" in asked and "to −0.77." in asked
    rows = [int(label) for label in figures(app)[0]["layout"]["yaxis2"]["ticktext"]]
    assert {5, 27} <= set(rows)
    assert [place for _, _, place in pointed_at(all_answered(app))] == [rows.index(27)]


def test_the_second_question_comes_under_the_reason_of_the_first_and_has_a_name_of_its_own() -> None:
    app = open_here()
    titles = [item.value.partition("** ")[0] for item in app.markdown if item.value.startswith("**Predict first")]
    assert titles == ["**Predict first: what “but” does to the judgement."]
    give_up(app, "turn")
    [first] = [box for box in app.expander if "but" in box.label and "judgement" in box.label]
    assert first.label == "what “but” does to the judgement: **it stays within 0.05** · why?"
    assert "Before “but” it is 0.30" in first.markdown[1].value and first.proto.expanded, "its reason is read first"
    titles = [item.value.partition("** ")[0] for item in app.markdown if item.value.startswith("**Predict first")]
    assert titles[1:] == ["**Predict first: what the memory keeps at “wonderful”."]
    give_up(app, "kept")
    [again] = [box for box in app.expander if box.label == first.label]
    assert not again.proto.expanded, "then the reason of the second one"
