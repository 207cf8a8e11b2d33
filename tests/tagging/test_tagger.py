"""The tagging trace against the model's own logits, and what learners type."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcore.errors import LearnerError
from nlpcore.tagging import Tagging, from_bio, illegal_transitions, repair, split_words, tag, tag_time_and_money
from nlpcore.tagging.second_head import second_head

TEXT = "Maria Silva flew to Hamburg, not Paris!"


def test_logits_and_probabilities_are_the_models_own(tiny_tagger: Any) -> None:
    import torch

    trace = tag(tiny_tagger, TEXT)
    encoded = tiny_tagger.tokenizer(TEXT, return_tensors="pt")
    with torch.no_grad():
        logits = tiny_tagger.network(**encoded).logits[0]
    assert [p.id for p in trace.pieces] == encoded["input_ids"][0].tolist()
    np.testing.assert_allclose(trace.logits, logits.numpy(), atol=1e-6)
    np.testing.assert_allclose(trace.probabilities, logits.double().softmax(-1).numpy(), atol=1e-7)
    np.testing.assert_allclose(trace.probabilities.sum(axis=1), 1.0, atol=1e-12)


@pytest.fixture
def cased_tagger(tiny_tagger: Any) -> Any:
    """The tiny tagger with a segment embedding for each way of writing a word."""
    import torch
    from transformers import BertConfig, BertForTokenClassification

    torch.manual_seed(0)
    config = BertConfig(**tiny_tagger.network.config.to_dict() | {"type_vocab_size": 4})
    network, told = BertForTokenClassification(config).eval(), tiny_tagger.config | {"capitals": True}
    return SimpleNamespace(**{**vars(tiny_tagger), "network": network, "config": told})


def test_a_model_that_reads_capitals_is_told_them_as_segments(cased_tagger: Any) -> None:
    import torch

    text = "Maria saw NATO"
    trace = tag(cased_tagger, text)
    segments = [1 if piece.word == 0 else 2 if piece.word == 2 else 0 for piece in trace.pieces]
    assert sum(segment == 2 for segment in segments) == 4  # n ##a ##t ##o
    ids = torch.tensor([[piece.id for piece in trace.pieces]])
    with torch.no_grad():
        outputs = cased_tagger.network(ids, token_type_ids=torch.tensor([segments]), output_hidden_states=True)
    np.testing.assert_allclose(trace.logits, outputs.logits[0].numpy(), atol=1e-5)
    second, small = tag_time_and_money(cased_tagger, text), tag_time_and_money(cased_tagger, text.lower())
    head = second_head(cased_tagger)
    assert second is not None and small is not None and head is not None
    np.testing.assert_allclose(second.logits, head.logits(outputs.hidden_states[1][0].numpy()), atol=1e-4)
    assert not np.allclose(second.logits, small.logits)


def check(trace: Tagging) -> None:
    """Everything that must hold whatever was typed."""
    assert len(trace.words) == len(trace.first_piece) == len(trace.tags) == len(trace.greedy) > 0
    assert trace.logits.shape == trace.probabilities.shape == (len(trace.pieces), len(trace.tag_names))
    for word in trace.words:
        assert trace.text[word.start : word.end] == word.text
    for row, word in zip(trace.first_piece, trace.words, strict=True):
        if row >= 0:
            assert trace.pieces[row].first and word.start <= trace.pieces[row].start <= word.end
    for piece in trace.pieces[1:-1]:
        assert 0 <= piece.start <= piece.end <= len(trace.text) and piece.word >= 0
    assert trace.pieces[0].word == trace.pieces[-1].word == -1
    for entity in trace.entities:
        assert trace.text[entity.start : entity.end] == entity.text and 0 <= entity.confidence <= 1
    assert trace.spans == from_bio(trace.tags, "none")
    places = [a + i.position for a, b in trace.lines for i in illegal_transitions(trace.greedy[a:b])]
    assert [i.position for i in trace.illegal] == places


def test_a_word_has_the_tag_of_its_first_piece(tiny_tagger: Any) -> None:
    trace = tag(tiny_tagger, TEXT)
    check(trace)
    hamburg = [w.text for w in trace.words].index("Hamburg")
    rows = [n for n, p in enumerate(trace.pieces) if p.word == hamburg]
    assert [trace.pieces[n].text for n in rows] == ["h", "##a", "##m", "##burg"]
    assert trace.first_piece[hamburg] == rows[0]
    assert trace.greedy[hamburg] == trace.tag_names[trace.probabilities[rows[0]].argmax()]


def test_greedy_is_repaired_and_legal_is_the_best_legal_sequence(tiny_tagger: Any) -> None:
    for text in (TEXT, "to flew paris a b c d", "x y z maria maria"):
        greedy, legal = tag(tiny_tagger, text), tag(tiny_tagger, text, decoding="legal")
        assert greedy.tags == repair(greedy.greedy, "begin") and legal.greedy == greedy.greedy
        assert not illegal_transitions(legal.tags)
        if not greedy.illegal:
            assert legal.tags == greedy.greedy
        check(legal)


@pytest.mark.parametrize("how", ["begin", "drop", "convert"])
def test_confidence_is_the_mean_probability_of_the_type(tiny_tagger: Any, how: Any) -> None:
    trace = tag(tiny_tagger, TEXT, how=how)
    for entity in trace.entities:
        n = range(entity.span.start, entity.span.end)
        both = [trace.tag_names.index(f"{prefix}-{entity.type}") for prefix in "BI"]
        p = [sum(trace.word_probabilities[i, k] for k in both) for i in n]
        assert entity.confidence == pytest.approx(sum(p) / len(p))


HARD = ["a", "?!…", "🙂 👩‍👩‍👧", "שלום maria عالم", "e\u0301te\u0301"]
HARD += ["<script>alert(1)</script>", "a\x00b\x07 c", "中文 in Paris", "x" * 3000]


@pytest.mark.parametrize("text", [*HARD, "\u0301", " ".join(["maria"] * 10_000)])
@pytest.mark.parametrize("decoding", ["greedy", "legal"])
def test_hard_input(tiny_tagger: Any, text: str, decoding: Any) -> None:
    check(tag(tiny_tagger, text, decoding=decoding))


@given(st.text(max_size=80))
@settings(max_examples=60, deadline=None)
def test_any_text_is_tagged_or_empty(tiny_tagger: Any, text: str) -> None:
    try:
        check(tag(tiny_tagger, text))
    except LearnerError as error:
        assert error.code == "empty_text"


def test_an_entity_ends_with_its_line(tiny_tagger: Any) -> None:
    """Two names below each other are two entities, whatever the network thinks of the second."""
    import torch

    texts = ("maria silva", "maria\nsilva", "maria \r\n\r\n silva")
    network = tiny_tagger.network
    inside = network.config.label2id["I-PER"]
    with torch.no_grad():
        before = network.classifier.bias.clone()
        network.classifier.bias[inside] = 60.0
        found = [[entity.text for entity in tag(tiny_tagger, text, decoding="legal").entities] for text in texts]
        greedy = [[entity.text for entity in tag(tiny_tagger, text).entities] for text in texts]
        network.classifier.bias.copy_(before)
    assert found == greedy == [["maria silva"], ["maria", "silva"], ["maria", "silva"]]


@pytest.mark.parametrize("decoding", ["greedy", "legal"])
@pytest.mark.parametrize("lines", [["maria silva", "paris"], ["flew to x", "a b c d e f g h i j k l m n", "paris"]])
@pytest.mark.parametrize("between", ["\n\n ", "\t", " \t\t "])
def test_each_line_is_read_as_if_it_stood_alone(
    tiny_tagger: Any, lines: list[str], decoding: Any, between: str
) -> None:
    alone = [tag(tiny_tagger, line, decoding=decoding, window=8) for line in lines]
    trace = tag(tiny_tagger, between.join(lines), decoding=decoding, window=8)
    np.testing.assert_allclose(trace.logits[1:-1], np.vstack([one.logits[1:-1] for one in alone]), atol=1e-5)
    assert trace.tags == tuple(name for one in alone for name in one.tags)
    assert [(e.type, e.text) for e in trace.entities] == [(e.type, e.text) for one in alone for e in one.entities]
    assert len(trace.illegal) == sum(len(one.illegal) for one in alone)
    assert [end - first for first, end in trace.lines] == [len(one.words) for one in alone]
    assert len(trace.windows) == sum(len(one.windows) for one in alone)
    second = tag_time_and_money(tiny_tagger, between.join(lines), window=8)
    seconds = [tag_time_and_money(tiny_tagger, line, window=8) for line in lines]
    assert second is not None and second.tags == tuple(name for one in seconds if one for name in one.tags)


@pytest.mark.models
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ana Pires\nBen Adeyemi", [("Ana Pires", "PER"), ("Ben Adeyemi", "PER")]),
        ("Angela Merkel\r\nBerlin", [("Angela Merkel", "PER"), ("Berlin", "LOC")]),
        ("Ana Pires\tBen Adeyemi\tCarla Diaz", [("Ana Pires", "PER"), ("Ben Adeyemi", "PER"), ("Carla Diaz", "PER")]),
        (
            "Ana Pires\tOslo\nBen Adeyemi\tParis",
            [("Ana Pires", "PER"), ("Oslo", "LOC"), ("Ben Adeyemi", "PER"), ("Paris", "LOC")],
        ),
    ],
)
def test_names_below_each_other_are_as_many_as_there_are_lines(ner: Any, text: str, expected: list[Any]) -> None:
    assert [(e.text, e.type) for e in tag(ner, text).entities] == expected


def test_what_was_cut_is_said(tiny_tagger: Any) -> None:
    trace = tag(tiny_tagger, "paris " * 300, max_pieces=64)
    assert len(trace.pieces) == 64 and len(trace.words) == 62
    assert [(n.code, dict(n.params)) for n in trace.notes] == [("cut_tokens", {"kept": 64, "given": 302})]
    codes = [n.code for n in tag(tiny_tagger, "a\x00 " * 5000).notes]
    assert codes == ["removed_characters", "cut_tokens"]
    codes = [n.code for n in tag(tiny_tagger, "a " * 10_001).notes]
    assert codes == ["cut_characters", "cut_tokens"]


@pytest.mark.parametrize("count", [5, 18, 19, 20, 37, 50, 133])
def test_a_long_text_is_read_in_windows_that_overlap(tiny_tagger: Any, count: int) -> None:
    import torch

    size = 20
    draws = np.random.default_rng(count)
    text = " ".join(draws.choice([*"abcdefghijk", "maria", "paris"], size=count))
    trace = tag(tiny_tagger, text, window=size)
    ids = [piece.id for piece in trace.pieces]
    assert len(ids) == count + 2 and (len(trace.windows) == 1) == (count <= size - 2)
    inner = torch.tensor(ids[1:-1])

    def read(start: int) -> np.ndarray:
        part = torch.cat([torch.tensor(ids[:1]), inner[start : start + size - 2], torch.tensor(ids[-1:])])
        with torch.no_grad():
            return np.asarray(tiny_tagger.network(part[None]).logits[0, 1:-1])

    every = {start: read(start) for start in range(max(1, count - size + 3))}  # the text read from each place
    for place in range(count):
        enough = min(
            (size - 2) // 4 - 1, place, count - 1 - place
        )  # a quarter of a window on both sides, where there is
        near = [
            rows[place - start] for start, rows in every.items()
            if min(place - start, place) >= enough and start + len(rows) - 1 - place >= enough
        ]  # fmt: skip
        assert any(np.allclose(trace.logits[place + 1], row, atol=1e-5) for row in near), place
    second = tag_time_and_money(tiny_tagger, text, window=size)
    assert second is not None and second.windows == trace.windows and second.text == trace.text == text


def test_what_is_not_read_is_not_in_the_text(tiny_tagger: Any) -> None:
    trace = tag(tiny_tagger, "maria " * 600 + "paid $5")
    second = tag_time_and_money(tiny_tagger, "maria " * 600 + "paid $5")
    assert second is not None and trace.text == second.text == "maria " * 507 + "maria"
    assert [note.code for note in trace.notes] == ["cut_tokens"]


def test_nothing_to_read_is_said(tiny_tagger: Any) -> None:
    for text in ("", "  \n ", "\x00\x07"):
        with pytest.raises(LearnerError) as caught:
            tag(tiny_tagger, text)
        assert caught.value.code == "empty_text"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mr. Smith’s U.S. trip didn't cost $1,000.50 (5%).",
         ["Mr.", "Smith", "’s", "U.S.", "trip", "did", "n't", "cost", "$", "1,000.50", "(", "5", "%", ")", "."]),
        ("O'Neill, the Franco-German AT&T man, can't.",
         ["O'Neill", ",", "the", "Franco-German", "AT&T", "man", ",", "ca", "n't", "."]),
        ("在Paris工作", ["在", "Paris", "工", "作"]),
        ("at 14:30 on 2024-05-01...", ["at", "14:30", "on", "2024-05-01", "..."]),
    ],
)  # fmt: skip
def test_words_are_split_as_in_conll(text: str, words: list[str]) -> None:
    assert [w.text for w in split_words(text)] == words


@given(st.text(max_size=60))
def test_every_visible_character_belongs_to_exactly_one_word(text: str) -> None:
    words = split_words(text)
    assert "".join(w.text for w in words) == "".join(text.split())
    assert all(text[w.start : w.end] == w.text for w in words)


@pytest.fixture(scope="module")
def ner() -> Any:
    from nlpcore.models import load

    return load("minilm-l6-ner")


@pytest.mark.models
def test_real_model_finds_what_the_lesson_says(ner: Any) -> None:
    def found(text: str, **options: Any) -> list[str]:
        return [f"{e.type} {e.text}" for e in tag(ner, text, **options).entities]

    text = "Milan lost to Porto, said coach Ana Pires in Milan."
    assert found(text) == ["ORG Milan", "ORG Porto", "PER Ana Pires", "LOC Milan"]
    ferry = "The Isle of Man Steam Packet Company carries cars to Ireland."
    assert [(i.previous, i.tag) for i in tag(ner, ferry).illegal] == [("B-LOC", "I-ORG")]
    assert found(ferry, decoding="legal") == ["ORG Isle of Man Steam Packet Company", "LOC Ireland"]
    us = "The US told us that Apple grows no apple in Turkey and eats no turkey."
    assert found(us) == ["LOC US", "ORG Apple", "LOC Turkey"]
    assert "LOC us" in found(us.lower()) and "ORG apple" not in found(us.lower())  # what capitals tell is lost


@pytest.mark.models
@pytest.mark.parametrize("before", [0, 10, 20, 21, 33, 45, 60])
def test_real_model_finds_an_entity_at_every_place_of_a_long_text(ner: Any, before: int) -> None:
    filler = "The sea was very calm. "
    text = (filler * before + "Ana lives in Paris. " + filler * (60 - before)).strip()
    trace, second = tag(ner, text), tag_time_and_money(ner, text)
    assert [e.text for e in trace.entities] == ["Ana", "Paris"] and trace.entities[1].type == "LOC"
    assert second is not None and second.text == trace.text == text and not trace.notes


@pytest.mark.models
def test_real_models_logits_are_the_networks_own(ner: Any) -> None:
    import torch

    text = "Agnieszka Wozniak of Bayern Leverkusen flew to Lagos"
    trace = tag(ner, text)
    encoded = ner.tokenizer(text, return_tensors="pt", return_offsets_mapping=True)
    starts = [text.rfind(" ", 0, int(start) + 1) + 1 if end else None for start, end in encoded["offset_mapping"][0]]
    initial = [start is not None and text[start].isupper() for start in starts]
    with torch.no_grad():
        logits = ner.network(encoded["input_ids"], token_type_ids=torch.tensor([initial]).long()).logits[0]
    np.testing.assert_allclose(trace.logits, logits.numpy(), atol=1e-5)
