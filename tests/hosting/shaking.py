"""The handshake of the WebSocket over which the app runs, as a browser or a stranger makes it."""

from __future__ import annotations

import http.client


def shake_hands(port: int, host: str, origin: str | None) -> int:
    """Ask for the WebSocket over which the app runs; return the status, 101 where it is opened."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {
        "Host": host, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Protocol": "streamlit",
    } | ({"Origin": origin} if origin else {})  # fmt: skip
    try:
        connection.request("GET", "/_stcore/stream", headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()
