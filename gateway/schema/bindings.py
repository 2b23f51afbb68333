"""The law of bindings: how each operation of a port type goes over SOAP, read once, into records.

WSDL 1.1 §2.5, §3 (SOAP 1.1) and the WSDL 1.1 Binding Extension for SOAP 1.2; §4 (HTTP) and §5 (MIME) as far
as they say which part stands where. Every deviation that toolkits live with becomes a Note, none passes
unsaid. What a message's types are is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

from lxml import etree

from gateway.schema.alike import alike
from gateway.schema.contract import (
    Assertion,
    BoundMessage,
    BoundOperation,
    FaultUse,
    HeaderUse,
    Note,
    Part,
    SoapVersion,
    Style,
    Use,
)
from gateway.schema.definitions import Declared, Definitions, children, clark, documentation, target
from gateway.schema.errors import ContractError
from gateway.schema.gathering import Schemas
from gateway.schema.loader import Loaded
from gateway.schema.mime import carried_of, mime_parts, unknown
from gateway.schema.policies import POLICY, Policies
from gateway.schema.synthetic import Synthetics

SOAP11: Final = "http://schemas.xmlsoap.org/wsdl/soap/"
SOAP12: Final = "http://schemas.xmlsoap.org/wsdl/soap12/"
HTTP: Final = "http://schemas.xmlsoap.org/wsdl/http/"
MIME: Final = "http://schemas.xmlsoap.org/wsdl/mime/"
VERSIONS: Final[dict[str, SoapVersion]] = {SOAP11: "1.1", SOAP12: "1.2"}
_ACTIONS: Final = (
    "{http://www.w3.org/2007/05/addressing/metadata}Action",
    "{http://www.w3.org/2006/05/addressing/wsdl}Action",
    "{http://www.w3.org/2005/08/addressing}Action",
    "{http://schemas.xmlsoap.org/ws/2004/08/addressing}Action",
)
REQUIRED: Final = "{http://schemas.xmlsoap.org/wsdl/}required"


@dataclass
class Reader:
    """What reading a binding needs: the components, the schemas' names, synthetic elements, policies."""

    definitions: Definitions
    schemas: Schemas
    synthetics: Synthetics
    policies: Policies
    notes: list[Note]


@dataclass(frozen=True, slots=True)
class Binding:
    """A binding element and what it says of all its operations."""

    declared: Declared
    port_type: Declared
    extension: Any  # soap:binding or http:binding, None without one
    namespace: str  # of the extension, '' without one
    style: Style

    @property
    def soap(self) -> SoapVersion:
        """The SOAP version, '' when it is no SOAP binding."""
        return VERSIONS.get(self.namespace, "")


def read_binding(reader: Reader, declared: Declared) -> Binding:
    """The head of a binding. Raises ContractError when its port type is not declared."""
    element, document = declared.element, declared.document
    port_type = reader.definitions.find("portType", element.get("type") or "", element, document)
    for namespace in (SOAP11, SOAP12, HTTP):
        found = element.find(f"{{{namespace}}}binding")
        if found is not None:
            return Binding(declared, port_type, found, namespace, _style(found, "document", document))
    return Binding(declared, port_type, None, "", "document")


def read_operations(
    reader: Reader, binding: Binding, kind: type[OperationReader] | None = None
) -> tuple[BoundOperation, ...]:
    """Every operation of a binding, a SOAP one without a `kind` named.

    An overloaded name gets its input's name, or a number, behind it.
    """
    names: dict[str, int] = {}
    operations = []
    bound = []
    for element in children(binding.declared.element, "operation"):
        abstract = _abstract(reader, binding, element)
        bound.append(abstract)
        name = (element.get("name") or "").strip()
        names[name] = names.get(name, 0) + 1
        if names[name] > 1:
            own = _message_name(abstract, "input", name)
            name = f"{name}_{own if own != name else names[name]}"
        operations.append((kind or OperationReader)(reader, binding, element, abstract, name).read())
    reader.notes += alike(operations)
    for abstract in children(binding.port_type.element, "operation"):
        if abstract not in bound:
            text = f"operation {abstract.get('name')} of the port type has no binding"
            reader.notes.append(Note("ignored", text, binding.declared.place))
    return tuple(operations)


