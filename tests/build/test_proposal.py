"""gateway.build.proposal: routes that a person would write first, each of which compiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.build.book import build
from gateway.build.proposal import ProposedService, kebab, propose
from gateway.build.proposed_text import configuration
from gateway.build.workbench import Workbench
from gateway.core.limits import DEFAULT
from gateway.schema.wsdl import load_wsdl
from gateway.settings import load

ROOT = Path(__file__).resolve().parents[2]
WSDL = """\
<w:definitions name="Shop" targetNamespace="urn:s" xmlns:t="urn:s" xmlns:w="http://schemas.xmlsoap.org/wsdl/"
 xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema">
 <w:types><xs:schema targetNamespace="urn:s" elementFormDefault="qualified">
  <xs:element name="getOrder"><xs:complexType><xs:sequence><xs:element name="orderId" type="xs:long"/>
   <xs:element name="lang" type="xs:language" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="order"><xs:complexType><xs:sequence><xs:element name="note" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="findOrders"><xs:complexType><xs:sequence><xs:element name="filter"><xs:complexType><xs:sequence>
   <xs:element name="deep"><xs:complexType><xs:attribute name="x"/></xs:complexType></xs:element><xs:element name="n" type="xs:int"/>
   </xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
 </xs:schema></w:types>
 <w:message name="g"><w:part name="p" element="t:getOrder"/></w:message><w:message name="o"><w:part name="p" element="t:order"/></w:message>
 <w:message name="f"><w:part name="p" element="t:findOrders"/></w:message>
 <w:portType name="P">
  <w:operation name="getOrder"><w:input message="t:g"/><w:output message="t:o"/></w:operation>
  <w:operation name="findOrders"><w:input message="t:f"/><w:output message="t:o"/></w:operation>
  <w:operation name="deleteOrder"><w:input message="t:g"/><w:output message="t:o"/></w:operation>
 </w:portType>
 <w:binding name="B" type="t:P"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>
  <w:operation name="getOrder"><s:operation/><w:input><s:body use="literal"/></w:input><w:output><s:body use="literal"/></w:output></w:operation>
  <w:operation name="findOrders"><s:operation/><w:input><s:body use="literal"/></w:input><w:output><s:body use="literal"/></w:output></w:operation>
 </w:binding>
 <w:service name="Shop"><w:port name="P" binding="t:B"><s:address location="http://h/s"/></w:port></w:service>
</w:definitions>
"""


@pytest.fixture
def shop(tmp_path: Path) -> ProposedService:
    (tmp_path / "shop.wsdl").write_text(WSDL)
    (found,) = propose(Workbench(load_wsdl(tmp_path / "shop.wsdl")), DEFAULT)
    return found


def test_a_read_of_scalars_is_a_get_with_its_key_in_the_path(shop: ProposedService) -> None:
    route = shop.routes[0]
    assert (route.verb, route.path) == ("GET", "/api/order/{orderId}")
    assert route.parameters == (("path", "orderId", "/orderId"), ("query", "lang", "/lang"))


def test_a_read_of_structures_is_a_post_without_its_wrapper(shop: ProposedService) -> None:
    route = shop.routes[1]
    assert (route.verb, route.path, route.request) == ("POST", "/api/orders/find", ("filter",))
    assert shop.reads == {"getOrder", "findOrders"}


def test_the_paths_of_the_portal_are_those_that_its_vendor_prints() -> None:
    (found,) = propose(Workbench(load_wsdl(ROOT / "schemas/netid/portal.wsdl")), DEFAULT)
    routes = {route.operation: route for route in found.routes}
    assert (routes["ReleaseTask"].verb, routes["ReleaseTask"].path) == ("POST", "/api/task/release")
    assert routes["ReleaseTask"].request == ("Info",)
    assert not found.left


@pytest.mark.parametrize(
    ("name", "words"), [("PwsGetProject", "pws-get-project"), ("getURLList", "get-url-list"), ("a_b", "a-b"), ("v2Get", "v-2-get")]
)
def test_names_become_paths(name: str, words: str) -> None:
    assert kebab(name) == words


CRUD = """\
<w:definitions name="Crm" targetNamespace="urn:s" xmlns:t="urn:s" xmlns:w="http://schemas.xmlsoap.org/wsdl/"
 xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema">
 <w:types><xs:schema targetNamespace="urn:s" elementFormDefault="qualified">
  <xs:complexType name="Customer"><xs:sequence><xs:element name="Id" type="xs:int" minOccurs="0"/><xs:element name="name" type="xs:string"/></xs:sequence></xs:complexType>
  <xs:complexType name="Key"><xs:sequence><xs:element name="customerId" type="xs:int"/></xs:sequence></xs:complexType>
  <xs:complexType name="Whole"><xs:sequence><xs:element name="customer" type="t:Customer"/></xs:sequence></xs:complexType>
  <xs:complexType name="None"><xs:sequence/></xs:complexType>
  ELEMENTS
 </xs:schema></w:types>
 MESSAGES
 <w:portType name="P">PORTS</w:portType>
 <w:binding name="B" type="t:P"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>BOUND</w:binding>
 <w:service name="Crm"><w:port name="P" binding="t:B"><s:address location="http://h/s"/></w:port></w:service>
