"""The code behind what is on the screen of the lesson on senses."""

from __future__ import annotations

from collections.abc import Sequence


def of_points(model: str, word: str, text: str) -> str:
    """Return the lines that print the silhouette of every layer, once more by scikit-learn."""
    return f"""from nlpcore.words.senses import compare_senses
from sklearn.metrics import silhouette_score

trace = compare_senses({model!r}, {word!r}, {text!r})
told = [i for i, sense in enumerate(trace.senses) if sense]
senses = [trace.senses[i] for i in told]
print("cosines in the last layer", trace.cosines[-1].round(2))
for layer, (points, value) in enumerate(zip(trace.points, trace.by_layer)):
    again = silhouette_score(points[told], senses, metric="cosine") if trace.comparable else value
    print("layer", layer, "silhouette", value.round(2), again.round(2))
"""


def of_sight(words: Sequence[str], at: int) -> str:
    """Return the lines that print who sees whom, and prove it on networks of torch by their gradients."""
    return f"""import torch
from nlpcore.language_models.sight import sight

trace = sight({tuple(words)!r}, {at})
print("GPT", trace.gpt.astype(int), "BERT is shown", [word for word, gone in zip(trace.words, trace.hidden) if not gone])
read = torch.nn.LSTM(4, 3, batch_first=True, bidirectional=True)
given = torch.randn(1, len(trace.words), 4, requires_grad=True)
read(given)[0][0, trace.at, :3].sum().backward()  # the half that reads from the left
print((given.grad[0].abs().sum(-1) > 0).tolist() == trace.forward[trace.at].tolist())
"""


def of_itself(model: str, text: str) -> str:
    """Return the lines that print each token's probability, with a mask in its place and without."""
    return f"""from nlpcore.language_models.seen import see_itself

trace = see_itself({model!r}, {text!r})
for token, seen, hidden in zip(trace.tokens, trace.seen, trace.hidden):
    print(token, "open", seen.round(3), "masked", hidden.round(3))
print(trace.seen_right, "and", trace.hidden_right, "of", len(trace.tokens), "right")
"""
