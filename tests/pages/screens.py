"""What is on each screen of a lesson, as text: kept in the lesson's folder of tests and compared at each run.

    python -m tests.pages.screens [lesson …]      write them anew; the difference is for whoever reads the change

So are the pictures of the home page: that of the lesson's idea as the lesson opens.

It says nothing about what is right, which other tests work out. It sees what changes on a screen without being meant to:
a text, a label, a setting, a colour, the place of a part. Every view and panel of each lesson is there in English, the
lesson as it opens in Chinese and in lecture mode too. The first screen is written whole, of the others what differs.
"""

from __future__ import annotations

import difflib
import json
import math
import re
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from google.protobuf.json_format import MessageToDict
from streamlit.testing.v1 import AppTest

from app.lessons import LESSONS, ROOT, lesson
from app.words import LANGUAGES
from tests.hostile.pages import screens
from tests.pages.asking import with_its_panel
from tests.pages.screen import open_page, sound

FEW, LONG, DRAWN = 8, 600, 2500  # values of an array, characters of a text and of a drawing that are written out
# What is the same on every screen, is made anew in every process, or tells of the machine.
_LEFT_OUT = {
    "jsContent", "cssContent", "htmlContent", "deferredFileId", "url", "elementType", "formId", "mimeType", "resourceUrl",
    "session",
}  # fmt: skip
_ID = re.compile(r"^\$\$ID-[0-9a-f]{32}-")
_DEVICE = re.compile(r"\b(?:CPU|CUDA|MPS|XPU)\b")
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? ")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


def file_of(lesson_id: str) -> Path:
    it = lesson(lesson_id)
    return ROOT / "tests" / "pages" / it.group / it.module / "screens.txt"


def queries(lesson_id: str) -> list[dict[str, str]]:
    """Return the queries of the links that open the screens, the lesson's own first."""
    showcase = dict(parse_qsl(lesson(lesson_id).showcase)) | {"lang": "en"}
    found = [showcase | dict(screen.query) for screen in screens(lesson_id)]
    found += [showcase | {"lecture": "true"}, *(showcase | {"lang": language} for language in LANGUAGES[1:])]
    # A map made by a random walk differs from machine to machine.
    return [query | {"method": "pca"} if lesson_id == "embedding-map" else query for query in found]


def lines_of(app: AppTest) -> list[str]:
    """Return a line for each part of the page, indented by what it lies in."""
    return list(_lines(app.main, 0))


def _lines(node: Any, depth: int) -> Iterator[str]:
    proto = getattr(node, "proto", None)
    if hasattr(proto, "DESCRIPTOR"):
        fields, parts = MessageToDict(proto), list[tuple[str, Any]]()
        if node.type == "plotly_chart":
            figure = json.loads(fields.pop("spec"))
            parts = [*(("trace", trace) for trace in _few(figure["data"])), *sorted(figure["layout"].items())]
        elif node.type == "bidi_component":
            parts = [("data", json.loads(fields.pop("json", "null")))]
        yield _line(depth, node.type, fields)
        depth += 1
        yield from (_line(depth, name, value) for name, value in parts)
    for child in getattr(node, "children", {}).values():
        yield from _lines(child, depth)


def _line(depth: int, name: str, value: Any) -> str:
    return f"{'  ' * depth}{name} {json.dumps(_said(value), ensure_ascii=False, sort_keys=True)}"


def _few(values: list[Any]) -> list[Any]:
    """Return the values, or of many the first two, how many there are between, and the last."""
    return values if len(values) <= FEW else [*values[:2], f"{len(values) - 3} more", values[-1]]


