"""HTTP bindings as records: where the parts stand, and what is refused for standing nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.schema.contract import BoundOperation
from gateway.schema.wsdl import load_wsdl

CASE = Path(__file__).parents[1] / "golden/wsdl/http-bindings/contract.wsdl"


def operation(folder: Path, port: str, name: str, *changes: tuple[str, str]) -> BoundOperation:
    text = CASE.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "c.wsdl").write_text(text)
    service = load_wsdl(folder / "c.wsdl").service("Rates")
    found = next(each for each in service.ports if each.name == port).operation(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("port", "name", "location", "media", "element", "answer"),
    [
        ("HttpGet", "GetRate", "/GetRate", "urlEncoded", True, "{urn:t}Rate"),
        ("HttpGet", "ByPath", "rates/(code).xml?on=(day)", "urlReplacement", True, "{urn:t}Rate"),
        ("HttpGet", "Ping", "/ping", "", False, ""),
        ("HttpPost", "SetRate", "/SetRate", "application/x-www-form-urlencoded", True, "{urn:t}Rate"),
        ("HttpPost", "Xml", "/xml", "text/xml", False, "{urn:t}Rate"),
    ],
)
def test_where_everything_stands(
    tmp_path: Path, port: str, name: str, location: str, media: str, element: bool, answer: str
) -> None:
    found = operation(tmp_path, port, name)
    assert (found.refused, found.http_location, found.input_media) == ("", location, media)
    assert found.input.synthetic is element
    assert found.output is not None
    assert found.output.element == answer


def test_a_wrapper_beside_an_element_of_its_name(tmp_path: Path) -> None:
    """The schema declares {urn:t}GetRate with other content: the parts have an element of their own."""
    found = operation(tmp_path, "HttpGet", "GetRate").input.element
    assert found.endswith("}GetRate")
    assert found != "{urn:t}GetRate"


def test_a_form_is_a_url_encoded_post(tmp_path: Path) -> None:
    change = ('<m:content type="application/x-www-form-urlencoded"/>', "<h:urlEncoded/>")
    assert operation(tmp_path, "HttpPost", "SetRate", change).input_media == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("port", "name", "old", "new", "words"),
    [
        ("HttpGet", "GetRate", '<h:operation location="/GetRate"/>', "", "no http:operation"),
        ("HttpGet", "GetRate", "<w:input><h:urlEncoded/></w:input><w:output><m:mimeXml part", "<w:input/><w:output><m:mimeXml part", "stands nowhere"),
        ("HttpGet", "ByPath", "rates/(code)", "rates/(code)/(code)", "'code' has more than one place"),
        ("HttpGet", "ByPath", "rates/(code)", "rates/(code)/(other)", "names (other), which is no part"),
        ("HttpPost", "SetRate", "application/x-www-form-urlencoded", "image/png", "its request is image/png"),
        ("HttpPost", "SetRate", 'verb="POST"', 'verb="GET"', "GET has no body"),
        ("HttpPost", "Xml", '<m:mimeXml part="p"/>', '<m:mimeXml part="q"/>', ""),
        ("HttpPost", "Xml", "<m:mimeXml/>", '<m:mimeXml part="Gone"/>', ""),  # Axis2 names parts that are none
        ("HttpPost", "Xml", 'name="Body" element="t:Rate"', 'name="Body" type="t:Box"', "its answer is XML, but not one part"),
        ("HttpPost", "Xml", 'verb="POST"', 'verb="GET"', "XML for a body, and GET has no body"),
        ("HttpGet", "GetRate", '<part name="day" type="xs:date"/>', '<part name="day" type="xs:anyType"/>', "'day' is no simple type"),
        ("HttpGet", "GetRate", "<h:urlEncoded/>", '<h:urlEncoded/><x:odd xmlns:x="urn:x" w:required="true"/>', "{urn:x}odd is required"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, port: str, name: str, old: str, new: str, words: str) -> None:
    if new.startswith("<part"):
        old, new = old.replace("<part", "<w:part"), new.replace("<part", "<w:part")
    assert words in operation(tmp_path, port, name, (old, new)).refused


def test_a_binding_that_cannot_be_read_stops_no_other_port(tmp_path: Path) -> None:
    text = CASE.read_text().replace('<w:part name="box" type="t:Box"/>', '<w:part name="box" type="t:Gone"/>')
    (tmp_path / "c.wsdl").write_text(text)
    ports = {each.name: each for each in load_wsdl(tmp_path / "c.wsdl").service("Rates").ports}
    assert "no schema declares the type {urn:t}Gone" in ports["HttpGet"].refused
    assert not ports["Soap"].refused
    assert not ports["HttpPost"].refused
