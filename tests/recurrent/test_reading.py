"""Readings against the torch networks' own logits, and every kind of bad input."""

import io
import json
import tarfile

import numpy as np
import pytest
import torch

from nlpcore.errors import LearnerError
from nlpcore.recurrent import alternatives, read, read_characters, read_sentence, word_tokens
from nlpcore.training import corpora

SENTENCE = "The film was not good, but I do n't hate it."
UNPLEASANT = [
    "a",
    "?!…",
    "🙂👩‍👩‍👧",
    "שלום עולם",
    "a\u0301" * 30,
    "<script>alert('x')</script>",
    "film\x00film",
    "qwxz zxwq",
    "word " * 10_000,
    "x" * 9000,
    "电影",
    "\ud800 film",
]


def test_prediction_after_every_token_is_the_networks_own(sentiment):
    reading = read_sentence(sentiment, SENTENCE)
    words = sentiment.vocabulary
    ids = [words.index(token) if token in words else 1 for token in reading.tokens]
    np.testing.assert_allclose(reading.logits, sentiment.logits(ids), atol=1e-5)
    np.testing.assert_allclose(reading.probabilities.sum(axis=1), 1)
    np.testing.assert_allclose(reading.signal, np.log(reading.positive / (1 - reading.positive)), atol=1e-9)
    assert reading.known == tuple(token in words for token in reading.tokens)
    assert reading.tokens[-4:] == ("n't", "hate", "it", ".")


@pytest.mark.parametrize("cluster", ["👍🏽", "👨\u200d👩\u200d👧\u200d👦", "🇫🇷", "न्द्रे", "1\ufe0f\u20e3", "q\u0303"])
def test_a_character_of_several_code_points_is_one_that_is_not_known(characters, cluster):
    reading, other = (read_characters(characters, f"a {it} b") for it in (cluster, "猫"))
    assert reading.tokens == ("a", " ", cluster, " ", "b") and reading.known == (True, True, False, True, True)
    np.testing.assert_array_equal(reading.trace.h, other.trace.h)
    assert {note.code: note.params for note in reading.notes}["unknown_tokens"]["words"] == cluster


@pytest.mark.parametrize("tag", ["<br />", "<br/>", "<br>", "<BR />", "<br />\n<br />"])
def test_a_review_from_the_web_is_read_as_the_training_read_it(sentiment, tag):
    pasted = f"The film was thin.{tag}{tag}I was moved ."
    assert (
        read_sentence(sentiment, pasted).tokens == read_sentence(sentiment, "The film was thin. I was moved .").tokens
    )


def test_training_and_reading_clean_a_review_alike(sentiment, tmp_path):
    raw = "Thin.<br /><br />Great acting, and I was <i>moved</i>."
    path = tmp_path / "reviews.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("aclImdb/train/pos/5_9.txt")
        member.size = len(raw)
        archive.addfile(member, io.BytesIO(raw.encode()))
    (review,) = corpora.imdb_reviews(path)
    assert read_sentence(sentiment, raw).tokens == tuple(word_tokens(review.text))


def test_characters_are_read_with_their_lines(characters):
    assert "".join(read_characters(characters, "a film\r\n\tgood  \n\n x").tokens) == "a film\n\tgood\n\n x"


def test_running_mean_is_pooled_where_the_configuration_says_so(mean_sentiment):
    reading = read_sentence(mean_sentiment, SENTENCE)
    output = mean_sentiment.reference["output"]
    with torch.no_grad():
        expected = [
            output(torch.tensor(reading.trace.h[: t + 1].mean(axis=0)).float()).numpy()
            for t in range(len(reading.tokens))
        ]
    np.testing.assert_allclose(reading.logits, expected, atol=1e-5)


