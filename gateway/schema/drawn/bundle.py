"""The law of the bundle: schemas of any dialect and from any file become one set in JSON Schema 2020-12.

Every `$ref` becomes `#/$defs/NAME`. OpenAPI 3.0's own keywords and those of older drafts are rewritten; annotations
that nobody needs are left out. A bundle is made for requests, for replies (a readOnly member is demanded of replies
only, a writeOnly one of requests only) and for neither. Where each schema stood is kept, for messages. Decides no
kinds.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, Literal

from gateway.schema.drawn.naming import Names
from gateway.schema.drawn.texts import Library, Steps, Text, Where, fragment_steps

Schema = Any  # bool or dict
Direction = Literal["", "request", "response"]
Dialect = Literal["3.0", "draft4", "draft7", "2020"]

_ONE: Final = frozenset(
    "not if then else additionalProperties unevaluatedProperties unevaluatedItems contains propertyNames".split()
)
_LISTS: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_MAPS: Final = frozenset({"properties", "patternProperties", "dependentSchemas"})
_LEFT_OUT: Final = frozenset(
    "$defs definitions $id id $anchor $dynamicAnchor $schema $vocabulary $comment example examples xml externalDocs "
    "contentSchema nullable components".split()
)
_OLD: Final = frozenset({"3.0", "draft4", "draft7"})  # where what stands beside a $ref has no effect
_BESIDE: Final = frozenset({"description", "deprecated", "readOnly", "writeOnly", "default", "nullable", "title"})
#: formats that the XSD says, and so the check on the JSON: all others are words
ASSERTED: Final = frozenset({"date", "date-time", "time", "uuid"})


class Defs:
    """What all bundles of one import share: the documents, and the name of each schema that a `$ref` names."""

    def __init__(self, library: Library, main: Text) -> None:
        self.library = library
        self.main = main
        self.names = Names(["AnyValue"])
        self._known: dict[tuple[str, Steps], str] = {}
        self.own: dict[str, str] = {}  # name -> the name that the document gives

    def name(self, text: Text, steps: Steps) -> str:
        """The name of the schema at a place."""
        key = (str(text.path), steps)
        if key not in self._known:
            own = steps[-1] if steps else text.path.stem.partition(".")[0]
            self._known[key] = self.names.give(own)
            self.own[self._known[key]] = own
        return self._known[key]

    def dialect(self, text: Text) -> Dialect:
        """By `openapi` or `$schema`, else as the document that was named."""
        value = text.value if isinstance(text.value, dict) else {}
        version, schema = value.get("openapi"), value.get("$schema")
        if version is not None:
            return "3.0" if str(version).startswith("3.0") else "2020"
        if isinstance(schema, str):
            old = any(f"draft-0{number}" in schema for number in (5, 6, 7))
            return "draft4" if "draft-04" in schema else "draft7" if old else "2020"
        return self.dialect(self.main) if text is not self.main else "2020"

    def resolve(self, text: Text, reference: str, at: Where) -> tuple[Text, Steps, Any]:
        """What a `$ref` names. Raises ContractError when there is nothing."""
        base, _, fragment = reference.partition("#")
        found = self.library.beside(text, base, at)
        steps = fragment_steps(fragment) if fragment.startswith("/") else ()
        if fragment and not fragment.startswith("/"):
            anchored = _anchor(found.value, fragment, ())
            if anchored is None:
                raise at.error(f"there is no anchor {reference}")
            steps = anchored
        value = found.value
        for step in steps:
            if isinstance(value, dict) and step in value:
                value = value[step]
            elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
                value = value[int(step)]
            else:
                raise at.error(f"there is nothing at {reference}")
        return found, steps, value


def _anchor(value: Any, name: str, steps: Steps) -> Steps | None:
    if isinstance(value, dict):
        if name in (value.get("$anchor"), value.get("$dynamicAnchor")) or value.get("$id") == f"#{name}":
            return steps
        children = ((*steps, key) for key in value)
    elif isinstance(value, list):
        children = ((*steps, str(at)) for at in range(len(value)))
    else:
        return None
    for child in children:
        inner = value[child[-1]] if isinstance(value, dict) else value[int(child[-1])]
        found = _anchor(inner, name, child)
        if found is not None:
            return found
    return None


class Bundle:
    """The schemas of one direction; `defs` holds each that is named, `where` tells where a schema stood."""

    def __init__(self, shared: Defs, direction: Direction = "") -> None:
        self.shared = shared
        self.direction = direction
        self.defs: dict[str, Schema] = {}
        self._places: dict[int, tuple[Schema, Where]] = {}
        self._made: dict[tuple[str, Steps], Schema] = {}

    def where(self, schema: Schema) -> Where:
        """The place of a schema that this bundle made; that of the document for any other."""
        known = self._places.get(id(schema))
        return known[1] if known is not None and known[0] is schema else self.shared.main.where(())

    def same(self, schema: Schema, as_schema: Schema) -> Schema:
        """Say that a schema stands where another does."""
        self._places[id(schema)] = (schema, self.where(as_schema))
        return schema

    def schema(self, text: Text, steps: Steps, value: Any) -> Schema:
        """The schema at a place in 2020-12, made once. Raises ContractError for what is no schema."""
        key = (str(text.path), steps)
        if key not in self._made:
            self._made[key] = self._schema(text, steps, value)
        return self._made[key]

    def _schema(self, text: Text, steps: Steps, value: Any) -> Schema:
        at = text.where(steps)
        if isinstance(value, bool):
            return value
        if not isinstance(value, dict):
            raise at.error("a schema is an object, or true or false")
        dialect = self.shared.dialect(text)
        found: dict[str, Any] = {}
        reference = value.get("$ref", value.get("$dynamicRef", value.get("$recursiveRef")))
        if reference is not None:
            if not isinstance(reference, str):
                raise at.error("a $ref is a text")
            found["$ref"] = "#/$defs/" + self._define(text, reference, at)
            if dialect in _OLD:
                value = {key: inner for key, inner in value.items() if key in _BESIDE}
        for key, inner in value.items():
            if key not in _LEFT_OUT and key not in ("$ref", "$dynamicRef", "$recursiveRef"):
                self._keyword(found, key, inner, text, (*steps, key))
        _modern(found, value, dialect)
        if isinstance(found.get("type"), list):
            found["type"] = list(dict.fromkeys(found["type"]))
        if value.get("nullable") is True:
            found = _nullable(found)
        if self.direction:
            found = self._demanded(found)
        self._places[id(found)] = (found, at)
        return found

    def _keyword(self, found: dict[str, Any], key: str, inner: Any, text: Text, steps: Steps) -> None:
        if key in _ONE or (key == "items" and not isinstance(inner, list)):
            found[key] = self.schema(text, steps, inner)
        elif key in _LISTS or key == "items":
            if not isinstance(inner, list) or (not inner and key in _LISTS):
                raise text.where(steps).error(f"{key} is a list of schemas")
            found[key] = [self.schema(text, (*steps, str(at)), one) for at, one in enumerate(inner)]
        elif key in _MAPS:
            if not isinstance(inner, dict):
                raise text.where(steps).error(f"{key} is an object of schemas")
            found[key] = {name: self.schema(text, (*steps, name), one) for name, one in inner.items()}
        elif key == "dependencies" and isinstance(inner, dict):
            for name, one in inner.items():
                to = "dependentRequired" if isinstance(one, list) else "dependentSchemas"
                made = one if isinstance(one, list) else self.schema(text, (*steps, name), one)
                found.setdefault(to, {})[name] = made
        elif key == "discriminator" and isinstance(inner, dict):
            found[key] = self._discriminator(inner, text, steps)
        elif key == "additionalItems" and not isinstance(inner, bool):
            found[key] = self.schema(text, steps, inner)
        elif key != "required" or not isinstance(inner, bool):
            _check(key, inner, text.where(steps))
            found[key] = inner

    def _discriminator(self, inner: dict[str, Any], text: Text, steps: Steps) -> dict[str, Any]:
        """`values` maps what the property says to the name of a schema."""
        values = {}
        for value, reference in (inner.get("mapping") or {}).items():
            plain = not any(mark in str(reference) for mark in "#/.")
            named = f"#/components/schemas/{reference}" if plain else str(reference)
            values[value] = self._define(text, named, text.where((*steps, "mapping", value)))
        return {"propertyName": inner.get("propertyName", ""), "values": values}

    def children(self, name: str) -> list[str]:
        """Names of the components that build on one by `allOf` (OpenAPI 3.0.3, Discriminator Object)."""
        text = self.shared.main
        components = text.value.get("components") if isinstance(text.value, dict) else None
        schemas = components.get("schemas") if isinstance(components, dict) else None
        found = []
        for own, schema in (schemas or {}).items():
            parts = schema.get("allOf") if isinstance(schema, dict) else None
            for part in parts if isinstance(parts, list) else ():
                reference = part.get("$ref") if isinstance(part, dict) else None
                at = text.where(("components", "schemas", own))
                if isinstance(reference, str) and self._target(text, reference, at) == name:
                    escaped = own.replace("~", "~0").replace("/", "~1").replace("%", "%25")
                    found.append(self._define(text, f"#/components/schemas/{escaped}", at))
        return found

    def _target(self, text: Text, reference: str, at: Where) -> str:
        target, steps, _ = self.shared.resolve(text, reference, at)
        return self.shared.name(target, steps)

    def _define(self, text: Text, reference: str, at: Where) -> str:
        target, steps, value = self.shared.resolve(text, reference, at)
        name = self.shared.name(target, steps)
        if name not in self.defs:
            self.defs[name] = {}
            self.defs[name] = self.schema(target, steps, value)
        return name

    def _demanded(self, found: dict[str, Any]) -> dict[str, Any]:
        """Without what the other direction alone demands."""
        mark = "readOnly" if self.direction == "request" else "writeOnly"
        properties = found.get("properties", {})
        left = [
            name
            for name in dict.fromkeys(found.get("required", ()))
            if not (isinstance(properties.get(name), dict) and properties[name].get(mark) is True)
        ]
        return found if left == list(found.get("required", ())) else {**found, "required": left}


def _modern(found: dict[str, Any], value: Mapping[str, Any], dialect: Dialect) -> None:
    """OpenAPI 3.0's and older drafts' keywords as 2020-12 has them, in place."""
    for name, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(found.get(name), bool) and found.pop(name) and bound in found:
            found[name] = found.pop(bound)
    if isinstance(found.get("items"), list):
        found["prefixItems"] = found.pop("items")
        if "additionalItems" in found:
            found["items"] = found.pop("additionalItems")
    found.pop("additionalItems", None)
    if dialect == "3.0":
        for later in ("const", "prefixItems", "contentEncoding"):  # no words of OpenAPI 3.0
            if later not in value:
                found.pop(later, None)


def _nullable(found: dict[str, Any]) -> dict[str, Any]:
    """OpenAPI 3.0's `nullable: true`, as those who write it mean it: beside an enum or a $ref, too."""
    kinds = found.get("type")
    if "$ref" in found or kinds is None:
        words = {key: found.pop(key) for key in tuple(found) if key in _BESIDE}
        return {**words, "anyOf": [found, {"type": "null"}]} if found else words
    if isinstance(kinds, str):
        found["type"] = [kinds, "null"]
    if "enum" in found and None not in found["enum"]:
        found["enum"] = [*found["enum"], None]
    return found


