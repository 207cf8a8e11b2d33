"""Scores of translations, and whether attention looks at the right word, on networks whose answers are known."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchmetrics.functional.text import chrf_score, sacre_bleu_score

from nlpcore.intervals import wilson
from nlpcore.training import translation_quality as quality
from nlpcore.training.corpora import Pair
from nlpcore.translation import BEGIN, END, PAD
from nlpcore.translation.pieces import trained_tokenizer

WANTED = ["我喜欢喝茶。", "汤姆昨天去了学校。", "狗在哪里？", "他的书在桌子上。"]
GIVEN = ["我喜欢茶。", "汤姆昨天去学校了。", "狗在哪里？", "她的猫在桌子下。"]


def test_scores_are_those_of_torchmetrics_and_a_perfect_translation_has_100() -> None:
    found = quality.corpus_scores(GIVEN, WANTED)
    references = [[text] for text in WANTED]
    chrf = chrf_score(GIVEN, references, n_char_order=6, n_word_order=0)
    bleu = sacre_bleu_score(GIVEN, references, tokenize="zh")
    assert found["chrf"] == pytest.approx(100 * float(chrf), abs=0.01)
    assert found["bleu"] == pytest.approx(100 * float(bleu), abs=0.01)
    for name in ("chrf", "bleu"):
        low, high = found[f"{name}_interval"]
        assert 0 <= low < found[name] < high <= 110  # four sentences: a wide interval
    perfect = quality.corpus_scores(WANTED, WANTED)
    assert (perfect["chrf"], perfect["bleu"]) == pytest.approx((100, 100))
    assert perfect["chrf_interval"] + perfect["bleu_interval"] == pytest.approx([100] * 4)


@pytest.mark.parametrize(
    ("start", "word"), [(0, "the"), (4, "dog"), (5, ""), (7, ""), (8, "s"), (10, "barked"), (16, ""), (17, "")]
)
def test_whole_words_are_found_at_their_beginning_alone(start: int, word: str) -> None:
    assert quality.whole_word("The Dog's barked.", start) == word


PAIRS = [
    Pair("Dog", "狗。"),
    Pair("Tea please", "请茶。"),
    Pair("A cat", "一猫。"),
]


class Dictionary(nn.Module):
    """Writes one Chinese character for each English word that it knows, in the order of the sentence."""

    def __init__(self, source: Any, target: Any) -> None:
        super().__init__()
        words = {"dog": "狗", "tea": "茶", "please": "请", "cat": "猫"}
        self.known = {source.token_to_id(e): target.token_to_id(z) for e, z in words.items()} | {END: END}
        self.size = target.get_vocab_size()

    def encode(self, source: Tensor) -> tuple[Any, Tensor]:
        assert (source[:, 0] != PAD).all()  # padded on the right
        rows = [[self.known[i] for i in row if i in self.known] + [END] * 9 for row in source.tolist()]
        ids = torch.tensor([row[:9] for row in rows])

        def memory(ids: Tensor) -> Any:
            return SimpleNamespace(ids=ids, width=source.shape[1], rows=lambda chosen: memory(ids[chosen]))

        return memory(ids), torch.zeros(len(source), dtype=torch.int64)

    def step(self, token: Tensor, state: Tensor, memory: Any) -> tuple[Tensor, Tensor, Tensor]:
        wanted = memory.ids[torch.arange(len(state)), state]
        return 9.0 * F.one_hot(wanted, self.size), state + 1, torch.ones(len(state), memory.width)


@pytest.mark.parametrize("beam", [0, 2])
def test_each_sentence_is_translated_in_its_place(beam: int) -> None:
    source = trained_tokenizer([pair.english for pair in PAIRS], 200, min_frequency=1)
    target = trained_tokenizer([pair.chinese for pair in PAIRS], 200, min_frequency=1)
    found = quality.translations(Dictionary(source, target), PAIRS * 60, (source, target), beam)
    assert found == ["狗", "茶请", "猫"] * 60


class Looks(nn.Module):
    """A network whose attention is told: for each call the source token looked at when each token is written."""

    def __init__(self, *places: list[int]) -> None:
        super().__init__()
        self.places = list(places)

    def forward(self, source: Tensor, target: Tensor) -> tuple[None, Tensor]:
        assert source[0, -1] == END
        assert target[0, 0] == BEGIN
        places = torch.tensor(self.places.pop(0))
        assert len(places) == target.shape[1]
        return None, F.one_hot(places, source.shape[1]).float()[None]


def letters(texts: list[str]) -> Any:
    """A tokenizer that cuts into letters: tokens are counted without spaces."""
    return trained_tokenizer(texts, 1, min_frequency=1)


def test_attention_points_right_where_the_first_token_of_a_word_looks_at_the_first_of_the_other() -> None:
    pairs = [
        Pair("The dog drinks water.", "狗喝水。"),  # "drinks" is not in the lexicon
        Pair("Tom went to school.", "汤姆去学校。"),
        Pair("A cat and a cat.", "猫。"),  # two cats: not counted, nor is the network asked
        Pair("My book.", "书书。"),  # twice 书
        Pair("He will eat.", "他饿了。"),  # said in another way
        Pair("A carpet in the car.", "车。"),  # "car" stands once as a word
    ]
    tokenizers = letters([pair.english for pair in pairs]), letters([pair.chinese for pair in pairs])
    assert tokenizers[0].encode("The dog").tokens == ["t", "##h", "##e", "d", "##o", "##g"]
    network = Looks(
        [0, 3, 12, 0, 0],  # 狗 does not look at "dog", but the token after it does; 水 looks at "water"
        [0, 0, 0, 9, 0, 0, 0],  # 汤 looks at "Tom", 学 at "school"
        [1, 0, 0],  # 车 looks at "carpet"
    )
    # "thedogdrinkswater." has 18 letters, "tomwenttoschool." 16, "acarpetinthecar." 16; </s> is one more token.
    found = quality.pointing(network, pairs, tokenizers)
    assert not network.places
    assert found["count"] == 5
    assert found["share"] == 3 / 5
    assert found["share_interval"] == list(wilson(3 / 5, 5))
    assert found["chance_share"] == pytest.approx((2 / 19 + 2 / 17 + 1 / 17) / 5)


def test_what_is_measured_depends_on_the_beam(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quality, "translations", lambda *given: WANTED if given[-1] else GIVEN)
    monkeypatch.setattr(quality, "pointing", lambda *_: {"share": 0.5})
    pairs: Any = [Pair("", text) for text in WANTED]
    model, tokenizers = nn.Identity(), (None, None)
    assert list(quality.measured(model, pairs, tokenizers, beam=0)) == ["greedy"]
    found = quality.measured(model, pairs, tokenizers)
    assert found["beam"]["bleu"] == pytest.approx(100) != found["greedy"]["bleu"]
    assert found["pointing"] == {"share": 0.5}
