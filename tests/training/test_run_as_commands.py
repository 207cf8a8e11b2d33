"""Each module that is run as a command says what it takes."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

from nlpcore import training

COMMANDS = sorted(
    path.stem
    for path in Path(training.__file__).parent.glob("*.py")
    if "__main__" in path.read_text("utf-8") and path.stem != "__main__"
)


@pytest.mark.filterwarnings("ignore:.*found in sys.modules")
@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_given(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(f"nlpcore.training.{name}", run_name="__main__")
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: {name}")
