from pathlib import Path

import pytest

from gateway.schema.errors import ContractError
from gateway.schema.source import Source, gather, read_local, resolve

XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'


@pytest.mark.parametrize(
    ("base", "location", "found"),
    [
        ("/a/b/c.wsdl", "d.xsd", "/a/b/d.xsd"),
        ("/a/b/c.wsdl#1", "../d.xsd", "/a/d.xsd"),
        ("a/c.wsdl", "./x/d.xsd", "a/x/d.xsd"),
        ("c.wsdl", "d.xsd", "d.xsd"),
        ("http://h/a/c.wsdl", "../d.xsd", "http://h/d.xsd"),
        ("http://h/a/c.wsdl", "/d.xsd", "http://h/d.xsd"),
        ("file:///a/c.wsdl", "d.xsd", "file:///a/d.xsd"),
        ("/a/c.wsdl", "http://h/d.xsd", "http://h/d.xsd"),
        ("/a/c.wsdl", "x\\d.xsd", "/a/x/d.xsd"),
        ("/a/c.wsdl", "", "/a/c.wsdl"),
    ],
)
def test_a_location_is_seen_from_its_document(base: str, location: str, found: str) -> None:
    assert resolve(base, location) == found


def test_files_are_found_relative_to_the_one_that_names_them(tmp_path: Path) -> None:
    (tmp_path / "deep dir").mkdir()
    (tmp_path / "main.xsd").write_text(f'<xs:schema {XS}><xs:include schemaLocation="deep%20dir/b.xsd"/></xs:schema>')
    (tmp_path / "deep dir" / "b.xsd").write_text(
        f'<xs:schema {XS}><xs:include schemaLocation="../main.xsd"/></xs:schema>'
    )
    start = Source(str(tmp_path / "main.xsd"), (tmp_path / "main.xsd").read_bytes())
    assert [d.source.url for d in gather([start])] == [str(tmp_path / "main.xsd"), str(tmp_path / "deep%20dir/b.xsd")]


def test_nothing_is_read_from_the_network() -> None:
    assert read_local("http://127.0.0.1:9/x.xsd") is None
    far = Source(
        "/a.xsd",
        f'<xs:schema {XS}><xs:import namespace="urn:b" schemaLocation="http://127.0.0.1:9/x.xsd"/></xs:schema>'.encode(),
    )
    assert len(gather([far])) == 1


def test_an_include_that_finds_nothing_is_refused_with_its_place() -> None:
    lost = Source(
        "/a.xsd", f'<xs:schema {XS}>\n<xs:include schemaLocation="b.xsd"/></xs:schema>'.encode(), "a.wsdl", 10
    )
    with pytest.raises(ContractError) as caught:
        gather([lost], fetch=lambda url: None)
    assert (caught.value.file, caught.value.line) == ("a.wsdl", 12)


@pytest.mark.parametrize("text", [b"<a", b"<a/>", b"<!DOCTYPE a><a/>", b""])
def test_what_is_no_schema_is_refused(text: bytes) -> None:
    with pytest.raises(ContractError, match=r"bad\.xsd"):
        gather([Source("bad.xsd", text)])
