"""The models of the default store, where they have been fetched."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from nlpcore.models import load
from tests.skips import needs_models

pytestmark = pytest.mark.models
TEXTS = ["The bank of the river was steep.", "She went to the bank.", "Time flies like an arrow.", "A"]


@pytest.fixture(autouse=True)
def own_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the machine's store, in place of the empty one of the other tests."""
    monkeypatch.delenv("NLPCORE_MODELS", raising=False)
    needs_models("minilm-l6")


def test_eight_threads_share_one_encoder() -> None:
    model = load("minilm-l6")

    def encode(number: int) -> torch.Tensor:
        encoding = model.tokenizer(TEXTS[number % len(TEXTS)], return_tensors="pt").to(model.device)
        with torch.inference_mode():
            hidden: torch.Tensor = model.network(**encoding).last_hidden_state
        return hidden

    expected = [encode(number) for number in range(len(TEXTS))]
    with ThreadPoolExecutor(8) as pool:
        for number, hidden in enumerate(pool.map(encode, range(32))):
            torch.testing.assert_close(hidden, expected[number % len(TEXTS)], atol=1e-5, rtol=0)


def test_word_tables_keep_the_order_of_their_source() -> None:
    import pyarrow.parquet as pq

    for model_id, first, shape in (("glove-6b-50d", "the", (400_000, 50)), ("words-zh-64d", "</s>", (435_729, 64))):
        folder = load(model_id).folder
        words = pq.read_table(folder / "words.parquet").column("index")
        assert (words[0].as_py(), len(words)) == (first, shape[0])
        assert np.load(folder / "vectors.npy", mmap_mode="r", allow_pickle=False).shape == shape


def test_lac_gives_emissions_for_every_tag() -> None:
    session = load("lac-zh").network
    inputs = {"token_ids": np.zeros((1, 4), np.int64), "length": np.array([4], np.int64)}
    assert session.run(None, inputs)[0].shape == (1, 4, 59)
