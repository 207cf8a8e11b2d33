"""Entities marked in their sentence, as HTML of our own: every text from outside is escaped, no style sheet is needed.

A mark shows its type as text beside the colour, so that colour is never the only sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.charts import colours
from app.charts.label_placement import room_for
from app.text import html_escape

# In rem, so that lecture mode enlarges them with everything else; at its usual 16 px these are the figures' sizes.
TEXT = "0.96rem"  # 22 px in lecture mode
_WHOLE = "word-break:keep-all;overflow-wrap:break-word"


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of text (characters ``start`` to ``end``) of one ``type``; ``remark`` stands behind the type's name."""

    start: int
    end: int
    type: str
    remark: str = ""
    dashed: bool = False


def colour_of(kind: str) -> str:
    """Return the colour of an entity type, grey for what is none."""
    return colours.ENTITIES.get(kind, colours.GREY)


def sentence(text: str, marks: Iterable[Mark]) -> str:
    """Return ``text`` with its marks as an HTML fragment; marks must not overlap."""
    out, last = [], 0
    for mark in sorted(marks, key=lambda m: m.start):
        out += [html_escape(text[last : mark.start]), _mark(text[mark.start : mark.end], mark)]
        last = mark.end
    out.append(html_escape(text[last:]))
    look = "font-size:1.1rem;line-height:2;overflow-wrap:anywhere;white-space:pre-wrap"
    return f'<div dir="auto" style="{look}">{"".join(out)}</div>'


def _mark(text: str, mark: Mark) -> str:
    colour = colour_of(mark.type)
    border = f"2px {'dashed' if mark.dashed else 'solid'} {colour}"
    # As a block in the line: a name that goes on in the next line would look like two. line-height: of several lines in one.
    return (
        f'<mark style="background:{colours.with_alpha(colour, 0.2)};color:inherit;border:{border};border-radius:6px;'
        f'padding:2px 4px;margin:1px;display:inline-block;max-width:100%;line-height:1.5">'
        f"{html_escape(text)}&nbsp;{chip(mark.type, mark.remark)}</mark>"
    )


def chip(kind: str, remark: str = "") -> str:
    """Return a small label in the colour of its type."""
    colour = colour_of(kind)
    text = html_escape(f"{kind} {remark}" if remark else kind)
    return (
        f'<span style="background:{colour};color:{colours.readable_on(colour)};border-radius:4px;padding:1px 5px;'
        f'font-size:{TEXT};font-weight:600;white-space:nowrap">{text}</span>'
    )


def rows(lines: Sequence[tuple[str, str]]) -> str:
    """Return lines of (name, HTML) one under the other, the name as plain text before it, or above where it is narrow.

    There a name has the width of the line. A Chinese one breaks at its bracket, not within a word.
    """
    return "".join(
        '<div style="display:flex;flex-wrap:wrap;column-gap:16px">'
        f'<div style="flex:1 0 7.5rem;{_WHOLE};font-weight:600;font-size:{TEXT};padding-top:0.4rem">{html_escape(name)}</div>'
        f'<div style="flex:999 1 18rem;min-width:0">{body}</div></div>'
        for name, body in lines
    )


def tag_table(words: Sequence[str], lines: Sequence[tuple[str, Sequence[str], Mapping[int, str]]]) -> str:
    """Return words over rows of tags as HTML: words side by side where all have room, else one under the other.

    Each line: its name, one tag for each word, and remarks by position: a tag with a remark is framed and marked ✗ or →.
    """
    columns = [("", [html_escape(name) for name, *_ in lines], "rowheader")]
    for n, word in enumerate(words):
        tags = [_tag(tags[n], remarks.get(n, "")) for _, tags, remarks in lines]
        columns.append((f'<span dir="auto">{html_escape(word)}</span>', tags, "cell"))
    rem = round(_NAMES + sum(_column_width(word, n, lines) for n, word in enumerate(words)))
    cells = "".join(
        f'<div role="row"><div role="columnheader">{head}</div>'
        + "".join(f'<div role="{role}">{cell}</div>' for cell in cells)
        + "</div>"
        for head, cells, role in columns
    )
    across = f"grid-auto-flow:column;grid-template:repeat({len(lines) + 1},auto)/none;justify-content:start"
    return (
        f"<style>{_TABLE}@container (min-width:{rem}rem){{.tag-table.of-{rem}{{{across}}}}}</style>"
        '<div style="container-type:inline-size">'
        f'<div role="table" class="tag-table of-{rem}" style="--lines:{len(lines)}">{cells}</div></div>'
    )


