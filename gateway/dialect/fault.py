"""The law of faults: one version-neutral `Fault`, read from and written to either SOAP version.

Codes are held by their SOAP 1.2 names; SOAP 1.1's Client and Server are their twins, a dotted tail
(`Server.Boom`) or a foreign code becomes the subcode. Reading forgives what real stacks do: an
undeclared prefix in faultcode, an unprefixed SOAP 1.2 Value, an unqualified detail, the other version's Fault in an
envelope; `regular` tells such a one, so that it is put right when it is passed on. SOAP 1.1 §4.4, SOAP 1.2 Part 1 §5.4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from ..core.message import Fault
from ..core.problem import Problem
from ..core.value import Value
from ..core.xmlnames import is_nc_name
from ..xml import escape_attribute, escape_text, text_of
from .bare import wrapped
from .detail import Typed
from .envelope import BY_NS, NS, Envelope, Version

_NEUTRAL: Final = {"Client": "Sender", "Server": "Receiver"}
_OLD: Final = {"Sender": "Client", "Receiver": "Server", "DataEncodingUnknown": "Client"}
CODES: Final = frozenset({"Sender", "Receiver", "VersionMismatch", "MustUnderstand", "DataEncodingUnknown"})
PROBLEM_NS: Final = "urn:soapgw:problem"


def neutral(code: str) -> str:
    """A code as it is held here, with what stands behind its dot: `Client.Busy` is `Sender.Busy` (SOAP 1.2 App. A)."""
    head, dot, tail = code.partition(".")
    return _NEUTRAL.get(head, head) + dot + tail


def read_fault(envelope: Envelope, typed: Typed, untyped: Callable[[Any], Value]) -> Fault:
    """The Fault in a body. `typed` gives name, value and element of a declared detail, else None."""
    node = envelope.body
    read = _read_11 if _shape(node) == "1.1" else _read_12
    code, subcode, reason, actor, detail = read(node)
    first = next(iter(detail), None) if detail is not None else None
    if first is None:
        value: Value = (text_of(detail).strip() or None) if detail is not None else None
        return Fault(code, reason, subcode=subcode, detail=value, actor=actor)
    known = typed(first)
    if known is None:
        return Fault(code, reason, subcode=subcode, name=first.tag, detail=untyped(first), element=first, actor=actor)
    declared, value, element = known
    if element is not first:
        element = wrapped([element, *detail[1:]], "detail")[0]
    return Fault(
        code,
        reason,
        subcode=subcode,
        name=declared,
        detail=value,
        element=element,
        declared=declared,
        actor=actor,
    )


def regular(envelope: Envelope, fault: Fault) -> bool:
    """Whether the Fault of an envelope stands there as its version's specification has it."""
    node = envelope.body
    uri = NS[envelope.version]
    if _shape(node) != envelope.version or (fault.declared and not _holds(node, fault.declared)):
        return False
    said = node.find("faultcode" if envelope.version == "1.1" else f"{{{uri}}}Code/{{{uri}}}Value")
    if said is None:
        return False
    prefix, colon, _ = text_of(said).strip().rpartition(":")
    namespace = said.nsmap.get(prefix or None)
    return bool(namespace) or not colon if envelope.version == "1.1" else namespace == uri


def _holds(node: Any, name: str) -> bool:
    """Whether a Fault's detail holds an element of this name."""
    details = (child for child in node if _local(child.tag).lower() == "detail")
    return any(entry.tag == name for detail in details for entry in detail)


def _shape(node: Any) -> Version:
    """The version that a Fault is written in: gSOAP sends SOAP 1.1's in an envelope of SOAP 1.2."""
    names = {_local(child.tag) for child in node}
    if names & {"faultcode", "faultstring"}:
        return "1.1"
    return "1.2" if "Code" in names else BY_NS.get(str(node.tag).removeprefix("{").rpartition("}")[0], "1.1")


def _read_11(node: Any) -> tuple[str, str, str, str, Any]:
    parts = {_local(child.tag): child for child in node}
    # the prefix may be declared on faultcode itself (.NET, Axis)
    said = parts.get("faultcode", node)
    code, subcode = _code_11(text_of(said).strip() if said is not node else "", said)
    reason = text_of(parts["faultstring"]).strip() if "faultstring" in parts else ""
    actor = text_of(parts["faultactor"]).strip() if "faultactor" in parts else ""
    return code, subcode, reason, actor, parts.get("detail")


