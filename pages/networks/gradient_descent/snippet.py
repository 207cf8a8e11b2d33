"""The lines that reproduce what the lesson shows."""

from __future__ import annotations

from collections.abc import Mapping


def walk_code(**asked: object) -> str:
    """Return a program that prints a walk over a landscape, and the same by torch where it is installed."""
    return f"""from nlpcore.networks import walk

trace = walk({_arguments(asked)})
path = trace.descent
for step, (point, loss) in enumerate(zip(path.points, path.values)):
    print(step, point.round(4), round(float(loss), 4))
print("it", trace.fate, "| stopped as it diverged:", path.diverged)
"""


def fit_code(**asked: object) -> str:
    """Return a program that prints how the line is fitted batch by batch."""
    return f"""from nlpcore.networks import fit_line

trace = fit_line({_arguments(asked)})
for step, batch in enumerate(trace.batches):
    slope, intercept = trace.descent.points[step + 1]
    names = [trace.words[i] for i in batch[:3]]
    print(step + 1, names, round(float(slope), 3), round(float(intercept), 3), round(float(trace.descent.values[step + 1]), 3))
print("least squares:", trace.lowest.round(3), "| updates in an epoch:", trace.an_epoch)
"""


def hand_code(**asked: object) -> str:
    """Return a program that prints every value and gradient of the network, by nlpcore and by torch."""
    return f"""import torch
from nlpcore.networks import by_hand

trace = by_hand({_arguments(asked)})
for layer in trace.network.layers:
    print("sums", layer.sums[0], "outputs", layer.outputs[0])
    print("dL/dz", layer.by_sums[0], "dL/dW", layer.by_weights.tolist(), "dL/db", layer.by_bias)
print("loss", trace.network.loss, "after one step", trace.loss_after)

# the same by torch, which works the gradients out itself
functions = dict(sigmoid=torch.sigmoid, tanh=torch.tanh, relu=torch.relu, identity=lambda z: z)
layers = [part.layer for part in trace.network.layers]
weights = [torch.tensor(layer.weights, requires_grad=True) for layer in layers]
a = torch.tensor(trace.network.layers[0].inputs)
for layer, w in zip(layers, weights):
    a = functions[layer.activation](a @ w.T + torch.tensor(layer.bias))
((a - torch.tensor(trace.network.targets)) ** 2).sum().div(2).backward()
for w in weights:
    print("torch", w.grad.tolist())
"""


def _arguments(asked: Mapping[str, object]) -> str:
    return "".join(f"\n    {name}={value!r}," for name, value in asked.items()) + "\n"
