"""Attributes, and the text beside them, are places as elements are: for parameters, constants, bodies, versions and Locations."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gateway.build.book import build
from gateway.settings import Refused, parse
from tests.wire.conftest import gateway_of
from tests.wire.standin import StandIn, stand_in

SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:item" xmlns="urn:item" elementFormDefault="qualified">
  <xs:complexType name="Price"><xs:simpleContent><xs:extension base="xs:decimal">
    <xs:attribute name="unit" type="xs:string" use="required"/></xs:extension></xs:simpleContent></xs:complexType>
  <xs:complexType name="Item">
    <xs:sequence><xs:element name="Price" type="Price"/><xs:element name="id" type="xs:string" minOccurs="0"/></xs:sequence>
    <xs:attribute name="id" type="xs:long" use="required"/><xs:attribute name="rev" type="xs:int"/>
  </xs:complexType>
  <xs:element name="Get"><xs:complexType><xs:attribute name="id" type="xs:long" use="required"/><xs:attribute name="lang" type="xs:string"/></xs:complexType></xs:element>
  <xs:element name="GetResponse"><xs:complexType><xs:sequence><xs:element name="Item" type="Item"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="Save"><xs:complexType><xs:sequence><xs:element name="Item" type="Item"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="SaveResponse"><xs:complexType><xs:sequence/><xs:attribute name="id" type="xs:long" use="required"/></xs:complexType></xs:element>
</xs:schema>"""
ROUTES = """
      - route: GET /items/{id}
        operation: Get
        unwrap: {response: [Item]}
        parameters: [{in: path, name: id, to: /@id}, {in: query, name: lang, to: /@lang}]
        version: {reply: /@rev}
      - route: PUT /items/{id}
        operation: Save
        unwrap: {request: [Item]}
        parameters: [{in: path, name: id, to: /@id}, {in: header, name: X-Price, to: /Price/$value}]
        constants: {/Price/@unit: EUR}
        version: {request: /@rev}
        status: 201
        location: /items/{/@id}
"""
SOAP = "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>{}</s:Body></s:Envelope>"


@asynccontextmanager
async def served(folder: Path, upstream: str) -> AsyncIterator[tuple[StandIn, aiohttp.ClientSession]]:
    (folder / "item.xsd").write_text(SCHEMA)
    async with stand_in() as service:
        text = f"services:\n  items:\n    wsdl: item.xsd\n    path: /soap\n    upstream: {{{upstream}, url: '{service.url}'}}\n"
        async with (
            gateway_of(text + "    routes:" + ROUTES, folder) as gateway,
            aiohttp.ClientSession(f"http://{gateway.addresses['data']}") as client,
        ):
            yield service, client


async def test_a_soap_service_gets_attributes_from_path_query_header_constant_and_version(tmp_path: Path) -> None:
    async with served(tmp_path, "soap: '1.1'") as (service, client):
        item = "<GetResponse xmlns='urn:item'><Item id='7' rev='3'><Price unit='EUR'>1.50</Price></Item></GetResponse>"
        service.say(200, SOAP.format(item), "text/xml")
        async with client.get("/items/7?lang=sv") as reply:
            assert (reply.status, reply.headers["etag"]) == (200, '"3"')
            assert await reply.json() == {"@id": 7, "@rev": 3, "Price": {"@unit": "EUR", "$value": 1.5}}
        assert b'id="7" lang="sv"' in service.asked.body
        service.say(200, SOAP.format("<SaveResponse xmlns='urn:item' id='8'/>"), "text/xml")
        fields = {"If-Match": '"3"', "X-Price": "2.25"}
        async with client.put("/items/7", json={"id": "an element"}, headers=fields) as reply:
            assert (reply.status, reply.headers["location"]) == (201, "/items/8")
        for part in (b'id="7"', b'rev="3"', b'unit="EUR">2.25<', b"id>an element<"):
            assert part in service.asked.body
        async with client.get("/openapi.json") as reply:
            path = (await reply.json())["paths"]["/items/{id}"]
    told = {each["name"]: (each["in"], each["schema"]["type"]) for each in path["get"]["parameters"]}
    assert told == {"id": ("path", "integer"), "lang": ("query", "string")}
    body: Any = path["put"]["requestBody"]["content"]["application/json"]["example"]
    assert body == {"@rev": 1, "Price": {}, "id": "text"}, "what is bound is not asked for again"


async def test_a_json_service_is_called_with_what_stands_in_attributes(tmp_path: Path) -> None:
    async with served(tmp_path, "speaks: json") as (service, client):
        service.say(200, '{"Price": {"@unit": "EUR", "$value": 1.5}, "@id": 7, "@rev": 1}')
        fields = {"Content-Type": "text/xml"}
        async with client.post("/soap", data=SOAP.format("<Get xmlns='urn:item' id='7'/>"), headers=fields) as reply:
            assert (reply.status, service.asked.path, service.asked.body) == (200, "/items/7", b"")
            assert b'id="7" rev="1"' in await reply.read()
        service.say(201, "{}", headers={"Location": "/items/9"})
        save = "<Save xmlns='urn:item'><Item id='7' rev='4'><Price unit='EUR'>2</Price></Item></Save>"
        async with client.post("/soap", data=SOAP.format(save), headers=fields) as reply:
            assert b'id="9"' in await reply.read()
        assert (service.asked.path, service.asked.headers["if-match"]) == ("/items/7", '"4"')
        assert service.asked.headers["x-price"] == "2"


def test_an_attribute_that_every_message_needs_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "item.xsd").write_text(SCHEMA)
    text = "services: {items: {wsdl: item.xsd, upstream: {url: 'http://127.0.0.1:1/'}, routes: [{route: GET /items, operation: Get, parameters: [%s]}]}}"
    for line, words in (("", "needs /@id bound"), ("{in: query, name: id, to: /@ident}", 'did you mean "/@id"')):
        with pytest.raises(Refused, match=words):
            build(parse(text % line, base=tmp_path, env={}))
