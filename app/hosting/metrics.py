"""What a host can see of a running server, in the OpenMetrics format: ``/metrics``.

Numbers alone: nothing that a learner typed, no address, no visitor. They are told to this computer, or to whoever has the
token in ``NLPCORE_METRICS_TOKEN``; where that is set, to nobody else.
"""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.stats import ACTIVE_SESSIONS_FAMILY
from streamlit.web.server.starlette.starlette_routes import ROUTE_METRICS

from app.hosting.preloading import preloaded
from nlpcore.models import loading, serving, turns
from nlpcore.models.serving import InProcess

TOKEN = "NLPCORE_METRICS_TOKEN"
_PREFIX = "nlp"
_SECONDS = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)
_LOOPBACK = ("127.0.0.1", "::1")
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")

registry = CollectorRegistry()
ProcessCollector(registry=registry)  # resident memory, processor seconds, open files
runs = Histogram(
    f"{_PREFIX}_run_seconds",
    "From the start of a run of a page to its end.",
    ["page"],
    buckets=_SECONDS,
    registry=registry,
)
failures = Counter(f"{_PREFIX}_failures", "Runs and computations that failed.", ["kind"], registry=registry)
refusals = Counter(f"{_PREFIX}_refusals", "Requests that were not let in.", ["reason"], registry=registry)


class _Now(Collector):
    """What is counted elsewhere, looked up when somebody asks."""

    def collect(self) -> Iterator[Metric]:
        yield _gauge("sessions", "Sessions with an open tab.", _sessions())
        holding, waiting = turns.held()
        yield _gauge("turns", "Runs that compute now.", holding)
        yield _gauge("turns_waiting", "Runs that wait for their turn.", waiting)
        yield _gauge("models", "Models in memory.", len(set(loading.models.ids())))
        yield _gauge("models_bytes", "What these take, by the catalogue.", loading.models.size())
        found_ahead = preloaded()
        yield _gauge(
            "models_wanted", "Models that are to be in memory before anybody asks.", len(found_ahead.wanted or ())
        )
        yield _gauge("models_preloaded", "Those of them that are.", len(found_ahead.there))
        found = serving.serving()
        if isinstance(found, InProcess):
            yield _gauge("answers", "Answers that are kept.", found.count)
            yield _gauge("answers_bytes", "What these take.", found.size)
            busy, line = found.pool.held()
            yield _gauge("workers", "Worker processes that compute now.", busy)
            yield _gauge("workers_waiting", "Long computations that wait for a worker.", line)


registry.register(_Now())


def _gauge(name: str, help_: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{_PREFIX}_{name}", help_, value=value)


def _sessions() -> int:
    if not runtime.exists():
        return 0
    stats = runtime.get_instance().stats_mgr.get_stats(family_names=[ACTIVE_SESSIONS_FAMILY])
    return sum(int(getattr(each, "value", 0)) for each in stats.get(ACTIVE_SESSIONS_FAMILY, ()))


@contextmanager
def timed(page: str) -> Iterator[None]:
    """Count how long a run of a page takes; one that is ended by what its learner did next does not count."""
    begun = time.perf_counter()
    yield
    runs.labels(page=page).observe(time.perf_counter() - begun)


def may_see(request: Request) -> bool:
    """Tell whether the numbers are for who asks: a holder of the token, or this computer where there is no token.

    A proxy on this computer asks for others: who comes through one needs the token.
    """
    token = os.environ.get(TOKEN, "").strip()
    if token:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    client = request.client.host if request.client else ""
    return client in _LOOPBACK and not any(name in request.headers for name in _FORWARDED)


def metrics(request: Request) -> Response:
    """Answer a request for the numbers; who may not see them is told nothing, not even that there are any."""
    if not may_see(request):
        return PlainTextResponse("Not Found", 404)
    numbers: bytes = generate_latest(registry)  # type: ignore[no-untyped-call]
    return Response(numbers, headers={"content-type": CONTENT_TYPE_LATEST, "cache-control": "no-store"})


def together(told: Sequence[str]) -> bytes:
    """Join the numbers of several servers: each as it was told, with the number of its server as a label."""
    families: dict[str, Metric] = {}
    for number, text in enumerate(told):
        for family in text_string_to_metric_families(text):  # type: ignore[no-untyped-call]
            kept = families.setdefault(family.name, Metric(family.name, family.documentation, family.type, family.unit))
            for each in family.samples:
                kept.samples.append(each._replace(labels={**each.labels, "server": str(number)}))
    registry_of_all = CollectorRegistry()
    registry_of_all.register(_Told(families.values()))
    numbers: bytes = generate_latest(registry_of_all)  # type: ignore[no-untyped-call]
    return numbers


class _Told(Collector):
    """Numbers that others have told."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


class Private:
    """Keep the numbers that Streamlit itself publishes to those who may see ours."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith(f"/{ROUTE_METRICS}") and not may_see(Request(scope)):
            await PlainTextResponse("Not Found", 404)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
