"""The law of declared details: a Fault's detail by the contract's name, whatever a stack made of its namespace.

Real stacks send a declared detail without a namespace (node-soap in SOAP 1.1) or in the envelope's own (node-soap in
SOAP 1.2). It is taken for the declared one where it then fits its schema; else it is told schema-less, and nothing is
lost. What is read here is never the body of a reply: that one is the contract's or refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from ..core.problem import Problem
from ..core.value import Value
from .bare import respelled
from .envelope import BY_NS

# (declared name, value, the element as the contract spells it)
Known = tuple[str, Value, Any]
Typed = Callable[[Any], "Known | None"]

_LOST: Final = frozenset({"", *BY_NS})  # where a name stands that has lost its namespace


def typed_by(faults: Mapping[str, Any]) -> Typed:
    """Reads a detail by the codecs of the declared faults, by their Clark names; None for any other."""
    return lambda node: _typed(node, faults)


def _typed(node: Any, faults: Mapping[str, Any]) -> Known | None:
    for name, element in _readings(node, faults):
        try:
            return name, faults[name].decode(element), element
        except Problem:
            continue  # another spelling may fit
    return None


def _readings(node: Any, faults: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """(declared name, element) in the order they are tried."""
    if node.tag in faults:
        yield node.tag, node
        return
    namespace, _, local = str(node.tag).removeprefix("{").rpartition("}")
    name = next((known for known in faults if known.rpartition("}")[2] == local), None)
    if name is None or namespace not in _LOST:
        return
    home = name.rpartition("}")[0][1:]
    for inner in dict.fromkeys((home, "")):  # members qualified by the schema, or not
        yield name, respelled(node, name, partial(_home, inner))


def _home(inner: str, namespace: str) -> str:
    return inner if namespace in _LOST else namespace
