"""The questions' answers come out of the trace."""

import numpy as np
import pytest

from nlpcore.recurrent import read_characters, read_sentence
from pages.sequences.lstm_gates.questions import (
    change_at,
    closing_gate,
    expected_options,
    pause_step,
    surest_step,
    turning_step,
)


@pytest.mark.parametrize(
    ("text", "token"),
    [("not a good film , but bad .", "but"), ("it is n't very good", "n't"), ("the film was not bad", "not")],
)
def test_the_first_turning_word_after_the_start_is_asked_about(sentiment, text, token):
    reading = read_sentence(sentiment, text)
    assert reading.tokens[turning_step(reading)] == token


def test_without_turning_words_the_largest_change_is(sentiment):
    reading = read_sentence(sentiment, "the film was very good and i do it")
    step = turning_step(reading)
    assert abs(reading.positive[step] - reading.positive[step - 1]) == np.abs(np.diff(reading.positive)).max()
    assert turning_step(read_sentence(sentiment, "film")) is None


def test_change_has_the_sign_of_the_difference(sentiment):
    reading = read_sentence(sentiment, "the film was very good and bad .")
    for step in range(1, len(reading.tokens)):
        change = reading.positive[step] - reading.positive[step - 1]
        assert change_at(reading, step, least=0) == np.sign(change)
        assert change_at(reading, step, least=1) == 0


def test_closing_gate_is_the_one_with_the_largest_fall(sentiment):
    reading = read_sentence(sentiment, "the film was good , but i do n't . very")
    step = pause_step(reading)
    assert reading.tokens[step] == "."
    gate, shifts = closing_gate(reading, step, least=0)
    falls = {
        name: getattr(reading.trace, name)[step].mean() - np.delete(getattr(reading.trace, name), step, 0).mean()
        for name in "ifo"
    }
    lowest = min(falls, key=falls.get)
    assert gate == (lowest if falls[lowest] < 0 else None)
    assert {shift.gate: shift.change for shift in shifts} == pytest.approx(falls)
    assert closing_gate(reading, step, least=1)[0] is None
    assert pause_step(read_sentence(sentiment, "good film")) is None
    assert pause_step(read_sentence(sentiment, ". film")) is None


def test_characters_offer_the_most_probable_one_among_others(characters):
    reading = read_characters(characters, "a good film")
    step = surest_step(reading)
    assert reading.signal[step] == reading.signal[:-1].min()
    options = expected_options(reading, step)
    assert len(set(options)) == 4
    assert reading.next(step, 1)[0][0] in options
    assert surest_step(read_characters(characters, "a")) == 0
    assert reading.tokens[pause_step(reading)] == " "
