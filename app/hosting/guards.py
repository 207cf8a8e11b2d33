"""Who may come in, decided before Streamlit sees the request: the right host, no page of another site, safe headers.

Streamlit decides about a foreign origin after asking an address service on the internet for this machine's own address,
inside the event loop: where the network drops packets one such handshake freezes every session for seconds. Here nobody
is asked. A browser tells the truth about the origin of a page (RFC 6454), and what it names must be the host that the
request is for.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from secrets import token_urlsafe
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_routes import BASE_ROUTE_UPLOAD_FILE

from app.words import LANGUAGES, LOCALES, Words

# RFC 9112, 3.2: a name or an address of version 4, or one of version 6 in brackets, and perhaps a port.
_HOST = re.compile(r"(?:(?P<name>[a-zA-Z0-9._~-]+)|\[(?P<number>[0-9a-fA-F:.]+)\])(?::(?P<port>[0-9]{1,5}))?")
HERE = ("localhost", "127.0.0.1", "::1")  # this computer's own names
VISITOR = "nlp_visitor"
FRAME_ANCESTORS = "NLPCORE_FRAME_ANCESTORS"
# Addresses hold what learners typed.
SAFE_HEADERS = {"x-content-type-options": "nosniff", "referrer-policy": "same-origin"}
_log = logging.getLogger(__name__)

# Scripts: Streamlit's own, those that it makes of a component's text (blob:), and BertViz's page, whose scripts stand in
# it. Whatever ran could still reach no other host: everything that can carry data away is held to this one.
_POLICY = {
    "default-src": "'self'",
    "script-src": "'self' blob: 'unsafe-inline'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self' blob: data:",
    "worker-src": "'self' blob:",
    "frame-src": "'self' blob: data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}


@dataclass(frozen=True)
class Refusal:
    """Why a request is not answered: a key of ``hosting.*`` in the shell's words, and what the words name."""

    status: int
    key: str
    named: str


def policy(frame_ancestors: str | None = None) -> str:
    """Return the Content-Security-Policy; ``frame_ancestors``: who may embed the app, the setting where it is None."""
    ancestors = frame_ancestors if frame_ancestors is not None else os.environ.get(FRAME_ANCESTORS, "").strip()
    # A semicolon would begin another rule, a line break another header.
    ancestors = " ".join(ancestors.replace(";", " ").split()) or "'self'"
    rules = {**_POLICY, "frame-ancestors": ancestors}
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def host_of(header: str) -> str | None:
    """Return the host that a Host header names, in lower case and without port and last dot; None where it is none."""
    found = _HOST.fullmatch(header)
    if found is None or not 0 < int(found["port"] or 80) < 2**16:
        return None
    return (found["number"] or found["name"]).lower().rstrip(".") or None


def is_named(host: str, names: Sequence[str]) -> bool:
    """Tell whether one of ``names`` means this host: the name itself, ``*.example.edu`` for all below it, or ``*``."""
    for name in (each.strip().lower().rstrip(".") for each in names):
        if name == "*" or host == name or (name.startswith("*.") and host.endswith(name[1:])):
            return True
    return False


def refusal(headers: Headers, names: Sequence[str]) -> Refusal | None:
    """Say why a request is refused, or None where it may come in. ``names``: of this server; without any all are."""
    said = headers.get("host", "")
    host = host_of(said)
    if host is None or (names and not is_named(host, names)):
        return Refusal(421, "wrong_host", said)
    origin = headers.get("origin")
    if origin is None:  # only browsers send one, and they do for whatever could be harmful
        return None
    try:
        own = urlsplit(origin).netloc.lower() == said.lower()
    except ValueError:
        own = False
    return None if own else Refusal(403, "foreign_origin", origin)


class Guard:
    """Refuse what comes from elsewhere; say to browsers what the pages may do, and give each one a name by chance.

    The name (a cookie that ends with the browser's session) tells which tabs belong together, so that everybody gets
    their turn however many tabs somebody has, and lets a balancer keep a visitor with one server.

    ``names`` gives the names of this server when asked, since they are settings. ``heard`` is told of each refusal.
    """

    def __init__(self, app: ASGIApp, names: Callable[[], Sequence[str]], heard: Callable[[Refusal], None]) -> None:
        self._app, self._names, self._heard = app, names, heard
        self._headers = {"content-security-policy": policy(), **SAFE_HEADERS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        names = self._names_for(scope["path"])
        asked = Headers(scope=scope)
        refused = refusal(asked, names)
        if refused is None and scope["type"] == "http" and f"/{BASE_ROUTE_UPLOAD_FILE}/" in scope["path"]:
            refused = Refusal(403, "no_uploads", scope["method"])
        if refused is not None:
            self._heard(refused)
        if scope["type"] == "websocket":
            if refused is None:
                await self._app(scope, receive, send)
            else:  # closed before it was accepted: the handshake is answered with 403 (ASGI specification)
                await send({"type": "websocket.close", "code": 1008})
            return

        known = VISITOR in cookie_parser(asked.get("cookie", ""))

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if not known and headers.get("content-type", "").startswith("text/html"):
                    headers.append("set-cookie", f"{VISITOR}={token_urlsafe(12)}; Path=/; HttpOnly; SameSite=Lax")
            await send(message)

        if refused is None:
            await self._app(scope, receive, with_headers)
        else:
            page = HTMLResponse(refusal_page(refused, self._names()), refused.status)
            await page(scope, receive, with_headers)

    def _names_for(self, path: str) -> Sequence[str]:
        """Return the names by which a path may be asked for; empty where any will do."""
        names = self._names()
        if path.endswith(
            ("/ready", "/_stcore/health")
        ):  # asked for by number; says no more than whether the server lives
            return ()
        # Numbers are read on this computer, whatever name the server has.
        return (*names, *HERE) if names and path.endswith("/metrics") else names


def refusal_page(refused: Refusal, names: Sequence[str]) -> str:
    """Return a page that says in each language what is wrong and which address is right."""
    named = {"named": refused.named[:100] or "?", "names": ", ".join(names) or "?"}
    said = []
    for language in LANGUAGES:
        words = Words(LOCALES / "shell.yaml", language)
        said.append(f'<p lang="{language}">{escape(words(f"hosting.{refused.key}", **named))}</p>')
    style = "body { font: 1.25rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 20vh auto; padding: 0 1rem; }"
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>{style}</style>'
    return f"<!doctype html><html><head>{head}<title>{refused.status}</title></head><body>{''.join(said)}</body></html>"
