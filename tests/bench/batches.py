"""Batched serving: 1, 8 and 32 sessions that ask at once, beside the same questions one at a time."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from random import Random

from nlpcore.attention import read_attention
from nlpcore.language_models import fill_mask
from nlpcore.models.serving import Function, InProcess
from nlpcore.tagging import tag
from tests.bench.acting import sentence
from tests.bench.report import Benchmark, Row, ratio, spread

SESSIONS, ROUNDS, QUESTIONS = (1, 8, 32), 5, 64


def seconds(function: Function, model: str, texts: list[str], sessions: int) -> float:
    """Return how long ``texts`` take by a serving object that remembers nothing, asked by so many threads."""
    serving = InProcess(limit=0)
    with ThreadPoolExecutor(sessions) as pool:
        begun = time.perf_counter()
        list(pool.map(lambda text: serving.run(function, model, text=text), texts))
        return time.perf_counter() - begun


def compare(name: str, function: Function, model: str, mask: bool) -> list[Row]:
    rng = Random(0)

    def texts() -> list[str]:
        found = [sentence(rng) for _ in range(QUESTIONS)]
        return [" ".join([*words[:2], "[MASK]", *words[3:]] if mask else words) for words in found]

    seconds(function, model, texts()[:4], 1)
    rows = []
    for sessions in SESSIONS:
        alone, together = [], []
        for _ in range(ROUNDS):
            alone.append(seconds(function, model, texts(), 1) / QUESTIONS)
            together.append(seconds(function, model, texts(), sessions) / QUESTIONS)
        rows.append(
            {
                "question": name,
                "sessions at once": str(sessions),
                "one at a time, ms each": spread(alone, 1000, 1),
                "at once, ms each": spread(together, 1000, 1),
                "times faster": ratio(alone, together),
            }
        )
    return rows


def measure() -> list[Row]:
    return [
        *compare("fill a mask (minilm-l6-mlm)", fill_mask, "minilm-l6-mlm", mask=True),
        *compare("tag a sentence (minilm-l6-ner)", tag, "minilm-l6-ner", mask=False),
        *compare("attention maps (minilm-l6)", read_attention, "minilm-l6", mask=False),
    ]


BENCHMARK = Benchmark(
    "batches",
    "Batched serving",
    f"{QUESTIONS} different sentences of some twelve words through the serving object with its memory of answers switched off, "
    f"{ROUNDS} rounds in turn. Milliseconds are for each question, with the tokenizer and the trace that is returned.",
    measure,
)