def _code_11(text: str, node: Any) -> tuple[str, str]:
    prefix, _, local = text.rpartition(":")
    head, _, tail = local.partition(".")
    head = _NEUTRAL.get(head, head)
    namespace = node.nsmap.get(prefix or None)
    # node-soap sends `SOAP-ENV:Server` with the prefix undeclared: the local name decides then.
    # An unprefixed one is a standard code, too, whatever default namespace is in scope.
    if head in CODES and (not prefix or namespace is None or namespace in BY_NS):
        return head, tail
    return "Receiver", f"{{{namespace}}}{local}" if namespace else local


def _read_12(node: Any) -> tuple[str, str, str, str, Any]:
    uri = str(node.tag).removeprefix("{").rpartition("}")[0]
    value = node.find(f"{{{uri}}}Code/{{{uri}}}Value")
    deeper = node.find(f"{{{uri}}}Code/{{{uri}}}Subcode/{{{uri}}}Value")
    texts = node.findall(f"{{{uri}}}Reason/{{{uri}}}Text")
    role = node.find(f"{{{uri}}}Role")
    code = text_of(value).strip().rpartition(":")[2] if value is not None else "Receiver"
    code = _NEUTRAL.get(code, code)
    return (
        code if code in CODES else "Receiver",
        _clark(text_of(deeper).strip(), deeper) if deeper is not None else "",
        text_of(_english(texts)).strip() if texts else "",
        text_of(role).strip() if role is not None else "",
        node.find(f"{{{uri}}}Detail"),
    )


def _english(texts: list[Any]) -> Any:
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    return next((text for text in texts if text.get(lang, "").lower().startswith("en")), texts[0])


def _clark(text: str, node: Any) -> str:
    prefix, _, local = text.rpartition(":")
    namespace = node.nsmap.get(prefix or None)
    return f"{{{namespace}}}{local}" if namespace else local


def _local(tag: Any) -> str:
    return str(tag).rpartition("}")[2]


def write_fault(version: Version, fault: Fault, detail: str = "") -> str:
    """The Fault element's text; `detail` is the text of the detail's content."""
    prefix, local = _subcode(fault.subcode)
    reason = escape_text(fault.reason or "The call failed.")
    if version == "1.1":
        code = _OLD.get(fault.code, fault.code)
        tail = f".{local}" if local and not prefix else ""
        xmlns = f' xmlns:sub="{escape_attribute(prefix)}"' if prefix else ""
        # A qualified subcode has no place of its own in SOAP 1.1: it is the faultcode itself.
        value = f"sub:{local}" if prefix else f"soap:{code}{tail}"
        actor = f"<faultactor>{escape_text(fault.actor)}</faultactor>" if fault.actor else ""
        body = f"<faultcode{xmlns}>{value}</faultcode><faultstring>{reason}</faultstring>{actor}"
        return f"<soap:Fault>{body}{f'<detail>{detail}</detail>' if detail else ''}</soap:Fault>"
    sub = ""
    if local:
        namespace = prefix or PROBLEM_NS
        sub = (
            f'<soap:Subcode><soap:Value xmlns:sub="{escape_attribute(namespace)}">sub:{local}</soap:Value>'
            "</soap:Subcode>"
        )
    role = f"<soap:Role>{escape_text(fault.actor)}</soap:Role>" if fault.actor else ""
    return (
        f"<soap:Fault><soap:Code><soap:Value>soap:{fault.code}</soap:Value>{sub}</soap:Code>"
        f'<soap:Reason><soap:Text xml:lang="en">{reason}</soap:Text></soap:Reason>{role}'
        f"{f'<soap:Detail>{detail}</soap:Detail>' if detail else ''}</soap:Fault>"
    )


def _subcode(subcode: str) -> tuple[str, str]:
    if subcode[:1] == "{":
        namespace, _, local = subcode[1:].partition("}")
    else:
        namespace, local = "", subcode
    cleaned = "".join(c for c in local if is_nc_name("a" + c)).lstrip("0123456789.-")
    return namespace, cleaned if is_nc_name(cleaned) else ""


def problem_detail(problem: Problem, document: Mapping[str, Any]) -> str:
    """A problem as a Fault's detail: the same members as the JSON document, in our own namespace."""
    return f'<problem xmlns="{PROBLEM_NS}">{"".join(_members(document))}</problem>'


def _members(document: Mapping[str, Any]) -> Iterable[str]:
    for key, value in document.items():
        if key == "errors":
            rows = "".join("<error>" + "".join(_members(row)) + "</error>" for row in value)
            yield f"<errors>{rows}</errors>"
        elif isinstance(value, str | int):
            yield f"<{key}>{escape_text(str(value))}</{key}>"
