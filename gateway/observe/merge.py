"""The law of one truthful page: what several workers count is added, what they are is told once.

Counters and histograms of a worker that is gone stay in the sum, else a restart would read as a fall; its gauges go,
since they told what is no more. A gauge of several workers is their sum, but for those of `RULES`: a sum of lags,
of breaker states or of dates means nothing to anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

Key = tuple[str, tuple[tuple[str, str], ...]]
Families = dict[str, Metric]

OPENMETRICS: Final = "application/openmetrics-text; version=1.0.0"
COUNTED: Final = frozenset({"counter", "histogram", "summary"})
RULES: Final[Mapping[str, Callable[[float, float], float]]] = {
    "soapgw_event_loop_lag_seconds": max,  # the worst
    "soapgw_breaker_state": max,  # open in one is open for its clients
    "soapgw_draining": max,
    "soapgw_config_last_reload_success_timestamp_seconds": min,  # the oldest configuration that still serves
    "soapgw_config_last_reload_successful": min,
    "soapgw_certificate_expiry_timestamp_seconds": min,
}


def families(page: str) -> Families:
    """The families of an OpenMetrics page, by name. Raises ValueError: no such page."""
    return {family.name: family for family in text_string_to_metric_families(page)}  # type: ignore[no-untyped-call]  # untyped there


def counted(page: Families) -> Families:
    """What of a page outlives its worker."""
    return {name: family for name, family in page.items() if family.type in COUNTED}


def merged(pages: Iterable[Families]) -> Families:
    """One page of several: counters and histograms added, gauges by rule, the latest exemplar kept."""
    found: dict[str, tuple[Metric, dict[Key, Sample]]] = {}
    for page in pages:
        for name, family in page.items():
            whole, samples = found.setdefault(name, (family, {}))
            both = RULES.get(name, _kept if whole.type == "info" else _added)
            for sample in family.samples:
                key = (sample.name, tuple(sorted(sample.labels.items())))
                samples[key] = _joined(samples[key], sample, both) if key in samples else sample
    return {name: _family(family, samples.values()) for name, (family, samples) in found.items()}


def exposition(page: Families, accept: str) -> tuple[bytes, str]:
    """The page as text, and its Content-Type; OpenMetrics where the scraper asks for it."""
    encoder, content_type = choose_encoder(accept)
    registry = CollectorRegistry()
    registry.register(_Page(page))
    return encoder(registry), content_type


class _Page:
    """What a registry asks: the families."""

    def __init__(self, page: Families) -> None:
        self._page = page

    def collect(self) -> Iterable[Metric]:
        return self._page.values()


def _added(one: float, other: float) -> float:
    return one + other


def _kept(one: float, _other: float) -> float:
    return one


def _joined(one: Sample, other: Sample, both: Callable[[float, float], float]) -> Sample:
    exemplars = [sample.exemplar for sample in (one, other) if sample.exemplar is not None]
    latest = max(exemplars, key=lambda each: each.timestamp or 0.0, default=None)
    return one._replace(value=both(one.value, other.value), exemplar=latest)


def _family(like: Metric, samples: Iterable[Sample]) -> Metric:
    family = Metric(like.name, like.documentation, like.type, like.unit)
    family.samples = list(samples)
    return family
