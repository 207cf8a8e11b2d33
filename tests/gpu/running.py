"""The run: every model that the store holds, one after the other, until the time is up."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from nlpcore.models import catalogue, load, store, unload
from nlpcore.models.device import give_back_memory
from tests.gpu import checks
from tests.gpu.checks import BATCHES, CHECKS, NAMES, TOLERANCE, Check, Difference

GLOVE, GLOVE_RIGHT = "glove-6b-50d", 0.4622  # gensim's evaluate_word_analogies on the same file and vectors
_HOLDERS = ("here", "bundled")
_LEAST = 8.0  # seconds that must be left to begin something
OK, FAILED, LEFT_OUT = "ok", "FAILED", "left out"


@dataclass(slots=True)
class Run:
    """Rows of the table, and the time that is left. ``say`` is given each row when it is known."""

    device: str
    limit: float = 240.0
    say: Callable[[dict[str, str]], None] = lambda row: None
    rows: list[dict[str, str]] = field(default_factory=list)
    _begun: float = field(default_factory=time.monotonic)

    def add(self, check: str, model: str, result: str, detail: str) -> None:
        """Add a row."""
        row = {"check": check, "model": model, "result": result, "detail": detail.replace("\n", " ")[:300]}
        self.rows.append(row)
        self.say(row)

    def do(self, check: str, model: str, call: Callable[[], tuple[bool, str]]) -> None:
        """Do a check where time is left. An error is a failure of this check, not the end of the run."""
        if self.seconds_left() < _LEAST:
            self.add(check, model, LEFT_OUT, "no time left")
            return
        try:
            good, detail = call()
            self.add(check, model, OK if good else FAILED, detail)
        except Exception as error:
            self.add(check, model, FAILED, f"{type(error).__name__}: {error}")

    def seconds_left(self) -> float:
        """Return how much of the limit is left, in seconds."""
        return self.limit - (time.monotonic() - self._begun)

    @property
    def failed(self) -> bool:
        """Whether anything went wrong, or nothing was compared at all."""
        results = [row["result"] for row in self.rows]
        return FAILED in results or OK not in results


def run(device: str, limit: float = 240.0, say: Callable[[dict[str, str]], None] = lambda row: None) -> Run:
    """Check everything that there is, the comparisons first, in order of size."""
    found = Run(device, limit, say)
    ready: list[tuple[str, Check]] = []
    for entry in sorted(catalogue().values(), key=lambda entry: entry.memory_bytes):
        check = next((check for check in CHECKS if entry.kind in check.kinds), None)
        state = store().state(entry.id)
        if check is None:
            if entry.kind != "word-vectors":
                found.add("outputs", entry.id, LEFT_OUT, f"{entry.kind} does not run in torch")
        elif state not in _HOLDERS:
            found.add(check.name, entry.id, LEFT_OUT, f"not in the store ({state})")
        else:
            ready.append((entry.id, check))
    _analogies(found)
    for model, check in ready:
        for dtype in TOLERANCE:
            found.do(f"{check.name}, {NAMES[dtype]}", model, lambda m=model, c=check, d=dtype: _same(device, m, c, d))  # type: ignore[misc]
        _forget(model)
    _memory(found, ready)
    for model, check in ready:
        for dtype in TOLERANCE:
            found.do(f"texts a second, {NAMES[dtype]}", model, lambda m=model, c=check, d=dtype: _fast(found, m, c, d))  # type: ignore[misc]
        _forget(model)
    return found


def _same(device: str, model_id: str, check: Check, dtype: torch.dtype) -> tuple[bool, str]:
    model, batch = load(model_id, "cpu"), len(checks.SENTENCES["en"])
    expected = check.run(model, model.network, batch, torch.float32)
    network = check.placed(model_id, device, dtype)
    difference = checks.compare(expected, check.run(model, network, batch, dtype))
    return difference.within(dtype), said(difference, dtype)


def said(difference: Difference, dtype: torch.dtype) -> str:
    """Return how the table tells it."""
    return f"error {difference.error:.1e} (at most {TOLERANCE[dtype]:.0e}), first choices equal {difference.same:.1%}"


def _fast(found: Run, model_id: str, check: Check, dtype: torch.dtype) -> tuple[bool, str]:
    model, network = load(model_id, "cpu"), check.placed(model_id, found.device, dtype)
    rates, rate = [], 0.0
    for batch in BATCHES:
        if rate and 3 * batch / rate > found.seconds_left():
            rates.append(f"{batch} at once: no time left")
            continue
        rate = checks.texts_a_second(
            lambda batch=batch: check.run(model, network, batch, dtype),
            batch,
            found.device,  # type: ignore[misc]
        )
        rates.append(f"{batch} at once: {rate:,.0f}")
    return True, ", ".join(rates)


def _memory(found: Run, ready: list[tuple[str, Check]]) -> None:
    """Fill the device: what is loaded then, and what is asked of a model that is there already, goes to the CPU."""
    memory = checks.memory_of(found.device)
    if memory is None or not ready:
        reason = "there is no model" if memory else f"only CUDA's memory is filled, not that of {found.device}"
        found.add("out of memory", "", LEFT_OUT, reason)
        return

    def told(happened: checks.Full) -> tuple[bool, str]:
        good = f"{happened.taken:.1f} GB taken; the CPU answered with a note; the device is used again"
        return not happened.wrong, happened.wrong or good

    model_id, check = ready[-1]  # the largest
    found.do(
        "out of memory, loading", model_id,
        lambda: told(checks.when_full(model_id, found.device, memory, lambda m, n: check.run(m, n, 1, torch.float32))),
    )  # fmt: skip
    _forget(model_id)
    kinds = {catalogue()[model].kind: model for model, _ in ready if catalogue()[model].kind in checks.SERVED}
    for kind, model in kinds.items():
        found.do(
            "out of memory, asked", model,
            lambda m=model, k=kind: told(checks.served_when_full(m, k, found.device, memory)),  # type: ignore[misc]
        )  # fmt: skip
        _forget(model)


def _analogies(found: Run) -> None:
    if store().state(GLOVE) not in _HOLDERS:
        found.add("analogies", GLOVE, LEFT_OUT, f"not in the store ({store().state(GLOVE)})")
        return

    def score() -> tuple[bool, str]:
        from nlpcore.words import load_vectors
        from nlpcore.words.analogy_evaluation import google_test

        vectors, path = load_vectors(GLOVE), google_test()
        begun = time.perf_counter()
        right = vectors.evaluate_analogies(path).accuracy()
        seconds = time.perf_counter() - begun
        return abs(
            right - GLOVE_RIGHT
        ) < 1e-4, f"{right:.2%} right (gensim {GLOVE_RIGHT:.2%}), {seconds:.1f} s on the CPU"

    found.do("analogies", GLOVE, score)


def _forget(model_id: str) -> None:
    unload(model_id)
    give_back_memory()


def box(device: str) -> str:
    """Describe the machine, the device and what is installed, in one line."""
    names = {"cuda": lambda: torch.cuda.get_device_name(device), "mps": lambda: "Apple GPU"}
    name = names.get(torch.device(device).type, lambda: "CPU")()
    packages = []
    for package in ("torch", "transformers", "tokenizers", "numpy", "gensim"):
        try:
            packages.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            packages.append(f"{package} not installed")
    cuda = f", CUDA {torch.version.cuda}" if torch.version.cuda else ""
    return (
        f"{device}: {name}{cuda}, {os.cpu_count()} cores of {platform.machine()}, Python {platform.python_version()}, "
        + ", ".join(packages)
    )


def write(found: Run, path: Path) -> None:
    """Write the rows as tests/bench/results.json keeps those of a benchmark; ``python -m tests.bench --gpu`` takes them in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    result: dict[str, Any] = {"date": date.today().isoformat(), "machine": box(found.device), "rows": found.rows}
    path.write_text(json.dumps({"gpu": result}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
