"""Figure of what was learnt of a whole text: the nearest words of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.charts import colours, style
from app.charts.drawing import Drawing
from app.text import Say, number, plotly_text
from nlpcore.text import shortened
from nlpcore.words.table import Neighbour

LONGEST = 14
ROW = 30  # px


def near_figure(near: Sequence[Neighbour], word: str, w: Say) -> Drawing:
    """Draw the cosines of the nearest words of ``word`` as bars, the nearest on top."""
    names = [plotly_text(shortened(each.word, LONGEST)) for each in near]
    cosines = [each.cosine for each in near]
    figure = Drawing()
    figure.add_bar(
        x=cosines, y=list(range(len(near))), orientation="h", marker={"color": colours.BLUE}, showlegend=False,
        text=[number(cosine) for cosine in cosines], textposition="outside", cliponaxis=False,
        textfont={"size": style.SMALL}, hovertemplate="%{x:.3f}<extra></extra>",
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(len(near))), ticktext=names, autorange="reversed", tickfont={"size": style.TEXT}, ticks="",
        showgrid=False,
    )  # fmt: skip
    least = min(0.0, *cosines) if cosines else 0.0
    title = {"text": w("text.cosine", word=plotly_text(shortened(word, LONGEST)))}
    figure.update_xaxes(title=title, range=[1.2 * least, 1.18], fixedrange=True)
    return figure.update_layout(style.base_layout(ROW * len(near) + 70, margin=style.MARGIN | {"b": 44}))


def near_rows(word: str, near: Sequence[Neighbour]) -> list[dict[str, Any]]:
    """Return the nearest words for the CSV."""
    return [{"word": word, "rank": rank, "near": each.word, "cosine": each.cosine} for rank, each in enumerate(near, 1)]
