"""What is being learnt: a number, a name, groups, from labels, from few, from none, from the text itself, from rewards."""

from nlpcore.learning.bandit import mean_regret, pull
from nlpcore.learning.few_labels import self_train
from nlpcore.learning.last_layer import last_layer
from nlpcore.learning.own_labels import own_examples
from nlpcore.learning.points import points
from nlpcore.learning.rounding import cut_sizes, cut_target
from nlpcore.learning.three_ways import classify, cluster, regress

__all__ = [
    "classify",
    "cluster",
    "cut_sizes",
    "cut_target",
    "last_layer",
    "mean_regret",
    "own_examples",
    "points",
    "pull",
    "regress",
    "self_train",
]
