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

ROOT_ID = "bertviz"
MOST_LINES = {"head": 50_000, "model": 80_000}  # lines of SVG that a classroom laptop draws within about two seconds
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"
_LIGHT, _DARK = "light", "dark"

_STYLE = """
:root { color-scheme: light; --hover: #d9dee5; color: #16202b; background: #ffffff; }
:root[data-theme="dark"] { color-scheme: dark; --hover: #3a4654; color: #e8edf2; background: #11161c; }
body { margin: 0; overflow-x: auto; font: 15px "Source Sans", system-ui, sans-serif; }
svg text:not(.token) { fill: currentColor; }
svg rect.background { fill: var(--hover); }
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

# What BertViz's code expects of require.js, and the weights unpacked from bytes into its nested lists.
_SUPPORT = """
const d3_ = window.d3, jquery_ = window.jQuery;
const require = { config() {} };
const requirejs = (names, callback) => callback(jquery_, d3_);
function attention(data) {
  const [layers, heads, size] = data.shape, bytes = atob(data.weights);
  const part = (from, to) => ({
    attn: Array.from({ length: layers }, (_, l) => Array.from({ length: heads }, (_, h) =>
      from.map((q) => to.map((k) => bytes.charCodeAt(((l * heads + h) * size + q) * size + k) / 255)))),
    left_text: from.map((i) => data.tokens[i]), right_text: to.map((i) => data.tokens[i]) });
  const all = data.tokens.map((_, i) => i);
  const a = all.filter((i) => data.segments[i] === 0), b = all.filter((i) => data.segments[i] === 1);
  return b.length ? [part(all, all), part(a, a), part(b, b), part(a, b), part(b, a)] : [part(all, all)];
}
"""

Array = NDArray[np.floating[Any]]


def most_tokens(view: str, layers: int, heads: int) -> int:
    """Return how many tokens a view can show: it draws one line for each weight ("head": of one layer at a time)."""
    maps = heads if view == "head" else layers * heads
    return int((MOST_LINES[view] / maps) ** 0.5)


def height(view: str, tokens: int, layers: int, heads: int) -> int:
    """Return the height in pixels that a view takes, from the sizes in BertViz's code."""
    if view == "head":
        return round(22.5 * tokens) + 100
    thumbnails = layers * (tokens * 7 * 12 / heads + 10) + 41
    return round(max(thumbnails, 18 * tokens + 55)) + 50


def page(
    view: str,
    weights: Array,
    tokens: Sequence[str],
    segments: Sequence[int],
    labels: Mapping[str, str],
    layer: int = 0,
    heads: Sequence[int] | None = None,
    dark: bool = False,
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
    """
    parameters = _parameters(weights, tokens, segments, layer, heads)
    code = _translated(_source("bertviz", f"{view}_view.js"), labels).replace("PYTHON_PARAMS", "bertvizParameters")
    scripts = (
        _THEME.replace("THEME", json.dumps(_DARK if dark else _LIGHT)),
        _source("mpld3", "js/d3.v5.min.js"),
        _source("xstatic", "pkg/jquery/data/jquery.min.js"),
        f"{_SUPPORT}\nconst bertvizParameters = {_safe_json(parameters)};\n"
        "bertvizParameters.attention = attention(bertvizParameters.data);\n"
        "bertvizParameters.display_mode = document.documentElement.dataset.theme;",
        code,
    )
    body = _controls(view, labels, pair=len(set(segments)) > 1)
    tags = "\n".join(f"<script>{script}</script>" for script in scripts)
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    return f"<!doctype html><html><head>{head}<style>{_STYLE}</style></head><body>{body}{tags}</body></html>"


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
    """Put the words of the page's language and its dark background into BertViz's code."""
    layer, head = _safe_json(labels["layer"] + " "), _safe_json(", " + labels["head"] + " ")
    changes = {
        '.text("Heads")': f".text({_safe_json(labels['heads'])})",
        '.text("Layers")': f".text({_safe_json(labels['layers'])})",
        "'Layer ' +": f"{layer} +",
        '", Head " +': f"{head} +",
        "'background': 'black'": "'background': '#11161c'",
    }
    for old, new in changes.items():
        code = code.replace(old, new)
    start = code.index("requirejs(")
    return code[start:]  # what stands before only tells require.js where the other host is


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
