"""The book: everything that one configuration serves, every mistake told at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.build.book import Built, build
from gateway.schema.wsdl import load_wsdl
from gateway.settings import parse
from gateway.settings.mistakes import Refused
from tests.build.conftest import HEAD, ROOT

READ = (
    "operation: ReleaseTask, unwrap: {request: [Info]}, parameters: [{in: query, name: s, to: /SessionId},"
    " {in: query, name: c, to: /Count},"
)


def test_everything_is_found_by_its_names(book: Any) -> None:
    built = book("routes:\n  - route: POST /release\n    operation: ReleaseTask")
    service, bound = built.find("ReleaseTask")
    assert (service.name, service.path, bound.operation.name) == ("portal", "/portal", "ReleaseTask")
    assert built.find("ReleaseTask", service.service.name) is not None
    assert built.find("ReleaseTask", "other") is None
    assert built.find("Nothing") is None
    assert built.route("POST /release")[1].bound is bound
    assert built.route("GET /release") is None
    assert service.face("ReleaseTask").settings is None, "the default face"
    assert service.bound("Nothing") is None
    assert {face.route.path for face in service.faces} >= {"/release", "/portal/ReleaseTask"}


def test_without_default_routes_only_the_configured_ones_stand(book: Any) -> None:
    built = book("default_routes: false\nroutes:\n  - route: POST /release\n    operation: ReleaseTask")
    assert [face.route.path for face in built.services[0].faces] == ["/release"]


def test_every_mistake_is_told_with_its_line(book: Any) -> None:
    with pytest.raises(Refused) as caught:
        book(
            "routes:\n  - route: POST /a\n    operation: Nobody\n"
            "  - route: POST /b\n    operation: ReleaseTask\n    unwrap: {request: [Nothing]}\n"
            "  - route: POST /portal/GetTask\n    operation: ReleaseTask"
        )
    told = str(caught.value)
    assert "the contract has no operation Nobody" in told
    assert "Nothing" in told
    assert "POST /portal/GetTask is served already" in told
    assert len(caught.value.mistakes) == 3
    assert [mistake.line for mistake in caught.value.mistakes] == [7, 10, 11]


@pytest.mark.parametrize(
    ("routes", "words"),
    [
        (f"  - {{route: GET /openapi.json, {READ} {{in: query, name: i, to: /Id}}]}}", "by the gateway itself"),
        (f"  - {{route: 'GET /problems/{{x}}', {READ} {{in: path, name: x, to: /Id}}]}}", "by the gateway itself"),
        ("  - {route: POST /portal, operation: Login}", "POST /portal is served already, by portal"),
        (
            "  - {route: 'POST /a/{x}', operation: ReleaseTask, unwrap: {request: [Info]},"
            " parameters: [{in: path, name: x, to: /Id}]}\n"
            "  - {route: 'POST /a/{y}', operation: ReleaseTask, unwrap: {request: [Info]},"
            " parameters: [{in: path, name: y, to: /Id}]}",
            "by portal/ReleaseTask",
        ),
    ],
)
def test_what_two_claim_is_a_mistake_of_the_configuration(book: Any, routes: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        book(f"operations: {{ReleaseTask: {{writes: false}}}}\nroutes:\n{routes}")


def test_two_services_at_one_path() -> None:
    text = HEAD + "  other:\n    wsdl: schemas/netid/portal.wsdl\n    path: /portal\n    default_routes: false\n"
    with pytest.raises(Refused, match="GET /portal is served already, by portal"):
        build(parse(text, base=ROOT, env={}))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("service: Nobody", "there is no service Nobody"),
        ("port: Nobody", "there is no port"),
        ("operations: {Nobody: {writes: false}}", "the contract has no operation Nobody"),
    ],
)
def test_what_the_contract_does_not_have(book: Any, lines: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        book(lines)


def test_two_services_of_one_contract_share_what_was_compiled() -> None:
    text = HEAD + "  other:\n    wsdl: schemas/netid/portal.wsdl\n    path: /other\n"
    one, other = build(parse(text, base=ROOT, env={})).services
    assert one.bench is other.bench
    assert one.operations[0].operation.service == "portal"
    assert other.operations[0].operation.service == "other"


SPLIT = """<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:t="urn:t" xmlns:d="urn:d" targetNamespace="urn:d">
  <w:types><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:import namespace="urn:t"/></xs:schema></w:types>
  <w:message name="M"><w:part name="p" element="t:Ask"/></w:message>
  <w:portType name="P"><w:operation name="Ask"><w:input message="d:M"/></w:operation></w:portType>
  <w:binding name="B" type="d:P"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <w:operation name="Ask"><s:operation soapAction=""/><w:input><s:body use="literal"/></w:input></w:operation></w:binding>
  <w:service name="S"><w:port name="P" binding="d:B"><s:address location="http://h/"/></w:port></w:service>
</w:definitions>"""
TYPES = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t">
  <xs:include schemaLocation="more.xsd"/></xs:schema>"""
MORE = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t">
  <xs:element name="Ask"><xs:complexType><xs:sequence><xs:element name="N" type="xs:int"/></xs:sequence></xs:complexType>
  </xs:element></xs:schema>"""


def split(folder: Path, xsd: str) -> Built:
    for name, text in {"s.wsdl": SPLIT, "types.xsd": TYPES, "more.xsd": MORE, "bad.xsd": "<a/>"}.items():
        (folder / name).write_text(text)
    return build(parse(f"services: {{s: {{wsdl: s.wsdl, xsd: [{xsd}]}}}}", base=folder, env={}))


def test_a_schema_that_an_import_does_not_name_is_given_by_setting(tmp_path: Path) -> None:
    built = split(tmp_path, "types.xsd")
    assert built.services[0].operations[0].operation.name == "Ask"
    for xsd, words in (("", "urn:t"), ("bad.xsd", "no XML Schema")):
        with pytest.raises(Refused, match=words):
            split(tmp_path, xsd)


def test_services_of_one_contract_read_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    monkeypatch.setattr("gateway.build.book.load_wsdl", lambda *a, **k: read.append(a) or load_wsdl(*a, **k))
    text = """
plugins: {jwt: {keys: [k], issuer: i, audience: a, services: [a]}}
services:
  a: {wsdl: schemas/netid/portal.wsdl, path: /a, default_routes: false}
  b: {wsdl: schemas/netid/portal.wsdl, path: /b, default_routes: false}
"""
    assert len(build(parse(text, base=ROOT, env={})).services) == 2
    assert len(read) == 1


def test_an_endpoint_for_spans_needs_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "tracing: {endpoint: 'http://127.0.0.1:4318/v1/traces'}\n" + HEAD
    build(parse(text, base=ROOT, env={}))
    monkeypatch.setattr("gateway.build.book.lacking", lambda: True)
    with pytest.raises(Refused) as caught:
        build(parse(text, base=ROOT, env={}))
    (mistake,) = caught.value.mistakes
    assert (mistake.line, mistake.setting) == (1, "tracing.endpoint")
    assert "pip install 'soapgw[otel]'" in str(mistake)
