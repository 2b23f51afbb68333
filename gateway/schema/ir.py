"""The law of the intermediate shape: all that a codec or a JSON Schema may know of an XSD.

Made once at build time from XSD (`gateway.schema.xsd`), given its JSON shape by `gateway.schema.layout`,
read by `gateway.codec` and by the JSON Schema and OpenAPI writers. Frozen, plain and picklable by
hand: no lxml, no xmlschema object may stand in it. Every name is a Clark name, `{ns}local`, or
`local` without a namespace; types refer to each other by id, so recursion needs no care.

Two halves: the schema as it is (`Simple`, `Complex`, particles: XSD 1.0 Part 1 §3, Part 2 §4.1) and
the layout (`Slot`, `Sequence`, `Choice`, … and the forms): the content model rewritten to the JSON
shape that MAPPING fixes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

TypeId: TypeAlias = str  # Clark name of a global type; for an anonymous one a stable path with '#'
Bound: TypeAlias = "int | None"  # maxOccurs; None is unbounded

# ---------------------------------------------------------------- the schema as it is


@dataclass(frozen=True, slots=True)
class Facets:
    """Facets in force, inherited ones included (XSD 1.0 Part 2 §4.3). Lexical where a value is meant."""

    length: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    patterns: tuple[tuple[str, ...], ...] = ()  # derivation steps; alternatives within one; XSD dialect
    enumeration: tuple[str, ...] | None = None  # normalised literals; QName and NOTATION as Clark names
    min_inclusive: str | None = None
    min_exclusive: str | None = None
    max_inclusive: str | None = None
    max_exclusive: str | None = None
    total_digits: int | None = None
    fraction_digits: int | None = None
    asserts: tuple[str, ...] = ()  # XSD 1.1; judged on the XML


@dataclass(frozen=True, slots=True)
class Simple:
    """A simple type: atomic (`builtin` is its nearest built-in ancestor, e.g. 'int'), list or union."""

    id: TypeId
    variety: Literal["atomic", "list", "union"]
    builtin: str  # 'string', 'int', 'ID', …, 'anySimpleType'; '' for a list or a union
    white_space: Literal["preserve", "replace", "collapse"]
    facets: Facets = Facets()
    base: TypeId | None = None
    item: TypeId | None = None  # of a list
    members: tuple[TypeId, ...] = ()  # of a union, in schema order, flattened
    media: tuple[str, ...] = ()  # media ranges expected of octets (xmime:expectedContentTypes)


@dataclass(frozen=True, slots=True)
class NamespaceTest:
    """Which namespaces a wildcard takes (XSD 1.0 Part 1 §3.10.1). '' is no namespace."""

    kind: Literal["any", "not", "in"]
    namespaces: frozenset[str] = frozenset()

    def takes(self, namespace: str) -> bool:
        """Whether a name of this namespace may stand here."""
        if self.kind == "any":
            return True
        return (namespace in self.namespaces) == (self.kind == "in")


@dataclass(frozen=True, slots=True)
class Wildcard:
    """xs:any or xs:anyAttribute.

    `barred` are names that it does not take, `open` says that it is a type's open content (XSD 1.1 Part 1 §3.10.1,
    §3.4.1): whatever else may stand at its place goes before it.
    """

    test: NamespaceTest
    process: Literal["strict", "lax", "skip"]
    barred: frozenset[str] = frozenset()
    open: bool = False

    def takes(self, name: str) -> bool:
        """Whether a Clark name may stand here."""
        namespace = name[1 : name.index("}")] if name[:1] == "{" else ""
        return self.test.takes(namespace) and name not in self.barred


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute use (or a global declaration)."""

    name: str
    type: TypeId
    required: bool = False
    default: str | None = None
    fixed: str | None = None
    key: str = ""  # "@name" or "@prefix:name", set by the layout pass