</w:definitions>
"""
OPERATIONS = {
    "getCustomer": ("Key", "Whole"),
    "createCustomer": ("Whole", "Key"),
    "updateCustomer": ("Whole", "None"),
    "deleteCustomer": ("Key", "None"),
    "removeEverything": ("None", "None"),
    "lockCustomer": ("Key", "None"),
}


@pytest.fixture
def crm(tmp_path: Path) -> Path:
    body = '<w:input><s:body use="literal"/></w:input><w:output><s:body use="literal"/></w:output>'
    parts = {
        "ELEMENTS": '<xs:element name="{0}" type="t:{1}"/><xs:element name="{0}Response" type="t:{2}"/>',
        "MESSAGES": '<w:message name="{0}"><w:part name="p" element="t:{0}"/></w:message><w:message name="{0}Out"><w:part name="p" element="t:{0}Response"/></w:message>',
        "PORTS": '<w:operation name="{0}"><w:input message="t:{0}"/><w:output message="t:{0}Out"/></w:operation>',
        "BOUND": '<w:operation name="{0}"><s:operation/>' + body + "</w:operation>",
    }
    text = CRUD
    for key, row in parts.items():
        text = text.replace(key, "".join(row.format(name, *types) for name, types in OPERATIONS.items()))
    (tmp_path / "crm.wsdl").write_text(text)
    return tmp_path / "crm.wsdl"


def test_writes_are_what_they_are_to_the_resource(crm: Path) -> None:
    (found,) = propose(Workbench(load_wsdl(crm)), DEFAULT)
    routes = {route.operation: (route.verb, route.path, route.location, route.empty) for route in found.routes}
    assert routes == {
        "getCustomer": ("GET", "/api/customer/{customerId}", "", False),
        "createCustomer": ("POST", "/api/customer", "/api/customer/{/customerId}", False),
        "updateCustomer": ("PUT", "/api/customer/{customerId}", "", True),
        "deleteCustomer": ("DELETE", "/api/customer/{customerId}", "", True),
        "removeEverything": ("POST", "/api/everything/remove", "", True),
        "lockCustomer": ("POST", "/api/customer/lock", "", True),
    }
    put = next(route for route in found.routes if route.verb == "PUT")
    assert put.parameters == (("path", "customerId", "/Id"),)  # one path has one name for its variable
    text = configuration([found], crm.name)
    crm.with_name("c.yaml").write_text(text)
    assert len(build(load(crm.with_name("c.yaml"), {})).services[0].faces) == 12
    assert "        status: 201\n        location: \"/api/customer/{/customerId}\"\n" in text
    assert "        empty: 204\n" in text
