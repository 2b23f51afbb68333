"""A route read backwards is the route: what it makes of a SOAP message for a JSON service, it reads as that message.

Two gateways over one contract have the same route, one before a JSON service, one before a SOAP service. What the first
sends the second takes for the same message, and what the second answers is the same answer again; or the first refuses.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from gateway.build.book import Built, build
from gateway.build.doors import soap_address
from gateway.build.outward import upstream_dialect
from gateway.codec.json import dumps
from gateway.core.limits import DEFAULT
from gateway.core.message import Exchange, Wire
from gateway.core.problem import Problem
from gateway.dialect.rest_client import RestClient
from gateway.dialect.soap_client import SoapClient
from gateway.settings import Refused
from gateway.settings import parse as settings_of
from gateway.xml import parse
from tests.golden.test_golden import same_xml
from tests.property import routes
from tests.property.test_route_laws import built as built_over
from tests.property.test_route_laws import places_of, settled

_SOAP = {"content-type": "text/xml", "soapaction": '"urn:t/Put"'}
_EMPTY = (b"<t:Nums></t:Nums>", b"<t:Names></t:Names>")  # nothing and an empty list are one in a query


def behind(folder: Path, mapping: routes.Schema, settings: routes.Schema) -> Built:
    """A JSON service with the route, behind SOAP callers. Raises Refused."""
    upstream = {"speaks": "json", "url": "http://127.0.0.1:9/", "routes": [settings]}
    services = {"s": {"wsdl": "s.wsdl", "path": "/S", "mapping": mapping, "upstream": upstream}}
    return build(settings_of(json.dumps({"services": services}), base=folder, env={}))


class Twins:
    """The two gateways, and messages of the contract."""

    def __init__(self, plain: Built, behind: Built, before: Built) -> None:
        document = routes.told(plain)
        self.schema = routes.body_of(document, document["paths"]["/S/Put"]["post"]["requestBody"]) or {}
        service = plain.services[0]
        self.face, self.writes = service.faces[0], upstream_dialect(service, "/s", "", plain.limits)
        self.reads = RestClient(service.speaker, self.face.rest)
        calling = behind.services[0]
        door = soap_address(calling.path, calling.operations, calling.settings, behind.limits, calling.refused)
        self.caller, self.json = SoapClient(calling.speaker, door), upstream_dialect(calling, "", "", behind.limits)
        self.route = next(each for each in before.services[0].faces if each.route.path.startswith("/r"))
        self.client = RestClient(before.services[0].speaker, self.route.rest)
        self.soap = upstream_dialect(before.services[0], "/s", "", before.limits)

    def message(self, draw: random.Random) -> bytes | None:
        """An envelope of the contract."""
        wire = Wire({"content-type": routes.JSON}, dumps(routes.sample(draw, self.schema)), method="POST")
        wire.facts.update(path={}, request_id="1")
        try:
            return self.writes.write_request(self.reads.read_request(wire, self.face.route)).body
        except Problem:
            return None

    def sent(self, envelope: bytes) -> tuple[Exchange, Wire] | None:
        """The call that the first gateway makes of it, None where it refuses to."""
        wire = Wire(dict(_SOAP), envelope, method="POST", path="/S", facts={"request_id": "1"})
        try:
            exchange = self.caller.read_request(wire)
            return exchange, self.json.write_request(exchange)
        except Problem as problem:
            if problem.kind.row.side != "client":
                raise
            return None

    def taken(self, call: Wire) -> tuple[Exchange, bytes]:
        """What the second one makes of the call."""
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]*)", re.escape(self.route.route.path))
        found = re.fullmatch(pattern, call.path)
        assert found, call.path
        wire = Wire(dict(call.headers), call.body, method=call.method, path=call.path, query=call.query)
        wire.facts.update(path={name: unquote(text) for name, text in found.groupdict().items()}, request_id="1")
        exchange = self.client.read_request(wire, self.route.route)
        return exchange, self.soap.write_request(exchange).body

    def answered(self, asked: Exchange, taken: Exchange, envelope: bytes) -> bytes:
        """The answer of a SOAP service on its way back through both. Raises Problem where one refuses it."""
        reply = self.soap.read_reply(taken, Wire({"content-type": "text/xml"}, envelope, status=200))
        answer = self.client.write_reply(taken, reply)
        again = self.json.read_reply(asked, Wire(dict(answer.headers), answer.body, status=answer.status))
        return self.caller.write_reply(asked, again).body


def hold(draw: random.Random, twins: Twins, settings: routes.Schema) -> int:
    """The law on one message; whether it came through."""
    envelope = twins.message(draw)
    made = None if envelope is None else twins.sent(envelope)
    if made is None or envelope is None or any(empty in envelope for empty in _EMPTY):
        return 0
    exchange, call = made
    shown = (call.method, call.path, call.query, call.body)
    taken, again = twins.taken(call)
    assert same_xml(parse(again, DEFAULT), parse(envelope, DEFAULT)), (envelope, again, shown)
    answer = envelope.replace(b":Put", b":Got")
    try:
        back = twins.answered(exchange, taken, answer)
    except Problem:
        assert settings.get("body") or settings.get("empty"), "a part of an answer may be none"
        return 1
    if "response" not in settings.get("body", {}):
        assert same_xml(parse(back, DEFAULT)[0], parse(answer, DEFAULT)[0]), (answer, back)
    return 1


def drawn(draw: random.Random, folder: Path) -> Iterator[tuple[str, Twins, routes.Schema]]:
    """Routes over one drawn mapping at both gateways; those that one refuses left out."""
    nil, mapping = draw.random() < 0.5, {**routes.mapping(draw, 0.2), "defaults": "keep"}
    while (plain := built_over(folder, mapping, None, nil)) is None:
        mapping = {**routes.mapping(draw, 0.2), "defaults": "keep"}
    document = routes.told(plain)
    within = places_of(document, document["paths"]["/S/Put"]["post"]["requestBody"])
    for _ in range(8):
        settings = settled(draw, folder, mapping, nil, within)
        if settings is None:
            continue
        settings.pop("headers", None)
        settings["mapping"].pop("defaults", None)
        before = built_over(folder, mapping, settings, nil)
        try:
            told = None if before is None else behind(folder, mapping, settings)
        except Refused:
            continue
        if told is not None and before is not None:
            yield f"mapping {mapping}, nillable {nil}, route {settings}", Twins(plain, told, before), settings


def through(seed: int, folder: Path) -> int:
    """The law on routes over one drawn mapping; how many messages came through."""
    draw, many = random.Random(seed), 0
    for words, twins, settings in drawn(draw, folder):
        try:
            many += sum(hold(draw, twins, settings) for _ in range(4))
        except (AssertionError, Problem) as found:
            told: Any = found.findings if isinstance(found, Problem) else found
            raise AssertionError(f"{words}: {told}") from found
    return many


@pytest.mark.parametrize("number", range(4))
def test_a_route_read_backwards_is_the_route(number: int, tmp_path: Path) -> None:
    assert sum(through(seed, tmp_path) for seed in range(number * 8, number * 8 + 8)) > 12


@pytest.mark.slow
@pytest.mark.parametrize("number", range(10))
def test_a_route_read_backwards_is_the_route_at_length(number: int, tmp_path: Path) -> None:
    for seed in range(1000 + number * 30, 1030 + number * 30):
        through(seed, tmp_path)
