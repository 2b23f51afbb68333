"""The law of description: each type's JSON form as JSON Schema 2020-12, never narrower than what encodes.

Reads the layout and decides nothing again. Each type is flat and closed; several forms are `anyOf`;
what cannot be said is MAPPING's closed list (`layout.constraints_beyond_json_schema`) and is
checked on the encoded XML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

import jsonschema_rs

from gateway.core.patterns import anchored
from gateway.schema.ir import (
    AnySlot,
    Array,
    Attribute,
    Complex,
    Element,
    Entries,
    ItemsSlot,
    Keys,
    Mixed,
    Model,
    NamespaceTest,
    Node,
    Open,
    Settings,
    Simple,
    Slot,
    Text,
    TypeId,
    Wildcard,
    is_anonymous,
)
from gateway.schema.jsonforms import any_of, braced, component, free_content, name_pattern, quoted
from gateway.schema.jsonguards import guarded
from gateway.schema.jsonkeys import free_keys, wild_keys
from gateway.schema.jsonnodes import Leaf, Schema, constraints, leaves, required, some_present
from gateway.schema.jsonplaces import ANY_TYPE, beside, bounded_by_place, nameable, of_entities, steps_between
from gateway.schema.jsonschema_scalars import json_schema_of
from gateway.schema.media import described, media_of, media_of_type
from gateway.schema.names import split
from gateway.schema.source import XS, XSI

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_NULL: Final[Schema] = {"type": "null"}


def schema_for(
    model: Model, element: str, settings: Settings, *, unwrap: tuple[str, ...] = (), refs: str = "#/$defs/"
) -> dict[str, Any]:
    """The schema of a global element's content, self-contained. Raises KeyError for an unknown element."""
    writer = SchemaWriter(model, settings, refs)
    root = writer.root(element, unwrap)
    writer.finish()
    return {"$schema": DIALECT, **root, **({"$defs": writer.defs} if writer.defs else {})}


