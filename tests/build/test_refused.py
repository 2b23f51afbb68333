"""One operation that cannot be served: told where it is asked for, and no other one is stopped by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from lxml import etree

from gateway.build.book import build
from gateway.build.describe import description
from gateway.build.listing import refused, routes
from gateway.build.proposal import propose
from gateway.build.refused import warnings
from gateway.core.limits import DEFAULT
from gateway.settings import parse
from gateway.settings.mistakes import Refused
from tests.wire.conftest import gateway_of

CASE = Path(__file__).parents[1] / "golden/wsdl/refused-operation"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
LEFT = ["Draw", "Odd", "Tell"]


def built(lines: str = "", wsdl: str = "contract.wsdl", base: Path = CASE) -> Any:
    return build(parse(f"services:\n  s:\n    wsdl: {wsdl}\n{lines}", base=base, env={}))


def test_the_others_are_served() -> None:
    (service,) = built().services
    assert [each.operation.name for each in service.operations] == ["Get"]
    assert [each.name for each in service.refused] == LEFT


def test_each_is_told_with_its_reason_and_place() -> None:
    told = warnings(built())
    assert len(told) == 3
    assert "the operation Draw is not served: " in told[0]
    assert "ENTITY" in told[0]
    assert "refused-operation/contract.wsdl:18: the operation Odd is not served: document style with SOAP encoding" in told[1]
    assert "the service sends first" in told[2]


@pytest.mark.parametrize("change", [b"", b"{", None], ids=["as it was", "damaged", "of other documents"])
def test_a_compiled_contract_that_is_not_used_is_told(tmp_path: Path, change: bytes | None) -> None:
    text = (CASE.parent / "styles/contract.wsdl").read_text(encoding="utf-8")
    (tmp_path / "c.wsdl").write_text(text, encoding="utf-8")
    bench = built(wsdl="c.wsdl", base=tmp_path).services[0].bench
    (tmp_path / "c.wsdl.compiled").write_bytes((change or b"") + bench.compiled())
    if change is None:
        (tmp_path / "c.wsdl").write_text(text.replace("xs:int", "xs:long"), encoding="utf-8")
    told = [line for line in warnings(built(wsdl="c.wsdl", base=tmp_path)) if "compiled contract" in line]
    assert len(told) == (change != b"")


def test_routes_list_them_apart() -> None:
    book = built()
    assert {row["operation"] for row in routes(book)} == {"s.Get"}
    assert [row["operation"] for row in refused(book)] == ["s.Draw", "s.Odd", "s.Tell"]


def test_openapi_leaves_them_out() -> None:
    text = json.dumps(description(built()), default=str)
    assert "/S/Get" in text
    assert not any(f"/S/{name}" in text for name in LEFT)


def test_the_proposal_says_why() -> None:
    (service,) = propose(built().services[0].bench, DEFAULT)
    assert [name for name, _ in service.left] == LEFT
    assert all(why.startswith("it is not served: ") for _, why in service.left)


def test_strict_makes_mistakes_of_them() -> None:
    with pytest.raises(Refused) as caught:
        built("    strict: true\n")
    assert len(caught.value.mistakes) == 3
    assert caught.value.mistakes[0].line == 3


def test_a_route_to_one_says_why_there_is_none() -> None:
    with pytest.raises(Refused, match="the operation Odd is not served: document style with SOAP encoding"):
        built("    routes:\n      - {route: POST /odd, operation: Odd}\n")


def test_a_service_of_which_nothing_is_left_is_refused(tmp_path: Path) -> None:
    text = (CASE / "contract.wsdl").read_text()
    (tmp_path / "none.wsdl").write_text(text.replace('name="id" type="xs:int"', 'name="id" type="xs:ENTITY"'))
    with pytest.raises(Refused, match=r"no operation can be served: .*Get.*\(and 3 more\)"):
        built(wsdl="none.wsdl", base=tmp_path)


async def test_callers_are_told() -> None:
    config = "services: {s: {wsdl: contract.wsdl, upstream: {url: 'http://127.0.0.1:9/'}}}"
    async with gateway_of(config, CASE) as gateway, aiohttp.ClientSession() as session:
        base = f"http://{gateway.addresses['data']}/S"
        async with session.post(f"{base}/Odd", json={}) as reply:
            problem = await reply.json(content_type="application/problem+json")
            assert (reply.status, problem["type"]) == (501, "/problems/operation-refused")
            assert "document style with SOAP encoding" in problem["detail"]
            assert "contract.wsdl" not in problem["detail"], "the place is the operator's"
        body = f'<s:Envelope xmlns:s="{SOAP}"><s:Body><t:Odd xmlns:t="urn:t">1</t:Odd></s:Body></s:Envelope>'
        async with session.post(base, data=body, headers={"content-type": "text/xml"}) as reply:
            root = etree.fromstring(await reply.read())
            assert reply.status == 500
            assert root.findtext(".//faultcode").endswith("Server")
            assert "The operation Odd is not served" in root.findtext(".//faultstring")
