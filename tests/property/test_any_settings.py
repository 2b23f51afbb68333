"""Any settings are refused, each mistake with its place, or served: described, listed and explained."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from gateway.build import listing
from gateway.build.book import Built, build
from gateway.build.describe import description
from gateway.build.explained import explained, sample_request
from gateway.settings import Loaded, Refused, parse

CONFIG: Final = Path(__file__).resolve().parents[2] / "config"
WHOLE: Final = {file.stem: yaml.safe_load(file.read_text()) for file in sorted(CONFIG.glob("*.yaml")) if file.stem != "netid-encrypted"}
ODD: Final[tuple[Any, ...]] = (
    *(None, True, 0, -1, 3.5, 10**20, float("inf"), "", "x", "/", "/Info/Id", "/*", "{urn:x}y", "GET /x", "POST /a/{b}"),
    *("${HOME}", "${NOPE}", "${NOPE:-5}", "off", "null", "1 MiB", "9999999999 GiB", "../../etc/passwd", "/dev/null", "~", "x" * 5000),
    *([], {}, [None], {"a": None}, [{}]),
)
Place = tuple[Any, ...]


def nodes(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every value within a value, with its place."""
    yield place, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from nodes(each, (*place, key))


VALUES: Final = [value for each in WHOLE.values() for _, value in nodes(each)]
KEYS: Final = sorted({str(place[-1]) for each in WHOLE.values() for place, _ in nodes(each) if place and isinstance(place[-1], str)})


def mutated(draw: random.Random) -> str:
    """One of our configurations with one to three things left out, moved, doubled or replaced."""
    value = copy.deepcopy(WHOLE[draw.choice(sorted(WHOLE))])
    for _ in range(draw.choice([1, 1, 1, 2, 3])):
        inner = [place for place, _ in nodes(value) if place]
        if inner:
            _mutate(draw, value, draw.choice(inner))
    return str(yaml.safe_dump(value, allow_unicode=True))


def _mutate(draw: random.Random, value: Any, place: Place) -> None:
    for step in place[:-1]:
        value = value[step]
    what, key = draw.random(), place[-1]
    if what < 0.2:
        del value[key]
    elif what < 0.7:
        value[key] = copy.deepcopy(draw.choice(ODD if what < 0.5 else VALUES))
    elif isinstance(value, list):
        value.append(copy.deepcopy(value[key]))
    elif what < 0.95:
        value[draw.choice(KEYS)] = value[key] if what < 0.8 else value.pop(key)
    else:
        value[key] = [copy.deepcopy(value[key])]


def held(text: str) -> bool:
    """Whether it is served; otherwise every mistake has its place."""
    try:
        loaded = parse(text, file="own.yaml", base=CONFIG, env={"HOME": "/x"})
        built = build(loaded)
    except Refused as refused:
        unplaced = [str(each) for each in refused.mistakes if each.setting and not each.line]
        if unplaced or not refused.mistakes:
            raise AssertionError(unplaced) from refused
        return False
    _shown(loaded, built)
    return True


def _shown(loaded: Loaded, built: Built) -> None:
    assert description(built)["openapi"].startswith("3.1")
    assert description(built, "3.0")["openapi"].startswith("3.0")
    assert listing.masked(loaded)
    assert len(listing.routes(built)) >= sum(len(service.faces) for service in built.services)
    for service in built.services:
        for face in service.faces:
            assert list(explained(built, service, face, sample_request(service, face)))


def hold(seed: int, many: int) -> int:
    draw = random.Random(seed)
    served = 0
    for _ in range(many):
        text = mutated(draw)
        try:
            served += held(text)
        except Exception as found:
            raise AssertionError(f"{type(found).__name__}: {found}\n{text}") from found
    return served


@pytest.mark.parametrize("number", range(4))
def test_any_settings_are_refused_with_their_places_or_served(number: int) -> None:
    assert hold(number, 60) > 2


@pytest.mark.slow
@pytest.mark.parametrize("number", range(8))
def test_any_settings_are_refused_with_their_places_or_served_at_length(number: int) -> None:
    hold(100 + number, 500)
