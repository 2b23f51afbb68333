"""A path of a service as a route has it."""

from __future__ import annotations

import pytest

from gateway.schema.drawn.steps import route_path, variables


def test_variables_have_names_that_a_route_can_have() -> None:
    assert variables(["id", "pet-id", "3d"]) == {"id": "id", "pet-id": "pet_id", "3d": "_3d"}


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/pets/{pet-id}", "/pets/{pet_id}"),
        ("/pets", "/pets"),
        ("/pets/{pet-id}.json", None),
        ("/pets/{pet-id}:close", None),
        ("pets", None),
        ("/a//b", None),
        ("/a?b", None),
    ],
)
def test_a_variable_is_a_whole_step(path: str, told: str | None) -> None:
    assert route_path(path, variables(["pet-id"])) == told


def test_two_variables_of_one_name_are_none() -> None:
    assert route_path("/{a-b}/{a_b}", variables(["a-b", "a_b"])) is None