def _column_width(word: str, n: int, lines: Sequence[tuple[str, Sequence[str], Mapping[int, str]]]) -> float:
    """Return the rem that a word and its tags take side by side with others."""
    letters = max(len(f"{remarks.get(n, '')} {tags[n]}".strip()) for _, tags, remarks in lines)
    return max(room_for(word, 0.96) + 1, 0.58 * letters + 2.2)


def character_line(characters: Sequence[str], tags: Sequence[str], begins: Sequence[int] = ()) -> str:
    """Return each character over its tag, side by side in rows that wrap; ``begins``: numbers of those that begin a line."""
    new = '<div style="flex-basis:100%"></div>'
    cells = "".join(
        (new if n in begins and n else "")
        + f'<div style="text-align:center;font-size:{TEXT}"><div>{html_escape(character)}</div>{_tag(tag, "")}</div>'
        for n, (character, tag) in enumerate(zip(characters, tags, strict=True))
    )
    return f'<div style="display:flex;flex-wrap:wrap;gap:8px 6px">{cells}</div>'


def number_table(heads: Sequence[str], lines: Sequence[tuple[str, Sequence[float]]]) -> str:
    """Return a small HTML table of numbers with two digits: a column for each line (its name, then its numbers).

    ``heads``: what the names are, then what each number is. Columns for lines, which are few, fit beside a figure.
    """
    cell = f"padding:4px 7px;border:none;border-bottom:1px solid {colours.with_alpha(colours.GREY, 0.5)};text-align:"

    def row(head: str, scope: str, tags: Iterable[str]) -> str:
        return f'<tr><th scope="{scope}" style="{cell}left">{html_escape(head)}</th>{"".join(tags)}</tr>'

    top = (f'<th scope="col" style="{cell}right;vertical-align:bottom">{html_escape(name)}</th>' for name, _ in lines)
    body = (
        row(
            head,
            "row",
            (f'<td style="{cell}right;font-variant-numeric:tabular-nums">{v[n]:.2f}</td>' for _, v in lines),
        )
        for n, head in enumerate(heads[1:])
    )
    return (
        f'<table style="border-collapse:collapse;width:100%;font-size:{TEXT};line-height:1.25">'
        f"{row(heads[0], 'col', top)}{''.join(body)}</table>"
    )


_NAMES = 8.0  # rem: the column of the lines' names
_TABLE = f"""
.tag-table {{ display:grid; grid-template-columns:auto repeat(var(--lines),auto); justify-content:start;
  align-items:center; gap:0.7rem 0.6rem; padding:0.3rem 4px; font-size:{TEXT}; line-height:1.3; overflow-x:auto; }}
.tag-table > div {{ display:contents; }}
.tag-table > div > div {{ text-align:center; max-width:{_NAMES}rem; {_WHOLE}; }}
.tag-table > div:first-child > div, .tag-table > div > div:first-child {{ font-weight:600; }}
@media (max-width:640px) {{ .tag-table {{ font-size:0.84rem; gap:0.8rem 0.3rem; }}
  .tag-table span[style] {{ padding:3px !important; --out:-2px; }} }}
"""


def _tag(tag: str, remark: str) -> str:
    kind = tag[2:]
    colour = colour_of(kind) if kind else colours.GREY
    back = colours.with_alpha(colour, 0.25) if kind else "transparent"
    frame = f"outline:3px solid {colours.WRONG};outline-offset:var(--out,1px);" if remark == "✗" else ""
    sign = f"{html_escape(remark)} " if remark else ""
    edge = f"border-left:4px solid {colour};" if kind else ""
    return (
        f'<span style="background:{back};{edge}border-radius:4px;padding:3px 7px;font-family:monospace;'
        f'white-space:nowrap;{frame}">'
        f"{sign}{html_escape(tag)}</span>"
    )
