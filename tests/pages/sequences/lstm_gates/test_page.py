"""The LSTM page: every kind of text, both languages, every panel; numbers on screen are the trace's."""

import base64
import io
from contextlib import redirect_stdout
from typing import Any

import numpy as np
import pytest
import scipy.stats
from streamlit.testing.v1 import AppTest

from app.lessons import lesson
from app.shell.figures import key_of
from app.text import probability
from app.words import Words
from nlpcore.models import load, store
from nlpcore.recurrent import informative_units, read, read_characters, read_sentence
from pages.sequences.lstm_gates import formulas
from pages.sequences.lstm_gates.snippet import code
from tests.drawn import numbers
from tests.pages.asking import counted, give_up
from tests.pages.screen import figures, html_of, open_page, sound, teaching, text_of

LETTERS = pytest.param(
    "lstm-chars",
    marks=pytest.mark.skipif(store().state("lstm-chars") not in ("here", "bundled"), reason="not trained yet"),
)


def open_here(**state: Any) -> AppTest:
    return sound(open_page("lstm-gates", **state))


def all_answered(app: AppTest) -> AppTest:
    """Answer what is asked beside the figure, one question after the other."""
    for name in ("turn", "kept", "next"):
        if any(str(button.key).endswith(f".{name}") for button in app.button):
            give_up(app, name)
    return app


def moved_to(app: AppTest, step: int) -> AppTest:
    """Answer what is asked, and move the slider."""
    return sound(all_answered(app).slider(key="step").set_value(step).run())


@pytest.mark.parametrize(
    "panel", ["unit", "extremes", "edited", "alternatives", "gradients", "mistakes", "code", "sources"]
)
@pytest.mark.parametrize("model", ["lstm-imdb", LETTERS])
def test_every_panel_is_drawn(panel, model):
    app = all_answered(open_here(panel=panel, model=model, lang="zh"))
    if panel == "edited" and model == "lstm-imdb":
        give_up(app)
    assert len(figures(app)) > 1 or panel in ("mistakes", "code", "sources")


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "?!…",
        "🙂",
        "שלום עולם",
        "<script>alert(1)</script> **bold** $x$",
        "film\x00",
        "qwxz",
        "word " * 4000,
        "e\u0301" * 40,
    ],
)
def test_unpleasant_texts_keep_the_page_whole(text):
    app = sound(open_here(text=text))
    assert figures(app)


@pytest.mark.parametrize(("rows", "drawn"), [("16", 16), ("32", 32), ("all", None)])
def test_as_many_units_are_drawn_as_the_link_asks_for(rows, drawn):
    app = sound(open_page("lstm-gates", {"text": "a good film", "rows": rows}))
    heatmap = next(trace for trace in figures(app)[0]["data"] if trace["type"] == "heatmap")
    units = read(load("lstm-imdb"), "a good film").trace.c.shape[1]
    shown = unpacked(heatmap["z"]).shape[0]
    assert shown == units if drawn is None else shown in (drawn, drawn + 1)  # the formula's unit is always among them


def test_sixteen_units_of_both_versions_are_compared():
    app = give_up(all_answered(open_here(panel="edited")), "edited")
    heatmap = next(trace for trace in figures(app)[-1]["data"] if trace["type"] == "heatmap")
    assert unpacked(heatmap["z"]).shape[0] == 16


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_text_is_answered_with_a_sentence(text):
    app = sound(open_here(text=text))
    assert app.warning
    assert not figures(app)


def controls(app):
    return {item.key: item for kind in ("text_input", "text_area", "number_input", "slider") for item in app.get(kind)}


@pytest.mark.parametrize("preset", ["but", "single", "halves", "dots", "letters"])
def test_presets_set_controls_that_exist(preset):
    state = Words(lesson("lstm-gates").words, "en").node("presets")[preset]["state"]
    app = open_here(**state | {"panel": "alternatives"})
    assert controls(app)["step"].value == state["step"] and f"Step **{state['step']}** of" in text_of(app)
    shown = controls(all_answered(app))
    assert shown["text"].value == state["text"]
    assert "place" not in shown, "the step that is chosen is the one whose token is exchanged"


def test_prediction_and_formula_are_the_traces():
    text = "It was not good , it was great ."
    app = moved_to(open_here(text=text, unit=5), 3)
    reading = read_sentence(load("lstm-imdb"), text)
    shown = " ".join(item.value for item in app.markdown) + " ".join(item.value for item in app.latex)
    assert f"{reading.positive[2]:.2f}" in shown
    for name in "ifgoch":
        assert f"{getattr(reading.trace, name)[2, 5]:.3f}" in shown


