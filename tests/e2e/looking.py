"""What a person would notice on a page of any lesson: each function returns what is wrong, nothing where all is well."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.e2e.browser import DESKTOP, PHONE

FIGURE = ".js-plotly-plot"
HAND = "[class*=st-key-figure_] [data-testid=stBidiComponentIsolated]"  # one that moves under the hand
FIRST_FIGURE = f"{FIGURE}, {HAND}, [data-testid=stMain] mark"  # a sentence with its spans marked is a figure too
MAIN_FIGURES = f".st-key-stage :is({FIGURE}, {HAND})"
SMALLEST_IN_A_HALL = 22  # px
# What stands in the aside, but for the question, which stays in sight of the figure on a phone.
_BESIDE = ".st-key-aside [data-testid=stElementContainer]:not([class*=st-key-question_] *)"
FORMULAS = ".st-key-more .katex-display"
HIGHEST_ON_A_LAPTOP = 330  # px from the top, where the first figure begins
HIGHEST_WITH_AN_EXAMPLE = 460  # with a text of many lines, or a view with controls of its own
_THEMES_GREY = "rgb(128, 132, 149)"  # how Streamlit writes what has no colour of its own in a figure


def boxes(page: Page, selector: str) -> list[dict[str, float]]:
    """Return left, top, right, bottom (px of the first screen) and what is cut off at the side, of all that is seen."""
    found: list[dict[str, float]] = page.evaluate(
        """(selector) => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility()).map((e) => {
          const r = e.getBoundingClientRect(), top = document.querySelector("[data-testid=stMain]").scrollTop;
          return {left: r.left, top: r.top + top, right: r.right, bottom: r.bottom + top,
            width: r.width, cut: e.scrollWidth - e.clientWidth}; })""",
        selector,
    )
    assert found, f"nothing is seen of {selector}"
    return found


def broken(page: Page) -> list[str]:
    """Return the page's tracebacks and error boxes."""
    return page.locator("[data-testid=stException], [data-testid=stAlertContentError]").all_inner_texts()


def empty_figures(page: Page) -> list[str]:
    """Return what is wrong with the figures: none at all, without marks, or without a text for who cannot see it."""
    figures = page.locator(FIGURE).count()
    marks = page.locator(f"{FIGURE} .main-svg :is(path, image, rect.bg, text)").count()
    silent = page.evaluate(
        """() => [...document.querySelectorAll("[data-testid=stPlotlyChart]")]
          .filter((e) => !(e.ariaLabel || e.querySelector("[aria-label]:not(.modebar *)")?.ariaLabel
            || e.querySelector("[role=img], figcaption, .stVisuallyHidden"))).map((e) => e.outerHTML.slice(0, 200))"""
    )
    found = [] if figures else ["there is no figure"]
    found += [] if marks > 20 else [f"the figures have {marks} marks"]
    return [*found, *(f"no alt text: {html}" for html in silent)]


def low_figure(page: Page) -> list[str]:
    """Return what is wrong with where the main figure begins on a large screen."""
    first = boxes(page, FIGURE)[0]
    found = [] if first["top"] < 480 else [f"the main figure begins at {first['top']:.0f} px, below the fold"]
    return found if first["width"] > 300 else [*found, f"the main figure is {first['width']:.0f} px wide"]


# Text and what holds it must end where the page does. Rows that are swiped, code and tables of data scroll.
_SIDEWAYS = """() => {
  const main = document.querySelector("[data-testid=stMain]"), room = main.clientWidth + main.getBoundingClientRect().left;
  const scrolls = "[data-testid=stCode] *, [data-testid=stDataFrame] *, .js-plotly-plot *, iframe, .katex *, svg *," +
    " [role=radiogroup] *, [data-testid=stMultiSelectTagsContainer] *, [tabindex='0'][style*='overflow-x:auto'] *";
  const found = [];
  for (const e of main.querySelectorAll("*")) {
    if (e.matches(scrolls) || e.type === "range" || !e.checkVisibility({ visibilityProperty: true })) { continue; }
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    if (box.width <= 1 || style.clipPath !== "none") { continue; }
    if (box.right > room + 1) { found.push(`${e.className || e.tagName} ends at ${Math.round(box.right)} of ${room}`); }
    const holds = e.matches(".katex-display, table, [data-testid=stMarkdownContainer], .js-plotly-plot, p, li, h1, h2, label");
    if (holds && style.display !== "inline" && e.scrollWidth > e.clientWidth + 2) {
      found.push(`${e.className || e.tagName} ${e.textContent.slice(0, 40)} is ${e.scrollWidth} wide in ${e.clientWidth}`);
    }
  }
  return found;
}"""


