"""gateway.build.verdict: every operation is judged, what fails is told, nothing else is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.build.verdict import Judge, MessageVerdict, OperationVerdict, Trip, _differs
from gateway.build.workbench import Workbench
from gateway.schema.contract import Place
from gateway.schema.wsdl import load_wsdl

ROOT = Path(__file__).resolve().parents[2]


def judged(path: str) -> list[OperationVerdict]:
    return list(Judge(Workbench(load_wsdl(ROOT / path))).operations())


@pytest.mark.parametrize(
    ("path", "style"),
    [
        ("schemas/netid/portal.wsdl", "document/literal wrapped"),
        ("schemas/projector/projector.wsdl", "document/literal wrapped"),
        ("tests/schema/wsdl/rpc.wsdl", "rpc/literal"),
        ("tests/schema/wsdl/encoded.wsdl", "rpc/encoded"),
        ("tests/schema/wsdl/parts.wsdl", "document/literal multi-part"),
    ],
)
def test_contracts_of_ours_survive_both_round_trips(path: str, style: str) -> None:
    found = judged(path)
    assert found
    assert style in {each.style for each in found}
    for each in found:
        if each.loads:
            assert (each.trip("xml"), each.trip("json")) == ("yes", "yes"), each
        assert each.place.line


def test_faults_and_headers_are_judged_too(tmp_path: Path) -> None:
    roles = {message.role for each in judged("schemas/netid/portal.wsdl") for message in each.messages}
    assert {"request", "response"} < roles
    assert any(role.startswith("fault ") for role in roles)


def test_an_operation_is_as_good_as_its_worst_message() -> None:
    good = MessageVerdict("request", "{urn:a}a")
    bad = MessageVerdict("response", "{urn:a}b", xml=Trip("no", "b: lost"))
    verdict = OperationVerdict("S", "P", "O", "SOAP 1.1", "document/literal bare", Place(), "", (good, bad))
    assert (verdict.loads, verdict.trip("xml"), verdict.trip("json")) == (True, "no", "yes")
    refused = OperationVerdict("S", "P", "O", "SOAP 1.1", "", Place(), "", (MessageVerdict("request", "", refused="why"),))
    assert (refused.loads, refused.trip("xml")) == (False, "not tried")


@pytest.mark.parametrize(
    ("one", "two", "words"),
    [
        ({"a": 1}, {"a": 1}, ""),
        ({"a": 1}, {}, "/a is lost"),
        ({}, {"a": 1}, "/a is added"),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, "/: the keys are in another order"),
        ({"a": [1, 2]}, {"a": [1]}, "/a: 1 items in place of 2"),
        ({"a": [{"b": "1"}]}, {"a": [{"b": 1}]}, "/a/0/b: '1' in place of '1'"),
    ],
)
def test_a_difference_has_its_place(one: object, two: object, words: str) -> None:
    assert _differs(one, two, "") == words
