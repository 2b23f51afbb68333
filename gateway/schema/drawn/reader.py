"""The law of kinds: which kind of place a JSON Schema is. Total: what no rule takes is any JSON.

The rules are the table of docs/soap-before-rest.md. The kind may be wider than the schema, never narrower, but for
what is said in a remark: a member that is not declared has no place, and what has no type takes it from its keywords.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from gateway.schema.drawn.bundle import Bundle, Schema
from gateway.schema.drawn.flat import ALL_TYPES, Endless, Flat, Group, flatten
from gateway.schema.drawn.kinds import (
    Any_,
    Array,
    Branch,
    Choice,
    Facets,
    Kind,
    Member,
    Place,
    Record,
    Ref,
    Remark,
    Scalar,
    Table,
    Types,
)
from gateway.schema.drawn.naming import Names
from gateway.schema.drawn.scalars import ON_JSON, scalar

REST: Final = "additionalProperties"  # the element of the members that are not declared
_ANNOTATIONS: Final = frozenset({"title", "description", "default", "deprecated", "readOnly", "writeOnly"})
_REFINING: Final = frozenset({"required", "properties", "type", "not", "minProperties", "maxProperties"}) | _ANNOTATIONS
_MOST_ITEMS: Final = 1000  # libxml2 and code made of an XSD unroll counts
_MARKS: Final = {"deprecated": "Deprecated.", "readOnly": "Only in answers.", "writeOnly": "Only sent."}
_DEEPEST: Final = 100  # of types inside of each other without a name
ANY: Final = Place(Any_(), nullable=True)


class Reader:
    """Reads the schemas of one bundle; `types` and `remarks` grow."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.types = Types()
        self.remarks: dict[tuple[str, str], Remark] = {}
        self._inside: dict[int, str] = {}  # schemas on the way, and the name of each that is met again
        self._wholes: dict[tuple[int, ...], Schema] = {}
        self._depth = 0
        self._open: list[str] = []  # names on the way, where nothing but names stands between them

    def remark(self, schema: Schema, what: str, then: str) -> None:
        """Note what is said otherwise, once a place."""
        where = self.bundle.where(schema)
        self.remarks.setdefault((str(where), what), Remark(where, what, then))

    def settle(self) -> None:
        """When all is read: a choice that is one of its own forms, with nothing between, is any JSON."""
        for name in list(self.types.named):
            if self._is_form_of(name, name, set()):
                self.types.named[name] = ANY
                what = "a form that holds itself"
                self.remark(self.bundle.defs.get(name, True), what, "any JSON in the XSD; " + ON_JSON)

    def _is_form_of(self, name: str, whole: str, seen: set[str]) -> bool:
        kind = self.types.resolve(Ref(whole))
        if whole in seen or not isinstance(kind, Choice):
            return False
        seen.add(whole)
        forms = [branch.place.kind for branch in kind.branches if isinstance(branch.place.kind, Ref)]
        return any(form.name == name or self._is_form_of(name, form.name, seen) for form in forms)

    # ------------------------------------------------------------ places

    def place(self, schema: Schema) -> Place:
        """What a schema is. Raises ContractError for one that takes itself in."""
        if schema is True:
            return ANY
        if schema is False:
            self.remark(schema, "false", "nothing is valid here; any JSON in the XSD, all of it refused on the JSON")
            return ANY
        if "$ref" in schema and not schema.keys() - _ANNOTATIONS - {"$ref"}:
            place = self.named(schema["$ref"].removeprefix("#/$defs/"), schema)
            return replace(place, words=_words(schema) or place.words)
        only = _only_part(schema)
        if only is not None:
            place = self.place(only)
            return replace(place, words=_words(schema) or place.words)
        return self._anonymous(schema)

    def _anonymous(self, schema: Schema) -> Place:
        """A schema written in its place; one that comes back to itself gets a name."""
        flat = self._flat(schema)
        key = id(schema)
        if key in self._inside:
            name = self._inside[key] or self.bundle.shared.names.give("Inner")
            self._inside[key] = name
            self.types.named.setdefault(name, Place(Ref(name)))
            return Place(Ref(name), self._takes_null(flat))
        opened, self._open = self._open, []
        self._inside[key] = ""
        try:
            place = replace(self._of(flat, schema), words=_words(schema) or _words(flat.first))
        finally:
            self._open = opened
            name = self._inside.pop(key)
        if name:
            self.types.named[name] = replace(place, nullable=False)
            return Place(Ref(name), place.nullable, place.words)
        return place

    def named(self, name: str, at: Schema) -> Place:
        """The place of a named schema: its type by name, or what the name stands for."""
        schema = self.bundle.defs[name]
        if name in self._open:
            raise self.bundle.where(at).error(f"{name} is nothing but itself")
        if name not in self.types.named:
            self.types.named[name] = Place(Ref(name))  # until it is known: it stands for itself
            self._open.append(name)
            children = self._children(name, schema)
            place = self._family(name, schema, children) if children else self.place(schema)
            self._open.pop()
            self.types.named[name] = place
        kind = self.types.named[name].kind
        if isinstance(kind, Any_):
            return ANY
        nullable = self._takes_null(self._flat(schema))
        target = kind if isinstance(kind, Ref) else Ref(name)
        return Place(target, nullable)

    def _flat(self, schema: Schema) -> Flat:
        try:
            return flatten(schema, self.bundle.defs)
        except Endless as endless:
            raise self.bundle.where(schema).error(f"{endless} takes itself in, without an end") from None

    def _children(self, name: str, schema: Schema) -> list[str]:
        told = isinstance(schema, dict) and "discriminator" in schema and not schema.keys() & {"oneOf", "anyOf"}
        return self.bundle.children(name) if told else []

    def _family(self, name: str, schema: Schema, children: list[str]) -> Place:
        """A schema with a discriminator and schemas that build on it: one of them, or itself."""
        told = schema["discriminator"]
        group = Group("anyOf", [{"$ref": f"#/$defs/{child}"} for child in children], told)
        opened, self._open = self._open, []
        names = Names()
        branches = [self._branch(names, one, self.place(one), one, told) for one in group.branches]
        own = replace(self._of(self._flat(schema), schema), words=_words(schema))
        values = self._values({"$ref": f"#/$defs/{name}"}, told)
        branches.append(Branch(names.give(name), replace(own, nullable=False), True, values))
        self._open = opened
        return Place(Choice(tuple(branches), told["propertyName"]), own.nullable, _words(schema))

    # ------------------------------------------------------------ the kind of a conjunction

    def _of(self, flat: Flat, schema: Schema) -> Place:
        if self._depth > _DEEPEST:
            self.remark(schema, "alternatives that hold themselves", "any JSON in the XSD; " + ON_JSON)
            return ANY
        self._depth += 1
        try:
            return self._kind(flat, schema)
        finally:
            self._depth -= 1

    def _kind(self, flat: Flat, schema: Schema) -> Place:
        for keyword, holder in flat.checks.items():
            if keyword not in ("multipleOf", "patternProperties", "prefixItems"):
                self.remark(holder, keyword, ON_JSON)
        if flat.never:
            self.remark(schema, "a schema that nothing can meet", "any JSON in the XSD, all of it refused on the JSON")
            return ANY
        shaping = [group for group in flat.groups if not self._refines(group, flat)]
        if len(shaping) == 1:
            return self._choice(flat, shaping[0], schema)
        if shaping:
            self.remark(schema, "more than one anyOf or oneOf", "any JSON in the XSD; " + ON_JSON)
            return ANY
        values = _common(flat.enums)
        types = flat.types if flat.types is not None else _typed(flat, values)
        if flat.types is None and types is not None and values is None:
            self.remark(schema, "no type", f"taken from the other keywords: {', '.join(sorted(types))}")
        if types is None or types >= ALL_TYPES - {"integer"}:
            return ANY
        nullable = "null" in types and (values is None or None in values)
        if values is not None:
            types &= _kinds_of(values) | {"null"}
        types -= {"null"}
        if "number" in types:
            types -= {"integer"}
        if not types:
            self.remark(schema, "null alone", "any JSON in the XSD; " + ON_JSON)
            return ANY
        if len(types) > 1:
            return self._several(flat, types, schema, nullable)
        return Place(self._one(next(iter(types)), flat, values, schema), nullable)

    def _one(self, kind: str, flat: Flat, values: list[Any] | None, schema: Schema) -> Kind:
        if kind == "object":
            return self._object(flat, values, schema)
        if kind == "array":
            return self._array(flat, values, schema)
        return scalar(kind, flat, values, lambda what, then: self.remark(schema, what, then))

    def _several(self, flat: Flat, types: frozenset[str], schema: Schema, nullable: bool) -> Place:
        branches = []
        for kind in sorted(types):
            inner = replace(flat, types=frozenset({kind}), checks={})
            values = _common(flat.enums)
            branches.append(Branch(kind, Place(self._one(kind, inner, values, schema)), {"type": kind}))
        return Place(Choice(tuple(branches)), nullable)

    def _object(self, flat: Flat, values: list[Any] | None, schema: Schema) -> Kind:
        if values is not None:
            self.remark(schema, "enum of objects", ON_JSON)
        names = Names()
        members = [self._member(names, name, parts, flat) for name, parts in flat.properties.items()]
        for name, parts in flat.lent.items():
            if name not in flat.properties:
                members.append(self._member(names, name, parts if len(parts) == 1 else [True], flat))
        known = {*flat.properties, *flat.lent}
        members += [self._member(names, name, [True], flat) for name in flat.required if name not in known]
        if flat.closed:
            return Record(tuple(members))
        if flat.rest:
            value = self._together(flat.rest) if len(flat.rest) == 1 else ANY
            return Table(value) if not members else Record(tuple(members), value, names.give(REST))
        if not members:
            return Table(ANY)
        return Record(tuple(members))

    def _member(self, names: Names, name: str, parts: list[Schema], flat: Flat) -> Member:
        place = self._together(parts)
        marks = set().union(*(self._flat(part).marks for part in parts if isinstance(part, dict)))
        words = place.words
        for mark, said in _MARKS.items():
            if mark in marks:
                words = f"{said} {words}".strip()
        needed = name in flat.required and not marks & {"readOnly", "writeOnly"}
        return Member(name, names.give(name), replace(place, words=words), needed)

    def _together(self, parts: list[Schema]) -> Place:
        """The place of schemas that all hold."""
        parts = [part for at, part in enumerate(parts) if part not in parts[:at]]
        if len(parts) == 1:
            return self.place(parts[0])
        key = tuple(map(id, parts))
        if key not in self._wholes:
            first = next((part for part in parts if isinstance(part, dict)), True)
            self._wholes[key] = self.bundle.same({"allOf": parts}, first)
        return self.place(self._wholes[key])

    def _array(self, flat: Flat, values: list[Any] | None, schema: Schema) -> Array:
        if values is not None:
            self.remark(schema, "enum of arrays", ON_JSON)
        if flat.tuple:
            self.remark(schema, "prefixItems", "items are any JSON in the XSD; " + ON_JSON)
        item = ANY if flat.tuple or not flat.items else self._together(flat.items)
        least, most = int(flat.bounds.get("minItems", 0)), flat.bounds.get("maxItems")
        most = None if most is None else int(most)
        if least > _MOST_ITEMS or (most is not None and (most > _MOST_ITEMS or most < 2 or most < least)):
            self.remark(schema, "minItems, maxItems", ON_JSON)
            least, most = 0, None
        return Array(item, least, most)

    # ------------------------------------------------------------ one of several

    def _choice(self, flat: Flat, group: Group, schema: Schema) -> Place:
        base = replace(flat, groups=[each for each in flat.groups if each is not group])
        for other in base.groups:
            self.remark(schema, other.keyword, ON_JSON)
        base.groups = []
        allowed = base.types is None or "null" in base.types
        flats = [(branch, self._flat(branch)) for branch in group.branches]
        nullable = allowed and any(self._takes_null(inner) for _, inner in flats)
        kept = [branch for branch, inner in flats if inner.types != frozenset({"null"}) and inner.enums != [[None]]]
        if not kept:
            return self._of(base, schema) if not base.bare() else ANY
        places = [self._refined(base, branch) for branch in kept]
        if any(isinstance(self.types.resolve(place.kind), Any_) for place in places):
            self.remark(schema, f"{group.keyword} with any JSON", "any JSON in the XSD; " + ON_JSON)
            return ANY
        if len(kept) == 1:
            return replace(places[0], nullable=nullable)
        merged = self._enumeration(places)
        if merged is not None:
            return Place(merged, nullable)
        names, told = Names(), group.discriminator
        branches = [
            self._branch(names, branch, place, branch, told) for branch, place in zip(kept, places, strict=True)
        ]
        return Place(Choice(tuple(branches), (told or {}).get("propertyName", "")), nullable)

    def _refined(self, base: Flat, branch: Schema) -> Place:
        """A branch with all that stands beside the group."""
        if base.bare():
            return self.place(branch)
        return self._of(_joined(base, self._flat(branch)), branch)

    def _branch(self, names: Names, schema: Schema, place: Place, when: Schema, told: Any) -> Branch:
        title = schema.get("title") if isinstance(schema, dict) else None
        kind = place.kind
        if isinstance(schema, dict) and "$ref" in schema:
            wanted = schema["$ref"].removeprefix("#/$defs/")
        elif isinstance(title, str) and title:
            wanted = title
        elif isinstance(kind, Ref):
            wanted = kind.name
        else:
            wanted = {Scalar: getattr(kind, "base", ""), Array: "array", Table: "object", Record: "object"}.get(
                type(kind), "value"
            )
        return Branch(names.give(wanted), replace(place, nullable=False), when, self._values(schema, told))

    def _values(self, schema: Schema, told: Any) -> tuple[str, ...]:
        """What the discriminator says for a branch: the mapping's words, else the schema's own name."""
        if not told or not isinstance(schema, dict) or "$ref" not in schema:
            return ()
        name = schema["$ref"].removeprefix("#/$defs/")
        mapped = tuple(value for value, to in told["values"].items() if to == name)
        return mapped or (self.bundle.shared.own.get(name, name),)

    def _enumeration(self, places: list[Place]) -> Scalar | None:
        """Several enumerations of one type are one."""
        kinds = [self.types.resolve(place.kind) for place in places]
        if not all(isinstance(kind, Scalar) and kind.facets.enumeration for kind in kinds):
            return None
        if len({getattr(kind, "base", "") for kind in kinds}) > 1:
            return None
        values = [value for kind in kinds if isinstance(kind, Scalar) for value in kind.facets.enumeration]
        return Scalar(getattr(kinds[0], "base", ""), Facets(tuple(dict.fromkeys(values))))

    def _refines(self, group: Group, flat: Flat) -> bool:
        """Whether a group only narrows what stands beside it, so that the JSON's check is all it needs."""
        if not flat.properties:
            return False
        for branch in group.branches:
            if not isinstance(branch, dict) or branch.keys() - _REFINING or branch.get("type", "object") != "object":
                return False
            if branch.get("properties", {}).keys() - flat.properties.keys():
                return False
        return True

    # ------------------------------------------------------------ null

    def _takes_null(self, flat: Flat, through: tuple[int, ...] = ()) -> bool:
        if flat.never or (flat.types is not None and "null" not in flat.types):
            return False
        values = _common(flat.enums)
        if values is not None and None not in values:
            return False
        shaping = [group for group in flat.groups if not self._refines(group, flat)]
        if shaping:
            return all(any(self._branch_takes_null(one, through) for one in group.branches) for group in shaping)
        return flat.types is not None or values is not None or _typed(flat, None) is None

    def _branch_takes_null(self, branch: Schema, through: tuple[int, ...]) -> bool:
        """A form that holds itself adds nothing to what it takes."""
        key = id(self.bundle.defs.get(branch["$ref"].removeprefix("#/$defs/"))) if _is_ref(branch) else id(branch)
        return key not in through and self._takes_null(self._flat(branch), (*through, key))


