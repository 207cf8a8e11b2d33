"""Attention of 12 layers × 12 heads × 64 tokens in the browser: ours beside BertViz's model view."""

from __future__ import annotations

import json
import re
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import plotly.io

from app.lessons import lesson
from app.words import Words
from nlpcore.attention import AttentionMaps, summarise
from pages.transformers.attention import bertviz_page, charts
from tests.bench.report import Benchmark, Row, ratio, spread
from tests.e2e.browser import launch

LAYERS, HEADS, TOKENS, ROUNDS = 12, 12, 64, 5


def random_maps() -> AttentionMaps:
    """Attention as peaked as a trained model's: rows drawn from a Dirichlet distribution with concentration 0.1."""
    weights = np.random.default_rng(0).dirichlet(np.full(TOKENS, 0.1), size=(LAYERS, HEADS, TOKENS))
    tokens = tuple(f"word{i}" for i in range(TOKENS))
    return AttentionMaps(
        weights.astype(np.float32), tokens, tokens, tuple(range(TOKENS)), (False,) * TOKENS,
        tuple((7 * i, 7 * i + 6) for i in range(TOKENS)), (0,) * TOKENS, causal=False, texts=(" ".join(tokens),),
    )  # fmt: skip


def bertviz_html(maps: AttentionMaps) -> tuple[str, int]:
    """Return BertViz's own page with its libraries inlined, and the bytes of it that are this text's."""
    import torch
    from bertviz import model_view

    layers = [torch.from_numpy(maps.weights[layer])[None] for layer in range(LAYERS)]
    html = model_view(layers, list(maps.tokens), html_action="return").data
    own = len(html.encode())
    libraries = "".join(
        f"<script>{bertviz_page._source(package, path)}</script>"
        for package, path in (("mpld3", "js/d3.v5.min.js"), ("xstatic", "pkg/jquery/data/jquery.min.js"))
    )
    shim = (
        "<script>const require = { config() {} }; const requirejs = (n, f) => f(window.jQuery, window.d3); "
        "requirejs.config = () => {}; window.require = require; window.requirejs = requirejs;</script>"
    )
    body = re.sub(r'<script src="[^"]*"></script>', "", html)  # require.js from another host
    return f"<!doctype html><meta charset=utf-8><body>{libraries}{shim}{body}", own


def our_html(maps: AttentionMaps) -> tuple[str, int]:
    """Return a page with the lesson's two figures, all heads and one head, and the bytes of the two."""
    from plotly.offline import get_plotlyjs

    say = Words(lesson("attention").words, "en")
    figures = [
        plotly.io.to_json(charts.overview(maps, summarise(maps), say, 4, 2).for_plotly(), validate=False),
        plotly.io.to_json(charts.head_map(maps, say, 4, 2, 11).for_plotly(), validate=False),
    ]
    draw = "".join(
        f"drawn.push(Plotly.newPlot('figure{i}', {figure}).then(() => count++));" for i, figure in enumerate(figures)
    )
    body = (
        "<div id=figure0 style='width:500px'></div><div id=figure1 style='width:900px'></div>"
        f"<script>let count = 0; const drawn = []; {draw}</script>"
    )
    page = f"<!doctype html><meta charset=utf-8><body><script>{get_plotlyjs()}</script>{body}"
    return page, sum(len(figure.encode()) for figure in figures)


def seconds_until(page: Any, file: Path, done: str) -> float:
    """Return the seconds from asking for the page until ``done`` (JavaScript) holds and a frame was painted."""
    begun = time.perf_counter()
    page.goto(file.as_uri(), wait_until="commit")
    page.wait_for_function(f"() => {done}", timeout=120_000, polling=20)
    page.evaluate("() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))")
    return time.perf_counter() - begun


def measure() -> list[Row]:
    maps = random_maps()
    lines = LAYERS * HEADS * TOKENS * TOKENS
    sides = {
        "BertViz": (*bertviz_html(maps), f"document.querySelectorAll('svg line').length >= {lines}"),
        "ours": (*our_html(maps), "typeof count !== 'undefined' && count === 2"),
    }
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    with tempfile.TemporaryDirectory() as folder, launch() as browser:
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        files = {name: Path(folder) / f"{name}.html" for name in sides}
        for name, (html, _, _) in sides.items():
            files[name].write_text(html, encoding="utf-8")
        for _ in range(ROUNDS):
            for name, (_, _, done) in sides.items():
                seconds[name].append(seconds_until(page, files[name], done))
    theirs, own = (sides[name][1] for name in ("BertViz", "ours"))
    return [
        {
            "layers × heads × tokens": f"{LAYERS} × {HEADS} × {TOKENS}",
            "BertViz, kB": f"{theirs / 1000:,.0f}",
            "ours, kB": f"{own / 1000:,.0f}",
            "bytes, ours / BertViz (goal 0.1)": f"{own / theirs:.3f}",
            "BertViz drawn, s": spread(seconds["BertViz"]),
            "ours drawn, s": spread(seconds["ours"]),
            "time, ours / BertViz (goal 0.33)": ratio(seconds["ours"], seconds["BertViz"], 3),
        }
    ]


BENCHMARK = Benchmark(
    "attention",
    "Attention maps in the browser",
    "BertViz's model view as its package makes it, and the two figures of the attention lesson (every head as one picture, one "
    "head as a heatmap) for the same weights, each opened from a file in the same Chromium in turn until the last mark is "
    "drawn. Bytes are those that depend on the text; drawing code (d3 and jQuery there, Plotly here: 4.6 MB, which a "
    "browser keeps) is left out of the bytes and is part of the time.",
    measure,
)

if __name__ == "__main__":
    print(json.dumps(measure(), indent=1, ensure_ascii=False))
