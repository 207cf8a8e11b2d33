"""Static word vectors: neighbours, analogies, and maps of them."""

from nlpcore.words.vectors import Neighbour, WordVectors, load_vectors

__all__ = ["Neighbour", "WordVectors", "load_vectors"]
