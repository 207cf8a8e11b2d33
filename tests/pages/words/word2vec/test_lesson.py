"""The lesson's own tests; what holds for every lesson is tried in tests/pages, tests/e2e and tests/hostile."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from gensim.models import KeyedVectors
from hypothesis import given
from hypothesis import strategies as st

from app.formulas import faults
from app.lessons import lesson
from app.words import LOCALES, Words, read_tree
from nlpcore.words.reading import compare_seeds, learn_words, nearest, read_windows, zipf_turns
from nlpcore.words.texts import prepared
from nlpcore.words.word2vec_text import TextCounts, count_text, learn_text
from pages.words.word2vec import charts, charts_step, formulas, questions, view_text
from tests.drawn import numbers
from tests.pages.asking import asks, give_up
from tests.pages.screen import figures, open_page, sound, text_of

LESSON = lesson("word2vec")
PRESETS = read_tree(LESSON.words)["presets"]
SHELL = Words(LOCALES / "shell.yaml", "en")
ROYAL = tuple(PRESETS["royal"]["state"]["text"]["en"].split())
texts = st.lists(st.sampled_from("abcde"), min_size=2, max_size=12).map(tuple)


@pytest.fixture(scope="module")
def w() -> Words:
    return Words(LESSON.words, "en")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_has_a_picture(language: str) -> None:
    assert LESSON.thumbnail(language).exists(), "python -m tests.pages.screens word2vec"


@given(texts, st.integers(1, 6))
def test_the_number_of_pairs_is_counted_one_by_one(words: tuple[str, ...], size: int) -> None:
    reading = read_windows(words, size)
    counted = sum(1 for i in range(len(words)) for j in range(len(words)) if i != j and abs(i - j) <= size)
    assert reading.pairs == counted == len(charts.window_rows(reading))
    assert faults(formulas.pairs(reading)) == []
    assert formulas.pairs(reading).lines[0].result == counted
    assert "." not in formulas.pairs(reading).numbers_latex(), "words, windows and pairs are whole"
    if question := questions.pairs(reading):
        assert str(question.answer.values["count"]) == str(counted)  # type: ignore[union-attr]


@given(texts)
def test_what_is_drawn_adds_up_to_one(words: tuple[str, ...]) -> None:
    reading = read_windows(words)
    for word in reading.counts.words:
        assert faults(formulas.noise(reading, word)) == []
    powers = {word: words.count(word) ** 0.75 for word in set(words)}
    total = sum(powers.values())
    assert dict(zip(reading.counts.words, reading.noise, strict=True)) == pytest.approx(
        {word: power / total for word, power in powers.items()}
    )


@pytest.mark.parametrize("output", ["softmax", "negatives", "tree"])
@pytest.mark.parametrize("skip_gram", [True, False])
@pytest.mark.parametrize("steps", [1, 40])
def test_the_numbers_of_the_last_step_are_those_of_torch(output: str, skip_gram: bool, steps: int) -> None:
    """From the matrices before the last step autograd gets to those after it."""
    torch = pytest.importorskip("torch")
    settings: dict[str, Any] = {"output": output, "skip_gram": skip_gram, "rate": 0.3}
    before = learn_words(ROYAL, steps - 1, **settings).shown
    after = learn_words(ROYAL, steps, **settings).shown
    last = after.last
    first, second = (torch.tensor(each, requires_grad=True) for each in (before.first, before.second))
    scores = second[torch.tensor(last.rows)] @ first[list(last.inputs)].mean(dim=0)
    wanted = torch.tensor(last.wanted)
    if output == "softmax":
        loss = -(torch.log_softmax(scores, dim=0) * wanted).sum()
    else:
        loss = torch.nn.functional.binary_cross_entropy_with_logits(scores, wanted, reduction="sum")
    loss.backward()
    assert loss.item() == pytest.approx(last.loss)
    for parameter, result in ((first, after.first), (second, after.second)):
        np.testing.assert_allclose((parameter - 0.3 * parameter.grad).detach().numpy(), result, atol=1e-12)
    assert faults(formulas.probability(last, after.words, output)) == []
    formula = formulas.update(after, 0.3)
    assert formula is not None and faults(formula) == []


@given(st.integers(1, 50), st.integers(0, 300))
def test_the_right_answer_has_the_largest_cosine(seed: int, steps: int) -> None:
    shown = learn_words(ROYAL, steps, seed=seed).shown
    question = questions.near(shown, "king", 0)
    assert question is not None
    row = shown.words.index("king")

    def cosine(word: str) -> float:
        one, other = shown.first[row], shown.first[shown.words.index(word)]
        return float(one @ other / math.sqrt((one @ one) * (other @ other)))

    others = [word for word in shown.words if word != "king"]
    assert question.answer == max(others, key=cosine)
    assert question.options[question.right] in others


def test_king_comes_to_queen_and_never_to_the_same_vector() -> None:
    for seed in range(1, 6):
        near = nearest(learn_words(ROYAL, questions.AFTER, seed=seed).shown, "king")
        assert near[0].word == "queen" and near[0].cosine < 0.9999


@pytest.mark.parametrize("language", ["en", "zh"])
def test_too_fast_a_training_jumps_and_stops(language: str) -> None:
    state = PRESETS["fast"]["state"]
    run = learn_words(tuple(state["text"][language].split()), 100, rate=state["rate"])
    assert run.diverged and 20 < run.steps < 40, "it jumps in the first 20 steps, and ends in the next"
    assert max(run.losses[:15]) < 4, "a quiet beginning"
    assert min(run.losses[:20]) < 0.05 and 25 < max(run.losses[:20]) < 35 and 300 < max(run.losses) < 1000
    assert f"{state['rate']:g}" in PRESETS["fast"]["note"][language] and state["rate"] / 0.1 == pytest.approx(30)


@pytest.mark.parametrize("output", ["softmax", "negatives", "tree"])
def test_the_first_step_moves_no_word_vector_and_says_so(w: Words, output: str) -> None:
    for steps, moved in ((1, False), (40, True)):
        shown = learn_words(ROYAL, steps, output=output).shown  # type: ignore[arg-type]
        assert bool(np.any(shown.last.by_inputs)) is moved and np.any(shown.last.by_rows)
        marks = charts_step.matrices_figure(shown, output, w).layout["yaxis"]["ticktext"]
        assert any("▸" in mark for mark in marks) is moved


def test_two_sentences_give_noise() -> None:
    state = PRESETS["two"]["state"]
    for language in ("en", "zh"):
        words = tuple(state["text"][language].lower().split())
        for steps in (questions.AFTER,):
            found = compare_seeds(words, words[0], steps, skip_gram=False)
            assert len({each.neighbours[0].word for each in found}) > 1


def test_the_tree_costs_the_logarithm() -> None:
    for size in charts.SIZES[1:]:
        assert math.log2(size) * 0.55 < zipf_turns(size) < math.log2(size) + 1


def test_the_tree_that_is_drawn_has_every_way(w: Words) -> None:
    reading = read_windows(tuple(PRESETS["often"]["state"]["text"]["en"].split()))
    edges = charts._edges(reading.tree)
    inner, leaves = len(reading.counts.words) - 1, len(reading.counts.words)
    assert len(edges) == inner + leaves - 1
    assert reading.counts.words[0] == "the" and len(reading.tree.codes[0]) == min(map(len, reading.tree.codes))
    drawn = charts.tree_figure(reading, "the", w).checked()
    assert sum("the" in note.text for note in drawn.layout.annotations) == 1
    assert reading.noise[0] < reading.shares[0] == 0.5, "as the note says"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("preset", PRESETS)
def test_every_example_draws_its_figure_and_answers_its_question(language: str, preset: str) -> None:
    app = sound(open_page("word2vec", {"lang": language, "preset": preset}))
    assert len(figures(app)) >= 1
    if asks(app):
        give_up(app)
        assert not asks(app)


def test_nothing_is_trained_before_the_answer_and_a_link_names_the_steps() -> None:
    app = sound(open_page("word2vec", {"view": "step", "steps": "120"}))
    assert asks(app) and "120" not in text_of(app)
    give_up(app)
    assert "Steps: **120**" in text_of(app)
    expected = learn_words(ROYAL, 120, size=2, negatives=5, dimensions=4, rate=0.1, seed=1).shown.first
    drawn = next(trace for trace in figures(app)[0]["data"] if trace["type"] == "heatmap")
    np.testing.assert_allclose(numbers(drawn["z"]).reshape(expected.shape), expected, atol=1e-6)


def test_buttons_go_on_and_back_to_the_start() -> None:
    app = give_up(open_page("word2vec", {"view": "step"}))
    for button, steps in (("_train_1", 1), ("_train_20", 21), ("_train_500", 521), ("_anew", 0)):
        sound(app.button(key=button).click().run())
        assert f"Steps: **{steps}**" in text_of(app)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({"text": "word"}, "window needs at least two words"),
        ({"text": "😀 😀"}, "only signs"),
        ({"view": "step", "text": " ".join(f"w{n}x" for n in range(40))}, "different words"),
        ({"view": "step", "text": "same same same"}, ""),
        ({"view": "step", "rate": "0"}, ""),
        ({"view": "step", "rate": "1000000", "steps": "300"}, ""),
    ],
)
def test_what_cannot_be_learnt_gets_a_sentence(state: dict[str, str], code: str) -> None:
    app = sound(open_page("word2vec", {"lang": "en", **state}))
    if asks(app):
        give_up(app)
    told = text_of(app) + " ".join(str(each.value) for each in [*app.warning, *app.caption, *app.info])
    assert code in told


def test_the_map_is_of_the_vectors(w: Words) -> None:
    shown = learn_words(ROYAL, 100).shown
    places, shares = charts_step.points(shown)
    assert places.shape == (len(shown.words), 2) and sum(shares) <= 1 + 1e-9
    assert numbers(charts_step.map_figure(shown, w).traces[0]["x"]).tolist() == places[:, 0].tolist()


def test_a_whole_text_names_gensim_s_neighbours_of_the_word(w: Words) -> None:
    app = sound(open_page("word2vec", {"preset": "whole", "lang": "en", "steps": "2", "way": "cbow", "size": "8"}))
    text = prepared("wikitext-2").lines
    run = learn_text(text, 2, architecture="cbow", dimensions=8, seed=1)
    table = KeyedVectors(8)
    table.add_vectors(list(run.shown.words), run.shown.vectors)
    wanted = table.most_similar("three", topn=10)
    (bars,) = (trace for trace in figures(app)[0]["data"] if trace["type"] == "bar")
    np.testing.assert_allclose(numbers(bars["x"]), [cosine for _, cosine in wanted], atol=1e-5)
    assert list(figures(app)[0]["layout"]["yaxis"]["ticktext"]) == [word for word, _ in wanted]
    assert "11,062" not in text_of(app), "how many words have a vector is asked"
    give_up(app)
    assert "11,062" in text_of(app)
    sound(app.button_group(key="panel").set_value("others").run())
    (rows,) = app.table
    of_music = rows.value[rows.value.iloc[:, 0] == "music"].iloc[0, 1]
    wanted = table.most_similar("music", topn=5)
    assert [part.rsplit(" ", 1)[0] for part in of_music.replace(", and ", ", ").split(", ")] == [w for w, _ in wanted]
    sound(app.button_group(key="panel").set_value("take").run())
    offered = {part.proto.label for part in app.get("download_button")}
    assert {SHELL(f"training.{kind}") for kind in ("weights", "vectors")} <= offered


@pytest.mark.parametrize("preset", ["whole", "once"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_words_of_the_examples_are_learnt(preset: str, language: str) -> None:
    state = PRESETS[preset]["state"]
    text = prepared(state["corpus"][language])
    counts = count_text(text.lines)
    assert state["word"][language] in counts.frequent
    assert set(view_text.watched(text, counts)) == set(view_text._OF_THE_CATALOGUE[language])
    question = questions.kept(counts, 5)
    assert question is not None
    enough = sum(count >= 5 for count in Counter(text.lines.split()).values())
    assert question.answer.values["count"] == f"{enough:,}"  # type: ignore[union-attr]


def test_read_once_the_vectors_point_in_one_direction_as_the_note_says() -> None:
    for name, word in (("wikitext-2", "king"), ("sanguo", "酒")):
        run = learn_text(prepared(name).lines, 1000, architecture="cbow", epochs=1, seed=1)
        assert run.ended and min(each.cosine for each in run.shown.nearest(word)) > 0.99


@given(st.integers(2, 50_000), st.floats(0.001, 1), st.integers(2, 20))
def test_the_answer_is_far_from_the_other_options(distinct: int, share: float, at_least: int) -> None:
    kept = max(2, round(share * distinct))
    question = questions.kept(TextCounts(10 * distinct, distinct, kept, 0.9, 3, ()), at_least)
    if question is None:
        return
    counts = [int(str(option.values["count"]).replace(",", "")) for option in question.options]  # type: ignore[union-attr]
    assert counts[question.right] == kept and len(set(counts)) == 3
    assert all(max(kept / other, other / kept) >= 1.5 for other in counts if other != kept)


def test_a_word_without_a_vector_is_told() -> None:
    app = sound(open_page("word2vec", {"view": "text", "lang": "en", "word": "qqq"}))
    assert any("qqq" in box.value and "has no vector" in box.value for box in app.info)


def test_a_rate_of_nothing_is_remarked_on() -> None:
    app = sound(open_page("word2vec", {"view": "step", "lang": "en", "rate": "0"}))
    assert any("learning rate of 0" in box.value for box in app.info)
    assert not any("learning rate" in box.value for box in sound(open_page("word2vec", {"view": "step"})).info)
