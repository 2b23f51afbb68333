"""Random JSON Schemas as OpenAPI documents have them, and instances that are nearly valid. Driven by one `random.Random`."""

from __future__ import annotations

from random import Random
from typing import Any

NAMES = ["a", "b", "pet name", "@id", "Id", "id", "x-y", "1st", "$ref?", "æ", "a.b", "class", "entry", "item", "key", ""]
WORDS = ["", "x", "red", "Rex", "a b", " pad ", "<&>]]>", "a\r\n\tb", "2024-02-29", "7", "true", "é😀"]
PATTERNS = ["^[a-z]+$", "\\d{2,3}", "^(?:red|blue)$", "^\\w*$", "x", "^(?=x)x", "[^/\\s]"]
REFS = ["A", "B", "Pet"]


class Maker:
    """Schemas and instances of one random number generator."""

    def __init__(self, random: Random, *, old: bool) -> None:
        self.random = random
        self.old = old  # OpenAPI 3.0

    def components(self) -> dict[str, Any]:
        """The named schemas."""
        found = {name: self.object(2) if name == "Pet" else self.schema(2) for name in REFS}
        aliases = (name for name, made in found.items() if isinstance(made, dict) and "$ref" in made)
        return found | {name: {"type": "string"} for name in aliases}  # an alias of an alias may have no end

    def schema(self, depth: int) -> Any:
        """A schema of any kind."""
        random = self.random
        kinds = [self.string, self.integer, self.number, self.boolean, self.enum]
        if depth > 0:
            kinds += [self.object, self.object, self.object, self.array, self.table, self.one_of, self.all_of, self.ref]
            kinds += [self.anything] + ([] if self.old else [self.types])
        made = random.choice(kinds)(depth)
        if random.random() < 0.15 and isinstance(made, dict) and isinstance(made.get("type"), str):
            if self.old:
                made["nullable"] = True
            else:
                made["type"] = [made["type"], "null"]
        return made

    def string(self, _: int) -> Any:
        random = self.random
        made: dict[str, Any] = {"type": "string"}
        pick = random.random()
        if pick < 0.2:
            made["format"] = random.choice(["date", "date-time", "time", "uuid", "byte", "email", "uri", "duration"])
        elif pick < 0.4:
            made["pattern"] = random.choice(PATTERNS)
        elif pick < 0.6:
            made["minLength"] = random.randint(0, 2)
            made["maxLength"] = random.randint(1, 4)
        return made

    def integer(self, _: int) -> Any:
        made: dict[str, Any] = {"type": "integer"}
        if self.random.random() < 0.4:
            made["format"] = self.random.choice(["int32", "int64", "uint8", "int16"])
        return self.bounds(made)

    def number(self, _: int) -> Any:
        made: dict[str, Any] = {"type": "number"}
        if self.random.random() < 0.3:
            made["format"] = self.random.choice(["double", "float"])
        if self.random.random() < 0.2:
            made["multipleOf"] = self.random.choice([0.01, 0.5, 1, 3])
        return self.bounds(made)

    def bounds(self, made: dict[str, Any]) -> Any:
        random = self.random
        for name, least, most in (("inimum", -5, 3), ("aximum", 2, 200)):
            if random.random() < 0.25:
                value = random.choice([random.randint(least, most), random.randint(least, most) + 0.5])
                strict = random.random() < 0.3
                if self.old:
                    made["m" + name] = value
                    if strict:
                        made["exclusiveM" + name] = True
                else:
                    made[("exclusiveM" if strict else "m") + name] = value
        return made

    def boolean(self, _: int) -> Any:
        return {"type": "boolean"}

    def enum(self, _: int) -> Any:
        random = self.random
        values = random.choice([["red", "blue", ""], [1, 2, 300], ["a", None], [1.5, 2], [True], ["1", 1], [{"k": 1}, "x"]])
        made: dict[str, Any] = {"enum": values}
        if random.random() < 0.5 and all(isinstance(value, str) for value in values):
            made["type"] = "string"
        return made if self.old or random.random() < 0.8 else {"const": values[0]}

    def object(self, depth: int) -> Any:
        random = self.random
        names = random.sample(NAMES, random.randint(0, 4))
        made: dict[str, Any] = {"type": "object", "properties": {name: self.schema(depth - 1) for name in names}}
        made["required"] = [name for name in names if random.random() < 0.5]
        if not made["required"]:
            del made["required"]
        pick = random.random()
        if pick < 0.25:
            made["additionalProperties"] = random.choice([False, True, self.schema(0)])
        if pick > 0.9:
            made["minProperties"] = 1
        return made

    def array(self, depth: int) -> Any:
        random = self.random
        made: dict[str, Any] = {"type": "array", "items": self.schema(depth - 1)}
        for name in ("minItems", "maxItems"):
            if random.random() < 0.2:
                made[name] = random.randint(0, 3)
        if random.random() < 0.2:
            made["uniqueItems"] = True
        return made

    def table(self, depth: int) -> Any:
        return {"type": "object", "additionalProperties": self.schema(depth - 1)}

    def one_of(self, depth: int) -> Any:
        random = self.random
        branches = [self.schema(depth - 1) for _ in range(random.randint(1, 3))]
        if random.random() < 0.3:
            branches = [{"$ref": f"#/components/schemas/{name}"} for name in random.sample(REFS, 2)]
        made: dict[str, Any] = {random.choice(["oneOf", "anyOf"]): branches}
        if random.random() < 0.2:
            made |= self.object(1)
        return made

    def all_of(self, depth: int) -> Any:
        parts = [self.object(depth - 1), self.object(depth - 1)]
        for part in parts:
            part.pop("additionalProperties", None)
        return {"allOf": parts}

    def ref(self, _: int) -> Any:
        return {"$ref": f"#/components/schemas/{self.random.choice(REFS)}"}

    def anything(self, _: int) -> Any:
        return {} if self.old else self.random.choice([{}, True])

    def types(self, depth: int) -> Any:
        made = {"type": self.random.sample(["string", "integer", "boolean", "null", "array"], 2)}
        if "array" in made["type"]:
            made["items"] = self.schema(depth - 1)  # type: ignore[assignment]
        return made

    # ------------------------------------------------------------ instances

    def instance(self, schema: Any, components: dict[str, Any], depth: int = 6) -> Any:
        """A value that the schema is likely to take; members that it does not name are rare."""
        random = self.random
        if schema is True or not schema or random.random() < 0.02:
            return self.any(depth)
        if "$ref" in schema:
            if depth < 1:
                return None
            return self.instance(components[schema["$ref"].rpartition("/")[2]], components, depth - 1)
        for word in ("oneOf", "anyOf"):
            if word in schema:
                branch = self.instance(random.choice(schema[word]), components, depth - 1)
                rest = {key: inner for key, inner in schema.items() if key != word}
                if "properties" in rest and isinstance(branch, dict):
                    return {**self.typed("object", rest, components, depth), **branch}
                return branch
        if "allOf" in schema:
            parts = [self.instance(part, components, depth) for part in schema["allOf"]]
            return {key: inner for part in parts if isinstance(part, dict) for key, inner in part.items()}
        if "enum" in schema or "const" in schema:
            return random.choice(schema.get("enum", [schema.get("const")]))
        kind = schema.get("type")
        kind = random.choice(kind) if isinstance(kind, list) else kind
        if schema.get("nullable") and random.random() < 0.3:
            return None
        return self.typed(kind, schema, components, depth)

    def typed(self, kind: Any, schema: Any, components: dict[str, Any], depth: int) -> Any:
        random = self.random
        if kind == "object":
            found = {}
            for name, inner in schema.get("properties", {}).items():
                if name in schema.get("required", ()) or (depth > 0 and random.random() < 0.6):
                    found[name] = self.instance(inner, components, depth - 1)
            more = schema.get("additionalProperties")
            if more or (more is None and "properties" not in schema):
                for name in random.sample(NAMES, random.randint(0, 2)):
                    found.setdefault(name, self.instance(True if more is None else more, components, depth - 1))
            return found
        if kind == "array":
            size = random.choice([0, 1, 2, 3]) if depth > 0 else 0
            return [self.instance(schema.get("items", True), components, depth - 1) for _ in range(size)]
        if kind == "string":
            good = {"date": "2024-02-29", "date-time": "2024-02-29T10:00:00Z", "time": "10:00:00+02:00"}
            good |= {"uuid": "123e4567-e89b-12d3-a456-426614174000", "byte": "AAEC"}
            return good.get(schema.get("format"), random.choice(WORDS))
        if kind == "integer":
            return random.choice([0, 1, -3, 7, 150, 2**31 - 1])
        if kind == "number":
            return random.choice([0, 1, 0.5, -2.25, 19.99, 100, 1e-7])
        return random.random() < 0.5 if kind == "boolean" else None

    def any(self, depth: int) -> Any:
        """Any JSON."""
        random = self.random
        pick = random.random()
        if depth > 0 and pick < 0.2:
            return [self.any(depth - 2) for _ in range(random.randint(0, 2))]
        if depth > 0 and pick < 0.4:
            return {name: self.any(depth - 2) for name in random.sample(NAMES, random.randint(0, 2))}
        return random.choice([None, True, 5, 1.25, *WORDS])
