"""The theme is put together once, and is in each message what Streamlit would have put there."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

from app.hosting import theme
from app.lessons import ROOT

SECTIONS = ["theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar"]
STREAMLITS_OWN = app_session._populate_theme_msg


@pytest.fixture
def project_theme(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the settings of the project, as a server has them."""
    monkeypatch.chdir(ROOT)
    config.get_config_options(force_reparse=True)


@pytest.mark.usefixtures("project_theme")
def test_each_message_holds_what_streamlit_puts_there() -> None:
    again = theme.once(STREAMLITS_OWN)
    for _ in range(2):
        for section in SECTIONS:
            ours, theirs = CustomThemeConfig(), CustomThemeConfig()
            again(ours, section)
            STREAMLITS_OWN(theirs, section)
            assert ours == theirs and ours.SerializeToString() == theirs.SerializeToString(), section
    coloured = CustomThemeConfig()
    again(coloured.dark, "theme.dark")
    assert coloured.dark.primary_color == "#56B4E9", "the project's own colours are among them"


def test_a_part_without_settings_stays_away() -> None:
    whole = CustomThemeConfig()
    theme.once(lambda message, section: None)(whole.sidebar, "theme.sidebar")
    assert not whole.HasField("sidebar")


def test_it_is_asked_for_once_a_section(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def populate(message: Any, section: str = "theme") -> None:
        asked.append(section)
        message.primary_color = section

    monkeypatch.setattr(app_session, "_populate_theme_msg", populate)
    theme.settle()
    for section in ("theme", "theme.dark", "theme.dark", "theme"):
        message = CustomThemeConfig()
        app_session._populate_theme_msg(message, section)
        assert message.primary_color == section
    assert asked == ["theme", "theme.dark"]


def test_streamlit_asks_for_it_where_it_is_replaced() -> None:
    """A Streamlit that has it elsewhere would not notice, and each run would cost more."""
    assert "_populate_theme_msg" in app_session.AppSession._create_new_session_message.__code__.co_names