class SchemaWriter:
    """Writes the schemas of one laid-out model; `defs` collects what was named on the way."""

    def __init__(self, model: Model, settings: Settings, refs: str = "#/$defs/") -> None:
        self.model = model
        self.settings = settings
        self.defs: dict[str, Any] = {}
        self._refs = refs
        self._names: dict[tuple[str, str], str] = {}
        self._empty: dict[TypeId, bool] = {}
        self._waiting: list[tuple[str, Callable[[], Schema]]] = []

    def finish(self) -> None:
        """Write all that was named and not written yet; a list, so that deep schemas cost no stack."""
        while self._waiting:
            name, make = self._waiting.pop()
            self.defs[name] = make()

    # ------------------------------------------------------------ roots and places

    def root(self, element: str, unwrap: tuple[str, ...] = ()) -> Schema:
        """The content of a body element, after its wrappers; a type that is the root never collapses."""
        declaration = self.model.elements[element]
        for local in unwrap:
            declaration = self._child(declaration, local)
        if unwrap:
            return self._value(declaration)
        if declaration.alternatives:
            return any_of(list(guarded(self.model, declaration, self._root)))
        return self._root(declaration)

    def _root(self, declaration: Element) -> Schema:
        kind = self.model.types[declaration.type]
        if isinstance(kind, Complex) and isinstance(kind.form, Array):
            own = self._object(kind, Keys(kind.form.member))
            derived = [self._typed(type_id) for type_id in self._derived(declaration)]
            return any_of([own, *derived]) if derived else own
        return self._value(declaration)

    def _child(self, element: Element, local: str) -> Element:
        kind = self.model.types[element.type]
        form = kind.form if isinstance(kind, Complex) else None
        content = Keys(form.member) if isinstance(form, Array) else form
        found = leaves(content.content) if isinstance(content, Keys) else iter(())
        for leaf in found:
            if isinstance(leaf, Slot) and split(leaf.element.name)[1] == local:
                return leaf.element
        raise KeyError(f"{element.name} has no child {local}")

    def place(self, element: Element) -> Schema:
        """What may stand for an element: its type's form, a derived type's beside `$type`, nil."""
        if element.alternatives:
            return any_of(list(guarded(self.model, element, self.place)))
        kind = self.model.types[element.type]
        if isinstance(kind, Simple):
            forms = [self._scalar(element.type, element.default, element.fixed, element.media)]
        elif isinstance(kind.form, Text) and kind.form.bare and kind.simple:
            forms = [self._scalar(kind.simple, element.default, element.fixed, media_of(self.model, element))]
        elif isinstance(kind.form, Text) and (element.media or (element.default, element.fixed) != (None, None)):
            forms = [self._text(kind, element.default, element.fixed, element.media)]
        else:
            forms = [] if kind.abstract else [self._placed(element, element.type, self.ref(element.type))]
        derived = [] if element.type == ANY_TYPE else self._derived(element)
        own: list[TypeId] = []
        if element.type == ANY_TYPE:
            forms = [self._placed(element, ANY_TYPE, self._open())]
        elif derived:
            own = [element.type] if forms and isinstance(kind, Complex) and not is_anonymous(element.type) else []
            forms += [self._placed(element, type_id, self._typed(type_id)) for type_id in (*own, *derived)]
        if element.nillable and element.fixed is None:
            bare = isinstance(kind, Complex) and kind.abstract  # nil or not, an element is of a type that may stand
            forms += [self._open_nil()] if element.type == ANY_TYPE else []
            forms += [*([] if bare else self._nil(kind)), *(self._typed_nil(type_id) for type_id in (*own, *derived))]
        return any_of(forms) if forms else {"not": {}}

    def _placed(self, element: Element, type_id: TypeId, schema: Schema) -> Schema:
        kind = self.model.types[type_id]
        return beside(self.model, kind, self.settings, schema, element) if isinstance(kind, Complex) else schema

    def _derived(self, element: Element) -> list[TypeId]:
        kind = self.model.types[element.type]
        barred = element.block_types | (kind.block if isinstance(kind, Complex) else frozenset())
        found = []
        for type_id in self.model.derived.get(element.type, ()):
            derived = self.model.types[type_id]
            if not isinstance(derived, Complex) or derived.abstract or is_anonymous(type_id):
                continue
            if not barred or not steps_between(self.model, type_id, element.type) & barred:
                found.append(type_id)
        return found

    def _nil(self, kind: Simple | Complex) -> list[Schema]:
        if not isinstance(kind, Complex) or not (kind.attributes or kind.any_attribute is not None):
            return [_NULL]
        attributes = self._attributes(kind)
        closed: Schema = {
            "type": "object",
            "properties": {**attributes["properties"], "$nil": {"const": True}},
            "required": [*attributes["required"], "$nil"],
        }
        closed.update(attributes["rest"])
        return [_NULL, closed] if not attributes["required"] else [closed]

    def _typed_nil(self, type_id: TypeId) -> Schema:
        """A nil element of a derived type."""
        kind = self.model.types[type_id]
        assert isinstance(kind, Complex)
        attributes = self._attributes(kind)
        marks = {"$type": {"type": "string", "const": self.type_name(type_id)}, "$nil": {"const": True}}
        return {
            "type": "object",
            "properties": {**marks, **attributes["properties"]},
            "required": ["$type", "$nil", *attributes["required"]],
            **attributes["rest"],
        }

    # ------------------------------------------------------------ named types

    def ref(self, type_id: TypeId) -> Schema:
        """A reference to a complex type's own form, written once under `defs`."""
        return self._named(("type", type_id), component(type_id), lambda: self._own(type_id))

    def _named(self, key: tuple[str, str], label: str, make: Callable[[], Schema]) -> Schema:
        if key not in self._names:
            name, number = label, 1
            while name in self.defs:
                number += 1
                name = f"{label}_{number}"
            self._names[key] = name
            self.defs[name] = {}
            self._waiting.append((name, make))
        return {"$ref": self._refs + self._names[key]}

    def _own(self, type_id: TypeId) -> Schema:
        kind = self.model.types[type_id]
        if isinstance(kind, Simple):
            return self._scalar(type_id, None, None)
        form = kind.form
        if isinstance(form, Array):
            return self._array(form.member)
        if isinstance(form, Open):
            return self._open()
        if isinstance(form, Text):
            bare = self._scalar(kind.simple or "", None, None, media_of_type(self.model, type_id))
            return bare if form.bare else self._text(kind, None, None)
        return self._object(kind, form or Keys())

    def _typed(self, type_id: TypeId) -> Schema:
        """A type's form beside `$type`; a form that is no object rides in `$value`."""
        kind = self.model.types[type_id]
        return self._named(("typed", type_id), component(type_id) + ".typed", lambda: self._beside(type_id, kind))

    def _beside(self, type_id: TypeId, kind: Simple | Complex) -> Schema:
        mark: Schema = {"type": "string", "const": self.type_name(type_id)}
        form = kind.form if isinstance(kind, Complex) else None
        if isinstance(form, Keys | Entries | Mixed) or (isinstance(form, Text) and not form.bare):
            own = self._own(type_id)
            return {
                **own,
                "properties": {"$type": mark, **own.get("properties", {})},
                "required": ["$type", *own.get("required", [])],
            }
        return {
            "type": "object",
            "properties": {"$type": mark, "$value": self._own(type_id)},
            "required": ["$type", "$value"],
            "additionalProperties": False,
        }

    def type_name(self, type_id: TypeId) -> str:
        """A type as `$type` names it: `prefix:Name`."""
        namespace, local = split(type_id)
        prefix = "xs" if namespace == XS else self.model.prefixes.get(namespace, "")
        return f"{prefix}:{local}" if prefix else local

    # ------------------------------------------------------------ scalars and attributes

    def _scalar(
        self, type_id: TypeId, default: str | None, fixed: str | None, media: tuple[str, ...] = ()
    ) -> Schema:
        if of_entities(self.model, type_id):
            return {"not": {}}
        schema = json_schema_of(self.model, type_id, self.settings)
        schema = bounded_by_place(self.model, type_id, self.settings, schema, default, fixed)
        return described(self.model, type_id, media, schema)

    def _text(self, kind: Complex, default: str | None, fixed: str | None, media: tuple[str, ...] = ()) -> Schema:
        attributes = self._attributes(kind)
        value = self._scalar(kind.simple or "", default, fixed, media or media_of_type(self.model, kind.id))
        if default is None and fixed is None and self._null_is_empty(kind.simple or ""):
            value = any_of([value, _NULL])
        return {
            "type": "object",
            "properties": {**attributes["properties"], "$value": value},
            "required": [*attributes["required"], "$value"],
            **attributes["rest"],
        }

    def _attributes(self, kind: Complex) -> dict[str, Any]:
        properties = {use.key: self._attribute(use) for use in kind.attributes}
        needed = [use.key for use in kind.attributes if use.required]
        rest: Schema = {"additionalProperties": False}
        if kind.any_attribute is not None:
            rest |= self._any_attributes(kind.any_attribute, kind.attributes)
        return {"properties": properties, "required": needed, "rest": rest}

    def _attribute(self, use: Attribute) -> Schema:
        schema = self._scalar(use.type, None, use.fixed)
        return schema if use.required else any_of([schema, _NULL])

    def _any_attributes(self, wildcard: Wildcard, declared: Iterable[Attribute]) -> Schema:
        taken = {use.name for use in declared}
        free = self._known_attributes().items()
        known = {name: one for name, one in free if name not in taken and wildcard.takes(name)}
        typed: Schema = {}
        if wildcard.process != "skip":
            for name, attribute in known.items():
                key = "^@" + quoted(braced(name)) + "$"
                typed[key] = any_of([self._scalar(attribute.type, None, attribute.fixed), _NULL])
        return wild_keys(wildcard, typed, taken)

    def _known_attributes(self) -> dict[str, Attribute]:
        """The global attributes; those of XML Schema's instance namespace are never members."""
        return {name: one for name, one in self.model.attributes.items() if split(name)[0] != XSI}

    # ------------------------------------------------------------ objects and arrays

    def _object(self, kind: Complex, form: Keys | Entries | Mixed) -> Schema:
        attributes = self._attributes(kind)
        properties, needed = dict(attributes["properties"]), list(attributes["required"])
        rules: list[Schema] = []
        if isinstance(form, Keys):
            sure = required(form.content)
            properties.update(self._members(form.content, frozenset(sure)))
            needed += sure
            rules = constraints(form.content, frozenset(sure))
        elif isinstance(form, Entries):
            properties["$items"] = {"type": ["array", "null"], "items": self._entry(form.entries, form.wildcards)}
        else:
            piece = self._entry(form.entries, form.wildcards)
            strings: list[Schema] = [{"type": "string", "minLength": 1}] if form.text else []
            alone = not form.entries and not form.wildcards  # one text, or none: no two stand side by side
            items = any_of(strings if alone else [*strings, piece]) if strings or not alone else {"not": {}}
            properties["$mixed"] = {"type": ["array", "null"], "items": items, **({"maxItems": 1} if alone else {})}
        schema: Schema = {"type": "object", "properties": properties}
        if needed:
            schema["required"] = list(dict.fromkeys(needed))
        schema.update(attributes["rest"])
        if len(rules) == 1 and not rules[0].keys() & schema.keys():
            schema.update(rules[0])
        elif rules:
            schema["allOf"] = rules
        if kind.document:
            schema["description"] = kind.document
        return schema

    def _members(self, content: Node | None, sure: frozenset[str]) -> dict[str, Schema]:
        """The schema of each key, the loosest of all places that it stands at."""
        found: dict[str, list[Leaf]] = {}
        for leaf in leaves(content):
            found.setdefault(leaf.key, []).append(leaf)
        return {key: self._member(key in sure, places) for key, places in found.items()}

    def _member(self, sure: bool, places: list[Leaf]) -> Schema:
        leaf = places[0]
        if isinstance(leaf, ItemsSlot):
            schema = self._items(leaf.entry)
            schema.update({"minItems": 1} if sure else {})  # sure: a repetition that cannot be empty has to be there
        elif isinstance(leaf, AnySlot):
            schema = self._wild(leaf.wildcard)
            schema = {"type": "array", "items": schema} if leaf.repeated else schema
        else:
            declared = dict.fromkeys(place.element for place in places if isinstance(place, Slot))
            schema = any_of([self._value(element) for element in declared])
            schema = {"type": "array", "items": schema} if leaf.repeated else schema
        if not isinstance(leaf, ItemsSlot) and leaf.repeated:  # one element of a list type is an array, too
            if sure and leaf.min and len(places) == 1:
                schema["minItems"] = leaf.min
            tops = [place.max for place in places if not isinstance(place, ItemsSlot)]
            if None not in tops and tops and isinstance(leaf, Slot | AnySlot) and leaf.repeated:
                schema["maxItems"] = max(top for top in tops if top is not None)
        nil = [isinstance(place, Slot) and not place.repeated and place.element.nillable for place in places]
        return schema if sure or all(nil) else any_of([schema, _NULL])  # nil says itself where null may stand

    def _value(self, element: Element) -> Schema:
        """A place as a member's value, where `empties: null` lets null stand for an empty element."""
        schema = self.place(element)
        kind = self.model.types[element.type]
        bare = isinstance(kind, Complex) and isinstance(kind.form, Text) and kind.form.bare
        scalar = element.type if isinstance(kind, Simple) else kind.simple if bare else None
        if scalar and element.default is None and element.fixed is None and self._null_is_empty(scalar):
            return any_of([schema, _NULL])
        return schema

    def _null_is_empty(self, type_id: TypeId) -> bool:
        """Whether null is an empty element: `empties: null`, and an empty text is of the type."""
        if self.settings.empties != "null":
            return False
        if type_id not in self._empty:
            takes = jsonschema_rs.Draft202012Validator(json_schema_of(self.model, type_id, self.settings)).is_valid
            kind = self.model.types[type_id]
            steps = kind.facets.patterns if isinstance(kind, Simple) and kind.variety == "list" else ()
            self._empty[type_id] = takes("") or (takes([]) and all(re.search(anchored(step), "") for step in steps))
        return self._empty[type_id]

    def _items(self, entry: Node) -> Schema:
        """The value of `$items`: one object a repetition, none empty."""
        sure = required(entry)
        rules = constraints(entry, frozenset(sure))
        item: Schema = {
            "type": "object",
            "properties": self._members(entry, frozenset(sure)),
            "additionalProperties": False,
        }
        if sure:
            item["required"] = sure
        else:
            rules = [*rules, some_present(entry)]
        if rules:
            item["allOf"] = rules
        return {"type": "array", "items": item}

    def _array(self, member: Slot | ItemsSlot) -> Schema:
        if isinstance(member, ItemsSlot):
            return self._items(member.entry)
        schema: Schema = {"type": "array", "items": self._value(member.element)}
        if member.min:
            schema["minItems"] = member.min
        if member.max is not None:
            schema["maxItems"] = member.max
        return schema

    def _entry(self, slots: tuple[Slot, ...], wildcards: tuple[Wildcard, ...]) -> Schema:
        """An object of one key: one element."""
        properties = {slot.key: self._value(slot.element) for slot in slots}
        if wildcards:
            properties["$any"] = any_of([self._wild(wildcard) for wildcard in wildcards])
        return {
            "type": "object",
            "properties": properties,
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        }

    # ------------------------------------------------------------ wildcards and the schema-less form

    def _wild(self, wildcard: Wildcard) -> Schema:
        """An object of one key `{namespace}local`; a known global element has its own form."""
        test = wildcard.test
        label = f"any-{wildcard.process}-{test.kind}" + "".join(f"-{ns}" for ns in sorted(test.namespaces))
        label += "".join(f"-less-{name}" for name in sorted(wildcard.barred))
        return self._named(("any", label), component(label), lambda: self._one_any(wildcard))

    def _one_any(self, wildcard: Wildcard) -> Schema:
        known = {n: e for n, e in self.model.elements.items() if wildcard.takes(n)}
        schema: Schema = {"type": "object", "minProperties": 1, "maxProperties": 1}
        if wildcard.process != "skip":
            schema["properties"] = {
                braced(name): {"not": {}} if element.abstract else self._value(element)
                for name, element in known.items()
            }
        # strictly, an element that nobody declares must say its type (XSD 1.0 Part 1 §3.10.1)
        if wildcard.process == "skip":
            schema["additionalProperties"] = self._raw()
        else:
            strict = wildcard.process == "strict"
            typed = [*self._all_typed(), *self._all_nil()] if strict else [self._open(), self._open_nil()]
            schema["additionalProperties"] = any_of(typed)
        schema["propertyNames"] = {"pattern": f"^{name_pattern(wildcard)}"}
        return schema

    def _open(self) -> Schema:
        """An element that the contract does not know, laxly: its known descendants have their own form."""
        anything = Wildcard(NamespaceTest("any"), "lax")
        return self._named(("open", ""), "element", lambda: any_of([self._free(anything), *self._all_typed()]))

    def _open_nil(self) -> Schema:
        """A nil element that the contract does not know: its attributes are anyone's, or those of the type it names."""
        return self._named(("nil", ""), "element.nil", lambda: any_of([self._free_nil(), *self._all_nil()]))

    def _free_nil(self) -> Schema:
        attributes = self._free_attributes(Wildcard(NamespaceTest("any"), "lax"))
        return {**_NIL, "required": ["$nil"], **attributes, "additionalProperties": False}

    def _all_nil(self) -> list[Schema]:
        kinds = [(type_id, self.model.types[type_id]) for type_id in nameable(self.model)]
        more = [name for name, kind in kinds if isinstance(kind, Complex) and (kind.attributes or kind.any_attribute)]
        names = [self.type_name(type_id) for type_id, _ in kinds if type_id not in more]
        marks = {"$type": {"type": "string", "enum": names}, "$nil": {"const": True}}
        bare = {**_NIL, "properties": marks, "required": ["$type", "$nil"], "additionalProperties": False}
        return [*([bare] if names else []), *map(self._typed_nil, more)]

    def _raw(self) -> Schema:
        return self._named(("raw", ""), "element.skipped", lambda: self._free(Wildcard(NamespaceTest("any"), "skip")))

    def _all_typed(self) -> list[Schema]:
        return [self._typed(type_id) for type_id in nameable(self.model)]

    def _free(self, inside: Wildcard) -> Schema:
        words = free_content(self._wild(inside))
        return {
            "type": "object",
            "properties": words,
            **self._free_attributes(inside),
            "additionalProperties": False,
            "allOf": [{"not": {"required": list(pair)}} for pair in _PAIRS],
            "x-xsd-any": True,
        }

    def _free_attributes(self, inside: Wildcard) -> Schema:
        """Any attribute as text, but for the contract's own, which laxly have their type."""
        known = self._known_attributes() if inside.process == "lax" else {}
        own = {name: quoted(braced(name) if name[0] == "{" else name) for name in known}
        made: Schema = {
            f"^@{own[name]}$": any_of([self._scalar(attribute.type, None, attribute.fixed), _NULL])
            for name, attribute in known.items()
        }
        # where nothing is looked into, xsi:nil and xsi:type are attributes like others
        return free_keys(made, hints=inside.process == "skip")


_NIL: Final[Schema] = {"type": "object", "properties": {"$nil": {"const": True}}}
_PAIRS: Final = (("$value", "$items"), ("$value", "$mixed"), ("$items", "$mixed"))
