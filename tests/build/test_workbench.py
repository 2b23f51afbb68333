"""Each thing of a contract is compiled once, whoever asks."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from gateway.schema.errors import ContractError
from gateway.schema.ir import Settings

NS = "{http://www.pointsharp.com/netid/server/portal}"


def test_the_same_thing_twice_is_one_thing(book: Any) -> None:
    bench = book().services[0].bench
    element, portal = f"{NS}ReleaseTask", Settings(scalars="string")
    assert bench.laid(portal) is bench.laid(Settings(scalars="string"))
    assert bench.body(element, portal) is bench.body(element, portal)
    assert bench.body(element, portal) is not bench.body(element, portal, ("Info",))
    assert bench.checker(element, portal) is bench.checker(element, portal)


def test_an_unwrap_that_is_not_there_is_a_mistake_of_the_contract(book: Any) -> None:
    with pytest.raises(ContractError):
        book().services[0].bench.body(f"{NS}ReleaseTask", Settings(), ("Nothing",))


def test_the_verdict_is_libxml2s(book: Any) -> None:
    valid = book().services[0].bench.verdict()
    good = f'<a:ReleaseTask xmlns:a="{NS[1:-1]}"/>'
    assert not valid(etree.fromstring(good.replace("ReleaseTask", "Nobody")))
