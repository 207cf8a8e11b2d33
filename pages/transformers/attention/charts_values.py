"""The last step of attention as a figure: the values, each times its weight, add up to what the head hands on."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.charts import colours, drawing, style
from app.charts.drawing import Drawing
from app.text import Say, plotly_text
from nlpcore.arrays import descending
from nlpcore.attention import HeadVectors
from nlpcore.text import shortened
from pages.transformers.attention.charts import Array

KEYS_SHOWN = 6
_LONGEST_LABEL = 14


def weighted(vectors: HeadVectors, layer: int, head: int, query: int) -> tuple[Array, Array, Array]:
    """Return one query's weights (keys,), the values (keys, d_k), and the values times the weights (keys, d_k)."""
    weights: Array = vectors.trace(layer, head).weights[query].astype(np.float64)
    values: Array = vectors.v[layer, vectors.key_head(head)].astype(np.float64)
    return weights, values, weights[:, None] * values


def weighted_values(vectors: HeadVectors, w: Say, layer: int, head: int, query: int) -> Drawing:
    """Draw the strongest keys' values times their weights as rows (key × component), and under them the sum of all."""
    weights, _, parts = weighted(vectors, layer, head, query)
    keys = [int(key) for key in descending(weights)[:KEYS_SHOWN]]
    rest = len(weights) - len(keys)
    others = parts.sum(0) - parts[keys].sum(0)
    rows = [*parts[keys], *([others] if rest else []), parts.sum(0)]
    labels = [f"{plotly_text(shortened(vectors.tokens[key], _LONGEST_LABEL))} · {weights[key]:.2f}" for key in keys]
    labels += [w("values.rest", count=rest)] if rest else []
    labels.append(f"<b>{w('values.sum')}</b>")
    limit = float(np.abs(rows).max()) or 1.0
    table = drawing.heatmap(
        z=np.array(rows, np.float32),
        zmin=-limit,
        zmax=limit,
        colorscale=colours.DIVERGING,
        colorbar={"thickness": 12},
        xgap=1,
        ygap=2,
        hovertemplate=w("values.hover") + "<extra></extra>",
    )
    names: dict[str, Any] = {"tickvals": list(range(len(rows))), "ticktext": labels, "autorange": "reversed"}
    return Drawing([table]).update_layout(
        **style.base_layout(
            90 + 34 * len(rows),
            xaxis={"title": {"text": w("values.components", count=parts.shape[1])}, "showticklabels": False},
            yaxis=names | {"tickfont": {"size": style.TEXT}, "showgrid": False},
        )
    )


def weighted_rows(vectors: HeadVectors, layer: int, head: int, query: int) -> list[dict[str, Any]]:
    """Return one row for each key and component for the CSV."""
    weights, values, parts = weighted(vectors, layer, head, query)
    return [
        {"key_position": j, "key": token, "weight": weights[j], "component": d + 1, "v": value, "product": parts[j, d]}
        for j, token in enumerate(vectors.tokens)
        for d, value in enumerate(values[j].tolist())
    ]
