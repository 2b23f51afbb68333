"""gateway.build.exposed: what a cipher does not seal may not be what must be sealed."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.build.book import build
from gateway.build.exposed import exposed
from gateway.core.operation import Operation
from gateway.settings import parse
from gateway.settings.mistakes import Refused

CASE = Path(__file__).parents[1] / "golden/wsdl/http-bindings"


def operation(**more: object) -> Operation:
    return Operation(name="GetOrder", service="s", action="", soap="1.1", element="", faces={}, **more)  # type: ignore[arg-type]


def test_only_what_must_be_encrypted_is_held_back() -> None:
    assert "hold id, day in clear" in exposed(operation(encryption="required"), ["id", "day"])
    assert exposed(operation(encryption="required"), []) == ""
    assert exposed(operation(encryption="preferred"), ["id"]) == ""
    assert exposed(operation(encryption="required", clear_allowed=True), ["id"]) == ""


@pytest.mark.parametrize(("port", "name", "fits"), [("HttpGet", "GetRate", False), ("HttpPost", "SetRate", True)])
def test_parts_in_a_url_are_not_sealed(port: str, name: str, fits: bool) -> None:
    text = f"services: {{s: {{wsdl: contract.wsdl, service: Rates, port: {port}, operations: {{{name}: {{encryption: required}}}}}}}}"
    loaded = parse(text, base=CASE, env={}, file="c.yaml")
    if fits:
        assert build(loaded)
        return
    with pytest.raises(Refused) as caught:
        build(loaded)
    (mistake,) = caught.value.mistakes
    assert "c.yaml:1" in str(mistake)
    assert f"{name} must be encrypted" in str(mistake)