# Text of a figure that its edge cuts off: a label at the rim, a legend, a number at the end of a bar.
_CUT_IN_FIGURES = """() => [...document.querySelectorAll("[data-testid=stMain] .js-plotly-plot")].flatMap((plot) => {
  const edge = plot.querySelector(".main-svg").getBoundingClientRect();
  return [...plot.querySelectorAll(".main-svg text")].flatMap((text) => {
    const box = text.getBoundingClientRect(), name = plot.closest("[class*=st-key-figure_]").className.match(/figure_[\\w-]+/)[0];
    if (!text.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || box.width < 1) { return []; }
    const out = Math.max(edge.left - box.left, box.right - edge.right, edge.top - box.top, box.bottom - edge.bottom);
    return out > 1.5 ? [`${name}: ${text.textContent} leaves it by ${Math.round(out)} px`] : [];
  });
})"""


def cut_in_figures(page: Page) -> list[str]:
    """Return the texts that stand partly outside of the figure that they belong to."""
    found: list[str] = page.evaluate(_CUT_IN_FIGURES)
    return found


# Names of rows that touch, and a legend on what it does not belong to. A box of text has some air above and below its letters.
_ON_EACH_OTHER = """() => [...document.querySelectorAll("[data-testid=stMain] .js-plotly-plot")].flatMap((plot) => {
  const texts = (selector) => [...plot.querySelectorAll(`.main-svg ${selector}`)].flatMap((text) => {
    const box = text.getBoundingClientRect();
    const seen = text.textContent.trim() && text.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    return seen && box.width > 1 ? [{ name: text.textContent, box }] : [];
  });
  const shared = (one, other, way, end) => Math.min(one.box[end], other.box[end]) - Math.max(one.box[way], other.box[way]);
  const pairs = (some, others, air) => some.flatMap((one) => others.flatMap((other) => {
    const high = Math.min(one.box.height, other.box.height);
    const lies = shared(one, other, "left", "right") > 2 && shared(one, other, "top", "bottom") > air * high;
    return lies ? [`“${one.name}” lies on “${other.name}”`] : [];
  }));
  const rows = texts(".ytick text"), legend = texts(".legend text");
  const touching = rows.flatMap((row, n) => pairs([row], rows.slice(n + 1), 0.25));
  return [...touching, ...pairs(legend, texts("text:not(.legend text)"), 0.15)];
})"""


def bars_on_figures(page: Page) -> list[str]:
    """Return the figures on which Plotly's bar lies once it is seen: it hangs below."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(".js-plotly-plot")].filter((plot) => {
          const bar = plot.querySelector(".modebar");
          return bar && bar.getBoundingClientRect().top < plot.getBoundingClientRect().bottom - 1;
        }).map((plot) => plot.closest("[class*=st-key-figure_]").className)"""
    )
    return found


def text_on_text(page: Page) -> list[str]:
    """Return names of rows of a figure that touch each other, and entries of a legend that lie on other text."""
    found: list[str] = page.evaluate(_ON_EACH_OTHER)
    return found


def off_the_side(page: Page) -> list[str]:
    """Return what the page's right edge cuts, text, tables and formulas that are wider than what holds them, cut labels."""
    found: list[str] = page.evaluate(_SIDEWAYS)
    return [*found, *cut_in_figures(page)]


def on_a_laptop(page: Page) -> list[str]:
    """Return what is wrong on a laptop: the first figure begins low, or something is cut."""
    return [*low_on_a_laptop(page), *off_the_side(page)]


def low_on_a_laptop(page: Page, most: float = HIGHEST_ON_A_LAPTOP) -> list[str]:
    """Return where the first figure begins, if that is lower than ``most``."""
    first = min(box["top"] for box in boxes(page, FIRST_FIGURE))
    return [f"the first figure begins at {first:.0f} px"] if first > most else []


def on_a_phone(page: Page) -> list[str]:
    """Return what is wrong on a phone: text, figure and panels follow each other, and nothing goes sideways."""
    figure, text = boxes(page, FIRST_FIGURE)[0], boxes(page, ".st-key-controls :is(input, textarea)")[0]
    tools, aside = boxes(page, ".st-key-tools > *"), boxes(page, _BESIDE)
    panels, main = boxes(page, ".st-key-below")[0], boxes(page, "[data-testid=stMain]")[0]
    rules = {
        "the text stands above the figure": text["bottom"] < figure["top"],
        "the figure begins on the first screen": figure["top"] < 600,
        "the aside comes under the figure": figure["bottom"] <= min(box["top"] for box in aside),
        "the panels come under the aside": max(box["bottom"] for box in aside) < panels["top"],
        "the header's tools are one row": max(t["top"] for t in tools) < min(t["bottom"] for t in tools),
        "the header's tools are on the screen": max(t["right"] for t in tools) <= PHONE["width"],
        "the page does not scroll sideways": main["cut"] <= 1,
    }
    return [*(f"not so: {rule}" for rule, holds in rules.items() if not holds), *cut_in_figures(page)]


