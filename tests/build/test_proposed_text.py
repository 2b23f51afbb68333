"""gateway.build.proposed_text: YAML that says what the proposal says, whatever the contract's names are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from gateway.build.book import build
from gateway.build.proposal import Proposed, ProposedService, propose
from gateway.build.proposed_text import configuration, scalar_text
from gateway.build.workbench import Workbench
from gateway.core.limits import DEFAULT
from gateway.schema.contract import Port, Service
from gateway.schema.wsdl import load_wsdl
from gateway.settings import parse


@pytest.mark.parametrize(
    "text", ["plain", "yes", "12", "a: b", "# x", "it's", '"q"', "GET /a/{b}", "ünï", "- a", "*a", "&a", "null", "a #b", "", "~", "/x", "{a}"]
)
def test_every_text_is_read_back(text: str) -> None:
    assert yaml.safe_load(f"k: {scalar_text(text)}") == {"k": text}
    assert yaml.safe_load(f"k: [{scalar_text(text)}]") == {"k": [text]}


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("https://h/s?x=1", "${SHOP_URL:-https://h/s?x=1}"),
        ("REPLACE\nME", "${SHOP_URL:-http://127.0.0.1:8090/}"),
        ("", "${SHOP_URL:-http://127.0.0.1:8090/}"),
    ],
)
def test_the_address_is_the_contracts_where_it_is_one(location: str, url: str) -> None:
    port = Port("P", "b", "pt", "1.1", location, ())
    route = Proposed("Get", "GET", "/api/x/{id}", ("A",), (), (("path", "id", "/id"),), "Says: a lot")
    each = ProposedService("shop", Service("Shop", "urn:s", (port,)), port, (route,), frozenset({"Get"}), (("Put", "no\nway"),))
    read = yaml.safe_load(configuration([each], "contract/shop.wsdl"))
    service = read["services"]["shop"]
    assert service["upstream"]["url"] == url
    assert service["routes"] == [
        {
            "route": "GET /api/x/{id}",
            "operation": "Get",
            "summary": "Says: a lot",
            "unwrap": {"request": ["A"]},
            "parameters": [{"in": "path", "name": "id", "to": "/id"}],
        }
    ]


def test_header_blocks_are_a_line_to_take_the_mark_from() -> None:
    root = Path(__file__).parents[2] / "schemas/orders/orders.wsdl"
    bench = Workbench(load_wsdl(root))
    text = configuration(propose(bench, DEFAULT), str(root))
    assert text.count("# headers: [{name: Tenant") == len(bench.contract.services[0].ports[0].operations)
    live = re.sub(r"# (headers: .*) # header blocks.*", r"\1", text)
    (service,) = build(parse(live, env={})).services
    found = {face.route.method: face.rest.heads.request for face in service.faces if face.settings is not None}
    assert {head.http for heads in found.values() for head in heads} == {"", "X-Tenant"}
    assert all(found.values())