@pytest.mark.parametrize("unit", [0, 5, None])
def test_formula_is_that_of_the_step_and_the_unit_on_the_screen(unit):
    text = "It was not good , it was great ."
    app = moved_to(open_here(text=text, unit=unit), 4)
    with teaching() as seen:
        sound(app.run())
    reading = read_sentence(load("lstm-imdb"), text)
    place = informative_units(reading, 1)[0].unit if unit is None else unit
    assert seen.formulas == [formulas.step_of(reading.trace, 3, place)]
    assert f"Unit {place} at **“good”**" in text_of(app)


def test_a_unit_that_another_model_lacks_is_left():
    with teaching() as seen:
        open_here(unit=5000)
    without = seen.formulas[:1]
    with teaching() as seen:
        open_here()
    assert seen.formulas[:1] == without


def test_a_suggested_unit_is_taken():
    app = open_here()
    pills = next(group for group in app.get("button_group") if group.key and "suggested" in group.key)
    second = int(pills.options[1].split()[0])
    pills.select(second).run()
    assert controls(sound(app))["unit"].value == second


@pytest.mark.parametrize("model", [LETTERS])
def test_letters_are_read_in_lines(model: str) -> None:
    """The novels have lines; so the field has, and a line's end is a sign in figure, caption and options."""
    text = "She was a quiet girl.\nHer question"
    app = moved_to(open_page("lstm-gates", {"model": model, "text": text}), 22)
    assert app.text_area(key="text").value == text
    reading = read(load(model), text)
    assert reading.tokens[21] == "\n" and reading.known[21]
    assert "**↵**" in text_of(app) and "↵" in figures(app)[0]["layout"]["xaxis"]["ticktext"][21]
    assert not app.get("text_input") or all(item.key != "text" for item in app.text_input)


def test_a_text_stays_when_the_field_becomes_another_one() -> None:
    app = open_here(text="A dull film.")
    for model in ("lstm-chars", "lstm-imdb", "lstm-chars"):
        app.session_state["model"] = model
        assert controls(sound(app.run()))["text"].value == "A dull film.", model


# -- where the player starts -----------------------------------------------------------------------------------------


def buttons(app):
    return {button.key: button.disabled for button in app.button if button.key and button.key.startswith("_step_")}


def drawn_steps(app):
    """Return how many steps the heatmaps show: later ones are blank."""
    heatmap = next(trace for trace in figures(app)[0]["data"] if trace["type"] == "heatmap")
    return np.isfinite(unpacked(heatmap["z"])).all(axis=0).sum()


def unpacked(packed):
    numbers = np.frombuffer(base64.b64decode(packed["bdata"]), packed["dtype"])
    return numbers.reshape([int(n) for n in packed["shape"].split(",")])


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("I expected to be bored, but the film was wonderful.", 6),  # on the comma, before “but”
        ("it is not good", 2),
        ("bad but good", 1),
        ("film", 1),
    ],
)
def test_the_player_starts_before_the_word_that_is_asked_about(text, start):
    app = open_here(text=text)
    assert drawn_steps(app) == start
    assert text == "film" or (controls(app)["step"].value == start and f"(token {start + 1})" in text_of(app))


@pytest.mark.parametrize("model", [LETTERS])
def test_the_player_starts_before_the_letter_that_is_asked_about(model):
    text = "She was a quiet girl."
    app = open_here(text=text, model=model)
    reading = read(load(model), text)
    surest = min(range(len(text) - 1), key=lambda t: scipy.stats.entropy(reading.probabilities[t]))
    assert controls(app)["step"].value == surest + 1
    assert f"“{text[: surest + 1].rstrip()}”" in text_of(app).replace("\\", "")


@pytest.mark.parametrize("step", [1, 3, 6])
def test_a_link_opens_the_step_that_it_names_also_the_last(step):
    app = moved_to(open_page("lstm-gates", {"text": "it is not a good film"}), step)
    assert drawn_steps(app) == step
    assert {key for key, disabled in buttons(app).items() if disabled} == {
        1: {"_step_first_page", "_step_chevron_left"},
        3: set(),
        6: {"_step_chevron_right", "_step_last_page"},
    }[step]


def test_a_link_beyond_all_questions_opens_its_step_once_they_are_answered() -> None:
    app = open_here(step=12)
    assert controls(app)["step"].value == 6
    assert controls(all_answered(app))["step"].value == 12 and drawn_steps(app) == 12


# -- nothing tells the answer ----------------------------------------------------------------------------------------


