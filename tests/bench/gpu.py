"""The section on a GPU: what ``make gpu-check`` wrote on a box with one, a row a model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tests.bench.report import Row, table

PRECISIONS = ("float32", "half")
MEMORY = "out of memory, "
_ERROR = re.compile(r"error (\S+) \(at most \S+\), first choices equal (\S+)")
_RATE = re.compile(r"at once: ([\d,]*\d)")


def by_model(rows: Sequence[Row]) -> list[Row]:
    """Return a row a model that was compared: errors, equal first choices, and texts a second at 1, 8 and 32 at once."""
    found = {(row["check"], row["model"]): row for row in rows}
    models = [row["model"] for row in rows if row["check"] == f"outputs, {PRECISIONS[0]}"]
    return [{"model": model} | _of(found, model) for model in models]


def _of(found: Mapping[tuple[str, str], Row], model: str) -> Row:
    errors, rates = {}, {}
    for precision in PRECISIONS:
        same, fast = (found.get((f"{check}, {precision}", model), {}) for check in ("outputs", "texts a second"))
        seen = _ERROR.fullmatch(same.get("detail", ""))
        errors[f"error, {precision}"] = seen[1] if seen else same.get("detail", "")
        errors[f"equal, {precision}"] = seen[2].replace("%", " %") if seen else ""
        rates[f"texts a second, {precision}"] = " / ".join(_RATE.findall(fast.get("detail", "")))
    return errors | rates


def section(result: Mapping[str, Any]) -> str:
    """Return the section of docs/benchmarks.md on what tests.gpu wrote."""
    rows = result["rows"]
    memory = [f"* {row['check'].removeprefix(MEMORY)} {row['model']}: {row['result']}, {row['detail']}"
              for row in rows if row["check"].startswith(MEMORY)]  # fmt: skip
    left = ", ".join(row["model"] for row in rows if row["result"] == "left out")
    return "\n\n".join([
        "## Every model on a GPU",
        "Outputs on the device beside the CPU's: the largest difference over the largest output, and how many first choices "
        "are equal. Texts a second at 1 / 8 / 32 at once, of about ten tokens (translators: 24).",
        table(by_model(rows)),
        "With the device's memory full:",
        "\n".join(memory),
        f"Left out, because not there or not run by torch: {left}.",
        f"`make gpu-check`, {result['date']}, {result['machine']}.",
        *([result["remark"]] if "remark" in result else []),
    ])  # fmt: skip
