"""The law of the operators' front page: read-only, no script, nothing loaded, nothing of a payload.

Shows health, what each operation did and how long it took here and behind, the last problems, and the doors.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any, Final

from ..observe.metrics import STATES, Metrics
from ..observe.seen import Seen
from ..version import version
from .book import Built
from .listing import routes

_STYLE: Final = """
body{font:14px/1.45 system-ui,sans-serif;color:#1c2330;margin:1.5rem auto;max-width:72rem;padding:0 1rem}
h1{font-size:1.3rem}h2{font-size:1.05rem;margin:1.6rem 0 .4rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.25rem .7rem .25rem 0;border-bottom:1px solid #d9dee7;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.ok{color:#0a6b2d}.bad{color:#b00020}
p.none{color:#5a6473}@media(prefers-color-scheme:dark){body{background:#12161d;color:#dde3ec}
th,td{border-color:#2b3442}.ok{color:#5fd38a}.bad{color:#ff7b8a}}"""


def overview(built: Built, health: Any, metrics: Metrics, seen: Seen) -> str:
    """The page."""
    state = "draining" if health.draining else "ready" if health.ready else "starting"
    parts = [
        f"<h1>soapgw {escape(version())} <span class={'ok' if state == 'ready' else 'bad'}>{state}</span></h1>",
        f"<p>{escape(built.loaded.file)} · taken {_when(_value(metrics.reloaded_at))}",
        ""
        if _value(metrics.reload_ok)
        else " · <b class=bad>the file as it stands was refused; an older one serves</b>",
        "</p>",
        _table("Services", ("Service", "Breaker", ">In use", ">Idle", ">Waiting"), _services(metrics), "none"),
        _table(
            "Operations called",
            ("Operation", ">Requests", ">5xx", ">p50 here", ">p95 here", ">p50 behind", ">p95 behind"),
            _operations(metrics),
            "Nothing was called yet.",
        ),
        _table(
            "Last problems", ("When", "Operation", ">Status", "Problem", "Cause", "Request"), _problems(seen), "None."
        ),
        _table(
            "Doors",
            ("Method", "Path", "Operation", "Does", "Protection", "Of clients"),
            (row.values() for row in routes(built)),
            "none",
        ),
    ]
    head = f"<!doctype html><html lang=en><meta charset=utf-8><title>soapgw: {state}</title><style>{_STYLE}</style>"
    return head + "".join(parts) + "</html>\n"


def _table(title: str, heads: Sequence[str], rows: Iterable[Iterable[object]], none: str) -> str:
    numeric = [head.startswith(">") for head in heads]
    shown = "".join(
        f"<tr>{''.join(_cell('td', value, number) for value, number in zip(row, numeric, strict=True))}</tr>"
        for row in rows
    )
    if not shown:
        return f"<h2>{title}</h2><p class=none>{none}</p>"
    top = "".join(_cell("th", head.lstrip(">"), number) for head, number in zip(heads, numeric, strict=True))
    return f"<h2>{title}</h2><table><tr>{top}</tr>{shown}</table>"


def _cell(tag: str, value: object, number: bool) -> str:
    return f"<{tag}{' class=n' if number else ''}>{escape(str(value))}</{tag}>"


def _services(metrics: Metrics) -> Iterator[tuple[object, ...]]:
    words = {number: word for word, number in STATES.items()}
    pools: dict[str, dict[str, float]] = {}
    for sample in _samples(metrics.pool):
        pools.setdefault(sample.labels["service"], {})[sample.labels["state"]] = sample.value
    for sample in _samples(metrics.breakers):
        name = sample.labels["service"]
        counts = pools.get(name, {})
        yield name, words[int(sample.value)], *(int(counts.get(key, 0)) for key in ("in_use", "idle", "waiting"))


def _operations(metrics: Metrics) -> Iterator[tuple[object, ...]]:
    here, behind = _histogram(metrics.requests), _histogram(metrics.backend)
    failed: dict[str, float] = {}
    for sample in _samples(metrics.requests):
        if sample.name.endswith("_count") and sample.labels["code"].startswith("5"):
            failed[sample.labels["operation"]] = failed.get(sample.labels["operation"], 0) + sample.value
    for name, buckets in sorted(here.items()):
        total = buckets.get(float("inf"), 0)
        if total:
            far = behind.get(name, {})
            times = [_shown(quantile(found, q)) for found in (buckets, far) for q in (0.5, 0.95)]
            yield name, int(total), int(failed.get(name, 0)), *times


def _histogram(metric: Any) -> dict[str, dict[float, float]]:
    """Operation -> upper bound -> observations up to it."""
    found: dict[str, dict[float, float]] = {}
    for sample in _samples(metric):
        if sample.name.endswith("_bucket"):
            buckets = found.setdefault(sample.labels["operation"], {})
            bound = float(sample.labels["le"])
            buckets[bound] = buckets.get(bound, 0) + sample.value
    return found


def quantile(buckets: Mapping[float, float], q: float) -> float | None:
    """The value that a share `q` stays under, linear within its bucket; None without observations."""
    total = buckets.get(float("inf"), 0)
    if not total:
        return None
    low, below = 0.0, 0.0
    for bound, count in sorted(buckets.items()):
        if count >= q * total:
            return low if bound == float("inf") else low + (bound - low) * (q * total - below) / (count - below)
        low, below = bound, count
    return None


def _problems(seen: Seen) -> Iterator[tuple[object, ...]]:
    for line in reversed(seen.lines):
        yield _when(line.at), line.operation, line.status, line.slug, line.cause, line.request_id


def _samples(metric: Any) -> Iterator[Any]:
    for family in metric.collect():
        yield from family.samples


def _value(gauge: Any) -> float:
    return float(next(_samples(gauge)).value)


def _when(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(at))


def _shown(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds * 1000:.1f} ms"
