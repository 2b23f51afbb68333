"""The law of listings: what is served and how it was told, as plain data for people; no secret in it.

The same rows stand in `gateway routes`, at the admin port's `/routes` and in the log of a reload.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from typing import Any, Final
from urllib.parse import urlsplit

from ..core.operation import Operation
from ..settings.loader import Loaded
from ..settings.mistakes import Path, Refused, dotted
from .book import Built, BuiltService
from .plugged import plugins_of

MASK: Final = "***"
# Settings whose text is a secret wherever they stand; `secret: [Name]` lists element names and stays.
_SECRET: Final = re.compile(
    r"(password|passphrase|secret|token|credential|authorization|cookie|api[-_]?key|private[-_]?key)s?$", re.IGNORECASE
)
_HIDDEN: Final = "*" * 10  # how pydantic shows what a plug-in's settings call a secret
_HEADERS: Final = "headers"  # of the upstream: whatever is sent along may be a credential


def routes(built: Built) -> list[dict[str, str]]:
    """A row a door: method, path, operation, whether it writes, what service and clients demand of its messages."""
    return [row for service in built.services for row in _rows(service)]


def ports(built: Built, service: BuiltService, address: str) -> dict[tuple[str, str], str]:
    """The ports of a service's contract that are served, and where: its own at `address`, other entries' beside it.

    An entry serves each port of its service with the port type of its own: SOAP 1.1 and 1.2 come in at one path.
    """
    base = address.removesuffix(service.path)
    found: dict[tuple[str, str], str] = {}
    for each in (service, *built.services):
        if each.bench.contract.location == service.bench.contract.location:
            for port in each.service.ports:
                if port.soap and port.port_type == each.port.port_type:
                    found.setdefault((each.service.name, port.name), base + each.path)
    return found


def refused(built: Built) -> list[dict[str, str]]:
    """A row for each operation that is not served: why, and the place in the contract."""
    return [
        {"operation": f"{service.name}.{each.name}", "refused": each.why, "place": each.place}
        for service in built.services
        for each in service.refused
    ]


def _rows(service: BuiltService) -> Iterator[dict[str, str]]:
    for method, path, operation in [
        *((face.route.method, face.route.path, face.route.operation) for face in service.faces),
        *(("SOAP", service.path, each.operation) for each in service.operations),
    ]:
        yield {
            "method": method,
            "path": path,
            "operation": f"{service.name}.{operation.name}",
            "does": "writes" if operation.writes else "reads",
            "protection": _protection(operation),
            "clients": _needs(operation.client_encryption, operation.client_signature) or "none",
        }


def _protection(operation: Operation) -> str:
    needs = _needs(operation.encryption, operation.signature)
    if needs and operation.clear_allowed:
        needs += ", clear text allowed"
    if operation.security is not None and operation.security.binding == "transport":
        needs += f"{', ' if needs else ''}HTTPS"
    return needs or "none"


def _needs(encryption: str, signature: str) -> str:
    needs = [f"encryption {encryption}"] if encryption != "none" else []
    needs += [f"signature {signature}"] if signature != "none" else []
    return ", ".join(needs)


def masked(loaded: Loaded) -> Any:
    """Every setting in force, as JSON data; `***` hides text from `${…}`, passwords, header values."""
    try:
        own = {label: plugin.settings.model_dump(mode="json") for label, plugin in plugins_of(loaded)}
    except Refused:  # a configuration that is not served
        own = {}
    secrets = {path for path, value in _flat({"plugins": own}).items() if value == _HIDDEN}
    return _masked(loaded, loaded.settings.model_dump(mode="json"), (), secrets)


def _masked(loaded: Loaded, value: Any, path: Path, secrets: Set[Path]) -> Any:
    if isinstance(value, Mapping):
        return {key: _masked(loaded, one, (*path, key), secrets) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(loaded, one, (*path, at), secrets) for at, one in enumerate(value)]
    if path in secrets:
        return MASK
    if not isinstance(value, str) or not value:
        return value
    named = [part for part in path if isinstance(part, str)]
    hidden = loaded.filled(*path) or _HEADERS in named[:-1] or bool(named and _SECRET.search(named[-1]))
    if isinstance(path[-1], int) and not loaded.filled(*path):  # an entry of a list of names
        hidden = False
    return MASK if hidden else _without_password(value)


def _without_password(text: str) -> str:
    parts = urlsplit(text) if "://" in text and "@" in text else None
    if parts is None or parts.password is None:
        return text
    return text.replace(f":{parts.password}@", f":{MASK}@", 1)


def changes(old: Built, new: Built) -> list[str]:
    """What a new configuration does differently: doors, contracts, settings by their path; never a value."""
    doors = (_doors(old), _doors(new))
    told = [f"door added: {door}" for door in doors[1] if door not in doors[0]]
    told += [f"door gone: {door}" for door in doors[0] if door not in doors[1]]
    texts = [{d.url: d.sha256 or d.text for s in b.services for d in s.bench.contract.documents} for b in (old, new)]
    told += [f"contract {url}" for url in {**texts[0], **texts[1]} if texts[0].get(url) != texts[1].get(url)]
    before, after = (_flat(each.loaded.settings.model_dump(mode="json")) for each in (old, new))
    paths = [path for path in {**before, **after} if before.get(path, ...) != after.get(path, ...)]
    known = [{path[:size] for path in flat for size in range(len(path) + 1)} for flat in (before, after)]
    return told + [f"setting {dotted(path)}" for path in dict.fromkeys(_top(path, *known) for path in paths)]


def _top(path: Path, *known: Set[Path]) -> Path:
    """A setting's path, or that of the part around it which only one of the two has."""
    for size in range(1, len(path)):
        if any(path[:size] not in each for each in known):
            return path[:size]
    return path


def _flat(value: Any, path: Path = ()) -> dict[Path, Any]:
    if isinstance(value, Mapping) and value:
        return {where: one for key, inner in value.items() for where, one in _flat(inner, (*path, key)).items()}
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return {where: one for at, inner in enumerate(value) for where, one in _flat(inner, (*path, at)).items()}
    return {path: value}


def _doors(built: Built) -> dict[str, None]:
    return {f"{row['method']} {row['path']} ({row['operation']})": None for row in routes(built)}
