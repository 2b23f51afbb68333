"""The law of a drawn contract's bodies: an element as the service's own JSON, judged by the service's own schema.

Wraps the mapping's codec of the element. `steps` are wrappers that stand around the service's JSON and are no part of
it; one that may be missing is missing for null, where the schema has no null. What the service's schema refuses never
passes, in neither direction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import jsonschema_rs

from ..core.problem import Finding, Kind, Problem
from ..core.value import Value, pointer
from .json import dumps
from .reshape import SAME, Pair, Shapes

MOST: Final = 10  # findings of one message


class Plain(Protocol):
    """The mapping's codec of an element."""

    def decode(self, element: Any) -> Value: ...

    def decode_valid(self, element: Any) -> Value: ...

    def encode(self, value: Value) -> str: ...


class Schema:
    """A JSON Schema (2020-12) of the service's, compiled when it is first needed."""

    def __init__(self, schema: Any, defs: Mapping[str, Any]) -> None:
        self.schema = schema
        self.defs = defs
        self._made: Any = None

    def whole(self) -> dict[str, Any]:
        """The schema with all that it refers to."""
        head = self.schema if isinstance(self.schema, dict) else {"allOf": [self.schema]}
        return {**head, "$defs": dict(self.defs)}

    def _compiled(self) -> Any:
        if self._made is None:
            self._made = jsonschema_rs.Draft202012Validator(self.whole(), validate_formats=True)
        return self._made

    def is_valid(self, instance: Any) -> bool:
        """The verdict."""
        return bool(self._compiled().is_valid(instance))

    def iter_errors(self, instance: Any) -> Any:
        """The errors, with `instance_path`, `kind` and `message`."""
        return self._compiled().iter_errors(instance)

    def check(self, instance: Any) -> None:
        """Raises Problem INVALID_MESSAGE with findings."""
        if self.is_valid(instance):
            return
        findings = []
        for error in self.iter_errors(instance):
            rule = type(error.kind).__name__.rpartition("_")[2]
            where = pointer(tuple(error.instance_path))
            findings.append(Finding(where, "", f"breaks the service's rule `{rule}`", "what its JSON Schema describes"))
            if len(findings) == MOST:
                break
        raise Problem(Kind.INVALID_MESSAGE, findings=findings)


class Reshaped:
    """The codec of an element in the service's own JSON (what `gateway.dialect.soap.BodyCodec` asks for)."""

    def __init__(self, plain: Plain, pair: Pair, schema: Schema, steps: Sequence[str], *, needed: bool = True) -> None:
        self.schema = schema
        self._plain = plain
        self._in, self._out = pair
        self._steps = tuple(steps)
        self._needed = needed

    def encode(self, value: Value) -> str:
        """The element's text. Raises Problem INVALID_MESSAGE with findings."""
        if self._missing(value):
            return self._plain.encode({})
        self.schema.check(value)
        found = self._in(value, ())
        for step in reversed(self._steps):
            found = {step: found}
        return self._plain.encode(found)

    def _missing(self, value: Value) -> bool:
        return value is None and not self._needed and not self.schema.is_valid(None)

    def decode(self, element: Any) -> Value:
        """The service's JSON. Raises Problem INVALID_MESSAGE."""
        return self._turned(self._plain.decode(element))

    def decode_valid(self, element: Any) -> Value:
        """As `decode`, of an element that libxml2 has held valid."""
        return self._turned(self._plain.decode_valid(element))

    def json_valid(self, element: Any) -> bytes:
        """The JSON of what `decode_valid` gives."""
        return dumps(self.decode_valid(element))

    def _turned(self, value: Any) -> Value:
        for step in self._steps:
            if step not in value:
                return None
            value = value[step]
        found: Value = self._out(value, ())
        self.schema.check(found)
        return found


class Drawn:
    """The messages of a drawn contract, from the plain data beside its WSDL."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._messages: Mapping[str, Any] = data["messages"]
        self._schemas: Mapping[str, Any] = data["schemas"]
        self._shapes = Shapes(data["types"], lambda schema: Schema(schema, self._schemas["either"]).is_valid)

    def knows(self, element: str) -> bool:
        """Whether there is such a message (by the element's Clark name)."""
        return element in self._messages

    def shape(self, element: str, steps: Sequence[str]) -> Mapping[str, Any] | None:
        """The shape of a place whose steps have the same names in the JSON and in the WSDL, None where it is the same.

        Raises KeyError with the first step that has not.
        """
        told = self._messages[element]
        if told.get("unwrap") and steps:
            raise KeyError(steps[0])
        return self._shapes.at(told["shape"], steps)

    def schema(self, element: str, unwrap: Sequence[str] = ()) -> Schema:
        """The JSON Schema of a message, within some wrappers. Raises KeyError."""
        told = self._messages[element]
        schema = told["schema"]
        for step in unwrap:
            schema = schema["properties"][step]
        return Schema(schema, self._schemas[told["direction"]])

    def body(
        self, element: str, plain: Plain, unwrap: Sequence[str] = (), schema: Schema | None = None
    ) -> Reshaped:
        """The codec of a message; `schema`: its judge, by default its own. Raises KeyError for an unknown wrapper."""
        told = self._messages[element]
        shape, needed = told["shape"], True
        for step in unwrap:
            needed = needed and step in told["schema"].get("required", ())
            shape = ((shape or {}).get("members", {}).get(step) or {}).get("shape")
        pair = self._shapes.pair(shape) if shape else SAME
        judge = schema or self.schema(element, unwrap)
        return Reshaped(plain, pair, judge, (*told.get("unwrap", ()), *unwrap), needed=needed)