def test_characters_get_the_networks_own_probabilities_and_bits(characters):
    text = "a good film."
    reading = read_characters(characters, text)
    ids = [characters.vocabulary.index(letter) for letter in text]
    expected = characters.logits(ids).log_softmax(-1)
    np.testing.assert_allclose(np.log(reading.probabilities), expected, atol=1e-5)
    nats = torch.nn.functional.cross_entropy(characters.logits(ids)[:-1], torch.tensor(ids[1:]))
    assert reading.bits_per_character == pytest.approx(nats.item() / np.log(2), abs=1e-5)
    assert np.isnan(reading.bits[0])
    probabilities = [p for _, p in reading.next(3, 4)]
    assert probabilities == sorted(probabilities, reverse=True)
    assert probabilities[0] == reading.probabilities[3].max()
    entropy = torch.distributions.Categorical(logits=expected).entropy() / np.log(2)
    np.testing.assert_allclose(reading.signal, entropy, atol=1e-5)


def test_one_character_has_no_bits(characters):
    assert np.isnan(read_characters(characters, "a").bits_per_character)


@pytest.mark.parametrize("text", UNPLEASANT)
@pytest.mark.parametrize("kind", ["sentiment", "characters"])
def test_unpleasant_texts_are_read_and_what_was_changed_is_said(kind, text, request):
    reading = read(request.getfixturevalue(kind), text)
    steps = len(reading.tokens)
    assert 1 <= steps <= 200
    assert reading.trace.h.shape == (steps, 7)
    assert np.isfinite(reading.signal).all()
    codes = {note.code for note in reading.notes}
    assert bool(codes & {"unknown_tokens", "all_unknown"}) == (not all(reading.known))
    if len(text) > 5000:
        assert codes & {"cut_tokens", "cut_characters"}


@pytest.mark.parametrize("text", ["", "   ", "\x00\x01", "\n\t"])
def test_nothing_to_read_is_said(sentiment, characters, text):
    for model in (sentiment, characters):
        with pytest.raises(LearnerError, match="empty_text"):
            read(model, text)


def test_notes_name_unknown_tokens_once_and_in_short(sentiment):
    (note,) = read_sentence(sentiment, "the " + "z" * 90 + " film zz zz").notes
    assert note.code == "unknown_tokens"
    assert note.params["count"] == 3
    assert note.params["words"] == "z" * 23 + "… zz"


def test_alternatives_contain_what_the_trace_has(sentiment, mean_sentiment, characters):
    for model, text in ((sentiment, SENTENCE), (mean_sentiment, SENTENCE), (characters, "a film")):
        reading = read(model, text)
        found = alternatives(model, text, step=2, unit=3)
        assert found.words == tuple(model.vocabulary[2:])
        here = found.words.index(reading.tokens[2])
        expected = [getattr(reading.trace, gate)[2, 3] for gate in "ifgo"]
        np.testing.assert_allclose(found.gates[:, here], expected)
        np.testing.assert_allclose(found.actual[:4], expected)
        for by in ("i", "f", "g", "o", "output"):
            column, actual = found.column(by)
            assert column[here] == pytest.approx(actual)
        np.testing.assert_allclose(found.cell[here], reading.trace.c[2, 3])
        output = reading.positive[2] if hasattr(reading, "positive") else reading.signal[2]
        np.testing.assert_allclose(found.output[here], output)
        top = found.top(found.output, 3)
        assert top[0][1] == found.output.max()
        assert found.top(found.output, 1, lowest=True)[0][1] == found.output.min()


def test_alternatives_beyond_the_text_are_refused(sentiment):
    with pytest.raises(LearnerError, match="no_such_step"):
        alternatives(sentiment, "a film", step=2, unit=0)
    with pytest.raises(ValueError, match="unit"):
        alternatives(sentiment, "a film", step=1, unit=7)


@pytest.mark.parametrize(
    "broken", [{"pooling": "max"}, {"labels": ["a", "b"]}, {"architecture": "gru"}, {"labels": ["positive"]}]
)
def test_files_that_do_not_fit_are_refused(sentiment, broken):
    path = sentiment.folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | broken))
    with pytest.raises(ValueError, match="fit"):
        read(sentiment, "film")
