"""The law of drawing: an OpenAPI document in, everything that a folder needs out, the same bytes each time.

`Drawn` holds texts and plain data; nothing is written here. Raises ContractError with file, line and pointer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateway.schema.drawn.bundle import Bundle, Defs, Schema
from gateway.schema.drawn.kinds import Any_, Array, Place, Record, Ref, Remark
from gateway.schema.drawn.naming import pascal
from gateway.schema.drawn.operations import Fault, Operation, OperationReader
from gateway.schema.drawn.reader import Reader
from gateway.schema.drawn.shapes import Shapes, plain, reached, trimmed
from gateway.schema.drawn.texts import Library, Text
from gateway.schema.drawn.wsdl import WsdlOperation, wsdl_text
from gateway.schema.drawn.xsd import XsdWriter, documented, schema_text
from gateway.schema.names import clark

BODY = "body"  # of a fault that is no object
RESULT = "result"
FACTORY = "ObjectFactory"  # a class that JAXB makes beside those of the types


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn; `left` are the operations that are not served, `remarks` what is said otherwise."""

    name: str
    namespace: str
    address: str
    xsd: str
    wsdl: str
    shapes: dict[str, Any]
    operations: tuple[Operation, ...]
    remarks: tuple[Remark, ...]
    left: tuple[Remark, ...]


def draw(location: str, *, name: str = "", namespace: str = "") -> Drawn:
    """The contract of an OpenAPI document in a file."""
    library = Library()
    return draw_text(library, library.named(location), name=name, namespace=namespace)


def draw_text(library: Library, main: Text, *, name: str = "", namespace: str = "") -> Drawn:
    """The contract of a document that is read already."""
    _check_version(main)
    info = main.value.get("info")
    title = str(info.get("title") or "") if isinstance(info, dict) else ""
    service = pascal(name or title or main.path.stem)
    target = namespace or f"urn:openapi:{service}"
    shared = Defs(library, main)
    for taken in (service, FACTORY):
        shared.names.give(taken)
    neutral, asks, answers = Bundle(shared), Bundle(shared, "request"), Bundle(shared, "response")
    reader = Reader(neutral)
    read = OperationReader(reader, asks, answers, main)
    operations = read.read()
    reader.settle()
    file = service.lower()
    return Drawn(
        name=service,
        namespace=target,
        address=_address(main),
        xsd=_xsd(target, reader, operations, read.faults),
        wsdl=wsdl_text(target, service, [_wsdl(each) for each in operations], f"{file}.xsd", _words(info), file),
        shapes=_shapes(target, reader, (neutral, asks, answers), operations, read.faults),
        operations=tuple(operations),
        remarks=tuple(reader.remarks.values()),
        left=tuple(read.left),
    )


def _check_version(main: Text) -> None:
    version = main.value.get("openapi") if isinstance(main.value, dict) else None
    if version is None and isinstance(main.value, dict) and "swagger" in main.value:
        raise main.where(("swagger",)).error("this is Swagger 2.0; convert it to OpenAPI 3 first")
    if not str(version).startswith(("3.0", "3.1")):
        raise main.where(()).error("this is no OpenAPI document of version 3.0 or 3.1")


def _words(info: Any) -> str:
    found = info.get("description") or info.get("title") if isinstance(info, dict) else ""
    return " ".join(str(found or "").split())


def _address(main: Text) -> str:
    """The first server's address with its variables at their defaults, empty for a relative one."""
    servers = main.value.get("servers")
    first = servers[0] if isinstance(servers, list) and servers and isinstance(servers[0], dict) else {}
    url = str(first.get("url", ""))
    for variable, told in (first.get("variables") or {}).items():
        url = url.replace("{" + variable + "}", str(told.get("default", "")))
    return url if url.startswith(("http://", "https://")) else ""


# ---------------------------------------------------------------- the XSD


def _xsd(namespace: str, reader: Reader, operations: list[Operation], faults: list[Fault]) -> str:
    writer = XsdWriter(reader.types, reader.bundle.shared.names)
    lines: list[str] = []
    for each in operations:
        lines += _element(each.name, writer.within(each.name, _members(writer, each)), each.words)
        lines += _element(each.answer, writer.within(each.answer, _answer(writer, each)), "")
    for fault in faults:
        if not fault.wrapped and isinstance(fault.place.kind, Ref):
            named = reader.types.target(fault.place.kind).name
            lines.append(f'  <xs:element name="{fault.element}" type="tns:{named}"/>')
        elif not fault.wrapped and isinstance(fault.place.kind, Record):
            lines += writer.element(fault.element, fault.place, indent="  ")
        else:
            body = writer.element(BODY, fault.place, indent="        ")
            lines += _element(fault.element, writer.within(fault.element, body), "")
    for name in sorted(reader.types.named):
        place = reader.types.named[name]
        if not isinstance(place.kind, Ref | Any_):
            lines += writer.named(name, place)
    lines += writer.apart()
    if writer.any_used:
        lines += writer.any_value()
    return schema_text(namespace, lines)


