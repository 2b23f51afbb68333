"""Operations as compiled from a contract and its settings."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.build.book import build
from gateway.build.operations import reads
from gateway.core.message import Message
from gateway.core.problem import Problem
from gateway.settings import Refused, parse
from tests.interop.secured import ENCRYPTED, SIGNED, USERNAME, asymmetric, contract, within


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("GetTask", True),
        ("getTask", True),
        ("SearchObjects", True),
        ("PwsGetProject", True),  # a short prefix of the vendor's
        ("get_task", True),
        ("List", True),
        ("SaveTask", False),
        ("Getaway", False),
        ("ReleaseTask", False),
        ("TaskGet", False),
        ("", False),
    ],
)
def test_what_reads_by_its_name(name: str, read: bool) -> None:
    assert reads(name) is read


def operation(built: Any, name: str = "ReleaseTask") -> Any:
    return built.find(name)[1].operation


def test_the_defaults_come_from_the_contract(book: Any) -> None:
    one = operation(book())
    assert one.action == "http://www.pointsharp.com/netid/server/portal/IServiceSoap/ReleaseTask"
    assert one.element == "{http://www.pointsharp.com/netid/server/portal}ReleaseTask"
    assert (one.soap, one.writes, one.one_way, one.encryption, one.clear_allowed) == ("1.1", True, False, "none", False)
    assert set(one.faces) == {"1.1", "1.2"}
    assert one.faces["1.1"].request is not one.faces["1.2"].request


def test_the_settings_win(book: Any) -> None:
    one = operation(book("upstream: {soap: '1.2'}\noperations:\n  ReleaseTask: {encryption: required, writes: false}"))
    assert (one.soap, one.writes, one.encryption) == ("1.2", False, "required")


@pytest.mark.parametrize(
    ("lines", "allowed"),
    [
        ("dangerous_allow_clear_text: true", True),
        ("dangerous_allow_clear_text: true\noperations: {ReleaseTask: {dangerous_allow_clear_text: false}}", False),
        ("operations: {ReleaseTask: {dangerous_allow_clear_text: true}}", True),
        ("", False),
    ],
)
def test_clear_text_is_allowed_by_its_own_setting_only(book: Any, lines: str, allowed: bool) -> None:
    assert operation(book(lines)).clear_allowed is allowed


def test_a_bare_reply_is_read_where_it_is_allowed(book: Any) -> None:
    raw = b"<Task><Id>1</Id></Task>"
    codec = operation(book("accept_bare_reply: Task")).faces["1.1"].reply
    assert codec.parse(raw).bare
    from gateway.core.problem import Problem

    with pytest.raises(Problem):
        operation(book()).faces["1.1"].reply.parse(raw)


def test_an_input_without_an_action_of_its_own_has_the_soap_action(book: Any) -> None:
    actions = book().services[0].bound("GetTask").operation.actions
    assert actions.request == "http://www.pointsharp.com/netid/server/portal/IServiceSoap/GetTask"
    assert actions.reply.endswith("/GetTaskResponse")
    assert actions.required is False


ELEMENT = "<sp:EncryptedElements xmlns:b='urn:bank'><sp:XPath>//b:amount</sp:XPath></sp:EncryptedElements>"


@pytest.mark.parametrize(
    ("policy", "signature", "encryption"),
    [
        ("", "none", "none"),
        (asymmetric() + SIGNED + ENCRYPTED, "required", "required"),
        (asymmetric() + ENCRYPTED, "preferred", "required"),  # the Timestamp is signed, and nothing else
        (asymmetric() + within("SignedEncryptedSupportingTokens", USERNAME), "preferred", "preferred"),
        (asymmetric() + ELEMENT, "preferred", "required"),
    ],
)
def test_what_a_policy_demands_is_required_where_it_is_of_the_body(
    tmp_path: Any, policy: str, signature: str, encryption: str
) -> None:
    (tmp_path / "bank.wsdl").write_text(contract(policy))
    one = operation(build(parse("services: {bank: {wsdl: bank.wsdl}}", base=tmp_path, env={})), "Pay")
    assert (one.signature, one.encryption) == (signature, encryption)


OF_A_TYPE = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t"><types><xs:schema targetNamespace="urn:t">
<xs:complexType name="T"><xs:sequence><xs:element name="a" type="xs:int"/></xs:sequence><xs:attribute name="x" type="xs:int"/></xs:complexType>
</xs:schema></types><message name="In"><part name="p" type="{type}"/></message><message name="Out"/>
<portType name="P"><operation name="Do"><input message="t:In"/><output message="t:Out"/></operation></portType>
<binding name="B" type="t:P"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/><operation name="Do"><s:operation soapAction=""/>
<input><s:body use="literal"/></input><output><s:body use="literal"/></output></operation></binding>
<service name="S"><port name="S" binding="t:B"><s:address location="http://127.0.0.1:9/"/></port></service></definitions>"""


def test_a_body_whose_content_is_a_type_holds_its_elements_and_loses_nothing(tmp_path):
    (tmp_path / "s.wsdl").write_text(OF_A_TYPE.replace("{type}", "t:T"))
    config = parse("services: {s: {wsdl: s.wsdl}}", base=tmp_path, env={})
    codec = build(config).services[0].operations[0].operation.faces["1.1"].request
    assert b"<soap:Body><a xmlns:t=\"urn:t\">1</a></soap:Body>" in codec.write(Message(codec, value={"a": 1}))
    with pytest.raises(Problem, match="no place there"):
        codec.write(Message(codec, value={"@x": 2, "a": 1}))
    (tmp_path / "s.wsdl").write_text(OF_A_TYPE.replace("{type}", "xs:int"))
    with pytest.raises(Refused, match=r"a document body of a simple type.*R2204"):
        build(config)