def _is_ref(schema: Schema) -> bool:
    return isinstance(schema, dict) and "$ref" in schema


def _only_part(schema: Schema) -> Schema | None:
    """The one part of an `allOf` that says something, with nothing beside it: OpenAPI 3.0's way to describe a $ref."""
    if schema.keys() - _ANNOTATIONS != {"allOf"}:
        return None
    parts = [part for part in schema["allOf"] if not isinstance(part, dict) or part.keys() - _ANNOTATIONS]
    return parts[0] if len(parts) == 1 and isinstance(parts[0], dict) else None


def _joined(base: Flat, branch: Flat) -> Flat:
    """The conjunction of two; the base's own record is left alone."""
    types = base.types if branch.types is None else branch.types if base.types is None else base.types & branch.types
    if base.types is not None and branch.types is not None and not types:
        types = frozenset({"integer"}) if {"integer", "number"} <= base.types | branch.types else frozenset()
    properties = {name: list(parts) for name, parts in base.properties.items()}
    for name, parts in branch.properties.items():
        properties.setdefault(name, []).extend(parts)
    bounds = dict(base.bounds)
    for name, value in branch.bounds.items():
        pick = max if "inimum" in name or name.startswith("min") else min
        bounds[name] = pick(bounds[name], value) if name in bounds else value
    return Flat(
        types=types,
        properties=properties,
        lent={**branch.lent, **base.lent},
        required={**base.required, **branch.required},
        rest=[*base.rest, *branch.rest],
        closed=base.closed or branch.closed,
        items=[*base.items, *branch.items],
        tuple=base.tuple or branch.tuple,
        enums=[*base.enums, *branch.enums],
        bounds=bounds,
        multiples=[*base.multiples, *branch.multiples],
        patterns=[*base.patterns, *branch.patterns],
        groups=list(branch.groups),
        first={**branch.first, **base.first},
        checks={**base.checks, **branch.checks},
        marks=set(),
        never=base.never or branch.never or types == frozenset(),
    )  # fmt: skip


