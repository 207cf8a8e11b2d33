"""Models in memory: one copy of each for the whole process, ready for any thread, never in training mode.

Only safetensors, ONNX, NumPy and JSON are read; nothing is unpickled and no code from a model's folder runs.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from nlpcore.errors import Note
from nlpcore.models import device as devices
from nlpcore.models import turns
from nlpcore.models.adapters import merged
from nlpcore.models.catalogue import TORCH_KINDS, TRANSFORMERS, Entry, Kind, entry
from nlpcore.models.errors import ModelUnsuitable
from nlpcore.models.heap import give_back_heap
from nlpcore.models.store import store
from nlpcore.models.tokenizers import ThreadSafeTokenizer

_log = logging.getLogger(__name__)
T = TypeVar("T")
Key = tuple[str, str, str]  # the store, the model, the device

_AUTO_CLASSES = {
    "encoder": "AutoModel",
    "decoder": "AutoModelForCausalLM",
    "masked-lm": "AutoModelForMaskedLM",
    "token-classifier": "AutoModelForTokenClassification",
    "sequence-classifier": "AutoModelForSequenceClassification",
    "question-answering": "AutoModelForQuestionAnswering",
}
_HARMLESS = ("pooler.", "position_ids")  # may be absent from weights: only a sequence classifier uses the pooler
# The modules that register the loaders of what is no Transformer of the hub's, imported when the first one is asked for.
_HOMES = {
    "word-vectors": "nlpcore.words.vectors",
    "lstm": "nlpcore.recurrent.lstm_network",
    "text-cnn": "nlpcore.networks.text_cnn",
    "lac": "nlpcore.tagging.lac",
    "text": "nlpcore.words.texts",
    "translator": "nlpcore.translation.translators",
}


@dataclass(frozen=True, slots=True)
class Parts:
    """What a loader makes of a model's folder.

    Attributes:
        network: what computes: a torch module where the kind is one of :data:`~nlpcore.models.catalogue.TORCH_KINDS`.
        tokenizer: what makes its input out of text, None where the network reads text itself.
    """

    network: Any
    tokenizer: Any = None


Loader = Callable[[Entry, Path], Parts]
_loaders: dict[str, Loader] = {}


def loader(*kinds: Kind) -> Callable[[Loader], Loader]:
    """Register the decorated function as what loads models of these kinds: from its entry and folder to its parts."""

    def register(function: Loader) -> Loader:
        _loaders.update(dict.fromkeys(kinds, function))
        return function

    return register


@dataclass(frozen=True, eq=False, slots=True)
class LoadedModel:
    """A model that every session shares. Never register hooks on ``network`` or change its mode.

    Attributes:
        id: of the catalogue.
        entry: what the catalogue says of it.
        folder: where its files are.
        network: what computes: a ``transformers`` model, a translator of :mod:`nlpcore.translation`, a
            :class:`~nlpcore.recurrent.LSTMNetwork`, an ONNX session, :class:`~nlpcore.words.WordVectors`, or for kind ``text``
            a :class:`~nlpcore.words.texts.PreparedText`.
        tokenizer: the shared tokenizer, both tokenizers of a translator, or None.
        device: where the network is: "cpu", "cuda", "cuda:1", "mps".
        config: the model's ``config.json``, empty where it has none.
        notes: what was changed while loading, such as falling back to the CPU.
        lock: for what must not run twice at once.
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
    _parts: dict[str, Any] = field(default_factory=dict, repr=False)

    def part(self, name: str, make: Callable[[], T]) -> T:
        """Return what belongs to the model besides its network, such as a dictionary: made once, gone with the model."""
        with self.lock:
            if name not in self._parts:
                self._parts[name] = make()
            found: T = self._parts[name]
            return found