@dataclass(frozen=True, slots=True)
class Identity:
    """xs:key, xs:unique or xs:keyref: checked on XML only; listed in the docs.

    Names in the paths are Clark names; `refer` is the key that a keyref points into.
    """

    kind: Literal["key", "unique", "keyref"]
    name: str
    selector: str
    fields: tuple[str, ...]
    refer: str = ""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One row of an element's type table: the type where the test holds (XSD 1.1 Part 1 §3.12).

    `test` is XPath 2.0 over the element's attributes, '' holds always; `default` is the namespace of names without a
    prefix. `type` is '' for xs:error: no such element may stand. `inherits` names an attribute of the test that an
    ancestor may hand down (§3.2.2.1), which no codec sees.
    """

    test: str
    namespaces: tuple[tuple[str, str], ...]
    default: str
    type: TypeId
    inherits: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """An element declaration, local or global."""

    name: str
    type: TypeId
    nillable: bool = False
    default: str | None = None
    fixed: str | None = None
    abstract: bool = False
    is_global: bool = False
    block_types: frozenset[str] = frozenset()  # 'extension', 'restriction' forbidden through xsi:type
    identities: tuple[Identity, ...] = ()
    secret: bool = False  # marked by the contract: its value never stands in a log or a problem
    alternatives: tuple[Alternative, ...] = ()  # XSD 1.1; in order, the first whose test holds
    media: tuple[str, ...] = ()  # media ranges expected of octets (xmime:expectedContentTypes)


@dataclass(frozen=True, slots=True)
class ElementUse:
    """A particle that is an element declaration."""

    element: Element
    min: int = 1
    max: Bound = 1


@dataclass(frozen=True, slots=True)
class AnyUse:
    """A particle that is a wildcard."""

    wildcard: Wildcard
    min: int = 1
    max: Bound = 1


@dataclass(frozen=True, slots=True)
class Group:
    """A particle that is a model group."""

    model: Literal["sequence", "choice", "all"]
    particles: tuple[Particle, ...]
    min: int = 1
    max: Bound = 1


Particle: TypeAlias = "ElementUse | AnyUse | Group"


@dataclass(frozen=True, slots=True)
class Complex:
    """A complex type with everything inherited written out (content and attributes are effective)."""

    id: TypeId
    content: Literal["empty", "simple", "element", "mixed"]
    attributes: tuple[Attribute, ...] = ()
    any_attribute: Wildcard | None = None
    simple: TypeId | None = None  # of simple content
    particle: Group | None = None  # of element and mixed content
    base: TypeId | None = None
    derivation: Literal["extension", "restriction", ""] = ""
    abstract: bool = False
    block: frozenset[str] = frozenset()
    form: Form | None = None  # set by the layout pass
    asserts: tuple[str, ...] = ()  # XSD 1.1
    document: str = ""
    place: str = ""  # file:line of its declaration, for messages
    media: tuple[str, ...] = ()  # media ranges expected of octets (xmime:expectedContentTypes)


Type: TypeAlias = "Simple | Complex"


def is_anonymous(type_id: TypeId) -> bool:
    """Whether an id is that of a type without a name, which no xsi:type can give ('#' may stand in a namespace)."""
    return "#" in type_id.rpartition("}")[2]


# ---------------------------------------------------------------- the layout: the JSON shape


@dataclass(frozen=True, slots=True)
class Slot:
    """A key of an object that is an element. `repeated`: its value is an array."""

    key: str
    element: Element
    min: int
    max: Bound
    repeated: bool


@dataclass(frozen=True, slots=True)
class AnySlot:
    """The key `$any`. `repeated`: an array of one-key objects, else one such object."""

    wildcard: Wildcard
    min: int
    max: Bound
    repeated: bool
    key: str = "$any"


@dataclass(frozen=True, slots=True)
class ItemsSlot:
    """The key `$items`: one entry a repetition of `entry`, each an object by the same table."""

    entry: Node
    min: int
    max: Bound
    key: str = "$items"


@dataclass(frozen=True, slots=True)
class Sequence:
    """Members in order; `optional`: all or none of the group."""

    nodes: tuple[Node, ...]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """Exactly one branch, or none where `optional`. A substitution head is a choice of its members."""

    nodes: tuple[Node, ...]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class All:
    """Members in any order on input, in schema order on output."""

    nodes: tuple[Node, ...]
    optional: bool = False


Node: TypeAlias = "Slot | AnySlot | ItemsSlot | Sequence | Choice | All"


@dataclass(frozen=True, slots=True)
class Keys:
    """A plain object: attributes, then the members of `content` (None: no element content).

    `loose`: `content` allows counts or an order that the type's particle does not (nested counts, a
    restriction that keeps its base's shape); those are checked against the particle or as XML.
    """

    content: Node | None = None
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Entries:
    """The whole content is `$items`: one element an entry, in document order.

    `entries` are the distinct elements, `wildcards` the distinct wildcards that may stand in it
    (entry key = element key, or `$any`); the order is checked against the type's particle.
    """

    entries: tuple[Slot, ...]
    wildcards: tuple[Wildcard, ...] = ()


@dataclass(frozen=True, slots=True)
class Array:
    """A collapsed array wrapper: `member` is the one repeated Slot or the one ItemsSlot; `loose` as in `Keys`."""

    member: Slot | ItemsSlot
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Mixed:
    """Mixed content: `$mixed`, an array of strings and one-element entries (as in `Entries`).

    `text` is False where an element-only type restricts a mixed one: the shape stays, strings are refused.
    """

    entries: tuple[Slot, ...]
    wildcards: tuple[Wildcard, ...] = ()
    text: bool = True


@dataclass(frozen=True, slots=True)
class Text:
    """Simple content: an object with `$value`; `bare`: no attributes at all, so the scalar itself."""

    bare: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """xs:anyType: schema-less."""


Form: TypeAlias = "Keys | Entries | Array | Mixed | Text | Open"


@dataclass(frozen=True, slots=True)
class Model:
    """Everything of one schema set. Types are complete: each id that is named is there."""

    types: Mapping[TypeId, Type]
    elements: Mapping[str, Element]  # global declarations
    attributes: Mapping[str, Attribute]  # global declarations
    substitutions: Mapping[
        str, tuple[str, ...]
    ]  # head -> its members, transitive, itself and abstract ones left out, blocks applied
    derived: Mapping[TypeId, tuple[TypeId, ...]]  # type -> types derived from it, transitive, abstract ones left out
    prefixes: Mapping[str, str] = field(default_factory=dict)  # namespace -> prefix, fixed in the contract
    notations: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of the mapping, of a contract or a route."""

    numbers: Literal["exact", "string"] = "exact"
    arrays: Literal["collapsed", "wrapped"] = "collapsed"
    defaults: Literal["keep", "fill"] = "keep"
    names: Literal["as-is", "camel", "snake"] = "as-is"
    nulls: Literal["omit", "write"] = "omit"
    lists: Literal["omit", "empty"] = "omit"
    scalars: Literal["typed", "string"] = "typed"
    empties: Literal["keep", "null"] = "keep"
    rename: tuple[tuple[str, str], ...] = ()  # an element's local name, or Type/Name, and its key

    def __post_init__(self) -> None:
        # a list where it comes from JSON
        object.__setattr__(self, "rename", tuple((name, key) for name, key in self.rename))
