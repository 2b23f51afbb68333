"""gateway.dialect.choice: which of several routes a request means."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.core.limits import DEFAULT
from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.dialect.choice import PARSED, Choice


def choice(place: Any, otherwise: str | None = None) -> Choice[str]:
    return Choice(place, "Action", {"go": "A", "true": "B", "7": "C"}, otherwise, "SOAP", DEFAULT)


def wire(body: bytes = b"", query: str = "", **headers: str) -> Wire:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Wire({"content-type": "application/json", **named}, body, method="POST", query=query)


@pytest.mark.parametrize(
    ("body", "meant"), [(b'{"Action":"go"}', "A"), (b'{"Action":true}', "B"), (b'{"x":[],"Action":7}', "C")]
)
def test_by_a_member_of_the_body(body: bytes, meant: str) -> None:
    assert choice("body").of(wire(body)) == meant


def test_by_the_query_and_the_header() -> None:
    assert choice("query").of(wire(query="a=1&Action=go")) == "A"
    assert choice("header").of(wire(action="7")) == "C"


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"Action":null}', b'{"Action":{"go":1}}', b'{"Action":"Go"}'])
def test_what_no_route_names_is_told_or_the_others_route(body: bytes) -> None:
    with pytest.raises(Problem) as told:
        choice("body").of(wire(body))
    assert told.value.kind is Kind.INVALID_MESSAGE
    assert told.value.findings[0].pointer == "/Action"
    assert "go, true, 7" in told.value.findings[0].expected
    assert choice("body", "rest").of(wire(body)) == "rest"


def test_a_missing_parameter_is_a_parameters_problem() -> None:
    with pytest.raises(Problem) as told:
        choice("query").of(wire(query="Action=stop"))
    assert (told.value.kind, told.value.findings[0].pointer) == (Kind.PARAMETER_INVALID, "query:Action")


def test_a_body_that_is_no_json_is_told_as_such() -> None:
    with pytest.raises(Problem) as told:
        choice("body").of(wire(b"{"))
    assert told.value.kind is Kind.MALFORMED_JSON


def test_soap_is_told_by_its_body() -> None:
    assert choice("body").of(Wire({"content-type": "text/xml"}, b"<x/>", method="POST")) == "SOAP"


def test_a_field_of_the_query_is_given_once_and_a_query_of_thousands_is_refused() -> None:
    for query in ("Action=go&Action=go", "&".join(["a=1"] * 1001), "Action=%FF"):
        with pytest.raises(Problem) as told:
            choice("query", "rest").of(wire(query=query))
        assert told.value.kind is Kind.PARAMETER_INVALID


def test_a_body_is_read_once_and_one_that_is_no_json_is_the_branches_to_refuse() -> None:
    asked = wire(b'{"Action":"go","n":1.50}')
    assert choice("body").of(asked) == "A"
    limits, parsed = asked.facts[PARSED]
    assert (limits, str(parsed["n"])) == (DEFAULT, "1.50")
    form = wire(b"{", content_type="text/plain")
    assert choice("body").of(form) == "A"
    assert PARSED not in form.facts
