"""A WSDL with several services: served whole by an entry that says nothing of one of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.build.book import build
from gateway.settings import parse

FOLDER = Path(__file__).parents[1] / "schema/wsdl"


def built(lines: str = "", more: str = "") -> Any:
    text = f"services:\n  s:\n    wsdl: several-services.wsdl\n{lines}{more}"
    return build(parse(text, base=FOLDER, env={}))


def test_every_service_has_its_address() -> None:
    services = built().services
    assert [(each.name, each.path, each.service.name) for each in services] == [
        ("s", "/First", "First"),
        ("s-Second", "/Second", "Second"),
    ]
    assert services[0].bench is services[1].bench, "the contract is read once"
    assert {face.route.path for each in services for face in each.faces} >= {"/First/Get", "/Second/Get"}


@pytest.mark.parametrize(
    "lines",
    [
        "    service: First\n",
        "    path: /one\n",
        "    operations: {Get: {writes: true}}\n",
        "    routes: [{route: POST /get, operation: Get}]\n",
    ],
)
def test_what_is_said_of_one_is_of_the_first(lines: str) -> None:
    assert [each.service.name for each in built(lines).services] == ["First"]


def test_what_a_plugin_names_is_one_service() -> None:
    """The others would stand beside it without its protection."""
    plugin = "keyring: {k: {secret: cGVwcGVycGVwcGVycGVwcGVycGVwcGVycGVwcGVycGU=}}\nplugins: {jwt: {keys: [k], issuer: i, audience: a, services: [s]}}\n"
    assert [each.service.name for each in built(more=plugin).services] == ["First"]
