"""BertViz's head view and model view (Vig 2019, arXiv 1906.05714) as one HTML page that needs no network.

BertViz's own pages load three scripts from another host and spell every weight out as decimal text. Here its drawing code
is taken from the installed package, d3 and jQuery from packages that carry them, a few lines stand in for require.js,
and each weight travels as one byte: a line's opacity has no more steps than that on a screen.
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.charts.label_placement import room_for

ROOT_ID = "bertviz"
MOST_LINES = {"head": 50_000, "model": 80_000}  # lines of SVG that a classroom laptop draws within about two seconds
_WIDEST = {
    "head": 320,
    "model": 140,
}  # px of a column of tokens, of which the model view opens two beside the thumbnails
_WIDEST_LINES = 900  # px between the two columns of the head view
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"
_LIGHT, _DARK = "light", "dark"
_OWN = Path(__file__).with_name("bertviz.js")

# Nothing else has a colour of the theme: what is taken away is drawn in that of paper by a change of data-theme alone.
_STYLE = """
:root { color-scheme: light; --ink: #16202b; --paper: #ffffff; --hover: #d9dee5; --open: #f0f2f5; }
:root[data-theme="dark"] { color-scheme: dark; --ink: #e8edf2; --paper: #11161c; --hover: #3a4654; --open: #222a33; }
:root { color: var(--ink); background: var(--paper); }
body { margin: 0; overflow-x: auto; font: 15px "Source Sans", system-ui, sans-serif; }
svg text { fill: var(--ink); }
svg rect:is(.background, .highlight) { fill: var(--hover); }
svg .held > rect { opacity: 1 !important; }
svg :is(.background, .highlight) + text { cursor: pointer !important; }
select { font: inherit; margin: 0 1rem 0.5rem 0; padding: 0.2rem; }
"""

# The page follows the background of the app around it: the theme that the server knows may be an old one.
_THEME = """
(() => {
  let theme = THEME, colour = null;
  try {
    colour = getComputedStyle(window.parent.document.querySelector(".stApp")).backgroundColor;
    const [r, g, b] = colour.match(/[0-9.]+/g).map(Number);
    theme = 0.2126 * r + 0.7152 * g + 0.0722 * b < 128 ? "dark" : "light";
  } catch (error) { colour = null; }
  document.documentElement.dataset.theme = theme;
  if (colour) { document.documentElement.style.background = colour; }
})();
"""

Array = NDArray[np.floating[Any]]


def most_tokens(view: str, layers: int, heads: int) -> int:
    """Return how many tokens a view can show: it draws one line for each weight ("head": of one layer at a time)."""
    maps = heads if view == "head" else layers * heads
    return int((MOST_LINES[view] / maps) ** 0.5)


def height(view: str, tokens: int, layers: int, heads: int, zoom: float = 1.0) -> int:
    """Return the height in pixels that a view takes, ``zoom`` times the sizes in BertViz's code."""
    if view == "head":
        return round(zoom * (22.5 * tokens + 100))
    thumbnails = layers * (tokens * 7 * 12 / heads + 10) + 41
    return round(zoom * (max(thumbnails, 18 * tokens + 55) + 50))


def page(
    view: str,
    weights: Array,
    tokens: Sequence[str],
    segments: Sequence[int],
    labels: Mapping[str, str],
    layer: int = 0,
    heads: Sequence[int] | None = None,
    dark: bool = False,
    zoom: float = 1.0,
) -> str:
    """Return a self-contained HTML page with BertViz's view of ``weights``.

    Args:
        view: "head" or "model".
        weights: (layers, heads, tokens, tokens), between 0 and 1.
        tokens: what to write beside the lines; may hold anything a learner typed.
        segments: 0 or 1 a token; where both occur, the page offers each direction between the two texts.
        labels: the words "layer", "layers", "head", "heads", "attention", "all", "aa", "bb", "ab", "ba".
        layer: the layer that the head view opens with, from 0.
        heads: the heads that are on at first, all where None.
        dark: the theme to take where the page stands alone.
        zoom: how much larger than in BertViz's code everything is, where there is room at the side.
    """
    parameters = _parameters(weights, tokens, segments, layer, heads)
    code = _with_room(_translated(_source("bertviz", f"{view}_view.js"), labels), tokens)
    code = code.replace("PYTHON_PARAMS", "bertvizParameters")
    scripts = (
        _THEME.replace("THEME", json.dumps(_DARK if dark else _LIGHT)),
        _source("mpld3", "js/d3.v5.min.js"),
        _source("xstatic", "pkg/jquery/data/jquery.min.js"),
        f"{_OWN.read_text(encoding='utf-8')}\nconst bertvizParameters = {_safe_json(parameters)};\n"
        "bertvizParameters.attention = attention(bertvizParameters.data);\n"
        f"window.chosen = () => chosenIn(window.bertvizConfig, {_safe_json(dict(labels))});",
        code,
    )
    body = _controls(view, labels, pair=len(set(segments)) > 1)
    tags = "\n".join(f"<script>{script}</script>" for script in scripts)
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    larger = f"body {{ zoom: {zoom:g}; }}"
    return f"<!doctype html><html><head>{head}<style>{_STYLE}{larger}</style></head><body>{body}{tags}</body></html>"


def _parameters(
    weights: Array, tokens: Sequence[str], segments: Sequence[int], layer: int, heads: Sequence[int] | None
) -> dict[str, Any]:
    """What BertViz's code reads; layers and heads are numbered from 1, as everywhere in the lesson."""
    layers, count = weights.shape[:2]
    packed = np.rint(np.clip(weights, 0, 1) * 255).astype(np.uint8)
    return {
        "data": {
            "weights": base64.b64encode(packed.tobytes()).decode(),
            "shape": [layers, count, weights.shape[-1]],
            "tokens": list(tokens),
            "segments": list(segments),
        },
        "default_filter": "0",
        "root_div_id": ROOT_ID,
        "layer": layer + 1,
        "heads": list(heads) if heads is not None else None,
        "include_layers": list(range(1, layers + 1)),
        "include_heads": list(range(1, count + 1)),
        "total_heads": count,
    }


def _controls(view: str, labels: Mapping[str, str], pair: bool) -> str:
    layer = f'{html.escape(labels["layer"])}: <select id="layer"></select>' if view == "head" else ""
    options = "".join(
        f'<option value="{i}">{html.escape(labels[name])}</option>'
        for i, name in enumerate(("all", "aa", "bb", "ab", "ba"))
    )
    which = f'{html.escape(labels["attention"])}: <select id="filter">{options}</select>' if pair else ""
    return f'<div id="{ROOT_ID}"><span>{layer}{which}</span><div id="vis"></div></div>'


def _translated(code: str, labels: Mapping[str, str]) -> str:
    """Put the words of the page's language and the colours of its theme into BertViz's code, and have it tell its state."""
    layer, head = _safe_json(labels["layer"] + " "), _safe_json(", " + labels["head"] + " ")
    changes = {
        '.text("Heads")': f".text({_safe_json(labels['heads'])})",
        '.text("Layers")': f".text({_safe_json(labels['layers'])})",
        "'Layer ' +": f"{layer} +",
        '", Head " +': f"{head} +",
        "return PALETTE[config.mode]['text']": "return 'var(--ink)'",
        "return PALETTE[config.mode]['background']": "return 'var(--paper)'",
        "return PALETTE[config.mode]['highlight']": "return 'var(--open)'",
        "config = {};": "config = window.bertvizConfig = {};",
    }
    for old, new in changes.items():
        code = code.replace(old, new)
    start = code.index("requirejs(")
    return code[start:]  # what stands before only tells require.js where the other host is


def _with_room(code: str, tokens: Sequence[str]) -> str:
    """Make the columns of tokens as wide as the longest one is, where that is wider than BertViz has them."""
    longest = max(room_for(token, 1.0) for token in tokens)  # em
    head = max(110, min(round(15 * longest) + 12, _WIDEST["head"]))
    detail = max(80, min(round(13 * longest) + 6, _WIDEST["model"]))
    code = code.replace("const BOXWIDTH = 110;", f"const BOXWIDTH = {head};")
    code = code.replace(
        "const MATRIX_WIDTH = 115;", f"const MATRIX_WIDTH = widthOfLines(BOXWIDTH, 115, {_WIDEST_LINES});"
    )
    code = code.replace("const DETAIL_BOX_WIDTH = 80;", f"const DETAIL_BOX_WIDTH = {detail};")
    return code.replace("const DETAIL_WIDTH = 300;", f"const DETAIL_WIDTH = {140 + 2 * detail};")


def _safe_json(value: Any) -> str:
    """JSON that may stand in a script: no tag can be closed or opened inside it."""
    text = json.dumps(value, ensure_ascii=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@lru_cache(maxsize=8)
def _source(package: str, path: str) -> str:
    """Read a file of an installed package without importing the package."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(package)
    for folder in spec.submodule_search_locations:
        if (file := Path(folder) / path).is_file():
            return file.read_text(encoding="utf-8")
    raise FileNotFoundError(f"{package}/{path}")
