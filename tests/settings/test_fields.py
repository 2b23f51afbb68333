"""gateway.settings.fields: each kind of value, what it takes and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from gateway.settings import fields


def take(kind: Any, value: Any, **context: Any) -> Any:
    return TypeAdapter(kind).validate_python(value, context=context or None)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (fields.Size, [1, 4096], [0, -1, "1", "1 MB", "1.5MiB", "9"]),
        (fields.Seconds, [0.001, 30.0, 86_400.0], [0.0, -1.0, 86_401.0]),
        (
            fields.Url,
            ["http://a", "https://a.b:8443/x?y=1", "http://[::1]:80/"],
            [
                "a",
                "ftp://a",
                "http://",
                "http://u:p@h/",
                "http://h:0/",
                "http://h:99999/",
                "http://h/#x",
                "http://[::1",
            ],
        ),
        (fields.Address, ["127.0.0.1:80", "[::1]:8080", ":0"], ["127.0.0.1", "h:99999", "h:x", "::1:80", "h:٣"]),
        (fields.UrlPath, ["/", "/a/b"], ["a", "/a?b", "/a#b", "//a", "/a b"]),
        (fields.HeaderName, ["X-Key", "SOAPAction"], ["", "a b", "a:", "ü"]),
        (fields.HeaderValue, ["x", ""], ["a\r\nb: c", "a\nb", "a\0"]),
        (
            fields.VerbPath,
            ["POST /api/task/release", "GET /a/{id}/b"],
            ["POST", "post /a", "FETCH /a", "GET a", "GET /a{id}", "GET /{1}", "GET  /a", "GET /{a-b}"],
        ),
        (fields.Pointer, ["", "/a/b"], ["a", "#/a"]),
        (fields.LocalName, ["Info", "été"], ["", "a b", "{ns}a", "a/b"]),
    ],
)
def test_what_each_kind_takes(kind: Any, good: list[Any], bad: list[Any]) -> None:
    for value in good:
        assert take(kind, value) == value
    for value in bad:
        with pytest.raises(ValidationError):
            take(kind, value)


@pytest.mark.parametrize(("text", "size"), [("64KiB", 65_536), ("2 MiB", 2 * 1024**2), ("1GiB", 1024**3), ("7B", 7)])
def test_sizes_have_binary_units(text: str, size: int) -> None:
    assert take(fields.Size, text) == size


def test_a_file_is_found_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "x.wsdl").write_text("")
    assert take(fields.FilePath, "x.wsdl", base=tmp_path) == str(tmp_path / "x.wsdl")
    assert take(fields.FilePath, "x.wsdl") == "x.wsdl"
    for name in ("gone.wsdl", ".", "a" * 300, "a/" * 3000, "a\x00b"):
        with pytest.raises(ValidationError, match=r"there is no file|null"):
            take(fields.FilePath, name, base=tmp_path)


def test_a_link_stays_one_but_where_a_schema_imports_what_is_beside_it(tmp_path: Path) -> None:
    """A mounted Secret swaps the link: who keeps where it led to never sees the renewed certificate."""
    (tmp_path / "..1").mkdir()
    (tmp_path / "..1" / "tls.pem").write_text("")
    (tmp_path / "..data").symlink_to("..1")
    (tmp_path / "tls.pem").symlink_to("..data/tls.pem")
    assert take(fields.FilePath, "tls.pem", base=tmp_path) == str(tmp_path / "tls.pem")
    assert take(fields.FilePath, "../tls.pem", base=tmp_path / "..1") == str(tmp_path / "tls.pem")
    assert take(fields.FilePath, "..data/../tls.pem", base=tmp_path) == str(tmp_path / "tls.pem")
    for kind in (fields.SchemaPath, fields.Location):
        assert take(kind, "tls.pem", base=tmp_path) == str(tmp_path / "..1" / "tls.pem")


def test_a_contract_is_a_file_unless_whoever_typed_it_means_a_url(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="serving never fetches"):
        take(fields.Location, "http://h/x?wsdl", base=tmp_path)
    assert take(fields.Location, "http://h/x?wsdl", base=tmp_path, remote=True) == "http://h/x?wsdl"


def test_an_address_comes_apart() -> None:
    assert fields.address("[::1]:8080") == ("::1", 8080)
    assert fields.address("127.0.0.1:0") == ("127.0.0.1", 0)
