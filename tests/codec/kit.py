"""Small schemas made into codecs, for the tests of this folder."""

from __future__ import annotations

from lxml import etree

from gateway.codec.closures import ElementCodec, compile_element
from gateway.core.problem import Finding, Problem
from gateway.core.value import Value
from gateway.schema.ir import Settings
from gateway.schema.layout import lay_out
from gateway.schema.source import Source
from gateway.schema.xsd import read_schemas

DECLARED = (
    'xmlns:t="urn:t" xmlns:u="urn:u" xmlns:xs="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


def codec_of(
    body: str, *, more: str = "", unwrap: tuple[str, ...] = (), findings: int = 10, **settings: str
) -> ElementCodec:
    """The codec of element r, whose complex type is `body`; `more` are further declarations."""
    text = (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:t" xmlns:t="urn:t" targetNamespace="urn:t" '
        f'elementFormDefault="qualified"><xs:element name="r"><xs:complexType>{body}</xs:complexType></xs:element>{more}'
        "</xs:schema>"
    )
    chosen = Settings(**settings)  # type: ignore[arg-type]
    model = lay_out(read_schemas([Source("file:///s.xsd", text.encode())]), chosen)
    return compile_element(model, "{urn:t}r", chosen, unwrap=unwrap, findings=findings)


def read(codec: ElementCodec, inside: str, attributes: str = "") -> Value:
    """The value of `<t:r>` with this inside."""
    return codec.decode(etree.fromstring(f"<t:r {DECLARED} {attributes}>{inside}</t:r>"))


def refused(codec: ElementCodec, inside: str, attributes: str = "") -> list[tuple[str, str, str]]:
    """The findings (pointer, XPath, detail) of an invalid `<t:r>`."""
    try:
        read(codec, inside, attributes)
    except Problem as problem:
        return [_shown(finding) for finding in problem.findings]
    raise AssertionError("it was read")


def unwritten(codec: ElementCodec, value: Value) -> list[tuple[str, str, str]]:
    """The findings of a value that is refused."""
    try:
        codec.encode(value)
    except Problem as problem:
        return [_shown(finding) for finding in problem.findings]
    raise AssertionError("it was written")


def _shown(finding: Finding) -> tuple[str, str, str]:
    return finding.pointer, finding.xpath, finding.detail


def round_trip(codec: ElementCodec, value: Value) -> str:
    """Write a canonical value, read it back, and give the text."""
    text = codec.encode(value)
    assert codec.decode(etree.fromstring(text)) == value
    return text
