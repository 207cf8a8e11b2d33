"""The table beside the figure, as head and rows of text that is ready to be shown."""

from __future__ import annotations

from app.text import Say, markdown_escape
from nlpcore.words.analogy import AnalogyTrace

Table = list[tuple[str, str]]  # the head, then the rows


def verdict(trace: AnalogyTrace, w: Say, revealed: bool) -> Table:
    """Return where the expected word comes: with the trick, without it, and without any arithmetic.

    ``revealed``: whether it may be shown what comes first when nothing is struck. ValueError where no word is expected.
    """
    if trace.expected is None:
        raise ValueError("no word is expected, so it has no place")

    def place(rank: int | None, without: str) -> str:
        return w("verdict.place", place=f"{rank:,}") if rank else w(without)

    struck = place(trace.rank_without_inputs, "verdict.is_input")
    free = place(trace.rank_with_inputs if revealed else None, "verdict.hidden")
    rows = [(w("verdict.with_trick"), struck), (w("verdict.without_trick"), free)]
    for word, rank in zip(trace.positive, trace.ranks_alone, strict=True):
        rows.append((w("verdict.alone", word=markdown_escape(word)), place(rank, "verdict.itself")))
    title = w("verdict.title", word=markdown_escape(trace.expected), count=f"{trace.vocabulary:,}")
    return [(title, ""), *rows]


def markdown(table: Table, flat: bool = False) -> str:
    """Return the table in Markdown, what it says of each row in bold; ``flat``: with a column for each row."""
    lines = [table[0], *((name, f"**{value}**") for name, value in table[1:])]
    head, *rows = zip(*lines, strict=True) if flat else lines
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))
