"""Neurons and small networks: what they compute, how a gradient goes back through them, and ways downhill."""

from nlpcore.networks.activations import activate, saturated, slope
from nlpcore.networks.backpropagation import Layer, LayerTrace, NetworkTrace, backpropagate, predict
from nlpcore.networks.neuron import NeuronTrace, fire
from nlpcore.networks.optimizers import Descent, Optimizer, descend
from nlpcore.networks.surfaces import surface

__all__ = [
    "Descent",
    "Layer",
    "LayerTrace",
    "NetworkTrace",
    "NeuronTrace",
    "Optimizer",
    "activate",
    "backpropagate",
    "descend",
    "fire",
    "predict",
    "saturated",
    "slope",
    "surface",
]
