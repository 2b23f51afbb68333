"""The law of kinds: what a place in a JSON message may hold, as far as an XSD can say it. Frozen records, no decisions.

Made by `gateway.schema.drawn.reader`; read by the drawers of XSD and shapes. A `Place` is a kind with what its
element says of it. Names of members are the service's own beside those of the XML.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from gateway.schema.drawn.texts import Where


@dataclass(frozen=True, slots=True)
class Facets:
    """Facets of a scalar, as XSD writes them."""

    enumeration: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()  # XSD's dialect; every one holds
    bounds: tuple[tuple[str, str], ...] = ()  # (facet's name, value)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A simple type: `base` is a built-in of XSD."""

    base: str
    facets: Facets = Facets()


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object: its name in JSON and in XML."""

    name: str
    xml: str
    place: Place
    required: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """An object of named members; `rest` is what undeclared members hold, in an element named `rest_xml`."""

    members: tuple[Member, ...]
    rest: Place | None = None
    rest_xml: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """An object that is a map: any name, one kind of value."""

    value: Place


@dataclass(frozen=True, slots=True)
class Array:
    """An array; bounds as far as the XSD says them."""

    item: Place
    least: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """One of several forms: `when` is the JSON Schema that tells it, `values` those of the discriminator."""

    xml: str
    place: Place
    when: Any
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several forms; `by` is the discriminator's property."""

    branches: tuple[Branch, ...]
    by: str = ""


@dataclass(frozen=True, slots=True)
class Any_:
    """Any JSON."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A named type."""

    name: str


Kind: TypeAlias = "Scalar | Record | Table | Array | Choice | Any_ | Ref"


@dataclass(frozen=True, slots=True)
class Place:
    """A kind, whether null may stand for it, and its words."""

    kind: Kind
    nullable: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A construct that the contract cannot say, or says in its own way, and what happens with it."""

    where: Where
    what: str
    then: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: {self.then}"


@dataclass(slots=True)
class Types:
    """All named types of one import."""

    named: dict[str, Place] = field(default_factory=dict)

    def resolve(self, kind: Kind) -> Kind:
        """The kind that a name stands for in the end."""
        seen: set[str] = set()
        while isinstance(kind, Ref) and kind.name not in seen:
            seen.add(kind.name)
            inner = self.named[kind.name].kind
            if not isinstance(inner, Ref):
                return inner
            kind = inner
        return kind

    def target(self, ref: Ref) -> Ref:
        """The name that an alias stands for."""
        seen: set[str] = set()
        while isinstance(inner := self.named[ref.name].kind, Ref) and ref.name not in seen:
            seen.add(ref.name)
            ref = inner
        return ref
