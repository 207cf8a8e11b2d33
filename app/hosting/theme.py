"""The theme that goes to the browser with each run of a page: worked out once, as nothing in it changes while a server runs.

Streamlit 1.67 reads all of its options six times for it, in every run of every learner.
"""

from __future__ import annotations

from collections.abc import Callable

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

Populate = Callable[..., None]


def once(populate: Populate) -> Populate:
    """Return what puts into a message what ``populate(message, section)`` has put there the first time."""
    known: dict[str, CustomThemeConfig] = {}

    def populate_again(message: CustomThemeConfig, section: str = "theme") -> None:
        if section not in known:
            made = CustomThemeConfig()
            populate(made, section)
            known[section] = made
        if known[section].ByteSize():
            message.MergeFrom(known[section])

    return populate_again


def settle() -> None:
    """Have this process keep its theme, once its settings are known and before anybody comes."""
    app_session._populate_theme_msg = once(app_session._populate_theme_msg)
