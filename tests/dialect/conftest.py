"""What the dialect tests share: one small contract, its book, and messages as bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.build.book import Built, BuiltService, build
from gateway.build.doors import rest_door, soap_address
from gateway.core.limits import DEFAULT
from gateway.core.message import Exchange, Wire
from gateway.core.operation import Door
from gateway.dialect.envelope import NS
from gateway.dialect.soap_client import SoapClient
from gateway.dialect.soap_upstream import SoapUpstream
from gateway.dialect.untyped import untyped
from gateway.settings import parse

CONTENT = {"1.1": "text/xml; charset=utf-8", "1.2": "application/soap+xml; charset=utf-8"}

WSDL = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
 xmlns:t="urn:t" xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t" name="Shop">
<types><xs:schema targetNamespace="urn:t" elementFormDefault="qualified">
<xs:element name="Buy"><xs:complexType><xs:sequence><xs:element name="id" type="xs:int"/>
<xs:element name="note" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
<xs:element name="BuyResponse"><xs:complexType><xs:sequence><xs:element name="BuyResult" minOccurs="0">
<xs:complexType><xs:sequence><xs:element name="Task" minOccurs="0"><xs:complexType><xs:sequence>
<xs:element name="n" type="xs:int"/></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType>
</xs:element></xs:sequence></xs:complexType></xs:element>
<xs:element name="GetPrice"><xs:complexType/></xs:element>
<xs:element name="GetPriceResponse"><xs:complexType><xs:sequence><xs:element name="price" type="xs:decimal"/>
</xs:sequence></xs:complexType></xs:element>
<xs:element name="Tell"><xs:complexType><xs:sequence><xs:element name="text" type="xs:string"/></xs:sequence>
</xs:complexType></xs:element>
<xs:element name="SoldOut"><xs:complexType><xs:sequence><xs:element name="left" type="xs:int"/></xs:sequence>
</xs:complexType></xs:element>
<xs:element name="Auth" type="xs:string"/>
</xs:schema></types>
<message name="Buy"><part name="p" element="t:Buy"/><part name="h" element="t:Auth"/></message>
<message name="BuyResponse"><part name="p" element="t:BuyResponse"/></message>
<message name="GetPrice"><part name="p" element="t:GetPrice"/></message>
<message name="GetPriceResponse"><part name="p" element="t:GetPriceResponse"/></message>
<message name="Tell"><part name="p" element="t:Tell"/></message>
<message name="SoldOut"><part name="p" element="t:SoldOut"/></message>
<portType name="Shop">
<operation name="Buy"><input message="t:Buy"/><output message="t:BuyResponse"/>
<fault name="SoldOut" message="t:SoldOut"/></operation>
<operation name="GetPrice"><input message="t:GetPrice"/><output message="t:GetPriceResponse"/></operation>
<operation name="Tell"><input message="t:Tell"/></operation>
</portType>
<binding name="Shop" type="t:Shop"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
<operation name="Buy"><soap:operation soapAction="urn:t/Buy"/>
<input><soap:header message="t:Buy" part="h" use="literal"/><soap:body parts="p" use="literal"/></input>
<output><soap:body use="literal"/></output>
<fault name="SoldOut"><soap:fault name="SoldOut" use="literal"/></fault></operation>
<operation name="GetPrice"><soap:operation soapAction="urn:t/GetPrice"/><input><soap:body use="literal"/></input>
<output><soap:body use="literal"/></output></operation>
<operation name="Tell"><soap:operation soapAction="urn:t/Tell"/><input><soap:body use="literal"/></input></operation>
</binding>
<service name="Shop"><port name="Shop" binding="t:Shop"><soap:address location="http://127.0.0.1:1/shop"/></port>
</service></definitions>"""

CONFIG = """
services:
  shop:
    wsdl: shop.wsdl
    path: /Shop
    accept_bare_reply: Task
    faults: [{name: "{urn:t}SoldOut", status: 409}]
    routes:
      - route: POST /buy
        operation: Buy
        unwrap: {response: [BuyResult]}
"""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The contract, compiled."""
    folder: Path = tmp_path_factory.mktemp("shop")
    (folder / "shop.wsdl").write_text(WSDL)
    return build(parse(CONFIG, base=folder, env={}))


@pytest.fixture(scope="session")
def shop(built: Built) -> BuiltService:
    """Its one service."""
    return built.services[0]


@pytest.fixture
def soap(shop: BuiltService) -> SoapClient:
    """The half that faces SOAP callers."""
    return SoapClient(shop.speaker, soap_address(shop.path, shop.operations, shop.settings, DEFAULT))


async def _nobody(_: Exchange) -> Any:
    raise AssertionError("nothing is sent in these tests")


@pytest.fixture
def door(shop: BuiltService) -> Callable[[str], Door]:
    """The door of a route, by its path."""
    address = soap_address(shop.path, shop.operations, shop.settings, DEFAULT)

    def of(path: str) -> Door:
        face = next(face for face in shop.faces if face.route.path == path)
        return rest_door(face, shop.speaker, address, DEFAULT, lambda _: _nobody)

    return of


@pytest.fixture
def upstream() -> SoapUpstream:
    """The half that faces a SOAP 1.1 service."""
    return SoapUpstream("1.1", "/shop", DEFAULT, untyped)


def envelope(body: str, version: Any = "1.1", headers: str = "") -> bytes:
    """An envelope as a client might write it; `t` is urn:t."""
    head = f"<e:Header>{headers}</e:Header>" if headers else ""
    return f'<e:Envelope xmlns:e="{NS[version]}" xmlns:t="urn:t">{head}<e:Body>{body}</e:Body></e:Envelope>'.encode()


def posted(body: bytes, version: Any = "1.1", **headers: str) -> Wire:
    """A SOAP request."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Wire({"content-type": CONTENT[version], **named}, body, method="POST", facts={"request_id": "r1"})


def sent(body: bytes, **headers: str) -> Wire:
    """A JSON request."""
    named = {"content-type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
    return Wire(named, body, method="POST", facts={"request_id": "r1"})


BUY = "<t:Buy><t:id>7</t:id></t:Buy>"
BOUGHT = "<t:BuyResponse><t:BuyResult><t:Task><t:n>1</t:n></t:Task></t:BuyResult></t:BuyResponse>"
