"""The law of policies: assertions are found where they are attached, flattened, and kept raw.

WS-Policy 1.2 (2004/09) and 1.5, attached inline or by PolicyReference (WS-PolicyAttachment §4), within one
WSDL or to a document beside it. What an assertion means is not known here; WS-Addressing's marker alone is
read, because a port says with it whether its messages carry addressing headers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal

from lxml import etree

from gateway.schema.contract import Assertion, Note
from gateway.schema.loader import Loaded
from gateway.xml import canonical

POLICY: Final = ("http://schemas.xmlsoap.org/ws/2004/09/policy", "http://www.w3.org/ns/ws-policy",
                 "http://www.w3.org/2006/07/ws-policy")  # fmt: skip
_WSU: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_XML_ID: Final = "{http://www.w3.org/XML/1998/namespace}id"
_USING: Final = frozenset({
    "{http://www.w3.org/2006/05/addressing/wsdl}UsingAddressing",
    "{http://schemas.xmlsoap.org/ws/2004/08/addressing/policy}UsingAddressing",
    "{http://www.w3.org/2007/05/addressing/metadata}Addressing",
})  # fmt: skip
MTOM: Final = frozenset({  # WS-MTOMPolicy, as its submission and as W3C have it
    "{http://schemas.xmlsoap.org/ws/2004/09/policy/optimizedmimeserialization}OptimizedMimeSerialization",
    "{http://www.w3.org/2007/08/soap12-mtom-policy}MTOM",
})  # fmt: skip
_WSDL_REQUIRED: Final = "{http://schemas.xmlsoap.org/wsdl/}required"
_DEEP: Final = 16  # references through references


class Policies:
    """Finds the assertions attached to a component; broken references become notes, not errors."""

    def __init__(self, documents: list[Loaded]) -> None:
        self.notes: list[Note] = []
        self._ids: dict[tuple[str, str], tuple[Any, Loaded]] = {}
        for document in documents:
            for namespace in POLICY:
                for element in document.root.iter(f"{{{namespace}}}Policy"):
                    for name in ("Id", f"{{{_WSU}}}Id", _XML_ID, "Name"):
                        value = element.get(name)
                        if value:
                            self._ids.setdefault((document.url, value), (element, document))
                            self._ids.setdefault(("", value), (element, document))

    def of(self, element: Any, document: Loaded) -> tuple[Assertion, ...]:
        """The assertions attached to a component, those it refers to included."""
        return tuple(self._attached(element, document, 0))

    def _attached(self, element: Any, document: Loaded, depth: int) -> Iterator[Assertion]:
        for attribute, value in element.attrib.items():
            if etree.QName(attribute).localname == "PolicyURIs" and etree.QName(attribute).namespace in POLICY:
                for uri in value.split():
                    yield from self._referred(uri, element, document, depth)
        for child in element:
            if _local(child, "Policy"):
                yield from self._inside(child, document, 0, depth)
            elif _local(child, "PolicyReference"):
                yield from self._referred(child.get("URI") or "", child, document, depth)

    def _referred(self, uri: str, element: Any, document: Loaded, depth: int) -> Iterator[Assertion]:
        base, _, fragment = uri.partition("#")
        found = self._ids.get((document.url, fragment)) or self._ids.get(("", fragment or uri))
        if found is None or depth > _DEEP or (base and fragment and found is None):
            self.notes.append(Note("ignored", f"the policy {uri!r} is not found", document.place(element)))
            return
        yield from self._inside(found[0], found[1], 0, depth + 1)

    def _inside(self, element: Any, document: Loaded, alternative: int, depth: int) -> Iterator[Assertion]:
        for child in element:
            if not isinstance(child.tag, str):
                continue
            if _local(child, "All") or _local(child, "Policy"):
                yield from self._inside(child, document, alternative, depth)
            elif _local(child, "ExactlyOne"):
                choices = [each for each in child if isinstance(each.tag, str)]
                for number, each in enumerate(choices, start=1 if len(choices) > 1 else 0):
                    wrapper = [each] if not (_local(each, "All") or _local(each, "Policy")) else list(each)
                    for inner in wrapper:
                        if isinstance(inner.tag, str):
                            yield from self._one(inner, document, number, depth)
            else:
                yield from self._one(child, document, alternative, depth)

    def _one(self, element: Any, document: Loaded, alternative: int, depth: int) -> Iterator[Assertion]:
        if _local(element, "PolicyReference"):
            yield from self._referred(element.get("URI") or "", element, document, depth + 1)
        elif _local(element, "All") or _local(element, "ExactlyOne") or _local(element, "Policy"):
            yield from self._inside(element, document, alternative, depth)
        else:
            optional = any(element.get(f"{{{namespace}}}Optional") in ("true", "1") for namespace in POLICY)
            text = canonical(element, prefixes=_of_paths(element)).decode()
            yield Assertion(element.tag, text, document.place(element), alternative, optional)


def _of_paths(element: Any) -> tuple[str, ...]:
    """The prefixes in scope of paths: text that only means something with them."""
    paths = [each for each in element.iter() if isinstance(each.tag, str) and etree.QName(each).localname == "XPath"]
    return tuple(sorted({prefix for path in paths for prefix in path.nsmap if prefix}))


def addressing_of(elements: list[Any], assertions: tuple[Assertion, ...]) -> Literal["", "allowed", "required"]:
    """Whether WS-Addressing headers are not spoken of, allowed or required (WS-Addressing Metadata §3)."""
    for each in assertions:
        if each.name in _USING:
            return "allowed" if each.optional or each.alternative else "required"
    for element in elements:
        for child in element:
            if child.tag in _USING:
                return "required" if child.get(_WSDL_REQUIRED) in ("true", "1") else "allowed"
    return ""


def _local(element: Any, name: str) -> bool:
    if not isinstance(element.tag, str):
        return False
    tag = etree.QName(element)
    return tag.localname == name and tag.namespace in POLICY
