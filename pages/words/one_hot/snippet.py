"""The code behind what is on the screen of the lesson on one-hot vectors."""

from __future__ import annotations

from collections.abc import Sequence


def of_words(model: str, words: Sequence[str]) -> str:
    """Return the lines that print the one-hot vectors of words and the cosines of both kinds."""
    return f"""from nlpcore.words.one_hot import vocabulary

trace = vocabulary({model!r}, {" ".join(words)!r})
print(trace.one_hot)
print(trace.one_hot_cosines)  # 1 with itself, 0 with every other
for word, row in zip(trace.words, trace.dense_cosines):
    print(word, row.round(2))
"""


def of_size(words: int, dimensions: int) -> str:
    """Return the lines that count what a vocabulary takes, and prove it on a smaller one."""
    return f"""import numpy as np
from scipy.sparse import identity
from nlpcore.words.one_hot import storage

trace = storage({words}, {dimensions})
print("one-hot", trace.one_hot.numbers, "numbers,", trace.one_hot.bytes, "bytes")
print("sparse", trace.sparse.numbers, "numbers,", trace.sparse.bytes, "bytes")
print("dense", trace.dense.numbers, "numbers,", trace.dense.bytes, "bytes")
print(np.eye(1000, dtype=np.float32).nbytes == storage(1000).one_hot.bytes)
rows = identity(1000, dtype=np.float32, format="csr")
print(rows.data.nbytes + rows.indices.nbytes + rows.indptr.nbytes == storage(1000).sparse.bytes)
"""


def of_arrows(a: Sequence[float], b: Sequence[float]) -> str:
    """Return the lines that compute everything that is said of two arrows."""
    return f"""import numpy as np

a, b = np.array({list(a)}), np.array({list(b)})
dot, lengths = a @ b, np.linalg.norm([a, b], axis=1)
print("dot product", round(dot, 2), "lengths", lengths.round(2), "distance", np.linalg.norm(a - b).round(2))
if lengths.all():
    cosine = dot / lengths.prod()
    print("cosine", cosine.round(2), "angle", np.degrees(np.arccos(np.clip(cosine, -1, 1))).round(1), "degrees")
"""


def of_sentences(model: str, sentences: Sequence[Sequence[str]]) -> str:
    """Return the lines that print the cosines of sentences in three ways, two of them once more by scikit-learn."""
    return f"""from nlpcore.words.sentence_vectors import WAYS, compare_sentences
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

sentences = {tuple(map(tuple, sentences))!r}
trace = compare_sentences({model!r}, sentences)
for way, cosines in zip(WAYS, trace.cosines):
    print(way, cosines[0, 1:].round(2))
for vectorizer in (CountVectorizer(analyzer=list), TfidfVectorizer(analyzer=list)):
    print(cosine_similarity(vectorizer.fit_transform(sentences))[0, 1:].round(2))
"""
