"""Models for tests of simple types: all built-ins, and an easy way to add one's own."""

from __future__ import annotations

from typing import Any

from gateway.codec.scalars import Scalar, scalar_for
from gateway.core.lexical import BUILTINS, LISTS, OTHERS, XSD, builtin
from gateway.schema.ir import Facets, Model, Settings, Simple


def xs(name: str) -> str:
    """The type id of a built-in."""
    return f"{{{XSD}}}{name}"


BUILT_IN = {
    xs(name): Simple(xs(name), "atomic", name, row.white_space) for name, row in {**BUILTINS, **OTHERS}.items()
} | {
    xs(name): Simple(xs(name), "list", "", "collapse", Facets(min_length=1), item=xs(item))
    for name, item in LISTS.items()
}


def model_of(*types: Simple, notations: frozenset[str] = frozenset()) -> Model:
    """The built-ins and these."""
    return Model(BUILT_IN | {one.id: one for one in types}, {}, {}, {}, {}, notations=notations)


def restricted(base: str, white_space: str = "", **facets: Any) -> Simple:
    """A restriction of a built-in, id 'T'."""
    return Simple("T", "atomic", base, white_space or builtin(base).white_space, Facets(**facets))  # type: ignore[arg-type]


def scalar(type_: str | Simple, *more: Simple, notations: frozenset[str] = frozenset(), **settings: Any) -> Scalar:
    """The Scalar of a built-in by name, or of a type."""
    own = (type_,) if isinstance(type_, Simple) else ()
    type_id = type_.id if isinstance(type_, Simple) else xs(type_)
    return scalar_for(model_of(*own, *more, notations=notations), type_id, Settings(**settings))


class Declared:
    """Prefixes as a writer gives them: n0, n1, …"""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def prefix(self, namespace: str) -> str:
        return self.known.setdefault(namespace, f"n{len(self.known)}")

    def namespaces(self) -> dict[str | None, str]:
        return {prefix: namespace for namespace, prefix in self.known.items()}
