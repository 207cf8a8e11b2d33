"""The lines that reproduce what the lesson on one neuron shows."""

from __future__ import annotations

from nlpcore.networks.neuron import NeuronTrace
from nlpcore.networks.relu_sum import ReluSum


def one(trace: NeuronTrace) -> str:
    """Return the lines that print the sum, the output and the slope of a neuron."""
    inputs, weights = (tuple(round(float(value), 4) for value in values) for values in (trace.inputs, trace.weights))
    return f"""from nlpcore.networks import fire

trace = fire(inputs={inputs}, weights={weights}, bias={round(trace.bias, 4)}, activation={trace.activation!r})
print("what each input adds:", trace.shares)
print("z =", round(trace.total, 4), " a =", round(trace.output, 4))
print("slope =", trace.slope)  # what is left of an error of 1 on its way back to the weights
"""


def scores(text: str, temperature: float) -> str:
    """Return the lines that print softmax of scores, with the largest taken off and without."""
    return f"""from nlpcore.networks.scores import weigh

trace = weigh({text!r}, temperature={temperature})
for i, name in enumerate(trace.names):
    print(name, trace.scores[i], round(trace.probabilities[i], 4), "as written:", trace.plain[i])
"""


def words(model: str, text: str) -> str:
    """Return the lines that train the neuron and print what it says of the words."""
    return f"""from nlpcore.words.word_neuron import judge

trace = judge({model!r}, {text!r})
for word, z, p in zip(trace.words, trace.sums, trace.probabilities):
    print(word, round(z, 2), round(p, 4))
neuron = trace.neuron
print(neuron.right, "of", len(neuron.words), "right when left out; 95 %:", round(neuron.low, 3), round(neuron.high, 3))
print([neuron.words[i] for i in neuron.mistakes()])
"""


def curve(trace: ReluSum) -> str:
    """Return the lines that print the sum of ReLUs and its errors."""
    heights = [round(float(height), 2) for height in trace.heights]
    return f"""from nlpcore.networks.relu_sum import bent

trace = bent({heights}, curve={trace.curve!r})
print("c =", trace.bias)
for t, w in zip(trace.knees, trace.weights):
    print("w =", round(w, 2), "knee at", round(t, 2))
print("largest error from 0 to 6:", round(trace.largest, 3), " outside:", round(trace.outside, 3))
"""
