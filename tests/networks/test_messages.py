"""Messages as bags of words: against scikit-learn's vectorizer; what a training on them learns by heart."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from nlpcore.networks.messages import MOST_MESSAGES, Language, _read, draw_messages
from nlpcore.networks.overfitting import chances, fate_of_messages, fit_messages, word_scores

LANGUAGES: tuple[Language, ...] = ("en", "zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_120_different_messages_half_of_them_spam(language: Language) -> None:
    kinds, texts = _read(language)
    assert len(texts) == len(set(texts)) == 120 and kinds.count("spam") == kinds.count("ham") == 60
    assert all(text == " ".join(text.split()) and 2 <= len(text.split()) <= 14 for text in texts)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [2, 7, 80])
def test_bags_are_scikit_learn_s(language: Language, count: int) -> None:
    found = draw_messages(language, count, 0.0, 3)
    counter = CountVectorizer(token_pattern=r"\S+").fit(found.texts[:count])
    assert list(found.words) == counter.get_feature_names_out().tolist()
    np.testing.assert_array_equal(found.bags, counter.transform(found.texts).toarray())
    kinds, texts = _read(language)
    assert [kinds[texts.index(text)] == "spam" for text in found.texts] == found.classes.astype(bool).tolist()
    assert found.classes[found.held_back].sum() == 20 and abs(found.classes[:count].mean() - 0.5) < 0.1
    assert not found.wrong.any()


def test_as_many_labels_are_turned_as_asked_and_none_that_is_held_back() -> None:
    found, right = draw_messages("en", 40, 0.15, 1), draw_messages("en", 40, 0.0, 1)
    assert found.texts == right.texts and found.wrong.sum() == 6 and not found.wrong[40:].any()
    np.testing.assert_array_equal(found.classes ^ right.classes, found.wrong.astype(int))
    assert draw_messages("en", 1).count == 2 and draw_messages("en", 999).count == MOST_MESSAGES
    with pytest.raises(ValueError, match="language"):
        draw_messages("fr")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="share"):
        draw_messages("en", noise=0.6)


@pytest.mark.parametrize("language", LANGUAGES)
def test_wrong_labels_are_learned_by_heart(language: Language) -> None:
    of = draw_messages(language)
    run = fit_messages(100, language)
    given = chances(run.shown, of)
    assert run.shown.training_right[-1] == 1 and fate_of_messages(run, 0.15) == "much"
    assert ((given > 0.5) == of.classes)[:40].all()
    scores = word_scores(run.shown, of)
    row = int(scores.argmax())
    alone = np.zeros((2, len(of.words)))
    alone[1, row] = 1
    first, last = run.shown.layers
    sums = np.tanh(alone @ first.weights.T + first.bias) @ last.weights[0] + last.bias[0]
    assert scores[row] == pytest.approx(sums[1] - sums[0]) and scores[row] > 0


def test_the_floors_of_messages_are_those_of_who_knows_how_many_labels_are_wrong() -> None:
    clean = fit_messages(100, "zh", noise=0.0)
    assert fate_of_messages(clean, 0.0) == "right"
    assert fate_of_messages(fit_messages(2, "en", noise=0.0, rate=0.001), 0.0) == "little"
