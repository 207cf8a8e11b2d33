"""Sizes and hashes of the models trained here, written beside their files so that a checkout can be verified."""

from __future__ import annotations

import json

from nlpcore.models.catalogue import SEAL, BundledSource, entry, refresh
from nlpcore.models.errors import ModelMissing
from nlpcore.models.files import sha256_of, write_text


def seal(model_id: str) -> str:
    """Write ``files.json`` into the model's folder in ``assets/models``; return the state that it then has.

    Raises ModelMissing where the folder holds no weights.
    """
    source = entry(model_id).sources[0]
    if not isinstance(source, BundledSource) or not (source.folder / "model.safetensors").is_file():
        raise ModelMissing("model_missing", model=model_id)
    paths = sorted(path for path in source.folder.iterdir() if path.is_file() and path.name != SEAL)
    files = {
        path.name: {"size": path.stat().st_size, "sha256": sha256_of(path)} for path in paths if path.suffix != ".md"
    }
    write_text(source.folder / SEAL, json.dumps(files, indent=1) + "\n")
    refresh()
    return "bundled"
