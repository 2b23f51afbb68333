"""Folding: as few repetitions as the content allows, and never a refusal of what can be folded."""

from __future__ import annotations

import pytest

from gateway.codec.folding import Fold, emptiable
from gateway.schema import ir


def slot(key: str, least: int = 1, most: int | None = 1) -> ir.Slot:
    return ir.Slot(key, ir.Element(key, "t"), least, most, most is None or most > 1)


def items(entry: ir.Node, least: int = 0, most: int | None = None) -> ir.ItemsSlot:
    return ir.ItemsSlot(entry, least, most)


def folded(node: ir.Node, keys: str) -> object:
    out: dict[str, object] = {}
    return out if Fold(node)([(key, n) for n, key in enumerate(keys)], out) else None


def test_greedy() -> None:
    node = items(ir.Sequence((slot("a", 0), slot("b", 0))))
    assert folded(node, "abba") == {"$items": [{"a": 0, "b": 1}, {"b": 2}, {"a": 3}]}


def test_nested() -> None:
    node = items(ir.Sequence((items(ir.Choice((slot("a"), slot("b")))), slot("c"))))
    assert folded(node, "abcc") == {"$items": [{"$items": [{"a": 0}, {"b": 1}], "c": 2}, {"c": 3}]}


@pytest.mark.parametrize(
    ("keys", "sizes"), [("aaaa", [2, 2]), ("aaaaa", [2, 3]), ("aaaaaa", [3, 3]), ("aaa", None), ("aaaaaaa", None)]
)
def test_counts_that_greed_would_spoil(keys: str, sizes: list[int] | None) -> None:
    inner = items(ir.Choice((slot("a"), slot("b"))), 2, 3)
    found = folded(items(ir.Sequence((inner, slot("z", 0))), 2, 2), keys)
    if sizes is None:
        assert found is None
    else:
        assert sorted(len(entry["$items"]) for entry in found["$items"]) == sizes  # type: ignore[index]


def test_optional_groups_and_choices() -> None:
    node = ir.Sequence(
        (ir.Sequence((slot("a"), items(slot("b"))), optional=True), ir.Choice((slot("c"), slot("d", 0))))
    )
    assert folded(node, "") == {}
    assert folded(node, "abbc") == {"a": 0, "$items": [{"b": 1}, {"b": 2}], "c": 3}
    assert folded(node, "bc") is None


def test_emptiable() -> None:
    assert emptiable(items(slot("a", 0), 3, 3))
    assert not emptiable(ir.Choice((slot("a"), slot("b"))))
    assert emptiable(ir.Choice((slot("a"), slot("b", 0))))
