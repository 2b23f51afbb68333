"""The law of showing: check, routes, openapi, wsdl and problems print what the build knows, and change nothing."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import Final

from gateway.cli import OK, Misuse
from gateway.commands.contract import one_of, put, refusals, say, settings
from gateway.core.problem import BY_SLUG, Kind
from gateway.settings.mistakes import Mistake, Refused

_TOLD: Final = ("status", "side", "title", "advice", "retryable")


@refusals
def check(chosen: argparse.Namespace) -> int:
    """Compile everything that `serve` would; 0 when nothing is wrong."""
    if chosen.schema:
        from gateway.settings.reference import schema_text

        put(schema_text())
        return OK
    if one_of(chosen) == "xsd":
        from gateway.build.workbench import Workbench
        from gateway.schema.wsdl import load_xsd

        bench = Workbench(load_xsd(chosen.xsd))
        say(f"ok: {len(bench.model.elements)} elements, {len(bench.model.types)} types")
        return OK
    from gateway.build.book import build
    from gateway.build.keyring import looked_at
    from gateway.build.refused import warnings
    from gateway.build.unprotected import unprotected
    from gateway.core.clock import SystemClock

    try:
        loaded = settings(chosen)
    except Refused as wrong:
        raise Refused([*wrong.mistakes, *_further(wrong)]) from None
    built = build(loaded)
    keys = looked_at(built, SystemClock())
    for danger in loaded.dangers():
        say(f"{danger} is on")
    for warning in (*warnings(built), *unprotected(built), *keys):
        say(f"warning: {warning}")
    operations = sum(len(service.operations) for service in built.services)
    routes = sum(len(service.faces) for service in built.services)
    refused = sum(len(service.refused) for service in built.services)
    left = f", {refused} not served" if refused else ""
    say(f"ok: {len(built.services)} services, {operations} operations{left}, {routes} routes")
    return OK


def _further(refused: Refused) -> Iterator[Mistake]:
    """What the contract says of settings that cannot be read as they stand: all mistakes are told at once."""
    from gateway.build.book import build

    remains = refused.remains
    if remains is not None and remains.loaded is not None:
        try:
            build(remains.loaded)
        except Refused as more:
            yield from remains.further(more.mistakes)


@refusals
def routes(chosen: argparse.Namespace) -> int:
    """A line a door: method, path, operation, reads or writes, protection towards the service and of clients."""
    from gateway.build.book import build
    from gateway.build.listing import refused
    from gateway.build.listing import routes as listed

    built = build(settings(chosen))
    rows, left = listed(built), refused(built)
    if chosen.json:
        put(json.dumps([*rows, *left], indent=2, ensure_ascii=False))
        return OK
    for row in rows:
        row |= {"protection": f"service: {row['protection']}", "clients": f"clients: {row['clients']}"}
    widths = [max(len(str(row[key])) for row in rows) for key in rows[0]] if rows else []
    for row in rows:
        put("  ".join(str(value).ljust(width) for value, width in zip(row.values(), widths, strict=True)).rstrip())
    for row in left:
        put(f"not served: {row['operation']}: {row['refused']}")
    return OK


@refusals
def openapi(chosen: argparse.Namespace) -> int:
    """The OpenAPI document, as JSON."""
    from gateway.build.book import build
    from gateway.build.describe import description
    from gateway.codec.json import dumps

    put(dumps(description(build(settings(chosen)), chosen.openapi)).decode())
    return OK


@refusals
def wsdl(chosen: argparse.Namespace) -> int:
    """The WSDL with the gateway's own address; its schemas are where it says."""
    from gateway.build.book import build
    from gateway.build.listing import ports
    from gateway.schema.wsdl_writer import served_documents

    loaded = settings(chosen)
    built = build(loaded)
    services = built.services
    if len(services) > 1:
        others = ", ".join(f"{each.path}?wsdl ({each.name})" for each in services[1:])
        say(f"this is the WSDL of {services[0].name}; `serve` has the others at {others}")
    base = (chosen.url or loaded.settings.public_url or f"http://{loaded.settings.listen}").rstrip("/")
    address = base + services[0].path
    documents = served_documents(services[0].bench.contract, address, ports(built, services[0], address))
    put(bytes(documents["wsdl"]).decode())
    return OK


def problems(chosen: argparse.Namespace) -> int:
    """The table of problem kinds, or one of them."""
    kinds = list(Kind)
    if chosen.slug:
        if chosen.slug not in BY_SLUG:
            raise Misuse(f"there is no problem {chosen.slug}; without a name all are listed")
        kinds = [BY_SLUG[chosen.slug]]
    rows = [{"slug": k.slug, **{name: getattr(k.row, name) for name in _TOLD}} for k in kinds]
    if chosen.json:
        put(json.dumps(rows, indent=2, ensure_ascii=False))
    elif chosen.slug:
        again = "\nThe same request may succeed later." if rows[0]["retryable"] else ""
        put(f"{rows[0]['title']} ({rows[0]['status']}, {rows[0]['side']})\n{rows[0]['advice']}{again}")
    else:
        for row in rows:
            put(f"{row['status']}  {row['slug']:32}  {row['title']}")
    return OK
