"""What can go wrong with models: codes with a sentence in every language for learners, plain English for operators."""

# ruff: noqa: N818 -- each name says what happened

from __future__ import annotations

from nlpcore.errors import LearnerError

_PLAIN = {
    "model_missing": "The model {model} is not in the store. Run: python -m nlpcore.models fetch {model}",
    "model_needs_hub": "{model} comes only from the Hugging Face hub. Where it can be reached, run: "
    "python -m nlpcore.models fetch {model}",
    "model_damaged": "The files of {model} are damaged. Run: python -m nlpcore.models verify {model}",
    "model_unknown": "The catalogue has no model {model}. Run: python -m nlpcore.models list",
    "model_unsuitable": "The weights of {model} lack what its kind needs ({detail}).",
    "model_of_another_kind": "{model} is a model of another kind ({kind}) than is needed here ({wanted}).",
}


class ModelProblem(LearnerError):
    """A model cannot be used: ``code`` and ``params`` for the interface, ``str()`` in plain English."""

    def __str__(self) -> str:
        return _PLAIN[self.code].format(**self.params) if self.code in _PLAIN else super().__str__()


class ModelMissing(ModelProblem):
    """The model is not in the store (``model_missing``) or comes only from the hub (``model_needs_hub``)."""


class ModelDamaged(ModelProblem):
    """A file of the model is not what it was when it was verified (``model_damaged``)."""


class ModelUnknown(ModelProblem):
    """No entry of the catalogue has this id (``model_unknown``)."""


class ModelUnsuitable(ModelProblem):
    """The weights do not fit the entry's kind, for example a tagger without a tagging head (``model_unsuitable``), or the kind
    does not fit what is asked (``model_of_another_kind``)."""


class FetchError(RuntimeError):
    """A model could not be fetched; ``str()`` says why, and what to do, in one or two English sentences."""


class NoNetwork(FetchError):
    """Neither the package index nor the hub answered."""


class NotOffered(FetchError):
    """The package index or the hub answered, and does not have the files."""


class Truncated(FetchError):
    """A downloaded file is shorter than it must be."""


class WrongHash(FetchError):
    """A downloaded file is not the one that the catalogue names."""


class DiskFull(FetchError):
    """There is no room for the files."""


class ReadOnlyStore(FetchError):
    """The store cannot be written to."""


class UnsafeFile(FetchError):
    """A file holds, or would need, code: a pickle with anything but words, a model without safetensors."""


class CatalogueError(ValueError):
    """The catalogue, or an extension of it, is not well formed; ``str()`` says where."""
