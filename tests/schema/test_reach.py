from collections.abc import Callable
from typing import Any

from gateway.schema.reach import reach

PARTS = (
    '<xs:complexType name="A"><xs:sequence><xs:element name="x" type="t:B"/></xs:sequence><xs:attribute name="k" type="t:K"/></xs:complexType>'
    '<xs:complexType name="B"/><xs:simpleType name="K"><xs:restriction base="xs:int"/></xs:simpleType>'
    '<xs:complexType name="C"><xs:complexContent><xs:extension base="t:B"/></xs:complexContent></xs:complexType><xs:complexType name="Far"/>'
    '<xs:element name="far" type="t:Far"/>'
)


def test_types_of_members_attributes_and_what_derives_from_them(schema: Callable[..., Any]) -> None:
    model = schema('<xs:element name="r" type="t:A"/>' + PARTS).laid()
    found = reach(model, ["{urn:t}r"])
    assert {t for t in found.types if t.startswith("{urn:t}")} == {f"{{urn:t}}{name}" for name in "ABCK"}
    assert [element.name for element in found.elements] == ["{urn:t}r", "{urn:t}x"]


def test_a_wildcard_reaches_what_it_takes(schema: Callable[..., Any]) -> None:
    wild = '<xs:element name="r"><xs:complexType><xs:sequence><xs:any namespace="{}" processContents="{}"/></xs:sequence></xs:complexType></xs:element>'
    for namespace, process, there in (("##any", "lax", True), ("##other", "lax", False), ("##any", "skip", False)):
        found = reach(schema(wild.format(namespace, process) + PARTS).laid(), ["{urn:t}r"])
        assert ("{urn:t}Far" in found.types) is there


def test_any_type_reaches_all(schema: Callable[..., Any]) -> None:
    assert "{urn:t}Far" in reach(schema('<xs:element name="r"/>' + PARTS).laid(), ["{urn:t}r"]).types
