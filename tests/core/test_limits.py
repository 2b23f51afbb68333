"""The default limits are those of the security notes, and `large` lifts what it must and nothing else."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest

from gateway.core.limits import DEFAULT, LARGE, MIB

LIFTED = {
    "body",
    "response",
    "xml_elements",
    "xml_elements_response",
    "xml_attributes_total",
    "json_tokens",
    "json_items",
    "json_string",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("body", MIB),
        ("response", 10 * MIB),
        ("line", 8190),
        ("head", 32 * 1024),
        ("xml_depth", 64),
        ("xml_elements", 20_000),
        ("xml_attributes", 64),
        ("xml_namespaces", 16),
        ("json_depth", 64),
        ("json_tokens", 50_000),
        ("json_number", 128),
        ("in_flight", 256),
        ("queue", 512),
        ("findings", 10),
    ],
)
def test_the_defaults(name: str, value: int) -> None:
    assert getattr(DEFAULT, name) == value


def test_large_lifts_sizes_and_counts_never_depth() -> None:
    changed = {each.name for each in fields(DEFAULT) if getattr(LARGE, each.name) != getattr(DEFAULT, each.name)}
    assert changed == LIFTED
    assert all(getattr(LARGE, name) > getattr(DEFAULT, name) for name in changed)


def test_they_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        DEFAULT.body = 1  # type: ignore[misc]
