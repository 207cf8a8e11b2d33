"""Sketches are well-formed SVG that says what it shows; what stands in them is text, whatever it is."""

from __future__ import annotations

from xml.etree import ElementTree

from app.charts.sketch import Sketch

SVG = "{http://www.w3.org/2000/svg}"


def test_every_part_is_drawn_where_it_is_said() -> None:
    sketch = (
        Sketch(200, 80)
        .labelled(10, 20, 60, 30, "#0072B2", "<b>&")
        .arrow(70, 35, 120, 35)
        .line(0, 1, 2, 3, "#009E73", 2)
        .bar(1, 2, 0.2, "#D55E00")
        .dot(5, 6, "#56B4E9")
        .text(7, 8, "end", "end", bold=True)
    )
    root = ElementTree.fromstring(sketch.svg('A "picture" <of> it'))
    assert root.get("aria-label") == 'A "picture" <of> it' and root.get("role") == "img"
    assert root.get("viewBox") == "0 0 200 80"
    texts = root.findall(f"{SVG}text")
    assert [text.text for text in texts] == ["<b>&", "end"]
    assert (texts[0].get("x"), texts[0].get("y")) == ("40", "40") and texts[1].get("font-weight") == "600"
    assert [box.get("fill") for box in root.findall(f"{SVG}rect")] == ["#0072B2", "#D55E00"]
    assert root.findall(f"{SVG}rect")[1].get("width") == "1", "the smallest bar is still seen"
    heads = [line.get("marker-end") for line in root.findall(f"{SVG}line")]
    assert heads == ["url(#head)", None]
    written = [*texts, *root.iter(f"{SVG}path")]
    assert len(written) == 3 and {part.get("fill") for part in written} == {"currentColor"}, "the theme's own, CSS says"
