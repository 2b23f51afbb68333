"""The law of proposals: a contract in, the routes that a person would write first out, each one that `check` accepts.

A proposal guesses (from names, and from what the messages hold) and says so; nothing is proposed that was not compiled.
A reading operation whose parameters are scalars is a GET; a writing one that makes, replaces or takes away one thing by
its key is POST, PUT or DELETE of that resource, everything else a POST of its verb; sole children without attributes
are unwrapped. Text is `gateway.build.proposed_text`'s; nothing is written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from pydantic import ValidationError

from ..core.limits import Limits
from ..core.operation import RefusedOperation
from ..schema.contract import Port
from ..schema.contract import Service as ContractService
from ..schema.errors import ContractError
from ..schema.ir import Array, Complex, Keys, Slot
from ..schema.jsonnodes import leaves, required
from ..schema.names import local
from ..settings.service import Route as RouteSettings
from ..settings.service import Service as ServiceSettings
from .doors import configured_route
from .operations import CANONICAL, READING, Bound, Compiled, compile_operations
from .shaped import Bodies
from .workbench import Workbench

WRITING: Final = frozenset(
    "create add insert update save set put post submit delete remove cancel release execute register unregister "
    "send process start stop open close lock unlock acquire renew authenticate unauthenticate login logout assign "
    "approve reject confirm book order change modify edit upload import store mark move copy convert calculate "
    "compute generate back reset enable disable notify publish subscribe unsubscribe transfer make request "
    "do run".split()
)
CREATING: Final = frozenset({"create", "add", "insert"})
REPLACING: Final = frozenset({"update", "replace", "modify", "change", "edit", "put"})
REMOVING: Final = frozenset({"delete", "remove"})
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEY: Final = re.compile(r"(?:.*[a-z])?(?:Id|ID|Uid|Code|Number|Key|Guid)|id|uid|code|key|guid|number")
DEEPEST: Final = 3  # wrappers proposed to be left out


@dataclass(frozen=True, slots=True)
class Proposed:
    """One proposed route. `parameters` are (in, name, pointer)."""

    operation: str
    verb: str
    path: str
    request: tuple[str, ...] = ()
    response: tuple[str, ...] = ()
    parameters: tuple[tuple[str, str, str], ...] = ()
    summary: str = ""
    location: str = ""  # of what was made; then the status is 201
    empty: bool = False  # the answer of a write has nothing in it: 204


@dataclass(frozen=True, slots=True)
class ProposedService:
    """One service of the contract and its routes; `left` are operations without one, with the reason."""

    name: str
    service: ContractService
    port: Port
    routes: tuple[Proposed, ...]
    reads: frozenset[str]
    left: tuple[tuple[str, str], ...] = field(default=())
    beside: bool = False  # of a port type that the service's first port is not of


def propose(bench: Workbench, limits: Limits) -> list[ProposedService]:
    """The services of a contract that can be served, each with its routes. Raises ContractError where none can be."""
    found = []
    served = [(service, at, port) for service in bench.contract.services for at, port in enumerate(service.faces())]
    names: set[str] = set()
    unserved: list[RefusedOperation] = []
    for service, at, port in served:
        name = _free(kebab(f"{service.name}-{port.name}" if at else service.name) or "service", names)
        prefix = f"/api/{name}" if len(served) > 1 else "/api"
        compiled = compile_operations(bench, name, port, _settings(bench), limits)
        if compiled.served or not compiled.refused:
            told = _service(bench, name, prefix, service, port, limits, compiled)
            found.append(replace(told, beside=at > 0))
        else:
            unserved.append(compiled.refused[0])
    if not found and unserved:
        raise ContractError(unserved[0].why, file=unserved[0].file, line=unserved[0].line)
    return found


def _settings(bench: Workbench) -> ServiceSettings:
    return ServiceSettings.model_construct(wsdl=bench.contract.location)


def _service(
    bench: Workbench,
    name: str,
    prefix: str,
    service: ContractService,
    port: Port,
    limits: Limits,
    compiled: Compiled,
) -> ProposedService:
    settings = _settings(bench)
    routes: list[Proposed] = []
    left: list[tuple[str, str]] = [(each.name, f"it is not served: {each.why}") for each in compiled.refused]
    reads: set[str] = set()
    taken: set[str] = set()
    done: set[str] = set()
    for bound in compiled.served:
        if bound.operation.name in done:
            left.append((bound.operation.name, "there is another operation of this name"))
            continue
        done.add(bound.operation.name)
        if not bound.operation.writes:
            reads.add(bound.operation.name)
        for each in _candidates(bench, prefix, bound):
            candidate = _alike(replace(each, empty=_is_bare(bench, bound)), routes)
            if _shape(candidate) not in taken and _compiles(bench, candidate, bound, settings, limits):
                taken.add(_shape(candidate))
                routes.append(candidate)
                break
        else:
            left.append((bound.operation.name, "no route fits; it is served at its default address"))
    by_name = {bound.operation.name: bound for bound in compiled.served}
    told = (_located(bench, route, by_name[route.operation], routes, limits) for route in routes)
    return ProposedService(name, service, port, tuple(told), frozenset(reads), tuple(left))


def _located(bench: Workbench, route: Proposed, bound: Bound, routes: list[Proposed], limits: Limits) -> Proposed:
    """A route that makes something, with the Location of it where the answer has its key and a GET takes that."""
    output = bound.bound.output
    made = _noun_and_verb(route.operation)[1] in CREATING and route.verb == "POST"
    if not made or output is None or not output.element:
        return route
    keys = [key for key, _ in _keys(bench, output.element, route.response)]
    reads = [each.path for each in routes if each.verb == "GET" and each.path.rpartition("/")[0] == route.path]
    if len(keys) != 1 or len(reads) != 1 or "{" not in reads[0].rpartition("/")[2]:
        return route
    told = replace(route, location=f"{route.path}/{{/{_escaped(keys[0])}}}")
    return told if _compiles(bench, told, bound, _settings(bench), limits) else route


def _candidates(bench: Workbench, prefix: str, bound: Bound) -> Iterator[Proposed]:
    """What may be proposed, the best first."""
    message, reply = bound.bound.input, bound.bound.output
    asks = _wrappers(bench, message.element, message.on_wire) if message.element else ()
    answers = _wrappers(bench, reply.element, reply.on_wire) if reply is not None and reply.element else ()
    noun, verb = _noun_and_verb(bound.operation.name)
    summary = _line(bound.bound.document)
    plain = f"{prefix}/{kebab(bound.operation.name)}"
    for request, response in ((asks, answers), ((), answers), ((), ())):
        if not bound.operation.writes:
            parameters = _scalars(bench, message.element, request)
            if parameters is not None:
                name = bound.operation.name
                for path in (f"{prefix}/{noun}", plain):
                    place, bindings = _placed(path, parameters)
                    yield Proposed(name, "GET", place, request, response, bindings, summary)
        else:
            yield from _resources(bench, f"{prefix}/{noun}", verb, bound, request, response)
        for path in (f"{prefix}/{noun}/{verb}" if verb else f"{prefix}/{noun}", plain):
            yield Proposed(bound.operation.name, "POST", path, request, response, (), summary)


def _resources(
    bench: Workbench, path: str, verb: str, bound: Bound, request: tuple[str, ...], response: tuple[str, ...]
) -> Iterator[Proposed]:
    """What a writing operation is to one resource, by its verb: made, replaced or taken away."""
    name, element, summary = bound.operation.name, bound.bound.input.element, _line(bound.bound.document)
    if verb in CREATING:
        yield Proposed(name, "POST", path, request, response, (), summary)
    elif verb in REMOVING:
        place, bindings = _placed(path, _scalars(bench, element, request) or [])
        if place != path:
            yield Proposed(name, "DELETE", place, request, response, bindings, summary)
    elif verb in REPLACING and element:
        keys = _keys(bench, element, request)
        sure = [key for key, needed in keys if needed] or [key for key, _ in keys]
        if len(sure) == 1 and _VARIABLE.fullmatch(sure[0]):
            binding = ("path", sure[0], "/" + _escaped(sure[0]))
            yield Proposed(name, "PUT", f"{path}/{{{sure[0]}}}", request, response, (binding,), summary)


def _keys(bench: Workbench, element: str, unwrap: tuple[str, ...]) -> list[tuple[str, bool]]:
    """The scalar members that name one thing, and whether each is demanded."""
    model = bench.laid(CANONICAL)
    type_id = model.elements[element].type
    for name in unwrap:
        type_id = next(s for s in _slots(bench, type_id) or () if local(s.element.name) == name).element.type
    kind = model.types[type_id]
    form = kind.form if isinstance(kind, Complex) else None
    needed = set(required(form.content)) if isinstance(form, Keys) and form.content is not None else set()
    found = [slot for slot in _slots(bench, type_id) or () if not slot.repeated and _KEY.fullmatch(slot.key)]
    return [(s.key, s.key in needed) for s in found if not isinstance(model.types[s.element.type], Complex)]


def _placed(path: str, parameters: list[tuple[str, bool]]) -> tuple[str, tuple[tuple[str, str, str], ...]]:
    """The path with a sole demanded key in it, and what is bound where."""
    demanded = [key for key, needed in parameters if needed]
    inside = demanded[0] if len(demanded) == 1 and _KEY.fullmatch(demanded[0]) else ""
    if not _VARIABLE.fullmatch(inside):
        inside = ""
    bindings = tuple(("path" if key == inside else "query", key, "/" + _escaped(key)) for key, _ in parameters)
    return (f"{path}/{{{inside}}}" if inside else path), bindings


def _scalars(bench: Workbench, element: str, unwrap: tuple[str, ...]) -> list[tuple[str, bool]] | None:
    """The members of a request that are all scalars, and whether each is demanded; None where one is not."""
    if not element:
        return []
    model = bench.laid(CANONICAL)
    type_id = model.elements[element].type
    for name in unwrap:
        slot = next(s for s in _slots(bench, type_id) or () if local(s.element.name) == name)
        type_id = slot.element.type
    kind = model.types[type_id]
    if not isinstance(kind, Complex) or kind.attributes or kind.any_attribute or not isinstance(kind.form, Keys):
        return None
    slots = _slots(bench, type_id)
    if slots is None or len(slots) > 12:
        return None
    for slot in slots:
        inner = model.types[slot.element.type]
        if isinstance(inner, Complex) or slot.repeated:
            return None
    needed = set(required(kind.form.content)) if kind.form.content is not None else set()
    return [(slot.key, slot.key in needed) for slot in slots]


def _slots(bench: Workbench, type_id: str) -> list[Slot] | None:
    """The members of a type, None where some of them are no plain elements."""
    kind = bench.laid(CANONICAL).types[type_id]
    form = kind.form if isinstance(kind, Complex) else None
    if isinstance(form, Array):
        return None
    found = list(leaves(form.content)) if isinstance(form, Keys) else []
    return [leaf for leaf in found if isinstance(leaf, Slot)] if all(isinstance(f, Slot) for f in found) else None


def _wrappers(bench: Workbench, element: str, on_wire: bool) -> tuple[str, ...]:
    """The sole children that carry nothing, outermost first, as far as they can be left out without loss."""
    if not on_wire:
        return ()
    model = bench.laid(CANONICAL)
    peeled: tuple[str, ...] = ()
    type_id = model.elements[element].type
    while len(peeled) < DEEPEST:
        slots = _slots(bench, type_id)
        if slots is None or len(slots) != 1:
            break
        inner = model.types[slots[0].element.type]
        if not isinstance(inner, Complex) or inner.attributes or inner.abstract or not isinstance(inner.form, Keys):
            break
        longer = (*peeled, local(slots[0].element.name))
        try:
            bench.body(element, CANONICAL, longer)
        except ContractError:
            break
        peeled, type_id = longer, slots[0].element.type
    return peeled


def _compiles(bench: Workbench, route: Proposed, bound: Bound, service: ServiceSettings, limits: Limits) -> bool:
    try:
        configured_route(Bodies(bench), RouteSettings.model_validate(written(route)), bound, service, limits)
    except (ContractError, ValidationError, KeyError):
        return False
    return True


def written(route: Proposed) -> dict[str, object]:
    """The route as the configuration has it."""
    found: dict[str, object] = {"route": f"{route.verb} {route.path}", "operation": route.operation}
    unwrap = {"request": route.request, "response": route.response}
    if any(unwrap.values()):
        found["unwrap"] = {key: names for key, names in unwrap.items() if names}
    if route.empty:
        found["empty"] = 204
    if route.location:
        found |= {"status": 201, "location": route.location}
    if route.parameters:
        found["parameters"] = tuple({"in": a, "name": b, "to": c} for a, b, c in route.parameters)
    return found


def _is_bare(bench: Workbench, bound: Bound) -> bool:
    """Whether the answer of a write never has anything in it."""
    output = bound.bound.output
    if output is None or not output.element or not bound.operation.writes:
        return False
    kind = bench.laid(CANONICAL).types[bench.laid(CANONICAL).elements[output.element].type]
    if not isinstance(kind, Complex) or kind.attributes or kind.any_attribute or not isinstance(kind.form, Keys):
        return False
    return not list(leaves(kind.form.content))


def _alike(route: Proposed, before: Sequence[Proposed]) -> Proposed:
    """The route with the variable's name of an earlier one: to OpenAPI two templates that differ by it are one path."""
    place = re.sub(r"{[^}]*}", "{}", route.path)
    first = next((each for each in before if re.sub(r"{[^}]*}", "{}", each.path) == place), None)
    if first is None or first.path == route.path:
        return route
    name = first.path.rpartition("{")[2].rstrip("}")
    bound = tuple((where, name if where == "path" else key, to) for where, key, to in route.parameters)
    return replace(route, path=first.path, parameters=bound)


def _shape(route: Proposed) -> str:
    return f"{route.verb} {re.sub(r'{[^}]*}', '{}', route.path)}"


def _noun_and_verb(name: str) -> tuple[str, str]:
    """`ReleaseTask` is (task, release); a name without a verb that is known is all noun."""
    words = _words(name)
    if len(words) > 1 and words[0] in READING | WRITING:
        return "-".join(words[1:]), words[0]
    return "-".join(words), ""


def kebab(name: str) -> str:
    """`PwsGetProject` is `pws-get-project`."""
    return "-".join(_words(name))


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)] or ["".join(c for c in name if c.isalnum()) or "operation"]


def _line(text: str) -> str:
    first = " ".join(text.split()).partition(". ")[0]
    return first[:100]


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _free(name: str, taken: set[str]) -> str:
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    taken.add(found)
    return found
