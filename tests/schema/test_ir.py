"""The small judgements that the model itself makes."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from gateway.schema.ir import NamespaceTest, Settings


@pytest.mark.parametrize(
    ("test", "taken", "refused"),
    [
        (NamespaceTest("any"), ["", "urn:a"], []),
        (NamespaceTest("in", frozenset({"urn:a", ""})), ["urn:a", ""], ["urn:b"]),
        (NamespaceTest("not", frozenset({"urn:a", ""})), ["urn:b"], ["urn:a", ""]),
        (NamespaceTest("in"), [], ["", "urn:a"]),
    ],
)
def test_a_wildcard_takes_namespaces(test: NamespaceTest, taken: list[str], refused: list[str]) -> None:
    assert all(test.takes(namespace) for namespace in taken)
    assert not any(test.takes(namespace) for namespace in refused)


def test_settings_are_frozen_and_name_what_is_compiled_for_them() -> None:
    assert Settings() == Settings(numbers="exact", arrays="collapsed", defaults="keep", names="as-is")
    assert len({Settings(), Settings(), Settings(scalars="string")}) == 2
    with pytest.raises(FrozenInstanceError):
        Settings().numbers = "string"  # type: ignore[misc]
