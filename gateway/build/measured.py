"""The law of what is measured of a configuration: its series start at 0, its live parts are asked at each scrape.

Label values are names of the contract and of the configuration. A reload takes away the gauges of what is gone;
counters and histograms stay, since a counter that vanishes looks like a restart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from ..layers.breaker import Breaker
from ..net.pool import Pool
from ..observe.metrics import STATES, Metrics
from .book import Built


def expect(metrics: Metrics, built: Built) -> None:
    """Start what the contract foresees."""
    operations: dict[str, tuple[str, ...]] = {}
    routes = []
    for service in built.services:
        for bound in service.operations:
            name = f"{service.name}/{bound.operation.name}"
            faults = {key.rpartition("}")[2] for face in bound.operation.faces.values() for key in face.faults}
            operations[name] = tuple(sorted(faults))
            routes.append((name, "POST"))  # SOAP callers
        routes += [
            (f"{service.name}/{face.bound.operation.name}", face.route.method)
            for face in service.faces
            if face.settings is not None
        ]
    metrics.serves(mark(built))
    json = {service.name for service in built.services if service.behind is not None}
    metrics.expect(operations, dict.fromkeys(routes), json)


def mark(built: Built) -> str:
    """Twelve digits that differ where any document of any contract does."""
    documents = {d.sha256 or d.text.hex() for each in built.services for d in each.bench.contract.documents}
    return hashlib.sha256("\n".join(sorted(documents)).encode()).hexdigest()[:12]


def show_breakers(metrics: Metrics, breakers: Mapping[str, Breaker]) -> None:
    """The state of each breaker, as it is when asked."""
    metrics.breakers.clear()
    for name, breaker in breakers.items():
        metrics.breakers.labels(name).set_function(_state(breaker))


def show_pools(metrics: Metrics, pools: Mapping[str, Pool]) -> None:
    """The connections of each service, as they are when asked."""
    metrics.pool.clear()
    for name, pool in pools.items():
        for state, value in _connections(pool).items():
            metrics.pool.labels(name, state).set_function(value)


def _state(breaker: Breaker) -> Callable[[], float]:
    return lambda: STATES[breaker.state]


def _connections(pool: Pool) -> dict[str, Callable[[], float]]:
    return {"in_use": lambda: pool.in_use, "idle": lambda: pool.idle, "waiting": lambda: pool.waiting}
