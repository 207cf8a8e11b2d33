"""What a learner takes away: data that spreadsheets read and do not run, and buttons for the picture."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from app.shell.exports import export_menu, to_csv
from tests.shell.driving import SHELL, buttons, drawn


def read(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf"), "without this mark a spreadsheet takes UTF-8 for something else"
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_rows_come_back_as_they_were() -> None:
    rows = [{"word": 'a,b\n“c”, "d"', "p": 0.5, "n": 3}, {"word": "词", "p": -1.0, "n": None}]
    expected = [{"word": 'a,b\n“c”, "d"', "p": "0.5", "n": "3"}, {"word": "词", "p": "-1.0", "n": ""}]
    assert read(to_csv(rows)) == expected
    assert read(to_csv(lambda: iter(rows))) == expected
    assert to_csv(rows).decode("utf-8-sig").splitlines()[0] == "word,p,n"
    assert to_csv(lambda: []) == "\r\n".encode("utf-8-sig")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_run(start: str) -> None:
    """A spreadsheet takes what begins like this for a formula (OWASP, CSV injection)."""
    for text in (f"{start}HYPERLINK(1)", f"{start}1"):
        assert read(to_csv([{"word": text}])) == [{"word": f"'{text}"}]
    assert read(to_csv([{"word": start, "more": f"a{start}b"}])) == [{"word": start, "more": f"a{start}b"}]


def menu(data: Any) -> Any:
    return drawn(lambda: export_menu("figure_map", "made-up-map", data))


def test_the_menu_gives_picture_and_data() -> None:
    app = menu([{"a": 1}])
    words = SHELL["en"]
    assert buttons(app, "take-away") == [{"figure": "figure_map", "filename": "made-up-map", "caption": ""}]
    offered = [{"format": kind, "text": words(f"export.{kind}")} for kind in ("png", "svg")]
    assert buttons(app, "format") == offered
    [button] = app.get("download_button")
    assert button.proto.label == words("export.csv")
    assert not menu(None).get("download_button")
    assert len(buttons(menu(None), "take-away")) == 1
