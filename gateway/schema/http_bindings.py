"""The law of HTTP bindings: each operation of a port type as an HTTP call, read into the same records as SOAP's.

WSDL 1.1 §4 (http:urlEncoded, http:urlReplacement) and §5 (mime:mimeXml, mime:content). The parts of a request become
the children of a synthetic element, so that codecs, JSON and descriptions are those of any other message. What stands
in no XML and no form is refused, operation by operation.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from lxml import etree

from gateway.schema.bindings import HTTP, MIME, OperationReader, not_understood
from gateway.schema.contract import BoundMessage, BoundOperation, Part
from gateway.schema.definitions import children, documentation, target
from gateway.schema.source import XS

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "urlEncoded"
PATH: Final = "urlReplacement"
XML: Final = "text/xml"
VERBS: Final = ("GET", "POST")
PLACEHOLDER: Final = re.compile(r"\(([^()]+)\)")
_XML_TYPES: Final = frozenset({"text/xml", "application/xml"})
_NOT_SIMPLE: Final = frozenset({f"{{{XS}}}anyType"})


class HttpOperationReader(OperationReader):
    """Reads one operation of an HTTP binding; `input_media` says where its parts stand."""

    def read(self) -> BoundOperation:
        """The whole operation."""
        found = super().read()
        location = (self.soap.get("location") or "").strip() if self.soap is not None else ""
        media = self._media()
        if self.soap is None:
            self.refused.append("it has no http:operation (WSDL 1.1 §4.5)")
        if media == PATH:
            self._check_places(location, [part.name for part in found.input.parts])
        return replace(found, http_location=location, input_media=media, refused="; ".join(self.refused))

    def _check_places(self, location: str, names: list[str]) -> None:
        places = PLACEHOLDER.findall(location)
        for name in names:
            if places.count(name) != 1:
                words = "has no place" if name not in places else "has more than one place"
                self.refused.append(f"the part {name!r} {words} in the location {location!r} (WSDL 1.1 §4.7)")
        for place in dict.fromkeys(places):
            if place not in names:
                self.refused.append(f"the location names ({place}), which is no part (WSDL 1.1 §4.7)")

    def _get(self) -> bool:
        return (self.binding.extension.get("verb") or "").strip() == "GET"

    def _media(self) -> str:
        """Where the parts of the request stand."""
        bound = next(children(self.element, "input"), None)
        for child in bound if bound is not None else ():
            if not isinstance(child.tag, str):
                continue
            tag = etree.QName(child)
            if tag.namespace == HTTP and tag.localname == "urlReplacement":
                return PATH
            if tag.namespace == HTTP and tag.localname == "urlEncoded":
                return QUERY if self._get() else FORM
            if tag.namespace == MIME and tag.localname == "mimeXml":
                return XML
            if tag.namespace == MIME and tag.localname == "content":
                said = (child.get("type") or "").strip().lower()
                return XML if said in _XML_TYPES else said
        return ""

    def _message(self, direction: str) -> BoundMessage | None:
        declared = next(children(self.abstract, direction), None)
        if declared is None:
            return None
        bound = next(children(self.element, direction), None)
        document = self.binding.port_type.document
        message = self.reader.definitions.find("message", declared.get("message") or "", declared, document)
        parts = self.reader.definitions.parts(message)
        for part in parts:
            self._check(part, message)
        for child in bound.iterdescendants() if bound is not None else ():
            if not_understood(child):
                self.refused.append(f"the extension {child.tag} is required and not understood (WSDL 1.1 §2.1.3)")
        made = self._asked(parts) if direction == "input" else self._answered(bound, parts)
        action, given = self._action(declared, direction)
        return replace(
            made,
            name=self._name(direction),
            parts=made.parts or parts,
            action=action,
            action_given=given,
            document=documentation(declared) or documentation(message.element),
        )

    def _asked(self, parts: tuple[Part, ...]) -> BoundMessage:
        media = self._media()
        if not parts:
            return BoundMessage("", "", "")
        if media == XML:
            if self._get():
                self.refused.append("its request has XML for a body, and GET has no body (WSDL 1.1 §5.6)")
            return self._root(parts, "request")
        if media not in (PATH, QUERY, FORM):
            words = f"is {media}" if media else "stands nowhere that WSDL 1.1 §4 or §5 names"
            self.refused.append(f"its request {words}")
        elif media == FORM and self._get():
            self.refused.append("its request has a form for a body, and GET has no body (WSDL 1.1 §4.6)")
        for part in parts:
            if part.element or not self._simple(part.type):
                words = "is no simple type: a URL or form has no place for it (WSDL 1.1 §4.6)"
                self.refused.append(f"the part {part.name!r} {words}")
                return BoundMessage("", "", "")
        element = self.reader.synthetics.wrapper(target(self.document), self.local, parts)
        return BoundMessage("", element, element, wrapped=True, synthetic=True, elements=(element,))

    def _answered(self, bound: Any, parts: tuple[Part, ...]) -> BoundMessage:
        told = [each for each in (bound if bound is not None else ()) if isinstance(each.tag, str)]
        told = [each for each in told if etree.QName(each).namespace == MIME]
        for each in told:
            kind = (each.get("type") or XML).strip().lower()
            if etree.QName(each).localname == "mimeXml" or kind in _XML_TYPES:
                return self._root(self._chosen(each, parts), "answer")
        if told:
            kind = told[0].get("type") or etree.QName(told[0]).localname
            self.refused.append(f"its answer is {kind}, no XML (WSDL 1.1 §5.3)")
        elif parts:
            self.refused.append("its answer stands nowhere that WSDL 1.1 §5 names")
        return BoundMessage("", "", "")

    def _chosen(self, extension: Any, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        """The part that mime:content or mime:mimeXml names; of a message with one part, that one (Axis2 names none)."""
        name = extension.get("part")
        chosen = tuple(part for part in parts if name in (None, part.name))
        if not chosen and len(parts) == 1:
            self.note("repaired", f"{name!r} names no part; the message's only one is used", extension)
            return parts
        return chosen

    def _root(self, parts: tuple[Part, ...], what: str) -> BoundMessage:
        """A message that is one XML element (WSDL 1.1 §5.6)."""
        if len(parts) == 1 and parts[0].element:
            element = parts[0].element
            return BoundMessage("", element, element, elements=(element,), parts=parts)
        self.refused.append(f"its {what} is XML, but not one part that is an element (WSDL 1.1 §5.6)")
        return BoundMessage("", "", "")

    def _simple(self, name: str) -> bool:
        """Whether a type is simple: a built-in one, or a global xs:simpleType."""
        namespace, _, local = name[1:].rpartition("}") if name.startswith("{") else ("", "", name)
        if namespace == XS:
            return name not in _NOT_SIMPLE
        return any(
            _namespace(root) in (namespace, "") and child.get("name") == local
            for root in self.reader.schemas.roots.values()
            for child in root.iterchildren(f"{{{XS}}}simpleType")
        )


def _namespace(root: Any) -> str:
    return (root.get("targetNamespace") or "").strip()
