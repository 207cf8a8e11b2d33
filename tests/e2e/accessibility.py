"""What axe finds on a page, less what Streamlit's own chrome is to blame for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# (rule, what the finding lies in): reason. Only parts of the page that no code of this project draws may stand here.
STREAMLITS_OWN = {
    (
        "list",
        "[data-testid=stSidebarNavItems]",
    ): "the navigation puts a <div> between its <ul> and each group of lessons",
    ("listitem", "[data-testid=stSidebarNavItems]"): "the other side of the same <div>",
}
GRAVE = ("serious", "critical")


def grave_findings(page: Page, within: str | None = None, rules: Sequence[str] = ()) -> list[str]:
    """Return the serious and critical findings of our own making, one line each.

    ``within``: a selector, else the whole page; ``rules``: those of axe to try, else all.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe_script())
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    found = page.evaluate("([context, options]) => axe.run(context ?? document, options)", [within, options])
    return [
        f"{finding['impact']}: {finding['id']}: {node['html'][:160]} ({_reason(node)})"
        for finding in found["violations"]
        if finding["impact"] in GRAVE
        for node in finding["nodes"]
        if not _is_streamlits(page, finding["id"], node["target"])
    ]


@cache
def _axe_script() -> str:
    return str(Axe().axe_script)


def _reason(node: dict[str, Any]) -> str:
    return " ".join((node.get("failureSummary") or "").split())[:200]


def _is_streamlits(page: Page, rule: str, target: list[Any]) -> bool:
    places = [place for known, place in STREAMLITS_OWN if known == rule]
    return any(
        page.evaluate("([target, place]) => !!document.querySelector(target)?.closest(place)", [target[0], place])
        for place in places
        if isinstance(target[0], str)
    )
