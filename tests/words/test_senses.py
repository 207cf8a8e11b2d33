"""A word's points by layer: the hidden states that transformers gives out, scikit-learn's silhouette and PCA."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_samples, silhouette_score
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.preprocessing import normalize

from nlpcore.errors import LearnerError
from nlpcore.models import load
from nlpcore.models.store import store
from nlpcore.words.senses import LONGEST_LABEL, MOST, Line, Senses, compare_senses, places, read_lines, spread

BANKS = "river: We sat on the bank.\nriver: A Bank of mud.\nmoney: The bank lends.\nmoney: He robbed a bank in London."
APPLES = "水果：她吃了一个苹果。\n水果：苹果熟了。\n公司：苹果公司的股票。\n公司：他在苹果上班。"
MODELS = (("minilm-l6", "bank", BANKS), ("minilm-l6-mlm", "bank", BANKS), ("bert-mini-zh", "苹果", APPLES))


@pytest.fixture(scope="module", params=MODELS, ids=lambda each: each[0])
def trace(request: pytest.FixtureRequest) -> tuple[str, Senses]:
    model, word, text = request.param
    return model, compare_senses(model, word, text)


@pytest.mark.models
def test_the_points_are_the_hidden_states_of_transformers(trace: tuple[str, Senses]) -> None:
    from transformers import AutoModel

    model_id, found = trace
    loaded = load(model_id)
    network = loaded.network.base_model
    if model_id == "minilm-l6":
        network = AutoModel.from_pretrained(store().folder(model_id), local_files_only=True).eval()
    for i, sentence in enumerate(found.sentences):
        encoded = loaded.tokenizer(sentence, return_tensors="pt")
        with torch.inference_mode():
            states = network(**encoded, output_hidden_states=True).hidden_states
        pieces = loaded.tokenizer.convert_ids_to_tokens(encoded["input_ids"][0])
        start = next(n for n in range(len(pieces)) if tuple(pieces[n : n + len(found.pieces)]) == found.pieces)
        own = [layer[0, start : start + len(found.pieces)].mean(dim=0).numpy() for layer in states]
        np.testing.assert_allclose(found.points[:, i], np.stack(own), atol=1e-4)
    ids = loaded.tokenizer.convert_tokens_to_ids(list(found.pieces))
    table = network.get_input_embeddings().weight.detach().numpy()
    np.testing.assert_allclose(found.static, table[ids].mean(axis=0), atol=1e-6)
    assert found.layers == network.config.num_hidden_layers and found.senses[0] == found.senses[1] != found.senses[2]


@pytest.mark.models
def test_silhouette_cosines_and_plane_are_those_of_scikit_learn(trace: tuple[str, Senses]) -> None:
    _, found = trace
    for layer, points in enumerate(found.points):
        expected = silhouette_score(points, found.senses, metric="cosine")
        assert found.by_layer[layer] == pytest.approx(expected, abs=1e-9)
        np.testing.assert_allclose(found.cosines[layer], cosine_similarity(points), atol=1e-9)
        plane = PCA(n_components=2)
        flat = plane.fit_transform(normalize(points))
        np.testing.assert_allclose(np.abs(found.flat[layer]), np.abs(flat), atol=1e-6)
        assert found.kept[layer] == pytest.approx(plane.explained_variance_ratio_.sum())
    turned = (found.flat[1:] * found.flat[:-1]).sum(axis=1)
    assert (turned >= 0).all(), "no layer is mirrored against the one before"


@given(
    st.lists(st.sampled_from(["", "a", "b", "c"]), min_size=1, max_size=12),
    st.integers(0, 1000),
)
def test_silhouettes_of_any_points(senses: list[str], seed: int) -> None:
    points = np.random.default_rng(seed).normal(size=(len(senses), 3))
    own, other, told = spread(cosine_similarity(points), senses)
    rows = [i for i, sense in enumerate(senses) if sense]
    names = [senses[i] for i in rows]
    if not 2 <= len(set(names)) < len(names):
        assert np.isnan(np.stack([own, other, told])).all()
        return
    np.testing.assert_allclose(told[rows], silhouette_samples(points[rows], names, metric="cosine"), atol=1e-7)
    assert np.isnan(told[[i for i, sense in enumerate(senses) if not sense]]).all()
    alone = [i for i in rows if names.count(senses[i]) == 1]
    assert (told[alone] == 0).all() and (other[rows] >= -1e-9).all() and (own[alone] == 0).all()


def test_points_that_are_all_one_are_not_apart() -> None:
    _, _, told = spread(np.ones((4, 4)), ["a", "a", "b", "b"])
    assert told.tolist() == [0, 0, 0, 0], "as a static vector's are"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("river: the bank", ("river", "the bank")),
        ("  money ： the bank  ", ("money", "the bank")),
        ("a | the bank: closed", ("a", "the bank: closed")),
        ("the bank", ("", "the bank")),
        ("the bank: closed", ("", "the bank: closed")),
        (": the bank", ("", ": the bank")),
        ("river:", ("", "river:")),
        ("river: the shore", ("river", "the shore")),
        (f"{'x' * LONGEST_LABEL}: a bank", ("x" * LONGEST_LABEL, "a bank")),
        (f"{'x' * (LONGEST_LABEL + 1)}: a bank", ("", f"{'x' * (LONGEST_LABEL + 1)}: a bank")),
    ],
)
def test_what_stands_before_a_colon_is_the_sense(line: str, expected: tuple[str, str]) -> None:
    assert read_lines(f"\n \n{line}\n", "bank") == (Line(1, *expected),)


@pytest.mark.parametrize(
    ("sentence", "word", "expected"),
    [
        ("The bank, a Bank.", "bank", [4, 12]),
        ("banks embank bank_ bank2", "bank", []),
        ("bank's end", "bank", [0]),
        ("苹果和红苹果", "苹果", [0, 4]),
        ("用iPhone打电话", "iphone", [1]),
        ("a (c++) b", "c++", [3]),
        ("nothing", "", []),
    ],
)
def test_where_a_word_stands(sentence: str, word: str, expected: list[int]) -> None:
    if word == "iphone":  # a letter beside a Chinese character is a letter of another word to the pattern
        assert places(sentence, word) in ([], expected)
    else:
        assert places(sentence, word) == expected


@pytest.mark.models
def test_what_is_left_out_is_said() -> None:
    text = "a: The bank.\nb: No such word.\nA bank by a bank.\n" + "c: One bank.\n" * MOST
    found = compare_senses("minilm-l6", " Bank ", text)
    assert found.numbers == (1, *range(3, MOST + 1)) and found.senses[1] == ""
    told = {note.code: dict(note.params) for note in found.notes}
    assert told["sense_lines_cut"] == {"given": MOST + 3, "kept": MOST}
    assert told["sense_left_out"] == {"word": "Bank", "numbers": "2"}
    assert told["sense_word_again"] == {"word": "Bank", "numbers": "3"}
    assert found.told == ("a", "c") and found.comparable


@pytest.mark.models
def test_one_sentence_has_a_point_and_nothing_to_be_apart_from() -> None:
    found = compare_senses("minilm-l6", "bank", "river: The bank.")
    assert found.points.shape[:2] == (7, 1) and found.flat.shape == (7, 1, 2)
    assert not found.flat.any() and (found.kept == 1).all() and (found.cosines == 1).all()
    assert np.isnan(found.silhouettes).all() and np.isnan(found.by_layer).all() and not found.comparable
    same = compare_senses("minilm-l6", "bank", "a: The bank.\nb: The bank.\nA bank.")
    assert same.comparable is False, "each sense has one sentence"
    np.testing.assert_allclose(same.cosines[:, 0, 1], 1)
    np.testing.assert_allclose(same.kept, 1, atol=1e-9)


@pytest.mark.models
@pytest.mark.parametrize(
    ("word", "text", "code"),
    [("", "a bank", "sense_no_word"), ("bank", " \n ", "empty_text"), ("bank", "a: the shore", "sense_word_absent")],
)
def test_what_cannot_be_looked_for(word: str, text: str, code: str) -> None:
    with pytest.raises(LearnerError) as raised:
        compare_senses("minilm-l6", word, text)
    assert raised.value.code == code


@pytest.mark.models
@pytest.mark.parametrize(
    "text", ["The bank.", "a: The bank.\na: A bank.", "a: The bank.\nb: A bank.", "The bank.\nA bank."]
)
def test_fewer_than_two_senses_have_no_silhouette(text: str) -> None:
    found = compare_senses("minilm-l6", "bank", text)
    assert not found.comparable and np.isnan(found.by_layer).all() and np.isfinite(found.flat).all()


@pytest.mark.models
def test_traditional_characters_are_read_as_the_model_learned_them() -> None:
    found = compare_senses("bert-mini-zh", "蘋果", "水果：蘋果熟了。\n公司：他買了蘋果的股票。")
    assert found.word == "苹果" and found.sentences[0] == "苹果熟了。" and len(found.pieces) == 2
