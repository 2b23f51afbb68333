"""What the tests of the process beside share: a contract with a list, a header block and a fault, and messages of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.build.book import Built, build
from gateway.settings import parse

WSDL = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:big" targetNamespace="urn:big"><types>
<xs:schema targetNamespace="urn:big" elementFormDefault="qualified"><xs:element name="ask"><xs:complexType><xs:sequence>
<xs:element name="item" type="t:Item" minOccurs="0" maxOccurs="unbounded"/><xs:element name="by" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
<xs:element name="told" type="t:Told"/><xs:element name="mark" type="xs:string"/><xs:element name="broke" type="xs:string"/>
<xs:complexType name="Told"><xs:sequence><xs:element name="item" type="t:Item" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType>
<xs:complexType name="Item"><xs:sequence><xs:element name="id" type="xs:int"/><xs:element name="name" type="xs:string"/>
</xs:sequence></xs:complexType></xs:schema></types>
<message name="i"><part name="p" element="t:ask"/></message><message name="o"><part name="p" element="t:told"/></message>
<message name="f"><part name="p" element="t:broke"/></message>
<portType name="P"><operation name="Ask"><input message="t:i"/><output message="t:o"/><fault name="broke" message="t:f"/></operation></portType>
<binding name="B" type="t:P"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/><operation name="Ask">
<soap:operation soapAction="a"/><input><soap:body use="literal"/></input><output><soap:body use="literal"/></output>
<fault name="broke"><soap:fault name="broke" use="literal"/></fault></operation></binding>
<service name="S"><port name="S" binding="t:B"><soap:address location="http://127.0.0.1:1/s"/></port></service></definitions>"""
ENVELOPE = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">%s<s:Body>%s</s:Body></s:Envelope>'
ITEM = "<item><id>%d</id><name>Name &amp; %d</name></item>"


def reply(many: int, head: str = "", last: str = "") -> bytes:
    """An answer with so many items, and then `last`."""
    items = "".join(ITEM % (at, at) for at in range(many))
    return (ENVELOPE % (head, f'<told xmlns="urn:big">{items}{last}</told>')).encode()


FAULT = (
    ENVELOPE
    % (
        "",
        '<s:Fault><faultcode>s:Server</faultcode><faultstring>no</faultstring><detail><broke xmlns="urn:big">x</broke></detail></s:Fault>',
    )
).encode()
HEAD = '<s:Header><t:mark xmlns:t="urn:big" s:mustUnderstand="0" s:actor="urn:me">here</t:mark></s:Header>'


ROUTES: list[dict[str, Any]] = [
    {"route": "POST /asked", "operation": "Ask", "mapping": {"scalars": "string"}},
    {"route": "POST /asked/{by}", "operation": "Ask", "parameters": [{"in": "path", "name": "by", "to": "/by"}]},
    {"route": "POST /looked", "operation": "Ask", "empty": 404},
]


def built_in(folder: Path, wsdl: str = WSDL, **service: Any) -> Built:
    """The contract, built with these settings of its service."""
    (folder / "s.wsdl").write_text(wsdl, encoding="utf-8")
    services = {"big": {"wsdl": "s.wsdl", "routes": ROUTES[:1], **service}}
    return build(parse(json.dumps({"services": services, "limits": "large"}), base=folder))


@pytest.fixture
def built(tmp_path: Path) -> Built:
    """The contract, with a route of other settings."""
    return built_in(tmp_path)