class ModelCache:
    """Loaded models by key, each made once however many threads ask for it at the same time, within a bound in bytes.

    Past the bound the least recently used are forgotten; their memory comes back once nobody works with them any more.
    One model alone may be larger than the bound.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._lock = threading.Lock()
        self._locks: dict[Key, threading.Lock] = {}
        self._models: OrderedDict[Key, LoadedModel] = OrderedDict()

    def get(self, key: Key, make: Callable[[], LoadedModel]) -> LoadedModel:
        """Return the model of this key, from memory or by ``make()``."""
        if (found := self._used(key)) is not None:
            return found
        with self._lock:
            own = self._locks.setdefault(key, threading.Lock())
        with turns.holding(own):
            if (found := self._used(key)) is None:
                found = make()
                give_back_heap()
                with self._lock:
                    self._models[key] = found
                    evicted = self._evict()
                if evicted:
                    del evicted
                    devices.give_back_memory()
            return found

    def drop(self, model_id: str) -> None:
        """Forget a model on every device."""
        with self._lock:
            for key in [key for key in self._models if key[1] == model_id]:
                del self._models[key]

    def ids(self) -> tuple[str, ...]:
        """Return the ids of the models in memory, the least recently used first."""
        with self._lock:
            return tuple(key[1] for key in self._models)

    def size(self) -> int:
        """Return how many bytes the models in memory take."""
        with self._lock:
            return sum(_size(model) for model in self._models.values())

    def _used(self, key: Key) -> LoadedModel | None:
        with self._lock:
            if key in self._models:
                self._models.move_to_end(key)
            return self._models.get(key)

    def _evict(self) -> list[LoadedModel]:
        sizes = {key: _size(model) for key, model in self._models.items()}
        evicted = []
        for key in list(self._models)[:-1]:
            if sum(sizes.values()) <= self.limit:
                break
            _log.info("%s makes room for other models (%d bytes)", key[1], sizes.pop(key))
            evicted.append(self._models.pop(key))
        return evicted


def _size(model: LoadedModel) -> int:
    """Return how many bytes a model takes: what the catalogue says, else the size of its files."""
    return model.entry.memory_bytes or sum(path.stat().st_size for path in model.folder.iterdir() if path.is_file())


def memory_limit() -> int:
    """Return the bound in bytes: the setting ``NLPCORE_MEMORY_MB``, else half of this computer's memory."""
    setting = os.environ.get("NLPCORE_MEMORY_MB", "").strip()
    if setting:
        try:
            return max(0, int(float(setting) * 1e6))
        except ValueError:
            _log.warning("NLPCORE_MEMORY_MB=%s is no number of megabytes; half of the memory is used.", setting)
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (ValueError, OSError, AttributeError):  # not on Windows
        return 8_000_000_000


models = ModelCache(memory_limit())
# Tokenizers are shared by models that name the same one, and live as long as one of these does.
_tokenizers: WeakValueDictionary[Path, ThreadSafeTokenizer] = WeakValueDictionary()
_tokenizing = threading.Lock()
# While transformers reads a network it replaces methods of its classes for the whole process and puts them back after.
# Two threads that overlap put back what the other one had put there: from then on no decoder would be tied again.
_reading = threading.Lock()


def load(model_id: str, device: str | None = None) -> LoadedModel:
    """Return the model, the same object for every caller that asks for it on the same device.

    ``device`` None is :func:`nlpcore.models.device.best_device`. A model that does not fit there is loaded on the
    CPU and says so in ``notes``. The least recently used models make room: see :class:`ModelCache`.
    Raises ModelUnknown, ModelMissing, ModelDamaged or ModelUnsuitable.
    """
    found = entry(model_id)
    on = (device or devices.best_device()) if found.kind in TORCH_KINDS else "cpu"
    return models.get((str(store().root), model_id, on), lambda: _load(found, on))


def unload(model_id: str) -> None:
    """Forget the model on every device and give its memory back once nobody uses it any more."""
    models.drop(model_id)
    devices.give_back_memory()


def _load(found: Entry, on: str) -> LoadedModel:
    folder = store().folder(found.id)
    if found.kind not in _loaders:
        importlib.import_module(_HOMES[found.kind])
    make = _loaders[found.kind]
    parts = make(found, folder)
    network = parts.network
    notes: tuple[Note, ...] = ()
    if found.kind in TORCH_KINDS:
        network, on, notes = _placed(network.eval().requires_grad_(False), on)
        if network is None:  # what was already on a device that was lost cannot be brought back: read it again
            network = make(found, folder).network.eval().requires_grad_(False)
    config_file = folder / "config.json"
    config = json.loads(config_file.read_text(encoding="utf-8")) if config_file.is_file() else {}
    return LoadedModel(found.id, found, folder, network, parts.tokenizer, on, config, notes)


@loader(*TRANSFORMERS)
def _from_the_hub(found: Entry, folder: Path) -> Parts:
    """Load a folder in the Hugging Face hub's format."""
    return Parts(_transformer(found, folder), _tokenizer(store().folder(found.tokenizer)))


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


def _tokenizer(folder: Path) -> ThreadSafeTokenizer:
    with turns.holding(_tokenizing):
        found = _tokenizers.get(folder)
        if found is None:
            auto = quiet_transformers().AutoTokenizer
            found = ThreadSafeTokenizer(auto.from_pretrained(folder, local_files_only=True, trust_remote_code=False))
            _tokenizers[folder] = found
        return found


@lru_cache(maxsize=1)
def quiet_transformers() -> Any:
    """Import transformers without its progress bars and its chatter about weights: :func:`load` checks them itself."""
    import transformers

    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    logging.getLogger("transformers").setLevel(logging.ERROR)
    return transformers
