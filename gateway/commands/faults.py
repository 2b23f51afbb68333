"""The law of faults on the command line: a Fault's envelope to its problem document, and back.

The document's `fault` member is what a declared detail is written from; a document without one, as a
gateway or a JSON service writes it, becomes a plain Fault of its status.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from gateway.codec.json import loads
from gateway.commands.answers import LOCAL
from gateway.core.limits import Limits
from gateway.core.message import Fault
from gateway.core.operation import Operation
from gateway.core.problem import Kind, Problem
from gateway.dialect.detail import typed_by
from gateway.dialect.envelope import Envelope, open_envelope, write_envelope
from gateway.dialect.fault import read_fault, write_fault
from gateway.dialect.problem import Speaker
from gateway.dialect.untyped import untyped
from gateway.xml import escape_attribute, escape_text, parse


def to_problem(raw: bytes, operation: Operation, speaker: Speaker, limits: Limits) -> dict[str, Any]:
    """The problem document of an envelope with a Fault. Raises Problem."""
    envelope: Envelope = open_envelope(parse(raw, limits, response=True))
    if not envelope.is_fault:
        raise Problem(Kind.ENVELOPE_INVALID, "The Body holds no Fault.")
    declared = operation.faces[operation.soap].faults
    fault = read_fault(envelope, typed_by(declared), untyped)
    return speaker.document(speaker.of_fault(fault), LOCAL)


def to_fault(raw: bytes, operation: Operation, soap: Literal["1.1", "1.2"] | None, limits: Limits) -> bytes:
    """The envelope of a problem document's Fault. Raises Problem."""
    document = loads(raw, limits, response=True)
    if not isinstance(document, dict):
        raise Problem(Kind.MALFORMED_JSON, "A problem document is an object.")
    version = soap or operation.soap
    said = document.get("fault")
    if not isinstance(said, Mapping):
        status = document.get("status")
        code = "Sender" if isinstance(status, int) and 400 <= status < 500 else "Receiver"
        reason = _text(document, "detail") or _text(document, "title")
        return write_envelope(version, write_fault(version, Fault(code, reason)))
    fault = Fault(
        _text(said, "code") or "Receiver",
        _text(said, "reason"),
        _text(said, "subcode"),
        _text(said, "name"),
        said.get("detail"),
    )
    return write_envelope(version, write_fault(version, fault, _detail(fault, operation)))


def _detail(fault: Fault, operation: Operation) -> str:
    if not fault.name:
        return ""
    codec: Any = operation.faces[operation.soap].faults.get(fault.name)
    if codec is not None:
        return str(codec.encode(fault.detail))
    return _written(fault.name, fault.detail)


def _written(name: str, form: Any) -> str:
    """The text of an element in its schema-less form, as `dialect.untyped` reads it. Raises Problem."""
    if not isinstance(form, Mapping):
        raise Problem(Kind.INVALID_MESSAGE, "An undeclared detail is an object.")
    namespace, _, local = name.removeprefix("{").rpartition("}")
    attributes, content = "", ""
    for at, (key, value) in enumerate(form.items()):
        if key.startswith("@"):
            of, _, plain = key[1:].removeprefix("{").rpartition("}")
            prefix = f' xmlns:a{at}="{escape_attribute(of)}" a{at}:' if of else " "
            attributes += f'{prefix}{plain}="{escape_attribute(str(value))}"'
        elif key == "$value":
            content = escape_text(str(value))
        else:
            content = "".join(
                escape_text(item) if isinstance(item, str) else "".join(_written(*pair) for pair in item.items())
                for item in value
            )
    return f'<{local} xmlns="{escape_attribute(namespace)}"{attributes}>{content}</{local}>'


def _text(members: Mapping[str, Any], name: str) -> str:
    value = members.get(name)
    return value if isinstance(value, str) else ""
