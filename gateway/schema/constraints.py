"""The law of what a JSON Schema cannot say: the closed list of MAPPING law 4, and who checks each row.

A row is checked on the value by the codec, or on the encoded XML by libxml2 and our own passes. The pipeline asks
which rows an element has, so that it validates encoded XML only where that finds more; the docs table is drawn
from the same rows.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from gateway.schema.ir import (
    All,
    AnySlot,
    Array,
    Choice,
    Complex,
    Entries,
    Facets,
    ItemsSlot,
    Keys,
    Mixed,
    Model,
    Node,
    Open,
    Sequence,
    Settings,
    Simple,
)
from gateway.schema.jsonguards import said
from gateway.schema.reach import Reach, reach


@dataclass(frozen=True, slots=True)
class Row:
    """One constraint: what it is called in the docs, and where it is checked."""

    title: str
    checked: Literal["value", "xml"]


@enum.unique
class Constraint(enum.Enum):
    """The constraints beyond JSON Schema, in MAPPING's order."""

    KEY = Row("xs:key", "xml")
    KEYREF = Row("xs:keyref", "xml")
    UNIQUE = Row("xs:unique", "xml")
    ID = Row("xs:ID: each once in a document", "xml")
    IDREF = Row("xs:IDREF: names an ID of the document", "xml")
    ASSERT = Row("xs:assert and xs:assertion (XSD 1.1)", "xml")
    ALTERNATIVE = Row("xs:alternative (XSD 1.1) whose test is more than attributes compared with texts", "value")
    ORDER = Row("order within a whole-content $items or $mixed, and that no two texts stand side by side there", "xml")
    COUNTS = Row("counts of nested groups, and what a restriction narrows within its base's shape", "xml")
    CALENDAR = Row("calendars: a date that exists", "value")
    TEMPORAL = Row("bounds and equality of dates and durations", "value")
    DIGITS = Row("totalDigits and fractionDigits of numbers", "value")
    STRING_NUMBER = Row("bounds and enumerations of numbers given as strings", "value")
    ROUNDED = Row("a float or double of more digits than it keeps, rounded to a bound that is excluded", "value")
    TEXT_PATTERN = Row("patterns of a text that JSON does not show: of a list as a whole, of a QName's prefix", "value")

    @property
    def title(self) -> str:
        """Its name in the docs."""
        return self.value.title

    @property
    def needs_xml(self) -> bool:
        """Whether the encoded XML must be looked at."""
        return self.value.checked == "xml"


_CALENDARS: Final = frozenset({"date", "dateTime", "dateTimeStamp", "gMonthDay"})
_TEMPORAL: Final = (
    _CALENDARS
    | {"time", "duration", "gYear", "gYearMonth", "gDay", "gMonth"}
    | {
        "yearMonthDuration",
        "dayTimeDuration",
    }
)
_LONG: Final = frozenset(
    {"decimal", "integer", "long", "unsignedLong", "nonPositiveInteger", "negativeInteger"}
    | {"nonNegativeInteger", "positiveInteger"}
)
_NUMBERS: Final = _LONG | {"int", "short", "byte", "unsignedInt", "unsignedShort", "unsignedByte", "float", "double"}
_NAMES: Final = frozenset({"QName", "NOTATION"})
_IDENTITY: Final = {"key": Constraint.KEY, "keyref": Constraint.KEYREF, "unique": Constraint.UNIQUE}


def constraints_beyond_json_schema(model: Model, element: str, settings: Settings) -> tuple[Constraint, ...]:
    """The rows that documents of this global element have; `model` is laid out."""
    reached = reach(model, [element])
    found = set(_of_elements(model, reached))
    for type_id in reached.types:
        kind = model.types[type_id]
        found |= set(_of_simple(model, kind, settings) if isinstance(kind, Simple) else _of_complex(kind))
        if isinstance(kind, Complex):
            found |= {row for use in kind.attributes if use.fixed for row in _of_fixed(model, use.type, settings)}
    found |= {row for element in reached.elements if element.fixed for row in _of_fixed(model, element.type, settings)}
    return tuple(row for row in Constraint if row in found)


def _of_elements(model: Model, reached: Reach) -> Iterator[Constraint]:
    for element in reached.elements:
        for identity in element.identities:
            yield _IDENTITY[identity.kind]
        if not said(model, element):
            yield Constraint.ALTERNATIVE


