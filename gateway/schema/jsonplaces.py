"""The law of places: what a default or a fixed value of an element or attribute adds to a scalar's schema.

An empty element with a default means the default, so `""` cannot be said there; a fixed value is
compared by value, in JSON Schema as far as JSON can compare (MAPPING, law 4, for the rest).
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from gateway.schema.ir import Model, Settings, Simple, TypeId

Schema = dict[str, Any]
_NUMBERS: Final = frozenset(
    "decimal integer long int short byte nonNegativeInteger positiveInteger nonPositiveInteger "
    "negativeInteger unsignedLong unsignedInt unsignedShort unsignedByte".split()
)
_VERBATIM: Final = frozenset("string normalizedString token language Name NCName NMTOKEN ID IDREF anyURI".split())


def bounded_by_place(
    model: Model, type_id: TypeId, settings: Settings, schema: Schema, default: str | None, fixed: str | None
) -> Schema:
    """The scalar's schema at a place with this default or fixed value."""
    rules: list[Schema] = []
    if default is not None or fixed is not None:
        rules.append({"not": {"enum": ["", []]}})
    kind = model.types[type_id]
    if fixed is not None and isinstance(kind, Simple) and kind.variety == "atomic":
        same = _same(kind, fixed, settings)
        if same is not None:
            rules.append(same)
    return {"allOf": [schema, *rules]} if rules else schema


def _same(kind: Simple, fixed: str, settings: Settings) -> Schema | None:
    """A schema of the values equal to the fixed one, None where JSON Schema cannot compare them."""
    text = " ".join(fixed.split()) if kind.white_space == "collapse" else fixed
    if kind.builtin in _VERBATIM:
        return {"const": text}
    if settings.scalars == "string" or kind.facets.patterns:
        return None
    if kind.builtin == "boolean":
        return {"enum": [text in ("true", "1"), "true", "1"] if text in ("true", "1") else [False, "false", "0"]}
    if kind.builtin in _NUMBERS:
        try:
            number = Decimal(text)
        except InvalidOperation:
            return None
        whole = int(number) if number == number.to_integral_value() else None
        # a fraction's binary neighbour is no witness: the digits are compared after encoding
        return None if whole is None else {"anyOf": [{"const": whole}, {"type": "string"}]}
    return None
