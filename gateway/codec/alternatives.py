"""The law of alternatives: an element whose attributes choose its type, read and written as an element of that type.

Each type of the table has a place of its own; here stands only the choice (XSD 1.1 Part 1 §3.12, §3.3.4.4). On writing
the type is found by trying: the first whose attributes, as it writes them, choose it again. JSON has no mark of it,
for the attributes stand there. A test of what an ancestor hands down is refused when the contract is compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ..core.limits import LARGE
from ..core.value import Value
from ..schema import ir
from ..xml import parse
from ..xml.conditions import holds, own
from .flaw import Flaw, Flaws
from .plan import Place, Plan, PlanError
from .state import Reading, Writing

PlaceOf = Callable[[ir.Element], Place]


def build_conditional(plan: Plan, place: Place, place_of: PlaceOf) -> None:
    """Compile a declaration with alternatives into its place; `place_of` compiles one without."""
    for row in place.element.alternatives:
        if row.inherits:
            what = f"an xs:alternative of {place.element.name} tests @{row.inherits}, which an ancestor may hand down"
            raise PlanError(f"{what} (inheritable): no codec sees that (XSD 1.1 Part 1 §3.2.2.1)")
    table = Table(plan, place.element, place_of)
    place.nullable = any(each.nullable for each in table.places.values())
    place.read, place.write = table.read, table.write


class Table:
    """The places of one element, by type; '' is the type of no element."""

    def __init__(self, plan: Plan, element: ir.Element, place_of: PlaceOf) -> None:
        self._plan = plan
        self._rows = element.alternatives
        self._declared = element.type
        bare = replace(element, alternatives=())
        types = dict.fromkeys([*(row.type for row in self._rows), self._declared])
        self.places = {type_id: place_of(replace(bare, type=type_id)) for type_id in types if type_id}

    def chosen(self, attributes: Mapping[str, str]) -> ir.TypeId:
        """The type that these attributes choose."""
        mine = own(attributes)
        for row in self._rows:
            if holds(row.test, row.namespaces, row.default, mine):
                return row.type
        return self._declared

    def _place(self, type_id: ir.TypeId) -> Place:
        if not type_id:
            raise Flaws(Flaw("The schema allows no element with these attributes here.", "other attributes (xs:error)"))
        return self.places[type_id]

    def read(self, el: Any, doc: Reading) -> Value:
        """As `Place.read`."""
        return self._place(self.chosen(dict(el.attrib))).read(el, doc)

    def write(self, value: Value, out: list[str], doc: Writing) -> None:
        """As `Place.write`."""
        tried: ir.TypeId | None = None
        for type_id, place in self.places.items():
            try:
                chosen = self.chosen(self._attributes(place, value))
            except Flaws:
                continue
            if chosen == type_id:
                place.write(value, out, doc)
                return
            tried = chosen if tried is None else tried
        self._place(self._declared if tried is None else tried).write(value, out, doc)
        raise Flaws(Flaw("No type of this element fits its attributes.", "attributes that choose a type"))

    def _attributes(self, place: Place, value: Value) -> dict[str, str]:
        """The attributes that a place's type, or the one that the value names, writes."""
        if not isinstance(value, dict):
            return {}
        label = value.get("$type")
        named = self._plan.labelled(label) if isinstance(label, str) else None
        doc = Writing(self._plan.prefixes)
        text, _ = (named or place.io).write_attributes(value, doc)
        return dict(parse(f"<e{doc.declarations()}{text}/>".encode(), LARGE).attrib) if text else {}
