"""The law of a drawn contract's configuration: SOAP in front, the JSON service behind, its routes read backwards.

As `gateway.build.proposed_text`: what somebody may want to change says in a comment what it is. An operation whose path
no route can say is named in a comment, never left out in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..schema.drawn.draw import RESULT, Drawn
from ..schema.drawn.operations import Operation
from .operations import reads
from .proposed_text import scalar_text

_HEAD: Final = """\
# Made by `gateway import` from {source}; it is yours now: change what you like. A further import leaves it as it is.
#   gateway check {file}      what is wrong with it, with file and line
#   gateway serve {file}      serve it: SOAP callers find the WSDL at /{path}?wsdl
# Every setting there is: config/reference.yaml, or `gateway check --schema` for an editor.

listen: 127.0.0.1:8080 # where SOAP clients call
admin: 127.0.0.1:9901 # probes and metrics

services:"""
_STEP: Final = re.compile(r"\{([^{}]*)\}")
_RANGES: Final = {"4XX": ("4XX",), "5XX": ("5XX",), "DEFAULT": ("4XX", "5XX")}


def configuration(drawn: Drawn, folder: str, source: str, file: str = "gateway.yaml") -> str:
    """The text of the file; `folder` is where the contract lies, as seen from it."""
    name = drawn.name.lower()
    lines = [_HEAD.replace("{source}", source).replace("{file}", file).replace("{path}", name)]
    lines += [
        f"  {scalar_text(name)}:",
        f"    wsdl: {scalar_text(f'{folder}/{name}.wsdl')}",
        f"    path: /{name}",
        f"    default_routes: false # nothing but SOAP in front; true serves POST /{name}/<Operation> in JSON, too",
        *_writes(drawn),
        *_upstream(drawn, name, folder),
    ]
    return "\n".join(lines) + "\n"


def served(drawn: Drawn) -> list[Operation]:
    """The operations that a route can call."""
    return [each for each in drawn.operations if _path(each) is not None]


def _writes(drawn: Drawn) -> Iterator[str]:
    """What a GET reads and all else writes, where the name alone would say otherwise."""
    known = [(each.name, each.method != "GET") for each in served(drawn)]
    told = [(name, writes) for name, writes in known if reads(name) == writes]
    if told:
        yield "    # By their methods; what reads may be repeated:"
        yield "    operations:"
        yield from (f"      {scalar_text(name)}: {{writes: {str(writes).lower()}}}" for name, writes in told)


def _upstream(drawn: Drawn, name: str, folder: str) -> Iterator[str]:
    variable = "".join(c if c.isalnum() and c.isascii() else "_" for c in name).upper()
    plain = drawn.address and "$" not in drawn.address and "#" not in drawn.address and "@" not in drawn.address
    address = drawn.address if plain else "http://127.0.0.1:8090/"
    said = "the document's first server" if plain else "put the service's address here"
    yield "    upstream:"
    yield f"      url: {scalar_text('${' + variable + '_URL:-' + address + '}')} # {said}"
    yield "      speaks: json"
    yield f"      shapes: {scalar_text(f'{folder}/{name}.json')} # the service's own JSON, beside the WSDL's"
    yield "      # What the service wants with each call:"
    yield '      # headers: {Authorization: "Bearer ${file:/run/secrets/token}"}'
    yield "      routes:"
    for each in drawn.operations:
        yield from _route(each)
    yield from _faults(drawn)


def _path(operation: Operation) -> str | None:
    """The path as a route has it, None where a variable is no whole step of it."""
    names = _variables(operation)
    steps = []
    for step in operation.path.split("/"):
        found = _STEP.fullmatch(step)
        if found is None and ("{" in step or "}" in step):
            return None
        steps.append("{" + names[found[1]] + "}" if found is not None else step)
    path = "/".join(steps)
    ok = path.startswith("/") and "//" not in path and not any(c <= " " or c in "?#" for c in path)
    return path if ok and len(set(names.values())) == len(names) else None


def _variables(operation: Operation) -> dict[str, str]:
    """A path's variables under names that a route can have."""
    found = {}
    for each in operation.parameters:
        if each.place == "path":
            plain = "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in each.name)
            found[each.name] = plain if plain[:1].isalpha() or plain[:1] == "_" else "_" + plain
    return found


def _route(operation: Operation) -> Iterator[str]:
    path = _path(operation)
    if path is None:
        yield f"        # {operation.name}: {operation.method} {operation.path}: a variable is a whole step of the path"
        return
    yield f"        - route: {scalar_text(f'{operation.method} {path}')}"
    yield f"          operation: {scalar_text(operation.name)}"
    if operation.result is not None:
        yield f"          unwrap: {{response: [{RESULT}]}}"
    if operation.body is not None:
        yield f"          body: {{request: /{operation.body_xml}}}"
    if operation.parameters:
        yield "          parameters:"
        names = _variables(operation)
        for each in operation.parameters:
            called = names[each.name] if each.place == "path" else each.name
            parted = f", list: {each.parted}" if each.parted else ""
            to = scalar_text("/" + each.xml)
            yield f"            - {{in: {each.place}, name: {scalar_text(called)}, to: {to}{parted}}}"


def _faults(drawn: Drawn) -> Iterator[str]:
    """A rule for each status of each declared fault, the exact ones before the ranges."""
    rules: dict[tuple[str, str], None] = {}
    for operation in drawn.operations:
        for fault in operation.faults:
            for status in fault.statuses:
                for each in _RANGES.get(status.upper(), (status,)):
                    rules[(each, fault.element)] = None
    if rules:
        yield "      # The declared faults by status; any other refusal is a plain fault."
        yield "      faults:"
        for status, element in sorted(rules, key=lambda rule: not rule[0].isdigit()):
            yield f'        - {{status: {status}, name: {scalar_text(element)}, detail: ""}}'
