"""The law of the operators' front page: read-only, no script, nothing loaded, nothing of a payload.

Shows health, what each operation did and how long it took here and behind, the last problems, and the doors.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from ..observe.metrics import STATES, Metrics
from ..observe.seen import Line, Seen
from ..version import version
from .book import Built
from .listing import routes

_WORKERS: Final = ("Worker", ">Process", "State", ">Deaths in a row")
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"  # of the page
_STYLE: Final = """
body{font:14px/1.45 system-ui,sans-serif;color:#1c2330;margin:1.5rem auto;max-width:72rem;padding:0 1rem}
h1{font-size:1.3rem}h2{font-size:1.05rem;margin:1.6rem 0 .4rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.25rem .7rem .25rem 0;border-bottom:1px solid #d9dee7;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.ok{color:#0a6b2d}.bad{color:#b00020}
p.none{color:#5a6473}@media(prefers-color-scheme:dark){body{background:#12161d;color:#dde3ec}
th,td{border-color:#2b3442}.ok{color:#5fd38a}.bad{color:#ff7b8a}}"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page shows, of one process or of several. `families`: metrics by name; `doors`: of `listing.routes`."""

    file: str
    state: str  # ready, starting, draining
    families: Mapping[str, Any]
    problems: Sequence[Line]
    doors: Iterable[Mapping[str, object]]
    workers: Sequence[tuple[object, ...]] = ()  # number, process, state, deaths in a row; of several


def overview(built: Built, health: Any, metrics: Metrics, seen: Seen) -> str:
    """The page of one process."""
    state = "draining" if health.draining else "ready" if health.ready else "starting"
    families = {family.name: family for family in metrics.registry.collect()}
    return drawn(Facts(built.loaded.file, state, families, tuple(seen.lines), routes(built)))


def drawn(facts: Facts) -> str:
    """The page."""
    state, found = facts.state, facts.families
    refused = _value(found, "soapgw_config_last_reload_successful") == 0
    taken = _when(_value(found, "soapgw_config_last_reload_success_timestamp_seconds"))
    parts = [
        f"<h1>soapgw {escape(version())} <span class={'ok' if state == 'ready' else 'bad'}>{state}</span></h1>",
        f"<p>{escape(facts.file)} · taken {taken}",
        " · <b class=bad>the file as it stands was refused; an older one serves</b>" if refused else "",
        "</p>",
        *([_table("Workers", _WORKERS, facts.workers, "")] if facts.workers else []),
        _table("Services", ("Service", "Breaker", ">In use", ">Idle", ">Waiting"), _services(found), "none"),
        _table(
            "Operations called",
            ("Operation", ">Requests", ">5xx", ">p50 all", ">p95 all", ">p50 behind", ">p95 behind"),
            _operations(found),
            "Nothing was called yet.",
        ),
        _table(
            "Steps of the translation", ("Step", ">Looked at", ">p50", ">p95"), _steps(found), "None was looked at."
        ),
        _table(
            "Last problems",
            ("When", "Operation", ">Status", "Problem", "Cause", "Request"),
            _problems(facts.problems),
            "None.",
        ),
        _table(
            "Doors",
            ("Method", "Path", "Operation", "Does", "Protection", "Of clients"),
            (row.values() for row in facts.doors),
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


def _services(found: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    words = {number: word for word, number in STATES.items()}
    pools: dict[str, dict[str, float]] = {}
    for sample in _samples(found, "soapgw_backend_connections"):
        pools.setdefault(sample.labels["service"], {})[sample.labels["state"]] = sample.value
    for sample in _samples(found, "soapgw_breaker_state"):
        name = sample.labels["service"]
        counts = pools.get(name, {})
        yield name, words[int(sample.value)], *(int(counts.get(key, 0)) for key in ("in_use", "idle", "waiting"))


def _operations(found: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    here = _histogram(found, "soapgw_request_duration_seconds", "operation")
    behind = _histogram(found, "soapgw_backend_duration_seconds", "operation")
    failed: dict[str, float] = {}
    for sample in _samples(found, "soapgw_request_duration_seconds"):
        if sample.name.endswith("_count") and sample.labels["code"].startswith("5"):
            failed[sample.labels["operation"]] = failed.get(sample.labels["operation"], 0) + sample.value
    for name, buckets in sorted(here.items()):
        total = buckets.get(float("inf"), 0)
        if total:
            far = behind.get(name, {})
            times = [_shown(quantile(each, q)) for each in (buckets, far) for q in (0.5, 0.95)]
            yield name, int(total), int(failed.get(name, 0)), *times


def _steps(found: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    for name, buckets in _histogram(found, "soapgw_translation_seconds", "stage").items():
        total = buckets.get(float("inf"), 0)
        if total:
            yield name.replace("_", " "), int(total), *(_shown(quantile(buckets, q)) for q in (0.5, 0.95))


def _histogram(found: Mapping[str, Any], name: str, label: str) -> dict[str, dict[float, float]]:
    """Label -> upper bound -> observations up to it."""
    shown: dict[str, dict[float, float]] = {}
    for sample in _samples(found, name):
        if sample.name.endswith("_bucket"):
            buckets = shown.setdefault(sample.labels[label], {})
            bound = float(sample.labels["le"])
            buckets[bound] = buckets.get(bound, 0) + sample.value
    return shown


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


def _problems(lines: Sequence[Line]) -> Iterator[tuple[object, ...]]:
    for line in reversed(lines):
        yield _when(line.at), line.operation, line.status, line.slug, line.cause, line.request_id


def _samples(found: Mapping[str, Any], name: str) -> Iterable[Any]:
    return found[name].samples if name in found else ()


def _value(found: Mapping[str, Any], name: str) -> float:
    return next((float(sample.value) for sample in _samples(found, name)), 1.0)


def _when(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(at))


def _shown(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds * 1000:.1f} ms"