def table(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return the rows of the CSV of the first figure, as the page makes them in its next run."""
    made: dict[str, Any] = {}
    monkeypatch.setattr("app.shell.exports.export_menu", lambda key, name, data, *more: made.setdefault(key, data))
    sound(app.run())
    return list(made["figure_reading"]())


@pytest.mark.parametrize("ahead", [False, True])
@pytest.mark.parametrize("step", [1, 6, 9, 12])
def test_the_player_stops_before_each_token_that_is_asked_about(
    step: int, ahead: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """“but” is token 7; after it the cell of the most telling unit jumps at “wonderful”, token 11."""
    app = open_here(text="I expected to be bored, but the film was wonderful.", step=step, ahead=ahead)
    here = step
    for name, last, asked in (("turn", 6, 7), ("kept", 10, 11), (None, 12, 12)):
        drawn = last if ahead else min(here, last)
        assert drawn_steps(app) == drawn
        line = next(trace for trace in figures(app)[0]["data"] if trace["type"] == "scatter")
        read = {"turn": 6, "kept": 11, None: 12}[name]
        assert len(numbers(line["y"])) == (read if ahead else min(here, read))
        here = max(step, asked)
        assert {row["step"] for row in table(app, monkeypatch)} == set(range(1, last + 1))
        if name:
            give_up(app, name)


@pytest.mark.parametrize("panel", ["unit", "extremes", "edited", "alternatives"])
def test_panels_that_read_on_open_once_all_is_answered(panel: str) -> None:
    app = open_here(panel=panel)
    for name in ("turn", "kept"):
        assert len(figures(app)) == 1 and "gives the answer to the open question" in text_of(app)
        give_up(app, name)
    assert "gives the answer" not in text_of(app)
    assert len(figures(app)) > 1 or panel == "edited"  # which asks a question of its own


@pytest.mark.parametrize("model", [LETTERS])
def test_what_is_expected_is_not_drawn_where_it_is_asked(model: str) -> None:
    text = "She was a quiet girl."
    app = open_here(text=text, model=model, step=20)
    assert len(figures(app)) == 1 and drawn_steps(app) == 11  # up to the q
    give_up(app, "next")
    assert len(figures(app)) == 2 and drawn_steps(app) == 20
    app = open_here(text=text, model=model, step=3)
    give_up(app, "next")
    assert controls(app)["step"].value == drawn_steps(app) == 11, "what it expects after the q"


@pytest.mark.parametrize("model", [LETTERS])
@pytest.mark.parametrize("text", ["She was a quiet girl.", "the house was small"])
def test_what_is_said_of_an_example_s_letters_stands_with_it_alone(text: str, model: str) -> None:
    told, own = "After *q* the network", text_of(open_here(text=text, model=model))
    assert told not in own and "The **bars** are" in own
    assert told in text_of(sound(open_page("lstm-gates", {"preset": "letters", "lang": "en"})))


@pytest.mark.parametrize("model", [LETTERS])
def test_a_hall_reads_what_is_expected_where_a_second_figure_has_no_room(model: str) -> None:
    text = "She was a quiet girl."
    app = moved_to(open_here(text=text, model=model, lecture=True), 10)
    expected = read_characters(load(model), text).next(9)
    assert len(figures(app)) == 1
    assert " · ".join(f"**{'␣' if token == ' ' else token}** {probability(p)}" for token, p in expected) in text_of(app)


# -- predictions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", [0, 1, 2])
def test_only_the_right_guess_counts_as_right(option):
    text = "I expected to be bored, but the film was wonderful."
    with teaching() as seen:
        app = open_here(text=text)
    turn = seen.questions[0]
    assert turn.name == "turn"
    reading = read_sentence(load("lstm-imdb"), text)
    change = reading.positive[6] - reading.positive[5]
    right = 0 if change > 0.05 else 1 if change < -0.05 else 2
    assert counted(app, option) == (option == right)
    assert f"Before “but” it is {reading.positive[5]:.2f}, after it {reading.positive[6]:.2f}" in text_of(app)


def test_the_edited_text_is_shown_once_its_question_is_answered():
    app = all_answered(open_here(panel="edited"))
    before = len(figures(app))
    assert len(figures(give_up(app, "edited"))) == before + 1


def test_letters_are_compared_without_a_question():
    with teaching() as seen:
        app = all_answered(open_here(panel="edited", model="lstm-chars", edited="abc"))
    assert "edited" not in {question.name for question in seen.questions} and len(figures(app)) == 3


@pytest.mark.parametrize("model", ["lstm-imdb", LETTERS])
def test_snippet_prints_the_numbers_on_screen(model):
    text = 'It\'s "not" bad \\ {at} all.'
    reading = read(load(model), text)
    unit = 7
    output = io.StringIO()
    with redirect_stdout(output):
        exec(code(model, text, unit, words=model == "lstm-imdb"), {})
    printed = output.getvalue()
    for step, token in enumerate(reading.tokens):
        values = " ".join(f"{name} {getattr(reading.trace, name)[step, unit]:.3f}" for name in "ifgoch")
        assert f"{step + 1} {token!r} {values}" in printed
        output_here = f"P(positive) {reading.positive[step]:.2f}" if model == "lstm-imdb" else reading.next(step)[0][0]
        assert output_here in printed
    assert f"f c + i g = {reading.trace.c[-1, unit]:.3f}" in printed


@pytest.mark.parametrize(("step", "said"), [(1, ("came",)), (2, ("mean",)), (3, ("came",)), (4, ("mean",))])
def test_what_came_is_told_where_a_character_came_that_the_model_knows(step: int, said: tuple[str, ...]) -> None:
    """Of "ab我c" the third is unknown to it; after the fourth nothing comes."""
    app = moved_to(open_here(model="lstm-chars", text="ab我c"), step)
    w = Words(lesson("lstm-gates").words, "en")
    captions = [caption.value for caption in app.caption]
    beginnings = {"came": (w("now.came").split(".")[0], " came, with probability "), "mean": ("Mean over this text",)}
    for kind, texts in beginnings.items():
        assert any(text in caption for caption in captions for text in texts) is (kind in said), (kind, captions)


# -- what a unit has to do with the judgement, and whose token is exchanged ------------------------------------------


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_unit_that_runs_backwards_is_said_to(sign: int, lang: str) -> None:
    text = "I expected to be bored, but the film was wonderful."
    reading = read_sentence(load("lstm-imdb"), text)
    r = [scipy.stats.pearsonr(cell, reading.positive).statistic for cell in reading.trace.c.T]
    unit = int(np.argmax(np.multiply(sign, r)))
    app = all_answered(open_here(text=text, unit=unit, lang=lang))
    backwards = {"en": "**runs backwards**", "zh": "**反着走的**"}[lang]
    assert (backwards in text_of(app)) is (sign < 0)
    assert f"{r[unit]:+.2f}".replace("-", "−") in text_of(app)


@pytest.mark.parametrize("panel", ["", "unit"])
def test_what_a_unit_has_to_do_with_the_judgement_is_said_once(panel: str) -> None:
    app = all_answered(open_here(text="I expected to be bored, but the film was wonderful.", panel=panel))
    assert text_of(app).count("one of the 64 numbers of the memory. It **") == 1


@pytest.mark.parametrize("panel", ["unit", "gradients", "edited"])
@pytest.mark.parametrize("long", [False, True])
def test_a_phone_names_only_some_of_many_tokens(panel: str, long: bool) -> None:
    text = "She was a quiet girl." if long else "a quiet"
    app = all_answered(open_here(model="lstm-chars", text=text, edited=text, panel=panel))
    assert (f".st-key-{key_of(panel)} g:is(.xtick, .x2tick)" in html_of(app)) is long


def test_of_a_unit_that_follows_nothing_no_direction_is_said() -> None:
    text = "I expected to be bored, but the film was wonderful."
    reading = read_sentence(load("lstm-imdb"), text)
    r = [scipy.stats.pearsonr(cell, reading.positive).statistic for cell in reading.trace.c.T]
    said = text_of(all_answered(open_here(text=text, unit=int(np.argmin(np.abs(r))))))
    assert "only loosely" in said and "high means" not in said


@pytest.mark.parametrize("model", ["lstm-imdb", LETTERS])
def test_the_token_of_the_chosen_step_is_exchanged(model: str) -> None:
    app = all_answered(open_here(model=model, text="A good film", panel="alternatives"))
    tokens = read(load(model), "A good film").tokens
    for step in (3, 1):
        app = sound(app.slider(key="step").set_value(step).run())
        said = next(item.value for item in app.markdown if "is exchanged" in item.value)
        assert f"Token {step}, " in said and f"“{tokens[step - 1].replace(' ', '␣')}”" in said


@pytest.mark.parametrize(("lang", "todo"), [("en", "write in that"), ("zh", "请改用英文")])
@pytest.mark.parametrize("text", ["这部电影非常好看。", "qwzx vbnk"])
def test_of_a_text_without_a_known_word_one_sentence_says_what_happened_and_what_to_do(
    text: str, lang: str, todo: str
) -> None:
    """That the network did not learn the text's language would be the same once more."""
    app = open_here(text=text, lang=lang)
    [told] = [caption.value for caption in app.caption if caption.value.startswith(":material/info:")]
    assert "<unk>" in told and todo in told and "lstm-imdb" not in told
