"""Any settings of a route are refused with their place, or hold: what OpenAPI says valid is taken, and nothing is lost."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import jsonschema_rs
import pytest

from gateway.build.book import Built
from gateway.build.outward import upstream_dialect
from gateway.codec.json import dumps, loads
from gateway.core.limits import DEFAULT
from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.core.value import at, said, steps_of
from gateway.dialect.rest_client import RestClient
from gateway.settings import Refused
from tests.property import routes

_BETWEEN: Final = {"form": ",", "spaceDelimited": "%20", "pipeDelimited": "|"}
_EMPTY: Final = frozenset({Kind.EMPTY_RESULT, Kind.PRECONDITION_FAILED})
_XML: Final = {"content-type": "text/xml"}


class Route:
    """One route as it was built and as OpenAPI has it."""

    def __init__(self, built: Built, settings: routes.Schema) -> None:
        self.settings, self.service = settings, built.services[0]
        self.face = next(each for each in self.service.faces if each.route.path.startswith("/r"))
        self.document = routes.told(built)
        self.verb = settings["route"].split(" ")[0]
        self.item = self.document["paths"][self.face.route.path][self.verb.lower()]
        self.schema = routes.body_of(self.document, self.item.get("requestBody", {}))
        self.client = RestClient(self.service.speaker, self.face.rest)
        self.upstream = upstream_dialect(self.service, "/s", "", built.limits)

    def wire(self, draw: random.Random) -> tuple[Wire, Any, bool]:
        """A request, its body, and whether its parameters may be at odds with it, which no schema says."""
        body = None if self.schema is None else routes.sample(draw, self.schema)
        facts: dict[str, Any] = {"path": {}, "request_id": "1"}
        wire = Wire({"content-type": routes.JSON}, b"" if self.schema is None else dumps(body), method=self.verb, facts=facts)
        query: list[str] = []
        given = False
        for each, value in routes.parameters(self.document, self.item, draw):
            given = True
            items = [quote(routes.text_of(one), safe="") for one in (value if isinstance(value, list) else [value])]
            if each["in"] == "query" and each.get("explode", True):
                query += [f"{each['name']}={item}" for item in items]
            elif each["in"] == "query":
                query.append(f"{each['name']}={_BETWEEN[each['style']].join(items)}")
            elif each["in"] == "path":
                facts["path"][each["name"]] = ",".join(map(routes.text_of, value)) if isinstance(value, list) else routes.text_of(value)
            else:
                wire.headers[each["name"].lower()] = ",".join(map(routes.text_of, value)) if isinstance(value, list) else routes.text_of(value)
        wire.query = "&".join(query)
        return wire, body, given

    def asked(self, draw: random.Random) -> bool:
        """The laws on one request; False where it was refused."""
        wire, body, given = self.wire(draw)
        valid = self.schema is None or jsonschema_rs.Draft202012Validator(self.schema).is_valid(body)
        try:
            exchange = self.client.read_request(wire, self.face.route)
            self._all_there(exchange.request.parsed, wire)
            sent = self.upstream.write_request(exchange).body
        except Problem as problem:
            return self._refused(problem, body, given or not valid)
        assert valid, (body, "was taken")
        answer = self.upstream.read_reply(exchange, Wire(dict(_XML), sent.replace(b":Put", b":Got"), status=200))
        try:
            told = self.client.write_reply(exchange, answer)
        except Problem as problem:
            if problem.kind not in _EMPTY:
                raise AssertionError(problem.detail, problem.findings) from problem
            return True
        self._as_described(told)
        return True

    def _refused(self, problem: Problem, body: Any, rightly: bool) -> bool:
        """A refusal is the client's to mend, and right where what is missing is not the body's to give."""
        elsewhere = {each["to"] for each in self.settings["parameters"]}
        assert problem.kind.row.side == "client", problem.cause
        assert rightly or any(finding.pointer in elsewhere for finding in problem.findings), (body, problem.findings)
        return False

    def _all_there(self, value: Any, wire: Wire) -> None:
        """What the route fills has reached the message."""
        for place, constant in self.settings.get("constants", {}).items():
            there = at(value, steps_of(place), ...)
            assert there is not ..., place
            assert said(there) in (said(constant), None), (place, there)
        for each in self.settings["parameters"]:
            where = {"path": wire.facts["path"], "header": wire.headers}.get(each["in"])
            name = each["name"].lower() if each["in"] == "header" else each["name"]
            if name in where if where is not None else f"{name}=" in wire.query:
                assert at(value, steps_of(each["to"]), ...) is not ..., (each, value)

    def _as_described(self, told: Wire) -> None:
        described = self.item["responses"]
        assert str(told.status) in described, told.status
        schema = routes.body_of(self.document, described[str(told.status)])
        assert (schema is not None) == bool(told.body), (told.status, told.body)
        if schema is not None:
            found = list(jsonschema_rs.Draft202012Validator(schema).iter_errors(loads(told.body, DEFAULT)))
            assert not found, (told.body, found[0].message)


def built(folder: Path, mapping: routes.Schema, settings: routes.Schema | None, nil: bool) -> Built | None:
    """The contract with these settings, None where they are refused, at their place."""
    try:
        return routes.built_of(folder, mapping, [] if settings is None else [settings], nil)
    except Refused as refused:
        if "services.s." not in str(refused):
            raise
        return None


def drawn(draw: random.Random, folder: Path) -> Iterator[tuple[str, Route]]:
    """Routes over one drawn mapping, each with words for it; those that are refused left out."""
    nil, mapping = draw.random() < 0.3, routes.mapping(draw, 0.25)
    while (plain := built(folder, mapping, None, nil)) is None:
        mapping = routes.mapping(draw, 0.25)
    document = routes.told(plain)
    within = places_of(document, document["paths"]["/S/Put"]["post"]["requestBody"])
    for _ in range(10):
        settings = settled(draw, folder, mapping, nil, within)
        whole = None if settings is None else built(folder, mapping, settings, nil)
        if settings is not None and whole is not None:
            yield f"mapping {mapping}, nillable {nil}, route {settings}", Route(whole, settings)


def settled(
    draw: random.Random, folder: Path, mapping: routes.Schema, nil: bool, within: list[str]
) -> routes.Schema | None:
    """A route's settings: its shape, and what it fills of the members that this leaves; None where the shape is refused."""
    settings = routes.shape(draw, within)
    shaped = built(folder, mapping, settings, nil)
    if shaped is None:
        return None
    document = routes.told(shaped)
    item = document["paths"]["/r"]["post"]
    asked, answered = (places_of(document, each) or within for each in (item["requestBody"], item["responses"]["200"]))
    return routes.filled(draw, settings, asked, answered)


def places_of(document: routes.Schema, holder: routes.Schema) -> list[str]:
    return routes.places(routes.body_of(document, holder) or {})


def hold(seed: int, folder: Path) -> tuple[int, int]:
    """The laws on routes over one drawn mapping; how many were built, and how many requests were taken."""
    draw = random.Random(seed)
    many = taken = 0
    for words, route in drawn(draw, folder):
        many += 1
        try:
            taken += sum(route.asked(draw) for _ in range(4))
        except AssertionError as found:
            raise AssertionError(f"{words}: {found}") from found
    return many, taken


@pytest.mark.parametrize("number", range(6))
def test_any_route_holds_or_is_refused(number: int, tmp_path: Path) -> None:
    told = [hold(seed, tmp_path) for seed in range(number * 10, number * 10 + 10)]
    assert sum(many for many, _ in told) > 12
    assert sum(taken for _, taken in told) > 25


@pytest.mark.slow
@pytest.mark.parametrize("number", range(10))
def test_any_route_holds_or_is_refused_at_length(number: int, tmp_path: Path) -> None:
    for seed in range(1000 + number * 40, 1040 + number * 40):
        hold(seed, tmp_path)