_TEXTS: Final = frozenset({"pattern", "format", "title", "description", "contentEncoding", "contentMediaType"})
_COUNTS: Final = frozenset(
    "minLength maxLength minItems maxItems minProperties maxProperties minContains maxContains".split()
)
_NUMBERS: Final = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
_TYPES: Final = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})


def _check(key: str, inner: Any, at: Where) -> None:
    """Refuse a keyword whose value has the wrong form."""
    if key in _TEXTS and not isinstance(inner, str):
        raise at.error(f"{key} is a text")
    if key in _COUNTS and not (_is_number(inner) and inner == int(inner) and inner >= 0):
        raise at.error(f"{key} is a whole number")
    if key in _NUMBERS and not _is_number(inner) and not (key.startswith("exclusive") and isinstance(inner, bool)):
        raise at.error(f"{key} is a number")
    if key == "enum" and not isinstance(inner, list):
        raise at.error("enum is a list")
    if key == "required" and not _are_names(inner):
        raise at.error("required is a list of names")
    if key == "dependentRequired" and not (isinstance(inner, dict) and all(map(_are_names, inner.values()))):
        raise at.error("dependentRequired is an object of lists of names")
    if key == "uniqueItems" and not isinstance(inner, bool):
        raise at.error("uniqueItems is true or false")
    if key == "type":
        kinds = inner if isinstance(inner, list) else [inner]
        wrong = [kind for kind in kinds if not isinstance(kind, str) or kind not in _TYPES]
        if wrong or not kinds:
            raise at.error(f"there is no type {wrong[0] if wrong else inner!r}")


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
