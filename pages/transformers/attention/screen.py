"""What is chosen on the attention page, and what follows from it: maps as they are shown, a first query."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.shell.asked import Asked
from app.text import markdown_escape, told_apart
from nlpcore import attention

PRONOUNS = {"it", "she", "he", "they", "its", "her", "his", "them", "their", "它", "她", "他"}


@dataclass(frozen=True)
class Source:
    """What is read: the page's question is asked once about it."""

    model: str
    text: str
    pair: str | None
    preset: str | None


@dataclass(frozen=True)
class Row:
    """Where one token looks in one head, all counted from 0."""

    layer: int
    head: int
    query: int


@dataclass(frozen=True)
class Queried:
    """Which token a run was about, of how many, on which of the learner's arrivals at the page."""

    arrival: int
    tokens: int
    query: int
    word: str


@dataclass(frozen=True)
class Screen:
    """What is chosen, and the maps as they are shown. ``query`` is a position in the text's own tokens.

    ``secret``: the row that the learner is asked about and has not answered yet. ``opened``: whether what comes with the
    first answer about a text may be shown: all heads, the formula, what to look for. ``reasons``: whether the reason of an
    answered question is about the chosen row.
    """

    source: Source
    asked: Asked[attention.AttentionReading]
    layer: int
    head: int
    view: str
    options: tuple[str, ...]
    query: int
    groups: tuple[tuple[int, ...], ...]
    secret: Row | None = None
    opened: bool = True
    reasons: bool = False

    @property
    def reading(self) -> attention.AttentionReading:
        """The text as the model has read it."""
        return self.asked.answer

    @property
    def hidden_row(self) -> int | None:
        """Where the secret row stands in the large figure, None where that does not show it."""
        here = self.secret and self.view == "head" and (self.layer, self.head) == (self.secret.layer, self.secret.head)
        return self.place(self.secret.query) if self.secret and here else None

    @property
    def hidden(self) -> tuple[bool, ...]:
        return hidden_tokens(self.reading.maps, self.options)

    @property
    def row(self) -> int:
        """The query's position among what is shown."""
        return self.place(self.query) or 0

    @property
    def drawn_head(self) -> int:
        return self.head if self.view == "head" else 0

    def place(self, position: int) -> int | None:
        """Return where a token of the text stands among what is shown, None where it is hidden."""
        return next((i for i, group in enumerate(self.groups) if position in group), None)

    def label(self, position: int) -> str:
        """Return a token of the text as the map names it, for Markdown."""
        return markdown_escape(told_apart(self.reading.maps.tokens)[position])

    def changed(self, maps: attention.AttentionMaps) -> attention.AttentionMaps:
        """Hide, renormalise and merge as chosen."""
        if any(self.hidden):
            maps = attention.hide(maps, self.hidden, again="renormalise" in self.options)
        return attention.merge_words(maps) if "words" in self.options else maps

    @property
    def of_heads(self) -> attention.AttentionMaps:
        """The maps of all heads, with what is hidden and merged: what can be asked about."""
        return self.changed(self.reading.maps)

    def told(self) -> attention.AttentionMaps:
        """Return the maps of all heads as they may be shown: the secret row has no weights, with all pieces of its word."""
        maps = self.reading.maps
        if self.secret:
            weights = maps.weights.copy()
            query = self.secret.query
            pieces = next((group for group in self.groups if query in group), (query,))
            weights[self.secret.layer, self.secret.head, list(pieces)] = 0
            maps = replace(maps, weights=weights)
        return self.changed(maps)

    def shown(self) -> attention.AttentionMaps:
        """Return the maps behind the large figure."""
        maps = self.reading.maps
        views = {"average": attention.average_heads, "rollout": attention.rollout}
        return self.changed(views[self.view](maps) if self.view in views else maps)

    def strongest_key(self) -> int:
        """Return the key with the largest weight in the row as it is shown (of a merged word, its strongest piece)."""
        row = self.shown().weights[self.layer, self.drawn_head, self.row]
        group = self.groups[int(row.argmax())]
        raw = self.reading.maps.weights[self.layer, self.head, self.query]
        return max(group, key=lambda i: float(raw[i]))


def hidden_tokens(maps: attention.AttentionMaps, options: tuple[str, ...]) -> tuple[bool, ...]:
    """Return which tokens to leave out; a text of one token keeps it."""
    if "hide" not in options or len(maps.tokens) == 1:
        return (False,) * len(maps.tokens)
    return maps.special if any(maps.special) else tuple(i == 0 for i in range(len(maps.tokens)))


def default_query(maps: attention.AttentionMaps, rows: list[int]) -> int:
    """Return the first pronoun, or else the last word: in a decoder that one sees the whole text."""
    plain = {i: maps.tokens[i].lstrip("␣").lower() for i in rows}
    pronouns = [i for i in rows if plain[i] in PRONOUNS]
    words = [i for i in rows if not maps.special[i] and any(c.isalnum() for c in plain[i])]
    return (pronouns or words[-1:] or rows)[0]
