"""The law of `explain`: one operation or route, what it is, and what a sample request becomes at each step.

The samples are generated from the types and go through the codecs that `serve` uses.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gateway.build.book import Built, BuiltService
from gateway.build.doors import RouteFace
from gateway.build.explained import explained, sample_request
from gateway.cli import OK, Misuse
from gateway.commands.calls import calls
from gateway.commands.contract import put, refusals, settings
from gateway.commands.messages import Messages
from gateway.commands.task import Task


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
    put("\n".join(_lines(messages.built, service, face)))
    if service.behind is not None:
        put("\n".join(calls(service, face.bound)))
    return OK


def _lines(built: Built, service: BuiltService, face: RouteFace) -> Iterator[str]:
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
    yield ""
    yield from map(str, explained(built, service, face, sample_request(service, face)))


def _settings(face: RouteFace) -> dict[str, Any]:
    """What differs from the plain mapping."""
    from gateway.schema.ir import Settings

    plain = Settings()
    names = Settings.__dataclass_fields__
    found = {name: getattr(face.request, name) for name in names if getattr(face.request, name) != getattr(plain, name)}
    return found | {"unwrap request": "/".join(face.unwrap_request), "unwrap response": "/".join(face.unwrap_reply)}
