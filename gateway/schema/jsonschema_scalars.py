"""The law of scalars in JSON Schema: what the codec takes of a simple type, said in draft 2020-12.

Never narrower than the codec; wider only where the mapping's fourth law lists it: calendars, bounds and
value-equality of dates, digits of numbers, bounds and enumerations of numbers given as strings. Flat and
pure: no $ref, no document; the caller shares what repeats. Numbers in it may be Decimals.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, TypeAlias

from ..core.lexical import (
    DECIMAL,
    FLOAT,
    INTEGER,
    Builtin,
    builtin,
    normal,
    whole_range,
    words,
)
from ..core.patterns import anchored
from ..core.xmlnames import NAMESPACE, NC_NAME
from .ir import Facets, Model, Settings, Simple, TypeId
from .jsonfloats import float_schema

Schema: TypeAlias = "dict[str, Any]"

_ILLEGAL: Final = "\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\uFFFE\\uFFFF"
_WORD: Final = "[^\\u0000-\\u0020\\uFFFE\\uFFFF]"
LEGAL: Final = f"^[^{_ILLEGAL}]*$"
_WHITE: Final = {
    "preserve": LEGAL,
    "replace": "^[^\\u0000-\\u001F\\uFFFE\\uFFFF]*$",
    "collapse": f"^(?:{_WORD}+(?: {_WORD}+)*)?$",
}
CLARK: Final = f"^(?:\\{{(?!\\}}){NAMESPACE}\\}})?{NC_NAME}$"
_COUNTED: Final = 3000  # octets whose count is said exactly in base64; more only to the quad


def json_schema_of(model: Model, type_id: TypeId, settings: Settings) -> Schema:
    """The JSON Schema of a simple type's JSON form under the mapping's settings."""
    return _of(model, type_id, settings, settings.scalars == "string")


def _of(model: Model, type_id: TypeId, settings: Settings, verbatim: bool) -> Schema:
    simple = model.types[type_id]
    assert isinstance(simple, Simple)
    verbatim = verbatim or bool(simple.facets.patterns)
    if simple.variety == "list":
        return _list(model, simple, settings, verbatim)
    if simple.variety == "union":
        return _union(model, simple, settings, verbatim)
    return _atomic(model, simple, verbatim)


def _atomic(model: Model, simple: Simple, verbatim: bool) -> Schema:
    row = builtin(simple.builtin)
    facets = simple.facets
    if row.kind in ("string", "uri"):
        return _text(row, simple)
    if row.kind == "name":
        named = facets.enumeration
        if named is None and row.name == "NOTATION":
            named = tuple(sorted(model.notations))
        return {"type": "string", "pattern": CLARK} if named is None else {"type": "string", "enum": list(named)}
    if row.kind in ("base64", "hex"):
        return _octets(row, facets)
    if row.kind == "boolean":
        meant = ("true", "1", "false", "0") if facets.enumeration is None else facets.enumeration
        values = [value for value, texts in _BOOLEANS.items() if texts.intersection(meant)]
        if not verbatim:
            return {"type": "boolean"} if len(values) > 1 else {"type": "boolean", "enum": values}
        return _patterned(
            {"type": "string", "enum": [text for one in values for text in sorted(_BOOLEANS[one])]}, facets
        )
    if verbatim or row.kind in ("temporal", "duration"):
        return _patterned(_lexical(row.pattern), facets)
    return _NUMBERS[row.kind](row, facets)


_BOOLEANS: Final = {True: frozenset({"true", "1"}), False: frozenset({"false", "0"})}


def _lexical(pattern: str) -> Schema:
    return {"type": "string", "pattern": f"^(?:{pattern})$"}


def _patterned(schema: Schema, facets: Facets) -> Schema:
    return _all(schema, [anchored(step) for step in facets.patterns])


def _all(schema: Schema, patterns: list[str]) -> Schema:
    """All of the patterns hold; the first stands in the schema itself."""
    for pattern in patterns:
        if "pattern" not in schema:
            schema["pattern"] = pattern
        else:
            schema.setdefault("allOf", []).append({"pattern": pattern})
    return schema


# ---------------------------------------------------------------- strings and octets


def _text(row: Builtin, simple: Simple) -> Schema:
    facets = simple.facets
    schema: Schema = {"type": "string"}
    if facets.enumeration is not None:
        return _patterned(schema | {"enum": list(facets.enumeration)}, facets)
    low = facets.length if facets.length is not None else facets.min_length
    high = facets.length if facets.length is not None else facets.max_length
    if low:
        schema["minLength"] = low
    if high is not None:
        schema["maxLength"] = high
    patterns = [f"^(?:{row.pattern})$"] if row.pattern else []
    patterns += [anchored(step) for step in facets.patterns]
    # a pattern has only characters of XML, and most built-in ones no white space either
    if not patterns or row.kind == "uri" or (simple.white_space != "preserve" and not row.pattern):
        patterns.insert(0, _WHITE[simple.white_space])
    return _all(schema, patterns)


# base64 as it is written where a pattern speaks of it: a blank may follow each sign but the last (§3.2.16)
_QUAD: Final = "(?:[A-Za-z0-9+/] ?)"
_SPACED: Final = (
    f"^(?:(?:{_QUAD}{{4}})*(?:{_QUAD}{{3}}[A-Za-z0-9+/]|{_QUAD}{{2}}[AEIMQUYcgkosw048] ?=|{_QUAD}[AQgw] ?= ?=))?$"
)


def _octets(row: Builtin, facets: Facets) -> Schema:
    low = facets.length if facets.length is not None else facets.min_length or 0
    high = facets.length if facets.length is not None else facets.max_length
    if facets.enumeration is not None and not facets.patterns:
        spelled = [_spellings(row, literal) for literal in facets.enumeration]
        return {"type": "string", "pattern": f"^(?:{'|'.join(spelled)})$"}
    schema = _lexical(row.pattern)
    if row.kind == "hex":
        if low:
            schema["minLength"] = 2 * low
        if high is not None:
            schema["maxLength"] = 2 * high
        return _patterned(schema, facets)
    if facets.patterns:  # verbatim: blanks may stand in it
        return _all({"type": "string", "pattern": _SPACED}, [anchored(step) for step in facets.patterns])
    if max(low, high or 0) <= _COUNTED:
        schema["pattern"] = _base64(low, high) if low or high is not None else schema["pattern"]
        return schema
    if low:
        schema["minLength"] = -(-low // 3) * 4
    if high is not None:
        schema["maxLength"] = -(-high // 3) * 4
    return schema


def _spellings(row: Builtin, literal: str) -> str:
    text = "".join(words(literal))
    if row.kind == "base64":
        return text.replace("+", "\\+")
    return "".join(f"[{char.upper()}{char.lower()}]" if char.isalpha() else char for char in text)


def _base64(low: int, high: int | None) -> str:
    """Canonical base64 of so many octets: whole quads, then none, one or two octets more."""
    char = "[A-Za-z0-9+/]"
    tails = ("", f"{char}[AQgw]==", f"{char}{{2}}[AEIMQUYcgkosw048]=")
    forms = []
    for octets, tail in enumerate(tails):
        least = max(0, -(-(low - octets) // 3))
        most = None if high is None else (high - octets) // 3
        if most is None or least <= most:
            forms.append(f"(?:{char}{{4}}){{{least},{'' if most is None else most}}}{tail}")
    return f"^(?:{'|'.join(forms)})$" if forms else "^[^\\u0000-\U0010ffff]$"


# ---------------------------------------------------------------- numbers


def _small(row: Builtin, facets: Facets) -> Schema:
    schema: Schema = {"type": "integer"}
    if facets.enumeration is not None:
        return schema | {"enum": [int(literal) for literal in facets.enumeration]}
    low, high = whole_range(row, facets)
    return schema | {"minimum": low, "maximum": high}


def _integer(row: Builtin, facets: Facets) -> Schema:
    schema: Schema = {"type": "integer"}
    if facets.enumeration is not None:
        schema["enum"] = [_exact(literal) for literal in facets.enumeration]
    else:
        low, high = whole_range(row, facets)
        if low is not None:
            schema["minimum"] = low
        if high is not None:
            schema["maximum"] = high
    return {"anyOf": [schema, _lexical(INTEGER)]}


def _decimal(row: Builtin, facets: Facets) -> Schema:
    schema: Schema = {"type": "number"}
    if facets.enumeration is not None:
        schema["enum"] = [_exact(literal) for literal in facets.enumeration]
    else:
        schema |= _bounds(facets, _exact)
    return {"anyOf": [schema, _lexical(DECIMAL)]}


def _exact(literal: str) -> int | Decimal:
    number = Decimal(literal)
    return int(number) if number == number.to_integral_value() else number


def _bounds(facets: Facets, number: Callable[[str], Any]) -> Schema:
    rows = (
        ("minimum", facets.min_inclusive),
        ("exclusiveMinimum", facets.min_exclusive),
        ("maximum", facets.max_inclusive),
        ("exclusiveMaximum", facets.max_exclusive),
    )
    return {key: number(bound) for key, bound in rows if bound is not None}


_NUMBERS: Final[dict[str, Callable[[Builtin, Facets], Schema]]] = {
    "small": _small,
    "integer": _integer,
    "decimal": _decimal,
    "float": float_schema,
    "double": float_schema,
}

# ---------------------------------------------------------------- lists and unions


def _list(model: Model, simple: Simple, settings: Settings, verbatim: bool) -> Schema:
    assert simple.item is not None
    item = _of(model, simple.item, settings, verbatim)
    if _may_be_blank(model, simple.item):
        item = {"allOf": [item, {"pattern": f"^{_WORD}+$"}]}
    facets = simple.facets
    low = facets.length if facets.length is not None else facets.min_length
    high = facets.length if facets.length is not None else facets.max_length
    schema: Schema = {"type": "array", "items": item}
    if low:
        schema["minItems"] = low
    if high is not None:
        schema["maxItems"] = high
    if facets.enumeration is not None:
        texts = [words(literal) for literal in facets.enumeration]
        forms = [_exactly(model, simple.item, parts, settings, verbatim) | {"items": item} for parts in texts]
        return forms[0] if len(forms) == 1 else {"anyOf": forms}
    return schema


def _exactly(model: Model, item: TypeId, parts: list[str], settings: Settings, verbatim: bool) -> Schema:
    """The array of just these items, as far as JSON Schema can compare them."""
    schema: Schema = {"type": "array", "minItems": len(parts), "maxItems": len(parts)}
    forms = [_of(only(model, item, part), item, settings, verbatim) for part in parts]
    return schema | {"prefixItems": forms} if forms else schema


def only(model: Model, type_id: TypeId, literal: str) -> Model:
    """The model in which a simple type has one value."""
    simple = model.types[type_id]
    assert isinstance(simple, Simple)
    one = replace(simple, facets=replace(simple.facets, enumeration=(normal(literal, simple.white_space),)))
    return replace(model, types={**model.types, type_id: one})


def _may_be_blank(model: Model, type_id: TypeId) -> bool:
    """Whether an item's own schema lets the empty string or a space pass."""
    simple = model.types[type_id]
    assert isinstance(simple, Simple)
    if simple.variety == "union":
        return any(_may_be_blank(model, member) for member in simple.members)
    row = builtin(simple.builtin)
    return row.kind in ("base64", "hex", "uri") or (row.kind == "string" and not row.pattern)


