"""gateway.library: the command line's work for a program, at the package's front."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import gateway
from gateway import Contract, ContractError, Problem, Refused

ROOT = Path(__file__).resolve().parents[1]
WSDL = ROOT / "schemas/netid/portal.wsdl"
ASKED = b'{"Info": {"SessionId": "", "Id": 1, "Count": 2}}'


@pytest.fixture(scope="module")
def portal() -> Contract:
    return Contract.from_wsdl(WSDL, service="Portal")


def test_a_message_goes_both_ways(portal: Contract) -> None:
    xml = portal.to_xml(ASKED, operation="ReleaseTask")
    assert xml.startswith(b"<?xml")
    assert json.loads(portal.to_json(xml, operation="ReleaseTask")) == json.loads(ASKED)
    assert b"2003/05/soap-envelope" in portal.to_xml(ASKED, operation="ReleaseTask", soap="1.2")


def test_a_refused_message_raises_its_findings(portal: Contract) -> None:
    with pytest.raises(Problem) as caught:
        portal.to_xml(b'{"Info": {"SessionId": "", "Id": "x"}}', operation="ReleaseTask")
    assert {finding.pointer for finding in caught.value.findings} == {"/Info/Id", "/Info/Count"}


def test_what_is_not_there_is_a_value_error(portal: Contract) -> None:
    with pytest.raises(ValueError, match="Nope"):
        portal.to_xml(b"{}", operation="Nope")


def test_a_configuration_gives_its_routes() -> None:
    contract = Contract.from_config(ROOT / "config/netid.yaml")
    flat = b'{"SessionId": "", "Id": "1", "Count": "2"}'
    assert b"<tns:Id>1</tns:Id>" in contract.to_xml(flat, route="POST /api/task/release")
    schema = contract.json_schema(route="POST /api/task/release")
    assert jsonschema.Draft202012Validator(schema).is_valid(json.loads(flat))
    assert "/api/task/release" in contract.openapi()["paths"]
    assert contract.openapi("3.0")["openapi"].startswith("3.0")


def test_schemas_give_their_elements() -> None:
    contract = Contract.from_xsd(ROOT / "schemas/netid/portal.xsd")
    xml = contract.to_xml(ASKED, element="ReleaseTask")
    assert json.loads(contract.to_json(xml)) == json.loads(ASKED)
    assert contract.json_schema(element="ReleaseTask")["$schema"].endswith("2020-12/schema")
    with pytest.raises(ValueError, match="no operations"):
        contract.openapi()


NUMBERS = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:element name="double" type="xs:double"/><xs:element name="any" type="xs:anyType"/>
<xs:element name="low"><xs:simpleType><xs:restriction base="xs:decimal">
<xs:minInclusive value="-1.10"/><xs:maxExclusive value="1000"/></xs:restriction></xs:simpleType></xs:element>
<xs:element name="long"><xs:simpleType><xs:restriction base="xs:decimal">
<xs:minInclusive value="123456789012345678901234567890.5"/></xs:restriction></xs:simpleType></xs:element>
<xs:element name="one"><xs:simpleType><xs:restriction base="xs:float">
<xs:enumeration value="0.1"/></xs:restriction></xs:simpleType></xs:element></xs:schema>"""


@pytest.mark.parametrize(
    ("element", "valid", "invalid"),
    [
        ("double", 1.7976931348623157e308, "x"),
        ("any", {}, 1),
        ("low", -1.1, -1.11),
        ("low", 999.9, 1000),
        ("long", 123456789012345678901234567890.5, 1.5),
        ("one", 0.1, 0.2),
    ],
)
def test_a_description_is_what_json_writes(tmp_path: Path, element: str, valid: object, invalid: object) -> None:
    path = tmp_path / "numbers.xsd"
    path.write_text(NUMBERS)
    schema = Contract.from_xsd(path).json_schema(element=element)
    assert json.loads(json.dumps(schema, allow_nan=False)) == schema
    assert jsonschema.Draft202012Validator(schema).is_valid(valid)
    assert not jsonschema.Draft202012Validator(schema).is_valid(invalid)


def test_what_is_refused_has_its_place(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        Contract.from_config(tmp_path / "gone.yaml")
    bad = tmp_path / "bad.xsd"
    bad.write_text("<a/>")
    with pytest.raises(ContractError, match=r"bad\.xsd"):
        Contract.from_xsd(bad)


def test_the_front_costs_nothing_and_holds_what_it_says() -> None:
    code = "import sys, gateway; print(sorted({'lxml', 'pydantic', 'xmlschema'} & set(sys.modules)), gateway.__all__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("[] ")
    assert set(gateway.__all__) <= set(dir(gateway))
    with pytest.raises(AttributeError, match="has no attribute 'nope'"):
        gateway.nope  # noqa: B018  # asking is the test
