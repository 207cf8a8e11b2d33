"""Co-occurrences, the objective and AdaGrad, each beside an implementation that shares nothing with ours."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nlpcore.errors import LearnerError
from nlpcore.models import trainings
from nlpcore.models.trainings import Kept
from nlpcore.words.cooccurrences import count_cooccurrences
from nlpcore.words.glove import SmallGlove, first_parameters, terms, weight
from nlpcore.words.glove_reading import (
    MOST_STEPS,
    MOST_WORDS,
    PAPER,
    cooccurrence_ratios,
    learn_small_glove,
    read_cooccurrences,
)
from nlpcore.words.glove_text import GloveSettings, TextGlove, learn_glove, matrix_size

lines = st.lists(st.lists(st.sampled_from("abcde"), max_size=9), min_size=1, max_size=4)
TEXT = "\n".join(
    " ".join(f"w{min(int(place), 150)}" for place in np.random.default_rng(line).zipf(1.4, 25)) for line in range(120)
)


@pytest.fixture(autouse=True)
def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainings, "kept", Kept())


def joined(sentences: list[list[str]]) -> str:
    return "\n".join(" ".join(sentence) for sentence in sentences)


def counted_one_by_one(sentences: list[list[str]], window: int, by_distance: bool) -> dict[tuple[str, str], float]:
    """X by its definition: every ordered pair of places of a sentence."""
    found: dict[tuple[str, str], float] = defaultdict(float)
    for sentence in sentences:
        for i, one in enumerate(sentence):
            for j, other in enumerate(sentence):
                if i != j and abs(i - j) <= window:
                    found[one, other] += 1 / abs(i - j) if by_distance else 1
    return found


@given(lines, st.integers(1, 6), st.booleans(), st.integers(1, 3))
def test_the_matrix_is_counted_pair_by_pair(sentences: list[list[str]], window: int, by: bool, at_least: int) -> None:
    found = count_cooccurrences(joined(sentences), window, at_least, by)
    flat = [word for sentence in sentences for word in sentence]
    kept = [[word for word in sentence if flat.count(word) >= at_least] for sentence in sentences]
    wanted = counted_one_by_one(kept, window, by)
    cells = {
        (found.words[i], found.words[j]): x for i, j, x in zip(found.rows, found.columns, found.values, strict=True)
    }
    assert cells == pytest.approx(dict(wanted))
    whole = found.dense()
    assert (whole == whole.T).all() and whole.sum() == pytest.approx(sum(wanted.values()))
    assert len(found.words) == len(set(flat) - {word for word in flat if flat.count(word) < at_least})
    for word in found.words:
        assert found.row_of(word).tolist() == whole[found.words.index(word)].tolist()
    order = found.rows * 1000 + found.columns
    assert (np.diff(order) > 0).all()


def test_a_window_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="window"):
        count_cooccurrences("a b", 0)


@pytest.mark.parametrize(
    ("x", "most", "alpha", "wanted"), [(0.01, 100, 0.75, 0.001), (16, 256, 0.5, 0.25), (7, 7, 1, 1), (9, 3, 2, 1)]
)
def test_the_weight_is_the_paper_s(x: float, most: float, alpha: float, wanted: float) -> None:
    assert float(weight(x, most, alpha)) == pytest.approx(wanted)
    with pytest.raises(ValueError, match="x_max"):
        weight(x, 0)


def objective_one_by_one(training: SmallGlove | TextGlove, text: str, window: int, most: float, alpha: float) -> float:
    """J, a pair of words at a time, with the numbers of the training's state, by Python's own arithmetic."""
    both = np.asarray(training.state()["both"], dtype=np.float64)
    sentences = [line.split() for line in text.split("\n")]
    found = count_cooccurrences(text, window)
    row = {word: number for number, word in enumerate(found.words)}
    total = 0.0
    for (one, other), x in counted_one_by_one(sentences, window, True).items():
        w, v = both[0, row[one]].tolist(), both[1, row[other]].tolist()
        score = sum(a * b for a, b in zip(w[:-1], v[:-1], strict=True)) + w[-1] + v[-1]
        total += (1.0 if x >= most else (x / most) ** alpha) * (score - math.log(x)) ** 2
    return total


@settings(max_examples=20)
@given(
    lines.filter(lambda found: max(map(len, found)) > 1),
    st.integers(0, 60),
    st.sampled_from([(2.0, 0.75), (100.0, 1.0)]),
)
def test_the_objective_is_the_sum_of_its_terms(sentences: list[list[str]], steps: int, f: tuple[float, float]) -> None:
    text = joined(sentences)
    training = SmallGlove(text, 3, True, *f, dimensions=3, rate=0.1, seed=2)
    for _ in range(steps):
        training.step()
    shown = training.shown()
    assert shown.terms.objective == pytest.approx(objective_one_by_one(training, text, 3, *f), abs=1e-6)


def test_a_step_is_torch_s() -> None:
    """From the numbers before a step, autograd and torch's Adagrad get to those after it, over 200 steps."""
    training = SmallGlove("a b c a b\nc d a", 2, True, 3.0, 0.75, dimensions=3, rate=0.2, seed=5)
    both = torch.tensor(training.state()["both"], requires_grad=True)
    optimizer = torch.optim.Adagrad([both], lr=0.2, initial_accumulator_value=1.0, eps=0.0)
    seen = set()
    for _ in range(200):
        loss = training.step()
        last = training.shown().last
        assert last is not None
        seen.add(last.cell)
        w, v = both[0, last.row], both[1, last.column]
        difference = w[:-1] @ v[:-1] + w[-1] + v[-1] - last.log
        term = last.weight * difference**2
        optimizer.zero_grad()
        (term / 2).backward()
        assert both.grad is not None
        np.testing.assert_allclose(both.grad[0, last.row].numpy(), last.by_first, atol=1e-12)
        np.testing.assert_allclose(both.grad[1, last.column].numpy(), last.by_second, atol=1e-12)
        optimizer.step()
        assert loss == pytest.approx(term.item()) == pytest.approx(last.loss)
        assert last.difference == pytest.approx(difference.item())
        np.testing.assert_allclose(both.detach().numpy(), training.state()["both"], atol=1e-12)
    assert seen == set(range(len(training.shown().counted.values)))


