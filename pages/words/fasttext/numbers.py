"""How the lesson writes its numbers."""

from __future__ import annotations

from app.text import Markdown


def percent(share: float) -> Markdown:
    """Return a share, 0 to 1, as whole percent; the narrow space lets no line break before the sign."""
    return Markdown(f"{100 * share:.0f}\u202f%")
