"""What the lessons show, computed anew with other people's libraries, from the files of the models."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file

from nlpcore.models.catalogue import entry
from nlpcore.models.store import store


@lru_cache(maxsize=1)
def glove() -> tuple[list[str], np.ndarray]:
    """Return the words and their vectors (400,000, 50) as the files hold them."""
    import pyarrow.parquet as parquet

    folder = store().folder("glove-6b-50d")
    return parquet.read_table(folder / "words.parquet").column(0).to_pylist(), np.load(folder / "vectors.npy")


def nearest_among(words: list[str], query: str, k: int) -> list[tuple[str, float]]:
    """Return gensim's ``k`` nearest of ``query`` in a vocabulary of ``words`` only."""
    from gensim.models import KeyedVectors

    every, vectors = glove()
    rows = {word: row for row, word in enumerate(every)}
    few = KeyedVectors(vectors.shape[1])
    few.add_vectors(words, vectors[[rows[word] for word in words]].astype(np.float32))
    return few.most_similar(query, topn=k)


def analogy(a: str, b: str, c: str, k: int) -> list[tuple[str, float]]:
    """Return the ``k`` words with the highest cosine to a − b + c of unit vectors, without the three themselves."""
    words, vectors = glove()
    unit = vectors.astype(np.float64)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    target = unit[words.index(a)] - unit[words.index(b)] + unit[words.index(c)]
    cosines = unit @ (target / np.linalg.norm(target))
    order = [row for row in np.argsort(-cosines)[: k + 3] if words[row] not in (a, b, c)]
    return [(words[row], float(cosines[row])) for row in order[:k]]


def positive_after_each(tokens: list[str]) -> list[float]:
    """Return P(positive) after each token by ``torch.nn.LSTM`` on the bundled classifier's weights."""
    folder = store().folder("lstm-imdb")
    weights = load_file(folder / "model.safetensors")
    labels = json.loads((folder / "config.json").read_text())["labels"]
    vocabulary = json.loads((folder / "vocabulary.json").read_text())
    lstm = torch.nn.LSTM(weights["embedding.weight"].shape[1], weights["lstm.weight_hh_l0"].shape[1], batch_first=True)
    lstm.load_state_dict({name: weights[f"lstm.{name}"].float() for name, _ in lstm.named_parameters()})
    ids = torch.tensor([[vocabulary.index(token) for token in tokens]])
    with torch.inference_mode():
        hidden, _ = lstm(weights["embedding.weight"].float()[ids])
        logits = hidden @ weights["output.weight"].float().T + weights["output.bias"].float()
    return logits.softmax(-1)[0, :, labels.index("positive")].tolist()


def attentions(text: str) -> tuple[list[str], np.ndarray]:
    """Return the tokens of minilm-l6 and its attention (layers, heads, queries, keys), as transformers gives it out."""
    from transformers import AutoModel

    folder = store().folder("minilm-l6")
    model = AutoModel.from_pretrained(folder, attn_implementation="eager", local_files_only=True).eval()
    encoded = _tokenizer()(text, return_tensors="pt")
    with torch.inference_mode():
        maps = model(**encoded, output_attentions=True).attentions
    return _tokenizer().convert_ids_to_tokens(encoded["input_ids"][0]), torch.cat(maps).numpy()


def states_of_a_word(sentences: list[str], word: str) -> np.ndarray:
    """Return the hidden states (layers + 1, sentences, d) of a word that is one token of minilm-l6, by transformers."""
    from transformers import AutoModel

    model = AutoModel.from_pretrained(store().folder("minilm-l6"), local_files_only=True).eval()
    found = []
    for sentence in sentences:
        encoded = _tokenizer()(sentence, return_tensors="pt")
        place = _tokenizer().convert_ids_to_tokens(encoded["input_ids"][0]).index(word)
        with torch.inference_mode():
            states = model(**encoded, output_hidden_states=True).hidden_states
        found.append(torch.stack([layer[0, place] for layer in states]).numpy())
    return np.stack(found, axis=1)


def likeliest(text_with_mask: str, k: int, model_id: str = "minilm-l6-mlm") -> list[tuple[str, float]]:
    """Return the ``k`` likeliest words for the one [MASK], by transformers and the bundled weights."""
    if model_id == "bert-mini-zh":
        from transformers import BertForMaskedLM

        model: Any = BertForMaskedLM.from_pretrained(store().folder(model_id), local_files_only=True).float().eval()
    else:
        model = _classifier(model_id, "BertForMaskedLM")
    tokenizer = _tokenizer(entry(model_id).tokenizer)
    encoded = tokenizer(text_with_mask, return_tensors="pt")
    place = encoded["input_ids"][0].tolist().index(tokenizer.mask_token_id)
    with torch.inference_mode():
        found = model(**encoded).logits[0, place].softmax(-1).topk(k)
    words = tokenizer.convert_ids_to_tokens(found.indices)
    return list(zip(words, found.values.tolist(), strict=True))


def entities(words: list[str]) -> list[tuple[str, str]]:
    """Return (text, type) of the entities in ``words``: the tag of each first piece, read by seqeval as conlleval does."""
    from seqeval.metrics.sequence_labeling import get_entities

    model = _classifier("minilm-l6-ner", "BertForTokenClassification")
    encoded = _tokenizer()(words, is_split_into_words=True, return_tensors="pt")
    numbers = encoded.word_ids()
    assert all(word.islower() or word.istitle() or not word.isalpha() for word in words)  # then two segments are enough
    encoded["token_type_ids"] = torch.tensor([[int(n is not None and words[n].istitle()) for n in numbers]])
    with torch.inference_mode():
        best = model(**encoded).logits[0].argmax(-1).tolist()
    tags = [model.config.id2label[best[numbers.index(n)]] for n in range(len(words))]
    return [(" ".join(words[start : end + 1]), kind) for kind, start, end in get_entities(tags)]


@lru_cache(maxsize=2)
def _tokenizer(model_id: str = "minilm-l6") -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(store().folder(model_id), local_files_only=True)


def _classifier(model_id: str, kind: str) -> Any:
    """Return a transformers model with the bundled weights; what they leave out is that of the encoder minilm-l6."""
    import transformers

    folder: Path = store().folder(model_id)
    model = getattr(transformers, kind)(transformers.AutoConfig.from_pretrained(folder)).eval()
    encoder = load_file(store().folder("minilm-l6") / "model.safetensors")
    weights = {f"bert.{name}": tensor for name, tensor in encoder.items()} | load_file(folder / "model.safetensors")
    adapter = model.config.to_dict().get("adapter", {"lora_alpha": 1, "r": 1})
    scale = adapter["lora_alpha"] / adapter["r"]
    for down, up in ((".lora_A.weight", ".lora_B.weight"), (".lora_embedding_A", ".lora_embedding_B")):
        for stem in [name.removesuffix(down) for name in weights if name.endswith(down)]:
            change = scale * weights.pop(stem + up).float() @ weights.pop(stem + down).float()  # Hu et al. 2021, eq. 3
            matrix = weights[f"{stem}.weight"].float()
            weights[f"{stem}.weight"] = matrix + (change.T if "embedding" in down else change)
    floats = {name: tensor.float() for name, tensor in weights.items()}
    missing, unexpected = model.load_state_dict(floats, strict=False)
    assert all("pooler" in name or "position_ids" in name for name in unexpected), unexpected
    assert all("decoder" in name for name in missing), missing  # the decoder's weights are those of the embeddings
    model.tie_weights()
    return model
