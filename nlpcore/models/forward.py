"""One way through a Transformer for every session: texts that wait at the same time go through together.

A network is busy with one batch at a time. Whoever comes meanwhile waits, and the first of those who waited takes all
that fit with it: nobody ever waits for company, and the more there are, the larger the batches. How many networks are
busy at once is bounded too, so that a full class does not make every forward pass slow.

Padding stands on the right and is masked. Every output is cut back to its own text, so that a caller cannot tell
whether it was alone; the numbers agree within 1e-4 in logits (another order of the same float32 sums).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from nlpcore.models import turns

if TYPE_CHECKING:
    from nlpcore.models.loading import LoadedModel

MOST_TEXTS = 32  # in a batch
MOST_WASTE = 1.5  # padded tokens of a batch for each real one
_busy = threading.BoundedSemaphore(max(1, os.cpu_count() or 1))


@dataclass(eq=False, slots=True)
class _Job:
    """One text on its way: ``kind`` names the part of the network and the outputs, which a batch must share."""

    kind: tuple[Any, ...]
    ids: tuple[int, ...]
    type_ids: tuple[int, ...] | None
    outputs: Any = None
    error: BaseException | None = None


@dataclass(eq=False, slots=True)
class _Line:
    """Those who wait for one network, and the lock of the one who is in it."""

    turn: Any = field(default_factory=threading.Lock)
    guard: Any = field(default_factory=threading.Lock)
    waiting: list[_Job] = field(default_factory=list)


_lines: WeakKeyDictionary[Any, _Line] = WeakKeyDictionary()  # by network, gone when its model is unloaded
_lines_guard = threading.Lock()


def forward(
    model: LoadedModel,
    ids: Sequence[int],
    type_ids: Sequence[int] | None = None,
    *,
    head: bool = True,
    wanted: Sequence[str] = (),
) -> Any:
    """Run ``model`` on the tokens ``ids`` and return its outputs as for a batch of this one text.

    type_ids: segment numbers for models that take them. head: False leaves the output head away. wanted: what to return
    besides: ``"attentions"``, ``"hidden_states"``. The result has ``logits`` (1, tokens, …) where there is a head,
    ``attentions`` (a tensor (1, heads, tokens, tokens) for each layer) and ``hidden_states`` ((1, tokens, d) each).
    Raises what the network raises, such as RuntimeError where memory is short.
    """
    types = None if type_ids is None else [type_ids]
    return forward_all(model, [ids], types, head=head, wanted=wanted)[0]


def forward_all(
    model: LoadedModel,
    texts: Sequence[Sequence[int]],
    type_ids: Sequence[Sequence[int]] | None = None,
    *,
    head: bool = True,
    wanted: Sequence[str] = (),
) -> list[Any]:
    """Return :func:`forward` of several texts, together where their lengths go together."""
    kind = (head, tuple(wanted), type_ids is not None)
    types = [None] * len(texts) if type_ids is None else [tuple(row) for row in type_ids]
    jobs = [_Job(kind, tuple(ids), row) for ids, row in zip(texts, types, strict=True)]
    line = _line(model)
    with line.guard:
        line.waiting.extend(jobs)
    try:
        for job in jobs:
            with turns.holding(line.turn):
                if job.outputs is None and job.error is None:
                    with line.guard:
                        batch = _take(line.waiting, job)
                    with _busy:
                        _answer(model, batch)
            if job.error is not None:
                raise job.error
    finally:
        with line.guard:  # where the thread was stopped, or one of several texts failed
            line.waiting[:] = [job for job in line.waiting if job not in jobs]
    return [job.outputs for job in jobs]


def _line(model: LoadedModel) -> _Line:
    with _lines_guard:
        return _lines.setdefault(model.network, _Line())


def _take(waiting: list[_Job], first: _Job) -> list[_Job]:
    """Take ``first`` out of the line, and those behind it that ask for the same and whose lengths go with it."""
    batch, tokens, longest = [first], len(first.ids), len(first.ids)
    for job in waiting:
        if job is first or job.kind != first.kind or len(batch) == MOST_TEXTS:
            continue
        total, most = tokens + len(job.ids), max(longest, len(job.ids))
        if most * (len(batch) + 1) <= MOST_WASTE * total:
            batch.append(job)
            tokens, longest = total, most
    for job in batch:
        waiting.remove(job)
    return batch


def _answer(model: LoadedModel, batch: list[_Job]) -> None:
    """Run the batch. Where it fails, each of several is run alone: one text's trouble is not its neighbours'."""
    try:
        for job, outputs in zip(batch, _run(model, batch), strict=True):
            job.outputs = outputs
    except BaseException as error:
        if len(batch) == 1 or not isinstance(error, Exception):
            for job in batch:
                job.error = error if job is batch[0] else RuntimeError("the batch was stopped")
            return
        for job in batch:
            _answer(model, [job])


def _run(model: LoadedModel, batch: list[_Job]) -> list[Any]:
    import torch

    head, wanted, typed = batch[0].kind
    longest = max(len(job.ids) for job in batch)
    pad = int(getattr(model.network.config, "pad_token_id", None) or 0)

    def padded(rows: list[Sequence[int]], value: int) -> Any:
        return torch.tensor([[*row, *[value] * (longest - len(row))] for row in rows], device=model.device)

    inputs = {
        "input_ids": padded([job.ids for job in batch], pad),
        "attention_mask": padded([[1] * len(job.ids) for job in batch], 0),
    }
    if typed:
        inputs["token_type_ids"] = padded([job.type_ids or () for job in batch], 0)
    network = model.network if head else model.network.base_model
    with torch.inference_mode():
        outputs = network(**inputs, **{f"output_{name}": True for name in wanted})
    return [_one(outputs, head, wanted, row, len(job.ids)) for row, job in enumerate(batch)]


def _one(outputs: Any, head: bool, wanted: Sequence[str], row: int, count: int) -> Any:
    """Cut one text's outputs out of a batch's: its row, its own tokens."""
    own = slice(row, row + 1)
    cut: dict[str, Any] = {"logits": outputs.logits[own, :count]} if head else {}
    if "attentions" in wanted:
        cut["attentions"] = tuple(layer[own, :, :count, :count] for layer in outputs.attentions)
    if "hidden_states" in wanted:
        cut["hidden_states"] = tuple(layer[own, :count] for layer in outputs.hidden_states)
    return SimpleNamespace(**cut)
