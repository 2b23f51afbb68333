"""The law of the metrics' page: drawn from the declarations, so that no series is undocumented and none invented.

`python -m gateway.observe.described FILE` writes it again; a test holds `docs/metrics.md` against it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

from prometheus_client import Counter, Gauge, Info
from prometheus_client import Histogram as LockedHistogram

from .histogram import Histogram
from .metrics import CrewMetrics, Metrics

HEAD: Final = """\
# Metrics

All that `/metrics` on the admin port shows. Drawn from the code: do not edit, but run
`python -m gateway.observe.described docs/metrics.md`.

Label values come from the contract, the configuration and closed lists alone: no caller can make a series. `operation`
is `service/Operation`, or the address for the gateway's own pages, or `none`. Series that the contract foresees start
at 0. Histograms of requests carry the ids of traces that are kept (flag 01) as exemplars, where OpenMetrics is asked
for. Recording rules, alerts and the dashboard that read them are in `deploy/`.

| series | kind | labels | what |
| --- | --- | --- | --- |
"""
_KINDS: Final[dict[Any, str]] = {Counter: "counter", Gauge: "gauge", LockedHistogram: "histogram", Info: "info"}
_SUFFIX: Final[dict[Any, str]] = {Counter: "_total", Info: "_info"}


def page() -> str:
    """The page as Markdown."""
    metrics = Metrics()
    metrics.certificates({})
    rows = []
    for found in (*vars(metrics).values(), *vars(CrewMetrics()).values()):
        kind = type(found)
        if isinstance(found, Histogram):
            names = ", ".join(f"`{label}`" for label in found.names)
            rows.append(f"| `{found.name}` | histogram | {names} | {found.words} |\n")
        if kind in _KINDS:
            name = f"{found._name}{_SUFFIX.get(kind, '')}"
            labels = ", ".join(f"`{label}`" for label in found._labelnames) or "–"
            rows.append(f"| `{name}` | {_KINDS[kind]} | {labels} | {found._documentation} |\n")
    return HEAD + "".join(sorted(rows))


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), "utf-8")
