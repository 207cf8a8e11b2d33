"""Neurons and small networks: what they compute, how a gradient goes back through them, and ways downhill."""

from nlpcore.networks.activations import activate, saturated, slope
from nlpcore.networks.backpropagation import Layer, LayerTrace, NetworkTrace, backpropagate, predict
from nlpcore.networks.batches import compare_sizes, fit_line
from nlpcore.networks.by_hand import by_hand
from nlpcore.networks.messages import draw_messages
from nlpcore.networks.neuron import NeuronTrace, fire
from nlpcore.networks.optimizers import Descent, Optimizer, descend
from nlpcore.networks.overfitting import fit_messages, fit_points
from nlpcore.networks.points import draw_points
from nlpcore.networks.surfaces import surface
from nlpcore.networks.walks import walk

__all__ = [
    "Descent",
    "Layer",
    "LayerTrace",
    "NetworkTrace",
    "NeuronTrace",
    "Optimizer",
    "activate",
    "backpropagate",
    "by_hand",
    "compare_sizes",
    "descend",
    "draw_messages",
    "draw_points",
    "fire",
    "fit_line",
    "fit_messages",
    "fit_points",
    "predict",
    "saturated",
    "slope",
    "surface",
    "walk",
]
