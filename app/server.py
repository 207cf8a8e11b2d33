"""The server: ``python -m app.server``.

    python -m app.server                                            for this computer
    python -m app.server --address 0.0.0.0 --name nlp.example.edu   for a class that comes by this name
    python -m app.server --servers 2 …                              for one of 200: two of them behind one address

What else can be set is Streamlit's (``.streamlit/config.toml``, ``STREAMLIT_SERVER_PORT`` …) and in docs/hosting.md.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ipaddress
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import psutil
import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from streamlit import config

import app  # noqa: F401 - before NumPy: how idle threads of the numerical libraries wait
from app.hosting import files, front, logs, metrics, preloading, theme
from app.hosting.guards import HERE, Guard, Refusal, is_named
from app.lessons import ROOT
from app.shell.language import language
from app.words import LOCALES, Words
from nlpcore.models.catalogue import faults
from nlpcore.models.loading import memory_limit

_log = logging.getLogger(__name__)


def ready(request: Request) -> JSONResponse:
    """Say whether the models that were to be loaded beforehand are in memory: 200, or 503 until then."""
    found = preloading.preloaded()
    models = {"wanted": len(found.wanted or ()), "loaded": len(found.there), "missing": found.missing}
    return JSONResponse({"ready": found.done, "models": models}, 200 if found.done else 503)


def names() -> Sequence[str]:
    """Return the names by which this server may be asked for; empty where any will do.

    A server for this computer alone answers to this computer's own names: a page elsewhere whose name was made to lead
    here is none of them.
    """
    found: Sequence[str] = config.get_option("server.allowedHosts")
    return found or (HERE if config.get_option("server.address") in HERE else ())


def refused(refusal: Refusal) -> None:
    """Count and write down that a request was not let in."""
    metrics.refusals.labels(reason=refusal.key).inc()
    _log.warning("%s: %.100s; see docs/hosting.md", refusal.key, refusal.named)


def failed(error: Exception) -> bool:
    """Say in the learner's language that something went wrong outside of a page; Streamlit has written it down."""
    st.error(Words(LOCALES / "notes.yaml", language())("unexpected"), icon=":material/error:")
    return True


@contextlib.asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Say where the server is; begin to load models as soon as it answers."""
    theme.settle()
    logs.install()  # once more: the server has set up its own since
    port = config.get_option("server.port")
    for line in told(config.get_option("server.address"), port, config.get_option("server.allowedHosts")):
        print(f"  {line}", flush=True)
    asyncio.get_running_loop().call_soon(preloading.preload_as_set)
    yield


def course() -> st.App:
    """Return the app as an ASGI server takes it."""
    return st.App(
        ROOT / "app" / "main.py",
        lifespan=lifespan,
        routes=[Route("/ready", ready), Route("/metrics", metrics.metrics)],
        middleware=[Middleware(Guard, names=names, heard=refused), Middleware(metrics.Private)],
        on_script_error=failed,
    )


def settings(address: str | None, port: int | None, known_as: Sequence[str]) -> dict[str, Any]:
    """Return Streamlit's settings for what was asked on the command line."""
    # Its welcome is not shown: for the address in it Streamlit asks a service on the internet.
    found: dict[str, Any] = {"logger.hideWelcomeMessage": True}
    if address is not None:
        found["server.address"] = address
    if port is not None:
        found["server.port"] = port
    if known_as:
        found["server.allowedHosts"] = list(known_as)
        found["browser.serverAddress"] = next((name for name in known_as if "*" not in name), HERE[0])
    return found


def told(address: str, port: int, known_as: Sequence[str]) -> list[str]:
    """Return what to say of where a server is: addresses that a browser may open, or what a proxy has to do."""
    here = reached_at(address)
    if known_as and set(here) <= {*HERE} and not any(is_named(host, known_as) for host in here):
        return [f"http://{_in_url(here[0])}:{port} for a proxy that passes on the name {' or '.join(known_as)}"]
    plain = [name for name in known_as if "*" not in name]
    hosts = plain or [host for host in here if not known_as or is_named(host, known_as)]
    return [f"http://{_in_url(host)}:{port}" for host in hosts] or [f"port {port}, by the name {' or '.join(known_as)}"]


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def reached_at(address: str) -> list[str]:
    """Return the hosts by which browsers reach a server that listens at ``address``."""
    if address not in ("0.0.0.0", "::"):
        return [address]
    found = [each.address for all_of_it in psutil.net_if_addrs().values() for each in all_of_it]
    outside = [each for each in found if _is_ipv4(each) and not ipaddress.ip_address(each).is_loopback]
    return ["localhost", *outside]


def _is_ipv4(address: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(address).version == 4
    return False


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m app.server", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--address", help="where to listen; 0.0.0.0 is everywhere (this computer alone)")
    parser.add_argument("--port", type=int, help="(8501)")
    parser.add_argument("--name", action="append", default=[], help="by which browsers may ask for it; may be repeated")
    parser.add_argument("--servers", type=int, default=1, help="to share visitors among, each with its own models (1)")
    parser.add_argument("--under", type=int, help=argparse.SUPPRESS)  # the front's process, with which it ends
    asked = parser.parse_args(arguments)
    if asked.servers < 1:
        parser.error("--servers: at least 1")
    # Streamlit looks for its settings beside what was started, and lets that folder's modules be imported.
    sys.argv[:] = [str(ROOT / "app")]
    logs.install()
    files.as_many_as_allowed()
    if asked.servers > 1:
        several(asked.servers, asked.address, asked.port, asked.name)
        return
    if asked.under is not None:
        threading.Thread(target=_end_with, args=(asked.under,), daemon=True).start()
    for fault in faults():
        _log.error("left out of the catalogue: %s", fault)
    course().run(config=settings(asked.address, asked.port, asked.name))


def several(servers: int, address: str | None, port: int | None, known_as: Sequence[str]) -> None:
    """Run several servers behind one address, until this process is told to end."""
    address, port = address or config.get_option("server.address"), port or config.get_option("server.port")
    if config.get_option("server.sslCertFile"):
        sys.exit("--servers: TLS needs a proxy in front, see docs/hosting.md")
    # They listen on this computer, and are asked for by the names of the front.
    names = known_as or config.get_option("server.allowedHosts") or (() if address in HERE else ("*",))
    for line in told(address, port, known_as):
        print(f"  {line}", flush=True)
    try:
        asyncio.run(front.run(address, port, names, servers, memory_limit()))
    except (OSError, front.CannotStartError) as error:
        sys.exit(str(error))


def _end_with(process: int) -> None:
    """End this server when the one that started it has gone without a word."""
    while os.getppid() == process:
        time.sleep(2)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