def _abstract(reader: Reader, binding: Binding, element: Any) -> Any:
    """The port type's operation that a binding operation binds (WSDL 1.1 §2.5, overloads by message names)."""
    name = (element.get("name") or "").strip()
    found = [each for each in children(binding.port_type.element, "operation") if (each.get("name") or "") == name]
    if len(found) > 1:
        wanted = [_own_name(element, "input"), _own_name(element, "output")]
        exact = [
            each
            for each in found
            if all(
                given in ("", _message_name(each, direction, name))
                for given, direction in zip(wanted, ("input", "output"), strict=True)
            )
        ]
        found = exact or found
    if not found:
        place = binding.declared.document.place(element)
        raise ContractError(
            f"wsdl:operation {name}: the port type {binding.port_type.name} has none of this name",
            file=place.file,
            line=place.line,
            section="WSDL 1.1 §2.5",
        )
    return found[0]


def _own_name(operation: Any, direction: str) -> str:
    return next((each.get("name") or "" for each in children(operation, direction)), "")


def _message_name(operation: Any, direction: str, name: str) -> str:
    """The name of an input or output, by default made from the operation's (WSDL 1.1 §2.4.5)."""
    given = _own_name(operation, direction)
    if given:
        return given
    if direction == "output":
        return f"{name}Response"
    return f"{name}Request" if next(children(operation, "output"), None) is not None else name


