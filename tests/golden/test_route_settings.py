"""A route's mapping over its service's, every pair of settings: its codecs and its OpenAPI follow the two together."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest

from gateway.build.book import build
from gateway.build.describe import description
from gateway.codec.closures import ElementCodec, compile_element
from gateway.codec.json import dumps, loads
from gateway.core.limits import DEFAULT
from gateway.schema.ir import Settings
from gateway.schema.layout import lay_out
from gateway.schema.source import Source
from gateway.schema.xsd import read_schemas
from gateway.settings import Refused
from gateway.settings import parse as settings_of
from gateway.xml import parse
from tests.golden.test_settings import ROWS

XS: Final = "http://www.w3.org/2001/XMLSchema"
TYPES: Final = """<xs:schema targetNamespace="urn:t" elementFormDefault="qualified"><xs:element name="Order"><xs:complexType>
<xs:sequence><xs:element name="OrderNumber" type="xs:long"/><xs:element name="Sum" type="xs:decimal" minOccurs="0"/>
<xs:element name="IsPaid" type="xs:boolean"/><xs:element name="Note" type="xs:string" minOccurs="0"/>
<xs:element name="Name" type="xs:string"/><xs:element name="Size" type="xs:int" default="7" minOccurs="0"/>
<xs:element name="Rows" minOccurs="0"><xs:complexType><xs:sequence><xs:element name="Row" type="t:Row" minOccurs="0"
maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element><xs:element name="Tag" type="xs:string" minOccurs="0"
maxOccurs="9"/>{more}</xs:sequence></xs:complexType></xs:element><xs:complexType name="Row"><xs:sequence>
<xs:element name="LineSum" type="xs:decimal"/></xs:sequence><xs:attribute name="unitOfIt" type="xs:int" default="3"/>
</xs:complexType><xs:element name="Taken" type="t:Row"/></xs:schema>"""
WSDL: Final = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t"><types>{types}</types>
<message name="In"><part name="p" element="t:Order"/></message><message name="Out"><part name="p" element="t:Taken"/></message>
<portType name="P"><operation name="Take"><input message="t:In"/><output message="t:Out"/></operation></portType>
<binding name="B" type="t:P"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/><operation name="Take">
<s:operation soapAction="urn:t/Take"/><input><s:body use="literal"/></input><output><s:body use="literal"/></output>
</operation></binding><service name="S"><port name="B" binding="t:B"><s:address location="http://127.0.0.1:9/"/></port>
</service></definitions>"""
DOCUMENTS: Final = tuple(
    f'<t:Order xmlns:t="urn:t"><t:OrderNumber>{content}</t:Order>'
    for content in (
        "5</t:OrderNumber><t:IsPaid>true</t:IsPaid><t:Name/>",
        "1152921504607351596</t:OrderNumber><t:Sum>12.50</t:Sum><t:IsPaid>false</t:IsPaid><t:Note/><t:Name>n</t:Name>"
        '<t:Size>1</t:Size><t:Rows><t:Row unitOfIt="5"><t:LineSum>1.10</t:LineSum></t:Row></t:Rows><t:Tag>a</t:Tag>',
        "5</t:OrderNumber><t:IsPaid>true</t:IsPaid><t:Name>n</t:Name><t:Rows/><t:Tag>a</t:Tag><t:Tag/>",
    )
)


def built(folder: Path, contract: dict[str, str], routes: list[dict[str, str]], more: str = "") -> Any:
    (folder / "shop.wsdl").write_text(WSDL.replace("{types}", TYPES.replace("{more}", more)))
    lines = [
        f"    - {{route: POST /r{at}, operation: Take, mapping: {dumps(row).decode()}}}"
        for at, row in enumerate(routes)
    ]
    text = "\n".join(
        ["services:", "  shop:", "    wsdl: shop.wsdl", "    path: /Shop", f"    mapping: {dumps(contract).decode()}"]
        + (["    routes:", *lines] if lines else [])
    )
    return build(settings_of(text, base=folder, env={}))


