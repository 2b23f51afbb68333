"""The law of binaries: which elements of a message are xs:base64Binary is the schema's word, never the look of a text.

A walk beside the model, by declared types and xsi:type; what the schema does not know is not looked into.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ..schema.ir import Complex, ElementUse, Group, Model, Simple, TypeId

_TYPE: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"


class Binaries:
    """Finds the base64Binary elements of trees of one model. Thread-safe: what it learns is only added."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._children: dict[TypeId, dict[str, TypeId]] = {}
        self._holds: dict[TypeId, bool] = {}

    def of(self, element: Any, declared: str) -> Iterator[Any]:
        """The elements of `element`, itself included, in document order; `declared` is its global declaration."""
        known = self._model.elements.get(declared)
        if known is not None:
            yield from self._walk(element, known.type)

    def within(self, elements: list[Any], declared: str) -> Iterator[Any]:
        """The same of elements that stand without the global element around them."""
        known = self._model.elements.get(declared)
        if known is not None:
            inner = self._of_type(known.type)
            for each in elements:
                yield from self._child(each, inner)

    def _walk(self, element: Any, type_id: TypeId) -> Iterator[Any]:
        stack = [(element, type_id)]
        while stack:
            node, declared = stack.pop()
            own = self._said(node) or declared
            if self._binary(own):
                yield node
                continue
            inner = self._of_type(own)
            if inner or len(node):
                stack += [(child, found) for child in reversed(node) if (found := self._found(child, inner))]

    def _child(self, node: Any, inner: dict[str, TypeId]) -> Iterator[Any]:
        found = self._found(node, inner)
        if found:
            yield from self._walk(node, found)

    def _found(self, child: Any, inner: dict[str, TypeId]) -> TypeId:
        """The type of a child: its particle's, else (a substitution, a wildcard) its global declaration's."""
        tag = child.tag
        if not isinstance(tag, str):
            return ""
        known = inner.get(tag)
        if known is None and tag in self._model.elements:
            known = self._model.elements[tag].type
        return known or ""

    def _said(self, node: Any) -> TypeId:
        given = node.get(_TYPE)
        if not given:
            return ""
        prefix, colon, local = given.strip().rpartition(":")
        uri = node.nsmap.get(prefix if colon else None)
        name = f"{{{uri}}}{local}" if uri else local
        return name if name in self._model.types else ""

    def _of_type(self, type_id: TypeId) -> dict[str, TypeId]:
        if type_id not in self._children:
            found: dict[str, TypeId] = {}
            kind = self._model.types.get(type_id)
            stack: list[Any] = [kind.particle] if isinstance(kind, Complex) and kind.particle is not None else []
            while stack:
                particle = stack.pop()
                if isinstance(particle, Group):
                    stack.extend(particle.particles)
                elif isinstance(particle, ElementUse):
                    found[particle.element.name] = particle.element.type
            self._children[type_id] = found
        return self._children[type_id]

    def _binary(self, type_id: TypeId) -> bool:
        if type_id not in self._holds:
            kind = self._model.types.get(type_id)
            if isinstance(kind, Complex):
                kind = self._model.types.get(kind.simple or "") if kind.content == "simple" else None
            self._holds[type_id] = isinstance(kind, Simple) and kind.builtin == "base64Binary"
        return self._holds[type_id]
