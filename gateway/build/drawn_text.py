"""The law of a drawn contract's configuration: SOAP in front, the JSON service behind, its routes read backwards.

As `gateway.build.proposed_text`: what somebody may want to change says in a comment what it is. An operation that the
contract has not is named in a comment, never left out in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..schema.drawn.draw import RESULT, Drawn
from ..schema.drawn.operations import Operation
from ..schema.drawn.steps import route_path, variables
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


def _writes(drawn: Drawn) -> Iterator[str]:
    """What a GET reads and all else writes, where the name alone would say otherwise."""
    known = [(each.name, each.method != "GET") for each in drawn.operations]
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
    for left in drawn.left:
        yield f"        # {' '.join(f'{left.what}: {left.then}'.split())}"
    yield from _faults(drawn)


def _route(operation: Operation) -> Iterator[str]:
    names = variables(each.name for each in operation.parameters if each.place == "path")
    path = route_path(operation.path, names)
    yield f"        - route: {scalar_text(f'{operation.method} {path}')}"
    yield f"          operation: {scalar_text(operation.name)}"
    if operation.result is not None:
        yield f"          unwrap: {{response: [{RESULT}]}}"
    if operation.body is not None:
        yield f"          body: {{request: /{operation.body_xml}}}"
    if operation.parameters:
        yield "          parameters:"
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
