"""Faults of both versions, as the specifications have them and as real stacks send them."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from gateway.core.message import Fault
from gateway.core.problem import Finding, Kind, Problem
from gateway.dialect.envelope import NS, open_envelope
from gateway.dialect.fault import PROBLEM_NS, neutral, problem_detail, read_fault, regular, write_fault
from gateway.dialect.problem import Speaker
from gateway.dialect.untyped import untyped


def read(inside: str, version: Any = "1.1", more: str = "", typed: Any = lambda _: None) -> Fault:
    text = f'<e:Envelope xmlns:e="{NS[version]}" {more}><e:Body><e:Fault>{inside}</e:Fault></e:Body></e:Envelope>'
    return read_fault(open_envelope(etree.fromstring(text)), typed, untyped)


@pytest.mark.parametrize(
    ("code", "more", "neutral", "subcode"),
    [
        ("e:Client", "", "Sender", ""),
        ("e:Server", "", "Receiver", ""),
        ("e:VersionMismatch", "", "VersionMismatch", ""),
        ("e:Server.Boom.Now", "", "Receiver", "Boom.Now"),  # Spyne: a dotted tail
        ("Client", "", "Sender", ""),  # unprefixed
        ("Client", 'xmlns="urn:default"', "Sender", ""),  # unprefixed under a default namespace
        ("SOAP-ENV:Server", "", "Receiver", ""),  # node-soap: the prefix is declared nowhere
        ("x:NoStock", 'xmlns:x="urn:x"', "Receiver", "{urn:x}NoStock"),
        ("x:Client", 'xmlns:x="urn:x"', "Receiver", "{urn:x}Client"),  # somebody else's Client
        ("  e:Client \n", "", "Sender", ""),
        ("", "", "Receiver", ""),
    ],
)
def test_the_codes_of_1_1(code: str, more: str, neutral: str, subcode: str) -> None:
    found = read(f"<faultcode>{code}</faultcode><faultstring> no </faultstring>", more=more)
    assert (found.code, found.subcode, found.reason) == (neutral, subcode, "no")


@pytest.mark.parametrize(
    ("code", "neutral", "subcode"),
    [
        ("<e:Value>e:Sender</e:Value>", "Sender", ""),
        ("<e:Value>Receiver</e:Value>", "Receiver", ""),  # PHP: unprefixed
        ("<e:Value>e:Server</e:Value>", "Receiver", ""),  # the other version's word
        ("<e:Value>e:Odd</e:Value>", "Receiver", ""),
        (
            '<e:Value>e:Sender</e:Value><e:Subcode><e:Value xmlns:x="urn:x">x:No</e:Value></e:Subcode>',
            "Sender",
            "{urn:x}No",
        ),
    ],
)
def test_the_codes_of_1_2(code: str, neutral: str, subcode: str) -> None:
    found = read(f"<e:Code>{code}</e:Code><e:Reason><e:Text>no</e:Text></e:Reason>", "1.2")
    assert (found.code, found.subcode, found.reason) == (neutral, subcode, "no")


def test_the_english_reason_is_taken_and_the_role_kept() -> None:
    texts = '<e:Text xml:lang="sv">nej</e:Text><e:Text xml:lang="en-GB">no</e:Text>'
    found = read(f"<e:Code/><e:Reason>{texts}</e:Reason><e:Role>urn:me</e:Role>", "1.2")
    assert (found.code, found.reason, found.actor) == ("Receiver", "no", "urn:me")


def test_a_detail_is_typed_where_it_is_declared() -> None:
    inside = '<faultcode>e:Server</faultcode><faultstring/><faultactor>urn:me</faultactor><detail><x:E xmlns:x="urn:x">5</x:E></detail>'
    plain = read(inside)
    assert (plain.name, plain.declared, plain.detail, plain.actor) == ("{urn:x}E", "", {"$value": "5"}, "urn:me")
    typed = read(inside, typed=lambda node: ("{urn:x}E", 5, node))
    assert (typed.declared, typed.detail) == ("{urn:x}E", 5)


@pytest.mark.parametrize(("detail", "value"), [("<detail> why </detail>", "why"), ("<detail/>", None), ("", None)])
def test_a_detail_without_an_element(detail: str, value: str | None) -> None:
    found = read(f"<faultcode>e:Server</faultcode><faultstring/>{detail}")
    assert (found.name, found.detail, found.element) == ("", value, None)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("code", ["Sender", "Receiver", "VersionMismatch", "MustUnderstand"])
def test_what_is_written_is_read_again(version: Any, code: str) -> None:
    fault = Fault(code, "a <b> & c", actor="urn:me")
    text = write_fault(version, fault, "<d>1</d>")
    found = read_fault(_enclosed(version, text), lambda _: None, untyped)
    assert (found.code, found.subcode, found.reason, found.actor) == (code, "", "a <b> & c", "urn:me")
    assert found.detail == {"$value": "1"}


@pytest.mark.parametrize("subcode", ["{urn:x}No", "Boom", "Boom.Now"])
def test_subcodes_cross_the_versions(subcode: str) -> None:
    new = read_fault(_enclosed("1.2", write_fault("1.2", Fault("Sender", "", subcode))), lambda _: None, untyped)
    assert new.subcode.rpartition("}")[2] == subcode.rpartition("}")[2]
    old = read_fault(_enclosed("1.1", write_fault("1.1", Fault("Sender", "", subcode))), lambda _: None, untyped)
    assert old.subcode == subcode


@pytest.mark.parametrize("subcode", ["{urn:x}a b<c>", "²", "1.2", "{urn:a&b}y", "{}", "a:b"])
@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_code_that_is_no_name_never_breaks_the_envelope(version: Any, subcode: str) -> None:
    found = read_fault(_enclosed(version, write_fault(version, Fault("Sender", "", subcode))), lambda _: None, untyped)
    assert found.reason == "The call failed."


def test_the_other_versions_fault_in_an_envelope_is_read() -> None:
    # gSOAP, made of a SOAP 1.1 WSDL and asked in SOAP 1.2
    old = read("<faultcode>e:Server</faultcode><faultstring>no</faultstring><detail><x>1</x></detail>", "1.2")
    assert (old.code, old.reason, old.detail) == ("Receiver", "no", {"$value": "1"})
    new = read("<e:Code><e:Value>e:Sender</e:Value></e:Code><e:Reason><e:Text>no</e:Text></e:Reason>", "1.1")
    assert (new.code, new.reason) == ("Sender", "no")


@pytest.mark.parametrize(
    ("version", "inside", "expected"),
    [
        ("1.1", "<faultcode>e:Server</faultcode><faultstring>no</faultstring>", True),
        ("1.1", "<faultcode>Server</faultcode><faultstring>no</faultstring>", True),
        ("1.1", "<faultcode>SOAP-ENV:Server</faultcode><faultstring>no</faultstring>", False),  # node-soap
        ("1.1", "<e:Code><e:Value>e:Sender</e:Value></e:Code>", False),
        ("1.2", "<e:Code><e:Value>e:Sender</e:Value></e:Code>", True),
        ("1.2", "<e:Code><e:Value>Receiver</e:Value></e:Code>", False),  # PHP
        ("1.2", "<e:Code/>", False),
        ("1.2", "<faultcode>e:Server</faultcode>", False),  # gSOAP
    ],
)
def test_a_fault_that_is_not_its_versions_is_told(version: Any, inside: str, expected: bool) -> None:
    found = _enclosed(version, f"<e:Fault xmlns:e='{NS[version]}'>{inside}</e:Fault>")
    assert regular(found, read_fault(found, lambda _: None, untyped)) is expected


def test_a_respelled_detail_keeps_the_entries_beside_it() -> None:
    inside = "<faultcode>e:Server</faultcode><faultstring/><detail><E>5</E><y:F xmlns:y='urn:y'/></detail>"
    found = _enclosed("1.1", f"<e:Fault xmlns:e='{NS['1.1']}'>{inside}</e:Fault>")
    fault = read_fault(found, lambda _: ("{urn:x}E", 5, etree.fromstring("<E xmlns='urn:x'>5</E>")), untyped)
    assert (fault.name, fault.declared) == ("{urn:x}E", "{urn:x}E")
    assert [entry.tag for entry in fault.element.getparent()] == ["{urn:x}E", "{urn:y}F"]
    assert regular(found, fault) is False


def test_a_problems_members_are_the_documents() -> None:
    problem = Problem(Kind.INVALID_MESSAGE, findings=[Finding("/a", "/t:a", "is <bad>", "a number")])
    document = Speaker().document(problem, "r1")
    root = etree.fromstring(problem_detail(problem, document))
    ns = f"{{{PROBLEM_NS}}}"
    assert root.tag == f"{ns}problem"
    assert root.findtext(f"{ns}type") == "/problems/invalid-message"
    assert root.findtext(f"{ns}errors/{ns}error/{ns}detail") == "is <bad>"
    assert root.findtext(f"{ns}requestId") == "r1"


def _enclosed(version: Any, fault: str) -> Any:
    text = f'<soap:Envelope xmlns:soap="{NS[version]}"><soap:Body>{fault}</soap:Body></soap:Envelope>'
    return open_envelope(etree.fromstring(text))


@pytest.mark.parametrize(
    ("said", "held"),
    [("Client", "Sender"), ("Server.Boom", "Receiver.Boom"), ("Sender.A.b", "Sender.A.b"), ("Busy", "Busy"), ("", "")],
)
def test_a_code_may_be_said_as_either_version_says_it(said: str, held: str) -> None:
    assert neutral(said) == held
