"""gateway.build.outward: which dialect speaks with a service."""

from __future__ import annotations

from gateway.build.book import build
from gateway.build.outward import upstream_dialect
from gateway.core.limits import DEFAULT
from gateway.dialect.rest_upstream import RestUpstream
from gateway.dialect.soap_upstream import SoapUpstream
from gateway.settings import load
from tests.build.conftest import ROOT


def test_a_soap_service_is_spoken_with_in_its_version() -> None:
    service = build(load(ROOT / "config/netid.yaml", {})).services[0]
    dialect = upstream_dialect(service, "/portal", "", DEFAULT)
    assert isinstance(dialect, SoapUpstream)
    assert (dialect.version, dialect.path, dialect.action_headers) == ("1.1", "/portal", ("SOAPAction", "Action"))


def test_a_json_service_is_spoken_with_by_its_calls() -> None:
    service = build(load(ROOT / "config/soap-to-json.yaml", {})).services[0]
    dialect = upstream_dialect(service, "/v1/", "key=1", DEFAULT)
    assert isinstance(dialect, RestUpstream)
    assert (dialect.base, dialect.query) == ("/v1", "key=1")
    assert {name: [call.method for call in calls] for name, calls in dialect.calls.items()} == {
        "GetOrder": ["GET"],
        "SearchOrders": ["GET"],
        "PlaceOrder": ["POST"],
        "CancelOrder": ["POST"],
    }
