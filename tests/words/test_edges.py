"""Tables of word vectors at the edges: how near a spelling must be, how many words a field takes, what has no direction."""

from __future__ import annotations

import difflib
from itertools import islice, product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nlpcore.errors import LearnerError
from nlpcore.words import WordVectors, analogy_input
from nlpcore.words.analogy import solve
from nlpcore.words.analogy_evaluation import AnalogyScores, SectionScore, evaluate, google_test
from nlpcore.words.analogy_plane import parallelogram
from nlpcore.words.projection import MapSettings
from nlpcore.words.projection_words import word_map
from nlpcore.words.table import top_rows
from nlpcore.words.vectors import load_vectors, read_folder
from tests.makers.words import random_vectors


def table(words: str, vectors: Any = None) -> WordVectors:
    found = tuple(words.split())
    rng = np.random.default_rng(0)
    made = rng.normal(size=(len(found), 6)) if vectors is None else vectors
    return WordVectors("made", found, np.asarray(made, np.float32))


@pytest.mark.parametrize("typed", ["vectro", "vec", "vector", "vectorises", "rotcev", "wector", "VECTRO", "vxctxr"])
def test_close_spellings_are_those_of_difflib_of_about_the_same_length(typed: str) -> None:
    vectors = table("vector vectors vectored vectorise victor sector doctor rector vet v vecto")
    low = typed.lower()
    near = [word for word in vectors.words if abs(len(word) - len(low)) <= 2]
    half = [word for word in near if 2 * len(set(low) & set(word)) > len(set(low))]
    wanted = tuple(difflib.get_close_matches(low, half, n=3, cutoff=0.72))
    assert vectors.close_spellings(typed) == wanted
    assert vectors.close_spellings(typed, 1) == wanted[:1]


def test_a_spelling_is_looked_for_among_the_60_000_most_frequent_words() -> None:
    words = (*(f"{n:05d}zz" for n in range(59_999)), "vector", "vectors")
    vectors = WordVectors("made", words, np.zeros((len(words), 2), np.float32))
    assert vectors.close_spellings("vectro") == ("vector",)


def test_a_long_word_is_compared_by_its_beginning() -> None:
    word = "a" * 20 + "b" * 20
    vectors = table(f"{word} {word}bbb")
    assert vectors.close_spellings(word + "c" * 100) == (word,)


@pytest.mark.parametrize("count", [1, 5, 6, 7])
def test_a_field_takes_five_words(count: int) -> None:
    vectors = random_vectors(20)
    words, notes = analogy_input.read_words(vectors, " ".join(f"w{n}" for n in range(count)))
    assert words == tuple(f"w{n}" for n in range(min(count, 5)))
    said = {note.code: dict(note.params) for note in notes}
    if count > 5:
        assert said == {"cut_words": {"kept": 5, "given": count}}
    elif count > 1:
        assert said == {"several_words": {"given": " ".join(words), "count": count}}
    else:
        assert said == {}
    assert not analogy_input.read_words(vectors, "w1, w2")[1], "what is listed is meant to be several"


@pytest.mark.parametrize(
    ("typed", "found", "said"),
    [
        ("国\U000e0100王", "国王", ""), ("国王\ufe00", "国王", ""), ("國\U000e0101王", "国王", "read_as_simplified"),
        ("ﬁne", "fine", ""), ("𝐤𝐢𝐧𝐠", "king", ""), ("−5", "-5", ""), ("e‑mail", "e-mail", ""),
        ("ｋｉｎｇ", "king", ""), ("Ｋｉｎｇ", "king", "folded_case"), ("ｕ．ｓ．", "u.s.", ""), ("３Ｄ", "3d", "folded_case"),
        ("king\ufe0f", "king", ""), ("king\u2800", "king", ""), ("\ufffcking", "king", "removed_invisible"),
        ("＋", "＋", ""), ("＂king＂", "king", ""),
    ],
)  # fmt: skip
def test_a_word_is_found_whatever_shape_its_characters_were_typed_in(typed: str, found: str, said: str) -> None:
    words, notes = analogy_input.read_words(table("国王 king u.s. 3d + ＋ fine -5 e-mail"), typed)
    assert words == (found,)
    assert [note.code for note in notes if "invisible" not in note.code or "invisible" in said] == (
        [said] if said else []
    )


@pytest.mark.parametrize("typed", ["w1 - w2", "w1 – w2", "w1 − w2", "w1−w2"])
def test_a_dash_in_a_field_takes_nothing_away_and_it_is_said_that_both_are_added(typed: str) -> None:
    words, notes = analogy_input.read_words(table("w1 w2 - – −"), typed)
    assert words == ("w1", "w2")
    assert [(note.code, dict(note.params)) for note in notes] == [("several_words", {"given": typed, "count": 2})]


