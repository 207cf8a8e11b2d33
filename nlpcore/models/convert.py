"""Files made once, when a model is fetched, out of formats that are slow or unsafe to read each time."""

from __future__ import annotations

import importlib
import io
import pickle
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

from nlpcore.models.errors import FetchError, UnsafeFile

TOLERANCE = 0.1  # on logits, which reach about 30; measured on smollm2-135m: 0.03, and 0.002 on probabilities
_SAMPLE = "Once upon a time, in the capital of France, 12 birds sat on the bank of the river and sang."


class _WordsOnly(pickle.Unpickler):
    """Reads lists, strings and numbers. A pickle runs code by naming a function: here every name is refused."""

    def find_class(self, module: str, name: str) -> Any:
        raise UnsafeFile(f"The word list asks for {module}.{name}: only plain words are read.")

    def persistent_load(self, pid: Any) -> Any:
        raise UnsafeFile("The word list refers to something outside itself: only plain words are read.")


def read_pickled_words(content: bytes) -> list[str]:
    """Return the list of words in a pickle without running anything in it. Raises UnsafeFile."""
    try:
        words = _WordsOnly(io.BytesIO(content)).load()
    except UnsafeFile:
        raise
    except Exception as error:  # a pickle that was made up or damaged can make its reader raise anything
        raise UnsafeFile(f"The word list is not a readable pickle ({type(error).__name__}: {error}).") from error
    if type(words) is not list or not all(type(word) is str for word in words):
        raise UnsafeFile("The word list is not a list of words.")
    return words


def convert_words(source: Path, target: Path) -> None:
    """Write the pickled list ``source`` as ``target/words.parquet``: one column ``index``, in the same order."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    words = read_pickled_words(source.read_bytes())
    pq.write_table(pa.table({"index": pa.array(words, pa.string())}), target / "words.parquet")


def _same_logits(original: Any, converted: Any, token_ids: Any) -> None:
    """Raise FetchError unless both networks give the same logits for ``token_ids`` (1, time), within TOLERANCE."""
    import torch

    with torch.inference_mode():
        difference = (original(token_ids).logits - converted(token_ids).logits).abs().max().item()
    if not difference <= TOLERANCE:
        raise FetchError(f"The converted model differs from the original by {difference:.3g} in its logits.")


def convert_gguf(source: Path, target: Path) -> None:
    """Write the GGUF model ``source`` as half-precision safetensors with configuration and tokenizer into ``target``.

    Block-quantised weights are a scale times a small integer plus an offset, the scale and offset in half precision
    (GGML's type Q4_1), so half precision loses next to nothing: the result is read back and its logits are compared.
    Takes about 20 s. Raises FetchError where the logits differ by more than TOLERANCE.
    """
    import torch

    from nlpcore.models.loading import quiet_transformers

    transformers = quiet_transformers()
    options: dict[str, Any] = {"gguf_file": source.name, "local_files_only": True}
    with redirect_stderr(io.StringIO()):  # it draws progress bars whatever it is told
        tokenizer = transformers.AutoTokenizer.from_pretrained(source.parent, **options)
        network = transformers.AutoModelForCausalLM.from_pretrained(source.parent, dtype=torch.float32, **options)
    # What was read are plain weights now, but marked as quantised, which would keep them from being saved.
    vars(network.config).pop("quantization_config", None)
    halved = transformers.AutoModelForCausalLM.from_config(network.config, dtype=torch.float16)
    halved.load_state_dict(network.state_dict())
    halved.save_pretrained(target)
    tokenizer.save_pretrained(target)
    converted = transformers.AutoModelForCausalLM.from_pretrained(target, dtype=torch.float32, local_files_only=True)
    _same_logits(network.eval(), converted.eval(), tokenizer(_SAMPLE, return_tensors="pt")["input_ids"])


Converter = Callable[[Path, Path], None]
CONVERTERS: dict[str, Converter] = {"pickled-words": convert_words, "gguf": convert_gguf}
# Those of texts need what other families know of words, and are imported when the first one is asked for.
_TEXTS, _OF_TEXTS = "nlpcore.words.text_files", {"wikitext": "convert_wikitext", "chapters": "convert_chapters"}


def converter(name: str) -> Converter:
    """Return what makes files out of a fetched one, by the name that the catalogue has for it. KeyError for another name."""
    if name in CONVERTERS:
        return CONVERTERS[name]
    found: Converter = getattr(importlib.import_module(_TEXTS), _OF_TEXTS[name])
    return found
