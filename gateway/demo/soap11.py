"""The law of the demo's SOAP: envelopes are read and written here, by lxml alone.

Nothing of the gateway's codecs may be used: the reference services are an independent half.
SOAP 1.1 §4 (envelope), §4.4 (fault), §6.1.1 (SOAPAction).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from lxml import etree

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
NIL: Final = f"{{{XSI}}}nil"
XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"

Element = etree._Element


class SoapFault(Exception):
    """A fault to be answered: `code` is a local name of the SOAP 1.1 namespace, `detail` its entries."""

    def __init__(self, code: str, reason: str, detail: Sequence[Element] = ()) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason
        self.detail = tuple(detail)


def read_body(raw: bytes) -> Element:
    """The one child of the Body of a SOAP 1.1 envelope. Raises `SoapFault`."""
    if b"<!DOCTYPE" in raw:
        raise SoapFault("Client", "A SOAP message has no document type declaration.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise SoapFault("Client", "The message is not well-formed XML.") from error
    if root.tag != f"{{{SOAP}}}Envelope":
        raise SoapFault("VersionMismatch", "Only SOAP 1.1 envelopes are served.")
    bodies = root.findall(f"{{{SOAP}}}Body")
    if len(bodies) != 1 or len(bodies[0]) != 1:
        raise SoapFault("Client", "The envelope has no single Body with a single child.")
    return bodies[0][0]


def build(ns: str, name: str, *children: Element, text: str | None = None) -> Element:
    """An element of `ns` with text or children."""
    node = etree.Element(f"{{{ns}}}{name}")
    if text is not None:
        node.text = text
    node.extend(children)
    return node


def null(ns: str, name: str) -> Element:
    """The element said to have no value: `i:nil="true"`, as WCF writes it."""
    node = etree.Element(f"{{{ns}}}{name}")
    node.set(NIL, "true")
    return node


def envelope(content: Element, prefixes: Mapping[str | None, str]) -> bytes:
    """The bytes of an envelope whose body is `content`."""
    known: Any = {"s": SOAP, "i": XSI, **prefixes}  # the stubs know no default namespace
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap=known)
    body = etree.SubElement(root, f"{{{SOAP}}}Body")
    body.append(content)
    etree.cleanup_namespaces(root, top_nsmap=known)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


def fault_envelope(fault: SoapFault, prefixes: Mapping[str | None, str]) -> bytes:
    """The bytes of an envelope that holds the fault (its children have no namespace: §4.4)."""
    node = etree.Element(f"{{{SOAP}}}Fault", nsmap={"s": SOAP})
    etree.SubElement(node, "faultcode").text = f"s:{fault.code}"
    reason = etree.SubElement(node, "faultstring")
    reason.text = fault.reason
    reason.set(XML_LANG, "en-US")
    if fault.detail:
        etree.SubElement(node, "detail").extend(fault.detail)
    # a default namespace would take the unqualified children: prefixes only
    return envelope(node, {prefix: uri for prefix, uri in prefixes.items() if prefix})


def text(node: Element | None, default: str = "") -> str:
    """All text of a node, white space at the ends taken away; `default` for a missing or nil node."""
    if node is None or is_nil(node):
        return default
    return "".join(str(piece) for piece in node.itertext()).strip()


def is_nil(node: Element) -> bool:
    """Whether the node says `xsi:nil`."""
    return node.get(NIL, "").strip() in {"true", "1"}


def ordered(node: Element | None, members: Iterable[tuple[str, str]]) -> dict[str, Element]:
    """The members of a WCF data contract: read in their order, anything else silently ignored.

    A member that comes too late, twice or in another namespace is passed over, as WCF's
    DataContractSerializer does. A nil node has no members.
    """
    found: dict[str, Element] = {}
    if node is None or is_nil(node):
        return found
    wanted = list(members)
    at = 0
    for child in node:
        for index in range(at, len(wanted)):
            ns, name = wanted[index]
            if child.tag == f"{{{ns}}}{name}":
                found[name] = child
                at = index + 1
                break
    return found


def action_of(headers: Mapping[str, str]) -> str | None:
    """The SOAP action: of `SOAPAction` or, as the portal's pages print it, of `Action`; quotes removed."""
    for name in ("SOAPAction", "Action"):
        value = headers.get(name)
        if value is not None:
            return value.strip().removeprefix('"').removesuffix('"')
    return None
