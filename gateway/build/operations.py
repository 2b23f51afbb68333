"""The law of operations at build: one bound operation and its settings become one frozen `Operation`.

Every codec of every SOAP version is made here. The service's own version and the caller's share one
codec object, which is what lets untouched bytes pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..codec.encoded import Encoding
from ..core.limits import Limits
from ..core.operation import Actions, Face, Need, Operation, RefusedOperation
from ..core.security import Security
from ..dialect.bare import bare_reply
from ..dialect.envelope import Version
from ..dialect.soap import SoapCodec
from ..schema.contract import BoundMessage, BoundOperation, Port
from ..schema.errors import ContractError
from ..schema.ir import Complex, ElementUse, Group, Model, Settings, Simple
from ..schema.names import local
from ..schema.securitypolicy import security_of
from ..settings.service import OperationSettings
from ..settings.service import Service as ServiceSettings
from .workbench import Workbench

CANONICAL: Final = Settings()
VERSIONS: Final[tuple[Version, ...]] = ("1.1", "1.2")
# A name that begins so reads; everything else writes. Always overridable by `writes`.
READING: Final = frozenset(
    "get search find list read query fetch check lookup describe count is has retrieve show view download export "
    "browse validate verify ping echo version status".split()
)


@dataclass(frozen=True, slots=True)
class Bound:
    """A compiled operation with what the doors need of its contract."""

    operation: Operation
    bound: BoundOperation
    settings: OperationSettings


@dataclass(frozen=True, slots=True)
class Compiled:
    """The operations of a port: those that are served, and those that cannot be."""

    served: tuple[Bound, ...]
    refused: tuple[RefusedOperation, ...]


def compile_operations(
    bench: Workbench, service: str, port: Port, settings: ServiceSettings, limits: Limits
) -> Compiled:
    """Every operation of a port; one that cannot be compiled stops no other."""
    served, refused = [], []
    for each in port.operations:
        try:
            if each.refused:
                raise ContractError(each.refused, file=each.place.file, line=each.place.line)
            served.append(_compile(bench, service, port, each, settings, limits))
        except ContractError as error:
            refused.append(_refused(each, error))
    return Compiled(tuple(served), tuple(refused))


def _refused(bound: BoundOperation, error: ContractError) -> RefusedOperation:
    """What cannot be served: the place of what stands in the way, else the operation's own."""
    why = f"{error.message} ({error.section})" if error.section else error.message
    known = (error.file, error.line) if error.file else (bound.place.file, bound.place.line)
    return RefusedOperation(bound.name, why, *known, selecting(bound.input))


def selecting(message: BoundMessage) -> tuple[str, ...]:
    """The names of a Body's first child that mean an operation; none where its content is a type."""
    return (message.wire,) if message.on_wire else tuple(dict.fromkeys(message.elements))


def _compile(
    bench: Workbench, service: str, port: Port, bound: BoundOperation, settings: ServiceSettings, limits: Limits
) -> Bound:
    """One operation. Raises ContractError where a message of it cannot be read or written."""
    for message in filter(None, (bound.input, bound.output)):
        _check_content(bench.model, message)
    own = settings.operations.get(bound.name, OperationSettings())
    security = demanded(port, bound)
    speaks: Version = settings.upstream.soap or ("1.2" if port.soap == "1.2" else "1.1")
    operation = Operation(
        name=bound.name,
        service=service,
        action=bound.action,
        soap=speaks,
        element=bound.input.wire,
        faces={version: _face(bench, version, bound, settings, limits) for version in VERSIONS},
        writes=own.writes if own.writes is not None else not reads(bound.name),
        one_way=bound.one_way,
        encryption=own.encryption or _need(security.request.encrypted, bound),
        signature=own.signature or _need(security.request.signed, bound),
        security=security or None,
        client_encryption=own.client.encryption,
        client_signature=own.client.signature,
        clear_allowed=_clear(own, settings),
        headers=tuple(header.element for header in bound.input.headers if _carried(header.element, bound, settings)),
        timeout=own.timeout,
        document=bound.document,
        actions=_actions(port, bound, settings),
    )
    return Bound(operation, bound, own)


def _check_content(model: Model, message: BoundMessage) -> None:
    """A Body whose content is a type holds the type's elements; a text has none. Raises ContractError."""
    if message.on_wire or not message.element:
        return
    kind = model.types[model.elements[message.element].type]
    if isinstance(kind, Simple) or kind.simple:
        words = "a document body of a simple type: the Body holds elements, and its text would be none"
        raise ContractError(words, section="WSDL 1.1 §3.5; WS-I Basic Profile R2204")


