"""gateway.settings.service: the parts of a service, and that the mapping mirrors the IR's settings."""

from __future__ import annotations

import dataclasses
from typing import get_args, get_type_hints

import pytest
from pydantic import ValidationError

from gateway.schema.ir import Settings as Shape
from gateway.settings.service import FaultRule, Mapping, OperationSettings, Route, Service, Tls, Upstream


def test_the_mapping_mirrors_the_irs_settings() -> None:
    shape = get_type_hints(Shape)
    assert set(Mapping.model_fields) == {field.name for field in dataclasses.fields(Shape)}
    for name, kind in shape.items():
        for value in get_args(kind) if name != "rename" else ():
            assert Mapping.model_validate({name: value}).chosen() == {name: value}
        with pytest.raises(ValidationError):
            Mapping.model_validate({name: "something else"})


def test_a_rename_is_pairs_in_order() -> None:
    chosen = Mapping.model_validate({"rename": {"b": "x", "T/a": "y"}}).chosen()
    assert chosen == {"rename": (("T/a", "y"), ("b", "x"))}
    for key in ("@a", "$value", "p:a", ""):
        with pytest.raises(ValidationError):
            Mapping.model_validate({"rename": {"a": key}})
    with pytest.raises(ValidationError):
        Mapping.model_validate({"rename": {"a/b/c": "x"}})


def test_the_defaults_that_are_described_are_the_irs() -> None:
    for field in dataclasses.fields(Shape):
        words = Mapping.model_fields[field.name].description or ""
        before = words.split("default")[0].replace('("",', "")
        assert str(field.default) in before, field.name


def test_empties_null_is_meant_as_it_is_written() -> None:
    assert Mapping.model_validate_json('{"empties": null}').chosen() == {"empties": "null"}
    assert Mapping().chosen() == {}


@pytest.mark.parametrize(
    "rule",
    [
        {"status": 404},
        {"status": 404, "equals": "x"},
        {"name": "A", "status": 200},
        {"name": "A", "status": 600},
        {"name": "A"},
    ],
)
def test_a_fault_rule_needs_a_condition_and_an_error_status(rule: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        FaultRule.model_validate(rule)


def test_certificate_and_key_go_together() -> None:
    assert Tls(certificate="a", key="b").key == "b"
    with pytest.raises(ValidationError, match="go together"):
        Tls(certificate="a")


def test_clear_text_is_off_unless_it_is_said() -> None:
    service = Service.model_validate({"wsdl": "x.wsdl"})
    assert service.dangerous_allow_clear_text is False
    assert OperationSettings().dangerous_allow_clear_text is None


def test_what_a_route_and_an_upstream_are_by_default() -> None:
    route = Route.model_validate({"route": "POST /x", "operation": "X"})
    assert (route.status, route.empty, route.unwrap.request) == (None, "keep", ())
    upstream = Upstream()
    assert (upstream.timeout, upstream.connect_timeout, upstream.pool, upstream.pool_idle) == (30.0, 1.0, 100, 3.0)
