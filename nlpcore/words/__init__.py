"""Static word vectors: neighbours, analogies, and maps of them."""

from nlpcore.words.analogy import AnalogyTrace
from nlpcore.words.analogy_evaluation import AnalogyScores
from nlpcore.words.projection import Projection, project
from nlpcore.words.table import Neighbour
from nlpcore.words.vectors import WordVectors, load_vectors

__all__ = ["AnalogyScores", "AnalogyTrace", "Neighbour", "Projection", "WordVectors", "load_vectors", "project"]
