"""Services on six foreign stacks behind the gateway: their own WSDL is imported, JSON reaches them typed, and back."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.interop.conftest import Behind
from tests.interop.stages import STACKS

pytestmark = pytest.mark.interop

STYLES = {"desk": "document/literal wrapped", "encoded": "rpc/encoded", "rpc": "rpc/literal"}
ROWS = [(stack.name, path) for stack in STACKS.values() for path in stack.paths]
CUSTOMER = "Łukasz Ångström 東京 😀 <&>"  # node-soap writes a bare ]]>, which is no XML
LINES = [{"sku": "A-1", "qty": 2, "price": 12.5}, {"sku": "B", "qty": 1, "price": 0.1}]
ORDER = {
    "customer": CUSTOMER,
    "due": "2026-11-30",
    "express": True,
    "priority": "high",
    "budget": 1152921504607351596,
    "comment": None,
    "lines": LINES,
    "tag": ["å"],
}
WHEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")


@pytest.fixture(params=ROWS, ids=["-".join(row).strip("/") for row in ROWS])
def row(request: pytest.FixtureRequest, behind: Callable[[str, str], Behind]) -> tuple[str, str, Behind]:
    """One address of one stack, and the gateway before it."""
    stack, path = request.param
    return stack, path.strip("/"), behind(stack, path)


def call(gateway: Behind, operation: str, body: Any) -> tuple[int, Any]:
    """Status and JSON of a call at the operation's own address."""
    request = urllib.request.Request(
        f"{gateway.address}/Desk/{operation}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read(), parse_float=Decimal)
    except urllib.error.HTTPError as problem:
        return problem.code, json.loads(problem.read())


def test_its_wsdl_loads_and_every_message_survives(row: tuple[str, str, Behind]) -> None:
    _, path, gateway = row
    operations = {each["operation"]: each for each in gateway.verdict["operations"]}
    assert sorted(operations) == ["Ping", "Place"]
    for each in operations.values():
        assert each["binding"] == ("SOAP 1.2" if path.endswith("12") else "SOAP 1.1")
        assert each["style"] == STYLES[path.rstrip("12")]
        assert (each["loads"], each["xml_json_xml"], each["json_xml_json"]) == (True, "yes", "yes")


def test_a_typed_call_and_its_typed_answer(row: tuple[str, str, Behind]) -> None:
    _, _, gateway = row
    status, answer = call(gateway, "Place", {"order": ORDER})
    assert status == 200, answer
    receipt = answer["receipt"]
    assert WHEN.fullmatch(receipt.pop("when"))
    assert receipt == {
        "id": ORDER["budget"],
        "text": f"Hej, {CUSTOMER}",
        "total": Decimal("25.1"),
        "due": "2026-11-30",
        "comment": None,
        "priority": "high",
        "sku": ["A-1", "B"],
    }


def test_the_optional_member_and_an_array_of_one(row: tuple[str, str, Behind]) -> None:
    stack, _, gateway = row
    order = {**ORDER, "comment": "", "note": " två  ord ", "lines": LINES[:1], "priority": "low"}
    del order["tag"]
    status, answer = call(gateway, "Place", {"order": order})
    assert status == 200, answer
    receipt = answer["receipt"]
    assert receipt["sku"] == ["A-1"]
    assert receipt["note"] == ("två  ord" if STACKS[stack].trims else " två  ord ")
    assert receipt["comment"] == ""
    assert receipt["priority"] == "low"
    assert receipt["total"] == 25


def test_a_declared_fault_is_a_problem_with_its_typed_detail(row: tuple[str, str, Behind]) -> None:
    stack, path, gateway = row
    lines = [{"sku": "boom", "qty": 1, "price": 1}]
    status, problem = call(gateway, "Place", {"order": {**ORDER, "lines": lines}})
    fault = problem["fault"]
    assert problem["type"] == "/problems/fault"
    assert (fault["code"], fault["reason"]) == ("Receiver", "Slut på lager")
    if STACKS[stack].fault == "declared" and not path.startswith("encoded"):
        assert status == 422
        assert fault["name"] == "{urn:example:desk}Refused"
        assert fault["detail"] == {"code": 42, "reason": "åäö"}
    else:
        assert status == 502
        assert "42" in json.dumps(fault["detail"])


def test_an_empty_message(row: tuple[str, str, Behind]) -> None:
    _, _, gateway = row
    assert call(gateway, "Ping", {}) == (200, {})


def test_a_wrong_message_never_reaches_it(row: tuple[str, str, Behind]) -> None:
    _, _, gateway = row
    status, problem = call(gateway, "Place", {"order": {**ORDER, "due": "30/11/2026"}})
    assert status == 422
    assert [error["pointer"] for error in problem["errors"]] == ["/order/due"]
