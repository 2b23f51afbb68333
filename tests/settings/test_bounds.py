"""gateway.settings.bounds: `limits` as a setting mirrors core.limits, field by field."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from gateway.core.limits import DEFAULT, LARGE, Limits
from gateway.settings.bounds import MEANING, Bounds, RouteBounds, limits

GATEWAY: Any = TypeAdapter(Bounds)
ROUTE: Any = TypeAdapter(RouteBounds)


def test_every_limit_has_its_words() -> None:
    assert set(MEANING) == {field.name for field in dataclasses.fields(Limits)}


def test_each_limit_can_be_set_by_its_own_name() -> None:
    for field in dataclasses.fields(Limits):
        value = 7.0 if field.type == "float" else 7
        found = limits(GATEWAY.validate_python({field.name: value}))
        assert found == dataclasses.replace(DEFAULT, **{field.name: value})


def test_profiles() -> None:
    assert limits(None) == DEFAULT
    assert limits(GATEWAY.validate_python("large")) == LARGE
    assert limits(GATEWAY.validate_python({"profile": "large", "body": "32MiB"})) == dataclasses.replace(
        LARGE, body=32 * 1024**2
    )


def test_a_route_keeps_the_sockets_of_the_gateway() -> None:
    base = dataclasses.replace(DEFAULT, queue=3, body=5)
    found = limits(ROUTE.validate_python("large"), base)
    assert (found.queue, found.body, found.xml_elements) == (3, LARGE.body, LARGE.xml_elements)
    assert limits(ROUTE.validate_python({"response": 9}), base) == dataclasses.replace(base, response=9)


@pytest.mark.parametrize("name", ["queue", "connections", "idle", "line", "head_deadline"])
def test_a_route_cannot_set_what_belongs_to_the_gateway(name: str) -> None:
    with pytest.raises(ValidationError):
        ROUTE.validate_python({name: 3})


@pytest.mark.parametrize("value", ["huge", {"body": 0}, {"body": "1 MB"}, {"bdy": 1}, {"body": True}, 7])
def test_what_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        GATEWAY.validate_python(value)
