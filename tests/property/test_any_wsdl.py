"""Any WSDL is refused, or served: described and explained, whatever was left out, doubled, moved or replaced in it."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any, Final

import pytest
from lxml import etree

from gateway.build.book import build
from gateway.build.describe import description
from gateway.build.explained import explained, sample_request
from gateway.settings import Refused, parse
from tests.beside.conftest import WSDL as LISTS
from tests.golden.test_route_settings import TYPES
from tests.golden.test_route_settings import WSDL as SHOP
from tests.property import routes

FOLDER: Final = Path(__file__).resolve().parents[1]
LARGEST: Final = 60_000  # characters of a contract that is mutated here
WORDS: Final = (
    *("", "x", "tns:x", "t:Nope", "xs:nope", "xs:int", "unbounded", "-1", "0", "5", "true", "1e9", "urn:t", "http://x", "#", "a b"),
    *("99999999999999999999", "xs:ID", "xs:NOTATION", "xs:anyType", "xs:anySimpleType", "[a-", "(a+)+$", "rpc", "encoded", "document"),
)
NAMES: Final = (
    *("name", "type", "ref", "element", "minOccurs", "maxOccurs", "use", "fixed", "default", "nillable", "abstract", "base"),
    *("substitutionGroup", "form", "mixed", "final", "block", "value", "namespace", "processContents"),
)


def contracts() -> list[bytes]:
    """Contracts of our own tests that need no other document."""
    found = [LISTS, routes.WSDL.replace("{types}", routes.XSD.replace("{nil}", "true")), SHOP.replace("{types}", TYPES.replace("{more}", ""))]
    for file in sorted(FOLDER.rglob("*.wsdl")):
        raw = file.read_bytes()
        try:
            text = raw.decode()
            etree.fromstring(raw)
        except (UnicodeDecodeError, etree.XMLSyntaxError):
            continue
        if len(text) < LARGEST and "import" not in text:
            found.append(text)
    return [text.encode() for text in found]


CONTRACTS: Final = contracts()


def mutated(draw: random.Random) -> bytes:
    """One of them with one to three changes."""
    root = etree.fromstring(draw.choice(CONTRACTS))
    for _ in range(draw.choice([1, 1, 2, 3])):
        _mutate(draw, [each for each in root.iter() if isinstance(each.tag, str)])
    return etree.tostring(root)


def _mutate(draw: random.Random, elements: list[Any]) -> None:
    one, what = draw.choice(elements[1:] or elements), draw.random()
    around = one.getparent()
    if what < 0.2 and around is not None:
        around.remove(one)
    elif what < 0.55 and one.attrib:
        other = draw.choice(elements)
        name, words = draw.choice(list(one.attrib)), [*other.attrib.values(), ""] if draw.random() < 0.4 else WORDS
        if draw.random() < 0.3:
            del one.attrib[name]
        else:
            one.attrib[name] = draw.choice(words)
    elif what < 0.7:
        one.set(draw.choice(NAMES), draw.choice(WORDS))
    elif around is not None:
        around.append(copy.deepcopy(one if what < 0.85 else draw.choice(elements[1:])))


def held(raw: bytes, folder: Path) -> bool:
    """Whether it is served."""
    (folder / "s.wsdl").write_bytes(raw)
    services = {"s": {"wsdl": "s.wsdl", "upstream": {"url": "http://127.0.0.1:9/"}}}
    try:
        built = build(parse(json.dumps({"services": services}), base=folder, env={}))
    except Refused as refused:
        if not refused.mistakes:
            raise
        return False
    assert description(built)["openapi"].startswith("3.1")
    assert description(built, "3.0")["openapi"].startswith("3.0")
    for service in built.services:
        for face in service.faces:
            assert list(explained(built, service, face, sample_request(service, face)))
    return True


def hold(seed: int, many: int, folder: Path) -> int:
    draw, served = random.Random(seed), 0
    for _ in range(many):
        raw = mutated(draw)
        try:
            served += held(raw, folder)
        except Exception as found:
            raise AssertionError(f"{type(found).__name__}: {found}\n{raw.decode()}") from found
    return served


@pytest.mark.parametrize("number", range(4))
def test_any_wsdl_is_refused_or_served(number: int, tmp_path: Path) -> None:
    assert hold(number, 60, tmp_path) > 4


@pytest.mark.slow
@pytest.mark.parametrize("number", range(8))
def test_any_wsdl_is_refused_or_served_at_length(number: int, tmp_path: Path) -> None:
    hold(100 + number, 500, tmp_path)
