"""The lines that reproduce what the lesson shows."""

from __future__ import annotations


def line(data: str, x: float) -> str:
    """Return the lines that fit the line and read it."""
    return f"""from nlpcore.learning import regress

trace = regress({data!r}, x={x})
print("slope", round(trace.slope, 3), "intercept", round(trace.intercept, 3))
print("the line says", round(trace.answer, 3), "error", round(trace.error, 3), "R2", round(trace.explained, 3))
"""


def name(data: str, x: float, y: float) -> str:
    """Return the lines that learn the borders and name a point."""
    return f"""from nlpcore.learning import classify

trace = classify({data!r}, x={x}, y={y})
print("class", trace.answer, "of", trace.points.count, trace.probabilities.round(3))
print("right of the points it has learnt from:", round(trace.accuracy, 3))
"""


def groups(data: str, k: int, start: int) -> str:
    """Return the lines that run k-means, and scikit-learn's from the same centres."""
    return f"""from sklearn.cluster import KMeans

from nlpcore.learning import cluster

trace = cluster({data!r}, k={k}, start={start})
for number, loss in enumerate(trace.losses, 1):
    print("round", number, "J =", round(loss, 2))
print("groups that are the classes:", round(trace.agrees, 3))
reference = KMeans({k}, init=trace.centres[0], n_init=1, tol=0, algorithm="lloyd").fit(trace.points.places)
print("scikit-learn: J =", round(reference.inertia_, 2))
"""


def layers(text: str, second: str, asked: str) -> str:
    """Return the lines that print the last layer of five models for a sentence."""
    return f"""from nlpcore.learning import last_layer

text, second, asked = {text!r}, {second!r}, {asked!r}
models = {{"minilm-l6-imdb": "", "minilm-l6-nli": second, "minilm-l6-ner": "", "minilm-l6-qa": asked, "smollm2-135m": ""}}
for model, other in models.items():
    layer = last_layer(model, text, other)
    print(model, layer.width, "to", layer.outputs, "for", layer.vectors, "vectors:", layer.numbers, "numbers")
    for decision in layer.decisions[:2]:
        print("   ", decision.about, decision.classes, "classes:", decision.names[0], round(decision.probabilities[0], 3))
"""


def cut(target: str, classes: int) -> str:
    """Return the lines that print what cutting a target costs."""
    return f"""from nlpcore.learning import cut_target

trace = cut_target({target!r}, classes={classes})
print("width", round(trace.width, 3), "rounding", round(trace.by_rounding, 3), "expected", round(trace.expected, 3))
print("errors: as a class", round(trace.by_class, 3), "as a number", round(trace.by_number, 3))
print("near: as a class", round(trace.near_by_class, 2), "as a number", round(trace.near_by_number, 2))
"""


def few(data: str, left: int, chosen: int, threshold: float) -> str:
    """Return the lines that print self-training round by round."""
    return f"""from nlpcore.learning import self_train

trace = self_train({data!r}, left={left}, chosen={chosen}, threshold={threshold})
for number, each in enumerate(trace.rounds):
    known = (each.labels >= 0).sum()
    print("round", number + 1, "labels", known, "wrong", trace.wrong(number), "accuracy", round(each.accuracy, 3))
print("with every label:", round(trace.full, 3))
"""


def own(words: tuple[str, ...]) -> str:
    """Return the lines that print the examples that a text makes of itself."""
    return f"""from nlpcore.learning import own_examples

trace = own_examples({words!r})
for row in trace.next_word:
    print([word for word, mark in zip(trace.words, row) if mark == 1], "->", trace.words[list(row).index(2)])
for row in trace.masked:
    print(["___" if mark == 2 else word for word, mark in zip(trace.words, row)], "->", trace.words[list(row).index(2)])
"""


def reward(a: float, b: float, epsilon: float, pulls: int, luck: int) -> str:
    """Return the lines that pull the arms, and print the mean regret of many runs."""
    return f"""from nlpcore.learning import mean_regret, pull

trace = pull(a={a}, b={b}, epsilon={epsilon}, pulls={pulls}, luck={luck})
print("pulls", trace.counts[-1], "means", trace.estimates[-1].round(2), "regret", round(trace.regret[-1], 2))
regrets = mean_regret(a={a}, b={b}, pulls={pulls})
for epsilon, curve, stuck in zip(regrets.epsilons, regrets.mean, regrets.stuck):
    print("epsilon", epsilon, "mean regret", round(curve[-1], 1), "deceived at the end", round(stuck, 2))
"""
