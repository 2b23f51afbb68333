from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from gateway.schema.bundle import MAIN, bundle
from gateway.schema.errors import ContractError
from gateway.schema.source import Source

XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'


def one(namespace: str, body: str, more: str = "") -> bytes:
    target = f'targetNamespace="{namespace}"' if namespace else ""
    return f"<xs:schema {XS} {target} {more}>{body}</xs:schema>".encode()


def test_two_documents_of_one_namespace_become_one_facade() -> None:
    made = bundle([Source("/1", one("urn:a", "")), Source("/2", one("urn:a", "")), Source("/3", one("urn:b", ""))])
    imports = {i.get("namespace"): i.get("schemaLocation") for i in etree.fromstring(made.texts[MAIN])}
    assert set(imports) == {"urn:a", "urn:b", "http://www.w3.org/XML/1998/namespace"}
    facade = etree.fromstring(made.texts[str(imports["urn:a"])])
    assert [i.get("schemaLocation") for i in facade] == ["s0.xsd", "s1.xsd"]


def test_an_included_document_is_no_head_of_its_namespace() -> None:
    made = bundle(
        [
            Source("/1", one("urn:a", '<xs:include schemaLocation="2"/>')),
            Source("/2", one("urn:a", "")),
            Source("/3", one("", "")),
        ]
    )
    assert etree.fromstring(made.texts[MAIN])[0].get("schemaLocation") == "s0.xsd"


def test_a_circle_has_one_head() -> None:
    made = bundle(
        [
            Source("/1", one("urn:a", '<xs:include schemaLocation="2"/>')),
            Source("/2", one("urn:a", '<xs:include schemaLocation="1"/>')),
        ]
    )
    heads = [i.get("schemaLocation") for i in etree.fromstring(made.texts[MAIN]) if i.get("namespace") == "urn:a"]
    assert heads == ["s0.xsd"]


def test_a_forgotten_import_of_an_inline_schema_is_added_and_a_double_one_goes() -> None:
    body = '<xs:import namespace="urn:c"/><xs:import namespace="urn:c"/><xs:element name="e" type="b:T"/>'
    others = [Source("/2", one("urn:b", "")), Source("/3", one("urn:c", ""))]
    made = bundle([Source("/1.wsdl#schema-1", one("urn:a", body, 'xmlns:b="urn:b"')), *others])
    imports = [i.get("namespace") for i in etree.fromstring(made.texts["s0.xsd"]) if i.tag.endswith("import")]
    assert imports == ["urn:b", "urn:c"]
    with pytest.raises(ContractError, match=r"1\.xsd:1: .*urn:b .*not imported"):
        bundle([Source("/1.xsd", one("urn:a", body, 'xmlns:b="urn:b"')), *others])


def test_an_example_in_a_comment_for_programs_refers_to_nothing() -> None:
    note = '<xs:annotation id="i"><xs:appinfo><xs:element ref="b:x" xmlns:b="urn:b"/></xs:appinfo></xs:annotation>'
    assert "s0.xsd" in bundle([Source("/1.xsd", one("urn:a", note))]).texts


def test_newer_schemas_are_known_by_what_they_use(schema: Callable[..., Any]) -> None:
    assert bundle(schema("").sources).version == "1.0"
    asserted = schema('<xs:complexType name="T"><xs:assert test="true()"/></xs:complexType>')
    assert bundle(asserted.sources).version == "1.1"


def test_the_bundle_is_the_same_every_time(schema: Callable[..., Any]) -> None:
    sources = schema('<xs:element name="e" type="xs:int"/>').sources
    assert bundle(sources).texts == bundle(sources).texts


def test_a_chameleon_that_imports_its_own_host_is_read() -> None:
    body = '<xs:import namespace="urn:a" schemaLocation="1"/><xs:element name="e" type="a:T"/>'
    made = bundle(
        [
            Source("/1", one("urn:a", '<xs:include schemaLocation="2"/><xs:complexType name="T"/>')),
            Source("/2", one("", body, 'xmlns:a="urn:a"')),
        ]
    )
    assert not [i for i in etree.fromstring(made.texts["s1.xsd"]) if i.tag.endswith("import")]


def test_a_redefine_of_nothing_that_finds_nothing_goes() -> None:
    made = bundle([Source("/1", one("urn:a", '<xs:redefine schemaLocation="2"/>'))], fetch=lambda url: None)
    assert len(etree.fromstring(made.texts["s0.xsd"])) == 0


def test_an_include_of_itself_goes() -> None:
    made = bundle([Source("/1", one("urn:a", '<xs:include schemaLocation="1"/><xs:element name="e"/>'))], fetch=lambda url: None)
    assert b"include" not in made.texts["s0.xsd"]
