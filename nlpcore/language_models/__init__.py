"""Language models: how their training text is made, and what they say about a word that is not shown."""

from nlpcore.language_models.fill_mask import Candidate, Fill, FillMask, fill_mask
from nlpcore.language_models.masking import Corruption, CorruptionCounts, Fate, Vocabulary, corrupt, corruption_counts
from nlpcore.language_models.words import split_words
from nlpcore.text import Word

__all__ = [
    "Candidate",
    "Corruption",
    "CorruptionCounts",
    "Fate",
    "Fill",
    "FillMask",
    "Vocabulary",
    "Word",
    "corrupt",
    "corruption_counts",
    "fill_mask",
    "split_words",
]
