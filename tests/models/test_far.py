"""Served by another process over a plain pipe: the same answers, errors, progress and place in the line."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlpcore.errors import LearnerError
from nlpcore.words.projection import Frame
from nlpcore.words.projection_toys import map_toy
from tests.models.far import Far, refuse, wait_for


@pytest.fixture(scope="module")
def far() -> Iterator[Far]:
    server = Far()
    yield server
    server.close()


def test_progress_and_place_arrive(far: Far, tmp_path: Path) -> None:
    gate, begun, queued = tmp_path / "gate", threading.Event(), threading.Event()
    heard: dict[str, list[int]] = {"first": [], "second": [], "places of the first": [], "places": []}
    answers: dict[str, Any] = {}

    def ask(name: str, places: str, signal: threading.Event, place_signal: threading.Event, number: int) -> None:
        answers[name] = far.run(
            wait_for, None,
            on_progress=lambda step: (heard[name].append(step), signal.set()),
            on_place=lambda before: (heard[places].append(before), place_signal.set()),
            path=str(gate), asked_by=number,
        )  # fmt: skip

    never = threading.Event()
    threads = [
        threading.Thread(target=ask, args=("first", "places of the first", begun, never, 1)),
        threading.Thread(target=ask, args=("second", "places", never, queued, 2)),
    ]
    threads[0].start()
    assert begun.wait(60), "the progress of the first has not arrived"
    threads[1].start()
    assert queued.wait(60), "the place of the second has not arrived"
    assert not heard["second"], "it has not begun"
    gate.touch()
    for thread in threads:
        thread.join(60)
    assert heard["places"] == [1] and heard["places of the first"] == []
    assert heard["first"][:1] == heard["second"][:1] == [0]
    served_by, computed_by = answers["first"]
    assert len({served_by, computed_by, os.getpid()}) == 3
    assert answers["second"] == answers["first"], "the worker was kept"


def test_a_map_and_its_frames_cross(far: Far) -> None:
    frames: list[Frame] = []
    there = far.run(map_toy, None, on_progress=frames.append, name="two", count=30, perplexity=5.0)
    here = map_toy("two", count=30, perplexity=5.0)
    assert [frame.iteration for frame in frames] == [frame.iteration for frame in here.projection.frames]
    np.testing.assert_allclose(there.projection.coordinates, here.projection.coordinates)


def test_errors_come_back(far: Far) -> None:
    with pytest.raises(LearnerError) as caught:
        far.run(refuse, None, count=3)
    assert (caught.value.code, caught.value.params) == ("map_too_few", {"count": 3, "fewest": 5})