def _element(name: str, members: Iterator[str], words: str) -> Iterator[str]:
    yield f'  <xs:element name="{name}">'
    yield from documented(words, "    ")
    yield "    <xs:complexType>"
    yield "      <xs:sequence>"
    yield from members
    yield "      </xs:sequence>"
    yield "    </xs:complexType>"
    yield "  </xs:element>"


def _members(writer: XsdWriter, operation: Operation) -> Iterator[str]:
    for each in operation.parameters:
        most = "unbounded" if each.many else "1"
        yield from writer.element(each.xml, each.kind, least=int(each.required), most=most, indent="        ")
    if operation.body is not None:
        least = int(operation.body.needed)
        yield from writer.element(operation.body_xml, operation.body.place, least=least, indent="        ")


def _answer(writer: XsdWriter, operation: Operation) -> Iterator[str]:
    if operation.result is not None:
        least = int(operation.result.needed)
        yield from writer.element(RESULT, operation.result.place, least=least, indent="        ")


def _wsdl(operation: Operation) -> WsdlOperation:
    faults = [(fault.element, fault.element) for fault in operation.faults]
    return WsdlOperation(operation.name, operation.name, operation.answer, faults, operation.words)


# ---------------------------------------------------------------- the shapes


def _shapes(
    namespace: str,
    reader: Reader,
    bundles: tuple[Bundle, Bundle, Bundle],
    operations: list[Operation],
    faults: list[Fault],
) -> dict[str, Any]:
    shapes = Shapes(reader.types)
    messages: dict[str, dict[str, Any]] = {}
    for each in operations:
        asked = {parameter.xml: _list_of(parameter.kind, parameter.many) for parameter in each.parameters}
        judged = {parameter.xml: parameter.schema for parameter in each.parameters}
        needed = [parameter.xml for parameter in each.parameters if parameter.required]
        if each.body is not None:
            asked[each.body_xml] = each.body.place
            judged[each.body_xml] = each.body.schema
            needed += [each.body_xml] if each.body.needed else []
        messages[clark(namespace, each.name)] = _message("request", shapes, asked, judged, needed)
        result = each.result
        messages[clark(namespace, each.answer)] = _message(
            "response",
            shapes,
            {} if result is None else {RESULT: result.place},
            {} if result is None else {RESULT: result.schema},
            [RESULT] if result is not None and result.needed else [],
        )
    for fault in faults:
        told = {"direction": "response", "schema": trimmed(fault.schema), "shape": shapes.of(fault.place.kind)}
        messages[clark(namespace, fault.element)] = {**told, **({"unwrap": [BODY]} if fault.wrapped else {})}
    types = shapes.types()
    neutral, asks, answers = bundles
    schemas: dict[str, dict[str, Schema]] = {}
    for direction, bundle in (("request", asks), ("response", answers)):
        roots = {name: told["schema"] for name, told in messages.items() if told["direction"] == direction}
        schemas[direction] = reached(roots, bundle.defs)
    used = {"types": types, "messages": [told["shape"] for told in messages.values()]}
    schemas["either"] = reached(used, neutral.defs)
    found: dict[str, Any] = plain({"messages": messages, "types": types, "schemas": schemas})
    return found


def _list_of(place: Place, many: bool) -> Place:
    return Place(Array(place)) if many else place


def _message(
    direction: str, shapes: Shapes, places: dict[str, Place], judged: dict[str, Schema], needed: list[str]
) -> dict[str, Any]:
    """A wrapper: its members are called the same on both sides."""
    members = {}
    for name, place in places.items():
        shape = shapes.of(place.kind)
        if shape is not None:
            members[name] = {"shape": shape}
    schema = {"type": "object", "properties": {name: trimmed(one) for name, one in judged.items()}, "required": needed}
    return {"direction": direction, "schema": schema, "shape": {"members": members} if members else None}
