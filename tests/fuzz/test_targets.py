"""The fuzz targets on seeds of theirs and on what was found with them; `make fuzz` goes on from here."""

from __future__ import annotations

import pytest

from tests.fuzz.targets import TARGETS

EVERY = {"message": 19, "contract": 23, "config": 5}
FOUND = [
    ("contract", b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t"><xs:element/> </xs:schema>'),
    ("contract", '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><w\u3c3a\u783f/></definitions>'.encode()),
    ("config", b" ${P!includepen"),
    ("config", b"services:\n  orders:\n    wsdl: ../" + b"s" * 300),
]


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_seeds(name: str) -> None:
    target = TARGETS[name]
    seeds = list(target.seeds())
    assert len(seeds) > EVERY[name]
    for seed in seeds[:: EVERY[name]]:
        target.run(seed)


@pytest.mark.parametrize(("name", "data"), FOUND)
def test_found(name: str, data: bytes) -> None:
    TARGETS[name].run(data)
    TARGETS[name].run(data + b" ")
