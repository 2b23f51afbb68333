"""The law of `explain`: one operation or route, what it is, and a sample of each message in both forms.

The samples are generated from the types and go through the codecs that `serve` uses.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gateway.build.doors import RouteFace
from gateway.cli import OK, Misuse
from gateway.codec.json import dumps
from gateway.commands.calls import calls
from gateway.commands.contract import put, refusals, settings
from gateway.commands.messages import Messages
from gateway.commands.task import Task
from gateway.core.message import Message
from gateway.schema.samples import sample


@refusals
def explain(chosen: argparse.Namespace) -> int:
    """The command: [CONFIG] NAME, in either order; a route may be given as one word or two."""
    words = list(chosen.words)
    chosen.config = None
    if not chosen.wsdl:
        chosen.config = next((word for word in (words[0], words[-1]) if Path(word).suffix in (".yaml", ".yml")), None)
        if chosen.config is None:
            raise Misuse("give a configuration (.yaml) or --wsdl FILE, and the NAME of an operation or route")
        words.remove(chosen.config)
    if not words:
        raise Misuse('what should be explained? an operation, or "VERB /path"')
    name = " ".join(words)
    messages = Messages(settings(chosen))
    known = None if " " in name else messages.built.find(name)
    if known is not None and known[0].behind is not None and known[0].face(name) is None:
        put("\n".join([f"{known[0].name}.{name}", *calls(*known)]))  # SOAP callers alone have it
        return OK
    service, face = messages.face(Task(b"", route=name) if " " in name else Task(b"", operation=name))
    put("\n".join(_lines(service, face)))
    if service.behind is not None:
        put("\n".join(calls(service, face.bound)))
    return OK


def _lines(service: Any, face: RouteFace) -> Iterator[str]:
    operation = face.route.operation
    yield f"{face.route.method} {face.route.path}"
    yield f"  operation    {service.name}.{operation.name}, {'writes' if operation.writes else 'reads'}"
    yield f"  SOAP         {operation.soap} at {service.path}, action {operation.action or '(none)'}"
    yield f"  service      {service.settings.upstream.url or service.port.location}"
    allowed = ", clear text allowed" if operation.clear_allowed and operation.encryption != "none" else ""
    yield f"  protection   encryption {operation.encryption}, signature {operation.signature}{allowed}"
    changed = {key: value for key, value in _settings(face).items() if value}
    yield f"  mapping      {', '.join(f'{key}: {value}' for key, value in changed.items()) or 'as it is'}"
    if operation.document:
        yield f"  {operation.document}"
    for title, bound, unwrap, json_codec, soap_codec in _messages(face):
        yield ""
        yield f"{title}: {bound.element or 'empty'}"
        if not bound.element:
            continue
        value = sample(service.bench.laid(face.request), bound.element, face.request, unwrap=unwrap)
        raw = dumps(value)
        yield json.dumps(json.loads(raw), indent=2, ensure_ascii=False)
        yield "becomes"
        yield soap_codec.write(Message(json_codec, raw=raw, parsed=json_codec.parse(raw))).decode()


def _settings(face: RouteFace) -> dict[str, Any]:
    """What differs from the plain mapping."""
    from gateway.schema.ir import Settings

    plain = Settings()
    names = Settings.__dataclass_fields__
    found = {name: getattr(face.request, name) for name in names if getattr(face.request, name) != getattr(plain, name)}
    return found | {"unwrap request": "/".join(face.unwrap_request), "unwrap response": "/".join(face.unwrap_reply)}


def _messages(face: RouteFace) -> Iterator[tuple[str, Any, tuple[str, ...], Any, Any]]:
    operation, bound = face.route.operation, face.bound.bound
    soap = operation.faces[operation.soap]
    yield "request", bound.input, face.unwrap_request, face.route.json_face.request, soap.request
    if bound.output is not None:
        yield "response", bound.output, face.unwrap_reply, face.route.json_face.reply, soap.reply
