"""Doors: which settings win, and what a fault's rule sees."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.build.describe import description
from gateway.build.doors import fault_rules, mapping, rest_door, soap_address
from gateway.core.limits import DEFAULT
from gateway.core.message import Fault
from gateway.settings.service import FaultRule, Mapping


def test_a_routes_mapping_stands_over_its_services() -> None:
    chosen = mapping(Mapping(numbers="string", names="camel"), Mapping(names="snake"))
    assert (chosen.numbers, chosen.names, chosen.arrays) == ("string", "snake", "collapsed")


@pytest.mark.parametrize(
    ("rule", "detail", "takes"),
    [
        ({"path": "/Code", "equals": "LOCKED"}, {"Code": "LOCKED"}, True),
        ({"path": "/Code", "equals": "LOCKED"}, {"Code": "OTHER"}, False),
        ({"path": "/Code", "equals": "5"}, {"Code": 5}, True),
        ({"path": "/Code"}, {"Code": None}, True),  # it is there
        ({"path": "/Code"}, {}, False),
        ({"path": "/Messages/*/No", "equals": "7"}, {"Messages": [{"No": 1}, {"No": 7}]}, True),
        ({"path": "/Messages/1/No", "equals": "7"}, {"Messages": [{"No": 7}]}, False),
        ({"path": "/a~1b/~0", "equals": "x"}, {"a/b": {"~": "x"}}, True),
        ({"path": "/Code", "equals": "LOCKED"}, "LOCKED", False),
        ({"path": "/Code", "equals": "LOCKED"}, None, False),
    ],
)
def test_a_rule_looks_into_the_detail_by_place(rule: Any, detail: Any, takes: bool) -> None:
    (compiled,) = fault_rules([FaultRule(status=423, **rule)])
    assert compiled.takes(Fault("Receiver", "the lock", detail=detail)) is takes


def test_a_reason_that_merely_says_lock_is_no_lock() -> None:
    (compiled,) = fault_rules([FaultRule(status=423, path="/Code", equals="LOCKED")])
    assert not compiled.takes(Fault("Receiver", "LOCKED /Code lock"))


def test_a_route_has_its_own_limits_for_both_tongues(book: Any) -> None:
    service = book("routes:\n  - route: POST /release\n    operation: ReleaseTask\n    limits: large").services[0]
    address = soap_address(service.path, service.operations, service.settings, DEFAULT)
    face = next(each for each in service.faces if each.settings)
    door = rest_door(face, service.speaker, address, DEFAULT, lambda _: None)  # type: ignore[arg-type, return-value]
    assert door.limits.body == 64 * 1024 * 1024
    assert door.dialect.soap.door.limits is door.limits  # type: ignore[attr-defined]
    assert address.limits is DEFAULT


def test_the_soap_address_knows_every_operation_and_action_header(book: Any) -> None:
    service = book("upstream: {action_headers: [Action]}").services[0]
    address = soap_address(service.path, service.operations, service.settings, DEFAULT)
    assert address.action_headers == ("soapaction", "action")
    assert len(address.operations) == len(service.operations)


def _shop(tmp_path: Any, *changes: tuple[str, str]) -> Any:
    from gateway.build.book import build
    from gateway.settings import parse
    from tests.dialect.conftest import WSDL

    text = WSDL
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    (tmp_path / "shop.wsdl").write_text(text)
    config = "services: {shop: {wsdl: shop.wsdl, path: /Shop, default_routes: false}}"
    return build(parse(config, base=tmp_path, env={})).services[0]


SAME = ('<message name="Tell"><part name="p" element="t:Tell"/></message>',
        '<message name="Tell"><part name="p" element="t:Buy"/></message>')  # fmt: skip


def test_two_operations_with_one_body_are_told_apart_by_their_action(tmp_path: Any) -> None:
    from gateway.core.problem import Kind, Problem
    from gateway.dialect.soap_client import SoapClient
    from tests.dialect.conftest import BUY, envelope, posted

    service = _shop(tmp_path, SAME)
    soap = SoapClient(service.speaker, soap_address("/Shop", service.operations, service.settings, DEFAULT))
    for action in ("Buy", "Tell"):
        wire = posted(envelope(BUY), soapaction=f'"urn:t/{action}"')
        assert soap.read_request(wire).operation.name == action
        twelve = posted(envelope(BUY, "1.2"), "1.2", content_type=f'application/soap+xml; action="urn:t/{action}"')
        assert soap.read_request(twelve).operation.name == action
    for more in ({}, {"soapaction": '""'}, {"soapaction": "urn:t/Other"}):
        with pytest.raises(Problem) as told:
            soap.read_request(posted(envelope(BUY), **more))
        assert told.value.kind is Kind.ACTION_MISMATCH
        came = "`urn:t/Other`" if "Other" in more.get("soapaction", "") else "missing"
        assert told.value.detail == (
            f"Several operations have this body and the action tells which, `urn:t/Buy` or `urn:t/Tell`; it is {came}."
        )


@pytest.mark.parametrize("action", ["urn:t/Buy", ""])
def test_two_that_no_message_tells_apart_are_refused_to_soap_callers_alone(tmp_path: Any, action: str) -> None:
    from gateway.core.problem import Kind, Problem
    from gateway.dialect.soap_client import SoapClient
    from tests.dialect.conftest import BUY, envelope, posted

    service = _shop(tmp_path, SAME, ('soapAction="urn:t/Tell"', f'soapAction="{action}"'), ('soapAction="urn:t/Buy"', f'soapAction="{action}"'))
    soap = SoapClient(service.speaker, soap_address("/Shop", service.operations, service.settings, DEFAULT))
    with pytest.raises(Problem) as told:
        soap.read_request(posted(envelope(BUY), soapaction=f'"{action}"'))
    assert told.value.kind is Kind.OPERATION_REFUSED
    assert "no action that tells them apart" in (told.value.detail or "")
    assert {"Buy", "Tell"} <= {each.operation.name for each in service.operations}, "JSON callers name them"


def test_a_version_that_only_if_match_can_give_must_be_given(book: Any) -> None:
    route = (
        "routes:\n  - route: DELETE /tasks/{id}\n    operation: CancelTask\n    unwrap: {request: [Info]}\n"
        "    parameters: [{in: path, name: id, to: /Id}, {in: query, name: s, to: /SessionId}]\n    version: {request: /Count}"
    )
    built = book(route)
    assert built.services[0].faces[0].rest.version_required
    (tag,) = [each for each in description(built)["paths"]["/tasks/{id}"]["delete"]["parameters"] if each["name"] == "If-Match"]
    assert tag["required"]
