"""Pretrained models: the catalogue, the store on disk, and one loaded copy of each for the whole process."""

from nlpcore.models.catalogue import Entry, catalogue, entry
from nlpcore.models.errors import (
    CatalogueError,
    FetchError,
    ModelDamaged,
    ModelMissing,
    ModelProblem,
    ModelUnknown,
    ModelUnsuitable,
)
from nlpcore.models.loading import LoadedModel, load, unload
from nlpcore.models.store import Store, store

__all__ = [
    "CatalogueError",
    "Entry",
    "FetchError",
    "LoadedModel",
    "ModelDamaged",
    "ModelMissing",
    "ModelProblem",
    "ModelUnknown",
    "ModelUnsuitable",
    "Store",
    "catalogue",
    "entry",
    "load",
    "store",
    "unload",
]
