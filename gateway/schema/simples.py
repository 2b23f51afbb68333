"""The law of simple types: one xmlschema simple type becomes one `ir.Simple`, its facets as written.

Facets of a user's derivation steps are gathered down the chain; what the built-in type itself fixes (the range
of int) is known by its name and not repeated. Literals are normalised by the white-space facet; a QName is a
Clark name, because its prefixes are the schema document's (XSD 1.0 Part 2 §4.3, §3.2.18).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, Literal

from gateway.core.lexical import builtin
from gateway.schema.ir import Facets, Simple, TypeId
from gateway.schema.names import clark
from gateway.schema.source import XS

TypeOf = Callable[[Any], TypeId]

BUILTINS: Final[tuple[str, ...]] = (
    *("string", "normalizedString", "token", "language", "NMTOKEN", "NMTOKENS", "Name", "NCName", "ID", "IDREF"),
    *("IDREFS", "ENTITY", "ENTITIES", "boolean", "decimal", "integer", "nonPositiveInteger", "negativeInteger", "long"),
    *("int", "short", "byte", "nonNegativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    *("positiveInteger", "float", "double", "duration", "dateTime", "time", "date", "gYearMonth", "gYear", "gMonthDay"),
    *("gDay", "gMonth", "hexBinary", "base64Binary", "anyURI", "QName", "NOTATION", "anySimpleType", "anyAtomicType"),
    *("dateTimeStamp", "yearMonthDuration", "dayTimeDuration"),  # XSD 1.1
)
LISTS: Final = {"NMTOKENS": "NMTOKEN", "IDREFS": "IDREF", "ENTITIES": "ENTITY"}
_COUNTS: Final = {
    "length": "length",
    "minLength": "min_length",
    "maxLength": "max_length",
    "totalDigits": "total_digits",
    "fractionDigits": "fraction_digits",
}
_BOUNDS: Final = {
    "minInclusive": "min_inclusive",
    "minExclusive": "min_exclusive",
    "maxInclusive": "max_inclusive",
    "maxExclusive": "max_exclusive",
}
_SAME_END: Final = {
    "min_inclusive": "min_exclusive",
    "min_exclusive": "min_inclusive",
    "max_inclusive": "max_exclusive",
    "max_exclusive": "max_inclusive",
}
WhiteSpace = Literal["preserve", "replace", "collapse"]
# explicitTimezone (XSD 1.1 Part 2 §4.3.14) as a pattern: within a value's lexical space nothing else has these letters
_ZONES: Final[Mapping[str, Callable[[str], str]]] = {
    "required": lambda name: ".*(Z|[+\\-][0-9]{2}:[0-9]{2})",
    "prohibited": lambda name: {"dateTime": "[^T]*T[^Z+\\-]*", "time": "[^Z+\\-]*"}.get(name, "[^Z:]*"),
}


def collapse(text: str, white_space: WhiteSpace) -> str:
    """A literal after its white-space facet (XSD 1.0 Part 2 §4.3.6)."""
    if white_space == "preserve":
        return text
    text = text.translate({9: " ", 10: " ", 13: " "})
    return " ".join(part for part in text.split(" ") if part) if white_space == "collapse" else text


def expand(literal: str, namespaces: Mapping[str, str]) -> str:
    """A QName literal as a Clark name, by the prefixes in scope; unknown prefixes are left as they are."""
    prefix, colon, name = literal.partition(":")
    if not colon:
        return clark(namespaces.get("", ""), literal)
    return clark(namespaces[prefix], name) if prefix in namespaces else literal


def read_simple(xsd: Any, type_id: TypeId, type_of: TypeOf) -> Simple:
    """The `Simple` of an xmlschema simple type; `type_of` gives (and has read) the id of another."""
    own = _builtin_name(xsd)
    if own:
        return _builtin(own, type_id, xsd)
    base = _base(xsd)
    white_space = _white_space(xsd)
    if xsd.is_union():
        return Simple(
            type_id,
            "union",
            "",
            white_space,
            _facets(xsd),
            base=type_of(base) if base is not None else clark(XS, "anySimpleType"),
            members=tuple(type_of(member) for member in _members(xsd)),
        )
    if xsd.is_list():
        return Simple(
            type_id,
            "list",
            "",
            "collapse",
            _list_facets(xsd),
            base=type_of(base) if base is not None else clark(XS, "anySimpleType"),
            item=type_of(_item(xsd)),
        )
    parent = type_of(base) if base is not None else None
    return Simple(type_id, "atomic", _nearest(xsd), white_space, _facets(xsd), base=parent)


def _list_facets(xsd: Any) -> Facets:
    """A list's facets; what derives from NMTOKENS, IDREFS or ENTITIES has an item at least (Part 2 §3.3.5)."""
    facets = _facets(xsd)
    if facets.length is None and not facets.min_length and _nearest(xsd) in LISTS:
        return replace(facets, min_length=1)
    return facets


def _base(xsd: Any) -> Any:
    """The simple type that a simple type derives from; the content of a complex base (Part 1 §3.4.2)."""
    base = xsd.base_type
    if base is xsd:
        return None
    while base is not None and base.is_complex():
        base = base.content if base.has_simple_content() else base.base_type
    return base


def _builtin_name(xsd: Any) -> str:
    name = xsd.name or ""
    if name.startswith(f"{{{XS}}}") and xsd.parent is None:
        local = name[len(XS) + 2 :]
        return local if local in BUILTINS else ""
    return ""


