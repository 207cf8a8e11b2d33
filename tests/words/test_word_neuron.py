"""The neuron that reads words: its weights against torch's own minimiser, its held-out words against a loop, its words."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from nlpcore.errors import LearnerError
from nlpcore.models import load
from nlpcore.words import word_neuron
from nlpcore.words.vectors import WordVectors
from nlpcore.words.word_neuron import WordNeuron, judge, judged, trained, word_lists

pytestmark = pytest.mark.models
MODELS = {"en": "glove-6b-50d", "zh": "words-zh-64d"}


@pytest.fixture(scope="module", params=MODELS)
def table(request: pytest.FixtureRequest) -> tuple[WordVectors, str, WordNeuron]:
    vectors = load(MODELS[request.param]).network
    return vectors, request.param, trained(vectors, request.param)


def inputs_of(vectors: WordVectors, words: tuple[str, ...]) -> np.ndarray:
    """Vectors of length √d, word by word."""
    rows = [np.asarray(vectors[word], dtype=np.float64) for word in words]
    return np.array([row / np.linalg.norm(row) * np.sqrt(len(row)) for row in rows])


def test_all_words_of_the_lists_are_there_once_and_in_one_list(table: tuple[WordVectors, str, WordNeuron]) -> None:
    _, language, neuron = table
    pleasant, unpleasant = word_lists(language)
    assert len({*pleasant, *unpleasant}) == len(pleasant) + len(unpleasant) == len(neuron.words)
    assert neuron.words == pleasant + unpleasant
    assert neuron.pleasant.tolist() == [True] * len(pleasant) + [False] * len(unpleasant)


def test_the_weights_are_where_torch_finds_the_lowest_point(table: tuple[WordVectors, str, WordNeuron]) -> None:
    """½ |w|² / C + Σ cross-entropy, minimised by L-BFGS from nought."""
    vectors, _, neuron = table
    x = torch.tensor(inputs_of(vectors, neuron.words))
    y = torch.tensor(neuron.pleasant.astype(float))
    w, b = (torch.zeros(n, dtype=torch.float64, requires_grad=True) for n in (x.shape[1], 1))
    optimizer = torch.optim.LBFGS([w, b], max_iter=500, line_search_fn="strong_wolfe", tolerance_grad=1e-10)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(x @ w + b, y, reduction="sum")
        loss = loss + (w * w).sum() / 2
        loss.backward()
        return loss

    optimizer.step(closure)  # type: ignore[arg-type]
    scale = np.sqrt(x.shape[1])
    np.testing.assert_allclose(neuron.weights / scale, w.detach().numpy(), atol=1e-4)
    assert neuron.bias == pytest.approx(b.item(), abs=1e-4)


def test_each_word_is_judged_by_a_neuron_that_has_not_seen_it(table: tuple[WordVectors, str, WordNeuron]) -> None:
    vectors, _, neuron = table
    x, y, found = inputs_of(vectors, neuron.words), neuron.pleasant, np.full(len(neuron.words), np.nan)
    for seen, left in StratifiedKFold(10, shuffle=True, random_state=0).split(x, y):
        model = LogisticRegression(tol=1e-8, max_iter=1000).fit(x[seen], y[seen])
        found[left] = model.predict_proba(x[left])[:, 1]
    np.testing.assert_allclose(neuron.held_out, found, atol=1e-6)
    right = sum((p >= 0.5) == label for p, label in zip(found, y, strict=True))
    interval = binomtest(int(right), len(y)).proportion_ci(method="wilson")
    assert neuron.right == right and (neuron.low, neuron.high) == pytest.approx((interval.low, interval.high), abs=1e-6)
    assert neuron.low > 0.8, "it is much better than guessing"
    wrong = neuron.mistakes()
    assert len(wrong) == len(y) - right and all((found[row] >= 0.5) != y[row] for row in wrong)
    assert [abs(found[row] - 0.5) for row in wrong] == sorted((abs(found[row] - 0.5) for row in wrong), reverse=True)


def test_a_word_s_sum_is_weights_times_vector_and_its_probability_the_sigmoid_of_it() -> None:
    trace = judge("glove-6b-50d", "rose, war, joy, rose")
    assert trace.words == ("rose", "war", "joy") and trace.learned.tolist() == [False, False, True]
    vectors = load("glove-6b-50d").network
    for i, word in enumerate(trace.words):
        vector = np.asarray(vectors[word], dtype=np.float64)
        z = (
            sum(w * x for w, x in zip(trace.neuron.weights, vector / np.linalg.norm(vector), strict=True))
            + trace.neuron.bias
        )
        assert trace.sums[i] == pytest.approx(z)
        assert trace.probabilities[i] == pytest.approx(torch.sigmoid(torch.tensor(z)).item())
        assert trace.shares(i).sum() + trace.neuron.bias == pytest.approx(z)


def test_how_long_a_vector_is_says_nothing() -> None:
    vectors = load("glove-6b-50d").network
    rose, neuron = np.asarray(vectors["rose"], dtype=np.float64), trained(vectors, "en")
    table = WordVectors("made", ("short", "long", "nowhere"), np.stack([rose / 1000, 50 * rose, 0 * rose]))
    found = judged(table, (0, 1, 2), neuron)
    expected = judge("glove-6b-50d", "rose").sums[0]
    assert found.sums == pytest.approx([expected, expected, neuron.bias], rel=1e-5)


def test_it_is_trained_once_for_each_table(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = load("glove-6b-50d").network
    first = trained(vectors, "en")
    monkeypatch.setattr(word_neuron, "train", lambda *_: pytest.fail("trained again"))
    assert trained(vectors, "en") is first


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" ", "neuron_no_words"),
        ("qqzzxxyyq", "words_all_unknown"),
        ("国王", "word_other_language"),
        ("नमस्ते", "word_no_language"),
    ],
)
def test_what_it_cannot_read_is_said(text: str, code: str) -> None:
    with pytest.raises(LearnerError) as caught:
        judge("glove-6b-50d", text)
    assert caught.value.code == code


def test_unknown_words_are_left_out_and_many_are_cut() -> None:
    trace = judge(
        "glove-6b-50d",
        "rose qqzzxx war "
        + " ".join(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"]),
    )
    assert len(trace.words) == 12
    assert {note.code: note.params for note in trace.notes} == {
        "words_left_out": {"count": 1, "words": "qqzzxx"},
        "map_words_cut": {"kept": 12, "given": 13},
    }
