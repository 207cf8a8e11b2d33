"""The data, the fit and the measuring of the second head of the tagger, on random networks and on its own sentences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from transformers import AutoTokenizer, BertConfig, BertForTokenClassification

from nlpcore.tagging import find_time_and_money
from nlpcore.training import second_head as training
from nlpcore.training.second_head import IGNORE, LABELS, Features, Recipe


def test_rules_become_tags_of_words() -> None:
    found = training.labelled("He paid $5 million on 3 May 2021.")
    assert found is not None
    tags = ["O", "O", "B-MONEY", "I-MONEY", "I-MONEY", "O", "B-DATE", "I-DATE", "I-DATE", "O"]
    assert list(found.tags) == tags


def test_features_lie_at_first_pieces_with_zeros_between_sentences(six_layers: Path) -> None:
    recipe = Recipe(layers=(1, 2), reach=2)
    network = BertForTokenClassification(BertConfig.from_pretrained(six_layers)).eval()
    rows = [training.labelled(text) for text in ("the cat sat on 3 may", "dog is 5 % bad .")]
    assert rows[0] and rows[1]
    data = training.features(network, AutoTokenizer.from_pretrained(six_layers), [r for r in rows if r], recipe)
    words = sum(len(row.words) for row in rows if row)
    assert len(data.places) == words and data.states.shape[:2] == (2, len(data.labels))
    assert [LABELS[i] for i in data.labels[data.places]] == [tag for row in rows if row for tag in row.tags]
    gaps = (data.states == 0).all(-1).all(0)
    assert gaps[:2].all() and gaps[-2:].all() and int(gaps.sum()) == 8
    first = data.windows(0, data.places[:1])[0]
    assert torch.equal(first, data.states[0, int(data.places[0]) - 2 : int(data.places[0]) + 3].flatten().float())


def test_the_fit_finds_what_logistic_regression_finds() -> None:
    draws = np.random.default_rng(0)
    states = draws.normal(size=(1, 2000, 3)).astype(np.float16)
    right = 1 + states[0].argmax(1)
    labels = torch.tensor(right)
    labels[0], labels[-1] = IGNORE, IGNORE
    data = Features(torch.tensor(states), labels, 1)
    recipe = Recipe(reach=1, epochs=60, batch=200, rate=0.05)
    head = training.fitted(data, 0, recipe)
    windows = data.windows(0, data.places).numpy()
    theirs = LogisticRegression(C=1e6, max_iter=2000).fit(windows, right[1:-1])
    ours = head(torch.tensor(windows)).argmax(1).numpy()
    assert (ours == theirs.predict(windows)).mean() > 0.98
    assert training.tag_f1(head, data, 0) == pytest.approx((ours == right[1:-1]).mean())


@pytest.mark.parametrize("file", [training.TRIED, training.TEST])
def test_the_own_sentences_are_marked_as_the_rules_mark_what_they_know(file: str) -> None:
    exercises = training.own_sentences(file)
    assert len(exercises) >= 100
    kinds = {span.type for exercise in exercises for span in exercise.spans}
    assert kinds == set(training.KINDS)
    assert any(not exercise.spans for exercise in exercises)
    agree = sum(
        {(e.words[s.start].start, e.words[s.end - 1].end, s.type) for s in e.spans}
        == {(r.start, r.end, r.type) for r in find_time_and_money(e.text)}
        for e in exercises
    )
    assert 40 <= agree < len(exercises)  # the same borders, but more ways to say it than the rules know


def test_no_sentence_of_the_test_is_among_those_tried_before() -> None:
    tried, test = (
        {exercise.text for exercise in training.own_sentences(file)} for file in (training.TRIED, training.TEST)
    )
    assert len(test) > 100 and not tried & test