def test_the_plane_shows_the_expected_word_and_three_answers() -> None:
    vectors = random_vectors(30)
    found = analogy_input.answer(vectors, "w1", "w2", "w3", "w9", k=10)
    best = [word for word, _ in found.trace.ranking(True)[:3]]
    shown = [name for name, role in zip(found.plane.labels, found.plane.roles, strict=True) if role == "word"]
    assert shown == list(dict.fromkeys(["w9", *best]))
    without = analogy_input.answer(vectors, "w1", "w2", "w3", k=10)
    assert without.plane.labels[4:] == tuple(best) and without.trace.expected is None


@pytest.mark.parametrize(
    ("languages", "typed", "code"),
    [(("en",), "猫", "word_other_language"), (("zh",), "qqqq", "word_other_language"),
     (("en",), "qqqq", "word_unknown"), (("zh",), "猫", "word_unknown"), (("en",), "a猫", "word_other_language")],
)  # fmt: skip
def test_a_word_of_a_language_that_the_table_does_not_hold(languages: tuple[str, ...], typed: str, code: str) -> None:
    model: Any = SimpleNamespace(
        network=random_vectors(20), entry=SimpleNamespace(kind="word-vectors", languages=languages)
    )
    with pytest.raises(LearnerError) as caught:
        analogy_input.work_out(model, typed, "w1", "w2")
    assert caught.value.code == code and caught.value.params["word"] == typed


def test_a_sum_of_no_length_has_no_direction_and_a_short_one_has() -> None:
    vectors = table("a b", [[1, 0], [1, 1e-4]])
    assert solve(vectors, ["a"], ["b"]).length == pytest.approx(1e-4, rel=1e-2)
    with pytest.raises(LearnerError, match="no_direction"):
        solve(vectors, ["a"], ["a"])
    with pytest.raises(LearnerError, match="no_word_added"):
        solve(vectors, [], ["a"])


def test_the_places_of_the_expected_word_alone_are_those_among_each_words_neighbours() -> None:
    vectors = random_vectors(40)
    trace = solve(vectors, ["w1", "w2"], ["w3"], expected="w7")
    places = [[word for word, _ in vectors.nearest(word, 39)].index("w7") + 1 for word in ("w1", "w2")]
    assert trace.ranks_alone == tuple(places)
    assert solve(vectors, ["w1", "w2"], ["w3"], expected="w1").ranks_alone[0] == 0
    assert solve(vectors, ["w1"], ["w3"]).ranks_alone == ()
    assert solve(vectors, ["w1"], expected="w1").rank_without_inputs is None


def test_corners_in_one_line_and_in_one_place_are_drawn_all_the_same() -> None:
    vectors = table("a b c d", [[1, 0, 0], [1, 0, 0], [1, 0, 0], [0, 0, 1]])
    found = parallelogram(vectors, "a", "b", "c", ["d"])
    assert found.points.shape == (5, 2) and np.isfinite(found.points).all()
    np.testing.assert_allclose(found.residuals, 0, atol=1e-6)
    assert found.parallel[[0, 1, 2, 3]].tolist() == [0, 0, 0, 0], "steps of no length are parallel to nothing"
    np.testing.assert_allclose(found.drawn_distances, found.distances, atol=1e-6)
    lone = parallelogram(vectors, "a", (), "d")
    assert lone.labels == ("a", "0", "d", "") and lone.distances[3] == 0


@pytest.mark.parametrize(("scores", "k", "wanted"), [([3.0, 1, 2], 0, []), ([3.0, 1, 2], 3, [0, 2, 1]),
                                                     ([1.0, 1, 1], 2, [0, 1]), ([], 2, []), ([1.0, 2], 9, [1, 0])])  # fmt: skip
def test_top_rows_at_the_ends(scores: list[float], k: int, wanted: list[int]) -> None:
    assert top_rows(np.array(scores, np.float32), k) == wanted


def test_as_many_neighbours_as_there_are_and_none_of_the_excluded() -> None:
    vectors = random_vectors(6)
    assert len(vectors.nearest("w0", 5)) == 5 and len(vectors.nearest("w0", 6)) == 5
    found = vectors.nearest_to("w0", 3, exclude=(0, 1))
    everyone = [n for n in vectors.nearest_to("w0", 6) if n.word not in ("w0", "w1")]
    assert list(found) == everyone[:3]
    assert vectors.nearest_to("w0", 1)[0].word == "w0"
    assert not vectors.cosines(np.zeros(12)).any()