def test_each_cell_comes_once_before_any_comes_again() -> None:
    training = SmallGlove("a b c a b\nc d a", 2, True, 3.0, 0.75, dimensions=3, rate=0.2, seed=5)
    n = len(training.shown().counted.values)
    cells = []
    for _ in range(3 * n):
        training.step()
        cells.append(training.shown().last.cell)  # type: ignore[union-attr]
    for at in range(0, 3 * n, n):
        assert sorted(cells[at : at + n]) == list(range(n))
    assert cells[:n] != cells[n : 2 * n]


@settings(max_examples=8, deadline=None)
@given(stops=st.lists(st.integers(0, 50), min_size=1, max_size=3))
@example(stops=[13, 15])  # taken up in the second round of its 10 cells
def test_however_a_small_run_is_cut_it_is_the_same(stops: list[int]) -> None:
    trainings.kept = Kept()
    for steps in stops:
        run = learn_small_glove("a b c a b\nc d a", steps, window=2, rate=0.1)
        whole = SmallGlove("a b c a b\nc d a", 2, True, 10.0, 0.75, 4, 0.1, 1)
        assert run.losses.tolist() == [whole.step() for _ in range(steps)]
        assert run.state["both"].tobytes() == whole.state()["both"].tobytes()


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": -1}, {"steps": MOST_STEPS + 1}, {"dimensions": 0}, {"rate": -0.1}, {"rate": math.inf}, {"x_max": 0.0},
        {"exponent": -0.1},
    ],
)  # fmt: skip
def test_a_small_training_that_there_is_not_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="no such training"):
        learn_small_glove("a b c", **{"steps": 1, **wrong})  # type: ignore[arg-type]


def test_a_rate_that_is_too_large_ends_a_long_run() -> None:
    run = learn_glove(TEXT, 40, dimensions=5, passes=2, at_least=2, window=3, rate=1e4)
    assert run.diverged and run.steps < 40 and np.abs(run.state["both"]).max() < 100


def test_first_numbers_are_even_within_a_half_by_the_dimensions() -> None:
    """As in glove.c."""
    found = first_parameters(50, 8, 3)
    assert found.shape == (2, 50, 9) and -0.5 / 8 <= found.min() < -0.49 / 8 and 0.49 / 8 < found.max() < 0.5 / 8
    assert abs(found.mean()) < 0.05 / 8 and (found != first_parameters(50, 8, 4)).all()


def test_a_rate_that_is_too_large_ends_the_run_and_zero_changes_nothing() -> None:
    run = learn_small_glove("a b c a b\nc d a", 300, rate=1e6)
    assert run.diverged and np.isfinite(run.shown.parameters.first).all()
    still = learn_small_glove("a b c a b\nc d a", 30, rate=0.0).shown.parameters.first
    assert still.tolist() == learn_small_glove("a b c a b\nc d a", 0, rate=0.0).shown.parameters.first.tolist()


# -- a long text -------------------------------------------------------------------------------------------------------


