"""Tables beside the embedding map, as head and rows of text that is ready to be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from app.text import Say
from nlpcore.words.projection import Projection
from nlpcore.words.projection_toys import ToyMap, gaps, spreads
from nlpcore.words.projection_words import Closeness, WordMap

Table = list[list[str]]  # the head, then the rows


def share(value: float) -> str:
    """Return a share (0 to 1) with two digits; what is almost 1 is not shown as 1."""
    return f"{0.99 if 0.99 < value < 0.9995 else value:.2f}"


def quality_table(projection: Projection, w: Say) -> Table:
    """Return how far the map can be trusted, beside PCA's map and a random one."""
    measured = {"tsne": projection.quality, "pca": projection.pca, "random": projection.random}
    if projection.method == "pca":
        del measured["tsne"]
    rows = [[w(f"method.{name}"), share(m.trustworthiness), share(m.knn_recall)] for name, m in measured.items()]
    rows[0] = [f"**{cell}**" for cell in rows[0]]
    return [[w("quality.map"), w("quality.trust"), w("quality.recall", k=projection.quality.k)], *rows]


def neighbour_table(trace: WordMap, word: str, w: Say, escape: Callable[[str], str]) -> Table:
    """Return the nearest of ``word`` in the original space; a filled dot marks those that the map kept."""
    rows = [
        [f"{'●' if near.kept else '○'} {escape(near.word)}", f"{near.cosine:.2f}", str(near.map_rank)]
        for near in trace.neighbourhood(word)
    ]
    return [[w("neighbours.word"), w("neighbours.cosine"), w("neighbours.rank")], *rows]


@lru_cache(maxsize=16)
def pairs_there(trace: WordMap, pairs: tuple[str, ...]) -> tuple[tuple[str, str, Closeness], ...]:
    """Return how near the words of each pair ("king queen") are; pairs that the map does not have are left out."""
    apart = (pair.split() for pair in pairs)
    there = ((one, other) for one, other in apart if one in trace.words and other in trace.words)
    return tuple((one, other, trace.closeness(one, other)) for one, other in there)


def pair_table(pairs: Iterable[tuple[str, str, Closeness]], w: Say) -> Table:
    """Return how near the words of each pair are: see :func:`pairs_there`."""
    rows = [
        [f"{first} – {second}", f"{near.cosine:.2f}", str(near.original_rank), str(near.map_rank)]
        for first, second, near in pairs
    ]
    return [[w("pairs.pair"), w("pairs.cosine"), w("pairs.original"), w("pairs.map")], *rows]


def toy_table(trace: ToyMap, w: Say) -> Table:
    """Return widths and distances of the clusters, in truth and in the map, by the width of the first.

    No rows for sets that have no clusters.
    """
    rows: Table = []
    if trace.toy.name in ("two", "unequal", "distances"):
        groups = trace.toy.groups
        sides = [(spreads(p, groups), gaps(p, groups)) for p in (trace.toy.truth, trace.projection.coordinates)]
        for group in range(1, int(groups.max()) + 1):
            rows.append([w("toy_numbers.spread", group=group + 1), *(f"{s[group] / s[0]:.1f}" for s, _ in sides)])
            rows.append([w("toy_numbers.gap", group=group + 1), *(f"{g[0, group] / s[0]:.1f}" for s, g in sides)])
    return [[" ", w("toy_numbers.truth"), w("toy_numbers.map")], *rows]


def markdown(table: Table) -> str:
    """Return the table in Markdown."""
    lines = [table[0], ["---"] * len(table[0]), *table[1:]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
