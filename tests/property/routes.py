"""Drawn settings of a route over one contract, and requests made of what OpenAPI says of that route.

The service answers what it was sent, so that an answer tells what has become of the request.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from gateway.build.book import Built, build
from gateway.build.describe import description
from gateway.codec.json import dumps, loads
from gateway.core.limits import DEFAULT
from gateway.core.value import pointer
from gateway.settings import parse
from tests.golden.test_settings import CHOICES

XSD: Final = """<xs:schema targetNamespace="urn:t" elementFormDefault="qualified" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t">
<xs:complexType name="Body"><xs:sequence><xs:element name="Info"><xs:complexType><xs:sequence>
<xs:element name="Task" type="t:Task"/><xs:element name="Who" type="xs:string" minOccurs="0"/><xs:element name="Mode" type="t:Mode"/>
<xs:element name="Opts" type="t:Opts" minOccurs="0" nillable="{nil}"/></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType>
<xs:complexType name="Task"><xs:sequence><xs:element name="Id" type="xs:long"/><xs:element name="OrderName" type="xs:string" nillable="{nil}"/>
<xs:element name="Rate" type="xs:decimal" minOccurs="0"/><xs:element name="Size" type="xs:int" default="7" minOccurs="0"/>
<xs:element name="Tag" type="xs:string" minOccurs="0" maxOccurs="unbounded"/><xs:element name="Nums" type="t:Nums" minOccurs="0"/>
<xs:element name="Rows" minOccurs="0"><xs:complexType><xs:sequence><xs:element name="Row" type="t:Row" minOccurs="0" maxOccurs="unbounded"/>
</xs:sequence></xs:complexType></xs:element><xs:element name="Names" minOccurs="0"><xs:complexType><xs:sequence><xs:element name="Name"
type="xs:string" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
<xs:choice minOccurs="0"><xs:element name="Left" type="xs:boolean"/><xs:element name="Right" type="t:Row"/></xs:choice>
<xs:element name="Price" minOccurs="0"><xs:complexType><xs:simpleContent><xs:extension base="xs:decimal"><xs:attribute name="cur"
type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType></xs:element><xs:element name="Born" type="xs:date" minOccurs="0"/>
</xs:sequence><xs:attribute name="ver" type="xs:int"/></xs:complexType>
<xs:complexType name="Row"><xs:sequence><xs:element name="LineSum" type="xs:decimal"/></xs:sequence><xs:attribute name="unit" type="xs:int"
default="3"/></xs:complexType><xs:complexType name="Opts"><xs:sequence><xs:element name="Deep"><xs:complexType><xs:sequence>
<xs:element name="Flag" type="xs:boolean"/><xs:element name="Codes" type="xs:int" minOccurs="0" maxOccurs="3"/></xs:sequence></xs:complexType>
</xs:element></xs:sequence></xs:complexType><xs:simpleType name="Mode"><xs:restriction base="xs:string"><xs:enumeration value="Fast"/>
<xs:enumeration value="Slow"/></xs:restriction></xs:simpleType><xs:simpleType name="Nums"><xs:list itemType="xs:int"/></xs:simpleType>
<xs:element name="Put" type="t:Body"/><xs:element name="Got" type="t:Body"/><xs:element name="Sess" type="xs:string"/></xs:schema>"""
WSDL: Final = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:t="urn:t"
 targetNamespace="urn:t"><types>{types}</types><message name="In"><part name="p" element="t:Put"/></message>
<message name="Out"><part name="p" element="t:Got"/></message><message name="H"><part name="h" element="t:Sess"/></message>
<portType name="P"><operation name="Put"><input message="t:In"/><output message="t:Out"/></operation></portType>
<binding name="B" type="t:P"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/><operation name="Put">
<s:operation soapAction="urn:t/Put"/><input><s:body use="literal"/><s:header message="t:H" part="h" use="literal"/></input>
<output><s:body use="literal"/></output></operation></binding>
<service name="S"><port name="B" binding="t:B"><s:address location="http://127.0.0.1:9/"/></port></service></definitions>"""
RENAMES: Final = (("Id", "number"), ("Task", "job"), ("Row/LineSum", "sum"), ("Mode", "how"), ("Info", "inside"), ("Tag", "labels"))
CONSTANTS: Final = ("Fast", 5, True, "x", ["a"], {"Flag": True}, "7", None)
OWN: Final = frozenset({"Prefer", "If-Match", "If-None-Match", "Idempotency-Key"})  # fields of HTTP's own
JSON: Final = "application/json"
Draw = random.Random
Schema = dict[str, Any]


def built_of(folder: Path, mapping: Schema, routes: list[Schema], nil: bool) -> Built:
    """The contract with these settings. Raises Refused."""
    (folder / "s.wsdl").write_text(WSDL.replace("{types}", XSD.replace("{nil}", "true" if nil else "false")))
    services = {"s": {"wsdl": "s.wsdl", "path": "/S", "mapping": mapping, "routes": routes}}
    return build(parse(json.dumps({"services": services}), base=folder, env={}))


def told(built: Built) -> Schema:
    """The OpenAPI document, as it is sent."""
    document: Schema = loads(dumps(description(built)), DEFAULT)
    return document


def body_of(document: Schema, holder: Schema) -> Schema | None:
    """The schema of a request's or an answer's JSON, with all that it refers to."""
    if JSON not in holder.get("content", {}):
        return None
    return {**holder["content"][JSON]["schema"], "components": document["components"]}


