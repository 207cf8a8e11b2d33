"""Where a list of rows is cut into batches: one row too few, just enough, one too many."""

from __future__ import annotations

import pytest

from nlpcore.training import translation
from nlpcore.training.translation import Coded


@pytest.mark.parametrize("batch", [1, 4, 8])
@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_batch_that_is_not_full_is_left_out(batch: int, more: int) -> None:
    rows = [Coded([7], [7] * (1 + i % 5)) for i in range(3 * batch + more)]
    found = translation.epoch_batches(rows, batch, seed=0, epoch=0)
    assert [len(each) for each in found] == [batch] * (len(rows) // batch)
