"""The law of fitting examples: attributes that choose a type of an element with alternatives (XSD 1.1 Part 1 §3.12).

Tried are the examples that a sample has anyway, and the texts that the tests compare attributes with; whether they
choose the type is asked of the tests themselves.
"""

from __future__ import annotations

from collections.abc import Mapping

from gateway.schema.examples import literal
from gateway.schema.ir import Complex, Element, Model, TypeId
from gateway.schema.jsonguards import compared
from gateway.xml.conditions import holds


def fitting(model: Model, element: Element) -> tuple[TypeId, Mapping[str, str]]:
    """A type that the element may have, and the attributes (Clark name to text) that choose it, unlike the usual ones.

    The declared type, without attributes, where none was found, and for an element without alternatives.
    """
    types = dict.fromkeys([*(row.type for row in element.alternatives if row.type), element.type])
    for type_id in types if element.alternatives else ():
        kind = model.types[type_id]
        uses = kind.attributes if isinstance(kind, Complex) else ()
        usual = {use.name: use.fixed if use.fixed is not None else literal(model, use.type) for use in uses}
        for row in (None, *(row for row in element.alternatives if row.type == type_id)):
            pairs = compared(row.test, row.namespaces) if row is not None else ()
            wanted = dict(reversed([(name, text) for name, text in pairs if name in usual]))
            if _chosen(element, {**usual, **wanted}) == type_id:
                return type_id, wanted
    return element.type, {}


def _chosen(element: Element, attributes: Mapping[str, str]) -> TypeId:
    for row in element.alternatives:
        if holds(row.test, row.namespaces, row.default, attributes):
            return row.type
    return element.type