def on_a_projector(page: Page) -> list[str]:
    """Return what a hall could not read: small or pale text, a figure or a formula that is not on the screen."""
    seen = (
        page.locator(MAIN_FIGURES).locator("visible=true").count()
    )  # a table of tags, a sentence to be tagged are none
    figures = boxes(page, MAIN_FIGURES) if seen else []
    there = page.locator(FORMULAS).locator("visible=true").count()  # a view without a formula is one too
    formulas = boxes(page, FORMULAS) if there else []
    found = [f"a figure ends at {box['bottom']:.0f} px" for box in figures if box["bottom"] > DESKTOP["height"] + 1]
    found += [f"a formula ends at {box['bottom']:.0f} px" for box in formulas if box["bottom"] > DESKTOP["height"]]
    found += [f"a formula is cut off at the side by {box['cut']:.0f} px" for box in formulas if box["cut"] > 1]
    pale: list[str] = page.evaluate(
        """(grey) => [...document.querySelectorAll('.js-plotly-plot text')]
          .filter((e) => getComputedStyle(e).fill === grey).map((e) => e.textContent)""",
        _THEMES_GREY,
    )
    found += [f"in the grey of Streamlit's theme: {text!r}" for text in pale]
    return found + [f"{size} px: {text!r}" for size, text in _sizes(page) if size < SMALLEST_IN_A_HALL]


def _sizes(page: Page) -> list[tuple[float, str]]:
    """Return the size in px of every text that is seen."""
    found: list[list[Any]] = page.evaluate(
        """() => { const out = [];
          const walk = document.createTreeWalker(document.querySelector('[data-testid=stMain]'), NodeFilter.SHOW_TEXT);
          while (walk.nextNode()) { const e = walk.currentNode.parentElement; const r = e.getBoundingClientRect();
            const seen = e.checkVisibility({opacityProperty: true, visibilityProperty: true});
            if (seen && walk.currentNode.textContent.replace(/\\u200b/g, '').trim() && r.width > 1 && r.height > 1
                && !e.closest('.katex-mathml, .msupsub .msupsub, [data-testid=stIconMaterial], .modebar, style, script'))
              out.push([parseFloat(getComputedStyle(e).fontSize), walk.currentNode.textContent.trim().slice(0, 40)]); }
          return out; }"""
    )
    return sorted({(size, text) for size, text in found})


# A radio group and a set of exclusive buttons are one stop each; what is behind a closed menu is none.
_MARK_STOPS = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  const groupsOf = "[role=radiogroup], [data-testid=stButtonGroup]:has([aria-pressed])";
  const stops = [...main.querySelectorAll("input, textarea, [role=slider], button:not([tabindex='-1'])")].filter((e) =>
    !e.disabled && e.checkVisibility({ visibilityProperty: true }) && !e.closest(`.modebar, ${groupsOf}`));
  const groups = [...main.querySelectorAll(groupsOf)].filter((e) => e.checkVisibility());
  [...stops, ...groups].forEach((e, n) => { e.dataset.stop = n; });
  return stops.length + groups.length;
}"""
_FOCUSED = "() => document.activeElement?.closest('[data-stop]')?.dataset.stop ?? null"


def out_of_reach(page: Page, most: int = 250) -> list[str]:
    """Return the controls that Tab never comes to."""
    count, reached = page.evaluate(_MARK_STOPS), set()
    page.evaluate("() => document.activeElement.blur()")
    for _ in range(most):
        page.keyboard.press("Tab")
        if (stop := page.evaluate(_FOCUSED)) is not None:
            reached.add(int(stop))
        if len(reached) == count:
            return []
    missed: list[str] = page.evaluate(
        "(reached) => [...document.querySelectorAll('[data-stop]')].filter((e) => !reached.includes(+e.dataset.stop))"
        ".map((e) => e.outerHTML.slice(0, 200))",
        sorted(reached),
    )
    return missed


def tab_to(page: Page, wanted: str, most: int = 150) -> None:
    """Press Tab until the focus is on what ``wanted`` (JavaScript on the element ``e``) describes."""
    for _ in range(most):
        if page.evaluate(f"() => {{ const e = document.activeElement; return !!({wanted}); }}"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {wanted}")
