"""The law of absent particles: what may occur no times corresponds to no component, and is taken out.

XSD 1.0 Part 1 §3.3.2, §3.8.2, §3.9.2. In a restriction processors look at it all the same and call the derived type
illegal for a name that its base has not. A name that the base has stays, since there it tells whether the base could do
without; so do those of other places, and of a choice (which would be without a branch).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from .versions import remove

_XS: Final = "http://www.w3.org/2001/XMLSchema"
_RESTRICTION: Final = f"{{{_XS}}}restriction"
_CONTENT: Final = f"{{{_XS}}}complexContent"
_CHOICE: Final = f"{{{_XS}}}choice"
_ELEMENT: Final = f"{{{_XS}}}element"
_TYPE: Final = f"{{{_XS}}}complexType"
_DERIVED: Final = (_RESTRICTION, f"{{{_XS}}}extension")
_PARTICLES: Final = frozenset(f"{{{_XS}}}{name}" for name in ("element", "any", "group", "sequence", "choice", "all"))

Types = Mapping[str, list[Any]]  # by local name: namespaces that share one are looked at together


def drop(roots: Iterable[Any]) -> None:
    """Takes them out of the restrictions of all schema documents, in place; lines stay where they are."""
    roots = list(roots)
    found = [
        (restriction, particle)
        for root in roots
        for restriction in root.iter(_RESTRICTION)
        if restriction.getparent().tag == _CONTENT
        for particle in restriction.iterdescendants(*_PARTICLES)
        if _absent(particle)
    ]
    if not found:
        return
    types: dict[str, list[Any]] = {}
    for root in roots:
        for each in root.iterdescendants(_TYPE):
            types.setdefault(each.get("name", ""), []).append(each)
    for restriction, particle in found:
        if particle.tag != _ELEMENT or _name(particle) not in _named(restriction, types, set()):
            remove(particle)


def _absent(particle: Any) -> bool:
    occurs = [particle.get(name, "1").strip().lstrip("+").lstrip("0") for name in ("minOccurs", "maxOccurs")]
    return occurs == ["", ""] and particle.getparent().tag != _CHOICE


def _named(derivation: Any, types: Types, seen: set[str]) -> set[str]:
    """The names of the elements that a derivation's base has, and of those that it stands on."""
    base = derivation.get("base", "").strip().rpartition(":")[2]
    if base in seen:
        return set()
    seen.add(base)
    names: set[str] = set()
    for type_ in types.get(base, []):
        names.update(map(_name, type_.iterdescendants(_ELEMENT)))
        for inner in type_.iterdescendants(*_DERIVED):
            names |= _named(inner, types, seen)
    return names


def _name(element: Any) -> str:
    return str(element.get("name") or element.get("ref", "").rpartition(":")[2])
