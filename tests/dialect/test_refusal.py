"""Refusals of a JSON service as faults: by rule, by another gateway's word, else plain; nothing is lost or guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lxml import etree

from gateway.build.book import Built
from gateway.core.limits import DEFAULT
from gateway.core.message import Wire
from gateway.dialect.refusal import Declared, RefusalRule, Refusals

NAME = "{urn:t}SoldOut"
R = "{urn:ietf:rfc:7807}"


@pytest.fixture(name="refusals")
def _refusals(built: Built) -> Any:
    canonical = built.find("Buy")[1].operation.faces["1.1"].faults[NAME]

    def of(*rules: RefusalRule) -> Refusals:
        return Refusals(rules, {NAME: Declared(NAME, canonical, canonical, frozenset({"left"}))}, DEFAULT)

    return of


def answer(document: Any, status: int = 409) -> Wire:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Wire({"content-type": "application/problem+json"}, body, status=status)


@pytest.mark.parametrize(
    ("rule", "document"),
    [
        (RefusalRule(409, faults=(NAME,)), {"left": 3}),
        (RefusalRule(409, faults=(NAME,)), {"type": "about:blank", "title": "x", "status": 409, "left": 3}),
        (RefusalRule(409, faults=(NAME,)), {"trace": "x", "left": 3}),  # loosely: what the detail does not have
        (RefusalRule(type="urn:out", faults=(NAME,)), {"type": "urn:out", "left": 3}),
        (RefusalRule(path=("code",), equals="OUT", faults=(NAME,)), {"code": "OUT", "left": 3}),
        (RefusalRule(path=("errors", "0", "code"), equals="7", faults=(NAME,)), {"errors": [{"code": 7}], "left": 3}),
        (RefusalRule(409, faults=(NAME,), detail=("inner",)), {"inner": {"left": 3}}),
        (RefusalRule(409, faults=(NAME,), members=((("left",), ("stock", "rest")),)), {"stock": {"rest": 3}}),
        (RefusalRule(409, faults=(NAME,)), {"title": "Fault", "fault": {"name": NAME, "detail": {"left": 3}}}),
    ],
)
def test_a_rule_makes_the_declared_fault(refusals: Any, rule: RefusalRule, document: Any) -> None:
    fault, ruled = refusals(rule).fault(answer(document))
    assert (ruled, fault.declared, fault.name, fault.detail, fault.status) == (True, NAME, NAME, {"left": 3}, 409)
    assert etree.tostring(fault.element, method="c14n2") == b'<t:SoldOut xmlns:t="urn:t"><t:left>3</t:left></t:SoldOut>' or (
        fault.element.tag,
        fault.element[0].text,
    ) == (NAME, "3")


@pytest.mark.parametrize(
    ("rule", "document"),
    [
        (RefusalRule(404, faults=(NAME,)), {"left": 3}),
        (RefusalRule(409, type="urn:other", faults=(NAME,)), {"left": 3}),
        (RefusalRule(path=("code",), equals="OUT", faults=(NAME,)), {"code": "IN", "left": 3}),
        (RefusalRule(path=("code",), faults=(NAME,)), {"left": 3}),
        (RefusalRule(409, faults=(NAME,)), {"left": "many"}),
        (RefusalRule(409, faults=(NAME,)), b"not JSON"),
        (RefusalRule(409, faults=(NAME,), detail=("inner",)), {"left": 3}),
        (RefusalRule(409, faults=(NAME,), members=((("left",), ("rest",)),)), {"left": 3}),
        (RefusalRule(409, faults=(NAME,), test=lambda fault: fault.detail["left"] == 4), {"left": 3}),
        (RefusalRule(409, faults=(NAME,)), {"fault": {"name": "{urn:t}Other", "detail": {"left": 3}}}),
    ],
)
def test_what_no_rule_holds_for_is_plain_and_whole(refusals: Any, rule: RefusalRule, document: Any) -> None:
    fault, ruled = refusals(rule).fault(answer(document))
    assert (ruled, fault.declared, fault.code, fault.name) == (False, "", "Sender", R + "problem")
    if isinstance(document, dict):
        assert {**fault.detail, **document} == fault.detail


def test_the_surer_rule_wins_over_the_earlier_one(refusals: Any) -> None:
    """A rule whose detail would have to be cut out stands behind one whose detail is all of the answer."""
    cut = RefusalRule(409, faults=(NAME,), code="Sender.Cut")
    whole = RefusalRule(409, faults=(NAME,), code="Sender.Whole", detail=())
    fault, _ = refusals(cut, whole).fault(answer({"left": 3, "title": "x", "odd": 1}))
    assert fault.subcode == "Cut"
    fault, _ = refusals(whole, cut).fault(answer({"left": 3}))
    assert fault.subcode == "Whole"


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("", 404, ("Sender", "")),
        ("", 500, ("Receiver", "")),
        ("Receiver", 404, ("Receiver", "")),
        ("Sender.Gone", 404, ("Sender", "Gone")),
        ("Client.Gone", 404, ("Sender", "Gone")),
        ("Server", 404, ("Receiver", "")),
        ("Gone", 404, ("Sender", "Gone")),
        ("{urn:x}Gone", 500, ("Receiver", "{urn:x}Gone")),
    ],
)
def test_a_code_is_the_rules_else_by_status(refusals: Any, code: str, status: int, expected: tuple[str, str]) -> None:
    rules = [RefusalRule(status, code=code)] if code else []
    fault, ruled = refusals(*rules).fault(answer({"title": "x"}, status))
    assert (fault.code, fault.subcode) == expected
    assert ruled is bool(code)


def test_another_gateways_problem_names_its_fault_itself(refusals: Any) -> None:
    said = {"name": NAME, "code": "Receiver", "subcode": "Late", "reason": "Sold out.", "detail": {"left": 3}}
    fault, ruled = refusals().fault(answer({"title": "The service answered with a fault", "fault": said}, 422))
    assert (fault.declared, fault.code, fault.subcode, fault.reason) == (NAME, "Receiver", "Late", "Sold out.")
    assert ruled is False


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"title": "T", "detail": "D"}, "D"),
        ({"title": "T", "detail": " "}, "T"),
        ({"message": "M"}, "M"),
        ({"detail": ["x"]}, "The service answered 409 Conflict."),
        (["x"], "The service answered 409 Conflict."),
    ],
)
def test_the_reason_is_the_problems_own(refusals: Any, document: Any, reason: str) -> None:
    assert refusals().fault(answer(document))[0].reason == reason


def test_the_detail_of_a_plain_fault_is_appendix_b(refusals: Any) -> None:
    document = {"title": "T", "list": [1, {"a b": True}, None, []], "nested": {"x": "<&>"}, "1st": 1.50}
    fault, _ = refusals().fault(answer(document))
    text = etree.tostring(fault.element).decode()
    assert text == (
        '<problem xmlns="urn:ietf:rfc:7807"><status>409</status><title>T</title>'
        "<list><i>1</i><i><a_x0020_b>true</a_x0020_b></i><i/><i/></list><nested><x>&lt;&amp;&gt;</x></nested>"
        "<_1st>1.5</_1st></problem>"
    )


def test_more_than_xml_may_be_here_is_told_by_its_status(refusals: Any) -> None:
    deep: Any = 1
    for _ in range(DEFAULT.json_depth - 2):
        deep = {"a": deep}
    small = Refusals((), {}, DEFAULT)
    fault, _ = small.fault(answer({"title": "T", "deep": deep}))
    assert fault.element.find(R + "status").text == "409"
    assert fault.detail["status"] == 409