class OperationReader:
    """Reads one operation of a SOAP binding; `gateway.schema.http_bindings` has the other kind."""

    def __init__(self, reader: Reader, binding: Binding, element: Any, abstract: Any, name: str) -> None:
        self.reader, self.binding, self.element, self.abstract, self.name = reader, binding, element, abstract, name
        self.local = (element.get("name") or "").strip()
        self.document = binding.declared.document
        self.place = self.document.place(element)
        soap = element.find(f"{{{binding.namespace}}}operation")
        self.soap = soap if soap is not None else element.find(f"{{{_other(binding.namespace)}}}operation")
        self.style = _style(self.soap, binding.style, self.document)
        self.refused: list[str] = []

    def note(self, kind: str, text: str, element: Any = None) -> None:
        """A remark about this operation."""
        place = self.place if element is None else self.document.place(element)
        self.reader.notes.append(Note(cast(Any, kind), text, place, self.name))

    def read(self) -> BoundOperation:
        """The whole operation."""
        directions = [etree.QName(each).localname for each in self.abstract if isinstance(each.tag, str)]
        ordered = [each for each in directions if each in ("input", "output")]
        if ordered[:1] == ["output"]:
            self.refused.append("the service sends first: solicit-response or notification (WSDL 1.1 §2.4)")
        source = self._message("input") or BoundMessage(self.local, "", "")
        reply = self._message("output")
        port_type, document = self.binding.port_type.element, self.binding.port_type.document
        assertions = (
            *self.reader.policies.of(self.element, self.document),
            *self.reader.policies.of(self.abstract, document),
        )
        for child in self.element:
            if not_understood(child) and child is not self.soap:
                self.refused.append(f"the extension {child.tag} is required and not understood")
        return BoundOperation(
            name=self.name,
            input=source,
            output=reply,
            faults=tuple(self._faults()),
            action=(self.soap.get("soapAction") or "") if self.soap is not None else "",
            action_required=self.soap is None or self.soap.get("soapActionRequired") not in ("false", "0"),
            style=self.style,
            use=source.use,
            document=documentation(self.abstract) or documentation(self.element),
            assertions=assertions,
            place=document.place(self.abstract) if self.abstract.getparent() is port_type else self.place,
            refused="; ".join(self.refused),
        )

    # ------------------------------------------------------------ messages

    def _name(self, direction: str) -> str:
        return _message_name(self.abstract, direction, self.local)

    def _message(self, direction: str) -> BoundMessage | None:
        declared = next(children(self.abstract, direction), None)
        bound = next(children(self.element, direction), None)
        if declared is None:
            if bound is not None:
                self.note("ignored", f"the binding has an {direction} that the port type lacks", bound)
            return None
        document = self.binding.port_type.document
        message = self.reader.definitions.find("message", declared.get("message") or "", declared, document)
        parts = self.reader.definitions.parts(message)
        for part in parts:
            self._check(part, message)
        bodies, headers, attachments = self._extensions(bound)
        body = bodies[0] if bodies else None
        use, encoding = self._use(body)
        header_uses = tuple(self._headers(headers))
        chosen = self._body_parts(parts, body, headers, attachments, message)
        for name in unknown(parts, attachments):
            self.refused.append(f"mime:content: the {direction} has no part {name!r} (WSDL 1.1 §5.4)")
        carried = carried_of(parts, chosen, attachments)
        if carried and use == "encoded":
            self.refused.append(f"the {direction} has attachments and SOAP encoding (WS-I Attachments Profile 1.0)")
        namespace = (body.get("namespace") or "") if body is not None else ""
        made = self._shape(direction, namespace, chosen, use, body, carried)
        action, given = self._action(declared, direction)
        return BoundMessage(
            name=_message_name(self.abstract, direction, self.local),
            element=made.element, wire=made.wire, on_wire=made.on_wire, wrapped=made.wrapped, elements=made.elements,
            style=self.style, use=use, parts=chosen, headers=header_uses, encoding=encoding, synthetic=made.synthetic,
            attachments=tuple(mime_parts(attachments, carried)), action=action, action_given=given,
            document=documentation(declared) or documentation(message.element),
            assertions=self._assertions(bound, declared, message),
        )  # fmt: skip

    def _assertions(self, bound: Any, declared: Any, message: Declared) -> tuple[Assertion, ...]:
        """The policy of one message (WS-PolicyAttachment §4.1.4)."""
        own = self.reader.policies
        return (
            *(own.of(bound, self.document) if bound is not None else ()),
            *own.of(declared, self.binding.port_type.document),
            *own.of(message.element, message.document),
        )

    def _check(self, part: Part, message: Declared) -> None:
        kind, name = ("element", part.element) if part.element else ("type", part.type)
        if not self.reader.schemas.declares(kind, name):
            place = message.place
            for each in children(message.element, "part"):
                if each.get("name") == part.name:
                    place = message.document.place(each)
            raise ContractError(
                f"wsdl:part {part.name}: no schema declares the {kind} {name}{self.reader.schemas.near(kind, name)}",
                file=place.file, line=place.line, section="WSDL 1.1 §2.3.1",
            )  # fmt: skip

    def _extensions(self, bound: Any) -> tuple[list[Any], list[Any], list[Any]]:
        """soap:body, soap:header and mime:content of a binding's input or output, inside MIME parts, too."""
        bodies: list[Any] = []
        headers: list[Any] = []
        attachments: list[Any] = []
        for child in bound.iterdescendants() if bound is not None else ():
            if not isinstance(child.tag, str):
                continue
            tag = etree.QName(child)
            if tag.namespace in VERSIONS and tag.localname == "body":
                bodies.append(child)
            elif tag.namespace in VERSIONS and tag.localname == "header":
                headers.append(child)
            elif tag.namespace == MIME and tag.localname == "content":
                attachments.append(child)
            elif not_understood(child):
                self.refused.append(f"the extension {child.tag} is required and not understood")
        if len(bodies) > 1:
            self.note("approximated", "more than one soap:body; the first is used", bodies[1])
        return bodies, headers, attachments

    def _use(self, body: Any) -> tuple[Use, str]:
        use = (body.get("use") or "literal") if body is not None else "literal"
        if use not in ("literal", "encoded"):
            place = self.document.place(body)
            raise ContractError(
                f"soap:body: use is {use!r}; it is literal or encoded",
                file=place.file, line=place.line, section="WSDL 1.1 §3.5",
            )  # fmt: skip
        return cast(Use, use), (body.get("encodingStyle") or "") if body is not None else ""

    def _body_parts(
        self, parts: tuple[Part, ...], body: Any, headers: list[Any], attachments: list[Any], message: Declared
    ) -> tuple[Part, ...]:
        """The parts that stand in the Body: those that soap:body lists, else all that go nowhere else."""
        listed = body.get("parts") if body is not None else None
        if listed is not None:
            names = listed.split()
            unknown = [name for name in names if all(part.name != name for part in parts)]
            if unknown:
                place = self.document.place(body)
                raise ContractError(
                    f"soap:body: parts names {unknown[0]!r}, which the message {message.name} lacks",
                    file=place.file, line=place.line, section="WSDL 1.1 §3.5",
                )  # fmt: skip
            return tuple(part for part in parts if part.name in names)
        elsewhere = {each.get("part") for each in attachments}
        for header in headers:
            if header.get("message") and clark(header, header.get("message"), self.document) == message.name:
                elsewhere.add(header.get("part"))
        return tuple(part for part in parts if part.name not in elsewhere)

    # ------------------------------------------------------------ shapes

    def _shape(
        self, direction: str, namespace: str, parts: tuple[Part, ...], use: Use, body: Any, carried: tuple[Part, ...]
    ) -> BoundMessage:
        """Only the fields that say what stands in the Body; what is carried beside it comes last."""
        if self.style == "rpc":
            return self._rpc(direction, namespace, parts, use, body, carried)
        if use == "encoded":
            self.refused.append("document style with SOAP encoding (WSDL 1.1 §3.5; WS-I Basic Profile R2706)")
        if not parts and not carried:
            return BoundMessage("", "", "")
        private = namespace or target(self.document)
        if carried:
            local = _message_name(self.abstract, direction, self.local)
            element = self.reader.synthetics.wrapper(private, local, (*parts, *carried))
            elements = tuple(part.element or part.name for part in parts or carried)
            return BoundMessage("", element, element, on_wire=False, synthetic=True, elements=elements)
        if len(parts) == 1 and parts[0].element:
            element = parts[0].element
            local = element.rpartition("}")[2]
            wrapped = local == (self.local if direction == "input" else f"{self.local}Response")
            return BoundMessage("", element, element, wrapped=wrapped, elements=(element,))
        local = _message_name(self.abstract, direction, self.local)
        if len(parts) == 1:
            element = self.reader.synthetics.typed(private, local, parts[0].type)
            return BoundMessage("", element, element, on_wire=False, synthetic=True)
        if any(part.type for part in parts):
            self.note("approximated", "a document body of several parts with types: each stands under its part's name")
        element = self.reader.synthetics.wrapper(private, local, parts)
        elements = tuple(part.element or part.name for part in parts)
        return BoundMessage("", element, element, on_wire=False, synthetic=True, elements=elements)

    def _rpc(
        self, direction: str, namespace: str, parts: tuple[Part, ...], use: Use, body: Any, carried: tuple[Part, ...]
    ) -> BoundMessage:
        if not namespace:
            namespace = target(self.document)
            if body is not None:
                self.note("approximated", "rpc without a namespace on soap:body: the WSDL's own is used", body)
        local = self.local if direction == "input" else f"{self.local}Response"
        if any(part.element for part in parts):
            self.note("approximated", "an rpc part with an element: the element stands in the wrapper itself")
        wire = f"{{{namespace}}}{local}" if namespace else local
        element = self.reader.synthetics.wrapper(namespace, local, (*parts, *carried), nillable=use == "encoded")
        return BoundMessage("", element, wire, wrapped=True, synthetic=True, elements=(wire,))

    # ------------------------------------------------------------ headers and faults

    def _headers(self, headers: list[Any]) -> Iterator[HeaderUse]:
        for header in headers:
            faults = tuple(
                made
                for child in header
                if isinstance(child.tag, str) and etree.QName(child).localname == "headerfault"
                for made in [self._header(child, ())]
                if made
            )
            made = self._header(header, faults)
            if made:
                yield made

    def _header(self, header: Any, faults: tuple[HeaderUse, ...]) -> HeaderUse | None:
        reference, name = header.get("message") or "", header.get("part") or ""
        message = self.reader.definitions.find("message", reference, header, self.document)
        parts = {part.name: part for part in self.reader.definitions.parts(message)}
        if name not in parts and len(parts) == 1:
            self.note("repaired", f"soap:header names the part {name!r}; the message's only one is used", header)
            name = next(iter(parts))
        if name not in parts:
            place = self.document.place(header)
            raise ContractError(
                f"soap:header: the message {message.name} has no part {name!r}",
                file=place.file, line=place.line, section="WSDL 1.1 §3.7",
            )  # fmt: skip
        self._check(parts[name], message)
        element = parts[name].element
        if not element:
            namespace = header.get("namespace") or ""
            element = self.reader.synthetics.typed(namespace, name, parts[name].type)
        required = header.get(REQUIRED) in ("true", "1")
        use = cast(Use, header.get("use") or "literal")
        return HeaderUse(element, name, use, required, faults, documentation(message.element))

    def _faults(self) -> Iterator[FaultUse]:
        declared = {each.get("name") or "": each for each in children(self.abstract, "fault")}
        bound = {each.get("name") or "": each for each in children(self.element, "fault")}
        for name, element in bound.items():
            if name not in declared:
                self.note("ignored", f"the binding's fault {name!r} is not one of the port type's", element)
        document = self.binding.port_type.document
        for name, element in declared.items():
            message = self.reader.definitions.find("message", element.get("message") or "", element, document)
            parts = self.reader.definitions.parts(message)
            if len(parts) != 1:
                self.note("approximated", f"the fault {name!r} has {len(parts)} parts; it is read as an unknown one")
                continue
            self._check(parts[0], message)
            extension = next((each for each in bound.get(name, ()) if isinstance(each.tag, str)), None)
            use = cast(Use, (extension.get("use") if extension is not None else None) or "literal")
            detail = parts[0].element
            if not detail:
                namespace = (extension.get("namespace") or "") if extension is not None else ""
                detail = self.reader.synthetics.typed(namespace, parts[0].name, parts[0].type)
            action, _ = self._action(element, "fault")
            yield FaultUse(name, detail, parts[0].name, use, action, documentation(element))

    def _action(self, element: Any, direction: str) -> tuple[str, bool]:
        """The WS-Addressing action, given or by default (WS-Addressing Metadata §4.4)."""
        action, given = read_action(element)
        if given:
            return action, True
        namespace = target(self.binding.port_type.document)
        separator = ":" if namespace.startswith("urn:") else "/"
        base = namespace if namespace.endswith(separator) else namespace + separator
        port_type = self.binding.port_type.name.rpartition("}")[2]
        if direction == "fault":
            return f"{base}{port_type}{separator}{self.local}{separator}Fault{separator}{element.get('name')}", False
        return f"{base}{port_type}{separator}{_message_name(self.abstract, direction, self.local)}", False


def read_action(element: Any) -> tuple[str, bool]:
    """The WS-Addressing action that an input, output or fault is given, and whether it is given one."""
    for attribute in _ACTIONS:
        if element.get(attribute):
            return str(element.get(attribute)), True
    return "", False


def not_understood(element: Any) -> bool:
    """Whether an extension is required and unknown here (WSDL 1.1 §2.1.3); policies are kept, addressing is read."""
    if not isinstance(element.tag, str) or element.get(REQUIRED) not in ("true", "1"):
        return False
    return etree.QName(element).namespace not in POLICY and etree.QName(element).localname != "UsingAddressing"


def _other(namespace: str) -> str:
    return SOAP12 if namespace == SOAP11 else SOAP11


def _style(element: Any, default: Style, document: Loaded) -> Style:
    """The style that a soap:binding or soap:operation says (WSDL 1.1 §3.3, §3.4)."""
    given = element.get("style") if element is not None else None
    if given in ("document", "rpc"):
        return cast(Style, given)
    if given:
        place = document.place(element)
        raise ContractError(
            f"style is {given!r}; it is document or rpc", file=place.file, line=place.line, section="WSDL 1.1 §3.3"
        )
    return default
