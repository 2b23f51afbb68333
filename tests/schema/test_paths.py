"""No location leads outside of the root."""

from pathlib import Path

import pytest

from gateway.schema.errors import ContractError
from gateway.schema.paths import Root, shown
from gateway.schema.wsdl import load_wsdl
from tests.schema.contracts import HERE


@pytest.mark.parametrize(
    "location",
    [
        "../outside.xsd",
        "link.xsd",
        "file:///etc/passwd",
        "//host.test/x.xsd",
        "http://169.254.169.254/x.xsd",
        "ftp://x.test/x.xsd",
    ],
)
def test_nothing_is_read_from_outside_of_the_root(tmp_path, location):
    (tmp_path / "outside.xsd").write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:n"><xs:simpleType name="T"><xs:restriction base="xs:int"/></xs:simpleType></xs:schema>'
    )
    root = tmp_path / "root"
    root.mkdir()
    (root / "link.xsd").symlink_to(tmp_path / "outside.xsd")
    text = HERE.joinpath("several-services.wsdl").read_text()
    path = root / "x.wsdl"
    added = (
        f'<xs:import namespace="urn:n" schemaLocation="{location}"/><xs:element name="n" xmlns:n="urn:n" type="n:T"/>'
    )
    path.write_text(text.replace('<xs:complexType name="Item">', added + '<xs:complexType name="Item">'))
    with pytest.raises(ContractError) as caught:
        load_wsdl(path, root=root)
    assert caught.value.line == 7
    if location == "../outside.xsd":
        load_wsdl(path, root=tmp_path)


def test_the_root_without_one_given(tmp_path, monkeypatch):
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "x.wsdl").write_text("")
    monkeypatch.chdir(tmp_path)
    assert Root.of(deep / "x.wsdl").folder == tmp_path.resolve()
    monkeypatch.chdir(deep)
    assert Root.of(tmp_path / "y.wsdl").folder == Path(*tmp_path.resolve().parts[:3])
    assert Root.of(deep / "x.wsdl", tmp_path / "a").folder == (tmp_path / "a").resolve()
    assert shown(deep / "x.wsdl") == "x.wsdl"
    assert shown(tmp_path / "y.wsdl") == str(tmp_path / "y.wsdl")


def test_percent_signs_and_blanks(tmp_path):
    (tmp_path / "with blank.xsd").write_text("")
    root = Root(tmp_path.resolve())
    for spelling in ("with blank.xsd", "with%20blank.xsd"):
        assert root.file(str(tmp_path / spelling), named_in="x", line=1, location=spelling) is not None
    assert root.file(str(tmp_path / "none.xsd"), named_in="x", line=1, location="none.xsd") is None
