"""How many entities a tagger finds, over many sentences and strictly, as seqeval counts them: for the cards."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

TYPES = ("PER", "LOC", "ORG", "MISC")  # of CoNLL-2003


def entity_scores(
    gold: list[list[str]], found: list[list[str]], types: Sequence[str] = TYPES
) -> dict[str, dict[str, float]]:
    """Return precision, recall, F1 and support by entity, for each type and over all (micro), strict IOB2 (seqeval)."""
    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2

    report = classification_report(gold, found, mode="strict", scheme=IOB2, output_dict=True, zero_division=0)
    wanted = (*types, "micro avg")
    return {
        "all" if name == "micro avg" else name: {key.replace("-score", ""): float(v) for key, v in report[name].items()}
        for name in wanted
        if name in report
    }


def entity_counts(gold: list[list[str]], found: list[list[str]]) -> npt.NDArray[np.int64]:
    """Return (sentences, 3): right, found and wanted entities of each sentence, strict."""
    from seqeval.scheme import IOB2, Entities

    rows = []
    for wanted, tags in zip(gold, found, strict=True):
        entities = [{e.to_tuple()[1:] for e in Entities([t], IOB2).entities[0]} for t in (wanted, tags)]
        rows.append((len(entities[0] & entities[1]), len(entities[1]), len(entities[0])))
    return np.array(rows, dtype=np.int64)
