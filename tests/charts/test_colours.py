"""Colours keep apart and can be read: by the formulas of WCAG 2.2, written anew."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageColor

from app.charts import colours
from app.lessons import ROOT

HEXADECIMAL = st.tuples(*[st.integers(0, 255)] * 3).map(lambda rgb: "#{:02X}{:02X}{:02X}".format(*rgb))


def luminance(colour: str) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in ImageColor.getrgb(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@given(HEXADECIMAL, HEXADECIMAL)
def test_the_contrast_is_that_of_wcag(one: str, other: str) -> None:
    assert colours.contrast(one, other) == pytest.approx(contrast(one, other), rel=1e-12)


def test_the_contrasts_that_everybody_knows() -> None:
    assert colours.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert colours.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)
    assert colours.contrast("#0A0A0A", "#000000") == pytest.approx(1.0607, abs=0.0001)  # the linear part of the curve


@given(HEXADECIMAL)
def test_text_on_a_colour_is_the_better_of_black_and_white(colour: str) -> None:
    better = "#FFFFFF" if contrast("#FFFFFF", colour) > contrast("#000000", colour) else "#000000"
    assert colours.readable_on(colour) == better


@given(HEXADECIMAL, st.sampled_from(["#FFFFFF", "#11161C", "#E69F00"]), st.sampled_from([3.0, 4.5]))
def test_a_colour_is_mixed_no_further_than_it_must_be(colour: str, on: str, ratio: float) -> None:
    found = colours.legible(colour, on, ratio)
    assert contrast(found, on) >= ratio
    end = 255 if colours.readable_on(on) == "#FFFFFF" else 0
    own = ImageColor.getrgb(colour)
    steps = [[round(a + (end - a) * share / 50) for a in own] for share in range(51)]
    first = next(step for step in steps if contrast("#{:02X}{:02X}{:02X}".format(*step), on) >= ratio)
    assert list(ImageColor.getrgb(found)) == first


def test_what_can_be_read_stays_as_it_is() -> None:
    assert colours.legible("#0072B2", "#FFFFFF") == "#0072B2"
    assert contrast("#8A8A8A", "#FFFFFF") < 4.5 <= contrast(colours.legible("#8A8A8A", "#FFFFFF"), "#FFFFFF")
    assert colours.legible("#8A8A8A", "#FFFFFF", 3.0) == "#8A8A8A"
    assert colours.legible("#000000", "#FFFFFF", 21.0) == "#000000", "just enough is enough"


@pytest.mark.parametrize("colour", [*colours.CATEGORIES, *colours.ENTITIES.values()])
def test_text_on_and_in_a_colour_has_contrast(colour: str) -> None:
    theme_file = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
    assert contrast(colour, colours.readable_on(colour)) >= 4.5
    assert set(colours.PAGE) == {"light", "dark"}
    for theme, background in colours.PAGE.items():
        assert theme_file[theme]["backgroundColor"] == background
        assert contrast(colours.legible(colour, background), background) >= 4.5


@given(HEXADECIMAL, st.sampled_from([3.0, 4.0]))
def test_an_edge_stands_out_on_both_pages(colour: str, ratio: float) -> None:
    """And is the colour itself where that does."""
    edge = colours.edge_of(colour, ratio)
    assert min(contrast(edge, page) for page in colours.PAGE.values()) >= ratio
    if min(contrast(colour, page) for page in colours.PAGE.values()) >= ratio:
        assert edge == colour
    assert colours.edge_of("#0072B2") == "#147DB8", "lighter, for the dark page"
    assert colours.edge_of("#E69F00", 3.0) == "#C68900", "darker, for the light page"


@given(HEXADECIMAL, st.sampled_from([0.0, 0.25, 0.5, 1.0]))
def test_a_colour_may_be_transparent(colour: str, alpha: float) -> None:
    red, green, blue = ImageColor.getrgb(colour)
    assert colours.with_alpha(colour, alpha) == f"rgba({red},{green},{blue},{alpha:g})"


def test_categories_are_the_set_of_okabe_and_ito() -> None:
    """Okabe & Ito 2008, without black; grey is for what is none of them."""
    published = {
        (230, 159, 0),
        (86, 180, 233),
        (0, 158, 115),
        (240, 228, 66),
        (0, 114, 178),
        (213, 94, 0),
        (204, 121, 167),
    }
    assert {ImageColor.getrgb(colour) for colour in colours.CATEGORIES[:-1]} == published
    assert colours.CATEGORIES[-1] == colours.GREY and len(set(colours.CATEGORIES)) == 8


def test_scales_run_from_end_to_end() -> None:
    assert [place for place, _ in colours.DIVERGING] == [0.0, 0.25, 0.5, 0.75, 1.0]
    below, _, middle, _, above = (ImageColor.getrgb(str(colour)) for _, colour in colours.DIVERGING)
    assert len(set(middle)) == 1 and below[2] > below[0] and above[0] > above[2]
    assert colours.MAGNITUDE[0][0] == 0 and colours.MAGNITUDE[-1][0] == 1


def test_one_concept_one_colour() -> None:
    """Which concepts stand side by side in a figure, and so must have colours of their own."""
    for together in (
        (colours.QUERY, colours.KEY, colours.VALUE),
        (colours.INPUT_GATE, colours.FORGET_GATE, colours.CANDIDATE, colours.OUTPUT_GATE, colours.CELL_STATE),
        (colours.CELL_STATE, colours.HIDDEN_STATE),
        (colours.LEARNER, colours.MODEL, colours.TRUTH),
        (colours.RIGHT, colours.WRONG),
        tuple(colours.ENTITIES[kind] for kind in ("PER", "LOC", "ORG", "MISC", "O")),
        tuple(colours.ENTITIES[kind] for kind in ("PER", "LOC", "ORG", "TIME", "O")),
        tuple(colours.ENTITIES[kind] for kind in ("DATE", "MONEY", "PERCENT", "O")),
    ):
        assert len(set(together)) == len(together)
    assert colours.ENTITIES["DATE"] == colours.ENTITIES["TIME"]
