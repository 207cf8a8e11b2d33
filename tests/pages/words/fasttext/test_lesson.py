"""The lesson's own tests; what holds for every lesson is tried in tests/pages, tests/e2e and tests/hostile."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pytest
from gensim.models.fasttext import compute_ngrams_bytes, ft_ngram_hashes
from hypothesis import given
from hypothesis import strategies as st

from app.formulas import faults
from app.lessons import lesson
from app.words import Words, read_tree
from nlpcore.words.fasttext import (
    NgramVectors,
    WordPair,
    compare_pair,
    overlaps,
    read_word,
    word_ngrams,
)
from nlpcore.words.fasttext_text import learn_ngrams
from nlpcore.words.texts import prepared
from nlpcore.words.word2vec_text import Learnt, learn_text
from pages.words.fasttext import charts, charts_near, formulas, questions, snippet
from pages.words.fasttext.shared import beginning, typed_words, vocabulary
from pages.words.fasttext.view_pairs import MOST_PAIRS, read_pairs
from tests.drawn import numbers
from tests.pages.asking import asks, give_up
from tests.pages.screen import figures, open_page, sound, text_of

LESSON = lesson("fasttext")
PRESETS = read_tree(LESSON.words)["presets"]
CORPUS, SHORTEST = {"en": "wikitext-2", "zh": "sanguo"}, {"en": 3, "zh": 1}
COMMON: dict[str, Any] = {
    "architecture": "skip_gram", "dimensions": 32, "window": 5, "negatives": 5, "sample": 1e-3, "at_least": 5, "epochs": 5,
    "rate": 0.1, "seed": 1,
}  # fmt: skip
words = st.text(st.characters(codec="utf-8", categories=["L"]), min_size=1, max_size=14)


@pytest.fixture(scope="module")
def w() -> Words:
    return Words(LESSON.words, "en")


@pytest.fixture(scope="module", params=["en", "zh"])
def learnt(request: pytest.FixtureRequest) -> tuple[str, NgramVectors, Learnt]:
    """What both models learn in the examples of a language."""
    language = request.param
    text = beginning(prepared(CORPUS[language]).lines, 1.0)
    run = learn_ngrams(text, 1000, **COMMON, shortest=SHORTEST[language], longest=6, buckets=20_000)
    return language, run.shown, learn_text(text, 1000, **COMMON).shown


def state_of(preset: str, language: str, control: str) -> str:
    found = PRESETS[preset]["state"][control]
    return str(found[language] if isinstance(found, dict) else found)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_has_a_picture(language: str) -> None:
    assert LESSON.thumbnail(language).exists(), "python -m tests.pages.screens fasttext"


# -- n-grams -----------------------------------------------------------------------------------------------------------


@given(words, st.integers(1, 4), st.integers(0, 4))
def test_the_question_and_the_formula_count_gensim_s_n_grams(word: str, least: int, more: int) -> None:
    cut = word_ngrams(word, least, least + more)
    count = len(compute_ngrams_bytes(word, least, least + more))
    if count:
        formula = formulas.count(cut, least, least + more)
        assert faults(formula) == [] and formula.lines[0].result == count
        assert faults(formulas.bucket(cut, 1000)) == []
        assert (
            formulas.bucket(cut, 1000).lines[0].steps[-1].terms[-1].value
            == ft_ngram_hashes(  # type: ignore[attr-defined]
                word, least, least + more, 1000
            )[0]
        )
    if question := questions.count(cut, least, least + more):
        assert question.answer.values["count"] == count  # type: ignore[union-attr]
        reason = Words(LESSON.words, "en")(question.because, **dict(question.values))
        assert (f"= **{count}**" if len(questions.by_length(cut)) > 1 else f": **{count}**") in reason


@pytest.mark.parametrize("word", ["i", "ab", "apple", "longest"])
@pytest.mark.parametrize("lengths", [(1, 1), (1, 6), (2, 4), (3, 6), (3, 8)])
def test_the_sum_in_symbols_is_that_of_the_numbers(word: str, lengths: tuple[int, int]) -> None:
    formula = formulas.count(word_ngrams(word, *lengths), *lengths)
    bounds = re.search(r"n=(\d+)\}\^\{(\d+)\}", str(formula.symbols))
    letters = len(word) if "N = L" in str(formula.symbols) else 0
    added = sum(len(word) + 3 - n for n in range(int(bounds[1]), int(bounds[2]) + 1)) if bounds else 0
    assert letters + added == formula.lines[0].result == len(compute_ngrams_bytes(word, *lengths))


def test_an_n_gram_in_a_formula_has_its_signs() -> None:
    assert formulas.piece("<ap") == r"\mathord{\lt}\text{ap}" and formulas.piece("le>") == r"\text{le}\mathord{\gt}"
    symbols = str(formulas.rows_of(word_ngrams("apple")).symbols)
    assert r"\mathbf{z}_{\mathord{\lt}\text{ap}}" in symbols and "{14}" in symbols and "·" not in symbols


def test_the_first_view_shows_the_shortest_alone_until_it_is_answered() -> None:
    app = sound(open_page("fasttext", {"lang": "en", "word": "apple"}))
    assert drawn_texts(app) == {"<ap", "app", "ppl", "ple", "le>"}
    give_up(app)
    assert drawn_texts(app) == {each.decode() for each in compute_ngrams_bytes("apple", 3, 6)}
    assert "14" in text_of(app) and "`<ap` begins a word, `app` may stand anywhere" in text_of(app)


@pytest.mark.parametrize(
    ("word", "said"), [("图书馆", "`<图` begins a word, `图` may"), ("i", "no n-gram from its inside")]
)
def test_the_signs_are_told_with_n_grams_of_the_word(word: str, said: str) -> None:
    app = sound(open_page("fasttext", {"lang": "en", "word": word}))
    give_up(app)
    assert said in text_of(app)


def drawn_texts(app: Any) -> set[str]:
    texts = [text for trace in figures(app)[0]["data"] for text in trace.get("text") or ()]
    return {text.replace("&lt;", "<").replace("&gt;", ">") for text in texts if not text.replace(",", "").isdecimal()}


def test_a_long_word_is_no_wall_of_cells(w: Words) -> None:
    cut = word_ngrams("donaudampfschifffahrtsgesellschaft")
    drawn = charts.ngrams_figure(cut, w).checked()
    columns = [charts.columns_of([each for each in cut.ngrams if len(each) == length]) for length in range(3, 7)]
    shapes = drawn.layout.shapes
    assert columns == sorted(columns, reverse=True) and columns[0] == charts.A_ROW > columns[-1] >= 4
    assert len(shapes) == sum(charts.ROWS * each - 1 for each in columns) < len(charts.ngram_rows(cut))
    assert all(-0.02 <= shape.x0 < shape.x1 <= charts.A_ROW + 0.02 for shape in shapes)
    hidden = [text for trace in drawn.data for text in trace.text or () if text.startswith("+")]
    assert sum(map(int, hidden)) == len(cut.ngrams) - len(shapes)


def test_what_is_typed_is_read_as_words_and_pairs() -> None:
    assert typed_words(" Apple, banana；苹果、x\ty ") == ("apple", "banana", "苹果", "x", "y")
    pairs, left = read_pairs("Driver river, one, a=b； c d e, x/y,, x/y")
    assert pairs == (("driver", "river"), ("a", "b"), ("x", "y")) and left == ["one", "c d e"]
    many, over = read_pairs(", ".join(f"a{n} b{n}" for n in range(9)))
    assert len(many) == MOST_PAIRS and len(over) == 9 - MOST_PAIRS


@given(st.lists(words, min_size=2, max_size=6, unique=True), st.integers(1, 3))
def test_the_pair_that_shares_most_is_found_by_looking_at_all(some: list[str], least: int) -> None:
    question = questions.most_alike(overlaps(some, least, 6), least, 6)
    sets = {word: set(compute_ngrams_bytes(word, least, 6)) for word in some}

    def share(one: str, other: str) -> float:
        return len(sets[one] & sets[other]) / max(1, len(sets[one] | sets[other]))

    pairs = list(itertools.combinations(some, 2))
    best = max(share(*pair) for pair in pairs)
    if question is None:
        assert len(pairs) < 3 or sum(share(*pair) == best for pair in pairs) > 1
    else:
        options = [(option.values["first"], option.values["second"]) for option in question.options]  # type: ignore[union-attr]
        assert share(*options[question.right]) == best
        assert [share(*each) for each in options].count(best) == 1


# -- what the examples say, in the text that they learn ---------------------------------------------------------------


def test_a_misspelt_word_comes_near_the_right_one(learnt: tuple[str, NgramVectors, Learnt]) -> None:
    language, vectors, other = learnt
    word = state_of("misspelt", language, "unknown")
    reading = read_word(vectors, word)
    near = [each.word for each in reading.neighbours]
    assert not reading.known and word not in other.words
    assert near[0] == "government" if language == "en" else "诸葛亮" in near[:3]


def test_a_piece_misleads(learnt: tuple[str, NgramVectors, Learnt]) -> None:
    language, vectors, _ = learnt
    word = state_of("ending", language, "unknown")
    neighbours = read_word(vectors, word).neighbours
    near = [each.word for each in neighbours]
    assert word not in vectors.words
    times = beginning(prepared(CORPUS[language]).lines, 1.0).split().count(word)
    assert times == (2 if language == "en" else 0), "as the note says"
    assert set(near) >= ({"worship", "ownership"} if language == "en" else {"火船", "火把"})
    assert language == "zh" or "ship" not in near
    if language == "zh":
        unlike = {each.word for each in neighbours if not each.shared}
        assert unlike >= {"小船", "水面"} and not any("车" in each for each in near), "as the note says"


def test_a_word_of_which_nothing_was_seen_has_neighbours_nevertheless(learnt: tuple[str, NgramVectors, Learnt]) -> None:
    language, vectors, _ = learnt
    reading = read_word(vectors, state_of("noise", language, "unknown"))
    assert reading.share_seen == 0 and not reading.known and reading.neighbours[0].cosine > 0.7
    assert all(near.shared == 0 for near in reading.neighbours)


def test_what_is_alike_comes_before_what_is_akin(learnt: tuple[str, NgramVectors, Learnt]) -> None:
    language, vectors, other = learnt
    pairs, _ = read_pairs(state_of("driver", language, "pairs"))
    found = [compare_pair(vectors, *pair, other.words, other.vectors) for pair in pairs]
    alike, akin = found[0], found[1]
    assert alike.rank is not None and akin.rank is not None and alike.rank < akin.rank
    if language == "en":
        assert len(alike.shared) == len(akin.shared), "as the note says"
    question = questions.best(found, len(vectors.words), 0)
    assert question is not None and question.right == [
        (option.values["first"], option.values["second"])
        for option in question.options  # type: ignore[union-attr]
    ].index(pairs[0])


def test_before_any_training_the_nearest_look_alike() -> None:
    for language in ("en", "zh"):
        text = beginning(prepared(CORPUS[language]).lines, 1.0)
        start = learn_ngrams(text, 0, **COMMON, shortest=SHORTEST[language], longest=6, buckets=20_000).shown
        near = read_word(start, state_of("untrained", language, "unknown")).neighbours
        first, share = ("football", 0.5) if language == "en" else ("诸葛", 0.3)
        assert near[0].word == first and near[0].shared == pytest.approx(share, abs=0.03)
        assert sum(each.shared == 0 for each in near) > 5


def test_the_defaults_of_the_third_view_have_a_question(learnt: tuple[str, NgramVectors, Learnt]) -> None:
    language, vectors, other = learnt
    pairs, left = read_pairs(str(read_tree(LESSON.words)["default"]["pairs"][language]))
    found = [compare_pair(vectors, *pair, other.words, other.vectors) for pair in pairs]
    question = questions.best(found, len(vectors.words), 0)
    assert not left and question is not None
    unknown = [pair for pair in found if not pair.known[0]]
    assert len(question.options) == len(unknown) >= 2
    ranks = {(pair.first, pair.second): pair.rank for pair in unknown}
    answer = question.answer.values  # type: ignore[union-attr]
    assert ranks[answer["first"], answer["second"]] == min(rank for rank in ranks.values() if rank)


def test_turkish_endings_outweigh_stems() -> None:
    found = overlaps(str(PRESETS["turkish"]["state"]["words"]).split())
    share = {(a, b): found.shares[i, j] for i, a in enumerate(found.words) for j, b in enumerate(found.words)}
    assert share["evlerimizden", "şehirlerimizden"] > 0.4 > 0.05 > share["ev", "evlerimizden"]


def test_apple_shares_n_grams_with_apply_and_none_with_pear() -> None:
    words = str(PRESETS["apply"]["state"]["words"]).split()
    found = overlaps(words)
    share = {(a, b): found.shares[i, j] for i, a in enumerate(words) for j, b in enumerate(words)}
    assert 0.3 > share["apple", "apply"] > 0.25 and share["apple", "pear"] == 0
    question = questions.most_alike(found, 3, 6)
    assert question is not None
    offered = [(each.values["first"], each.values["second"]) for each in question.options]  # type: ignore[union-attr]
    assert ("apple", "apply") in offered and offered[question.right] == ("apple", "apples")


def test_chinese_words_share_nothing_of_three_characters() -> None:
    school = str(PRESETS["chinese"]["state"]["words"]).split()
    for one, other in itertools.combinations(("学校", "学生", "校长"), 2):
        three = overlaps(school, 3, 6)
        assert three.shared[school.index(one), school.index(other)] == 0
    ones = overlaps(school, 1, 6)
    assert ones.shared[school.index("学校"), school.index("学生")] > 0


# -- vectors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["goverment", "government", "ships", "xqzt"])
def test_the_shares_of_a_vector_sum_to_one(word: str, learnt: tuple[str, NgramVectors, Learnt], w: Words) -> None:
    _, vectors, _ = learnt
    reading = read_word(vectors, word)
    shares, own = charts.shares(reading)
    assert float(shares.sum()) + own == pytest.approx(1, abs=1e-4)
    assert (own == 0) is not reading.known
    formula = formulas.mean(reading)
    assert formula is not None and faults(formula) == []
    place = int(np.abs(reading.vector).argmax())
    assert formula.lines[0].result == pytest.approx(float(reading.vector[place]), abs=1e-5)
    charts.parts_figure(reading, w).checked()
    drawn = charts_near.neighbours_figure(reading, w).checked()
    bars = [value for trace in drawn.data for value in trace.x if value is not None]
    assert sorted(bars) == pytest.approx(sorted(each.cosine for each in reading.neighbours))


def test_pairs_are_drawn_without_cosines_before_the_answer(w: Words) -> None:
    pair = WordPair("a", "b", (False, True), ("<a",), 0.25, 0.5, 3, None)
    hidden, shown = (charts_near.pairs_figure([pair], told, w).checked() for told in (False, True))
    assert [list(trace.x) for trace in hidden.data] == [[0.25]]
    assert [list(trace.x) for trace in shown.data] == [[0.25], [0.5], [0.0]]
    assert (
        "cosine" not in str(charts_near.pair_rows([pair], told=False))
        and "rank" in charts_near.pair_rows([pair], True)[0]
    )


def test_equals_and_single_pairs_are_not_asked_about() -> None:
    def pair(first: str, rank: int | None, known: bool = False) -> WordPair:
        return WordPair(first, "x", (known, True), (), 0.0, 0.0, rank, None)

    assert questions.best([pair("a", 1)], 9, 0) is None
    assert questions.best([pair("a", 1), pair("b", 1)], 9, 0) is None
    assert questions.best([pair("a", 1), pair("b", None)], 9, 0) is None
    question = questions.best([pair("a", 5), pair("b", 2), pair("c", 1, known=True)], 9, 0)
    assert question is not None and len(question.options) == 2 and question.right == 1
    question = questions.best([pair("a", 5), pair("c", 1, known=True)], 9, 0)
    assert question is not None and question.right == 1


@given(words, st.booleans(), st.integers(0, 20))
def test_who_has_a_vector(word: str, known: bool, ngrams: int) -> None:
    question = questions.who_knows(word, known, ngrams, 3, 5, 0)
    right = question.answer.key.rpartition(".")[2]  # type: ignore[union-attr]
    assert right == ("both" if known else "only" if ngrams else "neither")
    assert question.because == f"predict.who.because_{right}"


def test_the_beginning_of_a_text_is_whole_lines() -> None:
    lines = "国王 女王\n" * 10
    assert beginning(lines, 1.0) is lines
    cut = beginning(lines, 0.00005)
    assert cut and lines.startswith(cut + "\n") and len(cut.encode()) <= 50
    assert beginning("国" * 100, 0.00005) == "国" * 100, "one line is not cut"
    assert vocabulary("a b a b c", 2) == {"a", "b"}


def test_the_code_reads_the_same_text() -> None:
    for size in (None, 100_000):
        names: dict[str, Any] = {}
        exec(snippet.reading("wikitext-2", size), names)
        expected = prepared("wikitext-2").lines if size is None else beginning(prepared("wikitext-2").lines, 0.1)
        assert names["lines"] == expected
    assert "prepare(decoded(" in snippet.reading(None, 5)
    for code in (
        snippet.unknown("x", 3, COMMON, snippet.reading("sanguo", 5)),
        snippet.pairs((("a", "b"),), 3, {"shortest": 3}, COMMON, snippet.reading(None, None)),
    ):
        compile(code, "the page", "exec")
    exec(snippet.ngrams("cat", 3, 6, 100) + snippet.overlap(("cat", "cats"), 3, 6), {})


# -- the page ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("preset", PRESETS)
def test_every_example_draws_its_figure_and_answers_its_question(language: str, preset: str) -> None:
    app = sound(open_page("fasttext", {"lang": language, "preset": preset}))
    assert len(figures(app)) >= 1 and asks(app)
    give_up(app)
    assert not asks(app) and len(figures(app)) >= 1


def test_nothing_is_trained_before_the_answer_and_a_link_names_the_steps() -> None:
    app = sound(open_page("fasttext", {"lang": "en", "view": "unknown", "steps": "2"}))
    assert asks(app) and "Steps: **2**" not in text_of(app)
    give_up(app)
    assert "Steps: **2**" in text_of(app)
    text = beginning(prepared("wikitext-2").lines, 1.0)
    shown = learn_ngrams(text, 2, **COMMON, shortest=3, longest=6, buckets=20_000).shown
    bars = [trace for trace in figures(app)[0]["data"] if trace["type"] == "bar"]
    drawn = sorted(value for trace in bars for value in numbers(trace["x"]).tolist() if value == value)
    assert drawn == pytest.approx(sorted(each.cosine for each in read_word(shown, "goverment").neighbours), abs=1e-6)
    assert "Word2Vec has no vector for it" in " ".join(str(each.value) for each in app.info)


@pytest.mark.parametrize(("steps", "said"), [(0, "trained yet"), (1, "All cosines are near 1"), (90, "of the n-grams")])
def test_early_vectors_that_all_point_one_way_are_told(steps: int, said: str) -> None:
    app = sound(open_page("fasttext", {"lang": "en", "view": "unknown", "unknown": "the", "steps": str(steps)}))
    give_up(app)
    assert said in text_of(app)
    if steps:
        assert "the word itself, `<th`, `<the` …" in text_of(app)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"word": " , "}, "Type a word"),
        ({"word": "two words"}, "the first"),
        ({"word": "a", "least": "4"}, "has no n-gram of 4"),
        ({"view": "pairs", "pairs": "alone"}, "Type two words"),
        ({"view": "pairs", "pairs": "a b, alone"}, "A pair has two words"),
        ({"view": "long", "words": "one"}, "two words or more"),
        ({"view": "long", "words": "a b c d e f g h i"}, "9 words were typed"),
        ({"view": "unknown", "unknown": "ø", "least": "4"}, "its vector is zero"),
        ({"view": "unknown", "unknown": "the", "steps": "1"}, "both have learnt it"),
    ],
)
def test_what_is_typed_gets_a_sentence(state: dict[str, str], said: str) -> None:
    app = sound(open_page("fasttext", {"lang": "en", **state}))
    if asks(app) and said not in text_of(app):
        give_up(app)
    told = text_of(app) + " ".join(str(each.value) for each in [*app.warning, *app.caption, *app.info])
    assert said in told
