"""The law of the starting configuration: a proposal as YAML that a person reads, changes and keeps.

Each line that somebody may want to change says in a comment what it is; nothing that equals a default is written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from ..schema.names import local
from .proposal import Proposed, ProposedService

_PLAIN: Final = re.compile(r"[/A-Za-z][A-Za-z0-9/._ -]*", re.ASCII)
_WORDS: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
_HEAD: Final = """\
# Made by `gateway import`; it is yours now: change what you like. A further import leaves it as it is.
#   gateway check {file}      what is wrong with it, with file and line
#   gateway routes {file}     what is served
#   gateway serve {file}      serve it
# Every setting there is: config/reference.yaml, or `gateway check --schema` for an editor.

listen: 127.0.0.1:8080 # where clients call
admin: 127.0.0.1:9901 # probes and metrics

services:"""


def configuration(services: Sequence[ProposedService], wsdl: str, file: str = "gateway.yaml") -> str:
    """The text of the file; `wsdl` is the contract's name as seen from it."""
    lines = [_HEAD.replace("{file}", file)]
    for each in services:
        lines += _service(each, wsdl, several=len(services) > 1)
    return "\n".join(lines) + "\n"


def _service(each: ProposedService, wsdl: str, *, several: bool) -> Iterator[str]:
    variable = "".join(c if c.isalnum() else "_" for c in each.name).upper()
    yield f"  {scalar_text(each.name)}:"
    yield f"    wsdl: {scalar_text(wsdl)}"
    if several:
        yield f"    service: {scalar_text(each.service.name)}"
    path = f"/{each.service.name}/{each.port.name}" if each.beside else f"/{each.service.name}"
    same = [port for port in each.service.ports if port.port_type == each.port.port_type and not port.refused]
    others = [port.name for port in same if port is not each.port]
    if each.beside:
        yield f"    port: {scalar_text(each.port.name)} # other operations than those of the first port"
        yield f"    path: {scalar_text(path)}"
    elif others:
        yield f"    # port: {scalar_text(each.port.name)} # the first; there are also {', '.join(others)}"
    yield from _upstream(each.port.location, each.port.soap, variable)
    guessed = [route.operation for route in each.routes if route.operation in each.reads]
    if guessed:
        yield "    # Taken for reading, by their names: they may be cached and repeated. Where that is wrong, say so:"
        yield "    # operations:"
        yield from (f"    #   {scalar_text(name)}: {{writes: true}}" for name in guessed[:3])
        if len(guessed) > 3:
            yield f"    #   # … and {len(guessed) - 3} more"
    yield f"    # Every operation is served at POST {path}/<Operation>, too"
    yield "    # (default_routes: false ends that)."
    yield "    routes:" if each.routes else "    routes: []"
    for route in each.routes:
        yield from _route(route)
        yield from _heads(each, route)
    for name, why in each.left:
        yield f"      # {name}: {' '.join(why.split())}"


def _upstream(location: str, soap: str, variable: str) -> Iterator[str]:
    yield "    upstream:"
    parts = urlsplit(location)
    if parts.scheme in ("http", "https") and parts.hostname and not parts.username and "$" not in location:
        url = scalar_text("${" + variable + "_URL:-" + location.partition("#")[0] + "}")
        yield f"      url: {url} # the contract's address"
    else:
        given = " ".join(location.split()) or "none at all"
        yield f"      # The contract gives no address that can be called ({given})."
        url = scalar_text("${" + variable + "_URL:-http://127.0.0.1:8090/}")
        yield f"      url: {url} # put the service's address here"
    if soap:
        yield f'      # soap: "{soap}" # the version it speaks, as the contract has it'


def _route(route: Proposed) -> Iterator[str]:
    yield f"      - route: {scalar_text(f'{route.verb} {route.path}')}"
    yield f"        operation: {scalar_text(route.operation)}"
    if route.summary:
        yield f"        summary: {scalar_text(route.summary)}"
    sides = (("request", route.request), ("response", route.response))
    unwrap = [f"{side}: [{', '.join(map(scalar_text, names))}]" for side, names in sides if names]
    if unwrap:
        yield f"        unwrap: {{{', '.join(unwrap)}}}"
    if route.empty:
        yield "        empty: 204"
    if route.location:
        yield "        status: 201"
        yield f"        location: {scalar_text(route.location)}"
    if route.parameters:
        yield "        parameters:"
        for place, name, to in route.parameters:
            yield f"          - {{in: {place}, name: {scalar_text(name)}, to: {scalar_text(to)}}}"


def _heads(each: ProposedService, route: Proposed) -> Iterator[str]:
    """The header blocks that the contract declares for the request, as a line to take the mark from."""
    bound = each.port.operation(route.operation)
    names = dict.fromkeys(local(use.element) for use in bound.input.headers) if bound is not None else {}
    plain = route.verb in ("GET", "DELETE")  # without a body there is no `$headers`
    told = ", ".join(f"{{name: {name}, http: X-{name}}}" if plain else f"{{name: {name}}}" for name in names)
    if told:
        yield f"        # headers: [{told}] # header blocks of the contract, for clients to send"


def scalar_text(text: str) -> str:
    """A YAML scalar: plain where that can mean nothing else, else quoted as JSON, which YAML reads."""
    safe = _PLAIN.fullmatch(text) and not text.endswith(" ") and text.lower() not in _WORDS
    return text if safe else json.dumps(text, ensure_ascii=False)
