"""The law of metrics: every series of the gateway is declared here, with labels from the contract alone.

Names follow Prometheus' conventions (base units, `_total`, `_seconds`); prefix `soapgw_`. Children are
looked up once and kept: an observation on the hot path is a dictionary hit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Info, disable_created_metrics
from prometheus_client import Histogram as LockedHistogram
from prometheus_client.exposition import choose_encoder

from ..core.limits import Limits
from ..core.problem import Kind, Problem
from .histogram import Child, Histogram
from .spans import TOLD

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
OUTCOMES: Final[Mapping[int, str]] = {4: "refused", 5: "failed"}  # by the status's first digit; else ok
RESULTS: Final = ("ok", "unchanged", "refused")
BESIDE: Final = ("taken", "given-back", "too-early", "lost")  # all but the first: to be done, or refused, here
STATES: Final[Mapping[str, int]] = {"closed": 0, "half-open": 1, "open": 2}
# The bounds of `Limits` that refuse something, and the two that are settings of a service and of a plug-in.
LIMITS: Final = (
    *(each.name for each in fields(Limits) if each.name not in {"idle", "findings", "offload", "body_rate_after"}),
    *("pool", "sessions"),
)
STAGE_BUCKETS: Final = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.01, 0.05, 0.25, 1.0)


class Metrics:
    """All series, in a registry of their own. One instance a process; tests make as many as they like."""

    def __init__(self, version: str = "", contract: str = "", buckets: Sequence[float] = BUCKETS) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # else every series has a twin
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "soapgw_request_duration_seconds",
            "Time from a request's last byte to its answer.",
            ("operation", "method", "code"),
            buckets=buckets,
            registry=self.registry,
        )
        self.directions = Histogram(
            "soapgw_direction_duration_seconds",
            "The same times by what caller and service speak (json-soap, soap-json, …), and whose failure it was.",
            ("operation", "direction", "outcome"),
            buckets=buckets,
            registry=self.registry,
        )
        self.backend = Histogram(
            "soapgw_backend_duration_seconds",
            "Time that the service behind took.",
            ("operation", "outcome"),
            buckets=buckets,
            registry=self.registry,
        )
        self.stages = LockedHistogram(  # threads observe it, too
            "soapgw_translation_seconds",
            "Time of a step of the translation, one look in seven.",
            ("stage",),
            buckets=STAGE_BUCKETS,
            registry=self.registry,
        )
        self.inflight = 0  # of the event loop alone
        busy = Gauge("soapgw_inflight_requests", "Requests admitted and not yet answered.", registry=self.registry)
        busy.set_function(lambda: self.inflight)
        self.busy = busy
        self.queued = Gauge("soapgw_queued_requests", "Requests that wait for admission.", registry=self.registry)
        self.problems = Counter("soapgw_problems", "Problems answered, by kind.", ("kind",), registry=self.registry)
        self.limits = Counter(
            "soapgw_limits_hit",
            "Messages and connections refused at a limit, by its name.",
            ("limit",),
            registry=self.registry,
        )
        for limit in LIMITS:
            self.limits.labels(limit)
        self.faults = Counter(
            "soapgw_faults",
            "Faults of the service, by declared name (`other`: not declared).",
            ("operation", "fault"),
            registry=self.registry,
        )
        self.retries = Counter(
            "soapgw_retries",
            "Calls that were made once more, since the first was proven harmless.",
            ("operation",),
            registry=self.registry,
        )
        self.plugin_waits = LockedHistogram(
            "soapgw_plugin_wait_seconds",
            "Time that a request waited in a plug-in: for a lock that was held.",
            ("plugin",),
            buckets=buckets,
            registry=self.registry,
        )
        self.plugin_events = Counter(
            "soapgw_plugin_events",
            "What plug-ins did, by their own closed lists of events.",
            ("plugin", "event"),
            registry=self.registry,
        )
        self.beside = Counter(
            "soapgw_very_large",
            "Very large messages asked of the process beside, by what became of it.",
            ("outcome",),
            registry=self.registry,
        )
        for outcome in BESIDE:
            self.beside.labels(outcome)
        self.reloads = Counter(
            "soapgw_reloads", "Configuration reloads, by result.", ("result",), registry=self.registry
        )
        for result in RESULTS:
            self.reloads.labels(result)
        self.reloaded_at = Gauge(
            "soapgw_config_last_reload_success_timestamp_seconds",
            "When the configuration that serves was taken, seconds since the epoch.",
            registry=self.registry,
        )
        self.reloaded_at.set_to_current_time()
        self.reload_ok = Gauge(
            "soapgw_config_last_reload_successful",
            "1 when the configuration as it stands serves, 0 when it was refused and an older one serves.",
            registry=self.registry,
        )
        self.reload_ok.set(1)
        self.draining = Gauge("soapgw_draining", "1 while the gateway lets go of its clients.", registry=self.registry)
        self.breakers = Gauge(
            "soapgw_breaker_state",
            "The breaker of a service: 0 closed, 1 half-open, 2 open.",
            ("service",),
            registry=self.registry,
        )
        self.pool = Gauge(
            "soapgw_backend_connections",
            "Connections to a service: in_use, idle, and requests waiting for one.",
            ("service", "state"),
            registry=self.registry,
        )
        self.log_dropped = Gauge(
            "soapgw_log_lines_dropped", "Log lines that could not be written.", registry=self.registry
        )
        self.spans = Counter(
            "soapgw_spans",
            "Spans by what became of them: sent, dropped (no room), failed (the collector did not take them).",
            ("result",),
            registry=self.registry,
        )
        for told in TOLD:
            self.spans.labels(told)
        self.loop_lag = Gauge(
            "soapgw_event_loop_lag_seconds",
            "How late the event loop's timer came, the worst of the last 20 seconds.",
            registry=self.registry,
        )
        words = "Version of this process, and a mark of the contracts that it serves."
        self.build = Info("soapgw_build", words, registry=self.registry)
        self._version = version
        self.serves(contract)
        self._certificates: Gauge | None = None
        self._behind: dict[str, str] = {}  # service to what it speaks
        self._requests: dict[tuple[str, str, int], Child] = {}
        self._directions: dict[tuple[str, bool, int], Child] = {}
        self._backend: dict[tuple[str, str], Child] = {}

    def serves(self, contract: str) -> None:
        """What is served from now on: the mark of its contracts."""
        self.build.info({"version": self._version, "contract": contract})

    def certificates(self, expiries: Mapping[str, float]) -> None:
        """When each key's certificate ends, seconds since the epoch; the gauge is there once there are keys."""
        if self._certificates is None:
            self._certificates = Gauge(
                "soapgw_certificate_expiry_timestamp_seconds",
                "When the certificate of a key, or of TLS by the place of its setting, ends.",
                ("key",),
                registry=self.registry,
            )
        for name, until in expiries.items():
            self._certificates.labels(name).set(until)

    def request(self, operation: str, method: str, status: int, seconds: float, trace: str = "") -> None:
        """One answered request; `trace`: the id of its trace where one is kept, as an exemplar."""
        key = (operation, method, status)
        child = self._requests.get(key)
        if child is None:
            shown = method if method in METHODS else "OTHER"
            child = self.requests.labels(operation, shown, str(status))
            self._requests[operation, shown, status] = child
        child.observe(seconds, trace)

    def direction(self, operation: str, soap: bool, status: int, seconds: float) -> None:
        """One answered request of an operation; `soap`: whether the caller speaks it, and not JSON."""
        key = (operation, soap, status // 100)
        child = self._directions.get(key)
        if child is None:
            way = f"{'soap' if soap else 'json'}-{self._behind.get(operation.partition('/')[0], 'soap')}"
            outcome = OUTCOMES.get(status // 100, "ok")
            child = self._directions[key] = self.directions.labels(operation, way, outcome)
        child.observe(seconds)

    def call(self, operation: str, outcome: str, seconds: float) -> None:
        """One call of the service behind; outcome: ok, fault or a problem's slug."""
        key = (operation, outcome)
        child = self._backend.get(key)
        if child is None:
            child = self._backend[key] = self.backend.labels(operation, outcome)
        child.observe(seconds)

    def told(self, result: str, count: int) -> None:
        """What became of so many spans. Called from the thread that sends them, too."""
        self.spans.labels(result).inc(count)

    def reloaded(self, result: str) -> None:
        """One reload, and whether what stands in the files serves."""
        self.reloads.labels(result).inc()
        self.reload_ok.set(result != "refused")
        if result == "ok":
            self.reloaded_at.set_to_current_time()

    def expect(
        self,
        operations: Mapping[str, Iterable[str]],
        routes: Iterable[tuple[str, str]],
        json: Collection[str] = (),
    ) -> None:
        """Start the series that the contract foresees at 0, so that a first failure is a rise (and not a birth).

        `operations`: its name as a label, with its declared faults; `routes`: operation and method; `json`: the
        services that speak JSON.
        """
        self._behind = dict.fromkeys(json, "json")
        self._directions.clear()
        for kind in Kind:
            self.problems.labels(kind.slug)
        for operation, faults in operations.items():
            for outcome in ("ok", "fault"):
                self._backend[operation, outcome] = self.backend.labels(operation, outcome)
            for fault in (*faults, "other"):
                self.faults.labels(operation, fault)
        for operation, method in routes:
            self._requests[operation, method, 200] = self.requests.labels(operation, method, "200")

    def problem(self, problem: Problem) -> None:
        """One problem that is answered: its kind, and the limit that was hit."""
        self.problems.labels(problem.kind.slug).inc()
        if problem.limit:
            self.limit(problem.limit)

    def asked_beside(self, outcome: str) -> None:
        """One very large message. Called from the thread that asked, too."""
        self.beside.labels(outcome).inc()

    def limit(self, name: str) -> None:
        """One hit of a limit; a name that is in no table makes no series."""
        if name in LIMITS:
            self.limits.labels(name).inc()

    def refused(self, problem: Problem, status: int) -> None:
        """A request that never reached the front: malformed, too large, too slow."""
        self.problem(problem)
        self.request("none", "OTHER", status, 0.0)

    def page(self, accept: str = "") -> tuple[bytes, str]:
        """The exposition and its Content-Type; OpenMetrics where the scraper asks for it."""
        encoder, content_type = choose_encoder(accept)
        return encoder(self.registry), content_type


class CrewMetrics:
    """What a supervisor counts itself, beside what its workers tell; there with several workers alone."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # else every series has a twin
        self.registry = CollectorRegistry()
        self.alive = Gauge("soapgw_workers", "Workers that run, of several.", registry=self.registry)
        self.ready = Gauge(
            "soapgw_workers_ready", "Workers that took requests when last seen.", registry=self.registry
        )
        self.restarts = Counter(
            "soapgw_worker_restarts", "Workers that died and were started again.", registry=self.registry
        )
