"""A WSDL with several services: served whole by an entry that says nothing of one of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.build.book import build
from gateway.build.listing import ports
from gateway.build.proposal import propose
from gateway.build.proposed_text import configuration
from gateway.build.workbench import Workbench
from gateway.core.limits import DEFAULT
from gateway.schema.wsdl import load_wsdl
from gateway.settings import parse

FOLDER = Path(__file__).parents[1] / "schema/wsdl"


def built(lines: str = "", more: str = "") -> Any:
    text = f"services:\n  s:\n    wsdl: several-services.wsdl\n{lines}{more}"
    return build(parse(text, base=FOLDER, env={}))


def test_every_service_has_its_address() -> None:
    services = built().services
    assert [(each.name, each.path, each.service.name) for each in services] == [
        ("s", "/First", "First"),
        ("s-Second", "/Second", "Second"),
    ]
    assert services[0].bench is services[1].bench, "the contract is read once"
    assert {face.route.path for each in services for face in each.faces} >= {"/First/Get", "/Second/Get"}


@pytest.mark.parametrize(
    "lines",
    [
        "    service: First\n",
        "    path: /one\n",
        "    operations: {Get: {writes: true}}\n",
        "    routes: [{route: POST /get, operation: Get}]\n",
    ],
)
def test_what_is_said_of_one_is_of_the_first(lines: str) -> None:
    assert [each.service.name for each in built(lines).services] == ["First"]


def test_what_a_plugin_names_is_one_service() -> None:
    """The others would stand beside it without its protection."""
    plugin = "keyring: {k: {secret: cGVwcGVycGVwcGVycGVwcGVycGVwcGVycGVwcGVycGU=}}\nplugins: {jwt: {keys: [k], issuer: i, audience: a, services: [s]}}\n"
    assert [each.service.name for each in built(more=plugin).services] == ["First"]


def test_a_port_of_another_port_type_has_an_address_of_its_own(tmp_path: Path) -> None:
    contract, text = two_port_types(tmp_path), "services: {mp: {wsdl: mp.wsdl%s}}"
    services = build(parse(text % "", base=tmp_path, env={})).services
    told = [(each.name, each.path, each.port.name, [bound.operation.name for bound in each.operations]) for each in services]
    assert told == [("mp", "/MP", "PortA", ["A"]), ("mp-PortB", "/MP/PortB", "PortB", ["B"])]
    assert [each.name for each in build(parse(text % ", port: PortB", base=tmp_path, env={})).services] == ["mp"]
    assert ports(build(parse(text % "", base=tmp_path, env={})), services[0], "http://x/MP") == {
        ("MP", "PortA"): "http://x/MP", ("MP", "PortB"): "http://x/MP/PortB",
    }  # fmt: skip
    proposed = configuration(propose(Workbench(load_wsdl(contract)), DEFAULT), "mp.wsdl")
    (tmp_path / "gateway.yaml").write_text(proposed)
    again = build(parse(proposed, base=tmp_path, env={}))
    assert [(each.name, each.path) for each in again.services] == [("mp", "/MP"), ("mp-port-b", "/MP/PortB")]
    assert "/api/mp-port-b/b" in {face.route.path for face in again.services[1].faces}


def two_port_types(folder: Path) -> Path:
    """One wsdl:service, two ports: A is of one port type, B of the other."""
    soap = "http://schemas.xmlsoap.org/wsdl/soap/"
    element = "<xs:element name='{0}'><xs:complexType/></xs:element><xs:element name='{0}Response'><xs:complexType/></xs:element>"
    body = "<w:{0}><s:body use='literal'/></w:{0}>"
    half = (
        "<w:message name='{0}i'><w:part name='p' element='t:{0}'/></w:message><w:message name='{0}o'><w:part name='p' element='t:{0}Response'/></w:message>"
        "<w:portType name='T{0}'><w:operation name='{0}'><w:input message='t:{0}i'/><w:output message='t:{0}o'/></w:operation></w:portType>"
        "<w:binding name='B{0}' type='t:T{0}'><s:binding transport='http://schemas.xmlsoap.org/soap/http'/><w:operation name='{0}'>"
        "<s:operation soapAction='{0}'/>" + body.format("input") + body.format("output") + "</w:operation></w:binding>"
    )
    port = "<w:port name='Port{0}' binding='t:B{0}'><s:address location='http://127.0.0.1:1/{0}'/></w:port>"
    both = ["".join(part.format(each) for each in "AB") for part in (element, half, port)]
    text = (
        f"<w:definitions xmlns:w='http://schemas.xmlsoap.org/wsdl/' xmlns:s='{soap}' xmlns:t='urn:mp' targetNamespace='urn:mp'>"
        f"<w:types><xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:mp'>{both[0]}</xs:schema></w:types>"
        f"{both[1]}<w:service name='MP'>{both[2]}</w:service></w:definitions>"
    )
    (folder / "mp.wsdl").write_text(text)
    return folder / "mp.wsdl"
