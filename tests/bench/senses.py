"""A word in as many sentences as the lesson reads, in every layer: points, cosines, silhouettes, beside the usual way.

The usual way is transformers on one batch, the word's states taken out, and scikit-learn's silhouette and PCA for each layer.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.preprocessing import normalize
from transformers import AutoModel

from nlpcore.models import load
from nlpcore.models.store import store
from nlpcore.words.senses import MOST, Senses, compare_senses
from tests.bench.report import Benchmark, Row, ratio, spread

MODEL, WORD, ROUNDS, GOAL = "minilm-l6", "bank", 12, 500
PLACES = ("river", "lake", "canal", "stream", "brook")
DEALS = ("loan", "account", "card", "cheque", "mortgage")
SENTENCES = tuple(
    sentence
    for place, deal in zip(PLACES, DEALS, strict=True)
    for sentence in (
        ("shore", f"We sat on the grassy bank of the {place} and watched the boats."),
        ("money", f"She went to the bank to ask the manager for a {deal} last week."),
        ("shore", f"The bank of the {place} was steep and muddy after the rain."),
        ("money", f"The bank raised the price of a {deal} for the third time this year."),
    )
)


def transformers(network: Any, tokenizer: Any) -> list[float]:
    """Return the silhouette of every layer; cosines and planes are worked out as well."""
    encoded = tokenizer([text for _, text in SENTENCES], padding=True, return_tensors="pt")
    [word] = tokenizer.convert_tokens_to_ids([WORD])
    places = (encoded["input_ids"] == word).int().argmax(dim=1)
    with torch.inference_mode():
        states = network(**encoded, output_hidden_states=True).hidden_states
    senses, found = [sense for sense, _ in SENTENCES], []
    for layer in states:
        points = layer[torch.arange(len(places)), places].double().numpy()
        cosine_similarity(points)
        PCA(n_components=2).fit_transform(normalize(points))
        found.append(float(silhouette_score(points, senses, metric="cosine")))
    return found


def measure() -> list[Row]:
    text = "\n".join(f"{sense}: {sentence}" for sense, sentence in SENTENCES)
    network = AutoModel.from_pretrained(store().folder(MODEL), local_files_only=True).eval()
    tokenizer = load(MODEL).tokenizer
    trace: Senses = compare_senses(MODEL, WORD, text)
    other = transformers(network, tokenizer)  # and both are warm
    theirs, own = [], []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        transformers(network, tokenizer)
        theirs.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        compare_senses(MODEL, WORD, text)
        own.append(time.perf_counter() - begun)
    return [
        {
            "sentences × layers": f"{len(trace.sentences)} × {trace.layers + 1}",
            "transformers and scikit-learn, ms": spread(theirs, 1000),
            f"ours, ms (goal {GOAL})": spread(own, 1000),
            "times faster": ratio(theirs, own),
            "largest difference of a silhouette": f"{np.abs(trace.by_layer - other).max():.0e}",
        }
    ]


BENCHMARK = Benchmark(
    "senses",
    "One word in many sentences, in every layer",
    f"The lesson on senses with as many sentences as it reads ({MOST}), MiniLM's input and six layers: hidden states of the "
    f"word, cosines of all pairs, silhouettes, and the plane of each layer; both warm; median (smallest–largest) of {ROUNDS} "
    "rounds, in turn with transformers on one batch and scikit-learn.",
    measure,
)