def _followed(node: Schema, root: Schema) -> Schema:
    while "$ref" in node:
        place: Any = root
        for step in node["$ref"].removeprefix("#/").split("/"):
            place = place[step]
        node = place
    return node


def places(schema: Schema) -> list[str]:
    """The pointers of all members that a schema names, objects within objects only."""
    found: dict[str, None] = {}

    def look(node: Schema, steps: tuple[str, ...]) -> None:
        node = _followed(node, schema)
        for form in (*node.get("allOf", ()), *node.get("anyOf", ())):
            look(form, steps)
        for key, inner in node.get("properties", {}).items() if len(steps) < 5 else ():
            found[pointer((*steps, key))] = None
            look(inner, (*steps, key))

    look(schema, ())
    return list(found)


def mapping(draw: Draw, often: float) -> Schema:
    """Some settings of the mapping."""
    chosen: Schema = {name: draw.choice(values) for name, values in CHOICES.items() if draw.random() < often}
    return {**chosen, "rename": dict(draw.sample(RENAMES, 2))} if draw.random() < often else chosen


def shape(draw: Draw, within: list[str]) -> Schema:
    """What a route says of its two messages as wholes."""
    route: Schema = {"operation": "Put", "route": "POST /r", "mapping": mapping(draw, 0.15)}
    if draw.random() < 0.3:
        route["unwrap"] = {side: ["Info"] for side in ("request", "response") if draw.random() < 0.7}
    if draw.random() < 0.2:
        route["body"] = {side: draw.choice(within) for side in ("request", "response") if draw.random() < 0.7}
    return route


def filled(draw: Draw, route: Schema, asked: list[str], answered: list[str]) -> Schema:
    """The route with what it fills and what it makes of the answer."""
    verb, path, parameters = draw.choice(["POST", "PUT", "PATCH", "PUT", "DELETE"]), "/r", []
    for number in range(draw.choice([0, 0, 1, 1, 2, 3])):
        place = draw.choice(["path", "query", "query", "header"])
        name = f"X-P{number}" if place == "header" else f"p{number}"
        path += "/{%s}" % name if place == "path" else ""
        parameters.append({"in": place, "name": name, "to": draw.choice(asked)})
        if draw.random() < 0.15 and place != "path":
            parameters[-1]["required"] = draw.random() < 0.5
        if draw.random() < 0.2:
            parameters[-1]["list"] = draw.choice(["repeat", "comma", "space", "pipe"])
    more: Schema = {"route": f"{verb} {path}", "parameters": parameters}
    if draw.random() < 0.25:
        more["constants"] = {draw.choice(asked): draw.choice(CONSTANTS)}
    if draw.random() < 0.2:
        more["headers"] = [{"name": "Sess"} | ({"http": "X-Sess"} if draw.random() < 0.5 else {})]
    if draw.random() < 0.2:
        more["version"] = {"request": draw.choice(asked), "reply": draw.choice(answered)}
    if draw.random() < 0.15:
        more["empty"] = draw.choice([204, 404])
    if draw.random() < 0.1:
        more["location"] = "/x/{%s}" % draw.choice(answered)
    return {**route, **more}


def sample(draw: Draw, root: Schema, tries: int = 40) -> Any:
    """A value that a schema takes, most often; for want of one the last that was tried."""
    takes = jsonschema_rs.Draft202012Validator(root).is_valid
    value = None
    for _ in range(tries):
        value = _drawn(draw, root, root)
        if takes(value):
            return value
    return value


def _drawn(draw: Draw, root: Schema, node: Schema) -> Any:
    node = _followed(node, root)
    if "enum" in node or "const" in node:
        return draw.choice(node.get("enum", [node.get("const")]))
    if "properties" not in node and (forms := node.get("anyOf") or node.get("allOf", ())[:1]):
        return _drawn(draw, root, draw.choice(forms))
    kinds = node.get("type", "object" if "properties" in node else "string")
    kind = draw.choice(kinds) if isinstance(kinds, list) else kinds
    if kind == "object":
        needed, members = node.get("required", ()), node.get("properties", {})
        return {key: _drawn(draw, root, members[key]) for key in members if key in needed or draw.random() < 0.6}
    if kind == "array":
        return [_drawn(draw, root, node.get("items", {})) for _ in range(draw.randint(node.get("minItems", 0), 3))]
    return draw.choice(_SCALARS.get(kind, _SCALARS["string"]))


_SCALARS: Final[dict[str, tuple[Any, ...]]] = {
    "integer": (0, 1, 5, -3, 1152921504607351596),
    "number": (1.5, 0, -2),
    "boolean": (True, False),
    "null": (None,),
    "string": ("", "a", "7", "2020-01-01", "true", "x y", "-3 0 5"),
}


def text_of(value: Any) -> str:
    """A scalar as it stands in a URL."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def parameters(document: Schema, item: Schema, draw: Draw) -> Iterator[tuple[Schema, Any]]:
    """The parameters that a request gives, each with a value that its schema takes."""
    for each in item.get("parameters", ()):
        each = _followed(each, document)
        if each["name"] in OWN or (not each.get("required") and draw.random() < 0.4):
            continue
        schema = {**each["schema"], "components": document["components"]}
        yield each, sample(draw, schema)