def asked(document: dict[str, Any], path: str) -> Any:
    """A validator of a path's request, as OpenAPI has it."""
    body = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    return jsonschema_rs.Draft202012Validator({**body, "components": document["components"]})


@cache
def codec(shape: Settings) -> ElementCodec:
    """The codec of the request under these settings, of the schema alone."""
    types = TYPES.replace("{more}", "").replace("<xs:schema", f'<xs:schema xmlns:xs="{XS}" xmlns:t="urn:t"')
    model = lay_out(read_schemas([Source("file:///schema.xsd", types.encode())]), shape)
    return compile_element(model, "{urn:t}Order", shape)


def loses(row: dict[str, str]) -> bool:
    """Whether null would be two things: an empty element, and none."""
    return row["nulls"] == "write" and row["empties"] == "null"


@pytest.mark.parametrize(
    "number", [0, 1, *(pytest.param(number, marks=pytest.mark.slow) for number in range(2, len(ROWS)))]
)
def test_a_route_follows_both(number: int, tmp_path: Path) -> None:
    """Parts of every row over the service's row: each setting is the route's where it has one."""
    contract = {**ROWS[number], "empties": "keep"} if loses(ROWS[number]) else ROWS[number]
    routes = [dict(list(row.items())[(at + number) % 2 :: 2]) for at, row in enumerate(ROWS)]
    lost = [row for row in routes if loses({**contract, **row})]
    routes = [row for row in routes if row not in lost]
    book = built(tmp_path, contract, routes)
    document = loads(dumps(description(book)), DEFAULT)
    faces = {face.route.path: face.route.json_face for face in book.services[0].faces}
    for path, row in {"/Shop/Take": {}, **{f"/r{at}": row for at, row in enumerate(routes)}}.items():
        follows(faces[path].request, asked(document, path), Settings(**{**contract, **row}))  # type: ignore[arg-type]
    if lost:
        with pytest.raises(Refused) as told:
            built(tmp_path, contract, lost)
        said = str(told.value)
        assert all(f"services.shop.routes[{at}].mapping: " in said for at in range(len(lost))), said


def follows(face: Any, described: Any, together: Settings) -> None:
    """What a face reads and writes is what the mapping says under these settings, and so is what describes it."""
    for text in DOCUMENTS:
        tree = parse(text.encode(), DEFAULT)
        sent = dumps(codec(together).decode(tree))
        value = loads(sent, DEFAULT)
        assert described.is_valid(value), (together, value, [error.message for error in described.iter_errors(value)])
        assert dumps(face.face.decode(tree)) == sent, together
        written = parse(
            face.body_text(face.parse(sent)).encode(), DEFAULT
        )  # the route's own JSON Schema looked at it, too
        assert dumps(codec(together).decode(written)) == sent, (together, value)
    other = Settings(**{**vars_of(together), "names": "snake" if together.names != "snake" else "as-is"})
    assert not described.is_valid(loads(dumps(codec(other).decode(tree)), DEFAULT)), (
        together,
        "other keys are refused",
    )


def vars_of(shape: Settings) -> dict[str, Any]:
    return {each.name: getattr(shape, each.name) for each in fields(shape)}


@pytest.mark.parametrize(
    ("more", "row", "words"),
    [
        ('<xs:element name="Extra" type="xs:int" nillable="true" minOccurs="0"/>', {"nulls": "write"}, "nulls"),
        ('<xs:element name="Extra" type="xs:string" nillable="true"/>', {"empties": "null"}, "empties"),
        ('<xs:element name="name" type="xs:int" minOccurs="0"/>', {"names": "camel"}, "names"),
    ],
)
def test_what_a_route_would_lose_is_refused_with_its_place(
    more: str, row: dict[str, str], words: str, tmp_path: Path
) -> None:
    """The service's settings lose nothing; the route's would."""
    built(tmp_path, {}, [], more)
    with pytest.raises(Refused) as told:
        built(tmp_path, {}, [{}, row], more)
    assert words in str(told.value)
    assert "services.shop.routes[1].mapping: " in str(told.value)