def _builtin(name: str, type_id: TypeId, xsd: Any) -> Simple:
    def of(local: str) -> TypeId:
        return clark(XS, local)

    if name in LISTS:
        return Simple(type_id, "list", "", "collapse", Facets(min_length=1), of("anySimpleType"), of(LISTS[name]))
    base = xsd.base_type
    parent = base.name if base is not None and base.name else of("anySimpleType")
    return Simple(type_id, "atomic", name, _white_space(xsd), base=None if name == "anySimpleType" else parent)


def _nearest(xsd: Any) -> str:
    at = xsd
    while at is not None:
        name = _builtin_name(at)
        if name:
            return name
        at = _base(at)
    return "anySimpleType"


def _white_space(xsd: Any) -> WhiteSpace:
    at = xsd
    while at is not None:
        facet = at.facets.get(f"{{{XS}}}whiteSpace") if hasattr(at, "facets") else None
        if facet is not None and getattr(facet, "value", None) in ("preserve", "replace", "collapse"):
            value: WhiteSpace = facet.value
            return value
        at = _base(at)
    if xsd.is_union():
        return "collapse"
    return "preserve"


def _item(xsd: Any) -> Any:
    at = xsd
    while not hasattr(at, "item_type"):
        at = _base(at)
    return at.item_type


def _members(xsd: Any) -> list[Any]:
    """Member types of a union in schema order; a member that is a plain union gives its own members."""
    at = xsd
    while not hasattr(at, "member_types"):
        at = _base(at)
    # XSD 1.0 Part 2 §4.1.2.3: memberTypes first, then the simpleType children; xmlschema has them the other way
    inline = sum(1 for child in at.elem if child.tag == f"{{{XS}}}simpleType")
    found: list[Any] = []
    for member in [*at.member_types[inline:], *at.member_types[:inline]]:
        plain = member.is_union() and hasattr(member, "member_types")
        found += _members(member) if plain else [member]
    return found


def _facets(xsd: Any) -> Facets:
    """All facets in force of a restriction, from the outermost step inwards; patterns keep their steps."""
    steps = []
    at = xsd
    while at is not None and not _builtin_name(at):
        steps.append(at)
        at = _base(at)
    facets = Facets()
    for step in reversed(steps):
        facets = _step(facets, step)
    return facets


def _step(facets: Facets, xsd: Any) -> Facets:
    changes: dict[str, Any] = {}
    for tag, facet in xsd.facets.items():
        name = (tag or "").rpartition("}")[2]
        if name in _COUNTS:
            changes[_COUNTS[name]] = int(facet.value)
        elif name in _BOUNDS:
            changes[_BOUNDS[name]] = collapse(facet.elem.get("value"), "collapse")
            changes[_SAME_END[_BOUNDS[name]]] = None
        elif name == "enumeration":
            changes["enumeration"] = tuple(_literals(xsd, facet))
        elif name == "pattern":
            alternatives = tuple(elem.get("value", "") for elem in facet)
            changes["patterns"] = (*facets.patterns, alternatives)
        elif name == "assertion":
            several = facet if isinstance(facet, list) else [facet]
            changes["asserts"] = (*facets.asserts, *(each.path for each in several))
        elif name == "explicitTimezone" and facet.value in _ZONES:
            changes["patterns"] = (*facets.patterns, (_ZONES[facet.value](_nearest(xsd)),))
    return replace(facets, **changes)


def _literals(xsd: Any, facet: Any) -> list[str]:
    found = []
    for elem in facet:
        namespaces = xsd.schema.source.get_nsmap(elem) or xsd.schema.namespaces
        found.append(literal(elem.get("value", ""), xsd, namespaces))
    return found


def unfit_literal(simple: Simple) -> str:
    """An enumeration value that the type's own lexical space does not have, '' when all are in it."""
    if simple.variety != "atomic" or simple.builtin in ("QName", "NOTATION", "anySimpleType", "anyAtomicType"):
        return ""
    pattern = builtin(simple.builtin).pattern
    fits = re.compile(pattern).fullmatch if pattern else None
    return next((text for text in simple.facets.enumeration or () if fits is not None and not fits(text)), "")


def literal(text: str, xsd: Any, namespaces: Mapping[str, str]) -> str:
    """An enumeration's, default's or fixed value's text as the IR has it: normalised, QNames as Clark names.

    A union's is left to its members, but for names: which member takes it says whether it is one (Part 2 §4.1.2.3).
    """
    if xsd.is_union():
        member = next((one for one in _members(xsd) if _takes(one, text, namespaces)), None)
        return text if member is None or not _named(member) else literal(text, member, namespaces)
    if xsd.is_list():
        return " ".join(literal(part, _item(xsd), namespaces) for part in collapse(text, "collapse").split(" ") if part)
    if _named(xsd):
        return expand(collapse(text, "collapse"), namespaces)
    return collapse(text, _white_space(xsd))


def _named(xsd: Any) -> bool:
    """Whether texts of an atomic type are names with prefixes; of a list, whether its items may be."""
    if xsd.is_list():
        return _named(_item(xsd))
    if xsd.is_union():
        return any(map(_named, _members(xsd)))
    return _nearest(xsd) in ("QName", "NOTATION")


def _takes(xsd: Any, text: str, namespaces: Mapping[str, str]) -> bool:
    if _named(xsd) and not xsd.is_list():
        prefix, colon, _ = text.strip().partition(":")
        if colon and prefix not in namespaces:
            return False
    return bool(xsd.text_is_valid(text))
