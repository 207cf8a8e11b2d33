"""The small picture of many maps: decoded by Pillow, and compared pixel by pixel with the weights."""

from __future__ import annotations

import base64
import io
import struct
import zlib

import numpy as np
import pytest
from matplotlib import colormaps
from PIL import Image

from app.charts.mosaic import mosaic, png, root_scale


def picture(weights: np.ndarray) -> Image.Image:
    uri = mosaic(weights)
    assert uri.startswith("data:image/png;base64,")
    image = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
    image.load()
    return image


def maps(layers: int, heads: int, tokens: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.full(tokens, 0.3), (layers, heads, tokens))


def cells(image: Image.Image, layers: int, heads: int) -> np.ndarray:
    """(layers, heads, height, width) palette indices, with the gaps around each map."""
    pixels = np.asarray(image)
    assert image.mode == "P"
    height, width = pixels.shape[0] // layers, pixels.shape[1] // heads
    assert pixels.shape == (layers * height, heads * width)
    return pixels.reshape(layers, height, heads, width).transpose(0, 2, 1, 3)


@pytest.mark.parametrize(
    ("layers", "heads", "tokens", "scale", "gap"), [(2, 3, 5, 9, 2), (1, 1, 48, 1, 3), (12, 12, 10, 2, 1)]
)
def test_each_map_stands_in_its_place(layers: int, heads: int, tokens: int, scale: int, gap: int) -> None:
    weights = maps(layers, heads, tokens)
    found = cells(picture(weights), layers, heads)
    assert found.shape[-1] == tokens * scale + 2 * gap
    inner = found[:, :, gap:-gap, gap:-gap]
    expected = np.rint(254 * np.sqrt(weights))
    for row in range(scale):
        for column in range(scale):
            assert np.array_equal(inner[:, :, row::scale, column::scale], expected)
    around = found.copy()
    around[:, :, gap:-gap, gap:-gap] = 255
    assert (around == 255).all()


def test_a_long_text_keeps_its_strongest_weights() -> None:
    weights = maps(1, 2, 100)
    gap, side = 3, 48
    inner = cells(picture(weights), 1, 2)[:, :, gap:-gap, gap:-gap]
    assert inner.shape[-1] == side
    edges = [i * 100 // side for i in range(side)] + [100]
    for head in range(2):
        for i in range(side):
            for j in range(side):
                block = weights[0, head, edges[i] : edges[i + 1], edges[j] : edges[j + 1]]
                assert inner[0, head, i, j] == np.rint(254 * np.sqrt(block.max()))


def test_many_heads_have_smaller_maps() -> None:
    """Of 72 maps each may have 48 pixels, of 144 each has 24: the picture stays at some tens of kilobytes."""
    assert picture(maps(6, 12, 60)).width == 12 * (48 + 2 * 3)
    assert picture(maps(12, 12, 60)).width == 12 * (24 + 2 * 1)
    assert picture(maps(1, 1, 49)).width == 48 + 2 * 3
    assert len(mosaic(maps(12, 12, 60))) < 150_000


def test_what_is_out_of_range_is_cut() -> None:
    weights = np.array([[[[1.2, -0.1], [0.0, 1.0]]]])
    found = cells(picture(weights), 1, 1)[0, 0]
    gap = (found.shape[0] - 48) // 2
    assert {int(found[gap, gap]), int(found[-gap - 1, -gap - 1])} == {254}
    assert {int(found[gap, -gap - 1]), int(found[-gap - 1, gap])} == {0}


def test_colours_are_cividis_and_gaps_are_transparent() -> None:
    image = Image.open(io.BytesIO(png(np.arange(256, dtype=np.uint8).reshape(4, 64))))
    rgba = np.asarray(image.convert("RGBA")).reshape(256, 4)
    assert rgba[255, 3] == 0 and (rgba[:255, 3] == 255).all()
    matplotlib = np.asarray(colormaps["cividis"](np.linspace(0, 1, 255)))[:, :3] * 255
    assert np.abs(rgba[:255, :3].astype(float) - matplotlib).max() < 16  # Plotly has ten samples of it
    brightness = rgba[:255, :3].astype(float) @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(brightness) > -1).all() and brightness[254] - brightness[0] > 120


def test_the_file_is_a_sound_png() -> None:
    data = png(np.zeros((3, 5), np.uint8))
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, kinds = 8, []
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + body)
        kinds.append(kind)
        at += 12 + length
    assert kinds == [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"]
    assert Image.open(io.BytesIO(data)).size == (5, 3)


def test_the_scale_beside_it_follows_the_square_root() -> None:
    """What the mosaic shows for a weight is what the colour bar shows for it."""
    scale = root_scale()
    assert scale[0][0] == 0 and scale[-1][0] == 1 and len(scale) == 33
    places = np.array([place for place, _ in scale])
    assert np.allclose(np.sqrt(places), np.linspace(0, 1, 33))
    palette = np.asarray(Image.open(io.BytesIO(png(np.arange(255, dtype=np.uint8)[None]))).convert("RGB"))[0]
    for place, colour in scale:
        channels = [float(channel) for channel in colour.removeprefix("rgb(").removesuffix(")").split(",")]
        assert np.abs(palette[round(254 * np.sqrt(place))] - np.array(channels)).max() <= 3