_AS_TEXT: Final = {"small": INTEGER, "float": FLOAT, "double": FLOAT}


def _union(model: Model, simple: Simple, settings: Settings, verbatim: bool) -> Schema:
    """Each member by its own schema, and the text of each member that is no string in JSON."""
    parts: list[Schema] = []
    for member_id in simple.members:
        narrowed = _narrowed(model, member_id, simple.facets)
        if narrowed is None:
            continue
        parts.append(_of(narrowed, member_id, settings, verbatim))
        member = narrowed.types[member_id]
        assert isinstance(member, Simple)
        kind = builtin(member.builtin).kind if member.variety == "atomic" else ""
        if kind == "boolean" and not verbatim and not member.facets.patterns:
            parts.append(_atomic(narrowed, member, True))
        text = _AS_TEXT.get(kind)
        if text is not None and not verbatim and not member.facets.patterns:
            parts.append(_lexical(text))
    unique = [part for index, part in enumerate(parts) if part not in parts[:index]]
    schema: Schema = unique[0] if len(unique) == 1 else {"anyOf": unique}
    if simple.facets.patterns:
        steps = [{"pattern": anchored(step)} for step in simple.facets.patterns]
        schema = {"allOf": [schema, *steps]}
    return schema


def _narrowed(model: Model, type_id: TypeId, facets: Facets) -> Model | None:
    """The model with the union's enumeration pushed into a member: its literals there; None if it has none.

    A literal goes to every member whose lexical space has it, so the schema is never narrower than the union.
    """
    if facets.enumeration is None:
        return model
    member = model.types[type_id]
    assert isinstance(member, Simple)
    if member.variety == "union":
        return model
    own = member.facets.enumeration
    takes = _taker(model, member)
    spelled = [normal(text, member.white_space) for text in facets.enumeration]
    literals = tuple(text for text in spelled if takes(text) and (own is None or text in own))
    if not literals:
        return None
    narrow = replace(member, facets=replace(member.facets, enumeration=literals))
    return replace(model, types={**model.types, type_id: narrow})


def _taker(model: Model, member: Simple) -> Callable[[str], object]:
    """Whether a text is in the lexical space of a type, its facets aside; a list's is that of its items."""
    if member.variety == "list":
        item = model.types[member.item or ""]
        assert isinstance(item, Simple)
        takes = _taker(model, item)
        return lambda text: all(takes(part) for part in words(text))
    if member.variety == "union":
        parts = [_taker(model, one) for each in member.members if isinstance(one := model.types[each], Simple)]
        return lambda text: any(part(text) for part in parts)
    row = builtin(member.builtin)
    pattern = CLARK if row.kind == "name" else row.pattern
    return re.compile(pattern).fullmatch if pattern else lambda text: True