def _common(enums: list[list[Any]]) -> list[Any] | None:
    """The values that every enumeration has; None without one."""
    if not enums:
        return None
    return [value for value in enums[0] if all(any(_same(value, one) for one in other) for other in enums[1:])]


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _kinds_of(values: list[Any]) -> frozenset[str]:
    return frozenset().union(*(_kind_of(value) for value in values)) if values else frozenset()


def _kind_of(value: Any) -> frozenset[str]:
    if value is None:
        return frozenset({"null"})
    if isinstance(value, bool):
        return frozenset({"boolean"})
    if isinstance(value, str | list | dict):
        return frozenset({{str: "string", list: "array", dict: "object"}[type(value)]})
    return frozenset({"number", "integer"} if value == int(value) else {"number"})


_KEYWORDS: Final[tuple[tuple[str, Callable[[Flat], Any]], ...]] = (
    ("object", lambda flat: flat.properties or flat.required or flat.rest or flat.closed or flat.lent),
    ("array", lambda flat: flat.items or flat.tuple or flat.bounds.keys() & {"minItems", "maxItems"}),
    ("string", lambda flat: flat.patterns or flat.bounds.keys() & {"minLength", "maxLength"}
     or flat.first.keys() & {"format", "contentEncoding"}),
    ("number", lambda flat: flat.multiples or any("inimum" in name or "aximum" in name for name in flat.bounds)),
)  # fmt: skip


def _typed(flat: Flat, values: list[Any] | None) -> frozenset[str] | None:
    """The types of a schema that names none; None where any JSON is meant."""
    if values is not None:
        kinds = _kinds_of(values)
        whole = all("integer" in _kind_of(value) for value in values if "number" in _kind_of(value))
        return kinds - {"number"} if whole else kinds - {"integer"}
    told = [kind for kind, says in _KEYWORDS if says(flat)]
    return frozenset({told[0]}) if len(told) == 1 else None


def _words(schema: Any) -> str:
    """Description, else title."""
    if not isinstance(schema, dict):
        return ""
    words = schema.get("description") or schema.get("title") or ""
    return " ".join(str(words).split())
