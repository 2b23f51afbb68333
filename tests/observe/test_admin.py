"""The admin port's pages."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from gateway.core.message import Wire
from gateway.observe.admin import admin_pages
from gateway.observe.metrics import Metrics


@dataclass
class Health:
    """What the probes ask."""

    ready: bool = False
    draining: bool = False


@pytest.mark.parametrize(
    ("health", "status", "word"),
    [(Health(), 503, b"starting\n"), (Health(ready=True), 200, b"ok\n"), (Health(draining=True), 503, b"draining\n")],
)
@pytest.mark.parametrize("path", ["/readyz", "/healthz"])
async def test_readiness(health: Health, status: int, word: bytes, path: str) -> None:
    reply = await admin_pages(Metrics(), health)[path](Wire({}, b""))
    assert (reply.status, reply.body) == (status, word)
    assert reply.headers["cache-control"] == "no-store"


async def test_who_lives_says_so_whatever_else_is_the_matter() -> None:
    reply = await admin_pages(Metrics(), Health(draining=True))["/livez"](Wire({}, b""))
    assert (reply.status, reply.body) == (200, b"ok\n")


async def test_the_metrics_page() -> None:
    pages = admin_pages(Metrics("1.2"), Health())
    plain = await pages["/metrics"](Wire({}, b""))
    assert plain.headers["content-type"].startswith("text/plain")
    assert b"soapgw_build_info" in plain.body
    modern = await pages["/metrics"](Wire({"accept": "application/openmetrics-text"}, b""))
    assert modern.body.endswith(b"# EOF\n")
