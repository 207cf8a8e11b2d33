"""The network between a browser and its server, which a test can cut, and lead to another server."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlsplit


class Way:
    """Forwards a port of this machine. ``with Way() as way: way.lead(server_url); page.goto(way.url)``."""

    def __init__(self) -> None:
        self._target: int | None = None
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.StreamWriter] = set()

    def __enter__(self) -> Way:
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._server = self._do(asyncio.start_server(self._forward, "127.0.0.1", 0))
        self.url = f"http://localhost:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        self.lead(None)
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)

    def lead(self, server: str | None) -> None:
        """End what is under way, and lead to the server at this address from now on; None cuts it."""

        async def change() -> None:
            self._target = None if server is None else urlsplit(server).port
            for writer in self._open.copy():
                writer.transport.abort()

        self._do(change())

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            if self._target is not None:
                there, back = await asyncio.open_connection("127.0.0.1", self._target)
                await asyncio.gather(self._carry(reader, back), self._carry(there, writer))
        writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while part := await reader.read(65536):
                writer.write(part)
                await writer.drain()
        finally:
            self._open.discard(writer)
            with contextlib.suppress(OSError):
                writer.close()
