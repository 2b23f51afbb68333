"""XSD 1.1 in a contract: the slower path is told with its place, and no message passes by halves."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.commands.contract import of_wsdl
from gateway.commands.messages import Messages
from gateway.commands.task import Task
from gateway.core.problem import Kind, Problem
from gateway.schema.newer import SLOWER
from gateway.schema.wsdl import load_wsdl

CASE = Path(__file__).parents[1] / "golden/wsdl/xsd-1.1/contract.wsdl"
SOAP = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="urn:t"><e:Body>{}</e:Body></e:Envelope>'
)
PAID = "<t:PayResponse><t:from>{}</t:from><t:at>2024-05-17T09:30:00Z</t:at><t:to>{}</t:to>{}</t:PayResponse>"


def test_the_slower_path_is_told_once_where_it_begins() -> None:
    told = [(note.kind, note.place.line, note.text) for note in load_wsdl(CASE).notes]
    assert told == [("approximated", 4, f"XSD 1.1 (defaultAttributes): {SLOWER}")]


def test_a_contract_of_xsd_10_tells_nothing() -> None:
    assert load_wsdl(CASE.parents[1] / "styles/contract.wsdl").notes == ()


@pytest.fixture(scope="module")
def messages() -> Messages:
    return Messages(of_wsdl(str(CASE)))


@pytest.mark.parametrize(
    ("direction", "body", "json"),
    [
        ("request", '<t:Pay by="cheque"><t:amount>2</t:amount></t:Pay>', b'{"@by":"cheque","amount":2}'),
        (
            "request",
            '<t:Pay by="card" trace="x"><t:amount>2</t:amount><t:card>1</t:card></t:Pay>',
            b'{"@by":"card","@trace":"x","amount":2,"card":"1"}',
        ),
        (
            "request",
            '<t:Pay><t:amount>4</t:amount><o xmlns="urn:o"/></t:Pay>',
            b'{"amount":4,"$any":[{"{urn:o}o":{}}]}',
        ),
        ("request", '<t:Pay by="card"><t:amount>2</t:amount></t:Pay>', None),  # the alternative wants its card
        ("request", '<t:Pay by="cash"><t:amount>2</t:amount></t:Pay>', None),  # xs:error
        ("request", "<t:Pay><t:amount>3</t:amount></t:Pay>", None),  # the assertion
        (
            "request",
            '<t:Pay><t:amount>2</t:amount><o xmlns="urn:never"/></t:Pay>',
            b'{"amount":2,"$any":[{"{urn:never}o":{}}]}',
        ),
        ("request", '<t:Pay><t:amount>2</t:amount><never xmlns="urn:never"/></t:Pay>', None),  # notQName
        ("response", PAID.format(1, 2, ""), b'{"from":1,"to":2,"at":["2024-05-17T09:30:00Z"]}'),
        ("response", PAID.format(2, 1, ""), None),  # xs:assert
        ("response", PAID.format(1, 2, "<t:day>2024-05-17Z</t:day>"), None),  # explicitTimezone
        ("response", PAID.format(1, 2, "<t:coded><t:code>12345</t:code></t:coded>"), None),  # overridden: four at most
        ("response", PAID.format(1, 2, "<t:older>1</t:older>"), None),  # vc:maxVersion
    ],
)
def test_a_message_passes_whole_or_not_at_all(
    messages: Messages, direction: str, body: str, json: bytes | None
) -> None:
    task = Task(SOAP.format(body).encode(), direction, "json", "Pay")
    if json is not None:
        assert messages.translate(task) == json
        return
    with pytest.raises(Problem) as caught:
        messages.translate(task)
    assert caught.value.kind is Kind.INVALID_MESSAGE


@pytest.mark.parametrize(
    ("json", "passes"),
    [
        (b'{"@by":"card","amount":2,"card":"1"}', True),
        (b'{"amount":2,"card":"1"}', False),
        (b'{"@by":"cash","amount":2}', False),
        (b'{"amount":3}', False),
    ],
)
def test_what_comes_as_json_is_held_to_the_same(messages: Messages, json: bytes, passes: bool) -> None:
    task = Task(json, "request", "xml", "Pay")
    if passes:
        assert b'by="card"' in messages.translate(task)
        return
    with pytest.raises(Problem) as caught:
        messages.translate(task)
    assert caught.value.kind is Kind.INVALID_MESSAGE
