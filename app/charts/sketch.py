"""Small pictures of an idea: a few boxes, arrows, bars and numbers, drawn as SVG in the colours of the page's theme."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from app.charts import colours
from app.text import html_escape

Anchor = Literal["start", "middle", "end"]
INK = "currentColor"  # the theme's own colour of text
TEXT = 15  # units of the picture, which are pixels where there is room
_HEAD = (
    '<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="10" markerHeight="10" '
    'markerUnits="userSpaceOnUse" orient="auto">'
    f'<path d="M0 0L8 4L0 8z" fill="{INK}"/></marker>'
)


@dataclass
class Sketch:
    """A picture in the making, ``width`` by ``height``; x goes to the right, y down. Methods can be chained.

    Colours are ``#RRGGBB``; text is always in the theme's own colour, which is readable in light and dark.
    """

    width: int = 420
    height: int = 150
    parts: list[str] = field(default_factory=list)

    def text(
        self, x: float, y: float, text: str, anchor: Anchor = "middle", size: int = TEXT, bold: bool = False
    ) -> Sketch:
        """Write ``text`` on the line y."""
        weight = ' font-weight="600"' if bold else ""
        return self._add(
            f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}"{weight} fill="{INK}">'
            f"{html_escape(text)}</text>"
        )

    def box(self, x: float, y: float, width: float, height: float, colour: str, fill: float = 0.2) -> Sketch:
        """Draw a box with rounded corners whose upper left is (x, y); ``fill`` is the opacity of its inside."""
        return self._add(
            f'<rect x="{x:g}" y="{y:g}" width="{max(width, 0):g}" height="{height:g}" rx="5" fill="{colour}" '
            f'fill-opacity="{fill:g}" stroke="{colour}"/>'
        )

    def labelled(
        self, x: float, y: float, width: float, height: float, colour: str, label: str, fill: float = 0.2
    ) -> Sketch:
        """Draw a box with a text in its middle."""
        self.box(x, y, width, height, colour, fill)
        return self.text(x + width / 2, y + height / 2 + TEXT / 3, label)

    def bar(self, x: float, y: float, length: float, colour: str = colours.BLUE, height: float = 18) -> Sketch:
        """Draw a bar that begins at (x, y) and goes to the right."""
        return self._add(f'<rect x="{x:g}" y="{y:g}" width="{max(length, 1):g}" height="{height:g}" fill="{colour}"/>')

    def dot(self, x: float, y: float, colour: str, radius: float = 5) -> Sketch:
        """Draw a point."""
        return self._add(f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{colour}"/>')

    def ring(self, x: float, y: float, colour: str, radius: float = 7) -> Sketch:
        """Draw a ring: a place at which nothing stands."""
        return self._add(
            f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="none" stroke="{colour}" stroke-width="2.5"/>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str = INK, width: float = 1.5) -> Sketch:
        """Draw a line."""
        return self._add(_line(x1, y1, x2, y2, colour, width))

    def arrow(self, x1: float, y1: float, x2: float, y2: float, colour: str = INK, width: float = 1.5) -> Sketch:
        """Draw a line with a head at its end."""
        return self._add(_line(x1, y1, x2, y2, colour, width, ' marker-end="url(#head)"'))

    def svg(self, alt: str) -> str:
        """Return the picture as SVG, as wide as there is room up to its own width; ``alt`` says what it shows."""
        return (
            f'<svg role="img" aria-label="{html_escape(alt)}" viewBox="0 0 {self.width} {self.height}" '
            f'xmlns="http://www.w3.org/2000/svg"><defs>{_HEAD}</defs>{"".join(self.parts)}</svg>'
        )

    def _add(self, part: str) -> Sketch:
        self.parts.append(part)
        return self


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float, more: str = "") -> str:
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{colour}" stroke-width="{width:g}"{more}/>'