def one_by_one(text: str, options: GloveSettings, steps: int) -> tuple[np.ndarray, list[float]]:
    """The same batches a cell at a time in double precision: each cell of a batch from the numbers before it.

    Returns the numbers at the end, and the mean loss of a cell of each batch.
    """
    training = TextGlove(text, options)
    means = []
    both = np.asarray(training.state()["both"], dtype=np.float64)
    sums = np.ones_like(both)
    for step in range(steps):
        order = np.random.default_rng((options.seed, 1 + step // len(training._batches))).permutation(
            len(training._batches)
        )
        batch = training._batches[order[step % len(training._batches)]]
        gradient, squares, total = np.zeros_like(both), np.zeros_like(both), 0.0
        for i, j, log, f in zip(batch.rows, batch.columns, batch.logs, batch.weights, strict=True):
            w, v = both[0, i], both[1, j]
            difference = w[:-1] @ v[:-1] + w[-1] + v[-1] - log
            factor = f * difference
            total += f * difference**2
            for half, row, beside in ((0, i, v), (1, j, w)):
                by = factor * np.append(beside[:-1], 1.0)
                gradient[half, row] += by
                squares[half, row] += by**2
        sums += squares
        both -= options.rate * gradient / np.sqrt(sums)
        means.append(total / len(batch.rows))
    return both, means


def test_batches_are_the_cells_one_by_one() -> None:
    options = GloveSettings(dimensions=6, window=4, at_least=2, passes=3, rate=0.2, seed=3)
    training = TextGlove(TEXT, options)
    assert training.steps == 60
    losses = [training.step() for _ in range(60)]
    assert training.step() is None and all(loss is not None for loss in losses)
    both, means = one_by_one(TEXT, options, 60)
    np.testing.assert_allclose(training.state()["both"], both, atol=2e-4)
    np.testing.assert_allclose(losses, means, rtol=2e-3)  # type: ignore[arg-type]
    assert np.mean(losses[-20:]) < 0.5 * np.mean(losses[:20])  # type: ignore[arg-type]


def test_the_objective_of_a_text_is_that_of_an_independent_sum() -> None:
    options = GloveSettings(dimensions=5, window=3, at_least=1, x_max=8.0, passes=2, seed=1)
    training = TextGlove(TEXT, options)
    while training.step() is not None:
        pass
    found = terms(training.parameters, count_cooccurrences(TEXT, 3), 8.0, 0.75).objective
    assert found == pytest.approx(objective_one_by_one(training, TEXT, 3, 8.0, 0.75), rel=1e-6)


def test_a_pass_has_every_cell_once() -> None:
    training = TextGlove(TEXT, GloveSettings(window=4, at_least=2))
    counted = count_cooccurrences(TEXT, 4, 2)
    cells = sorted(
        (int(i), int(j)) for batch in training._batches for i, j in zip(batch.rows, batch.columns, strict=True)
    )
    assert cells == list(zip(counted.rows.tolist(), counted.columns.tolist(), strict=True))


@pytest.mark.parametrize("by_distance", [True, False])
def test_how_large_a_matrix_is(by_distance: bool) -> None:
    found = matrix_size(TEXT, 4, by_distance, 3)
    often = Counter(TEXT.split())
    kept = [[word for word in line.split() if often[word] >= 3] for line in TEXT.split("\n")]
    wanted = counted_one_by_one(kept, 4, by_distance)
    assert (found.words, found.cells) == (sum(count >= 3 for count in often.values()), len(wanted))
    assert found.largest == pytest.approx(max(wanted.values())) and found.share == len(wanted) / found.words**2
    assert [often[word] for word in found.frequent] == sorted((n for n in often.values() if n >= 3), reverse=True)
    many = "\n".join(f"w{number} w{number + 1}" for number in range(1010))
    assert matrix_size(many, 1, at_least=1).words == 1011 and len(matrix_size(many, 1, at_least=1).frequent) == 1000
    assert matrix_size("a b a b", 1, at_least=2).words == 2, "two words are enough"
    for poor in ("a a", "a\nb"):
        with pytest.raises(LearnerError, match="text_without_words"):
            matrix_size(poor, 1, at_least=1)
    with pytest.raises(ValueError, match="window"):
        matrix_size("a b", 0)


@settings(max_examples=5, deadline=None)
@given(stops=st.lists(st.integers(0, 50), min_size=1, max_size=3))
@example(stops=[41, 40])
def test_however_a_long_run_is_cut_it_is_the_same(stops: list[int]) -> None:
    trainings.kept = Kept()
    for place, steps in enumerate(stops):
        run = learn_glove(TEXT, steps, dimensions=5, passes=2, at_least=2, window=3)
        whole = TextGlove(TEXT, GloveSettings(dimensions=5, passes=2, at_least=2, window=3))
        losses = [whole.step() for _ in range(min(steps, 40))]
        assert run.losses.tolist() == losses
        assert run.ended == (steps > 40 or (steps == 40 and max(stops[: place + 1]) > 40)), "what is known is kept"
        assert run.state["both"].tobytes() == whole.state()["both"].tobytes()
        assert run.shown.done == pytest.approx(min(steps, 40) / 40)


def test_neighbours_are_by_the_sum_of_both_vectors() -> None:
    training = TextGlove(TEXT, GloveSettings(dimensions=8, passes=3, at_least=2))
    for _ in range(60):
        training.step()
    found = training.shown()
    vectors = training.parameters.vectors
    np.testing.assert_allclose(found.vectors, vectors, atol=1e-6)
    for word in ("w1", "w2"):
        near = found.nearest(word)
        row = found.words.index(word)
        cosines = {
            other: vectors[i] @ vectors[row] / np.linalg.norm(vectors[i]) / np.linalg.norm(vectors[row])
            for i, other in enumerate(found.words)
            if i != row
        }
        assert near[0].word == max(cosines, key=lambda each: cosines[each]) and len(near) == 10
        assert near[0].cosine == pytest.approx(cosines[near[0].word], abs=1e-4)


@pytest.mark.parametrize("poor", ["", " \n ", "one", "one " * 50, "a b c d", "a\n" * 9 + "b\n" * 9])
def test_a_text_without_words_is_told(poor: str) -> None:
    with pytest.raises(LearnerError, match="text_without_words"):
        learn_glove(poor, 1)


@pytest.mark.parametrize(
    "wrong",
    [{"dimensions": 0}, {"window": 0}, {"x_max": 0.0}, {"exponent": -1.0}, {"rate": 0.0}, {"passes": 0}, {"at_least": 0}],
)  # fmt: skip
def test_settings_with_which_there_is_no_training_are_errors(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="no such training"):
        GloveSettings(**wrong)  # type: ignore[arg-type]


# -- a short text and its ratios ---------------------------------------------------------------------------------------


def test_a_long_text_is_read_as_far_as_it_can_be_drawn() -> None:
    read = read_cooccurrences("\n".join(["a b c d"] * 100), 2)
    assert len(read.tokens) == MOST_WORDS and len(read.lines) == 50
    (note,) = read.notes
    assert note.code == "text_words_cut" and note.params == {"given": 400, "kept": MOST_WORDS}
    assert read_cooccurrences("\n".join(["a b c d"] * 50), 2).notes == ()


@pytest.mark.parametrize(
    ("poor", "code"), [("", "empty_text"), ("\n \n", "empty_text"), ("a\nb\nc", "text_of_one_word")]
)
def test_a_text_without_pairs_is_told(poor: str, code: str) -> None:
    for asked in (lambda: read_cooccurrences(poor), lambda: learn_small_glove(poor, 1)):
        with pytest.raises(LearnerError, match=code):
            asked()


@given(lines.filter(lambda found: any(found)), st.integers(1, 4))
def test_ratios_are_those_of_the_counts(sentences: list[list[str]], window: int) -> None:
    found = cooccurrence_ratios(joined(sentences), ("a", "b"), ("c", "d", "z"), window, True)
    x = counted_one_by_one(sentences, window, True)
    flat = [word for sentence in sentences for word in sentence]
    assert found.occurrences == tuple(flat.count(word) for word in ("a", "b", "c", "d", "z"))
    for place, probe in enumerate(("c", "d", "z")):
        shares = []
        for row, word in enumerate(("a", "b")):
            total = sum(value for (one, _), value in x.items() if one == word)
            assert found.counts[row, place] == pytest.approx(x.get((word, probe), 0.0))
            assert found.totals[row] == pytest.approx(total)
            shares.append(x.get((word, probe), 0.0) / total if total else math.nan)
        if math.isnan(sum(shares)) or not any(shares):
            assert math.isnan(found.ratios[place])
        else:
            assert found.ratios[place] == pytest.approx(shares[0] / shares[1] if shares[1] else math.inf)


def test_ratios_of_a_long_text_are_worked_out_elsewhere_and_the_same() -> None:
    line = "a b c a d c"
    short, long = (cooccurrence_ratios("\n".join([line] * n), ("a", "b"), ("c", "d"), 3) for n in (10, 10_000))
    np.testing.assert_allclose(long.probabilities, short.probabilities)
    np.testing.assert_allclose(long.totals, 1000 * short.totals)
    assert long.occurrences == (20_000, 10_000, 20_000, 10_000) and long.words == ("a", "b")


def test_ratios_need_two_words_and_a_text() -> None:
    with pytest.raises(LearnerError, match="empty_text"):
        cooccurrence_ratios(" \n", ("a", "b"), ("c",))
    for words, probes in ((("a",), ("c",)), (("a", "b"), ())):
        with pytest.raises(ValueError, match="two words"):
            cooccurrence_ratios("a b", words, probes)  # type: ignore[arg-type]


def test_the_paper_s_ratios_are_those_of_its_probabilities() -> None:
    """As far as two digits of each tell: it divided before it rounded."""
    for ice, steam, ratio in zip(*PAPER, strict=True):
        assert ice / steam == pytest.approx(ratio, rel=0.05)