def _said(value: Any) -> Any:
    """Return what a part says without what is left out, its long arrays and texts shortened, its numbers rounded."""
    if isinstance(value, Mapping):
        if "bdata" in value:
            return f"{value.get('shape', '')} values of {value['dtype']}"
        return {name: _said(each) for name, each in value.items() if name not in _LEFT_OUT}
    if isinstance(value, list):
        return [_said(each) for each in _few(value)]
    if isinstance(value, str):
        text = _DEVICE.sub("device", _ID.sub("", value))
        most = DRAWN if "<svg" in text else LONG
        return text if len(text) <= most else f"{text[:most]} … {_print_of(text)}"
    return float(f"{value:.4g}") if isinstance(value, float) and math.isfinite(value) else value


def _print_of(text: str) -> str:
    """Return letters that stand for a whole text but for its numbers, which differ a little between processors."""
    digest = zlib.crc32(_NUMBER.sub("#", text).encode())
    return "".join("abcdefghijklmnop"[int(digit, 16)] for digit in f"{digest:08x}")


def alike(one: str, other: str) -> bool:
    """Whether two lines say the same, but for one in the last digit of their numbers."""
    if one == other:
        return True
    if _NUMBER.sub("#", one) != _NUMBER.sub("#", other):
        return False
    return all(_near(a, b) for a, b in zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=True))


def _near(one: str, other: str) -> bool:
    digits = max(len(text.partition(".")[2].partition("e")[0]) for text in (one, other))
    a, b = float(one), float(other)
    return abs(a - b) <= max(1.01 * 10.0**-digits if digits else 0.0, 2e-3 * abs(a))


def written(pages: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Return the text that keeps screens (link, lines)."""
    base = pages[0][1]
    out = [f"# {pages[0][0]}", *base]
    for link, lines in pages[1:]:
        difference = list(difflib.unified_diff(base, lines, n=0, lineterm=""))[2:]
        out += ["", f"# {link}", *(line for line in difference if not line.startswith("-"))]
    return "\n".join(out) + "\n"


def read(text: str) -> list[tuple[str, list[str]]]:
    """Return the screens that :func:`written` keeps."""
    lines = text.splitlines()
    heads = [place for place, line in enumerate(lines) if line.startswith("# ")]
    parts = [lines[a:b] for a, b in pairwise([*heads, len(lines)])]
    base = [line for line in parts[0][1:] if line]
    found = [(parts[0][0][2:], base)]
    for part in parts[1:]:
        found.append((part[0][2:], _patched(base, [line for line in part[1:] if line])))
    return found


def _patched(base: Sequence[str], difference: Sequence[str]) -> list[str]:
    out, place = list[str](), 0
    for line in difference:
        if found := _HUNK.match(line):
            start, count = int(found[1]), int(found[2] or 1)
            first = start - 1 if count else start
            out += base[place:first]
            place = first + count
        elif line.startswith("+"):
            out.append(line[1:])
    return [*out, *base[place:]]


@dataclass
class Screens:
    """The screens of a lesson, (link, lines) each, and the picture of its idea by language."""

    pages: list[tuple[str, list[str]]]
    pictures: dict[str, str]


def of(lesson_id: str) -> Screens:
    """Open each screen of a lesson."""
    it, found = lesson(lesson_id), Screens([], {})
    for query in queries(lesson_id):
        app = with_its_panel(sound(open_page(lesson_id, query)))
        found.pages.append((urlencode(query), lines_of(app)))
        if {name: value for name, value in query.items() if name not in ("lang", "method")} == dict(
            parse_qsl(it.showcase)
        ):
            found.pictures[query["lang"]] = _idea(app)
    return found


def _idea(app: AppTest) -> str:
    given = [json.loads(part.proto.json) for part in app.get("bidi_component") if part.proto.json]
    [picture] = [data["svg"] for data in given if isinstance(data, dict) and set(data) == {"svg"}]
    return f"{picture}\n"


def main(ids: Sequence[str]) -> None:
    for lesson_id in ids or [item.id for item in LESSONS]:
        found = of(lesson_id)
        files = {file_of(lesson_id): written(found.pages)}
        files |= {lesson(lesson_id).thumbnail(language): picture for language, picture in found.pictures.items()}
        for path, text in files.items():
            path.write_text(text, encoding="utf-8")
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
