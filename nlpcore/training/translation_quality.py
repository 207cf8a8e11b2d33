"""How good a translator is: BLEU and chrF of what it writes, and whether its attention looks at the right word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from nlpcore.intervals import wilson
from nlpcore.training.corpora import Pair
from nlpcore.translation import BEGIN, END, beam_search, detokenized, greedy

LONGEST = 50  # tokens of a translation
# Words that Chinese says in one way nearly always: who writes the second should look at the first.
LEXICON = {
    "book": "书", "dog": "狗", "cat": "猫", "water": "水", "tea": "茶", "coffee": "咖啡", "milk": "牛奶", "car": "车",
    "train": "火车", "school": "学校", "teacher": "老师", "student": "学生", "doctor": "医生", "mother": "妈",
    "father": "爸", "friend": "朋友", "money": "钱", "music": "音乐", "japan": "日本", "china": "中国", "boston": "波士顿",
    "tokyo": "东京", "france": "法国", "english": "英语", "french": "法语", "japanese": "日", "chinese": "中", "today": "今天",
    "tomorrow": "明天", "yesterday": "昨天", "three": "三", "five": "五", "snow": "雪", "rain": "雨", "letter": "信",
    "question": "问题", "station": "站", "restaurant": "餐", "red": "红", "fish": "鱼", "bird": "鸟", "tree": "树",
    "swim": "游泳", "sleep": "睡", "eat": "吃", "drink": "喝", "buy": "买", "read": "读", "tired": "累", "hungry": "饿",
    "tom": "汤姆", "mary": "玛丽", "tennis": "网球", "piano": "钢琴", "guitar": "吉他", "weather": "天气", "hospital": "医院",
}  # fmt: skip


def corpus_scores(given: Sequence[str], wanted: Sequence[str]) -> dict[str, Any]:
    """Return chrF (0 to 100) and BLEU (0 to 100, words by sacrebleu's ``zh`` tokens), each with its 95 % interval.

    Intervals are sacrebleu's, by bootstrap over 1,000 draws of the sentences (Koehn 2004).
    """
    from sacrebleu.metrics import BLEU, CHRF

    found: dict[str, Any] = {}
    for name, metric in (("chrf", CHRF(references=[wanted])), ("bleu", BLEU(tokenize="zh", references=[wanted]))):
        score = metric.corpus_score(given, None, n_bootstrap=1000)
        found |= {
            name: score.score,
            f"{name}_interval": [float(score._mean - score._ci), float(score._mean + score._ci)],
        }
    return found


def translations(model: nn.Module, pairs: Sequence[Pair], tokenizers: tuple[Any, Any], beam: int) -> list[str]:
    """Return a translation of each pair's English sentence, greedy where ``beam`` is 0."""
    texts = []
    for start in range(0, len(pairs), 1 if beam else 100):
        rows = [[*tokenizers[0].encode(p.english).ids, END] for p in pairs[start : start + (1 if beam else 100)]]
        longest = max(map(len, rows))
        ids = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
        best = beam_search(model, ids[0], LONGEST, beam)[:1] if beam else greedy(model, ids, LONGEST)
        texts += [detokenized([tokenizers[1].id_to_token(i) for i in found.ids]) for found in best]
    return texts


@torch.no_grad()
def pointing(model: nn.Module, pairs: Sequence[Pair], tokenizers: tuple[Any, Any]) -> dict[str, Any]:
    """Return how often a Chinese word of LEXICON is written while looking most at its English word.

    The pairs' own translations are written (teacher forcing); counted is the first token of the Chinese word, where
    both words stand in the pair once. ``chance`` is what looking at a random token would give.
    """
    right, count, chance = 0, 0, 0.0
    for pair in pairs:
        english, chinese = tokenizers[0].encode(pair.english), tokenizers[1].encode(pair.chinese)
        weights = None
        for word, translation in LEXICON.items():
            # The first token that stands at the first character of the Chinese word, which the pair holds once.
            where = [i for i, (start, _) in enumerate(english.offsets) if whole_word(pair.english, start) == word]
            place = pair.chinese.find(translation)
            if len(where) != 1 or pair.chinese.count(translation) != 1:
                continue
            written = next((i for i, (start, end) in enumerate(chinese.offsets) if start <= place < end), None)
            if written is None:
                continue
            if weights is None:
                source = torch.tensor([[*english.ids, END]])
                weights = model(source, torch.tensor([[BEGIN, *chinese.ids]]))[1][0]  # (target, source)
            right += int(weights[written].argmax()) == where[0]
            count, chance = count + 1, chance + 1 / (len(english.ids) + 1)
    if not count:
        raise ValueError("no pair holds a word of LEXICON with its translation")
    share = right / count
    return {
        "share": share,
        "share_interval": list(wilson(share, count)),
        "count": count,
        "chance_share": chance / count,
    }


def whole_word(text: str, start: int) -> str:
    """Return the word of letters that begins at ``start``, in lower case; "" inside a word."""
    if start and text[start - 1].isalpha():
        return ""
    end = start
    while end < len(text) and text[end].isalpha():
        end += 1
    return text[start:end].lower()


def measured(model: nn.Module, pairs: Sequence[Pair], tokenizers: tuple[Any, Any], beam: int = 4) -> dict[str, Any]:
    """Return the scores of greedy translations, of beam search where ``beam`` is not 0, and of the attention."""
    wanted = [pair.chinese for pair in pairs]
    found: dict[str, Any] = {"greedy": corpus_scores(translations(model, pairs, tokenizers, 0), wanted)}
    if beam:
        found["beam"] = corpus_scores(translations(model, pairs, tokenizers, beam), wanted)
        found["pointing"] = pointing(model, pairs, tokenizers)
    return found
