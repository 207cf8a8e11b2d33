"""A browser tab without a browser: speaks Streamlit's WebSocket protocol as its own front end does.

What the front end of Streamlit 1.67 does and this does too: the XSRF cookie and the subprotocols of the handshake; a
first run for the address that is open; the state of every widget with each request, defaults included; the id of the
fragment where the widget stands in one; hashes of large messages that were received before, which the server then does
not send again; the address as the page changes it. What it does not: load scripts and pictures, draw anything.
"""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from app.hosting.guards import VISITOR

TIMEOUT = 60.0  # seconds that a learner waits for an answer
_FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
_WIDGETS = frozenset(
    [
        "button_group",
        "checkbox",
        "multiselect",
        "number_input",
        "radio",
        "selectbox",
        "slider",
        "text_area",
        "text_input",
    ]
)


class ProtocolError(Exception):
    """The server did not answer, or not as it should."""


@dataclass(slots=True)
class Shown:
    """An element on the screen: which run drew it, and in which fragment ("" for none)."""

    element: Element
    run: str
    fragment: str


@dataclass(frozen=True, slots=True)
class Run:
    """One interaction: what was done, seconds from sending it to the end of the script, bytes received."""

    what: str
    seconds: float
    received: int


@dataclass(slots=True)
class Tab:
    """One open page. ``async with Tab(url) as tab: await tab.open("attention", "lang=en")``."""

    url: str
    locale: str = "en"
    visitor: str = field(default_factory=token_urlsafe)  # the browser whose tab it is
    runs: list[Run] = field(default_factory=list)
    query: dict[str, str] = field(default_factory=dict)
    _socket: ClientConnection | None = None
    _shown: dict[tuple[int, ...], Shown] = field(default_factory=dict)
    _states: dict[str, WidgetState] = field(default_factory=dict)
    _messages: dict[str, tuple[ForwardMsg, int]] = field(default_factory=dict)  # by hash, with the age in runs
    _pages: dict[str, str] = field(default_factory=dict)  # path -> hash
    _page: str = ""
    _path: str = ""
    _run: str = ""  # the one that is drawing
    _fragments: frozenset[str] = frozenset()  # that it draws; none for the whole page

    async def __aenter__(self) -> Tab:
        await self._connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the tab, as a learner does who leaves."""
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    # -- what a learner does -----------------------------------------------------------------------------------------

    async def open(self, path: str = "", query: str = "") -> Run:
        """Load the page at ``/path?query``: a new session, also where another page was open in this tab."""
        if self._page:
            await self.close()
            for kept in (self._shown, self._states, self._messages, self._pages):
                kept.clear()
            self._page = ""
            await self._connect()
        self._path, self.query = path, dict(parse_qsl(query))
        return await self._interact(f"open {path}")

    async def go(self, path: str) -> Run:
        """Choose another page in the navigation."""
        if path not in self._pages:
            raise ProtocolError(f"the navigation has no {path!r}, only {sorted(self._pages)}")
        self._path, self._page = path, self._pages[path]
        self.query = {}
        return await self._interact(f"go {path}")

    async def set(self, key: str, value: Any) -> Run:
        """Give the widget with this key a value: text, number, bool; the label of an option, or a list of them."""
        shown = self._widget(key)
        kind = str(shown.element.WhichOneof("type"))
        self._states[_id(shown.element)] = _state(kind, _id(shown.element), value)
        return await self._interact(f"set {key}", shown.fragment)

    async def choose(self, key: str, index: int) -> Run:
        """Choose the option with this index."""
        return await self.set(key, self.options(key)[index])

    async def click(self, key: str) -> Run:
        """Press the button with this key."""
        shown = self._widget(key)
        if shown.element.button.disabled:
            raise ProtocolError(f"the button {key!r} is disabled")
        trigger = WidgetState(id=shown.element.button.id, trigger_value=True)
        return await self._interact(f"click {key}", shown.fragment, trigger)

    async def send_raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        await self._open_socket.send(data)

    # -- what a learner sees -----------------------------------------------------------------------------------------

    def elements(self, kind: str) -> list[Any]:
        """Return the elements of a kind, as named in Element.proto, from top to bottom."""
        found = sorted((path, s.element) for path, s in self._shown.items() if s.element.WhichOneof("type") == kind)
        return [getattr(element, kind) for _, element in found]

    def has(self, key: str) -> bool:
        """Whether there is a widget with this key."""
        return any(_has_key(shown.element, key) for shown in self._shown.values())

    def options(self, key: str) -> list[str]:
        """Return the labels of a widget's options."""
        element = self._widget(key).element
        if element.WhichOneof("type") == "button_group":
            return [option.content for option in element.button_group.options]
        return list(getattr(element, str(element.WhichOneof("type"))).options)

    def widget(self, key: str) -> Any:
        """Return the widget's message, such as a Slider."""
        element = self._widget(key).element
        return getattr(element, str(element.WhichOneof("type")))

    def figure(self, name: str) -> dict[str, Any]:
        """Return the Plotly figure that the page drew under this name."""
        spec: dict[str, Any] = json.loads(self._widget(f"figure_{name}").element.plotly_chart.spec)
        return spec

    def text(self) -> str:
        """Return everything written on the page: Markdown, formulas, HTML, headings, remarks."""
        parts = [m.body for m in self.elements("markdown")] + [m.body for m in self.elements("html")]
        parts += [h.body for h in self.elements("heading")] + [a.body for a in self.elements("alert")]
        return "\n".join(parts)

    def errors(self) -> list[str]:
        """Return what a learner must never see: exceptions, and the boxes of an unexpected error."""
        boxes = [a.body for a in self.elements("alert") if a.format == a.ERROR]
        return [f"{e.type}: {e.message}" for e in self.elements("exception")] + boxes

    # -- the wire ----------------------------------------------------------------------------------------------------

    @property
    def _open_socket(self) -> ClientConnection:
        if self._socket is None:
            raise ProtocolError("the tab is closed")
        return self._socket

    async def _connect(self) -> None:
        cookie = await asyncio.to_thread(_xsrf_cookie, self.url)
        parts = urlsplit(self.url)
        cookies = {VISITOR: self.visitor} | ({"_streamlit_xsrf": cookie} if cookie else {})
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        self._socket = await connect(
            f"ws://{parts.netloc}/_stcore/stream",
            origin=f"{parts.scheme}://{parts.netloc}",  # type: ignore[arg-type]
            subprotocols=["streamlit", cookie or "PLACEHOLDER_AUTH_TOKEN"],  # type: ignore[list-item]
            additional_headers=headers,
            max_size=None,
            open_timeout=TIMEOUT,
            compression=None,
        )

    async def _interact(self, what: str, fragment: str = "", trigger: WidgetState | None = None) -> Run:
        message = self._request(fragment, trigger)
        begun = time.perf_counter()
        await self.send_raw(message.SerializeToString())
        try:
            received = await asyncio.wait_for(self._listen(), TIMEOUT)
        except TimeoutError:
            raise ProtocolError(f"{what}: no answer in {TIMEOUT:.0f} s") from None
        run = Run(what, time.perf_counter() - begun, received)
        self.runs.append(run)
        return run

    def _request(self, fragment: str, trigger: WidgetState | None) -> BackMsg:
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string = urlencode(self.query)
        rerun.page_script_hash = self._page
        rerun.page_name = "" if self._page else self._path
        rerun.fragment_id = fragment
        rerun.cached_message_hashes.extend(self._messages)
        rerun.context_info.locale = self.locale
        rerun.context_info.timezone = "UTC"
        rerun.context_info.url = f"{self.url}/{self._path}"
        rerun.context_info.color_scheme = "light"
        rerun.widget_states.widgets.extend(self._states.values())
        if trigger is not None:
            rerun.widget_states.widgets.append(trigger)
        return message

    async def _listen(self) -> int:
        """Take messages until the script has ended; return how many bytes they had."""
        received = 0
        while True:
            data = await self._open_socket.recv()
            received += len(data)
            message = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
            kind = message.WhichOneof("type")
            if kind == "ref_hash":
                message = self._remembered(message)
                kind = message.WhichOneof("type")
            elif message.metadata.cacheable:
                self._messages[message.hash] = (message, 0)
            if kind == "delta":
                self._draw(message)
            elif kind == "new_session":
                self._begin(message)
            elif kind == "navigation":
                self._pages = {page.url_pathname: page.page_script_hash
                               for page in message.navigation.app_pages}  # fmt: skip
                self._page = message.navigation.page_script_hash or self._page
            elif kind == "page_info_changed":
                self.query = dict(parse_qsl(message.page_info_changed.query_string))
            elif kind == "page_not_found":
                raise ProtocolError(f"there is no page {self._path!r}")
            elif kind == "script_finished" and self._end(message):
                return received

    def _remembered(self, reference: ForwardMsg) -> ForwardMsg:
        if reference.ref_hash not in self._messages:
            raise ProtocolError("the server refers to a message that this tab does not have")
        whole = ForwardMsg()
        whole.CopyFrom(self._messages[reference.ref_hash][0])
        whole.metadata.CopyFrom(reference.metadata)
        self._messages[reference.ref_hash] = (whole, 0)
        return whole

    def _begin(self, message: ForwardMsg) -> None:
        self._run = message.metadata.run.script_run_id
        self._fragments = frozenset(message.metadata.run.fragment_ids)
        if not self._fragments:
            self._page = message.new_session.page_script_hash or self._page

    def _draw(self, message: ForwardMsg) -> None:
        path, delta = tuple(message.metadata.delta_path), message.delta
        if delta.WhichOneof("type") != "new_element":
            return  # blocks only arrange, and what stood in one that has changed is gone at the end of the run
        self._shown[path] = Shown(delta.new_element, self._run, delta.fragment_id)
        self._adopt(delta.new_element)
        if component := _address(delta.new_element):
            changes = {k: v for k, v in component.items() if v is not None}
            self.query = {k: v for k, v in self.query.items() if component.get(k, "") is not None} | changes

    def _adopt(self, element: Element) -> None:
        """Keep the state of a widget that has just been drawn: its default at first, later what the server sets."""
        kind = element.WhichOneof("type")
        if kind not in _WIDGETS:
            return
        widget = getattr(element, kind)
        if widget.set_value or widget.id not in self._states:
            state = _drawn_state(kind, widget)
            if state is not None:
                self._states[widget.id] = state
            else:
                self._states.pop(widget.id, None)

    def _end(self, message: ForwardMsg) -> bool:
        """Take away what the run has not drawn again, as the front end does. False where another run follows."""
        if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            raise ProtocolError("the script does not compile")
        if message.script_finished not in _FINISHED:
            return False
        self._shown = {
            path: shown
            for path, shown in self._shown.items()
            if shown.run == self._run or (self._fragments and shown.fragment not in self._fragments)
        }
        here = {_id(shown.element) for shown in self._shown.values()}
        self._states = {name: state for name, state in self._states.items() if name in here}
        # Streamlit's global.maxCachedMessageAge is 2 runs.
        self._messages = {name: (m, age + 1) for name, (m, age) in self._messages.items() if age < 2}
        return True

    def _widget(self, key: str) -> Shown:
        found = [shown for shown in self._shown.values() if _has_key(shown.element, key)]
        if len(found) != 1:
            raise ProtocolError(f"{len(found)} elements have the key {key!r}")
        return found[0]


