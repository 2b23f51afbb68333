"""gateway.settings.remains: what is left of a configuration when its mistakes are taken out, and what is told of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.settings.loader import parse
from gateway.settings.mistakes import Mistake, Refused
from gateway.settings.remains import Remains

WSDL = Path(__file__).resolve().parents[2] / "schemas/netid/portal.wsdl"
HEAD = f"services:\n  portal:\n    wsdl: {WSDL}\n"


def remains(text: str) -> Remains | None:
    """Of a configuration with mistakes."""
    with pytest.raises(Refused) as told:
        parse(text, base=Path(), env={})
    return told.value.remains


def test_a_key_that_is_near_a_known_one_is_taken_for_it_and_another_left_out() -> None:
    left = remains(f"admn: 127.0.0.1:1\nfoo: 1\ndrain: {{delay: soon, grace: 7}}\n{HEAD}    upstream: {{timout: 5}}\n")
    assert left is not None
    assert left.loaded is not None
    settings = left.loaded.settings
    assert (settings.admin, settings.drain.grace, settings.services["portal"].upstream.timeout) == ("127.0.0.1:1", 7, 5)


def test_an_item_that_goes_leaves_the_others_their_names_and_lines() -> None:
    routes = "      - route: GET /a\n      - {route: GET /b, operation: B}\n      - operation: C\n      - {route: GET /d, operation: D}\n"
    left = remains(f"{HEAD}    routes:\n{routes}")
    assert left is not None
    assert left.loaded is not None
    assert [route.operation for route in left.loaded.settings.services["portal"].routes] == ["B", "D"]
    found = [left.loaded.mistake(("services", "portal", "routes", at, "operation"), "x") for at in (0, 1)]
    told = [(each.line, each.setting) for each in left.further(found)]
    assert told == [(6, "services.portal.routes[1].operation"), (8, "services.portal.routes[3].operation")]


def test_what_follows_from_a_value_that_was_left_out_is_not_told() -> None:
    left = remains(f"{HEAD}    upstream: {{speaks: jsn}}\n    path: /x\n")
    assert left is not None
    beside = Mistake("f", 4, 1, "services.portal.upstream.routes", "this is of a service that speaks JSON")
    other = Mistake("f", 5, 1, "services.portal.upstreams", "another")
    assert list(left.further([beside, other])) == [other]


@pytest.mark.parametrize("text", ["a: b\n", "services: 5\n", "[]\n", "services: {portal: {}}\n", "services: {portal: 5}\n", "5\n"])
def test_of_some_nothing_is_left(text: str) -> None:
    left = remains(text)
    assert left is None or left.loaded is None or not left.loaded.settings.services