def test_scores_count_syntactic_sections_apart_and_nothing_asked_is_no_number() -> None:
    question = ("a", "b", "c", "d")
    right = SectionScore("gram1", (question,), ("d",), ("c",), 2)
    wrong = SectionScore("capital", (question, question), ("x", "d"), ("d", "d"), 0)
    both = AnalogyScores((right, wrong))
    assert right.syntactic and not wrong.syntactic and not SectionScore("my-gram", (), (), (), 0).syntactic
    assert both.accuracy() == pytest.approx(2 / 3) and both.accuracy(False) == pytest.approx(2 / 3)
    assert both.accuracy(syntactic=True) == 1 and both.accuracy(syntactic=False) == 0.5
    assert both.accuracy(False, True) == 0 and both.echoes() == pytest.approx(1 / 3)
    assert np.isnan(AnalogyScores(()).accuracy()) and np.isnan(AnalogyScores(()).echoes())


def test_only_the_first_words_are_known_where_that_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "questions.txt"
    path.write_text("# a comment\n: one\nw0 w1 w2 w3\nw0 W1 w2 w4\nw0 w1 w2 nobody\n\n: none\n", "utf-8")
    (all_of_them, none), (four, _), (three, _) = (
        evaluate(random_vectors(9), path, first).sections for first in (None, 4, 3)
    )
    assert (len(all_of_them.questions), all_of_them.skipped) == (2, 1)
    assert (len(four.questions), four.skipped) == (1, 2) and four.questions == (("w0", "w1", "w2", "w3"),)
    assert (len(three.questions), three.skipped) == (0, 3)
    assert (none.name, none.questions, none.predicted) == ("none", (), ())
    for text in ("w0 w1 w2 w3\n", ": one\nw0 w1 w2\n"):
        path.write_text(text, "utf-8")
        with pytest.raises(ValueError, match="neither a section nor a question"):
            evaluate(random_vectors(9), path)


def test_a_gensim_without_its_test_data_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    place = tmp_path / "gensim" / "test" / "test_data"
    place.mkdir(parents=True)
    spec = SimpleNamespace(origin=str(tmp_path / "gensim" / "__init__.py"))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: spec if name == "gensim" else None)
    with pytest.raises(LearnerError, match="google_test_missing"):
        google_test()
    (place / "questions-words.txt").touch()
    assert google_test() == place / "questions-words.txt"
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(LearnerError, match="google_test_missing"):
        google_test()


def test_the_first_kind_of_word_list_is_read_and_its_lack_is_said(tmp_path: Path) -> None:
    np.save(tmp_path / "vectors.npy", np.eye(2, dtype=np.float32))
    with pytest.raises(FileNotFoundError, match=r"\.parquet or \.txt or \.json"):
        read_folder(tmp_path, "made")
    (tmp_path / "b.json").write_text('["from", "json"]')
    assert read_folder(tmp_path, "made").words == ("from", "json")
    (tmp_path / "a.txt").write_text("from\ntext\n")
    assert read_folder(tmp_path, "made").words == ("from", "text")
    assert isinstance(read_folder(tmp_path, "made").vectors, np.memmap)


@pytest.mark.models
def test_a_model_of_another_kind_is_no_table() -> None:
    with pytest.raises(ValueError, match="lstm-chars is no table"):
        load_vectors("lstm-chars")


@pytest.mark.parametrize(("count", "shown"), [(4, 5), (5, 5), (6, 6), (5000, 30)])
def test_a_map_has_at_least_five_words_and_at_most_all(count: int, shown: int) -> None:
    words = tuple(chr(97 + n // 26) + chr(97 + n % 26) for n in range(30))
    vectors = WordVectors("made", words, np.random.default_rng(0).normal(size=(30, 6)).astype(np.float32))
    found = word_map(vectors, "en", "frequency", count=count, settings=MapSettings("pca"))
    assert found.words == words[:shown] and found.ranks.tolist() == list(range(1, shown + 1))
    later = word_map(vectors, "en", "frequency", count=5, first=3, settings=MapSettings("pca"))
    assert later.words == words[2:7] and later.ranks[0] == 3
    around = word_map(vectors, "en", "around", text="ac", count=6, settings=MapSettings("pca"))
    assert around.words == ("ac", *(word for word, _ in vectors.nearest("ac", 5)))
    assert around.index("AC") == 0
    near = around.closeness("ac", around.words[1])
    assert near.original_rank == 1 and near.others == 5


def test_neighbours_of_a_word_are_looked_for_among_the_50_000_most_frequent() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = tuple("".join(four) for four in islice(product(letters, repeat=4), 50_001))
    vectors = np.zeros((50_001, 2), np.float32)
    vectors[:, 1] = 1
    vectors[[0, 49_999, 50_000]] = [[1, 0], [1, 0.1], [1, 0.05]]
    found = word_map(
        WordVectors("made", words, vectors), "en", "around", text=words[0], count=5, settings=MapSettings("pca")
    )
    assert found.words[:2] == (words[0], words[49_999]) and words[50_000] not in found.words