def _of_fixed(model: Model, type_id: str, settings: Settings) -> Iterator[Constraint]:
    """A fixed value is an enumeration of one, compared by value."""
    kind = model.types[type_id]
    if isinstance(kind, Complex):
        kind = model.types[kind.simple] if kind.simple else kind
    if not isinstance(kind, Simple):
        return
    parts = [*kind.members, *([kind.item] if kind.item else [])]
    for part in (kind, *(model.types[each] for each in parts)):
        if isinstance(part, Simple):
            yield from _of_simple(model, replace(part, facets=replace(part.facets, enumeration=("",))), settings)


def _of_complex(kind: Complex) -> Iterator[Constraint]:
    if kind.asserts:
        yield Constraint.ASSERT
    form = kind.form
    if isinstance(form, Entries | Mixed) and (form.entries or form.wildcards):
        yield Constraint.ORDER
    if isinstance(form, Keys | Array):
        nodes = _nodes(form)
        # no `minItems` says the count of a repeating group, for one entry may be several turns
        if form.loose or any(isinstance(one, ItemsSlot) and (one.min > 1 or one.max is not None) for one in nodes):
            yield Constraint.COUNTS
        if any(isinstance(one, AnySlot) and one.wildcard.process != "strict" for one in nodes):
            yield Constraint.ORDER  # of the texts and elements of what nobody declares
    if isinstance(form, Open):
        yield Constraint.ORDER


def _nodes(form: Keys | Array) -> list[Node]:
    """All nodes of a form."""
    start = form.member if isinstance(form, Array) else form.content
    nodes: list[Node] = [start] if start is not None else []
    for node in nodes:  # grows while it runs
        if isinstance(node, ItemsSlot):
            nodes.append(node.entry)
        elif isinstance(node, Sequence | Choice | All):
            nodes.extend(node.nodes)
    return nodes


def _bounds(facets: Facets) -> bool:
    values = (facets.min_inclusive, facets.min_exclusive, facets.max_inclusive, facets.max_exclusive)
    return any(value is not None for value in values)


_SIMPLE: Final[dict[Constraint, Callable[[Simple, Settings], bool]]] = {
    Constraint.ASSERT: lambda kind, _: bool(kind.facets.asserts),
    Constraint.ID: lambda kind, _: kind.builtin == "ID",
    Constraint.IDREF: lambda kind, _: kind.builtin == "IDREF",
    Constraint.CALENDAR: lambda kind, _: kind.builtin in _CALENDARS,
    Constraint.TEMPORAL: lambda kind, _: (
        kind.builtin in _TEMPORAL and (_bounds(kind.facets) or kind.facets.enumeration is not None)
    ),
    Constraint.DIGITS: lambda kind, _: kind.facets.total_digits is not None or kind.facets.fraction_digits is not None,
    Constraint.ROUNDED: lambda kind, _: (
        kind.builtin in {"float", "double"} and (kind.facets.min_exclusive or kind.facets.max_exclusive) is not None
    ),
    Constraint.STRING_NUMBER: lambda kind, settings: (
        _bounded(kind)
        and (
            bool(kind.facets.patterns)
            or settings.scalars == "string"
            or kind.builtin in _LONG  # both spellings are read, whatever `numbers` writes
        )
    ),
}


def _bounded(kind: Simple) -> bool:
    """Whether a number has bounds or single values, its built-in type's included."""
    narrow = _bounds(kind.facets) or kind.facets.enumeration is not None
    return kind.builtin in _NUMBERS and (narrow or kind.builtin not in {"integer", "decimal"})


def _of_simple(model: Model, kind: Simple, settings: Settings) -> Iterator[Constraint]:
    for row, holds in _SIMPLE.items():
        if holds(kind, settings):
            yield row
    parts = [part for each in kind.members if isinstance(part := model.types[each], Simple)]
    if any(_bounded(part) or (part.builtin in _NUMBERS and kind.facets.enumeration is not None) for part in parts):
        yield Constraint.STRING_NUMBER  # a union reads the text of each member
    unseen = kind.variety == "list" or kind.builtin in _NAMES
    if kind.facets.patterns and (unseen or any(part.variety == "list" or part.builtin in _NAMES for part in parts)):
        yield Constraint.TEXT_PATTERN