def _actions(port: Port, bound: BoundOperation, settings: ServiceSettings) -> Actions:
    """The actions of WS-Addressing; without one of its own an input has the soapAction (Metadata §4.4.1)."""
    return Actions(
        request=bound.input.action if bound.input.action_given else bound.action or bound.input.action,
        reply=bound.output.action if bound.output is not None else "",
        faults={fault.element: fault.action for fault in bound.faults},
        required=port.addressing == "required" and settings.addressing == "answer",
    )


def demanded(port: Port, bound: BoundOperation) -> Security:
    """What the contract's policy asks of an operation and its two messages."""
    reply = bound.output.assertions if bound.output is not None else ()
    return security_of((*port.assertions, *bound.assertions), bound.input.assertions, reply)


def _clear(own: OperationSettings, settings: ServiceSettings) -> bool:
    if own.dangerous_allow_clear_text is not None:
        return own.dangerous_allow_clear_text
    return settings.dangerous_allow_clear_text


def _carried(element: str, bound: BoundOperation, settings: ServiceSettings) -> bool:
    """Whether a declared header block reaches the service; a JSON service gets those that its calls map."""
    if settings.upstream.speaks == "soap":
        return True
    routes = [each for each in settings.upstream.routes or settings.routes if each.operation == bound.name]
    return bool(routes) and all(local(element) in {head.name for head in each.headers} for each in routes)


def reads(name: str) -> bool:
    """Whether an operation of this name reads, as far as its first word tells."""
    words = "".join(" " + c.lower() if c.isupper() else c for c in name).replace("_", " ").split()
    return bool(words) and (words[0] in READING or (len(words) > 1 and len(words[0]) <= 3 and words[1] in READING))


def _face(bench: Workbench, version: Version, bound: BoundOperation, settings: ServiceSettings, limits: Limits) -> Face:
    faults = {fault.element: bench.body(fault.element, CANONICAL) for fault in bound.faults}
    reply = None
    if bound.output is not None:
        bare = _bare(bench.model, bound.output, settings.accept_bare_reply)
        reply = _codec(bench, version, bound.output, limits, response=True, bare=bare)
    return Face(_codec(bench, version, bound.input, limits), reply, faults)


def _codec(
    bench: Workbench,
    version: Version,
    message: BoundMessage,
    limits: Limits,
    *,
    response: bool = False,
    bare: Callable[[Any], Any] | None = None,
) -> SoapCodec:
    element = message.element or None
    return SoapCodec(
        version,
        element,
        bench.body(element, CANONICAL) if element else None,
        limits=limits,
        valid=bench.verdict() if element else None,
        response=response,
        bare=bare,
        wire=message.wire or None,
        on_wire=message.on_wire,
        encoding=_encoding(bench, message, limits),
    )


def _need(parts: tuple[str, ...], bound: BoundOperation) -> Need:
    """What a policy that names these parts demands: of a timestamp, a token or a header block nothing hangs."""
    headers = {header.element for header in bound.input.headers}
    of_body = any(part == "body" or (part.startswith("{") and part not in headers) for part in parts)
    return "required" if of_body else "preferred" if parts else "none"


def _encoding(bench: Workbench, message: BoundMessage, limits: Limits) -> Encoding | None:
    """How a message with use="encoded" is made literal and back, None for a literal one."""
    if message.use != "encoded" or not message.element:
        return None
    return Encoding(bench.model, message.element, bench.contract.arrays, limits, message.wire)


def _bare(model: Model, output: BoundMessage, local: str | None) -> Callable[[Any], Any] | None:
    """The dresser for a bare reply, where the contract accepts one and the output has such an element."""
    if local is None or not output.element:
        return None
    path = _path_to(model, output.element, local)
    return bare_reply(local, path) if path else None


def _path_to(model: Model, element: str, local: str) -> tuple[str, ...]:
    """Clark names from a global element down to the nearest descendant of a local name, three levels at most."""
    level: list[tuple[tuple[str, ...], str]] = [((element,), model.elements[element].type)]
    for _ in range(3):
        deeper = []
        for path, type_id in level:
            for use in _children(model, type_id):
                step = (*path, use.element.name)
                if use.element.name.rpartition("}")[2] == local:
                    return step
                deeper.append((step, use.element.type))
        level = deeper
    return ()


def _children(model: Model, type_id: str) -> Sequence[ElementUse]:
    kind = model.types.get(type_id)
    if not isinstance(kind, Complex) or kind.particle is None:
        return ()
    found: list[ElementUse] = []
    stack: list[Any] = [kind.particle]
    while stack:
        particle = stack.pop()
        if isinstance(particle, Group):
            stack.extend(reversed(particle.particles))
        elif isinstance(particle, ElementUse):
            found.append(particle)
    return found
