"""Self-training against scikit-learn's SelfTrainingClassifier from the same labels."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.preprocessing import StandardScaler
from sklearn.semi_supervised import SelfTrainingClassifier

from nlpcore.learning import few_labels
from nlpcore.learning.few_labels import UNKNOWN, self_train, trained
from nlpcore.learning.points import Data, points

ALL: tuple[Data, ...] = get_args(Data)


@pytest.mark.parametrize("data", ALL)
@pytest.mark.parametrize(("left", "chosen", "threshold"), [(2, 1, 0.75), (1, 2, 0.9), (4, 6, 0.6)])
def test_it_goes_as_scikit_learn_goes(data: Data, left: int, chosen: int, threshold: float) -> None:
    trace = self_train(data, left, chosen, threshold)
    of = points(data)
    near = rbf_kernel(StandardScaler().fit_transform(of.places), gamma=1 / (2 * 0.3**2))
    reference = SelfTrainingClassifier(LogisticRegression(C=10, max_iter=1000), threshold=threshold, max_iter=30)
    reference.fit(near, trace.told)
    last = trace.rounds[-1]
    assert (last.labels == reference.transduction_).all()
    np.testing.assert_allclose(
        trace.probabilities(len(trace.rounds) - 1, of.places), reference.predict_proba(near), atol=1e-6
    )
    assert last.accuracy == pytest.approx(reference.score(near, of.classes))
    for number, each in enumerate(trace.rounds):  # in which round each label was given
        assert ((each.new != UNKNOWN) == (reference.labeled_iter_ == number + 1)).all()


def test_the_first_round_has_the_told_labels_alone() -> None:
    trace = self_train("stripes", 2, 4)
    first = trace.rounds[0]
    assert (first.labels == trace.told).all() and np.bincount(trace.told[trace.told >= 0]).tolist() == [2, 2]
    known = trace.told >= 0
    assert (trace.told[known] == trace.points.classes[known]).all() and trace.wrong(0) == 0
    for one, other in zip(trace.rounds, trace.rounds[1:], strict=False):
        gained = (one.labels == UNKNOWN) & (other.labels != UNKNOWN)
        assert ((one.new != UNKNOWN) == gained).all() and (other.labels[gained] == one.new[gained]).all()
    assert (trace.rounds[-1].new == UNKNOWN).all()


def test_wrong_labels_are_counted_and_all_labels_are_full() -> None:
    trace = self_train("words", 2, 6)
    last = trace.rounds[-1].labels
    assert trace.wrong(len(trace.rounds) - 1) == sum(
        1 for given, true in zip(last, trace.points.classes, strict=True) if given not in (UNKNOWN, true)
    )
    told = self_train("words", 10_000, 1)
    assert len(told.rounds) == 1 and told.rounds[0].accuracy == told.full == trace.full
    assert (self_train("flowers", 0, 1).told >= 0).sum() == 3


def test_rounds_without_end_are_ended_by_one_that_gives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = self_train("flowers", 2, 1)
    assert len(whole.rounds) > 2
    monkeypatch.setattr(few_labels, "MOST_ROUNDS", 2)
    cut = self_train("flowers", 2, 1)
    assert len(cut.rounds) == 2 and (cut.rounds[-1].new == UNKNOWN).all()
    assert (cut.rounds[1].labels == whole.rounds[1].labels).all() and (cut.rounds[0].new == whole.rounds[0].new).all()


def test_nothing_sure_is_nothing_given() -> None:
    of = points("flowers")
    told = np.full(150, UNKNOWN)
    told[[0, 60, 120]] = [0, 1, 2]
    assert len(trained(of, told, 1.0).rounds) == 1