def _xsrf_cookie(url: str) -> str:
    """Load the page and the server's settings as a browser does before it connects; return the XSRF cookie or ""."""
    cookie = ""
    for path in ("/", "/_stcore/health", "/_stcore/host-config"):
        with urllib.request.urlopen(url + path, timeout=TIMEOUT) as answer:
            answer.read()
            for header in answer.headers.get_all("Set-Cookie") or ():
                if header.startswith("_streamlit_xsrf="):
                    cookie = header.partition("=")[2].partition(";")[0]
    return cookie


def _id(element: Element) -> str:
    kind = element.WhichOneof("type")
    return str(getattr(getattr(element, kind), "id", "")) if kind else ""


def _has_key(element: Element, key: str) -> bool:
    """A widget's id ends in its key: ``$$ID-<hash>-<key>``."""
    return _id(element).partition("$$ID-")[2].partition("-")[2] == key


def _address(element: Element) -> dict[str, str | None] | None:
    """Return what the page's address bar component is told to change in the query."""
    if element.WhichOneof("type") != "bidi_component" or "address_bar" not in element.bidi_component.component_name:
        return None
    query: dict[str, str | None] = json.loads(json.loads(element.bidi_component.json or "{}").get("query", "{}"))
    return query


def _state(kind: str, widget_id: str, value: Any) -> WidgetState:
    state = WidgetState(id=widget_id)
    if kind in ("text_input", "text_area", "selectbox", "radio", "plotly_chart", "dataframe"):
        state.string_value = value
    elif kind == "checkbox":
        state.bool_value = value
    elif kind == "number_input":
        state.double_value = value
    elif kind == "slider" and not isinstance(value, int | float) and all(isinstance(each, str) for each in value):
        state.string_array_value.data.extend([value] if isinstance(value, str) else value)  # of a slider over options
    elif kind == "slider":
        state.double_array_value.data.extend([value] if isinstance(value, int | float) else value)
    elif kind in ("button_group", "multiselect"):
        state.string_array_value.data.extend([value] if isinstance(value, str) else value)
    else:
        raise ProtocolError(f"a {kind} cannot be set")
    return state


def _drawn_state(kind: str, widget: Any) -> WidgetState | None:
    """Return the state of a widget as it is drawn; None for one without a value."""
    chosen: Any = None
    if kind == "slider" and widget.options:
        chosen = list(widget.raw_value) if widget.set_value else [widget.options[int(at)] for at in widget.default]
    elif kind in ("slider", "text_input", "text_area", "checkbox", "number_input"):
        chosen = widget.value if widget.set_value else widget.default
        if not (widget.set_value or kind in ("slider", "checkbox") or widget.HasField("default")):
            return None
        chosen = list(chosen) if kind == "slider" else chosen
    elif kind in ("selectbox", "radio"):
        if widget.set_value:
            chosen = widget.raw_value if widget.HasField("raw_value") else None
        elif widget.HasField("default"):
            chosen = widget.options[widget.default]
    elif widget.set_value:
        chosen = list(widget.raw_values)
    else:
        labels = [option.content for option in widget.options] if kind == "button_group" else list(widget.options)
        chosen = [labels[i] for i in widget.default]
    return None if chosen is None else _state(kind, widget.id, chosen)
