"""How each model in assets/models was made: one command a model, ``python -m nlpcore.training.<name>``."""
