"""Many small attention maps as one small picture.

A picture of 72 heads takes some kilobytes where 72 heatmaps take megabytes and a second to draw.
"""

from __future__ import annotations

import base64
import struct
import zlib
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from plotly.colors import sample_colorscale, unlabel_rgb

from app.charts import colours

Array = NDArray[np.floating[Any]]

_MOST_PIXELS = 170_000  # of the whole picture, about: some tens of kilobytes
_SIDES = (48, 24)  # pixels of a thumbnail, about
_GAP = 255  # the palette's transparent entry


def mosaic(weights: Array) -> str:
    """Return a PNG of all maps (layers, heads, queries, keys), layers down and heads across, as a ``data:`` URI.

    Brightness follows the square root of the weight, the same for all heads, so that faint patterns can be seen.
    """
    side = _SIDES[0] if weights.shape[0] * weights.shape[1] * _SIDES[0] ** 2 <= _MOST_PIXELS else _SIDES[1]
    pixels = np.rint(np.sqrt(np.clip(_shrunk(weights, side), 0, 1)) * 254).astype(np.uint8)
    scale = max(1, side // pixels.shape[-1])
    pixels = pixels.repeat(scale, axis=-1).repeat(scale, axis=-2)
    gap = max(1, pixels.shape[-1] // 16)
    pixels = np.pad(pixels, ((0, 0), (0, 0), (gap, gap), (gap, gap)), constant_values=_GAP)
    layers, heads, height, width = pixels.shape
    sheet = pixels.transpose(0, 2, 1, 3).reshape(layers * height, heads * width)
    return "data:image/png;base64," + base64.b64encode(png(sheet)).decode()


def _shrunk(weights: Array, side: int) -> Array:
    """Make maps of more than ``side`` tokens smaller; the largest weight of a block is kept, so that thin lines survive."""
    n = weights.shape[-1]
    if n <= side:
        return weights
    starts = np.arange(side) * n // side
    rows: Array = np.maximum.reduceat(weights, starts, axis=-2)
    blocks: Array = np.maximum.reduceat(rows, starts, axis=-1)
    return blocks


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Encode (height, width) palette indices as PNG (ISO/IEC 15948): cividis from 0 to 254, 255 transparent."""
    height, width = pixels.shape
    lines = np.zeros((height, width + 1), np.uint8)  # each line begins with its filter type, 0
    lines[:, 1:] = pixels
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", _palette()),
        (b"tRNS", b"\xff" * 255 + b"\x00"),
        (b"IDAT", zlib.compress(lines.tobytes(), 6)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


@lru_cache(maxsize=1)
def root_scale() -> list[tuple[float, str]]:
    """Return cividis as a Plotly scale whose brightness follows the square root of the value, as in the mosaic."""
    steps = np.linspace(0, 1, 33)
    samples = sample_colorscale(colours.MAGNITUDE, list(steps))
    return [(float(step) ** 2, colour) for step, colour in zip(steps, samples, strict=True)]


@lru_cache(maxsize=1)
def _palette() -> bytes:
    samples = sample_colorscale(colours.MAGNITUDE, list(np.linspace(0, 1, 255)))
    return b"".join(bytes(round(channel) for channel in unlabel_rgb(colour)) for colour in samples) + b"\0\0\0"
