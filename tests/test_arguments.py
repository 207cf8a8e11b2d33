"""What the library is given by mistake is refused, and not silently taken for something else."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pytest

from nlpcore.arguments import as_words, check_option
from nlpcore.arrays import log_softmax
from nlpcore.attention import attention_maps, hide, renormalise
from nlpcore.language_models import corrupt, fill_mask
from nlpcore.models.errors import ModelUnsuitable
from nlpcore.recurrent import gate_extremes, read, read_characters, read_sentence
from nlpcore.tagging import compare, from_bio, repair, tag, token_accuracy
from nlpcore.words.projection import project
from nlpcore.words.projection_toys import map_toy
from nlpcore.words.projection_words import map_words


def test_an_option_is_one_of_its_words() -> None:
    check_option("colour", "red", Literal["red", "blue"])
    with pytest.raises(ValueError, match="colour is one of red, blue, not 'rde'"):
        check_option("colour", "rde", Literal["red", "blue"])


def test_one_word_is_not_its_letters() -> None:
    assert as_words("king") == ("king",) and as_words(word for word in ("a", "b")) == ("a", "b")


@pytest.mark.models
@pytest.mark.parametrize(
    ("function", "arguments", "wrong"),
    [
        (fill_mask, ("minilm-l6-mlm", "a [MASK]"), {"order": "certain"}),
        (tag, ("minilm-l6-ner", "Ana"), {"decoding": "viterbi"}),
        (tag, ("minilm-l6-ner", "Ana"), {"how": "discard"}),
        (repair, (["O", "I-PER"],), {"how": "discard"}),
        (from_bio, (["O", "I-PER"],), {"how": "discard"}),
        (repair, (["O"],), {"how": "discard"}),
        (project, (np.eye(8),), {"method": "umap"}),
        (project, (np.eye(8),), {"start": "spectral"}),
        (map_words, ("glove-6b-50d",), {"source": "lists"}),
        (map_toy, ("blobs that are not there",), {}),
        (attention_maps, ("minilm-l6", "a cat"), {"max_tokens": 2}),
    ],
)
def test_a_misspelt_option_is_refused(function: Any, arguments: tuple[Any, ...], wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=str(next(iter(wrong.values()), "blobs"))):
        function(*arguments, **wrong)


@pytest.mark.models
def test_a_network_of_another_architecture_is_refused() -> None:
    for function, model in ((read_sentence, "lstm-chars"), (read_characters, "lstm-imdb")):
        with pytest.raises(ModelUnsuitable, match=model):
            function(model, "a cat")


@pytest.mark.models
def test_flags_and_tokens_fit_what_they_are_of() -> None:
    maps = attention_maps("minilm-l6", "a cat")
    with pytest.raises(ValueError, match="1 flags for 4 tokens"):
        hide(maps, [True])
    with pytest.raises(ValueError, match="1 tokens for"):
        gate_extremes(read("lstm-imdb", "a fine film").trace, ["a"], None, "f")


@pytest.mark.models
def test_one_guess_is_one_word() -> None:
    (alone,), (listed,) = (
        fill_mask("minilm-l6-mlm", "a [MASK]", guesses=guess).fills for guess in ("paris", ["paris"])
    )
    assert alone.guesses == listed.guesses and [guess.token for guess in alone.guesses] == ["paris"]


def test_whole_numbers_lists_and_arrays_do_as_well_as_floats() -> None:
    assert renormalise(np.array([[1, 3], [0, 0]])).tolist() == [[0.25, 0.75], [0, 0]]
    assert renormalise([[1, 3]]).tolist() == [[0.25, 0.75]]
    assert np.exp(log_softmax([0.0, 0.0])[0]).tolist() == pytest.approx([0.5, 0.5])
    gold, found = np.array(["B-PER", "O", "B-LOC"]), np.array(["B-PER", "O", "O"])
    assert token_accuracy(gold, found) == pytest.approx(2 / 3)
    spans = from_bio(found)
    assert compare(gold, (span for span in spans)).strict == compare(gold.tolist(), spans).strict
    assert compare(gold, spans).strict.recall == 0.5


def test_token_ids_are_whole_numbers() -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        corrupt([101.5, 7.2], 0)  # type: ignore[list-item]
